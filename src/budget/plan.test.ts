// The plan of a day: what may move, what may not, and that money neither leaks nor grows.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  type AdLineSpec,
} from '../delivery/index.ts'
import { createBooks, foldBooks } from '../guardrail/index.ts'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import { BUDGET_EXPERIMENT_READ } from './events.ts'
import type { LineModel } from './learn/line-model.ts'
import { paceTotal } from './pace.ts'
import { planDay, type PlanAsk } from './plan-day.ts'
import { calibrate, CALIBRATION_PRIOR, PLAN_RULES, planBudgets, variedBudget, type PlanLine } from './plan.ts'
import { createBudget, foldBudget } from './state.ts'
import { adLines, START_DAY } from './testing/ad-lines.ts'
import { trackingLost } from './tracking.ts'

/** A line whose value is `worth`·tanh, known well. */
const model = (worth: number, half = 100): LineModel => {
  const mean = { parts: [{ family: 'tanh' as const, half }], weights: [worth] }
  return {
    mean,
    draws: Array.from({ length: 20 }, () => mean),
    base: 0,
    carryover: 0,
    jumpedAt: -1,
    days: 50,
  }
}
const sure = { share: 1, standardError: 0 }
const line = (id: string, about: Partial<PlanLine>): PlanLine => ({
  id,
  budget: 100,
  low: 0,
  high: 1_000,
  model: model(400),
  calibration: sure,
  evidence: 'experiment',
  learning: false,
  frozen: false,
  capacity: Infinity,
  ...about,
})
const plan = (lines: readonly PlanLine[], total = 200, rules = PLAN_RULES) =>
  planBudgets(lines, total, rules, createRng('plan')).lines

