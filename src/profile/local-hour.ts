// Hour and weekday of an event in the person's zone. Many zones and unordered times would thrash the
// kernel's one-quarter memory, so a small direct-mapped table of offsets stands before it.

import { DAY_MS, HOUR_MS, MINUTE_MS, zoneOffsetMs } from '../kernel/time.ts'

const QUARTER_MS = 15 * MINUTE_MS
const CELLS = 4_096
const TWO_32 = 4_294_967_296

export type HourClock = {
  readonly keys: Float64Array
  readonly offsets: Int32Array
  readonly zones: string[]
  readonly index: Map<string, number>
}

/** A memory of zone offsets; it holds nothing that the state depends on. */
export const createHourClock = (): HourClock => ({
  keys: new Float64Array(CELLS).fill(-1),
  offsets: new Int32Array(CELLS),
  zones: [],
  index: new Map(),
})

/** Local hour (0 to 23) + 24 × weekday (0 is Sunday) of `at` (ms) in a zone the runtime knows. */
export const hourOfWeek = (clock: HourClock, at: number, zone: string): number => {
  const local = at + offsetOf(clock, at, zone)
  const day = Math.floor(local / DAY_MS)
  return Math.floor((local - day * DAY_MS) / HOUR_MS) + 24 * ((((day + 4) % 7) + 7) % 7)
}

const offsetOf = (clock: HourClock, at: number, zone: string): number => {
  let number = clock.index.get(zone)
  if (number === undefined) {
    number = clock.zones.push(zone) - 1
    clock.index.set(zone, number)
  }
  const quarter = Math.floor(at / QUARTER_MS)
  const key = number * TWO_32 + quarter
  const cell = ((Math.imul(quarter, 0x9e3779b1) >>> 8) + number * 61) & (CELLS - 1)
  if (clock.keys[cell] === key) return clock.offsets[cell] as number
  const offset = zoneOffsetMs(at, zone)
  clock.keys[cell] = key
  clock.offsets[cell] = offset
  return offset
}
