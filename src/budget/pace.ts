// The pace through the month: what all lines together should spend today, so that the month ends where it should.

import type { AdsLinesApplied } from '../delivery/events.ts'
import { dayOfBooks, monthSpan, type SpendBooks } from '../guardrail/index.ts'
import { fromMicros } from '../kernel/money.ts'

/** How far a day's total may lie from the target while catching up: the rest of a lag is let go, not stored up. */
const CATCH_UP = 0.3

/**
 * Money for all lines today, in units: the day's target, moved by what the month so far has spent more or less than its
 * share, at most {@link CATCH_UP}. Never more than what is left of the month's cap.
 */
export const paceTotal = ({ portfolio }: AdsLinesApplied, books: SpendBooks, now: number): number => {
  const today = dayOfBooks(books, now)
  const { first, last } = monthSpan(today)
  const left = last - today + 1
  let spent = 0
  const days = new Set<number>()
  for (const { days: known } of books.lines.values())
    for (const { day, spendMicros } of known) {
      if (day >= today || day < first) continue
      spent += spendMicros
      days.add(day)
    }
  const target = portfolio.dayTargetMicros
  const behind = (target * days.size - spent) / left
  const paced = target + Math.min(CATCH_UP * target, Math.max(-CATCH_UP * target, behind))
  return fromMicros(Math.max(0, Math.min(paced, (portfolio.monthMaxMicros - spent) / left)))
}
