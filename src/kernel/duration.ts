// Durations as people write them in a plan: `7d`, `1h`, `30m`. Both ways, so that what was applied
// can be exported again unchanged.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts'

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['w', 7 * DAY_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
]

export const DURATION_PATTERN = '^(0|[0-9]{1,12}(ms|s|m|h|d|w))$'

/**
 * Milliseconds of `7d`, `36h`, `30m`, `10s`, `5ms`, `2w` or `0`; undefined for anything else.
 * @example parseDuration('36h') === 129_600_000 // true
 */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  const match = /^([0-9]{1,12})(ms|s|m|h|d|w)$/.exec(text)
  const ms = UNITS.find(([unit]) => unit === match?.[2])?.[1]
  return match === null || ms === undefined ? undefined : Number(match[1]) * ms
}

/**
 * The shortest spelling that reads back as exactly `ms` (whole milliseconds, not negative). Never in weeks.
 * @example formatDuration(129_600_000) === '36h' // true
 */
export const formatDuration = (ms: number): string => {
  if (ms === 0) return '0'
  const unit = UNITS.find(([name, size]) => name !== 'w' && ms % size === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`
}
