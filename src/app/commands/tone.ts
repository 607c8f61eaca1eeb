// `windvane tone`: the tone of texts in a plain file, and `windvane tone train`: a model of it from labelled ones. Works
// without a server.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import {
  compileDictionary,
  createEchoes,
  EMOTIONS,
  fingerprintOf,
  matchEntities,
  normaliseMention,
  PACKED_CHARS_MAX,
  packTone,
  placeEcho,
  SENTIMENTS,
  shippedTone,
  toneOf,
  trainTone,
  unpackTone,
  wordsOf,
  type Emotion,
  type Focus,
  type PackedTone,
  type Sentiment,
  type Tone,
  type ToneModels,
} from '../../brand/index.ts'
import { badCell, lineOf, type TextColumn, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { note, print } from '../output.ts'
import {
  columnFor,
  csvCell,
  languageOf,
  namedColumn,
  readRows,
  TEXT_COLUMNS,
  usualColumn,
} from './columns.ts'
import { renderTone, type JudgedTexts } from './tone-text.ts'

type ToneOptions = {
  readonly text?: string
  readonly label?: string
  readonly towards: readonly string[]
  readonly model: readonly string[]
  readonly out?: string
  readonly lang: string
  readonly json: boolean
}

const LABELS = ['sentiment', 'label', 'tone', 'airline_sentiment', 'тональность', 'метка', 'оценка']
const SAMPLES = 5

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export const toneCommand = (): Command =>
  new Command('tone')
    .description('sentiment and emotions of texts, Russian and English')
    .argument('<file>', 'CSV or NDJSON with a text a row')
    .option('--text <column>', 'column of the texts')
    .option('--label <column>', 'column of labels to compare with: negative, neutral, positive (or −1, 0, 1)')
    .option('--towards <name>', 'the name that the tone is asked towards; may be repeated', many, [])
    .option(
      '--model <file>',
      'a model made by windvane tone train; may be repeated, one a language',
      many,
      [],
    )
    .option('--out <file>', 'write the tone of each row to this CSV')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['en', 'ru']).default('en'))
    .option('--json', 'print JSON', false)
    .action(async (file: string, options: ToneOptions) => {
      const found = await judge(file, options)
      print({ json: options.json }, found, (value) => renderTone(value, languageOf(options.lang)))
    })
    .addCommand(trainCommand())

const read = async (file: string, column: string | undefined) => {
  const rows = await readRows(file)
  return { rows, texts: columnFor(rows, column, { option: '--text', usual: TEXT_COLUMNS }) }
}

