// How open decisions are found: by id, by person, and one after the other in the order of arrival.

import { hash32 } from '../kernel/hash.ts'
import { refOf, isIdOf, decisionIdOf } from './open-fields.ts'
import {
  HASH,
  NEXT_OF_PERSON,
  NEXT_OPEN,
  NEXT_SAME_HASH,
  NO_ROW,
  type OpenDecisions,
  PREVIOUS_OF_PERSON,
  PREVIOUS_OPEN,
  type Row,
  setWord,
  wordIn,
} from './open-rows.ts'

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

/** Takes the row from its person. */
export const leaveRing = (store: OpenDecisions, row: Row): void => {
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

/** Makes the row the last of those that are open. */
export const chain = (store: OpenDecisions, row: Row): void => {
  setWord(store, row, PREVIOUS_OPEN, store.lastOpen + 1)
  setWord(store, row, NEXT_OPEN, NO_ROW + 1)
  if (store.lastOpen === NO_ROW) store.firstOpen = row
  else setWord(store, store.lastOpen, NEXT_OPEN, row + 1)
  store.lastOpen = row
}

/** It is open no more. */
export const unchain = (store: OpenDecisions, row: Row): void => {
  const next = wordIn(store, row, NEXT_OPEN) - 1
  const previous = wordIn(store, row, PREVIOUS_OPEN) - 1
  if (previous === NO_ROW) store.firstOpen = next
  else setWord(store, previous, NEXT_OPEN, next + 1)
  if (next === NO_ROW) store.lastOpen = previous
  else setWord(store, next, PREVIOUS_OPEN, previous + 1)
}

/** Makes the row one that is found by its id. */
export const intoBuckets = (store: OpenDecisions, row: Row): void => {
  setWord(store, row, HASH, hash32(decisionIdOf(store, row)))
  if (store.rows <= store.buckets.length) return intoBucket(store, row)
  const live = [...store.closed.slice(store.closedHead), ...openRows(store), row]
  store.buckets = new Uint32Array(2 * store.buckets.length)
  for (const one of live) intoBucket(store, one)
}

/** Takes it out again. */
export const outOfBuckets = (store: OpenDecisions, row: Row): void => {
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

const intoBucket = (store: OpenDecisions, row: Row): void => {
  const bucket = wordIn(store, row, HASH) & (store.buckets.length - 1)
  setWord(store, row, NEXT_SAME_HASH, store.buckets[bucket] as number)
  store.buckets[bucket] = row + 1
}
