// How formats 3 and 4 encrypted: AES-256 in counter mode, in which one stream of a key went on from part to part, each part
// with the counter block it begins at before it. Only read.

import { createDecipheriv, type Decipheriv } from 'node:crypto'

const CIPHER = 'aes-256-ctr'
const BLOCK_BYTES = 16
export const COUNTER_BYTES = 16
const NONCE_BYTES = 12
/** Blocks in a stream: what the counter's four bytes hold. */
const BLOCKS_MAX = 2 ** 32

export type OpenStream = {
  readonly open: (sealed: Buffer) => string
  readonly openBytes: (sealed: Buffer) => Buffer
}

/** Parts that follow each other in a stream are read with one cipher. */
export const createOpenStream = (key: Uint8Array): OpenStream => {
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
