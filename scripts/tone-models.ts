// Makes the tone models that ship, from public labelled texts whose licences allow it (docs/decisions/tone.md),
// and prints what they are worth on texts of another kind. `node scripts/tone-models.ts [ru|en]`

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFile, readGzip, readTar } from '../bench/learning/files.ts'
import {
  EMOTIONS,
  normaliseMention,
  packTone,
  toneOf,
  trainTone,
  unpackTone,
  type Emotion,
  type Sentiment,
  type ToneExample,
  type PackedTone,
  type ToneModels,
} from '../src/brand/index.ts'
import { f1Of } from '../src/brand/tone/train.ts'
import { readTable } from '../src/connect/index.ts'
import { Failure } from '../src/kernel/failure.ts'
import { hash32 } from '../src/kernel/hash.ts'
import { root, run } from './run.ts'

/** Half a megabyte a model, as bytes. */
const BITS = 16

/** Where an emotion begins for the lists of words. */
const EMOTION_MIN = 0.5
/** Tried on a fifth that is held back. */
const WAYS = [
  { l2: 0.3, evenness: Infinity },
  { l2: 2, evenness: 0.5 },
]

const needed = (path: string): string => {
  const found = dataFile(path)
  if (found !== null) return found
  throw new Failure({
    code: 'data.missing',
    message: `${path} is not there.`,
    hint: 'Set WINDVANE_DATA to the folder of public data sets.',
  })
}

const rowsOf = (path: string): readonly (readonly string[])[] =>
  readGzip(needed(path))
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

const sentimentOf = (label: number): Sentiment =>
  label < 0 ? 'negative' : label > 0 ? 'positive' : 'neutral'

const CEDR: readonly Emotion[] = ['joy', 'sadness', 'surprise', 'fear', 'anger']
const BAD: readonly Emotion[] = ['sadness', 'fear', 'anger']

/** Sentences of blogs and news by emotion. */
const cedr = async (): Promise<readonly ToneExample[]> => {
  const { columns } = await readTable(needed('cedr/train.csv.gz'))
  const cells = (name: string) => columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('labels')
  return cells('text').map((raw, i) => ({
    text: normaliseMention(raw).text,
    emotions: (labels[i]?.match(/\d/g) ?? []).map((digit) => CEDR[Number(digit)] as Emotion),
  }))
}

const EKMAN = ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise']
/** One comment in three, so that it is learnt in about a minute. */
const GOEMOTIONS_SHARE = 3

const goEmotions = (): readonly ToneExample[] =>
  rowsOf('goemotions_ekman/train.tsv.gz')
    .filter(([raw = '']) => hash32(raw, 3) % GOEMOTIONS_SHARE === 0)
    .map(([raw = '', labels = '']) => {
      const names = labels.split(',').map((digit) => EKMAN[Number(digit)] ?? '')
      const felt = names.map((name) => (name === 'disgust' ? 'anger' : name))
      const emotions = CEDR.filter((emotion) => felt.includes(emotion))
      const isGood = emotions.includes('joy')
      const isBad = emotions.some((one) => BAD.includes(one))
      const isOpen = isGood === isBad && !names.includes('neutral')
      const sentiment: Sentiment = isGood === isBad ? 'neutral' : isGood ? 'positive' : 'negative'
      return { text: normaliseMention(raw).text, emotions, ...(isOpen ? {} : { sentiment }) }
    })

/** People's mean on a scale from −4 to 4. */
const VADER_TONED = 0.8
const vader = (): readonly ToneExample[] =>
  [...readTar(needed('vader/hutto_ICWSM_2014.tar.gz'))]
    .filter(([name]) => /(tweets|amazonReviewSnippets)_GroundTruth\.txt$/.test(name))
    .flatMap(([, text]) => text.split('\n').map((line) => line.split('\t')))
    .filter((cells) => cells.length === 3)
    .map(([, mean = '0', raw = '']) => {
      const value = Number(mean)
      const sentiment = Math.abs(value) < VADER_TONED ? 'neutral' : sentimentOf(value)
      return { text: normaliseMention(raw.trim()).text, sentiment }
    })

type Judged = Required<Pick<ToneExample, 'text' | 'sentiment'>> & Pick<ToneExample, 'focus'>

