// Orders into one row per customer: how many repeat orders, from the first to the last and to the end, at what mean
// value. Orders of one day are one order, time begins with a customer's own first order, credit notes are no orders.

import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Customer } from './customers.ts'

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
  /** Mean value of the repeat orders; 0 when there is none or values are not known. */
  readonly value: number
  /** Mean value of all orders, the first too. */
  readonly valueOfAll: number
}

export type Rfm = {
  readonly customers: readonly CustomerSummary[]
  /** Days in one unit of time: recency and age are in it. */
  readonly unitDays: number
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
  }
}

export type RfmOptions = {
  readonly unitDays: number
  /** Last day of observation, days since 1970-01-01; the day of the last order when absent. */
  readonly untilDay?: number | undefined
  readonly customersMax: number
}

export const RFM_DEFAULTS: RfmOptions = { unitDays: 7, customersMax: 2_000_000 }

/** Throws Failures `value.bad_order` (not finite), `value.no_orders`, `value.too_many_customers`. */
export const summariseOrders = (orders: readonly Order[], options: Partial<RfmOptions> = {}): Rfm => {
  const { unitDays, untilDay, customersMax } = { ...RFM_DEFAULTS, ...options }
  const dropped = { noCustomer: 0, credit: 0, afterEnd: 0 }
  const days = new Map<string, Map<number, number>>()
  let [firstDay, lastDay, merged, kept] = [Infinity, -Infinity, 0, 0]
  const hasValues = orders.some(({ value }) => value !== null)
  for (const [index, { customer, at, value, isCredit }] of orders.entries()) {
    if (!Number.isFinite(at) || (value !== null && !Number.isFinite(value))) throw badOrder(index)
    const day = Math.floor(at / DAY_MS)
    if (customer === '') dropped.noCustomer++
    else if (isCredit || (value ?? 0) < 0) dropped.credit++
    else if (untilDay !== undefined && day > untilDay) dropped.afterEnd++
    else {
      let own = days.get(customer)
      if (own === undefined) {
        if (days.size >= customersMax) throw tooMany(customersMax)
        own = new Map()
        days.set(customer, own)
      }
      const known = own.get(day)
      if (known !== undefined) merged++
      own.set(day, (known ?? 0) + (value ?? 0))
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
  const customers = Array.from(days, ([id, own]) => summaryOf(id, own, endDay, unitDays))
  return { customers, unitDays, firstDay, lastDay: endDay, hasValues, orders: kept, merged, dropped }
}

const summaryOf = (
  id: string,
  own: ReadonlyMap<number, number>,
  endDay: number,
  unitDays: number,
): CustomerSummary => {
  let [first, last, sum] = [Infinity, -Infinity, 0]
  for (const [day, value] of own) {
    first = Math.min(first, day)
    last = Math.max(last, day)
    sum += value
  }
  const frequency = own.size - 1
  return {
    id,
    frequency,
    recency: (last - first) / unitDays,
    age: (endDay - first) / unitDays,
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
