// Models in the loop: what they expect of a person stands in the record of a decision, in the bandit's features
// and in rules; where a model has no word, rules hold for nobody and say why. All of it comes out of the log again.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { asDecisionId } from '../kernel/ids.ts'
import { DAY_MS } from '../kernel/time.ts'
import { campaign as written } from '../decision/testing/examples.ts'
import { CAMPAIGNS_APPLIED, DECISION_MADE, DECISION_SKIPPED } from '../decision/events.ts'
import type { CampaignSpec, DecisionSkipped } from '../decision/events.ts'
import { dueDecisions, explain, peopleOf, sameDecision } from '../decision/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../loop.ts'
import { MODEL_DRIFT_FOUND } from '../model/events.ts'
import { parseModels, RuleScores, scoresOf, trainingInput, trainModels } from '../model/index.ts'
import { FROM, peopleWorld } from '../model/persons/testing/people-world.ts'
import { SEGMENTS_APPLIED } from '../profile/events.ts'
import { countProfiles, profileIdOf, refreshSegments, segmentSizes } from '../profile/index.ts'
import { SIGNAL_RECEIVED } from '../signal/events.ts'
import { viewSegments } from '../api/views/customers.ts'
import { viewModels } from '../api/views/models.ts'
import { decideFor, redecide } from './deciding.ts'

const DAYS = 130
const NOW = FROM + DAYS * DAY_MS
const PEOPLE = 440

const events = peopleWorld({ seed: 'persons', people: PEOPLE, days: DAYS }).events

const take = (state: LoopState, type: string, data: unknown, at = NOW): void =>
  foldEvent(state, {
    offset: state.offset + 1,
    id: `e${state.offset + 1}`,
    type,
    key: '',
    at,
    data: JSON.parse(JSON.stringify(data)) as unknown,
  })

const heard = (): LoopState => {
  const state = createState()
  state.persons.settings = parseModels({ churn_after: '30d', purchase_within: '14d' }, [])
  for (const event of events) foldEvent(state, event)
  return state
}

const taught = (): LoopState => {
  const state = heard()
  const facts = trainModels(trainingInput(state.persons, state.business, ['churn', 'purchase', 'value']))
  for (const { type, data } of facts) take(state, type, data)
  return state
}

const copy = (state: LoopState): LoopState => restoreState(dumpState(state))

const apply = (state: LoopState, ...campaigns: CampaignSpec[]): LoopState => {
  take(state, CAMPAIGNS_APPLIED, { version: 'c1', campaigns })
  return state
}

const peopleIn = (state: LoopState) => peopleOf(state.profile, state.business, state.persons)
const refs = Array.from({ length: PEOPLE }, (_, ref) => ref)
const matching = (state: LoopState, rule: string, now = NOW): readonly number[] => {
  const people = peopleIn(state)
  return refs.filter((ref) => people.matches(rule, { ref, now }))
}

const decideOn = (state: LoopState, spec: CampaignSpec, ref: number, now = NOW) =>
  decideFor(
    state,
    {
      decisionId: asDecisionId(`dec:welcome:${ref}:${profileIdOf(state.profile, ref)}`),
      campaign: spec,
      ref,
      cause: { kind: 'event', ref: `m${ref}` },
      context: {},
      now,
    },
    String,
  )

const signedUp = (state: LoopState, user: string, at: number): void =>
  take(
    state,
    SIGNAL_RECEIVED,
    {
      header: { endpoint: 'track', source: 'test', receivedAt: at },
      payload: {
        type: 'track',
        event: 'Signed Up',
        userId: user,
        messageId: `s-${user}-${at}`,
        timestamp: new Date(at).toISOString(),
      },
    },
    at,
  )

const dueIn = (state: LoopState, now: number) =>
  dueDecisions(state.decision, now, { people: peopleIn(state), latenessMsMax: 3_600_000, limit: 100 })

