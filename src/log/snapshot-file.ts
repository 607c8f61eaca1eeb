// One snapshot on disk: a checked header (whose, of which offset, which parts), then each part's dump.

import type { KeyObject } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { decodeDump } from './dump-codec.ts'
import type { Dump } from './dump.ts'
import { openPieces } from './snapshot-seal.ts'

export type Snapshot = {
  /** The last event folded into it. */
  readonly offset: number
  readonly parts: Readonly<Record<string, Dump>>
}

export type SkipReason =
  | 'torn'
  | 'corrupt'
  | 'other_format'
  | 'other_version'
  | 'other_key'
  | 'not_sealed'
  | 'ahead_of_log'
  | 'unreadable'
type Skip = { readonly reason: SkipReason; readonly detail: string }

type Header = {
  readonly codeVersion: string
  readonly offset: number
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
  /** Whether the parts are encrypted; a header says nothing of people. */
  readonly sealed?: boolean
}
type Wanted = {
  readonly codeVersion: string
  readonly upTo: number
  /** Null: parts lie there as they are. */
  readonly key: KeyObject | null
}

const FORMAT = 1
const MAGIC = 'WVS1'
/** Magic, header length, checksum of the header. */
const PREFIX_BYTES = 12
const HEADER_BYTES_MAX = 1 << 20

export const encodeSnapshotHeader = ({ codeVersion, offset, parts, sealed }: Header): Uint8Array => {
  const header = Buffer.from(JSON.stringify({ format: FORMAT, codeVersion, offset, parts, sealed }))
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.write(MAGIC, 'latin1')
  prefix.writeUInt32LE(header.byteLength, 4)
  prefix.writeUInt32LE(crc32(header), 8)
  return Buffer.concat([prefix, header])
}

/** What a part is sealed as: it opens in its own place only. */
export const partName = (
  { codeVersion, offset }: Pick<Header, 'codeVersion' | 'offset'>,
  name: string,
): string => `${codeVersion} ${offset} ${name}`

/** The snapshot in this file, or why it is not to be used. */
export const readSnapshot = (path: string, wanted: Wanted): Result<Snapshot, Skip> => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (thrown) {
    return err({ reason: 'unreadable', detail: messageOf(thrown) })
  }
  try {
    return readOpen(file, wanted)
  } catch (thrown) {
    if (isFailure(thrown, 'dump.corrupt')) return err({ reason: 'corrupt', detail: thrown.message })
    // Assertions are our own bugs; what the system says of the file is about this file only.
    if (!(thrown instanceof Error && 'syscall' in thrown)) throw thrown
    return err({ reason: 'unreadable', detail: thrown.message })
  } finally {
    closeSync(file)
  }
}

const readOpen = (file: number, { codeVersion, upTo, key }: Wanted): Result<Snapshot, Skip> => {
  const size = fstatSync(file).size
  const found = readHeader(file, size)
  if (!found.ok) return found
  const { header, end } = found.value
  if ((header.sealed === true) !== (key !== null))
    return err({ reason: 'not_sealed', detail: 'it is encrypted where it must not be, or not where it must' })
  if (header.codeVersion !== codeVersion)
    return err({ reason: 'other_version', detail: `saved by ${JSON.stringify(header.codeVersion)}` })
  if (header.offset > upTo)
    return err({ reason: 'ahead_of_log', detail: `stands at ${header.offset}, the log ends at ${upTo}` })
  const expected = header.parts.reduce((sum, { bytes }) => sum + bytes, end)
  if (size !== expected) return err({ reason: 'torn', detail: `${size} bytes of ${expected}` })
  const parts: Record<string, Dump> = {}
  let at = end
  for (const { name, bytes } of header.parts) {
    const start = at
    const read = (position: number, length: number): Buffer => readAt(file, start + position, length)
    const plain = key === null ? read(0, bytes) : openPieces(key, partName(header, name), { bytes, read })
    if (plain === null) return err({ reason: 'other_key', detail: `${name} does not open with this key` })
    parts[name] = decodeDump(plain)
    at += bytes
  }
  return ok({ offset: header.offset, parts })
}

const readHeader = (file: number, size: number): Result<{ header: Header; end: number }, Skip> => {
  if (size < PREFIX_BYTES) return err({ reason: 'torn', detail: `${size} bytes` })
  const prefix = readAt(file, 0, PREFIX_BYTES)
  if (prefix.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return err({ reason: 'corrupt', detail: 'not a snapshot' })
  const length = prefix.readUInt32LE(4)
  if (length > HEADER_BYTES_MAX || PREFIX_BYTES + length > size)
    return err({ reason: 'torn', detail: 'its header is not whole' })
  const text = readAt(file, PREFIX_BYTES, length)
  if (crc32(text) !== prefix.readUInt32LE(8))
    return err({ reason: 'corrupt', detail: 'the checksum of its header is wrong' })
  const header: unknown = JSON.parse(text.toString())
  if (!isRecord(header) || header['format'] !== FORMAT)
    return err({ reason: 'other_format', detail: 'written in another format' })
  // Checked by sum and format: it is what `encodeSnapshotHeader` wrote.
  return ok({ header: header as unknown as Header, end: PREFIX_BYTES + length })
}

const READ_BYTES_MAX = 1 << 30

const readAt = (file: number, position: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const read = readSync(file, bytes, done, Math.min(READ_BYTES_MAX, length - done), position + done)
    // Cut off while being read: the zeros that stand in fail the checksum.
    if (read === 0) return bytes.fill(0, done)
    done += read
  }
  return bytes
}
