// The eight banks of SentiRuEval 2015: their names as a business would list them, and the tweets with their labels.

import {
  compileDictionary,
  matchEntities,
  normaliseMention,
  wordsOf,
  type Focus,
  type Sentiment,
  type Word,
} from '../../src/brand/index.ts'
import { dataFile, readGzip } from './files.ts'

const NAMES: Readonly<Record<string, readonly string[]>> = {
  sberbank: ['Сбербанк', 'Сбер', 'Sberbank'],
  vtb: ['ВТБ', 'ВТБ24', 'VTB'],
  alfabank: ['Альфа-Банк', 'Альфабанк', 'Alfabank'],
  gazprom: ['Газпромбанк'],
  bankmoskvy: ['Банк Москвы'],
  raiffeisen: ['Райффайзенбанк', 'Райффайзен', 'Raiffeisen'],
  rshb: ['Россельхозбанк', 'РСХБ'],
  uralsib: ['Уралсиб'],
}

export const bankDictionary = compileDictionary(
  Object.entries(NAMES).map(([id, names]) => ({ id, kind: 'brand' as const, names })),
)

export type BankTweet = {
  readonly at: number
  readonly bank: string
  readonly sentiment: Sentiment
  readonly raw: string
  readonly text: string
  readonly focus: Focus
}

/** Null where the data is absent. */
export const banksOf = (part: string): readonly BankTweet[] | null => {
  const path = dataFile(`sentirueval/${part}.tsv.gz`)
  if (path === null) return null
  return readGzip(path)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [at = '', bank = '', label = '', raw = ''] = line.split('\t')
      const { text } = normaliseMention(raw)
      const words = wordsOf(text)
      const matches = matchEntities(text, bankDictionary, words)
      const spans = (own: boolean) =>
        matches
          .filter(({ entity }) => (entity === bank) === own)
          .map(({ from, to }) => ({ from: (words[from] as Word).from, to: (words[to - 1] as Word).to }))
      return {
        at: Number(at) * 1_000,
        bank,
        sentiment: Number(label) < 0 ? 'negative' : Number(label) > 0 ? 'positive' : 'neutral',
        raw,
        text,
        focus: { own: spans(true), others: spans(false) },
      }
    })
}
