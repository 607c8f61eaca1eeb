// The one place where an action is drawn.

import { assert } from '../kernel/assert.ts'
import type { Rng } from '../kernel/rng.ts'

/**
 * The index drawn from `probabilities` (not negative, sum 1 up to rounding) with one uniform draw of
 * `rng`. An index of probability 0 is never drawn.
 * @example choose([0, 1, 0], createRng('any')) === 1 // true
 */
export const choose = (probabilities: ArrayLike<number>, rng: Pick<Rng, 'uniform'>): number => {
  const draw = rng.uniform()
  let below = 0
  let last = -1
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] ?? 0
    assert(probability >= 0, 'a probability is not negative')
    if (probability === 0) continue
    last = i
    below += probability
    if (draw < below) return i
  }
  // Rounding left the sum a hair below the draw.
  assert(last >= 0 && below > 0.999_999, 'probabilities sum to 1')
  return last
}
