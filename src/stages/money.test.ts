// The money wheel against a platform in memory: the breaker pauses at once, and what cannot be so is not believed.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBudget, foldBudget } from '../budget/index.ts'
import {
  ADS_LINES_APPLIED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  type AdPlatform,
  type ReportedDay,
} from '../delivery/index.ts'
import { createBooks, foldBooks, SPEND_RULES } from '../guardrail/index.ts'
import { Failure } from '../kernel/failure.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import { createMoneyClock, moneyTurn } from './money.ts'

const EUR = 1_000_000
const START = Date.UTC(2026, 0, 10)
const TRAITS = {
  editsPerDayMax: 4,
  stepMicros: 10_000,
  dayMinMicros: EUR,
  overspendDay: 2,
  spendFinalDays: 1,
  readLagMs: 0,
  learningShare: 0.2,
  learningDays: 4,
}

/** Two lines of 100 a day on a platform that tells what `told` says and keeps what is written. */
const open = async (currency = 'EUR') => {
  const [books, budget] = [createBooks(), createBudget()]
  const events: LogEvent[] = []
  const record = async (fresh: readonly NewEvent[]): Promise<void> => {
    for (const event of fresh) {
      const logged = { ...event, offset: events.length + 1 } as LogEvent
      events.push(logged)
      foldBooks(books, logged)
      foldBudget(budget, logged)
    }
  }
  let now = START + HOUR_MS
  const budgets: Record<string, number> = { a: 100 * EUR, b: 100 * EUR }
  const spent: Record<string, unknown> = { a: 0, b: 0 }
  const writes: string[] = []
  const soldOut = new Set<string>()
  let refusing = false
  let failing: Failure | null = null
  const platform: AdPlatform = {
    name: 'p',
    currency,
    traits: TRAITS,
    read: async ({ externalIds, toDay }) => {
      if (failing !== null) throw failing
      return externalIds.map((externalId) => ({
        externalId,
        budgetMicros: budgets[externalId] ?? null,
        days: [{ day: toDay, spendMicros: spent[externalId], valueMicros: 0, conversions: 0 } as ReportedDay],
      }))
    },
    write: async ({ externalId, budgetMicros }) => {
      writes.push(`${externalId} ${budgetMicros / EUR}`)
      if (refusing) return { kind: 'refused', code: 'ads.busy', detail: '', retryable: true }
      budgets[externalId] = budgetMicros
      return { kind: 'accepted' }
    },
    close: async () => {},
  }
  let id = 0
  const ports = {
    books,
    budget,
    platforms: new Map([['p', platform]]),
    record,
    ctx: { now: () => now, rng: createRng('money'), newId: () => `e${++id}` },
    stopped: () => false,
    isHeld: () => false,
    isSoldOut: (lineId: string) => soldOut.has(lineId),
    demandOn: () => null,
    mayRaise: () => true,
  }
  await record([
    {
      id: 'lines',
      type: ADS_LINES_APPLIED,
      key: '',
      at: now,
      data: {
        version: '1',
        currency: 'EUR',
        timeZone: 'UTC',
        portfolio: { dayMaxMicros: 2_000 * EUR, monthMaxMicros: 60_000 * EUR, dayTargetMicros: 200 * EUR },
        rules: SPEND_RULES,
        lines: ['a', 'b'].map((line) => ({
          id: line,
          name: line,
          platform: 'p',
          externalId: line,
          traits: TRAITS,
          dayMaxMicros: 1_000 * EUR,
          monthMaxMicros: 30_000 * EUR,
          dayLowMicros: EUR,
          capacityMicros: null,
          marginShare: 1,
        })),
      },
    },
  ])
  const clock = createMoneyClock()
  return {
    books,
    events,
    budgets,
    spent,
    writes,
    soldOut,
    record,
    refuse: (yes: boolean) => (refusing = yes),
    fail: (failure: Failure | null) => (failing = failure),
    turn: () => moneyTurn(ports, clock),
    pass: (ms: number) => (now += ms),
    at: () => now,
  }
}
const incidents = (books: ReturnType<typeof createBooks>) =>
  [...books.incidents.values()].map(({ kind, lineId }) => `${kind} ${lineId}`)

