// Every zone, every hour, on the days of a year when clocks change and on one when they do not.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { localHourStart, nextLocalHour } from './local-hour.ts'
import { DAY_MS, HOUR_MS, localTime, MINUTE_MS, zoneOffsetMs } from './time.ts'

const at = (text: string) => Date.parse(text)

describe('local hours', () => {
  it('begins an hour that clocks jump over when they land', () => {
    const day = Math.floor(at('2026-03-29T00:00:00Z') / DAY_MS)
    assert.equal(localHourStart(day, 2, 'Europe/Berlin'), at('2026-03-29T01:00:00Z'))
    assert.equal(localHourStart(day, 3, 'Europe/Berlin'), at('2026-03-29T01:00:00Z'))
  })

  it('begins an hour that comes twice the first time', () => {
    const day = Math.floor(at('2026-10-25T00:00:00Z') / DAY_MS)
    assert.equal(localHourStart(day, 2, 'Europe/Berlin'), at('2026-10-25T00:00:00Z'))
  })

  it('is now while the hour is on the clock, else the next one', () => {
    const now = at('2026-06-01T16:20:00Z')
    assert.equal(nextLocalHour(now, 18, 'Europe/Berlin'), now)
    assert.equal(nextLocalHour(now, 19, 'Europe/Berlin'), at('2026-06-01T17:00:00Z'))
    assert.equal(nextLocalHour(now, 17, 'Europe/Berlin'), at('2026-06-02T15:00:00Z'))
  })

  it('agrees with walking the clock around changes in zones of every kind', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Cairo',
    ]
    for (const zone of zones) {
      for (const start of [
        '2026-03-27',
        '2026-04-03',
        '2026-04-23',
        '2026-10-23',
        '2026-10-29',
        '2026-11-01',
      ]) {
        for (let hours = 0; hours < 72; hours += 7) {
          const now = at(`${start}T00:10:00Z`) + hours * HOUR_MS
          for (const hour of [0, 1, 2, 3, 10, 23]) {
            const next = nextLocalHour(now, hour, zone)
            assert.ok(next >= now && next <= now + 26 * HOUR_MS, `${zone} ${start} ${hour}`)
            const shown = localTime(next, zone)
            const before = localTime(next - MINUTE_MS, zone)
            const jumped = zoneOffsetMs(next, zone) > zoneOffsetMs(next - 15 * MINUTE_MS, zone)
            const over = jumped && shown.hour > hour && (before.hour < hour || before.day < shown.day)
            assert.ok(shown.hour === hour || over, `${zone} ${start} ${hour} ${shown.hour}`)
          }
        }
      }
    }
  })
})
