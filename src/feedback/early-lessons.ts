// Decisions whose campaign asks for it teach before their window is over: at a few ages, what has come since, with the weight of the share of results
// that comes by then (model/delay). When those ages come is told by the time of the events, so replay teaches the same.

import type { Example } from '../model/events.ts'
import { CHECK_AGES, delayGroups, type DelayOf, shareToTeach } from '../model/index.ts'
import { unpackLesson } from './lesson.ts'
import type { OpenDecision } from './open-decisions.ts'
import type { Feedback } from './state.ts'

/** By window and age, in the order of arrival. Not dumped: made again from the open decisions. */
export type CheckQueues = {
  readonly queues: Map<string, Queue>
  /** No queue has anything due before. */
  nextAt: number
}
type Queue = { readonly ageMs: number; decisions: OpenDecision[]; head: number }

/** Decisions looked at for one event; the others wait for the next. */
const CHECKS_MAX = 1_000
/** Windows shorter than this are waited for. */
const WINDOW_MIN_MS = 3_600_000

export const createCheckQueues = (): CheckQueues => ({ queues: new Map(), nextAt: Infinity })

export const queueCheck = (checks: CheckQueues, decision: OpenDecision): void => {
  const windowMs = decision.deadline - decision.at
  const age = CHECK_AGES[decision.checks]
  if (age === undefined || !decision.early || decision.lesson === '' || windowMs < WINDOW_MIN_MS) return
  const key = `${windowMs}/${decision.checks}`
  const queue = checks.queues.get(key) ?? { ageMs: age * windowMs, decisions: [], head: 0 }
  if (queue.decisions.length === 0) checks.queues.set(key, queue)
  queue.decisions.push(decision)
  checks.nextAt = Math.min(checks.nextAt, headAt(queue))
}

/** After a restore: each queue in the order in which its decisions arrived. */
export const queueAll = (checks: CheckQueues, decisions: Iterable<OpenDecision>): void => {
  const open = [...decisions].filter(({ closed }) => !closed)
  for (const decision of open.toSorted((left, right) => left.seq - right.seq)) queueCheck(checks, decision)
}

export const delayOf = (decision: OpenDecision): DelayOf =>
  delayGroups({ ...decision, windowMs: decision.deadline - decision.at })

/** Fills `state.early` with the slices due by `now`. */
export const teachEarly = (state: Feedback, now: number): void => {
  const { checks, early } = state
  early.length = 0
  if (now < checks.nextAt) return
  const due = takeDue(checks, now)
  checks.nextAt = Math.min(Infinity, ...[...checks.queues.values()].map(headAt))
  for (const decision of due) {
    const slice = decision.stage === 'applied' ? sliceOf(state, decision, now) : null
    if (slice !== null) early.push(slice)
    decision.checks++
    queueCheck(checks, decision)
  }
  state.counts.early += early.length
}

const takeDue = ({ queues }: CheckQueues, now: number): readonly OpenDecision[] => {
  const due: OpenDecision[] = []
  // By name: which queue was made first hangs on what was restored.
  for (const [key, queue] of [...queues].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    while (due.length < CHECKS_MAX && headAt(queue) <= now) {
      const decision = queue.decisions[queue.head] as OpenDecision
      queue.head++
      if (!decision.closed) due.push(decision)
    }
    if (queue.head === queue.decisions.length) queues.delete(key)
    else if (queue.head > 1_024 && 2 * queue.head > queue.decisions.length) {
      queue.decisions = queue.decisions.slice(queue.head)
      queue.head = 0
    }
  }
  return due
}

const headAt = ({ decisions, head, ageMs }: Queue): number => {
  const first = decisions[head]
  return first === undefined ? Infinity : first.at + ageMs
}

const sliceOf = (state: Feedback, decision: OpenDecision, now: number): Example | null => {
  const { taughtShare: taught, at } = decision
  const share = shareToTeach(state.delays, delayOf(decision), { ageMs: now - at, now, taught })
  if (share === 0) return null
  const sum = decision.pending.reduce((total, { reward }) => total + reward, decision.total)
  const [gross, contact] = decision.value === 'count' ? [sum, 0] : [sum - decision.discount, decision.cost]
  // The contact is paid for anyhow: each slice bears its share of it.
  const upTo = gross - (taught + share) * contact
  const reward = upTo - decision.taughtReward
  decision.taughtShare += share
  decision.taughtReward = upTo
  return { ...lessonOf(state, decision), reward, share, ...(taught > 0 ? { further: true } : {}) }
}

/** What is left to teach at the close, when the whole is known. */
export const lastSlice = (state: Feedback, decision: OpenDecision, total: number): Example => {
  const { taughtShare, taughtReward } = decision
  const lesson = lessonOf(state, decision)
  if (taughtShare === 0) return { ...lesson, reward: total }
  return { ...lesson, reward: total - taughtReward, share: 1 - taughtShare, further: true }
}

const lessonOf = ({ open }: Feedback, { lesson, at }: OpenDecision): Omit<Example, 'reward'> => ({
  ...unpackLesson(open.lessonNames, lesson),
  at,
})
