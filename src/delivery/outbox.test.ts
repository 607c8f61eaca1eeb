// The outbox as a fold: order, duplicates, replay, limits, and what a crash leaves.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asActionId } from '../kernel/ids.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import { DELIVERY_DENIED, DELIVERY_PARKED, type DeliveryDenied, type DeliveryParked } from './events.ts'
import { failedEvent, heldEvent, placementEvents, sentEvent, withheldEvent } from './outcome-events.ts'
import { attemptedEvent } from './outcome-events.ts'
import {
  createOutbox,
  deliveryCounts,
  dueDeliveries,
  foldOutbox,
  outboxSize,
  recentDeliveries,
  recoverUnknown,
  refusalOf,
  refusedDeliveries,
  unsettledAttempts,
} from './outbox.ts'
import { decodeDump, encodeDump } from '../log/index.ts'
import { dumpOutbox, restoreOutbox } from './outbox-dump.ts'
import { action, campaign, campaignsApplied, decision, delivery, logged, made } from './testing/samples.ts'
import { createSmallLog } from './testing/small-log.ts'

const fold = (events: readonly LogEvent[], options = {}) => {
  const state = createOutbox(options)
  for (const event of events) foldOutbox(state, event)
  return state
}
let facts = 0
const fact = (type: string, data: DeliveryParked | DeliveryDenied): NewEvent => ({
  id: `fact:${++facts}`,
  type,
  key: '',
  at: 5_000,
  data,
})
const attempt = (number: number): NewEvent =>
  attemptedEvent(
    delivery(number),
    { messageId: 'm', creativeId: delivery(number).creativeId, cost: 0, discountShare: 0 },
    5_000,
  )

