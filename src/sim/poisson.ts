// Counts of what happens by chance at a known rate, in simulated worlds.

import type { Rng } from '../kernel/rng.ts'

/** Above it the count is a rounded normal: hardly to be told apart, and one draw instead of so many. */
const EXACT_MEAN_MAX = 50

/** A Poisson count with this mean, at most `max`: the product of uniforms (Knuth, The Art of Computer Programming 2, 3.4.1). */
export const drawPoisson = (rng: Rng, mean: number, max = Number.POSITIVE_INFINITY): number => {
  if (mean > EXACT_MEAN_MAX)
    return Math.min(max, Math.max(0, Math.round(mean + Math.sqrt(mean) * rng.normal())))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = rng.uniform(); product > limit && count < max; product *= rng.uniform()) count++
  return count
}
