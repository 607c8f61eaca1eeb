// Whether a series has a season, and what it looks like: the test and the classical decomposition that
// the M4 benchmarks use.

export type SeasonMode = 'multiplicative' | 'additive'
export type Season = {
  readonly period: number
  readonly mode: SeasonMode
  /** By phase: index i holds for times t with t mod period = i. Means 1 (multiplicative) or 0 (additive). */
  readonly indices: Float64Array
}

/** 90 % of a normal lies within this many standard deviations; the level of the test. */
const TEST_Z = 1.645

/**
 * Whether the autocorrelation at lag `period` stands out (Bartlett's formula, 90 %). Never with fewer
 * than three whole periods.
 */
export const isSeasonal = (values: Float64Array, period: number): boolean => {
  const n = values.length
  if (period < 2 || n < 3 * period) return false
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  let variance = 0
  for (const value of values) variance += (value - mean) ** 2
  if (variance <= 0) return false
  let squares = 1
  for (let lag = 1; lag <= period; lag++) {
    let sum = 0
    for (let t = lag; t < n; t++) sum += ((values[t] as number) - mean) * ((values[t - lag] as number) - mean)
    const correlation = sum / variance
    if (lag === period) return Math.abs(correlation) > TEST_Z * Math.sqrt(squares / n)
    squares += 2 * correlation ** 2
  }
  return false
}

/** Classical decomposition: centred moving average, mean deviation by phase, normalised. */
export const seasonOf = (values: Float64Array, period: number): Season => {
  const n = values.length
  const mode: SeasonMode = values.every((value) => value > 0) ? 'multiplicative' : 'additive'
  const sums = new Float64Array(period)
  const counts = new Float64Array(period)
  const half = period >> 1
  const isEven = period % 2 === 0
  let window = 0
  for (let t = 0; t < Math.min(n, 2 * half + 1); t++) window += values[t] as number
  for (let t = half; t < n - half; t++) {
    if (t > half) window += (values[t + half] as number) - (values[t - half - 1] as number)
    const ends = isEven ? ((values[t - half] as number) + (values[t + half] as number)) / 2 : 0
    const trend = (window - ends) / period
    const phase = t % period
    const value = values[t] as number
    sums[phase] = (sums[phase] as number) + (mode === 'multiplicative' ? value / trend : value - trend)
    counts[phase] = (counts[phase] as number) + 1
  }
  const neutral = mode === 'multiplicative' ? 1 : 0
  const raw = sums.map((sum, phase) =>
    (counts[phase] as number) > 0 ? sum / (counts[phase] as number) : neutral,
  )
  const mean = raw.reduce((sum, value) => sum + value, 0) / period
  const indices =
    mode === 'multiplicative'
      ? raw.map((value) => Math.max(value / mean, INDEX_MIN))
      : raw.map((value) => value - mean)
  return { period, mode, indices }
}

/** A phase that is nearly nothing must not blow up what is divided by it. */
const INDEX_MIN = 0.01

/** The value without its season. */
export const withoutSeason = (values: Float64Array, season: Season | null): Float64Array => {
  if (season === null) return values
  const { period, mode, indices } = season
  return values.map((value, t) => {
    const index = indices[t % period] as number
    return mode === 'multiplicative' ? value / index : value - index
  })
}

/** Puts the season back onto values that begin at time `start`. Changes `values`, which the caller owns. */
export const addSeason = (values: Float64Array, season: Season | null, start: number): Float64Array => {
  if (season === null) return values
  const { period, mode, indices } = season
  for (let i = 0; i < values.length; i++) {
    const index = indices[(start + i) % period] as number
    values[i] = mode === 'multiplicative' ? (values[i] as number) * index : (values[i] as number) + index
  }
  return values
}
