// Models of persons: trained on people as they were, judged later, scored the same way every time, and told
// apart from the plain average when they are not true to their word.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Problem } from '../../kernel/problem.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { encodeDump } from '../../log/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../../loop.ts'
import { findProfile, PERSON_COLUMNS } from '../../profile/index.ts'
import { MODEL_CHECKED, MODEL_DRIFT_FOUND, MODEL_NOT_TRAINED, MODEL_TRAINED } from '../events.ts'
import type { ModelKey, ModelNotTrained, ModelTrained } from '../events.ts'
import { auc } from '../propensity/metrics.ts'
import { fitPropensity } from '../propensity/fit.ts'
import { predictPropensity } from '../propensity/model.ts'
import { compileScorer } from '../propensity/score-one.ts'
import { someCustomers } from '../propensity/testing/customers.ts'
import { calibrationOf, scorePsi } from './calibration-check.ts'
import { dueTrainings, nextTrainingAt, trainingInput } from './due.ts'
import { fallbacksOf, PersonScores, scoresOf, scoresVersion } from './scores.ts'
import { parseModels, renderModels } from './settings.ts'
import { FROM, peopleWorld } from './testing/people-world.ts'
import { trainModels, type TrainingFact } from './train.ts'

const SETTINGS = parseModels({ churn_after: '30d', purchase_within: '14d' }, [])
const DAYS = 130
const world = peopleWorld({ seed: 'persons', people: 440, days: DAYS })
const NOW = FROM + DAYS * DAY_MS

const folded = (events: typeof world.events): LoopState => {
  const state = createState()
  state.persons.settings = SETTINGS
  for (const event of events) foldEvent(state, event)
  return state
}

const take = (state: LoopState, facts: readonly TrainingFact[], at: number): void => {
  // As it comes back from the log.
  for (const { type, data } of facts)
    foldEvent(state, {
      offset: state.offset + 1,
      id: `t${state.offset}`,
      type,
      key: data.key,
      at,
      data: JSON.parse(JSON.stringify(data)) as unknown,
    })
}

const train = (state: LoopState, keys: readonly ModelKey[], at = NOW): readonly TrainingFact[] => {
  const facts = trainModels(trainingInput(state.persons, state.business, keys))
  take(state, facts, at)
  return facts
}

const asked = (state: LoopState) => ({
  persons: state.persons,
  profiles: state.profile,
  business: state.business,
})

const trainedOf = (facts: readonly TrainingFact[], key: ModelKey): ModelTrained => {
  const fact = facts.find(({ type, data }) => type === MODEL_TRAINED && data.key === key)
  assert.ok(
    fact !== undefined,
    `${key} is trained: ${JSON.stringify(facts.map(({ data }) => ({ ...data, parameters: 0 })))}`,
  )
  return fact.data as ModelTrained
}

