// Tone on labelled texts that the learner has not seen: SentiRuEval 2015 banks (its own train and test part), CEDR's emotions
// and airline tweets by three folds, VADER's tweets by words alone. `node bench/learning/tone.ts [banks|cedr|airline|vader|shippable|corrected]`

import {
  normaliseMention,
  toneOf,
  trainTone,
  EMOTIONS,
  type Emotion,
  type Sentiment,
} from '../../src/brand/index.ts'
import { readTable } from '../../src/connect/index.ts'
import { hash32 } from '../../src/kernel/hash.ts'
import { polarityEn } from '../../src/brand/tone/lexicon-en.ts'
import { f1Of, type ToneExample } from '../../src/brand/tone/train.ts'
import { banksOf } from './banks.ts'
import { dataFile, readTar } from './files.ts'
import { printVerdicts, type Verdict } from './peer.ts'
import { corrected, shippable } from './tone-russian.ts'

const FOLDS = 3
const show = (value: number): string => value.toFixed(3)
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

const macro = (
  said: readonly Sentiment[],
  truth: readonly Sentiment[],
  classes: readonly Sentiment[],
): number =>
  mean(
    classes.map((one) =>
      f1Of(
        said.map((s) => s === one),
        truth.map((t) => t === one),
      ),
    ),
  )

const banks = (): readonly Verdict[] => {
  const [train, test] = [banksOf('banks_2015_train'), banksOf('banks_2015_test')]
  if (train === null || test === null) return []
  const example = ({ text, focus, sentiment }: (typeof train)[number]): ToneExample => ({
    text,
    focus,
    sentiment,
  })
  const { model } = trainTone({ language: 'ru', version: 'bench', examples: train.map(example) })
  const truth = test.map(({ sentiment }) => sentiment)
  const said = (models: Parameters<typeof toneOf>[1]) =>
    test.map(({ text, focus }) => toneOf({ text, focus, language: 'ru' }, models).sentiment)
  const learnt = macro(said({ ru: model }), truth, ['negative', 'positive'])
  return [
    {
      what: 'SentiRuEval 2015 banks, macro-F of negative and positive',
      ours: show(learnt),
      known: '.360 the best of that year (SVM)',
      peer: `${show(macro(said({}), truth, ['negative', 'positive']))} words alone`,
      ok: learnt >= 0.36,
    },
  ]
}

const foldsOf = <T>(
  rows: readonly T[],
  text: (row: T) => string,
): readonly (readonly [train: T[], test: T[]])[] =>
  Array.from({ length: FOLDS }, (_, k) => [
    rows.filter((row) => hash32(text(row), 11) % FOLDS !== k),
    rows.filter((row) => hash32(text(row), 11) % FOLDS === k),
  ])

const CEDR_ORDER: readonly Emotion[] = ['joy', 'sadness', 'surprise', 'fear', 'anger']

const cedr = async (): Promise<readonly Verdict[]> => {
  const path = dataFile('cedr/train.csv.gz')
  if (path === null) return []
  const table = await readTable(path)
  const cells = (name: string) => table.columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('labels')
  const rows = cells('text').map((raw, i) => ({
    text: normaliseMention(raw).text,
    emotions: (labels[i]?.match(/\d/g) ?? []).map((digit) => CEDR_ORDER[Number(digit)] as Emotion),
  }))
  const said: boolean[][] = EMOTIONS.map(() => [])
  const truth: boolean[][] = EMOTIONS.map(() => [])
  for (const [train, test] of foldsOf(rows, ({ text }) => text)) {
    const { model } = trainTone({ language: 'ru', version: 'bench', examples: train })
    const cuts = model.emotions?.calibration.map(({ cut }) => cut) ?? []
    for (const { text, emotions } of test) {
      const tone = toneOf({ text, language: 'ru' }, { ru: model })
      EMOTIONS.forEach((emotion, h) => {
        said[h]?.push(tone.emotions[emotion] >= (cuts[h] ?? 1))
        truth[h]?.push(emotions.includes(emotion))
      })
    }
  }
  const yes = EMOTIONS.map((_, h) => f1Of(said[h] ?? [], truth[h] ?? []))
  const no = EMOTIONS.map((_, h) =>
    f1Of(
      (said[h] ?? []).map((s) => !s),
      (truth[h] ?? []).map((t) => !t),
    ),
  )
  const two = mean(yes.map((f, h) => (f + (no[h] as number)) / 2))
  return [
    {
      what: `CEDR train part, ${FOLDS} folds, mean two-class macro-F`,
      ours: show(two),
      known: '.64 SVM, .67 words, .77 ELMo',
      peer: '.806 scikit-learn, recomputed',
      ok: two >= 0.78,
    },
    ...EMOTIONS.map((emotion, h) => ({
      what: `  F1 of ${emotion}`,
      ours: show(yes[h] as number),
      known: '',
      peer: '',
      ok: null,
    })),
  ]
}

