// Decisions whose campaign asks for it teach before their window is over: at a few ages, what has come since, with the weight of the share of results
// that comes by then (model/delay). When those ages come is told by the time of the events, so replay teaches the same.

import type { Example } from '../model/events.ts'
import { CHECK_AGES, delayGroups, type DelayOf, shareToTeach } from '../model/index.ts'
import {
  aboutRow,
  checksOf,
  countCheck,
  goalOf,
  hasLesson,
  isClosed,
  lessonOf,
  pendingOf,
  stageOf,
  valueOf,
} from './open-fields.ts'
import { openRows } from './open-links.ts'
import {
  AT,
  COST,
  DEADLINE,
  DISCOUNT,
  EARLY,
  hasFlag,
  numberIn,
  type OpenDecisions,
  type Row,
  SEQ,
  setNumber,
  TAUGHT_REWARD,
  TAUGHT_SHARE,
  TOTAL,
} from './open-rows.ts'
import type { Feedback } from './state.ts'

/** By window and age, in the order of arrival. Not dumped: made again from the open decisions. */
export type CheckQueues = {
  readonly queues: Map<string, Queue>
  /** No queue has anything due before. */
  nextAt: number
}
type Queue = { readonly ageMs: number; waiting: Waiting[]; head: number }
/** The row may be another decision's by then: it is this one's as long as it has its number. */
type Waiting = { readonly row: Row; readonly seq: number; readonly at: number }

/** Decisions looked at for one event; the others wait for the next. */
const CHECKS_MAX = 1_000
/** Windows shorter than this are waited for. */
const WINDOW_MIN_MS = 3_600_000

export const createCheckQueues = (): CheckQueues => ({ queues: new Map(), nextAt: Infinity })

export const queueCheck = ({ checks, open }: Pick<Feedback, 'checks' | 'open'>, row: Row): void => {
  const windowMs = windowOf(open, row)
  const done = checksOf(open, row)
  const age = CHECK_AGES[done]
  if (age === undefined || !hasFlag(open, row, EARLY) || !hasLesson(open, row) || windowMs < WINDOW_MIN_MS)
    return
  const key = `${windowMs}/${done}`
  const queue = checks.queues.get(key) ?? { ageMs: age * windowMs, waiting: [], head: 0 }
  if (queue.waiting.length === 0) checks.queues.set(key, queue)
  queue.waiting.push({ row, seq: numberIn(open, row, SEQ), at: numberIn(open, row, AT) })
  checks.nextAt = Math.min(checks.nextAt, headAt(queue))
}

/** After a restore: each queue in the order in which its decisions arrived. */
export const queueAll = (state: Pick<Feedback, 'checks' | 'open'>): void => {
  for (const row of openRows(state.open)) queueCheck(state, row)
}

export const delayOf = (open: OpenDecisions, row: Row): DelayOf =>
  delayGroups({ ...aboutRow(open, row), goalEvent: goalOf(open, row), windowMs: windowOf(open, row) })

/** Fills `state.early` with the slices due by `now`. */
export const teachEarly = (state: Feedback, now: number): void => {
  const { checks, early, open } = state
  early.length = 0
  if (now < checks.nextAt) return
  const due = takeDue(state, now)
  checks.nextAt = Math.min(Infinity, ...[...checks.queues.values()].map(headAt))
  for (const row of due) {
    const slice = stageOf(open, row) === 'applied' ? sliceOf(state, row, now) : null
    if (slice !== null) early.push(slice)
    countCheck(open, row)
    queueCheck(state, row)
  }
  state.counts.early += early.length
}

const takeDue = ({ checks: { queues }, open }: Feedback, now: number): readonly Row[] => {
  const due: Row[] = []
  // By name: which queue was made first hangs on what was restored.
  for (const [key, queue] of [...queues].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    while (due.length < CHECKS_MAX && headAt(queue) <= now) {
      const { row, seq } = queue.waiting[queue.head] as Waiting
      queue.head++
      if (numberIn(open, row, SEQ) === seq && !isClosed(open, row)) due.push(row)
    }
    if (queue.head === queue.waiting.length) queues.delete(key)
    else if (queue.head > 1_024 && 2 * queue.head > queue.waiting.length) {
      queue.waiting = queue.waiting.slice(queue.head)
      queue.head = 0
    }
  }
  return due
}

const headAt = ({ waiting, head, ageMs }: Queue): number => {
  const first = waiting[head]
  return first === undefined ? Infinity : first.at + ageMs
}

const windowOf = (open: OpenDecisions, row: Row): number =>
  numberIn(open, row, DEADLINE) - numberIn(open, row, AT)

const sliceOf = (state: Feedback, row: Row, now: number): Example | null => {
  const { open } = state
  const lesson = lessonIn(open, row)
  const taught = numberIn(open, row, TAUGHT_SHARE)
  const ageMs = now - numberIn(open, row, AT)
  const share = shareToTeach(state.delays, delayOf(open, row), { ageMs, now, taught })
  if (lesson === null || share === 0) return null
  const total = numberIn(open, row, TOTAL)
  const sum = pendingOf(open, row).reduce((all, { reward }) => all + reward, total)
  const [gross, contact] =
    valueOf(open, row) === 'count'
      ? [sum, 0]
      : [sum - numberIn(open, row, DISCOUNT), numberIn(open, row, COST)]
  // The contact is paid for anyhow: each slice bears its share of it.
  const upTo = gross - (taught + share) * contact
  const reward = upTo - numberIn(open, row, TAUGHT_REWARD)
  setNumber(open, row, TAUGHT_SHARE, taught + share)
  setNumber(open, row, TAUGHT_REWARD, upTo)
  return { ...lesson, reward, share, ...(taught > 0 ? { further: true } : {}) }
}

/** What is left to teach at the close, when the whole is known; null when it may teach nothing. */
export const lastSlice = ({ open }: Feedback, row: Row, total: number): Example | null => {
  const lesson = lessonIn(open, row)
  if (lesson === null) return null
  const taught = numberIn(open, row, TAUGHT_SHARE)
  if (taught === 0) return { ...lesson, reward: total }
  return { ...lesson, reward: total - numberIn(open, row, TAUGHT_REWARD), share: 1 - taught, further: true }
}

const lessonIn = (open: OpenDecisions, row: Row): Omit<Example, 'reward'> | null => {
  const lesson = lessonOf(open, row)
  return lesson === null ? null : { ...lesson, at: numberIn(open, row, AT) }
}
