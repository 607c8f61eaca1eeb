// The few distribution functions that the intervals and checks need, from the incomplete gamma
// function alone: chi-square tails, the normal distribution and its quantiles.

import { assert } from '../kernel/assert.ts'

// Lanczos's approximation with g = 7 and nine terms: relative error below 1e-14 for positive arguments.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

export const logGamma = (x: number): number => {
  const y = x - 1
  let sum = 0
  for (const [i, term] of LANCZOS.entries()) sum += i === 0 ? term : term / (y + i)
  const t = y + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

const TERMS_MAX = 1_000

/** Upper regularised incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a), for a > 0 and x ≥ 0. */
const gammaUpper = (a: number, x: number): number => {
  assert(a > 0 && x >= 0, 'the incomplete gamma function needs a > 0 and x >= 0')
  if (x === 0) return 1
  if (x === Infinity) return 0
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a))
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x)
}

// Σ x^n / (a (a+1) … (a+n)): converges fast below the mean.
const lowerSeries = (a: number, x: number): number => {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < TERMS_MAX && Math.abs(term) > Math.abs(sum) * 1e-16; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

// The continued fraction of Γ(a, x), evaluated forward with Lentz's rule: converges fast above the mean.
const upperFraction = (a: number, x: number): number => {
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let value = d
  for (let n = 1; n < TERMS_MAX; n++) {
    const top = -n * (n - a)
    b += 2
    d = 1 / nonZero(top * d + b, tiny)
    c = nonZero(b + top / c, tiny)
    const step = c * d
    value *= step
    if (Math.abs(step - 1) < 1e-16) break
  }
  return value
}

const nonZero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value)

/**
 * Probability that a chi-square variable with `freedom` degrees of freedom is at least `x`.
 * @example chiSquareTail(3.841458820694124, 1).toFixed(6) === '0.050000' // true
 */
export const chiSquareTail = (x: number, freedom: number): number => gammaUpper(freedom / 2, x / 2)

/** Standard normal distribution function. */
export const normalCdf = (z: number): number => {
  const tail = 0.5 * gammaUpper(0.5, (z * z) / 2)
  return z < 0 ? tail : 1 - tail
}

/**
 * Standard normal quantile for `p` in (0, 1), by bisection; exact to 1e-12.
 * @example normalQuantile(0.975).toFixed(6) === '1.959964' // true
 */
export const normalQuantile = (p: number): number => {
  assert(p > 0 && p < 1, 'a quantile needs a probability between 0 and 1')
  if (p > 0.5) return -normalQuantile(1 - p)
  let low = -40
  let high = 0
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
