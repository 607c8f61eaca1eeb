// Makes the tone models that ship, from public labelled texts whose licences allow it (docs/decisions/tone.md),
// and prints what they are worth on texts of another kind. `node scripts/tone-models.ts [ru|en]`

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { banksOf } from '../bench/learning/banks.ts'
import { dataFile, readGzip, readTar } from '../bench/learning/files.ts'
import {
  normaliseMention,
  packTone,
  toneOf,
  trainTone,
  unpackTone,
  type Emotion,
  type Sentiment,
  type ToneExample,
  type ToneModels,
} from '../src/brand/index.ts'
import { f1Of } from '../src/brand/tone/train.ts'
import { readTable } from '../src/connect/index.ts'
import { Failure } from '../src/kernel/failure.ts'
import { hash32 } from '../src/kernel/hash.ts'
import { root, run } from './run.ts'

/** Half a megabyte a model, as bytes. */
const BITS = 16

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

/** News, towards a person or an organisation in the sentence. */
const rusentne = (): readonly ToneExample[] =>
  rowsOf('rusentne2023/train.tsv.gz')
    .slice(1)
    .map(([sentence = '', entity = '', , , , label = '0']) => {
      const { text } = normaliseMention(sentence)
      const from = text.indexOf(entity)
      const own = from < 0 ? [] : [{ from, to: from + entity.length }]
      return { text, focus: { own, others: [] }, sentiment: sentimentOf(Number(label)) }
    })

const CEDR: readonly Emotion[] = ['joy', 'sadness', 'surprise', 'fear', 'anger']
const BAD: readonly Emotion[] = ['sadness', 'fear', 'anger']

/** Sentences of blogs and news by emotion; where those point one way, they are a sentiment too. */
const cedr = async (): Promise<readonly ToneExample[]> => {
  const { columns } = await readTable(needed('cedr/train.csv.gz'))
  const cells = (name: string) => columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('labels')
  return cells('text').map((raw, i) => {
    const emotions = (labels[i]?.match(/\d/g) ?? []).map((digit) => CEDR[Number(digit)] as Emotion)
    const isGood = emotions.includes('joy')
    const isBad = emotions.some((one) => BAD.includes(one))
    const isOpen = isGood === isBad && emotions.length > 0
    const sentiment: Sentiment = isGood ? 'positive' : isBad ? 'negative' : 'neutral'
    return { text: normaliseMention(raw).text, emotions, ...(isOpen ? {} : { sentiment }) }
  })
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

const examplesOf = async (language: 'ru' | 'en'): Promise<readonly ToneExample[]> =>
  language === 'ru' ? [...rusentne(), ...(await cedr())] : [...goEmotions(), ...vader()]

type Judged = Required<Pick<ToneExample, 'text' | 'sentiment'>> & Pick<ToneExample, 'focus'>

/** Texts of another kind, that no model was learnt from: tweets on banks, tweets on airlines. */
const othersOf = async (language: 'ru' | 'en'): Promise<readonly Judged[]> => {
  if (language === 'ru')
    return (banksOf('banks_2015_test') ?? []).map(({ text, focus, sentiment }) => ({
      text,
      focus,
      sentiment,
    }))
  const { columns } = await readTable(needed('airline_tweets/Tweets.csv.gz'))
  const cells = (name: string) => columns.find((column) => column.name === name)?.cells ?? []
  const labels = cells('airline_sentiment')
  return cells('text').map((raw, i) => ({
    text: normaliseMention(raw).text,
    sentiment: labels[i] as Sentiment,
  }))
}

/** Mean F1 of negative and positive. */
const worth = (language: 'ru' | 'en', texts: readonly Judged[], models: ToneModels): number => {
  const said = texts.map((one) => toneOf({ ...one, language }, models).sentiment)
  const of = (one: Sentiment) =>
    f1Of(
      said.map((s) => s === one),
      texts.map(({ sentiment }) => sentiment === one),
    )
  return (of('negative') + of('positive')) / 2
}

const make = async (language: 'ru' | 'en'): Promise<void> => {
  const examples = await examplesOf(language)
  const { model, exam } = trainTone({
    language,
    examples,
    version: `${language}-shipped-1`,
    options: { bits: BITS, ways: WAYS },
  })
  const packed = packTone(model)
  const shipped = unpackTone(packed)
  const others = await othersOf(language)
  const alone = worth(language, others, {})
  const learnt = worth(language, others, { [language]: shipped })
  const path = join(root, 'src', 'brand', 'tone', 'models', `${language}.json`)
  const text = `${JSON.stringify(packed)}\n`
  // What does not travel does not ship: the lists of words go on to speak.
  const ships = learnt > alone
  if (ships) {
    writeFileSync(path, text)
    run('biome', ['format', '--write', '--log-level=error', path])
  }
  const emotions = Object.entries(exam.emotionF1 ?? {}).map(([name, f1]) => `${name} ${f1.toFixed(3)}`)
  console.log(
    [
      `${language}: ${examples.length} texts, ${text.length} bytes, hash ${hash32(text).toString(16)}`,
      `  held back: mean F1 ${(exam.sentimentF1 ?? 0).toFixed(3)}, words alone ${(exam.lexiconF1 ?? 0).toFixed(3)}; ${emotions.join(', ')}`,
      `  ${language === 'ru' ? 'tweets on banks' : 'tweets on airlines'}: mean F1 ${learnt.toFixed(3)}, words alone ${alone.toFixed(3)}`,
      ...(ships ? [] : ['  it does not ship: words alone are better there']),
    ].join('\n'),
  )
}

const asked = process.argv.slice(2)
for (const language of ['ru', 'en'] as const)
  if (asked.length === 0 || asked.includes(language)) await make(language)
