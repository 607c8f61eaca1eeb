// Rules F1 to F13: what a decision brought, joined once, settled when it is known.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asActionId, asCampaignId, NOTHING } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createFeedback, dueOutcomes, dumpFeedback, type Feedback, restoreFeedback } from './index.ts'
import {
  applied,
  bought,
  campaignOf,
  createStory,
  decided,
  delivered,
  foldStep,
  madeOf,
  signalOf,
  START,
  type Step,
  touched,
} from './testing/story.ts'

const WEEK_MS = 7 * DAY_MS
const offer = asActionId('offer')

const dumped = (state: Feedback): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(dumpFeedback(state)).map(([name, column]) => [
        name,
        ArrayBuffer.isView(column) ? [...(column as Uint8Array)] : column,
      ]),
    ),
  )

describe('outcomes', () => {
  it('F1 credits a goal event within the window, and pays margin less the cost of contact at close', () => {
    const story = createStory()
    const made = madeOf('d1', 1, START)
    story.tell(
      applied(campaignOf('cart')),
      decided(made),
      delivered(made, 'attempted'),
      delivered(made, 'sent'),
    )
    story.tell(bought(1, 'o1', START + DAY_MS, 40))
    assert.deepEqual(
      story
        .settle(START + DAY_MS)
        .map(({ kind, reward, total, delayMs }) => ({ kind, reward, total, delayMs })),
      [{ kind: 'converted', reward: 20, total: 20, delayMs: DAY_MS }],
    )
    assert.deepEqual(story.settle(START + WEEK_MS - 1), [])
    assert.deepEqual(
      story.settle(START + WEEK_MS).map(({ kind, reward, total }) => ({ kind, reward, total })),
      [{ kind: 'closed', reward: -0.1, total: 19.9 }],
    )
    assert.deepEqual(story.examples, [{ reward: 19.9, action: 'action=mail' }])
  })

  it('F1 leaves out what came before the decision, after the window, and events that are no goal', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    story.tell(
      touched(
        1,
        signalOf('Order Completed', 'early', START - 1, {
          properties: { revenue: 9 },
          receivedAt: START + 5,
        }),
      ),
    )
    story.tell(touched(1, signalOf('Product Viewed', 'view', START + 5, { properties: { revenue: 9 } })))
    story.tell(bought(2, 'other', START + 6, 9), bought(1, 'late', START + WEEK_MS + 1, 9))
    assert.deepEqual(
      story.settle(START + 2 * WEEK_MS).map(({ kind, total }) => ({ kind, total })),
      [{ kind: 'closed', total: 0 }],
    )
    assert.deepEqual(story.examples, [{ reward: 0, action: 'action=nothing' }])
  })

  it('F2 pays each campaign once: its most recent decision that the person felt', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart'), campaignOf('back')))
    const first = madeOf('d1', 1, START)
    const second = madeOf('d2', 1, START + HOUR_MS)
    story.tell(decided(first), delivered(first, 'sent'), decided(second), delivered(second, 'sent'))
    story.tell(decided(madeOf('d3', 1, START + 2 * HOUR_MS, { verdict: 'withheld' })))
    story.tell(decided(madeOf('d4', 1, START, { campaignId: asCampaignId('back'), actionId: NOTHING })))
    story.tell(bought(1, 'o1', START + DAY_MS, 10))
    assert.deepEqual(
      story.settle(START + DAY_MS).map(({ decisionId, reward }) => [decisionId, reward]),
      [
        ['d2', 5],
        ['d4', 5],
      ],
    )
  })

  it('F3 a signal that names a decision pays that one, from whichever profile it comes', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')))
    story.tell(decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    story.tell(decided(madeOf('d2', 1, START + 1, { actionId: NOTHING })))
    const properties = { revenue: 10, decisionId: 'd1' }
    story.tell(touched(7, signalOf('Order Completed', 'o1', START + DAY_MS, { properties })))
    story.tell(
      touched(
        1,
        signalOf('Order Completed', 'o2', START + DAY_MS, {
          properties: { revenue: 4 },
          context: { decisionId: 'd1' },
        }),
      ),
    )
    assert.deepEqual(
      story.settle(START + DAY_MS).map(({ decisionId, reward }) => [decisionId, reward]),
      [
        ['d1', 5],
        ['d1', 2],
      ],
    )
  })

  it('F4 an order told twice is paid once', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    const properties = { revenue: 10, order_id: 'A1' }
    story.tell(touched(1, signalOf('Order Completed', 'page', START + 1, { properties })))
    story.tell(decided(madeOf('d2', 1, START + 2, { actionId: NOTHING })))
    story.tell(touched(1, signalOf('Order Completed', 'server', START + 3, { properties })))
    assert.equal(story.settle(START + 3).length, 1)
  })

  it('F5 takes off the discount of an offer that was sent, and nothing from a goal that counts', () => {
    const story = createStory()
    const counting = campaignOf('count', {
      goal: { event: 'Order Completed', value: 'count', windowMs: WEEK_MS },
    })
    story.tell(applied(campaignOf('cart'), counting))
    const sale = madeOf('d1', 1, START, { actionId: offer })
    const count = madeOf('d2', 1, START, { actionId: offer, campaignId: asCampaignId('count') })
    for (const made of [sale, count])
      story.tell(decided(made), delivered(made, 'attempted'), delivered(made, 'sent'))
    story.tell(bought(1, 'o1', START + DAY_MS, 40))
    const closed = story.settle(START + WEEK_MS).filter(({ kind }) => kind === 'closed')
    assert.deepEqual(
      closed.map(({ decisionId, reward, total }) => [decisionId, reward, total]),
      [
        ['d1', -4.1, 15.9],
        ['d2', 0, 1],
      ],
    )
  })

  it('F5 takes a discount off once: an order that tells its margin or discount has done so', () => {
    for (const [more, total] of [
      [{ margin: 12 }, 11.9],
      [{ discount: 10 }, 14.9],
    ] as const) {
      const story = createStory()
      story.tell(applied(campaignOf('cart')))
      const sale = madeOf('d1', 1, START, { actionId: offer })
      story.tell(decided(sale), delivered(sale, 'attempted'), delivered(sale, 'sent'))
      story.tell(bought(1, 'o1', START + DAY_MS, 40, more))
      const closed = story.settle(START + WEEK_MS).filter(({ kind }) => kind === 'closed')
      assert.deepEqual(
        closed.map((outcome) => outcome.total),
        [total],
      )
    }
  })

  it('F6 an open window is no zero: nothing is learnt before it closes, and then once', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    story.tell(bought(1, 'o1', START + 1, 10), bought(1, 'o2', START + 2, 20))
    story.settle(START + DAY_MS)
    assert.deepEqual(story.examples, [])
    story.settle(START + WEEK_MS)
    assert.deepEqual(story.examples, [{ reward: 15, action: 'action=nothing' }])
    assert.deepEqual(story.settle(START + 2 * WEEK_MS), [])
  })

  it('F7 learns nothing from decisions held out, withheld, failed, unknown or never sent', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')))
    story.tell(decided(madeOf('held', 1, START, { group: 'holdout', verdict: 'withheld' })))
    story.tell(decided(madeOf('shadow', 2, START, { verdict: 'withheld' })))
    for (const [i, kind] of (['failed', 'unknown', 'withheld'] as const).entries()) {
      const made = madeOf(kind, 3 + i, START)
      story.tell(decided(made), delivered(made, 'attempted'), delivered(made, kind))
    }
    story.tell(decided(madeOf('limbo', 6, START)))
    assert.deepEqual(
      story.settle(START + WEEK_MS).map(({ decisionId, total }) => [decisionId, total]),
      [
        ['held', 0],
        ['shadow', 0],
        ['failed', 0],
        ['unknown', -0.1],
        ['withheld', 0],
        ['limbo', 0],
      ],
    )
    assert.deepEqual(story.examples, [])
    assert.equal(story.state.counts.notLearnt, 6)
  })

  it('F8 a click, human or machine, is no reward', () => {
    const story = createStory()
    const made = madeOf('d1', 1, START)
    story.tell(
      applied(campaignOf('cart')),
      decided(made),
      delivered(made, 'attempted'),
      delivered(made, 'sent'),
    )
    for (const machine of [true, false])
      story.tell({
        type: 'delivery.responded.v1',
        at: START + 2,
        data: {
          decisionId: 'd1',
          campaignId: 'cart',
          profileId: 'p1',
          channel: 'email',
          kind: 'clicked',
          machine,
          url: '',
        },
      })
    assert.deepEqual(
      story.settle(START + WEEK_MS).map(({ total }) => total),
      [-0.1],
    )
  })

  it('F9 what comes after the close is counted as late and changes no reward', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    story.settle(START + WEEK_MS)
    const late = signalOf('Order Completed', 'o1', START + DAY_MS, {
      properties: { revenue: 10 },
      receivedAt: START + WEEK_MS + 1,
    })
    story.tell(touched(1, late))
    assert.deepEqual(story.settle(START + 2 * WEEK_MS), [])
    assert.deepEqual([...story.state.late], [['cart', { count: 1, reward: 5 }]])
  })

  it('F9 a conversion folded between asking and closing is late too', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 1, START, { actionId: NOTHING })))
    const [closing] = dueOutcomes(story.state, START + WEEK_MS, 10)
    assert.ok(closing)
    story.tell(bought(1, 'o1', START + WEEK_MS, 10))
    story.tell({ type: closing.type, at: closing.at, data: closing.data })
    assert.deepEqual(story.examples, [{ reward: 0, action: 'action=nothing' }])
    assert.deepEqual(story.state.late.get('cart'), { count: 1, reward: 5 })
  })

  it('F10 open decisions follow a merge', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')), decided(madeOf('d1', 2, START, { actionId: NOTHING })))
    story.tell({ type: 'signal.received.v1', at: START + 1, data: {}, merges: [{ from: 1, into: 0 }] })
    story.tell(bought(1, 'o1', START + DAY_MS, 10))
    assert.deepEqual(
      story
        .settle(START + DAY_MS)
        .map(({ decisionId, profileId, reward }) => [decisionId, profileId, reward]),
      [['d1', 'p2', 5]],
    )
  })

  it('F11 at its limits it opens no more, credits no more, and counts what it left', () => {
    const story = createStory({ openMax: 2, conversionsMax: 1 })
    story.tell(applied(campaignOf('cart')))
    for (const n of [1, 2, 3]) story.tell(decided(madeOf(`d${n}`, n, START, { actionId: NOTHING })))
    story.tell(decided(madeOf('d4', 4, START, { campaignId: asCampaignId('gone') })))
    for (const n of [1, 2, 3]) story.tell(bought(1, `o${n}`, START + n, 10))
    assert.equal(story.settle(START + WEEK_MS).filter(({ kind }) => kind === 'closed').length, 2)
    const { openFull, conversionsFull, campaignUnknown } = story.state.counts
    assert.deepEqual(
      { openFull, conversionsFull, campaignUnknown },
      { openFull: 1, conversionsFull: 2, campaignUnknown: 1 },
    )
  })

  it('F12 offers the same outcomes with the same ids until they are folded, in pages', () => {
    const story = createStory()
    story.tell(applied(campaignOf('cart')))
    for (let n = 1; n <= 30; n++)
      story.tell(decided(madeOf(`d${n}`, n, START + ((n * 7) % 30), { actionId: NOTHING })))
    story.tell(bought(3, 'o1', START + HOUR_MS, 10))
    const before = dumped(story.state)
    const page = dueOutcomes(story.state, START + WEEK_MS + 30, 7)
    assert.deepEqual(dueOutcomes(story.state, START + WEEK_MS + 30, 7), page)
    assert.equal(dumped(story.state), before)
    assert.equal(page[0]?.id, 'out:d3:o1')
    assert.equal(page.length, 7)
    const settled = story.settle(START + WEEK_MS + 30, 7)
    assert.equal(settled.length, 31)
    const deadlines = settled.slice(1).map(({ decisionId }) => (Number(decisionId.slice(1)) * 7) % 30)
    assert.ok(deadlines.includes(21), 'the one that converted closes as well')
  })

  it('F13 the same events give the same dump, whatever is restored in between, and duplicates change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.nat(6), fc.nat(40)), { minLength: 1, maxLength: 60 }),
        fc.nat(60),
        (moves, cut) => {
          const steps = randomSteps(moves)
          const whole = createFeedback({ graceMs: 0, lateMs: DAY_MS, openMax: 12 })
          let parted = createFeedback({ graceMs: 0, lateMs: DAY_MS, openMax: 12 })
          for (const [i, step] of steps.entries()) {
            foldStep(whole, step, i + 1, new Map())
            if (i === cut)
              parted = restoreFeedback(dumpFeedback(parted), { graceMs: 0, lateMs: DAY_MS, openMax: 12 })
            foldStep(parted, step, i + 1, new Map())
          }
          assert.equal(dumped(parted), dumped(whole))
          assert.equal(dumped(restoreFeedback(dumpFeedback(whole))), dumped(whole))
        },
      ),
      { numRuns: 150, seed: 7 },
    )
  })
})

