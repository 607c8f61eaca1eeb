// Rules M20 to M42: distributions, the quadrature behind Thompson, and the draw.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { createRng } from '../kernel/rng.ts'
import type { Scores } from './bandit.ts'
import { probabilityOfBest } from './best-of.ts'
import { choose } from './choose.ts'
import type { PolicySpec } from './events.ts'
import { normalDensity, normalDistribution } from './normal.ts'
import { distribution, OPTIMISM_SCALE, policySchema } from './policy.ts'

const KINDS: readonly PolicySpec['kind'][] = [
  'squarecb',
  'thompson',
  'optimism',
  'epsilon_greedy',
  'uniform',
  'fixed',
]
const scoresOf = (mean: readonly number[], stderr: readonly number[], noise = 1): Scores => ({
  mean: Float64Array.from(mean),
  stderr: Float64Array.from(stderr),
  noise,
})
const idsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? 'nothing' : `a${i}`))
const near = (left: number, right: number, by: number): void =>
  assert.ok(Math.abs(left - right) <= by, `${left} and ${right} differ by more than ${by}`)

const anyScores = fc
  .array(
    fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true })),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map((pairs) =>
    scoresOf(
      pairs.map(([m]) => m),
      pairs.map(([, s]) => s),
    ),
  )
const anyPolicy = fc.record({
  kind: fc.constantFrom(...KINDS),
  explorationFloor: fc.double({ min: 0, max: 1, noNaN: true }),
})

