// Rules M60 to M63: the tail of rewards and their noise.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { createBandit, learn, scoreActions } from './bandit.ts'
import type { Feature } from './events.ts'
import { capOf, createRewardScale, noiseOf, observeReward, winsorise } from './reward.ts'

const observe = (rewards: Iterable<number>) => {
  const scale = createRewardScale()
  for (const reward of rewards) {
    const cut = winsorise(scale, reward)
    observeReward(scale, { reward, residual: cut, weight: 1 })
  }
  return scale
}

describe('reward scale', () => {
  it('M60 the cap lies in the tail of the purchases, however rare they are and whatever contacts cost', () => {
    const rng = createRng('purchases')
    const rewards = Array.from({ length: 20_000 }, () =>
      rng.uniform() < 0.02 ? 20 * Math.exp(0.7 * rng.normal()) : -0.01,
    )
    const cap = capOf(observe(rewards), 'gains')
    const above =
      rewards.filter((reward) => reward > cap).length / rewards.filter((reward) => reward > 0).length
    assert.ok(above > 0.01 && above < 0.07, `${above} of the purchases lie above ${cap}`)
  })

  it('M61 one absurd order moves neither the cap nor the expectation', () => {
    const bandit = createBandit()
    const action: readonly Feature[] = [['action=mail', 1]]
    const rng = createRng('absurd')
    for (let i = 0; i < 2_000; i++) {
      learn(bandit, { shared: [], action, reward: rng.uniform() < 0.05 ? 30 : 0, propensity: 1, at: i })
    }
    const before = scoreActions(bandit, { shared: [], actions: [action] }).mean[0] as number
    learn(bandit, { shared: [], action, reward: 1e9, propensity: 1, at: 3_000 })
    const { mean, noise } = scoreActions(bandit, { shared: [], actions: [action] })
    assert.ok(Math.abs((mean[0] as number) - before) < 0.1 * before + 0.05, `from ${before} to ${mean[0]}`)
    assert.ok(noise < 30)
  })

  it('M61 a few purchases among many clicks are not cut to clicks', () => {
    const rng = createRng('clicks')
    const scale = observe(Array.from({ length: 5_000 }, () => (rng.uniform() < 0.03 ? 30 : 0.1)))
    assert.equal(winsorise(scale, 30), 30)
  })

  it('M62 rewards of 0 and 1 are never cut', () => {
    const scale = observe(Array.from({ length: 500 }, (_, i) => (i % 7 === 0 ? 1 : 0)))
    assert.equal(winsorise(scale, 1), 1)
    assert.equal(winsorise(createRewardScale(), 1e9), 1e9)
  })

  it('M63 learns how noisy rewards are, in any unit', () => {
    for (const unit of [1e-3, 1, 1e5]) {
      const bandit = createBandit()
      const rng = createRng('noise')
      for (let i = 0; i < 5_000; i++) {
        const reward = unit * (5 + 2 * rng.normal())
        learn(bandit, { shared: [], action: [['action=a', 1]], reward, propensity: 1, at: i })
      }
      const noise = noiseOf(bandit.reward) / unit
      assert.ok(noise > 1.8 && noise < 2.3, `${noise}`)
    }
  })
})
