// Of each customer what value models ask: first and last day with an order, on how many days and in which months, and
// what the first day brought. Eighteen bytes a profile; days are whole UTC days since 1970.

import type { Dump } from '../../log/dump.ts'
import { at, grown } from './typed.ts'
import type { CustomerSummary } from '../value/rfm.ts'
import {
  joined,
  LAST_MONTH_ONLY,
  monthOf,
  type MonthMask,
  type MonthsPeriod,
  periodsOf,
  shifted,
  withMonth,
} from './month-mask.ts'

export type CustomerBook = {
  slots: number
  customers: number
  firstDay: Uint16Array
  lastDay: Uint16Array
  days: Uint16Array
  /** Months with an order (see month-mask.ts): two words each. */
  months: Uint32Array
  /** Whole currency units. */
  firstRevenue: Float32Array
}

export const createCustomerBook = (): CustomerBook => ({
  slots: 0,
  customers: 0,
  firstDay: new Uint16Array(16),
  lastDay: new Uint16Array(16),
  days: new Uint16Array(16),
  months: new Uint32Array(32),
  firstRevenue: new Float32Array(16),
})

const DAY_S = 86_400
const DAY_MAX = 0xffff

/** An order of the person at `slot`. Days between the first and the last are taken as new ones. */
export const noteOrder = (book: CustomerBook, slot: number, seconds: number, revenue: number): void => {
  reserve(book, slot + 1)
  const day = Math.min(DAY_MAX, Math.max(1, Math.floor(seconds / DAY_S)))
  const days = at(book.days, slot)
  if (days === 0) {
    book.customers++
    book.firstDay[slot] = day
    book.lastDay[slot] = day
    book.days[slot] = 1
    setMonths(book, slot, LAST_MONTH_ONLY)
    book.firstRevenue[slot] = revenue
    return
  }
  const first = at(book.firstDay, slot)
  if (day === first) {
    book.firstRevenue[slot] = at(book.firstRevenue, slot) + revenue
    return
  }
  if (day === at(book.lastDay, slot)) return
  const later = monthOf(day) - monthOf(at(book.lastDay, slot))
  setMonths(
    book,
    slot,
    withMonth(later > 0 ? shifted(monthsOf(book, slot), later) : monthsOf(book, slot), Math.max(0, -later)),
  )
  book.days[slot] = Math.min(DAY_MAX, days + 1)
  if (day > at(book.lastDay, slot)) book.lastDay[slot] = day
  else if (day < first) {
    book.firstDay[slot] = day
    book.firstRevenue[slot] = revenue
  }
}

/** `from` is now part of `into`. */
export const mergeBook = (book: CustomerBook, from: number, into: number): void => {
  if (from >= book.slots || at(book.days, from) === 0) return
  reserve(book, into + 1)
  const [first, last, days] = [at(book.firstDay, from), at(book.lastDay, from), at(book.days, from)]
  const revenue = at(book.firstRevenue, from)
  const months = monthsOf(book, from)
  book.days[from] = 0
  if (at(book.days, into) === 0) {
    book.firstDay[into] = first
    book.lastDay[into] = last
    book.days[into] = days
    setMonths(book, into, months)
    book.firstRevenue[into] = revenue
    return
  }
  book.customers--
  const later = monthOf(last) - monthOf(at(book.lastDay, into))
  setMonths(
    book,
    into,
    joined(shifted(monthsOf(book, into), Math.max(0, later)), shifted(months, Math.max(0, -later))),
  )
  const shared = last === at(book.lastDay, into) || first === at(book.firstDay, into) ? 1 : 0
  book.days[into] = Math.min(DAY_MAX, at(book.days, into) + days - shared)
  if (first === at(book.firstDay, into)) book.firstRevenue[into] = at(book.firstRevenue, into) + revenue
  else if (first < at(book.firstDay, into)) {
    book.firstDay[into] = first
    book.firstRevenue[into] = revenue
  }
  if (last > at(book.lastDay, into)) book.lastDay[into] = last
}

const monthsOf = ({ months }: CustomerBook, slot: number): MonthMask => ({
  low: at(months, 2 * slot),
  high: at(months, 2 * slot + 1),
})

const setMonths = ({ months }: CustomerBook, slot: number, { low, high }: MonthMask): void => {
  months[2 * slot] = low
  months[2 * slot + 1] = high
}

export type SummaryQuestion = {
  /** ms. */
  readonly now: number
  /** Unit of time in days. */
  readonly unitDays: number
  /** Time is counted in these instead. */
  readonly period: MonthsPeriod | null
  /** All that the person ever brought. */
  readonly revenue: number
}

/** Whether the person at `slot` ever ordered. */
export const isCustomer = (book: CustomerBook, slot: number): boolean =>
  slot < book.slots && at(book.days, slot) > 0

/** What a value model asks of the person up to `now`; null without an order. */
export const summaryOf = (
  book: CustomerBook,
  slot: number,
  { now, unitDays, period, revenue }: SummaryQuestion,
): CustomerSummary | null => {
  if (slot >= book.slots || at(book.days, slot) === 0) return null
  const [first, last, days] = [at(book.firstDay, slot), at(book.lastDay, slot), at(book.days, slot)]
  const today = Math.max(last, Math.floor(now / (DAY_S * 1_000)))
  const id = String(slot)
  if (period !== null) {
    const { active, ...counts } = periodsOf(monthsOf(book, slot), {
      firstDay: first,
      lastDay: last,
      today,
      period,
    })
    const mean = Math.max(0, revenue) / active
    return { id, ...counts, value: counts.frequency > 0 ? mean : 0, valueOfAll: mean }
  }
  // One long visit over midnight of merged profiles can leave two days that are one.
  const frequency = last === first ? 0 : days - 1
  return {
    id,
    frequency,
    recency: (last - first) / unitDays,
    age: (today - first) / unitDays,
    value: frequency === 0 ? 0 : Math.max(0, revenue - at(book.firstRevenue, slot)) / frequency,
    valueOfAll: revenue / days,
  }
}

const reserve = (book: CustomerBook, slots: number): void => {
  if (slots <= book.slots) return
  book.firstDay = grown(book.firstDay, slots)
  book.lastDay = grown(book.lastDay, slots)
  book.days = grown(book.days, slots)
  book.months = grown(book.months, 2 * slots)
  book.firstRevenue = grown(book.firstRevenue, slots)
  book.slots = slots
}

export const dumpBook = (book: CustomerBook): Dump => ({
  'book.about': [book.slots, book.customers],
  'book.firstDay': Uint32Array.from(book.firstDay.subarray(0, book.slots)),
  'book.lastDay': Uint32Array.from(book.lastDay.subarray(0, book.slots)),
  'book.days': Uint32Array.from(book.days.subarray(0, book.slots)),
  'book.months': book.months.slice(0, 2 * book.slots),
  'book.firstRevenue': book.firstRevenue.slice(0, book.slots),
})

export const restoreBook = (dump: Dump): CustomerBook => {
  const [slots = 0, customers = 0] = dump['book.about'] as readonly number[]
  const book = createCustomerBook()
  reserve(book, slots)
  book.customers = customers
  for (const name of ['firstDay', 'lastDay', 'days', 'months'] as const)
    book[name].set(dump[`book.${name}`] as Uint32Array)
  book.firstRevenue.set(dump['book.firstRevenue'] as Float32Array)
  return book
}
