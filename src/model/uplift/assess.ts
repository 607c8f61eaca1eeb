// Whom to treat: judges an uplift model on rows it has not seen and says `individual` only when its ranking
// is surely better than chance; else everybody or nobody, by the average effect against its cost.

import { averageEffect, summariseCurve, type CurveSummary, type Interval } from './curve.ts'
import { findAfterwards, type Afterwards } from './afterwards.ts'
import { checkTrial, fitDrLearner, fitTLearner, foldsOf, predictUplift } from './learners.ts'
import type { LearnerOptions, Trial, UpliftModel } from './learners.ts'
import { allRows, without } from '../propensity/frame.ts'
import { orderDown } from '../propensity/metrics.ts'

export type Targeting = {
  readonly decision: 'individual' | 'all' | 'none'
  /** `qini`: the ranking is better than chance. `effect`: it is not, but the average effect is sure. `unknown`: neither is. */
  readonly because: 'qini' | 'effect' | 'unknown'
}

export type UpliftTenth = {
  readonly rows: number
  /** Mean of what the model says. */
  readonly said: number
  /** Treated minus control. */
  readonly came: number
}

export type UpliftAssessment = {
  readonly rows: number
  readonly treatedRows: number
  readonly treatedMean: number
  readonly controlMean: number
  readonly propensity: number
  readonly columns: readonly string[]
  readonly leftOut: readonly Afterwards[]
  readonly effect: Interval
  readonly dr: CurveSummary
  readonly tQini: Interval
  readonly tenths: readonly UpliftTenth[]
  readonly targeting: Targeting
  /** Rows with more expected uplift than cost; all or none where the decision is not individual. */
  readonly targetRows: number
}

export type AssessOptions = LearnerOptions & {
  /** Of one treatment, in units of the outcome. */
  readonly cost?: number
  readonly keep?: readonly string[]
  readonly assessFolds?: number
  readonly draws?: number
}

export type Assessed = {
  readonly assessment: UpliftAssessment
  /** DR-learner on all rows, for scoring. */
  readonly model: UpliftModel
}

const FOLDS = 5

/** Cross-fitted: each row is ranked, among those of its fold, by a model that has not seen it. */
export const assessUplift = (given: Trial, options: AssessOptions = {}): Assessed => {
  const rows = allRows(given.frame.rows)
  checkTrial(given, rows)
  const { cost = 0, keep = [], assessFolds = FOLDS, seed = '1', draws } = options
  const leftOut = findAfterwards(given).filter(({ column }) => !keep.includes(column))
  const trial = { ...given, frame: without(given.frame, new Set(leftOut.map(({ column }) => column))) }
  const fold = foldsOf(rows.length, assessFolds, `${seed}:assess`)
  const said = { dr: new Float64Array(rows.length), t: new Float64Array(rows.length) }
  const rank = { dr: new Float64Array(rows.length), t: new Float64Array(rows.length) }
  for (let k = 0; k < assessFolds; k++) {
    const train = rows.filter((row) => fold[row] !== k)
    const test = rows.filter((row) => fold[row] === k)
    const scores = {
      dr: predictUplift(fitDrLearner(trial, train, options), trial.frame),
      t: predictUplift(fitTLearner(trial, train, options), trial.frame),
    }
    for (const learner of ['dr', 't'] as const) {
      const part = Float64Array.from(test, (row) => scores[learner][row] as number)
      const ranks = ranksOf(part)
      test.forEach((row, i) => {
        said[learner][row] = part[i] as number
        rank[learner][row] = ranks[i] as number
      })
    }
  }
  const bootstrap = { seed, ...(draws === undefined ? {} : { draws }) }
  const arms = { treated: trial.treated, outcome: trial.outcome }
  const dr = summariseCurve({ scores: rank.dr, ...arms }, bootstrap)
  const effect = averageEffect(arms)
  const targeting = decideTargeting(dr.qini, effect, cost)
  const model = fitDrLearner(trial, rows, options)
  const targets = { individual: (u: number) => u > cost, all: () => true, none: () => false }
  const treatedRows = trial.treated.reduce((sum, t) => sum + t, 0)
  return {
    model,
    assessment: {
      rows: rows.length,
      treatedRows,
      treatedMean: meanOf(trial, 1),
      controlMean: meanOf(trial, 0),
      propensity: trial.propensity,
      columns: trial.frame.columns.map(({ name }) => name),
      leftOut,
      effect,
      dr,
      tQini: summariseCurve({ scores: rank.t, ...arms }, { ...bootstrap, shares: [] }).qini,
      tenths: tenthsOf(rank.dr, said.dr, trial),
      targeting,
      targetRows: predictUplift(model, trial.frame).filter(targets[targeting.decision]).length,
    },
  }
}

/** Individual only if Qini is above zero by its interval; else all or none by the average effect beyond its cost. */
export const decideTargeting = (qini: Interval, effect: Interval, cost: number): Targeting => {
  if (qini.low > 0) return { decision: 'individual', because: 'qini' }
  if (effect.low > cost) return { decision: 'all', because: 'effect' }
  return { decision: 'none', because: effect.high < cost ? 'effect' : 'unknown' }
}

const meanOf = ({ treated, outcome }: Trial, arm: number): number => {
  const values = outcome.filter((_, row) => treated[row] === arm)
  return values.reduce((sum, y) => sum + y, 0) / values.length
}

/** Between 0 and 1, the highest score nearest to 1; equal scores share their mean rank. */
const ranksOf = (scores: Float64Array): Float64Array => {
  const order = orderDown(scores)
  const ranks = new Float64Array(scores.length)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to++
    const rank = 1 - (from + to) / 2 / order.length
    for (let i = from; i < to; i++) ranks[order[i] as number] = rank
    from = to
  }
  return ranks
}

const tenthsOf = (
  rank: Float64Array,
  said: Float64Array,
  { treated, outcome }: Trial,
): readonly UpliftTenth[] => {
  const order = orderDown(rank)
  return Array.from({ length: 10 }, (_, tenth) => {
    const part = order.slice((order.length * tenth) / 10, (order.length * (tenth + 1)) / 10)
    const arms = { treated: Uint8Array.from(part, (row) => treated[row] as number) }
    return {
      rows: part.length,
      said: part.reduce((sum, row) => sum + (said[row] as number), 0) / part.length,
      came: averageEffect({ ...arms, outcome: Float64Array.from(part, (row) => outcome[row] as number) })
        .value,
    }
  })
}
