// ChaCha20 (RFC 8439) for very many short texts, each under a key of its own: compiled to WebAssembly it keeps nothing
// between two texts, so that a key is its 32 bytes and no cipher has to be set up, kept or collected for it.

import createSodium from 'libsodium-sumo'

export const KEY_BYTES = 32
export const NONCE_BYTES = 12
/** What HChaCha20 makes a key from, beside a key. */
const SALT_BYTES = 16
/** What one number of the counter stands for. */
export const BLOCK_BYTES = 64
/** Longer texts go through in pieces of this size: whole blocks. */
const PIECE_BYTES = 1 << 16
/** The counter has four bytes. */
export const BLOCKS_MAX = 2 ** 32

export type Chacha = {
  /**
   * Encrypts what is plain and decrypts what is encrypted, in place. `block` is the counter that it begins at: nothing else may
   * ever be encrypted under the same key, nonce and count of `blocksOf` from there.
   */
  readonly xor: (bytes: Uint8Array, from: ChachaFrom) => void
  /**
   * The key that only who has both keys can make: the owner's, masked with HChaCha20 of their key's number under the
   * period's. Good until the next call.
   */
  readonly keyOfBoth: (
    owner: { readonly id: number; readonly bytes: Uint8Array },
    period: Uint8Array,
  ) => Uint8Array
}
export type ChachaFrom = { readonly key: Uint8Array; readonly nonce: Uint8Array; readonly block: number }

/** Blocks that so many bytes use up. */
export const blocksOf = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES)

/** One for each thread: it has memory of its own. */
export const openChacha = async (): Promise<Chacha> => {
  const sodium = await createSodium()
  const memory = sodium.HEAPU8
  const piece = sodium._malloc(PIECE_BYTES + KEY_BYTES + NONCE_BYTES + SALT_BYTES + KEY_BYTES)
  const keyAt = piece + PIECE_BYTES
  const nonceAt = keyAt + KEY_BYTES
  const saltAt = nonceAt + NONCE_BYTES
  const madeAt = saltAt + SALT_BYTES
  const salt = Buffer.alloc(SALT_BYTES)
  const both = new Uint8Array(KEY_BYTES)
  return {
    keyOfBoth: ({ id, bytes }, period) => {
      salt.writeDoubleLE(id)
      memory.set(salt, saltAt)
      memory.set(period, keyAt)
      sodium._crypto_core_hchacha20(madeAt, saltAt, keyAt, 0)
      for (let at = 0; at < KEY_BYTES; at++)
        both[at] = (memory[madeAt + at] as number) ^ (bytes[at] as number)
      memory.fill(0, keyAt, nonceAt)
      memory.fill(0, madeAt, madeAt + KEY_BYTES)
      return both
    },
    xor: (bytes, { key, nonce, block }) => {
      memory.set(key, keyAt)
      memory.set(nonce, nonceAt)
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const some = bytes.length <= PIECE_BYTES ? bytes : bytes.subarray(at, at + PIECE_BYTES)
        memory.set(some, piece)
        const counter = block + at / BLOCK_BYTES
        sodium._crypto_stream_chacha20_ietf_xor_ic(piece, piece, some.length, 0, nonceAt, counter, keyAt)
        some.set(memory.subarray(piece, piece + some.length))
      }
      // No key stays behind where it is not needed.
      memory.fill(0, keyAt, nonceAt)
    },
  }
}
