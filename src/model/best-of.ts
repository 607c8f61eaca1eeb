// The probability that each of several independent normal variables is the greatest: Thompson
// sampling's propensities, by quadrature instead of by drawing.
//
//   P(i is greatest) = ∫ φ((x − μᵢ)/σᵢ)/σᵢ · Π_{j≠i} Φ((x − μⱼ)/σⱼ) dx

import { normalDistribution, normalInto } from './normal.ts'

/** Beyond this many standard deviations a variable is taken as certain: 1e-9 of error each. */
const REACH = 6
const LOWEST = 7.9
/** Spreads below this share of the widest one count as none, and so does what is near the end of doubles. */
const POINT_SHARE = 1e-9
const POINT_MIN = 1e-290
/** The trapezoidal rule converges geometrically on such integrands; this share of the least deviation leaves under 5e-8. */
const TRAPEZOID_STEP = 0.4
const TRAPEZOID_NODES_MAX = 96
const NEGLIGIBLE = 1e-9
/** A panel is at most this many of the smallest deviations wide that lie in it. */
const PANEL_WIDTH = 1.5
const PANEL_DEPTH_MAX = 48

// Gauss-Legendre, eight points on [−1, 1].
const NODES = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363]
const WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763]

type Variables = {
  readonly mean: Float64Array
  readonly spread: Float64Array
  /** 1 / spread; 0 for points. */
  readonly steepness: Float64Array
  /** Distribution and density of each variable at the present node, side by side; density 0 = left out. */
  readonly at: Float64Array
  readonly result: Float64Array
}

/**
 * Probability of being the greatest, one for each variable; sums to 1, each within 1e-7 of the exact
 * value. Variables without spread are points; points at the same height share evenly.
 * @param heights means, finite
 * @param spread standard deviations, finite and ≥ 0
 * @example probabilityOfBest(Float64Array.of(1, 1), Float64Array.of(2, 2)) // [0.5, 0.5]
 */
export const probabilityOfBest = (heights: Float64Array, spread: Float64Array): Float64Array => {
  const count = heights.length
  const result = new Float64Array(count)
  let widest = 0
  let top = -Infinity
  for (let i = 0; i < count; i++) {
    widest = Math.max(widest, spread[i] as number)
    top = Math.max(top, heights[i] as number)
  }
  // From the top down: far from zero, small spreads would drown in rounding.
  const mean = new Float64Array(count)
  for (let i = 0; i < count; i++) mean[i] = (heights[i] as number) - top
  const isPoint = Math.max(widest * POINT_SHARE, POINT_MIN)
  let floor = -Infinity
  let low = -Infinity
  let high = -Infinity
  for (let i = 0; i < count; i++) {
    const m = mean[i] as number
    const s = spread[i] as number
    if (s <= isPoint) {
      if (m > floor) floor = m
      continue
    }
    low = Math.max(low, m - REACH * s)
    high = Math.max(high, m + REACH * s)
  }
  const variables: Variables = {
    mean,
    spread,
    steepness: spread.map((s) => (s > isPoint ? 1 / s : 0)),
    at: new Float64Array(2 * count),
    result,
  }
  if (floor > -Infinity) sharePoints(variables, floor, isPoint)
  const from = Math.max(floor, low)
  if (high > from) integrate(variables, from, high, isPoint)
  let sum = 0
  for (let i = 0; i < count; i++) sum += result[i] as number
  for (let i = 0; i < count; i++) result[i] = (result[i] as number) / sum
  return result
}

/** The highest points win where all spread variables fall below them. */
const sharePoints = ({ mean, spread, result }: Variables, floor: number, isPoint: number): void => {
  let chance = 1
  let tied = 0
  for (let i = 0; i < mean.length; i++) {
    const s = spread[i] as number
    if (s > isPoint) chance *= normalDistribution((floor - (mean[i] as number)) / s)
    else if (mean[i] === floor) tied++
  }
  for (let i = 0; i < mean.length; i++) {
    if ((spread[i] as number) <= isPoint && mean[i] === floor) result[i] = chance / tied
  }
}

const integrate = (variables: Variables, from: number, to: number, isPoint: number): void => {
  const { mean, spread } = variables
  let narrowest = Infinity
  let cut = false
  for (let i = 0; i < mean.length; i++) {
    const s = spread[i] as number
    const reach = (mean[i] as number) + REACH * s
    if (s <= isPoint) cut ||= from === mean[i]
    // Those that end below the start of the integral never win and are certain throughout it.
    else if (reach > from && s < narrowest) narrowest = s
  }
  const nodes = Math.ceil((to - from) / (TRAPEZOID_STEP * narrowest))
  if (!cut && nodes <= TRAPEZOID_NODES_MAX) {
    const step = (to - from) / nodes
    // From the top down: what is left below x is the probability that all fall below it.
    for (let k = nodes; k >= 0; k--) {
      if (addNode(variables, from + k * step, step) < NEGLIGIBLE * step) break
    }
  } else {
    integratePanel(variables, { from, to, isPoint, depth: 0 })
  }
}

type Panel = { readonly from: number; readonly to: number; readonly isPoint: number; readonly depth: number }

const integratePanel = (variables: Variables, { from, to, isPoint, depth }: Panel): void => {
  const { mean, spread } = variables
  let narrowest = Infinity
  for (let i = 0; i < mean.length; i++) {
    const s = spread[i] as number
    const m = mean[i] as number
    if (s > isPoint && s < narrowest && m + REACH * s > from && m - REACH * s < to) narrowest = s
  }
  const half = (to - from) / 2
  const middle = from + half
  if (2 * half > PANEL_WIDTH * narrowest && depth < PANEL_DEPTH_MAX) {
    integratePanel(variables, { from, to: middle, isPoint, depth: depth + 1 })
    integratePanel(variables, { from: middle, to, isPoint, depth: depth + 1 })
    return
  }
  for (let k = 0; k < NODES.length; k++) {
    const offset = half * (NODES[k] as number)
    const weight = half * (WEIGHTS[k] as number)
    addNode(variables, middle - offset, weight)
    addNode(variables, middle + offset, weight)
  }
}

/** Adds the integrands at `x` times `weight`; returns the probability that all fall below it, times `weight`. */
const addNode = (variables: Variables, x: number, weight: number): number => {
  const { mean, steepness, at, result } = variables
  let product = weight
  for (let i = 0; i < mean.length; i++) {
    const inverse = steepness[i] as number
    at[2 * i + 1] = 0
    if (inverse === 0) continue
    const z = (x - (mean[i] as number)) * inverse
    // Far below x it is certain, and its own density there is nothing.
    if (z > REACH) continue
    // Every node lies within reach of each variable's lower end.
    normalInto(Math.max(z, -LOWEST), at, 2 * i)
    product *= at[2 * i] as number
  }
  if (product === 0) return 0
  for (let i = 0; i < mean.length; i++) {
    const density = at[2 * i + 1] as number
    if (density === 0) continue
    result[i] = (result[i] as number) + (product * density * (steepness[i] as number)) / (at[2 * i] as number)
  }
  return product
}
