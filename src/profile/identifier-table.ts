// Identifier → profile slot for millions of identifiers: packed UTF-8 text, an open-addressing hash
// index verified against that text, and per profile a chain of its identifiers, newest first.

import { hash32 } from '../kernel/hash.ts'
import type { Identifier, IdentifierKind } from './events.ts'
import { at, grown } from './growable.ts'
import { KINDS } from './identifiers.ts'

export type IdentifierTable = {
  count: number
  hashes: Uint32Array
  /** Slot the identifier was first given to; merges leave it and redirect the slot. */
  slots: Uint32Array
  /** Next entry of the same profile + 1; 0 ends the chain. */
  nexts: Uint32Array
  /** Kind in the low three bits, length in bytes above. */
  metas: Uint32Array
  starts: Uint32Array
  text: Uint8Array
  textLength: number
  /** Entry + 1 by hash, linear probing; 0 is free. */
  index: Uint32Array
}

const LOAD_MAX = 0.7
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const scratch = new Uint8Array(4 * 256)

export const createIdentifierTable = (): IdentifierTable => ({
  count: 0,
  hashes: new Uint32Array(64),
  slots: new Uint32Array(64),
  nexts: new Uint32Array(64),
  metas: new Uint32Array(64),
  starts: new Uint32Array(64),
  text: new Uint8Array(1_024),
  textLength: 0,
  index: new Uint32Array(128),
})

/** The entry of a normalised identifier, or -1. */
export const findEntry = (table: IdentifierTable, kind: IdentifierKind, value: string): number => {
  if (value.length > 256) return -1
  const kindCode = KINDS.indexOf(kind)
  const hash = hash32(value, kindCode + 1)
  const mask = table.index.length - 1
  let length = -1
  for (let i = hash & mask; ; i = (i + 1) & mask) {
    const entry = at(table.index, i) - 1
    if (entry < 0) return -1
    if (at(table.hashes, entry) !== hash) continue
    if (length < 0) length = encode(value)
    if (at(table.metas, entry) === ((length << 3) | kindCode) && sameText(table, entry, length)) return entry
  }
}

/** Adds an identifier that is not in the table yet and gives its entry. */
export const addEntry = (
  table: IdentifierTable,
  kind: IdentifierKind,
  value: string,
  slot: number,
  next: number,
): number => {
  const kindCode = KINDS.indexOf(kind)
  const length = encode(value)
  const entry = table.count++
  reserveEntries(table, table.count)
  table.text = grown(table.text, table.textLength + length)
  table.text.set(scratch.subarray(0, length), table.textLength)
  table.hashes[entry] = hash32(value, kindCode + 1)
  table.slots[entry] = slot
  table.nexts[entry] = next
  table.metas[entry] = (length << 3) | kindCode
  table.starts[entry] = table.textLength
  table.textLength += length
  if (table.count > table.index.length * LOAD_MAX) rebuildIndex(table)
  else place(table.index, at(table.hashes, entry), entry)
  return entry
}

export const kindOfEntry = (table: IdentifierTable, entry: number): IdentifierKind =>
  KINDS[at(table.metas, entry) & 7] as IdentifierKind

export const identifierAt = (table: IdentifierTable, entry: number): Identifier => {
  const start = at(table.starts, entry)
  const length = at(table.metas, entry) >>> 3
  return {
    kind: kindOfEntry(table, entry),
    value: decoder.decode(table.text.subarray(start, start + length)),
  }
}

/** Makes the index anew from the hashes: after growing and after a restore. */
export const rebuildIndex = (table: IdentifierTable): void => {
  let size = 128
  while (table.count > size * (LOAD_MAX / 1.4)) size *= 2
  const index = new Uint32Array(Math.max(size, table.index.length))
  for (let entry = 0; entry < table.count; entry++) place(index, at(table.hashes, entry), entry)
  table.index = index
}

const place = (index: Uint32Array, hash: number, entry: number): void => {
  const mask = index.length - 1
  let i = hash & mask
  while (index[i] !== 0) i = (i + 1) & mask
  index[i] = entry + 1
}

const reserveEntries = (table: IdentifierTable, count: number): void => {
  if (count <= table.hashes.length) return
  table.hashes = grown(table.hashes, count)
  table.slots = grown(table.slots, count)
  table.nexts = grown(table.nexts, count)
  table.metas = grown(table.metas, count)
  table.starts = grown(table.starts, count)
}

/** UTF-8 into the scratch buffer; the length in bytes. Ids are nearly always ASCII. */
const encode = (value: string): number => {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code > 127) return encoder.encodeInto(value, scratch).written
    scratch[i] = code
  }
  return value.length
}

const sameText = (table: IdentifierTable, entry: number, length: number): boolean => {
  const start = at(table.starts, entry)
  for (let i = 0; i < length; i++) if (table.text[start + i] !== scratch[i]) return false
  return true
}
