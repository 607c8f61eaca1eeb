// The instant at which a local hour begins, in any zone and on days when clocks change.

import { DAY_MS, HOUR_MS, localTime, MINUTE_MS, zoneOffsetMs } from './time.ts'

const STEP_MS = 15 * MINUTE_MS
const ZONES_MAX = 1_000
const STARTS_MAX = 2_048
/** Kept because a decision asks for the same few hours again and again. */
const startsByZone = new Map<string, Map<number, number>>()

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
  const local = localTime(now, zone)
  if (local.hour === hour) return now
  for (let ahead = 0; ahead < 3; ahead++) {
    const start = localHourStart(local.day + ahead, hour, zone)
    if (start > now) return start
  }
  return now + DAY_MS
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
