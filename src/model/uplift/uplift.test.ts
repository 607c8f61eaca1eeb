// The rules of uplift, on seeded experiments with a known effect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { WIDE } from '../../kernel/testing/wide.ts'
import { allRows } from '../propensity/frame.ts'
import { numbers } from '../propensity/testing/customers.ts'
import { findAfterwards } from './afterwards.ts'
import { assessUplift, decideTargeting } from './assess.ts'
import { averageEffect, qini, summariseCurve, upliftAt } from './curve.ts'
import { fitDrLearner, fitTLearner, predictUplift, type Trial } from './learners.ts'
import { renderUplift } from './report.ts'

type World = { readonly trial: Trial; readonly truth: Float64Array }

/** Effect .1 for all, plus `spread` for those with a high x; treated with chance `propensity`. */
const experiment = (seed: string, rows: number, spread: number, propensity = 0.5): World => {
  const rng = createRng(`uplift:${seed}`)
  const x = Array.from({ length: rows }, () => rng.normal())
  const z = Array.from({ length: rows }, () => rng.normal())
  const treated = Uint8Array.from(x, () => (rng.uniform() < propensity ? 1 : 0))
  const truth = Float64Array.from(x, (value) => 0.1 + spread * (value > 0 ? 1 : -1))
  const outcome = Float64Array.from(x, (_, row) => {
    const base = 0.3 + 0.05 * Math.tanh(z[row] as number)
    return rng.uniform() < base + (treated[row] as number) * (truth[row] as number) ? 1 : 0
  })
  return {
    trial: { frame: { rows, columns: [numbers('x', x), numbers('z', z)] }, treated, outcome, propensity },
    truth,
  }
}

const names = { arm: 'mail', control: 'none', outcome: 'visit' }

