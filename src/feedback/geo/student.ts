// Student's t distribution: its tail by the incomplete beta function, its quantile by bisection.

import { assert } from '../../kernel/assert.ts'
import { logGamma } from '../stats.ts'

const STEPS_MAX = 400
const TINY = 1e-300

/** The continued fraction of the incomplete beta function, by Lentz's rule; fast for x < (a + 1) / (a + b + 2). */
const betaFraction = (a: number, b: number, x: number): number => {
  const safe = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m < STEPS_MAX; m++) {
    const before = value
    for (const top of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / safe(1 + top * d)
      c = safe(1 + top / c)
      value *= c * d
    }
    if (Math.abs(value - before) <= Math.abs(value) * 1e-15) break
  }
  return value
}

/** Regularised incomplete beta function Iₓ(a, b). */
const betaLower = (a: number, b: number, x: number): number => {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const scale = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2)
    ? (scale * betaFraction(a, b, x)) / a
    : 1 - (scale * betaFraction(b, a, 1 - x)) / b
}

/**
 * Probability that a t variable with `freedom` degrees of freedom lies at least |t| from zero, both sides.
 * @example studentTails(2.0210754, 40).toFixed(6) === '0.050000' // true
 */
export const studentTails = (t: number, freedom: number): number => {
  assert(freedom > 0, 'a t distribution needs degrees of freedom')
  return betaLower(freedom / 2, 0.5, freedom / (freedom + t * t))
}

/** The t that a share `alpha` lies beyond, both sides together; exact to 1e-12 of it. */
export const studentQuantile = (alpha: number, freedom: number): number => {
  assert(alpha > 0 && alpha < 1, 'a quantile needs a probability between 0 and 1')
  let low = 0
  let high = 1
  while (studentTails(high, freedom) > alpha) high *= 2
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (studentTails(middle, freedom) > alpha) low = middle
    else high = middle
  }
  return (low + high) / 2
}
