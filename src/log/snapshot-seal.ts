// Snapshots name everybody: each part of one is encrypted as a whole (AES-256-GCM) under a key that lies beside them and
// is made anew when somebody is erased, so that an older copy of the state opens no more, wherever it lies.

import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** More in a file than in what was encrypted. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES
/** Encrypted in one go: some milliseconds. */
const PIECE_BYTES = 4 << 20

export type SnapshotKey = {
  readonly current: () => KeyObject
  /** Makes another one and overwrites the old one: what it opened nobody opens any more. */
  readonly roll: () => void
}

/** The key in the file at `path`, made when there is none that is whole. */
export const openSnapshotKey = (path: string): SnapshotKey => {
  const file = openSync(path, 'a+', 0o600)
  const bytes = Buffer.alloc(KEY_BYTES)
  let isWhole: boolean
  try {
    isWhole = readSync(file, bytes, 0, KEY_BYTES, 0) === KEY_BYTES
  } finally {
    closeSync(file)
  }
  let key = createSecretKey(bytes)
  const roll = (): void => {
    const fresh = randomBytes(KEY_BYTES)
    overwrite(path, fresh)
    key = createSecretKey(fresh)
  }
  if (!isWhole) roll()
  return { current: () => key, roll }
}

/** In its place, so that the file system keeps no other copy. */
const overwrite = (path: string, bytes: Buffer): void => {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, bytes, 0, bytes.length, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What stands in the file for these bytes, given in pieces: nonce, ciphertext in pieces, tag. `about` must be given again to open it. */
export function* sealPieces(
  key: KeyObject,
  about: string,
  pieces: readonly Uint8Array[],
): Generator<Uint8Array> {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  cipher.setAAD(Buffer.from(about))
  yield nonce
  for (const bytes of inLots(pieces))
    for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES)
      yield cipher.update(bytes.subarray(at, at + PIECE_BYTES))
  yield Buffer.concat([cipher.final(), cipher.getAuthTag()])
}

/** Small ones together: each lot is written by itself. */
function* inLots(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let lot: Uint8Array[] = []
  let bytes = 0
  for (const piece of pieces) {
    if (bytes + piece.byteLength > PIECE_BYTES && lot.length > 0) {
      yield lot.length === 1 ? (lot[0] as Uint8Array) : Buffer.concat(lot)
      lot = []
      bytes = 0
    }
    lot.push(piece)
    bytes += piece.byteLength
  }
  if (lot.length > 0) yield Buffer.concat(lot)
}

/** The bytes again, read by `read(position, length)` of the sealed ones; null when they are not what was sealed with this key. */
export const openPieces = (
  key: KeyObject,
  about: string,
  { bytes, read }: { readonly bytes: number; readonly read: (position: number, length: number) => Buffer },
): Buffer | null => {
  const length = bytes - SEAL_BYTES
  if (length < 0) return null
  const decipher = createDecipheriv(CIPHER, key, read(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(about))
  decipher.setAuthTag(read(NONCE_BYTES + length, TAG_BYTES))
  const plain = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += PIECE_BYTES)
    decipher.update(read(NONCE_BYTES + at, Math.min(PIECE_BYTES, length - at))).copy(plain, at)
  try {
    decipher.final()
    return plain
  } catch {
    // The tag does not fit: another key, or other bytes.
    return null
  }
}
