// `windvane clv`: what customers will order and be worth, from a plain file of orders (or of counted chances to order),
// with how well that would have been foretold on the last third of its time. Works without a server.

import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import {
  datesOf,
  numbersOf,
  pickColumns,
  readableRows,
  readTable,
  type TextTable,
} from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import {
  backtestValue,
  drawFutures,
  lastDayOf,
  lastPeriodBy,
  learnValue,
  type Order,
  type Period,
  PERIOD_DAYS,
  PERIODS,
  type Rfm,
  summariseOrders,
  valueOf,
} from '../../model/index.ts'
import { note, print } from '../output.ts'
import { type CountOptions, isCounted, onePerRow, readCounts } from './clv-counts.ts'
import { type ClvResult, clvText } from './clv-text.ts'

type ClvOptions = CountOptions & {
  readonly date?: string
  readonly value?: string
  readonly refund?: string
  readonly dateFormat?: string
  readonly until?: string
  readonly unit: 'day' | 'week'
  readonly period?: Period
  readonly horizon: string
  readonly discount: string
  readonly margin: string
  readonly model: 'auto' | 'bg-nbd' | 'pareto-nbd' | 'bg-bb' | 'cohort-average'
  readonly seed: string
  readonly top: string
  readonly out?: string
  readonly lang: string
  readonly json: boolean
}

export const clvCommand = (): Command =>
  new Command('clv')
    .description('what customers will order and be worth, from a file of orders')
    .argument(
      '<file>',
      'CSV or NDJSON of orders: customer, date, value; or of counted chances: frequency, recency, periods',
    )
    .option('--customer <column>', 'column of customers')
    .option('--date <column>', 'column of dates')
    .option('--value <column>', 'column of order values; without one only orders are foretold')
    .option('--refund <column>', 'column that marks credit notes; negative values are dropped anyway')
    .option('--date-format <format>', 'such as DD.MM.YYYY; found out when absent')
    .option('--until <date>', 'last day of observation, YYYY-MM-DD; the day of the last order when absent')
    .addOption(new Option('--unit <unit>', 'unit of time').choices(['day', 'week']).default('week'))
    .addOption(
      new Option(
        '--period <period>',
        'orders are chances that come one by one (drives, terms), one in each period: BG/BB',
      ).choices(PERIODS),
    )
    .option('--frequency <column>', 'column of chances taken after the first order, where they are counted')
    .option('--recency <column>', 'column of the number of the last chance taken, 0 for none')
    .option('--periods <column>', 'column of chances there were')
    .option('--people <column>', 'column of how many customers a row of counts stands for')
    .option('--horizon <time>', 'how far ahead: 90d, 26w, 12m or 1y', '1y')
    .option('--discount <share>', 'discount of a year, such as 0.1', '0')
    .option('--margin <share>', 'share of the value that is earned', '1')
    .addOption(
      new Option('--model <model>', 'how orders come')
        .choices(['auto', 'bg-nbd', 'pareto-nbd', 'bg-bb', 'cohort-average'])
        .default('auto', 'BG/BB with --period, else BG/NBD'),
    )
    .option('--seed <text>', 'of the futures drawn for intervals', '1')
    .option('--top <count>', 'customers shown', '15')
    .option('--out <file>', 'all customers as CSV')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document, with all customers', false)
    .action(async (file: string, options: ClvOptions) => {
      checkModel(options)
      const table = await readTable(file)
      const result = isCounted(table, options)
        ? estimateCounts(readCounts(file, table, options), options)
        : estimate(readOrders(file, table, options), options)
      if (options.out !== undefined) writeFileSync(options.out, csvOf(result))
      print({ json: options.json }, result, (shown) => clvText(shown, options.lang, countOf(options.top)))
    })

/** A model of time that runs fits no chances, and the other way round. */
const checkModel = ({ model, period }: ClvOptions): void => {
  const ofPeriods = model === 'bg-bb'
  if (model === 'auto' || model === 'cohort-average' || ofPeriods === (period !== undefined)) return
  throw new Failure({
    code: 'clv.period',
    message: ofPeriods
      ? 'BG/BB needs to know how often a chance to order comes.'
      : `${model} has orders come at any time, not once in a period.`,
    hint: ofPeriods ? 'Such as --period year.' : 'Leave --period out, or the model.',
  })
}

