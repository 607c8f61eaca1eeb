// Decisions whose window is open, found by id, by person and by the hour they are due; and for a while
// after they closed, so that what comes late is known to be late.

import { assert } from '../kernel/assert.ts'
import type { ActionId, CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Dump } from '../log/dump.ts'
import { dumpRows, restoreRows, type RowFields } from '../log/dump-rows.ts'
import { createLessonNames, type LessonNames } from './lesson.ts'

/** A conversion that was joined and is not yet in the log as an outcome. */
export type PendingConversion = {
  readonly causeMessageId: string
  /** What makes it one and the same conversion: the order's id, else the message's. */
  readonly cause: string
  readonly reward: number
  readonly delayMs: number
}

/** `waiting`: acts, but nobody has seen it leave yet. `unapplied`: the person got nothing of it. */
export type Stage = 'applied' | 'waiting' | 'unapplied'

export type OpenDecision = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly actionId: ActionId
  /** Order of arrival. */
  readonly seq: number
  /** Slot of the person, merges followed; −1 when the profile is not known. */
  ref: number
  readonly at: number
  /** Last moment whose conversions count. */
  readonly deadline: number
  readonly goalEvent: string
  readonly value: 'margin' | 'revenue' | 'count'
  stage: Stage
  closed: boolean
  /** What the model learns from, without the reward, packed with the store's names; '' when it may not learn. */
  lesson: string
  /** Contact cost, whole currency units. */
  cost: number
  /** Share of a converted order given away. */
  discountShare: number
  /** What was given away so far. */
  discount: number
  /** Sum of the conversions that are in the log. */
  total: number
  /** Causes already credited, so that a repeated order counts once. */
  causes: string[]
  pending: PendingConversion[]
  /** Whether it may teach before its window is over (see early-lessons.ts), how often it was looked at, and what was taught then. */
  readonly early: boolean
  checks: number
  taughtShare: number
  taughtReward: number
}

export type OpenDecisions = {
  readonly byId: Map<string, OpenDecision>
  readonly byRef: Map<number, OpenDecision[]>
  /** Those with conversions to settle, in order of the first one. */
  readonly unsettled: Set<OpenDecision>
  /** Binary heap by deadline; closed ones are dropped when they come to the top. */
  readonly due: OpenDecision[]
  /** Closed, kept until they are too old to matter, oldest first. */
  closed: OpenDecision[]
  closedHead: number
  open: number
  nextSeq: number
  /** Names of features in the lessons. */
  lessonNames: LessonNames
}

export const createOpenDecisions = (): OpenDecisions => ({
  byId: new Map(),
  byRef: new Map(),
  unsettled: new Set(),
  due: [],
  closed: [],
  closedHead: 0,
  open: 0,
  nextSeq: 0,
  lessonNames: createLessonNames(),
})

export const addOpen = (store: OpenDecisions, decision: OpenDecision): void => {
  assert(!store.byId.has(decision.decisionId), 'a decision is opened once')
  store.byId.set(decision.decisionId, decision)
  link(store, decision)
  if (decision.pending.length > 0) store.unsettled.add(decision)
  if (decision.closed) {
    store.closed.push(decision)
  } else {
    store.open++
    push(store.due, decision)
  }
  store.nextSeq = Math.max(store.nextSeq, decision.seq + 1)
}

/** The window is over and its outcome is in the log: keeps only what a late conversion needs. */
export const close = (store: OpenDecisions, decision: OpenDecision): void => {
  decision.closed = true
  decision.lesson = ''
  decision.pending = []
  store.unsettled.delete(decision)
  store.open--
  store.closed.push(decision)
  while (store.due[0]?.closed === true) pop(store.due)
}

/** Forgets closed decisions whose deadline is before `before`, and the oldest ones above `max`. */
export const forgetClosed = (store: OpenDecisions, before: number, max: number): void => {
  for (;;) {
    const oldest = store.closed[store.closedHead]
    if (oldest === undefined) break
    if (oldest.deadline >= before && store.closed.length - store.closedHead <= max) break
    store.closedHead++
    store.byId.delete(oldest.decisionId)
    unlink(store, oldest)
  }
  if (store.closedHead > 1024 && store.closedHead * 2 > store.closed.length) {
    store.closed = store.closed.slice(store.closedHead)
    store.closedHead = 0
  }
}

