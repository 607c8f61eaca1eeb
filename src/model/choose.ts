// The only place where an action is drawn.

import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import type { Rng } from '../kernel/rng.ts'

export type Choice = {
  readonly index: number
  /** The probability with which `index` was drawn, as it was handed in. */
  readonly propensity: number
}

const SUM_TOLERANCE = 1e-9

/**
 * Draws one index from `probabilities` with a single uniform number. Throws a Failure
 * `model.probabilities_invalid` unless they are in [0, 1] and sum to 1. Never draws one of probability 0.
 * @example choose(Float64Array.of(0, 1), createRng('a')) // { index: 1, propensity: 1 }
 */
export const choose = (probabilities: ArrayLike<number>, rng: Rng): Choice => {
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number
    sum += p >= 0 && p <= 1 ? p : Number.NaN
  }
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
    throw new Failure({
      code: 'model.probabilities_invalid',
      message: `probabilities [${Array.from(probabilities).join(', ')}] sum to ${sum}`,
      hint: 'draw only from what distribution() returns',
    })
  }
  const point = rng.uniform() * sum
  let below = 0
  let index = -1
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] as number
    if (p === 0) continue
    index = i
    below += p
    if (point < below) break
  }
  assert(index >= 0, 'one of the probabilities is above zero')
  return { index, propensity: probabilities[index] as number }
}