describe('outbox', () => {
  it('V1 queues an act for its hour and offers it soonest first', () => {
    const state = fold(
      logged([
        campaignsApplied(),
        made(1, { sendAt: 30 }),
        made(2, { sendAt: 10 }),
        made(3, { sendAt: 20 }),
        made(4, { sendAt: 99 }),
      ]),
    )
    assert.deepEqual(
      dueDeliveries(state, 30, 10).map(({ decisionId }) => decisionId),
      ['dec:2', 'dec:3', 'dec:1'],
    )
    assert.deepEqual(dueDeliveries(state, 30, 2).length, 2)
    assert.deepEqual(
      dueDeliveries(state, 30, 2, (id) => id === 'dec:2').map(({ decisionId }) => decisionId),
      ['dec:3', 'dec:1'],
    )
    assert.deepEqual(dueDeliveries(state, 9, 10), [])
  })

  it('V1 takes neither nothing, nor what is withheld, nor a placement', () => {
    const placed = campaign([action(), action({ id: asActionId('banner'), channel: 'onsite' })])
    const state = fold(
      logged([
        campaignsApplied([placed]),
        made(1, { verdict: 'nothing' }),
        made(2, { verdict: 'withheld' }),
        made(3, { actionId: asActionId('banner') }),
        made(4, { actionId: asActionId('gone') }),
      ]),
    )
    assert.equal(outboxSize(state).queued, 0)
    assert.deepEqual(deliveryCounts(state), [{ campaignId: 'welcome', channel: '*', counts: { lost: 1 } }])
  })

  it('V1 knows the action of a decision made under the campaigns before', () => {
    const state = fold(
      logged([campaignsApplied(), campaignsApplied([], 'v2'), made(1, { campaignsVersion: 'v1' })]),
    )
    assert.equal(dueDeliveries(state, 9_999, 1)[0]?.creativeId, 'hello')
  })

  it('V2 an attempt takes a delivery out of the queue for good, and its result settles it', () => {
    const state = fold(logged([campaignsApplied(), made(1), made(2), attempt(1)]))
    assert.deepEqual(
      dueDeliveries(state, 9_999, 9).map(({ decisionId }) => decisionId),
      ['dec:2'],
    )
    assert.equal(unsettledAttempts(state).length, 1)
    for (const event of logged([
      sentEvent(delivery(1), { messageId: 'm', response: 'ok' }, 1),
      failedEvent(delivery(2), { code: 'c', message: 'm', permanent: true }, 2),
    ]))
      foldOutbox(state, event)
    assert.deepEqual(outboxSize(state), { queued: 0, open: 0, room: 200_000 })
    assert.deepEqual(
      recentDeliveries(state).map(({ state: settled, detail }) => [settled, detail]),
      [
        ['failed', 'c: m'],
        ['sent', 'ok'],
      ],
    )
    assert.deepEqual(deliveryCounts(state), [
      { campaignId: 'welcome', channel: 'email', counts: { sent: 1, failed: 1 } },
    ])
  })

  it('V3 after a restart each attempt without a result becomes unknown, once', async () => {
    const log = createSmallLog()
    await log.append([
      campaignsApplied(),
      made(1),
      made(2),
      attempt(1),
      attempt(2),
      sentEvent(delivery(2), { messageId: 'm', response: '' }, 9),
    ])
    const recovered = recoverUnknown(fold(log.events), 10)
    assert.deepEqual(
      recovered.map(({ type, id }) => [type, id]),
      [['delivery.unknown.v1', 'res:dec:1']],
    )
    await log.append(recovered)
    const again = fold(log.events)
    assert.deepEqual(recoverUnknown(again, 11), [])
    assert.deepEqual(dueDeliveries(again, 1e9, 9), [])
    assert.equal(
      (await log.append([sentEvent(delivery(1), { messageId: 'm', response: 'late' }, 12)]))[0]?.duplicate,
      true,
    )
  })

  it('V4 what finds no room is refused and said to be', () => {
    const state = fold(logged([campaignsApplied(), made(1), made(2), made(3)]), { queuedMax: 2 })
    const refused = refusedDeliveries(state, 7)
    assert.deepEqual(
      refused.map(({ type, id }) => [type, id]),
      [['delivery.withheld.v1', 'res:dec:3']],
    )
    for (const event of logged(refused)) foldOutbox(state, event)
    assert.deepEqual(refusedDeliveries(state, 8), [])
    assert.equal(outboxSize(state).room, 0)
  })

  it('S2 V4 what is denied while its attempt is being written stays denied, and has the one end that it comes to', () => {
    const autonomy = {
      class: 'message',
      level: 3,
      line: 'sale',
      holdUntil: 0,
      policyVersion: 'v1',
      grounds: [],
    } as const
    const denied: NewEvent = {
      id: 'denied',
      type: DELIVERY_DENIED,
      key: '',
      at: 6,
      data: { line: 'sale', upTo: 99, proposalId: 'P1', reason: { code: 'denied', detail: 'taken back' } },
    }
    // The no is in the log before the attempt, which was already on its way into it.
    const before = [campaignsApplied(), made(1, { autonomy }), denied]
    const state = fold(logged([...before, attempt(1)]))
    assert.equal(refusalOf(state, 'dec:1')?.code, 'denied', 'it was forgotten at the first byte')
    assert.deepEqual(
      refusedDeliveries(state, 7, (id) => id === 'dec:1'),
      [],
      'a second end would hide what became of it',
    )
    assert.equal(refusedDeliveries(state, 7).length, 1)
    const sent = fold(
      logged([...before, attempt(1), sentEvent(delivery(1), { messageId: 'm', response: 'ok' }, 8)]),
    )
    assert.equal(refusalOf(sent, 'dec:1'), undefined)
    assert.deepEqual(refusedDeliveries(sent, 9), [])
    assert.equal(recentDeliveries(sent)[0]?.state, 'sent')
  })

  it('V1 a held delivery falls due again at its time', () => {
    const held = heldEvent(
      delivery(1),
      { reasons: [{ code: 'quiet_hours', detail: '' }], until: 50_000 },
      2_000,
    )
    const state = fold(logged([campaignsApplied(), made(1), held]))
    assert.deepEqual(dueDeliveries(state, 49_999, 1), [])
    assert.equal(dueDeliveries(state, 50_000, 1)[0]?.sendAt, 1_001)
  })

  it('V5 a placement is attempted and sent as it is answered', () => {
    const banner = action({ id: asActionId('banner'), channel: 'onsite', contactCost: 0 })
    const state = fold(
      logged([
        campaignsApplied([campaign([banner])]),
        made(1, { actionId: banner.id }),
        ...placementEvents(decision(1, { actionId: banner.id }), banner),
      ]),
    )
    assert.deepEqual(deliveryCounts(state), [
      { campaignId: 'welcome', channel: 'onsite', counts: { sent: 1 } },
    ])
    assert.equal(unsettledAttempts(state).length, 0)
  })

  it('V6 the same events give the same bytes, in one go or through a snapshot anywhere', () => {
    const step = fc.tuple(
      fc.nat(11),
      fc.constantFrom('made', 'made', 'attempt', 'sent', 'withheld', 'held', 'parked', 'denied'),
      fc.nat(100),
    )
    const eventOf = ([number, kind, when]: [number, string, number]): NewEvent => {
      if (kind === 'made') return made(number, { sendAt: when })
      if (kind === 'attempt') return attempt(number)
      if (kind === 'sent') return sentEvent(delivery(number), { messageId: 'm', response: '' }, when)
      // By a heap that a snapshot has put together anew, too.
      if (kind === 'parked')
        return fact(DELIVERY_PARKED, { line: 'late', before: when, scope: { kind: 'all' } })
      if (kind === 'denied')
        return fact(DELIVERY_DENIED, {
          line: number % 2 === 0 ? '' : 'late',
          upTo: when,
          proposalId: 'p',
          reason: { code: 'not_approved', detail: '' },
        })
      if (kind === 'held') return heldEvent(delivery(number), { reasons: [], until: when }, when)
      return withheldEvent(delivery(number), [{ code: 'late', detail: '' }], when)
    }
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), fc.nat(60), (steps, cut) => {
        const events = logged([campaignsApplied(), ...steps.map(eventOf)])
        const whole = fold(events, { queuedMax: 12, recentMax: 5 })
        const half = fold(events.slice(0, cut), { queuedMax: 12, recentMax: 5 })
        const resumed = restoreOutbox(decodeDump(encodeDump(dumpOutbox(half))), {
          queuedMax: 12,
          recentMax: 5,
        })
        for (const event of events.slice(cut)) foldOutbox(resumed, event)
        assert.deepEqual(encodeDump(dumpOutbox(resumed)), encodeDump(dumpOutbox(whole)))
        const due = dueDeliveries(whole, 60, 100)
        const sorted = due.toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)
        assert.deepEqual(due, sorted)
        assert.equal(due.length, whole.queue.items.filter(({ dueAt }) => dueAt <= 60).length)
      }),
      { numRuns: 200 },
    )
  })
})
