// How several uncertain rates compare: the probability that each is the highest, what choosing it would be expected to
// cost, and where it lies. Exact to quadrature, so that what a policy draws from is what is recorded.
//
// In logits u = ln(x / (1 − x)) a Beta(α, β) has the density g(u) = e^(αu) / ((1 + e^u)^(α+β) · B(α, β)), smooth and
// falling off on both sides; with G its distribution,
//
//   P(i is highest) = ∫ gᵢ(u) · Π_{j≠i} Gⱼ(u) du,      E(highest) = Σᵢ ∫ x(u) · gᵢ(u) · Π_{j≠i} Gⱼ(u) du.

import { assert } from '../../kernel/assert.ts'
import { Failure } from '../../kernel/failure.ts'
import { logBeta } from '../value/special.ts'

export type Beta = { readonly alpha: number; readonly beta: number }

export type Comparison = {
  /** Sums to 1. */
  readonly probabilityBest: Float64Array
  /** E(highest rate − this rate): what is lost on average by choosing it, in units of the rate. */
  readonly expectedLoss: Float64Array
  readonly mean: Float64Array
  /** Bounds of the middle `level` of each. */
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Rates that can be compared at once. */
export const RATES_MAX = 200
/** A cell of the grid is this share of the narrowest deviation that lies in it: about 1e-6 of error. */
const CELL_SHARE = 0.2
const REACH = 9
/** Exponent by which tails that fall off as e^(αu) are taken as gone. */
const TAIL = 30
const CELLS_MAX = 500_000
const PARAMETER_MIN = 1e-3

/**
 * Compares independent Beta variables. Throws a Failure `variants.rates_invalid` unless all parameters are finite and
 * at least 0.001, and there are 1 to {@link RATES_MAX}.
 * @example compareRates([{ alpha: 2, beta: 5 }, { alpha: 2, beta: 5 }]).probabilityBest // about [0.5, 0.5]
 */
export const compareRates = (rates: readonly Beta[], level = 0.95): Comparison => {
  check(rates)
  const curves = rates.map(curveOf)
  const sums: Sums = {
    best: new Float64Array(rates.length),
    highest: 0,
    quantiles: [(1 - level) / 2, (1 + level) / 2].map((share) => ({
      share,
      at: new Float64Array(rates.length).fill(Number.NaN),
    })),
  }
  integrate(curves, sums)
  const total = sums.best.reduce((sum, p) => sum + p, 0)
  const mean = Float64Array.from(rates, ({ alpha, beta }) => alpha / (alpha + beta))
  const [low, high] = sums.quantiles.map(({ at }) => at)
  return {
    probabilityBest: sums.best.map((p) => p / total),
    expectedLoss: mean.map((rate) => Math.max(0, sums.highest / total - rate)),
    mean,
    low: low ?? mean,
    high: high ?? mean,
  }
}

type Curve = Beta & {
  readonly logScale: number
  readonly spread: number
  readonly from: number
  readonly to: number
}

const curveOf = ({ alpha, beta }: Beta): Curve => {
  const centre = Math.log(alpha / beta)
  const spread = Math.sqrt(1 / alpha + 0.5 / alpha ** 2 + 1 / beta + 0.5 / beta ** 2)
  return {
    alpha,
    beta,
    logScale: logBeta(alpha, beta),
    spread: Math.min(spread, 2),
    from: centre - Math.max(REACH * Math.min(spread, 2), TAIL / alpha),
    to: centre + Math.max(REACH * Math.min(spread, 2), TAIL / beta),
  }
}

const densityAt = ({ alpha, beta, logScale }: Curve, u: number): number =>
  Math.exp(
    alpha * u - (alpha + beta) * (u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u))) - logScale,
  )

type Sums = {
  readonly best: Float64Array
  highest: number
  readonly quantiles: readonly { readonly share: number; readonly at: Float64Array }[]
}

type Cell = { readonly from: number; readonly width: number }

