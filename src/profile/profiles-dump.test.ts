// The same log gives the same bytes, folded in one go or restored in between; and finds people again.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hash32 } from '../kernel/hash.ts'
import type { Signal } from '../signal/events.ts'
import { CONSENT_CHANGED } from './events.ts'
import {
  countProfiles,
  dumpProfiles,
  eachProfile,
  findProfile,
  restoreProfiles,
  sampleProfiles,
  slotCount,
  timelineOffsets,
} from './index.ts'
import { createStory, DAY, START } from './testing/story.ts'
import type { Story } from './testing/story.ts'

const id = (prefix: string, max: number) =>
  fc.option(
    fc.integer({ min: 1, max }).map((n) => `${prefix}${n}`),
    { nil: '' },
  )
const anySignal = fc.record({
  kind: fc.constantFrom<Signal['kind']>('identify', 'track', 'page', 'alias', 'group'),
  userId: id('u', 4),
  anonymousId: id('a', 6),
  previousId: id('u', 4),
  name: fc.constantFrom('Order Completed', 'Product Viewed', 'Product Added', 'Consent Changed', 'x'),
  properties: fc.constantFrom<Signal['properties']>(
    { revenue: 5, category: 'Shoes' },
    { category: 'Hats', granted: false, channel: 'all' },
    { granted: true, channel: 'email' },
  ),
  traits: fc.constantFrom<Signal['traits']>(
    {},
    { city: 'Рига', email: 'a@x.eu' },
    { city: null, phone: '+37120000000' },
  ),
  context: fc.constantFrom<Signal['context']>(
    {},
    { timezone: 'Asia/Tokyo', locale: 'ru', device: { id: 'd1' } },
  ),
  at: fc.integer({ min: 0, max: 500 }).map((days) => START + days * DAY),
})
const anyEvent = fc.oneof(
  { weight: 5, arbitrary: fc.array(anySignal, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean()) },
)
type AnyEvent = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never

const play = (story: Story, event: AnyEvent): void => {
  if (typeof event[0] === 'object') {
    story.tell(...(event as Partial<Signal>[]))
    return
  }
  const [slot, granted] = event as [number, boolean]
  story.record(CONSENT_CHANGED, {
    profileId: `p${slot}`,
    channel: 'sms',
    purpose: 'marketing',
    granted,
    textVersion: '',
    source: 'x',
  })
  story.record('delivery.attempted.v1', { profileId: `p${slot}`, channel: 'sms', cost: 0 })
}

describe('dump', () => {
  it('P20 has the same bytes, folded in one go or restored in between', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(40), (events, cut) => {
        const whole = createStory({ timelineMax: 16 })
        const parted = createStory({ timelineMax: 16 })
        events.forEach((event, i) => {
          if (i === cut)
            parted.state = restoreProfiles(structuredClone(dumpProfiles(parted.state)), { timelineMax: 16 })
          play(whole, event)
          play(parted, event)
        })
        assert.deepEqual(dumpProfiles(parted.state), dumpProfiles(whole.state))
      }),
      { numRuns: 150 },
    )
  })

  it('P20 has the same bytes when the same log is folded again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        const first = createStory()
        for (const event of events) play(first, event)
        const again = createStory()
        for (const event of first.events) again.replay(event)
        assert.deepEqual(dumpProfiles(again.state), dumpProfiles(first.state))
      }),
      { numRuns: 50 },
    )
  })

  it('P20 finds each of many people again after a restore', () => {
    const story = createStory()
    for (let i = 0; i < 5_000; i++)
      story.tell({
        kind: 'identify',
        userId: `user-${i}`,
        anonymousId: `Ünï-${hash32(`${i}`)}`,
        traits: { n: i },
      })
    const restored = restoreProfiles(dumpProfiles(story.state))
    for (let i = 0; i < 5_000; i += 7) {
      assert.equal(findProfile(restored, { kind: 'user', value: `user-${i}` }), i)
      assert.equal(findProfile(restored, { kind: 'anonymous', value: `Ünï-${hash32(`${i}`)}` }), i)
      assert.equal(findProfile(restored, { kind: 'email', value: `user-${i}` }), undefined)
    }
    assert.equal(countProfiles(restored), 5_000)
  })
})

describe('all profiles', () => {
  it('P9 are counted and visited without those merged away', () => {
    const story = createStory()
    for (let i = 0; i < 10; i++) story.tell({ anonymousId: `a${i}` })
    story.tell({ userId: 'u1', anonymousId: 'a3' }, { userId: 'u1', anonymousId: 'a5' })
    const refs: number[] = []
    eachProfile(story.state, (ref) => void refs.push(ref))
    assert.deepEqual(refs, [0, 1, 2, 3, 4, 6, 7, 8, 9])
    assert.equal(slotCount(story.state), 10)
    assert.equal(countProfiles(story.state), 9)
    assert.deepEqual(sampleProfiles(story.state, 5), [0, 2, 4, 6, 8])
    eachProfile(story.state, (ref) => ref < 2)
  })
})

describe('timeline', () => {
  const offsetsOf = (story: Story, ref: number, limit?: number) =>
    timelineOffsets(story.state, ref, limit).map(({ offset }) => offset)

  it('P30 is newest first, one entry an event, with decisions and what was merged', () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { userId: 'u1' })
    story.tell({ anonymousId: 'a1' })
    story.record('decision.made.v1', { profileId: 'p2' })
    story.record('outcome.settled.v1', { profileId: 'p1' })
    story.record('decision.made.v1', { profileId: 'p99' })
    story.tell({ userId: 'u1', anonymousId: 'a1' })
    assert.deepEqual(offsetsOf(story, 0), [6, 4, 3, 2, 1])
    assert.deepEqual(offsetsOf(story, 1, 2), [6, 4])
  })

  it('P30 lets the oldest entries of all fall off', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 80 }), (people) => {
        const story = createStory({ timelineMax: 20 })
        const told: number[][] = [[], [], [], [], []]
        for (let i = 0; i < 5; i++) story.tell({ userId: `u${i}` })
        for (const person of people) {
          story.tell({ userId: `u${person}` })
          told[person]?.push(story.events.length)
        }
        const oldest = story.events.length - 20
        told.forEach((offsets, person) => {
          const expected = [person + 1, ...offsets].filter((offset) => offset > oldest).toReversed()
          assert.deepEqual(offsetsOf(story, person), expected)
        })
      }),
    )
  })
})
