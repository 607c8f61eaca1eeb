// Whom to treat: judges an uplift model on rows it has not seen and says `individual` only when its ranking
// is surely better than chance; else everybody or nobody, by the average effect against its cost.

import { averageEffect, summariseCurve, type CurveSummary, type Interval, type Ranked } from './curve.ts'
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
  /** Random halvings to judge on; the medians of their bounds decide. */
  readonly splits?: number
  readonly draws?: number
}

export type Assessed = {
  readonly assessment: UpliftAssessment
  /** DR-learner on all rows, for scoring. */
  readonly model: UpliftModel
}

const SPLITS = 5
const DRAWS = 300

/**
 * Judged on halves not seen: learnt on one half, ranked and measured on the other, for several random splits;
 * of their figures and bounds the medians (Chernozhukov et al. 2018). Pooling folds instead would make the
 * intervals too narrow, since each row is judged by models that the other rows' luck has shaped.
 */
export const assessUplift = (given: Trial, options: AssessOptions = {}): Assessed => {
  const rows = allRows(given.frame.rows)
  checkTrial(given, rows)
  const { cost = 0, keep = [] } = options
  const leftOut = findAfterwards(given).filter(({ column }) => !keep.includes(column))
  const trial = { ...given, frame: without(given.frame, new Set(leftOut.map(({ column }) => column))) }
  const splits = Array.from({ length: options.splits ?? SPLITS }, (_, split) =>
    judgeSplit(trial, rows, split, options),
  )
  const dr = medianSummary(splits.map((split) => split.dr))
  const effect = averageEffect(trial)
  const targeting = decideTargeting(dr.qini, effect, cost)
  const model = fitDrLearner(trial, rows, options)
  const targets = { individual: (u: number) => u > cost, all: () => true, none: () => false }
  return {
    model,
    assessment: {
      rows: rows.length,
      treatedRows: trial.treated.reduce((sum, t) => sum + t, 0),
      treatedMean: meanOf(trial, 1),
      controlMean: meanOf(trial, 0),
      propensity: trial.propensity,
      columns: trial.frame.columns.map(({ name }) => name).toSorted(),
      leftOut,
      effect,
      dr,
      tQini: medianSummary(splits.map((split) => split.t)).qini,
      tenths: meanTenths(splits.map(({ tenths }) => tenths)),
      targeting,
      targetRows: predictUplift(model, trial.frame).filter(targets[targeting.decision]).length,
    },
  }
}

const judgeSplit = (trial: Trial, rows: Int32Array, split: number, options: AssessOptions) => {
  const { seed = '1', draws = DRAWS } = options
  const half = foldsOf(rows.length, 2, `${seed}:split ${split}`)
  const train = rows.filter((row) => half[row] === 0)
  const test = rows.filter((row) => half[row] === 1)
  const ranked = (model: UpliftModel): Ranked => {
    const scores = predictUplift(model, trial.frame)
    return {
      scores: Float64Array.from(test, (row) => scores[row] as number),
      treated: Uint8Array.from(test, (row) => trial.treated[row] as number),
      outcome: Float64Array.from(test, (row) => trial.outcome[row] as number),
    }
  }
  const dr = ranked(fitDrLearner(trial, train, options))
  const t = ranked(fitTLearner(trial, train, options))
  const bootstrap = { seed: `${seed}:${split}`, draws }
  return {
    dr: summariseCurve(dr, bootstrap),
    t: summariseCurve(t, { ...bootstrap, shares: [] }),
    tenths: tenthsOf(dr),
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number

const medianInterval = (intervals: readonly Interval[]): Interval => ({
  value: median(intervals.map(({ value }) => value)),
  low: median(intervals.map(({ low }) => low)),
  high: median(intervals.map(({ high }) => high)),
})

const medianSummary = (summaries: readonly CurveSummary[]): CurveSummary => ({
  qini: medianInterval(summaries.map((summary) => summary.qini)),
  upliftAt: (summaries[0] as CurveSummary).upliftAt.map(({ share }, at) => ({
    share,
    ...medianInterval(summaries.map((summary) => summary.upliftAt[at] as Interval)),
  })),
})

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

const tenthsOf = (ranked: Ranked): readonly UpliftTenth[] => {
  const order = orderDown(ranked.scores)
  return Array.from({ length: TENTHS }, (_, tenth) => {
    const part = order.slice((order.length * tenth) / TENTHS, (order.length * (tenth + 1)) / TENTHS)
    return {
      said: part.reduce((sum, row) => sum + (ranked.scores[row] as number), 0) / part.length,
      came: averageEffect({
        treated: Uint8Array.from(part, (row) => ranked.treated[row] as number),
        outcome: Float64Array.from(part, (row) => ranked.outcome[row] as number),
      }).value,
    }
  })
}

const TENTHS = 10

const meanTenths = (splits: readonly (readonly UpliftTenth[])[]): readonly UpliftTenth[] =>
  Array.from({ length: TENTHS }, (_, tenth) => {
    const mean = (pick: (of: UpliftTenth) => number): number =>
      splits.reduce((sum, tenths) => sum + pick(tenths[tenth] as UpliftTenth), 0) / splits.length
    return { said: mean(({ said }) => said), came: mean(({ came }) => came) }
  })