describe('distribution', () => {
  it('M20 sums to 1 within 1e-12, each in [0, 1] and none below its share of the floor', () => {
    fc.assert(
      fc.property(anyPolicy, anyScores, fc.integer({ min: 0, max: 1e6 }), (policy, scores, examples) => {
        const count = scores.mean.length
        const p = distribution(policy, scores, { examples, actionIds: idsOf(count) })
        near(
          p.reduce((sum, x) => sum + x, 0),
          1,
          1e-12,
        )
        for (const x of p) assert.ok(x <= 1 && x >= (policy.explorationFloor / count) * (1 - 1e-12), `${x}`)
      }),
    )
  })

  it('M21 does not care for the order of the actions', () => {
    fc.assert(
      fc.property(anyPolicy, anyScores, fc.string(), (policy, scores, seed) => {
        const count = scores.mean.length
        const rng = createRng(seed)
        const order = [...scores.mean.keys()]
          .map((i) => [rng.uniform(), i] as const)
          .toSorted(([a], [b]) => a - b)
        const turned = scoresOf(
          order.map(([, i]) => scores.mean[i] as number),
          order.map(([, i]) => scores.stderr[i] as number),
        )
        const actionIds = idsOf(count)
        const straight = distribution(policy, scores, { examples: 100, actionIds })
        const p = distribution(policy, turned, {
          examples: 100,
          actionIds: order.map(([, i]) => actionIds[i] as string),
        })
        for (const [at, [, i]] of order.entries()) near(p[at] as number, straight[i] as number, 1e-12)
      }),
    )
  })

  it('M22 shares ties evenly', () => {
    for (const kind of ['squarecb', 'thompson', 'optimism', 'epsilon_greedy'] as const) {
      for (const stderr of [0, 0.5]) {
        const scores = scoresOf([2, 2, 1, 2], [stderr, stderr, stderr, stderr])
        const p = distribution({ kind, explorationFloor: 0.1 }, scores, {
          examples: 1e4,
          actionIds: idsOf(4),
        })
        near(p[0] as number, p[1] as number, 1e-15)
        near(p[0] as number, p[3] as number, 1e-15)
        assert.ok((p[2] as number) < (p[0] as number))
      }
    }
  })

  it('M23 squarecb gives the published weights: 1/(K + γ·gap/range), the rest to the best', () => {
    const scores = scoresOf([1, 0.5, 0], [0, 0, 0], 0.5)
    const p = distribution({ kind: 'squarecb', explorationFloor: 0 }, scores, {
      examples: 100,
      actionIds: idsOf(3),
    })
    near(p[1] as number, 1 / (3 + 100 * 0.5), 1e-15)
    near(p[2] as number, 1 / (3 + 100 * 1), 1e-15)
    const still = distribution({ kind: 'squarecb', explorationFloor: 0 }, scoresOf([1, 0], [0, 0], 0), {
      examples: 9,
      actionIds: idsOf(2),
    })
    assert.deepEqual([...still], [0.5, 0.5])
  })

  it('M24 squarecb, thompson and optimism do not care for the unit of reward', () => {
    for (const kind of ['squarecb', 'thompson', 'optimism'] as const) {
      const [one, big] = [1, 1e6].map((unit) =>
        distribution(
          { kind, explorationFloor: 0.02 },
          scoresOf([1 * unit, 1.2 * unit, 0.7 * unit], [0.4 * unit, 0.2 * unit, 0.9 * unit], 3 * unit),
          { examples: 50, actionIds: idsOf(3) },
        ),
      ) as [Float64Array, Float64Array]
      for (const [i, p] of one.entries()) near(p, big[i] as number, 1e-9)
    }
  })

  it('M28 optimism takes what is best when each is as good as it may well be, the floor aside', () => {
    const ask = (scale: number, floor: number) => [
      ...distribution(
        { kind: 'optimism', explorationFloor: floor, posteriorScale: scale },
        scoresOf([1, 0.8, 0.8, 0], [0.1, 0.5, 0.5, 0.9]),
        { examples: 10, actionIds: idsOf(4) },
      ),
    ]
    assert.deepEqual(ask(0, 0), [1, 0, 0, 0], 'without optimism the greatest mean')
    assert.deepEqual(ask(1, 0), [0, 0.5, 0.5, 0], 'ties share')
    assert.deepEqual(ask(4, 0), [0, 0, 0, 1], 'the least known of all')
    const floored = ask(1, 0.2)
    for (const [i, p] of [0.05, 0.45, 0.45, 0.05].entries()) near(floored[i] as number, p, 1e-12)
    const mean = [1, 0.8]
    assert.deepEqual(
      distribution(
        { kind: 'optimism', explorationFloor: 0 },
        scoresOf(mean, [0.1, 0.1 + 0.9 / OPTIMISM_SCALE]),
        {
          examples: 0,
          actionIds: idsOf(2),
        },
      ),
      Float64Array.of(0, 1),
      'by default with its own scale',
    )
  })

  it('M25 a fixed action that is not eligible gives way to nothing, and then to all', () => {
    const scores = scoresOf([0, 5, 9], [0, 0, 0])
    const fixed = (actionId: string, actionIds: readonly string[]) => [
      ...distribution({ kind: 'fixed', actionId, explorationFloor: 0 }, scores, { examples: 0, actionIds }),
    ]
    assert.deepEqual(fixed('b', ['nothing', 'a', 'b']), [0, 0, 1])
    assert.deepEqual(fixed('gone', ['a', 'nothing', 'b']), [0, 1, 0])
    assert.deepEqual(fixed('gone', ['a', 'b', 'c']), [1 / 3, 1 / 3, 1 / 3])
  })

  it('M26 refuses scores that are not finite, an empty set, and policies out of range', () => {
    const thompson: PolicySpec = { kind: 'thompson', explorationFloor: 0.1 }
    const ask = (policy: PolicySpec, scores: Scores) =>
      distribution(policy, scores, { examples: 1, actionIds: idsOf(scores.mean.length) })
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      assert.throws(() => ask(thompson, scoresOf([0, bad], [1, 1])), { code: 'model.score_not_finite' })
      assert.throws(() => ask(thompson, scoresOf([0, 1], [1, bad])), { code: 'model.score_not_finite' })
    }
    assert.throws(() => ask(thompson, scoresOf([0, 1], [1, -1])), { code: 'model.score_not_finite' })
    assert.throws(() => ask(thompson, scoresOf([], [])), { code: 'model.no_actions' })
    for (const explorationFloor of [-0.1, 1.1, Number.NaN]) {
      assert.throws(() => ask({ kind: 'uniform', explorationFloor }, scoresOf([0], [0])), {
        code: 'model.policy_invalid',
      })
    }
  })

  it('M27 the schema takes what a plan may say and refuses unknown keys', () => {
    const check = Compile(policySchema)
    assert.ok(check.Check({ kind: 'thompson', explorationFloor: 0.05, posteriorScale: 0.2 }))
    assert.ok(check.Check({ kind: 'optimism', explorationFloor: 0.05 }))
    assert.ok(!check.Check({ kind: 'thompson', explorationFloor: 0.05, temperature: 1 }))
    assert.ok(!check.Check({ kind: 'thompson', explorationFloor: 2 }))
    assert.ok(!check.Check({ kind: 'ucb', explorationFloor: 0.05 }))
  })
})

