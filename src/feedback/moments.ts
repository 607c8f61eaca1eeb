// Means, variances and the covariance of two variables, kept one observation at a time: Welford's
// update, which does not lose digits when the mean is large beside the spread.

/** [n, mean of y, Σ(y−ȳ)², mean of x, Σ(x−x̄)², Σ(x−x̄)(y−ȳ), how many had an order]. */
export type Moments = Float64Array

const N = 0
const MEAN_Y = 1
const SQUARES_Y = 2
const MEAN_X = 3
const SQUARES_X = 4
const CROSS = 5
const BUYERS = 6
export const MOMENTS_WIDTH = 7

export const createMoments = (): Moments => new Float64Array(MOMENTS_WIDTH)

/** Takes in one observation; `bought` says whether it is an outcome other than "no order". */
export const observe = (moments: Moments, y: number, x: number, bought: boolean): void => {
  const n = at(moments, N) + 1
  const fromY = y - at(moments, MEAN_Y)
  const fromX = x - at(moments, MEAN_X)
  moments[N] = n
  moments[MEAN_Y] = at(moments, MEAN_Y) + fromY / n
  moments[MEAN_X] = at(moments, MEAN_X) + fromX / n
  moments[SQUARES_Y] = at(moments, SQUARES_Y) + fromY * (y - at(moments, MEAN_Y))
  moments[SQUARES_X] = at(moments, SQUARES_X) + fromX * (x - at(moments, MEAN_X))
  moments[CROSS] = at(moments, CROSS) + fromX * (y - at(moments, MEAN_Y))
  if (bought) moments[BUYERS] = at(moments, BUYERS) + 1
}

export type Summary = {
  readonly n: number
  readonly mean: number
  /** Sample variance, n − 1 below; 0 when n < 2. */
  readonly variance: number
}

export const summaryOf = (moments: Moments): Summary => {
  const n = at(moments, N)
  return { n, mean: at(moments, MEAN_Y), variance: n > 1 ? at(moments, SQUARES_Y) / (n - 1) : 0 }
}

export const buyersOf = (moments: Moments): number => at(moments, BUYERS)

/** The slope of y on x within groups, pooled: θ = Σ cov / Σ var; 0 when x does not vary. */
export const pooledSlope = (groups: readonly Moments[]): number => {
  let cross = 0
  let squares = 0
  for (const group of groups) {
    cross += at(group, CROSS)
    squares += at(group, SQUARES_X)
  }
  return squares > 0 ? cross / squares : 0
}

/** The summary of y − θx. */
export const adjustedSummary = (moments: Moments, slope: number): Summary => {
  const n = at(moments, N)
  const squares =
    at(moments, SQUARES_Y) - 2 * slope * at(moments, CROSS) + slope ** 2 * at(moments, SQUARES_X)
  return {
    n,
    mean: at(moments, MEAN_Y) - slope * at(moments, MEAN_X),
    variance: n > 1 ? Math.max(0, squares) / (n - 1) : 0,
  }
}

/** From n, Σy and Σy², as other tools report them. */
export const summaryFromSums = (sums: {
  readonly n: number
  readonly sum: number
  readonly sumOfSquares: number
}): Summary => {
  const mean = sums.sum / sums.n
  return { n: sums.n, mean, variance: (sums.sumOfSquares - sums.n * mean * mean) / (sums.n - 1) }
}

const at = (moments: Moments, index: number): number => moments[index] ?? 0
