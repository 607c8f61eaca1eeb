// Open decisions as columns of a dump: those that are closed in the order in which they closed, then the open ones in the
// order of arrival, wherever they lie. Equal stores give equal columns.

import { assert } from '../kernel/assert.ts'
import { copyText, lengthIn, type TextStore, writeBytes } from '../kernel/text-store.ts'
import type { Dump } from '../log/dump.ts'
import { takeName } from './kept-names.ts'
import { createLessonNames } from './lesson.ts'
import { linkRow } from './open-decisions.ts'
import { joinRing, openRows } from './open-links.ts'
import {
  ACTION,
  CAMPAIGN,
  createOpenDecisions,
  DUMPED_FLAGS,
  FLAGS,
  GOAL,
  numberIn,
  NUMBERS,
  type OpenDecisions,
  type PendingConversion,
  PROFILE,
  REF,
  type Row,
  SEQ,
  setWord,
  takeRow,
  wordIn,
  WORDS,
  writeText,
} from './open-rows.ts'

/** Words of a row in a dump: names by number, profile, person, flags. */
const DUMPED_WORDS = 6
const NAMES = [CAMPAIGN, ACTION, GOAL] as const
const NO_LONG_ONES: ReadonlyMap<Row, Uint8Array> = new Map()

export const dumpOpen = (store: OpenDecisions): Dump => {
  const rows = Uint32Array.from([...store.closed.slice(store.closedHead), ...openRows(store)])
  const places = new Uint32Array(store.rows)
  for (let place = 0; place < rows.length; place++) places[rows[place] as number] = place
  const ofSome = <T>(kept: ReadonlyMap<Row, T>): [number, T][] =>
    Array.from(kept, ([row, value]): [number, T] => [places[row] as number, value]).toSorted(
      ([left], [right]) => left - right,
    )
  const { words, names } = wordsOf(store, rows)
  return {
    openNextSeq: store.nextSeq,
    openNames: names,
    openNumbers: numbersOf(store, rows),
    openWords: words,
    openUnsettled: Uint32Array.from(store.unsettled, (row) => places[row] as number),
    openCauses: ofSome(store.causes),
    openPending: ofSome(store.pending).map(([place, pending]) => [place, pending.map(packPending)]),
    openOddIds: ofSome(store.oddIds),
    openOddProfiles: ofSome(store.oddProfiles),
    openLessonNames: [...store.lessonNames.list],
    ...bytesOf('openIds', rows, { store: store.ids, long: NO_LONG_ONES }),
    ...bytesOf('openLessons', rows, store.lessons),
  }
}

export const restoreOpen = (dump: Dump): OpenDecisions => {
  const store = createOpenDecisions()
  const words = dump['openWords'] as Uint32Array
  const numbers = dump['openNumbers'] as Float64Array
  const names = dump['openNames'] as readonly string[]
  store.lessonNames = createLessonNames(dump['openLessonNames'] as readonly string[])
  const ids = readBytes('openIds', dump)
  const lessons = readBytes('openLessons', dump)
  const oddIds = new Map(dump['openOddIds'] as unknown as readonly (readonly [number, string])[])
  const oddProfiles = new Map(dump['openOddProfiles'] as unknown as readonly (readonly [number, string])[])
  const count = words.length / DUMPED_WORDS
  // A new store gives its rows in turn: the place of a decision in the dump is its row.
  for (let place = 0; place < count; place++) {
    const row = takeRow(store)
    assert(row === place, 'rows of a new store are given in turn')
    for (const field of NAMES)
      setWord(store, row, field, takeName(store.names, names[words[place * DUMPED_WORDS + field] ?? 0] ?? ''))
    for (const field of [PROFILE, REF, FLAGS] as const)
      setWord(store, row, field, words[place * DUMPED_WORDS + field] ?? 0)
    store.numbers.set(numbers.subarray(place * NUMBERS, (place + 1) * NUMBERS), place * NUMBERS)
    writeBytes(store.ids, row, ids())
    writeText(store.lessons, row, lessons())
    const [oddId, oddProfile] = [oddIds.get(place), oddProfiles.get(place)]
    if (oddId !== undefined) store.oddIds.set(row, oddId)
    if (oddProfile !== undefined) store.oddProfiles.set(row, oddProfile)
    linkRow(store, row)
  }
  const seqOf = (row: Row): number => numberIn(store, row, SEQ)
  for (const row of Uint32Array.from({ length: count }, (_, place) => place).sort(
    (a, b) => seqOf(a) - seqOf(b),
  ))
    joinRing(store, row)
  restoreConversions(store, dump)
  store.nextSeq = Number(dump['openNextSeq'])
  return store
}

