// Rules F49, F58 and F59: shrunk weights, and the policy of another log.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../kernel/failure.ts'
import { createRng, type Rng } from '../kernel/rng.ts'
import type { DecisionImported } from '../decision/events.ts'
import {
  doublyRobust,
  evaluateLike,
  type LikeEvaluation,
  type ModelledChoice,
  renderLike,
  shrunkEstimate,
  shrunkWeight,
} from './index.ts'

/** Nine actions drawn very unevenly, an even policy to be judged; the model is off by `bias`. */
const unevenWorld = (
  rng: Rng,
  n: number,
  bias: number,
): { readonly rows: readonly ModelledChoice[]; readonly truth: number } => {
  const logged = [0.8, 0.1, 0.05, 0.02, 0.01, 0.01, 0.005, 0.0025, 0.0025]
  const chance = logged.map((_, i) => 0.1 + 0.05 * i)
  const rows = Array.from({ length: n }, () => {
    let point = rng.uniform()
    const taken = Math.max(
      0,
      logged.findIndex((p) => (point -= p) < 0),
    )
    return {
      reward: rng.uniform() < (chance[taken] ?? 0) ? 1 : 0,
      propensity: logged[taken] ?? 1,
      target: 1 / logged.length,
      predicted: (chance[taken] ?? 0) + bias,
      expected: 0.3 + bias,
    }
  })
  return { rows, truth: 0.3 }
}

describe('shrinkage', () => {
  it('F49 with a good model errs far less than the doubly robust estimate; with a bad one SLOPE stops in time', () => {
    const rng = createRng('shrink')
    const runs = 60
    const errors = { good: { robust: 0, switch: 0, shrink: 0 }, bad: { robust: 0, switch: 0, shrink: 0 } }
    for (let run = 0; run < runs; run++)
      for (const [name, bias, n] of [
        ['good', 0, 1_500],
        ['bad', 0.5, 6_000],
      ] as const) {
        const { rows, truth } = unevenWorld(rng, n, bias)
        const sum = errors[name]
        sum.robust += (doublyRobust(rows).value - truth) ** 2 / runs
        for (const kind of ['switch', 'shrink'] as const)
          sum[kind] += (shrunkEstimate(rows, kind).value - truth) ** 2 / runs
      }
    for (const kind of ['switch', 'shrink'] as const) {
      assert.ok(errors.good[kind] < 0.5 * errors.good.robust, `good model: ${JSON.stringify(errors.good)}`)
      // All the way down the answer would be the model's, off by 0.5.
      assert.ok(errors.bad[kind] < 0.4 * 0.25, `bad model: ${JSON.stringify(errors.bad)}`)
    }
    assert.equal(shrunkWeight(4, { kind: 'switch', level: 3 }), 0)
    assert.equal(shrunkWeight(4, { kind: 'shrink', level: Infinity }), 4)
  })

  it('F49 keeps what the weights say of themselves before they were shrunk, and needs no weight at all', () => {
    const { rows } = unevenWorld(createRng('quality'), 800, 0)
    const { effectiveSample, weightShareMax, refusal, ...shrunk } = shrunkEstimate(rows, 'shrink')
    const plain = doublyRobust(rows)
    assert.deepEqual(
      [effectiveSample, weightShareMax, refusal],
      [plain.effectiveSample, plain.weightShareMax, plain.refusal],
    )
    assert.ok(shrunk.shrinkage.level < Infinity && !('interval' in shrunk))
    const never = rows.map((row) => ({ ...row, target: 0 }))
    assert.deepEqual(shrunkEstimate(never, 'switch').shrinkage, { kind: 'switch', level: Infinity })
  })
})

const log = (
  rng: Rng,
  n: number,
  share: (shop: string) => number,
  told = share,
): readonly DecisionImported[] =>
  Array.from({ length: n }, (_, i) => {
    const shop = rng.uniform() < 0.5 ? 'north' : 'south'
    const action = rng.uniform() < share(shop) ? 'a' : 'b'
    const reward = rng.uniform() < (action === 'a' ? 0.5 : 0.2) ? 1 : 0
    const propensity = action === 'a' ? told(shop) : 1 - told(shop)
    return { importId: `r${i}`, context: { shop }, action, propensity, rewards: { sale: reward } }
  })

describe('the policy of another log', () => {
  const sale = { rewardName: 'sale' }

  it('F58 is judged by how often it takes each action, apart by the columns named; every estimator holds the truth', () => {
    const rng = createRng('like')
    const rows = log(rng, 4_000, () => 0.5)
    const like = log(rng, 2_000, (shop) => (shop === 'north' ? 0.9 : 0.3))
    const result = evaluateLike({ rows, like, by: ['shop'], ...sale })
    const truth = 0.2 + 0.3 * 0.6
    assert.equal(result.refusal, null)
    for (const { interval } of [result.ips, result.snips, result.doublyRobust])
      assert.ok(interval.low < truth && truth < interval.high)
    assert.ok(result.anytime.low < truth && truth < result.anytime.high)
    for (const { value } of [result.switched, result.shrunk]) assert.ok(Math.abs(value - truth) < 0.05)
    assert.ok(Math.abs((result.other?.mean ?? 0) - truth) < 0.05)
    const even = evaluateLike({ rows, like: 'uniform', by: [], ...sale })
    assert.ok(Math.abs(even.ips.value - even.logged.mean) < 1e-12 && even.other === null)
  })

  it('F59 is refused where the log never did what it does, hangs on few rows, or told wrong propensities', () => {
    const rng = createRng('refused')
    const always = log(rng, 3_000, () => 0.99)
    const codes = (result: LikeEvaluation) => result.refusal?.code
    const other = always.map((row) => ({ ...row, action: 'c' }))
    assert.equal(codes(evaluateLike({ rows: always, like: other, by: [], ...sale })), 'never_logged')
    const rare = always.filter(({ action }) => action === 'b')
    assert.equal(codes(evaluateLike({ rows: always, like: rare, by: [], ...sale })), 'effective_sample_small')
    const wrong = log(
      rng,
      3_000,
      () => 0.7,
      () => 0.5,
    )
    const half = log(rng, 1_000, () => 0.8)
    assert.equal(
      codes(evaluateLike({ rows: wrong, like: half, by: [], ...sale })),
      'propensities_do_not_add_up',
    )
    assert.throws(
      () => evaluateLike({ rows: wrong, like: half, by: ['shoe'], ...sale }),
      (error) => isFailure(error, 'evaluate.column_missing') && (error.hint ?? '').includes('shop'),
    )
  })

  it('F58 is told in English and Russian, and no name in it steers the terminal', () => {
    const rng = createRng('told')
    const rows = log(rng, 400, () => 0.5)
    const result = evaluateLike({ rows, like: 'uniform', by: [], ...sale })
    const steering = { ...result, by: ['\u001b[2J'] }
    assert.match(renderLike(steering), /Effective sample 400 of 400/)
    assert.match(renderLike(steering, 'ru'), /Эффективная выборка 400 из 400/)
    assert.ok(!renderLike(steering).includes('\u001b'))
  })
})
