// Every zone the runtime knows, on days when clocks change: nothing inside the window.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { checkAction } from './check.ts'
import { isQuiet, isQuietHour, quietEndsAt } from './quiet-hours.ts'
import { createGuardrail } from './state.ts'
import { action, check, NOON, recipient } from './testing/examples.ts'

const QUIET = { fromHour: 21, toHour: 9 }

/** The local hour by the runtime's own calendar, not by ours. */
const clockOf = (zone: string) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' })
  return (at: number) => Number(format.format(at))
}

/** Days of 2026 on which this zone changes its clocks, and an ordinary one. */
const daysOf = (zone: string): number[] => {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const offset = (at: number) => name.format(at).split(', ')[1]
  const days = [Date.parse('2026-07-15T00:00:00Z')]
  let last = offset(Date.parse('2026-01-01T00:00:00Z'))
  for (
    let day = Date.parse('2026-01-02T00:00:00Z');
    day < Date.parse('2027-01-01T00:00:00Z');
    day += 7 * DAY_MS
  ) {
    const now = offset(day)
    if (now === last) continue
    last = now
    for (let back = 7; back >= 0; back--) {
      if (offset(day - back * DAY_MS) !== now) continue
      days.push(day - (back + 1) * DAY_MS)
      break
    }
  }
  return days
}

const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC']
const sends = (zone: string, at: number, business = DEFAULT_BUSINESS) =>
  checkAction(createGuardrail(), check({ sendAt: at, business, recipient: recipient({ timeZone: zone }) }))
    .length === 0

describe('quiet hours', () => {
  it('G5 holds a send at 23:00 local', () => {
    const at = Date.parse('2026-06-01T20:00:00Z')
    const [reason] = checkAction(
      createGuardrail(),
      check({ sendAt: at, recipient: recipient({ timeZone: 'Europe/Moscow' }) }),
    )
    assert.deepEqual(reason, { code: 'quiet_hours', detail: '23:00 Europe/Moscow in 21-9' })
  })

  it('G5 sends nothing inside the window in any zone, whenever clocks change, and everything outside it', () => {
    let inside = 0
    let outside = 0
    let changes = 0
    for (const zone of zones) {
      const clock = clockOf(zone)
      const days = daysOf(zone)
      changes += days.length - 1
      for (const day of days) {
        for (let at = day; at < day + 2 * DAY_MS; at += 47 * MINUTE_MS) {
          const quiet = isQuietHour(clock(at), QUIET)
          if (quiet && sends(zone, at)) inside++
          if (!quiet && !sends(zone, at)) outside++
        }
      }
    }
    assert.ok(zones.length > 400 && changes > 200, `${zones.length} zones, ${changes} changes of clocks`)
    assert.deepEqual({ inside, outside }, { inside: 0, outside: 0 })
  })

  it('G5 takes the business’s clock for a zone nobody knows, and is quiet all day when that is unknown too', () => {
    const business = { ...DEFAULT_BUSINESS, timeZone: 'Asia/Tokyo' }
    const clock = clockOf('Asia/Tokyo')
    for (const zone of ['', 'Mars/Olympus', '__proto__', 'constructor', 'Europe/Moskau', '+99:99'])
      for (let at = NOON; at < NOON + DAY_MS; at += 13 * MINUTE_MS)
        assert.equal(sends(zone, at, business), !isQuietHour(clock(at), QUIET), zone)
    for (let at = NOON; at < NOON + DAY_MS; at += HOUR_MS)
      assert.equal(sends('', at, { ...DEFAULT_BUSINESS, timeZone: 'Nowhere' }), false)
  })

  it('G5 leaves placements alone, which the person came for', () => {
    const at = NOON + 11 * HOUR_MS
    assert.deepEqual(
      checkAction(createGuardrail(), check({ sendAt: at, action: action({ channel: 'onsite' }) })),
      [],
    )
  })

  it('G5 knows windows within a day, over midnight, and of all hours', () => {
    const hours = (quiet: { fromHour: number; toHour: number }) =>
      Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => isQuietHour(hour, quiet))
    assert.deepEqual(hours({ fromHour: 12, toHour: 14 }), [12, 13])
    assert.deepEqual(hours({ fromHour: 22, toHour: 2 }), [0, 1, 22, 23])
    assert.equal(hours({ fromHour: 9, toHour: 9 }).length, 24)
  })

  it('G5 says when quiet ends, a loud instant, in every zone', () => {
    for (const zone of zones) {
      for (const at of [
        NOON + 11 * HOUR_MS,
        Date.parse('2026-03-29T00:30:00Z'),
        Date.parse('2026-11-01T05:30:00Z'),
      ]) {
        const end = quietEndsAt(at, zone, QUIET)
        assert.ok(end !== undefined && end >= at && end <= at + 14 * HOUR_MS, `${zone} ${end}`)
        assert.equal(isQuiet(end, zone, QUIET), false, zone)
        if (end > at) assert.equal(isQuiet(end - MINUTE_MS, zone, QUIET), true, zone)
      }
    }
    assert.equal(quietEndsAt(NOON, 'UTC', { fromHour: 3, toHour: 3 }), undefined)
  })
})
