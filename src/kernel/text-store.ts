// One text per profile, or other row, as packed UTF-8, outside the garbage collector's sight: blocks of 16 bytes in
// chunks of a megabyte, freed blocks used again by size. A million strings would cost twice that.

import { at, grown } from './growable.ts'

export type TextStore = {
  readonly chunks: Uint8Array[]
  /** Units taken of the last chunk. */
  used: number
  /** Addresses of free blocks by their size in units. */
  readonly free: Map<number, number[]>
  /** Per profile: address + 1 of its block in units; 0 = no text. */
  refs: Uint32Array
  /** Per profile: bytes of its text. */
  lengths: Uint16Array
}

const UNIT = 16
const CHUNK_UNITS = 65_536
export const TEXT_BYTES_MAX = 65_535

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const scratch = new Uint8Array(TEXT_BYTES_MAX)

export const createTextStore = (): TextStore => ({
  chunks: [],
  used: CHUNK_UNITS,
  free: new Map(),
  refs: new Uint32Array(16),
  lengths: new Uint16Array(16),
})

export const readText = (store: TextStore, slot: number): string => {
  const bytes = bytesAt(store, slot)
  return bytes === null ? '' : decoder.decode(bytes)
}

/** False, and nothing changed, when the text is longer than {@link TEXT_BYTES_MAX} bytes. */
export const writeText = (store: TextStore, slot: number, text: string): boolean => {
  if (text.length > TEXT_BYTES_MAX) return false
  const { read, written } = encoder.encodeInto(text, scratch)
  if (read < text.length) return false
  writeBytes(store, slot, scratch.subarray(0, written))
  return true
}

export const writeBytes = (store: TextStore, slot: number, bytes: Uint8Array): void => {
  store.refs = grown(store.refs, slot + 1)
  store.lengths = grown(store.lengths, slot + 1)
  const before = sizeOf(at(store.lengths, slot))
  const needed = sizeOf(bytes.length)
  if (before !== needed) {
    if (before > 0) release(store, at(store.refs, slot) - 1, before)
    store.refs[slot] = needed === 0 ? 0 : take(store, needed) + 1
  }
  store.lengths[slot] = bytes.length
  if (needed > 0) blockAt(store, at(store.refs, slot) - 1, bytes.length).set(bytes)
}

/** How many bytes a profile's text has. */
export const lengthIn = ({ lengths }: TextStore, slot: number): number =>
  slot < lengths.length ? (lengths[slot] as number) : 0

/** Puts a copy of a profile's text at a place of `target`. Byte by byte: for so few a view of them costs more. */
export const copyText = (store: TextStore, slot: number, target: Uint8Array, place: number): void => {
  const length = lengthIn(store, slot)
  if (length === 0) return
  const address = (store.refs[slot] as number) - 1
  const chunk = store.chunks[Math.floor(address / CHUNK_UNITS)] as Uint8Array
  const start = (address % CHUNK_UNITS) * UNIT
  for (let i = 0; i < length; i++) target[place + i] = chunk[start + i] as number
}

/** The bytes of a profile's text, not a copy; null when there is none. */
export const bytesAt = (store: TextStore, slot: number): Uint8Array | null =>
  slot < store.refs.length && at(store.refs, slot) > 0
    ? blockAt(store, at(store.refs, slot) - 1, at(store.lengths, slot))
    : null

const blockAt = (store: TextStore, address: number, length: number): Uint8Array => {
  const chunk = store.chunks[Math.floor(address / CHUNK_UNITS)] as Uint8Array
  const start = (address % CHUNK_UNITS) * UNIT
  return chunk.subarray(start, start + length)
}

/** Units of the block for so many bytes: coarser for long texts, so that freed blocks fit again. */
const sizeOf = (bytes: number): number => {
  const units = Math.ceil(bytes / UNIT)
  if (units <= 16) return units
  return units <= 64 ? Math.ceil(units / 4) * 4 : Math.ceil(units / 32) * 32
}

const take = (store: TextStore, units: number): number => {
  const freed = store.free.get(units)?.pop()
  if (freed !== undefined) return freed
  if (store.used + units > CHUNK_UNITS) {
    store.chunks.push(new Uint8Array(CHUNK_UNITS * UNIT))
    store.used = 0
  }
  const address = (store.chunks.length - 1) * CHUNK_UNITS + store.used
  store.used += units
  return address
}

const release = (store: TextStore, address: number, units: number): void => {
  const list = store.free.get(units)
  if (list === undefined) store.free.set(units, [address])
  else list.push(address)
}
