// How good the value model is on this business: learnt on the first two thirds of the time, judged on the rest,
// beside the average of the cohort, which it has to beat.

import { drawFutures, type ValueDrift, type Interval } from './futures.ts'
import { lastDayOf, lastPeriodBy, periodOf, type Period } from './periods.ts'
import { summariseOrders, type Order, type Rfm } from './rfm.ts'
import { DAY_MS } from '../../kernel/time.ts'
import {
  expectedOrders,
  learnValue,
  type LearnValueOptions,
  valueOf,
  type ValueModel,
} from './value-model.ts'

export type Backtest = {
  /** Days since 1970-01-01: learnt up to and with it. */
  readonly cutDay: number
  /** Time judged, in units. */
  readonly time: number
  readonly customers: number
  readonly orders: {
    readonly actual: number
    readonly expected: number
    readonly interval: Interval
    readonly cohortAverage: number
  }
  readonly value: { readonly actual: number; readonly expected: number; readonly interval: Interval } | null
  /** Root mean squared error of a customer's orders. */
  readonly error: { readonly model: number; readonly cohortAverage: number }
  /** Share of customers whose orders lay within their interval. */
  readonly coverage: number
  readonly level: number
  readonly isBetter: boolean
  /** How far all customers together moved away from what was expected, beyond chance; see `FutureOptions`. */
  readonly drift: ValueDrift
}

const DAYS_MIN = 90
const CUSTOMERS_MIN = 50

type BacktestTime = {
  readonly unitDays: number
  readonly period?: Period | null
  readonly untilDay: number
}

/** Null when the time is too short, the customers too few, or the model of the first part is the cohort average itself. */
export const backtestValue = (
  orders: readonly Order[],
  { unitDays, period = null, untilDay }: BacktestTime,
  options: Partial<LearnValueOptions> = {},
): Backtest | null => {
  const known = orders.filter(({ at }) => Math.floor(at / DAY_MS) <= untilDay)
  const all = summariseOrders(known, { unitDays, period, untilDay })
  const days = all.lastDay - all.firstDay
  if (days < DAYS_MIN) return null
  const twoThirds = all.firstDay + Math.floor((days * 2) / 3)
  const cutDay = period === null ? twoThirds : lastDayOf(lastPeriodBy(twoThirds, period), period)
  if (cutDay <= all.firstDay) return null
  const before = summariseOrders(known, { unitDays, period, untilDay: cutDay })
  if (before.customers.length < CUSTOMERS_MIN) return null
  const model = learnValue(before, options)
  if (model.timing === null) return null
  const naive: ValueModel = { ...model, timing: null, spend: null }
  const time =
    period === null
      ? (all.lastDay - cutDay) / unitDays
      : lastPeriodBy(all.lastDay, period) - lastPeriodBy(cutDay, period)
  if (!(time > 0)) return null
  const horizon = { time, discount: 0, margin: 1 }
  const futures = drawFutures(model, before.customers, horizon)
  const actual = actualOf(known, cutDay, all)
  const sum = {
    actual: 0,
    expected: 0,
    naive: 0,
    value: 0,
    expectedValue: 0,
    error: 0,
    naiveError: 0,
    covered: 0,
  }
  for (const [index, customer] of before.customers.entries()) {
    const own = actual.get(customer.id)
    const count = own?.steps.size ?? 0
    const { orders: expected, value } = valueOf(model, customer, horizon)
    const cohort = expectedOrders(naive, customer, time)
    const interval = futures.orders[index]
    sum.actual += count
    sum.expected += expected
    sum.naive += cohort
    sum.value += own?.value ?? 0
    sum.expectedValue += value ?? 0
    sum.error += (count - expected) ** 2
    sum.naiveError += (count - cohort) ** 2
    if (interval !== undefined && count >= interval.low && count <= interval.high) sum.covered++
  }
  const n = before.customers.length
  const error = { model: Math.sqrt(sum.error / n), cohortAverage: Math.sqrt(sum.naiveError / n) }
  return {
    cutDay,
    time,
    customers: n,
    orders: {
      actual: sum.actual,
      expected: sum.expected,
      interval: futures.totalOrders,
      cohortAverage: sum.naive,
    },
    value:
      futures.totalValue === null
        ? null
        : { actual: sum.value, expected: sum.expectedValue, interval: futures.totalValue },
    error,
    coverage: sum.covered / n,
    level: futures.level,
    isBetter: error.model < error.cohortAverage,
    drift: driftOf(sum, futures.totalOrders, futures.totalValue),
  }
}

/** Days (or periods) with an order after the cut and by the end, and their value, by customer. */
const actualOf = (
  orders: readonly Order[],
  cutDay: number,
  { period, lastDay }: Rfm,
): ReadonlyMap<string, { steps: Set<number>; value: number }> => {
  const actual = new Map<string, { steps: Set<number>; value: number }>()
  for (const { customer, at, value, isCredit } of orders) {
    const day = Math.floor(at / DAY_MS)
    if (customer === '' || day <= cutDay || day > lastDay || isCredit || (value ?? 0) < 0) continue
    const own = actual.get(customer) ?? { steps: new Set(), value: 0 }
    own.steps.add(period === null ? day : periodOf(day, period))
    own.value += value ?? 0
    actual.set(customer, own)
  }
  return actual
}

/** Nothing when what came lay within the interval: then chance explains it. */
const driftOf = (
  sum: {
    readonly actual: number
    readonly expected: number
    readonly value: number
    readonly expectedValue: number
  },
  orders: Interval,
  value: Interval | null,
): ValueDrift => {
  const away = (actual: number, expected: number, { low, high }: Interval) =>
    (actual < low || actual > high) && actual > 0 && expected > 0 ? Math.abs(Math.log(actual / expected)) : 0
  return {
    orders: away(sum.actual, sum.expected, orders),
    value: value === null ? 0 : away(sum.value, sum.expectedValue, value),
  }
}
