// Rules G1 to G9: who decides, what becomes of a wish, and that all of it comes out of the log again.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonicalJson } from '../kernel/json.ts'
import { asProfileId } from '../kernel/ids.ts'
import type { LogEvent } from '../log/port.ts'
import { createBandit, learn } from '../model/index.ts'
import {
  createPromotion,
  dumpPromotion,
  foldPromotion,
  hasChallenger,
  learnOwnModels,
  proposals,
  restorePromotion,
  servingFor,
  type Promotion,
  type ProposeInput,
} from './index.ts'
import { GATE_JUDGED, type GateJudged, POLICY_PROPOSED, ROLLOUT_MOVED } from './events.ts'
import { MODELS_MAX } from './state.ts'
import { always, appliedOf, CAMPAIGN, eventOf, specOf, UNIFORM } from './testing/story.ts'

const shared = createBandit()
const THOMPSON = { kind: 'thompson', explorationFloor: 0.05 } as const

const serving = (state: Promotion, person = 'p1', campaign = specOf(UNIFORM)) =>
  servingFor(state, shared, { campaign, profileId: asProfileId(person) })

let ids = 0
const wish = (state: Promotion, more: Partial<ProposeInput>) =>
  proposals({
    promotion: state,
    before: [specOf(UNIFORM)],
    after: [specOf(THOMPSON)],
    by: 'Anna',
    override: null,
    newId: () => `c${++ids}`,
    ...more,
  })

/** Folds a wish as applying a plan does; returns the plan, what ended and what began. */
const apply = (state: Promotion, offset: number, more: Partial<ProposeInput> = {}): readonly LogEvent[] => {
  const { before, after } = wish(state, more)
  const events = [...before, ...after].map(({ type, data }, i) => eventOf(offset + 1 + i, type, data))
  const plan = appliedOf(offset, more.after ?? [specOf(THOMPSON)])
  for (const event of [...events.slice(0, before.length), plan, ...events.slice(before.length)])
    foldPromotion(state, event)
  return [plan, ...events]
}

const started = (): Promotion => {
  const state = createPromotion()
  foldPromotion(state, appliedOf(1, [specOf(UNIFORM)]))
  return state
}

const moved = (state: Promotion, offset: number, to: number) => {
  const challenger = state.tracks.get(CAMPAIGN)?.challenger
  foldPromotion(
    state,
    eventOf(offset, ROLLOUT_MOVED, {
      campaignId: CAMPAIGN,
      challengerId: challenger?.id ?? '',
      from: challenger?.share ?? 0,
      to,
      cause: 'step_passed',
      detail: '',
      by: '',
    }),
  )
}

