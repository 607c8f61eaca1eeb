// What the allocator needs to know of a line: what a spend brings, and which spend is best at a price. Either one
// parametric curve, or a mixture of saturations of different speeds, which is concave whatever its weights.

import { bestSpend, valueAt, type Curve } from './curve.ts'

export type Response = {
  /** What steady spend of `spend` a step brings in a step. */
  readonly value: (spend: number) => number
  /** The spend within [low, high] with the largest value(s) − price·s. */
  readonly best: (price: number, low: number, high: number) => number
}

export const responseOf = (curve: Curve): Response => ({
  value: (spend) => valueAt(curve, spend),
  best: (price, low, high) => bestSpend(curve, price, low, high),
})

/** One saturation from 0 to 1: half is reached at spend `half`. `tanh` ends, `hill` (shape 1) flattens for ever. */
export type Part = { readonly family: 'tanh' | 'hill'; readonly half: number }

/** Σ weights[k]·part k, weights ≥ 0: rises and bends downwards, so that marginal returns fall. */
export type Mixture = { readonly parts: readonly Part[]; readonly weights: ArrayLike<number> }

const ATANH_HALF = Math.atanh(0.5)

export const partAt = ({ family, half }: Part, spend: number): number => {
  const x = Math.max(0, spend) / half
  return family === 'tanh' ? Math.tanh(ATANH_HALF * x) : x / (1 + x)
}

export const mixtureValue = ({ parts, weights }: Mixture, spend: number): number => {
  let sum = 0
  for (let k = 0; k < parts.length; k++) {
    const weight = weights[k] ?? 0
    if (weight > 0) sum += weight * partAt(parts[k] as Part, spend)
  }
  return sum
}

/** What the next unit of spend brings. */
export const mixtureMarginal = ({ parts, weights }: Mixture, spend: number): number => {
  let sum = 0
  for (let k = 0; k < parts.length; k++) {
    const weight = weights[k] ?? 0
    if (weight <= 0) continue
    const { family, half } = parts[k] as Part
    const x = Math.max(0, spend) / half
    sum +=
      (weight / half) *
      (family === 'tanh' ? ATANH_HALF * (1 - Math.tanh(ATANH_HALF * x) ** 2) : 1 / (1 + x) ** 2)
  }
  return sum
}

const HALVINGS = 40

export const mixtureResponse = (mixture: Mixture): Response => ({
  value: (spend) => mixtureValue(mixture, spend),
  best: (price, low, high) => {
    if (mixtureMarginal(mixture, high) >= price) return high
    if (mixtureMarginal(mixture, low) <= price) return low
    let [from, to] = [low, high]
    for (let i = 0; i < HALVINGS && to - from > 1e-6 * to; i++) {
      const middle = (from + to) / 2
      if (mixtureMarginal(mixture, middle) > price) from = middle
      else to = middle
    }
    return (from + to) / 2
  },
})
