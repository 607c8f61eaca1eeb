// A plain file of spend and results as a history of lines: columns found or named, one currency, steps without gaps.
// What does not fit is refused with the cell that does not, or counted and told.

import { datesOf, lineOf, numbersOf, pickColumns, readableRows, readTable } from '../../connect/index.ts'
import { LINES_IN_FILE_MAX, type HistoryLine } from '../../budget/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'

export type BudgetFileOptions = {
  readonly date?: string
  readonly line?: string
  readonly spend?: string
  readonly value?: string
  readonly conversions?: string
  readonly currencyColumn?: string
  readonly demand?: string
  readonly dateFormat?: string
  readonly currency?: string
  readonly conversionValue?: number
  readonly dropLast: number
  readonly experiments?: string
}

export type BudgetFile = {
  readonly lines: readonly HistoryLine[]
  /** '' where neither the file nor the person says it. */
  readonly currency: string
  /** Days between steps: 1 or 7. */
  readonly stepDays: number
  readonly firstDay: number
  readonly lastDay: number
  readonly demandOn: (day: number) => number
  /** How many rows are left out, and why; null for none. */
  readonly remark: string | null
  /** Steps that a line lacked and that count as nothing spent. */
  readonly filled: number
  readonly columns: { readonly spend: string; readonly result: string; readonly demand: string | null }
}

const NAMES = {
  date: ['date', 'day', 'week', 'segments.date', 'date_start', 'ds', 'дата', 'день', 'неделя'],
  line: [
    'line',
    'campaign',
    'campaign_name',
    'channel',
    'adset',
    'ad_set',
    'source',
    'кампания',
    'канал',
    'линия',
  ],
  spend: [
    'spend',
    'cost',
    'amount_spent',
    'cost_micros',
    'metrics.cost_micros',
    'расход',
    'расходы',
    'затраты',
  ],
  value: [
    'value',
    'revenue',
    'conversions_value',
    'conversion_value',
    'purchase_value',
    'sales',
    'margin',
    'ценность',
    'выручка',
    'доход',
  ],
  conversions: ['conversions', 'orders', 'purchases', 'leads', 'results', 'конверсии', 'заказы', 'лиды'],
  currency: ['currency', 'currency_code', 'account_currency', 'валюта'],
  demand: ['demand', 'demand_index', 'спрос'],
} as const

/** Throws Failures `table.*`, `columns.*`, `budget.*`. */
export const readBudgetFile = async (path: string, options: BudgetFileOptions): Promise<BudgetFile> => {
  const table = await readTable(path)
  const wish = (names: readonly string[], option: string, named: string | undefined, required = false) => ({
    names,
    option,
    named,
    required,
  })
  const { found, texts } = pickColumns(path, table, {
    date: wish(NAMES.date, '--date', options.date, true),
    line: wish(NAMES.line, '--line', options.line, true),
    spend: wish(NAMES.spend, '--spend', options.spend, true),
    value: wish(NAMES.value, '--value', options.value),
    conversions: wish(NAMES.conversions, '--conversions', options.conversions),
    currency: wish(NAMES.currency, '--currency-column', options.currencyColumn),
    demand: wish(NAMES.demand, '--demand', options.demand),
  })
  const result = resultOf(
    path,
    found,
    options,
    table.columns.map(({ name }) => name),
  )
  const currency = currencyOf(texts.currency, options.currency)
  const { at, format } = datesOf(texts.date, {
    format: options.dateFormat,
    zone: 'UTC',
    option: '--date-format',
  })
  // Google writes costs in millionths: taken for units, a budget would be a million times too large.
  const unit = /micros$/i.test(found.spend ?? '') ? 1e-6 : 1
  const spends = numbersOf(texts.spend)
  const [resultTexts, resultOption] =
    result.kind === 'value' ? [texts.value, '--value'] : [texts.conversions, '--conversions']
  const results = numbersOf(resultTexts)
  const demands = numbersOf(texts.demand)
  const number = 'a number'
  const { rows: positions, remark } = readableRows(path, table, [
    { column: found.date, texts: texts.date, values: at, is: `a date (${format})`, option: '--date' },
    { column: found.line, texts: texts.line, values: null, is: 'a line', option: '--line' },
    { column: found.spend, texts: texts.spend, values: spends, is: number, option: '--spend' },
    { column: result.column, texts: resultTexts, values: results, is: number, option: resultOption },
    {
      column: found.demand,
      texts: texts.demand,
      values: demands,
      is: number,
      option: '--demand',
      mayBeEmpty: true,
    },
  ])
  const rows = positions.map((i): Row => {
    const [line, spend] = [texts.line[i] ?? '', (spends[i] as number) * unit]
    if (spend < 0)
      throw new Failure({
        code: 'budget.history_negative',
        message: `Line ${lineOf(table, i)} of ${path}: "${line}" has spent ${spend}, and that cannot be.`,
        hint: 'Spend is 0 or more. Take refunds and corrections out of the column.',
      })
    return {
      line,
      day: Math.floor((at[i] as number) / DAY_MS),
      spend,
      value: (results[i] as number) * result.worth,
      demand: demands[i] ?? Number.NaN,
    }
  })
  const tests = options.experiments === undefined ? new Map() : await readExperiments(options.experiments)
  const shaped = shape(rows, options.dropLast, tests)
  return {
    ...shaped,
    currency,
    demandOn: demandIndex(rows),
    remark,
    columns: { spend: found.spend ?? '', result: result.column, demand: found.demand },
  }
}

