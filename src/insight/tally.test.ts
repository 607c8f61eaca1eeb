// Rule KP9: the last hours are told without gaps, so that a quiet night is seen as one.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS } from '../kernel/time.ts'
import { createTally, emptyHour, lastHours, type HourTally } from './index.ts'

const NOW = Date.UTC(2026, 4, 4, 12, 30)
const hourBefore = (hours: number): number => Math.floor(NOW / HOUR_MS) * HOUR_MS - hours * HOUR_MS

const counted = (hours: number, events: number): HourTally => ({ ...emptyHour(hourBefore(hours)), events })

describe('the tally of hours', () => {
  it('KP9 gives 48 hours in a row up to now, quiet ones as zeros, older ones not at all', () => {
    const tally = createTally()
    tally.hours.push(counted(70, 9), counted(47, 5), counted(3, 2), counted(0, 1))
    const hours = lastHours(tally, NOW)
    assert.deepEqual(
      hours.map(({ at }) => at),
      Array.from({ length: 48 }, (_, index) => hourBefore(47 - index)),
    )
    assert.deepEqual(
      hours.flatMap(({ events }, index) => (events === 0 ? [] : [[index, events]])),
      [
        [0, 5],
        [44, 2],
        [47, 1],
      ],
    )
  })

  it('KP9 gives none before anything was counted', () => {
    assert.deepEqual(lastHours(createTally(), NOW), [])
  })
})
