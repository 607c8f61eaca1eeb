// Exponential smoothing in state-space form (Hyndman et al. 2002): simple, damped trend, and damped
// trend with an additive season. Fitting finds the parameters by one-step squared error.

import { nelderMead } from './nelder-mead.ts'

/** Share of the newest value in the level. */
export type LevelFit = { readonly alpha: number }

/**
 * The level after the last value and the squared one-step errors. The level before the first value is
 * the one with the least squared error, which is linear in it and so closed form.
 */
const smoothLevel = (values: Float64Array, alpha: number): { level: number; squares: number } => {
  let level = 0
  let weight = 1
  let errors = 0
  let cross = 0
  let weights = 0
  for (const value of values) {
    const error = value - level
    errors += error * error
    cross += error * weight
    weights += weight * weight
    level += alpha * error
    weight *= 1 - alpha
  }
  const start = cross / weights
  return { level: level + weight * start, squares: errors - cross * start }
}

const ALPHA_MIN = 0.0001
const ALPHA_MAX = 0.9999
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** The best share: a coarse look over the whole range, then golden section around the best. */
export const fitLevel = (values: Float64Array): LevelFit => {
  const cost = (alpha: number) => smoothLevel(values, alpha).squares
  let best = 0
  let least = Number.POSITIVE_INFINITY
  const grid = 12
  for (let i = 0; i <= grid; i++) {
    const squares = cost(ALPHA_MIN + ((ALPHA_MAX - ALPHA_MIN) * i) / grid)
    if (squares < least) {
      least = squares
      best = i
    }
  }
  const at = (i: number) => ALPHA_MIN + ((ALPHA_MAX - ALPHA_MIN) * Math.min(grid, Math.max(0, i))) / grid
  let low = at(best - 1)
  let high = at(best + 1)
  for (let i = 0; i < 18; i++) {
    const left = high - GOLDEN * (high - low)
    const right = low + GOLDEN * (high - low)
    if (cost(left) <= cost(right)) high = right
    else low = left
  }
  return { alpha: (low + high) / 2 }
}

/** The level a fitted smoothing holds after `values`. */
export const levelAfter = (values: Float64Array, { alpha }: LevelFit): number =>
  smoothLevel(values, alpha).level

export type TrendFit = {
  readonly alpha: number
  readonly beta: number
  readonly phi: number
  /** 0 when there is no season. */
  readonly gamma: number
}

type TrendRun = { level: number; slope: number; season: Float64Array; squares: number }

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const PHI_MIN = 0.8
const PHI_MAX = 0.98
const ALPHA_TOP = 0.999

const fitOf = ([a = 0, b = 0, p = 0, g = 0]: readonly number[], hasSeason: boolean): TrendFit => {
  const alpha = ALPHA_TOP * sigmoid(a)
  return {
    alpha,
    beta: alpha * sigmoid(b),
    phi: PHI_MIN + (PHI_MAX - PHI_MIN) * sigmoid(p),
    gamma: hasSeason ? (1 - alpha) * sigmoid(g) : 0,
  }
}

/** Level and slope before the first value: a line through the first values, less their season. */
const START_VALUES = 10

const startOf = (values: Float64Array, season: Float64Array): { level: number; slope: number } => {
  const n = Math.min(values.length, Math.max(START_VALUES, season.length))
  let sum = 0
  let cross = 0
  const mid = (n - 1) / 2
  for (let t = 0; t < n; t++) {
    const value = (values[t] as number) - (season[t % season.length] ?? 0)
    sum += value
    cross += (t - mid) * value
  }
  const slope = n > 1 ? cross / ((n * (n * n - 1)) / 12) : 0
  return { level: sum / n - slope * (mid + 1), slope }
}

const runTrend = (values: Float64Array, fit: TrendFit, startSeason: Float64Array): TrendRun => {
  const period = startSeason.length
  const season = startSeason.slice()
  let { level, slope } = startOf(values, startSeason)
  let squares = 0
  const { alpha, beta, phi, gamma } = fit
  for (let t = 0, phase = 0; t < values.length; t++) {
    const ahead = level + phi * slope
    const error = (values[t] as number) - ahead - (period > 0 ? (season[phase] as number) : 0)
    squares += error * error
    level = ahead + alpha * error
    slope = phi * slope + beta * error
    if (period > 0) {
      season[phase] = (season[phase] as number) + gamma * error
      phase = phase + 1 === period ? 0 : phase + 1
    }
  }
  return { level, slope, season, squares }
}

/** Parameters of a damped trend; with `season` (additive, by phase) of Holt-Winters. */
export const fitTrend = (values: Float64Array, season: Float64Array, evaluationsMax: number): TrendFit => {
  const hasSeason = season.length > 0
  const cost = (point: readonly number[]) => runTrend(values, fitOf(point, hasSeason), season).squares
  const starts = hasSeason ? [[-0.5, -2, 1, -2]] : [[0, -2, 1]]
  const best = nelderMead(cost, starts[0] as number[], { evaluationsMax, step: 1 })
  return fitOf(best.point, hasSeason)
}

/** `horizon` values after `values` by a fitted damped trend. */
export const trendAhead = (
  values: Float64Array,
  fit: TrendFit,
  season: Float64Array,
  horizon: number,
): Float64Array => {
  const run = runTrend(values, fit, season)
  const ahead = new Float64Array(horizon)
  let damped = 0
  let factor = 1
  for (let h = 0; h < horizon; h++) {
    factor *= fit.phi
    damped += factor
    const phase = season.length > 0 ? (run.season[(values.length + h) % season.length] as number) : 0
    ahead[h] = run.level + damped * run.slope + phase
  }
  return ahead
}
