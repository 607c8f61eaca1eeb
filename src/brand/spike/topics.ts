// What a spike is about, in its own words: the pairs and words that stand in it far more often than in what is usually
// said. What is usual is a hashed count of all that was heard, of fixed size, older words fading.

import { hash32 } from '../../kernel/hash.ts'
import { stemOf, wordsOf } from '../mention/words.ts'
import type { SpikeTopic } from './heard.ts'

const CELLS = 2 ** 16
const TEXTS_MAX = 200_000

export type Background = { texts: number; readonly counts: Float32Array }

export const createBackground = (): Background => ({ texts: 0, counts: new Float32Array(CELLS) })

const STOPS = new Set(
  `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было вот от меня еще нет о из ему
  теперь когда даже ну ли если уже или ни быть был него до вас нибудь опять уж вам ведь там потом себя ничего ей может они
  тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет тогда кто этот того потому
  этого какой ним здесь этом один мой тем чтобы нее были куда зачем всех при это об про the a an and or of to in on at for
  with is are was were be been it its this that i you he she we they my your our their me him her them as by from not no do
  does did have has had will would can could just so but if about rt via com http https www`.split(/\s+/),
)

type Phrase = { readonly key: string; readonly shown: string }

const PAIRS_KEPT_MAX = 50_000
const pairs = new Map<string, Map<string, string>>()
let pairsKept = 0

/** Two words as one string, the same each time: what is looked up again and again is found sooner. */
const pairOf = (first: string, second: string): string => {
  const known = pairs.get(first)?.get(second)
  if (known !== undefined) return known
  if (++pairsKept > PAIRS_KEPT_MAX) {
    pairs.clear()
    pairsKept = 1
  }
  const pair = `${first} ${second}`
  const seconds = pairs.get(first) ?? new Map<string, string>()
  pairs.set(first, seconds.set(second, pair))
  return pair
}

/** Words and pairs of a text, each once. */
const phrasesOf = (text: string): readonly Phrase[] => {
  const found = new Map<string, string>()
  let before: { readonly stem: string; readonly text: string; readonly to: number } | undefined
  for (const { text: word, to, from } of wordsOf(text)) {
    const isStop = word.length < 3 || STOPS.has(word)
    const stem = isStop ? '' : stemOf(word)
    if (!isStop) {
      found.set(stem, word)
      if (before !== undefined && from - before.to < 3)
        found.set(pairOf(before.stem, stem), pairOf(before.text, word))
    }
    before = isStop ? undefined : { stem, text: word, to }
  }
  return [...found].map(([key, shown]) => ({ key, shown }))
}

export const learnBackground = (background: Background, text: string): void => {
  if (background.texts >= TEXTS_MAX) {
    background.texts /= 2
    for (let i = 0; i < CELLS; i++) background.counts[i] = (background.counts[i] as number) / 2
  }
  background.texts++
  for (const { key } of phrasesOf(text)) {
    const cell = hash32(key) & (CELLS - 1)
    background.counts[cell] = (background.counts[cell] as number) + 1
  }
}

/** The same texts are looked at again and again while it is loud. */
const remembered = new WeakMap<object, readonly Phrase[]>()
const phrasesIn = (said: { readonly text: string }): readonly Phrase[] => {
  const known = remembered.get(said)
  if (known !== undefined) return known
  const phrases = phrasesOf(said.text)
  remembered.set(said, phrases)
  return phrases
}

/** At most `most` phrases of these texts, by Dunning's log-likelihood; a word within a named pair is not named again. */
export const topicsOf = (
  background: Background,
  texts: readonly { readonly text: string }[],
  most: number,
): readonly SpikeTopic[] => {
  const counts = new Map<string, { shown: string; mentions: number }>()
  for (const text of texts)
    for (const { key, shown } of phrasesIn(text)) {
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { shown, mentions: 1 })
      else known.mentions++
    }
  const ranked = [...counts]
    .filter(([, { mentions }]) => mentions >= 2 && mentions >= 0.1 * texts.length)
    .map(([key, { shown, mentions }]) => ({
      key,
      shown,
      mentions,
      weight: keyness(background, key, mentions, texts.length),
    }))
    .filter(({ weight }) => weight > 6)
    .sort((left, right) => right.weight - left.weight || (left.key < right.key ? -1 : 1))
  const taken: { readonly key: string; readonly phrase: string; readonly mentions: number }[] = []
  for (const { key, shown, mentions } of ranked) {
    const repeats = taken.some((one) => key.split(' ').some((part) => one.key.split(' ').includes(part)))
    if (repeats) continue
    taken.push({ key, phrase: shown, mentions })
    if (taken.length === most) break
  }
  return taken.map(({ phrase, mentions }) => ({ phrase, mentions }))
}

/** How much more often than usual, as a log-likelihood ratio; pairs say more than words. */
const keyness = ({ counts, texts }: Background, key: string, mentions: number, of: number): number => {
  const usual = Math.max(0, (counts[hash32(key) & (CELLS - 1)] as number) - mentions)
  const rest = Math.max(1, texts - of)
  const pooled = (mentions + usual) / (of + rest)
  if (mentions / of <= usual / rest) return 0
  const part = (k: number, n: number): number => (k === 0 ? 0 : k * Math.log(k / (n * pooled)))
  return 2 * (part(mentions, of) + part(usual, rest)) * (key.includes(' ') ? 1.3 : 1)
}
