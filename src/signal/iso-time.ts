// ISO 8601 timestamps, read by hand: three times faster than Date, and strict where Date is not
// (Date takes 31 February for 3 March, and text without a zone for the server's local time).

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/time.ts'

/**
 * Milliseconds since the epoch of `YYYY-MM-DD[(T| )HH:mm[:ss[.fraction]][Z|±HH[:]mm]]`; NaN when the text is
 * anything else, names a date or hour that does not exist, or lies before 1970. Without a zone it is UTC.
 * @example parseIsoTime('2026-02-28T10:00:00.5+03:00') // 1772262000500
 */
export const parseIsoTime = (text: string): number => {
  const length = text.length
  if (length < 10 || length > 40) return Number.NaN
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  // A NaN part makes each comparison false, so conditions say what must hold.
  const dated =
    text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH && year >= 1970 && month >= 1 && month <= 12
  if (!dated || !(day >= 1 && day <= daysIn(year, month))) return Number.NaN
  const midnight = daysSinceEpoch(year, month, day) * DAY_MS
  if (length === 10) return midnight
  const separator = text.charCodeAt(10)
  if (separator !== 84 && separator !== 116 && separator !== 32) return Number.NaN
  const at = midnight + clockMs(text)
  return at >= 0 ? at : Number.NaN
}

const DASH = 45
const COLON = 58

/** `HH:mm[:ss[.fraction]][zone]` from position 11, as ms to add to midnight UTC. */
const clockMs = (text: string): number => {
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  if (!(hour <= 23 && minute <= 59) || text.charCodeAt(13) !== COLON) return Number.NaN
  let ms = hour * HOUR_MS + minute * MINUTE_MS
  let next = 16
  if (text.charCodeAt(next) === COLON) {
    const second = digits(text, 17, 2)
    if (!(second <= 59)) return Number.NaN
    ms += second * SECOND_MS
    next = 19
    const point = text.charCodeAt(next)
    if (point === 46 || point === 44) {
      const from = next + 1
      let scale = 100
      for (next = from; isDigit(text.charCodeAt(next)); next++) {
        // Digits past the millisecond are cut off.
        if (scale >= 1) ms += (text.charCodeAt(next) - 48) * scale
        scale /= 10
      }
      if (next === from) return Number.NaN
    }
  }
  return ms - zoneMs(text, next)
}

/** The offset from UTC that stands at `from` up to the end of the text; nothing there means UTC. */
const zoneMs = (text: string, from: number): number => {
  const rest = text.length - from
  if (rest === 0) return 0
  const sign = text.charCodeAt(from)
  if (rest === 1) return sign === 90 || sign === 122 ? 0 : Number.NaN
  if (sign !== 43 && sign !== DASH) return Number.NaN
  const colon = text.charCodeAt(from + 3) === COLON ? 1 : 0
  const hours = digits(text, from + 1, 2)
  const minutes = rest === 3 ? 0 : digits(text, from + 3 + colon, 2)
  if ((rest !== 3 && rest !== 5 + colon) || !(hours <= 18 && minutes <= 59)) return Number.NaN
  const ms = hours * HOUR_MS + minutes * MINUTE_MS
  return sign === DASH ? -ms : ms
}

/** Days since 1970-01-01 of a date that exists (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
export const daysSinceEpoch = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Days in a month, 1 to 12, of the Gregorian calendar. */
export const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const digits = (text: string, from: number, count: number): number => {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const code = text.charCodeAt(i)
    if (!isDigit(code)) return Number.NaN
    value = value * 10 + code - 48
  }
  return value
}
