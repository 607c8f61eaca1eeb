// Triggers that wait for their hour, in the order in which they fall due; bounded, the oldest kept.

import type { CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { DecisionCause } from './events.ts'

export type Pending = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly cause: DecisionCause
  /** ms */
  readonly dueAt: number
}

export type PendingQueue = {
  /** By dueAt, equal ones as they came; settled ones stay until the front reaches them. */
  entries: Pending[]
  /** Entries before this index are settled. */
  head: number
  readonly waiting: Map<DecisionId, Pending>
}

export const createPendingQueue = (): PendingQueue => ({ entries: [], head: 0, waiting: new Map() })

/** False when the queue holds `max` already, or this very trigger. */
export const enqueue = (queue: PendingQueue, pending: Pending, max: number): boolean => {
  if (queue.waiting.size >= max) return false
  queue.waiting.set(pending.decisionId, pending)
  const { entries } = queue
  let low = queue.head
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.dueAt ?? 0) <= pending.dueAt) low = middle + 1
    else high = middle
  }
  if (low === entries.length) entries.push(pending)
  else entries.splice(low, 0, pending)
  return true
}

/** The trigger is decided or skipped; harmless when it does not wait. */
export const settle = (queue: PendingQueue, decisionId: DecisionId): void => {
  if (!queue.waiting.delete(decisionId)) return
  const { entries } = queue
  while (queue.head < entries.length && !isWaiting(queue, entries[queue.head])) queue.head++
  if (queue.head < 1_024 || queue.head * 2 < entries.length) return
  queue.entries = entries.slice(queue.head)
  queue.head = 0
}

/** Those due at `now`, at most `limit`, in order. */
export const dueOf = (queue: PendingQueue, now: number, limit: number): readonly Pending[] => {
  const due: Pending[] = []
  for (let i = queue.head; i < queue.entries.length && due.length < limit; i++) {
    const pending = queue.entries[i]
    if (pending === undefined || pending.dueAt > now) break
    if (isWaiting(queue, pending)) due.push(pending)
  }
  return due
}

/** All that wait, in order. */
export const waitingOf = (queue: PendingQueue): readonly Pending[] =>
  queue.entries.slice(queue.head).filter((pending) => isWaiting(queue, pending))

const isWaiting = (queue: PendingQueue, pending: Pending | undefined): boolean =>
  pending !== undefined && queue.waiting.get(pending.decisionId) === pending
