// The words of a text, folded so that one word has one spelling (case, ё, lookalike letters of another alphabet), with
// where they stand and their stems.

import { english, russian } from 'multilingual-stemmer'
import { hash32 } from '../../kernel/hash.ts'
import { kindOf, LETTER, loose, MARK, pointAt } from './letters.ts'

export type Word = {
  /** Folded: lower case, е for ё, one alphabet. */
  readonly text: string
  readonly stem: string
  /** `hash32` of the text. */
  readonly hash: number
  /** Where it stands in the text, UTF-16 units, end exclusive. */
  readonly from: number
  readonly to: number
}

export const WORDS_MAX = 600
const WORD_CHARS_MAX = 40
const STEMS_KEPT_MAX = 50_000

/**
 * At most `WORDS_MAX` words of a normalised text, in order. Addresses of pages are left out.
 * @example wordsOf('В Сбере!').map(({ text }) => text) // ['в', 'сбере']
 */
export const wordsOf = (text: string): readonly Word[] => {
  const words: Word[] = []
  const plain = text.includes('://') ? text.replace(ADDRESS, blanks) : text
  const end = plain.length
  for (let at = 0; at < end; ) {
    const from = at
    for (let point = pointAt(plain, at); isOfWord(point); point = pointAt(plain, at)) {
      at += point > 0xffff ? 2 : 1
      if (at >= end) break
    }
    if (at === from) {
      at += pointAt(plain, at) > 0xffff ? 2 : 1
      continue
    }
    if (at - from <= WORD_CHARS_MAX) {
      const { text: spelt, stem, hash } = spelling(plain.slice(from, at))
      words.push({ text: spelt, stem, hash, from, to: at })
    }
    if (words.length === WORDS_MAX) break
  }
  return words
}

const isOfWord = (point: number): boolean => (kindOf(point) & (LETTER | MARK)) !== 0

type Spelling = Pick<Word, 'text' | 'stem' | 'hash'>
const spellings = new Map<string, Spelling>()

/** What a word as it is written is, remembered: one word is one string, and quickly found in maps. */
const spelling = (written: string): Spelling => {
  const known = spellings.get(written)
  if (known !== undefined) return known
  if (spellings.size >= STEMS_KEPT_MAX) spellings.clear()
  const kept = loose(written)
  const folded = foldWord(kept)
  const spelt = { text: folded, stem: stemOf(folded), hash: hash32(folded) }
  spellings.set(kept, spelt)
  return spelt
}

const ADDRESS = /\bhttps?:\/\/\S*/gi
const blanks = (address: string): string => ' '.repeat(address.length)

const LOOKALIKES: Readonly<Record<string, string>> = {
  a: 'а',
  b: 'ь',
  c: 'с',
  e: 'е',
  h: 'н',
  k: 'к',
  m: 'м',
  o: 'о',
  p: 'р',
  t: 'т',
  x: 'х',
  y: 'у',
}

/** One spelling of a word; Latin letters among Cyrillic ones become what they look like. */
export const foldWord = (word: string): string => {
  const lower = word.toLowerCase()
  let cyrillic = false
  let latin = false
  let yo = false
  for (let i = 0; i < lower.length; i++) {
    const unit = lower.charCodeAt(i)
    if (unit >= 0x61 && unit <= 0x7a) latin = true
    else if (unit >= 0x400 && unit <= 0x4ff) {
      cyrillic = true
      if (unit === 0x451) yo = true
    }
  }
  const folded = yo ? lower.replaceAll('ё', 'е') : lower
  if (!cyrillic || !latin) return folded
  return folded.replace(/[abcehkmoptxy]/g, (letter) => LOOKALIKES[letter] ?? letter)
}

const stems = new Map<string, string>()

/**
 * Snowball stem of a folded word, Russian or English by its letters; what is neither stays. Remembers a bounded
 * number of words: the same word has the same stem for ever.
 * @example stemOf('банками') // 'банк'
 */
export const stemOf = (word: string): string => {
  const known = stems.get(word)
  if (known !== undefined) return known
  const isRussian = /^[а-я]+$/.test(word)
  const stem = isRussian ? russian(word) : /^[a-z]+$/.test(word) ? english(word) : word
  if (stems.size >= STEMS_KEPT_MAX) stems.clear()
  stems.set(word, stem)
  return stem
}
