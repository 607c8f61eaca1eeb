// Dates as businesses write them, turned into instants: a format of letters, a time zone for those
// that name none, and no tolerance for a day that does not exist.

import { HOUR_MS, zoneOffsetMs } from '../kernel/time.ts'
import { parseIsoTime } from '../signal/index.ts'

/** Milliseconds since the epoch, or NaN. `zone` (IANA) holds for text without an offset of its own. */
export type DateReader = (text: string, zone: string) => number

const NAMED: Readonly<Record<string, DateReader>> = {
  iso: (text, zone) => {
    const at = parseIsoTime(text)
    return Number.isNaN(at) || OFFSET.test(text.slice(10)) ? at : instantOf(at, zone)
  },
  unix: (text) => epochOf(text, 1_000),
  unix_ms: (text) => epochOf(text, 1),
}
const OFFSET = /(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/

const TOKENS = /YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z/g
const PATTERNS: Readonly<Record<string, string>> = {
  YYYY: '(\\d{4})',
  YY: '(\\d{2})',
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  DD: '(\\d{2})',
  D: '(\\d{1,2})',
  HH: '(\\d{2})',
  H: '(\\d{1,2})',
  hh: '(\\d{2})',
  h: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
  SSS: '(\\d{1,3})',
  A: '([AaPp][Mm])',
  Z: '([zZ]|[+-]\\d{2}:?\\d{2})',
}

/**
 * A reader for `iso`, `unix` (seconds), `unix_ms`, or a format of YYYY YY MM M DD D HH H hh h mm ss SSS A Z and
 * literal characters; a message when the format cannot be understood. YY means 2000 to 2099.
 * @example (compileDateFormat('DD.MM.YYYY HH:mm') as DateReader)('31.12.2025 23:30', 'UTC') // 1767223800000
 */
export const compileDateFormat = (format: string): DateReader | string => {
  const named = Object.hasOwn(NAMED, format) ? NAMED[format] : undefined
  if (named !== undefined) return named
  const tokens = format.match(TOKENS) ?? []
  const has = (...names: string[]) => tokens.some((token) => names.includes(token))
  if (!has('YYYY', 'YY') || !has('MM', 'M') || !has('DD', 'D')) return `${format} has no year, month or day`
  if (new Set(tokens.map(partOf)).size !== tokens.length) return `${format} names a part twice`
  if (has('hh', 'h') !== has('A')) return `${format}: hh goes with A, HH without`
  const source = format
    .split(/(YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z)/)
    .map((piece) => PATTERNS[piece] ?? piece.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('')
  const pattern = new RegExp(`^${source}$`)
  const parts = tokens.map(partOf)
  return (text, zone) => {
    const match = pattern.exec(text)
    return match === null ? Number.NaN : instantOfParts(parts, match, zone)
  }
}

/** `instantOf(parse('2026-07-01 12:00'), zone)`: the first instant at which the clocks of `zone` show this local time. */
export const instantOf = (localMs: number, zone: string): number => {
  if (zone === 'UTC') return localMs
  // The offset may change between the two guesses; an hour that comes twice is taken the first time, one that
  // clocks jump over is taken as much later as they jump.
  const before = localMs - offsetAt(localMs - 24 * HOUR_MS, zone)
  const after = localMs - offsetAt(localMs + 24 * HOUR_MS, zone)
  if (before === after) return before
  const fits = [Math.min(before, after), Math.max(before, after)].find(
    (at) => at + offsetAt(at, zone) === localMs,
  )
  return fits ?? before
}

const OFFSETS_MAX = 50_000
const offsets = new Map<string, Map<number, number>>()

/** Rows come in any order of time, so offsets are kept by hour and not only the last one. */
const offsetAt = (at: number, zone: string): number => {
  let known = offsets.get(zone)
  if (known === undefined || known.size >= OFFSETS_MAX) {
    known = new Map()
    offsets.set(zone, known)
  }
  const quarter = Math.floor(at / (HOUR_MS / 4))
  const offset = known.get(quarter) ?? zoneOffsetMs(at, zone)
  known.set(quarter, offset)
  return offset
}

const epochOf = (text: string, scale: number): number => {
  if (!/^\d{1,13}(\.\d{1,9})?$/.test(text)) return Number.NaN
  const at = Math.round(Number(text) * scale)
  return at < Date.UTC(10_000, 0) ? at : Number.NaN
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'offset'

const PARTS: Readonly<Record<string, Part>> = {
  Y: 'year',
  M: 'month',
  D: 'day',
  H: 'hour',
  h: 'hour',
  m: 'minute',
  s: 'second',
  S: 'fraction',
  A: 'half',
  Z: 'offset',
}

const partOf = (token: string): Part => PARTS[token.charAt(0)] ?? 'offset'

const instantOfParts = (parts: readonly Part[], match: readonly string[], zone: string): number => {
  const read: Partial<Record<Part, string>> = {}
  for (const [index, part] of parts.entries()) read[part] = match[index + 1] ?? ''
  const { year = '', month = '', day = '', minute = '00', second = '00', fraction = '0', half, offset } = read
  const hour = hourOf(read.hour ?? '00', half)
  if (hour === null) return Number.NaN
  const fullYear = year.length === 2 ? `20${year}` : year
  const date = `${fullYear}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = parseIsoTime(`${date}T${hour}:${minute}:${second}.${fraction}${offset ?? ''}`)
  return offset === undefined && !Number.isNaN(at) ? instantOf(at, zone) : at
}

/** Two digits of a 24-hour clock; null for 13 PM. */
const hourOf = (text: string, half: string | undefined): string | null => {
  if (half === undefined) return text.padStart(2, '0')
  const hour = Number(text)
  if (hour < 1 || hour > 12) return null
  return String((hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)).padStart(2, '0')
}
