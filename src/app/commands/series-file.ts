// Dated values from a plain file: the columns found or named, rows without a date or number counted and
// left out. Shared by the commands that look at one series.

import type { Command } from 'commander'
import {
  datesOf,
  isNothing,
  numbersOf,
  pickColumns,
  readableRows,
  readTable,
  type TextTable,
} from '../../connect/index.ts'
import type { Point } from '../../model/index.ts'

export type SeriesFileOptions = {
  readonly date?: string
  readonly value?: string
  readonly dateFormat?: string
  readonly zone: string
  readonly lang: string
  readonly json: boolean
}

export type SeriesFile = {
  readonly points: readonly Point[]
  readonly dateColumn: string
  readonly valueColumn: string
  /** How many rows are left out because they lack a date or a number; null for none. */
  readonly remark: string | null
  readonly table: TextTable
  /** Index in `table` of each point. */
  readonly rows: readonly number[]
}

const DATE_NAMES = [
  'date',
  'ds',
  'day',
  'timestamp',
  'datetime',
  'time',
  'week',
  'month',
  'hour',
  'дата',
  'день',
  'время',
  'неделя',
  'месяц',
]
const VALUE_NAMES = [
  'value',
  'y',
  'count',
  'revenue',
  'sales',
  'orders',
  'visits',
  'sessions',
  'amount',
  'clicks',
  'total',
  'значение',
  'выручка',
  'продажи',
  'заказы',
  'сумма',
  'количество',
]

/** The options that say where date and value stand. */
export const seriesOptions = (command: Command): Command =>
  command
    .option('--date <column>', 'column of the date')
    .option('--value <column>', 'column of the value')
    .option('--date-format <format>', 'how dates are written, such as DD.MM.YYYY or unix')
    .option('--zone <zone>', 'time zone of dates that name none', 'UTC')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)

/**
 * Reads the file's dates and values. A date without a value is a gap, however many there are. Throws Failures
 * `table.*`, `import.*`.
 */
export const readSeriesFile = async (path: string, options: SeriesFileOptions): Promise<SeriesFile> => {
  const table = await readTable(path)
  const { found, texts } = pickColumns(path, table, {
    date: { named: options.date, names: DATE_NAMES, required: true, option: '--date' },
    value: {
      named: options.value ?? onlyOther(table, options.date),
      names: VALUE_NAMES,
      required: true,
      option: '--value',
    },
  })
  const { at: read, format } = datesOf(texts.date, {
    format: options.dateFormat ?? isoOf(texts.date),
    zone: options.zone,
    option: '--date-format',
  })
  const at = read.map((time, row) => (Number.isNaN(time) ? longAgo(texts.date[row] ?? '') : time))
  const values = numbersOf(texts.value)
  const { rows, remark } = readableRows(
    path,
    table,
    [
      { column: found.date, texts: texts.date, values: at, is: `a date (${format})`, option: '--date' },
      { column: found.value, texts: texts.value, values, is: 'a number', option: '--value' },
    ],
    1,
  )
  return {
    points: rows.map((row) => ({ at: at[row] as number, value: values[row] as number })),
    dateColumn: found.date ?? '',
    valueColumn: found.value ?? '',
    remark,
    table,
    rows,
  }
}

/** Series may be old or reach far ahead, so dates that are plainly ISO are taken whatever their year. */
const isoOf = (texts: readonly string[]): string | undefined =>
  texts.filter((text) => isNothing(text) || /^\d{4}-\d{2}-\d{2}/.test(text)).length > texts.length / 2
    ? 'iso'
    : undefined

/** Events are never older than 1970, but series are: such a day in UTC, NaN for anything else. */
const longAgo = (text: string): number => {
  const at = /^1\d{3}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return at < 0 && new Date(at).toISOString().startsWith(text) ? at : Number.NaN
}

/** In a table of two columns the value is the one that is not the date. */
const onlyOther = (table: TextTable, date: string | undefined): string | undefined => {
  if (table.columns.length !== 2) return undefined
  const names = table.columns.map(({ name }) => name)
  const dated = date ?? names.find((name) => DATE_NAMES.includes(name.toLowerCase()))
  return dated === undefined ? undefined : names.find((name) => name !== dated)
}

const BARS = '▁▂▃▄▅▆▇█'

/** Values as a line of bars; many are averaged down to `width`. */
export const sparkline = (values: ArrayLike<number>, width: number): string => {
  const columns = Math.min(width, values.length)
  const means = Array.from({ length: columns }, (_, i) => {
    const from = Math.floor((i * values.length) / columns)
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / columns))
    let sum = 0
    for (let t = from; t < to; t++) sum += values[t] as number
    return sum / (to - from)
  })
  const least = Math.min(...means)
  const span = Math.max(...means) - least
  return means
    .map((value) => BARS[span > 0 ? Math.min(7, Math.floor(((value - least) / span) * 8)) : 3] ?? '')
    .join('')
}

/** The time as people write it for a step of this size, in UTC. */
export const dateText = (at: number, withHour: boolean): string =>
  new Date(at)
    .toISOString()
    .slice(0, withHour ? 16 : 10)
    .replace('T', ' ')

/** Three or four digits that matter. */
export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4)) : '–'
