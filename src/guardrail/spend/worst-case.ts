// What money in ads may cost at worst: platforms spend beyond a day's budget and tell it late. Each cap is judged by
// this, never by what was told so far.

import { DAY_MS } from '../../kernel/time.ts'
import { budgetAtWorst, dayOfBooks, type LineBook, type SpendBooks } from './books.ts'

/** What a day of a line may turn out to have cost, when its budget was `budgetMicrosMax` at most. */
const dayAtWorst = (
  { spec }: LineBook,
  day: { readonly day: number; readonly budgetMicrosMax: number; readonly spendMicros: number },
  today: number,
): number => {
  const over = Math.max(day.spendMicros, Math.ceil(day.budgetMicrosMax * spec.traits.overspendDay))
  return today - day.day > spec.traits.spendFinalDays ? day.spendMicros : over
}

/** Today's cost at worst, with the budget set to `toMicros` from now on. */
export const todayAtWorst = (books: SpendBooks, book: LineBook, toMicros: number, now: number): number => {
  const today = dayOfBooks(books, now)
  const known = book.days.find(({ day }) => day === today)
  const budgetMicrosMax = Math.max(known?.budgetMicrosMax ?? 0, budgetAtWorst(book), toMicros)
  return dayAtWorst(book, { day: today, budgetMicrosMax, spendMicros: known?.spendMicros ?? 0 }, today)
}

/**
 * The month's cost at worst before anybody can react: days that are over, today, and `reactDays` more days of
 * `toMicros`, as far as they lie in the month.
 */
export const monthAtWorst = (books: SpendBooks, book: LineBook, toMicros: number, now: number): number => {
  const today = dayOfBooks(books, now)
  const { first, last } = monthSpan(today)
  let sum = todayAtWorst(books, book, toMicros, now)
  for (const day of book.days) if (day.day < today && day.day >= first) sum += dayAtWorst(book, day, today)
  // A write that fails leaves the old budget in force: the higher of both runs on.
  const inForce = Math.max(toMicros, book.pending === null ? 0 : budgetAtWorst(book))
  const ahead = Math.min(books.rules.reactDays, last - today)
  return sum + ahead * Math.ceil(inForce * book.spec.traits.overspendDay)
}

/** First and last day of the month a day lies in. */
export const monthSpan = (day: number): { readonly first: number; readonly last: number } => {
  const date = new Date(day * DAY_MS)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { first: Date.UTC(year, month, 1) / DAY_MS, last: Date.UTC(year, month + 1, 1) / DAY_MS - 1 }
}
