// `windvane nps`: what answers to "would you recommend us" in a plain file add up to, in all and by month, with how sure
// that is. Works without a server.

import { Command, Option } from 'commander'
import { npsOf, refuseRating, type Nps } from '../../brand/index.ts'
import { datesOf, numbersOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { note, print, table as tableOf } from '../output.ts'
import { languageOf } from './columns.ts'
import { dateText } from './series-file.ts'

type NpsOptions = {
  readonly score?: string
  readonly date?: string
  readonly dateFormat?: string
  readonly zone: string
  readonly lang: string
  readonly json: boolean
}

const SCORES = ['nps', 'nps score', 'score', 'answer', 'rating', 'value', 'оценка', 'балл', 'ответ']
const DATES = ['date', 'at', 'time', 'timestamp', 'created_at', 'answered_at', 'дата', 'время']
/** Many who are asked do not answer. */
const UNANSWERED_SHARE_MAX = 0.99
/** `2026-05`. */
const MONTH_CHARS = 7

export const npsCommand = (): Command =>
  new Command('nps')
    .description('the Net Promoter Score of answers 0 to 10 in a file, with its interval')
    .argument('<file>', 'CSV or NDJSON with an answer a row')
    .option('--score <column>', 'column of the answers, 0 to 10')
    .option('--date <column>', 'column of the dates, for the months')
    .option('--date-format <format>', 'such as DD.MM.YYYY, iso, unix, unix_ms')
    .option('--zone <zone>', 'time zone of dates that name none', 'UTC')
    .addOption(new Option('--lang <language>', 'language of the report').choices(['en', 'ru']).default('en'))
    .option('--json', 'print JSON', false)
    .action(async (file: string, options: NpsOptions) => {
      const found = await reckon(file, options)
      print({ json: options.json }, found, (value) =>
        render(value, languageOf(options.lang) === 'ru' ? RU : EN),
      )
    })

const reckon = async (file: string, options: NpsOptions) => {
  const table = await readTable(file)
  const { texts, found } = pickColumns(file, table, {
    score: { named: options.score, names: SCORES, required: true, option: '--score' },
    date: { named: options.date, names: DATES, required: false, option: '--date' },
  })
  const values = numbersOf(texts.score)
  const dates =
    found.date === null
      ? null
      : datesOf(texts.date, { format: options.dateFormat, zone: options.zone, option: '--date-format' })
  const answered = readableRows(
    file,
    table,
    [
      {
        column: found.score,
        texts: texts.score,
        values,
        is: 'an answer from 0 to 10',
        option: '--score',
        accepts: (value) => refuseRating({ value, scale: 'nps' }) === '',
      },
      {
        column: found.date,
        texts: texts.date,
        values: dates?.at ?? null,
        is: 'a date',
        option: '--date',
        mayBeEmpty: true,
      },
    ],
    UNANSWERED_SHARE_MAX,
  )
  if (answered.remark !== null) note(answered.remark)
  const all = Array.from({ length: ANSWERS }, () => 0)
  const months = new Map<string, number[]>()
  for (const row of answered.rows) {
    const value = values[row] as number
    all[value] = (all[value] as number) + 1
    const when = dates?.at[row] ?? Number.NaN
    if (!Number.isFinite(when)) continue
    const month = dateText(when, false).slice(0, MONTH_CHARS)
    const counts = months.get(month) ?? Array.from({ length: ANSWERS }, () => 0)
    counts[value] = (counts[value] as number) + 1
    months.set(month, counts)
  }
  const whole = npsOf(all)
  return {
    all: whole,
    months: [...months]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([month, counts]) => ({ month, ...npsOf(counts) })),
    leftOut: table.rows + table.rejected - answered.rows.length,
  }
}

const ANSWERS = 11

type Reckoned = Awaited<ReturnType<typeof reckon>>

const render = ({ all, months }: Reckoned, words: Words): string => {
  const row = (name: string, nps: Nps): readonly (string | number)[] => [
    name,
    signed(nps.score ?? 0),
    `${signed(nps.low)} … ${signed(nps.high)}`,
    nps.answers,
    nps.promoters,
    nps.passives,
    nps.detractors,
  ]
  return tableOf([words.columns, row(words.all, all), ...months.map((one) => row(one.month, one))])
}

const signed = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(0)}`

const EN = {
  columns: ['', 'NPS', '95 % interval', 'answers', 'promoters (9–10)', 'passives (7–8)', 'detractors (0–6)'],
  all: 'all',
}
type Words = typeof EN
const RU: Words = {
  columns: ['', 'NPS', 'интервал 95 %', 'ответов', 'сторонники (9–10)', 'нейтральные (7–8)', 'критики (0–6)'],
  all: 'всего',
}