/** Cells no wider than a share of the narrowest density that lies in them. */
const cellsOf = (curves: readonly Curve[]): readonly Cell[] => {
  const edges = [...new Set(curves.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b)
  const cells: Cell[] = []
  for (let e = 1; e < edges.length; e++) {
    const [from, to] = [edges[e - 1] as number, edges[e] as number]
    const inside = curves.filter((curve) => curve.from <= from && curve.to >= to)
    const narrowest = inside.reduce((least, { spread }) => Math.min(least, spread), Infinity)
    const count = Number.isFinite(narrowest) ? Math.ceil((to - from) / (CELL_SHARE * narrowest)) : 1
    assert(cells.length + count <= CELLS_MAX, 'the grid of a comparison is bounded')
    const width = (to - from) / count
    for (let c = 0; c < count; c++) cells.push({ from: from + c * width, width })
  }
  return cells
}

/** Simpson's rule in each cell, with the distributions carried along. */
const integrate = (curves: readonly Curve[], sums: Sums): void => {
  const count = curves.length
  const below = new Float64Array(count)
  const middle = new Float64Array(count)
  const after = new Float64Array(count)
  const left = new Float64Array(count)
  const centre = new Float64Array(count)
  const right = new Float64Array(count)
  for (const { from, width } of cellsOf(curves)) {
    for (const [i, curve] of curves.entries()) {
      const a = densityAt(curve, from)
      const b = densityAt(curve, from + width / 2)
      const c = densityAt(curve, from + width)
      left[i] = a
      centre[i] = b
      right[i] = c
      middle[i] = (below[i] as number) + (width / 24) * (5 * a + 8 * b - c)
      after[i] = (below[i] as number) + (width / 6) * (a + 4 * b + c)
    }
    addNode(left, below, { u: from, weight: width / 6 }, sums)
    addNode(centre, middle, { u: from + width / 2, weight: (4 * width) / 6 }, sums)
    addNode(right, after, { u: from + width, weight: width / 6 }, sums)
    noteQuantiles(sums, { from, width }, { below, middle, after })
    below.set(after)
  }
}

const addNode = (
  density: Float64Array,
  distribution: Float64Array,
  { u, weight }: { readonly u: number; readonly weight: number },
  sums: Sums,
): void => {
  const rate = 1 / (1 + Math.exp(-u))
  for (let i = 0; i < density.length; i++) {
    let part = weight * (density[i] as number)
    for (let j = 0; j < density.length && part > 0; j++) if (j !== i) part *= distribution[j] as number
    sums.best[i] = (sums.best[i] as number) + part
    sums.highest += rate * part
  }
}

/** Where a share is passed within a cell: on the parabola through its three distributions. */
const noteQuantiles = (
  { quantiles }: Sums,
  { from, width }: Cell,
  {
    below,
    middle,
    after,
  }: { readonly below: Float64Array; readonly middle: Float64Array; readonly after: Float64Array },
): void => {
  for (const { share, at } of quantiles) {
    for (let i = 0; i < below.length; i++) {
      const [a, m, b] = [below[i] as number, middle[i] as number, after[i] as number]
      if (!(a < share && b >= share)) continue
      const rise = 4 * m - 3 * a - b
      const bend = 2 * (a + b - 2 * m)
      let [low, high] = [0, 1]
      for (let step = 0; step < 40; step++) {
        const t = (low + high) / 2
        if (a + t * (rise + t * bend) < share) low = t
        else high = t
      }
      at[i] = 1 / (1 + Math.exp(-(from + low * width)))
    }
  }
}

const check = (rates: readonly Beta[]): void => {
  const sound = rates.every(
    ({ alpha, beta }) =>
      alpha >= PARAMETER_MIN && beta >= PARAMETER_MIN && Number.isFinite(alpha) && Number.isFinite(beta),
  )
  if (sound && rates.length > 0 && rates.length <= RATES_MAX) return
  throw new Failure({
    code: 'variants.rates_invalid',
    message: `${rates.length} rates: ${rates
      .slice(0, 5)
      .map(({ alpha, beta }) => `Beta(${alpha}, ${beta})`)
      .join(', ')}`,
    hint: `1 to ${RATES_MAX} rates with parameters of ${PARAMETER_MIN} or more`,
  })
}
