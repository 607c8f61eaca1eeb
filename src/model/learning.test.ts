// Rules M70 to M77: that the bandits learn, on worlds whose truth is known and on published data.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createRng } from '../kernel/rng.ts'
import type { BanditOptions } from './bandit.ts'
import { createBandit, learn, scoreActions } from './bandit.ts'
import { choose } from './choose.ts'
import type { Feature, PolicySpec } from './events.ts'
import { distribution } from './policy.ts'
import type { LinearWorldOptions } from './testing/linear-world.ts'
import { runLinear } from './testing/linear-world.ts'
import { progressiveError, readMulticlass, RIDGE } from './testing/multiclass.ts'
import { earnInShop } from './testing/shop-run.ts'

const THOMPSON: PolicySpec = { kind: 'thompson', explorationFloor: 0.05 }
const SQUARECB: PolicySpec = { kind: 'squarecb', explorationFloor: 0.05 }
const OPTIMISM: PolicySpec = { kind: 'optimism', explorationFloor: 0.05 }

type Regret = { readonly policy: number; readonly uniform: number }

/** Regret per round against the oracle, over the second half. */
const regretIn = (world: LinearWorldOptions, policy: PolicySpec, options: Partial<BanditOptions>): Regret => {
  const bandit = createBandit(options)
  const rng = createRng(`draw:${world.seed}`)
  const half = (world.rounds ?? 4_000) / 2
  let lost = 0
  let lostUniform = 0
  runLinear(world, ({ round, at, shared, actions, actionIds, truth, rewardOf }) => {
    const scores = scoreActions(bandit, { shared, actions })
    const p = distribution(policy, scores, { examples: bandit.examples, actionIds })
    const { index, propensity } = choose(p, rng)
    if (round >= half) {
      const best = Math.max(...truth)
      for (const [a, worth] of truth.entries()) {
        lost += (p[a] as number) * (best - worth)
        lostUniform += (best - worth) / truth.length
      }
    }
    learn(bandit, { shared, action: actions[index] ?? [], reward: rewardOf(index), propensity, at })
  })
  return { policy: lost / half, uniform: lostUniform / half }
}