/** `from` is now part of `into`: its decisions follow. */
export const mergeOpen = (store: OpenDecisions, from: number, into: number): void => {
  const moving = store.byRef.get(from)
  if (moving === undefined || from === into) return
  store.byRef.delete(from)
  for (const decision of moving) decision.ref = into
  const staying = store.byRef.get(into) ?? []
  store.byRef.set(
    into,
    [...staying, ...moving].toSorted((left, right) => left.seq - right.seq),
  )
}

/** At most `limit` open decisions due by `until`, earliest first, leaving the store as it is. */
export const duePage = (store: OpenDecisions, until: number, limit: number): OpenDecision[] => {
  const page: OpenDecision[] = []
  // Walks down the heap from the top: the cost hangs on the page, not on how many are open.
  const frontier: { readonly decision: OpenDecision; readonly index: number }[] = []
  const consider = (index: number): void => {
    const decision = store.due[index]
    if (decision !== undefined && decision.deadline <= until) frontier.push({ decision, index })
  }
  consider(0)
  while (frontier.length > 0 && page.length < limit) {
    let first = 0
    for (let i = 1; i < frontier.length; i++) {
      const candidate = frontier[i]
      const best = frontier[first]
      if (candidate !== undefined && best !== undefined && isBefore(candidate.decision, best.decision))
        first = i
    }
    const [taken] = frontier.splice(first, 1)
    if (taken === undefined) break
    if (!taken.decision.closed) page.push(taken.decision)
    consider(2 * taken.index + 1)
    consider(2 * taken.index + 2)
  }
  return page
}

const link = (store: OpenDecisions, decision: OpenDecision): void => {
  if (decision.ref < 0) return
  const list = store.byRef.get(decision.ref)
  if (list === undefined) store.byRef.set(decision.ref, [decision])
  else list.push(decision)
}

const unlink = (store: OpenDecisions, decision: OpenDecision): void => {
  const list = store.byRef.get(decision.ref)
  if (list === undefined) return
  const kept = list.filter((other) => other !== decision)
  if (kept.length === 0) store.byRef.delete(decision.ref)
  else store.byRef.set(decision.ref, kept)
}

const isBefore = (left: OpenDecision, right: OpenDecision): boolean =>
  left.deadline < right.deadline || (left.deadline === right.deadline && left.seq < right.seq)

const push = (heap: OpenDecision[], decision: OpenDecision): void => {
  let i = heap.length
  heap.push(decision)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(decision, above)) break
    heap[i] = above
    i = parent
  }
  heap[i] = decision
}

const pop = (heap: OpenDecision[]): void => {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    const left = heap[child]
    if (left === undefined) break
    const right = heap[child + 1]
    if (right !== undefined && isBefore(right, left)) child++
    const below = heap[child]
    if (below === undefined || !isBefore(below, last)) break
    heap[i] = below
    i = child
  }
  heap[i] = last
}

const FIELDS: RowFields<OpenDecision> = {
  decisionId: 'text',
  campaignId: 'name',
  profileId: 'text',
  actionId: 'name',
  seq: 'number',
  ref: 'number',
  at: 'number',
  deadline: 'number',
  goalEvent: 'name',
  value: 'name',
  stage: 'name',
  closed: 'flag',
  lesson: 'text',
  cost: 'number',
  discountShare: 'number',
  discount: 'number',
  total: 'number',
  causes: 'list',
  pending: 'list',
  early: 'flag',
  checks: 'number',
  taughtShare: 'number',
  taughtReward: 'number',
}

export const dumpOpen = (store: OpenDecisions): Dump => {
  const open = [...store.byId.values()].filter((decision) => !decision.closed)
  const rows = [
    ...store.closed.slice(store.closedHead),
    ...open.toSorted((left, right) => left.seq - right.seq),
  ]
  return {
    openNextSeq: store.nextSeq,
    openUnsettled: [...store.unsettled].map((decision) => decision.decisionId),
    openLessonNames: [...store.lessonNames.list],
    ...dumpRows('open', rows, FIELDS),
  }
}

export const restoreOpen = (dump: Dump): OpenDecisions => {
  const store = createOpenDecisions()
  store.lessonNames = createLessonNames(dump['openLessonNames'] as readonly string[])
  const decisions = restoreRows('open', dump, FIELDS)
  for (const decision of decisions) addOpen(store, decision)
  for (const list of store.byRef.values()) list.sort((left, right) => left.seq - right.seq)
  const unsettled = dump['openUnsettled'] as readonly string[]
  store.unsettled.clear()
  for (const id of unsettled) {
    const decision = store.byId.get(id)
    assert(decision !== undefined, 'an unsettled decision is in the dump')
    store.unsettled.add(decision)
  }
  store.nextSeq = Number(dump['openNextSeq'])
  return store
}