const airline = async (): Promise<readonly Verdict[]> => {
  const path = dataFile('airline_tweets/Tweets.csv.gz')
  if (path === null) return []
  const table = await readTable(path)
  const cells = (name: string) => table.columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('airline_sentiment')
  const rows = cells('text').map((raw, i) => ({
    text: normaliseMention(raw).text,
    sentiment: labels[i] as Sentiment,
  }))
  const said: Sentiment[] = []
  const words: Sentiment[] = []
  const truth: Sentiment[] = []
  for (const [train, test] of foldsOf(rows, ({ text }) => text)) {
    const { model } = trainTone({ language: 'en', version: 'bench', examples: train })
    for (const { text, sentiment } of test) {
      said.push(toneOf({ text, language: 'en' }, { en: model }).sentiment)
      words.push(toneOf({ text, language: 'en' }, {}).sentiment)
      truth.push(sentiment)
    }
  }
  const classes: readonly Sentiment[] = ['negative', 'neutral', 'positive']
  const all = macro(said, truth, classes)
  return [
    {
      what: `Airline tweets, ${FOLDS} folds, macro-F of three classes`,
      ours: show(all),
      known: '.787 scikit-learn, recomputed',
      peer: `${show(macro(words, truth, classes))} words alone`,
      ok: all >= 0.78,
    },
  ]
}

const vader = (): readonly Verdict[] => {
  const path = dataFile('vader/hutto_ICWSM_2014.tar.gz')
  if (path === null) return []
  const text = [...readTar(path)].find(([name]) => name.endsWith('tweets_GroundTruth.txt'))?.[1] ?? ''
  const rows = text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((cells) => cells.length === 3)
  const human = rows.map((cells) => Number(cells[1]))
  const ours = rows.map((cells) => polarityEn((cells[2] ?? '').trim()).compound)
  const r = correlation(ours, human)
  return [
    {
      what: `VADER's ${rows.length} tweets by words, correlation with people`,
      ours: show(r),
      known: '.881 (paper, its list of 2014)',
      peer: '',
      ok: r >= 0.86,
    },
  ]
}

const correlation = (left: readonly number[], right: readonly number[]): number => {
  const [l, r] = [mean(left), mean(right)]
  const sum = (of: (i: number) => number) => left.reduce((total, _, i) => total + of(i), 0)
  const dl = (i: number) => (left[i] as number) - l
  const dr = (i: number) => (right[i] as number) - r
  return sum((i) => dl(i) * dr(i)) / Math.sqrt(sum((i) => dl(i) ** 2) * sum((i) => dr(i) ** 2))
}

const parts = { banks, cedr, airline, vader, shippable, corrected }
const asked = process.argv.slice(2)
const verdicts: Verdict[] = []
for (const [name, part] of Object.entries(parts))
  if (asked.length === 0 || asked.includes(name)) verdicts.push(...(await part()))
printVerdicts('Tone', verdicts)
