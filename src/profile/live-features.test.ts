// Live features: counted right, late or not, merged or not, and handed to the model under stable names.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { profileFeatures, refusalCounts, usualHoursOf, viewProfile } from './index.ts'
import type { FeatureView } from './index.ts'
import { createStory, DAY, HOUR, START } from './testing/story.ts'
import type { Story } from './testing/story.ts'
import type { Signal } from '../signal/events.ts'

const viewOf = (story: Story, now: number): FeatureView =>
  viewProfile(story.state, 0, now, DEFAULT_BUSINESS).features
const near = (actual: number, expected: number, about = '') =>
  assert.ok(
    Math.abs(actual - expected) <= 1e-4 * Math.max(1, Math.abs(expected)),
    `${about} ${actual} is not ${expected}`,
  )

const activity = fc.record({
  at: fc.integer({ min: 0, max: 900 }).map((days) => START + days * DAY),
  what: fc.constantFrom<Partial<Signal>>(
    { name: 'Product Viewed', properties: { category: 'Shoes' } },
    { name: 'Product Added', properties: { category: 'Hats' } },
    { name: 'Order Completed', properties: { revenue: 19.99 } },
    { kind: 'page', name: 'Home' },
  ),
})

const DELIVERY = { decisionId: 'd1', campaignId: 'c1', profileId: 'p1', channel: 'email' }

