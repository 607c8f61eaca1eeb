// Decisions whose window is open; and for a while after they closed, so that what comes late is known to be late.

import { assert } from '../kernel/assert.ts'
import type { ActionId, CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import { dropClosed, pushDue } from './due-heap.ts'
import { type Lesson, packLesson } from './lesson.ts'
import {
  isClosed,
  nameRow,
  leaveNames,
  dropLesson,
  STAGES,
  VALUES,
  type Stage,
  type GoalValue,
} from './open-fields.ts'
import {
  findRow,
  rowsOf,
  joinRing,
  leaveRing,
  chain,
  unchain,
  intoBuckets,
  outOfBuckets,
} from './open-links.ts'
import {
  AT,
  CLOSED,
  DEADLINE,
  EARLY,
  FLAGS,
  FORGOTTEN,
  hasFlag,
  HEAPED,
  NO_ROW,
  numberIn,
  type OpenDecisions,
  REF,
  type Row,
  SEQ,
  setFlag,
  setNumber,
  setWord,
  takeRow,
  VALUE_SHIFT,
  writeText,
} from './open-rows.ts'

export type NewOpen = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly actionId: ActionId
  /** Slot of the person, merges followed; −1 when the profile is not known. */
  readonly ref: number
  readonly at: number
  /** Last moment whose conversions count. */
  readonly deadline: number
  readonly goalEvent: string
  readonly value: GoalValue
  readonly stage: Stage
  /** What the model learns from, without the reward; null when it may not learn. */
  readonly lesson: Lesson | null
  /** Whether it may teach before its window is over: see early-lessons.ts. */
  readonly early: boolean
}

/** Opens a decision, the last of those that are open. */
export const openRow = (store: OpenDecisions, made: NewOpen): Row => {
  assert(findRow(store, made.decisionId) === NO_ROW, 'a decision is opened once')
  const row = takeRow(store)
  nameRow(store, row, made)
  setNumber(store, row, SEQ, store.nextSeq)
  setNumber(store, row, AT, made.at)
  setNumber(store, row, DEADLINE, made.deadline)
  setWord(store, row, REF, made.ref + 1)
  const value = VALUES.indexOf(made.value) << VALUE_SHIFT
  setWord(store, row, FLAGS, STAGES.indexOf(made.stage) | value | (made.early ? EARLY : 0))
  if (made.lesson !== null) writeText(store.lessons, row, packLesson(store.lessonNames, made.lesson))
  linkRow(store, row)
  joinRing(store, row)
  return row
}

/** The window is over and its outcome is in the log: keeps only what a late conversion needs. */
export const closeRow = (store: OpenDecisions, row: Row): void => {
  setFlag(store, row, CLOSED)
  dropLesson(store, row)
  unchain(store, row)
  store.open--
  store.closed.push(row)
  dropClosed(store, (dropped) => {
    if (hasFlag(store, dropped, FORGOTTEN)) store.freeRows.push(dropped)
  })
}

/** Forgets closed decisions whose deadline is before `before`, and the oldest ones above `max`. */
export const forgetClosed = (store: OpenDecisions, before: number, max: number): void => {
  for (;;) {
    const oldest = store.closed[store.closedHead]
    if (oldest === undefined) break
    if (numberIn(store, oldest, DEADLINE) >= before && store.closed.length - store.closedHead <= max) break
    store.closedHead++
    forget(store, oldest)
  }
  if (store.closedHead > 1024 && store.closedHead * 2 > store.closed.length) {
    store.closed = store.closed.slice(store.closedHead)
    store.closedHead = 0
  }
}

/** `from` is now part of `into`: its decisions follow. */
export const mergeOpen = (store: OpenDecisions, from: number, into: number): void => {
  if (from === into) return
  const moving = rowsOf(store, from)
  if (moving.length === 0) return
  const all = [...rowsOf(store, into), ...moving]
  store.lastOf.delete(from)
  store.lastOf.delete(into)
  for (const row of all.toSorted((left, right) => numberIn(store, left, SEQ) - numberIn(store, right, SEQ))) {
    setWord(store, row, REF, into + 1)
    joinRing(store, row)
  }
}

/** Makes the row, whose numbers and words stand, one that is found, but not yet by its person: see {@link joinRing}. */
export const linkRow = (store: OpenDecisions, row: Row): void => {
  intoBuckets(store, row)
  store.nextSeq = Math.max(store.nextSeq, numberIn(store, row, SEQ) + 1)
  if (isClosed(store, row)) {
    store.closed.push(row)
    return
  }
  store.open++
  chain(store, row)
  pushDue(store, row)
}

const forget = (store: OpenDecisions, row: Row): void => {
  outOfBuckets(store, row)
  leaveRing(store, row)
  leaveNames(store, row)
  if (hasFlag(store, row, HEAPED)) setFlag(store, row, FORGOTTEN)
  else store.freeRows.push(row)
}
