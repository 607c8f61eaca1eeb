// `windvane geo`: plan an experiment over regions, or read one. Works on a plain file without a server.

import { Command, InvalidArgumentError, Option } from 'commander'
import { datesOf, numbersOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import {
  DESIGN_DEFAULTS,
  designGeo,
  panelOf,
  readGeo,
  type GeoDesign,
  type GeoReading,
  type GeoRow,
  type Panel,
} from '../../feedback/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { note, print } from '../output.ts'
import { languageOf } from './columns.ts'
import { designText, readingText } from './geo-text.ts'

type GeoOptions = {
  readonly geo?: string
  readonly date?: string
  readonly response?: string
  readonly cost?: string
  readonly dateFormat?: string
  readonly missing: 'zero' | 'drop'
  readonly from?: string
  readonly until?: string
  readonly cooldown: number
  readonly treated?: string
  readonly groups?: string
  readonly treatedGroup?: string
  readonly exclude?: string
  readonly testDays: number
  readonly oneOf: number
  readonly returnOnSpend?: number
  readonly seed: string
  readonly alpha: number
  readonly lang: string
  readonly json: boolean
}

const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.')
  return value
}
const share = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be between 0 and 1.')
  return value
}
const above0 = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be above 0.')
  return value
}

export const geoCommand = (): Command =>
  new Command('geo')
    .description('plan an experiment over regions, or read one: what the money brought')
    .argument('<file>', 'CSV or NDJSON: a row for a region and a day, with what was sold and spent there')
    .option('--geo <column>', 'column of regions')
    .option('--date <column>', 'column of dates')
    .option('--response <column>', 'column of what counts, such as sales')
    .option('--cost <column>', 'column of what was spent; none where there is none')
    .option('--date-format <format>', 'such as DD.MM.YYYY; found out when absent')
    .addOption(
      new Option('--missing <what>', 'a day that a region lacks: nothing sold, or the region is left out')
        .choices(['zero', 'drop'])
        .default('zero'),
    )
    .option('--from <date>', 'first day of the test, YYYY-MM-DD: reads the test; without it one is planned')
    .option('--until <date>', 'last day of the test; the last of the file when absent')
    .option('--cooldown <days>', 'days after it that still count', whole, 0)
    .option('--treated <regions>', 'treated regions, parted by commas')
    .option('--groups <file>', 'CSV of regions and their group')
    .option('--treated-group <name>', 'the group that was treated; found by its cost when absent')
    .option('--exclude <regions>', 'regions that are neither treated nor control, parted by commas')
    .option('--test-days <days>', 'planning: how long the test will take', whole, DESIGN_DEFAULTS.testDays)
    .option('--one-of <regions>', 'planning: one region of so many is treated', whole, DESIGN_DEFAULTS.oneOf)
    .option(
      '--return-on-spend <number>',
      'planning: return that is hoped for, to say what must be spent',
      above0,
    )
    .option('--seed <text>', 'planning: of the draws', DESIGN_DEFAULTS.seed)
    .option('--alpha <share>', 'how often the interval may miss', share, DESIGN_DEFAULTS.alpha)
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: GeoOptions) => {
      const lang = languageOf(options.lang)
      const panel = await readPanel(file, options)
      if (options.from === undefined)
        print({ json: options.json }, planned(panel, options), (plan) => designText(plan, lang))
      else
        print({ json: options.json }, await readTest(panel, options), (reading) => readingText(reading, lang))
    })

export type PlannedGeo = GeoDesign & { readonly spendNeeded: number | null }

const planned = (panel: Panel, options: GeoOptions): PlannedGeo => {
  if (options.testDays < 1 || options.oneOf < 2)
    throw new Failure({
      code: 'geo.plan',
      message: `A test of ${options.testDays} days that treats one region of ${options.oneOf} cannot be.`,
      hint: 'At least one day, and one region of two.',
    })
  const excluded = new Set(listOf(options.exclude))
  const { testDays, oneOf, seed, alpha } = options
  const design = designGeo(
    { ...panel, geos: panel.geos.filter(({ name }) => !excluded.has(name)) },
    { testDays, oneOf, seed, alpha },
  )
  const { returnOnSpend } = options
  return { ...design, spendNeeded: returnOnSpend === undefined ? null : design.detectable / returnOnSpend }
}

export type ReadTest = Omit<GeoReading, 'daily' | 'counterfactual'> & {
  readonly from: string
  readonly until: string
  readonly alpha: number
  readonly dailyEffect: readonly number[]
}

const readTest = async (panel: Panel, options: GeoOptions): Promise<ReadTest> => {
  const from = dayOf(options.from ?? '', '--from')
  const last = options.until === undefined ? (panel.days.at(-1) ?? from) : dayOf(options.until, '--until')
  const until = last + DAY_MS + options.cooldown * DAY_MS
  const {
    daily,
    counterfactual: _expected,
    ...reading
  } = readGeo(panel, {
    treated: await treatedOf(panel, { from, until }, options),
    excluded: new Set(listOf(options.exclude)),
    from,
    until,
    alpha: options.alpha,
  })
  const text = (at: number) => new Date(at).toISOString().slice(0, 10)
  return {
    ...reading,
    from: text(from),
    until: text(until - DAY_MS),
    alpha: options.alpha,
    dailyEffect: [...daily],
  }
}

