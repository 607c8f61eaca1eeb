// Months that personal data counts to: whole ones, UTC, since its keys are by month.

const MONTH_MIN = Date.UTC(2000, 0)

/**
 * The month that `at` (ms) counts to, UTC; what is said to be older than the web counts to the first.
 * @example monthOf(Date.UTC(2026, 0) - 1) // '2025-12'
 */
export const monthOf = (at: number): string => {
  if (at < last.from || at >= last.to) last = monthAround(Math.max(at, MONTH_MIN))
  return last.month
}

const monthAround = (at: number) => {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return {
    from: Date.UTC(year, month),
    to: Date.UTC(year, month + 1),
    month: date.toISOString().slice(0, 7),
  }
}
/** Remembered: nearly all that is asked in a row is of one month. */
let last = monthAround(MONTH_MIN)
