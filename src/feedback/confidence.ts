// Intervals that may be watched at any time: the asymptotic confidence sequence of Waudby-Smith,
// Arbour, Sinha, Kennedy and Ramdas (arXiv 2103.06476, normal mixture), in the form GrowthBook
// publishes for the difference of two means; with it the sample-ratio check and the smallest effect
// that could have been seen.

import { assert } from '../kernel/assert.ts'
import type { Summary } from './moments.ts'
import { chiSquareTail, normalCdf, normalQuantile } from './stats.ts'

export type Interval = { readonly low: number; readonly high: number }

/**
 * Half the width of the sequence at `n` observations for an estimate whose variance is `variance`:
 * with ρ² fitted to `tuning`, the number of observations at which it is narrowest,
 * √(n·variance) · √(2(nρ²+1) · ln(√(nρ²+1)/α)) / (nρ).
 */
export const sequenceHalfWidth = (input: {
  readonly variance: number
  readonly n: number
  readonly alpha: number
  readonly tuning: number
}): number => {
  const { variance, n, alpha, tuning } = input
  assert(n > 0 && alpha > 0 && alpha < 1 && tuning > 0, 'a confidence sequence needs n, alpha and tuning')
  const level = -2 * Math.log(alpha)
  const rhoSquared = (level + Math.log(level + 1)) / tuning
  const grown = n * rhoSquared + 1
  const factor = Math.sqrt((2 * grown * Math.log(Math.sqrt(grown) / alpha)) / (n * n * rhoSquared))
  return Math.sqrt(n * variance) * factor
}

export type SequenceOptions = {
  /** Chance that the sequence ever misses the truth. */
  readonly alpha: number
  /** Observations (both groups together) at which it is narrowest: set before looking. */
  readonly tuning: number
}

export const DEFAULT_SEQUENCE: SequenceOptions = { alpha: 0.05, tuning: 5_000 }

/**
 * Both groups with a variance no smaller than that of both together. Orders are rare and some are huge:
 * a small holdout that has not met one yet has a low mean and a low variance at once, and its interval
 * would be too narrow just when it lies too low.
 */
export const guardVariances = (treated: Summary, holdout: Summary): readonly [Summary, Summary] => {
  const pooled =
    ((treated.n - 1) * treated.variance + (holdout.n - 1) * holdout.variance) / (treated.n + holdout.n - 2)
  return [
    { ...treated, variance: Math.max(treated.variance, pooled) },
    { ...holdout, variance: Math.max(holdout.variance, pooled) },
  ]
}

/**
 * Interval for (treated mean − holdout mean) that holds at all sample sizes at once with probability
 * 1 − α, in the limit of many observations; units are those of the means.
 */
export const confidenceSequence = (
  treated: Summary,
  holdout: Summary,
  options: SequenceOptions = DEFAULT_SEQUENCE,
): Interval & { readonly difference: number } => {
  const difference = treated.mean - holdout.mean
  const variance = treated.variance / treated.n + holdout.variance / holdout.n
  const half = sequenceHalfWidth({ ...options, variance, n: treated.n + holdout.n })
  return { difference, low: difference - half, high: difference + half }
}

/**
 * The same for the relative difference (treated − holdout) / holdout, by the delta method.
 * Means nothing while the holdout's mean may be zero: ask for it only well away from there.
 */
export const relativeSequence = (
  treated: Summary,
  holdout: Summary,
  options: SequenceOptions = DEFAULT_SEQUENCE,
): Interval & { readonly relative: number } => {
  const relative = (treated.mean - holdout.mean) / holdout.mean
  const variance =
    treated.variance / treated.n / holdout.mean ** 2 +
    (holdout.variance / holdout.n) * (treated.mean ** 2 / holdout.mean ** 4)
  const half = sequenceHalfWidth({ ...options, variance, n: treated.n + holdout.n })
  return { relative, low: relative - half, high: relative + half }
}

/**
 * Pearson's chi-square p that `counts` came from these `shares` (which need not add up to 1).
 * A small p says the split is not the one that was set, and no comparison of the groups may be trusted.
 * @example sampleRatioTest([9000, 1000], [0.9, 0.1]) // 1
 */
export const sampleRatioTest = (counts: readonly number[], shares: readonly number[]): number => {
  assert(counts.length === shares.length && counts.length > 1, 'one share per count, two or more')
  const total = counts.reduce((sum, count) => sum + count, 0)
  const whole = shares.reduce((sum, share) => sum + share, 0)
  if (total === 0) return 1
  let statistic = 0
  for (const [i, count] of counts.entries()) {
    const expected = (total * (shares[i] ?? 0)) / whole
    if (expected === 0) {
      if (count > 0) return 0
      continue
    }
    statistic += (count - expected) ** 2 / expected
  }
  return chiSquareTail(statistic, counts.length - 1)
}

/**
 * The smallest true difference that the sequence would by now have parted from zero with probability
 * `power` (default 0.8): its half-width plus z(power) standard errors.
 */
export const smallestDetectableEffect = (
  treated: Summary,
  holdout: Summary,
  options: SequenceOptions & { readonly power?: number } = DEFAULT_SEQUENCE,
): number => {
  const variance = treated.variance / treated.n + holdout.variance / holdout.n
  const half = sequenceHalfWidth({ ...options, variance, n: treated.n + holdout.n })
  return half + normalQuantile(options.power ?? 0.8) * Math.sqrt(variance)
}

/** The classical interval mean ± z·stderr: right only when looked at once. */
export const normalInterval = (estimate: number, stderr: number, alpha: number): Interval => {
  const half = normalQuantile(1 - alpha / 2) * stderr
  return { low: estimate - half, high: estimate + half }
}

/**
 * Interval for the mean of independent values that all lie in [`from`, `to`], at any sample size:
 * Maurer and Pontil's empirical Bernstein bound (COLT 2009), α halved between the two sides.
 */
export const empiricalBernstein = (
  summary: Summary,
  bounds: { readonly from: number; readonly to: number },
  alpha: number,
): Interval => {
  if (summary.n < 2) return { low: bounds.from, high: bounds.to }
  const log = Math.log(4 / alpha)
  const half =
    Math.sqrt((2 * summary.variance * log) / summary.n) +
    (7 * (bounds.to - bounds.from) * log) / (3 * (summary.n - 1))
  return { low: Math.max(bounds.from, summary.mean - half), high: Math.min(bounds.to, summary.mean + half) }
}

/**
 * What is lost on average by acting on `difference` as if its sign were known, when the truth is normal
 * around it (flat prior): E[max(0, −truth)] for going ahead, E[max(0, truth)] for not; with it the chance
 * that the truth is above zero. Said beside every "ahead": a small loss matters more than a small p.
 * @example expectedLoss(0, 1).goAhead.toFixed(4) // '0.3989'
 */
export const expectedLoss = (
  difference: number,
  stderr: number,
): { readonly goAhead: number; readonly stay: number; readonly chanceAbove: number } => {
  if (!(stderr > 0))
    return {
      goAhead: Math.max(0, -difference),
      stay: Math.max(0, difference),
      chanceAbove: difference > 0 ? 1 : difference < 0 ? 0 : 0.5,
    }
  const z = difference / stderr
  const density = stderr * Math.exp(-(z * z) / 2) * (1 / Math.sqrt(2 * Math.PI))
  const above = normalCdf(z)
  // Differences of nearly equal numbers far out: never below zero.
  return {
    goAhead: Math.max(0, density - difference * (1 - above)),
    stay: Math.max(0, density + difference * above),
    chanceAbove: above,
  }
}
