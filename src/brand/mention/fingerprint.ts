// A text's fingerprint: 32 smallest hashes of its words and pairs of words (MinHash, Broder 1997). The share of equal
// places estimates how much two texts have in common, however long they are. What reposting adds is left out.

import { cross32, hash32 } from '../../kernel/hash.ts'
import { wordsOf } from './words.ts'

export const PLACES = 32

export type Fingerprint = Uint32Array

const MULTIPLIERS = Uint32Array.from({ length: PLACES }, (_, i) => hash32(`place ${i}`) | 1)
const OFFSETS = Uint32Array.from({ length: PLACES }, (_, i) => hash32(`offset ${i}`))

/** "RT @name:", the names of who is spoken to, addresses, "via", the dots of a cut. */
const REPOSTING = /\bhttps?:\/\/\S*|\bRT\b|\bvia\b|(?<![\p{L}\p{N}])@[\p{L}\p{N}_]+:?/gu

/**
 * Of a normalised text. A text without words has the fingerprint of its characters.
 * @example likeness(fingerprintOf('RT @a: банк лёг опять'), fingerprintOf('Банк лег, опять!')) // 1
 */
export const fingerprintOf = (text: string): Fingerprint => {
  const print = new Uint32Array(PLACES).fill(0xffffffff)
  const words = wordsOf(text.replace(REPOSTING, ' '))
  if (words.length === 0) {
    take(print, hash32(text.trim(), 7))
    return print
  }
  let before = 0x5bd1e995
  for (const { text: word } of words) {
    const hash = hash32(word)
    take(print, hash)
    take(print, cross32(before, hash))
    before = hash
  }
  return print
}

const take = (print: Uint32Array, hash: number): void => {
  for (let i = 0; i < PLACES; i++) {
    let h = (Math.imul(hash, MULTIPLIERS[i] as number) + (OFFSETS[i] as number)) >>> 0
    h = (h ^ (h >>> 15)) >>> 0
    if (h < (print[i] as number)) print[i] = h
  }
}

/** Estimated share of words and pairs that two texts have in common, 0 to 1. */
export const likeness = (left: Fingerprint, right: Fingerprint): number => {
  let same = 0
  for (let i = 0; i < PLACES; i++) if (left[i] === right[i]) same++
  return same / PLACES
}
