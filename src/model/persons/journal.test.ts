// The journal: rows of the past are what live rows were then, whatever order facts came in, within bounds.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeDump } from '../../log/index.ts'
import type { LogEvent } from '../../log/port.ts'
import { createState, foldEvent, type LoopState } from '../../loop.ts'
import { findProfile, PERSON_COLUMNS, personVector } from '../../profile/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../signal/events.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { dumpJournal, restoreJournal } from './journal-dump.ts'
import { createPersons } from './state.ts'
import { observe, type Observations } from './observe.ts'
import { FROM, peopleWorld } from './testing/people-world.ts'
import type { JournalOptions } from './journal.ts'

const fold = (events: readonly LogEvent[], options: Partial<JournalOptions> = {}): LoopState => {
  const state = { ...createState(), persons: createPersons(options) }
  for (const event of events) foldEvent(state, event)
  return state
}

const everyoneAt = (state: LoopState, date: number): Observations =>
  observe(state.persons.journal, { of: 'everyone', within: 10_000, dates: [date], horizonS: 86_400 })

const assertSame = (was: ReadonlyMap<number, Float64Array>, rows: Observations): void => {
  assert.ok(rows.rows > 20)
  for (let row = 0; row < rows.rows; row++) {
    const live = was.get(rows.slots[row] as number)
    assert.ok(live !== undefined)
    PERSON_COLUMNS.forEach((name, c) => {
      const [then, now] = [live[c] as number, rows.columns[c]?.[row] as number]
      // Amounts are kept in single precision, and sums of decayed weights depend on order in their last bits.
      assert.ok(Object.is(then, now) || Math.abs(then - now) < 1e-5, `${name}: ${then} then, ${now} now`)
    })
  }
}

const liveRows = (state: LoopState, now: number): ReadonlyMap<number, Float64Array> => {
  const rows = new Map<number, Float64Array>()
  for (let slot = 0; slot < state.profile.slotCount; slot++) {
    const vector = new Float64Array(PERSON_COLUMNS.length)
    personVector(state.profile, slot, now, vector)
    rows.set(slot, vector)
  }
  return rows
}

const DAYS = 60
const CUT = 40
const world = peopleWorld({ seed: 'journal', people: 60, days: DAYS })
const cutAt = FROM + CUT * DAY_MS
const thenLive = liveRows(fold(world.events.slice(0, CUT)), cutAt)

