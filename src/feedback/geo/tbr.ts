// Reading a geo experiment: time-based regression (Kerman, Wang and Vaver, Google, 2017). Before the test the treated
// regions' sum is regressed on the control regions' sum; in the test the difference from what the line says is
// the effect, with the exact t distribution of a sum of predictions.

import { assert } from '../../kernel/assert.ts'
import { studentQuantile, studentTails } from './student.ts'

/** Day by day sums of the two groups, before and in the test (with the days after it that still count). */
export type TbrInput = {
  readonly control: { readonly before: ArrayLike<number>; readonly during: ArrayLike<number> }
  readonly treated: { readonly before: ArrayLike<number>; readonly during: ArrayLike<number> }
}

export type Line = {
  readonly intercept: number
  readonly slope: number
  /** Standard deviation of a day's residual. */
  readonly sigma: number
  readonly n: number
  readonly meanX: number
  readonly squaresX: number
  readonly correlation: number
  /** Of residuals with those of the day before: far from 0 the intervals are too narrow. */
  readonly autocorrelation: number
}

export type TbrEffect = {
  readonly line: Line
  /** Sum over the days of the test. */
  readonly observed: number
  readonly expected: number
  readonly effect: number
  readonly stderr: number
  readonly freedom: number
  /** Day by day. */
  readonly daily: Float64Array
  readonly counterfactual: Float64Array
}

export const DAYS_BEFORE_MIN = 7

/** The line through the days before the test. A control that never varies gives a flat one. */
export const fitLine = (x: ArrayLike<number>, y: ArrayLike<number>): Line => {
  const n = x.length
  assert(n === y.length && n >= DAYS_BEFORE_MIN, `a line needs ${DAYS_BEFORE_MIN} days before the test`)
  const meanX = meanOf(x)
  const meanY = meanOf(y)
  let [squaresX, squaresY, cross] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY]
    squaresX += dx * dx
    squaresY += dy * dy
    cross += dx * dy
  }
  const slope = squaresX > 0 ? cross / squaresX : 0
  const intercept = meanY - slope * meanX
  const residuals = Float64Array.from(
    { length: n },
    (_, i) => (y[i] as number) - intercept - slope * (x[i] as number),
  )
  let [squares, lagged] = [0, 0]
  for (let i = 0; i < n; i++) {
    squares += (residuals[i] as number) ** 2
    if (i > 0) lagged += (residuals[i] as number) * (residuals[i - 1] as number)
  }
  return {
    intercept,
    slope,
    sigma: Math.sqrt(squares / (n - 2)),
    n,
    meanX,
    squaresX,
    correlation: squaresX > 0 && squaresY > 0 ? cross / Math.sqrt(squaresX * squaresY) : 0,
    autocorrelation: squares > 0 ? lagged / squares : 0,
  }
}

const meanOf = (values: ArrayLike<number>): number => sum(values) / values.length

const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i] as number
  return total
}

/**
 * Standard error of a sum of `days` predictions whose control averages `meanX`:
 * σ √(T + T² (1/n + (x̄ − x̄₀)²/Σ(x − x̄₀)²)).
 */
export const sumStderr = (line: Line, days: number, meanX: number): number => {
  const leverage = line.squaresX > 0 ? (meanX - line.meanX) ** 2 / line.squaresX : 0
  return line.sigma * Math.sqrt(days + days * days * (1 / line.n + leverage))
}

export const tbrEffect = ({ control, treated }: TbrInput): TbrEffect => {
  const line = fitLine(control.before, treated.before)
  const days = control.during.length
  assert(days === treated.during.length && days > 0, 'both groups have the same days')
  const counterfactual = Float64Array.from(
    { length: days },
    (_, i) => line.intercept + line.slope * (control.during[i] as number),
  )
  const daily = Float64Array.from(counterfactual, (expected, i) => (treated.during[i] as number) - expected)
  return {
    line,
    observed: sum(treated.during),
    expected: sum(counterfactual),
    effect: sum(daily),
    stderr: sumStderr(line, days, meanOf(control.during)),
    freedom: line.n - 2,
    daily,
    counterfactual,
  }
}

export type Range = { readonly value: number; readonly low: number; readonly high: number }

/** The effect with the interval that misses the truth in a share `alpha`. */
export const effectRange = ({ effect, stderr, freedom }: TbrEffect, alpha: number): Range => {
  const half = studentQuantile(alpha, freedom) * stderr
  return { value: effect, low: effect - half, high: effect + half }
}

/** Two-sided p of no effect. */
export const effectP = ({ effect, stderr, freedom }: TbrEffect): number =>
  stderr > 0 ? studentTails(effect / stderr, freedom) : effect === 0 ? 1 : 0

/**
 * What a unit of money brought: effect on the response over effect on the cost. Where nothing was spent before
 * and by the control the cost is known exactly; else it has an error of its own, and the interval is Fieller's,
 * with both errors taken as independent. Null where the cost cannot be told from none.
 */
export const returnOnSpend = (
  response: TbrEffect,
  cost: { readonly effect: number; readonly stderr: number },
  alpha: number,
): Range | null => {
  const q = studentQuantile(alpha, response.freedom)
  const [n, d] = [response.effect, cost.effect]
  const a = d * d - q * q * cost.stderr ** 2
  if (d === 0 || a <= 0) return null
  const c = n * n - q * q * response.stderr ** 2
  const root = Math.sqrt(Math.max(0, n * n * d * d - a * c))
  const ends = [(n * d - root) / a, (n * d + root) / a].toSorted((left, right) => left - right)
  return { value: n / d, low: ends[0] as number, high: ends[1] as number }
}
