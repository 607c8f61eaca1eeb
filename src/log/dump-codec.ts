// A dump as bytes: a JSON header that names the columns, then the columns, numbers as they lie in
// memory (little-endian). The same dump gives the same bytes; a checksum tells when they are not whole.

import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { assert, present } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import { isRecord, type Json } from '../kernel/json.ts'
import { canonicalText } from './canonical-text.ts'
import type { Column, Dump } from './dump.ts'

const MAGIC = 'WVD1'
/** Magic, checksum of all that follows it, header length. */
const PREFIX_BYTES = 12
const CHECKED_FROM = 8
const ALIGN_BYTES = 8
/** A long list is written in pieces, since one string cannot be longer than half a gigabyte. */
const LIST_PIECE = 10_000

const NUMBERS = {
  u8: Uint8Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const
type NumberKind = keyof typeof NUMBERS

type ColumnHead = {
  readonly name: string
  /** `json`: one text. `list`: a JSON array in several texts. Otherwise numbers. */
  readonly kind: 'json' | 'list' | NumberKind
  /** Bytes of each piece; numbers have one. */
  readonly pieces: readonly number[]
}

/** The dump as bytes: the same for the same columns, in whatever order they were made. */
export const encodeDump = (dump: Dump): Uint8Array => {
  const pieces = dumpPieces(dump)
  let sum = 0
  for (const part of summed(pieces)) sum = crc32(part, sum)
  writeSum(pieces, sum)
  return Buffer.concat(pieces)
}

/**
 * The same in pieces one after the other, numbers where they lie: a copy of a large state would cost as much again as making
 * its dump. Whoever changes the columns meanwhile spoils them. The checksum is still to be written: {@link sumPieces}.
 */
export const dumpPieces = (dump: Dump): readonly Uint8Array[] => {
  assert(endianness() === 'LE', 'numbers are written as they lie in memory, which must be little-endian')
  const heads: ColumnHead[] = []
  const chunks: Uint8Array[] = []
  for (const [name, column] of Object.entries(dump).toSorted(byName)) {
    const { kind, pieces } = encodeColumn(column)
    heads.push({ name, kind, pieces: pieces.map((piece) => piece.byteLength) })
    for (const piece of pieces) chunks.push(piece, new Uint8Array(paddingOf(piece.byteLength)))
  }
  const header = Buffer.from(JSON.stringify({ columns: heads }))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.write(MAGIC, 'latin1')
  prefix.writeUInt32LE(header.byteLength, 8)
  return [prefix, header, new Uint8Array(paddingOf(PREFIX_BYTES + header.byteLength)), ...chunks]
}

/** Writes the checksum of {@link dumpPieces} into them, with a pause after some milliseconds of work. */
export const sumPieces = async (
  pieces: readonly Uint8Array[],
  pause: () => Promise<unknown>,
): Promise<void> => {
  let [sum, since] = [0, 0]
  for (const part of summed(pieces)) {
    sum = crc32(part, sum)
    since += part.byteLength
    if (since < SUMMED_AT_ONCE) continue
    since = 0
    await pause()
  }
  writeSum(pieces, sum)
}

/** Bytes; a millisecond or two. */
const SUMMED_AT_ONCE = 4 << 20

function* summed([prefix, ...rest]: readonly Uint8Array[]): Generator<Uint8Array> {
  yield present(prefix, 'a dump has a prefix').subarray(CHECKED_FROM)
  for (const piece of rest)
    for (let at = 0; at < piece.byteLength; at += SUMMED_AT_ONCE)
      yield piece.subarray(at, at + SUMMED_AT_ONCE)
}

const writeSum = ([prefix]: readonly Uint8Array[], sum: number): void => {
  const bytes = present(prefix, 'a dump has a prefix')
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, sum, true)
}

/** The dump that {@link encodeDump} wrote, in memory of its own. Throws Failure `dump.corrupt`. */
export const decodeDump = (bytes: Uint8Array): Dump => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < PREFIX_BYTES || view.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw corrupt('not a dump')
  if (view.readUInt32LE(4) !== crc32(view.subarray(CHECKED_FROM))) throw corrupt('its checksum is wrong')
  const headerEnd = PREFIX_BYTES + view.readUInt32LE(8)
  const dump: Record<string, Column> = {}
  let at = headerEnd + paddingOf(headerEnd)
  for (const { name, kind, pieces } of readHeads(view.toString('utf8', PREFIX_BYTES, headerEnd))) {
    const parts: Buffer[] = []
    for (const length of pieces) {
      parts.push(view.subarray(at, at + length))
      at += length + paddingOf(length)
    }
    dump[name] = decodeColumn(kind, parts)
  }
  return dump
}

const byName = ([left]: readonly [string, Column], [right]: readonly [string, Column]): number =>
  left < right ? -1 : 1

const encodeColumn = (column: Column): { kind: ColumnHead['kind']; pieces: readonly Uint8Array[] } => {
  for (const kind of Object.keys(NUMBERS) as NumberKind[]) {
    if (column instanceof NUMBERS[kind]) {
      return { kind, pieces: [new Uint8Array(column.buffer, column.byteOffset, column.byteLength)] }
    }
  }
  const value = column as Json
  if (!Array.isArray(value) || value.length <= LIST_PIECE)
    return { kind: 'json', pieces: [Buffer.from(canonicalText(value))] }
  const pieces: Uint8Array[] = []
  for (let start = 0; start < value.length; start += LIST_PIECE) {
    pieces.push(Buffer.from(canonicalText(value.slice(start, start + LIST_PIECE))))
  }
  return { kind: 'list', pieces }
}

const decodeColumn = (kind: ColumnHead['kind'], pieces: readonly Buffer[]): Column => {
  if (kind === 'list') return pieces.flatMap((piece) => JSON.parse(piece.toString()) as Json[])
  const piece = present(pieces[0], 'a column has a piece')
  if (kind === 'json') return JSON.parse(piece.toString()) as Json
  // Copied: numbers must lie aligned, and two decodings must not share what a fold will change.
  const own = new Uint8Array(piece).buffer
  return new NUMBERS[kind](own)
}

const readHeads = (text: string): readonly ColumnHead[] => {
  const header: unknown = JSON.parse(text)
  assert(
    isRecord(header) && Array.isArray(header['columns']),
    'a header whose checksum is right names its columns',
  )
  return header['columns'] as readonly ColumnHead[]
}

const paddingOf = (length: number): number => (ALIGN_BYTES - (length % ALIGN_BYTES)) % ALIGN_BYTES

const corrupt = (why: string): Failure =>
  new Failure({ code: 'dump.corrupt', message: `The dump cannot be read: ${why}.` })
