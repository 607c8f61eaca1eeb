// The forecast on seeded series whose truth is known, and on the published figures where the data is.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { cleanSpikes } from './clean.ts'
import { forecastSeries } from './forecast.ts'
import { METHODS } from './methods.ts'
import { coverage, mase, meanAbsoluteError, smape } from './score.ts'
import { seriesOf } from './series.ts'

const DATA = process.env['WINDVANE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')

/** Level, slope, a week and noise. */
const weekly = (seed: string, n: number, slope: number, noise: number): Float64Array => {
  const rng = createRng(seed)
  return Float64Array.from(
    { length: n },
    (_, t) => 200 + slope * t + 40 * Math.sin((2 * Math.PI * t) / 7) + noise * rng.normal(),
  )
}

const daily = (values: ArrayLike<number>, from = Date.UTC(2026, 0, 1)) =>
  Array.from(values, (value, t) => ({ at: from + t * DAY_MS, value }))

describe('forecast', () => {
  it('FC1 finds the season and beats the seasonal naive on a trend with a week', () => {
    const all = weekly('fc1', 214, 0.5, 5)
    const result = forecastSeries({ values: all.slice(0, 200), horizon: 14, periods: [7] })
    const naive = METHODS.seasonal_naive(all, 7)(all.slice(0, 200), 14)
    assert.equal(result.period, 7)
    assert.equal(result.method, 'combination')
    assert.ok(meanAbsoluteError(all.slice(200), result.mean) < meanAbsoluteError(all.slice(200), naive))
  })

  it('FC2 gives the seasonal naive, and says so, where nothing beats it', () => {
    const pattern = [10, 20, 15, 30, 25, 5, 1]
    const values = Float64Array.from({ length: 140 }, (_, t) => pattern[t % 7] as number)
    const result = forecastSeries({ values, horizon: 7, periods: [7] })
    assert.equal(result.method, 'seasonal_naive')
    assert.equal(result.fallback, 'not_better_in_backtest')
    assert.deepEqual([...result.mean], pattern)
    assert.equal(
      forecastSeries({ values: values.slice(0, 9), horizon: 7, periods: [7] }).fallback,
      'too_short_for_backtest',
    )
  })

  it('FC3 holds about as many values in its intervals as it says', () => {
    let inside80 = 0
    let inside95 = 0
    const runs = 120
    for (let run = 0; run < runs; run++) {
      const rng = createRng(`fc3/${run}`)
      let level = 100
      const all = Float64Array.from({ length: 150 }, () => (level += rng.normal()) + rng.normal())
      const result = forecastSeries({ values: all.slice(0, 142), horizon: 8, periods: [] })
      inside80 += coverage(all.slice(142), result.band80.lower, result.band80.upper) / runs
      inside95 += coverage(all.slice(142), result.band95.lower, result.band95.upper) / runs
    }
    assert.ok(inside80 > 0.72 && inside80 < 0.88, `80 % held ${inside80}`)
    assert.ok(inside95 > 0.89, `95 % held ${inside95}`)
  })

  it('FC11 holds as many of a figure that grows, whose scatter grows with it', () => {
    let inside = 0
    const runs = 80
    for (let run = 0; run < runs; run++) {
      const rng = createRng(`fc11/${run}`)
      const all = Float64Array.from(
        { length: 108 },
        (_, t) =>
          100 * 1.02 ** t * (1 + 0.3 * Math.sin((2 * Math.PI * t) / 12)) * Math.exp(0.06 * rng.normal()),
      )
      const { band80 } = forecastSeries({ values: all.slice(0, 96), horizon: 12, periods: [12] })
      inside += coverage(all.slice(96), band80.lower, band80.upper) / runs
    }
    assert.ok(inside > 0.73 && inside < 0.9, `the 80 % interval held ${inside.toFixed(3)}`)
  })

  it('FC4 takes spikes out and leaves a new level in', () => {
    const values = weekly('fc4', 140, 0, 2)
    values[60] = 2000
    for (let t = 110; t < 140; t++) values[t] = (values[t] as number) + 150
    const { values: cleaned, spikes } = cleanSpikes(values, 7)
    assert.deepEqual([...spikes], [60])
    assert.ok((cleaned[60] as number) < 260 && cleaned[130] === values[130])
    const result = forecastSeries({ values, horizon: 7, periods: [7] })
    assert.ok(meanAbsoluteError(new Float64Array(7).fill(350), result.mean) < 60)
  })

  it('FC5 learns a holiday and forecasts the next one', () => {
    const values = weekly('fc5', 200, 0, 3)
    const holidayAt = new Int16Array(214).fill(-1)
    for (const t of [30, 75, 120, 165, 205]) holidayAt[t] = 0
    for (const t of [30, 75, 120, 165]) values[t] = (values[t] as number) * 2
    const result = forecastSeries({ values, horizon: 14, periods: [7], calendar: { holidayAt } })
    const plain = forecastSeries({ values, horizon: 14, periods: [7] })
    const lift = (result.mean[5] as number) / (plain.mean[5] as number)
    assert.ok(lift > 1.6 && lift < 2.1, `lift ${lift}`)
    assert.ok(Math.abs((result.mean[6] as number) / (plain.mean[6] as number) - 1) < 0.1)
  })

  it('FC6 draws the year in daily data', () => {
    const rng = createRng('fc6')
    const year = (t: number) =>
      100 * Math.exp(0.5 * Math.sin((2 * Math.PI * t) / 365.25) + 0.03 * rng.normal())
    const all = Float64Array.from({ length: 1_130 }, (_, t) => year(t))
    const input = { values: all.slice(0, 1_100), horizon: 30, periods: [7] }
    const result = forecastSeries({ ...input, calendar: { yearSteps: 365.25 } })
    assert.ok(result.hasYear)
    const actual = all.slice(1_100)
    assert.ok(smape(actual, result.mean) < smape(actual, forecastSeries(input).mean))
  })

  it('FC7 recognises the step and fills in missing days by their weekday', () => {
    const points = daily([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7]).filter(
      (_, t) => t !== 9,
    )
    const series = seriesOf(points)
    assert.equal(series.frequency.step, 'day')
    assert.equal(series.values[9], 3)
    assert.equal(series.isFilled[9], 1)
    const months = seriesOf([0, 1, 2, 3].map((m) => ({ at: Date.UTC(2026, m, 1), value: m })))
    assert.equal(months.frequency.step, 'month')
    assert.equal(seriesOf(points, { missing: 'zero' }).values[9], 0)
    assert.equal(seriesOf([0, 1, 2].map((h) => ({ at: h * 3_600_000, value: h }))).frequency.step, 'hour')
    assert.equal(seriesOf([0, 7, 14].map((d) => ({ at: d * DAY_MS, value: d }))).frequency.step, 'week')
  })

  it('FC8 refuses what it cannot use: no numbers, repeated dates, impossible horizons', () => {
    const values = Float64Array.of(1, 2, 3, Number.NaN, 5)
    const code = (wanted: string) => (error: unknown) => isFailure(error, wanted)
    assert.throws(() => forecastSeries({ values, horizon: 2, periods: [] }), code('forecast.not_finite'))
    values[3] = Number.POSITIVE_INFINITY
    assert.throws(() => forecastSeries({ values, horizon: 2, periods: [] }), code('forecast.not_finite'))
    values[3] = 4
    assert.throws(() => forecastSeries({ values, horizon: 0, periods: [] }), code('forecast.horizon'))
    assert.throws(
      () => forecastSeries({ values: values.slice(0, 2), horizon: 1, periods: [] }),
      code('forecast.too_short'),
    )
    assert.throws(() => seriesOf([...daily([1, 2]), ...daily([3])]), code('series.date_repeated'))
    assert.equal(seriesOf([...daily([1, 2]), ...daily([3])], { repeats: 'sum' }).values[0], 4)
  })

  it('FC9 is the same each time, leaves its input alone, and looks at a bounded history', () => {
    const values = weekly('fc9', 300, 0.2, 8)
    const before = [...values]
    const first = forecastSeries({ values, horizon: 7, periods: [7] })
    assert.deepEqual(forecastSeries({ values, horizon: 7, periods: [7] }), first)
    assert.deepEqual([...values], before)
    const longer = Float64Array.of(...new Float64Array(70).fill(1e6), ...values)
    const bounded = forecastSeries({ values: longer, horizon: 7, periods: [7], options: { historyMax: 300 } })
    assert.deepEqual(bounded.mean, first.mean)
  })

  it('FC10 reaches the published figures of M4 weekly', {
    skip: !existsSync(join(DATA, 'm4')) && 'M4 is not here',
  }, () => {
    const read = (part: string) =>
      gunzipSync(readFileSync(join(DATA, `m4/Weekly-${part}.csv.gz`)))
        .toString()
        .trim()
        .split('\n')
        .slice(1)
        .map((line) =>
          Float64Array.from(
            line
              .split(',')
              .slice(1)
              .map((cell) => cell.replaceAll('"', '').trim())
              .filter((cell) => cell !== ''),
            Number,
          ),
        )
    const train = read('train')
    const test = read('test')
    const figures = (method: 'naive2' | 'theta') => {
      const scores = train.map((history, i) => {
        const ahead = METHODS[method](history, 1)(history, 13)
        const actual = test[i] as Float64Array
        return [smape(actual, ahead), mase(history, actual, ahead, 1)] as const
      })
      return [0, 1].map((k) => scores.reduce((sum, score) => sum + (score[k] as number), 0) / scores.length)
    }
    const [naiveSmape = 0, naiveMase = 0] = figures('naive2')
    assert.equal(naiveSmape.toFixed(3), '9.161')
    assert.equal(naiveMase.toFixed(3), '2.777')
    const [thetaSmape = 0] = figures('theta')
    assert.ok(Math.abs(thetaSmape - 9.093) < 0.1)
  })
})
