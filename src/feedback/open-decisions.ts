// Decisions whose window is open, found by id and by person; and for a while after they closed, so that what comes late is
// known to be late.

import { assert } from '../kernel/assert.ts'
import { hash32 } from '../kernel/hash.ts'
import {
  asActionId,
  asCampaignId,
  asDecisionId,
  asProfileId,
  type ActionId,
  type CampaignId,
  type DecisionId,
  type ProfileId,
} from '../kernel/ids.ts'
import { bytesAt, writeBytes } from '../kernel/text-store.ts'
import { dropClosed, pushDue } from './due-heap.ts'
import { leaveName, takeName } from './kept-names.ts'
import { type Lesson, packLesson, unpackLesson } from './lesson.ts'
import {
  ACTION,
  AT,
  CAMPAIGN,
  CHECKS_SHIFT,
  CLOSED,
  DEADLINE,
  EARLY,
  FLAGS,
  FORGOTTEN,
  GOAL,
  HASH,
  hasFlag,
  HEAPED,
  NEXT_OF_PERSON,
  NEXT_OPEN,
  NEXT_SAME_HASH,
  NO_ROW,
  numberIn,
  type OpenDecisions,
  type PendingConversion,
  PREVIOUS_OF_PERSON,
  PREVIOUS_OPEN,
  PROFILE,
  REF,
  type Row,
  SEQ,
  setFlag,
  setNumber,
  setWord,
  takeRow,
  textIn,
  TWO_BITS,
  VALUE_SHIFT,
  wordIn,
  writeText,
} from './open-rows.ts'

/** `waiting`: acts, but nobody has seen it leave yet. `unapplied`: the person got nothing of it. */
const STAGES = ['applied', 'waiting', 'unapplied'] as const
export type Stage = (typeof STAGES)[number]
const VALUES = ['margin', 'revenue', 'count'] as const
export type GoalValue = (typeof VALUES)[number]

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

/** The row of a decision that is open, or closed and not yet forgotten; {@link NO_ROW} for any other. */
export const findRow = (store: OpenDecisions, decisionId: string): Row => {
  const hash = hash32(decisionId)
  let next = store.buckets[hash & (store.buckets.length - 1)] as number
  while (next > 0) {
    const row = next - 1
    if (wordIn(store, row, HASH) === hash && isIdOf(store, row, decisionId)) return row
    next = wordIn(store, row, NEXT_SAME_HASH)
  }
  return NO_ROW
}

export const stageOf = (store: OpenDecisions, row: Row): Stage =>
  STAGES[wordIn(store, row, FLAGS) & TWO_BITS] ?? 'unapplied'

export const setStage = (store: OpenDecisions, row: Row, stage: Stage): void =>
  setWord(store, row, FLAGS, (wordIn(store, row, FLAGS) & ~TWO_BITS) | STAGES.indexOf(stage))

export const valueOf = (store: OpenDecisions, row: Row): GoalValue =>
  VALUES[(wordIn(store, row, FLAGS) >>> VALUE_SHIFT) & TWO_BITS] ?? 'margin'

export const isClosed = (store: OpenDecisions, row: Row): boolean => hasFlag(store, row, CLOSED)

/** How often it was looked at for what it may teach early. */
export const checksOf = (store: OpenDecisions, row: Row): number => wordIn(store, row, FLAGS) >>> CHECKS_SHIFT

export const countCheck = (store: OpenDecisions, row: Row): void =>
  setWord(store, row, FLAGS, wordIn(store, row, FLAGS) + (1 << CHECKS_SHIFT))

/** Slot of the person, merges followed; −1 when the profile is not known. */
export const refOf = (store: OpenDecisions, row: Row): number => wordIn(store, row, REF) - 1

export const campaignOf = (store: OpenDecisions, row: Row): CampaignId =>
  asCampaignId(nameIn(store, row, CAMPAIGN))

export const goalOf = (store: OpenDecisions, row: Row): string => nameIn(store, row, GOAL)

export const profileOf = (store: OpenDecisions, row: Row): ProfileId => {
  const number = wordIn(store, row, PROFILE)
  return asProfileId(number === 0 ? (store.oddProfiles.get(row) ?? '') : `p${number - 1}`)
}

export const decisionIdOf = (store: OpenDecisions, row: Row): DecisionId => asDecisionId(idIn(store, row))

/** Whose it is and what it was, as its outcome names it. */
export const aboutRow = (store: OpenDecisions, row: Row) => ({
  decisionId: decisionIdOf(store, row),
  campaignId: campaignOf(store, row),
  profileId: profileOf(store, row),
  actionId: asActionId(nameIn(store, row, ACTION)),
})