const restoreConversions = (store: OpenDecisions, dump: Dump): void => {
  type Of<T> = readonly (readonly [number, readonly T[]])[]
  for (const [row, causes] of dump['openCauses'] as unknown as Of<string>) store.causes.set(row, [...causes])
  for (const [row, pending] of dump['openPending'] as unknown as Of<PackedConversion>)
    store.pending.set(row, pending.map(unpackPending))
  for (const row of dump['openUnsettled'] as Uint32Array) store.unsettled.add(row)
}

/** Names in the order in which the rows come to them: their numbers in memory hang on what went before. */
const wordsOf = (store: OpenDecisions, rows: Uint32Array): { words: Uint32Array; names: string[] } => {
  const words = new Uint32Array(rows.length * DUMPED_WORDS)
  const numbers = new Map<number, number>()
  const names: string[] = []
  let at = 0
  for (const row of rows) {
    const from = row * WORDS
    for (const field of NAMES) {
      const kept = store.words[from + field] as number
      let number = numbers.get(kept)
      if (number === undefined) {
        number = names.length
        numbers.set(kept, number)
        names.push(store.names.list[kept] ?? '')
      }
      words[at + field] = number
    }
    words[at + PROFILE] = store.words[from + PROFILE] as number
    words[at + REF] = store.words[from + REF] as number
    words[at + FLAGS] = wordIn(store, row, FLAGS) & DUMPED_FLAGS
    at += DUMPED_WORDS
  }
  return { words, names }
}

const numbersOf = (store: OpenDecisions, rows: Uint32Array): Float64Array => {
  const numbers = new Float64Array(rows.length * NUMBERS)
  let at = 0
  for (const row of rows)
    for (let field = 0, from = row * NUMBERS; field < NUMBERS; field++)
      numbers[at++] = store.numbers[from + field] as number
  return numbers
}

/** One after the other, and how long each is. */
const bytesOf = (
  name: string,
  rows: Uint32Array,
  { store, long }: { readonly store: TextStore; readonly long: ReadonlyMap<Row, Uint8Array> },
): Dump => {
  const lengths = new Uint32Array(rows.length)
  let [total, place] = [0, 0]
  for (const row of rows) {
    const length = lengthIn(store, row) || (long.get(row)?.length ?? 0)
    lengths[place++] = length
    total += length
  }
  const all = new Uint8Array(total)
  let [at, next] = [0, 0]
  for (const row of rows) {
    const longOne = long.get(row)
    if (longOne === undefined) copyText(store, row, all, at)
    else all.set(longOne, at)
    at += lengths[next++] as number
  }
  return { [name]: all, [`${name}.bytes`]: lengths }
}

const readBytes = (name: string, dump: Dump): (() => Uint8Array) => {
  const all = dump[name] as Uint8Array
  const lengths = dump[`${name}.bytes`] as Uint32Array
  let [place, at] = [0, 0]
  return () => {
    const from = at
    at += lengths[place++] ?? 0
    return all.subarray(from, at)
  }
}

type PackedConversion = readonly [causeMessageId: string, cause: string, reward: number, delayMs: number]

const packPending = ({ causeMessageId, cause, reward, delayMs }: PendingConversion): PackedConversion => [
  causeMessageId,
  cause,
  // As JSON spells it.
  reward + 0,
  delayMs + 0,
]

const unpackPending = ([causeMessageId, cause, reward, delayMs]: PackedConversion): PendingConversion => ({
  causeMessageId,
  cause,
  reward,
  delayMs,
})
