// The breaker and what is believed of a platform's word: each figure that trips it with the one beside it that does not.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  type AdsLinesApplied,
  type SpendMove,
} from '../../delivery/events.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { createBooks, dumpBooks, foldBooks, restoreBooks, SPEND_RULES } from './books.ts'
import { checkMove } from './check-move.ts'
import { readingTrouble } from './check-reading.ts'
import { racingLines, trippedFrom, velocityIncident } from './velocity.ts'

const EUR = 1_000_000
const DAY = Date.UTC(2026, 0, 10) / DAY_MS
const at = (hour: number) => DAY * DAY_MS + hour * HOUR_MS

const LINES: AdsLinesApplied = {
  version: '1',
  currency: 'EUR',
  timeZone: 'UTC',
  portfolio: { dayMaxMicros: 2_000 * EUR, monthMaxMicros: 60_000 * EUR, dayTargetMicros: 200 * EUR },
  rules: SPEND_RULES,
  lines: [
    {
      id: 'a',
      name: 'a',
      platform: 'p',
      externalId: 'a',
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
      dayMaxMicros: 1_000 * EUR,
      monthMaxMicros: 30_000 * EUR,
      dayLowMicros: EUR,
      capacityMicros: null,
      marginShare: 1,
    },
  ],
}

const open = () => {
  const books = createBooks()
  let offset = 0
  const fold = (type: string, data: unknown, when: number) =>
    foldBooks(books, { offset: ++offset, id: `${offset}`, type, key: '', at: when, data })
  fold(ADS_LINES_APPLIED, LINES, at(0))
  const told = (spent: number, when: number, budget: number | null = 100) =>
    fold(
      ADS_REPORTED,
      {
        platform: 'p',
        lines: [
          {
            lineId: 'a',
            budgetMicros: budget === null ? null : budget * EUR,
            days: [{ day: DAY, spendMicros: Math.round(spent * EUR), valueMicros: 0, conversions: 0 }],
          },
        ],
      },
      when,
    )
  return { books, fold, told }
}
const move = (about: Partial<SpendMove>): SpendMove => ({
  moveId: 'm' as SpendMove['moveId'],
  lineId: 'a',
  currency: 'EUR',
  fromMicros: 100 * EUR,
  toMicros: 0,
  why: 'velocity',
  ...about,
})