describe('the plan of a day', () => {
  it('BU30 raises only what is known to earn, and says why it does not', () => {
    const [weak, strong] = plan([line('weak', { model: model(260) }), line('strong', { model: model(900) })])
    assert.ok((strong?.to ?? 0) > 100 && (weak?.to ?? 200) < 100)
    assert.equal(strong?.reason, 'earns_more_here')
    assert.equal(weak?.reason, 'earns_more_elsewhere')
    const [, unknown] = plan([
      line('weak', { model: model(260) }),
      line('strong', { model: model(900), evidence: 'none' }),
    ])
    assert.ok((unknown?.to ?? 200) <= 100)
    assert.equal(unknown?.reason, 'held_unknown')
    const doubtful = { share: 0.001, standardError: 0.001 }
    const [held] = plan([line('x', { calibration: doubtful })], 500)
    assert.ok((held?.to ?? 200) <= 100)
    assert.equal(plan([line('x', { model: null })])[0]?.reason, 'no_data')
  })

  it('BU31 keeps steps within their share, and the total where it was', () => {
    for (let round = 0; round < 50; round++) {
      const rng = createRng(`round ${round}`)
      const lines = Array.from({ length: 6 }, (_line, i) =>
        line(String(i), {
          budget: 50 + 200 * rng.uniform(),
          model: model(200 + 900 * rng.uniform(), 60 + 200 * rng.uniform()),
          learning: i === 0,
        }),
      )
      const total = lines.reduce((sum, { budget }) => sum + budget, 0)
      const moved = plan(lines, total, { ...PLAN_RULES, returnMin: 0 })
      const after = moved.reduce((sum, { to }) => sum + to, 0)
      assert.ok(after <= total + 1e-6 && after > total * 0.96, `${after} of ${total}`)
      moved.forEach(({ from, to }, i) => {
        const share = Math.abs(to / from - 1)
        assert.ok(share <= (i === 0 ? 0.1 : 0.2) + 1e-9)
        assert.ok(to === from || share >= PLAN_RULES.deadBand - 1e-9)
      })
    }
  })

  it('BU32 leaves frozen lines alone, and follows a limit that came down at once', () => {
    const [frozen, capped] = plan([line('a', { frozen: 'tracking' }), line('b', { high: 30 })])
    assert.equal(frozen?.to, 100)
    assert.equal(frozen?.reason, 'held_frozen')
    assert.equal(capped?.to, 30)
    assert.equal(capped?.reason, 'capacity')
  })

  it('BU33 varies evenly, and each line for itself', () => {
    const rng = createRng('vary')
    const pairs = Array.from(
      { length: 4_000 },
      () => [variedBudget(100, 0.1, rng), variedBudget(100, 0.1, rng)] as const,
    )
    const up = pairs.filter(([first]) => first > 100).length
    const same = pairs.filter(([first, second]) => first === second).length
    assert.ok(pairs.every((pair) => pair.every((b) => Math.abs(b - 100) - 10 < 1e-9)))
    // Four standard errors of a fair coin.
    for (const count of [up, same]) assert.ok(Math.abs(count - 2_000) < 4 * Math.sqrt(1_000))
  })

  it('BU33 varies a line from the first day that was told on, around where it stands', () => {
    const lines = adLines({ count: 2, dayTarget: 200, monthMax: 9_000 })
    const planAfter = (days: number) => {
      const [books, budget] = [createBooks(), createBudget()]
      const today = START_DAY + days
      const told = Array.from({ length: days }, (_d, d) => [START_DAY + d, 100] as const)
      for (const one of [
        event(1, ADS_LINES_APPLIED, lines, START_DAY),
        event(2, ADS_REPORTED, reported(told), today),
      ]) {
        foldBooks(books, one)
        foldBudget(budget, one)
      }
      const ask = { day: today, now: today * DAY_MS, planId: 'p', stopped: false, rng: createRng('p') }
      return planDay(budget, books, ask)?.lines ?? []
    }
    assert.ok(planAfter(0).every(({ varied, toMicros, fromMicros }) => !varied && toMicros === fromMicros))
    for (const { varied, baseMicros, toMicros, reason } of planAfter(1)) {
      assert.deepEqual([varied, baseMicros, reason], [true, 100_000_000, 'no_data'])
      assert.ok(toMicros === 90_000_000 || toMicros === 110_000_000)
    }
  })

  it('BU34 catches up at most 30 % a day and never beyond the month’s cap', () => {
    const lines = adLines({ count: 1, dayTarget: 100, monthMax: 2_500 })
    const books = createBooks()
    foldBooks(books, event(1, ADS_LINES_APPLIED, lines, START_DAY))
    const day = START_DAY + 20
    const tell = (spend: number) =>
      foldBooks(
        books,
        event(2, ADS_REPORTED, reported(Array.from({ length: 20 }, (_d, d) => [START_DAY + d, spend])), day),
      )
    tell(20)
    assert.ok(Math.abs(paceTotal(lines, books, day * DAY_MS) - 130) < 1e-6)
    tell(110)
    const careful = paceTotal(lines, books, day * DAY_MS)
    // 2,200 of 2,500 are gone, and January has eleven days left.
    assert.ok(Math.abs(careful - 300 / 11) < 1e-6)
  })

  it('BU35 raises nothing while results do not arrive, and learns nothing from those days', () => {
    const lines = adLines({ count: 2, dayTarget: 200, monthMax: 9_000 })
    const [books, budget] = [createBooks(), createBudget()]
    let offset = 0
    const fold = (type: string, data: unknown, day: number) => {
      const one = event(++offset, type, data, day)
      foldBooks(books, one)
      foldBudget(budget, one)
    }
    fold(ADS_LINES_APPLIED, lines, START_DAY)
    const today = START_DAY + 30
    const days = Array.from({ length: 30 }, (_d, d) => [START_DAY + d, 100] as const)
    fold(ADS_REPORTED, reported(days), today)
    assert.equal(trackingLost(budget, today, 12), null)
    fold(ADS_REPORTED, reported([...days.slice(0, 29), [START_DAY + 29, 100, 0], [today, 50, 0]]), today)
    assert.match(trackingLost(budget, today, 12)?.detail ?? '', /0 conversions where about/)
    fold(SPEND_INCIDENT_OPENED, { incidentId: 'tracking', kind: 'tracking', lineId: '', detail: '' }, today)
    const planned = planDay(budget, books, {
      day: today,
      now: today * DAY_MS,
      planId: 'p',
      stopped: false,
      rng: createRng('p'),
    })
    assert.ok(
      (planned?.lines.length ?? 0) === 2 &&
        planned?.lines.every(({ toMicros, fromMicros }) => toMicros === fromMicros),
    )
    fold(SPEND_INCIDENT_CLOSED, { incidentId: 'tracking', by: 'windvane' }, today + 1)
    assert.deepEqual([...budget.darkDays], [today - 1, today, today + 1])
  })

  it('BU36 leaves a line that is kept paused as it was, and its money to the others', () => {
    const planned = planOf({ heldBack: (id) => (id === 'line-0' ? 'sold_out' : null) })
    const [out, other] = planned
    assert.deepEqual([out?.reason, out?.baseMicros, out?.varied], ['sold_out', 100_000_000, false])
    assert.equal(out?.toMicros, out?.fromMicros)
    assert.equal(other?.reason, 'earns_more_here')
  })

  it('BU37 spends no more than brings what can be served, varied on purpose or not', () => {
    // A unit of spend brings one result: 60 a day are all that can be served.
    for (const resultsMax of [60, 1_000]) {
      const [line] = planOf({}, { resultsMax })
      const served = resultsMax === 60
      assert.equal(line?.reason === 'capacity', served)
      assert.ok(served ? (line?.baseMicros ?? 0) < 60_000_000 : (line?.baseMicros ?? 0) >= 90_000_000)
    }
  })

  it('BU3 weighs an experiment by its error: a sure one decides, a vague one hardly', () => {
    const reading = { effect: 40, attributed: 100 }
    assert.ok(Math.abs(calibrate(CALIBRATION_PRIOR, { ...reading, standardError: 1 }).share - 0.4) < 0.01)
    assert.ok(Math.abs(calibrate(CALIBRATION_PRIOR, { ...reading, standardError: 300 }).share - 0.7) < 0.01)
    assert.deepEqual(
      calibrate(CALIBRATION_PRIOR, { effect: 1, standardError: 1, attributed: 0 }),
      CALIBRATION_PRIOR,
    )
  })
})

