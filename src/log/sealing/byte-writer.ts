// Bytes written one after the other into memory that is used again for the next record.

import { assert } from '../../kernel/assert.ts'

export type ByteWriter = {
  /** Begins anew: what was written before may be overwritten. */
  readonly clear: () => void
  readonly length: () => number
  readonly byte: (value: number) => void
  /** A whole number from 0 to 2^53 − 1: seven bits a byte, the lowest first, the last without the eighth. */
  readonly number: (value: number) => void
  readonly bytes: (values: Uint8Array) => void
  /** UTF-8; gives how many bytes it took. */
  readonly text: (text: string) => number
  /** Whatever `fill` puts into these bytes from there on, at most so many; it says where it ended. */
  readonly filled: (bytesMax: number, fill: (into: Uint8Array, at: number) => number) => number
  /** What was written from `from` on: the same memory, until it is written to again. */
  readonly since: (from: number) => Buffer
}

const START_BYTES = 1 << 16
/** UTF-8 has at most so many bytes for a UTF-16 code unit. */
export const UNIT_BYTES_MAX = 3

export const createByteWriter = (): ByteWriter => {
  let buffer = Buffer.allocUnsafeSlow(START_BYTES)
  let length = 0
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(length + more, buffer.length * 2))
    larger.set(buffer.subarray(0, length))
    buffer = larger
  }
  const byte = (value: number): void => {
    reserve(1)
    buffer[length++] = value
  }
  return {
    clear: () => {
      length = 0
    },
    length: () => length,
    byte,
    number: (value) => {
      assert(Number.isSafeInteger(value) && value >= 0, 'a whole number is written')
      let left = value
      for (; left >= 128; left = Math.floor(left / 128)) byte((left % 128) + 128)
      byte(left)
    },
    bytes: (values) => {
      reserve(values.length)
      buffer.set(values, length)
      length += values.length
    },
    text: (text) => {
      reserve(text.length * UNIT_BYTES_MAX)
      const written = buffer.write(text, length, 'utf8')
      length += written
      return written
    },
    filled: (bytesMax, fill) => {
      reserve(bytesMax)
      const begun = length
      length = fill(buffer, length)
      return length - begun
    },
    since: (from) => buffer.subarray(from, length),
  }
}

export type ByteReader = {
  readonly number: () => number
  readonly text: () => string
}

/** Reads numbers, and texts with their length before them. Throws where there is nothing left. */
export const createByteReader = (bytes: Buffer): ByteReader => {
  let at = 0
  const number = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]
      assert(byte !== undefined && scale < 2 ** 53, 'a number ends')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  return {
    number,
    text: () => {
      const length = number()
      assert(at + length <= bytes.length, 'a text ends')
      return bytes.toString('utf8', at, (at += length))
    },
  }
}
