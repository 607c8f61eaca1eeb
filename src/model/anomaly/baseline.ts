// What value is usual now: several simple views of the past (hour of the week, hour of the day, the level of
// late, the last value), each with a robust scale; the one that erred least of late speaks.

import { HOUR_MS } from '../../kernel/time.ts'
import { createRing, pushRing, ringMedian, ringSize, type Ring } from './ring.ts'

const HOURS_OF_WEEK = 168
const WEEKS_KEPT = 8
const DAYS_KEPT = 14
const RESIDUALS_KEPT = 300
const SCALE_EVERY = 20
const MAD_TO_SIGMA = 1.4826
const ERROR_DECAY = 0.995
const ERROR_CLIP = 5

export const VIEWS = ['last_value', 'recent_level', 'hour_of_day', 'hour_of_week', 'long_level'] as const
export type ViewName = (typeof VIEWS)[number]
const COUNT = VIEWS.length

export type Baseline = {
  readonly weekRings: readonly Ring[]
  readonly dayRings: readonly Ring[]
  readonly residuals: readonly Ring[]
  /** By view: robust scale, then discounted error, then its weight. */
  readonly scales: Float64Array
  readonly errors: Float64Array
  readonly seen: Float64Array
  /** last, recent, long, offset of day, offset of week, hour, sum within the hour, count within it, values seen. */
  readonly now: Float64Array
}

const LAST = 0
const RECENT = 1
const LONG = 2
const DAY_OFFSET = 3
const WEEK_OFFSET = 4
const HOUR = 5
const HOUR_SUM = 6
const HOUR_COUNT = 7
export const TOTAL = 8

const RECENT_SHARE = 0.2
const LONG_SHARE = 0.01
const OFFSET_SHARE = 0.03

export const createBaseline = (): Baseline => ({
  weekRings: Array.from({ length: HOURS_OF_WEEK }, () => createRing(WEEKS_KEPT)),
  dayRings: Array.from({ length: 24 }, () => createRing(DAYS_KEPT)),
  residuals: VIEWS.map(() => createRing(RESIDUALS_KEPT)),
  scales: new Float64Array(COUNT),
  errors: new Float64Array(COUNT),
  seen: new Float64Array(COUNT),
  now: new Float64Array(9),
})

export type Usual = { readonly view: ViewName; readonly expected: number; readonly sigma: number }

const hourOfWeek = (at: number): number => {
  const hour = Math.floor(at / HOUR_MS)
  return ((hour % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK
}

/** Seasons speak once each of their hours was seen at least so often. */
const SEASON_MIN = 2

const expectedBy = ({ weekRings, dayRings, now }: Baseline, view: number, at: number): number => {
  const week = weekRings[hourOfWeek(at)] as Ring
  const day = dayRings[hourOfWeek(at) % 24] as Ring
  switch (VIEWS[view] as ViewName) {
    case 'last_value':
      return now[LAST] as number
    case 'recent_level':
      return now[RECENT] as number
    case 'long_level':
      return now[LONG] as number
    case 'hour_of_day':
      return ringSize(day) < SEASON_MIN ? Number.NaN : ringMedian(day) + (now[DAY_OFFSET] as number)
    case 'hour_of_week':
      return ringSize(week) < SEASON_MIN ? Number.NaN : ringMedian(week) + (now[WEEK_OFFSET] as number)
  }
}

/** The usual value at `at` and its scale; undefined before the first value. */
export const usualNow = (baseline: Baseline, at: number): Usual | undefined => {
  const { errors, seen, scales, now } = baseline
  if (now[TOTAL] === 0) return undefined
  let best = LAST
  let least = Number.POSITIVE_INFINITY
  for (let view = 0; view < COUNT; view++) {
    if (!((seen[view] as number) > 0)) continue
    const error = (errors[view] as number) / (seen[view] as number)
    if (
      error < least &&
      Number.isFinite(expectedBy(baseline, view, at)) &&
      ringSize(baseline.residuals[view] as Ring) >= RESIDUALS_MIN
    ) {
      least = error
      best = view
    }
  }
  return {
    view: VIEWS[best] as ViewName,
    expected: expectedBy(baseline, best, at),
    sigma: Math.max(scales[best] as number, SIGMA_MIN),
  }
}

const RESIDUALS_MIN = 20
const SIGMA_MIN = 1e-9

/** Takes a value in. */
export const learnBaseline = (baseline: Baseline, at: number, value: number): void => {
  const { now, errors, seen, scales, residuals } = baseline
  const total = now[TOTAL] as number
  if (total === 0) {
    now[LAST] = value
    now[RECENT] = value
    now[LONG] = value
    now[HOUR] = Math.floor(at / HOUR_MS)
  }
  for (let view = 0; view < COUNT; view++) {
    const expected = expectedBy(baseline, view, at)
    if (!Number.isFinite(expected) || total === 0) continue
    const size = Math.abs(value - expected)
    const scale = scales[view] as number
    const ring = residuals[view] as Ring
    errors[view] =
      (errors[view] as number) * ERROR_DECAY + (scale > 0 ? Math.min(size, ERROR_CLIP * scale) : size)
    seen[view] = (seen[view] as number) * ERROR_DECAY + 1
    pushRing(ring, size)
    if ((ring[0] as number) % SCALE_EVERY === 0 || (ring[0] as number) === RESIDUALS_MIN)
      scales[view] = scaleOf(ring)
  }
  advance(baseline, at, value)
}

/** Median deviation; where more than half are 0, the mean one. */
const scaleOf = (ring: Ring): number => {
  const median = ringMedian(ring)
  if (median > 0) return MAD_TO_SIGMA * median
  const size = ringSize(ring)
  return ring.subarray(1, 1 + size).reduce((sum, value) => sum + value, 0) / size
}

const advance = (baseline: Baseline, at: number, value: number): void => {
  const { now, weekRings, dayRings } = baseline
  const day = expectedBy(baseline, VIEWS.indexOf('hour_of_day'), at)
  const week = expectedBy(baseline, VIEWS.indexOf('hour_of_week'), at)
  if (Number.isFinite(day)) now[DAY_OFFSET] = (now[DAY_OFFSET] as number) + OFFSET_SHARE * (value - day)
  if (Number.isFinite(week)) now[WEEK_OFFSET] = (now[WEEK_OFFSET] as number) + OFFSET_SHARE * (value - week)
  const hour = Math.floor(at / HOUR_MS)
  if (hour !== now[HOUR]) {
    const closed = now[HOUR] as number
    const mean = (now[HOUR_SUM] as number) / Math.max(1, now[HOUR_COUNT] as number)
    const slot = hourOfWeek(closed * HOUR_MS)
    pushRing(weekRings[slot] as Ring, mean)
    pushRing(dayRings[slot % 24] as Ring, mean)
    now[HOUR] = hour
    now[HOUR_SUM] = 0
    now[HOUR_COUNT] = 0
  }
  now[HOUR_SUM] = (now[HOUR_SUM] as number) + value
  now[HOUR_COUNT] = (now[HOUR_COUNT] as number) + 1
  const count = now[TOTAL] as number
  now[LAST] = value
  now[RECENT] =
    (now[RECENT] as number) + Math.max(RECENT_SHARE, 1 / (count + 1)) * (value - (now[RECENT] as number))
  now[LONG] = (now[LONG] as number) + Math.max(LONG_SHARE, 1 / (count + 1)) * (value - (now[LONG] as number))
  now[TOTAL] = count + 1
}
