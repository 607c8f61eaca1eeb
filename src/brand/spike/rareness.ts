// How rare a count is where counts scatter more than chance alone: the upper tail of the negative binomial, in powers of
// ten. Summed by its recurrence, since it is asked for at each mention.

import { logGamma } from '../../model/index.ts'

const TERMS_MAX = 400
const RARENESS_MAX = 30

/**
 * −log10 of the probability of at least `value`, with this mean and variance = mean + dispersion · mean². 0 where the
 * value is no more than usual.
 * @example rareness(0, 1, 0.3) // 0
 */
export const rareness = (value: number, mean: number, dispersion: number): number => {
  const sd = Math.sqrt(mean + dispersion * mean * mean)
  if (value <= mean + sd) return 0
  const size = 1 / dispersion
  const share = mean / (size + mean)
  const first =
    logGamma(value + size) -
    logGamma(size) -
    logGamma(value + 1) +
    size * Math.log(size / (size + mean)) +
    value * Math.log(share)
  let term = 1
  let sum = 1
  for (let k = value; k < value + TERMS_MAX; k++) {
    term *= ((k + size) / (k + 1)) * share
    sum += term
    if (term < 1e-6 * sum) break
  }
  return Math.max(0, Math.min(RARENESS_MAX, -(first + Math.log(sum)) / Math.LN10))
}
