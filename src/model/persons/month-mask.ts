// In which of the last 64 months somebody ordered: one bit each, counted back from the month of the last order. So periods of
// months, quarters and years can be told of anybody in eight bytes.

import { lastPeriodBy, periodOf, type Period } from '../value/periods.ts'

/** Bits 0 to 31 and 32 to 63, as unsigned numbers. */
export type MonthMask = { readonly low: number; readonly high: number }

export const MONTHS_KEPT = 64
export const LAST_MONTH_ONLY: MonthMask = { low: 1, high: 0 }
/** Each takes in whole months. */
export type MonthsPeriod = Exclude<Period, 'week'>
const MONTHS_OF: Readonly<Record<MonthsPeriod, number>> = { month: 1, quarter: 3, year: 12 }

export const monthOf = (day: number): number => periodOf(day, 'month')

/** The same months, counted back from a month so many later. */
export const shifted = ({ low, high }: MonthMask, months: number): MonthMask => {
  if (months >= MONTHS_KEPT) return { low: 0, high: 0 }
  if (months >= 32) return { low: 0, high: (low << (months - 32)) >>> 0 }
  if (months === 0) return { low, high }
  return { low: (low << months) >>> 0, high: ((high << months) | (low >>> (32 - months))) >>> 0 }
}

/** With the month so many before the last. What is too long ago is not kept. */
export const withMonth = ({ low, high }: MonthMask, ago: number): MonthMask =>
  ago >= MONTHS_KEPT
    ? { low, high }
    : ago >= 32
      ? { low, high: (high | (1 << (ago - 32))) >>> 0 }
      : { low: (low | (1 << ago)) >>> 0, high }

export const joined = (left: MonthMask, right: MonthMask): MonthMask => ({
  low: (left.low | right.low) >>> 0,
  high: (left.high | right.high) >>> 0,
})

export type PeriodsOf = {
  /** Periods with an order after the first one's, of those that are over. */
  readonly frequency: number
  /** Periods from the first order's to the last such one, and to the last that is over. */
  readonly recency: number
  readonly age: number
  /** All with an order. */
  readonly active: number
}

/** Counts periods as `summariseOrders` does. Days are since 1970. */
export const periodsOf = (
  { low, high }: MonthMask,
  {
    firstDay,
    lastDay,
    today,
    period,
  }: { firstDay: number; lastDay: number; today: number; period: MonthsPeriod },
): PeriodsOf => {
  const months = MONTHS_OF[period]
  const first = periodOf(firstDay, period)
  const end = lastPeriodBy(today, period)
  const lastMonth = monthOf(lastDay)
  let [frequency, last, active, before] = [0, first, 1, Number.NaN]
  for (let ago = 0; ago < MONTHS_KEPT; ago++) {
    const bit = ago < 32 ? (low >>> ago) & 1 : (high >>> (ago - 32)) & 1
    const number = Math.floor((lastMonth - ago) / months)
    if (bit === 0 || number === before || number <= first) continue
    before = number
    active++
    if (number > end) continue
    frequency++
    last = Math.max(last, number)
  }
  return { frequency, recency: last - first, age: Math.max(0, end - first), active }
}
