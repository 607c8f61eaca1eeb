// Whether a budget may be changed. Lowering is let through at once; raising must fit every cap at its worst, every rule
// of speed, and a platform that answers. Every reason is told, not the first alone.

import type { SpendMove } from '../../delivery/events.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { budgetAtWorst, stoppedFrom, type LineBook, type SpendBooks } from './books.ts'
import { trippedFrom } from './velocity.ts'
import { monthAtWorst, todayAtWorst } from './worst-case.ts'

export type SpendReasonCode =
  | 'stop'
  | 'unknown_line'
  | 'bad_amount'
  | 'unit'
  | 'currency'
  | 'ground_moved'
  | 'unconfirmed'
  | 'never_read'
  | 'line_day_cap'
  | 'line_month_cap'
  | 'portfolio_day_cap'
  | 'portfolio_month_cap'
  | 'raise_step'
  | 'raise_day'
  | 'raise_apart'
  | 'edits_spent'
  | 'edits_reserved'
  | 'back_and_forth'
  | 'incident_open'

export type SpendReason = { readonly code: SpendReasonCode; readonly detail: string }

/** Every reason why this move may not be made now; [] when it may. Changes nothing. */
export const checkMove = (
  books: SpendBooks,
  move: SpendMove,
  { now, stopped }: { readonly now: number; readonly stopped: boolean },
): readonly SpendReason[] => {
  const book = books.lines.get(move.lineId)
  if (book === undefined) return [{ code: 'unknown_line', detail: move.lineId }]
  const bad = checkAmounts(books, book, move)
  if (bad.length > 0) return bad
  const raises = move.toMicros > (book.budgetMicros ?? 0)
  const reasons: SpendReason[] = []
  const say = (code: SpendReasonCode, detail = '') => reasons.push({ code, detail })
  const today = book.edits.filter(({ at }) => at > now - DAY_MS)
  const { editsPerDayMax, pausesFree = false } = book.spec.traits
  const { editsReserved } = books.rules
  const isFree = ({ toMicros }: { readonly toMicros: number }): boolean => pausesFree && toMicros === 0
  // What was lost on its way is no edit of the platform's: a cap must not be passed for want of one.
  const spent = today.filter((edit) => !isFree(edit) && edit.undone !== true).length
  if (isFree(move)) return reasons
  if (spent >= editsPerDayMax) say('edits_spent', `${spent}/${editsPerDayMax}`)
  // What is no emergency leaves the last edits of a day to one.
  else if (
    (raises || ORDINARY.has(move.why)) &&
    spent >= editsPerDayMax - editsReserved &&
    !isBack(books, book, move, now)
  )
    say('edits_reserved', `${spent}/${editsPerDayMax} with ${editsReserved} kept for a cut`)
  if (!raises) return reasons
  if (stopped) say('stop')
  if (book.pending !== null) say('unconfirmed', book.pending.moveId)
  if (book.budgetMicros === null) say('never_read')
  else if (book.budgetMicros !== move.fromMicros)
    say('ground_moved', `${move.fromMicros} is ${book.budgetMicros}`)
  // Bringing back is no raise.
  if (!isBack(books, book, move, now)) checkSpeed(books, book, move, { now, today, say })
  checkCaps(books, book, move, { now, say })
  for (const { lineId, kind, incidentId } of books.incidents.values())
    if (lineId === '' || lineId === move.lineId) say('incident_open', `${kind} ${incidentId}`)
  return reasons
}

type Say = (code: SpendReasonCode, detail?: string) => void

/** What can wait until tomorrow. */
const ORDINARY: ReadonlySet<SpendMove['why']> = new Set(['plan', 'vary', 'pace'])

/** Resuming brings back what STOP or the breaker took, at most. */
const isBack = (books: SpendBooks, book: LineBook, { why, toMicros }: SpendMove, now: number): boolean =>
  why === 'resume' && toMicros <= Math.max(stoppedFrom(book), trippedFrom(books, book, now))

/** Null, 0 where it is no pause, -1, fractions and other currencies never reach a platform. */
const checkAmounts = (
  books: SpendBooks,
  { spec, budgetMicros }: LineBook,
  move: SpendMove,
): SpendReason[] => {
  const { toMicros, currency } = move
  if (currency !== books.currency)
    return [{ code: 'currency', detail: `${currency} is not ${books.currency}` }]
  if (!Number.isSafeInteger(toMicros) || toMicros < 0)
    return [{ code: 'bad_amount', detail: String(toMicros) }]
  if (toMicros > 0 && toMicros < spec.traits.dayMinMicros)
    return [{ code: 'bad_amount', detail: `${toMicros} is below the platform's ${spec.traits.dayMinMicros}` }]
  if (toMicros % spec.traits.stepMicros !== 0)
    return [{ code: 'bad_amount', detail: `${toMicros} is no multiple of ${spec.traits.stepMicros}` }]
  // A plan moves by shares: a fall to a small part of what is in force is cents or thousands taken for units.
  if (ORDINARY.has(move.why) && toMicros > 0 && toMicros < (budgetMicros ?? 0) * UNIT_SHARE)
    return [{ code: 'unit', detail: `${toMicros} where ${budgetMicros ?? 0} is in force` }]
  return []
}

