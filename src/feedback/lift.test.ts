// Rules F30 to F39: who is compared with whom, on what, and when it may be called anything.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Value } from 'typebox/value'
import { asCampaignId, asProfileId, NOTHING } from '../kernel/ids.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { DEFAULT_HOLDOUT, groupFor, groupOf, holdoutSchema, liftReport } from './index.ts'
import {
  applied,
  bought,
  campaignOf,
  createStory,
  decided,
  delivered,
  madeOf,
  signalOf,
  START,
  type Step,
  touched,
  type Story,
} from './testing/story.ts'

const holdoutOf = (more: object = {}): Step => ({
  type: 'holdout.applied.v1',
  at: START,
  data: { share: 0.2, salt: 's', horizonMs: 10 * DAY_MS, ...more },
})
const tickAt = (at: number): Step => ({ type: 'tick', at, data: {} })
const begun = (...campaigns: readonly string[]): Story => {
  const story = createStory()
  story.tell(holdoutOf(), applied(...campaigns.map((id) => campaignOf(id))))
  return story
}
const enter = (story: Story, person: number, at: number, group: 'treated' | 'holdout', campaign = 'cart') => {
  const verdict = group === 'holdout' ? 'withheld' : 'nothing'
  story.tell(
    decided(
      madeOf(`${campaign}-${person}-${at}`, person, at, {
        group,
        verdict,
        actionId: NOTHING,
        campaignId: asCampaignId(campaign),
      }),
    ),
  )
}

describe('the holdout', () => {
  it('F30 gives a person the same group for ever, in the share that was set', () => {
    const holdout = { ...DEFAULT_HOLDOUT, salt: 'x' }
    let held = 0
    for (let i = 1; i <= 20_000; i++) {
      const group = groupOf(asProfileId(`p${i}`), holdout)
      assert.equal(groupOf(asProfileId(`p${i}`), holdout), group)
      if (group === 'holdout') held++
      const larger = groupOf(asProfileId(`p${i}`), { ...holdout, share: 0.3 })
      assert.ok(group === 'treated' || larger === 'holdout', 'a larger share only adds people')
    }
    // Four standard deviations of a fair draw.
    assert.ok(Math.abs(held - 2_000) < 4 * Math.sqrt(20_000 * 0.1 * 0.9), `${held} of 20,000`)
    assert.ok(Value.Check(holdoutSchema, DEFAULT_HOLDOUT))
    assert.ok(!Value.Check(holdoutSchema, { ...DEFAULT_HOLDOUT, share: 0.6 }))
    assert.ok(!Value.Check(holdoutSchema, { ...DEFAULT_HOLDOUT, shares: 0.1 }))
  })

  it('F31 keeps the group of the first decision, exempts receipts, and draws anew when the salt changes', () => {
    const story = begun('cart')
    const other = groupOf(asProfileId('p1'), story.state.holdout) === 'treated' ? 'holdout' : 'treated'
    const person = { ref: 0, profileId: asProfileId('p1') }
    enter(story, 1, START, other)
    assert.equal(groupFor(story.state, person, 'cart'), other)
    story.tell(holdoutOf({ exemptCampaigns: ['receipt'], salt: 's2' }))
    assert.equal(groupFor(story.state, person, 'receipt'), 'treated')
    assert.equal(groupFor(story.state, person, 'cart'), groupOf(person.profileId, story.state.holdout))
    assert.equal(liftReport(story.state).treated.people + liftReport(story.state).holdout.people, 0)
  })

  it("F32 a merged person has the survivor's group; halves of different groups are compared no more", () => {
    const story = begun('cart')
    enter(story, 1, START, 'treated')
    enter(story, 2, START, 'holdout')
    enter(story, 3, START + 1, 'treated')
    story.tell({ type: 'signal', at: START + 2, data: {}, merges: [{ from: 1, into: 0 }] })
    assert.equal(groupFor(story.state, { ref: 0, profileId: asProfileId('p1') }, 'cart'), 'treated')
    assert.equal(story.state.counts.conflicts, 1)
    story.tell(tickAt(START + 20 * DAY_MS))
    const { treated, holdout, excluded } = liftReport(story.state)
    assert.deepEqual(
      [treated.people, treated.complete, holdout.people, holdout.complete, excluded],
      [1, 1, 0, 0, 2],
    )
  })
})

