// How likely each item was at each place of a slate, over all draws that could have been made: exact,
// without going through the permutations.

import { assert } from '../kernel/assert.ts'

/**
 * Drawing from those left in proportion to fixed weights (Plackett-Luce) is a race: item i arrives after an
 * exponential time of rate wᵢ, and the order of arrival is the slate. So
 *
 *   P(i at place r) = ∫ wᵢ·e^(−wᵢt) · P(exactly r of the others arrived before t) dt.
 *
 * With t = e^s the integrand is smooth and falls off on both sides: the trapezoidal rule converges
 * geometrically (error about e^(−π²/step)).
 */
const STEP = 0.35
/** Where the integral starts, below the time in which one arrival is expected; place 0 has its closed form. */
const START = -12
/** It ends when it is this unlikely that the slate is not yet full. */
const NEGLIGIBLE = 1e-13
/** More than a weight of 1e-12 of the total needs. */
const NODES_MAX = 200

/**
 * For each item of `drawn`, its probability at each place of a slate of `drawn.length` places.
 * @param weights each 0 or at least 1e-12 of their sum; above 0 for the drawn
 */
export const racePlaces = (weights: Float64Array, drawn: readonly number[]): readonly Float64Array[] => {
  const places = drawn.length
  const total = weights.reduce((sum, w) => sum + w, 0)
  const others = weights.map((w) => w / total)
  const own = drawn.map((i) => others[i] as number)
  for (const i of drawn) others[i] = 0
  const rates = others.filter((w) => w > 0)
  const withoutOne = own.map((_, k) => own.filter((_rate, other) => other !== k))
  const result = own.map(() => new Float64Array(places))
  let unfinished = 1
  let node = 0
  for (; places > 1 && unfinished > NEGLIGIBLE; node++) {
    assert(node < NODES_MAX, 'the slate fills up within the nodes')
    const time = Math.exp(START + node * STEP)
    const rest = arrivals(rates, time, places)
    for (const [k, rate] of own.entries()) {
      const counts = arrivals(withoutOne[k] ?? [], time, places, rest)
      const density = STEP * time * rate * Math.exp(-rate * time)
      const row = result[k] as Float64Array
      for (let r = 1; r < places; r++) row[r] = (row[r] as number) + density * (counts[r] as number)
    }
    unfinished = arrivals(own, time, places, rest).reduce((sum, x) => sum + x, 0)
  }
  for (const [k, rate] of own.entries()) (result[k] as Float64Array)[0] = rate
  return result
}

/** Probability that exactly 0, 1, … `places` − 1 of independent arrivals have come by `time`, times those of `first`. */
const arrivals = (
  rates: ArrayLike<number>,
  time: number,
  places: number,
  first?: Float64Array,
): Float64Array => {
  const counts = first?.slice() ?? new Float64Array(places)
  if (first === undefined) counts[0] = 1
  let filled = first === undefined ? 1 : places
  for (let i = 0; i < rates.length; i++) {
    const come = -Math.expm1(-(rates[i] as number) * time)
    const later = 1 - come
    filled = Math.min(places, filled + 1)
    for (let r = filled - 1; r > 0; r--)
      counts[r] = (counts[r] as number) * later + (counts[r - 1] as number) * come
    counts[0] = (counts[0] as number) * later
  }
  return counts
}

/**
 * The probability of item `index` at each of `places`, when each place takes the best of those left, and with
 * probability ε any of those left. Only the number of better items still there matters:
 * an item with `a` better ones among `m` left is taken with probability ε/m + (1 − ε)·[a = 0], and `a` falls by
 * one with probability ε·a/m + (1 − ε)·[a > 0]. Equal scores: the mean over the ranks they share.
 */
export const greedyPlaces = (
  scores: Float64Array,
  index: number,
  { epsilon, places }: { readonly epsilon: number; readonly places: number },
): Float64Array => {
  const score = scores[index] as number
  let better = 0
  let tied = 0
  for (const other of scores) {
    if (other > score) better++
    else if (other === score) tied++
  }
  const result = new Float64Array(places)
  for (let rank = better; rank < better + tied; rank++) {
    addRank(result, rank, { epsilon, count: scores.length, share: 1 / tied })
  }
  return result
}

const addRank = (
  result: Float64Array,
  rank: number,
  { epsilon, count, share }: { readonly epsilon: number; readonly count: number; readonly share: number },
): void => {
  // At place j between rank − j and rank better ones are left: chances[a − (rank − j)].
  let chances = Float64Array.of(share)
  for (let place = 0; place < result.length; place++) {
    const left = count - place
    const next = new Float64Array(chances.length + 1)
    let taken = 0
    for (const [i, chance] of chances.entries()) {
      const better = rank - place + i
      if (better < 0) continue
      const own = epsilon / left + (better === 0 ? 1 - epsilon : 0)
      const falls = (epsilon * better) / left + (better > 0 ? 1 - epsilon : 0)
      taken += chance * own
      next[i] = (next[i] as number) + chance * falls
      next[i + 1] = (next[i + 1] as number) + chance * Math.max(0, 1 - own - falls)
    }
    result[place] = (result[place] as number) + taken
    chances = next
  }
}
