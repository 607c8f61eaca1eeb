// Rules F20 to F24: the intervals, against published values and by simulation.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import {
  confidenceSequence,
  empiricalBernstein,
  expectedLoss,
  guardVariances,
  relativeSequence,
  sampleRatioTest,
  sequenceHalfWidth,
  smallestDetectableEffect,
} from './confidence.ts'
import {
  adjustedSummary,
  buyersOf,
  createMoments,
  type Moments,
  observe,
  pooledSlope,
  summaryFromSums,
  summaryOf,
} from './moments.ts'
import { chiSquareTail, normalCdf, normalQuantile } from './stats.ts'

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`)

describe('confidence', () => {
  it('F20 reproduces the published confidence sequence to five digits', () => {
    const treated = summaryFromSums({ n: 3461, sum: 2422.7, sumOfSquares: 134698.29 })
    const holdout = summaryFromSums({ n: 3000, sum: 1396.87, sumOfSquares: 52377.9767 })
    const { relative, low, high } = relativeSequence(treated, holdout, { alpha: 0.05, tuning: 1000 })
    near(relative, 0.50336, 5e-6)
    near(low, -0.55844, 5e-6)
    near(high, 1.56516, 5e-6)
  })

  it('F21 calls at most 5 % of 2,000 A/A runs under constant watching, where a fixed-n test calls far more', () => {
    const rng = createRng('a/a')
    const runs = 2000
    const total = 1200
    const halfWidths = new Float64Array(total + 1)
    for (let n = 2; n <= total; n++) {
      halfWidths[n] = sequenceHalfWidth({ variance: 1 / n, n, alpha: 0.05, tuning: 1000 })
    }
    let sequenceCalls = 0
    let fixedCalls = 0
    for (let run = 0; run < runs; run++) {
      const called = watchOneRun(rng, total, halfWidths)
      if (called.sequence) sequenceCalls++
      if (called.fixed) fixedCalls++
    }
    assert.ok(sequenceCalls / runs <= 0.05, `the sequence called ${sequenceCalls} of ${runs}`)
    assert.ok(fixedCalls / runs > 0.2, `the fixed-n test called only ${fixedCalls} of ${runs}`)
  })

  it('F22 the sample-ratio test agrees with the known p of a real three-way split', () => {
    near(sampleRatioTest([21307, 21306, 21387], [1, 1, 1]), 0.90369, 5e-6)
    assert.ok(sampleRatioTest([9000, 1200], [0.9, 0.1]) < 1e-6)
    assert.equal(sampleRatioTest([0, 0], [0.9, 0.1]), 1)
    assert.equal(sampleRatioTest([10, 1], [1, 0]), 0)
  })

  it('F23 an effect of the smallest detectable size is found about four times in five', () => {
    const rng = createRng('power')
    const options = { alpha: 0.05, tuning: 1000 }
    const unit = { mean: 0, variance: 1 }
    const effect = smallestDetectableEffect({ ...unit, n: 900 }, { ...unit, n: 100 }, options)
    let found = 0
    const tries = 4000
    for (let i = 0; i < tries; i++) {
      const treated = { n: 900, mean: effect + rng.normal() / 30, variance: 1 }
      const holdout = { n: 100, mean: rng.normal() / 10, variance: 1 }
      if (confidenceSequence(treated, holdout, options).low > 0) found++
    }
    near(found / tries, 0.8, 0.025)
  })

  it('F24 adjusting by the past leaves the mean difference unbiased and narrows it by the squared correlation', () => {
    const rng = createRng('cuped')
    let plainSum = 0
    let adjustedSum = 0
    let plainSquares = 0
    let adjustedSquares = 0
    const runs = 400
    for (let run = 0; run < runs; run++) {
      const { plain, adjusted } = pastRun(rng)
      plainSum += plain
      adjustedSum += adjusted
      plainSquares += (plain - 0.3) ** 2
      adjustedSquares += (adjusted - 0.3) ** 2
    }
    // The noise has variance 1 and the past explains as much again: ρ² is one half.
    const stderr = Math.sqrt(1 / 360 + 1 / 40) / Math.sqrt(runs)
    near(adjustedSum / runs, 0.3, 4 * stderr)
    near(plainSum / runs, 0.3, 4 * Math.SQRT2 * stderr)
    near(adjustedSquares / plainSquares, 0.5, 0.12)
  })

  it('F27 rare orders, some huge, and a small holdout are not called either', () => {
    const rng = createRng('rare')
    const runs = 200
    const called = { own: 0, guarded: 0 }
    for (let run = 0; run < runs; run++) {
      const { own, guarded } = watchRareOrders(rng, 8_000)
      if (own) called.own++
      if (guarded) called.guarded++
    }
    assert.ok(called.guarded / runs <= 0.05, `guarded: ${called.guarded} of ${runs}`)
    assert.ok(called.own / runs > 0.05, `own: ${called.own} of ${runs}: the guard would not be needed`)
  })

  it('F28 the expected loss is what a normal truth loses on average by the call, and gain less loss is the difference', () => {
    const rng = createRng('loss')
    for (const [difference, stderr] of [
      [0.4, 1],
      [-0.4, 1],
      [3, 2],
    ] as const) {
      const { goAhead, stay, chanceAbove } = expectedLoss(difference, stderr)
      near(stay - goAhead, difference, 1e-12)
      let lost = 0
      let above = 0
      const draws = 20_000
      for (let i = 0; i < draws; i++) {
        const truth = difference + stderr * rng.normal()
        lost += Math.max(0, -truth) / draws
        if (truth > 0) above += 1 / draws
      }
      near(goAhead, lost, 0.03 * stderr)
      near(chanceAbove, above, 0.015)
    }
    assert.deepEqual(expectedLoss(2, 0), { goAhead: 0, stay: 2, chanceAbove: 1 })
    assert.ok(expectedLoss(50, 1).goAhead >= 0)
  })

  it('F25 the distribution functions match their tables', () => {
    near(chiSquareTail(5.991464547107979, 2), 0.05, 1e-12)
    near(chiSquareTail(0.5, 5), 0.99212, 5e-6)
    near(normalCdf(-1.959963984540054), 0.025, 1e-12)
    near(normalQuantile(0.8), 0.8416212335729143, 1e-9)
  })

  it('F26 the empirical Bernstein interval covers a rare bounded reward', () => {
    const rng = createRng('bernstein')
    let covered = 0
    for (let run = 0; run < 300; run++) {
      const moments = createMoments()
      for (let i = 0; i < 400; i++) observe(moments, rng.uniform() < 0.02 ? 1 : 0, 0, true)
      const { low, high } = empiricalBernstein(summaryOf(moments), { from: 0, to: 1 }, 0.05)
      if (low <= 0.02 && 0.02 <= high) covered++
    }
    assert.ok(covered >= 285, `covered ${covered} of 300`)
  })
})

/** Which way an A/A comparison was called while it was watched, with the groups' own variances and guarded. */
const watchRareOrders = (rng: ReturnType<typeof createRng>, people: number) => {
  const groups: readonly [Moments, Moments] = [createMoments(), createMoments()]
  const called = { own: false, guarded: false }
  for (let i = 1; i <= people; i++) {
    const buys = rng.uniform() < 0.05
    observe(groups[rng.uniform() < 0.1 ? 1 : 0], buys ? 20 * Math.exp(rng.normal()) : 0, 0, buys)
    if (i % 20 !== 0 || Math.min(...groups.map(buyersOf)) < 10) continue
    const pair = [summaryOf(groups[0]), summaryOf(groups[1])] as const
    const own = confidenceSequence(...pair)
    if (own.low > 0 || own.high < 0) called.own = true
    const guarded = confidenceSequence(...guardVariances(...pair))
    if (guarded.low > 0 || guarded.high < 0) called.guarded = true
  }
  return called
}

type Watched = { readonly sequence: boolean; readonly fixed: boolean }

/** One A/A comparison, looked at after each person from the 100th on. `halfWidths` are for unit variance, equal groups. */
const watchOneRun = (rng: ReturnType<typeof createRng>, total: number, halfWidths: Float64Array): Watched => {
  const treated = createMoments()
  const holdout = createMoments()
  let sequence = false
  let fixed = false
  for (let n = 1; n <= total; n++) {
    observe(n % 2 === 0 ? treated : holdout, rng.normal(), 0, true)
    if (n < 100) continue
    const left = summaryOf(treated)
    const right = summaryOf(holdout)
    const difference = Math.abs(left.mean - right.mean)
    const stderr = Math.sqrt(left.variance / left.n + right.variance / right.n)
    if (difference > 1.96 * stderr) fixed = true
    if (difference > stderr * Math.sqrt(n) * (halfWidths[n] ?? 0)) sequence = true
  }
  return { sequence, fixed }
}

const pastRun = (rng: ReturnType<typeof createRng>) => {
  const groups: readonly [Moments, Moments] = [createMoments(), createMoments()]
  for (let i = 0; i < 400; i++) {
    const treated = i % 10 !== 0
    const past = rng.normal()
    observe(groups[treated ? 0 : 1], past + rng.normal() + (treated ? 0.3 : 0), past, true)
  }
  const slope = pooledSlope(groups)
  return {
    plain: summaryOf(groups[0]).mean - summaryOf(groups[1]).mean,
    adjusted: adjustedSummary(groups[0], slope).mean - adjustedSummary(groups[1], slope).mean,
  }
}
