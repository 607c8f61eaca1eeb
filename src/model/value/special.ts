// The special functions of the value models: log-gamma, log-beta, sums of logarithms, and
// Gauss's hypergeometric function for 0 <= z < 1.

import { assert } from '../../kernel/assert.ts'

// Lanczos's approximation with g = 7 and nine terms: relative error below 1e-14 for positive arguments.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)
/** Above it Stirling's series with three terms is exact to the last bits, and cannot overflow. */
const STIRLING_FROM = 1e3

/**
 * ln Γ(x) for x > 0.
 * @example logGamma(5).toFixed(12) === Math.log(24).toFixed(12) // true
 */
export const logGamma = (x: number): number => {
  assert(x > 0, `log-gamma needs a positive argument, not ${x}`)
  if (x > STIRLING_FROM)
    return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + 1 / (12 * x) - 1 / (360 * x ** 3)
  if (x < 0.5) return logGamma(x + 1) - Math.log(x)
  const y = x - 1
  let sum: number = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (y + i)
  const t = y + 7.5
  return HALF_LOG_TWO_PI + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** ln B(a, b) for a, b > 0. */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** ln(eᵃ + eᵇ) without overflow. */
export const logAdd = (a: number, b: number): number => {
  if (a === -Infinity) return b
  const high = Math.max(a, b)
  return high + Math.log1p(Math.exp(Math.min(a, b) - high))
}

const TERMS_MAX = 200_000

/**
 * ₂F₁(a, b; c; z) for 0 <= z < 1 by its power series. Callers turn their case (by Euler's transformation) into one
 * with small a and b, where the series is short: terms fall like zⁿ.
 * @example hypergeometric(1, 1, 2, 0.5).toFixed(12) === (2 * Math.LN2).toFixed(12) // true
 */
export const hypergeometric = (a: number, b: number, c: number, z: number): number => {
  assert(z >= 0 && z < 1, `the hypergeometric series needs 0 <= z < 1, not ${z}`)
  let term = 1
  let sum = 1
  for (let n = 0; n < TERMS_MAX; n++) {
    const ratio = ((a + n) * (b + n) * z) / ((c + n) * (n + 1))
    term *= ratio
    sum += term
    // The rest is at most a geometric series with about this ratio.
    const bound = Math.max(Math.abs(ratio), z)
    if (bound < 1 && Math.abs(term) * bound < 1e-15 * (1 - bound) * Math.abs(sum)) break
  }
  return sum
}