describe('the breaker of spend', () => {
  it('G68 names a line that has spent far more than its day was planned to by now, and no uneven day', () => {
    const cases: readonly (readonly [hour: number, usual: number, racing: number])[] = [
      [0, 34, 36],
      [2, 51, 52],
      [6, 84, 86],
      [12, 134, 136],
      [20, 199, 201],
      [23, 199, 201],
    ]
    for (const [hour, usual, racing] of cases) {
      for (const [spent, count] of [
        [usual, 0],
        [racing, 1],
      ] as const) {
        const { books, told } = open()
        told(spent, at(hour))
        assert.equal(racingLines(books, at(hour)).length, count, `${spent} at ${hour}`)
      }
    }
    // A platform that may overspend by a tenth only is held to that.
    const { books, told } = open()
    const book = books.lines.get('a')
    assert.ok(book !== undefined)
    books.lines.set('a', {
      ...book,
      spec: { ...book.spec, traits: { ...book.spec.traits, overspendDay: 1.1 } },
    })
    told(115, at(15))
    assert.equal(racingLines(books, at(15)).length, 1)
    assert.match(racingLines(books, at(15))[0]?.detail ?? '', /115\.00 of 100\.00 by 15:00/)
  })

  it('G68 sees a rush between two readings, and not a platform that tells late in lumps', () => {
    const rush = open()
    rush.told(26, at(6))
    assert.equal(racingLines(rush.books, at(6)).length, 0)
    rush.told(54, at(7))
    assert.match(racingLines(rush.books, at(7))[0]?.detail ?? '', /28\.00 of 100\.00 in 1\.0 hours/)
    const lumps = open()
    lumps.told(0, at(11))
    lumps.told(48, at(12))
    assert.equal(racingLines(lumps.books, at(12)).length, 0)
    const paused = open()
    paused.told(0, at(1), 0)
    paused.told(3, at(4), 0)
    assert.match(racingLines(paused.books, at(4))[0]?.detail ?? '', /although it is paused/)
  })

  it('G69 keeps an edit for the breaker that no plan may use, up or down', () => {
    const { books, fold, told } = open()
    told(10, at(1))
    const reasons = (about: Partial<SpendMove>, hour: number) =>
      checkMove(books, move(about), { now: at(hour), stopped: false }).map(({ code }) => code)
    for (const [moveId, from, to] of [
      ['m1', 100, 95],
      ['m2', 95, 90],
    ] as const) {
      fold(
        SPEND_MOVE_ATTEMPTED,
        move({ moveId: moveId as never, fromMicros: from * EUR, toMicros: to * EUR, why: 'plan' }),
        at(2),
      )
      fold(SPEND_MOVE_CONFIRMED, { moveId, lineId: 'a', budgetMicros: to * EUR }, at(2))
    }
    for (const why of ['plan', 'vary', 'pace'] as const)
      assert.deepEqual(reasons({ fromMicros: 90 * EUR, toMicros: 85 * EUR, why }, 3), ['edits_reserved'], why)
    for (const why of ['velocity', 'stop', 'cap', 'person'] as const)
      assert.deepEqual(reasons({ fromMicros: 90 * EUR, why }, 3), [], why)
  })

  it('G70 gives back at most what the breaker took, once a person has seen it', () => {
    const { books, fold, told } = open()
    told(90, at(2))
    const incidentId = velocityIncident('a', DAY)
    fold(SPEND_INCIDENT_OPENED, { incidentId, kind: 'velocity', lineId: 'a', detail: '' }, at(2))
    fold(SPEND_MOVE_ATTEMPTED, move({}), at(2))
    fold(SPEND_MOVE_CONFIRMED, { moveId: 'm', lineId: 'a', budgetMicros: 0 }, at(2))
    const back = (toMicros: number) =>
      checkMove(books, move({ fromMicros: 0, toMicros, why: 'resume' }), { now: at(5), stopped: false })
    const book = () => books.lines.get('a') as NonNullable<ReturnType<typeof books.lines.get>>
    assert.equal(trippedFrom(books, book(), at(5)), 0)
    assert.ok(back(100 * EUR).some(({ code }) => code === 'incident_open'))
    fold(SPEND_INCIDENT_CLOSED, { incidentId, by: 'user:1' }, at(4))
    assert.equal(trippedFrom(books, book(), at(5)), 100 * EUR)
    assert.deepEqual(back(100 * EUR), [])
    assert.ok(back(101 * EUR).length > 0)
    assert.equal(trippedFrom(books, book(), at(5) + 60 * DAY_MS), 0)
    const again = createBooks()
    restoreBooks(again, JSON.parse(JSON.stringify(dumpBooks(books))))
    assert.deepEqual(again, books)
  })

  it('G71 believes no amount that cannot be', () => {
    const { books, told } = open()
    told(50, at(12))
    const good = { day: DAY, spendMicros: 50 * EUR, valueMicros: 1, conversions: 1 }
    const trouble = (budgetMicros: unknown, day: Record<string, unknown> = {}) =>
      readingTrouble(books, { lineId: 'a', budgetMicros, days: [{ ...good, ...day }] } as never, at(12))
    assert.equal(trouble(100 * EUR), null)
    assert.equal(trouble(null), null)
    assert.equal(trouble(0), null)
    for (const budget of [-1, Number.NaN, 0.5, Infinity, undefined, '100', 2 ** 60])
      assert.match(trouble(budget)?.detail ?? '', /a budget of/, String(budget))
    for (const spendMicros of [null, -1, Number.NaN, 0.5, Infinity, '5'])
      assert.match(trouble(100 * EUR, { spendMicros })?.detail ?? '', /spend of/, String(spendMicros))
    for (const conversions of [null, -1, Number.NaN])
      assert.match(trouble(100 * EUR, { conversions })?.detail ?? '', /results of/, String(conversions))
    assert.match(trouble(100 * EUR, { day: DAY + 9 })?.detail ?? '', /not yet/)
    assert.match(
      readingTrouble(books, { lineId: 'z', budgetMicros: 1, days: [] }, at(12))?.detail ?? '',
      /no line/,
    )
  })

  it('G71 takes cents, thousandths and micros for what they are until a person says otherwise', () => {
    const { books, fold, told } = open()
    told(50, at(12))
    const trouble = (budgetMicros: number | null, now: number, spendMicros = 50 * EUR) =>
      readingTrouble(
        books,
        {
          lineId: 'a',
          budgetMicros,
          days: [
            { day: DAY, spendMicros, valueMicros: 0, conversions: 0 },
            { day: DAY + 1, spendMicros: 0, valueMicros: 0, conversions: 0 },
          ],
        },
        now,
      )
    const now = at(36)
    for (const factor of [100, 1_000, 1_000_000, 0.01, 0.001, 0.000_001]) {
      assert.match(trouble(Math.round(100 * EUR * factor), now)?.detail ?? '', /another unit/, String(factor))
      assert.match(
        trouble(null, now, Math.round(50 * EUR * factor))?.detail ?? '',
        /another unit/,
        String(factor),
      )
    }
    assert.equal(trouble(150 * EUR, now), null)
    assert.equal(trouble(null, now, 70 * EUR), null)
    fold(SPEND_INCIDENT_OPENED, { incidentId: 'reading:a', kind: 'reading', lineId: 'a', detail: '' }, now)
    fold(SPEND_INCIDENT_CLOSED, { incidentId: 'reading:a', by: 'user:1' }, now)
    assert.equal(trouble(10_000 * EUR, now), null)
    // The same word of ours is no person's.
    fold(SPEND_INCIDENT_OPENED, { incidentId: 'reading:a', kind: 'reading', lineId: 'a', detail: '' }, now)
    fold(SPEND_INCIDENT_CLOSED, { incidentId: 'reading:a', by: 'windvane' }, now + 2 * DAY_MS)
    assert.match(trouble(10_000 * EUR, now + 2 * DAY_MS)?.detail ?? '', /another unit/)
  })

  it('G71 refuses a plan’s move to a small part of what is in force: another unit', () => {
    const { books, told } = open()
    told(10, at(1))
    const codes = (about: Partial<SpendMove>) =>
      checkMove(books, move(about), { now: at(2), stopped: false }).map(({ code }) => code)
    for (const why of ['plan', 'vary', 'pace'] as const) {
      assert.deepEqual(codes({ toMicros: EUR, why }), ['unit'], why)
      assert.deepEqual(codes({ toMicros: 80 * EUR, why }), [], why)
    }
    // A person, a cap and the breaker may go as low as they like.
    for (const why of ['person', 'cap', 'velocity'] as const)
      assert.deepEqual(codes({ toMicros: EUR, why }), [], why)
  })
})
