// The plan of the next step from a plain history of spend and results, without a platform or a log: for a person who
// tries it on a file. It knows what the live plan knows, and says what it does not.

import { Failure } from '../kernel/failure.ts'
import type { Rng } from '../kernel/rng.ts'
import { calibrationFrom } from './calibration.ts'
import { curvePoints } from './curve-points.ts'
import type { BudgetExperimentRead, PlannedCurve } from './events.ts'
import { learnLine, type LineDay, type LineModel } from './learn/line-model.ts'
import {
  CALIBRATION_PRIOR,
  marginalRange,
  planBudgets,
  PLAN_RULES,
  type Calibration,
  type Evidence,
  type PlanLine,
  type PlannedLine,
  type PlanRules,
} from './plan.ts'
import { effectOfSpend, type SpendEffect } from './realised.ts'

export type HistoryLine = {
  readonly id: string
  /** In the order of time, one a step, without gaps. */
  readonly days: readonly { readonly day: number; readonly spend: number; readonly value: number }[]
  readonly experiments: readonly Omit<BudgetExperimentRead, 'lineId'>[]
  readonly limits?: LineLimits
}

/** What a line's budget of a step may be, beyond what nobody can serve what it brings, and the share of value that is margin. */
export type LineLimits = {
  readonly low: number
  readonly high: number
  readonly capacity: number
  readonly marginShare: number
}

export type HistoryAsk = {
  readonly lines: readonly HistoryLine[]
  /** Demand of a step relative to the usual, from what ads do not move; 1 where it is not known. */
  readonly demandOn: (day: number) => number
  /** Money of the next step; null for as much as lately. */
  readonly total: number | null
  /** Share of the value that is margin. */
  readonly marginShare: number
  /** Spend was varied at random in this history. */
  readonly randomised: boolean
  /** Last steps that say where a line stands now. */
  readonly recentSteps: number
  readonly rules: PlanRules
  readonly rng: Rng
}

export type HistoryPlanLine = Omit<PlannedLine, 'marginal' | 'marginalLow' | 'marginalHigh'> & {
  readonly evidence: Evidence
  /** Margin that the next unit brings, with its 80 % interval; null while nothing is known. */
  readonly marginal: { readonly mean: number; readonly low: number; readonly high: number } | null
  /** Claimed margin for each unit of spend lately, and the part of it that is taken for real. */
  readonly claimedReturn: number | null
  readonly realShare: Calibration
  readonly carryover: number
  readonly curve: PlannedCurve | null
  /** What the latest change of spend was expected to bring, and what came; null when there are too few steps. */
  readonly effect: SpendEffect | null
}

export type HistoryPlan = {
  readonly lines: readonly HistoryPlanLine[]
  readonly total: number
  readonly price: number
  /** Margin a step more, and spend a step more, that the moves make. */
  readonly gain: number
  readonly spendMore: number
}

const DRAWS = 200
const HALF_LIFE_STEPS = 60
const STEPS_MIN = 14
export const LINES_IN_FILE_MAX = 2_000

/** Throws Failures `budget.history_short`, `budget.history_negative`, `budget.bounds`. */
export const planFromHistory = (ask: HistoryAsk): HistoryPlan => {
  const { lines, total, rules, rng, recentSteps } = ask
  for (const line of lines) checkLine(line)
  const rows = lines.map((line) => learnRow(line, ask))
  const budgets = rows.map(({ plan }) => plan.budget)
  const wanted = total ?? budgets.reduce((sum, budget) => sum + budget, 0)
  const planned = planBudgets(
    rows.map(({ plan }) => plan),
    wanted,
    rules,
    rng,
  )
  return {
    total: wanted,
    price: planned.price,
    gain: planned.gain,
    spendMore: planned.lines.reduce((sum, { from, to }) => sum + to - from, 0),
    lines: rows.map(({ plan, days }, i): HistoryPlanLine => {
      const { marginal, marginalLow, marginalHigh, ...move } = planned.lines[i] as PlannedLine
      const recent = days.slice(-recentSteps)
      const spent = recent.reduce((sum, { spend }) => sum + spend, 0)
      const { model } = plan
      return {
        ...move,
        evidence: plan.evidence,
        marginal: model === null ? null : { mean: marginal, low: marginalLow, high: marginalHigh },
        claimedReturn: spent > 0 ? recent.reduce((sum, { value }) => sum + value, 0) / spent : null,
        realShare: plan.calibration,
        carryover: model?.carryover ?? 0,
        curve: model === null ? null : curvePoints(plan, model, rng),
        effect: lastEffect(days, plan.calibration, ask),
      }
    }),
  }
}

