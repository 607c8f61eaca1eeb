// The door out: who gets a pass, and that no order of events lets one too many through.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asCampaignId, asProfileId } from '../kernel/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import { checkAction } from './check.ts'
import { clear, isCleared, release, takeOverReservations } from './clear.ts'
import type { Cleared } from './clear.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { createGuardrail } from './state.ts'
import { action, attempted, check, event, fold, NOON, recipient, request } from './testing/examples.ts'

const codes = (clearance: ReturnType<typeof clear>) =>
  clearance.kind === 'cleared' ? [] : clearance.reasons.map(({ code }) => code)
const capOne = event('limits.applied.v1', {
  version: 'v',
  limits: { ...DEFAULT_LIMITS, personCaps: [{ channel: 'email', max: 1, perMs: DAY_MS }] },
})

describe('the door out', () => {
  it('S11 G10 gives a pass that nobody else can make', () => {
    const clearance = clear(createGuardrail(), request('d1'))
    assert.equal(clearance.kind, 'cleared')
    if (clearance.kind !== 'cleared') return
    assert.equal(clearance.cleared.payload, 'd1')
    assert.ok(isCleared(clearance.cleared))
    assert.ok(!isCleared(Object.assign({}, clearance.cleared)))
    assert.ok(!isCleared(Object.create(Object.getPrototypeOf(clearance.cleared) as object)))
    assert.ok(!isCleared(JSON.parse(JSON.stringify(clearance.cleared))))
    const Maker = clearance.cleared.constructor as unknown as new (
      key: symbol,
      id: string,
      payload: string,
    ) => unknown
    assert.throws(() => new Maker(Symbol('guardrail'), 'd2', 'x'), /only the guardrail clears/)
    assert.throws(() => Object.assign(clearance.cleared, { payload: 'y' }), TypeError)
  })

  it('S11 G10 holds a place in the caps until it is released, withheld or attempted', () => {
    const state = fold(createGuardrail(), capOne)
    const first = clear(state, request('d1'))
    assert.deepEqual(codes(clear(state, request('d2'))), ['person_cap'])
    if (first.kind === 'cleared') release(state, first.cleared)
    assert.equal(clear(state, request('d2')).kind, 'cleared')
    const about = { decisionId: 'd2', campaignId: 'welcome', profileId: 'p1', channel: 'email' }
    fold(state, event('delivery.withheld.v1', { ...about, reasons: [] }))
    assert.equal(clear(state, request('d3')).kind, 'cleared')
    fold(state, attempted('d3'))
    assert.equal(state.reservations.size, 0)
    assert.deepEqual(codes(clear(state, request('d4'))), ['person_cap'])
  })

  it('S3 G10 a state folded anew keeps the places of what is on its way out, and gives them back once', () => {
    const before = fold(createGuardrail(), capOne)
    const first = clear(before, request('d1'))
    const anew = fold(createGuardrail(), capOne)
    takeOverReservations(anew, before)
    assert.deepEqual(codes(clear(anew, request('d1'))), ['person_cap', 'superseded'])
    assert.deepEqual(codes(clear(anew, request('d2'))), ['person_cap'])
    if (first.kind === 'cleared') release(anew, first.cleared)
    assert.equal(clear(anew, request('d2')).kind, 'cleared')
  })

  it('G14 lets decisions see what was attempted, not what is on its way out', () => {
    const state = fold(createGuardrail(), capOne)
    assert.equal(clear(state, request('d1')).kind, 'cleared')
    assert.deepEqual(checkAction(state, check()), [])
    fold(state, attempted('d1'))
    assert.equal(checkAction(state, check()).length, 1)
  })

  it('S11 G10 clears one decision once at a time, and no more at once than it may', () => {
    const state = createGuardrail({ reservationsMax: 2 })
    assert.equal(clear(state, request('d1')).kind, 'cleared')
    assert.deepEqual(codes(clear(state, request('d1'))), ['superseded'])
    const other = (id: string) => ({ recipient: recipient({ profileId: asProfileId(id) }) })
    assert.equal(clear(state, request('d2', other('p2'))).kind, 'cleared')
    assert.deepEqual(codes(clear(state, request('d3', other('p3')))), ['overloaded'])
  })

  it('S11 G10 does not clear what is later than the limit', () => {
    const state = createGuardrail()
    assert.equal(clear(state, request('d1', { sendAt: NOON - HOUR_MS })).kind, 'cleared')
    assert.deepEqual(codes(clear(state, request('d2', { sendAt: NOON - HOUR_MS - 1 }))), ['late'])
  })

  it('S11 G10 judges quiet hours when transmitting, not when it was meant to leave', () => {
    const late = { now: NOON + 9 * HOUR_MS, sendAt: NOON + 9 * HOUR_MS - MINUTE_MS }
    assert.deepEqual(codes(clear(createGuardrail(), request('d1', late))), ['quiet_hours'])
  })

  it('S3 G8 holds money for messages on their way out', () => {
    const state = createGuardrail()
    const campaign = { id: asCampaignId('welcome'), status: 'live' as const, budget: 0.0045 }
    const to = (id: string) => ({ campaign, recipient: recipient({ profileId: asProfileId(id) }) })
    const first = clear(state, request('d1', to('p1')))
    assert.equal(clear(state, request('d2', to('p2'))).kind, 'cleared')
    assert.deepEqual(codes(clear(state, request('d3', to('p3')))), ['campaign_budget'])
    if (first.kind === 'cleared') release(state, first.cleared)
    assert.equal(clear(state, request('d3', to('p3'))).kind, 'cleared')
  })

  it('S3 G6 passes no cap with eight senders at once, whatever the order of their steps', () => {
    const steps = fc.array(
      fc.record({
        sender: fc.nat(7),
        person: fc.nat(2),
        wait: fc.nat(40),
        abandon: fc.boolean(),
        fails: fc.nat(5),
      }),
      { minLength: 20, maxLength: 150 },
    )
    fc.assert(
      fc.property(steps, (plan) => {
        assert.deepEqual(breaches(plan), [])
      }),
      { numRuns: 300 },
    )
  })
})

