// Contacts before orders: from the business's own deliveries, clicks and visits, folded as the log brings them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { LogEvent } from '../../log/port.ts'
import type { Signal } from '../../signal/events.ts'
import { attribute } from './attribute.ts'
import { arrivalOf } from './arrivals.ts'
import {
  CONTACT_LIMITS,
  createContacts,
  dumpContacts,
  foldContacts,
  restoreContacts,
  type Contacts,
} from './contacts.ts'
import { journeysOf } from './journeys.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000
const ALL = { by: 'campaign', touches: 'all' } as const

const signalOf = (given: Partial<Signal>): Signal => ({
  kind: 'track',
  messageId: 'm',
  userId: '',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name: '',
  properties: {},
  traits: {},
  context: {},
  at: START,
  receivedAt: START,
  source: 'test',
  ...given,
})

type Step =
  | { readonly what: 'sent' | 'clicked' | 'scanned'; readonly campaign: string; readonly channel?: string }
  | { readonly what: 'order'; readonly margin: number }
  | { readonly what: 'came'; readonly url: string }
  | { readonly what: 'merge'; readonly into: number }
  | { readonly what: 'quiet' }

let offset = 0
const play = (state: Contacts, hour: number, ref: number, step: Step): void => {
  const at = START + hour * HOUR
  const event = (type: string, data: unknown = {}): LogEvent => ({
    offset: ++offset,
    id: `e${offset}`,
    type,
    key: '',
    at,
    data,
  })
  const about = (campaign: string, channel: string) => ({
    decisionId: 'd',
    campaignId: campaign,
    profileId: String(ref),
    channel,
  })
  const [type, data, signals, merges] = ((): [
    string,
    unknown,
    Signal[],
    { from: number; into: number }[],
  ] => {
    switch (step.what) {
      case 'sent':
        return ['delivery.sent.v1', about(step.campaign, step.channel ?? 'email'), [], []]
      case 'clicked':
      case 'scanned': {
        const answer = { kind: 'clicked', machine: step.what === 'scanned', url: 'https://shop.example' }
        return [
          'delivery.responded.v1',
          { ...about(step.campaign, step.channel ?? 'email'), ...answer },
          [],
          [],
        ]
      }
      case 'order': {
        const properties = { order_id: `o${offset}`, revenue: 100, margin: step.margin }
        return ['signal.received.v1', {}, [signalOf({ name: 'Order Completed', properties, at })], []]
      }
      case 'came':
        return [
          'signal.received.v1',
          {},
          [signalOf({ kind: 'page', context: { page: { url: step.url } }, at })],
          [],
        ]
      case 'merge':
        return ['signal.received.v1', {}, [], [{ from: ref, into: step.into }]]
      case 'quiet':
        return ['nothing.v1', {}, [], []]
    }
  })()
  foldContacts(state, event(type, data), {
    touches: signals.map((signal) => ({ ref, signal })),
    merges,
    refOf: (id) => Number(id),
    business: DEFAULT_BUSINESS,
  })
}

const played = (...steps: readonly (readonly [hour: number, ref: number, step: Step])[]): Contacts => {
  const state = createContacts()
  for (const [hour, ref, step] of steps) play(state, hour, ref, step)
  return state
}

