// `windvane attribution`: who was on the way to a conversion, by several rules side by side, and always beside them what
// experiments measured. Works on a plain file without a server, or on a data folder with `--data`.

import { Command, Option } from 'commander'
import { badCell, isNothing, numbersOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { attribute, type Attribution, type Calibration, type Journey, METHODS } from '../../feedback/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { note, print, table } from '../output.ts'
import { attributionOfLog, logText } from './attribution-log.ts'

type AttributionOptions = {
  readonly path?: string
  readonly conversions?: string
  readonly value?: string
  readonly nulls?: string
  readonly separator: string
  readonly calibration?: string
  readonly halfLife: string
  readonly by: 'conversions' | 'value'
  readonly data?: string
  readonly level: 'channel' | 'campaign'
  readonly clicksOnly: boolean
  readonly lang: string
  readonly json: boolean
}

export const attributionCommand = (): Command =>
  new Command('attribution')
    .description('who was on the way to conversions, beside what experiments measured')
    .argument('[file]', 'CSV or NDJSON: a row a path, such as "mail > search", with its conversions')
    .option('--data <dir>', 'in place of a file: the orders of this data folder, running or not')
    .addOption(
      new Option('--level <level>', 'with --data: what a row is')
        .choices(['channel', 'campaign'])
        .default('channel'),
    )
    .option('--clicks-only', 'with --data: what was only sent or shown does not count', false)
    .option('--path <column>', 'column of paths')
    .option('--conversions <column>', 'column of conversions; each row is one when absent')
    .option('--value <column>', 'column of value')
    .option('--nulls <column>', 'column of journeys that went the same way and did not convert')
    .option('--separator <text>', 'between channels', '>')
    .option('--calibration <file>', 'CSV of experiments: channel, incremental, and low, high where known')
    .option('--half-life <touches>', 'touches by which the weight halves in decay', '2')
    .addOption(
      new Option('--by <what>', 'what the table shows')
        .choices(['conversions', 'value'])
        .default('conversions'),
    )
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string | undefined, options: AttributionOptions) => {
      if (options.data !== undefined && file === undefined) {
        const found = await attributionOfLog({ ...options, data: options.data })
        print({ json: options.json }, found, (result) => logText(result, options))
        return
      }
      if (file === undefined || options.data !== undefined)
        throw new Failure({
          code: 'attribution.no_paths',
          message: file === undefined ? 'There is no file to read.' : 'A file and --data cannot go together.',
          hint: 'windvane attribution paths.csv, or windvane attribution --data DIR',
        })
      const journeys = await readJourneys(file, options)
      const halfLifeTouches = Number(options.halfLife)
      if (!(halfLifeTouches > 0 && Number.isFinite(halfLifeTouches)))
        throw new Failure({
          code: 'attribution.half_life',
          message: `A half-life of ${options.halfLife} touches cannot be.`,
          hint: 'A number above 0, such as 2.',
        })
      const calibration = options.calibration === undefined ? [] : await readCalibration(options.calibration)
      print({ json: options.json }, attribute(journeys, { calibration, halfLifeTouches }), (result) =>
        textOf(result, options),
      )
    })

const wish = (named: string | undefined, option: string, required: boolean, names: readonly string[]) => ({
  named,
  option,
  required,
  names,
})

const readJourneys = async (file: string, options: AttributionOptions): Promise<readonly Journey[]> => {
  const read = await readTable(file)
  const { found, texts } = pickColumns(file, read, {
    path: wish(options.path, '--path', true, [
      'path',
      'journey',
      'channelpath',
      'channels',
      'touchpoints',
      'путь',
      'цепочка',
    ]),
    conversions: wish(options.conversions, '--conversions', false, [
      'totalconversions',
      'conversions',
      'conversion',
      'converted',
      'конверсии',
      'конверсия',
    ]),
    value: wish(options.value, '--value', false, [
      'totalconversionvalue',
      'conversionvalue',
      'revenue',
      'value',
      'выручка',
      'ценность',
    ]),
    nulls: wish(options.nulls, '--nulls', false, [
      'totalnull',
      'totalnulls',
      'nulls',
      'null',
      'notconverted',
      'безконверсии',
    ]),
  })
  const [conversions, values, nulls] = [
    numbersOf(texts.conversions),
    numbersOf(texts.value),
    numbersOf(texts.nulls),
  ]
  const isCount = { is: 'a number from 0', accepts: (count: number) => count >= 0 }
  const { rows, remark } = readableRows(file, read, [
    { column: found.path, texts: texts.path, values: null, is: 'a path', option: '--path' },
    {
      column: found.conversions,
      texts: texts.conversions,
      values: conversions,
      option: '--conversions',
      ...isCount,
    },
    { column: found.value, texts: texts.value, values, is: 'a number', option: '--value' },
    { column: found.nulls, texts: texts.nulls, values: nulls, option: '--nulls', ...isCount },
  ])
  if (remark !== null) note(remark)
  return rows.map((row) => {
    const channels = (texts.path[row] ?? '')
      .split(options.separator.trim() || options.separator)
      .map((channel) => channel.trim())
    if (channels.includes(''))
      throw badCell(file, read, row, {
        column: found.path,
        texts: texts.path,
        is: `a path of channels with "${options.separator}" between`,
        option: '--path, or another sign between channels with --separator',
      })
    const converted = conversions[row] ?? 1
    // Without a column of nulls a row that did not convert is one journey that did not.
    return {
      channels,
      conversions: converted,
      value: values[row] ?? 0,
      nulls: nulls[row] ?? (converted === 0 ? 1 : 0),
    }
  })
}

