// `windvane mentions`: a file of mentions replayed through the watch as they would have come in: who is named, what is
// an echo, in what tone, and what would have been an alarm. Works without a server.

import { Command, Option } from 'commander'
import {
  compileDictionary,
  compileRiskWords,
  createWatch,
  hearMention,
  judgeSpike,
  readMention,
  shippedTone,
  type SpikeFinding,
  type SpikeKind,
} from '../../brand/index.ts'
import { datesOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/time.ts'
import { note, print, table } from '../output.ts'
import { languageOf, TEXT_COLUMNS } from './columns.ts'
import { dateText } from './series-file.ts'

type MentionsOptions = {
  readonly brand: readonly string[]
  readonly competitor: readonly string[]
  readonly text?: string
  readonly date?: string
  readonly dateFormat?: string
  readonly author?: string
  readonly zone: string
  readonly all: boolean
  readonly lang: string
  readonly json: boolean
}

const WISHES = {
  text: TEXT_COLUMNS,
  date: [
    'date',
    'at',
    'time',
    'timestamp',
    'created',
    'created_at',
    'published',
    'tweet_created',
    'дата',
    'время',
  ],
  author: ['author', 'user', 'username', 'name', 'from', 'автор', 'пользователь'],
}
/** Findings of one subject and kind closer than this are one. */
const QUIET_MS = 3 * DAY_MS
const ALARMS: ReadonlySet<SpikeKind> = new Set(['crisis', 'attack', 'slow_burn'])

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export const mentionsCommand = (): Command =>
  new Command('mentions')
    .description('mentions of names in a file: tone, echoes, and what would have been an alarm')
    .argument('<file>', 'CSV or NDJSON with a text and a date a row')
    .requiredOption(
      '--brand <names>',
      'a name, or several of one brand: "Сбербанк, Сбер"; may be repeated',
      many,
      [],
    )
    .option('--competitor <names>', 'the same of a competitor; may be repeated', many, [])
    .option('--text <column>', 'column of the texts')
    .option('--date <column>', 'column of the dates')
    .option('--date-format <format>', 'such as DD.MM.YYYY, iso, unix, unix_ms')
    .option('--author <column>', 'column of the authors')
    .option('--zone <zone>', 'time zone of dates that name none', 'UTC')
    .option('--all', 'show what was loud and no alarm too', false)
    .addOption(new Option('--lang <language>', 'language of the report').choices(['en', 'ru']).default('en'))
    .option('--json', 'print JSON', false)
    .action(async (file: string, options: MentionsOptions) => {
      const found = await replay(file, options)
      print({ json: options.json }, found, (value) =>
        render(value, languageOf(options.lang) === 'ru' ? RU : EN),
      )
    })

const entitiesOf = ({ brand, competitor }: MentionsOptions) => {
  const of = (kind: 'brand' | 'competitor') => (list: string) => {
    const names = list.split(',').map((name) => name.trim())
    return { id: names[0] ?? list, kind, names }
  }
  if (brand.length === 0)
    throw new Failure({
      code: 'brand.names_missing',
      message: 'No brand was named.',
      hint: 'Give --brand "Name, Other name".',
    })
  return [...brand.map(of('brand')), ...competitor.map(of('competitor'))]
}

type Tally = { mentions: number; voices: number; negative: number; positive: number }

const replay = async (file: string, options: MentionsOptions) => {
  const entities = entitiesOf(options)
  const reading = {
    dictionary: compileDictionary(entities),
    models: shippedTone(),
    riskWords: compileRiskWords(),
  }
  const mentions = await mentionsFrom(file, options)
  const watch = createWatch()
  const tallies = new Map<string, Tally>(
    entities.map(({ id }) => [id, { mentions: 0, voices: 0, negative: 0, positive: 0 }]),
  )
  const findings: SpikeFinding[] = []
  const last = new Map<string, number>()
  const judged = new Map<string, number>()
  let named = 0
  for (const mention of mentions) {
    const read = readMention(mention, reading)
    const heard = hearMention(watch, mention, read)
    if (heard === null) continue
    named++
    for (const subject of heard.subjects) {
      const tally = tallies.get(subject) as Tally
      const sentiment = read.tones.get(subject)?.sentiment
      tally.mentions++
      if (!heard.placed.isEcho) tally.voices++
      if (sentiment === 'negative') tally.negative++
      if (sentiment === 'positive') tally.positive++
      if (mention.at - (judged.get(subject) ?? -Infinity) < MINUTE_MS) continue
      judged.set(subject, mention.at)
      const finding = judgeSpike(watch.spikes, subject, mention.at)
      if (finding === null || !(options.all || ALARMS.has(finding.kind))) continue
      const key = `${subject} ${finding.kind}`
      if (mention.at - (last.get(key) ?? -Infinity) > QUIET_MS) findings.push(finding)
      last.set(key, mention.at)
    }
  }
  return {
    rows: mentions.length,
    named,
    from: new Date(mentions[0]?.at ?? 0).toISOString(),
    to: new Date(mentions.at(-1)?.at ?? 0).toISOString(),
    subjects: [...tallies].map(([subject, tally]) => ({ subject, ...tally })),
    findings: findings.map((finding) => ({ ...finding, at: new Date(finding.at).toISOString() })),
  }
}

const mentionsFrom = async (file: string, options: MentionsOptions) => {
  const rows = await readTable(file)
  const wish = (key: keyof typeof WISHES, required: boolean) => ({
    named: options[key],
    names: WISHES[key],
    required,
    option: `--${key}`,
  })
  const { found, texts } = pickColumns(file, rows, {
    text: wish('text', true),
    date: wish('date', true),
    author: wish('author', false),
  })
  const { at, format } = datesOf(texts.date, {
    format: options.dateFormat,
    zone: options.zone,
    option: '--date-format',
  })
  const { rows: dated, remark } = readableRows(file, rows, [
    { column: found.date, texts: texts.date, values: at, is: `a date (${format})`, option: '--date' },
    { column: found.text, texts: texts.text, values: null, is: 'a text', option: '--text' },
  ])
  if (remark !== null) note(remark)
  return dated
    .map((row) => ({
      id: `row ${row + 1}`,
      at: at[row] as number,
      author: texts.author[row] ?? '',
      text: texts.text[row] ?? '',
    }))
    .toSorted((left, right) => left.at - right.at)
}

type Replayed = Awaited<ReturnType<typeof replay>>

const render = (found: Replayed, words: Words): string => {
  const share = (part: number, of: number) => `${((100 * part) / Math.max(1, of)).toFixed(0)} %`
  const findings = found.findings.flatMap((one) => [
    words.finding(
      dateText(Date.parse(one.at), true),
      one.subject,
      words.kinds[one.kind],
      one.voices,
      one.echoes,
      one.expected,
      Math.round(100 * one.negativeShare),
      one.risk,
    ),
    ...(one.topics.length === 0 ? [] : [`    ${one.topics.map(({ phrase }) => phrase).join(' · ')}`]),
    ...one.samples.map(({ text, copies }) => `    ${copies > 1 ? `×${copies} ` : ''}${text.slice(0, 110)}`),
  ])
  return [
    words.head(found.rows, found.named, found.from.slice(0, 10), found.to.slice(0, 10)),
    '',
    table([
      words.columns,
      ...found.subjects.map(({ subject, mentions, voices, negative, positive }) => [
        subject,
        mentions,
        voices,
        share(negative, mentions),
        share(positive, mentions),
      ]),
    ]),
    '',
    ...(findings.length === 0 ? [words.calm] : findings),
  ].join('\n')
}

const EN = {
  head: (rows: number, named: number, from: string, to: string) =>
    `${rows} texts from ${from} to ${to}; ${named} name what is watched`,
  columns: ['', 'mentions', 'voices', 'negative', 'positive'],
  calm: 'Nothing would have been an alarm.',
  kinds: {
    crisis: 'CRISIS',
    attack: 'coordinated attack',
    slow_burn: 'slow burn',
    rising: 'rising risk',
    good_news: 'good news',
    loud: 'loud, no risk',
  },
  finding: (
    at: string,
    who: string,
    what: string,
    voices: number,
    echoes: number,
    usual: number,
    negative: number,
    risk: number,
  ) =>
    `${at}  ${who}: ${what}, risk ${risk}; ${voices} voices (usual ${usual.toFixed(1)}), ${echoes} echoes, ${negative} % negative`,
}

type Words = typeof EN

const RU: Words = {
  head: (rows, named, from, to) => `Текстов: ${rows}, с ${from} по ${to}; о наблюдаемых именах: ${named}`,
  columns: ['', 'упоминаний', 'голосов', 'отрицательных', 'положительных'],
  calm: 'Тревоги не было бы.',
  kinds: {
    crisis: 'КРИЗИС',
    attack: 'организованная атака',
    slow_burn: 'медленное ухудшение',
    rising: 'риск растёт',
    good_news: 'хорошие новости',
    loud: 'шумно, без риска',
  },
  finding: (at, who, what, voices, echoes, usual, negative, risk) =>
    `${at}  ${who}: ${what}, риск ${risk}; голосов ${voices} (обычно ${usual.toFixed(1)}), повторов ${echoes}, отрицательных ${negative} %`,
}