/** Texts of another kind, that the model was not learnt from: tweets on airlines. */
const airline = async (): Promise<readonly Judged[]> => {
  const { columns } = await readTable(needed('airline_tweets/Tweets.csv.gz'))
  const cells = (name: string) => columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('airline_sentiment')
  return cells('text').map((raw, i) => ({
    text: normaliseMention(raw).text,
    sentiment: labels[i] as Sentiment,
  }))
}

/** Mean F1 of negative and positive. */
const worth = (texts: readonly Judged[], models: ToneModels): number => {
  const said = texts.map(({ text }) => toneOf({ text, language: 'en' }, models).sentiment)
  const of = (one: Sentiment) =>
    f1Of(
      said.map((s) => s === one),
      texts.map(({ sentiment }) => sentiment === one),
    )
  return (of('negative') + of('positive')) / 2
}

/** Mean over the emotions of the mean F1 of felt and not felt. */
const emotionWorth = (texts: readonly ToneExample[], models: ToneModels): number => {
  const cuts = models.ru?.emotions?.calibration.map(({ cut }) => cut)
  const tones = texts.map(({ text }) => toneOf({ text, language: 'ru' }, models))
  const of = (emotion: Emotion, at: number, felt: boolean) =>
    f1Of(
      tones.map(({ emotions }) => emotions[emotion] >= at === felt),
      texts.map(({ emotions }) => (emotions ?? []).includes(emotion) === felt),
    )
  const each = EMOTIONS.map((emotion, i) => {
    const at = cuts?.[i] ?? EMOTION_MIN
    return (of(emotion, at, true) + of(emotion, at, false)) / 2
  })
  return each.reduce((sum, value) => sum + value, 0) / each.length
}

const trained = (language: 'ru' | 'en', examples: readonly ToneExample[]): PackedTone =>
  packTone(
    trainTone({
      language,
      examples,
      version: `${language}-shipped-1`,
      options: { bits: BITS, ways: WAYS },
    }).model,
  )

type Made = {
  readonly packed: PackedTone
  readonly learnt: number
  readonly alone: number
  readonly on: string
}

const english = async (): Promise<Made> => {
  const packed = trained('en', [...goEmotions(), ...vader()])
  const others = await airline()
  return {
    packed,
    learnt: worth(others, { en: unpackTone(packed) }),
    alone: worth(others, {}),
    on: 'sentiment of tweets on airlines, mean F1',
  }
}

/** One sentence in so many is judged by a model that has not seen it. */
const UNSEEN_SHARE = 5

/**
 * Emotions only: what sentiment can be learnt from texts that may ship reads tweets worse than the lists of words do
 * (`node bench/learning/tone.ts shippable`).
 */
const russian = async (): Promise<Made> => {
  const examples = await cedr()
  const isUnseen = ({ text }: ToneExample) => hash32(text, 11) % UNSEEN_SHARE === 0
  const unseen = examples.filter(isUnseen)
  const judge = trained(
    'ru',
    examples.filter((one) => !isUnseen(one)),
  )
  return {
    packed: trained('ru', examples),
    learnt: emotionWorth(unseen, { ru: unpackTone(judge) }),
    alone: emotionWorth(unseen, {}),
    on: `emotions of ${unseen.length} sentences not learnt from, mean two-class macro-F`,
  }
}

const ship = (language: 'ru' | 'en', { packed, learnt, alone, on }: Made): void => {
  const path = join(root, 'src', 'brand', 'tone', 'models', `${language}.json`)
  const text = `${JSON.stringify(packed)}\n`
  // What does not travel does not ship: the lists of words go on to speak.
  const ships = learnt > alone
  if (ships) {
    writeFileSync(path, text)
    run('biome', ['format', '--write', '--log-level=error', path])
  }
  console.log(
    [
      `${language}: ${text.length} bytes, hash ${hash32(text).toString(16)}`,
      `  ${on}: ${learnt.toFixed(3)}, words alone ${alone.toFixed(3)}`,
      ...(ships ? [] : ['  it does not ship: words alone are better there']),
    ].join('\n'),
  )
}

const asked = process.argv.slice(2)
const wants = (language: string) => asked.length === 0 || asked.includes(language)
if (wants('ru')) ship('ru', await russian())
if (wants('en')) ship('en', await english())
