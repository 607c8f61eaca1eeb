// Local hours in any IANA time zone, fast: the offset of a zone is looked up once per quarter of an
// hour (no zone changes in between) and then it is integer arithmetic.

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

export type LocalTime = {
  /** 0 to 23. */
  readonly hour: number
  /** 0 to 59. */
  readonly minute: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** Days since 1970-01-01 in that zone. */
  readonly day: number
}

const QUARTER_MS = 15 * MINUTE_MS
const formats = new Map<string, Intl.DateTimeFormat | null>()
const offsets = new Map<string, { quarter: number; offsetMs: number }>()

/** Whether the runtime knows this IANA zone. */
export const isTimeZone = (zone: string): boolean => formatOf(zone) !== null

/** Minutes to add to UTC in `zone` at `at` (ms since the epoch), as milliseconds. Unknown zones throw RangeError. */
export const zoneOffsetMs = (at: number, zone: string): number => {
  const quarter = Math.floor(at / QUARTER_MS)
  const known = offsets.get(zone)
  if (known !== undefined && known.quarter === quarter) return known.offsetMs
  const format = formatOf(zone)
  if (format === null) throw new RangeError(`unknown time zone: ${zone}`)
  const offsetMs = readOffset(format, quarter * QUARTER_MS)
  offsets.set(zone, { quarter, offsetMs })
  return offsetMs
}

/** Hour, minute, weekday and day number of `at` in `zone`. */
export const localTime = (at: number, zone: string): LocalTime => {
  const local = at + zoneOffsetMs(at, zone)
  const day = Math.floor(local / DAY_MS)
  const inDay = local - day * DAY_MS
  return {
    hour: Math.floor(inDay / HOUR_MS),
    minute: Math.floor((inDay % HOUR_MS) / MINUTE_MS),
    weekday: (((day + 4) % 7) + 7) % 7,
    day,
  }
}

const ZONES_MAX = 1_000

const formatOf = (zone: string): Intl.DateTimeFormat | null => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  let format: Intl.DateTimeFormat | null
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    format = null
  }
  // Hostile zone names must not fill the memory.
  if (formats.size >= ZONES_MAX) formats.clear()
  formats.set(zone, format)
  return format
}

const readOffset = (format: Intl.DateTimeFormat, at: number): number => {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) if (type !== 'literal') part[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}