type Row = {
  readonly line: string
  readonly day: number
  readonly spend: number
  readonly value: number
  readonly demand: number
}

const resultOf = (
  path: string,
  found: { readonly value: string | null; readonly conversions: string | null },
  { value, conversions, conversionValue }: BudgetFileOptions,
  columns: readonly string[],
): { readonly kind: 'value' | 'conversions'; readonly column: string; readonly worth: number } => {
  const isByValue = found.value !== null && (value !== undefined || conversions === undefined)
  if (isByValue) return { kind: 'value', column: found.value ?? '', worth: 1 }
  if (found.conversions === null)
    throw new Failure({
      code: 'budget.no_results',
      message: `${path} has no column of results.`,
      hint: `Name one with --value COLUMN (money) or --conversions COLUMN and --conversion-value N. Its columns are: ${columns.join(', ')}`,
    })
  if (conversionValue === undefined)
    throw new Failure({
      code: 'budget.conversion_value',
      message: `"${found.conversions}" counts conversions; nobody says what one is worth.`,
      hint: 'Say it with --conversion-value N, in the currency of the spend.',
    })
  return { kind: 'conversions', column: found.conversions, worth: conversionValue }
}

/** One currency, or a refusal: amounts of two must never be added up. */
const currencyOf = (texts: readonly string[], given: string | undefined): string => {
  const told = [...new Set(texts.filter((text) => text !== '').map((text) => text.toUpperCase()))]
  if (told.length > 1)
    throw new Failure({
      code: 'budget.currencies',
      message: `The file has amounts in ${told.slice(0, 5).join(', ')}: they cannot be added up.`,
      hint: 'Give one file for each currency, or exchange the amounts first.',
    })
  if (given !== undefined && !/^[A-Za-z]{3}$/.test(given))
    throw new Failure({
      code: 'budget.currency',
      message: `"${given}" is no currency.`,
      hint: 'Such as EUR or RUB.',
    })
  if (given !== undefined && told[0] !== undefined && told[0] !== given.toUpperCase())
    throw new Failure({
      code: 'budget.currency',
      message: `The file says ${told[0]} and --currency says ${given.toUpperCase()}.`,
      hint: 'Leave --currency out, or take the right file.',
    })
  return told[0] ?? given?.toUpperCase() ?? ''
}