const readCalibration = async (file: string): Promise<readonly Calibration[]> => {
  const read = await readTable(file)
  const { found, texts } = pickColumns(file, read, {
    channel: wish(undefined, '--calibration', true, ['channel', 'канал']),
    incremental: wish(undefined, '--calibration', true, [
      'incremental',
      'incrementalconversions',
      'lift',
      'инкремент',
    ]),
    low: wish(undefined, '--calibration', false, ['low', 'lower', 'нижняя']),
    high: wish(undefined, '--calibration', false, ['high', 'upper', 'верхняя']),
  })
  const numbers = (key: 'incremental' | 'low' | 'high') => {
    const values = numbersOf(texts[key])
    const bad = values.findIndex(
      (value, row) => Number.isNaN(value) && !(key !== 'incremental' && isNothing(texts[key][row] ?? '')),
    )
    if (bad < 0) return values
    throw badCell(file, read, bad, {
      column: found[key],
      texts: texts[key],
      is: 'a number',
      option: '--calibration',
    })
  }
  const [incremental, low, high] = [numbers('incremental'), numbers('low'), numbers('high')]
  const orNull = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value)
  return texts.channel.map((channel, row) => ({
    channel,
    incremental: incremental[row] ?? Number.NaN,
    low: orNull(low[row]),
    high: orNull(high[row]),
  }))
}

const WORDS = {
  en: {
    title: (r: Attribution) =>
      `${r.paths} paths: ${figure(r.totalConversions)} conversions, value ${figure(r.totalValue)}, ${figure(r.totalNulls)} without; ${percent(r.baseRate)} convert`,
    head: ['channel', ...METHODS, 'removal', 'measured (incremental)', 'measured/last'],
    total: 'total',
    none: 'not measured',
    refused: (why: string) => `Markov of order 2 is left out: ${why}`,
    warning: (r: Attribution) =>
      r.measuredChannels === 0
        ? 'Attribution says who was there, not who caused it. No channel is measured: do not move money by this table. Give results of experiments with --calibration FILE.'
        : `Attribution says who was there, not who caused it. Move money by the measured column only (${r.measuredChannels} of ${r.channels.length} channels).`,
  },
  ru: {
    title: (r: Attribution) =>
      `Путей ${r.paths}: конверсий ${figure(r.totalConversions)}, ценность ${figure(r.totalValue)}, без конверсии ${figure(r.totalNulls)}; доля конверсий ${percent(r.baseRate)}`,
    head: [
      'канал',
      'первое',
      'последнее',
      'поровну',
      'позиция',
      'затухание',
      'марков1',
      'марков2',
      'шепли',
      'удаление',
      'измерено (прирост)',
      'измерено/последнее',
    ],
    total: 'всего',
    none: 'не измерено',
    refused: (why: string) => `Марков 2-го порядка пропущен: ${why}`,
    warning: (r: Attribution) =>
      r.measuredChannels === 0
        ? 'Атрибуция говорит, кто был рядом, а не кто был причиной. Ни один канал не измерен: не двигайте по этой таблице деньги. Результаты экспериментов передайте через --calibration FILE.'
        : `Атрибуция говорит, кто был рядом, а не кто был причиной. Деньги двигайте только по измеренному (каналов ${r.measuredChannels} из ${r.channels.length}).`,
  },
} as const

const figure = (value: number): string => value.toFixed(Number.isInteger(value) ? 0 : 1)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
/** Names come from files: nothing in them may steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 40)

const textOf = (result: Attribution, { lang, by }: AttributionOptions): string => {
  const words = lang.toLowerCase().startsWith('ru') ? WORDS.ru : WORDS.en
  const credits = result.channels.map((one) => (by === 'value' ? one.values : one.conversions))
  const rows = result.channels.map((one, index) => [
    plain(one.channel),
    ...METHODS.map((method) => optional(credits[index]?.[method] ?? null)),
    percent(one.removal),
    one.measured === null ? words.none : measuredText(one.measured),
    one.measuredOverLast === null ? '-' : one.measuredOverLast.toFixed(2),
  ])
  const totals = METHODS.map((method) =>
    credits.some((credit) => credit[method] === null)
      ? '-'
      : credits.reduce((sum, credit) => sum + (credit[method] ?? 0), 0).toFixed(1),
  )
  return [
    words.title(result),
    '',
    table([[...words.head], ...rows, [words.total, ...totals, '', '', '']]),
    '',
    ...(result.markov2Refused === null ? [] : [words.refused(result.markov2Refused)]),
    words.warning(result),
  ].join('\n')
}

const optional = (value: number | null): string => (value === null ? '-' : value.toFixed(1))

const measuredText = ({ incremental, low, high }: Calibration): string =>
  low === null || high === null
    ? figure(incremental)
    : `${figure(incremental)} [${figure(low)}, ${figure(high)}]`
