// Words and pairs of words as numbers, so that they are counted in arrays: what is loud is looked at again and again. A table
// of bounded size that begins anew when it is full; numbers given before that are told by their age, and asked for again.

import { hash32 } from '../../kernel/hash.ts'
import { wordsOf, WORDS_MAX } from '../mention/words.ts'

/** So many words and pairs have a number at a time. */
export const PHRASES_MAX = 2 ** 17
const SLOTS = 2 * PHRASES_MAX
/** A text gives so many at most. */
const OF_TEXT_MAX = 2 * WORDS_MAX

const STOPS = new Set(
  `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было вот от меня еще нет о из ему
  теперь когда даже ну ли если уже или ни быть был него до вас нибудь опять уж вам ведь там потом себя ничего ей может они
  тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет тогда кто этот того потому
  этого какой ним здесь этом один мой тем чтобы нее были куда зачем всех при это об про the a an and or of to in on at for
  with is are was were be been it its this that i you he she we they my your our their me him her them as by from not no do
  does did have has had will would can could just so but if about rt via com http https www`.split(/\s+/),
)

/** Words and pairs of one text, each once, and how it says them last. */
export type Phrases = {
  readonly age: number
  readonly ids: readonly number[]
  /** By the place in `ids`: of a pair its first word, else ''; and its last. */
  readonly firsts: readonly string[]
  readonly lasts: readonly string[]
}

type Table = {
  age: number
  count: number
  readonly words: Map<string, number>
  /** By number: the stem of a single word; the numbers of a pair's words, −1 of a single one; the hash of the whole. */
  readonly stems: string[]
  readonly first: Int32Array
  readonly last: Int32Array
  readonly hashes: Int32Array
  /** Of pairs: number plus one, by a hash of their words' numbers. */
  readonly slots: Int32Array
  /** By number, the place in the text at hand. */
  readonly places: Int32Array
}

const table: Table = {
  age: 0,
  count: 0,
  words: new Map(),
  stems: [],
  first: new Int32Array(PHRASES_MAX),
  last: new Int32Array(PHRASES_MAX),
  hashes: new Int32Array(PHRASES_MAX),
  slots: new Int32Array(SLOTS),
  places: new Int32Array(PHRASES_MAX),
}

/** Numbers of this age may be counted together. */
export const ageOfPhrases = (): number => table.age

/** The next so many phrases will not make the table begin anew. */
export const makeRoom = (phrases: number): void => {
  if (table.count + phrases <= PHRASES_MAX) return
  table.age++
  table.count = 0
  table.words.clear()
  table.stems.length = 0
  table.slots.fill(0)
}

export const keyOf = (id: number): string => {
  const first = table.first[id] as number
  const last = table.stems[table.last[id] as number] as string
  return first < 0 ? last : `${table.stems[first]} ${last}`
}

/** Of the key; the same in any table. */
export const hashOfPhrase = (id: number): number => table.hashes[id] as number

export const isPair = (id: number): boolean => (table.first[id] as number) >= 0

/** May make the table begin anew, before it is asked for a number. */
export const phrasesOf = (text: string): Phrases => {
  makeRoom(OF_TEXT_MAX)
  const ids: number[] = []
  const firsts: string[] = []
  const lasts: string[] = []
  const { places } = table
  const take = (id: number, first: string, last: string): void => {
    const place = places[id] as number
    const known = ids[place] === id ? place : ids.push(id) - 1
    places[id] = known
    firsts[known] = first
    lasts[known] = last
  }
  let before: { readonly id: number; readonly text: string; readonly to: number } | undefined
  for (const { text: word, stem, to, from } of wordsOf(text)) {
    if (word.length < 3 || STOPS.has(word)) {
      before = undefined
      continue
    }
    const id = table.words.get(stem) ?? addWord(stem)
    take(id, '', word)
    if (before !== undefined && from - before.to < 3) take(pairOf(before.id, id), before.text, word)
    before = { id, text: word, to }
  }
  return { age: table.age, ids, firsts, lasts }
}

const addWord = (stem: string): number => {
  const id = add(-1, table.count, hash32(stem))
  table.stems[id] = stem
  table.words.set(stem, id)
  return id
}

const pairOf = (first: number, last: number): number => {
  let slot = (Math.imul(first, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b)) >>> 0
  for (slot = (slot ^ (slot >>> 15)) & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const id = (table.slots[slot] as number) - 1
    if (id < 0) break
    if (table.first[id] === first && table.last[id] === last) return id
  }
  const id = add(first, last, hash32(`${table.stems[first]} ${table.stems[last]}`))
  table.slots[slot] = id + 1
  return id
}

const add = (first: number, last: number, hash: number): number => {
  const id = table.count++
  table.first[id] = first
  table.last[id] = last
  table.hashes[id] = hash
  return id
}
