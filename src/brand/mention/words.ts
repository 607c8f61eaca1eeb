// The words of a text, folded so that one word has one spelling (case, ё, lookalike letters of another alphabet), with
// where they stand and their stems.

import { english, russian } from 'multilingual-stemmer'

export type Word = {
  /** Folded: lower case, е for ё, one alphabet. */
  readonly text: string
  /** Where it stands in the text, UTF-16 units, end exclusive. */
  readonly from: number
  readonly to: number
}

export const WORDS_MAX = 600
const WORD_CHARS_MAX = 40
const STEMS_KEPT_MAX = 50_000

const WORD = /[\p{L}\p{N}\p{M}]+/gu

/**
 * At most `WORDS_MAX` words of a normalised text, in order. Addresses of pages are left out.
 * @example wordsOf('В Сбере!').map(({ text }) => text) // ['в', 'сбере']
 */
export const wordsOf = (text: string): readonly Word[] => {
  const words: Word[] = []
  const plain = text.includes('://') ? text.replace(ADDRESS, blanks) : text
  WORD.lastIndex = 0
  for (let match = WORD.exec(plain); match !== null; match = WORD.exec(plain)) {
    const from = match.index
    const to = from + match[0].length
    if (to - from <= WORD_CHARS_MAX) words.push({ text: foldWord(match[0]), from, to })
    if (words.length === WORDS_MAX) break
  }
  return words
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
