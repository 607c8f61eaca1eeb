// The books of ad money: for each line what it is allowed, what it may be set to now at worst, what its days have cost
// or may yet turn out to have cost. Folded from the log; the envelope is judged by nothing else.

import type {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  MOVE_NOT_DONE,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SPEND_MOVE_FAILED,
  SPEND_MOVE_UNKNOWN,
  AdLineSpec,
  AdsLinesApplied,
  AdsReported,
  SpendIncidentClosed,
  SpendIncidentOpened,
  SpendMove,
  SpendMoveConfirmed,
  SpendMoveFailed,
  SpendMoveUnknown,
  SpendRules,
} from '../../delivery/events.ts'
import type { Json } from '../../kernel/json.ts'
import type { LogEvent } from '../../log/port.ts'
import { DAY_MS, localTime } from '../../kernel/time.ts'

export type BookDay = {
  /** Days since 1970-01-01 in the accounts' zone. */
  readonly day: number
  /** Highest budget that may have been in force on it. */
  budgetMicrosMax: number
  spendMicros: number
}

export type BookEdit = {
  readonly moveId: string
  readonly at: number
  readonly fromMicros: number
  readonly toMicros: number
  readonly why: SpendMove['why']
  /** Read back long after, it had changed nothing. */
  readonly undone?: true
}

export type LineBook = {
  readonly spec: AdLineSpec
  /** As last read; null before the first reading. */
  budgetMicros: number | null
  /** A write whose result is not known yet: the higher of both counts. */
  pending: SpendMove | null
  /** The pending write was tried and nobody knows with what result: to be read. */
  unknown: boolean
  /** By day of the accounts' zone, oldest first, DAYS_KEPT at most. */
  days: BookDay[]
  /** Changes of the last day, oldest first. */
  edits: BookEdit[]
  /** What today's spend was at the last readings, oldest first: how fast it grows. */
  readings: { readonly at: number; readonly day: number; readonly spendMicros: number }[]
  /** ms, when a person last said that an odd reading is right; 0 for never. */
  trustedAt: number
}

export type SpendBooks = {
  version: string
  currency: string
  timeZone: string
  portfolio: AdsLinesApplied['portfolio']
  rules: SpendRules
  readonly lines: Map<string, LineBook>
  /** Open incidents by id. */
  readonly incidents: Map<string, SpendIncidentOpened & { readonly at: number }>
}

/** Longer than a month with its stragglers. */
const DAYS_KEPT = 40
const EDITS_KEPT = 64
const READINGS_KEPT = 4

export const SPEND_RULES: SpendRules = {
  raiseStepMax: 0.25,
  raiseDayMax: 0.5,
  raiseApartMs: DAY_MS / 2,
  editsReserved: 1,
  reactDays: 1,
}

export const createBooks = (): SpendBooks => ({
  version: 'none',
  currency: '',
  timeZone: 'UTC',
  portfolio: { dayMaxMicros: 0, monthMaxMicros: 0, dayTargetMicros: 0 },
  rules: SPEND_RULES,
  lines: new Map(),
  incidents: new Map(),
})

const LINES_APPLIED: typeof ADS_LINES_APPLIED = 'ads.lines_applied.v1'
const REPORTED: typeof ADS_REPORTED = 'ads.reported.v1'
const ATTEMPTED: typeof SPEND_MOVE_ATTEMPTED = 'spend.move_attempted.v1'
const CONFIRMED: typeof SPEND_MOVE_CONFIRMED = 'spend.move_confirmed.v1'
const FAILED: typeof SPEND_MOVE_FAILED = 'spend.move_failed.v1'
const NOT_DONE: typeof MOVE_NOT_DONE = 'ads.not_done'
const UNKNOWN: typeof SPEND_MOVE_UNKNOWN = 'spend.move_unknown.v1'
const OPENED: typeof SPEND_INCIDENT_OPENED = 'spend.incident_opened.v1'
const CLOSED: typeof SPEND_INCIDENT_CLOSED = 'spend.incident_closed.v1'

/** Takes one event in; events that say nothing of ad money change nothing. */
export const foldBooks = (books: SpendBooks, event: LogEvent): void => {
  switch (event.type) {
    case LINES_APPLIED:
      return foldLines(books, event.data as AdsLinesApplied)
    case REPORTED:
      return foldReported(books, event.data as AdsReported, event.at)
    case ATTEMPTED:
      return foldAttempted(books, event.data as SpendMove, event.at)
    case CONFIRMED: {
      const { lineId, budgetMicros } = event.data as SpendMoveConfirmed
      const book = books.lines.get(lineId)
      if (book === undefined) return
      book.pending = null
      book.unknown = false
      return setBudget(books, book, budgetMicros, event.at)
    }
    case FAILED: {
      const { lineId, moveId, code } = event.data as SpendMoveFailed
      const book = books.lines.get(lineId)
      if (book === undefined) return
      book.pending = null
      book.unknown = false
      if (code === NOT_DONE)
        book.edits = book.edits.map((edit) => (edit.moveId === moveId ? { ...edit, undone: true } : edit))
      return
    }
    case UNKNOWN: {
      // Until it is read, the pending move keeps counting at its worse end.
      const book = books.lines.get((event.data as SpendMoveUnknown).lineId)
      if (book !== undefined) book.unknown = true
      return
    }
    case OPENED: {
      const incident = event.data as SpendIncidentOpened
      books.incidents.set(incident.incidentId, { ...incident, at: event.at })
      return
    }
    case CLOSED: {
      const { incidentId, by } = event.data as SpendIncidentClosed
      const incident = books.incidents.get(incidentId)
      const book = books.lines.get(incident?.lineId ?? '')
      if (incident?.kind === 'reading' && book !== undefined && by !== 'windvane') book.trustedAt = event.at
      books.incidents.delete(incidentId)
      return
    }
    default:
      return
  }
}

