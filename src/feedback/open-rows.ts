// Where open decisions are kept: each a row of numbers in long arrays, with its texts as bytes beside them. As objects, a
// million of them would be what the collector goes through again and again, and what every snapshot has to walk.

import { grown } from '../kernel/growable.ts'
import { bytesAt, createTextStore, TEXT_BYTES_MAX, type TextStore, writeBytes } from '../kernel/text-store.ts'
import { createLessonNames, type LessonNames } from './lesson.ts'
import { createKeptNames, type KeptNames } from './kept-names.ts'

/** The place of a decision; another one's, once it is forgotten. */
export type Row = number
export const NO_ROW: Row = -1

/** A conversion that was joined and is not yet in the log as an outcome. */
export type PendingConversion = {
  readonly causeMessageId: string
  /** What makes it one and the same conversion: the order's id, else the message's. */
  readonly cause: string
  readonly reward: number
  readonly delayMs: number
}

export type OpenDecisions = {
  /** {@link NUMBERS} of each row. */
  numbers: Float64Array
  /** {@link WORDS} of each row. */
  words: Uint32Array
  /** Rows that were ever taken, and those of them that are free. */
  rows: number
  readonly freeRows: Row[]
  /** Names of campaigns, actions and goals. */
  readonly names: KeptNames
  /** Ids of decisions, one byte a unit; those for which that is too little are in `oddIds`. */
  readonly ids: TextStore
  readonly oddIds: Map<Row, string>
  /** Profiles whose id is not `p` and a number. */
  readonly oddProfiles: Map<Row, string>
  /** What each will teach, packed; nothing where it may not. */
  readonly lessons: Texts
  /** Names of features in the lessons. */
  lessonNames: LessonNames
  /** Causes already credited, so that a repeated order counts once. */
  readonly causes: Map<Row, string[]>
  readonly pending: Map<Row, PendingConversion[]>
  /** First row + 1 of those whose id has this hash; their number is a power of two. */
  buckets: Uint32Array
  /** By person: the last row of a ring in the order of arrival. */
  readonly lastOf: Map<number, Row>
  /** Those with conversions to settle, in order of the first one. */
  readonly unsettled: Set<Row>
  /** Binary heap by deadline; closed ones are dropped when they come to the top. */
  readonly due: Row[]
  /** Closed, kept until they are too old to matter, oldest first. */
  closed: Row[]
  closedHead: number
  /** Chain of those that are open, in the order of arrival. */
  firstOpen: Row
  lastOpen: Row
  open: number
  nextSeq: number
}

// Numbers of a row.
/** Order of arrival. */
export const SEQ = 0
export const AT = 1
/** Last moment whose conversions count. */
export const DEADLINE = 2
/** Contact cost, whole currency units. */
export const COST = 3
/** Share of a converted order given away. */
export const DISCOUNT_SHARE = 4
/** What was given away so far. */
export const DISCOUNT = 5
/** Sum of the conversions that are in the log. */
export const TOTAL = 6
/** What was taught before its window is over: see early-lessons.ts. */
export const TAUGHT_SHARE = 7
export const TAUGHT_REWARD = 8
export const NUMBERS = 9
export type NumberField = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

// Words of a row. Names are numbers of `names`.
export const CAMPAIGN = 0
export const ACTION = 1
export const GOAL = 2
/** 1 + the number in the profile's id; 0: see `oddProfiles`. */
export const PROFILE = 3
/** 1 + slot of the person, merges followed; 0 when the profile is not known. */
export const REF = 4
/** See {@link flags}. */
export const FLAGS = 5
export const HASH = 6
/** Row + 1 in the same bucket. */
export const NEXT_SAME_HASH = 7
/** Rows of the same person, a ring. */
export const NEXT_OF_PERSON = 8
export const PREVIOUS_OF_PERSON = 9
/** Rows + 1. */
export const NEXT_OPEN = 10
export const PREVIOUS_OPEN = 11
export const WORDS = 12
export type WordField = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11

