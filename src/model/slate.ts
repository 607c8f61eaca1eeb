// Draws an ordered list of items (a slate: the places of a mail, a page, a signboard) from scored
// candidates, one place after the other and without putting any item back. Each place records how likely
// it was, so that logs of slates can be evaluated like logs of single decisions.

import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import type { Rng } from '../kernel/rng.ts'
import { greedyPlaces, racePlaces } from './slate-propensity.ts'

export const SLATE_CANDIDATES_MAX = 1_000
export const SLATE_LENGTH_MAX = 50
/** Weights below this share of their sum are none; softmax weights below it of the best count as this. */
const WEIGHT_MIN = 1e-12
const SOFTMAX_MIN = 1e-9

export type SlatePolicy =
  /**
   * The best of those left, and with probability `epsilon` any of those left. Only the order of the scores
   * counts, so it suits scores without a unit (kNN, EASE). Equal scores share evenly.
   */
  | { readonly kind: 'epsilon_greedy'; readonly epsilon: number }
  /** Plackett-Luce with weights exp(score / temperature); `explorationFloor` of the weight is shared evenly. */
  | { readonly kind: 'softmax'; readonly temperature: number; readonly explorationFloor?: number }
  /** Plackett-Luce with the scores as weights, as from `distribution`; weight 0 is never shown. */
  | { readonly kind: 'weighted' }

export type SlateInput = {
  readonly policy: SlatePolicy
  /** One for each candidate; higher is better. */
  readonly scores: ArrayLike<number>
  /** Places to fill; fewer are filled where there are fewer candidates of weight above 0. */
  readonly length: number
}

export type SlatePlace = {
  /** Of the candidate shown here. */
  readonly index: number
  /** Probability, over all draws, that this item is shown at this place. */
  readonly propensity: number
  /** Probability that this item is shown at any place of the slate. */
  readonly inclusion: number
  /** Probability of this item here, given the items before it. */
  readonly conditional: number
}

export type Slate = {
  readonly places: readonly SlatePlace[]
  /** Probability of the whole ordered list: the product of the conditionals. */
  readonly joint: number
}

/**
 * Draws a slate with one uniform number a place. For values that depend on item and place, weight by
 * `1 / propensity`; for an item's value wherever it stands, by `1 / inclusion`; for values of whole
 * lists, by `1 / joint`. Propensities are exact: within 1e-9 for Plackett-Luce, where they are an integral.
 * Throws a Failure `model.slate_invalid`.
 * @example
 * chooseSlate({ policy: { kind: 'epsilon_greedy', epsilon: 0 }, scores: [1, 3, 2], length: 2 }, createRng('a'))
 *   .places.map(({ index }) => index) // [1, 2]
 */
export const chooseSlate = (input: SlateInput, rng: Rng): Slate => {
  checkSlate(input)
  const { policy, scores } = input
  if (policy.kind === 'epsilon_greedy') {
    return drawGreedy(Float64Array.from(scores), { epsilon: policy.epsilon, length: input.length, rng })
  }
  const weights = policy.kind === 'weighted' ? Float64Array.from(scores) : softmax(scores, policy)
  return drawRace(weights, input.length, rng)
}

type GreedyDraw = { readonly epsilon: number; readonly length: number; readonly rng: Rng }

const drawGreedy = (scores: Float64Array, { epsilon, length, rng }: GreedyDraw): Slate => {
  const left = Array.from(scores.keys())
  const drawn: { index: number; conditional: number }[] = []
  const places = Math.min(length, scores.length)
  while (drawn.length < places) {
    const best = left.reduce((top, i) => Math.max(top, scores[i] as number), -Infinity)
    const tied = left.reduce((count, i) => count + (scores[i] === best ? 1 : 0), 0)
    const chanceOf = (i: number) => epsilon / left.length + (scores[i] === best ? (1 - epsilon) / tied : 0)
    const at = pick(left, chanceOf, rng.uniform())
    const index = left[at] as number
    drawn.push({ index, conditional: Math.min(1, chanceOf(index)) })
    left.splice(at, 1)
  }
  return finish(drawn, (index) => greedyPlaces(scores, index, { epsilon, places }))
}

