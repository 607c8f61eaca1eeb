// Quiet hours on the recipient's own clock. A zone nobody knows is the business's; when that one is
// unknown too, every hour is quiet.

import type { Business } from '../kernel/business.ts'
import { localHourOf, localHourStart } from '../kernel/local-hour.ts'
import { isTimeZone, localTime } from '../kernel/time.ts'

export type QuietHours = { readonly fromHour: number; readonly toHour: number }

/** The zone a person is held to: their own when the runtime knows it, else the business's, else undefined. */
export const zoneFor = (timeZone: string, business: Business): string | undefined => {
  if (timeZone !== '' && isTimeZone(timeZone)) return timeZone
  return isTimeZone(business.timeZone) ? business.timeZone : undefined
}

/**
 * Whether an hour of the day (0 to 23) is quiet: [from, to), over midnight when from > to, all day when equal.
 * @example isQuietHour(23, { fromHour: 21, toHour: 9 }) // true
 */
export const isQuietHour = (hour: number, quiet: QuietHours): boolean =>
  quiet.fromHour < quiet.toHour
    ? hour >= quiet.fromHour && hour < quiet.toHour
    : hour >= quiet.fromHour || hour < quiet.toHour

/** Whether `at` (ms) falls in quiet hours in `zone`; an unknown zone (undefined) is always quiet. */
export const isQuiet = (at: number, zone: string | undefined, quiet: QuietHours | null): boolean => {
  if (quiet === null) return false
  return zone === undefined || isQuietHour(localHourOf(at, zone), quiet)
}

/** The first instant from `at` on that is not quiet; undefined when there is none. */
export const quietEndsAt = (
  at: number,
  zone: string | undefined,
  quiet: QuietHours | null,
): number | undefined => {
  if (!isQuiet(at, zone, quiet)) return at
  if (quiet === null || zone === undefined || quiet.fromHour === quiet.toHour) return undefined
  const { day } = localTime(at, zone)
  for (let ahead = 0; ahead < 3; ahead++) {
    const end = localHourStart(day + ahead, quiet.toHour, zone)
    if (end > at && !isQuiet(end, zone, quiet)) return end
  }
  return undefined
}
