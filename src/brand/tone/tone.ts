// The tone of a text towards what it names: sentiment, emotions and how sure that is. By a learnt model of the language
// where there is one, by lists of words until then; which of the two is told.

import type { Language } from '../mention/normalise.ts'
import { wordsOf, type Word } from '../mention/words.ts'
import { emotionWordsEn, EMOTIONS, type Emotion } from './emotions.ts'
import { featuresOf } from './features.ts'
import { polarityEn } from './lexicon-en.ts'
import { polarityRu } from './lexicon-ru.ts'
import { NO_FOCUS, signedText, type Focus } from './mask-text.ts'
import { scoreText, type Heads, type ToneModel } from './tone-model.ts'

export type Sentiment = 'negative' | 'neutral' | 'positive'
export const SENTIMENTS: readonly Sentiment[] = ['negative', 'neutral', 'positive']

export type Tone = {
  readonly sentiment: Sentiment
  /** −1 (surely negative) to 1 (surely positive). */
  readonly score: number
  /** Probability of the sentiment said, 0 to 1. */
  readonly confidence: number
  /** Probability of each emotion; they may be felt together. */
  readonly emotions: Readonly<Record<Emotion, number>>
  /** The strongest one that is likely enough, if any. */
  readonly emotion: Emotion | null
  /** What the sentiment is from. */
  readonly by: 'model' | 'lexicon'
  /** Of the model, or of the lexicon. */
  readonly version: string
}

/** Models in use, by language. */
export type ToneModels = { readonly [language in 'ru' | 'en']?: ToneModel }

export const LEXICON_VERSION = 'lexicon-1'
const WORDS_SURE = 3
const COMPOUND_MIN = 0.05

export type ToneInput = {
  /** Normalised. */
  readonly text: string
  readonly language: Language
  /** When they have been found already. */
  readonly words?: readonly Word[]
  /** Where the names stand. */
  readonly focus?: Focus
  /** What the lists of words say, when it was asked already: the same towards every name. */
  readonly lexical?: LexicalTone
}
export type LexicalTone = Tone & { readonly dense: readonly number[] }

/**
 * @example toneOf({ text: 'Ужасный банк, обманули', language: 'ru' }, {}).sentiment // 'negative'
 */
export const toneOf = (input: ToneInput, models: ToneModels): Tone => {
  const lexical = input.lexical ?? lexicalTone(input)
  const model = input.language === 'other' ? undefined : models[input.language]
  if (model === undefined) return lexical
  const { dense } = lexical
  const row = featuresOf(model.reader, signedText(input.text, input.focus ?? NO_FOCUS), dense)
  const { sentiment, emotions } = scoreText(model, row)
  const learnt = sentiment === null ? lexical : sentimentFrom(sentiment, cutsOf(model.sentiment))
  const felt = emotions === null ? lexical.emotions : recordOf(emotions)
  return {
    sentiment: learnt.sentiment,
    score: learnt.score,
    confidence: learnt.confidence,
    emotions: felt,
    emotion: emotions === null ? lexical.emotion : strongest(felt, cutsOf(model.emotions)),
    // A model of emotions alone leaves the sentiment to the lists.
    by: sentiment === null ? lexical.by : 'model',
    version: model.version,
  }
}

/** What the lists of words say, in the form that models take in as features. */
export const lexicalFeatures = (input: ToneInput): readonly number[] => lexicalTone(input).dense

export const lexicalTone = (input: ToneInput): LexicalTone => {
  const words = input.words ?? wordsOf(input.text)
  const isRussian = input.language === 'ru'
  const russian = isRussian ? polarityRu(input.text, words) : null
  const english = isRussian ? null : polarityEn(input.text)
  const compound = russian?.compound ?? english?.compound ?? 0
  const positive = english?.positive ?? Math.min(1, (russian?.good ?? 0) / WORDS_SURE)
  const negative = english?.negative ?? Math.min(1, (russian?.bad ?? 0) / WORDS_SURE)
  const counts = russian?.emotions ?? emotionWordsEn(words)
  const emotions = recordOf(EMOTIONS.map((emotion) => 1 - 0.5 ** counts[emotion]))
  const sentiment: Sentiment =
    compound > COMPOUND_MIN ? 'positive' : compound < -COMPOUND_MIN ? 'negative' : 'neutral'
  return {
    sentiment,
    score: compound,
    // Lists of words are never sure.
    confidence: sentiment === 'neutral' ? 0.4 : 0.4 + 0.4 * Math.abs(compound),
    emotions,
    emotion: strongest(emotions),
    by: 'lexicon',
    version: LEXICON_VERSION,
    dense: [
      Math.max(0, compound),
      Math.max(0, -compound),
      positive,
      negative,
      ...EMOTIONS.map((e) => emotions[e]),
    ],
  }
}

const recordOf = (values: readonly number[]): Readonly<Record<Emotion, number>> => ({
  joy: values[0] ?? 0,
  sadness: values[1] ?? 0,
  anger: values[2] ?? 0,
  fear: values[3] ?? 0,
  surprise: values[4] ?? 0,
})

const EMOTION_MIN = 0.5
/** The one furthest above where it begins. */
const strongest = (
  emotions: Readonly<Record<Emotion, number>>,
  cuts: readonly number[] = EMOTIONS.map(() => EMOTION_MIN),
): Emotion | null => {
  let first: Emotion | null = null
  let most = -Infinity
  for (const [place, emotion] of EMOTIONS.entries()) {
    const over = emotions[emotion] / (cuts[place] ?? 1)
    if (over > most) [first, most] = [emotion, over]
  }
  return most >= 1 ? first : null
}

const cutsOf = (heads: Heads | null): readonly number[] => heads?.calibration.map(({ cut }) => cut) ?? []

/** From the probabilities of negative, neutral and positive, each weighed by where its class begins. */
const sentimentFrom = (
  probabilities: readonly number[],
  cuts: readonly number[],
): { readonly sentiment: Sentiment; readonly score: number; readonly confidence: number } => {
  const weighed = probabilities.map((probability, h) => probability / (cuts[h] ?? 1))
  const best = weighed.indexOf(Math.max(...weighed))
  return {
    sentiment: SENTIMENTS[best] ?? 'neutral',
    score: (probabilities[2] ?? 0) - (probabilities[0] ?? 0),
    confidence: probabilities[best] ?? 0,
  }
}
