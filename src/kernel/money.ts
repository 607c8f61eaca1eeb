// Money is integer micros (a millionth of the unit) in one currency: sums are exact, units cannot mix.

import { assert } from './assert.ts'

export type Money = { readonly micros: number; readonly currency: string }

/** `amount` in whole units (12.5 roubles) to micros. Throws when not finite or beyond exact integers. */
export const toMicros = (amount: number): number => {
  const micros = Math.round(amount * 1_000_000)
  assert(Number.isSafeInteger(micros), `an amount beyond exact arithmetic: ${amount}`)
  return micros
}

export const fromMicros = (micros: number): number => micros / 1_000_000

export const addMoney = (left: Money, right: Money): Money => {
  assert(left.currency === right.currency, `cannot add ${left.currency} and ${right.currency}`)
  return { micros: left.micros + right.micros, currency: left.currency }
}
