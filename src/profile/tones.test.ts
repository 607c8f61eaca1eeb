// How people sounded: what a profile keeps of it, whatever the order, through merges, un-merges and erasing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import type { Failure } from '../kernel/failure.ts'
import { encodeDump } from '../log/index.ts'
import type { ToneReading } from '../signal/events.ts'
import { PROFILE_ERASED, SEGMENTS_APPLIED, TONE_APPLIED, UNMERGE_STARTED, UNMERGED } from './events.ts'
import {
  compileExpression,
  dumpProfiles,
  matchesFor,
  planErasure,
  planUnmerge,
  profileFeatures,
  refusalCounts,
  restoreProfiles,
  segmentsAt,
  viewProfile,
} from './index.ts'
import { createStory, DAY, historyOf, signalsOf, START, type Story } from './testing/story.ts'

const reading = (tone: number, more: Partial<ToneReading> = {}): ToneReading => ({
  tone,
  sentiment: tone < -0.1 ? 'negative' : tone > 0.1 ? 'positive' : 'neutral',
  confidence: 0.7,
  emotion: tone < -0.1 ? 'anger' : '',
  language: 'en',
  version: 'v1',
  ...more,
})
const said = (userId: string, tone: number, at = START) => ({
  userId,
  name: 'Ticket Created',
  properties: { text: 'secret words' },
  at,
  tone: reading(tone),
})
const toneOf = ({ state }: Story, ref: number, now = START) =>
  viewProfile(state, ref, now, DEFAULT_BUSINESS).tone
const holds = ({ state }: Story, rule: string, ref: number, now = START) =>
  matchesFor(state, compileExpression(rule), { ref, now, business: DEFAULT_BUSINESS })
const bytes = (story: Story): Buffer => Buffer.from(encodeDump(dumpProfiles(story.state)))

