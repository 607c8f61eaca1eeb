// What a change of spend was expected to bring, by a curve that was drawn before it, and what came. The difference of
// two stretches of days: noise is told as an interval, and an interval that holds both says no more than that.

import { readCurve } from './curve-points.ts'
import type { PlannedBudget, PlannedCurve } from './events.ts'
import type { LineDay } from './learn/line-model.ts'

export type EffectRange = { readonly mean: number; readonly low: number; readonly high: number }

export type SpendEffect = {
  readonly fromDay: number
  readonly toDay: number
  /** Mean spend a day before and after. */
  readonly spendBefore: number
  readonly spendAfter: number
  /** Real value a day more than before: as the curve had it, and as it came; 80 % intervals. */
  readonly expected: EffectRange
  readonly realised: EffectRange
}

const DAYS_MIN = 3
const Z80 = 1.2816

/**
 * Null with fewer than three days on either side. Values are taken at demand 1 and as they will be when all is
 * reported; `share` of the claim is real.
 */
export const effectOfSpend = (about: {
  readonly before: readonly LineDay[]
  readonly after: readonly LineDay[]
  /** As it was drawn before the change. */
  readonly curve: PlannedCurve
  /** What the next unit was to bring then: how sure the slope was. */
  readonly marginal: NonNullable<PlannedBudget['marginal']>
  readonly share: number
}): SpendEffect | null => {
  const { before, after, curve, marginal, share } = about
  const [first, last] = [after[0], after.at(-1)]
  if (before.length < DAYS_MIN || after.length < DAYS_MIN || first === undefined || last === undefined)
    return null
  const came = (days: readonly LineDay[]) => days.map(({ value, demand }) => (share * value) / demand)
  const said = (days: readonly LineDay[]) =>
    mean(days.map(({ spend }) => readCurve(curve.spend, curve.value, spend)))
  const expected = said(after) - said(before)
  // A difference is as unsure as the slope is.
  const bounds = [marginal.low, marginal.high].map((slope) =>
    marginal.mean > 0 ? (expected * slope) / marginal.mean : expected,
  )
  const realised = mean(came(after)) - mean(came(before))
  const error = Z80 * Math.sqrt(squareError(came(before)) + squareError(came(after)))
  return {
    fromDay: first.day,
    toDay: last.day,
    spendBefore: mean(before.map(({ spend }) => spend)),
    spendAfter: mean(after.map(({ spend }) => spend)),
    expected: {
      mean: expected,
      low: Math.min(expected, ...bounds),
      high: Math.max(expected, ...bounds),
    },
    realised: { mean: realised, low: realised - error, high: realised + error },
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length)

/** Of the mean. */
const squareError = (values: readonly number[]): number => {
  const middle = mean(values)
  const square = values.reduce((sum, x) => sum + (x - middle) ** 2, 0)
  return square / Math.max(1, values.length - 1) / values.length
}