const estimate = (orders: readonly Order[], options: ClvOptions): ClvResult => {
  const { period = null } = options
  const untilDay = options.until === undefined ? undefined : dayOf(options.until)
  const summary = summariseOrders(orders, { unitDays: options.unit === 'week' ? 7 : 1, period, untilDay })
  noteUnfinished(summary, untilDay)
  const backtest =
    options.model === 'cohort-average'
      ? null
      : backtestValue(
          orders,
          { unitDays: summary.unitDays, period, untilDay: summary.lastDay },
          { timing: options.model },
        )
  return conclude({ summary, backtest, people: null }, options)
}

/** The end of observation decides whether a period is over, so it is said when it cuts one off. */
const noteUnfinished = ({ period, lastDay, dropped }: Rfm, untilDay: number | undefined): void => {
  if (period === null || dropped.unfinished === 0) return
  const whole = new Date(lastDayOf(lastPeriodBy(lastDay, period) + 1, period) * DAY_MS)
  note(
    `${dropped.unfinished} orders lie in a ${period} that is not over${untilDay === undefined ? ' by the last order' : ''} and are not counted; if it is, say --until ${whole.toISOString().slice(0, 10)}.`,
  )
}

const estimateCounts = (
  { customers, people }: ReturnType<typeof readCounts>,
  options: ClvOptions,
): ClvResult => {
  const period = options.period ?? 'year'
  if (options.period === undefined) note('A chance is taken to come each year (--period).')
  const dropped = { noCustomer: 0, credit: 0, afterEnd: 0, unfinished: 0 }
  const orders = customers.reduce((sum, { frequency }) => sum + frequency + 1, 0)
  const summary: Rfm = {
    customers,
    unitDays: PERIOD_DAYS[period],
    period,
    firstDay: 0,
    lastDay: 0,
    hasValues: false,
    orders,
    merged: 0,
    dropped,
  }
  return conclude({ summary, backtest: null, people }, options)
}

type Found = {
  readonly summary: Rfm
  readonly backtest: ReturnType<typeof backtestValue>
  /** How many customers each stands for, where chances were counted; null where orders were read. */
  readonly people: readonly number[] | null
}

const conclude = ({ summary, backtest, people }: Found, options: ClvOptions): ClvResult => {
  const { unitDays, period } = summary
  const days = daysOf(options.horizon)
  const horizon = {
    time: period === null ? days / unitDays : Math.max(1, Math.round(days / unitDays)),
    discount: (Math.log1p(shareOf(options.discount, '--discount')) / 365) * unitDays,
    margin: shareOf(options.margin, '--margin'),
  }
  const lost = backtest !== null && !backtest.isBetter
  const model = learnValue(
    summary,
    { timing: lost ? 'cohort-average' : options.model },
    lost ? 'backtest_lost' : 'asked_for',
  )
  const futures = drawFutures(model, summary.customers, horizon, {
    seed: options.seed,
    ...(backtest === null || model.timing === null ? {} : { drift: backtest.drift }),
  })
  const customers = summary.customers.map((customer, index) => ({
    ...customer,
    ...valueOf(model, customer, horizon),
    ordersInterval: futures.orders[index] ?? null,
    valueInterval: futures.values?.[index] ?? null,
    valuePerOrder: customer.value,
  }))
  const total = (key: 'orders' | 'value') =>
    customers.reduce((sum, customer) => sum + (customer[key] ?? 0), 0)
  const { customers: _customers, ...about } = summary
  return {
    unit: period ?? options.unit,
    horizonDays: period === null ? days : horizon.time * unitDays,
    counted: people !== null,
    summary: { ...about, customers: customers.length },
    model: {
      kind: model.timing?.kind ?? 'cohort-average',
      reason: model.reason,
      params: paramsOf(model.timing),
      logLikelihood: model.timing?.fit.logLikelihood ?? null,
      repeatBuyers: model.repeatBuyers,
      fittedOn: model.fittedOn,
      spend:
        model.spend === null
          ? null
          : {
              ...model.spend.check,
              bands: model.spend.bands.map(({ p, q, v, frequencyMin, customers: n }) => ({
                p,
                q,
                v,
                frequencyMin,
                customers: n,
              })),
            },
    },
    backtest,
    total: {
      orders: total('orders'),
      ordersInterval: futures.totalOrders,
      value: summary.hasValues ? total('value') : null,
      valueInterval: futures.totalValue,
      level: futures.level,
    },
    customers: onePerRow(customers, people).toSorted(
      (left, right) => (right.value ?? right.orders) - (left.value ?? left.orders),
    ),
  }
}

