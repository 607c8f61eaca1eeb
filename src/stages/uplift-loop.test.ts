// Uplift in the loop: learnt from campaigns' own control groups, returned as an event, and obeyed by decisions;
// single people are chosen only where that is surely better than chance.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../kernel/business.ts'
import { asDecisionId } from '../kernel/ids.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { campaign as written } from '../decision/testing/examples.ts'
import { CAMPAIGNS_APPLIED, DECISION_MADE } from '../decision/events.ts'
import type { DecisionMade } from '../decision/events.ts'
import { explain, sameDecision } from '../decision/index.ts'
import { HOLDOUT_APPLIED } from '../feedback/events.ts'
import { encodeDump } from '../log/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../loop.ts'
import { MODEL_NOT_TRAINED, MODEL_TRAINED, MODELS_APPLIED } from '../model/events.ts'
import { DEFAULT_MODELS, trainingInput, trainModels } from '../model/index.ts'
import { trialTable } from '../model/persons/trials.ts'
import { profileIdOf, refOf } from '../profile/index.ts'
import { SIGNAL_RECEIVED } from '../signal/events.ts'
import { decideFor, redecide } from './deciding.ts'

const FROM = Date.UTC(2026, 0, 5)
const SPEC = written()
const KEY = 'uplift:welcome'
const PEOPLE = 2_000
/** What one order leaves. */
const MARGIN = 100 * DEFAULT_BUSINESS.marginShare

type World = { readonly state: LoopState; readonly lookers: ReadonlySet<number> }
type Effect = { readonly lookers: number; readonly others: number }

const take = (state: LoopState, type: string, data: unknown, at: number): void =>
  foldEvent(state, {
    offset: state.offset + 1,
    id: `e${state.offset + 1}`,
    type,
    key: '',
    at,
    data: JSON.parse(JSON.stringify(data)) as unknown,
  })

const tell = (state: LoopState, at: number, items: readonly object[]): void =>
  take(
    state,
    SIGNAL_RECEIVED,
    { header: { endpoint: 'batch', source: 'test', receivedAt: at }, payload: { batch: items } },
    at,
  )

const item = (user: number, name: string, at: number, n: number, properties: object = {}) => ({
  type: 'track',
  event: name,
  userId: `u${user}`,
  messageId: `${name}-${user}-${n}`,
  timestamp: new Date(at).toISOString(),
  properties,
})

const looksOf = (user: number, count: number, at: number) =>
  Array.from({ length: count }, (_, n) => item(user, 'Product Viewed', at - n * HOUR_MS, at + n))

const decideOn = (state: LoopState, ref: number, now: number): DecisionMade =>
  decideFor(
    state,
    {
      decisionId: asDecisionId(`dec:welcome:${now}:${profileIdOf(state.profile, ref)}`),
      campaign: SPEC,
      ref,
      cause: { kind: 'event', ref: `m${ref}` },
      context: {},
      now,
    },
    String,
  )

/** Half of the people look a lot; each is decided on once, a third of them held out, and buys by what reaching them does. */
const live = (seed: string, people: number, effect: Effect, from = FROM): World => {
  const rng = createRng(`uplift loop ${seed}`)
  const state = createState()
  state.channels = ['email']
  take(state, HOLDOUT_APPLIED, { share: 0.34, salt: 's', horizonMs: 30 * DAY_MS }, from)
  take(state, CAMPAIGNS_APPLIED, { version: 'c1', campaigns: [SPEC] }, from)
  const lookers = new Set<number>()
  for (let user = 0; user < people; user++) {
    const looks = rng.uniform() < 0.5 ? 8 : 1
    tell(state, from, looksOf(user, looks, from))
    if (looks > 1) lookers.add(user)
  }
  const at = from + HOUR_MS
  for (let user = 0; user < people; user++) {
    const made = decideOn(state, user, at)
    take(state, DECISION_MADE, made, at)
    const lift = made.group === 'treated' ? (lookers.has(user) ? effect.lookers : effect.others) : 0
    if (rng.uniform() < 0.2 + lift)
      tell(state, at + DAY_MS, [
        item(user, 'Order Completed', at + DAY_MS, 0, { order_id: `o${user}`, revenue: 100 }),
      ])
  }
  tell(state, at + 9 * DAY_MS, [item(0, 'Product Viewed', at + 9 * DAY_MS, 99)])
  return { state, lookers }
}

