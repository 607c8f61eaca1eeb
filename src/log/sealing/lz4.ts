// Short texts made shorter, each by itself, against phrases that both sides know: LZ4's block format with a dictionary
// (Y. Collet, "LZ4 Block Format Description"). Cheap enough for every event that comes in; what it saves is hashed, encrypted,
// written twice and kept for years.

import { assert } from '../../kernel/assert.ts'

const MATCH_MIN = 4
/** The format's: the last bytes are literals, and no match begins in the last of them. */
const LITERALS_LAST = 5
const MATCH_BEGINS_BEFORE_END = 12
const DISTANCE_MAX = 65_535
const LENGTH_SHORT = 15

const KNOWN_BITS = 14
const OWN_BITS = 11
/** Bytes without a match after which every second one is looked at, then every third. */
const STRIDE_SHIFT = 6

export type Lz4 = {
  /**
   * Shortens the last `length` bytes of `memory`, before which the phrases stand, into `to` from `at` on, which must have room
   * for `roomFor(length)`. Gives where it ends.
   */
  readonly shorten: (length: number, to: Uint8Array, at: number) => number
  /** Where a text goes that is to be shortened, behind the phrases: so many bytes of room. */
  readonly memoryFor: (bytes: number) => Buffer
  readonly phraseBytes: number
  /** The text that was shortened to these bytes. Throws when they are none. */
  readonly lengthen: (bytes: Uint8Array) => string
}

/** The most that so many bytes can become. */
export const roomFor = (bytes: number): number => bytes + Math.ceil(bytes / 255) + 16

/** For one thread; `phrases` of less than 64 KiB. */
export const createLz4 = (phrases: Uint8Array): Lz4 => {
  const begin = phrases.length
  assert(begin <= DISTANCE_MAX, 'phrases are within reach')
  const known = tableOf(phrases)
  /** Places in the text of now: `base` is added, so that those of earlier texts are below. */
  const own = new Int32Array(1 << OWN_BITS)
  let base = 0
  let memory = memoryWith(phrases, 1 << 16)
  let opened = memoryWith(phrases, 1 << 16)
  return {
    phraseBytes: begin,
    memoryFor: (bytes) => {
      if (begin + bytes > memory.length) memory = memoryWith(phrases, bytes * 2)
      return memory
    },
    shorten: (length, to, at) => {
      const end = begin + length
      if (base + end > 2 ** 31 - 1) {
        own.fill(0)
        base = 0
      }
      const written = shortenText({ memory, begin, end, known, own, base }, to, at)
      base += end
      return written
    },
    lengthen: (bytes) => {
      const end = lengthenInto(
        bytes,
        (wanted) => {
          if (wanted > opened.length) {
            const larger = Buffer.allocUnsafeSlow(wanted * 2)
            larger.set(opened)
            opened = larger
          }
          return opened
        },
        begin,
      )
      return opened.toString('utf8', begin, end)
    },
  }
}

const memoryWith = (phrases: Uint8Array, more: number): Buffer => {
  const memory = Buffer.allocUnsafeSlow(phrases.length + more)
  memory.set(phrases)
  return memory
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)

const slotOf = (word: number, bits: number): number => Math.imul(word, 0x9e3779b1) >>> (32 - bits)

/** By the hash of four bytes, the last place that they stand at, plus one. */
const tableOf = (phrases: Uint8Array): Uint16Array => {
  const table = new Uint16Array(1 << KNOWN_BITS)
  for (let at = 0; at + MATCH_MIN <= phrases.length; at++)
    table[slotOf(wordAt(phrases, at), KNOWN_BITS)] = at + 1
  return table
}

type Text = {
  readonly memory: Uint8Array
  readonly begin: number
  readonly end: number
  readonly known: Uint16Array
  readonly own: Int32Array
  readonly base: number
}

const shortenText = (
  { memory, begin, end, known, own, base }: Text,
  to: Uint8Array,
  start: number,
): number => {
  const lastMatch = end - MATCH_BEGINS_BEFORE_END
  const matchEnd = end - LITERALS_LAST
  let out = start
  let literals = begin
  let at = begin
  while (at <= lastMatch) {
    const word = wordAt(memory, at)
    const slot = slotOf(word, OWN_BITS)
    let from = (own[slot] as number) - base
    own[slot] = at + base
    if (from < begin || at - from > DISTANCE_MAX || wordAt(memory, from) !== word) {
      from = (known[slotOf(word, KNOWN_BITS)] as number) - 1
      if (from < 0 || at - from > DISTANCE_MAX || wordAt(memory, from) !== word) {
        at += 1 + ((at - literals) >> STRIDE_SHIFT)
        continue
      }
    }
    while (at > literals && from > 0 && memory[at - 1] === memory[from - 1]) {
      at--
      from--
    }
    let length = MATCH_MIN
    while (at + length < matchEnd && memory[at + length] === memory[from + length]) length++
    out = writeLiterals(memory, { from: literals, to: at, match: length - MATCH_MIN }, to, out)
    const distance = at - from
    to[out++] = distance & 255
    to[out++] = distance >> 8
    out = writeLength(length - MATCH_MIN, to, out)
    at += length
    literals = at
  }
  return writeLiterals(memory, { from: literals, to: end, match: 0 }, to, out)
}

type Sequence = { readonly from: number; readonly to: number; readonly match: number }

/** The token of a sequence, and its literals. */
const writeLiterals = (
  memory: Uint8Array,
  { from, to, match }: Sequence,
  into: Uint8Array,
  at: number,
): number => {
  const count = to - from
  into[at] = (Math.min(count, LENGTH_SHORT) << 4) | Math.min(match, LENGTH_SHORT)
  let out = writeLength(count, into, at + 1)
  for (let n = from; n < to; n++) into[out++] = memory[n] as number
  return out
}

/** What of a length the token has no room for. */
const writeLength = (length: number, into: Uint8Array, at: number): number => {
  let out = at
  if (length < LENGTH_SHORT) return out
  let left = length - LENGTH_SHORT
  for (; left >= 255; left -= 255) into[out++] = 255
  into[out++] = left
  return out
}

const lengthenInto = (bytes: Uint8Array, room: (wanted: number) => Uint8Array, begin: number): number => {
  let at = 0
  let end = begin
  const restOf = (short: number): number => {
    let length = short
    if (short < LENGTH_SHORT) return length
    for (;;) {
      const more = bytes[at++]
      assert(more !== undefined, 'a length ends')
      length += more
      if (more < 255) return length
    }
  }
  while (at < bytes.length) {
    const token = bytes[at++] as number
    const count = restOf(token >> 4)
    assert(at + count <= bytes.length, 'the literals are there')
    let memory = room(end + count)
    for (let n = 0; n < count; n++) memory[end++] = bytes[at++] as number
    // The last sequence has no match.
    if (at === bytes.length) return end
    assert(at + 2 <= bytes.length, 'a distance is there')
    const distance = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    at += 2
    const length = restOf(token & LENGTH_SHORT) + MATCH_MIN
    assert(distance > 0 && distance <= end, 'a match is within reach')
    memory = room(end + length)
    // Byte by byte: a match may run into what it makes.
    for (let n = 0; n < length; n++, end++) memory[end] = memory[end - distance] as number
  }
  return end
}
