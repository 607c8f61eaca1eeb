// Whether what a platform tells can be so. Amounts that are none, and amounts that are a hundred or a million times what
// they were, as when cents or micros are taken for units, never reach the books: caps are judged by them.

import type { AdsReported } from '../../delivery/events.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { dayOfBooks, type LineBook, type SpendBooks } from './books.ts'

type Told = AdsReported['lines'][number]

/** Factors between units that are mixed up: cents, thousandths, micros. */
const UNIT_FACTORS = [100, 1_000, 1_000_000]
const SAME = 1e-3
/** After a person has looked at it, what the platform tells is believed for so long. */
const TRUSTED_MS = DAY_MS

/** Why this reading of a line cannot be so; null when it can. */
export const readingTrouble = (books: SpendBooks, told: Told, now: number): string | null => {
  const book = books.lines.get(told.lineId)
  if (book === undefined) return `there is no line ${told.lineId}`
  return (
    amountTrouble(told, dayOfBooks(books, now)) ??
    (now - book.trustedAt < TRUSTED_MS ? null : unitTrouble(book, told))
  )
}

const amountTrouble = ({ budgetMicros, days }: Told, today: number): string | null => {
  if (budgetMicros !== null && !isAmount(budgetMicros)) return `a budget of ${String(budgetMicros)}`
  for (const { day, spendMicros, valueMicros, conversions } of days) {
    if (!Number.isSafeInteger(day) || day > today + 1) return `a day ${String(day)} that is not yet`
    if (!isAmount(spendMicros)) return `a day's spend of ${String(spendMicros)}`
    if (!Number.isFinite(valueMicros) || !Number.isFinite(conversions) || conversions < 0)
      return `results of ${String(valueMicros)} and ${String(conversions)}`
  }
  return null
}

const isAmount = (micros: unknown): boolean => Number.isSafeInteger(micros) && (micros as number) >= 0

const unitTrouble = ({ budgetMicros, pending, days }: LineBook, told: Told): string | null => {
  if (pending === null && told.budgetMicros !== null && budgetMicros !== null) {
    const factor = unitFactor(told.budgetMicros, budgetMicros)
    if (factor !== null) return `a budget ${factor} what it was, which nobody set: another unit?`
  }
  for (const { day, spendMicros } of told.days) {
    const known = days.find((one) => one.day === day)
    const factor = known === undefined ? null : unitFactor(spendMicros, known.spendMicros)
    if (factor !== null && day < Math.max(...told.days.map((one) => one.day)))
      return `a day's spend ${factor} what it was: another unit?`
  }
  return null
}

/** `100 times` or `a 100th of`, when the one is just that of the other. */
const unitFactor = (now: number, before: number): string | null => {
  if (now <= 0 || before <= 0) return null
  for (const factor of UNIT_FACTORS) {
    if (Math.abs(now / before / factor - 1) < SAME) return `${factor} times`
    if (Math.abs(before / now / factor - 1) < SAME) return `a ${factor}th of`
  }
  return null
}
