// A budget change carried out against platforms that misbehave: what is logged is what is so.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clearMove, createBooks, foldBooks, SPEND_RULES } from '../../guardrail/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import type { LogEvent, NewEvent } from '../../log/port.ts'
import { applyMove, settleMove } from './apply-move.ts'
import { ADS_LINES_APPLIED, ADS_REPORTED, type SpendMove } from './events.ts'
import type { AdPlatform, WriteResult } from './port.ts'

const EUR = 1_000_000
const NOW = Date.UTC(2026, 0, 10, 10)
const TRAITS = {
  editsPerDayMax: 9,
  stepMicros: 10_000,
  dayMinMicros: EUR,
  overspendDay: 2,
  spendFinalDays: 1,
  readLagMs: HOUR_MS,
  learningShare: 0.2,
  learningDays: 4,
}

/** A platform whose budget, answers and readings the test holds in hand. */
const world = (write: (to: number) => { readonly becomes: number; readonly says: WriteResult }) => {
  let now = NOW
  let budget = 100 * EUR
  let shown: number | 'silent' | null = null
  let writes = 0
  const books = createBooks()
  const events: LogEvent[] = []
  const append = async (fresh: readonly NewEvent[]) => {
    for (const event of fresh) {
      if (events.some(({ id }) => id === event.id)) continue
      const logged = { ...event, offset: events.length + 1 } as LogEvent
      events.push(logged)
      foldBooks(books, logged)
    }
  }
  const platform: AdPlatform = {
    name: 'p',
    currency: 'EUR',
    traits: TRAITS,
    read: async () => {
      if (shown === 'silent') throw new Failure({ code: 'ads.unreachable', message: 'no answer' })
      return [{ externalId: 'a', budgetMicros: shown ?? budget, days: [] }]
    },
    write: async ({ budgetMicros }) => {
      writes++
      const { becomes, says } = write(budgetMicros)
      budget = becomes
      return says
    },
    close: async () => {},
  }
  const spec = {
    id: 'a',
    name: 'a',
    platform: 'p',
    externalId: 'a',
    traits: TRAITS,
    dayMaxMicros: 900 * EUR,
    monthMaxMicros: 9_000 * EUR,
    dayLowMicros: EUR,
    capacityMicros: null,
    marginShare: 1,
  }
  const ports = { platform, append, now: () => now, today: () => Math.floor(now / DAY_MS) }
  const move: SpendMove = {
    moveId: 'm' as SpendMove['moveId'],
    lineId: 'a',
    currency: 'EUR',
    fromMicros: 100 * EUR,
    toMicros: 110 * EUR,
    why: 'plan',
  }
  return {
    books,
    events,
    writes: () => writes,
    show: (what: typeof shown) => (shown = what),
    later: (ms: number) => (now += ms),
    start: async () => {
      await append([
        {
          id: 'l',
          type: ADS_LINES_APPLIED,
          key: '',
          at: now,
          data: {
            version: '1',
            currency: 'EUR',
            timeZone: 'UTC',
            portfolio: { dayMaxMicros: 900 * EUR, monthMaxMicros: 9_000 * EUR, dayTargetMicros: EUR },
            rules: SPEND_RULES,
            lines: [spec],
          },
        },
        {
          id: 'r',
          type: ADS_REPORTED,
          key: '',
          at: now,
          data: { platform: 'p', lines: [{ lineId: 'a', budgetMicros: 100 * EUR, days: [] }] },
        },
      ])
    },
    apply: async () => {
      const clearance = clearMove(books, move, { now, stopped: false })
      assert.ok(clearance.kind === 'cleared')
      return applyMove(clearance.cleared, spec, ports)
    },
    settle: async () => settleMove(move, spec, ports, { doubt: 'was open', attemptedAt: NOW }),
    types: () => events.slice(2).map(({ type }) => type.replace(/^spend\.|\.v1$/g, '')),
    budget: () => books.lines.get('a')?.budgetMicros,
  }
}
const accepted: WriteResult = { kind: 'accepted' }
const lost: WriteResult = { kind: 'unknown', detail: 'no reply in time' }

describe('a budget change', () => {
  it('S3 V60 is in the log before it is written, and believed when it is read back', async () => {
    const w = world((to) => ({ becomes: to, says: accepted }))
    await w.start()
    assert.equal(await w.apply(), 'confirmed')
    assert.deepEqual(w.types(), ['move_attempted', 'move_confirmed'])
    assert.equal(w.budget(), 110 * EUR)
  })

  it('V61 that was lost after it was done is found done; that was lost before is found not done, once a reading is old enough', async () => {
    for (const [becomes, result, in_] of [
      [110 * EUR, 'confirmed', 110 * EUR],
      [100 * EUR, 'failed', 100 * EUR],
    ] as const) {
      const w = world(() => ({ becomes, says: lost }))
      await w.start()
      const first = await w.apply()
      assert.equal(first, result === 'confirmed' ? 'confirmed' : 'unknown')
      w.later(2 * HOUR_MS)
      if (first === 'unknown') assert.equal(await w.settle(), result)
      assert.equal(w.budget(), in_)
      assert.equal(w.writes(), 1)
    }
  })

  it('V62 is not called undone by a reading that may be old', async () => {
    const w = world((to) => ({ becomes: to, says: accepted }))
    await w.start()
    w.show(100 * EUR)
    assert.equal(await w.apply(), 'unknown')
    assert.equal(w.books.lines.get('a')?.pending?.toMicros, 110 * EUR)
    w.show(null)
    w.later(HOUR_MS)
    assert.equal(await w.settle(), 'confirmed')
  })

  it('S3 V63 half done is an incident, and the books say what is in force', async () => {
    const w = world(() => ({ becomes: 105 * EUR, says: accepted }))
    await w.start()
    assert.equal(await w.apply(), 'unknown')
    w.later(2 * HOUR_MS)
    assert.equal(await w.settle(), 'mismatch')
    assert.equal(w.budget(), 105 * EUR)
    assert.ok(w.types().includes('incident_opened'))
    assert.equal(w.books.incidents.size, 1)
  })

  it('V64 that is refused changes nothing, and one that cannot be read stays open', async () => {
    const refused = world(() => ({
      becomes: 100 * EUR,
      says: { kind: 'refused', code: 'ads.busy', detail: '', retryable: true },
    }))
    await refused.start()
    assert.equal(await refused.apply(), 'failed')
    assert.equal(refused.budget(), 100 * EUR)
    const silent = world((to) => ({ becomes: to, says: accepted }))
    await silent.start()
    silent.show('silent')
    assert.equal(await silent.apply(), 'unknown')
    silent.later(3 * HOUR_MS)
    assert.equal(await silent.settle(), 'unknown')
    silent.show(null)
    assert.equal(await silent.settle(), 'confirmed')
  })

  it('S3 V65 that a crash cut off between write and reading is settled by a reading, and not written again', async () => {
    const w = world((to) => ({ becomes: to, says: accepted }))
    await w.start()
    w.show('silent')
    await w.apply()
    // Only the log is left of the process.
    const again = createBooks()
    for (const event of w.events) foldBooks(again, event)
    assert.equal(again.lines.get('a')?.pending?.moveId, 'm')
    w.show(null)
    w.later(HOUR_MS)
    assert.equal(await w.settle(), 'confirmed')
    assert.equal(w.writes(), 1)
  })
})