describe('live features', () => {
  it('P17 counts orders, money and times', () => {
    const story = createStory()
    story.tell({ userId: 'u1', name: 'Order Completed', properties: { revenue: 0.1 }, at: START })
    story.tell({ userId: 'u1', name: 'Order Completed', properties: { revenue: 0.2 }, at: START + DAY })
    story.tell({ userId: 'u1', name: 'Product Added', at: START - DAY })
    const view = viewOf(story, START + 2 * DAY)
    assert.equal(view.orders, 2)
    assert.equal(view.revenue, 0.3, 'exact, though .1 + .2 is not')
    assert.equal(view.averageOrder, 0.15)
    assert.equal(view.daysSinceLastOrder, 1)
    assert.equal(view.daysSinceFirstSeen, 3)
    assert.equal(view.daysSinceLastCart, 3)
    assert.equal('daysSinceLastSend' in view, false)
  })

  it('P17 halves the short counters in 7 days and the long ones in 60', () => {
    const story = createStory()
    story.tell({ userId: 'u1', name: 'Product Viewed', at: START })
    near(viewOf(story, START).views7d, 1)
    near(viewOf(story, START + 7 * DAY).views7d, 0.5)
    near(viewOf(story, START + 60 * DAY).activity60d, 0.5)
    story.tell({ userId: 'u1', name: 'Product Viewed', at: START + 1_000 * DAY })
    near(viewOf(story, START + 1_007 * DAY).views7d, 0.5, 'after years')
  })

  it('P17 gives the same decayed counters in any order, over years', () => {
    fc.assert(
      fc.property(fc.array(activity, { minLength: 1, maxLength: 30 }), (events) => {
        const inOrder = createStory()
        const shuffled = createStory()
        const tell = (story: Story, { at, what }: (typeof events)[number]) =>
          story.tell({ userId: 'u1', ...what, at })
        for (const event of events.toSorted((a, b) => a.at - b.at)) tell(inOrder, event)
        for (const event of events) tell(shuffled, event)
        const left = viewOf(inOrder, START + 901 * DAY)
        const right = viewOf(shuffled, START + 901 * DAY)
        for (const name of ['activity7d', 'views7d', 'carts7d', 'activity60d', 'orders60d'] as const)
          near(left[name], right[name], name)
        for (const name of [
          'orders',
          'revenue',
          'events',
          'daysSinceLastSeen',
          'daysSinceFirstSeen',
        ] as const)
          assert.equal(left[name], right[name], name)
      }),
      { numRuns: 100 },
    )
  })

  it('P9 counts two profiles that merge as if all had come to one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(activity, fc.boolean()), { minLength: 1, maxLength: 25 }), (events) => {
        const one = createStory()
        const two = createStory()
        one.tell({ userId: 'u1', kind: 'identify' })
        one.tell({ userId: 'u1', kind: 'identify' })
        two.tell({ userId: 'u1', kind: 'identify' })
        two.tell({ anonymousId: 'a1', kind: 'identify' })
        for (const [{ at, what }, anonymous] of events) {
          one.tell({ userId: 'u1', ...what, at })
          two.tell({ ...(anonymous ? { anonymousId: 'a1' } : { userId: 'u1' }), ...what, at })
        }
        two.tell({ kind: 'group', userId: 'u1', anonymousId: 'a1' })
        const left = viewOf(one, START + 901 * DAY)
        const right = viewOf(two, START + 901 * DAY)
        for (const name of [
          'activity7d',
          'views7d',
          'carts7d',
          'activity60d',
          'orders60d',
          'revenue',
        ] as const)
          near(left[name], right[name], name)
        assert.equal(left.orders, right.orders)
        assert.equal(left.events, right.events)
      }),
      { numRuns: 100 },
    )
  })

  it('P17 learns usual hours in the zone of the person', () => {
    const story = createStory()
    const context = { timezone: 'Asia/Tokyo' }
    for (let day = 0; day < 5; day++)
      story.tell({ kind: 'page', userId: 'u1', context, at: START + day * DAY })
    story.tell({ kind: 'page', userId: 'u1', context, at: START + 3 * HOUR })
    assert.equal(viewOf(story, START).usualHour, 19)
    assert.deepEqual(usualHoursOf(story.state, 0), [19])
    assert.equal(viewOf(story, START).usualWeekday, 1)
  })

  it('P17 keeps the heaviest categories when there are more than eight', () => {
    const story = createStory()
    const see = (category: string) =>
      story.tell({ userId: 'u1', name: 'Product Viewed', properties: { category } })
    for (let i = 0; i < 20; i++) see('Shoes')
    for (let i = 0; i < 40; i++) see(`c${i}`)
    assert.equal(viewOf(story, START).topCategory, 'Shoes')
    assert.equal(Object.keys(viewOf(story, START).categories).length, 8)
  })

  it('P18 counts sends and human responses, and tires nobody with placements', () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    const attempted = (channel: string, at: number) =>
      story.record('delivery.attempted.v1', { ...DELIVERY, channel, messageId: 'm', cost: 0 }, at)
    attempted('email', START)
    attempted('email', START + DAY)
    attempted('onsite', START + DAY)
    for (const machine of [true, false])
      story.record('delivery.responded.v1', { ...DELIVERY, kind: 'clicked', machine, url: '' }, START + DAY)
    const view = viewOf(story, START + DAY)
    assert.deepEqual(view.channels['email'], { sent: 2, opened: 0, clicked: 1 })
    assert.equal(view.sends7d, 2)
    assert.equal(view.sends1d, 1)
    assert.equal(viewOf(story, START + 7 * DAY).sends7d, 1)
    assert.equal(viewOf(story, START + 8 * DAY).sends7d, 0)
    attempted('email', START - 30 * DAY)
    assert.equal(viewOf(story, START + DAY).sends7d, 2, 'a late send of long ago is no fatigue')
  })

  it('P19 counts names beyond the limit and keeps the rest of the event', () => {
    const story = createStory({ namesMax: 2 })
    story.tell({ userId: 'u1', name: 'Product Viewed', properties: { category: 'a' } })
    story.tell({ userId: 'u1', name: 'Product Viewed', properties: { category: 'b' } })
    assert.equal(refusalCounts(story.state).names_full, 1)
    assert.equal(viewOf(story, START).events, 2)
  })

  it('P21 names its model features stably', () => {
    const story = createStory()
    story.tell({ kind: 'identify', userId: 'u1', traits: { city: 'Riga', age: 33, vip: true } })
    story.tell({ userId: 'u1', name: 'Order Completed', properties: { revenue: 40 }, at: START - 5 * DAY })
    const names = profileFeatures(story.state, 0, START + 4 * DAY, DEFAULT_BUSINESS, [
      'city',
      'age',
      'vip',
      'none',
    ])
    assert.deepEqual(
      names.filter(([, value]) => value === 1).map(([name]) => name),
      [
        'recency=3d-7d',
        'order_recency=7d-30d',
        'cart_recency=never',
        'send_recency=never',
        'tenure=7d-30d',
        'orders=1',
        'spend=1e1',
        'freq7d=0-1',
        'views7d=0',
        'fatigue=0',
        'category=none',
        'usual_hour=morning',
        'usual_day=weekday',
        'email_ctr=never',
        'push_ctr=never',
        'sms_ctr=never',
        'messenger_ctr=never',
        'trait:city=Riga',
        'trait:vip=true',
        'trait:none=none',
      ],
    )
    for (const [name, value] of names) assert.ok(Number.isFinite(value) && Math.abs(value) <= 2, name)
    assert.equal(profileFeatures(story.state, 0, START, DEFAULT_BUSINESS).length, 21)
  })
})
