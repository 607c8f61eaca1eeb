// `windvane forecast`: what comes next in a series of dated values, with intervals, beside how well the same
// way of forecasting did on the past. Works on a plain file without a server.

import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { datesOf, pickColumns, readTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import {
  forecastSeries,
  seriesOf,
  stepsAfter,
  type Calendar,
  type Forecast,
  type Series,
  type SeriesOptions,
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

type ForecastCommandOptions = SeriesFileOptions & {
  readonly horizon: number
  readonly step?: NonNullable<SeriesOptions['step']>
  readonly repeats: SeriesOptions['repeats']
  readonly missing: SeriesOptions['missing']
  readonly period?: number
  readonly holidays?: string
  readonly clean: boolean
}

const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}

export const forecastCommand = (): Command =>
  seriesOptions(new Command('forecast').description('what comes next in a series of dated values'))
    .argument('<file>', 'CSV or NDJSON with a date and a value a row')
    .option('--horizon <steps>', 'how many steps ahead', whole, 14)
    .addOption(
      new Option('--step <step>', 'distance of the dates; found by itself').choices([
        'minute',
        'hour',
        'day',
        'week',
        'month',
        'quarter',
        'year',
      ]),
    )
    .addOption(
      new Option('--repeats <how>', 'what several rows of one date become')
        .choices(['refuse', 'sum', 'mean'])
        .default('refuse'),
    )
    .addOption(
      new Option('--missing <how>', 'what a missing date means')
        .choices(['unknown', 'zero'])
        .default('unknown'),
    )
    .option('--period <steps>', 'length of the season in steps; 1: none', whole)
    .option('--holidays <list>', 'dates with commas between, or a CSV of date and name')
    .option('--no-clean', 'leave spikes in')
    .action(async (file: string, options: ForecastCommandOptions) => {
      const read = await readSeriesFile(file, options)
      if (read.remark !== null) note(read.remark)
      const { repeats, missing, step, horizon } = options
      const series = seriesOf(read.points, { repeats, missing, ...(step === undefined ? {} : { step }) })
      const result = forecastSeries({
        values: series.values,
        isFilled: series.isFilled,
        horizon,
        periods: options.period === undefined ? series.frequency.periods : [options.period],
        calendar: await calendarOf(series, horizon, options),
        options: { clean: options.clean },
      })
      print({ json: options.json }, jsonOf(series, result, read.valueColumn), () =>
        render(series, result, read.valueColumn, options.lang === 'ru' ? RU : EN),
      )
    })

const calendarOf = async (
  { frequency, times }: Series,
  horizon: number,
  options: ForecastCommandOptions,
): Promise<Calendar> => {
  const year = frequency.yearSteps === undefined ? {} : { yearSteps: frequency.yearSteps }
  if (options.holidays === undefined) return year
  const days = await holidaysOf(options.holidays, options)
  const names = [...new Set(days.values())]
  const holidayAt = Int16Array.from({ length: times.length + horizon }, (_, t) => {
    const name = days.get(dateText(stepsAfter(times[0] as number, t, frequency), false))
    return name === undefined ? -1 : names.indexOf(name)
  })
  if (!holidayAt.some((holiday) => holiday >= 0))
    throw new Failure({
      code: 'forecast.holidays_elsewhere',
      message: 'None of the holidays falls on a step of the series or of the horizon.',
      hint: 'Holidays need a series of days; name those of the past too, or nothing can be learnt of them.',
    })
  return { ...year, holidayAt }
}

/** Name by date. */
const holidaysOf = async (
  text: string,
  { zone }: SeriesFileOptions,
): Promise<ReadonlyMap<string, string>> => {
  const isFile = existsSync(text)
  const list = isFile
    ? await readHolidays(text)
    : text.split(',').map((day) => ({ day: day.trim(), name: 'holiday' }))
  const { at, format } = datesOf(
    list.map(({ day }) => day),
    { zone, option: '--holidays' },
  )
  const bad = at.findIndex((time) => !Number.isFinite(time))
  if (bad >= 0)
    throw new Failure({
      code: 'forecast.holiday',
      message: `The holiday "${list[bad]?.day ?? ''}" is not a date (${format}).`,
      hint: 'Write holidays as YYYY-MM-DD with commas between, or name a CSV of date and name.',
    })
  return new Map(list.map(({ name }, i) => [dateText(at[i] as number, false), name] as const))
}

const readHolidays = async (
  path: string,
): Promise<readonly { readonly day: string; readonly name: string }[]> => {
  const { texts } = pickColumns(path, await readTable(path), {
    date: {
      names: ['date', 'ds', 'day', 'дата'],
      required: true,
      option: 'a column named date, in place of',
    },
    name: { names: ['holiday', 'name', 'праздник', 'название'], required: false, option: '' },
  })
  return texts.date.map((day, i) => ({ day, name: texts.name[i] ?? 'holiday' }))
}

const jsonOf = (series: Series, result: Forecast, column: string) => ({
  column,
  step: series.frequency.step,
  stepCount: series.frequency.count,
  history: series.values.length,
  filledIn: series.isFilled.reduce((sum, filled) => sum + filled, 0),
  period: result.period,
  yearlyWave: result.hasYear,
  spikes: result.spikes.map((t) => dateText(series.times[t] as number, isHourly(series))),
  method: result.method,
  fallback: result.fallback ?? null,
  backtest: {
    origins: result.origins,
    coverage80: Number.isFinite(result.coverage80) ? result.coverage80 : null,
    methods: result.figures,
  },
  forecast: Array.from(result.mean, (mean, h) => ({
    date: dateText(timeAhead(series, h), isHourly(series)),
    mean,
    lower80: result.band80.lower[h],
    upper80: result.band80.upper[h],
    lower95: result.band95.lower[h],
    upper95: result.band95.upper[h],
  })),
})

const isHourly = ({ frequency }: Series): boolean => frequency.step === 'hour' || frequency.step === 'minute'

const timeAhead = ({ times, frequency }: Series, h: number): number =>
  stepsAfter(times[0] as number, times.length + h, frequency)

const ROWS_MAX = 60
const SPARK_HISTORY = 48

const render = (series: Series, result: Forecast, column: string, words: Words): string => {
  const { values } = series
  const filled = series.isFilled.reduce((sum, one) => sum + one, 0)
  const head = words.head(column, values.length, words.steps[series.frequency.step], series.frequency.count)
  const season = result.period > 1 ? words.season(result.period) : words.noSeason
  const recent = values.subarray(Math.max(0, values.length - SPARK_HISTORY))
  const spark = sparkline(Float64Array.of(...recent, ...result.mean), SPARK_HISTORY * 2)
  const cut = Math.round((spark.length * recent.length) / (recent.length + result.mean.length))
  const facts = [
    `${season}${result.hasYear ? words.year : ''}`,
    ...(filled > 0 ? [words.filled(filled)] : []),
    ...(result.spikes.length > 0 ? [words.spikes(result.spikes.length)] : []),
  ]
  const rows = Array.from({ length: Math.min(ROWS_MAX, result.mean.length) }, (_, h) => [
    dateText(timeAhead(series, h), isHourly(series)),
    shortNumber(result.mean[h] as number),
    ...[result.band80, result.band95].map(
      ({ lower, upper }) => `${shortNumber(lower[h] as number)} … ${shortNumber(upper[h] as number)}`,
    ),
  ])
  return [
    head,
    facts.join('; '),
    '',
    `${spark.slice(0, cut)}│${spark.slice(cut)}`,
    '',
    table([words.columns, ...rows]),
    ...(result.mean.length > ROWS_MAX ? [words.more(result.mean.length - ROWS_MAX)] : []),
    '',
    ...backtestText(result, words),
  ].join('\n')
}

const backtestText = (result: Forecast, words: Words): readonly string[] => {
  const verdict =
    result.fallback === undefined
      ? words.better
      : result.fallback === 'not_better_in_backtest'
        ? words.notBetter
        : words.tooShort
  if (result.origins === 0) return [verdict]
  return [
    words.backtest(result.origins),
    table([
      words.figureColumns,
      ...result.figures.map(({ method, meanError, mase, weight }) => [
        words.methods[method],
        shortNumber(meanError),
        mase.toFixed(3),
        method === 'combination' ? '' : `${(weight * 100).toFixed(0)} %`,
      ]),
    ]),
    ...(Number.isFinite(result.coverage80) ? [words.coverage((result.coverage80 * 100).toFixed(0))] : []),
    verdict,
  ]
}

const EN = {
  head: (column: string, n: number, step: string, count: number) =>
    `${column}: ${n} values, one every ${count === 1 ? '' : `${count} `}${step}${count === 1 ? '' : 's'}`,
  steps: {
    minute: 'minute',
    hour: 'hour',
    day: 'day',
    week: 'week',
    month: 'month',
    quarter: 'quarter',
    year: 'year',
  },
  season: (period: number) => `season of ${period} steps`,
  noSeason: 'no season found',
  year: ', and a yearly wave',
  filled: (n: number) => `missing steps filled in: ${n}`,
  spikes: (n: number) => `spikes left out of the fit: ${n}`,
  columns: ['date', 'forecast', '80 %', '95 %'],
  more: (n: number) => `… ${n} more rows with --json`,
  backtest: (n: number) => `Backtest from ${n} past dates:`,
  figureColumns: ['method', 'mean error', 'MASE', 'weight'],
  methods: {
    seasonal_naive: 'seasonal naive',
    naive2: 'naive 2',
    theta: 'Theta',
    damped_trend: 'damped trend (ETS)',
    holt_winters: 'Holt-Winters',
    combination: 'combination',
  },
  coverage: (percent: string) =>
    `The 80 % interval of the earlier dates held ${percent} % of the later values.`,
  better: 'The forecast is the combination: it errs less than the seasonal naive.',
  notBetter: 'The forecast is the seasonal naive: nothing beat it in the backtest.',
  tooShort: 'The forecast is the seasonal naive: the series is too short for a backtest.',
}

type Words = typeof EN

const RU: Words = {
  head: (column, n, step, count) =>
    `${column}: значений ${n}, шаг: ${count === 1 ? '' : `${count} × `}${step}`,
  steps: {
    minute: 'минута',
    hour: 'час',
    day: 'день',
    week: 'неделя',
    month: 'месяц',
    quarter: 'квартал',
    year: 'год',
  },
  season: (period) => `сезон длиной ${period} шагов`,
  noSeason: 'сезон не найден',
  year: ' и годовая волна',
  filled: (n) => `заполнено пропусков: ${n}`,
  spikes: (n) => `выбросов исключено из подгонки: ${n}`,
  columns: ['дата', 'прогноз', '80 %', '95 %'],
  more: (n) => `… ещё ${n} строк с --json`,
  backtest: (n) => `Проверка на прошлом, дат начала: ${n}`,
  figureColumns: ['метод', 'средняя ошибка', 'MASE', 'вес'],
  methods: {
    seasonal_naive: 'сезонный наивный',
    naive2: 'наивный 2',
    theta: 'Тета',
    damped_trend: 'затухающий тренд (ETS)',
    holt_winters: 'Хольт — Уинтерс',
    combination: 'комбинация',
  },
  coverage: (percent) => `Интервал 80 % по ранним датам накрыл ${percent} % поздних значений.`,
  better: 'Прогноз — комбинация: она ошибается меньше сезонного наивного.',
  notBetter: 'Прогноз — сезонный наивный: на прошлом его ничто не превзошло.',
  tooShort: 'Прогноз — сезонный наивный: ряд слишком короток для проверки на прошлом.',
}
