// Orders into one row per customer: how many repeat orders, from the first to the last and to the end, at what mean
// value. Orders of one day (or of one period of the calendar) are one order, time begins with a customer's own first
// order, credit notes are no orders.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Customer } from './customers.ts'
import { lastDayOf, lastPeriodBy, PERIOD_DAYS, periodOf, type Period } from './periods.ts'

export type Order = {
  readonly customer: string
  /** Milliseconds since the epoch; its UTC day counts. */
  readonly at: number
  /** In the currency of the file; null when it is not known. */
  readonly value: number | null
  /** A return or credit note. Negative values count as such anyway. */
  readonly isCredit: boolean
}

export type CustomerSummary = Customer & {
  readonly id: string
  /**
   * Mean value of the repeat orders; 0 when there is none or values are not known. Of periods: of all with an order, the
   * first too, since the calendar sets no first one apart.
   */
  readonly value: number
  /** Mean value of all orders, the first too. */
  readonly valueOfAll: number
}

export type Rfm = {
  readonly customers: readonly CustomerSummary[]
  /** Days in one unit of time: recency and age are in it. */
  readonly unitDays: number
  /** Time is counted in periods of the calendar, each one chance to order; null: in days. */
  readonly period: Period | null
  readonly firstDay: number
  /** Days since 1970-01-01; the end of observation. */
  readonly lastDay: number
  readonly hasValues: boolean
  readonly orders: number
  /** Orders that were one with another of the same customer and day. */
  readonly merged: number
  readonly dropped: {
    readonly noCustomer: number
    readonly credit: number
    readonly afterEnd: number
    /** In a period that was not over at the end of observation; first orders of a customer are kept. */
    readonly unfinished: number
  }
}

export type RfmOptions = {
  readonly unitDays: number
  /** Count time in these; only those that are over by the last day count, and `unitDays` is theirs. */
  readonly period?: Period | null
  /** Last day of observation, days since 1970-01-01; the day of the last order when absent. */
  readonly untilDay?: number | undefined
  readonly customersMax: number
}

export const RFM_DEFAULTS: RfmOptions = { unitDays: 7, customersMax: 2_000_000 }

/** Throws Failures `value.bad_order` (not finite), `value.no_orders`, `value.too_many_customers`. */
export const summariseOrders = (orders: readonly Order[], options: Partial<RfmOptions> = {}): Rfm => {
  const { period = null, untilDay, customersMax } = { ...RFM_DEFAULTS, ...options }
  const unitDays = period === null ? (options.unitDays ?? RFM_DEFAULTS.unitDays) : PERIOD_DAYS[period]
  const dropped = { noCustomer: 0, credit: 0, afterEnd: 0, unfinished: 0 }
  const stepOf = (day: number): number => (period === null ? day : periodOf(day, period))
  /** Value by day, or by period, of each customer. */
  const steps = new Map<string, Map<number, number>>()
  let [firstDay, lastDay, merged, kept] = [Infinity, -Infinity, 0, 0]
  const hasValues = orders.some(({ value }) => value !== null)
  for (const [index, { customer, at, value, isCredit }] of orders.entries()) {
    if (!Number.isFinite(at) || (value !== null && !Number.isFinite(value))) throw badOrder(index)
    const day = Math.floor(at / DAY_MS)
    if (customer === '') dropped.noCustomer++
    else if (isCredit || (value ?? 0) < 0) dropped.credit++
    else if (untilDay !== undefined && day > untilDay) dropped.afterEnd++
    else {
      let own = steps.get(customer)
      if (own === undefined) {
        if (steps.size >= customersMax) throw tooMany(customersMax)
        own = new Map()
        steps.set(customer, own)
      }
      const step = stepOf(day)
      const known = own.get(step)
      if (known !== undefined) merged++
      own.set(step, (known ?? 0) + (value ?? 0))
      firstDay = Math.min(firstDay, day)
      lastDay = Math.max(lastDay, day)
      kept++
    }
  }
  if (kept === 0)
    throw new Failure({
      code: 'value.no_orders',
      message: `None of ${orders.length} orders can be used.`,
      hint: `Without customer: ${dropped.noCustomer}, credit notes: ${dropped.credit}, after the end: ${dropped.afterEnd}.`,
    })
  const endDay = untilDay ?? lastDay
  const end = period === null ? endDay : lastPeriodBy(endDay, period)
  const customers = Array.from(steps, ([id, own]) => {
    if (period === null) return summaryOf(id, own, endDay, unitDays)
    dropped.unfinished += dropUnfinished(own, end)
    const summary = summaryOf(id, own, end, 1)
    return { ...summary, value: summary.frequency > 0 ? summary.valueOfAll : 0 }
  })
  return {
    customers,
    unitDays,
    period,
    firstDay,
    lastDay: period === null ? endDay : lastDayOf(end, period),
    hasValues,
    orders: kept,
    merged,
    dropped,
  }
}

/** Takes out what lies in periods after `end`, but for a customer's very first. Returns how many. */
const dropUnfinished = (own: Map<number, number>, end: number): number => {
  const first = Math.min(...own.keys())
  const late = [...own.keys()].filter((step) => step > end && step !== first)
  for (const step of late) own.delete(step)
  return late.length
}

const summaryOf = (
  id: string,
  own: ReadonlyMap<number, number>,
  end: number,
  unit: number,
): CustomerSummary => {
  let [first, last, sum] = [Infinity, -Infinity, 0]
  for (const [step, value] of own) {
    first = Math.min(first, step)
    last = Math.max(last, step)
    sum += value
  }
  const frequency = own.size - 1
  return {
    id,
    frequency,
    recency: (last - first) / unit,
    age: Math.max(0, end - first) / unit,
    value: frequency > 0 ? (sum - (own.get(first) ?? 0)) / frequency : 0,
    valueOfAll: sum / own.size,
  }
}

const badOrder = (index: number): Failure =>
  new Failure({
    code: 'value.bad_order',
    message: `Order ${index + 1} has a time or value that is not a finite number.`,
    hint: 'Leave out orders that cannot be read.',
  })

const tooMany = (most: number): Failure =>
  new Failure({
    code: 'value.too_many_customers',
    message: `There are more than ${most} customers.`,
    hint: 'Take a sample of whole customers.',
  })