type Step = { sender: number; person: number; wait: number; abandon: boolean; fails: number }
const CAPS = [
  { channel: 'email' as const, max: 2, perMs: 6 * HOUR_MS },
  { channel: '' as const, max: 3, perMs: 8 * HOUR_MS },
]

/**
 * Eight senders take turns in the planned order: one that is free clears, one that holds a pass attempts
 * or gives up, one that has attempted gets its result. Counted here from the attempts alone.
 */
const breaches = (plan: readonly Step[]): string[] => {
  const limits = { ...DEFAULT_LIMITS, quietHours: null, personCaps: CAPS }
  const state = fold(createGuardrail(), event('limits.applied.v1', { version: 'v', limits }, 0))
  type Sent = { id: string; person: number; channel: 'email' | 'sms'; at: number; failed: boolean }
  const senders: ({ pass: Cleared<string>; sent: Sent; attempted: boolean } | undefined)[] =
    Array(8).fill(undefined)
  const sent: Sent[] = []
  let now = NOON
  for (const [index, step] of plan.entries()) {
    now += step.wait * MINUTE_MS
    const holding = senders[step.sender]
    if (holding === undefined) {
      const channel = index % 3 === 0 ? 'sms' : 'email'
      const profileId = asProfileId(`p${step.person}`)
      // Person 2 is person 1 merged with another.
      const ids =
        step.person === 1
          ? [profileId, asProfileId('p2')]
          : step.person === 2
            ? [profileId, asProfileId('p1')]
            : [profileId]
      const result = clear(
        state,
        request(`d${index}`, {
          now,
          sendAt: now,
          action: action({ channel }),
          recipient: recipient({ profileId, ids }),
        }),
      )
      if (result.kind === 'cleared')
        senders[step.sender] = {
          pass: result.cleared,
          attempted: false,
          sent: { id: `d${index}`, person: Math.min(step.person, 1), channel, at: now, failed: false },
        }
    } else if (!holding.attempted) {
      if (step.abandon) {
        release(state, holding.pass)
        senders[step.sender] = undefined
      } else {
        holding.sent.at = now
        holding.attempted = true
        sent.push(holding.sent)
        fold(state, result('attempted', holding.sent, now))
      }
    } else {
      holding.sent.failed = step.fails === 0
      fold(state, result(holding.sent.failed ? 'failed' : 'sent', holding.sent, now))
      senders[step.sender] = undefined
    }
  }
  return sent.flatMap((last) =>
    CAPS.flatMap(({ channel, max, perMs }) => {
      const within = sent.filter(
        (one) =>
          !one.failed &&
          one.person === last.person &&
          one.at <= last.at &&
          one.at > last.at - perMs &&
          (channel === '' || one.channel === channel),
      )
      return within.length > max ? [`${last.id}: ${within.length} of ${max} ${channel}`] : []
    }),
  )
}

const result = (
  kind: 'attempted' | 'failed' | 'sent',
  sent: { id: string; person: number; channel: string },
  at: number,
): LogEvent =>
  kind === 'attempted'
    ? attempted(sent.id, { profileId: `p${sent.person}`, channel: sent.channel }, at)
    : event(
        `delivery.${kind}.v1`,
        {
          decisionId: sent.id,
          campaignId: 'welcome',
          profileId: `p${sent.person}`,
          channel: sent.channel,
          code: '',
          message: '',
          permanent: true,
        },
        at,
      )