describe('probability of being best', () => {
  it('M30 the normal tables are right to 1e-9', () => {
    // Reference values of Φ to 15 digits.
    for (const [x, value] of [
      [0, 0.5],
      [1, 0.841344746068543],
      [-1.96, 0.0249978951482204],
      [2.5, 0.993790334674224],
      [-4, 3.16712418331199e-5],
    ] as const) {
      near(normalDistribution(x), value, 1e-9)
    }
    for (const x of [-3.3, -0.123, 0.7, 2.001])
      near(normalDensity(x), Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI), 1e-9)
  })

  it('M31 equals the closed form for two', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-4, max: 10, noNaN: true }),
        fc.double({ min: 1e-4, max: 10, noNaN: true }),
        (gap, s0, s1) => {
          const p = probabilityOfBest(Float64Array.of(gap, 0), Float64Array.of(s0, s1))
          near(p[0] as number, normalDistribution(gap / Math.hypot(s0, s1)), 1e-7)
        },
      ),
    )
  })

  it('M32 equals a much finer sum, for spreads from alike to a million apart', () => {
    for (const [i, ratio] of [1, 3, 30, 1e3, 1e6].entries()) {
      const rng = createRng(`fine${i}`)
      const mean = Float64Array.from({ length: 8 }, () => rng.normal())
      const spread = Float64Array.from({ length: 8 }, () => ratio ** -rng.uniform())
      const p = probabilityOfBest(mean, spread)
      const exact = fineSum(mean, spread)
      for (const [k, x] of p.entries()) near(x, exact[k] as number, 1e-7)
    }
  })

  it('M33 equals the share of a million draws within their error', () => {
    const mean = Float64Array.of(0, 0.3, 0.5, 0.45, -1, 0.5)
    const spread = Float64Array.of(1, 0.5, 0.2, 0, 2, 0.05)
    const p = probabilityOfBest(mean, spread)
    const rng = createRng('million')
    const wins = new Float64Array(6)
    const draws = 1_000_000
    for (let d = 0; d < draws; d++) {
      let best = 0
      let highest = -Infinity
      for (let i = 0; i < 6; i++) {
        const x = (mean[i] as number) + (spread[i] as number) * rng.normal()
        if (x > highest) {
          highest = x
          best = i
        }
      }
      wins[best] = (wins[best] as number) + 1
    }
    for (const [i, x] of p.entries())
      near((wins[i] as number) / draws, x, 5 * Math.sqrt((x * (1 - x)) / draws) + 1e-9)
  })

  it('M34 certain scores: the highest wins, ties share, and a certain one is weighed against uncertain ones', () => {
    assert.deepEqual([...probabilityOfBest(Float64Array.of(1, 3, 3), new Float64Array(3))], [0, 0.5, 0.5])
    const p = probabilityOfBest(Float64Array.of(1, 0, -9), Float64Array.of(0, 1, 0))
    near(p[1] as number, 1 - normalDistribution(1), 1e-7)
    near(p[0] as number, normalDistribution(1), 1e-7)
    assert.equal(p[2], 0)
  })
})

describe('choose', () => {
  it('M40 draws each action as often as its probability says, and reports it', () => {
    const p = Float64Array.of(0.05, 0, 0.7, 0.25)
    const rng = createRng('choose')
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 100_000; i++) {
      const { index, propensity } = choose(p, rng)
      assert.equal(propensity, p[index])
      counts[index] = (counts[index] as number) + 1
    }
    for (const [i, x] of p.entries())
      near((counts[i] as number) / 100_000, x, 5 * Math.sqrt((x * (1 - x)) / 100_000))
  })

  it('M41 the same seed draws the same, with one uniform number a draw', () => {
    const p = Float64Array.of(0.2, 0.3, 0.5)
    const left = createRng('same')
    const right = createRng('same')
    for (let i = 0; i < 100; i++) {
      choose(p, left)
      right.uniform()
    }
    assert.equal(left.uniform(), right.uniform())
  })

  it('M42 refuses what is no distribution', () => {
    for (const bad of [[0.5, 0.4], [1.2, -0.2], [Number.NaN, 1], []]) {
      assert.throws(() => choose(Float64Array.from(bad), createRng('bad')), {
        code: 'model.probabilities_invalid',
      })
    }
  })
})

/** Simpson's rule on eight steps between all quarter deviations of all: slow, and independent of the code under test. */
const fineSum = (mean: Float64Array, spread: Float64Array): Float64Array => {
  const edges = new Set<number>()
  for (const [i, m] of mean.entries()) {
    for (let z = -9; z <= 9; z += 0.25) edges.add(m + z * (spread[i] as number))
  }
  const sorted = [...edges].toSorted((a, b) => a - b)
  const result = new Float64Array(mean.length)
  for (let e = 1; e < sorted.length; e++) {
    const from = sorted[e - 1] as number
    const step = ((sorted[e] as number) - from) / 8
    for (let k = 0; k <= 8; k++) {
      const x = from + k * step
      const weight = (step / 3) * (k === 0 || k === 8 ? 1 : k % 2 === 0 ? 2 : 4)
      const below = Array.from(mean, (m, i) => normalDistribution((x - m) / (spread[i] as number)))
      for (const [i, m] of mean.entries()) {
        let product = (normalDensity((x - m) / (spread[i] as number)) / (spread[i] as number)) * weight
        for (const [j, b] of below.entries()) if (j !== i) product *= b
        result[i] = (result[i] as number) + product
      }
    }
  }
  return result
}
