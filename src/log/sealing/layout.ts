// How what is sealed lies beside its record, in bytes:
//
//     version · nonce · texts, shortened and encrypted · contents · length of the contents · signature
//
// The contents say what the texts are: whose, of which items of the record, and which of them need the key of their
// period as well as their owner's. Texts are numbered through for ChaCha20's counter, so that one nonce does for all.

import { assert } from '../../kernel/assert.ts'
import { createByteReader, type ByteWriter } from './byte-writer.ts'
import { BLOCKS_MAX, blocksOf, NONCE_BYTES } from './chacha.ts'

/** Another way to shorten texts, other phrases, another order: another number. */
const LAYOUT = 1
const HEAD_BYTES = 1 + NONCE_BYTES
const LENGTH_BYTES = 4
export const MAC_BYTES = 32

/** Items at these places, sealed together: they are of one owner. `bytes` is the length of their text, shortened. */
export type Part = { readonly key: number; readonly at: readonly number[]; readonly bytes: number }
/** Parts that need the key of their period, too. */
export type Layer = {
  readonly key: number
  readonly parts: readonly Part[]
  /** Whether its texts begin with all that stands around the items; without it, that is in what stays. */
  readonly around: boolean
}
export type Contents = {
  readonly field: string
  /** Name of the list in the field; null when the field is one item itself. */
  readonly list: string | null
  /** Items. */
  readonly count: number
  /** What stays as long as its owner; it comes first in the texts. */
  readonly parts: readonly Part[]
  /** What goes earlier. */
  readonly layers: readonly Layer[]
}

export const writeHead = (out: ByteWriter, nonce: Uint8Array): void => {
  out.byte(LAYOUT)
  out.bytes(nonce)
}

export const writeContents = (out: ByteWriter, { field, list, count, parts, layers }: Contents): void => {
  const from = out.length()
  // Keys of one time have numbers close to each other: told from the lowest of them.
  const lowest = lowestKey(parts, layers)
  writeText(out, field)
  out.number(list === null ? 0 : 1)
  if (list !== null) writeText(out, list)
  out.number(count)
  out.number(lowest)
  writeParts(out, parts, lowest)
  out.number(layers.length)
  for (const layer of layers) {
    out.number(layer.key - lowest)
    out.number(layer.around ? 1 : 0)
    writeParts(out, layer.parts, lowest)
  }
  let length = out.length() - from
  for (let n = 0; n < LENGTH_BYTES; n++, length = Math.floor(length / 256)) out.byte(length % 256)
}

const writeText = (out: ByteWriter, text: string): void => {
  out.number(Buffer.byteLength(text))
  out.text(text)
}

const writeParts = (out: ByteWriter, parts: readonly Part[], lowest: number): void => {
  out.number(parts.length)
  for (const { key, at, bytes } of parts) {
    out.number(key - lowest)
    out.number(at.length)
    for (const place of at) out.number(place)
    out.number(bytes)
  }
}

const lowestKey = (parts: readonly Part[], layers: readonly Layer[]): number => {
  let lowest = Number.MAX_SAFE_INTEGER
  for (const { key } of parts) lowest = Math.min(lowest, key)
  for (const { key, parts: inner } of layers) {
    lowest = Math.min(lowest, key)
    for (const one of inner) lowest = Math.min(lowest, one.key)
  }
  return lowest
}

export type Laid = Contents & {
  readonly nonce: Uint8Array
  /** The texts as they lie there. */
  readonly texts: Buffer
  /** All that was signed, and the signature. */
  readonly signed: Buffer
  readonly mac: Buffer
}

/** Takes apart what lies there. Throws where it is no such thing. */
export const readLayout = (sealed: Uint8Array): Laid => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const lengthAt = bytes.length - MAC_BYTES - LENGTH_BYTES
  assert(bytes[0] === LAYOUT && lengthAt >= HEAD_BYTES, 'what is sealed has this layout')
  const contentsAt = lengthAt - bytes.readUInt32LE(lengthAt)
  assert(contentsAt >= HEAD_BYTES, 'the contents have their place')
  return {
    ...readContents(bytes.subarray(contentsAt, lengthAt)),
    nonce: bytes.subarray(1, HEAD_BYTES),
    texts: bytes.subarray(HEAD_BYTES, contentsAt),
    signed: bytes.subarray(0, bytes.length - MAC_BYTES),
    mac: bytes.subarray(bytes.length - MAC_BYTES),
  }
}

const readContents = (bytes: Buffer): Contents => {
  const from = createByteReader(bytes)
  const field = from.text()
  const list = from.number() === 0 ? null : from.text()
  const count = from.number()
  const lowest = from.number()
  const readParts = (): readonly Part[] =>
    Array.from({ length: from.number() }, (): Part => {
      const key = lowest + from.number()
      const at = Array.from({ length: from.number() }, () => from.number())
      return { key, at, bytes: from.number() }
    })
  const parts = readParts()
  const layers = Array.from({ length: from.number() }, (): Layer => {
    const key = lowest + from.number()
    const around = from.number() === 1
    return { key, around, parts: readParts() }
  })
  return { field, list, count, parts, layers }
}

/** Where a text lies among the texts, and the block of the counter it begins at. */
export type Stretch = { readonly from: number; readonly to: number; readonly block: number }

/** Where the texts that follow each other lie, in turn. */
export const createStretches = () => {
  let from = 0
  let block = 0
  return (bytes: number): Stretch => {
    const stretch = { from, to: from + bytes, block }
    from += bytes
    block += blocksOf(bytes)
    assert(block <= BLOCKS_MAX, 'a record is not longer than the counter reaches')
    return stretch
  }
}
