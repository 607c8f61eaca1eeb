// Value, learnt from the orders of the customers in the journal: the same code as `windvane clv`.

import { hash32 } from '../../kernel/hash.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { ModelNotTrained, ModelTrained, TrainedCard } from '../events.ts'
import { backtestValue, type Backtest } from '../value/backtest.ts'
import { summariseOrders, type Order, type Rfm } from '../value/rfm.ts'
import {
  expectedOrders,
  learnValue,
  valueOf,
  type Horizon,
  type Timing,
  type ValueModel,
} from '../value/value-model.ts'
import type { Fit } from '../value/fit.ts'
import type { ValueDrift } from '../value/futures.ts'
import type { Journal } from './journal.ts'
import type { MonthsPeriod } from './month-mask.ts'
import { at } from './typed.ts'

const VALUE_UNIT_DAYS = 7
const CUSTOMERS_MIN = 50
/** A year is discounted by so much. */
const DISCOUNT_YEARLY = 0.1
const MEAN_OVER_MAX = 2_000

export type ValueTask = {
  readonly horizonMs: number
  readonly dataUntil: number
  readonly marginShare: number
  /** Orders are chances, one in each of these; null: they may come at any time. */
  readonly period: MonthsPeriod | null
}

/** `unitDays`: the model's unit of time. */
export const horizonOf = (
  { horizonMs, marginShare }: Pick<ValueTask, 'horizonMs' | 'marginShare'>,
  unitDays: number,
): Horizon => ({
  time: horizonMs / DAY_MS / unitDays,
  discount: (Math.log1p(DISCOUNT_YEARLY) / 365) * unitDays,
  margin: marginShare,
})

/** A value model, or why there is none. Where customers cannot be told apart yet, the average of their cohort is the model. */
export const trainValue = (journal: Journal, task: ValueTask): ModelTrained | ModelNotTrained => {
  const { dataUntil, horizonMs, period } = task
  const orders = ordersOf(journal)
  const customers = new Set(orders.map(({ customer }) => customer)).size
  if (customers < CUSTOMERS_MIN)
    return { key: 'value', dataUntil, reason: 'customers', needs: CUSTOMERS_MIN, has: customers, detail: '' }
  const untilDay = Math.floor(dataUntil / DAY_MS)
  const time = { unitDays: VALUE_UNIT_DAYS, period, untilDay }
  const rfm = summariseOrders(orders, time)
  const backtest = backtestValue(orders, time)
  const lost = backtest !== null && !backtest.isBetter
  const model = lost ? learnValue(rfm, { timing: 'cohort-average' }, 'backtest_lost') : learnValue(rfm)
  const parameters = plainValue(model, backtest?.drift ?? { orders: 0, value: 0 })
  const text = JSON.stringify(parameters)
  const version = `value-${hash32(text, 1).toString(16).padStart(8, '0')}${hash32(text, 2).toString(16).padStart(8, '0')}`
  return {
    key: 'value',
    version,
    dataUntil,
    horizonMs,
    parameters,
    card: cardOf({ model, backtest, rfm, task }),
  }
}

/** The orders in the journal, of its customers. */
export const ordersOf = (journal: Journal): readonly Order[] =>
  [...journal.people.values()]
    .filter(({ customer }) => customer)
    .toSorted((a, b) => a.slot - b.slot)
    .flatMap((person) =>
      Array.from({ length: person.orders }, (_, i) => ({
        customer: String(person.slot),
        at: at(person.orderSeconds, i) * 1_000,
        value: at(person.orderAmounts, i),
        isCredit: false,
      })),
    )

type Made = {
  readonly model: ValueModel
  readonly backtest: Backtest | null
  readonly rfm: Rfm
  readonly task: ValueTask
}

