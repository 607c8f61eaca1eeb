// Identifier → profile slot for millions of identifiers: packed UTF-8 text, an open-addressing hash
// index verified against that text, and per profile a chain of its identifiers, newest first.

import { hash32 } from '../kernel/hash.ts'
import type { Identifier, IdentifierKind } from './events.ts'
import { grown } from '../kernel/growable.ts'
import { KINDS } from './identifiers.ts'

export type IdentifierTable = {
  count: number
  hashes: Uint32Array
  /** Slot the identifier was first given to; merges leave it and redirect the slot. */
  slots: Uint32Array
  /** Next entry of the same profile + 1; 0 ends the chain. */
  nexts: Uint32Array
  /** Kind in the low three bits, length in bytes above; bit 31 says that the text is a packed UUID. */
  metas: Uint32Array
  starts: Uint32Array
  text: Uint8Array
  textLength: number
  /** Entries that signals of other profiles name as well. */
  readonly shared: Set<number>
  /** Entry + 1 by hash, linear probing; 0 is free. */
  index: Uint32Array
}

const LOAD_MAX = 0.8
const UUID_BYTES = 16
const UUID_CHARS = 36
const DASH = 45
const PACKED = 0x80000000
/** Of an erased entry: no question is of this kind. */
const NO_KIND = 7
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
  shared: new Set(),
  index: new Uint32Array(128),
})

/** The entry of a normalised identifier, or -1. */
export const findEntry = (table: IdentifierTable, kind: IdentifierKind, value: string): number => {
  if (value.length > 256) return -1
  const kindCode = KINDS.indexOf(kind)
  const hash = hash32(value, kindCode + 1)
  const mask = table.index.length - 1
  let shape = -1
  for (let i = hash & mask; ; i = (i + 1) & mask) {
    const entry = (table.index[i] as number) - 1
    if (entry < 0) return -1
    if ((table.hashes[entry] as number) !== hash) continue
    if (isPlainly(table, entry, kindCode, value)) return entry
    if (shape < 0) shape = encode(value)
    if ((table.metas[entry] as number) === shape + kindCode && sameText(table, entry, lengthOf(shape)))
      return entry
  }
}

/** Whether the entry is this text, unit by unit; false also where it would have to be written out first to tell. */
const isPlainly = (table: IdentifierTable, entry: number, kindCode: number, value: string): boolean => {
  const { length } = value
  if ((table.metas[entry] as number) !== (length << 3) + kindCode) return false
  const start = table.starts[entry] as number
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if (code > 127 || code !== table.text[start + i]) return false
  }
  return true
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
  const shape = encode(value)
  const length = lengthOf(shape)
  const entry = table.count++
  reserveEntries(table, table.count)
  table.text = grown(table.text, table.textLength + length)
  table.text.set(scratch.subarray(0, length), table.textLength)
  const hash = hash32(value, kindCode + 1)
  table.hashes[entry] = hash
  table.slots[entry] = slot
  table.nexts[entry] = next
  table.metas[entry] = shape + kindCode
  table.starts[entry] = table.textLength
  table.textLength += length
  if (table.count > table.index.length * LOAD_MAX) rebuildIndex(table)
  else place(table.index, hash, entry)
  return entry
}

export const kindOfEntry = (table: IdentifierTable, entry: number): IdentifierKind =>
  KINDS[(table.metas[entry] as number) & 7] as IdentifierKind

export const identifierAt = (table: IdentifierTable, entry: number): Identifier => {
  const start = table.starts[entry] as number
  const meta = table.metas[entry] as number
  const bytes = table.text.subarray(start, start + lengthOf(meta))
  return {
    kind: kindOfEntry(table, entry),
    value: meta >= PACKED ? uuidOf(bytes) : decoder.decode(bytes),
  }
}

export const isShared = (table: IdentifierTable, entry: number): boolean => table.shared.has(entry)

/** Nothing of the identifier is left and nobody finds it; its place stays. */
export const eraseEntry = (table: IdentifierTable, entry: number): void => {
  const length = lengthOf(table.metas[entry] as number)
  const start = table.starts[entry] as number
  table.text.fill(0, start, start + length)
  table.metas[entry] = (length << 3) | NO_KIND
  // Scattered, so that they do not crowd one place of the index.
  table.hashes[entry] = Math.imul(entry + 1, 0x9e3779b1) >>> 0
  table.nexts[entry] = 0
  table.shared.delete(entry)
}

/** Bytes of text of an entry, from its meta word. */
export const lengthOf = (meta: number): number => (meta & ~PACKED) >>> 3

/** Makes the index anew from the hashes: after growing and after a restore. */
export const rebuildIndex = (table: IdentifierTable): void => {
  let size = 128
  while (table.count > size * LOAD_MAX) size *= 2
  const index = new Uint32Array(size)
  for (let entry = 0; entry < table.count; entry++) place(index, table.hashes[entry] as number, entry)
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

/** The text into the scratch buffer; its meta word without the kind. Ids are nearly always ASCII or UUIDs. */
const encode = (value: string): number => {
  if (value.length === UUID_CHARS && packUuid(value)) return PACKED + (UUID_BYTES << 3)
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code > 127) return encoder.encodeInto(value, scratch).written << 3
    scratch[i] = code
  }
  return value.length << 3
}

/** 36 characters as 16 bytes, if it is a UUID in lower case; any other spelling stays as it is. */
const packUuid = (value: string): boolean => {
  let nibbles = 0
  for (let i = 0; i < UUID_CHARS; i++) {
    const code = value.charCodeAt(i)
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== DASH) return false
      continue
    }
    const nibble = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1
    if (nibble < 0) return false
    const byte = nibbles >> 1
    scratch[byte] = nibbles % 2 === 0 ? nibble << 4 : (scratch[byte] as number) | nibble
    nibbles++
  }
  return true
}

const uuidOf = (bytes: Uint8Array): string => {
  let text = ''
  bytes.forEach((byte, i) => {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += byte.toString(16).padStart(2, '0')
  })
  return text
}

const sameText = (table: IdentifierTable, entry: number, length: number): boolean => {
  const start = table.starts[entry] as number
  for (let i = 0; i < length; i++) if (table.text[start + i] !== scratch[i]) return false
  return true
}
