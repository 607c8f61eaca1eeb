// Whether an author has been heard of before, in 64 KB: a filter of bits (Bloom 1970). It may take a new one for a known
// one, seldom; never the other way round, until it is full and begins anew.

import { cross32, hash32 } from '../../kernel/hash.ts'

export type KnownAuthors = { met: number; readonly bits: Uint8Array }

const BYTES = 65_536
/** Beyond so many, one in ten new ones would be taken for known. */
const MET_MAX = 100_000

export const createKnownAuthors = (): KnownAuthors => ({ met: 0, bits: new Uint8Array(BYTES) })

/** Notes the author; true when it was new. */
export const meetAuthor = (authors: KnownAuthors, author: string): boolean => {
  const { bits } = authors
  const first = hash32(author)
  let isNew = false
  for (let i = 0; i < 3; i++) {
    const bit = cross32(first, i) % (8 * BYTES)
    const mask = 1 << (bit & 7)
    if (((bits[bit >> 3] as number) & mask) === 0) {
      isNew = true
      bits[bit >> 3] = (bits[bit >> 3] as number) | mask
    }
  }
  if (isNew && ++authors.met > MET_MAX) {
    bits.fill(0)
    authors.met = 0
  }
  return isNew
}
