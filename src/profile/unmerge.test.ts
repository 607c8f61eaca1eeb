// A wrong merge is taken apart, and everybody has what they would have had without it.

import { strict as assert } from 'node:assert'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Signal } from '../signal/events.ts'
import { CONSENT_CHANGED, UNMERGE_STARTED, UNMERGED } from './events.ts'
import type { Identifier } from './events.ts'
import {
  consentOf,
  countProfiles,
  dumpProfiles,
  findProfile,
  idsOf,
  isSettled,
  openUnmerges,
  planUnmerge,
  profileIdOf,
  refusalCounts,
  restoreProfiles,
  timelineOffsets,
  viewProfile,
} from './index.ts'
import { createStory, DAY, historyOf, signalsOf, START } from './testing/story.ts'
import type { Story } from './testing/story.ts'

const ANN: Identifier = { kind: 'user', value: 'u1' }
const BOB: Identifier = { kind: 'anonymous', value: 'b1' }
const LEAVING: readonly Identifier[] = [BOB, { kind: 'email', value: 'bob@x.eu' }]
const NOW = START + 400 * DAY

const takeApart = async (story: Story, meanwhile: () => void = () => undefined): Promise<void> => {
  const profileId = profileIdOf(story.state, 0)
  story.record(UNMERGE_STARTED, { unmergeId: 'x1', profileId, leaving: LEAVING })
  const upTo = story.events.length
  meanwhile()
  story.record(UNMERGED, await planOf(story, upTo))
}

const planOf = (story: Story, upTo: number) =>
  planUnmerge({
    state: story.state,
    history: historyOf(story),
    signalsOf,
    upTo,
    unmergeId: 'x1',
    profileId: 'p1',
    leaving: LEAVING,
    by: 'ann',
    business: DEFAULT_BUSINESS,
  })

const personOf = (story: Story, identifier: Identifier) => {
  const ref = findProfile(story.state, identifier)
  assert.ok(ref !== undefined)
  const { features, traits, consents, timeZone, locale, identifiers, unsettled } = viewProfile(
    story.state,
    ref,
    NOW,
    DEFAULT_BUSINESS,
  )
  const known = identifiers.map(({ kind, value }) => `${kind} ${value}`).toSorted()
  return { features, traits, consents, timeZone, locale, unsettled, known }
}

/** One thing that Ann (u1, a1) or Bob (b1, bob@x.eu) does. */
const doing = fc.record({
  who: fc.constantFrom<Partial<Signal>>(
    { userId: 'u1' },
    { anonymousId: 'a1' },
    { userId: 'u1', anonymousId: 'a1' },
    { anonymousId: 'b1' },
    { kind: 'identify', anonymousId: 'b1', traits: { email: 'bob@x.eu', city: 'Oslo' } },
  ),
  what: fc.constantFrom<Partial<Signal>>(
    { kind: 'page', context: { timezone: 'Asia/Tokyo' } },
    { name: 'Product Viewed', properties: { category: 'Shoes' } },
    { name: 'Product Added', properties: { category: 'Hats' } },
    { name: 'Order Completed', properties: { revenue: 12.34 } },
    { name: 'Consent Changed', properties: { channel: 'email', purpose: 'marketing', granted: true } },
    { name: 'Consent Changed', properties: { channel: 'email', purpose: 'marketing', granted: false } },
    { kind: 'identify', traits: { plan: 'pro' }, context: { locale: 'ru' } },
  ),
  at: fc.integer({ min: 0, max: 300 }).map((days) => START + days * DAY),
})
type Doing = typeof doing extends fc.Arbitrary<infer T> ? T : never

const act = (story: Story, { who, what, at }: Doing) =>
  story.tell({
    ...what,
    ...who,
    traits: { ...what.traits, ...who.traits },
    kind: what.kind ?? who.kind ?? 'track',
    at,
  })

/** Whether a1 (the third to come by itself) had a profile of its own and was joined to Ann's. */
const hasJoined = ({ state }: Story): boolean =>
  profileIdOf(state, Math.min(2, state.slotCount - 1)) === profileIdOf(state, 0)