describe('scores in decisions', () => {
  let state: LoopState
  before(() => {
    state = taught()
  })

  it('PM16 rules read churn, purchase and value, with version and age of the model', () => {
    const asked = { persons: state.persons, profiles: state.profile, business: state.business }
    for (const key of ['churn', 'purchase'] as const) {
      const chosen = new Set(matching(state, `scores.${key} > 0.4`))
      const truth = refs.filter((ref) => (scoresOf(asked, ref, NOW)[key] ?? 0) > 0.4)
      assert.deepEqual([...chosen], truth)
      assert.ok(truth.length > 5 && truth.length < PEOPLE - 5, `${key}: ${truth.length} of ${PEOPLE}`)
    }
    const version = state.persons.models.byKey.get('churn')?.inUse?.trained.version ?? ''
    assert.ok(version !== '')
    const later = NOW + 2 * DAY_MS
    assert.equal(matching(state, `scores.versions.churn == "${version}"`).length, PEOPLE)
    assert.equal(matching(state, 'scores.ageDays.churn == 2', later).length, PEOPLE)
    assert.equal(matching(state, 'scores.ageDays.churn > 2', later).length, 0)
    const customers = matching(state, 'has(scores.churn)')
    assert.deepEqual(customers, matching(state, 'profile.features.orders > 0'))
    assert.ok(customers.length < PEOPLE)
  })

  it('PM17 no model, one that is stale, has drifted or is an average gives no score: neither a rule nor its opposite holds', () => {
    const bare = heard()
    const drifted = copy(state)
    const version = drifted.persons.models.byKey.get('churn')?.inUse?.trained.version
    take(drifted, MODEL_DRIFT_FOUND, { key: 'churn', version, measure: 'psi', value: 0.4, error: 0 })
    const stale = NOW + 5 * state.persons.settings.trainEveryMs
    for (const [world, now, gap] of [
      [bare, NOW, 'no_model'],
      [drifted, NOW, 'drift'],
      [state, stale, 'stale'],
    ] as const) {
      const ask = (rule: string) => matching(world, rule, now).length
      assert.equal(ask('scores.churn >= 0.0'), 0, gap)
      assert.equal(ask('!(scores.churn >= 0.0)'), 0, gap)
      assert.equal(ask('scores.churn >= 0.0 || profile.features.events >= 0.0'), PEOPLE)
      assert.equal(peopleIn(world).gapsOf('scores.churn > 0.5', { ref: 0, now }), `churn: ${gap}`)
    }
    assert.ok(matching(drifted, 'scores.purchase >= 0.0').length > 0, 'the others still speak')
    const missed = new Map()
    const value = new RuleScores(
      { persons: state.persons, profiles: state.profile, business: state.business },
      { ref: 0, now: NOW, missed },
    ).value
    const reason = state.persons.models.byKey.get('value')?.inUse?.ready
    assert.ok(reason?.kind === 'value')
    if (reason.model.reason !== null) assert.deepEqual([value, missed.get('value')], [undefined, 'average'])
    else assert.equal(missed.size, 0)
  })

  it('PM17 who a trigger made due is skipped with the gap as reason, and in the trigger itself scores are read too', () => {
    const spec = written({ audience: 'scores.churn >= 0.0' })
    const customer = matching(state, 'has(scores.churn)')[0] ?? 0
    const user = `u${customer}`
    for (const [world, expected] of [
      [copy(state), 'decide'],
      [heard(), 'no_score'],
    ] as const) {
      apply(world, spec)
      signedUp(world, user, NOW + 1_000)
      const { decide, record } = dueIn(world, NOW + 1_000 + 3_600_000)
      const skipped = record.filter(({ type }) => type === DECISION_SKIPPED)
      const reason = (skipped[0]?.data as DecisionSkipped | undefined)?.reason
      if (expected === 'decide') assert.deepEqual([decide.length, skipped.length], [1, 0])
      else assert.deepEqual([decide.length, reason], [0, { code: 'no_score', detail: 'churn: no_model' }])
    }
    const where = (rule: string) => {
      const world = apply(
        copy(state),
        written({ trigger: { event: 'Signed Up', where: rule, delay: '1h', reentry: '7d' } }),
      )
      signedUp(world, user, NOW + 1_000)
      return dueIn(world, NOW + 1_000 + 3_600_000).decide.length
    }
    assert.deepEqual([where('scores.churn >= 0.0'), where('scores.churn > 1.0')], [1, 0])
  })

  it('PM18 a decision records what was said, shows the bandit the part of people, and is made again to the byte', () => {
    const spec = written()
    const world = apply(copy(state), spec)
    const restored = copy(world)
    const levels = new Set<string>()
    for (const ref of refs.slice(0, 120)) {
      const made = decideOn(world, spec, ref)
      const said = made.scores?.find(({ key }) => key === 'churn')
      assert.ok(said !== undefined)
      const feature = made.shared.find(([name]) => name.startsWith('score:churn='))
      if ('gap' in said) assert.deepEqual([said.gap, feature], ['not_a_customer', undefined])
      else {
        assert.deepEqual(feature, [`score:churn=${said.level}`, 1])
        assert.equal(said.trainedAt, NOW)
        levels.add(said.level)
      }
      assert.equal(JSON.parse(JSON.stringify(made)).scores.length, 3)
      const again = redecide(restored, made, String)
      assert.ok(again !== null && sameDecision(made, again), `decision on ${ref}`)
    }
    assert.deepEqual([...levels].toSorted(), ['high', 'low', 'middle'])
  })

  it('PM18 a decision replays after models were trained anew, from its own offset', () => {
    const spec = written()
    const world = apply(copy(state), spec)
    const made = decideOn(world, spec, 3)
    const before = copy(world)
    const drift = { key: 'churn', version: state.persons.models.byKey.get('churn')?.inUse?.trained.version }
    take(world, MODEL_DRIFT_FOUND, { ...drift, measure: 'psi', value: 0.4, error: 0 })
    take(world, DECISION_MADE, made)
    const again = redecide(before, made, String)
    assert.ok(again !== null && sameDecision(made, again))
    const other = redecide(world, { ...made, asOf: world.offset }, String)
    assert.ok(other !== null && !sameDecision(made, other), 'another state of the models is another decision')
  })

  it('P31 segments read scores, follow the model in use, and take a missing score for neither true nor false', () => {
    const world = copy(state)
    const segments = [
      { id: 'leaving', name: 'Leaving', when: 'scores.churn > 0.4' },
      { id: 'staying', name: 'Staying', when: '!(scores.churn > 0.4)' },
      { id: 'either', name: 'Either', when: 'scores.churn > 0.4 || profile.features.events >= 0.0' },
    ]
    take(world, SEGMENTS_APPLIED, { version: 's1', segments })
    const inside = (of: LoopState, id: string) => matching(of, `"${id}" in profile.segments`)
    assert.deepEqual(inside(world, 'leaving'), matching(world, 'scores.churn > 0.4'))
    const customers = matching(world, 'has(scores.churn)').length
    assert.ok(inside(world, 'leaving').length > 5)
    assert.equal(inside(world, 'leaving').length + inside(world, 'staying').length, customers)
    assert.equal(inside(world, 'either').length, PEOPLE)

    // Sizes go the same way, a budget at a time.
    const sizes = (of: LoopState, budget: number) => {
      const { persons, profile: profiles, business } = of
      const looked = refreshSegments(profiles, {
        now: NOW,
        business,
        budget,
        scoresOf: (ref) => new RuleScores({ persons, profiles, business }, { ref, now: NOW }),
      })
      assert.ok(looked <= budget)
      return segmentSizes(profiles).map(({ size }) => size)
    }
    sizes(world, 100)
    assert.equal(segmentSizes(world.profile)[0]?.whole, false)
    const everybody = countProfiles(world.profile)
    assert.deepEqual(sizes(world, 10_000), [
      inside(world, 'leaving').length,
      inside(world, 'staying').length,
      everybody,
    ])

    // The decision by way of a segment, and the same decision from the log and from a snapshot of it.
    const spec = written({ audience: '"leaving" in profile.segments' })
    apply(world, spec)
    const [ref = 0] = inside(world, 'leaving')
    const made = decideOn(world, spec, ref)
    const restored = copy(world)
    assert.deepEqual(inside(restored, 'leaving'), inside(world, 'leaving'))
    assert.equal(JSON.stringify(decideOn(restored, spec, ref)), JSON.stringify(made))

    const version = world.persons.models.byKey.get('churn')?.inUse?.trained.version
    // A model that is not true to its word moves people out at once, both ways; the gap is named.
    take(world, MODEL_DRIFT_FOUND, { key: 'churn', version, measure: 'psi', value: 0.4, error: 0 })
    assert.deepEqual([inside(world, 'leaving').length, inside(world, 'staying').length], [0, 0])
    assert.equal(inside(world, 'either').length, PEOPLE)
    assert.match(peopleIn(world).gapsOf('"leaving" in profile.segments', { ref, now: NOW }), /churn: drift/)
    assert.deepEqual(sizes(world, 10_000), [0, 0, everybody])
    assert.ok(
      viewSegments({ loop: { state: world, ctx: { now: () => NOW } } } as never).items[0]?.missing.some(
        ({ score, gap }) => score === 'churn' && gap === 'drift',
      ),
    )
  })

  it('PM18 without any model a decision carries no scores and no features of them', () => {
    const spec = written()
    const made = decideOn(apply(heard(), spec), spec, 3)
    assert.equal('scores' in made, false)
    assert.equal(
      made.shared.some(([name]) => name.startsWith('score:')),
      false,
    )
  })

  it('PM19 a decision tells its scores in words, with model and age, and what is missing with the reason', () => {
    const spec = written()
    const world = apply(copy(state), spec)
    const ref = matching(state, 'has(scores.churn)')[0] ?? 0
    const version = state.persons.models.byKey.get('churn')?.inUse?.trained.version ?? ''
    const en = explain(decideOn(world, spec, ref, NOW + 2 * DAY_MS), 'en').scores
    assert.match(en[0] ?? '', /^Risk of leaving: \d[\d.]*%, (low|middling|high) beside others \(model /)
    assert.ok(en[0]?.includes(version) && en[0].includes('2 days old'))
    const ru = explain(decideOn(world, spec, ref, NOW + 5 * DAY_MS), 'ru').scores
    assert.match(ru[0] ?? '', /^Риск ухода: .*ей 5 дней\)\.$/)
    const fresh = refs.find((one) => !matching(state, 'has(scores.churn)').includes(one)) ?? 0
    assert.equal(
      explain(decideOn(world, spec, fresh), 'en').scores[0],
      'Risk of leaving: no score, the person has not ordered yet.',
    )
  })

  it('PM20 a model names who uses it: the bandit while it has a word, and the campaigns whose rules ask', () => {
    const users = (world: LoopState, now = NOW) => {
      const loop = { state: world, ctx: { now: () => now } } as unknown as Parameters<
        typeof viewModels
      >[0]['loop']
      const { models } = viewModels({ loop, models: { isRunning: () => false } })
      return Object.fromEntries(models.map(({ key, usedBy, gap }) => [key, [gap, ...usedBy]]))
    }
    const asking = written({ id: 'ask', audience: 'scores.churn > 0.5 && scores.ageDays.purchase < 9.0' })
    const world = apply(copy(state), asking)
    assert.deepEqual(users(world)['churn'], [null, 'decisions', 'campaign:ask'])
    assert.deepEqual(users(world)['purchase'], [null, 'decisions', 'campaign:ask'])
    assert.equal(users(world)['value']?.includes('campaign:ask'), false)
    const late = NOW + 5 * state.persons.settings.trainEveryMs
    assert.deepEqual(users(world, late)['churn'], ['stale', 'campaign:ask'])
    const fixed = written({ id: 'plain' })
    assert.deepEqual(
      users(apply(copy(state), { ...fixed, policy: { kind: 'fixed', explorationFloor: 0 } }))['churn'],
      [null],
    )
  })
})
