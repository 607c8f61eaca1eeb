// What earlier tests say about a new one: how high rates usually are, and how little the variants of one test usually
// differ. Without it a new test believes any difference it happens to see.

import { Failure } from '../../kernel/failure.ts'
import type { Beta } from './beta-best.ts'

export type Variant = {
  /** How often it was shown, and how often that succeeded. */
  readonly impressions: number
  readonly clicks: number
}

export type VariantPrior = {
  /** Usual rate of a test. */
  readonly mean: number
  /** Impressions that knowing other tests is worth: of a test's mean, and of a variant around it. */
  readonly testStrength: number
  readonly variantStrength: number
  /** Tests it was learnt from; 0: assumed. */
  readonly tests: number
}

/** Hardly knows anything: for who has no other tests. */
export const FLAT_PRIOR: VariantPrior = { mean: 0.5, testStrength: 2, variantStrength: 2, tests: 0 }
export const TESTS_MIN = 20
const STRENGTH_MIN = 1
const STRENGTH_MAX = 1e7

/**
 * Learns from tests that are over, by moments: of a rate m with strength S the variance between is m(1 − m)/(S + 1), and
 *   Q = Σ n·(p − p̄)² / (p̄(1 − p̄)) has the mean (count − 1) + (Σn − Σn²/Σn) / (S + 1).
 * Throws Failures `variants.too_few_tests`, `variants.bad_counts`.
 */
export const learnVariantPrior = (tests: readonly (readonly Variant[])[]): VariantPrior => {
  tests.forEach(checkVariants)
  const usable = tests.filter((test) => {
    const { impressions, clicks } = total(test)
    return clicks > 0 && clicks < impressions
  })
  if (usable.length < TESTS_MIN)
    throw new Failure({
      code: 'variants.too_few_tests',
      message: `${usable.length} tests with both hits and misses; ${TESTS_MIN} are needed to learn from.`,
      hint: 'Bring more tests, or go without a prior.',
    })
  const within = { excess: 0, scale: 0 }
  for (const test of usable) {
    const { q, freedom, scale } = scatter(test)
    within.excess += q - freedom
    within.scale += scale
  }
  const totals = usable.map(total)
  const between = scatter(totals)
  const all = total(totals)
  return {
    mean: all.clicks / all.impressions,
    testStrength: strengthOf(between.q - between.freedom, between.scale),
    variantStrength: strengthOf(within.excess, within.scale),
    tests: usable.length,
  }
}

/**
 * What is believed of each variant: the test's own mean is drawn to the usual one, and each variant to the test's mean.
 * Throws Failure `variants.bad_counts`.
 */
export const believe = (prior: VariantPrior, variants: readonly Variant[]): readonly Beta[] => {
  checkVariants(variants)
  const { mean, testStrength, variantStrength: strength } = prior
  let weight = testStrength
  let sum = testStrength * mean
  for (const { impressions, clicks } of variants) {
    if (impressions === 0) continue
    // Of a variant that stands apart by its own, more impressions tell less and less about the test.
    const counts = (impressions * (strength + 1)) / (strength + impressions)
    weight += counts
    sum += (counts * clicks) / impressions
  }
  const own = sum / weight
  return variants.map(({ impressions, clicks }) => ({
    alpha: Math.max(1e-3, strength * own) + clicks,
    beta: Math.max(1e-3, strength * (1 - own)) + impressions - clicks,
  }))
}

const total = (variants: readonly Variant[]): Variant => ({
  impressions: variants.reduce((sum, { impressions }) => sum + impressions, 0),
  clicks: variants.reduce((sum, { clicks }) => sum + clicks, 0),
})

const scatter = (variants: readonly Variant[]): { q: number; freedom: number; scale: number } => {
  const shown = variants.filter(({ impressions }) => impressions > 0)
  const { impressions: n, clicks } = total(shown)
  const mean = clicks / n
  const squares = shown.reduce((sum, { impressions }) => sum + impressions ** 2, 0)
  const q = shown.reduce(
    (sum, { impressions, clicks: own }) => sum + impressions * (own / impressions - mean) ** 2,
    0,
  )
  return { q: q / (mean * (1 - mean)), freedom: shown.length - 1, scale: n - squares / n }
}

const strengthOf = (excess: number, scale: number): number =>
  excess <= 0 ? STRENGTH_MAX : Math.min(STRENGTH_MAX, Math.max(STRENGTH_MIN, scale / excess - 1))

const checkVariants = (variants: readonly Variant[]): void => {
  for (const { impressions, clicks } of variants) {
    if (Number.isFinite(impressions) && clicks >= 0 && clicks <= impressions) continue
    throw new Failure({
      code: 'variants.bad_counts',
      message: `${clicks} clicks of ${impressions} impressions cannot be.`,
      hint: 'Counts are finite, and there are no more clicks than impressions.',
    })
  }
}