const cardOf = ({ model, backtest, rfm, task }: Made): TrainedCard => {
  const horizon = horizonOf(task, model.unitDays)
  const step = Math.max(1, rfm.customers.length / MEAN_OVER_MAX)
  const some = Array.from(
    { length: Math.floor(rfm.customers.length / step) },
    (_, i) => rfm.customers[Math.floor(i * step)] as Rfm['customers'][number],
  )
  const mean = (of: (customer: (typeof some)[number]) => number) =>
    some.reduce((sum, customer) => sum + of(customer), 0) / Math.max(1, some.length)
  return {
    kind: 'value',
    customers: model.customers,
    repeatBuyers: model.repeatBuyers,
    days: rfm.lastDay - rfm.firstDay,
    timing: model.timing?.kind ?? 'cohort-average',
    reason: model.reason,
    parameters: parametersOf(model),
    backtest:
      backtest === null
        ? null
        : {
            days: Math.round(backtest.time * model.unitDays),
            ordersCame: backtest.orders.actual,
            ordersSaid: backtest.orders.expected,
            ordersAverage: backtest.orders.cohortAverage,
            error: backtest.error.model,
            errorAverage: backtest.error.cohortAverage,
            coverage: backtest.coverage,
            level: backtest.level,
          },
    drift: backtest?.drift ?? { orders: 0, value: 0 },
    ordersPerYear: mean((customer) => expectedOrders(model, customer, 365 / model.unitDays)),
    orderValue: model.cohorts.orderValue,
    meanValue: mean((customer) => valueOf(model, customer, horizon).value ?? 0),
  }
}

const PARAMETERS: Readonly<Record<Timing['kind'], readonly string[]>> = {
  'bg-nbd': ['r', 'alpha', 'a', 'b'],
  'pareto-nbd': ['r', 'alpha', 's', 'beta'],
  'bg-bb': ['alpha', 'beta', 'gamma', 'delta'],
}

const parametersOf = ({ timing, spend }: ValueModel): readonly { name: string; value: number }[] => {
  const names = timing === null ? [] : PARAMETERS[timing.kind]
  return [
    ...names.map((name, i) => ({ name, value: timing?.fit.params[i] ?? 0 })),
    ...(spend?.bands.slice(0, 1) ?? []).flatMap(({ p, q, v }) => [
      { name: 'p', value: p },
      { name: 'q', value: q },
      { name: 'v', value: v },
    ]),
  ]
}

type PlainFit = Omit<Fit, 'params' | 'root'> & {
  readonly params: readonly number[]
  readonly root: readonly (readonly number[])[] | null
}

/** A value model as JSON. */
export type PlainValue = {
  readonly model: unknown
  readonly drift: ValueDrift
}

const plainFit = ({ params, root, ...rest }: Fit): PlainFit => ({
  ...rest,
  params: [...params],
  root: root === null ? null : root.map((row) => [...row]),
})

const plainValue = (model: ValueModel, drift: ValueDrift): PlainValue => ({
  model: {
    ...model,
    cohorts: { ...model.cohorts, rates: [...model.cohorts.rates] },
    timing: model.timing === null ? null : { ...model.timing, fit: plainFit(model.timing.fit) },
    spend:
      model.spend === null
        ? null
        : { ...model.spend, bands: model.spend.bands.map((band) => ({ ...band, fit: plainFit(band.fit) })) },
  },
  drift,
})

const fitOf = ({ params, root, ...rest }: PlainFit): Fit => ({
  ...rest,
  params: Float64Array.from(params),
  root: root === null ? null : root.map((row) => Float64Array.from(row)),
})

type Plain<T> = Omit<T, 'fit'> & { readonly fit: PlainFit }

/** The model that was trained, from the parameters of its event. */
export const valueModelOf = (
  parameters: unknown,
): { readonly model: ValueModel; readonly drift: ValueDrift } => {
  const { model, drift } = parameters as {
    readonly model: Omit<ValueModel, 'timing' | 'spend' | 'period'> & {
      readonly period?: ValueModel['period']
      readonly timing: Plain<Timing> | null
      readonly spend:
        | (Omit<NonNullable<ValueModel['spend']>, 'bands'> & {
            readonly bands: readonly Plain<NonNullable<ValueModel['spend']>['bands'][number]>[]
          })
        | null
    }
    readonly drift: ValueDrift
  }
  return {
    drift,
    model: {
      ...model,
      // Not written before there were periods.
      period: model.period ?? null,
      timing: model.timing === null ? null : ({ ...model.timing, fit: fitOf(model.timing.fit) } as Timing),
      spend:
        model.spend === null
          ? null
          : { ...model.spend, bands: model.spend.bands.map((band) => ({ ...band, fit: fitOf(band.fit) })) },
    },
  }
}