const DECAYED = ['activity7d', 'activity60d', 'views7d', 'carts7d', 'orders60d'] as const

/** Equal but for what the time of a joining may change: how bins round, and the last bits of floats. */
const assertEqualInAnyOrder = (
  is: ReturnType<typeof personOf>,
  shouldBe: ReturnType<typeof personOf>,
): void => {
  for (const name of DECAYED) {
    const [left, right] = [is.features[name], shouldBe.features[name]]
    assert.ok(Math.abs(left - right) <= 2e-6 * Math.max(1, right), `${name}: ${left} for ${right}`)
  }
  const loose = [...DECAYED, 'usualHour', 'usualWeekday', 'topCategory', 'categories']
  const counted = ({ features, ...person }: typeof is) => ({
    ...person,
    features: Object.entries(features).filter(([name]) => !loose.includes(name)),
  })
  assert.deepEqual(counted(is), counted(shouldBe))
}

const meet = (story: Story) => story.tell({ kind: 'identify', userId: 'u1', anonymousId: 'b1' })

describe('un-merge', () => {
  it('P27 leaves both as if they had never met', async () => {
    const doings = fc.array(doing, { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(doings, doings, doings, doings, async (before, between, meanwhile, after) => {
        const wrong = createStory()
        const right = createStory()
        for (const story of [wrong, right]) {
          story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
          for (const one of before) act(story, one)
        }
        meet(wrong)
        right.tell({ kind: 'identify', userId: 'u1' })
        for (const story of [wrong, right]) for (const one of between) act(story, one)
        await takeApart(wrong, () => meanwhile.forEach((one) => act(wrong, one)))
        for (const one of meanwhile) act(right, one)
        for (const story of [wrong, right]) for (const one of after) act(story, one)
        const joined = hasJoined(wrong) || hasJoined(right)
        const assertAnn = joined ? assertEqualInAnyOrder : assert.deepEqual
        assertAnn(personOf(wrong, ANN), personOf(right, ANN))
        assert.deepEqual(personOf(wrong, BOB), personOf(right, BOB))
      }),
      { numRuns: 60 },
    )
  })

  it('P27 joins at the end whom a signal kept aside ties', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    meet(story)
    await takeApart(story, () => {
      assert.deepEqual(story.tell({ userId: 'u1', anonymousId: 'a1' }), [])
      assert.equal(story.tell({ anonymousId: 'a1', at: START + 285 * DAY })[0]?.ref, 2)
      assert.equal(isSettled(story.state, 2), true)
      story.tell({ userId: 'u1', at: START + 252 * DAY })
    })
    const ann = personOf(story, ANN)
    assert.deepEqual(ann.known, ['anonymous a1', 'user u1'])
    assert.equal(ann.features.events, 4)
    assert.equal(ann.features.daysSinceLastSeen, 115)
    assert.equal(viewProfile(story.state, 2, NOW, DEFAULT_BUSINESS).id, 'p1')
    assert.equal(personOf(story, BOB).features.events, 1)
  })

  it('P27 tells the timeline of each', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    story.tell({ anonymousId: 'b1' })
    meet(story)
    story.tell({ anonymousId: 'b1' })
    await takeApart(story, () => story.tell({ userId: 'u1' }))
    const offsets = (ref: number) => timelineOffsets(story.state, ref).map(({ offset }) => offset)
    assert.deepEqual(offsets(0), [7, 6, 5, 3, 1])
    assert.deepEqual(offsets(1), [4, 2])
  })

  it('P26 keeps signals aside, is unsettled, and gives their touches at the end', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    meet(story)
    story.record(UNMERGE_STARTED, { unmergeId: 'x1', profileId: 'p2', leaving: LEAVING })
    assert.deepEqual(story.tell({ userId: 'u1', name: 'x' }, { anonymousId: 'b1', name: 'y' }), [])
    assert.equal(isSettled(story.state, 0), false)
    assert.deepEqual(openUnmerges(story.state), [
      { unmergeId: 'x1', offset: 3, leaving: LEAVING, profileId: 'p1' },
    ])
    const touches = story.record(UNMERGED, await planOf(story, 3))
    assert.deepEqual(
      touches.map(({ ref, signal }) => [ref, signal.name]),
      [
        [0, 'x'],
        [1, 'y'],
      ],
    )
    assert.equal(isSettled(story.state, 0), true)
    assert.deepEqual(openUnmerges(story.state), [])
  })

  it('P26 holds a withdrawal at once and for both, and stops keeping at the limit', async () => {
    const story = createStory({ asideMax: 1 })
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    const consent = {
      profileId: 'p1',
      channel: 'email',
      purpose: 'marketing',
      textVersion: '',
      source: 'console',
    }
    for (const profileId of ['p1', 'p2'])
      story.record(CONSENT_CHANGED, { ...consent, profileId, granted: true })
    meet(story)
    await takeApart(story, () => {
      story.record(CONSENT_CHANGED, { ...consent, granted: false }, START + DAY)
      assert.equal(consentOf(story.state, 0, 'email', 'marketing'), 'withdrawn')
      story.tell({ userId: 'u1' })
    })
    for (const ref of [0, 1]) assert.equal(consentOf(story.state, ref, 'email', 'marketing'), 'withdrawn')
    assert.equal(refusalCounts(story.state).aside_full, 1)
  })

  it('P28 gives the half that leaves its old id and its old deliveries back', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    const sent = { decisionId: 'd', campaignId: 'c', channel: 'email', messageId: 'm' }
    story.record('delivery.attempted.v1', { ...sent, profileId: 'p2' })
    meet(story)
    story.record('delivery.attempted.v1', { ...sent, profileId: 'p1' }, START + DAY)
    story.tell({ kind: 'identify', anonymousId: 'b1', traits: { email: 'bob@x.eu' } })
    await takeApart(story)
    const sends = (ref: number) =>
      viewProfile(story.state, ref, START + DAY, DEFAULT_BUSINESS).features.sends7d
    assert.deepEqual([sends(0), sends(1)], [1, 1])
    assert.deepEqual([idsOf(story.state, 0), idsOf(story.state, 1)], [['p1'], ['p2']])
    assert.equal(countProfiles(story.state), 2)
  })

  it('P28 makes a profile for identifiers that never had one', async () => {
    const story = createStory()
    story.tell({ userId: 'u1', anonymousId: 'b1' })
    await takeApart(story)
    assert.equal(countProfiles(story.state), 2)
    assert.equal(findProfile(story.state, { kind: 'anonymous', value: 'b1' }), 1)
  })

  it('P8 never joins the halves again', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    meet(story)
    await takeApart(story)
    story.state = restoreProfiles(dumpProfiles(story.state))
    assert.equal(meet(story)[0]?.ref, 0)
    story.tell({ kind: 'alias', userId: 'u1', previousId: 'b1' })
    assert.equal(countProfiles(story.state), 2)
    assert.equal(refusalCounts(story.state).merge_barred, 2)
    assert.equal(story.tell({ anonymousId: 'b1' })[0]?.ref, 1)
  })

  it('P27 refuses plans that would take nobody or everybody', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' })
    await assert.rejects(planOf(story, 1), (error) => isFailure(error, 'profile.unmerge_empty'))
    story.state = createStory().state
    await assert.rejects(planOf(story, 1), (error) => isFailure(error, 'profile.unknown'))
  })

  it('P20 survives a restart in the middle of an un-merge', async () => {
    const story = createStory()
    story.tell({ userId: 'u1' }, { anonymousId: 'b1' })
    meet(story)
    await takeApart(story, () => {
      story.tell({ anonymousId: 'b1', name: 'y' })
      story.state = restoreProfiles(JSON.parse(JSON.stringify(dumpProfiles(story.state), typed), untyped))
    })
    assert.equal(personOf(story, BOB).features.events, 2)
  })
})

/** Typed columns through JSON and back, as a file would do it. */
const typed = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? { kind: value.constructor.name, values: [...(value as Uint8Array)] } : value
const KINDS = { Uint8Array, Uint32Array, Float32Array, Float64Array }
const untyped = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('values' in value) || !('kind' in value)) return value
  return KINDS[value.kind as keyof typeof KINDS].from(value.values as number[])
}