describe('models of persons', () => {
  let state: LoopState
  let facts: readonly TrainingFact[]
  before(() => {
    state = folded(world.events)
    facts = train(state, ['churn', 'purchase', 'value'])
  })

  it('PM6 judges on the latest date whose outcome is known, and learns only what was known by then', () => {
    for (const key of ['churn', 'purchase'] as const) {
      const { card, horizonMs, dataUntil } = trainedOf(facts, key)
      assert.ok(card.kind === 'propensity')
      assert.ok(card.judgedAt <= dataUntil - horizonMs && card.judgedAt > dataUntil - horizonMs - 1_000)
      for (const at of card.learntAt) assert.ok(at + horizonMs <= card.judgedAt)
      assert.ok(card.judgedRows > 100 && card.learntRows > card.judgedRows)
      const chosen = card.contenders.find(({ kind }) => kind === card.chosen)
      assert.ok(chosen !== undefined && chosen.logLoss < card.baseline.logLoss)
      // Boosted trees take over only when they are better beyond chance (PR13).
      assert.equal(card.chosen, card.lossGain > 1.645 * card.lossGainError ? 'trees' : 'logistic')
    }
  })

  it('PM7 says what is missing when there is too little to learn from', () => {
    const young = folded(world.events.slice(0, 20))
    const told = train(young, ['churn', 'purchase', 'value'], FROM + 20 * DAY_MS)
    const churn = told.find(({ data }) => data.key === 'churn')?.data as ModelNotTrained
    assert.deepEqual([churn.reason, churn.needs], ['history', 67])
    assert.ok(churn.has >= 18 && churn.has <= 20)
    const few = folded(peopleWorld({ seed: 'few', people: 25, days: 100 }).events)
    const purchase = train(few, ['purchase'])[0]?.data as ModelNotTrained
    assert.deepEqual([purchase.reason, purchase.needs], ['positives', 200])
    assert.ok(purchase.has < 200 && purchase.has > 0)
    const value = train(few, ['value'])[0]?.data as ModelNotTrained
    assert.deepEqual([value.reason, value.needs], ['customers', 50])
    assert.equal(fallbacksOf(few.persons)[0]?.reason, 'no_model')
    assert.equal(new PersonScores(asked(few), 0, NOW).purchase, undefined)
    assert.equal(few.persons.models.byKey.get('purchase')?.attempt?.failed?.reason, 'positives')
  })

  it('PM8 ranks people as their hidden rates do, and says who has left', () => {
    const rates: number[] = []
    const purchase: number[] = []
    const churn: number[] = []
    const gone: number[] = []
    for (const person of world.people) {
      const slot = slotOf(state, person.userId)
      if (slot === undefined) continue
      const scores = scoresOf(asked(state), slot, NOW)
      const left = person.leavesOn < DAYS - 5
      rates.push(left ? 0 : person.rate)
      purchase.push(scores.purchase ?? 0)
      if (scores.churn === undefined) continue
      churn.push(scores.churn)
      gone.push(left ? 1 : 0)
    }
    assert.ok(auc(Float64Array.from(churn), Uint8Array.from(gone)) > 0.85)
    const median = rates.toSorted((a, b) => a - b)[rates.length >> 1] as number
    assert.ok(
      auc(
        Float64Array.from(purchase),
        Uint8Array.from(rates, (rate) => (rate > median ? 1 : 0)),
      ) > 0.85,
    )
  })

  it('PM9 says a value with an interval, a chance to be alive and a next order of a customer, of others nothing', () => {
    let [orders, truth, customers] = [0, 0, 0]
    for (const person of world.people) {
      const slot = slotOf(state, person.userId)
      if (slot === undefined) continue
      const scores = new PersonScores(asked(state), slot, NOW)
      if (scores.orders === undefined) {
        assert.deepEqual(
          [scores.churn, scores.clv, scores.alive, scores.intervals()],
          [undefined, undefined, undefined, null],
        )
        continue
      }
      customers++
      orders += scores.orders
      truth += person.leavesOn < DAYS ? 0 : person.rate * Math.min(365, 0.9 * DAYS)
      assert.ok(scores.alive !== undefined && scores.alive >= 0 && scores.alive <= 1)
      assert.ok((scores.clv ?? -1) >= 0)
    }
    assert.ok(customers > 200)
    assert.ok(Math.abs(Math.log(orders / truth)) < Math.log(2), `${orders} expected, about ${truth} true`)
    const best = world.people.toSorted((a, b) => b.rate - a.rate).find(({ leavesOn }) => leavesOn > DAYS)
    const scores = new PersonScores(asked(state), slotOf(state, best?.userId ?? '') ?? 0, NOW)
    const intervals = scores.intervals()
    const { orders: range, clv } = intervals ?? { orders: null, clv: null }
    assert.ok(range !== null && range.low < range.high)
    assert.ok(clv !== null && clv.low < (scores.clv ?? 0) * 1.5)
    assert.ok((scores.nextOrderDays ?? 999) < 60)
  })

  it('PM10 gives what reckoning anew would give, whatever was asked and happened before', () => {
    const again = restoreState(dumpState(state))
    assert.deepEqual(
      encodeDump(dumpState(again)['persons'] ?? {}),
      encodeDump(dumpState(state)['persons'] ?? {}),
    )
    const later = peopleWorld({ seed: 'persons', people: 440, days: DAYS + 3 }).events.slice(DAYS)
    const names = ['churn', 'purchase', 'clv', 'alive'] as const
    for (const event of later) {
      // One state is asked all the time, the other only at the end.
      for (let slot = 0; slot < 100; slot++)
        for (const name of names) void scoresOf(asked(state), slot, event.at)[name]
      foldEvent(state, { ...event, offset: state.offset + 1 })
      foldEvent(again, { ...event, offset: again.offset + 1 })
      for (let slot = 0; slot < 100; slot++) {
        const fresh = new PersonScores(asked(again), slot, Math.floor(event.at / HOUR_MS) * HOUR_MS)
        const kept = scoresOf(asked(state), slot, event.at)
        for (const name of names) assert.ok(Object.is(kept[name], fresh[name]), `${name} of ${slot}`)
      }
    }
    assert.equal(scoresVersion(again.persons), scoresVersion(state.persons))
  })

  it('PM11 learns the same from the same, and a compiled model says the same bits as the model', () => {
    const input = trainingInput(folded(world.events).persons, state.business, ['churn'])
    assert.deepEqual(
      trainModels(input),
      facts.filter(({ data }) => data.key === 'churn'),
    )
    for (const bend of [0, 1.5]) {
      const { frame, target } = someCustomers('compiled', 1_500, bend)
      const numbers = { ...frame, columns: frame.columns.filter(({ kind }) => kind === 'number') }
      const { model } = fitPropensity({ frame: numbers, target, targetName: 'x' })
      const names = numbers.columns.map(({ name }) => name)
      const score = compileScorer(model, names)
      const said = predictPropensity(model, numbers)
      for (let row = 0; row < 300; row++) {
        const values = Float64Array.from(numbers.columns, (column) =>
          column.kind === 'number' && column.missing[row] === 0 ? (column.values[row] as number) : Number.NaN,
        )
        assert.ok(Object.is(score(values), said[row]))
      }
    }
  })

  it('PM23 with `champion: online` trees have to beat what is learnt row by row, and scores replay to the byte', () => {
    const own = folded(world.events)
    own.persons.settings = parseModels({ churn_after: '30d', purchase_within: '14d', champion: 'online' }, [])
    assert.equal(own.persons.settings.champion, 'online')
    const learnt = trainedOf(train(own, ['purchase']), 'purchase')
    assert.ok(learnt.card.kind === 'propensity')
    assert.deepEqual(
      learnt.card.contenders.map(({ kind }) => kind),
      ['online', 'trees'],
    )
    assert.ok(learnt.card.chosen === (learnt.card.promoted ? 'trees' : 'online'))
    const [online] = learnt.card.contenders
    assert.ok((online?.logLoss ?? 9) < learnt.card.baseline.logLoss)
    const again = restoreState(dumpState(own))
    for (const { userId } of world.people.slice(0, 80)) {
      const slot = slotOf(own, userId)
      if (slot === undefined) continue
      const [left, right] = [own, again].map((state) => new PersonScores(asked(state), slot, NOW).purchase)
      assert.equal(left, right)
    }
  })

  it('PM12 refuses a model that is no better than the plain rate', () => {
    // Who buys is drawn anew each day, the same for all: nothing of the past tells it.
    const even = peopleWorld({ seed: 'even', people: 300, days: 100, turnsOn: 0, alike: true })
    const told = train(folded(even.events), ['purchase'])
    const [refused] = told
    assert.ok(refused?.type === MODEL_NOT_TRAINED)
    assert.ok(['not_better', 'not_calibrated'].includes(refused.data.reason))
  })

  it('PM13 holds what was said against what came, and lets the plain rate stand in where it is not true', () => {
    const days = 90
    const turning = peopleWorld({ seed: 'turn', people: 560, days: days + 30, turnsOn: days })
    const live = folded(turning.events.slice(0, days))
    const said = train(live, ['purchase'], FROM + days * DAY_MS)
    const { version } = trainedOf(said, 'purchase')
    for (const event of turning.events.slice(days)) foldEvent(live, { ...event, offset: live.offset + 1 })
    const later = trainModels(trainingInput(live.persons, live.business, ['purchase']))
    const checked = later.find(({ type }) => type === MODEL_CHECKED)
    assert.ok(checked?.type === MODEL_CHECKED)
    assert.equal(checked.data.version, version)
    assert.equal(checked.data.deciles.length, 10)
    // Orders became the same for all: what had been said is far too sure.
    assert.ok(checked.data.slope < 0.8)
    const drift = later.filter(({ type }) => type === MODEL_DRIFT_FOUND)
    assert.ok(drift.length > 0)
    take(live, drift, NOW)
    const slot = slotOf(live, 'u1') ?? 0
    const { inUse } = live.persons.models.byKey.get('purchase') ?? {}
    assert.ok(inUse?.trained.card.kind === 'propensity')
    assert.equal(scoresOf(asked(live), slot, NOW).purchase, inUse.trained.card.baseline.rate)
    assert.ok(fallbacksOf(live.persons).some(({ key, reason }) => key === 'purchase' && reason === 'drift'))
    assert.match(scoresVersion(live.persons), /drift/)
    // Another trained version takes the word again.
    take(live, said, NOW + DAY_MS)
    assert.equal(live.persons.models.byKey.get('purchase')?.drift, null)
  })

  it('PM13 measures slope with its error, and how far scores have moved', () => {
    const said = Float64Array.from({ length: 2_000 }, (_, i) => 0.05 + (0.9 * (i % 100)) / 100)
    const came = Uint8Array.from(said, (p, i) => (((i * 7919) % 2_000) / 2_000 < p ? 1 : 0))
    const honest = calibrationOf(said, came)
    assert.ok(Math.abs(honest.slope - 1) < 3 * honest.error && !honest.isOff)
    const sure = calibrationOf(
      said.map((p) => (p > 0.5 ? 0.99 : 0.01)),
      came,
    )
    assert.ok(sure.isOff && sure.slope < 0.8)
    const edges = Array.from({ length: 9 }, (_, i) => 0.05 + (0.9 * (i + 1)) / 10)
    assert.ok(scorePsi(said, edges) < 0.02)
    assert.ok(
      scorePsi(
        said.map((p) => p / 3),
        edges,
      ) > 0.2,
    )
  })

  it('PM14 is due at its hour every so many days, and earlier when much has come in', () => {
    const { business } = state
    const young = folded(world.events.slice(0, 3))
    assert.deepEqual(dueTrainings(createState().persons, NOW, business), [])
    assert.deepEqual(dueTrainings(young.persons, NOW, business), ['churn', 'purchase', 'value'])
    const at = FROM + 3 * DAY_MS
    train(young, ['churn', 'purchase', 'value'], at)
    assert.deepEqual(dueTrainings(young.persons, at + HOUR_MS, business), [])
    for (const event of world.events.slice(3, 8)) foldEvent(young, { ...event, offset: young.offset + 1 })
    assert.deepEqual(dueTrainings(young.persons, at + 60_000, business), [])
    const failed = dueTrainings(young.persons, at + HOUR_MS, business)
    assert.ok(failed.includes('churn') && failed.includes('purchase'))
    const trained = restoreState(dumpState(state)).persons
    const next = nextTrainingAt(trained, NOW, business)
    assert.ok(next > NOW && next <= NOW + 7 * DAY_MS && new Date(next).getUTCHours() === 3)
    assert.deepEqual(dueTrainings(trained, next - 1, business), [])
    assert.deepEqual(dueTrainings(trained, next, business), ['churn', 'purchase', 'value'])
  })

  it('PM15 reads and writes its settings, and says what is wrong with them', () => {
    const problems: Problem[] = []
    assert.deepEqual(parseModels(renderModels(SETTINGS), problems), SETTINGS)
    assert.equal(problems.length, 0)
    parseModels({ churn_after: '36h' }, problems)
    parseModels({ train_every: '100d' }, problems)
    parseModels({ churn: '30d' }, problems)
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['models.churn_after', 'models.train_every', 'models.churn'],
    )
    assert.match(problems[2]?.hint ?? '', /churn_after/)
    assert.equal(PERSON_COLUMNS.length, 18)
  })
})

const slotOf = ({ profile }: LoopState, userId: string): number | undefined =>
  findProfile(profile, { kind: 'user', value: userId })
