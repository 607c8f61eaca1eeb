// A world that is what the models assume, except that it may change: the reward of an action is linear
// in the person's features, plus noise. Its weights can be turned to new ones halfway.

import { createRng } from '../../kernel/rng.ts'
import type { Rng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Feature } from '../events.ts'

export type LinearWorldOptions = {
  readonly seed: string
  readonly actions?: number
  readonly features?: number
  readonly rounds?: number
  readonly roundsPerDay?: number
  readonly noise?: number
  /** Round at which all weights are drawn anew; none when absent. */
  readonly driftAt?: number
  /** Share of each weight's standard deviation that moves each day, away from where it was; none when absent. */
  readonly driftADay?: number
  /** Multiplies all rewards: a learner must not care for their unit. */
  readonly unit?: number
}

export type LinearRound = {
  readonly round: number
  readonly at: number
  readonly shared: readonly Feature[]
  readonly actions: readonly (readonly Feature[])[]
  readonly actionIds: readonly string[]
  readonly truth: Float64Array
  readonly rewardOf: (action: number) => number
}

/** Calls `play` for each round, in order of time. */
export const runLinear = (options: LinearWorldOptions, play: (round: LinearRound) => void): void => {
  const { actions = 5, features = 4, rounds = 4_000, roundsPerDay = 200, noise = 0.5, unit = 1 } = options
  const rng = createRng(`linear:${options.seed}`)
  const actionIds = Array.from({ length: actions }, (_, a) => `a${a}`)
  const actionFeatures = actionIds.map((id): readonly Feature[] => [[`action=${id}`, 1]])
  const drifts = createRng(`linear drifts:${options.seed}`)
  const { driftADay = 0 } = options
  let weights = draw(rng, actions, features)
  for (let round = 0; round < rounds; round++) {
    if (round === options.driftAt) weights = draw(rng, actions, features)
    if (driftADay > 0 && round % roundsPerDay === 0)
      weights = moved(weights, draw(drifts, actions, features), driftADay)
    const x = Float64Array.from({ length: features }, () => rng.normal())
    const truth = Float64Array.from(weights, (row) => {
      let reward = row[features] as number
      for (let i = 0; i < features; i++) reward += (row[i] as number) * (x[i] as number)
      return reward * unit
    })
    const luck = rng.normal() * noise * unit
    play({
      round,
      at: Math.floor((round / roundsPerDay) * DAY_MS),
      shared: Array.from(x, (value, i) => [`x${i}`, value] as const),
      actions: actionFeatures,
      actionIds,
      truth,
      rewardOf: (action) => (truth[action] as number) + luck,
    })
  }
}

const draw = (rng: Rng, actions: number, features: number): readonly Float64Array[] =>
  Array.from({ length: actions }, () => Float64Array.from({ length: features + 1 }, () => 0.4 * rng.normal()))

/** Somewhat of the fresh weights in place of the old; they keep their spread. */
const moved = (
  weights: readonly Float64Array[],
  fresh: readonly Float64Array[],
  share: number,
): readonly Float64Array[] =>
  weights.map((row, a) =>
    row.map((weight, i) => Math.sqrt(1 - share ** 2) * weight + share * (fresh[a]?.[i] ?? 0)),
  )
