// The chain through the log. Each record has a leaf, the hash of all that is in it; each transaction has a
// link, the hash of its leaves and of the link before. No record can be changed, removed, moved or put in
// between without its leaf, or all the links that follow, ceasing to fit.

import { hash, randomBytes } from 'node:crypto'

/** A record as it stands in the file: `data` is its JSON text, to the byte; `sealed` what of it is encrypted, where something is. */
export type ChainedRecord = {
  readonly offset: number
  readonly id: string
  readonly type: string
  readonly key: string
  readonly at: number
  readonly data: string
  readonly sealed?: Uint8Array | null
}

/** Where the chain ends. */
export type ChainTip = {
  /** Of the file: drawn at random when it was made, and what its first link goes back to. */
  readonly logId: string
  /** The last durable record; 0 when the log is empty. */
  readonly offset: number
  /** The last link; `logId` when the log is empty. */
  readonly hash: string
}

export const LEAF_BYTES = 32

/** A name for a new log: 64 hex digits, like a hash. */
export const newLogId = (): string => randomBytes(32).toString('hex')

/**
 * SHA-256, as lower-case hex, of the UTF-8 of
 *
 *     offset space at space lengths of id, type and key (space between) \n id type key data
 *
 * Where something is sealed, the first line ends in a space and the length of data, and the SHA-256 of the sealed bytes, as
 * lower-case hex, follows on data. Lengths are in UTF-16 code units: no character can be moved from one field to the next.
 */
export const leafOf = ({ offset, id, type, key, at, data, sealed }: ChainedRecord): string => {
  const lengths = `${offset} ${at} ${id.length} ${type.length} ${key.length}`
  const text =
    sealed === undefined || sealed === null
      ? `${lengths}\n${id}${type}${key}${data}`
      : `${lengths} ${data.length}\n${id}${type}${key}${data}${hash('sha256', sealed, 'hex')}`
  return hash('sha256', text, 'hex')
}

/** SHA-256, as lower-case hex, of the previous link, a line break and the leaves of the transaction, all as hex text. */
export const linkOf = (previous: string, leaves: string): string =>
  hash('sha256', `${previous}\n${leaves}`, 'hex')
