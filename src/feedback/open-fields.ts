// What is known of one open decision, by the row it has.

import {
  asActionId,
  asCampaignId,
  asDecisionId,
  asProfileId,
  type CampaignId,
  type DecisionId,
  type ProfileId,
} from '../kernel/ids.ts'
import { bytesAt, writeBytes } from '../kernel/text-store.ts'
import { leaveName, takeName } from './kept-names.ts'
import { type Lesson, unpackLesson } from './lesson.ts'
import {
  ACTION,
  CAMPAIGN,
  CHECKS_SHIFT,
  CLOSED,
  FLAGS,
  GOAL,
  hasFlag,
  type OpenDecisions,
  type PendingConversion,
  PROFILE,
  REF,
  type Row,
  setWord,
  textIn,
  TWO_BITS,
  VALUE_SHIFT,
  wordIn,
  writeText,
} from './open-rows.ts'

/** `waiting`: acts, but nobody has seen it leave yet. `unapplied`: the person got nothing of it. */
export const STAGES = ['applied', 'waiting', 'unapplied'] as const
export type Stage = (typeof STAGES)[number]
export const VALUES = ['margin', 'revenue', 'count'] as const
export type GoalValue = (typeof VALUES)[number]

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

/** Whether the row's decision has this id. */
export const isIdOf = (store: OpenDecisions, row: Row, id: string): boolean => {
  const bytes = bytesAt(store.ids, row)
  if (bytes === null) return store.oddIds.get(row) === id
  if (bytes.length !== id.length) return false
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== id.charCodeAt(i)) return false
  return true
}

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

/** What a decision is called: nothing of it is said by its numbers. */
export type RowNames = {
  readonly decisionId: string
  readonly profileId: string
  readonly campaignId: string
  readonly actionId: string
  readonly goalEvent: string
}

/** Gives a new row what it is called. */
export const nameRow = (store: OpenDecisions, row: Row, about: RowNames): void => {
  writeId(store, row, about.decisionId)
  setWord(store, row, CAMPAIGN, takeName(store.names, about.campaignId))
  setWord(store, row, ACTION, takeName(store.names, about.actionId))
  setWord(store, row, GOAL, takeName(store.names, about.goalEvent))
  const number = numberOfProfile(about.profileId)
  setWord(store, row, PROFILE, number + 1)
  if (number < 0) store.oddProfiles.set(row, about.profileId)
}

/** Leaves what the row is called, and what is known beside its numbers. */
export const leaveNames = (store: OpenDecisions, row: Row): void => {
  for (const field of [CAMPAIGN, ACTION, GOAL] as const) leaveName(store.names, wordIn(store, row, field))
  writeBytes(store.ids, row, NO_BYTES)
  store.oddIds.delete(row)
  store.oddProfiles.delete(row)
  store.causes.delete(row)
}

/** Of a row that is closed: it teaches no more, and waits for nothing. */
export const dropLesson = (store: OpenDecisions, row: Row): void => {
  writeText(store.lessons, row, NO_BYTES)
  store.pending.delete(row)
  store.unsettled.delete(row)
}

const NONE: readonly never[] = []
const NO_BYTES = new Uint8Array(0)

const nameIn = (
  store: OpenDecisions,
  row: Row,
  field: typeof CAMPAIGN | typeof ACTION | typeof GOAL,
): string => store.names.list[wordIn(store, row, field)] ?? ''

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
