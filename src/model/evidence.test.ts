// Rules M12 and M13: a prior that is learnt.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { present } from '../kernel/assert.ts'
import { createRng } from '../kernel/rng.ts'
import { type Bandit, type BanditOptions, createBandit, learn, scoreActions } from './bandit.ts'
import { choose } from './choose.ts'
import type { DenseModel } from './dense.ts'
import type { Feature } from './events.ts'
import { changePrior, SHARED_GROUP } from './evidence.ts'
import { distribution } from './policy.ts'

const ACTIONS = ['a', 'b', 'c'] as const
const actionOf = (name: string): readonly Feature[] => [[`action=${name}`, 1]]
const OPTIONS: Partial<BanditOptions> = {
  kind: 'dense',
  halfLifeDays: Infinity,
  winsorise: false,
  prior: { shared: 1e-9, action: 1, cross: 20 },
}

/** Two features tell which action is right, the others nothing. */
const rowOf = (seed: string, idle: number) => {
  const rng = createRng(seed)
  return () => {
    const x = Array.from({ length: 2 + idle }, () => rng.normal())
    const [first = 0, second = 0] = x
    const right = first > 0.4 ? 0 : second > 0 ? 1 : 2
    const shared = x.map((value, i): Feature => [`x${i}`, value / Math.sqrt(x.length)])
    return { shared, right }
  }
}

const play = (seed: string, options: Partial<BanditOptions>): { wrong: number; bandit: Bandit } => {
  const bandit = createBandit({ ...OPTIONS, ...options })
  const next = rowOf(seed, 20)
  const rng = createRng(`draw ${seed}`)
  const actions = ACTIONS.map(actionOf)
  let wrong = 0
  for (let i = 0; i < 1_500; i++) {
    const { shared, right } = next()
    const scores = scoreActions(bandit, { shared, actions })
    const policy = { kind: 'optimism', explorationFloor: 0, posteriorScale: 1 } as const
    const { index, propensity } = choose(
      distribution(policy, scores, { examples: bandit.examples, actionIds: ACTIONS }),
      rng,
    )
    if (index !== right) wrong++
    learn(bandit, {
      shared,
      action: actionOf(ACTIONS[index] ?? ''),
      reward: index === right ? 1 : 0,
      propensity,
      at: 0,
    })
  }
  return { wrong, bandit }
}

const denseOf = ({ model }: Bandit): DenseModel => {
  assert.ok(model.kind === 'dense')
  return model
}

describe('a prior that is learnt', () => {
  it('M12 another prior is as if it had been so from the start', () => {
    const fed = (cross: number): Bandit => {
      const bandit = createBandit({ ...OPTIONS, prior: { shared: 1e-9, action: 1, cross } })
      const rng = createRng('prior')
      for (let i = 0; i < 200; i++) {
        const x = rng.uniform() < 0.5 ? 1 : -1
        learn(bandit, {
          shared: [['x', x]],
          action: actionOf(ACTIONS[i % 3] ?? ''),
          reward: (i % 3) * x + rng.normal(),
          propensity: 1,
          at: 0,
        })
      }
      return bandit
    }
    const [changed, asked] = [denseOf(fed(20)), denseOf(fed(0.05))]
    for (let j = 0; j < changed.slots.size; j++) changePrior(changed, j, present(asked.priorOf[j], 'a prior'))
    const size = changed.slots.size
    assert.ok(size > 6)
    for (let j = 0; j < size; j++) {
      assert.ok(Math.abs((changed.mean[j] ?? 0) - (asked.mean[j] ?? 0)) < 1e-9)
      for (let l = 0; l < size; l++) {
        const at = j * changed.dimensionMax + l
        assert.ok(Math.abs((changed.covariance[at] ?? 0) - (asked.covariance[at] ?? 0)) < 1e-9)
      }
    }
  })

  it('M12 a feature that sways keeps its width, one that does not loses it, and the shared weights are apart', () => {
    const model = denseOf(play('widths', { learnsPrior: true }).bandit)
    const widths = model.learntPriors
    assert.equal(widths.size, 2 + 22, 'the baseline, the actions, and each feature')
    const crosses = [...widths].filter(([key]) => key !== SHARED_GROUP).map(([, variance]) => variance)
    const sorted = crosses.toSorted((left, right) => right - left)
    assert.ok((sorted[1] ?? 0) > 1, `the telling features: ${sorted.slice(0, 3).join()}`)
    assert.ok((sorted[12] ?? 1) < 0.2, `an idle one: ${sorted[12]}`)
  })

  it('M13 with features that sway nobody it loses less than with the prior as given', () => {
    const seeds = ['1', '2', '3', '4']
    const lost = (learnsPrior: boolean) => seeds.map((seed) => play(seed, { learnsPrior }).wrong)
    const [learnt, given] = [lost(true), lost(false)]
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    assert.ok(sum(learnt) < 0.9 * sum(given), `${learnt.join()} against ${given.join()}`)
  })
})
