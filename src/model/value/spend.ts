// What an order is worth: Gamma-Gamma, in bands of frequency where how often and how much are related, since it
// assumes that they are not.

import type { Rng } from '../../kernel/rng.ts'
import type { Spender } from './customers.ts'
import { drawParams, type Fit } from './fit.ts'
import { checkSpend, fitGammaGamma, gammaGammaMean, type GammaGamma, type SpendCheck } from './gamma-gamma.ts'

export type SpendBand = GammaGamma & {
  /** Holds for those with at least so many repeat orders. */
  readonly frequencyMin: number
  readonly customers: number
  readonly fit: Fit
}

export type SpendModel = { readonly check: SpendCheck; readonly bands: readonly SpendBand[] }

/** A band is learnt from at least so many. */
const BAND_CUSTOMERS_MIN = 100
const BAND_STARTS = [1, 2, 4, 8]

/** Null when nobody has a repeat order of positive value. */
export const learnSpend = (customers: readonly Spender[]): SpendModel | null => {
  const spenders = customers.filter(({ frequency, value }) => frequency > 0 && value > 0)
  if (spenders.length < 2) return null
  const check = checkSpend(spenders)
  const starts = check.isDependent ? bandStarts(spenders) : [0]
  const bands = starts.map((frequencyMin, index): SpendBand => {
    const until = starts[index + 1] ?? Infinity
    const own = spenders.filter(({ frequency }) => frequency >= frequencyMin && frequency < until)
    return { ...fitGammaGamma(own), frequencyMin, customers: own.length }
  })
  return { check, bands }
}

/** Bands of at least {@link BAND_CUSTOMERS_MIN}; the first begins at 0, for those without a repeat order. */
const bandStarts = (spenders: readonly Spender[]): readonly number[] => {
  const starts: number[] = []
  let end = Infinity
  for (const start of BAND_STARTS.toReversed()) {
    const own = spenders.filter(({ frequency }) => frequency >= start && frequency < end)
    if (own.length < BAND_CUSTOMERS_MIN) continue
    starts.unshift(start)
    end = start
  }
  return [0, ...starts.slice(1)]
}

const bandOf = ({ bands }: SpendModel, frequency: number): SpendBand =>
  bands.findLast(({ frequencyMin }) => frequency >= frequencyMin) ?? (bands[0] as SpendBand)

/** Expected value of an order to come. */
export const spendOf = (model: SpendModel, spender: Spender): number =>
  gammaGammaMean(bandOf(model, spender.frequency), spender)

/** The shape of single orders, and of the customer's own rate: orders are Gamma(p, rate), the rate Gamma(shape, scale). */
export const spendPosterior = (
  model: SpendModel,
  { frequency, value }: Spender,
): { readonly p: number; readonly shape: number; readonly scale: number } => {
  const { p, q, v } = bandOf(model, frequency)
  return { p, shape: p * frequency + q, scale: frequency * value + v }
}

/** The model as it might as well be. */
export const drawSpend = (model: SpendModel, rng: Rng): SpendModel => ({
  ...model,
  bands: model.bands.map((band) => {
    const [p = band.p, q = band.q, v = band.v] = drawParams(band.fit, rng)
    return { ...band, p, q: Math.max(q, 1.01), v }
  }),
})