describe('learning', () => {
  const clear = { prior: { shared: 0.1, action: 1, cross: 4 } }
  for (const kind of ['hashed', 'dense'] as const) {
    it(`M70 ${kind}: loses a small part of what uniform choice loses in a linear world`, () => {
      for (const seed of ['one', 'two']) {
        for (const policy of [THOMPSON, SQUARECB, OPTIMISM]) {
          const { policy: lost, uniform } = regretIn({ seed }, policy, { kind, ...clear })
          assert.ok(lost < 0.2 * uniform, `${policy.kind}, seed ${seed}: ${lost} of ${uniform}`)
        }
      }
    })

    it(`M71 ${kind}: finds its way again after the world has turned`, () => {
      const world = { seed: 'turn', rounds: 8_000, driftAt: 4_000, roundsPerDay: 200 }
      const forgets = regretIn(world, THOMPSON, { kind, ...clear, halfLifeDays: 3 })
      const keeps = regretIn(world, THOMPSON, { kind, ...clear, halfLifeDays: Infinity })
      assert.ok(forgets.policy < keeps.policy, `${forgets.policy} with forgetting, ${keeps.policy} without`)
      const part = kind === 'dense' ? 0.3 : 0.5
      assert.ok(forgets.policy < part * forgets.uniform, `${forgets.policy} of ${forgets.uniform}`)
    })
  }

  it('M72 logged propensities are the frequencies: weighting by them recovers the uniform policy', () => {
    const bandit = createBandit()
    const rng = createRng('calibrated')
    let weighted = 0
    let truthSum = 0
    let inverse = 0
    let rounds = 0
    let actionCount = 0
    runLinear(
      { seed: 'calibrated', rounds: 20_000 },
      ({ at, shared, actions, actionIds, truth, rewardOf }) => {
        const scores = scoreActions(bandit, { shared, actions })
        const policy: PolicySpec = { kind: 'thompson', explorationFloor: 0.2 }
        const p = distribution(policy, scores, { examples: bandit.examples, actionIds })
        const { index, propensity } = choose(p, rng)
        actionCount = actions.length
        weighted += rewardOf(index) / propensity / actionCount
        inverse += 1 / propensity
        truthSum += truth.reduce((sum, x) => sum + x, 0) / actionCount
        rounds++
        learn(bandit, { shared, action: actions[index] ?? [], reward: rewardOf(index), propensity, at })
      },
    )
    assert.ok(
      Math.abs(inverse / rounds / actionCount - 1) < 0.03,
      `mean of 1/(pK) is ${inverse / rounds / actionCount}`,
    )
    assert.ok(Math.abs(weighted - truthSum) / rounds < 0.05, `${weighted / rounds} for ${truthSum / rounds}`)
  })

  it('M73 a new campaign starts from what its channel has shown elsewhere', () => {
    const bandit = createBandit()
    const of = (channel: string, campaign: string): readonly Feature[] => [
      [`action=${channel}@${campaign}`, 1],
      [`campaign=${campaign}`, 1],
      [`channel=${channel}`, 1],
    ]
    const rng = createRng('inherit')
    for (let i = 0; i < 3_000; i++) {
      const channel = rng.uniform() < 0.5 ? 'email' : 'push'
      const campaign = `c${rng.below(3)}`
      const reward = (channel === 'email' ? 1 : 0) + rng.normal()
      learn(bandit, { shared: [], action: of(channel, campaign), reward, propensity: 0.5, at: i })
    }
    const { mean, stderr } = scoreActions(bandit, {
      shared: [],
      actions: [of('email', 'new'), of('push', 'new')],
    })
    const known = scoreActions(bandit, { shared: [], actions: [of('email', 'c1'), of('push', 'c1')] })
    assert.ok((mean[0] as number) > (mean[1] as number) + 0.2, `${mean.join(' against ')}`)
    assert.ok((stderr[0] as number) > (known.stderr[0] as number), 'and it is less sure of it')
  })

  it('M73 from the business over the family to the action: what is new starts from its next of kin', () => {
    const bandit = createBandit()
    const of = (family: string, campaign: string, action: string): readonly Feature[] => [
      [`family=${family}`, 1],
      [`campaign=${campaign}`, 1],
      ['channel=email', 1],
      [`action=${action}@${campaign}`, 1],
    ]
    const nothing: readonly Feature[] = [['action=nothing', 1]]
    const rng = createRng('families')
    const worth: Readonly<Record<string, number>> = { carts: 1.5, news: 0.2 }
    for (let i = 0; i < 4_000; i++) {
      const family = rng.uniform() < 0.5 ? 'carts' : 'news'
      const isSilent = rng.uniform() < 0.25
      const action = isSilent
        ? nothing
        : of(family, `${family}-${rng.below(3)}`, rng.below(2) === 0 ? 'a' : 'b')
      const reward = (isSilent ? 0 : (worth[family] ?? 0)) + rng.normal()
      learn(bandit, { shared: [], action, reward, propensity: 0.5, at: i })
    }
    const { mean, stderr } = scoreActions(bandit, {
      shared: [],
      actions: [
        nothing,
        of('carts', 'carts-1', 'a'),
        of('carts', 'carts-1', 'new'),
        of('carts', 'carts-new', 'new'),
        of('news', 'news-new', 'new'),
        of('other', 'other-new', 'new'),
      ],
    })
    const [silent = 0, , newAction = 0, ofCarts = 0, ofNews = 0, ofOther = 0] = mean
    assert.ok(newAction > ofNews + 0.5 && ofCarts > ofNews + 0.5, `families: ${mean.join(', ')}`)
    assert.ok(
      ofOther > ofNews && ofOther < ofCarts,
      `a new family is what the business is: ${mean.join(', ')}`,
    )
    assert.ok(ofOther > silent)
    const unsure = stderr.subarray(1)
    for (let i = 1; i < 3; i++)
      assert.ok((unsure[i] ?? 0) > (unsure[i - 1] ?? 0), `less is known: ${unsure.join(', ')}`)
  })

  it('M74 in the shop it earns more than uniform choice and than the best single action', () => {
    const runs = ['a', 'b'].map((seed) => earnInShop({ world: { seed }, policy: THOMPSON }))
    const mean = (of: (run: (typeof runs)[number]) => number) =>
      runs.reduce((sum, run) => sum + of(run), 0) / runs.length
    assert.ok(runs.every((run) => run.policy > run.uniform))
    assert.ok(mean((run) => run.policy) > mean((run) => run.bestFixed))
    assert.ok(mean((run) => run.policyLate) > mean((run) => run.bestFixedLate))
  })

  it('M75 in a shop where messages only cost, it learns to be silent more often than not', () => {
    const { policyLate, uniform, bestFixed } = earnInShop({
      world: { seed: 'harm', effect: -1.5, idleFeatures: 0, customers: 1_500 },
      policy: THOMPSON,
    })
    assert.ok(
      policyLate > uniform + 0.3 * (bestFixed - uniform),
      `${policyLate} between ${uniform} and ${bestFixed}`,
    )
  })
})

const folder = process.env['WINDVANE_DATA'] ?? join(import.meta.dirname, '../../../shared/data')
const file = join(folder, 'cb_multiclass/segment.arff.gz')

describe('published figures', { skip: existsSync(file) ? false : `no data at ${file}` }, () => {
  const arff = existsSync(file) ? gunzipSync(readFileSync(file)).toString() : ''
  const data = arff === '' ? { classes: 0, rows: [] } : readMulticlass(arff, '1')

  it('M76 segment, full information: within .02 of the published one-against-all error or below', () => {
    assert.ok(progressiveError({ data, seed: '1', options: RIDGE, policy: 'full' }) <= 0.178355 + 0.02)
  })

  it('M77 segment, as a bandit: Thompson within 1.1 times the reference run', () => {
    const policy: PolicySpec = { kind: 'thompson', explorationFloor: 0, posteriorScale: 0.25 }
    assert.ok(progressiveError({ data, seed: '1', options: RIDGE, policy }) <= 1.1 * 0.1623)
  })
})