describe('contacts', () => {
  it('AT8 what was sent, clicked and visited before an order is its path, and the order ends it', () => {
    const state = played(
      [0, 1, { what: 'sent', campaign: 'welcome' }],
      [2, 1, { what: 'clicked', campaign: 'welcome' }],
      [5, 1, { what: 'came', url: 'https://s.example/?utm_source=search&utm_medium=cpc&utm_campaign=boots' }],
      [6, 1, { what: 'order', margin: 40 }],
      [7, 1, { what: 'order', margin: 10 }],
    )
    const { journeys, alone } = journeysOf(state, ALL)
    assert.deepEqual(journeys, [{ channels: ['welcome', 'ads: boots'], conversions: 1, value: 40, nulls: 0 }])
    assert.deepEqual(alone, { orders: 1, value: 10 })
    const found = attribute(journeys)
    assert.equal(found.channels.find(({ channel }) => channel === 'ads: boots')?.values.last, 40)
    assert.equal(found.channels.find(({ channel }) => channel === 'welcome')?.values.first, 40)
  })

  it('AT9 only clicks: what was merely sent was not there, and an order after it stood alone', () => {
    const state = played(
      [0, 1, { what: 'sent', campaign: 'welcome' }],
      [1, 1, { what: 'scanned', campaign: 'welcome' }],
      [2, 1, { what: 'order', margin: 40 }],
      [0, 2, { what: 'sent', campaign: 'cart' }],
      [1, 2, { what: 'clicked', campaign: 'cart' }],
      [2, 2, { what: 'order', margin: 30 }],
    )
    const { journeys, alone } = journeysOf(state, { by: 'channel', touches: 'clicks' })
    assert.deepEqual(journeys, [{ channels: ['email'], conversions: 1, value: 30, nulls: 0 }])
    assert.deepEqual(alone, { orders: 1, value: 40 })
  })

  it('AT10 after thirty days a touch counts no more; a journey that ends so, or still runs, is one without an order', () => {
    const state = played(
      [0, 1, { what: 'sent', campaign: 'welcome' }],
      [10, 2, { what: 'sent', campaign: 'welcome' }],
      [31 * 24, 1, { what: 'order', margin: 40 }],
    )
    assert.equal(state.people.size, 0)
    assert.deepEqual(journeysOf(state, ALL), {
      journeys: [{ channels: ['welcome'], conversions: 0, value: 0, nulls: 2 }],
      alone: { orders: 1, value: 40 },
      campaigns: new Map([['email', new Set(['welcome'])]]),
    })
    play(state, 31 * 24 + 1, 3, { what: 'sent', campaign: 'cart' })
    assert.equal(
      journeysOf(state, ALL).journeys.reduce((sum, { nulls }) => sum + nulls, 0),
      3,
    )
  })

  it('AT11 two profiles that turn out to be one person have one path, in the order of time', () => {
    const state = played(
      [3, 1, { what: 'sent', campaign: 'cart' }],
      [1, 2, { what: 'sent', campaign: 'welcome' }],
      [4, 2, { what: 'merge', into: 1 }],
      [5, 1, { what: 'order', margin: 40 }],
    )
    assert.deepEqual(
      journeysOf(state, ALL).journeys.map(({ channels }) => channels),
      [['welcome', 'cart']],
    )
  })

  it('AT12 a visit tells where it came from by its campaign or its address; a click id means it was paid for', () => {
    const came = (url: string, context: Readonly<Record<string, unknown>> = {}) =>
      arrivalOf(signalOf({ kind: 'page', context: { page: { url }, ...context } }))
    assert.equal(came('https://shop.example/boots?size=41'), null)
    assert.deepEqual(came('https://shop.example/?gclid=x1'), { channel: 'ads', campaign: '', kind: 'came' })
    assert.deepEqual(came('https://shop.example/?utm_source=Partner&utm_medium=Referral#top'), {
      channel: 'referral',
      campaign: 'partner',
      kind: 'came',
    })
    const campaign = { source: 'google', medium: 'organic', name: 'spring' }
    assert.deepEqual(came('', { campaign }), { channel: 'organic', campaign: 'spring', kind: 'came' })
  })

  it('AT13 touches of one person, touchpoints and different paths are limited, and what is cut is counted', () => {
    const state = createContacts()
    for (let k = 0; k < CONTACT_LIMITS.touches + 5; k++)
      play(state, k, 1, { what: 'sent', campaign: `c${k}` })
    assert.equal(state.people.get(1)?.length, CONTACT_LIMITS.touches)
    assert.equal(state.cut.touches, 5)
    for (let k = 0; k < CONTACT_LIMITS.labels; k++)
      play(state, 30, 100 + k, { what: 'sent', campaign: `d${k}` })
    assert.equal(state.labels.length, CONTACT_LIMITS.labels)
    assert.equal(state.cut.touches, 30)
  })

  it('AT14 any history, dumped and restored in the middle, ends in the same bytes, and loses no order', () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({
        what: fc.constantFrom<'sent' | 'clicked' | 'scanned'>('sent', 'clicked', 'scanned'),
        campaign: fc.constantFrom('a', 'b', 'c'),
      }),
      fc.record({ what: fc.constant<'order'>('order'), margin: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ what: fc.constant<'merge'>('merge'), into: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ what: fc.constant<'quiet'>('quiet') }),
    )
    const history = fc.array(
      fc.tuple(fc.integer({ min: 0, max: (60 * DAY_MS) / HOUR }), fc.integer({ min: 1, max: 4 }), step),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(history, fc.nat(60), (steps, cut) => {
        const whole = played(...steps)
        const first = played(...steps.slice(0, cut))
        const second = restoreContacts(structuredClone(dumpContacts(first)))
        for (const [hour, ref, one] of steps.slice(cut)) play(second, hour, ref, one)
        assert.deepEqual(dumpContacts(second), dumpContacts(whole))
        const { journeys, alone } = journeysOf(whole, ALL)
        const orders = steps.filter(([, , one]) => one.what === 'order').length
        assert.equal(
          journeys.reduce((sum, { conversions }) => sum + conversions, alone.orders),
          orders,
        )
      }),
      { numRuns: 60 },
    )
  })
})