/** What it will teach; null when it may not, or is closed. */
export const lessonOf = (store: OpenDecisions, row: Row): Lesson | null => {
  const bytes = textIn(store.lessons, row)
  return bytes === null ? null : unpackLesson(store.lessonNames, bytes)
}

export const hasLesson = (store: OpenDecisions, row: Row): boolean => textIn(store.lessons, row) !== null

export const causesOf = (store: OpenDecisions, row: Row): readonly string[] => store.causes.get(row) ?? NONE

export const addCause = (store: OpenDecisions, row: Row, cause: string): void => {
  const causes = store.causes.get(row)
  if (causes === undefined) store.causes.set(row, [cause])
  else causes.push(cause)
}

/** Conversions that are not yet in the log, in the order in which they came. */
export const pendingOf = (store: OpenDecisions, row: Row): readonly PendingConversion[] =>
  store.pending.get(row) ?? NONE

export const addPending = (store: OpenDecisions, row: Row, conversion: PendingConversion): void => {
  const pending = store.pending.get(row)
  if (pending === undefined) store.pending.set(row, [conversion])
  else pending.push(conversion)
  store.unsettled.add(row)
}

/** The conversion with this cause is in the log. */
export const settlePending = (store: OpenDecisions, row: Row, causeMessageId: string): void => {
  const left = pendingOf(store, row).filter((pending) => pending.causeMessageId !== causeMessageId)
  if (left.length > 0) store.pending.set(row, left)
  else {
    store.pending.delete(row)
    store.unsettled.delete(row)
  }
}

