// What a business's people taught by correcting tones: words that mean good or bad here, as shifts of the log-odds that
// the tone had without them. Held near nothing, so that a word takes several corrections; few enough to be read by people.

import { hash32 } from '../../kernel/hash.ts'
import { minimise } from '../../model/index.ts'
import { wordsOf, type Word } from '../mention/words.ts'
import type { Span } from './mask-text.ts'
import { SENTIMENTS, type Sentiment, type Tone } from './tone.ts'

/** A word's stem, and by how much it raises the log-odds of negative and of positive against neutral. */
export type OwnWord = { readonly stem: string; readonly negative: number; readonly positive: number }

/** By stem. */
export type OwnWords = ReadonlyMap<string, OwnWord>

/** A text as a person read it, beside the tone it was given without what is learnt here. */
export type Lesson = {
  readonly text: string
  /** Where names stand: they teach nothing. */
  readonly names: readonly Span[]
  readonly tone: Tone
  readonly said: Sentiment
}

export type Learnt = {
  readonly words: readonly OwnWord[]
  /** On lessons that were held back, each once: share read as people did, and mean log-loss, without and with the words. */
  readonly right: { readonly before: number; readonly after: number }
  readonly loss: { readonly before: number; readonly after: number }
  /** Whether the words are better on what was held back in both. */
  readonly isBetter: boolean
}

export const LESSONS_MIN = 20
/** The newest ones count. */
export const LESSONS_MAX = 1_000
const WORDS_MAX = 300
/** A word of fewer lessons teaches nothing. */
const WORD_LESSONS_MIN = 2
const FOLDS = 5
/** Pull towards nothing: one lesson moves a word by little. */
const L2 = 0.5
const WEIGHT_MIN = 0.05
const SHARE_MIN = 0.02

/** Same lessons, same words. */
export const learnOwnWords = (lessons: readonly Lesson[]): Learnt => {
  const read = lessons.map(readLesson)
  const before = { right: 0, loss: 0 }
  const after = { right: 0, loss: 0 }
  const held: Held[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    // Copies of one text are held back together.
    const isHeld = ({ fold: own }: Read) => own === fold
    const words = byStem(fit(read.filter((one) => !isHeld(one))))
    for (const { base, stems, said } of read.filter(isHeld)) {
      const shares = shifted(base, stems, words)
      held.push({ base, shares, said, isTaught: stems.some((stem) => words.has(stem)) })
      before.right += best(base) === said ? 1 : 0
      before.loss -= Math.log(base[said] as number)
      after.loss -= Math.log(shares[said] as number)
    }
  }
  const n = Math.max(1, read.length)
  const saidBefore = held.map(({ base }) => best(base))
  const saidWith = (openness: number) =>
    held.map(({ base, shares, isTaught }) => (isTaught ? bestOpen(shares, openness) : best(base)))
  const toned = OPENNESS.toSorted(
    (left, right) => tonedF1(saidWith(right), held) - tonedF1(saidWith(left), held) || left - right,
  )
  const openness = toned[0] ?? 0
  after.right = saidWith(openness).filter((place, i) => place === held[i]?.said).length
  const rounded = (value: number): number => Math.round((1_000 * value) / n) / 1_000
  return {
    words: withOpenness(fit(read), openness),
    right: { before: rounded(before.right), after: rounded(after.right) },
    loss: { before: rounded(before.loss), after: rounded(after.loss) },
    isBetter:
      after.loss < before.loss &&
      after.right >= before.right &&
      // Most of what is said is neutral: who learns only that finds no crisis any more.
      tonedF1(saidWith(openness), held) >= tonedF1(saidBefore, held),
  }
}

type Held = {
  readonly base: readonly number[]
  readonly shares: readonly number[]
  readonly said: number
  readonly isTaught: boolean
}

/** By how much the log-odds of negative and positive are raised before the likeliest is said: tried on lessons held back. */
const OPENNESS = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const
/** Stands among the words for that, as the word of every text that has another one. */
const EVERY_TEXT = ''

const withOpenness = (words: readonly OwnWord[], openness: number): readonly OwnWord[] =>
  openness === 0 || words.length === 0
    ? words
    : [...words.slice(0, WORDS_MAX - 1), { stem: EVERY_TEXT, negative: openness, positive: openness }]

const bestOpen = (shares: readonly number[], openness: number): number =>
  best(shares.map((share, place) => (place === 1 ? share * Math.exp(-openness) : share)))

/** Mean F1 of negative and positive. */
const tonedF1 = (said: readonly number[], held: readonly Held[]): number => {
  const of = (one: number): number => {
    let hits = 0
    let all = 0
    said.forEach((place, i) => {
      const truth = held[i]?.said === one
      if (place === one && truth) hits++
      all += (place === one ? 1 : 0) + (truth ? 1 : 0)
    })
    return all === 0 ? 0 : (2 * hits) / all
  }
  return (of(0) + of(2)) / 2
}

export const byStem = (words: readonly OwnWord[]): OwnWords => new Map(words.map((word) => [word.stem, word]))

