// What one logged decision says of a policy, or of the difference between two, as a bet with a known
// floor: the doubly robust score with rewards cut to a range and predictions moved where a large weight
// would let the score fall below the floor. A prediction may be moved at will, since what it adds for the
// action taken it takes off again over all actions: the mean stays.

import { assert } from '../kernel/assert.ts'
import type { Bet } from './betting.ts'

/** A logged decision with all probabilities, in one order of actions. */
export type FullChoice = {
  /** Index of the action taken. */
  readonly taken: number
  readonly reward: number
  /** With which the log drew. */
  readonly logged: ArrayLike<number>
  /** Predicted rewards, from what was known before this decision. */
  readonly predicted: ArrayLike<number>
}

/** In reward units, all at least 0, set before the decision was made. */
export type RewardRange = {
  /** Rewards are cut to [−losses, gains]. */
  readonly gains: number
  readonly losses: number
  /** Predictions are cut to [−spread, spread]. */
  readonly spread: number
}

/** The score for a lower bound of the mean, and negated for an upper one; and as it is, nothing moved. */
export type PolicyBets = {
  readonly low: Bet
  readonly high: Bet
  readonly score: number
  readonly weight: number
}

/** What the decision says of the mean reward of `policy`, whichever policy drew it. */
export const valueBets = (choice: FullChoice, policy: ArrayLike<number>, range: RewardRange): PolicyBets =>
  bets(choice, { policy, against: null }, range)

/** What it says of how much more `policy` earns than the policy that drew it. */
export const differenceBets = (
  choice: FullChoice,
  policy: ArrayLike<number>,
  range: RewardRange,
): PolicyBets => bets(choice, { policy, against: choice.logged }, range)

type Compared = { readonly policy: ArrayLike<number>; readonly against: ArrayLike<number> | null }

const bets = (choice: FullChoice, compared: Compared, range: RewardRange): PolicyBets => {
  const { gains, losses, spread } = range
  const reward = Math.max(-losses, Math.min(gains, choice.reward))
  const deep = Math.max(spread, losses)
  const low = scoreOf({ ...choice, reward }, compared, { ...range, sign: 1 })
  const high = scoreOf({ ...choice, reward }, compared, { ...range, sign: -1 })
  const plain = scoreOf(choice, compared, { gains: Infinity, losses: Infinity, spread: Infinity, sign: 1 })
  const p = choice.logged[choice.taken] ?? 0
  return {
    // Where the weight is at least −1 predictions only ever move down, and not below −deep.
    low: { value: low, floor: -(gains + spread + 2 * deep) },
    high: { value: high, floor: -(2 * gains + spread + 2 * deep) },
    score: plain,
    weight: (compared.policy[choice.taken] ?? 0) / p,
  }
}

/**
 * Σ (policy − against) · h + weight · (reward − h of the action taken), times `sign`, where h are the
 * predictions, moved so that no single term is below −(gains + spread).
 */
const scoreOf = (
  { taken, reward, logged, predicted }: FullChoice,
  { policy, against }: Compared,
  { gains, losses, spread, sign }: RewardRange & { readonly sign: 1 | -1 },
): number => {
  const term = gains + spread
  let score = 0
  for (let action = 0; action < policy.length; action++) {
    const p = logged[action] ?? 0
    const difference = sign * ((policy[action] ?? 0) - (against === null ? 0 : (against[action] ?? 0)))
    if (difference === 0) continue
    assert(p > 0, 'only a policy that the log could have followed can be judged')
    const weight = difference / p
    let h = Math.max(-spread, Math.min(spread, predicted[action] ?? 0))
    if (term < Infinity) {
      if (weight > 0) h = Math.min(h, term / weight - losses)
      else h = Math.max(h, gains + term / weight)
    }
    score += difference * h
    if (action === taken) score += weight * (reward - h)
  }
  return score
}
