// Whether what a platform tells can be so. Amounts that are none, and amounts that are a hundred or a million times what
// they were, as when cents or micros are taken for units, never reach the books: caps are judged by them.

import type { AdsReported } from '../../delivery/events.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { said, type Said } from '../../kernel/said.ts'
import { dayOfBooks, type LineBook, type SpendBooks } from './books.ts'

type Told = AdsReported['lines'][number]

/** In English, and as a code with what was told. */
export type ReadingTrouble = { readonly detail: string; readonly said: Said }

/** Factors between units that are mixed up: cents, thousandths, micros. */
const UNIT_FACTORS = [100, 1_000, 1_000_000]
const SAME = 1e-3
/** After a person has looked at it, what the platform tells is believed for so long. */
const TRUSTED_MS = DAY_MS

/** Why this reading of a line cannot be so; null when it can. */
export const readingTrouble = (books: SpendBooks, told: Told, now: number): ReadingTrouble | null => {
  const book = books.lines.get(told.lineId)
  if (book === undefined)
    return { detail: `there is no line ${told.lineId}`, said: said('no_such_line', { line: told.lineId }) }
  return (
    amountTrouble(told, dayOfBooks(books, now)) ??
    (now - book.trustedAt < TRUSTED_MS ? null : unitTrouble(book, told))
  )
}

const amountTrouble = ({ budgetMicros, days }: Told, today: number): ReadingTrouble | null => {
  if (budgetMicros !== null && !isAmount(budgetMicros))
    return {
      detail: `a budget of ${String(budgetMicros)}`,
      said: said('odd_budget', { amount: String(budgetMicros) }),
    }
  for (const { day, spendMicros, valueMicros, conversions } of days) {
    if (!Number.isSafeInteger(day) || day > today + 1)
      return { detail: `a day ${String(day)} that is not yet`, said: said('day_ahead', { day: String(day) }) }
    if (!isAmount(spendMicros))
      return {
        detail: `a day's spend of ${String(spendMicros)}`,
        said: said('odd_spend', { amount: String(spendMicros) }),
      }
    if (!Number.isFinite(valueMicros) || !Number.isFinite(conversions) || conversions < 0)
      return {
        detail: `results of ${String(valueMicros)} and ${String(conversions)}`,
        said: said('odd_results', { value: String(valueMicros), conversions: String(conversions) }),
      }
  }
  return null
}

const isAmount = (micros: unknown): boolean => Number.isSafeInteger(micros) && (micros as number) >= 0

const unitTrouble = ({ budgetMicros, pending, days }: LineBook, told: Told): ReadingTrouble | null => {
  if (pending === null && told.budgetMicros !== null && budgetMicros !== null) {
    const factor = unitFactor(told.budgetMicros, budgetMicros)
    if (factor !== null)
      return {
        detail: `a budget ${timesOf(factor)} what it was, which nobody set: another unit?`,
        said: said('budget_in_other_unit', factor),
      }
  }
  for (const { day, spendMicros } of told.days) {
    const known = days.find((one) => one.day === day)
    const factor = known === undefined ? null : unitFactor(spendMicros, known.spendMicros)
    if (factor !== null && day < Math.max(...told.days.map((one) => one.day)))
      return {
        detail: `a day's spend ${timesOf(factor)} what it was: another unit?`,
        said: said('spend_in_other_unit', factor),
      }
  }
  return null
}

type UnitFactor = { readonly factor: number; readonly is: 'more' | 'less' }

const timesOf = ({ factor, is }: UnitFactor): string =>
  is === 'more' ? `${factor} times` : `a ${factor}th of`

/** When the one is just a hundred times the other, or another such factor. */
const unitFactor = (now: number, before: number): UnitFactor | null => {
  if (now <= 0 || before <= 0) return null
  for (const factor of UNIT_FACTORS) {
    if (Math.abs(now / before / factor - 1) < SAME) return { factor, is: 'more' }
    if (Math.abs(before / now / factor - 1) < SAME) return { factor, is: 'less' }
  }
  return null
}
