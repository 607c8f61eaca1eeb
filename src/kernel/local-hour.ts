// Local hours for decisions, which ask for the same few instants of many zones over and over: the hour
// on a clock, and the instant at which an hour begins, on days when clocks change too.

import { DAY_MS, HOUR_MS, MINUTE_MS, zoneOffsetMs } from './time.ts'

const STEP_MS = 15 * MINUTE_MS
const ZONES_MAX = 1_000
const STARTS_MAX = 2_048
/** Kept because a decision asks for the same few hours again and again. */
const startsByZone = new Map<string, Map<number, number>>()

/**
 * The hour (0 to 23) on the clocks of `zone` at `at` (ms). Unknown zones throw RangeError.
 * @example localHourOf(0, 'UTC') === 0 // true
 */
export const localHourOf = (at: number, zone: string): number => {
  const local = at + offsetOf(at, zone)
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS)
}

/**
 * The first instant (ms since the epoch) at which the clocks of `zone` show `hour` o'clock or later on
 * local day `day` (days since 1970-01-01). An hour that clocks jump over begins when they land; an hour
 * that comes twice begins the first time. `zone` must be known to the runtime.
 * @example localHourStart(20_000, 10, 'UTC') === 20_000 * 86_400_000 + 36_000_000 // true
 */
export const localHourStart = (day: number, hour: number, zone: string): number => {
  let starts = startsByZone.get(zone)
  if (starts === undefined || starts.size >= STARTS_MAX) {
    if (startsByZone.size >= ZONES_MAX) startsByZone.clear()
    starts = new Map()
    startsByZone.set(zone, starts)
  }
  const known = starts.get(day * 24 + hour)
  if (known !== undefined) return known
  const start = findStart(day, hour, zone)
  starts.set(day * 24 + hour, start)
  return start
}

/** The start of the next `hour` o'clock after `now`, or `now` itself while that hour is on the clock. */
export const nextLocalHour = (now: number, hour: number, zone: string): number => {
  if (localHourOf(now, zone) === hour) return now
  const today = Math.floor((now + offsetOf(now, zone)) / DAY_MS)
  for (let ahead = 0; ahead < 3; ahead++) {
    const start = localHourStart(today + ahead, hour, zone)
    if (start > now) return start
  }
  return now + DAY_MS
}

const SLOTS = 256
type Offsets = { readonly quarters: Float64Array; readonly offsets: Float64Array }
const offsetsByZone = new Map<string, Offsets>()

/** `zoneOffsetMs`, kept for 256 quarters of an hour per zone: more than two days around now. */
const offsetOf = (at: number, zone: string): number => {
  const quarter = Math.floor(at / STEP_MS)
  let kept = offsetsByZone.get(zone)
  if (kept === undefined) {
    if (offsetsByZone.size >= ZONES_MAX) offsetsByZone.clear()
    kept = { quarters: new Float64Array(SLOTS).fill(Number.NaN), offsets: new Float64Array(SLOTS) }
    offsetsByZone.set(zone, kept)
  }
  const slot = quarter & (SLOTS - 1)
  if (kept.quarters[slot] !== quarter) {
    // Asked first: an unknown zone throws and leaves nothing behind.
    kept.offsets[slot] = zoneOffsetMs(at, zone)
    kept.quarters[slot] = quarter
  }
  return kept.offsets[slot] ?? 0
}

const findStart = (day: number, hour: number, zone: string): number => {
  const wanted = day * DAY_MS + hour * HOUR_MS
  const guess = wanted - zoneOffsetMs(wanted, zone)
  const exact = guess + zoneOffsetMs(guess, zone) === wanted && !shownBefore(wanted, guess, zone)
  if (exact) return guess
  // Clocks change nearby: walk from before any offset could differ. Every change is on a quarter of an hour.
  const reach = 26 * HOUR_MS
  for (let at = floorTo(guess - reach, STEP_MS); at <= guess + reach; at += STEP_MS)
    if (at + zoneOffsetMs(at, zone) >= wanted) return at
  return guess
}

/** Whether an earlier instant within a day showed the same wall time already (clocks went back). */
const shownBefore = (wanted: number, guess: number, zone: string): boolean => {
  const earlier = zoneOffsetMs(guess - 3 * HOUR_MS, zone)
  return earlier > zoneOffsetMs(guess, zone) && wanted - earlier < guess
}

const floorTo = (value: number, step: number): number => Math.floor(value / step) * step