describe('uplift', () => {
  it('UP1 both learners find the effect of each on average, whatever the share treated', () => {
    for (const propensity of [0.5, 0.2]) {
      const { trial, truth } = experiment('learn', 12_000, 0.1, propensity)
      for (const fit of [fitTLearner, fitDrLearner]) {
        const said = predictUplift(fit(trial, allRows(12_000)), trial.frame)
        const mean = said.reduce((sum, u) => sum + u, 0) / said.length
        assert.ok(Math.abs(mean - 0.1) < 0.03, `mean ${mean}`)
        const high = said.filter((_, row) => (truth[row] as number) > 0.1)
        const low = said.filter((_, row) => (truth[row] as number) < 0.1)
        const gap =
          high.reduce((s, u) => s + u, 0) / high.length - low.reduce((s, u) => s + u, 0) / low.length
        assert.ok(gap > 0.08 && gap < 0.26, `gap ${gap}`)
      }
    }
  })

  it('UP2 uplift in the top share and Qini are what their definitions say; equal scores tell nothing', () => {
    const ranked = {
      scores: Float64Array.of(4, 3, 2, 1),
      treated: Uint8Array.of(1, 0, 1, 0),
      outcome: Float64Array.of(1, 0, 0, 1),
    }
    assert.equal(upliftAt(ranked, 0.5), 1)
    assert.equal(upliftAt(ranked, 1), 0)
    // The curve: 0, 0 (no control yet), 1, 1, 0; its area over the share is (0 + 0 + .5 + 1 + .5) / 4, per row a quarter of it.
    assert.equal(qini(ranked), 0.125)
    assert.equal(qini({ ...ranked, scores: new Float64Array(4) }), 0)
  })

  it('UP3 the bootstrap interval of Qini holds zero for a random ranking about as often as it says', () => {
    let held = 0
    for (let seed = 0; seed < 40; seed++) {
      const { trial } = experiment(`null ${seed}`, 1_000, 0)
      const rng = createRng(`scores ${seed}`)
      const scores = Float64Array.from({ length: 1_000 }, () => rng.uniform())
      const { low, high } = summariseCurve(
        { scores, ...trial },
        { draws: 200, shares: [], seed: `${seed}` },
      ).qini
      if (low <= 0 && high >= 0) held++
    }
    // 95 % of 40 is 38; below 33 would come once in a thousand.
    assert.ok(held >= 33, `${held} of 40`)
  })

  it('UP4 a list only when Qini is above zero by its interval; else all or none by the effect and its cost', () => {
    const sure = { value: 0.1, low: 0.05, high: 0.15 }
    const vague = { value: 0.1, low: -0.05, high: 0.25 }
    assert.deepEqual(decideTargeting(sure, vague, 0), { decision: 'individual', because: 'qini' })
    assert.deepEqual(decideTargeting(vague, sure, 0), { decision: 'all', because: 'effect' })
    assert.deepEqual(decideTargeting(vague, sure, 0.2), { decision: 'none', because: 'effect' })
    assert.deepEqual(decideTargeting(vague, vague, 0), { decision: 'none', because: 'unknown' })
  })

  it(
    'UP5 an effect that is the same for all gives no list, one that differs gives the right one (wide)',
    WIDE,
    () => {
      const same = assessUplift(experiment('same', 6_000, 0).trial).assessment
      assert.equal(same.targeting.decision, 'all')
      assert.equal(same.targetRows, 6_000)
      const { trial, truth } = experiment('differs', 6_000, 0.2)
      const { assessment, model } = assessUplift(trial)
      assert.equal(assessment.targeting.decision, 'individual')
      const said = predictUplift(model, trial.frame)
      const right = said.filter((u, row) => u > 0 === (truth[row] as number) > 0).length
      assert.ok(right / 6_000 > 0.75, `${right} of 6000`)
      const nothing = assessUplift(experiment('cost', 6_000, 0).trial, { cost: 0.5 }).assessment
      assert.deepEqual(nothing.targeting, { decision: 'none', because: 'effect' })
      assert.equal(nothing.targetRows, 0)
    },
  )

  it('UP6 leaves out what was only known after the treatment', () => {
    const { trial } = experiment('after', 4_000, 0.1)
    const clicks = numbers(
      'opens',
      Array.from(trial.treated, (t, row) => (t === 1 && row % 3 === 0 ? 1 : 0)),
    )
    const bought = numbers(
      'bought',
      Array.from(trial.outcome, (y, row) => (y === 1 && row % 20 < 3 ? 1 : 0)),
    )
    const spend = numbers(
      'spend',
      Array.from(trial.outcome, (_, row) => row % 5),
    )
    const past = numbers(
      'past_spend',
      Array.from(trial.outcome, (_, row) => row % 7),
    )
    const frame = { ...trial.frame, columns: [...trial.frame.columns, clicks, bought, spend, past] }
    assert.deepEqual(
      findAfterwards({ ...trial, frame }).map(({ column, why }) => [column, why]),
      [
        ['opens', 'arms'],
        ['bought', 'outcome'],
        ['spend', 'name'],
      ],
    )
  })

  it('UP7 refuses NaN, too few rows and an arm that was never drawn', () => {
    const { trial } = experiment('refuse', 400, 0)
    const rows = allRows(400)
    const bad = { ...trial, outcome: trial.outcome.with(3, Number.NaN) }
    assert.throws(
      () => fitTLearner(bad, rows),
      (error) => isFailure(error, 'frame.not_finite'),
    )
    assert.throws(
      () => fitDrLearner({ ...trial, propensity: 1 }, rows),
      (error) => isFailure(error, 'uplift.propensity'),
    )
    assert.throws(
      () => fitTLearner(trial, allRows(60)),
      (error) => isFailure(error, 'uplift.too_few'),
    )
  })

  it('UP8 gives the same again, in any order of columns, and leaves what it was given alone', () => {
    const { trial } = experiment('again', 1_500, 0.2)
    const before = structuredClone(trial)
    const first = assessUplift(trial, { draws: 50 })
    assert.deepEqual(trial, before)
    const turned = { ...trial, frame: { ...trial.frame, columns: trial.frame.columns.toReversed() } }
    const second = assessUplift(turned, { draws: 50 })
    assert.equal(JSON.stringify(first.model), JSON.stringify(second.model))
    assert.deepEqual(first.assessment.dr, second.assessment.dr)
  })

  it('UP9 says it in both languages, with the average effect and its interval', () => {
    const { assessment } = assessUplift(experiment('words', 2_000, 0).trial, { draws: 50 })
    assert.match(renderUplift(assessment, names, 'en'), /Average effect {2}0\.\d+ \[/)
    assert.match(renderUplift(assessment, names, 'ru'), /Средний эффект[\s\S]*=> Всем/)
    const { trial } = experiment('words', 2_000, 0)
    assert.deepEqual(averageEffect(trial), assessment.effect)
  })
})
