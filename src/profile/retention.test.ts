// Personal data whose time is over: who people are does not hang on what they did then.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import type { Problem } from '../kernel/problem.ts'
import type { LogEvent } from '../log/port.ts'
import { createSignalState, foldSignal, retainedOf } from '../signal/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../signal/events.ts'
import { PRIVACY_APPLIED } from './events.ts'
import { foldProfiles, type Touch } from './fold.ts'
import { identifierAt } from './identifier-table.ts'
import { periodText, readPrivacy, renderPrivacy, retentionChanges, shortens } from './privacy-section.ts'
import { firstKept, foldRetention, KEEP_ALL } from './retention.ts'
import { at } from '../kernel/growable.ts'
import { createProfiles, rootOf, type Profiles } from './state.ts'

const AT = Date.UTC(2026, 5, 1)

const item = fc.record(
  {
    type: fc.constantFrom('track', 'page', 'identify', 'alias', 'group', 'screen', 'nonsense'),
    event: fc.constantFrom('Looked', 'Order Completed', 'Consent Changed', ''),
    messageId: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'),
    userId: fc.constantFrom('u1', 'u2', 'u3', ''),
    anonymousId: fc.constantFrom('a1', 'a2', 'a3', ''),
    previousId: fc.constantFrom('u1', 'a1', 'a2'),
    groupId: fc.constantFrom('g', ''),
    traits: fc.record({ email: fc.constantFrom('x@a.example', 'y@a.example', 'nobody') }),
    timestamp: fc.constantFrom('2024-01-05T00:00:00Z', '2026-05-05T00:00:00Z', 'no time'),
    context: fc.record(
      {
        device: fc.record({ id: fc.constantFrom('d1', 'd2') }),
        traits: fc.record({ email: fc.constantFrom('x@a.example', 'z@a.example') }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['type', 'messageId'] },
)
const request = fc.record({
  strict: fc.boolean(),
  batch: fc.array(item, { minLength: 1, maxLength: 4 }),
})

const received = (
  { strict, batch }: { readonly strict: boolean; readonly batch: readonly object[] },
  offset: number,
): LogEvent<SignalReceived> => ({
  offset,
  id: `e${offset}`,
  type: SIGNAL_RECEIVED,
  key: 'http',
  at: AT,
  data: {
    header: { endpoint: 'batch', source: 'http', receivedAt: AT, ...(strict ? { strict } : {}) },
    payload: { batch },
  },
})

/** As it is read when the month of 2024 is over, of behaviour or of orders. */
const lapsed = (event: LogEvent<SignalReceived>, gone: readonly string[]): LogEvent<SignalReceived> => {
  const { periods, stubs } = retainedOf(event.data)
  const batch = (event.data.payload as { readonly batch: readonly unknown[] }).batch
  const expired = periods.flatMap((period, place) => (gone.includes(period) ? [place] : []))
  const items = batch.map((one, place) =>
    expired.includes(place) ? (JSON.parse(stubs[place] ?? '') as unknown) : one,
  )
  return { ...event, data: { ...event.data, payload: { batch: items }, expired } }
}

const folded = (
  events: readonly LogEvent[],
): { readonly state: Profiles; readonly touches: readonly Touch[] } => {
  const signals = createSignalState()
  const state = createProfiles()
  const touches = events.flatMap((event) => [
    ...foldProfiles(state, event, foldSignal(signals, event), DEFAULT_BUSINESS),
  ])
  return { state, touches }
}

const identitiesOf = (state: Profiles): readonly unknown[] => [
  state.slotCount,
  state.mergedCount,
  ...Array.from({ length: state.slotCount }, (_, slot) => rootOf(state, slot)),
  ...Array.from({ length: state.identifiers.count }, (_, entry) => [
    identifierAt(state.identifiers, entry),
    at(state.identifiers.slots, entry),
  ]),
]

describe('retention', () => {
  it('P39 without what is over people have the same numbers, identifiers and merges, whoever sent what', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 8 }),
        fc.subarray(['behaviour:2024-01', 'orders:2024-01', 'behaviour:2026-06']),
        (requests, gone) => {
          const events = requests.map((one, index) => received(one, index + 1))
          const whole = folded(events)
          const left = folded(events.map((event) => lapsed(event, gone)))
          assert.deepEqual(identitiesOf(left.state), identitiesOf(whole.state))
          assert.ok(left.touches.length <= whole.touches.length)
          assert.ok(left.touches.every(({ signal }) => signal.past !== true))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('P40 a month goes when all of it is older than the period', () => {
    assert.equal(firstKept(Date.UTC(2026, 10, 26), 13), '2025-10')
    assert.equal(firstKept(Date.UTC(2026, 11, 1) - 1, 4), '2026-07')
    assert.equal(firstKept(Date.UTC(2026, 11, 1), 4), '2026-08')
    assert.equal(firstKept(Date.UTC(2026, 0, 31), 12), '2025-01')
  })

  it('P40 periods are whole months or years, at least 4 months; what is not named is kept', () => {
    const read = (retention: object) => {
      const problems: Problem[] = []
      return { spec: readPrivacy({ retention }, problems), problems }
    }
    const spec = { contact: 0, behaviour: 13, orders: 36, mentions: 0 }
    assert.deepEqual(read({ behaviour: '13 months', orders: '3 years' }), { spec, problems: [] })
    assert.deepEqual(readPrivacy(renderPrivacy(spec), []), spec)
    assert.deepEqual([0, 12, 13, 24].map(periodText), ['kept', '1 year', '13 months', '2 years'])
    for (const wrong of ['3 months', '13', 'months', '21 years', '0 months', '-5 months', '13 days'])
      assert.equal(read({ orders: wrong }).problems.length, 1, wrong)
    assert.equal(read({ mails: '1 year' }).problems.length, 1)
    assert.deepEqual(retentionChanges({ ...spec, behaviour: 0 }, spec), ['behaviour kept → 13 months'])
    assert.equal(shortens(spec, { ...spec, orders: 35 }), true)
    assert.equal(shortens(spec, { ...spec, orders: 0, behaviour: 14 }), false)
    assert.equal(shortens(spec, { ...spec, contact: 48 }), true)
    assert.equal(shortens(spec, { ...spec, mentions: 12 }), true)
  })

  it('P40 periods said before there was a class say nothing of it: it is kept', () => {
    const said = { contact: 0, behaviour: 13, orders: 36 }
    const event = { offset: 1, id: 'p', type: PRIVACY_APPLIED, key: '', at: 5, data: { retention: said } }
    assert.deepEqual(foldRetention(KEEP_ALL, event).spec, { ...said, mentions: 0 })
  })
})
