// The envelope of ad money: every reason to say no, each with the move that just passes beside it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SPEND_MOVE_FAILED,
  SPEND_MOVE_UNKNOWN,
  type SpendMove,
} from '../../delivery/index.ts'
import type { AdsLinesApplied } from '../../delivery/events.ts'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import type { LogEvent } from '../../log/port.ts'
import { isCleared } from '../clear.ts'
import { createBooks, foldBooks, SPEND_RULES, stoppedFrom } from './books.ts'
import { budgetCeiling, checkMove } from './check-move.ts'
import { clearMove } from './clear-move.ts'
import { monthAtWorst, todayAtWorst } from './worst-case.ts'

const EUR = 1_000_000
const DAY = Date.UTC(2026, 0, 10) / DAY_MS
const NOW = DAY * DAY_MS + 10 * HOUR_MS

const linesOf = (
  about: Partial<{ dayMax: number; monthMax: number; allDay: number; allMonth: number }> = {},
): AdsLinesApplied => ({
  version: '1',
  currency: 'EUR',
  timeZone: 'UTC',
  portfolio: {
    dayMaxMicros: (about.allDay ?? 2_000) * EUR,
    monthMaxMicros: (about.allMonth ?? 60_000) * EUR,
    dayTargetMicros: 200 * EUR,
  },
  rules: SPEND_RULES,
  lines: ['a', 'b'].map((id) => ({
    id,
    name: id,
    platform: 'p',
    externalId: id,
    traits: {
      editsPerDayMax: 3,
      stepMicros: 10_000,
      dayMinMicros: EUR,
      overspendDay: 2,
      spendFinalDays: 1,
      readLagMs: HOUR_MS,
      learningShare: 0.2,
      learningDays: 4,
    },
    dayMaxMicros: (about.dayMax ?? 1_000) * EUR,
    monthMaxMicros: (about.monthMax ?? 30_000) * EUR,
    dayLowMicros: EUR,
    capacityMicros: null,
    marginShare: 1,
  })),
})

/** Books with both lines read at 100 a day, after `days` days at that spend. */
const open = (about: Parameters<typeof linesOf>[0] & { readonly days?: number } = {}) => {
  const books = createBooks()
  const events: LogEvent[] = []
  const fold = (type: string, data: unknown, at = NOW) => {
    const event = { offset: events.length + 1, id: `${events.length}`, type, key: '', at, data } as LogEvent
    events.push(event)
    foldBooks(books, event)
  }
  fold(ADS_LINES_APPLIED, linesOf(about), NOW - 30 * DAY_MS)
  const days = Array.from({ length: about.days ?? 0 }, (_d, d) => ({
    day: DAY - (about.days ?? 0) + d,
    spendMicros: 100 * EUR,
    valueMicros: 0,
    conversions: 0,
  }))
  fold(
    ADS_REPORTED,
    { platform: 'p', lines: ['a', 'b'].map((lineId) => ({ lineId, budgetMicros: 100 * EUR, days })) },
    NOW - 2 * DAY_MS,
  )
  return { books, fold, events }
}
const move = (about: Partial<SpendMove>): SpendMove => ({
  moveId: 'm1' as SpendMove['moveId'],
  lineId: 'a',
  currency: 'EUR',
  fromMicros: 100 * EUR,
  toMicros: 110 * EUR,
  why: 'plan',
  ...about,
})
const codes = (
  books: ReturnType<typeof createBooks>,
  about: Partial<SpendMove>,
  now = NOW,
  stopped = false,
) => checkMove(books, move(about), { now, stopped }).map(({ code }) => code)

