// What the calendar does to a series beside its season: holidays, and the time of the year in daily data.
// Estimated on the history only, taken out before a model is fitted, put back onto the forecast.

export type Calendar = {
  /** For each step of history and horizon: which holiday it is, by number from 0; −1 for none. */
  readonly holidayAt?: Int16Array
  /** Steps in a year, for a yearly wave; left out: none. */
  readonly yearSteps?: number
}

export type Effects = {
  /** Effects are factors (their logarithms are kept) where all values are above 0, else differences. */
  readonly isLog: boolean
  readonly holidays: Float64Array
  readonly wave: Float64Array
}

/** Pairs of sine and cosine that draw the year. */
const WAVE_PAIRS = 4
/** The year is drawn only from at least so many of them. */
const YEARS_MIN = 2
/** Holidays seen so often count half of what they showed. */
const HOLIDAY_PRIOR = 0.5
const RIDGE = 1e-3
const HOLIDAYS_MAX = 1_000
const NONE = new Float64Array(0)

/** Effects seen in `history`; those of an empty calendar are none. `period` is the season in steps. */
export const effectsOf = (history: Float64Array, calendar: Calendar, period: number): Effects => {
  const isLog = history.every((value) => value > 0)
  const inner = isLog ? history.map(Math.log) : history
  const { holidayAt, yearSteps } = calendar
  const wave =
    yearSteps !== undefined && history.length >= YEARS_MIN * yearSteps ? waveOf(inner, yearSteps) : NONE
  return { isLog, wave, holidays: holidayAt === undefined ? NONE : holidaysOf(inner, holidayAt, period) }
}

/** The history without the effects. */
export const withoutEffects = (history: Float64Array, effects: Effects, calendar: Calendar): Float64Array =>
  effects.wave.length === 0 && effects.holidays.length === 0
    ? history
    : history.map((value, t) => shift(value, effects, -effectAt(t, effects, calendar)))

/** Puts the effects onto a forecast that begins at step `start`. */
export const withEffects = (
  ahead: Float64Array,
  effects: Effects,
  calendar: Calendar,
  start: number,
): Float64Array =>
  effects.wave.length === 0 && effects.holidays.length === 0
    ? ahead
    : ahead.map((value, h) => shift(value, effects, effectAt(start + h, effects, calendar)))

const shift = (value: number, { isLog }: Effects, by: number): number =>
  isLog ? value * Math.exp(by) : value + by

const effectAt = (t: number, { wave, holidays }: Effects, { holidayAt, yearSteps = 1 }: Calendar): number => {
  let sum = 0
  for (let i = 0; i < wave.length; i++) sum += (wave[i] as number) * waveTerm(i, t, yearSteps)
  const holiday = holidayAt?.[t] ?? -1
  return holiday >= 0 ? sum + (holidays[holiday] ?? 0) : sum
}

const waveTerm = (i: number, t: number, yearSteps: number): number => {
  const angle = (2 * Math.PI * ((i >> 1) + 1) * t) / yearSteps
  return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
}

/** Mean distance of each holiday from the nearest ordinary days of the same phase, shrunk where seldom seen. */
const holidaysOf = (inner: Float64Array, holidayAt: Int16Array, period: number): Float64Array => {
  const count = Math.min(
    HOLIDAYS_MAX,
    holidayAt.reduce((most, holiday) => Math.max(most, holiday + 1), 0),
  )
  const sums = new Float64Array(count)
  const seen = new Float64Array(count)
  for (let t = 0; t < inner.length; t++) {
    const holiday = holidayAt[t] ?? -1
    if (holiday < 0 || holiday >= count) continue
    const usual = ordinaryNear(inner, holidayAt, t, period)
    if (Number.isNaN(usual)) continue
    sums[holiday] = (sums[holiday] as number) + (inner[t] as number) - usual
    seen[holiday] = (seen[holiday] as number) + 1
  }
  return sums.map((sum, holiday) => sum / ((seen[holiday] as number) + HOLIDAY_PRIOR))
}

/** Mean of up to two ordinary days on each side. */
const ordinaryNear = (inner: Float64Array, holidayAt: Int16Array, t: number, period: number): number => {
  let sum = 0
  let count = 0
  for (let k = 1; k <= 2; k++)
    for (const at of [t - k * period, t + k * period])
      if (at >= 0 && at < inner.length && (holidayAt[at] ?? -1) < 0) {
        sum += inner[at] as number
        count++
      }
  return count > 0 ? sum / count : Number.NaN
}

/** Least squares of a parabola and the wave; the wave's part. */
const waveOf = (inner: Float64Array, yearSteps: number): Float64Array => {
  const terms = 2 * WAVE_PAIRS
  const size = terms + 3
  const normal = Array.from({ length: size }, () => new Float64Array(size + 1))
  const row = new Float64Array(size + 1)
  const n = inner.length
  for (let t = 0; t < n; t++) {
    const x = (2 * t) / n - 1
    row[0] = 1
    row[1] = x
    row[2] = x * x
    for (let i = 0; i < terms; i++) row[3 + i] = waveTerm(i, t, yearSteps)
    row[size] = inner[t] as number
    for (let i = 0; i < size; i++) {
      const into = normal[i] as Float64Array
      for (let j = i; j <= size; j++) into[j] = (into[j] as number) + (row[i] as number) * (row[j] as number)
    }
  }
  for (let i = 0; i < size; i++) {
    const into = normal[i] as Float64Array
    for (let j = 0; j < i; j++) into[j] = (normal[j] as Float64Array)[i] as number
    into[i] = (into[i] as number) + RIDGE * n
  }
  return solve(normal).slice(3)
}

/** Gauss-Jordan on a positive definite system, the right side in the last column; it is used up. */
const solve = (rows: Float64Array[]): Float64Array => {
  const size = rows.length
  for (let i = 0; i < size; i++) {
    const pivot = rows[i] as Float64Array
    const by = pivot[i] as number
    for (let j = 0; j < size; j++) {
      if (j === i) continue
      const row = rows[j] as Float64Array
      const factor = (row[i] as number) / by
      for (let k = i; k <= size; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number)
    }
  }
  return Float64Array.from(rows, (row, i) => (row[size] as number) / (row[i] as number))
}