describe('lift', () => {
  it('F33 counts margin less costs from the first decision over the horizon, for all and for each campaign', () => {
    const story = begun('cart', 'back')
    const made = madeOf('d1', 1, START)
    story.tell(bought(1, 'before', START - DAY_MS, 1_000))
    story.tell(decided(made), delivered(made, 'attempted'), delivered(made, 'sent'))
    enter(story, 1, START + 5 * DAY_MS, 'treated', 'back')
    story.tell(bought(1, 'o1', START + DAY_MS, 40), bought(1, 'o2', START + 12 * DAY_MS, 20))
    story.tell(tickAt(START + 11 * DAY_MS))
    assert.equal(liftReport(story.state).treated.mean, 19.9)
    assert.deepEqual(liftReport(story.state, { campaignId: 'back' }).treated, {
      people: 1,
      complete: 0,
      mean: 0,
    })
    story.tell(tickAt(START + 16 * DAY_MS))
    assert.equal(liftReport(story.state, { campaignId: 'back' }).treated.mean, 10)
  })

  it('F34 gives back the cost of what was not sent, and takes off a used discount once and refunds', () => {
    const story = begun('cart', 'back')
    const failed = madeOf('d1', 1, START)
    story.tell(decided(failed), delivered(failed, 'attempted'), delivered(failed, 'failed'))
    for (const campaign of ['cart', 'back']) {
      const made = madeOf(`offer-${campaign}`, 1, START + 1, {
        actionId: 'offer' as never,
        campaignId: asCampaignId(campaign),
      })
      story.tell(decided(made), delivered(made, 'attempted'), delivered(made, 'sent'))
    }
    story.tell(bought(1, 'o1', START + DAY_MS, 40))
    story.tell(
      touched(1, signalOf('Order Refunded', 'r1', START + 2 * DAY_MS, { properties: { total: 10 } })),
    )
    story.tell(tickAt(START + 11 * DAY_MS))
    // 20 margin, 5 refunded, 2 × 0.1 contact, 4 discount once.
    assert.equal(liftReport(story.state).treated.mean.toFixed(9), '10.800000000')
  })

  it('F35 compares only people whose horizon is over, and shadow campaigns enrol nobody', () => {
    const story = createStory()
    story.tell(holdoutOf(), applied(campaignOf('cart'), campaignOf('draft', { status: 'shadow' })))
    enter(story, 1, START, 'treated', 'draft')
    assert.equal(liftReport(story.state).treated.people, 0)
    enter(story, 1, START, 'treated')
    enter(story, 2, START + DAY_MS, 'holdout')
    story.tell(tickAt(START + 10 * DAY_MS))
    const { treated, holdout, difference, verdict } = liftReport(story.state)
    assert.deepEqual([treated.complete, holdout.complete], [1, 0])
    assert.equal(difference, null)
    assert.equal(verdict, 'not_known_yet')
  })

  it('S10 F36 says ahead or behind only when the sequence has left zero, and covers the planted truth', () => {
    for (const [effect, verdict] of [
      [6, 'ahead'],
      [0, 'not_known_yet'],
      [-6, 'behind'],
    ] as const) {
      const story = market({ people: 3_000, effect, seed: `planted ${effect}` })
      const report = liftReport(story.state)
      assert.equal(report.verdict, verdict, JSON.stringify({ ...report, history: [] }))
      assert.ok(report.low !== null && report.high !== null && report.smallestDetectable !== null)
      assert.ok(report.low <= effect && effect <= report.high)
      assert.ok(report.earned === (report.difference ?? 0) * report.treated.complete)
      assert.ok(report.history.length > 5 && report.history.length <= 120)
    }
  })

  it('S10 F37 is silent below its minimum of people and buyers', () => {
    const story = market({ people: 300, effect: 0, seed: 'small' })
    const report = liftReport(story.state)
    assert.ok(report.difference !== null && report.holdout.complete < 100)
    assert.deepEqual([report.low, report.high, report.verdict], [null, null, 'not_known_yet'])
  })

  it('S10 F38 trusts no comparison whose groups are not in the share that was set', () => {
    const story = market({ people: 3_000, effect: 8, seed: 'lost', loseHoldout: 0.3 })
    const report = liftReport(story.state)
    assert.ok(report.low !== null && report.low > 0)
    assert.equal(report.verdict, 'sample_ratio_mismatch')
    assert.ok((report.sampleRatioP ?? 1) < 0.001)
  })

  it('S10 F39 what people had brought before narrows the interval and moves it little', () => {
    const story = market({ people: 3_000, effect: 3, seed: 'past', habit: 0.9 })
    const report = liftReport(story.state)
    const [treated, holdout] = [report.treated.mean, report.holdout.mean]
    assert.equal(report.adjusted, true)
    const plain = market({ people: 3_000, effect: 3, seed: 'past', habit: 0 })
    const width = (report.high ?? 0) - (report.low ?? 0)
    const plainReport = liftReport(plain.state)
    assert.equal(plainReport.adjusted, false)
    assert.ok(width < 0.75 * ((plainReport.high ?? 0) - (plainReport.low ?? 0)), `${width}`)
    assert.ok((report.low ?? 9) <= 3 && 3 <= (report.high ?? 0))
    // Four standard errors of what the adjustment takes away: sd 12, 2,400 against 600 people.
    assert.ok(
      Math.abs((report.difference ?? 0) - (treated - holdout)) < 4 * 12 * Math.sqrt(1 / 2_400 + 1 / 600),
    )
  })

  it('S10 F39 a hundred A/A markets watched all the way are called at most eight times', () => {
    let called = 0
    for (let i = 0; i < 100; i++) {
      const story = market({ people: 1_500, effect: 0, seed: `a/a ${i}` })
      const strayed = story.state.scopes.get('')?.history.some(({ low, high }) => low > 0 || high < 0)
      if (strayed === true) called++
    }
    assert.ok(called <= 8, `${called} of 100`)
  })
})