/** The window is over and its outcome is in the log: keeps only what a late conversion needs. */
export const closeRow = (store: OpenDecisions, row: Row): void => {
  setFlag(store, row, CLOSED)
  writeText(store.lessons, row, NO_BYTES)
  store.pending.delete(row)
  store.unsettled.delete(row)
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

/** The decisions of a person, in the order of arrival. */
export const rowsOf = (store: OpenDecisions, ref: number): Row[] => {
  const last = store.lastOf.get(ref)
  if (last === undefined) return []
  const rows: Row[] = []
  let row = last
  do {
    row = wordIn(store, row, NEXT_OF_PERSON)
    rows.push(row)
  } while (row !== last)
  return rows
}

/** Those that are open, in the order of arrival. */
export const openRows = (store: OpenDecisions): Row[] => {
  const rows: Row[] = []
  for (let row = store.firstOpen; row !== NO_ROW; row = wordIn(store, row, NEXT_OPEN) - 1) rows.push(row)
  return rows
}

/** Gives the row what it is called; see {@link openRow}. */
export const nameRow = (
  store: OpenDecisions,
  row: Row,
  about: Pick<NewOpen, 'decisionId' | 'profileId' | 'campaignId' | 'actionId' | 'goalEvent'>,
): void => {
  writeId(store, row, about.decisionId)
  setWord(store, row, CAMPAIGN, takeName(store.names, about.campaignId))
  setWord(store, row, ACTION, takeName(store.names, about.actionId))
  setWord(store, row, GOAL, takeName(store.names, about.goalEvent))
  const number = numberOfProfile(about.profileId)
  setWord(store, row, PROFILE, number + 1)
  if (number < 0) store.oddProfiles.set(row, about.profileId)
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

/** Makes the row its person's last. */
export const joinRing = (store: OpenDecisions, row: Row): void => {
  const ref = refOf(store, row)
  if (ref < 0) return
  const last = store.lastOf.get(ref)
  store.lastOf.set(ref, row)
  const first = last === undefined ? row : wordIn(store, last, NEXT_OF_PERSON)
  setWord(store, row, NEXT_OF_PERSON, first)
  setWord(store, first, PREVIOUS_OF_PERSON, row)
  if (last === undefined) return
  setWord(store, last, NEXT_OF_PERSON, row)
  setWord(store, row, PREVIOUS_OF_PERSON, last)
}

const NONE: readonly never[] = []
const NO_BYTES = new Uint8Array(0)

const nameIn = (
  store: OpenDecisions,
  row: Row,
  field: typeof CAMPAIGN | typeof ACTION | typeof GOAL,
): string => store.names.list[wordIn(store, row, field)] ?? ''

const forget = (store: OpenDecisions, row: Row): void => {
  outOfBuckets(store, row)
  leaveRing(store, row)
  for (const field of [CAMPAIGN, ACTION, GOAL] as const) leaveName(store.names, wordIn(store, row, field))
  writeBytes(store.ids, row, NO_BYTES)
  store.oddIds.delete(row)
  store.oddProfiles.delete(row)
  store.causes.delete(row)
  if (hasFlag(store, row, HEAPED)) setFlag(store, row, FORGOTTEN)
  else store.freeRows.push(row)
}

const leaveRing = (store: OpenDecisions, row: Row): void => {
  const ref = refOf(store, row)
  if (ref < 0) return
  const next = wordIn(store, row, NEXT_OF_PERSON)
  const previous = wordIn(store, row, PREVIOUS_OF_PERSON)
  if (next === row) {
    store.lastOf.delete(ref)
    return
  }
  setWord(store, previous, NEXT_OF_PERSON, next)
  setWord(store, next, PREVIOUS_OF_PERSON, previous)
  if (store.lastOf.get(ref) === row) store.lastOf.set(ref, previous)
}

const chain = (store: OpenDecisions, row: Row): void => {
  setWord(store, row, PREVIOUS_OPEN, store.lastOpen + 1)
  setWord(store, row, NEXT_OPEN, NO_ROW + 1)
  if (store.lastOpen === NO_ROW) store.firstOpen = row
  else setWord(store, store.lastOpen, NEXT_OPEN, row + 1)
  store.lastOpen = row
}

const unchain = (store: OpenDecisions, row: Row): void => {
  const next = wordIn(store, row, NEXT_OPEN) - 1
  const previous = wordIn(store, row, PREVIOUS_OPEN) - 1
  if (previous === NO_ROW) store.firstOpen = next
  else setWord(store, previous, NEXT_OPEN, next + 1)
  if (next === NO_ROW) store.lastOpen = previous
  else setWord(store, next, PREVIOUS_OPEN, previous + 1)
}

const intoBuckets = (store: OpenDecisions, row: Row): void => {
  setWord(store, row, HASH, hash32(idIn(store, row)))
  if (store.rows <= store.buckets.length) return intoBucket(store, row)
  const live = [...store.closed.slice(store.closedHead), ...openRows(store), row]
  store.buckets = new Uint32Array(2 * store.buckets.length)
  for (const one of live) intoBucket(store, one)
}

const intoBucket = (store: OpenDecisions, row: Row): void => {
  const bucket = wordIn(store, row, HASH) & (store.buckets.length - 1)
  setWord(store, row, NEXT_SAME_HASH, store.buckets[bucket] as number)
  store.buckets[bucket] = row + 1
}

const outOfBuckets = (store: OpenDecisions, row: Row): void => {
  const bucket = wordIn(store, row, HASH) & (store.buckets.length - 1)
  const after = wordIn(store, row, NEXT_SAME_HASH)
  let other = (store.buckets[bucket] as number) - 1
  if (other === row) {
    store.buckets[bucket] = after
    return
  }
  while (wordIn(store, other, NEXT_SAME_HASH) !== row + 1) other = wordIn(store, other, NEXT_SAME_HASH) - 1
  setWord(store, other, NEXT_SAME_HASH, after)
}

const idBytes = new Uint8Array(256)

/** One byte a unit where that is enough, as it nearly always is. */
const writeId = (store: OpenDecisions, row: Row, id: string): void => {
  let isPlain = id.length > 0 && id.length <= idBytes.length
  for (let i = 0; i < id.length && isPlain; i++) {
    const unit = id.charCodeAt(i)
    idBytes[i] = unit
    isPlain = unit < 256
  }
  if (isPlain) writeBytes(store.ids, row, idBytes.subarray(0, id.length))
  else store.oddIds.set(row, id)
}

const idIn = (store: OpenDecisions, row: Row): string => {
  const bytes = bytesAt(store.ids, row)
  return bytes === null ? (store.oddIds.get(row) ?? '') : latin1Of(bytes)
}

const isIdOf = (store: OpenDecisions, row: Row, id: string): boolean => {
  const bytes = bytesAt(store.ids, row)
  if (bytes === null) return store.oddIds.get(row) === id
  if (bytes.length !== id.length) return false
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== id.charCodeAt(i)) return false
  return true
}

const latin1Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

const PROFILE_DIGITS_MAX = 9
const ZERO = 48

/** The number in `p<number>`, spelt as numbers are; −1 for any other id. */
const numberOfProfile = (id: string): number => {
  const digits = id.length - 1
  if (digits < 1 || digits > PROFILE_DIGITS_MAX || !id.startsWith('p')) return -1
  if (digits > 1 && id.charCodeAt(1) === ZERO) return -1
  let number = 0
  for (let i = 1; i <= digits; i++) {
    const digit = id.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}
