// The forecasting methods, each in two steps: find parameters on one stretch of history, then forecast
// from any later one. So a rolling backtest need not search for parameters at each origin.

import { addSeason, isSeasonal, seasonOf, withoutSeason, type Season } from './season.ts'
import { fitLevel, fitTrend, levelAfter, trendAhead, type LevelFit, type TrendFit } from './smoothing.ts'

export type MethodName = 'seasonal_naive' | 'naive2' | 'theta' | 'damped_trend' | 'holt_winters'

/** Forecasts `horizon` values after `history`. */
export type Ahead = (history: Float64Array, horizon: number) => Float64Array

/** Finds parameters on `history` for a season of `period` (1: none). */
export type Method = (history: Float64Array, period: number) => Ahead

/** Looks a search for smoothing parameters may take. */
const EVALUATIONS_MAX = 160

const seasonIn = (history: Float64Array, period: number): Season | null =>
  isSeasonal(history, period) ? seasonOf(history, period) : null

/** The value one period ago. */
export const seasonalNaive: Method = (_, period) => (history, horizon) => {
  const n = history.length
  const lag = Math.min(period, n)
  return Float64Array.from({ length: horizon }, (_unused, h) => history[n - lag + (h % lag)] as number)
}

/** The last value less its season, the season put back; the M4 competition's yardstick. */
export const naive2: Method = (fitted, period) => {
  const hasSeason = isSeasonal(fitted, period)
  return (history, horizon) => {
    const season = hasSeason ? seasonOf(history, period) : null
    const plain = withoutSeason(history, season)
    const last = plain[plain.length - 1] as number
    return addSeason(new Float64Array(horizon).fill(last), season, history.length)
  }
}

/** Theta (Assimakopoulos & Nikolopoulos 2000): half the trend line, half a smoothed line of double curvature. */
export const theta: Method = (fitted, period) => {
  const season = seasonIn(fitted, period)
  const level = fitLevel(bent(withoutSeason(fitted, season)).values)
  const hasSeason = season !== null
  return (history, horizon) =>
    thetaAhead(history, horizon, level, hasSeason ? seasonOf(history, period) : null)
}

const thetaAhead = (
  history: Float64Array,
  horizon: number,
  fit: LevelFit,
  season: Season | null,
): Float64Array => {
  const { values, intercept, slope } = bent(withoutSeason(history, season))
  const smoothed = levelAfter(values, fit)
  const n = history.length
  const ahead = Float64Array.from({ length: horizon }, (_, h) => (intercept + slope * (n + h) + smoothed) / 2)
  return addSeason(ahead, season, n)
}

/** The line through the values, and the values with their distance from it doubled. */
const bent = (values: Float64Array): { values: Float64Array; intercept: number; slope: number } => {
  const n = values.length
  const mid = (n - 1) / 2
  let sum = 0
  let cross = 0
  for (let t = 0; t < n; t++) {
    sum += values[t] as number
    cross += (t - mid) * (values[t] as number)
  }
  const slope = n > 1 ? cross / ((n * (n * n - 1)) / 12) : 0
  const intercept = sum / n - slope * mid
  return { values: values.map((value, t) => 2 * value - (intercept + slope * t)), intercept, slope }
}

const NO_SEASON = new Float64Array(0)

/** Exponential smoothing with a damped additive trend, on the values less their season. */
export const dampedTrend: Method = (fitted, period) => {
  const season = seasonIn(fitted, period)
  const fit = fitTrend(withoutSeason(fitted, season), NO_SEASON, EVALUATIONS_MAX)
  const hasSeason = season !== null
  return (history, horizon) =>
    dampedAhead(history, horizon, fit, hasSeason ? seasonOf(history, period) : null)
}

const dampedAhead = (
  history: Float64Array,
  horizon: number,
  fit: TrendFit,
  season: Season | null,
): Float64Array =>
  addSeason(trendAhead(withoutSeason(history, season), fit, NO_SEASON, horizon), season, history.length)

/**
 * Holt-Winters with a damped trend and an additive season that moves; where all values are above 0 it
 * works on logarithms, so that the season grows with the level.
 */
export const holtWinters: Method = (fitted, period) => {
  const isLog = fitted.every((value) => value > 0)
  const inner = isLog ? fitted.map(Math.log) : fitted
  const season = seasonOfFirst(inner, period)
  const fit = fitTrend(inner, season, EVALUATIONS_MAX)
  return (history, horizon) => {
    if (isLog && !history.every((value) => value > 0)) return seasonalNaive(history, period)(history, horizon)
    const ahead = trendAhead(isLog ? history.map(Math.log) : history, fit, season, horizon)
    return isLog ? ahead.map(Math.exp) : ahead
  }
}

/** The season to start from: that of the first few periods. */
const FIRST_PERIODS = 4

const seasonOfFirst = (values: Float64Array, period: number): Float64Array => {
  const few = values.subarray(0, Math.min(values.length, FIRST_PERIODS * period))
  const mean = few.reduce((sum, value) => sum + value, 0) / few.length
  // Shifted below zero so that the decomposition is additive whatever the sign.
  const season = seasonOf(
    few.map((value) => value - mean - 1e-9),
    period,
  )
  return season.mode === 'additive' ? season.indices : new Float64Array(period)
}

export const METHODS: Readonly<Record<MethodName, Method>> = {
  seasonal_naive: seasonalNaive,
  naive2,
  theta,
  damped_trend: dampedTrend,
  holt_winters: holtWinters,
}
