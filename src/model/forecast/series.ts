// From dated values to an equally spaced series: the step is recognised, missing steps are filled in and
// marked, repeated dates are added up or refused.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import { medianOf } from './clean.ts'

export type Step = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

export type Frequency = {
  readonly step: Step
  /** Several steps at once, such as 5 minutes. */
  readonly count: number
  /** Seasons worth looking at, in steps. */
  readonly periods: readonly number[]
  /** Steps in a year where a yearly wave makes sense. */
  readonly yearSteps?: number
}

export type Point = { readonly at: number; readonly value: number }

export type Series = {
  readonly frequency: Frequency
  /** Milliseconds since the epoch of each step. */
  readonly times: Float64Array
  readonly values: Float64Array
  /** 1 where the value was filled in. */
  readonly isFilled: Uint8Array
}

export type SeriesOptions = {
  /** What several values of one date become. */
  readonly repeats: 'refuse' | 'sum' | 'mean'
  /** What a missing step is: unknown (as its neighbours of the same phase), or nothing happened. */
  readonly missing: 'unknown' | 'zero'
  readonly step?: Step
  readonly stepsMax: number
}

export const SERIES_DEFAULTS: SeriesOptions = { repeats: 'refuse', missing: 'unknown', stepsMax: 200_000 }

const MONTH_STEPS: Partial<Record<Step, number>> = { month: 1, quarter: 3, year: 12 }
const FIXED_MS: Partial<Record<Step, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
}

/** The step that most gaps between neighbouring times show. `times` ascending, at least two. */
export const frequencyOf = (times: Float64Array, step?: Step): Frequency => {
  const gaps = Float64Array.from(
    { length: times.length - 1 },
    (_, i) => (times[i + 1] as number) - (times[i] as number),
  )
  const gap = medianOf(gaps)
  const days = gap / DAY_MS
  const found = step ?? stepOf(days)
  const unit = FIXED_MS[found]
  const count = unit === undefined || step !== undefined ? 1 : Math.max(1, Math.round(gap / unit))
  return withPeriods(found, count)
}

const stepOf = (days: number): Step => {
  if (days < 1 / 24 - 1e-9) return 'minute'
  if (days < 1 - 1e-9) return 'hour'
  if (days < 6.5) return 'day'
  if (days < 27) return 'week'
  if (days < 80) return 'month'
  return days < 300 ? 'quarter' : 'year'
}

const withPeriods = (step: Step, count: number): Frequency => {
  const whole = (steps: readonly number[]) =>
    steps.map((n) => n / count).filter((n) => Number.isInteger(n) && n > 1)
  switch (step) {
    case 'minute':
      return { step, count, periods: whole([1_440]) }
    case 'hour':
      return { step, count, periods: whole([24, 168]) }
    case 'day':
      return { step, count, periods: whole([7]), ...(count === 1 ? { yearSteps: 365.25 } : {}) }
    case 'week':
      return { step, count, periods: whole([52]) }
    case 'month':
      return { step, count, periods: [12] }
    case 'quarter':
      return { step, count, periods: [4] }
    case 'year':
      return { step, count, periods: [] }
  }
}

/** The time `n` steps after `at`; months keep to the calendar, in UTC. */
export const stepsAfter = (at: number, n: number, { step, count }: Frequency): number => {
  const unit = FIXED_MS[step]
  if (unit !== undefined) return at + n * count * unit
  const date = new Date(at)
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + n * (MONTH_STEPS[step] ?? 1)
  return (
    Date.UTC(Math.floor(months / 12), months % 12, date.getUTCDate() > 28 ? 1 : date.getUTCDate()) +
    (at % DAY_MS)
  )
}

/**
 * The series of dated values in any order.
 * Throws Failures `series.too_short`, `series.not_finite`, `series.date_repeated`, `series.too_sparse`.
 */
