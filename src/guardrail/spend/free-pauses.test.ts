// Pauses on platforms that do not count them among the edits of a day.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ADS_LINES_APPLIED, SPEND_MOVE_ATTEMPTED, SPEND_MOVE_CONFIRMED } from '../../delivery/index.ts'
import type { SpendMove } from '../../delivery/events.ts'
import { HOUR_MS } from '../../kernel/time.ts'
import { createBooks, foldBooks, SPEND_RULES } from './books.ts'
import { checkMove } from './check-move.ts'

const EUR = 1_000_000
const NOW = Date.UTC(2026, 0, 10, 10)

it('G73 a pause is let through although the edits of the day are spent, where pauses are free, and takes none away', () => {
  for (const pausesFree of [true, false]) {
    const books = createBooks()
    const fold = (type: string, data: unknown, at: number) =>
      foldBooks(books, { id: `${at}${type}`, type, key: '', at, data, offset: 1 })
    const traits = {
      editsPerDayMax: 2,
      stepMicros: 10_000,
      dayMinMicros: EUR,
      overspendDay: 2,
      spendFinalDays: 1,
      readLagMs: 0,
      learningShare: 0.2,
      learningDays: 4,
      pausesFree,
    }
    const spec = { id: 'a', name: 'a', platform: 'p', externalId: 'a', traits, dayLowMicros: EUR }
    const line = {
      ...spec,
      dayMaxMicros: 900 * EUR,
      monthMaxMicros: 9_000 * EUR,
      capacityMicros: null,
      marginShare: 1,
    }
    const portfolio = { dayMaxMicros: 900 * EUR, monthMaxMicros: 9_000 * EUR, dayTargetMicros: EUR }
    const applied = {
      version: '1',
      currency: 'EUR',
      timeZone: 'UTC',
      portfolio,
      rules: SPEND_RULES,
      lines: [line],
    }
    fold(ADS_LINES_APPLIED, applied, NOW)
    const moveOf = (toMicros: number, why: SpendMove['why'] = 'stop') =>
      ({
        moveId: `m${toMicros}`,
        lineId: 'a',
        currency: 'EUR',
        fromMicros: 100 * EUR,
        toMicros,
        why,
      }) as SpendMove
    const done = (toMicros: number, at: number) => {
      fold(SPEND_MOVE_ATTEMPTED, moveOf(toMicros), at)
      fold(SPEND_MOVE_CONFIRMED, { moveId: `m${toMicros}`, lineId: 'a', budgetMicros: toMicros }, at)
    }
    done(0, NOW)
    done(90 * EUR, NOW + 1)
    done(80 * EUR, NOW + 2)
    const codes = (move: SpendMove) =>
      checkMove(books, move, { now: NOW + HOUR_MS, stopped: true }).map(({ code }) => code)
    assert.deepEqual(codes(moveOf(0)), pausesFree ? [] : ['edits_spent'])
    assert.deepEqual(codes(moveOf(70 * EUR)), ['edits_spent'])
  }
})
