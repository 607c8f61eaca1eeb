// Periods of the calendar: where orders are chances that come one by one (a drive each year, a term each month), a
// period is one chance, taken or not.

export const PERIODS = ['week', 'month', 'quarter', 'year'] as const
export type Period = (typeof PERIODS)[number]

/** Mean length, days. */
export const PERIOD_DAYS: Readonly<Record<Period, number>> = {
  week: 7,
  month: 365.25 / 12,
  quarter: 365.25 / 4,
  year: 365.25,
}

const DAY_MS = 86_400_000
const MONTHS: Readonly<Record<Exclude<Period, 'week'>, number>> = { month: 1, quarter: 3, year: 12 }
/** 1970-01-01 was a Thursday: weeks begin on Mondays. */
const WEEK_SHIFT = 3

/** The number of the period that a day (since 1970-01-01, UTC) lies in; they run without gaps. */
export const periodOf = (day: number, period: Period): number => {
  if (period === 'week') return Math.floor((day + WEEK_SHIFT) / 7)
  const date = new Date(day * DAY_MS)
  return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / MONTHS[period])
}

/** The last day of a period. */
export const lastDayOf = (number: number, period: Period): number => {
  if (period === 'week') return (number + 1) * 7 - WEEK_SHIFT - 1
  const next = (number + 1) * MONTHS[period]
  return Date.UTC(Math.floor(next / 12), next % 12, 1) / DAY_MS - 1
}

/** The last period that is over by the end of `day`. */
export const lastPeriodBy = (day: number, period: Period): number => periodOf(day + 1, period) - 1