export const seriesOf = (points: readonly Point[], options: Partial<SeriesOptions> = {}): Series => {
  const { repeats, missing, step, stepsMax } = { ...SERIES_DEFAULTS, ...options }
  for (const { at, value } of points)
    if (!Number.isFinite(at) || !Number.isFinite(value))
      throw new Failure({
        code: 'series.not_finite',
        message: `The value ${value} at ${at} is no number.`,
        hint: 'Leave out rows without a value.',
      })
  const sorted = [...points].sort((left, right) => left.at - right.at)
  const merged = mergeRepeats(sorted, repeats)
  if (merged.length < 2)
    throw new Failure({
      code: 'series.too_short',
      message: `There are ${merged.length} dates; a series needs at least two.`,
      hint: 'Check which column holds the date.',
    })
  const frequency = frequencyOf(
    Float64Array.from(merged, ({ at }) => at),
    step,
  )
  return fillIn(merged, frequency, missing, stepsMax)
}

const mergeRepeats = (sorted: readonly Point[], repeats: SeriesOptions['repeats']): readonly Point[] => {
  const merged: { at: number; value: number; count: number }[] = []
  for (const { at, value } of sorted) {
    const last = merged.at(-1)
    if (last?.at !== at) {
      merged.push({ at, value, count: 1 })
      continue
    }
    if (repeats === 'refuse')
      throw new Failure({
        code: 'series.date_repeated',
        message: `${new Date(at).toISOString()} stands there more than once.`,
        hint: 'Say what to do: --repeats sum adds them up, --repeats mean takes their mean.',
      })
    last.value += value
    last.count++
  }
  return merged.map(({ at, value, count }) => ({ at, value: repeats === 'mean' ? value / count : value }))
}

const fillIn = (
  points: readonly Point[],
  frequency: Frequency,
  missing: SeriesOptions['missing'],
  stepsMax: number,
): Series => {
  const start = (points[0] as Point).at
  const slots = new Map<number, number>()
  let last = 0
  for (const { at, value } of points) {
    last = slotOf(start, at, frequency)
    slots.set(last, (slots.get(last) ?? 0) + value)
  }
  const n = last + 1
  if (n > stepsMax || slots.size < n / 3)
    throw new Failure({
      code: 'series.too_sparse',
      message: `${points.length} dates stand in ${n} steps of ${frequency.count} ${frequency.step}.`,
      hint: 'Name the step that fits, such as --step week.',
    })
  const isFilled = Uint8Array.from({ length: n }, (_, i) => (slots.has(i) ? 0 : 1))
  const values = Float64Array.from({ length: n }, (_, i) => slots.get(i) ?? 0)
  if (missing === 'unknown') guessMissing(values, isFilled, frequency.periods[0] ?? 1)
  return {
    frequency,
    times: Float64Array.from({ length: n }, (_, i) => stepsAfter(start, i, frequency)),
    values,
    isFilled: missing === 'zero' ? new Uint8Array(n) : isFilled,
  }
}

const slotOf = (start: number, at: number, { step, count }: Frequency): number => {
  const unit = FIXED_MS[step]
  if (unit !== undefined) return Math.round((at - start) / (unit * count))
  const months = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth()
  return Math.round((months(at) - months(start)) / (MONTH_STEPS[step] ?? 1))
}

/** The mean of the nearest measured step of the same phase on each side; without one, of any phase. */
const guessMissing = (values: Float64Array, isFilled: Uint8Array, period: number): void => {
  const nearest = (t: number, by: number): number | undefined => {
    for (let at = t + by, looks = 0; at >= 0 && at < values.length && looks < LOOKS_MAX; at += by, looks++)
      if (isFilled[at] === 0) return values[at]
    return undefined
  }
  for (let t = 0; t < values.length; t++) {
    if (isFilled[t] === 0) continue
    const sides = [nearest(t, -period), nearest(t, period)].filter((side) => side !== undefined)
    const found =
      sides.length > 0 ? sides : [nearest(t, -1), nearest(t, 1)].filter((side) => side !== undefined)
    values[t] = found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length)
  }
}

const LOOKS_MAX = 1_000
