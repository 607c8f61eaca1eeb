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

/** Bets packed for speed: value and floor, one after the other. */
export type PackedBets = { readonly pairs: Float64Array; readonly length: number }

const HALVINGS = 40
/** Of the bracket in which a bound is looked for first: standard errors below the mean. */
const BRACKET_STDERRS = 12

/**
 * Lower confidence bound for the mean of `bets`, valid at every length at once with probability
 * 1 − α: the largest mean that has been bet away. −Infinity where nothing can be said.
 */
export const lowerBound = (bets: readonly Bet[] | PackedBets, alpha: number): number => {
  const packed = 'pairs' in bets ? bets : pack(bets)
  const { pairs, length } = packed
  if (length === 0) return -Infinity
  let least = Infinity
  let sum = 0
  let squares = 0
  for (let i = 0; i < length; i++) {
    const value = pairs[2 * i] as number
    least = Math.min(least, pairs[2 * i + 1] as number)
    sum += value
    squares += value * value
  }
  const mean = sum / length
  const stderr = Math.sqrt(Math.max(0, squares / length - mean * mean) / length)
  const needed = Math.log(1 / alpha)
  const bought = (candidate: number): boolean => packedWealth(packed, candidate) >= needed
  // Wealth falls as the mean rises, and at the sample mean no stake has won much.
  if (bought(mean)) return mean
  let high = mean
  let low = Math.max(least, mean - BRACKET_STDERRS * stderr)
  if (!bought(low)) {
    high = low
    low = least
  }
  for (let i = 0; i < HALVINGS && high - low > 1e-4 * stderr + 1e-9 * Math.abs(high); i++) {
    const middle = (low + high) / 2
    if (bought(middle)) low = middle
    else high = middle
  }
  return low
}

const pack = (bets: readonly Bet[]): PackedBets => {
  const pairs = new Float64Array(2 * bets.length)
  for (const [i, { value, floor }] of bets.entries()) {
    pairs[2 * i] = value
    pairs[2 * i + 1] = floor
  }
  return { pairs, length: bets.length }
}

/** {@link logWealth} after all bets against `mean`: products, with a logarithm only when they leave the range of numbers. */
const packedWealth = ({ pairs, length }: PackedBets, mean: number): number => {
  const purse = createPurse(mean)
  const { logs } = purse
  const products = new Float64Array(STAKES.length).fill(1)
  for (let i = 0; i < length; i++) {
    const room = mean - (pairs[2 * i + 1] as number)
    if (!(room > 0) || room === Infinity) continue
    const gain = Math.max(-1, ((pairs[2 * i] as number) - mean) / room)
    for (let s = 0; s < STAKES.length; s++) {
      const product = (products[s] as number) * (1 + (STAKES[s] as number) * gain)
      if (product > 1e-100 && product < 1e100) products[s] = product
      else {
        logs[s] = (logs[s] as number) + Math.log(product)
        products[s] = 1
      }
    }
  }
  for (let s = 0; s < STAKES.length; s++) logs[s] = (logs[s] as number) + Math.log(products[s] as number)
  return logWealth(purse)
}

/** The same from above: bets on the negated values, with a `ceiling` in place of the floor. */
export const upperBound = (
  values: readonly { readonly value: number; readonly ceiling: number }[],
  alpha: number,
): number =>
  -lowerBound(
    values.map(({ value, ceiling }) => ({ value: -value, floor: -ceiling })),
    alpha,
  )
