// Gamma-Gamma (Fader and Hardie 2013): the value of an order varies around a customer's own mean, and the means vary
// over customers. It assumes that how often someone buys tells nothing of how much: that is checked first.

import { Failure } from '../../kernel/failure.ts'
import type { Spender } from './customers.ts'
import { fitPositive, type Fit } from './fit.ts'
import { logGamma } from './special.ts'

export type GammaGamma = { readonly p: number; readonly q: number; readonly v: number }

/** Maximum likelihood on those with a repeat order of positive value. Throws Failures `value.bad_spender`, `value.no_spenders`. */
export const fitGammaGamma = (spenders: readonly Spender[]): GammaGamma & { readonly fit: Fit } => {
  for (const [index, { frequency, value }] of spenders.entries())
    if (!Number.isSafeInteger(frequency) || frequency < 1 || !Number.isFinite(value) || value <= 0)
      throw new Failure({
        code: 'value.bad_spender',
        message: `Customer ${index + 1}: ${frequency} repeat orders of a mean value of ${value}.`,
        hint: 'Only those with at least one repeat order and a positive value are learnt from.',
      })
  if (spenders.length < 2)
    throw new Failure({
      code: 'value.no_spenders',
      message: `${spenders.length} customers with a repeat order are too few to learn values from.`,
      hint: 'Bring in a longer period.',
    })
  const logLikelihood = ([p = 1, q = 1, v = 1]: Float64Array): number => {
    const base = q * Math.log(v) - logGamma(q)
    let sum = 0
    for (const { frequency: x, value } of spenders) {
      const px = p * x
      sum +=
        base +
        logGamma(px + q) -
        logGamma(px) +
        (px - 1) * Math.log(value) +
        px * Math.log(x) -
        (px + q) * Math.log(x * value + v)
    }
    return sum
  }
  const mean = spenders.reduce((sum, { value }) => sum + value, 0) / spenders.length
  const fit = fitPositive(logLikelihood, [
    [2, 2, mean],
    [6, 4, mean / 2],
  ])
  const [p = 1, q = 1, v = 1] = fit.params
  return { p, q, v, fit }
}

/** Mean value of the orders to come of a customer with `frequency` repeat orders of mean `value`; of anyone when 0. */
export const gammaGammaMean = ({ p, q, v }: GammaGamma, { frequency, value }: Spender): number => {
  // With q <= 1 the mean over customers does not exist: then the median of their scale stands in for it.
  const prior = q > 1.01 ? (p * v) / (q - 1) : (p * v) / Math.max(q, 0.1)
  if (frequency === 0) return prior
  const weight = (p * frequency) / (p * frequency + Math.max(q - 1, 0.01))
  return weight * value + (1 - weight) * prior
}

export type SpendCheck = {
  /** Correlation of frequency and mean value (logarithms) over those with repeat orders. */
  readonly correlation: number
  readonly customers: number
  /** True when it is too strong to be passed over: beyond .3 and four standard errors. */
  readonly isDependent: boolean
}

export const CORRELATION_MAX = 0.3

/** Whether how often and how much are related. Logarithms: a few very large customers must not decide it. */
export const checkSpend = (spenders: readonly Spender[]): SpendCheck => {
  const n = spenders.length
  const xs = spenders.map(({ frequency }) => Math.log(frequency))
  const ys = spenders.map(({ value }) => Math.log(value))
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(xs[i] as number) - meanX, (ys[i] as number) - meanY]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  const correlation = xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
  const isDependent = Math.abs(correlation) > Math.max(CORRELATION_MAX, 4 / Math.sqrt(Math.max(n, 1)))
  return { correlation, customers: n, isDependent }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