export const HISTORY_RULES: PlanRules = PLAN_RULES

const checkLine = ({ id, days }: HistoryLine): void => {
  if (days.length < STEPS_MIN)
    throw new Failure({
      code: 'budget.history_short',
      message: `Line "${id}" has ${days.length} steps; a curve needs ${STEPS_MIN} at least.`,
      hint: 'Give a longer history, or leave this line out.',
    })
  const bad = days.find(({ spend, value }) => !(spend >= 0) || !Number.isFinite(value))
  if (bad !== undefined)
    throw new Failure({
      code: 'budget.history_negative',
      message: `Line "${id}" spent ${bad.spend} in one step: that cannot be.`,
      hint: 'Spend is 0 or more; take refunds out of the file.',
    })
}

const UNLIMITED = { low: 0, high: Number.MAX_SAFE_INTEGER, capacity: Infinity }

const learnRow = (
  line: HistoryLine,
  { demandOn, marginShare, randomised, recentSteps, rng }: HistoryAsk,
): { readonly plan: PlanLine; readonly days: readonly LineDay[] } => {
  const { low, high, capacity, marginShare: share } = line.limits ?? { ...UNLIMITED, marginShare }
  const days = line.days.map(
    ({ day, spend, value }): LineDay => ({
      day,
      spend,
      value: Math.max(0, value) * share,
      share: 1,
      demand: Math.max(0.05, demandOn(day)),
    }),
  )
  const model = learnLine(days, { rng, drawCount: DRAWS, halfLifeDays: HALF_LIFE_STEPS })
  const byDay = new Map(days.map((one) => [one.day, one]))
  const recent = days.slice(-recentSteps)
  return {
    days,
    plan: {
      id: line.id,
      budget: recent.reduce((sum, { spend }) => sum + spend, 0) / Math.max(1, recent.length),
      low,
      high,
      model,
      calibration:
        model === null
          ? CALIBRATION_PRIOR
          : calibrationFrom(line.experiments, model, (day) => byDay.get(day)),
      evidence: line.experiments.length > 0 ? 'experiment' : randomised ? 'randomised' : 'none',
      learning: false,
      frozen: false,
      capacity,
    },
  }
}

/** The last stretch against the one before it, by a curve learnt without the last. */
const lastEffect = (
  days: readonly LineDay[],
  calibration: Calibration,
  { recentSteps, rng }: HistoryAsk,
): SpendEffect | null => {
  const known = days.slice(0, -recentSteps)
  if (known.length < STEPS_MIN) return null
  const model: LineModel | null = learnLine(known, { rng, drawCount: DRAWS, halfLifeDays: HALF_LIFE_STEPS })
  if (model === null) return null
  const after = days.slice(-recentSteps)
  const before = known.slice(-recentSteps)
  // Wide enough for both stretches.
  const budget = Math.max(...[...before, ...after].map(({ spend }) => spend)) / 2
  const stood = before.reduce((sum, { spend }) => sum + spend, 0) / before.length
  return effectOfSpend({
    before,
    after,
    curve: curvePoints({ budget, calibration }, model, rng),
    marginal: marginalRange(model, { budget: stood, calibration }, rng),
    share: calibration.share,
  })
}