const foldLines = (books: SpendBooks, applied: AdsLinesApplied): void => {
  books.version = applied.version
  books.currency = applied.currency
  books.timeZone = applied.timeZone
  books.portfolio = applied.portfolio
  books.rules = applied.rules
  const before = new Map(books.lines)
  books.lines.clear()
  for (const spec of applied.lines) {
    const known = before.get(spec.id)
    books.lines.set(
      spec.id,
      known === undefined
        ? {
            spec,
            budgetMicros: null,
            pending: null,
            unknown: false,
            days: [],
            edits: [],
            readings: [],
            trustedAt: 0,
          }
        : { ...known, spec },
    )
  }
}

const foldReported = (books: SpendBooks, { lines }: AdsReported, at: number): void => {
  const today = dayOfBooks(books, at)
  for (const { lineId, budgetMicros, days } of lines) {
    const book = books.lines.get(lineId)
    if (book === undefined) continue
    // A reading while a write is under way may be older than the write: the write's own read-back settles it.
    if (budgetMicros !== null && book.pending === null) setBudget(books, book, budgetMicros, at)
    for (const { day, spendMicros } of days) {
      dayOf(book, day).spendMicros = Math.max(spendMicros, 0)
      if (day === today) book.readings = [...book.readings, { at, day, spendMicros }].slice(-READINGS_KEPT)
    }
  }
}

const foldAttempted = (books: SpendBooks, move: SpendMove, at: number): void => {
  const book = books.lines.get(move.lineId)
  if (book === undefined) return
  book.pending = move
  book.edits = [
    ...book.edits,
    { moveId: move.moveId, at, fromMicros: move.fromMicros, toMicros: move.toMicros, why: move.why },
  ].slice(-EDITS_KEPT)
  raiseDay(books, book, move.toMicros, at)
}

const setBudget = (books: SpendBooks, book: LineBook, budgetMicros: number, at: number): void => {
  book.budgetMicros = budgetMicros
  raiseDay(books, book, budgetMicros, at)
}

/** A budget that was in force for a moment of the day may have been spent in full. */
const raiseDay = (books: SpendBooks, book: LineBook, budgetMicros: number, at: number): void => {
  const day = dayOf(book, dayOfBooks(books, at))
  day.budgetMicrosMax = Math.max(day.budgetMicrosMax, budgetMicros)
}

const dayOf = (book: LineBook, day: number): BookDay => {
  const found = book.days.find((known) => known.day === day)
  if (found !== undefined) return found
  // A day that was never set from our side began with the budget in force.
  const made: BookDay = { day, budgetMicrosMax: budgetAtWorst(book), spendMicros: 0 }
  book.days = [...book.days, made].toSorted((left, right) => left.day - right.day).slice(-DAYS_KEPT)
  return made
}

/** Days since 1970-01-01 in the accounts' zone. */
export const dayOfBooks = ({ timeZone }: Pick<SpendBooks, 'timeZone'>, at: number): number =>
  localTime(at, timeZone).day

/** The budget a line had before STOP or an empty stock paused it: what resuming may bring back; 0 when neither did. */
export const stoppedFrom = ({ edits, budgetMicros }: LineBook): number => {
  const last = edits.at(-1)
  return budgetMicros === 0 && (last?.why === 'stop' || last?.why === 'stock') ? last.fromMicros : 0
}

/** The budget that may be in force now, at worst. */
export const budgetAtWorst = ({ budgetMicros, pending }: LineBook): number =>
  Math.max(budgetMicros ?? 0, pending?.toMicros ?? 0, pending?.fromMicros ?? 0)

/** The books as JSON; the same events give the same bytes. */
export const dumpBooks = (books: SpendBooks): Json => ({
  ...books,
  lines: [...books.lines],
  incidents: [...books.incidents],
})

/** Fills `books` with what {@link dumpBooks} kept. */
export const restoreBooks = (books: SpendBooks, kept: unknown): void => {
  const { lines, incidents, ...rest } = kept as Omit<SpendBooks, 'lines' | 'incidents'> & {
    readonly lines: readonly (readonly [string, LineBook])[]
    readonly incidents: readonly (readonly [string, SpendIncidentOpened & { readonly at: number }])[]
  }
  Object.assign(books, rest)
  for (const [id, book] of lines) books.lines.set(id, book)
  for (const [id, incident] of incidents) books.incidents.set(id, incident)
}