const paramsOf = (timing: ReturnType<typeof learnValue>['timing']): Readonly<Record<string, number>> => {
  if (timing === null) return {}
  const { kind: _kind, fit: _fit, ...params } = timing
  return params
}

const wish = (named: string | undefined, option: string, required: boolean, names: readonly string[]) => ({
  named,
  option,
  required,
  names,
})

const readOrders = (file: string, read: TextTable, options: ClvOptions): readonly Order[] => {
  const { found, texts } = pickColumns(file, read, {
    customer: wish(options.customer, '--customer', true, [
      'customerid',
      'userid',
      'clientid',
      'customer',
      'client',
      'user',
      'id',
      'email',
      'idклиента',
      'клиент',
      'покупатель',
    ]),
    date: wish(options.date, '--date', true, [
      'orderdate',
      'invoicedate',
      'purchasedate',
      'date',
      'timestamp',
      'createdat',
      'time',
      'датазаказа',
      'дата',
    ]),
    value: wish(options.value, '--value', false, [
      'value',
      'total',
      'amount',
      'revenue',
      'ordervalue',
      'ordertotal',
      'totalprice',
      'price',
      'sum',
      'сумма',
      'выручка',
      'стоимость',
    ]),
    refund: wish(options.refund, '--refund', false, [
      'refund',
      'cancel',
      'isrefund',
      'cancelled',
      'canceled',
      'return',
      'возврат',
      'отмена',
    ]),
  })
  const dates = datesOf(texts.date, { format: options.dateFormat, zone: 'UTC', option: '--date-format' })
  if (dates.isUnsure)
    note(
      `Dates of "${found.date ?? ''}" may have the day or the month first; read as ${dates.format} (--date-format).`,
    )
  const values = numbersOf(texts.value)
  const { rows, remark } = readableRows(file, read, [
    { column: found.customer, texts: texts.customer, values: null, is: 'a customer', option: '--customer' },
    {
      column: found.date,
      texts: texts.date,
      values: dates.at,
      is: `a date (${dates.format})`,
      option: '--date',
    },
    { column: found.value, texts: texts.value, values, is: 'a number', option: '--value' },
  ])
  if (remark !== null) note(remark)
  return rows.map((row) => ({
    customer: texts.customer[row] ?? '',
    at: dates.at[row] ?? Number.NaN,
    value: found.value === null ? null : (values[row] ?? Number.NaN),
    isCredit: /^(1|true|yes|y|да|истина)$/i.test(texts.refund[row] ?? ''),
  }))
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 365 / 12, y: 365 }
const HORIZON_DAYS_MAX = 3_650

const daysOf = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)([dwmy])$/.exec(text.trim())
  const days = Number(match?.[1]) * (DAYS[match?.[2] ?? ''] ?? Number.NaN)
  if (days > 0 && days <= HORIZON_DAYS_MAX) return days
  throw new Failure({
    code: 'clv.horizon',
    message: `A horizon of "${text}" is not understood.`,
    hint: 'A number with its unit, at most ten years: 90d, 26w, 12m or 1y.',
  })
}

const dayOf = (text: string): number => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(at)) return at / DAY_MS
  throw new Failure({
    code: 'clv.until',
    message: `"${text}" is no day.`,
    hint: 'Such as --until 2026-06-30.',
  })
}

const shareOf = (text: string, option: string): number => {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new Failure({
    code: 'clv.share',
    message: `${option} ${text} is not a share.`,
    hint: 'Between 0 and 1: ten percent is 0.1.',
  })
}

const countOf = (text: string): number => {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 0) return Math.min(count, 10_000)
  throw new Failure({ code: 'clv.top', message: `--top ${text} is no count.`, hint: 'Such as --top 20.' })
}

const csvOf = ({ customers }: ClvResult): string => {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  const rows = customers.map((one) =>
    [
      quote(one.id),
      one.frequency,
      one.recency,
      one.age,
      one.alive ?? '',
      one.orders,
      one.ordersInterval?.low ?? '',
      one.ordersInterval?.high ?? '',
      one.value ?? '',
      one.valueInterval?.low ?? '',
      one.valueInterval?.high ?? '',
      one.orderProbability,
      one.nextOrderTime ?? '',
      one.people,
    ].join(','),
  )
  const head =
    'customer,frequency,recency,age,alive,orders,orders_low,orders_high,value,value_low,value_high,order_probability,next_order_time,people'
  return `${[head, ...rows].join('\n')}\n`
}
