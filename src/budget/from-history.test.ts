// A plan from a plain history, and what a change of spend was to bring beside what came.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { HISTORY_RULES, planFromHistory, type HistoryAsk, type HistoryLine } from './from-history.ts'
import { effectOfSpend } from './realised.ts'

/** A line of about 100 a step, varied by a fifth, that claims half more than it brings. */
const line = (id: string, worth: number, half: number): HistoryLine => {
  const rng = createRng(id)
  const real = (spend: number) => worth * Math.tanh((spend / half) * 0.5493)
  const days = Array.from({ length: 60 }, (_day, day) => {
    const spend = 100 * (rng.uniform() < 0.5 ? 0.8 : 1.2)
    return { day, spend, value: 1.5 * real(spend) * Math.exp(0.04 * rng.normal()) }
  })
  return { id, days, experiments: [] }
}
const tested = (one: HistoryLine, effect: number): HistoryLine => ({
  ...one,
  experiments: [
    { fromDay: 46, toDay: 59, effect: 14 * effect, standardError: 14 * effect * 0.08, kind: 'geo' },
  ],
})
const ask = (lines: readonly HistoryLine[], about: Partial<HistoryAsk> = {}): HistoryAsk => ({
  lines,
  demandOn: () => 1,
  total: null,
  marginShare: 1,
  randomised: false,
  recentSteps: 7,
  rules: HISTORY_RULES,
  rng: createRng('history'),
  ...about,
})

describe('a plan from a history', () => {
  it('BU60 moves money to the line that truly earns more, and counts only what experiments leave of a claim', () => {
    const lines = [tested(line('weak', 150, 60), 150 * 0.72), tested(line('strong', 900, 200), 900 * 0.267)]
    const { lines: planned, gain, spendMore, total } = planFromHistory(ask(lines))
    const [weak, strong] = planned
    assert.ok((strong?.to ?? 0) > (strong?.from ?? 0) * 1.1 && (weak?.to ?? 0) < (weak?.from ?? 0))
    assert.ok(Math.abs((strong?.realShare.share ?? 0) - 0.67) < 0.12, `${strong?.realShare.share}`)
    const truth = ((900 * 0.5493) / 200) * (1 - Math.tanh((100 / 200) * 0.5493) ** 2)
    const { low = 0, high = 0 } = strong?.marginal ?? {}
    assert.ok(low < truth && truth < high, `${low} ${truth} ${high}`)
    assert.ok(gain - spendMore > 0 && planned.reduce((sum, { to }) => sum + to, 0) <= total + 1e-6)
  })

  it('BU61 raises nothing of which nobody knows what it causes', () => {
    const lines = [line('weak', 150, 60), line('strong', 900, 200)]
    const { lines: unknown } = planFromHistory(ask(lines, { total: 1_000 }))
    for (const { from, to, evidence } of unknown) assert.ok(evidence === 'none' && to <= from)
    const { lines: varied } = planFromHistory(ask(lines, { randomised: true }))
    assert.ok((varied[1]?.to ?? 0) > (varied[1]?.from ?? 0))
    assert.throws(() => planFromHistory(ask([{ ...line('x', 1, 1), days: [] }])), {
      code: 'budget.history_short',
    })
  })

  it('BU62 holds what a change was to bring against what came, and needs three days on either side', () => {
    const rng = createRng('effect')
    const curve = { spend: [0, 100, 200], value: [0, 200, 300], low: [0, 150, 220], high: [0, 250, 380] }
    const days = (from: number, count: number, spend: number, value: number) =>
      Array.from({ length: count }, (_day, d) => ({
        day: from + d,
        spend,
        value: (value / 0.5) * Math.exp(0.05 * rng.normal()),
        share: 1,
        demand: 1,
      }))
    const about = { curve, marginal: { mean: 1, low: 0.6, high: 1.5 }, share: 0.5 }
    const effect = effectOfSpend({ before: days(0, 7, 100, 200), after: days(7, 7, 150, 250), ...about })
    assert.ok(effect !== null)
    assert.deepEqual([effect.spendBefore, effect.spendAfter, effect.fromDay, effect.toDay], [100, 150, 7, 13])
    assert.deepEqual(effect.expected, { mean: 50, low: 30, high: 75 })
    assert.ok(effect.realised.low < 50 && 50 < effect.realised.high && effect.realised.low > 0)
    assert.equal(effectOfSpend({ before: days(0, 2, 1, 1), after: days(7, 7, 1, 1), ...about }), null)
  })
})