/** People who enter one by one, each with an order of a habit known before or not; the treated bring `effect` more. */
const market = (world: {
  readonly people: number
  readonly effect: number
  readonly seed: string
  /** Share of an order's spread that was seen before the first decision. */
  readonly habit?: number
  /** Share of the held-out whose decision never came. */
  readonly loseHoldout?: number
}): Story => {
  const rng = createRng(world.seed)
  const story = begun('cart')
  const habit = world.habit ?? 0
  for (let person = 1; person <= world.people; person++) {
    const at = START + person * 0.2 * HOUR_MS
    const taste = rng.normal()
    const revenue = 60 + 24 * (Math.sqrt(habit) * taste + Math.sqrt(1 - habit) * rng.normal())
    if (habit > 0) story.tell(bought(person, `b${person}`, at - 1, 100 + 24 * taste))
    const group = groupFor(story.state, { ref: person - 1, profileId: asProfileId(`p${person}`) }, 'cart')
    if (group === 'holdout' && rng.uniform() < (world.loseHoldout ?? 0)) continue
    enter(story, person, at, group)
    story.tell(
      bought(
        person,
        `o${person}`,
        at + HOUR_MS,
        Math.max(1, revenue + (group === 'treated' ? 2 * world.effect : 0)),
      ),
    )
  }
  story.tell(tickAt(START + 60 * DAY_MS))
  return story
}
