// Demand of a day relative to the usual, from what ads do not move: without it a good season looks like good ads, and a
// line that was raised in it like a line that earns.

/** Days that say what is usual, and how many of them must be known. */
const USUAL_DAYS = 28
const USUAL_DAYS_MIN = 14
/** Below this many a day chance alone would swing the index. */
const COUNT_MIN = 30
const INDEX_MIN = 0.2
const INDEX_MAX = 5

/**
 * The index of the last day of `counts` (daily, oldest first, without gaps) beside the four weeks up to it; null while
 * too little is known. Small counts are drawn to 1 by as much as chance moves them.
 */
export const demandIndex = (counts: ArrayLike<number>): number | null => {
  const from = Math.max(0, counts.length - USUAL_DAYS)
  const days = counts.length - from
  if (days < USUAL_DAYS_MIN) return null
  let sum = 0
  for (let day = from; day < counts.length; day++) sum += counts[day] as number
  const usual = sum / days
  if (usual < COUNT_MIN) return null
  const index = (counts[counts.length - 1] as number) / usual
  // Variance that days truly have, beside what counting has.
  let square = 0
  for (let day = from; day < counts.length; day++) square += ((counts[day] as number) / usual - 1) ** 2
  const seen = square / (days - 1)
  const trust = seen > 0 ? Math.max(0, 1 - 1 / usual / seen) : 0
  return clamp(1 + trust * (index - 1))
}

/**
 * The same by season alone, from a forecast made of days ahead: how a day of that weekday stands to its week. Null
 * without a whole week.
 */
export const seasonIndex = (
  forecast: { readonly fromDay: number; readonly mean: readonly number[] },
  day: number,
): number | null => {
  const week = forecast.mean.slice(0, 7)
  const usual = week.reduce((sum, value) => sum + value, 0) / 7
  if (week.length < 7 || !(usual > 0)) return null
  const ahead = day - forecast.fromDay
  const value = forecast.mean[ahead] ?? week[((ahead % 7) + 7) % 7] ?? usual
  return clamp(value / usual)
}

const clamp = (index: number): number => Math.min(INDEX_MAX, Math.max(INDEX_MIN, index))
