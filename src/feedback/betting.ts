// Bounds for a mean that hold at every moment at once, from logs whose policy changed with what it had
// seen: betting against a mean (Waudby-Smith and Ramdas, arXiv 2010.09686; for importance-weighted
// rewards Karampatziakis, Mineiro and Ramdas, 2102.09540, and Waudby-Smith, Wu, Ramdas, Karampatziakis and
// Mineiro, 2210.10768). Whoever bets that the mean is larger than m wins nothing in the long run if it is
// not, whatever came before: by Ville's inequality a purse that ever grows 1/α-fold is luck of at most α.

import { assert } from '../kernel/assert.ts'

/** A value whose mean is asked for, and the least it could have been, known before it was drawn. */
export type Bet = { readonly value: number; readonly floor: number }

/** Purses that bet on "the mean is above `mean`", each with its own stake; they stand for one purse, split evenly. */
export type Purse = {
  readonly mean: number
  /** Natural logarithm of each purse, in the order of {@link STAKES}. */
  readonly logs: Float64Array
  bets: number
}

/** Shares of what may be staked without ruin: the best one is the effect over its variance, which nobody knows before. */
const STAKES = [0.8, 0.4, 0.2, 0.1, 0.05, 0.025] as const

export const createPurse = (mean: number): Purse => ({
  mean,
  logs: new Float64Array(STAKES.length),
  bets: 0,
})

/**
 * Plays one bet: each purse is multiplied by 1 + stake · (value − mean) / (mean − floor), which is at
 * least 1 − stake and has mean at most 1 when the mean of the value is at most `mean`.
 * A floor at or above `mean` settles the matter and is not bet on.
 */
export const playBet = (purse: Purse, { value, floor }: Bet): void => {
  assert(value >= floor - 1e-9 * Math.max(1, Math.abs(floor)), 'a value is not below its floor')
  const room = purse.mean - floor
  if (!(room > 0) || !Number.isFinite(room)) return
  const gain = Math.max(-1, (value - purse.mean) / room)
  for (let i = 0; i < STAKES.length; i++)
    purse.logs[i] = (purse.logs[i] as number) + Math.log1p((STAKES[i] as number) * gain)
  purse.bets++
}

/** Natural logarithm of the whole purse, which began with 1. */
export const logWealth = ({ logs }: Purse): number => {
  let most = -Infinity
  for (const log of logs) if (log > most) most = log
  let sum = 0
  for (const log of logs) sum += Math.exp(log - most)
  return most + Math.log(sum / logs.length)
}

/** Whether the purse says, with error at most `alpha` over all moments, that the mean is above its `mean`. */
export const hasWon = (purse: Purse, alpha: number): boolean => logWealth(purse) >= Math.log(1 / alpha)

const HALVINGS = 50

/**
 * Lower confidence bound for the mean of `bets`, valid at every length at once with probability
 * 1 − α: the largest mean that has been bet away. −Infinity where nothing can be said.
 */
export const lowerBound = (bets: readonly Bet[], alpha: number): number => {
  const [first] = bets
  if (first === undefined) return -Infinity
  let least = Infinity
  let sum = 0
  for (const { value, floor } of bets) {
    least = Math.min(least, floor)
    sum += value
  }
  const bought = (mean: number): boolean => {
    const purse = createPurse(mean)
    for (const bet of bets) playBet(purse, bet)
    return hasWon(purse, alpha)
  }
  // Wealth falls as the mean rises, and at the sample mean no stake has won much.
  let low = least
  let high = Math.max(sum / bets.length, least)
  if (bought(high)) return high
  for (let i = 0; i < HALVINGS && high - low > 1e-9 * Math.max(1, Math.abs(high)); i++) {
    const middle = (low + high) / 2
    if (bought(middle)) low = middle
    else high = middle
  }
  return low
}

/** The same from above: bets on the negated values. `value` and `ceiling` in place of `floor`. */
export const upperBound = (
  values: readonly { readonly value: number; readonly ceiling: number }[],
  alpha: number,
): number => {
  const bound = lowerBound(
    values.map(({ value, ceiling }) => ({ value: -value, floor: -ceiling })),
    alpha,
  )
  return -bound
}