/** Rows of a line and step are added up; a step that a line lacks is one without spend. */
const shape = (
  rows: readonly Row[],
  dropLast: number,
  tests: ReadonlyMap<string, HistoryLine['experiments']>,
): Pick<BudgetFile, 'lines' | 'stepDays' | 'firstDay' | 'lastDay' | 'filled'> => {
  const days = [...new Set(rows.map(({ day }) => day))].toSorted((left, right) => left - right)
  const gaps = days.slice(1).map((day, i) => day - (days[i] ?? day))
  const stepDays = gaps.length > 0 && gaps.every((gap) => gap % 7 === 0) ? 7 : 1
  const [firstDay, end] = [days[0] ?? 0, days.at(-1) ?? 0]
  const lastDay = end - dropLast * stepDays
  const names = [...new Set(rows.map(({ line }) => line))]
  if (names.length > LINES_IN_FILE_MAX)
    throw new Failure({
      code: 'budget.too_many_lines',
      message: `The file has ${names.length} lines; ${LINES_IN_FILE_MAX} are read at once.`,
      hint: 'Add small campaigns up into one, or take another column with --line.',
    })
  for (const name of tests.keys())
    if (!names.includes(name))
      throw new Failure({
        code: 'budget.unknown_line',
        message: `An experiment is about "${name}", which the file does not have.`,
        hint: `Its lines are: ${names.slice(0, 20).join(', ')}`,
      })
  const cells = new Map<string, { spend: number; value: number }>()
  for (const { line, day, spend, value } of rows) {
    const key = `${line}\u0000${day}`
    const cell = cells.get(key) ?? { spend: 0, value: 0 }
    cells.set(key, { spend: cell.spend + spend, value: cell.value + value })
  }
  let filled = 0
  const lines = names.map((id): HistoryLine => {
    const own: HistoryLine['days'][number][] = []
    for (let day = firstDay; day <= lastDay; day += stepDays) {
      const cell = cells.get(`${id}\u0000${day}`)
      // A line begins with its first row: before that it was not there.
      if (cell === undefined && own.length === 0) continue
      if (cell === undefined) filled++
      own.push({ day, spend: cell?.spend ?? 0, value: cell?.value ?? 0 })
    }
    return { id, days: own, experiments: tests.get(id) ?? [] }
  })
  return { lines, stepDays, firstDay, lastDay, filled }
}

/** Each day's demand over its mean; 1 where the file tells none. */
const demandIndex = (rows: readonly Row[]): ((day: number) => number) => {
  const told = new Map<number, number>()
  for (const { day, demand } of rows) if (demand > 0) told.set(day, demand)
  const mean = [...told.values()].reduce((sum, value) => sum + value, 0) / Math.max(1, told.size)
  return (day) => (told.get(day) ?? mean) / mean || 1
}

const Z95 = 1.96

const readExperiments = async (path: string): Promise<ReadonlyMap<string, HistoryLine['experiments']>> => {
  const wish = (names: readonly string[], required = true) => ({
    names,
    required,
    option: `--experiments ${path}:`,
  })
  const read = await readTable(path)
  const { found, texts } = pickColumns(path, read, {
    line: wish(NAMES.line),
    from: wish(['from', 'start', 'first_day']),
    to: wish(['to', 'end', 'last_day', 'until']),
    effect: wish(['effect', 'incremental', 'incremental_value']),
    error: wish(['standard_error', 'stderr', 'se'], false),
    low: wish(['low', 'lower', 'from_95'], false),
    high: wish(['high', 'upper', 'to_95'], false),
  })
  const dates = (cells: readonly string[]) => datesOf(cells, { zone: 'UTC', option: '--experiments' }).at
  const [from, to, effect] = [dates(texts.from), dates(texts.to), numbersOf(texts.effect)]
  const errors =
    found.error === null
      ? numbersOf(texts.high).map((high, i) => (high - (numbersOf(texts.low)[i] ?? Number.NaN)) / (2 * Z95))
      : numbersOf(texts.error)
  const tests = new Map<string, HistoryLine['experiments'][number][]>()
  for (const [i, line] of texts.line.entries()) {
    const standardError = errors[i] ?? Number.NaN
    if (!(standardError > 0 && (to[i] as number) >= (from[i] as number) && Number.isFinite(effect[i])))
      throw new Failure({
        code: 'budget.experiment',
        message: `Line ${lineOf(read, i)} of ${path} is no experiment: it needs a first and last day, an effect and its error above 0.`,
        hint: 'Columns: line, from, to, effect, and standard_error or low and high (95 %).',
      })
    const test = {
      fromDay: Math.floor((from[i] as number) / DAY_MS),
      toDay: Math.floor((to[i] as number) / DAY_MS),
      effect: effect[i] as number,
      standardError,
      kind: 'geo' as const,
    }
    tests.set(line, [...(tests.get(line) ?? []), test])
  }
  return tests
}

/** YYYY-MM-DD. */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