const train = (state: LoopState) => {
  const facts = trainModels(trainingInput(state.persons, state.business, [KEY]))
  for (const { type, data } of facts) take(state, type, data, state.persons.clock)
  const fact = facts[0]
  assert.ok(fact !== undefined && facts.length === 1)
  return fact
}

const cardOf = (fact: ReturnType<typeof train>) => {
  assert.equal(fact.type, MODEL_TRAINED)
  const { card } = fact.data
  assert.ok(card.kind === 'uplift')
  return card
}

const NOW = FROM + 10 * DAY_MS
const copy = (state: LoopState): LoopState => restoreState(dumpState(state))

describe('uplift in the loop', () => {
  let world: World
  let fact: ReturnType<typeof train>
  before(() => {
    world = live('two kinds', PEOPLE, { lookers: 0.3, others: -0.15 })
    fact = train(world.state)
    // Some days later lookers look again; of the others nothing is heard.
    for (const user of world.lookers) tell(world.state, NOW - HOUR_MS, looksOf(user, 8, NOW - HOUR_MS))
  })

  it('UP10 learns from the control group what reaching each brings, and chooses people when that is surely better than chance', () => {
    const card = cardOf(fact)
    assert.deepEqual([card.targeting, card.because], ['individual', 'qini'])
    assert.ok(card.qini.low > 0)
    assert.equal(card.rows, PEOPLE)
    // (.3 - .15) / 2 more buyers.
    const truth = ((0.3 - 0.15) / 2) * MARGIN
    assert.ok(card.effect.low < truth && truth < card.effect.high, JSON.stringify(card.effect))
    assert.ok(card.targetShare > 0.35 && card.targetShare < 0.65, String(card.targetShare))
  })

  it('UP11 who is no target has every action blocked with what was expected, but one in ten by chance; held out or not alike', () => {
    const { state, lookers } = world
    const counts = { target: 0, explored: 0, not_target: 0 }
    for (let user = 0; user < PEOPLE; user++) {
      const made = decideOn(state, user, NOW)
      const { uplift } = made
      assert.ok(uplift !== undefined && uplift.as !== 'everyone' && uplift.as !== 'nobody')
      counts[uplift.as]++
      assert.equal(uplift.as === 'target', uplift.expected > 0)
      const blocked = made.rejected.some(({ reasons }) => reasons.some(({ code }) => code === 'no_uplift'))
      assert.equal(blocked, !uplift.admitted && made.group === 'treated')
      if (blocked) assert.equal(made.actionId, 'nothing')
    }
    const right = [...lookers].filter((user) => decideOn(state, user, NOW).uplift?.as === 'target').length
    assert.ok(right > 0.9 * lookers.size, `${right} of ${lookers.size} lookers are targets`)
    const explored = counts.explored / (counts.explored + counts.not_target)
    assert.ok(Math.abs(explored - 0.1) < 0.04, String(explored))
  })

  it('UP11 only who was left to chance goes on teaching', () => {
    const state = copy(world.state)
    const rows = () => trialTable(state.persons.trials, 'welcome', NOW + 90 * DAY_MS)?.treated.length ?? 0
    const had = rows()
    const at = NOW + DAY_MS
    const fresh = [6_000, 6_001, 6_002, 6_003, 6_004, 6_005, 6_006, 6_007]
    let admitted = 0
    for (const user of fresh) {
      tell(state, at, [item(user, 'Product Viewed', at, 0)])
      const ref = [...Array(4_000).keys()].find(
        (one) => profileIdOf(state.profile, one) === `p${PEOPLE + 1 + user - 6_000}`,
      )
      const made = decideOn(state, ref ?? 0, at)
      if (made.uplift?.admitted === true) admitted++
      take(state, DECISION_MADE, made, at)
    }
    assert.ok(admitted < fresh.length)
    assert.equal(rows(), had + admitted)
  })

  it('UP12 a decision under it replays to the byte, and all of it survives dump and restore', () => {
    const { state } = world
    assert.deepEqual(
      encodeDump(dumpState(copy(state))['persons'] ?? {}),
      encodeDump(dumpState(state)['persons'] ?? {}),
    )
    const restored = copy(state)
    for (let user = 0; user < 100; user++) {
      const made = decideOn(state, user, NOW)
      const again = redecide(restored, made, String)
      assert.ok(again !== null && sameDecision(made, again))
    }
    assert.equal(
      JSON.stringify(trainModels(trainingInput(restored.persons, restored.business, [KEY]))[0]?.data.key),
      JSON.stringify(KEY),
    )
  })

  it('UP13 the same for all goes to all, a campaign that costs goes to almost nobody, and not known yet changes nothing', () => {
    const all = live('all', 1_000, { lookers: 0.25, others: 0.25 })
    assert.equal(cardOf(train(all.state)).targeting, 'all')
    assert.deepEqual(
      [0, 1, 2, 3].map((user) => decideOn(all.state, user, NOW).uplift?.as),
      Array(4).fill('everyone'),
    )
    const costs = live('costs', 1_000, { lookers: -0.15, others: -0.15 })
    const card = cardOf(train(costs.state))
    assert.deepEqual([card.targeting, card.because], ['none', 'effect'])
    const made = Array.from({ length: 300 }, (_, user) => decideOn(costs.state, user, NOW))
    const passed = made.filter(({ uplift }) => uplift?.admitted === true).length
    assert.ok(passed > 8 && passed < 60, `${passed} of 300 are explored`)
    const unknown = live('unknown', 700, { lookers: 0, others: 0 })
    const open = cardOf(train(unknown.state))
    assert.deepEqual([open.targeting, open.because], ['none', 'unknown'])
    assert.equal(decideOn(unknown.state, 1, NOW).uplift, undefined)
  })

  it('UP14 too few in a group is said, another goal or draw of the groups begins anew, and the plan may turn it off', () => {
    const few = live('few', 300, { lookers: 0.2, others: 0.2 })
    const refused = train(few.state)
    assert.equal(refused.type, MODEL_NOT_TRAINED)
    const { reason, needs, has } = refused.data
    assert.ok((reason === 'treated' || reason === 'untreated') && needs === 200 && has < 200 && has > 50)

    const off = copy(world.state)
    take(off, MODELS_APPLIED, { ...DEFAULT_MODELS, targetByUplift: false }, NOW)
    assert.equal(decideOn(off, 1, NOW).uplift, undefined)

    const drawn = copy(world.state)
    take(drawn, HOLDOUT_APPLIED, { share: 0.34, salt: 'another', horizonMs: 30 * DAY_MS }, NOW)
    assert.equal(drawn.persons.trials.byCampaign.size, 0)
    assert.equal(decideOn(drawn, 1, NOW).uplift, undefined)

    const moved = copy(world.state)
    take(
      moved,
      CAMPAIGNS_APPLIED,
      { version: 'c2', campaigns: [{ ...SPEC, goal: { ...SPEC.goal, windowMs: DAY_MS } }] },
      NOW,
    )
    assert.equal(moved.persons.trials.byCampaign.size, 0)
  })

  it('UP15 tells in words what was expected of the person and what followed', () => {
    const { state, lookers } = world
    const looker = [...lookers].find((user) => decideOn(state, user, NOW).uplift?.as === 'target') ?? 0
    const en = explain(decideOn(state, looker, NOW), 'en').scores.at(-1)
    assert.match(
      en ?? '',
      /^Expected from reaching this person rather than not: \d.*so the campaign goes on to them\.$/,
    )
    const other = Array.from({ length: PEOPLE }, (_, user) => user).find((user) => {
      const made = decideOn(state, user, NOW)
      return made.uplift?.as === 'not_target' && made.group === 'treated'
    })
    const left = explain(decideOn(state, other ?? 0, NOW), 'ru')
    assert.match(left.sentence, /не принесёт больше/)
    assert.match(left.scores.at(-1) ?? '', /поэтому кампания его не беспокоит\.$/)
    assert.ok(refOf(state.profile, profileIdOf(state.profile, other ?? 0)) !== undefined)
  })
})
