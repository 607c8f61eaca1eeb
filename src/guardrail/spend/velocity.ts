// The breaker: a line that spends much faster than its day was planned is paused before the day is over. Platforms spend
// unevenly, so what trips it is far from any usual day: much too much so far, or a rush that has overtaken the plan.

import { DAY_MS, HOUR_MS, localTime, MINUTE_MS } from '../../kernel/time.ts'
import { said, type Said } from '../../kernel/said.ts'
import { dayOfBooks, type LineBook, type SpendBooks } from './books.ts'

/** What may be spent of a day's budget at its first moment, and how much faster than evenly from there on. */
const HEAD_START = 0.35
const FASTER = 2
/** A rush: so many times the even pace between two readings, with so much of the budget in it, and ahead of the plan. */
const RUSH_FASTER = 6
const RUSH_SHARE = 0.2
const RUSH_AHEAD = 1.25
const FORGOTTEN_MS = 30 * DAY_MS
const READINGS_APART_MS = 10 * MINUTE_MS

export type Racing = { readonly lineId: string; readonly detail: string; readonly said: Said }

/** The lines that spend much faster than planned now. A line that is paused may still be named: its platform did not obey. */
export const racingLines = (books: SpendBooks, now: number): readonly Racing[] =>
  [...books.lines.values()].flatMap((book) => {
    const found = racing(books, book, now)
    return found === null ? [] : [{ lineId: book.spec.id, ...found }]
  })

const racing = (books: SpendBooks, book: LineBook, now: number): Omit<Racing, 'lineId'> | null => {
  const today = dayOfBooks(books, now)
  const known = book.days.find(({ day }) => day === today)
  if (known === undefined || known.spendMicros <= 0) return null
  const { spendMicros, budgetMicrosMax: budget } = known
  const { traits } = book.spec
  if (budget === 0)
    return spendMicros > traits.dayMinMicros
      ? {
          detail: `${money(spendMicros)} was spent today although it is paused`,
          said: said('spent_though_paused', { spent: money(spendMicros) }),
        }
      : null
  const { hour, minute } = localTime(now, books.timeZone)
  const elapsed = (hour + minute / 60) / 24
  const limit = budget * Math.min(traits.overspendDay, HEAD_START + FASTER * elapsed)
  if (spendMicros > limit) {
    const told = {
      spent: money(spendMicros),
      budget: money(budget),
      by: clock(hour, minute),
      expected: money(limit),
    }
    return {
      detail: `${told.spent} of ${told.budget} by ${told.by}: at most ${told.expected} was to be expected`,
      said: said('spent_too_much', told),
    }
  }
  const before = book.readings.findLast(({ at, day }) => day === today && now - at >= READINGS_APART_MS)
  if (before === undefined) return null
  const [spent, hours] = [spendMicros - before.spendMicros, (now - before.at) / HOUR_MS]
  const isRush = spent > RUSH_SHARE * budget && spent / hours > (RUSH_FASTER * budget) / 24
  return isRush && spendMicros > RUSH_AHEAD * elapsed * budget
    ? {
        detail: `${money(spent)} of ${money(budget)} in ${hours.toFixed(1)} hours`,
        said: said('spent_in_a_rush', {
          spent: money(spent),
          budget: money(budget),
          hours: hours.toFixed(1),
        }),
      }
    : null
}

const money = (micros: number): string => (micros / 1_000_000).toFixed(2)
const clock = (hour: number, minute: number): string =>
  `${String(hour).padStart(2, '0')}:${String(Math.floor(minute)).padStart(2, '0')}`

/** Of a day of the accounts' zone, so that one day opens one incident. */
export const velocityIncident = (lineId: string, day: number): string => `velocity:${lineId}:${day}`

/**
 * The budget that a line the breaker paused may go back to: what it had, once a person has seen the incident; 0 before,
 * when the breaker did not pause it, or when that is long ago.
 */
export const trippedFrom = (
  books: SpendBooks,
  { edits, budgetMicros, spec }: LineBook,
  now: number,
): number => {
  const last = edits.at(-1)
  if (budgetMicros !== 0 || last?.why !== 'velocity') return 0
  const open = [...books.incidents.values()].some(
    ({ kind, lineId }) => kind === 'velocity' && lineId === spec.id,
  )
  return open || now - last.at > FORGOTTEN_MS ? 0 : last.fromMicros
}
