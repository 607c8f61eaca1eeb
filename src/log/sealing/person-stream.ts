// The cipher of one person's key, kept at hand: AES-256 in counter mode, in which one stream goes on from part to part. No
// block of it is used twice, and setting a cipher up, which costs ten times the encryption of an event, happens once.

import { createCipheriv, createDecipheriv, type Cipheriv, type Decipheriv, type KeyObject } from 'node:crypto'
import { assert } from '../../kernel/assert.ts'
import { randomFrom } from './random.ts'

const CIPHER = 'aes-256-ctr'
const BLOCK_BYTES = 16
export const COUNTER_BYTES = 16
const FILLING = ' '.repeat(BLOCK_BYTES)
/** Drawn anew for each stream; the rest of the first counter block counts from 0. */
const NONCE_BYTES = 12
/** Blocks in a stream: what the counter's four bytes hold. */
const BLOCKS_MAX = 2 ** 32

export type SealStream = {
  /** `text` encrypted, filled up with spaces to whole blocks. */
  readonly seal: (text: string) => SealedText
  /** As `seal`; of whole blocks. */
  readonly sealBytes: (bytes: Buffer) => SealedText
}
export type SealedText = { readonly nonce: Buffer; readonly block: number; readonly bytes: Buffer }
export type OpenStream = {
  readonly open: (sealed: Buffer) => string
  readonly openBytes: (sealed: Buffer) => Buffer
}

/** With a key that other streams were made of too: they do not meet, but by a chance of 2^-97 for each pair. */
export const createSealStream = (key: KeyObject, blocksMax: number = BLOCKS_MAX): SealStream => {
  let cipher: Cipheriv | undefined
  let nonce: Buffer = Buffer.alloc(0)
  let block = 0
  /** The cipher for so many blocks more, and where they begin. */
  const next = (blocks: number): { readonly own: Cipheriv; readonly from: number } => {
    if (cipher === undefined || block + blocks > blocksMax) {
      nonce = randomFrom(NONCE_BYTES)
      block = 0
      cipher = createCipheriv(CIPHER, key, Buffer.concat([nonce, Buffer.alloc(4)]))
    }
    const from = block
    block += blocks
    return { own: cipher, from }
  }
  return {
    seal: (text) => {
      const bytes = Buffer.byteLength(text)
      const blocks = Math.ceil(bytes / BLOCK_BYTES)
      const { own, from } = next(blocks)
      const filled = text + FILLING.slice(0, blocks * BLOCK_BYTES - bytes)
      return { nonce, block: from, bytes: own.update(filled, 'utf8') }
    },
    sealBytes: (bytes) => {
      assert(bytes.length % BLOCK_BYTES === 0, 'bytes come in whole blocks')
      const { own, from } = next(bytes.length / BLOCK_BYTES)
      return { nonce, block: from, bytes: own.update(bytes) }
    },
  }
}

/** Parts that follow each other in a stream are read with one cipher. */
export const createOpenStream = (key: KeyObject): OpenStream => {
  let decipher: Decipheriv | undefined
  let next: Buffer = Buffer.alloc(0)
  const openBytes = (sealed: Buffer): Buffer => {
    const counter = sealed.subarray(0, COUNTER_BYTES)
    if (decipher === undefined || !next.equals(counter)) {
      decipher = createDecipheriv(CIPHER, key, counter)
      next = Buffer.from(counter)
    }
    const bytes = sealed.subarray(COUNTER_BYTES)
    const block = counter.readUInt32BE(NONCE_BYTES) + bytes.length / BLOCK_BYTES
    const plain = decipher.update(bytes)
    if (block < BLOCKS_MAX) next.writeUInt32BE(block, NONCE_BYTES)
    // Nothing follows in this stream.
    else decipher = undefined
    return plain
  }
  return { open: (sealed) => openBytes(sealed).toString('utf8'), openBytes }
}

/** All in one piece: before each its counter block. */
export const piecesOf = (texts: readonly SealedText[]): Buffer => {
  const whole = Buffer.allocUnsafe(texts.reduce((sum, { bytes }) => sum + COUNTER_BYTES + bytes.length, 0))
  let at = 0
  for (const { nonce, block, bytes } of texts) {
    whole.set(nonce, at)
    whole.writeUInt32BE(block, at + NONCE_BYTES)
    whole.set(bytes, at + COUNTER_BYTES)
    at += COUNTER_BYTES + bytes.length
  }
  return whole
}