describe('tones of people', () => {
  it('P36 keeps the number, the latest, the mean with a half-life of 30 days, and the latest negative one', () => {
    const story = createStory()
    story.tell(said('u1', -0.8, START - 30 * DAY))
    story.tell(said('u1', 0.4))
    assert.deepEqual(toneOf(story, 0, START + 2 * DAY), {
      count: 2,
      latest: 0.4,
      // A half of −.8 and the whole of .4, over one and a half.
      mean: 0,
      sentiment: 'positive',
      confidence: 0.7,
      emotion: '',
      language: 'en',
      version: 'v1',
      daysSinceLast: 2,
      daysSinceNegative: 32,
    })
    story.tell({ userId: 'u2', name: 'Ticket Created' })
    assert.deepEqual(toneOf(story, 1), { count: 0 })
  })

  it('P36 comes out the same in any order, over merges, and from a dump', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -10, max: 10 }), fc.integer({ min: 0, max: 90 })), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.integer({ min: 0, max: 7 }),
        (texts, cut) => {
          const tell = (story: Story, user: string, some: typeof texts) => {
            for (const [tone, day] of some) story.tell(said(user, tone / 10, START + day * DAY))
          }
          const one = createStory()
          tell(one, 'u1', texts)
          const other = createStory()
          tell(other, 'u1', texts.slice(cut).toReversed())
          other.state = restoreProfiles(dumpProfiles(other.state))
          tell(other, 'u2', texts.slice(0, cut))
          other.tell({ kind: 'alias', userId: 'u1', previousId: 'u2' })
          const [left, right] = [toneOf(one, 0, START + 100 * DAY), toneOf(other, 0, START + 100 * DAY)]
          assert.ok(Math.abs((left.mean ?? 0) - (right.mean ?? 0)) < 2e-6)
          assert.deepEqual({ ...left, mean: 0 }, { ...right, mean: 0 })
        },
      ),
      { numRuns: 100 },
    )
  })

  it('P36 gives the same bytes folded in one go and restored in between', () => {
    const [whole, parted] = [createStory(), createStory()]
    for (let i = 0; i < 40; i++) {
      for (const story of [whole, parted])
        story.tell(said(`u${i % 7}`, ((i % 21) - 10) / 10, START + i * DAY))
      if (i % 9 === 0) parted.state = restoreProfiles(dumpProfiles(parted.state))
    }
    assert.ok(bytes(whole).equals(bytes(parted)))
  })

  it('P36 parts two people who were one by mistake', async () => {
    const story = createStory()
    story.tell(said('u1', 0.9))
    story.tell(said('u2', -0.9))
    story.tell({ kind: 'alias', userId: 'u1', previousId: 'u2' })
    assert.equal(toneOf(story, 0).count, 2)
    const leaving = [{ kind: 'user', value: 'u2' } as const]
    story.record(UNMERGE_STARTED, { unmergeId: 'x', profileId: 'p1', leaving })
    const halves = await planUnmerge({
      state: story.state,
      history: historyOf(story),
      signalsOf,
      upTo: story.events.length,
      unmergeId: 'x',
      profileId: 'p1',
      leaving,
      by: 'test',
      business: DEFAULT_BUSINESS,
    })
    story.record(UNMERGED, JSON.parse(JSON.stringify(halves)) as unknown)
    assert.deepEqual([toneOf(story, 0).latest, toneOf(story, 1).latest], [0.9, -0.9])
    assert.deepEqual([toneOf(story, 0).count, toneOf(story, 1).count], [1, 1])
  })

  it('P36 leaves nothing of an erased person', () => {
    const story = createStory()
    story.tell(said('u1', -0.9))
    story.tell(said('u2', -0.5))
    const plan = planErasure(story.state, 0)
    assert.ok(plan !== null)
    story.record(PROFILE_ERASED, { profileId: 'p1', mark: plan.mark, keys: 1, by: 'test' })
    assert.deepEqual([...story.state.tones.keys()], [1])
    assert.equal(bytes(story).includes('secret'), false)
  })

  it('P36 keeps so many people, and counts the others', () => {
    const story = createStory({ tonesMax: 1 })
    story.tell(said('u1', -0.9))
    story.tell(said('u2', -0.9))
    story.tell(said('u1', 0.9, START + 1))
    assert.deepEqual([toneOf(story, 0).count, toneOf(story, 1).count], [2, 0])
    assert.equal(refusalCounts(story.state).tones_full, 1)
  })

  it('P37 rules and segments read it; who wrote nothing has only a count', () => {
    const story = createStory()
    story.record(SEGMENTS_APPLIED, {
      segments: [{ id: 'upset', name: 'Upset', when: 'tone.daysSinceNegative < 3' }],
    })
    story.tell(said('u1', -0.9))
    story.tell({ userId: 'u2' })
    assert.ok(holds(story, 'tone.latest < -0.5 && tone.emotion == "anger" && tone.count == 1', 0))
    assert.ok(holds(story, '!("upset" in profile.segments)', 1))
    assert.ok(!holds(story, '!("upset" in profile.segments)', 0))
    assert.ok(holds(story, '!("upset" in profile.segments)', 0, START + 4 * DAY))
    const segments = (ref: number) => segmentsAt(story.state, { ref, now: START, business: DEFAULT_BUSINESS })
    assert.deepEqual([segments(0), segments(1)], [['upset'], []])
    assert.ok(holds(story, 'tone.count == 0 && !has(tone.latest)', 1))
    assert.ok(!holds(story, 'tone.latest < 2', 1))
    assert.throws(
      () => compileExpression('tone.latset < 0'),
      (error: Failure) => /latest/.test(error.hint ?? ''),
    )
  })

  it('P37 a model sees it of people who wrote, and of nobody else', () => {
    const story = createStory()
    story.tell(said('u1', -0.9))
    story.tell({ userId: 'u2' })
    const names = (ref: number, now: number) =>
      profileFeatures(story.state, ref, now, DEFAULT_BUSINESS).filter(([name]) => name.startsWith('tone'))
    assert.deepEqual(names(0, START), [
      ['tone=negative:0-3d', 1],
      ['tone_mean', -0.9],
    ])
    assert.equal(names(0, START + 5 * DAY)[0]?.[0], 'tone=negative:3d-30d')
    assert.deepEqual(names(1, START), [])
  })

  it('P35 the plan says whose text is read', () => {
    const story = createStory()
    assert.ok(story.state.toneEvents.some(({ event }) => event === 'Ticket Created'))
    story.record(TONE_APPLIED, { events: [{ event: 'Chat', text: 'message' }] })
    const again = restoreProfiles(dumpProfiles(story.state))
    assert.deepEqual(again.toneEvents, [{ event: 'Chat', text: 'message' }])
  })
})
