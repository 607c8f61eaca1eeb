// Doubly robust estimates that give up a little honesty for much less noise: SWITCH (Wang, Agarwal,
// Dudík 2017) trusts the reward model where a weight is too large, DRos (Su, Dimakopoulou, Krishnamurthy,
// Dudík 2020) shrinks each weight by its size. How far is chosen from the data by SLOPE (Su, Srinath,
// Krishnamurthy 2020): as far as no interval of a less biased estimate objects.

import { assert } from '../kernel/assert.ts'
import { doublyRobust, type Estimate, type EstimateOptions, type ModelledChoice } from './off-policy.ts'

/** `switch`: weights above `level` become 0. `shrink`: w becomes w·level / (w² + level). Infinity changes nothing. */
export type Shrinkage = { readonly kind: 'switch' | 'shrink'; readonly level: number }

/**
 * An estimate with shrunk weights: a point without an interval, since its error is not noise alone.
 * Effective sample, largest weight and refusal are those of the weights before they were shrunk.
 */
export type ShrunkEstimate = Omit<Estimate, 'interval' | 'stderr'> & {
  readonly shrinkage: Shrinkage
  /** Levels tried, from none at all downwards; the chosen one is the last that all before it agree with. */
  readonly tried: number
}

const LEVELS = 12
/** Intervals of SLOPE are this many times as wide on each side as the normal ones. */
const SLOPE_WIDTH = 2

/**
 * The estimate at the level that SLOPE picks: levels run from no shrinkage to the strongest, and the
 * last is taken whose interval still meets the intersection of all before it.
 */
export const shrunkEstimate = (
  rows: readonly ModelledChoice[],
  kind: Shrinkage['kind'],
  options: EstimateOptions = {},
): ShrunkEstimate => {
  let value = 0
  let level: number | null = null
  let low = -Infinity
  let high = Infinity
  const levels = levelsOf(rows, kind)
  for (const next of levels) {
    const estimate = estimateAt(rows, { kind, level: next }, options)
    const half = (SLOPE_WIDTH * (estimate.interval.high - estimate.interval.low)) / 2
    low = Math.max(low, estimate.value - half)
    high = Math.min(high, estimate.value + half)
    if (low > high) break
    value = estimate.value
    level = next
  }
  assert(level !== null, 'no shrinkage at all is always among the levels')
  const { interval: _interval, stderr: _stderr, ...unshrunk } = doublyRobust(rows, options)
  return { ...unshrunk, value, shrinkage: { kind, level }, tried: levels.length }
}

/** The estimate at one level. `Infinity` is the doubly robust estimate itself. */
export const estimateAt = (
  rows: readonly ModelledChoice[],
  shrinkage: Shrinkage,
  options: EstimateOptions = {},
): Estimate =>
  doublyRobust(
    rows.map((row) => ({
      ...row,
      target: row.propensity * shrunkWeight(row.target / row.propensity, shrinkage),
    })),
    options,
  )

/**
 * @example shrunkWeight(3, { kind: 'shrink', level: 9 }) // 1.5
 */
export const shrunkWeight = (weight: number, { kind, level }: Shrinkage): number => {
  if (level === Infinity) return weight
  if (kind === 'switch') return weight <= level ? weight : 0
  return weight === 0 ? 0 : (weight * level) / (weight * weight + level)
}

/** None, then even steps of the logarithm from the largest weight down to the median of those above 0. */
const levelsOf = (rows: readonly ModelledChoice[], kind: Shrinkage['kind']): readonly number[] => {
  const weights = rows
    .map(({ target, propensity }) => target / propensity)
    .filter((weight) => weight > 0)
    .toSorted((left, right) => left - right)
  const most = weights.at(-1)
  const median = weights[Math.floor(weights.length / 2)]
  if (most === undefined || median === undefined || most <= median) return [Infinity]
  const levels = [Infinity]
  for (let step = 1; step <= LEVELS; step++) {
    const weight = most * (median / most) ** (step / LEVELS)
    levels.push(kind === 'switch' ? weight : weight * weight)
  }
  return levels
}
