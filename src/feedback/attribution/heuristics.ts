// Rules that split a conversion by position alone: first, last, linear, position and decay. They say nothing of cause.

import type { Credit, Paths } from './paths.ts'

export type HeuristicOptions = {
  /** Share of the first and of the last touch; what is left goes evenly to those between. */
  readonly positionFirst: number
  readonly positionLast: number
  /** Touches back from the last by which the weight has halved. */
  readonly halfLifeTouches: number
}

export const HEURISTIC_DEFAULTS: HeuristicOptions = {
  positionFirst: 0.4,
  positionLast: 0.4,
  halfLifeTouches: 2,
}

/** Weights of the touches of a path of `length`, that sum to 1. */
export type Split = (length: number) => Float64Array

export const HEURISTICS = ['first', 'last', 'linear', 'position', 'decay'] as const
export type Heuristic = (typeof HEURISTICS)[number]

export const splitOf = (heuristic: Heuristic, options: Partial<HeuristicOptions> = {}): Split => {
  const { positionFirst, positionLast, halfLifeTouches } = { ...HEURISTIC_DEFAULTS, ...options }
  switch (heuristic) {
    case 'first':
      return (length) => scaled(length, (i) => (i === 0 ? 1 : 0))
    case 'last':
      return (length) => scaled(length, (i) => (i === length - 1 ? 1 : 0))
    case 'linear':
      return (length) => scaled(length, () => 1)
    case 'position':
      return (length) => {
        const between = (1 - positionFirst - positionLast) / Math.max(1, length - 2)
        return scaled(
          length,
          (i) =>
            (i === 0 ? positionFirst : 0) +
            (i === length - 1 ? positionLast : 0) +
            (i > 0 && i < length - 1 ? between : 0),
        )
      }
    case 'decay':
      return (length) => scaled(length, (i) => 2 ** ((i - length + 1) / halfLifeTouches))
  }
}

const scaled = (length: number, weight: (index: number) => number): Float64Array => {
  const weights = Float64Array.from({ length }, (_, index) => weight(index))
  const sum = weights.reduce((total, value) => total + value, 0)
  return sum > 0 ? weights.map((value) => value / sum) : weights.fill(1 / length)
}

/** Conversions (or value) of each path split over its touches. */
export const creditBy = (paths: Paths, split: Split, what: Float64Array): Credit => {
  const credit = new Float64Array(paths.channels.length)
  const splits = new Map<number, Float64Array>()
  for (const [index, steps] of paths.steps.entries()) {
    const amount = what[index] as number
    if (amount === 0) continue
    let weights = splits.get(steps.length)
    if (weights === undefined) {
      weights = split(steps.length)
      splits.set(steps.length, weights)
    }
    for (let i = 0; i < steps.length; i++)
      credit[steps[i] as number] = (credit[steps[i] as number] as number) + amount * (weights[i] as number)
  }
  return credit
}
