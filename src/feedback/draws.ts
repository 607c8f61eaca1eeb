// Draws that forecasts are made of, and the interval of what was drawn.

import { assert } from '../kernel/assert.ts'
import type { Rng } from '../kernel/rng.ts'

export type Range80 = { readonly mean: number; readonly low: number; readonly high: number }

/** Mean and the middle 80 % of what was drawn. */
export const rangeOf = (draws: readonly number[]): Range80 => {
  const sorted = draws.toSorted((left, right) => left - right)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { mean: draws.reduce((sum, one) => sum + one, 0) / draws.length, low: at(0.1), high: at(0.9) }
}

/** Marsaglia and Tsang's gamma, with the usual step for shapes below 1. */
const drawGamma = (rng: Rng, shape: number): number => {
  assert(shape > 0, 'a gamma draw needs a shape above 0')
  if (shape < 1) return drawGamma(rng, shape + 1) * Math.max(1e-300, rng.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = rng.normal()
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    if (Math.log(Math.max(1e-300, rng.uniform())) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}

export const drawBeta = (rng: Rng, { a, b }: { readonly a: number; readonly b: number }): number => {
  const [x, y] = [drawGamma(rng, a), drawGamma(rng, b)]
  return x + y === 0 ? 0 : x / (x + y)
}

const EXACT_MAX = 60

/** Exact for few; else normal, rounded, which is as good where many are expected, or Poisson where few are. */
export const drawBinomial = (rng: Rng, n: number, p: number): number => {
  if (n <= EXACT_MAX) {
    let hits = 0
    for (let i = 0; i < n; i++) if (rng.uniform() < p) hits++
    return hits
  }
  const mean = n * p
  if (mean < 20) {
    let hits = 0
    for (let product = rng.uniform(); product > Math.exp(-mean); product *= rng.uniform()) hits++
    return Math.min(n, hits)
  }
  return Math.min(n, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - p)) * rng.normal())))
}
