// How the variants of a test stand: what each is believed to bring, the probability that it is the best, what choosing it
// would be expected to cost, and how to share out what comes next. Nothing here ever says "winner".

import { Failure } from '../../kernel/failure.ts'
import { compareRates, type Beta } from './beta-best.ts'
import { believe, FLAT_PRIOR, type Variant, type VariantPrior } from './prior.ts'

export type VariantStanding = Variant & {
  /** Believed rate, and the middle 95 % of the belief. */
  readonly rate: number
  readonly low: number
  readonly high: number
  readonly probabilityBest: number
  /** Rate lost on average by choosing it instead of whichever is best. */
  readonly expectedLoss: number
  /** Suggested share of what comes next (see {@link sharesOf}), and its propensity. */
  readonly share: number
}

export type VariantOutcome = {
  /**
   * `good_enough`: choosing `index` costs so little on average that more testing hardly pays. `open`: it still may.
   * Either way it is told with its probability and its loss.
   */
  readonly kind: 'good_enough' | 'open'
  /** The variant of least expected loss. */
  readonly index: number
  readonly probabilityBest: number
  readonly expectedLoss: number
  /** As a share of its rate. */
  readonly relativeLoss: number
}

export type VariantAssessment = {
  readonly prior: VariantPrior
  readonly variants: readonly VariantStanding[]
  readonly outcome: VariantOutcome
}

export type VariantOptions = {
  readonly prior: VariantPrior
  /** Least share of all, evenly shared out. */
  readonly floor: number
  /**
   * Deviations of the belief that is drawn from, as a share of what is believed. A test ends, so that plain Thompson
   * sampling (1) explores more than is paid back; how much less pays is learnt from past tests (`choosePosteriorScale`).
   */
  readonly posteriorScale: number
  /** Relative loss up to which a variant is good enough. */
  readonly lossMax: number
}

export const VARIANT_DEFAULTS: VariantOptions = {
  prior: FLAT_PRIOR,
  floor: 0.05,
  posteriorScale: 1,
  lossMax: 0.01,
}

const SCALE_MIN = 0.01

/** Throws Failures `variants.bad_counts`, `variants.rates_invalid`, `variants.bad_options`. */
export const assessVariants = (
  variants: readonly Variant[],
  options: Partial<VariantOptions> = {},
): VariantAssessment => {
  const all = { ...VARIANT_DEFAULTS, ...options }
  checkOptions(all)
  const beliefs = believe(all.prior, variants)
  const { probabilityBest, expectedLoss, mean, low, high } = compareRates(beliefs)
  const shares = thompson(beliefs, all)
  const standings = variants.map(
    ({ impressions, clicks }, i): VariantStanding => ({
      impressions,
      clicks,
      rate: mean[i] as number,
      low: low[i] as number,
      high: high[i] as number,
      probabilityBest: probabilityBest[i] as number,
      expectedLoss: expectedLoss[i] as number,
      share: shares[i] as number,
    }),
  )
  return { prior: all.prior, variants: standings, outcome: outcomeOf(standings, all.lossMax) }
}

/**
 * Shares of what comes next by Thompson sampling: the probability that each is best, under a belief narrowed by
 * `posteriorScale`, and a floor. Draw from them and they are the propensities. Throws as {@link assessVariants}.
 */
export const sharesOf = (
  variants: readonly Variant[],
  options: Partial<VariantOptions> = {},
): Float64Array => {
  const all = { ...VARIANT_DEFAULTS, ...options }
  checkOptions(all)
  return thompson(believe(all.prior, variants), all)
}

const thompson = (beliefs: readonly Beta[], { posteriorScale, floor }: VariantOptions): Float64Array => {
  const counts = 1 / posteriorScale ** 2
  const narrowed = beliefs.map(({ alpha, beta }) => ({ alpha: alpha * counts, beta: beta * counts }))
  return compareRates(narrowed).probabilityBest.map((p) => (1 - floor) * p + floor / beliefs.length)
}

const checkOptions = ({ floor, lossMax, posteriorScale }: VariantOptions): void => {
  const isShare = (value: number) => value >= 0 && value <= 1
  if (isShare(floor) && isShare(lossMax) && posteriorScale >= SCALE_MIN && posteriorScale <= 1) return
  throw new Failure({
    code: 'variants.bad_options',
    message: `A floor of ${floor}, a loss of at most ${lossMax}, a posterior scale of ${posteriorScale} cannot be.`,
    hint: `Floor and loss are shares of 0 to 1, the scale is ${SCALE_MIN} to 1.`,
  })
}

const outcomeOf = (standings: readonly VariantStanding[], lossMax: number): VariantOutcome => {
  const index = standings.reduce(
    (best, { expectedLoss }, i) => (expectedLoss < (standings[best]?.expectedLoss ?? Infinity) ? i : best),
    0,
  )
  const { probabilityBest = 1, expectedLoss = 0, rate = 1 } = standings[index] ?? {}
  const relativeLoss = expectedLoss / rate
  return {
    kind: relativeLoss <= lossMax ? 'good_enough' : 'open',
    index,
    probabilityBest,
    expectedLoss,
    relativeLoss,
  }
}