/** The tone with what was taught here; as it was where the text has none of the words. */
export const withOwnWords = (tone: Tone, words: readonly Word[], own: OwnWords): Tone => {
  if (own.size === 0) return tone
  const stems = new Set(words.map(({ stem }) => stem).filter((stem) => own.has(stem)))
  if (stems.size === 0) return tone
  const base = sharesOf(tone)
  const shares = shifted(base, [...stems], own)
  const winner = bestOpen(shares, own.get(EVERY_TEXT)?.negative ?? 0)
  // Where the words change nothing of the order, the cuts of the model stand.
  const sentiment = winner === best(base) ? tone.sentiment : (SENTIMENTS[winner] as Sentiment)
  return {
    ...tone,
    sentiment,
    score: (shares[2] as number) - (shares[0] as number),
    confidence: shares[SENTIMENTS.indexOf(sentiment)] as number,
  }
}

type Read = {
  /** Shares of negative, neutral, positive. */
  readonly base: readonly number[]
  readonly stems: readonly string[]
  readonly said: number
  readonly fold: number
}

const readLesson = ({ text, names, tone, said }: Lesson): Read => {
  const words = wordsOf(text).filter(({ from }) => !names.some((name) => from >= name.from && from < name.to))
  return {
    base: sharesOf(tone),
    stems: [...new Set(words.map(({ stem }) => stem))],
    said: SENTIMENTS.indexOf(said),
    fold: hash32(text, 7) % FOLDS,
  }
}

/** Probabilities of the three sentiments that a score and a confidence stand for. */
const sharesOf = ({ sentiment, score, confidence }: Tone): readonly number[] => {
  const rest = 1 - confidence
  const clamp = (value: number): number => Math.min(rest, Math.max(0, value))
  const positive =
    sentiment === 'positive'
      ? confidence
      : sentiment === 'negative'
        ? clamp(score + confidence)
        : clamp((rest + score) / 2)
  const negative =
    sentiment === 'negative'
      ? confidence
      : sentiment === 'positive'
        ? clamp(confidence - score)
        : clamp((rest - score) / 2)
  const shares = [negative, 1 - negative - positive, positive].map((share) => Math.max(SHARE_MIN, share))
  const sum = shares.reduce((total, share) => total + share, 0)
  return shares.map((share) => share / sum)
}

const best = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares))

const shifted = (base: readonly number[], stems: readonly string[], own: OwnWords): readonly number[] => {
  let [negative, positive] = [0, 0]
  for (const stem of stems) {
    const word = own.get(stem)
    negative += word?.negative ?? 0
    positive += word?.positive ?? 0
  }
  return softmax(base, negative, positive)
}

const softmax = (base: readonly number[], negative: number, positive: number): readonly number[] => {
  const raw = [
    (base[0] as number) * Math.exp(negative),
    base[1] as number,
    (base[2] as number) * Math.exp(positive),
  ]
  const sum = raw.reduce((total, value) => total + value, 0)
  return raw.map((value) => value / sum)
}

/** Multinomial logistic over words, from the given shares, by L-BFGS. */
const fit = (lessons: readonly Read[]): readonly OwnWord[] => {
  const counts = new Map<string, number>()
  for (const { stems } of lessons) for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  const stems = [...counts].filter(([, count]) => count >= WORD_LESSONS_MIN).map(([stem]) => stem)
  const place = new Map(stems.map((stem, at) => [stem, at]))
  const rows = lessons.map((lesson) => lesson.stems.flatMap((stem) => place.get(stem) ?? []))
  const weights = new Float64Array(2 * stems.length)
  if (stems.length > 0)
    minimise((x, gradient) => {
      let loss = 0
      for (let i = 0; i < x.length; i++) {
        loss += (L2 / 2) * (x[i] as number) ** 2
        gradient[i] = L2 * (x[i] as number)
      }
      lessons.forEach(({ base, said }, at) => {
        const row = rows[at] ?? []
        let [negative, positive] = [0, 0]
        for (const p of row) {
          negative += x[2 * p] as number
          positive += x[2 * p + 1] as number
        }
        const shares = softmax(base, negative, positive)
        loss -= Math.log(Math.max(1e-12, shares[said] as number))
        for (const p of row) {
          gradient[2 * p] = (gradient[2 * p] as number) + (shares[0] as number) - (said === 0 ? 1 : 0)
          gradient[2 * p + 1] = (gradient[2 * p + 1] as number) + (shares[2] as number) - (said === 2 ? 1 : 0)
        }
      })
      return loss
    }, weights)
  const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
  const size = ({ negative, positive }: OwnWord): number => Math.max(Math.abs(negative), Math.abs(positive))
  return stems
    .map(
      (stem, at): OwnWord => ({
        stem,
        negative: rounded(weights[2 * at] as number),
        positive: rounded(weights[2 * at + 1] as number),
      }),
    )
    .filter((word) => size(word) >= WEIGHT_MIN)
    .toSorted((left, right) => size(right) - size(left) || (left.stem < right.stem ? -1 : 1))
    .slice(0, WORDS_MAX)
}