// Flags: two bits of stage, two of value, one each, eight of checks.
export const VALUE_SHIFT = 2
export const TWO_BITS = 3
export const CLOSED = 16
export const EARLY = 32
/** In the heap of those that are due. */
export const HEAPED = 64
/** Forgotten while in that heap: free once it is out of it. */
export const FORGOTTEN = 128
export const CHECKS_SHIFT = 8
/** What a dump keeps of the flags. */
export const DUMPED_FLAGS = ~(HEAPED | FORGOTTEN)

export const createOpenDecisions = (): OpenDecisions => ({
  numbers: new Float64Array(16 * NUMBERS),
  words: new Uint32Array(16 * WORDS),
  rows: 0,
  freeRows: [],
  names: createKeptNames(),
  ids: createTextStore(),
  oddIds: new Map(),
  oddProfiles: new Map(),
  lessons: createTexts(),
  lessonNames: createLessonNames(),
  causes: new Map(),
  pending: new Map(),
  buckets: new Uint32Array(64),
  lastOf: new Map(),
  unsettled: new Set(),
  due: [],
  closed: [],
  closedHead: 0,
  firstOpen: NO_ROW,
  lastOpen: NO_ROW,
  open: 0,
  nextSeq: 0,
})

export const numberIn = ({ numbers }: OpenDecisions, row: Row, field: NumberField): number =>
  numbers[row * NUMBERS + field] as number

export const setNumber = ({ numbers }: OpenDecisions, row: Row, field: NumberField, value: number): void => {
  // As JSON spells it: −0 of a living state is 0 in the log that it is folded from again.
  numbers[row * NUMBERS + field] = value + 0
}

export const wordIn = ({ words }: OpenDecisions, row: Row, field: WordField): number =>
  words[row * WORDS + field] as number

export const setWord = ({ words }: OpenDecisions, row: Row, field: WordField, value: number): void => {
  words[row * WORDS + field] = value
}

export const hasFlag = (store: OpenDecisions, row: Row, flag: number): boolean =>
  (wordIn(store, row, FLAGS) & flag) !== 0

export const setFlag = (store: OpenDecisions, row: Row, flag: number): void =>
  setWord(store, row, FLAGS, wordIn(store, row, FLAGS) | flag)

export const clearFlag = (store: OpenDecisions, row: Row, flag: number): void =>
  setWord(store, row, FLAGS, wordIn(store, row, FLAGS) & ~flag)

/** A row whose numbers and words are all 0. */
export const takeRow = (store: OpenDecisions): Row => {
  const freed = store.freeRows.pop()
  if (freed !== undefined) {
    store.numbers.fill(0, freed * NUMBERS, (freed + 1) * NUMBERS)
    store.words.fill(0, freed * WORDS, (freed + 1) * WORDS)
    return freed
  }
  const row = store.rows++
  store.numbers = grown(store.numbers, store.rows * NUMBERS)
  store.words = grown(store.words, store.rows * WORDS)
  return row
}

/** Some bytes for each row, few of them long. */
export type Texts = { readonly store: TextStore; readonly long: Map<Row, Uint8Array> }

const createTexts = (): Texts => ({ store: createTextStore(), long: new Map() })

/** A copy of the bytes, in place of what the row had; empty ones are none. */
export const writeText = ({ store, long }: Texts, row: Row, bytes: Uint8Array): void => {
  const isLong = bytes.length > TEXT_BYTES_MAX
  writeBytes(store, row, isLong ? NOTHING : bytes)
  if (isLong) long.set(row, bytes.slice())
  else long.delete(row)
}

/** The row's bytes, not a copy; null when there are none. */
export const textIn = ({ store, long }: Texts, row: Row): Uint8Array | null =>
  bytesAt(store, row) ?? long.get(row) ?? null

const NOTHING = new Uint8Array(0)
