// The business's figures by hour and by day, counted from the log. Rings of bounded length: ten weeks of hours, three
// years of days of the business's zone.

import type { Business } from '../kernel/business.ts'
import { HOUR_MS, localTime, MINUTE_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import { isUnpaidLanding, orderMargin, orderOf, refundOf } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import {
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  type DeliveryResponded,
} from '../delivery/events.ts'

/** What is counted; the figures that are watched are made of these. */
export const COUNTED = [
  'orders',
  'revenue',
  'margin',
  'visits',
  'unpaid',
  'events',
  'sent',
  'failed',
  'unsubscribed',
  'clicked',
] as const
export type Counted = (typeof COUNTED)[number]

const QUARTER_MS = 15 * MINUTE_MS
export const HOURS_KEPT = 70 * 24
export const DAYS_KEPT = 3 * 366

export type Ring = {
  readonly length: number
  /** First and newest step that was counted, −1 before any. */
  first: number
  newest: number
  readonly rows: Readonly<Record<Counted, Float64Array>>
}

export type KpiCounts = {
  readonly hours: Ring
  readonly days: Ring
  /** Something was counted in an hour before this one after it had been the first: history came in. */
  isOlderThanFirst: boolean
}

const createRing = (length: number): Ring => ({
  length,
  first: -1,
  newest: -1,
  rows: Object.fromEntries(COUNTED.map((name) => [name, new Float64Array(length)])) as Record<
    Counted,
    Float64Array
  >,
})

export const createCounts = (): KpiCounts => ({
  hours: createRing(HOURS_KEPT),
  days: createRing(DAYS_KEPT),
  isOlderThanFirst: false,
})

/** Counts what the event and the fresh signals that it brought say. */
export const countKpis = (
  counts: KpiCounts,
  event: LogEvent,
  signals: readonly Signal[],
  business: Business,
): void => {
  const zone = business.timeZone
  const add = (at: number, what: Counted, amount: number): void => {
    const hour = Math.floor(at / HOUR_MS)
    if (counts.hours.first >= 0 && hour < counts.hours.first && hour > counts.hours.newest - HOURS_KEPT)
      counts.isOlderThanFirst = true
    put(counts.hours, hour, what, amount)
    put(counts.days, localTime(at, zone).day, what, amount)
  }
  for (let index = 0; index < signals.length; ) {
    // What happened within the same quarter of an hour happened in the same hour and day of any zone.
    const { at } = signals[index] as Signal
    const quarter = Math.floor(at / QUARTER_MS)
    let count = 0
    for (; index < signals.length; index++, count++) {
      const signal = signals[index] as Signal
      if (signal.at !== at && Math.floor(signal.at / QUARTER_MS) !== quarter) break
      countSignal(signal, business, add)
    }
    add(at, 'events', count)
  }
  if (event.type === DELIVERY_SENT) add(event.at, 'sent', 1)
  else if (event.type === DELIVERY_FAILED) add(event.at, 'failed', 1)
  else if (event.type === DELIVERY_RESPONDED) {
    const { kind, machine } = event.data as DeliveryResponded
    if (!machine && (kind === 'clicked' || kind === 'unsubscribed')) add(event.at, kind, 1)
  }
}

const countSignal = (
  signal: Signal,
  { marginShare }: Business,
  add: (at: number, what: Counted, amount: number) => void,
): void => {
  if (signal.kind === 'page' || signal.kind === 'screen') add(signal.at, 'visits', 1)
  // Visits that no ad brought: what they say of demand, ads do not move.
  if (isUnpaidLanding(signal)) add(signal.at, 'unpaid', 1)
  const order = orderOf(signal)
  if (order !== null) {
    add(signal.at, 'orders', 1)
    add(signal.at, 'revenue', order.revenue)
    add(signal.at, 'margin', orderMargin(order, marginShare))
  }
  const refund = refundOf(signal)
  if (refund !== null) {
    add(signal.at, 'revenue', -refund.amount)
    add(signal.at, 'margin', -refund.amount * marginShare)
  }
}

const put = (ring: Ring, step: number, what: Counted, amount: number): void => {
  if (ring.newest >= 0 && step <= ring.newest - ring.length) return
  // Steps that nothing was counted in are zeros, and what they held a round ago is gone.
  const from = ring.newest < 0 ? step : Math.max(ring.newest + 1, step - ring.length + 1)
  for (let clear = from; clear <= step; clear++)
    for (const name of COUNTED) ring.rows[name][slotOf(ring, clear)] = 0
  ring.newest = Math.max(ring.newest, step)
  ring.first = ring.first < 0 ? step : Math.max(Math.min(ring.first, step), ring.newest - ring.length + 1)
  const row = ring.rows[what]
  const slot = slotOf(ring, step)
  row[slot] = (row[slot] as number) + amount
}

const slotOf = (ring: Ring, step: number): number => ((step % ring.length) + ring.length) % ring.length

/** What was counted in a step; 0 where nothing was. */
export const countedIn = (ring: Ring, what: Counted, step: number): number =>
  step > ring.newest || step < ring.first ? 0 : (ring.rows[what][slotOf(ring, step)] as number)
