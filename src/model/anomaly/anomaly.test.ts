// The detectors on planted anomalies and on distributions known in closed form; the benchmark's scorer on a
// published score.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { createAlertBudget, runPeaks, spendAlert } from './budget.ts'
import {
  createAnomalyDetector,
  dumpDetector,
  learnOne,
  predictOne,
  restoreDetector,
  type AnomalyDetector,
  type Observation,
} from './detector.ts'
import { countTails, normalSize, shareTails } from './distributions.ts'
import { createPageHinkley, learnShift, PAGE_HINKLEY_DEFAULTS } from './page-hinkley.ts'
import { NAB_STANDARD, nabScore } from './testing/nab-score.ts'
import { oddWorlds } from './testing/odd-worlds.ts'

const code = (wanted: string) => (error: unknown) => isFailure(error, wanted)
const close = (left: number, right: number, within: number) =>
  assert.ok(Math.abs(left - right) <= within, `${left} is not ${right}`)

const feed = (detector: AnomalyDetector, observations: readonly Observation[]) =>
  observations.map((observation) => {
    const anomaly = predictOne(detector, observation)
    learnOne(detector, observation)
    return anomaly
  })

describe('anomaly', () => {
  it('AN1 knows the hour of the week: the usual night is not odd, the same value at noon is', () => {
    const rng = createRng('an1')
    const usual = (t: number) =>
      100 + 80 * Math.sin((2 * Math.PI * ((t % 24) - 8)) / 24) + (t % 168 < 48 ? 50 : 0)
    const weeks = Array.from({ length: 6 * 168 }, (_, t) => ({
      at: t * HOUR_MS,
      value: usual(t) + 3 * rng.normal(),
    }))
    const detector = createAnomalyDetector()
    feed(detector, weeks)
    const noon = 6 * 168 + 60
    feed(
      detector,
      Array.from({ length: 60 }, (_, t) => ({ at: (6 * 168 + t) * HOUR_MS, value: usual(t) })),
    )
    assert.ok(predictOne(detector, { at: noon * HOUR_MS, value: usual(noon) }).surprise < 1.5)
    const odd = predictOne(detector, { at: noon * HOUR_MS, value: usual(2) })
    assert.ok(odd.surprise > 3, `surprise ${odd.surprise}`)
    close(odd.expected, usual(noon), 15)
  })

  it('AN2 finds planted anomalies of all kinds with few alerts', () => {
    const judged = oddWorlds('an2', 2_000).map(({ observations, windows }) => {
      const detector = createAnomalyDetector()
      const budget = createAlertBudget()
      const anomalies = feed(detector, observations)
      const scores = anomalies.map((anomaly, i) =>
        spendAlert(budget, observations[i]?.at ?? 0, anomaly).kind === 'alert' ? 1 : 0,
      )
      return { scores, windows }
    })
    const { score } = nabScore(judged, 0.5)
    assert.ok(score > 55, `score ${score}`)
  })

  it('AN11 knows the range that a figure hardly leaves, and calls nothing rare where it has none', () => {
    const rng = createRng('an11')
    // A level that wanders, then one far outside of all it has been, come to slowly.
    let level = 0
    const wandering = Array.from({ length: 1_500 }, (_, t) => {
      level = 0.98 * level + rng.normal()
      return { at: t * HOUR_MS, value: 100 + level }
    })
    const detector = createAnomalyDetector()
    feed(detector, wandering)
    const away = feed(
      detector,
      Array.from({ length: 40 }, (_, i) => ({ at: (1_500 + i) * HOUR_MS, value: 100 + level + 1.2 * i })),
    )
    assert.ok(away.some(({ surprise, cause }) => cause === 'extreme' && surprise > 3.5))
    const heavy = createAnomalyDetector()
    const times = Array.from({ length: 3_000 }, (_, t) => t * HOUR_MS)
    const surprises = feed(
      heavy,
      times.map((at) => ({ at, value: rng.normal() / Math.sqrt(Math.max(0.05, rng.uniform())) })),
    ).map(({ surprise }) => surprise)
    const alerts = runPeaks(times, surprises, 12 * HOUR_MS).filter((peak) => peak >= 3.5)
    assert.ok(alerts.length <= 9, `${alerts.length} alerts in 3,000 values without anything odd`)
  })

  it('AN7 of a run only what surpasses all before it counts, at any threshold', () => {
    assert.deepEqual(runPeaks([0, 1, 2, 3, 20], [3, 2, 4, 4, 2], 10), [3, 0, 4, 0, 2])
  })

  it('AN3 tells a level that has moved from a spike', () => {
    const state = createPageHinkley()
    const signs = [0.1, -0.4, 30, 0.2, -0.1, ...Array.from({ length: 12 }, () => 4)].map((z) =>
      learnShift(state, z, PAGE_HINKLEY_DEFAULTS),
    )
    assert.equal(
      signs.slice(0, 5).some((sign) => sign !== 0),
      false,
    )
    assert.equal(signs.includes(1), true)
  })

  it('AN4 has the tails of counts: Poisson and negative binomial, halves of the own mass', () => {
    // Poisson(2): P(X ≤ 4) = .947347, P(X = 5) = .036089.
    close(countTails(5, 2, 0)?.upper ?? 0, 1 - 0.9473469827 - 0.0360894089 / 2, 1e-8)
    // Mean 3, dispersion 1/2, so size 2 and success probability .4: P(X = 0) = .16.
    close(countTails(0, 3, 0.5)?.lower ?? 0, 0.08, 1e-9)
    assert.ok((countTails(12, 3, 0.5)?.upper ?? 0) > (countTails(12, 3, 0)?.upper ?? 0))
  })

  it('AN5 has the tails of shares: beta-binomial, uniform where both parameters are 1', () => {
    close(shareTails(10, 10, 0.5, 2)?.upper ?? 0, 0.5 / 11, 1e-9)
    close(shareTails(0, 4, 0.5, 1e9)?.lower ?? 0, 0.5 / 16, 1e-7)
    close(normalSize(0.025), 1.959963985, 1e-7)
    close(normalSize(1e-6), 4.753424309, 1e-7)
  })

  it('AN6 judges counts and rates by their own scatter', () => {
    const rng = createRng('an6')
    const few = createAnomalyDetector({ kind: 'count' })
    const poisson = (mean: number) => {
      let k = 0
      for (let product = rng.uniform(); product > Math.exp(-mean); product *= rng.uniform()) k++
      return k
    }
    feed(
      few,
      Array.from({ length: 400 }, (_, t) => ({ at: t * HOUR_MS, value: poisson(2) })),
    )
    assert.ok(predictOne(few, { at: 400 * HOUR_MS, value: 3 }).surprise < 1)
    assert.ok(predictOne(few, { at: 400 * HOUR_MS, value: 25 }).surprise > 3)
    const rate = createAnomalyDetector({ kind: 'rate' })
    const of = (trials: number, share: number, t: number) => ({
      at: t * HOUR_MS,
      trials,
      value: Math.round(trials * share),
    })
    feed(
      rate,
      Array.from({ length: 400 }, (_, t) => of(1_000, 0.1 + 0.009 * rng.normal(), t)),
    )
    const small = predictOne(rate, { at: 400 * HOUR_MS, trials: 5, value: 1 })
    const large = predictOne(rate, { at: 400 * HOUR_MS, trials: 1_000, value: 200 })
    assert.ok(small.surprise < 1 && large.surprise > 3, `${small.surprise} and ${large.surprise}`)
  })

  it('AN7 merges a run into one alert and never spends more than the budget', () => {
    const budget = createAlertBudget({ surpriseMin: 3, mergeMs: 2 * HOUR_MS, alertsMax: 2, windowMs: DAY_MS })
    const kinds = [0, 1, 2, 8, 14, 15, 20, 33].map(
      (hour) => spendAlert(budget, hour * HOUR_MS, { surprise: 5 }).kind,
    )
    assert.deepEqual(kinds, [
      'alert',
      'merged',
      'merged',
      'alert',
      'withheld',
      'withheld',
      'withheld',
      'alert',
    ])
    assert.equal(budget.withheld, 2)
    assert.throws(() => createAlertBudget({ alertsMax: 0 }), code('anomaly.budget'))
  })

  it('AN8 goes on after dump and restore as if it had never stopped, in bounded memory', () => {
    const [world] = oddWorlds('an8', 1_500)
    const observations = world?.observations ?? []
    const whole = createAnomalyDetector()
    const expected = feed(whole, observations)
    const first = createAnomalyDetector()
    feed(first, observations.slice(0, 700))
    const bytes = Object.values(dumpDetector(first)).reduce<number>(
      (sum, column) => sum + (column instanceof Float64Array ? column.byteLength : 0),
      0,
    )
    const second = restoreDetector(dumpDetector(first))
    assert.deepEqual(feed(second, observations.slice(700)), expected.slice(700))
    assert.deepEqual(dumpDetector(second), dumpDetector(whole))
    assert.ok(bytes < 64 * 1024, `${bytes} bytes`)
    assert.throws(() => restoreDetector({ options: {} }), code('anomaly.dump_unusable'))
  })

  it('AN9 refuses NaN, infinity, time that runs back, and what is no count or share', () => {
    const detector = createAnomalyDetector()
    learnOne(detector, { at: 10, value: 1 })
    const before = dumpDetector(detector)
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => learnOne(detector, { at: 11, value }), code('anomaly.not_finite'))
    assert.throws(() => learnOne(detector, { at: 9, value: 1 }), code('anomaly.out_of_order'))
    assert.throws(
      () => predictOne(createAnomalyDetector({ kind: 'count' }), { at: 0, value: -1 }),
      code('anomaly.no_count'),
    )
    assert.throws(
      () => predictOne(createAnomalyDetector({ kind: 'rate' }), { at: 0, value: 2, trials: 1 }),
      code('anomaly.no_share'),
    )
    predictOne(detector, { at: 12, value: 50 })
    assert.deepEqual(dumpDetector(detector), before)
  })

  it('AN10 scores alerts as the benchmark does: first in the window counts, late and false ones cost', () => {
    const scores = (at: number) => Float64Array.from({ length: 100 }, (_, i) => (i === at ? 1 : 0))
    const windows = [[50, 69]] as const
    close(nabScore([{ scores: scores(50), windows }], 0.5).score, 100, 1e-9)
    assert.equal(nabScore([{ scores: scores(-1), windows }], 0.5).score, 0)
    const falseOne = nabScore([{ scores: scores(30), windows }], 0.5).score
    close(falseOne, (-100 * NAB_STANDARD.fp) / 2, 1e-9)
    assert.ok(nabScore([{ scores: scores(65), windows }], 0.5).score < 90)
  })
})
