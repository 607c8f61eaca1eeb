// What `windvane tone` says to people, in English and Russian.

import { EMOTIONS, SENTIMENTS, type Emotion, type Sentiment } from '../../brand/index.ts'
import { table } from '../output.ts'

type Sample = { readonly text: string; readonly score: number; readonly emotion: Emotion | null }

export type JudgedTexts = {
  readonly column: string
  readonly texts: number
  readonly languages: Readonly<Record<'ru' | 'en' | 'other', number>>
  readonly by: readonly string[]
  readonly sentiment: Readonly<Record<Sentiment, number>>
  readonly emotions: Readonly<Record<Emotion, number>>
  readonly worst: readonly Sample[]
  readonly best: readonly Sample[]
  readonly compared: {
    readonly rows: number
    readonly accuracy: number
    readonly f1: Readonly<Record<Sentiment, number>>
  } | null
}

const percent = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`

export const renderTone = (found: JudgedTexts, lang: 'en' | 'ru'): string => {
  const words = lang === 'ru' ? RU : EN
  const { texts, languages } = found
  const samples = (title: string, list: readonly Sample[]) =>
    list.length === 0
      ? []
      : [
          '',
          title,
          ...list.map(
            ({ text, score, emotion }) =>
              `  ${score.toFixed(2)}  ${text}${emotion === null ? '' : `  (${words.emotions[emotion]})`}`,
          ),
        ]
  return [
    words.head(found.column, texts, languages.ru, languages.en, languages.other),
    words.by(found.by.join(', ')),
    '',
    table([
      words.columns,
      ...SENTIMENTS.map((one) => [
        words.sentiments[one],
        found.sentiment[one],
        percent(found.sentiment[one], texts),
      ]),
      ...EMOTIONS.map((one) => [
        words.emotions[one],
        found.emotions[one],
        percent(found.emotions[one], texts),
      ]),
    ]),
    ...samples(words.worst, found.worst),
    ...samples(words.best, found.best),
    ...(found.compared === null
      ? []
      : [
          '',
          words.compared(
            found.compared.rows,
            found.compared.accuracy,
            SENTIMENTS.map((one) => `${words.sentiments[one]} ${found.compared?.f1[one].toFixed(3)}`).join(
              ', ',
            ),
          ),
        ]),
  ].join('\n')
}

const EN = {
  head: (column: string, n: number, ru: number, en: number, other: number) =>
    `${column}: ${n} texts, ${ru} Russian, ${en} English, ${other} other`,
  by: (models: string) => `Judged by: ${models}`,
  columns: ['', 'texts', 'share'],
  sentiments: { negative: 'negative', neutral: 'neutral', positive: 'positive' },
  emotions: { joy: 'joy', sadness: 'sadness', anger: 'anger', fear: 'fear', surprise: 'surprise' },
  worst: 'Most negative',
  best: 'Most positive',
  compared: (n: number, accuracy: number, f1: string) =>
    `Beside ${n} labels: accuracy ${accuracy.toFixed(3)}; F1 ${f1}`,
}

type Words = typeof EN

const RU: Words = {
  head: (column, n, ru, en, other) =>
    `${column}: текстов ${n}, русских ${ru}, английских ${en}, прочих ${other}`,
  by: (models) => `Оценка: ${models}`,
  columns: ['', 'текстов', 'доля'],
  sentiments: { negative: 'отрицательно', neutral: 'нейтрально', positive: 'положительно' },
  emotions: { joy: 'радость', sadness: 'грусть', anger: 'злость', fear: 'страх', surprise: 'удивление' },
  worst: 'Самые отрицательные',
  best: 'Самые положительные',
  compared: (n, accuracy, f1) => `Рядом с метками (${n}): верно ${accuracy.toFixed(3)}; F1: ${f1}`,
}
