// A text's fingerprint: 32 smallest hashes of its words and pairs of words (MinHash, Broder 1997). The share of equal
// places estimates how much two texts have in common, however long they are. What reposting adds is left out.

import { cross32, hash32 } from '../../kernel/hash.ts'
import { wordsOf, type Word } from './words.ts'

export const PLACES = 32

export type Fingerprint = Uint32Array

const MULTIPLIERS = Uint32Array.from({ length: PLACES }, (_, i) => hash32(`place ${i}`) | 1)
const OFFSETS = Uint32Array.from({ length: PLACES }, (_, i) => hash32(`offset ${i}`))

/** "RT @name:", "via @name": what reposting adds; the names of who is spoken to go too, addresses are no words. */
const isReposting = (text: string, { text: word, from }: Word): boolean =>
  word === 'rt' || word === 'via' || text.charCodeAt(from - 1) === AT

const AT = 0x40

/**
 * Of a normalised text. A text without words has the fingerprint of its characters.
 * @example likeness(fingerprintOf('RT @a: банк лёг опять'), fingerprintOf('Банк лег, опять!')) // 1
 */
export const fingerprintOf = (text: string, words: readonly Word[] = wordsOf(text)): Fingerprint => {
  const print = new Uint32Array(PLACES).fill(0xffffffff)
  let before = 0x5bd1e995
  let isEmpty = true
  for (const word of words) {
    if (isReposting(text, word)) continue
    isEmpty = false
    const { hash } = word
    take(print, hash)
    take(print, cross32(before, hash))
    before = hash
  }
  if (isEmpty) take(print, hash32(text.trim(), 7))
  return print
}

/** Like no other text's: of what has no words to go by. */
export const ownFingerprint = (id: string): Fingerprint => {
  const print = new Uint32Array(PLACES).fill(0xffffffff)
  take(print, hash32(id, 11))
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
