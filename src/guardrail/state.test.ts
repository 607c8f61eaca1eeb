// The fold: the same events give the same bytes, in one go or with a restart in the middle.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import { asProfileId } from '../kernel/ids.ts'
import { dumpGuardrail, restoreGuardrail } from './dump.ts'
import { addEntry, countSince, createHistories } from './history.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { createGuardrail, limitsInForce } from './state.ts'
import { attempted, event, fold, NOON } from './testing/examples.ts'

const bytes = (state: ReturnType<typeof createGuardrail>): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(dumpGuardrail(state)).map(([name, column]) => [
        name,
        ArrayBuffer.isView(column) ? [...(column as Float64Array)] : column,
      ]),
    ),
  )

const anyEvent: fc.Arbitrary<(at: number) => LogEvent> = fc
  .record({
    kind: fc.constantFrom(
      'attempted',
      'failed',
      'responded',
      'suppressed',
      'raised',
      'lifted',
      'limits',
      'settled',
      'consent',
      'noise',
    ),
    person: fc.nat(4),
    decision: fc.nat(20),
    channel: fc.constantFrom('email', 'sms', 'onsite'),
    flag: fc.boolean(),
  })
  .map(({ kind, person, decision, channel, flag }) => (at: number) => {
    const about = { decisionId: `d${decision}`, campaignId: 'welcome', profileId: `p${person}`, channel }
    const scope = flag ? { kind: 'all' } : { kind: 'channel', channel }
    switch (kind) {
      case 'attempted':
        return attempted(about.decisionId, { ...about, discountShare: flag ? 0.1 : 0 }, at)
      case 'failed':
        return event('delivery.failed.v1', { ...about, code: 'x', message: '', permanent: flag }, at)
      case 'responded':
        return event(
          'delivery.responded.v1',
          { ...about, kind: flag ? 'complained' : 'unsubscribed', machine: false, url: '' },
          at,
        )
      case 'suppressed':
        return event('suppression.added.v1', { channel, addressHash: `h${person}`, reason: 'manual' }, at)
      case 'raised':
        return event('stop.raised.v1', { scope, reason: 'r', by: 'me' }, at)
      case 'lifted':
        return event('stop.lifted.v1', { scope, by: 'me' }, at)
      case 'limits':
        return event(
          'limits.applied.v1',
          { version: `v${decision}`, limits: { ...DEFAULT_LIMITS, latenessMsMax: decision } },
          at,
        )
      case 'settled':
        return event(
          'outcome.settled.v1',
          {
            ...about,
            kind: flag ? 'closed' : 'converted',
            reward: 3,
            total: 3,
            causeMessageId: '',
            delayMs: 0,
          },
          at,
        )
      case 'consent':
        return event(
          'profile.consent_changed.v1',
          {
            ...about,
            channel: flag ? 'all' : channel,
            purpose: 'marketing',
            granted: true,
            textVersion: '',
            source: '',
          },
          at,
        )
      default:
        return event('something.else.v1', {}, at)
    }
  })

describe('the guardrail’s fold', () => {
  it('G14 gives the same bytes with a restart after any event', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyEvent, fc.nat(3 * DAY_MS)), { maxLength: 60 }),
        fc.nat(60),
        (drawn, cut) => {
          let at = NOON
          const events = drawn.map(([make, wait]) => make((at += wait)))
          const whole = fold(createGuardrail(), ...events)
          const half = fold(createGuardrail(), ...events.slice(0, cut))
          const restored = restoreGuardrail(dumpGuardrail(half))
          assert.equal(bytes(restored), bytes(half))
          assert.equal(bytes(fold(restored, ...events.slice(cut))), bytes(whole))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('G14 starts careful, and takes the limits that are applied', () => {
    const state = createGuardrail()
    assert.deepEqual(limitsInForce(state), { limits: DEFAULT_LIMITS, version: 'default' })
    fold(
      state,
      event('limits.applied.v1', { version: 'v1', limits: { ...DEFAULT_LIMITS, quietHours: null } }),
    )
    assert.equal(limitsInForce(state).version, 'v1')
    assert.equal(limitsInForce(state).limits.quietHours, null)
  })

  it('G6 counts right up to as many as it remembers, and forgets what no cap can ask for', () => {
    const p1 = asProfileId('p1')
    const histories = createHistories(8, 10 * DAY_MS)
    const send = (at: number, counted: 'email' | 'onsite' = 'email') =>
      addEntry(histories, { profileId: p1, counted, at, decisionId: `d${at}` })
    for (let i = 0; i < 5; i++) send(i)
    // A page seen a hundred times does not push out what was sent.
    for (let i = 0; i < 100; i++) send(100 + i, 'onsite')
    assert.equal(countSince(histories, [p1], 'email', -1), 5)
    assert.equal(countSince(histories, [p1], '', -1), 5)
    for (let i = 0; i < 100; i++) send(HOUR_MS + i)
    assert.equal(countSince(histories, [p1], 'email', -1), 8)
    addEntry(histories, { profileId: asProfileId('p2'), counted: 'email', at: 11 * DAY_MS, decisionId: 'x' })
    assert.deepEqual([...histories.byProfile.keys()], ['p2'])
  })

  it('G6 looks for people to forget once an hour, and at the same events after a restart', () => {
    const histories = createHistories(8, DAY_MS)
    const send = (id: string, at: number) =>
      addEntry(histories, { profileId: asProfileId(id), counted: 'email', at, decisionId: `d${at}` })
    send('p1', 0)
    send('p2', HOUR_MS / 2)
    send('p3', DAY_MS)
    assert.deepEqual([...histories.byProfile.keys()], ['p2', 'p3'])
    send('p3', DAY_MS + HOUR_MS / 2)
    assert.deepEqual([...histories.byProfile.keys()], ['p2', 'p3'], 'not within the hour')
    assert.equal(countSince(histories, [asProfileId('p2')], 'email', HOUR_MS / 2), 0, 'but it counts no more')
    const state = createGuardrail()
    state.histories.forgottenHour = 7
    assert.equal(restoreGuardrail(dumpGuardrail(state)).histories.forgottenHour, 7)
    send('p3', DAY_MS + HOUR_MS)
    assert.deepEqual([...histories.byProfile.keys()], ['p3'])
  })
})