/** As named; else by the file of groups; else those in which something was spent during the test. */
const treatedOf = async (
  panel: Panel,
  test: { readonly from: number; readonly until: number },
  options: GeoOptions,
): Promise<ReadonlySet<string>> => {
  const named = listOf(options.treated)
  const unknown = named.find((name) => !panel.geos.some((geo) => geo.name === name))
  if (unknown !== undefined)
    throw new Failure({
      code: 'geo.unknown_region',
      message: `There is no region "${unknown}".`,
      hint: `Regions: ${panel.geos
        .slice(0, 30)
        .map(({ name }) => name)
        .join(', ')}`,
    })
  if (named.length > 0) return new Set(named)
  const spent = new Set(
    panel.geos
      .filter(({ cost }) =>
        panel.days.some((day, i) => day >= test.from && day < test.until && (cost[i] as number) > 0),
      )
      .map(({ name }) => name),
  )
  if (options.groups === undefined) return spent
  const { texts } = pickColumns(options.groups, await readTable(options.groups), {
    geo: { names: GEO_NAMES, required: true, option: '--geo', named: options.geo },
    group: { names: ['group', 'geogroup', 'arm', 'группа'], required: true, option: '--groups' },
  })
  const names = [...new Set(texts.group)]
  const wanted =
    options.treatedGroup ??
    names.find((name) => texts.geo.some((geo, i) => texts.group[i] === name && spent.has(geo)))
  if (wanted === undefined || !names.includes(wanted))
    throw new Failure({
      code: 'geo.no_groups',
      message: 'It is not clear which group was treated.',
      hint: `Name it with --treated-group. Groups: ${names.slice(0, 20).join(', ')}`,
    })
  return new Set(texts.geo.filter((_, i) => texts.group[i] === wanted))
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const GEO_NAMES = ['geo', 'region', 'city', 'location', 'market', 'dma', 'регион', 'город', 'область']
const DATE_NAMES = ['date', 'day', 'week', 'дата', 'день', 'неделя']
const RESPONSE_NAMES = [
  'response',
  'sales',
  'revenue',
  'orders',
  'conversions',
  'value',
  'y',
  'продажи',
  'выручка',
  'заказы',
]

const readPanel = async (file: string, options: GeoOptions): Promise<Panel> => {
  const table = await readTable(file)
  const wish = (named: string | undefined, names: readonly string[], option: string, required = true) => ({
    named,
    names,
    required,
    option,
  })
  const { texts, found } = pickColumns(file, table, {
    geo: wish(options.geo, GEO_NAMES, '--geo'),
    date: wish(options.date, DATE_NAMES, '--date'),
    response: wish(options.response, RESPONSE_NAMES, '--response'),
    cost: wish(options.cost, ['cost', 'spend', 'расход', 'расходы', 'затраты'], '--cost', false),
  })
  const { at, format } = datesOf(texts.date, {
    format: options.dateFormat,
    zone: 'UTC',
    option: '--date-format',
  })
  const responses = numbersOf(texts.response)
  const costs = numbersOf(texts.cost)
  const { rows, remark } = readableRows(file, table, [
    { column: found.geo, texts: texts.geo, values: null, is: 'a region', option: '--geo' },
    { column: found.date, texts: texts.date, values: at, is: `a date (${format})`, option: '--date' },
    {
      column: found.response,
      texts: texts.response,
      values: responses,
      is: 'a number',
      option: '--response',
    },
    {
      column: found.cost,
      texts: texts.cost,
      values: costs,
      is: 'a number',
      option: '--cost',
      mayBeEmpty: true,
    },
  ])
  if (remark !== null) note(remark)
  const days = rows.map((row): GeoRow => {
    const [day, cost] = [at[row] as number, costs[row] ?? 0]
    return {
      geo: texts.geo[row] ?? '',
      at: day - (day % DAY_MS),
      response: responses[row] as number,
      // A cell with nothing in it: nothing was spent.
      cost: Number.isFinite(cost) ? cost : 0,
    }
  })
  return panelOfDays(days, options)
}

/** The panel; what it lacks, and what is made of that, is told. */
const panelOfDays = (days: readonly GeoRow[], { missing }: GeoOptions): Panel => {
  const panel = panelOf(days, missing)
  const { incomplete } = panel
  if (incomplete.length === 0) return panel
  const lacking = incomplete.reduce((sum, region) => sum + region.missing, 0)
  const names = incomplete.slice(0, 10).map(({ name }) => name)
  note(
    missing === 'zero'
      ? `${incomplete.length} regions lack ${lacking} days in all: counted as nothing sold (--missing drop leaves these regions out).`
      : `Left out for missing days: ${names.join(', ')}.`,
  )
  return panel
}

const dayOf = (text: string, option: string): number => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new Failure({
    code: 'geo.date',
    message: `"${text}" is no date (${option}).`,
    hint: 'Written as YYYY-MM-DD.',
  })
}