describe('ad money in the guardrail', () => {
  it('G60 books fold the same from any point, and an open move counts at its worse end', () => {
    const { books, fold, events } = open({ days: 5 })
    fold(SPEND_MOVE_ATTEMPTED, move({ toMicros: 120 * EUR }))
    assert.equal(todayAtWorst(books, books.lines.get('a') as never, 0, NOW), 240 * EUR)
    fold(SPEND_MOVE_UNKNOWN, { moveId: 'm1', lineId: 'a', detail: '' })
    assert.equal(books.lines.get('a')?.unknown, true)
    assert.equal(monthAtWorst(books, books.lines.get('a') as never, 0, NOW) >= 240 * EUR, true)
    fold(SPEND_MOVE_FAILED, { moveId: 'm1', lineId: 'a', code: 'x', detail: '' })
    assert.equal(books.lines.get('a')?.pending, null)
    assert.equal(books.lines.get('a')?.budgetMicros, 100 * EUR)
    const again = createBooks()
    for (const event of events) foldBooks(again, event)
    assert.deepEqual(again, books)
  })

  it('G61 reckons a day at its highest budget times the overspend until it is final, and the days before anybody reacts', () => {
    const { books } = open({ days: 5 })
    const book = books.lines.get('a')
    assert.ok(book !== undefined)
    // Four days are final at 100, yesterday may become 200, today at 110 may become 220, tomorrow as well.
    assert.equal(monthAtWorst(books, book, 110 * EUR, NOW), (4 * 100 + 200 + 220 + 220) * EUR)
    const lastDay = Date.UTC(2026, 0, 31, 10)
    // On the month's last day tomorrow is another month's.
    assert.equal(monthAtWorst(books, { ...book, days: [] }, 110 * EUR, lastDay), 220 * EUR)
  })

  it('G62 passes what just fits each cap at its worst, refuses one step more, and knows the ceiling', () => {
    const fits = [
      ['line_day_cap', { dayMax: 220 }],
      ['line_month_cap', { monthMax: 1_040 }],
      ['portfolio_day_cap', { allDay: 420 }],
      ['portfolio_month_cap', { allMonth: 2_040 }],
    ] as const
    for (const [code, caps] of fits) {
      const { books } = open({ ...caps, days: 5 })
      assert.deepEqual(codes(books, {}), [], code)
      assert.ok(codes(books, { toMicros: 110 * EUR + 10_000 }).includes(code), code)
    }
    const rng = createRng('ceiling')
    for (let round = 0; round < 200; round++) {
      const { books } = open({ days: 8, dayMax: 50 + rng.below(900), monthMax: 900 + rng.below(3_000) })
      const ceiling = budgetCeiling(books, 'a', NOW)
      const book = books.lines.get('a')
      assert.ok(book !== undefined && ceiling % 10_000 === 0)
      const at = (budgetMicros: number) =>
        monthAtWorst(books, { ...book, budgetMicros }, budgetMicros, NOW) <= book.spec.monthMaxMicros &&
        budgetMicros * 2 <= book.spec.dayMaxMicros
      assert.ok(ceiling === 0 || at(ceiling))
      assert.ok(!at(ceiling + 10_000) || ceiling === 0)
    }
  })

  it('G63 refuses amounts that are none, whatever they would do', () => {
    const { books } = open()
    for (const toMicros of [null, Number.NaN, -1, 0.5, 1.5 * EUR + 1, 500_000, Infinity, 2 ** 60])
      assert.deepEqual(codes(books, { toMicros: toMicros as number }), ['bad_amount'], String(toMicros))
    assert.deepEqual(codes(books, { currency: 'USD' }), ['currency'])
    assert.deepEqual(codes(books, { lineId: 'z' }), ['unknown_line'])
    assert.deepEqual(codes(books, { fromMicros: 90 * EUR }), ['ground_moved'])
  })

  it('G64 keeps raises to their step, their day and their distance, and an edit for a cut', () => {
    const { books, fold } = open()
    assert.deepEqual(codes(books, { toMicros: 125 * EUR }), [])
    assert.deepEqual(codes(books, { toMicros: 126 * EUR }), ['raise_step'])
    const done = (moveId: string, from: number, to: number, at: number) => {
      fold(
        SPEND_MOVE_ATTEMPTED,
        move({ moveId: moveId as never, fromMicros: from * EUR, toMicros: to * EUR }),
        at,
      )
      fold(SPEND_MOVE_CONFIRMED, { moveId, lineId: 'a', budgetMicros: to * EUR }, at)
    }
    done('m2', 100, 120, NOW)
    assert.deepEqual(codes(books, { fromMicros: 120 * EUR, toMicros: 130 * EUR }, NOW + HOUR_MS), [
      'raise_apart',
    ])
    assert.deepEqual(codes(books, { fromMicros: 120 * EUR, toMicros: 149 * EUR }, NOW + 13 * HOUR_MS), [])
    assert.deepEqual(
      codes(books, { fromMicros: 120 * EUR, toMicros: 150 * EUR + 20_000 }, NOW + 13 * HOUR_MS),
      ['raise_step', 'raise_day'],
    )
    done('m3', 120, 90, NOW + HOUR_MS)
    const back = codes(books, { fromMicros: 90 * EUR, toMicros: 120 * EUR }, NOW + 14 * HOUR_MS)
    assert.ok(back.includes('back_and_forth') && back.includes('edits_reserved'))
    done('m4', 90, 80, NOW + 2 * HOUR_MS)
    assert.deepEqual(codes(books, { fromMicros: 80 * EUR, toMicros: 10 * EUR }, NOW + 3 * HOUR_MS), [
      'edits_spent',
    ])
    assert.deepEqual(codes(books, { fromMicros: 80 * EUR, toMicros: 90 * EUR }, NOW + 40 * HOUR_MS), [])
  })

  it('G75 a write that was lost on its way takes no edit away; one that was refused, or may have arrived, does', () => {
    const { books, fold } = open()
    const cut = { toMicros: 0, why: 'cap' } as const
    const lost = (moveId: string, code: string, at: number): void => {
      fold(SPEND_MOVE_ATTEMPTED, move({ ...cut, moveId: moveId as never }), at)
      fold(SPEND_MOVE_FAILED, { moveId, lineId: 'a', code, detail: '' }, at + 1)
    }
    for (const n of [1, 2, 3, 4, 5]) lost(`lost${n}`, 'ads.not_done', NOW + n)
    assert.deepEqual(codes(books, cut, NOW + HOUR_MS), [])
    for (const n of [1, 2, 3]) lost(`refused${n}`, 'ads.refused', NOW + 10 + n)
    assert.deepEqual(codes(books, cut, NOW + HOUR_MS), ['edits_spent'])
    const other = open()
    for (const n of [1, 2, 3])
      other.fold(SPEND_MOVE_ATTEMPTED, move({ ...cut, moveId: `u${n}` as never }), NOW + n)
    assert.deepEqual(codes(other.books, cut, NOW + HOUR_MS), ['edits_spent'])
  })

  it('G65 lets lowering through whatever stands in the way of raising', () => {
    const { books, fold } = open()
    fold(SPEND_INCIDENT_OPENED, { incidentId: 'i', kind: 'tracking', lineId: '', detail: '' })
    fold(SPEND_MOVE_ATTEMPTED, move({}), NOW - 13 * HOUR_MS)
    assert.deepEqual(codes(books, { toMicros: 50 * EUR }, NOW, true), [])
    assert.deepEqual(codes(books, { toMicros: 0 }, NOW, true), [])
    const raise = codes(books, { toMicros: 115 * EUR }, NOW, true)
    for (const code of ['stop', 'unconfirmed', 'incident_open'] as const)
      assert.ok(raise.includes(code), code)
  })

  it('G66 resumes at most what STOP took', () => {
    const { books, fold } = open()
    fold(SPEND_MOVE_ATTEMPTED, move({ toMicros: 0, why: 'stop' }))
    fold(SPEND_MOVE_CONFIRMED, { moveId: 'm1', lineId: 'a', budgetMicros: 0 })
    const book = books.lines.get('a')
    assert.equal(book && stoppedFrom(book), 100 * EUR)
    assert.deepEqual(codes(books, { fromMicros: 0, toMicros: 100 * EUR, why: 'resume' }, NOW + HOUR_MS), [])
    assert.ok(
      codes(books, { fromMicros: 0, toMicros: 101 * EUR, why: 'resume' }, NOW + HOUR_MS).includes(
        'raise_step',
      ),
    )
    assert.ok(
      codes(books, { fromMicros: 0, toMicros: 100 * EUR, why: 'plan' }, NOW + HOUR_MS).includes('raise_step'),
    )
  })

  it('G67 makes a pass only for what was checked', () => {
    const { books } = open()
    const good = clearMove(books, move({}), { now: NOW, stopped: false })
    assert.ok(
      good.kind === 'cleared' && isCleared(good.cleared) && good.cleared.payload.toMicros === 110 * EUR,
    )
    const bad = clearMove(books, move({ toMicros: 900 * EUR }), { now: NOW, stopped: false })
    assert.ok(bad.kind === 'withheld' && bad.reasons.length > 0)
  })
})