const event = (offset: number, type: string, data: unknown, day: number): LogEvent => ({
  offset,
  id: `${type}:${offset}`,
  type,
  key: '',
  at: day * DAY_MS,
  data,
})

/** The plan after thirty days at 100, both lines tested and worth more. */
const planOf = (ask: Partial<PlanAsk>, more: Partial<AdLineSpec> = {}) => {
  const applied = adLines({ count: 2, dayTarget: 200, monthMax: 9_000 })
  const lines = { ...applied, lines: applied.lines.map((line) => ({ ...line, ...more })) }
  const [books, budget] = [createBooks(), createBudget()]
  const today = START_DAY + 30
  const told = Array.from({ length: 30 }, (_d, d) => [START_DAY + d, 90 + 20 * (d % 2)] as const)
  const tests = lines.lines.map(({ id }) => ({
    lineId: id,
    fromDay: START_DAY,
    toDay: today - 1,
    kind: 'geo',
    effect: 9_000,
    standardError: 300,
  }))
  for (const one of [
    event(1, ADS_LINES_APPLIED, lines, START_DAY),
    event(2, ADS_REPORTED, reported(told), today),
    ...tests.map((test, i) => event(3 + i, BUDGET_EXPERIMENT_READ, test, today)),
  ]) {
    foldBooks(books, one)
    foldBudget(budget, one)
  }
  const usual = { day: today, now: today * DAY_MS, planId: 'p', stopped: false, rng: createRng('p') }
  return planDay(budget, books, { ...usual, ...ask })?.lines ?? []
}

const reported = (days: readonly (readonly [number, number, number?])[]) => ({
  platform: 'lying',
  lines: ['line-0', 'line-1'].map((lineId) => ({
    lineId,
    budgetMicros: 100_000_000,
    days: days.map(([day, spend, conversions = spend]) => ({
      day,
      spendMicros: spend * 1_000_000,
      valueMicros: conversions * 3_000_000,
      conversions,
    })),
  })),
})