describe('the money wheel', () => {
  it('G68 pauses a racing line within the turn that reads it, leaves the other, and tells a person', async () => {
    const world = await open()
    await world.turn()
    assert.deepEqual(world.writes, [])
    world.pass(HOUR_MS)
    world.spent['a'] = 90 * EUR
    world.spent['b'] = 8 * EUR
    await world.turn()
    assert.deepEqual(world.writes, ['a 0'])
    assert.equal(world.books.lines.get('a')?.budgetMicros, 0)
    assert.equal(world.books.lines.get('b')?.budgetMicros, 100 * EUR)
    assert.deepEqual(incidents(world.books), ['velocity a'])
    for (let hour = 0; hour < 5; hour++) {
      world.pass(HOUR_MS)
      await world.turn()
    }
    assert.deepEqual(world.writes, ['a 0'])
    const [incident] = world.books.incidents.keys()
    await world.record([
      {
        id: 'seen',
        type: SPEND_INCIDENT_CLOSED,
        key: '',
        at: world.at(),
        data: { incidentId: incident, by: 'user:1' },
      },
    ])
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(world.writes, ['a 0', 'a 100'])
    world.pass(HOUR_MS)
    await world.turn()
    // A person has seen it: it is not paused again on the same day.
    assert.deepEqual(world.writes, ['a 0', 'a 100'])
  })

  it('G68 tries the pause again at the next reading when the platform refused it', async () => {
    const world = await open()
    await world.turn()
    world.refuse(true)
    world.spent['a'] = 150 * EUR
    world.pass(HOUR_MS)
    await world.turn()
    assert.equal(world.budgets['a'], 100 * EUR)
    world.refuse(false)
    world.pass(HOUR_MS)
    await world.turn()
    assert.equal(world.budgets['a'], 0)
    assert.deepEqual(incidents(world.books), ['velocity a'])
  })

  it('G71 keeps amounts that cannot be out of the books, says so, and goes on when they are right again', async () => {
    const world = await open()
    await world.turn()
    for (const [what, amount] of [
      ['null', null],
      ['negative', -1],
      ['a fraction', 0.5],
      ['not a number', Number.NaN],
    ] as const) {
      world.spent['a'] = amount
      world.pass(HOUR_MS)
      await world.turn()
      assert.deepEqual(incidents(world.books), ['reading a'], what)
      assert.equal(world.books.lines.get('a')?.days.at(-1)?.spendMicros, 0, what)
    }
    world.spent['a'] = 20 * EUR
    world.budgets['b'] = 100 * EUR * 1_000_000
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(incidents(world.books), ['reading b'])
    assert.equal(world.books.lines.get('b')?.budgetMicros, 100 * EUR)
    // A budget a million times too large was not "cut" to what the caps allow.
    assert.deepEqual(world.writes, [])
    world.budgets['b'] = 100 * EUR
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(incidents(world.books), [])
  })

  it('AD14 tells a person at once, with what to do, when a platform no longer lets it in', async () => {
    const world = await open()
    await world.turn()
    world.fail(new Failure({ code: 'ads.unreachable', message: 'p: away', retryable: true }))
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(incidents(world.books), [], 'one reading that failed is no incident yet')
    world.fail(new Failure({ code: 'ads.sign_in', message: 'p: ended', hint: 'Sign in again.' }))
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(incidents(world.books), ['sign_in '])
    assert.match([...world.books.incidents.values()][0]?.detail ?? '', /p: ended\. Sign in again\./)
    world.fail(null)
    world.pass(HOUR_MS)
    await world.turn()
    assert.deepEqual(incidents(world.books), [])
  })

  it('BU36 pauses a line that has nothing to sell, and brings it back as it was', async () => {
    const world = await open()
    await world.turn()
    world.soldOut.add('a')
    await world.turn()
    assert.deepEqual(world.writes, ['a 0'])
    assert.deepEqual(
      world.books.lines.get('a')?.edits.map(({ why }) => why),
      ['stock'],
    )
    world.pass(10 * 60_000)
    await world.turn()
    assert.deepEqual(world.writes, ['a 0'])
    world.soldOut.clear()
    await world.turn()
    assert.deepEqual(world.writes, ['a 0', 'a 100'])
    assert.deepEqual(incidents(world.books), [])
  })

  it('G72 takes nothing from and writes nothing to an account of another currency', async () => {
    const world = await open('USD')
    world.spent['a'] = 500 * EUR
    await world.turn()
    assert.equal(world.books.lines.get('a')?.budgetMicros, null)
    assert.deepEqual(incidents(world.books), ['reading '])
    assert.equal(world.events.filter(({ type }) => type === SPEND_INCIDENT_OPENED).length, 1)
    world.pass(2 * DAY_MS)
    await world.turn()
    assert.deepEqual(world.writes, [])
  })
})