const judge = async (file: string, options: ToneOptions): Promise<JudgedTexts> => {
  const { rows, texts } = await read(file, options.text)
  const models = { ...shippedTone(), ...modelsFrom(options.model) }
  const focusOf = focusReader(options.towards)
  const tones = texts.cells.map((cell) => {
    const { text, language } = normaliseMention(cell)
    return { text, language, tone: toneOf({ text, language, focus: focusOf(text) }, models) }
  })
  if (options.out !== undefined) writeRows(options.out, tones)
  const count = (of: (one: (typeof tones)[number]) => boolean): number => tones.filter(of).length
  const echoes = createEchoes()
  const voices = tones.filter(({ text }) => !placeEcho(echoes, fingerprintOf(text), 0).isEcho)
  const extreme = (sign: 1 | -1) =>
    voices
      .filter(({ tone }) => tone.score * sign > 0.1)
      .toSorted((left, right) => sign * (right.tone.score - left.tone.score))
      .slice(0, SAMPLES)
      .map(({ text, tone }) => ({
        text: text.slice(0, 100),
        score: round(tone.score),
        emotion: tone.emotion,
      }))
  return {
    column: texts.name,
    texts: tones.length,
    languages: {
      ru: count((one) => one.language === 'ru'),
      en: count((one) => one.language === 'en'),
      other: count((one) => one.language === 'other'),
    },
    by: [...new Set(tones.map(({ tone }) => `${tone.by} ${tone.version}`))].toSorted(),
    sentiment: Object.fromEntries(
      SENTIMENTS.map((one) => [one, count(({ tone }) => tone.sentiment === one)]),
    ) as Record<Sentiment, number>,
    emotions: Object.fromEntries(
      EMOTIONS.map((one) => [one, count(({ tone }) => tone.emotion === one)]),
    ) as Record<Emotion, number>,
    worst: extreme(-1),
    best: extreme(1),
    compared: comparison(
      rows,
      options.label,
      tones.map(({ tone }) => tone.sentiment),
    ),
  }
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000

const modelsFrom = (files: readonly string[]): ToneModels =>
  Object.fromEntries(
    files.map((path) => {
      const model = unpackTone(packedFrom(path))
      return [model.language, model]
    }),
  )

const packedFrom = (path: string): PackedTone => {
  const invalid = (cause: unknown) =>
    new Failure({
      code: 'tone.model_file',
      message: `${path} is no tone model.`,
      hint: 'Make one with windvane tone train.',
      cause,
    })
  try {
    if (statSync(path).size > 2 * PACKED_CHARS_MAX) throw invalid('too large')
    return JSON.parse(readFileSync(path, 'utf8')) as PackedTone
  } catch (error) {
    throw invalid(error)
  }
}

const focusReader = (names: readonly string[]): ((text: string) => Focus) => {
  if (names.length === 0) return () => ({ own: [], others: [] })
  const dictionary = compileDictionary([{ id: 'asked', kind: 'brand', names }])
  return (text) => {
    const words = wordsOf(text)
    const own = matchEntities(text, dictionary, words).map(({ from, to }) => ({
      from: words[from]?.from ?? 0,
      to: words[to - 1]?.to ?? 0,
    }))
    return { own, others: [] }
  }
}

const writeRows = (path: string, tones: readonly { readonly text: string; readonly tone: Tone }[]): void => {
  const head = ['text', 'sentiment', 'score', 'confidence', 'emotion', ...EMOTIONS, 'by']
  const lines = tones.map(({ text, tone }) =>
    [
      // Only the text is somebody else's; a figure below zero is no formula.
      csvCell(text),
      tone.sentiment,
      String(round(tone.score)),
      String(round(tone.confidence)),
      tone.emotion ?? '',
      ...EMOTIONS.map((emotion) => String(round(tone.emotions[emotion]))),
      tone.by,
    ].join(','),
  )
  writeFileSync(path, `${[head.join(','), ...lines].join('\n')}\n`)
  note(`The tone of ${tones.length} rows is in ${path}.`)
}

const WORDS_OF: Readonly<Record<Sentiment, readonly string[]>> = {
  negative: ['-1', 'negative', 'neg', 'отрицательная', 'негатив', 'негативная'],
  neutral: ['0', 'neutral', 'neu', 'нейтральная', 'нейтрально'],
  positive: ['1', '+1', 'positive', 'pos', 'положительная', 'позитив', 'позитивная'],
}

/** −1, 0, 1 and the usual words. Throws Failure `table.cell` with the first line that is none of them. */
const sentimentsOf = (rows: TextTable, { name, cells }: TextColumn): readonly Sentiment[] =>
  cells.map((cell, row) => {
    const word = cell.trim().toLowerCase().replace('−', '-')
    const found = SENTIMENTS.find((one) => WORDS_OF[one].includes(word))
    if (found !== undefined) return found
    const is = 'a sentiment (negative, neutral, positive, or -1, 0, 1)'
    throw badCell(rows.path, rows, row, { column: name, texts: cells, is, option: '--label' })
  })

const comparison = (rows: TextTable, column: string | undefined, said: readonly Sentiment[]) => {
  const labels = column === undefined ? undefined : namedColumn(rows, column, '--label')
  if (labels === undefined) return null
  const truth = sentimentsOf(rows, labels)
  const f1 = Object.fromEntries(
    SENTIMENTS.map((one) => {
      const hit = said.filter((s, i) => s === one && truth[i] === one).length
      const all = said.filter((s) => s === one).length + truth.filter((t) => t === one).length
      return [one, all === 0 ? 0 : round((2 * hit) / all)]
    }),
  ) as Record<Sentiment, number>
  return {
    rows: truth.length,
    accuracy: round(said.filter((s, i) => s === truth[i]).length / truth.length),
    f1,
  }
}

type TrainOptions = {
  readonly text?: string
  readonly label?: string
  readonly emotions?: string
  readonly language: 'ru' | 'en'
  readonly towards: readonly string[]
  readonly from?: string
  readonly out?: string
  readonly json: boolean
}

const trainCommand = (): Command =>
  new Command('train')
    .description('learn the tone from labelled texts')
    .argument('<file>', 'CSV or NDJSON with a text and its labels a row')
    .option('--out <file>', 'the model goes here')
    .addOption(
      new Option('--language <language>', 'of the texts').choices(['ru', 'en']).makeOptionMandatory(),
    )
    .option('--text <column>', 'column of the texts')
    .option('--label <column>', 'column of negative, neutral, positive (or -1, 0, 1)')
    .option('--emotions <column>', 'column of emotions by name, separated by blanks or commas')
    .option('--towards <name>', 'the name that the labels are about; may be repeated', many, [])
    .option('--from <file>', 'a model to go on from')
    .option('--json', 'print JSON', false)
    .action(async (file: string, _: unknown, command: Command) => {
      // Options that the command above knows too are taken by it.
      const options = command.optsWithGlobals<TrainOptions>()
      const out = options.out
      if (out === undefined)
        throw new Failure({
          code: 'tone.out_missing',
          message: 'Where the model goes is not said.',
          hint: 'Give --out model.json.',
        })
      const { rows, texts } = await read(file, options.text)
      const labels =
        options.label === undefined ? usualColumn(rows, LABELS) : namedColumn(rows, options.label, '--label')
      const felt =
        options.emotions === undefined ? undefined : namedColumn(rows, options.emotions, '--emotions')
      if (labels === undefined && felt === undefined)
        throw new Failure({
          code: 'table.column_missing',
          message: 'There is no column of labels.',
          hint: `Name it with --label or --emotions. The file has: ${rows.columns.map(({ name }) => name).join(', ')}`,
        })
      const focusOf = focusReader(options.towards)
      const sentiments = labels === undefined ? undefined : sentimentsOf(rows, labels)
      const examples = texts.cells.map((cell, i) => {
        const { text } = normaliseMention(cell)
        return {
          text,
          focus: focusOf(text),
          ...(sentiments === undefined ? {} : { sentiment: sentiments[i] as Sentiment }),
          ...(felt === undefined
            ? {}
            : { emotions: emotionsFrom(felt.cells[i] ?? '', `line ${lineOf(rows, i)} of ${file}`) }),
        }
      })
      const known = options.from === undefined ? undefined : unpackTone(packedFrom(options.from))
      const { model, exam, isBetter } = trainTone({
        language: options.language,
        examples,
        version: `${options.language}-${examples.length}`,
        ...(known === undefined ? {} : { known }),
      })
      writeFileSync(out, JSON.stringify(packTone(model)))
      print({ json: options.json }, { out, isBetter, ...exam }, () =>
        [
          `Learnt from ${exam.examples} texts, judged on ${exam.heldOut} that were held back.`,
          ...(exam.sentimentF1 === null
            ? []
            : [
                `Mean F1 of negative and positive: ${exam.sentimentF1.toFixed(3)} (words alone ${(exam.lexiconF1 ?? 0).toFixed(3)})`,
              ]),
          ...(exam.emotionF1 === null
            ? []
            : [
                `F1 of emotions: ${EMOTIONS.map((one) => `${one} ${(exam.emotionF1?.[one] ?? 0).toFixed(3)}`).join(', ')}`,
              ]),
          isBetter
            ? `The model is in ${out}.`
            : `It is no better than lists of words: better not use ${out}.`,
        ].join('\n'),
      )
    })

const emotionsFrom = (cell: string, where: string): readonly Emotion[] =>
  cell
    .toLowerCase()
    .split(/[\s,;|[\]'"]+/)
    .filter((word) => word !== '' && word !== 'none' && word !== 'neutral')
    .map((word) => {
      const emotion = EMOTIONS.find((one) => one === word)
      if (emotion !== undefined) return emotion
      throw new Failure({
        code: 'tone.emotion_unknown',
        message: `"${word.slice(0, 40)}" in ${where} is no emotion that is told apart.`,
        hint: `They are: ${EMOTIONS.join(', ')}.`,
      })
    })