/** A log that settles as it goes: decisions, deliveries, orders and merges of ten people over forty hours a step. */
const randomSteps = (moves: readonly (readonly [number, number, number])[]): readonly Step[] => {
  const story = createStory({ lateMs: DAY_MS, openMax: 12 })
  story.tell(
    { type: 'holdout.applied.v1', at: START, data: { share: 0.3, salt: 's', horizonMs: 2 * DAY_MS } },
    applied(
      campaignOf('cart', { goal: { event: 'Order Completed', value: 'margin', windowMs: 2 * DAY_MS } }),
    ),
  )
  let at = START
  for (const [i, [person, kind, hours]] of moves.entries()) {
    at += hours * HOUR_MS
    const group = person % 3 === 0 ? 'holdout' : 'treated'
    const made = madeOf(`d${i}`, person + 1, at, {
      group,
      actionId: kind === 1 ? NOTHING : offer,
      verdict: group === 'holdout' ? 'withheld' : kind === 1 ? 'nothing' : 'act',
    })
    if (kind <= 2) story.tell(decided(made))
    if (kind === 2 && group === 'treated') story.tell(delivered(made, 'attempted'), delivered(made, 'sent'))
    if (kind === 3 || kind === 4)
      story.tell(bought(person + 1, `o${i}`, at - HOUR_MS, 10 + i), bought(person + 1, `o${i}`, at, 10 + i))
    if (kind === 5) story.settle(at)
    if (kind === 6 && person > 0)
      story.tell({ type: 'signal.received.v1', at, data: {}, merges: [{ from: person, into: person - 1 }] })
  }
  return story.steps
}
