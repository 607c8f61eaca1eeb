// Where the next unit of money earns most: all lines get the same marginal return, within their bounds
// (Karush–Kuhn–Tucker, the multiplier found by bisection).

import { Failure } from '../kernel/failure.ts'
import type { Response } from './response/response.ts'

export type AllocationLine = {
  readonly response: Response
  /** Spend a step, both inclusive. */
  readonly low: number
  readonly high: number
}

export type Allocation = {
  /** Spend a step of each line. */
  readonly spend: Float64Array
  /** Marginal return at which all lines inside their bounds stand; what one unit more would bring. */
  readonly price: number
  /** What the curves promise, a step. */
  readonly value: number
}

const HALVINGS = 100

/**
 * The spends within bounds that bring most while their sum is `total` (or less, where the marginal return would fall
 * below `priceMin`: what a unit must bring to be worth spending). Lines with slow starts make the sum jump; then a
 * line between its two spends gets what is left. Throws Failure `budget.bounds` when the bounds cannot meet `total`.
 */
export const allocate = (lines: readonly AllocationLine[], total: number, priceMin = 0): Allocation => {
  const least = lines.reduce((sum, { low }) => sum + low, 0)
  for (const [index, { low, high }] of lines.entries())
    if (!(low >= 0 && high >= low))
      throw new Failure({
        code: 'budget.bounds',
        message: `Line ${index + 1} may spend from ${low} to ${high}: that cannot be.`,
        hint: 'Give a lower bound of 0 or more and an upper one not below it.',
      })
  if (!(total >= least - 1e-9 * Math.max(1, least)))
    throw new Failure({
      code: 'budget.bounds',
      message: `The lines' lower bounds add up to ${least}, more than the total of ${total}.`,
      hint: 'Raise the total or lower the bounds.',
    })
  const at = (price: number) =>
    Float64Array.from(lines, ({ response, low, high }) => response.best(price, low, high))
  const sum = (spend: Float64Array) => spend.reduce((all, one) => all + one, 0)
  const cheap = at(priceMin)
  if (sum(cheap) <= total) return finish(lines, cheap, priceMin)
  let from = priceMin
  // Prices have any unit: from the lines' own average return, up until they want no more than there is.
  const returns = lines.map(({ response, high }) => (high > 0 ? response.value(high) / high : 0))
  let to = returns.reduce((most, one) => Math.max(most, one), Math.max(priceMin, 1e-300))
  while (sum(at(to)) > total && to < 1e300) to *= 4
  for (let i = 0; i < HALVINGS && to - from > 1e-10 * to; i++) {
    const middle = from > 0 && to / from > 16 ? Math.sqrt(from * to) : (from + to) / 2
    if (sum(at(middle)) > total) from = middle
    else to = middle
  }
  const spend = at(to)
  const more = at(from)
  let left = total - sum(spend)
  for (let i = 0; i < spend.length && left > 0; i++) {
    const step = Math.min(left, (more[i] ?? 0) - (spend[i] ?? 0))
    if (step <= 0) continue
    spend[i] = (spend[i] ?? 0) + step
    left -= step
  }
  return finish(lines, spend, to)
}

const finish = (lines: readonly AllocationLine[], spend: Float64Array, price: number): Allocation => ({
  spend,
  price,
  value: lines.reduce((sum, { response }, i) => sum + response.value(spend[i] ?? 0), 0),
})