describe('who decides', () => {
  it('G1 the first policy of a campaign decides at once, without a gate', () => {
    const state = started()
    assert.deepEqual(serving(state).policy, UNIFORM)
    assert.equal(serving(state).shadow, undefined)
    assert.equal(serving(state).rollout, undefined)
    assert.deepEqual(serving(createPromotion()).policy, UNIFORM)
  })

  it('G2 another policy in the plan is a challenger: the champion goes on, the challenger only shows what it would do', () => {
    const state = started()
    const [, proposed, ...rest] = apply(state, 2)
    assert.equal(proposed?.type, POLICY_PROPOSED)
    assert.deepEqual(rest, [])
    const now = serving(state)
    assert.deepEqual([now.policy, now.shadow?.policy], [UNIFORM, THOMPSON])
    assert.equal(now.rollout, undefined)
    // The same plan again changes nothing; the champion's policy again takes the wish back.
    assert.deepEqual(wish(state, { before: [specOf(THOMPSON)] }).after, [])
    const [, ended] = apply(state, 5, { before: [specOf(THOMPSON)], after: [specOf(UNIFORM)] })
    assert.equal(ended?.type, ROLLOUT_MOVED)
    assert.equal(state.tracks.get(CAMPAIGN)?.challenger, null)
    assert.equal(state.tracks.get(CAMPAIGN)?.past[0]?.move.by, 'Anna')
    // A plan that is undone says so by itself.
    apply(state, 8, { before: [specOf(UNIFORM)] })
    foldPromotion(state, appliedOf(12, [specOf(UNIFORM)]))
    assert.equal(state.tracks.get(CAMPAIGN)?.challenger, null)
    assert.equal(state.tracks.get(CAMPAIGN)?.past[1]?.move.cause, 'withdrawn')
  })

  it('G2 a second wish takes the place of the first, and a wish that was turned down does not come back by itself', () => {
    const state = started()
    apply(state, 2)
    const [, ended, proposed] = apply(state, 5, {
      before: [specOf(THOMPSON)],
      after: [specOf(always('offer'))],
    })
    assert.deepEqual([ended?.type, proposed?.type], [ROLLOUT_MOVED, POLICY_PROPOSED])
    moved(state, 9, 0)
    const again = { before: [specOf(always('offer'))], after: [specOf(always('offer'))] }
    assert.deepEqual(wish(state, again).after, [])
    assert.deepEqual(serving(state).policy, UNIFORM)
  })

  it('G3 an override lets it decide at once, and the log says who did that and why', () => {
    const state = started()
    const [, proposed, switched] = apply(state, 2, { override: 'the shop is closing' })
    assert.ok(proposed !== undefined)
    assert.equal((proposed.data as { reason: string }).reason, 'the shop is closing')
    assert.deepEqual(switched?.data, {
      campaignId: CAMPAIGN,
      challengerId: (proposed.data as { challengerId: string }).challengerId,
      from: 0,
      to: 1,
      cause: 'override',
      detail: 'the shop is closing',
      by: 'Anna',
    })
    assert.deepEqual(serving(state).policy, THOMPSON)
  })

  it('G4 a share of the people has the challenger: the same ones as it grows, others by another salt', () => {
    const state = started()
    apply(state, 2)
    const people = Array.from({ length: 4_000 }, (_, i) => `p${i}`)
    const having = (): readonly string[] =>
      people.filter((person) => serving(state, person).rollout?.arm === 'challenger')
    moved(state, 10, 0.05)
    const few = having()
    moved(state, 11, 0.2)
    const more = having()
    assert.ok(Math.abs(few.length / people.length - 0.05) < 0.015, `${few.length}`)
    assert.ok(Math.abs(more.length / people.length - 0.2) < 0.025, `${more.length}`)
    assert.ok(few.every((person) => more.includes(person)))
    for (const person of people.slice(0, 50)) {
      const { policy, shadow, rollout } = serving(state, person)
      assert.deepEqual(policy, rollout?.arm === 'challenger' ? THOMPSON : UNIFORM)
      assert.equal(shadow === undefined, rollout?.arm === 'challenger')
      assert.equal(rollout?.share, 0.2)
    }
    const other = { id: 'another', share: 0.2 }
    const shared = people.filter(
      (person) => hasChallenger(other, asProfileId(person)) && more.includes(person),
    )
    assert.ok(Math.abs(shared.length / people.length - 0.04) < 0.015)
  })

  it('G5 with all of the people it is the champion; with none it is a thing of the past, at most five of them', () => {
    const state = started()
    apply(state, 2)
    moved(state, 10, 1)
    assert.deepEqual(serving(state).policy, THOMPSON)
    assert.equal(state.tracks.get(CAMPAIGN)?.champion.sinceOffset, 10)
    for (let i = 0; i < 8; i++) {
      const before = [specOf(i === 0 ? THOMPSON : always('plain', i / 100))]
      apply(state, 20 + 10 * i, { before, after: [specOf(always('plain', (i + 1) / 100))] })
      moved(state, 25 + 10 * i, 0)
    }
    assert.equal(state.tracks.get(CAMPAIGN)?.past.length, 5)
    assert.deepEqual(serving(state).policy, THOMPSON)
  })

  it('G6 logs from before there was a gate say what they said: a changed policy was in force at once', () => {
    const state = started()
    foldPromotion(state, appliedOf(2, [specOf(THOMPSON)], false))
    assert.deepEqual(serving(state).policy, THOMPSON)
    assert.equal(state.tracks.get(CAMPAIGN)?.challenger, null)
  })

  it('G7 a fixed policy whose action is gone gives way at once: it could only be silent', () => {
    const state = createPromotion()
    foldPromotion(state, appliedOf(1, [specOf(always('offer'))]))
    const [first] = specOf(THOMPSON).actions
    const without = specOf(THOMPSON, { actions: first === undefined ? [] : [first] })
    const events = apply(state, 2, { before: [specOf(always('offer'))], after: [without] })
    assert.equal(events.length, 1)
    assert.deepEqual(serving(state, 'p1', without).policy, THOMPSON)
  })

  it('G8 a model of its own learns from its proposal on, decides when its time has come, and goes when nobody needs it', () => {
    const state = started()
    const dense = specOf(THOMPSON, { model: { kind: 'dense', halfLifeDays: 30 } })
    apply(state, 2, { after: [dense] })
    assert.equal(state.models.size, 1)
    const example = {
      shared: [['tier=gold', 1]],
      action: [['action=offer', 1]],
      reward: 3,
      propensity: 0.5,
      at: 0,
    } as const
    learnOwnModels(state, example)
    const model = serving(state).shadow?.model
    assert.equal(model?.examples, 1)
    assert.notEqual(model, shared)
    moved(state, 10, 1)
    const champion = serving(state)
    assert.equal(champion.model, model)
    assert.notEqual(champion.modelId, '')
    apply(state, 20, { before: [dense], after: [specOf(THOMPSON)], override: 'enough of it' })
    assert.equal(state.models.size, 0)
    const many = Array.from({ length: MODELS_MAX + 1 }, (_, i) =>
      specOf(UNIFORM, { id: `c${i}` as typeof CAMPAIGN, model: { kind: 'dense' } }),
    )
    assert.match(wish(state, { after: many }).problems[0]?.path ?? '', /campaigns c4\.model/)
  })

  it('G9 the same events give the same bytes, in one go or over a dump anywhere', () => {
    const judged: GateJudged = {
      campaignId: CAMPAIGN,
      challengerId: 'x',
      share: 0,
      verdict: 'waits',
      checks: [],
      decisions: 4,
      own: 0,
    }
    const proposed = {
      campaignId: CAMPAIGN,
      challengerId: 'x',
      policy: THOMPSON,
      model: { kind: 'hashed' as const, halfLifeDays: Infinity },
      safety: false,
      by: '',
      reason: '',
    }
    const move = { campaignId: CAMPAIGN, challengerId: 'x', detail: '', by: '' }
    const events = [
      appliedOf(1, [specOf(UNIFORM), specOf(THOMPSON, { id: 'other' as typeof CAMPAIGN })]),
      eventOf(2, POLICY_PROPOSED, { ...proposed, model: { kind: 'hashed' as const } }),
      eventOf(3, GATE_JUDGED, judged),
      eventOf(4, ROLLOUT_MOVED, { ...move, from: 0, to: 0.05, cause: 'gate_passed' }),
      eventOf(5, ROLLOUT_MOVED, { ...move, from: 0.05, to: 0, cause: 'harm' }),
    ]
    const bytes = (state: Promotion) => canonicalJson(JSON.parse(JSON.stringify(dumpPromotion(state))))
    const whole = createPromotion()
    for (const event of events) foldPromotion(whole, event)
    for (let cut = 0; cut <= events.length; cut++) {
      let state = createPromotion()
      for (const [i, event] of events.entries()) {
        if (i === cut) state = restorePromotion(dumpPromotion(state))
        foldPromotion(state, event)
      }
      assert.equal(bytes(state), bytes(whole), `cut at ${cut}`)
    }
    // A model that has learnt survives, too.
    const state = started()
    apply(state, 2, { after: [specOf(THOMPSON, { model: { kind: 'hashed' } })] })
    const learnt = { shared: [], action: [['a', 1] as const], reward: 1, propensity: 1, at: 0 }
    learnOwnModels(state, learnt)
    const again = restorePromotion(dumpPromotion(state))
    learnOwnModels(state, learnt)
    learnOwnModels(again, learnt)
    assert.equal(bytes(again), bytes(state))
    learn(shared, learnt)
  })
})