describe('the journal', () => {
  it('PM1 gives rows of a past date as the live rows were then, and nothing that came later', () => {
    const rows = everyoneAt(fold(world.events), cutAt / 1_000)
    assertSame(thenLive, rows)
    const outcomes = observe(fold(world.events).persons.journal, {
      of: 'everyone',
      within: 10_000,
      dates: [cutAt / 1_000],
      horizonS: (10 * DAY_MS) / 1_000,
    }).ordered
    assert.ok(outcomes.includes(1) && outcomes.includes(0))
  })

  it('PM2 gives the same rows when a history comes person by person, not day by day', () => {
    const items = world.events.flatMap(({ data }) => (data.payload as { batch: { userId: string }[] }).batch)
    const batch = items.toSorted((a, b) => (a.userId < b.userId ? -1 : a.userId > b.userId ? 1 : 0))
    const [first] = world.events
    assert.ok(first !== undefined)
    const receivedAt = FROM + DAYS * DAY_MS
    const imported = Array.from(
      { length: Math.ceil(batch.length / 500) },
      (_, i): LogEvent<SignalReceived> => ({
        ...first,
        offset: i + 1,
        id: `import-${i}`,
        type: SIGNAL_RECEIVED,
        data: {
          header: { endpoint: 'batch', source: 'import', receivedAt },
          payload: { batch: batch.slice(i * 500, (i + 1) * 500) },
        },
      }),
    )
    const state = fold(imported)
    const byUser = new Map<number, Float64Array>()
    const original = fold(world.events)
    for (const { userId } of world.people) {
      const [old, now] = [slotOf(original, userId), slotOf(state, userId)]
      const row = old === undefined ? undefined : thenLive.get(old)
      if (now !== undefined && row !== undefined) byUser.set(now, row)
    }
    assertSame(byUser, everyoneAt(state, cutAt / 1_000))
  })

  it('PM3 keeps within its bounds, and rows that can still be built stay exact', () => {
    const options = { factsMax: 12, peopleMax: 30, ordersMax: 4 }
    const { persons } = fold(world.events, options)
    const { journal } = persons
    assert.ok(journal.everyone <= 30 && journal.customers <= 30)
    for (const person of journal.people.values()) {
      assert.ok(person.count <= 12 && person.orders <= 4)
      assert.ok(person.everyone || person.customer)
    }
    const end = FROM + DAYS * DAY_MS
    const now = liveRows(fold(world.events), end)
    const rows = observe(journal, { of: 'everyone', within: 10_000, dates: [end / 1_000], horizonS: 1 })
    assert.ok(rows.rows > 5)
    for (let row = 0; row < rows.rows; row++) {
      const live = now.get(rows.slots[row] as number)
      for (const name of ['orders', 'events', 'revenue', 'activity60d'] as const) {
        const c = PERSON_COLUMNS.indexOf(name)
        assert.ok(Math.abs((live?.[c] as number) - (rows.columns[c]?.[row] as number)) < 1e-5, name)
      }
    }
  })

  it('PM3 follows a customer who is of no even sample from the first order on', () => {
    const { journal } = fold(world.events, { peopleMax: 20 }).persons
    const late = [...journal.people.values()].filter(({ everyone, customer }) => customer && !everyone)
    assert.ok(late.length > 0)
    const end = FROM + DAYS * DAY_MS
    const now = liveRows(fold(world.events), end)
    const rows = observe(journal, { of: 'customers', within: 10_000, dates: [end / 1_000], horizonS: 1 })
    for (let row = 0; row < rows.rows; row++) {
      const c = PERSON_COLUMNS.indexOf('events')
      const live = now.get(rows.slots[row] as number)?.[c] as number
      assert.ok(Math.abs(live - (rows.columns[c]?.[row] as number)) < 1e-6)
    }
  })

  it('PM4 is the same bytes after a dump and restore, and goes on alike', () => {
    const half = fold(world.events.slice(0, 30), { factsMax: 20 })
    const again = restoreJournal(dumpJournal(half.persons.journal), { factsMax: 20 })
    const restored = { ...half, persons: { ...half.persons, journal: again } }
    assert.deepEqual(encodeDump(dumpJournal(again)), encodeDump(dumpJournal(half.persons.journal)))
    for (const event of world.events.slice(30)) foldEvent(restored, event)
    const whole = fold(world.events, { factsMax: 20 })
    assert.deepEqual(encodeDump(dumpJournal(again)), encodeDump(dumpJournal(whole.persons.journal)))
  })

  it('PM5 keeps both histories when two profiles turn out to be one person', () => {
    const call = (n: number, item: object): LogEvent<SignalReceived> => ({
      offset: n,
      id: `e${n}`,
      type: SIGNAL_RECEIVED,
      key: '',
      at: FROM + n * DAY_MS,
      data: {
        header: { endpoint: 'batch', source: 's', receivedAt: FROM + n * DAY_MS },
        payload: {
          batch: [{ messageId: `m${n}`, timestamp: new Date(FROM + n * DAY_MS).toISOString(), ...item }],
        },
      },
    })
    const order = (id: string) => ({
      type: 'track',
      event: 'Order Completed',
      properties: { order_id: id, revenue: 10 },
    })
    const state = fold([
      call(1, { ...order('1'), userId: 'anna' }),
      call(2, { ...order('2'), anonymousId: 'phone-7' }),
      call(3, { type: 'page', name: 'Home', anonymousId: 'phone-7' }),
      call(4, { type: 'identify', userId: 'anna', anonymousId: 'phone-7' }),
    ])
    const { journal, book } = state.persons
    assert.equal(journal.people.size, 1)
    const [person] = journal.people.values()
    assert.equal(person?.orders, 2)
    assert.equal(journal.customers, 1)
    assert.equal(book.customers, 1)
    assert.equal(book.days[person?.slot ?? 0], 2)
  })
})

const slotOf = ({ profile }: LoopState, userId: string): number | undefined =>
  findProfile(profile, { kind: 'user', value: userId })