const drawRace = (given: Float64Array, length: number, rng: Rng): Slate => {
  const least = WEIGHT_MIN * given.reduce((sum, w) => sum + w, 0)
  const weights = given.map((w) => (w < least ? 0 : w))
  const left = Array.from(weights.keys()).filter((i) => (weights[i] as number) > 0)
  const drawn: { index: number; conditional: number }[] = []
  const places = Math.min(length, left.length)
  while (drawn.length < places) {
    const total = left.reduce((sum, i) => sum + (weights[i] as number), 0)
    const chanceOf = (i: number) => (weights[i] as number) / total
    const at = pick(left, chanceOf, rng.uniform())
    const index = left[at] as number
    drawn.push({ index, conditional: Math.min(1, chanceOf(index)) })
    left.splice(at, 1)
  }
  const shown = racePlaces(
    weights,
    drawn.map(({ index }) => index),
  )
  const at = new Map(drawn.map(({ index }, place) => [index, place]))
  return finish(drawn, (index) => shown[at.get(index) ?? 0] as Float64Array)
}

/** Position in `left` where the running sum of chances passes `point`. */
const pick = (left: readonly number[], chanceOf: (i: number) => number, point: number): number => {
  let below = 0
  let last = -1
  for (const [at, i] of left.entries()) {
    const chance = chanceOf(i)
    if (chance === 0) continue
    last = at
    below += chance
    if (point < below) return at
  }
  assert(last >= 0, 'one of the items left has a chance')
  return last
}

const finish = (
  drawn: readonly { readonly index: number; readonly conditional: number }[],
  placesOf: (index: number) => Float64Array,
): Slate => {
  const places = drawn.map(({ index, conditional }, place): SlatePlace => {
    const chances = placesOf(index)
    const inclusion = Math.min(
      1,
      chances.reduce((sum, x) => sum + x, 0),
    )
    return { index, propensity: Math.min(inclusion, chances[place] as number), inclusion, conditional }
  })
  return { places, joint: places.reduce((product, { conditional }) => product * conditional, 1) }
}

const softmax = (
  scores: ArrayLike<number>,
  policy: SlatePolicy & { readonly kind: 'softmax' },
): Float64Array => {
  const { temperature, explorationFloor = 0 } = policy
  const values = Float64Array.from(scores)
  const best = values.reduce((top, x) => Math.max(top, x), -Infinity)
  const weights = values.map((x) => Math.max(SOFTMAX_MIN, Math.exp((x - best) / temperature)))
  const total = weights.reduce((sum, x) => sum + x, 0)
  return weights.map((w) => ((1 - explorationFloor) * w) / total + explorationFloor / weights.length)
}

const checkSlate = ({ policy, scores, length }: SlateInput): void => {
  const refuse = (message: string): never => {
    throw new Failure({
      code: 'model.slate_invalid',
      message,
      hint: `1 to ${SLATE_CANDIDATES_MAX} finite scores, 1 to ${SLATE_LENGTH_MAX} places, shares of 0 to 1, a temperature above 0`,
    })
  }
  if (scores.length === 0 || scores.length > SLATE_CANDIDATES_MAX) refuse(`${scores.length} candidates`)
  if (!Number.isInteger(length) || length < 1 || length > SLATE_LENGTH_MAX) refuse(`${length} places`)
  let weight = 0
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number
    if (!Number.isFinite(score)) refuse(`the score of candidate ${i} is ${score}`)
    if (policy.kind === 'weighted' && score < 0) refuse(`the weight of candidate ${i} is ${score}`)
    weight += score
  }
  switch (policy.kind) {
    case 'epsilon_greedy':
      if (!(policy.epsilon >= 0 && policy.epsilon <= 1)) refuse(`epsilon ${policy.epsilon}`)
      return
    case 'softmax': {
      const { temperature, explorationFloor = 0 } = policy
      if (!(temperature > 0 && Number.isFinite(temperature))) refuse(`temperature ${temperature}`)
      if (!(explorationFloor >= 0 && explorationFloor <= 1)) refuse(`explorationFloor ${explorationFloor}`)
      return
    }
    case 'weighted':
      if (!(weight > 0)) refuse('no candidate has a weight above 0')
  }
}
