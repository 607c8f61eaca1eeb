// `windvane anomalies`: odd values in a series of dated values, judged one by one as they would have come in, and
// no more alerts than a person can look at. Works on a plain file without a server.

import { Command, InvalidArgumentError, Option } from 'commander'
import { badCell, numbersOf, pickColumns, type TextTable } from '../../connect/index.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import {
  ALERT_DEFAULTS,
  createAlertBudget,
  createAnomalyDetector,
  learnOne,
  predictOne,
  spendAlert,
  type Anomaly,
  type AnomalyKind,
  type Observation,
} from '../../model/index.ts'
import { note, print, table } from '../output.ts'
import {
  dateText,
  readSeriesFile,
  seriesOptions,
  shortNumber,
  sparkline,
  type SeriesFileOptions,
} from './series-file.ts'

type AnomaliesOptions = SeriesFileOptions & {
  readonly kind: AnomalyKind
  readonly trials?: string
  readonly alerts: number
  readonly days: number
  readonly merge: number
  readonly surprise: number
}

type Alert = Anomaly & { readonly at: number; readonly value: number; odd: number }

type Found = {
  readonly column: string
  readonly values: number
  readonly from: number
  readonly to: number
  readonly alerts: readonly Alert[]
  readonly withheld: number
  readonly series: Float64Array
  readonly rows: readonly number[]
}

const above0 = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

export const anomaliesCommand = (): Command =>
  seriesOptions(new Command('anomalies').description('odd values in a series of dated values'))
    .argument('<file>', 'CSV or NDJSON with a date and a value a row')
    .addOption(
      new Option('--kind <kind>', 'any value, a count, or a rate of successes among trials')
        .choices(['value', 'count', 'rate'])
        .default('value'),
    )
    .option('--trials <column>', 'column of the trials of a rate')
    .option('--alerts <n>', 'at most so many alerts', above0, ALERT_DEFAULTS.alertsMax)
    .option('--days <n>', 'within so many days', above0, ALERT_DEFAULTS.windowMs / DAY_MS)
    .option(
      '--merge <hours>',
      'odd values closer than this are one alert',
      above0,
      ALERT_DEFAULTS.mergeMs / HOUR_MS,
    )
    .option(
      '--surprise <n>',
      'how odd an alert must be: 2 is one in a hundred, 3 in a thousand',
      above0,
      ALERT_DEFAULTS.surpriseMin,
    )
    .action(async (file: string, options: AnomaliesOptions) => {
      const found = await findAnomalies(file, options)
      print({ json: options.json }, jsonOf(found), () => render(found, options.lang === 'ru' ? RU : EN))
    })

const findAnomalies = async (file: string, options: AnomaliesOptions): Promise<Found> => {
  const read = await readSeriesFile(file, options)
  if (read.remark !== null) note(read.remark)
  const trials = options.kind === 'rate' ? trialsOf(file, read.table, options) : undefined
  const observations = read.points
    .map(({ at, value }, i): Observation => {
      const of = trials?.[read.rows[i] as number]
      return of === undefined ? { at, value } : { at, value, trials: of }
    })
    .sort((left, right) => left.at - right.at)
  const detector = createAnomalyDetector({ kind: options.kind })
  const budget = createAlertBudget({
    surpriseMin: options.surprise,
    mergeMs: options.merge * HOUR_MS,
    alertsMax: options.alerts,
    windowMs: options.days * DAY_MS,
  })
  const alerts: Alert[] = []
  const rows: number[] = []
  observations.forEach((observation, row) => {
    const anomaly = predictOne(detector, observation)
    learnOne(detector, observation)
    const { kind } = spendAlert(budget, observation.at, anomaly)
    const last = alerts.at(-1)
    if (kind === 'alert') {
      alerts.push({ ...anomaly, at: observation.at, value: figureOf(observation), odd: 1 })
      rows.push(row)
    } else if (kind === 'merged' && last !== undefined) last.odd++
  })
  return {
    column: read.valueColumn,
    values: observations.length,
    from: observations[0]?.at ?? 0,
    to: observations.at(-1)?.at ?? 0,
    alerts,
    withheld: budget.withheld,
    series: Float64Array.from(observations, figureOf),
    rows,
  }
}

const figureOf = ({ value, trials }: Observation): number => (trials === undefined ? value : value / trials)

const trialsOf = (file: string, tableRead: TextTable, { trials }: AnomaliesOptions): Float64Array => {
  const { found, texts } = pickColumns(file, tableRead, {
    trials: {
      named: trials,
      names: ['trials', 'impressions', 'sent', 'delivered', 'visits', 'показы', 'отправлено'],
      required: true,
      option: '--trials',
    },
  })
  const numbers = numbersOf(texts.trials)
  const bad = numbers.findIndex((value) => !(value > 0))
  if (bad >= 0)
    throw badCell(file, tableRead, bad, {
      column: found.trials,
      texts: texts.trials,
      is: 'a number of trials above 0',
      option: '--trials',
    })
  return numbers
}

const jsonOf = ({ column, values, from, to, alerts, withheld }: Found) => ({
  column,
  values,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  withheld,
  alerts: alerts.map(({ at, ...alert }) => ({ at: new Date(at).toISOString(), ...alert })),
})

const WIDTH = 96
const ROWS_MAX = 60

const render = (found: Found, words: Words): string => {
  const { series, rows, alerts, values } = found
  const columns = Math.min(WIDTH, values)
  const marks = new Set(rows.map((row) => Math.floor((row * columns) / values)))
  const line = Array.from({ length: columns }, (_, i) => (marks.has(i) ? '▲' : ' '))
    .join('')
    .trimEnd()
  return [
    words.head(found.column, values, dateText(found.from, false), dateText(found.to, false)),
    '',
    sparkline(series, WIDTH),
    line,
    '',
    alerts.length === 0
      ? words.none
      : table([
          words.columns,
          ...alerts
            .slice(0, ROWS_MAX)
            .map(({ at, value, expected, surprise, cause, odd }) => [
              dateText(at, true),
              shortNumber(value),
              shortNumber(expected),
              surprise.toFixed(1),
              words.causes[cause],
              String(odd),
            ]),
        ]),
    ...(alerts.length > ROWS_MAX ? [words.more(alerts.length - ROWS_MAX)] : []),
    ...(found.withheld > 0 ? [words.withheld(found.withheld)] : []),
  ].join('\n')
}

const EN = {
  head: (column: string, n: number, from: string, to: string) =>
    `${column}: ${n} values from ${from} to ${to}`,
  none: 'Nothing odd.',
  columns: ['at (UTC)', 'value', 'expected', 'surprise', 'what', 'odd values'],
  causes: { spike: 'spike', drift: 'drift', level_shift: 'new level', extreme: 'rare at any hour' },
  more: (n: number) => `… ${n} more with --json`,
  withheld: (n: number) =>
    `${n} further odd stretches were withheld: the alert budget was used up (--alerts, --days).`,
}

type Words = typeof EN

const RU: Words = {
  head: (column, n, from, to) => `${column}: значений ${n}, с ${from} по ${to}`,
  none: 'Ничего необычного.',
  columns: ['когда (UTC)', 'значение', 'ожидалось', 'редкость', 'что', 'необычных'],
  causes: { spike: 'всплеск', drift: 'уход', level_shift: 'новый уровень', extreme: 'редкое в любой час' },
  more: (n) => `… ещё ${n} с --json`,
  withheld: (n) => `Не показано необычных участков: ${n} — исчерпан запас предупреждений (--alerts, --days).`,
}