const checkSpeed = (
  { rules }: SpendBooks,
  book: LineBook,
  move: SpendMove,
  { now, today, say }: { readonly now: number; readonly today: LineBook['edits']; readonly say: Say },
): void => {
  const { fromMicros, toMicros, why } = move
  const { traits } = book.spec
  // Going back up after a cut by hand, pace or STOP is a raise like any other; resuming starts from the lowest budget.
  const from = Math.max(fromMicros, traits.dayMinMicros)
  if (toMicros > from * (1 + rules.raiseStepMax) + traits.stepMicros)
    say('raise_step', `${share(toMicros, from)} above ${rules.raiseStepMax}`)
  const dayStart = Math.max(Math.min(from, ...today.map((edit) => edit.fromMicros)), traits.dayMinMicros)
  if (toMicros > dayStart * (1 + rules.raiseDayMax) + traits.stepMicros)
    say('raise_day', `${share(toMicros, dayStart)} above ${rules.raiseDayMax}`)
  const raised = today.findLast((edit) => edit.toMicros > edit.fromMicros)
  if (raised !== undefined && now - raised.at < rules.raiseApartMs) say('raise_apart', why)
  // A to B and back to A within a day unlearns what the platform has learnt, for nothing.
  const last = today.at(-1)
  if (last !== undefined && last.toMicros < last.fromMicros && toMicros >= last.fromMicros)
    say('back_and_forth', `${last.fromMicros} to ${last.toMicros} and back`)
}

const checkCaps = (
  books: SpendBooks,
  book: LineBook,
  { toMicros }: SpendMove,
  { now, say }: { readonly now: number; readonly say: Say },
): void => {
  const { portfolio } = books
  const [day, month] = [todayAtWorst(books, book, toMicros, now), monthAtWorst(books, book, toMicros, now)]
  if (day > book.spec.dayMaxMicros) say('line_day_cap', `${day}/${book.spec.dayMaxMicros}`)
  if (month > book.spec.monthMaxMicros) say('line_month_cap', `${month}/${book.spec.monthMaxMicros}`)
  let [allDay, allMonth] = [day, month]
  for (const other of books.lines.values()) {
    if (other === book) continue
    allDay += todayAtWorst(books, other, 0, now)
    allMonth += monthAtWorst(books, other, budgetAtWorst(other), now)
  }
  if (allDay > portfolio.dayMaxMicros) say('portfolio_day_cap', `${allDay}/${portfolio.dayMaxMicros}`)
  if (allMonth > portfolio.monthMaxMicros)
    say('portfolio_month_cap', `${allMonth}/${portfolio.monthMaxMicros}`)
}

/** Below this part of the budget in force no plan goes in one move. */
const UNIT_SHARE = 0.05

const share = (to: number, from: number): string =>
  from > 0 ? `+${((to / from - 1) * 100).toFixed(0)} %` : 'from 0'

/**
 * The highest budget of a line that its own and the portfolio's caps allow now, at worst: a line above it must be cut,
 * whatever else is to be done. 0 when nothing fits any more. O(lines); a multiple of the platform's step.
 */
export const budgetCeiling = (books: SpendBooks, lineId: string, now: number): number => {
  const book = books.lines.get(lineId)
  if (book === undefined) return 0
  const { spec } = book
  const fits = (toMicros: number): boolean =>
    // The budget that was in force today already counts for today; what can still be spared is tomorrow.
    monthAtWorst(books, { ...book, budgetMicros: toMicros, pending: null }, toMicros, now) <=
      spec.monthMaxMicros && Math.ceil(toMicros * spec.traits.overspendDay) <= spec.dayMaxMicros
  let [low, high] = [0, Math.floor(spec.dayMaxMicros / spec.traits.overspendDay / spec.traits.stepMicros)]
  if (!fits(0)) return 0
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle * spec.traits.stepMicros)) low = middle
    else high = middle - 1
  }
  const ceiling = low * spec.traits.stepMicros
  return ceiling < spec.traits.dayMinMicros ? 0 : ceiling
}
