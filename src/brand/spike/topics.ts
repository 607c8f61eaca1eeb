// What a spike is about, in its own words: the pairs and words that stand in it far more often than in what is usually
// said. What is usual is a hashed count of all that was heard, of fixed size, older words fading.

import { assert } from '../../kernel/assert.ts'
import type { SpikeTopic } from './heard.ts'
import {
  ageOfPhrases,
  hashOfPhrase,
  isPair,
  keyOf,
  makeRoom,
  PHRASES_MAX,
  phrasesOf,
  type Phrases,
} from './phrases.ts'

const CELLS = 2 ** 16
const TEXTS_MAX = 200_000

export type Background = { texts: number; readonly counts: Float32Array }

export const createBackground = (): Background => ({ texts: 0, counts: new Float32Array(CELLS) })

type Said = { readonly text: string }

/** `kept` is what stays of it, when that is the same text: it is going to be looked at. */
export const learnBackground = (background: Background, text: string, kept?: Said): void => {
  const { counts } = background
  if (background.texts >= TEXTS_MAX) {
    background.texts /= 2
    for (let i = 0; i < CELLS; i++) counts[i] = (counts[i] as number) / 2
  }
  background.texts++
  const phrases = phrasesOf(text)
  for (const id of phrases.ids) {
    const cell = cellOf(id)
    counts[cell] = (counts[cell] as number) + 1
  }
  if (kept?.text === text) remembered.set(kept, phrases)
}

const cellOf = (id: number): number => hashOfPhrase(id) & (CELLS - 1)

/** The same texts are looked at again and again while it is loud. */
const remembered = new WeakMap<Said, Phrases>()
const phrasesIn = (said: Said): Phrases => {
  const known = remembered.get(said)
  if (known?.age === ageOfPhrases()) return known
  const phrases = phrasesOf(said.text)
  remembered.set(said, phrases)
  return phrases
}

/** Texts that are counted together have no more phrases than that: 200 of 200 characters. */
const ROOM = 42_000
const counts = new Int32Array(PHRASES_MAX)

/** At most `most` phrases of these texts, by Dunning's log-likelihood; a word within a named pair is not named again. */
export const topicsOf = (
  background: Background,
  texts: readonly Said[],
  most: number,
): readonly SpikeTopic[] => {
  makeRoom(ROOM)
  const all = texts.map(phrasesIn)
  const met: number[] = []
  for (const { age, ids } of all) {
    assert(age === ageOfPhrases(), 'phrases of one table are counted together')
    for (const id of ids) {
      if (counts[id] === 0) met.push(id)
      counts[id] = (counts[id] as number) + 1
    }
  }
  const often = met.filter((id) => (counts[id] as number) >= Math.max(2, 0.1 * texts.length))
  const ranked = often
    .map((id) => {
      const mentions = counts[id] as number
      return { id, key: keyOf(id), mentions, weight: keyness(background, { id, mentions, of: texts.length }) }
    })
    .filter(({ weight }) => weight > 6)
    .sort((left, right) => right.weight - left.weight || (left.key < right.key ? -1 : 1))
  for (const id of met) counts[id] = 0
  const taken: { readonly key: string; readonly phrase: string; readonly mentions: number }[] = []
  for (const { id, key, mentions } of ranked) {
    const repeats = taken.some((one) => key.split(' ').some((part) => one.key.split(' ').includes(part)))
    if (repeats) continue
    taken.push({ key, phrase: shownIn(all, id), mentions })
    if (taken.length === most) break
  }
  return taken.map(({ phrase, mentions }) => ({ phrase, mentions }))
}

/** As the first text that has it says it. */
const shownIn = (all: readonly Phrases[], id: number): string => {
  for (const { ids, firsts, lasts } of all) {
    const place = ids.indexOf(id)
    if (place >= 0)
      return firsts[place] === '' ? (lasts[place] as string) : `${firsts[place]} ${lasts[place]}`
  }
  return ''
}

/** How much more often than usual, as a log-likelihood ratio; pairs say more than words. */
const keyness = (
  background: Background,
  { id, mentions, of }: { readonly id: number; readonly mentions: number; readonly of: number },
): number => {
  const usual = Math.max(0, (background.counts[cellOf(id)] as number) - mentions)
  const rest = Math.max(1, background.texts - of)
  const pooled = (mentions + usual) / (of + rest)
  if (mentions / of <= usual / rest) return 0
  const part = (k: number, n: number): number => (k === 0 ? 0 : k * Math.log(k / (n * pooled)))
  return 2 * (part(mentions, of) + part(usual, rest)) * (isPair(id) ? 1.3 : 1)
}
