// Random draws that the value models need beside the normal: gamma, beta and exponential.

import type { Rng } from '../../kernel/rng.ts'

/** Gamma(shape, 1) by Marsaglia and Tsang (2000). */
export const drawGamma = (rng: Rng, shape: number): number => {
  if (shape < 1) return drawGamma(rng, shape + 1) * positiveUniform(rng) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = rng.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(positiveUniform(rng)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Beta(a, b). */
export const drawBeta = (rng: Rng, a: number, b: number): number => {
  const left = drawGamma(rng, a)
  const right = drawGamma(rng, b)
  // Both vanish only when both shapes are tiny: then nearly all weight lies at the ends.
  if (left + right === 0) return rng.uniform() < a / (a + b) ? 1 : 0
  return left / (left + right)
}

/** Exponential with mean 1. */
export const drawExponential = (rng: Rng): number => -Math.log(positiveUniform(rng))

const positiveUniform = (rng: Rng): number => 1 - rng.uniform()
