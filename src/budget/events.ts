// What the budget advisor found out and wants: demand, experiments, and the plan of a day.

import type { Evidence, MoveReason } from './plan.ts'

export const BUDGET_DEMAND_READ = 'budget.demand_read.v1'
/** Demand of a day relative to the usual, from what ads do not move. */
export type BudgetDemandRead = { readonly day: number; readonly index: number }

export const BUDGET_EXPERIMENT_READ = 'budget.experiment_read.v1'
/** What an experiment found a line to have brought in days [fromDay, toDay], in margin, beyond what would have come anyway. */
export type BudgetExperimentRead = {
  readonly lineId: string
  readonly fromDay: number
  readonly toDay: number
  readonly effect: number
  readonly standardError: number
  readonly kind: 'geo' | 'holdout' | 'switchback'
  /** The planned one that it ends; left out for those that were run elsewhere. */
  readonly experimentId?: string
}

export const BUDGET_EXPERIMENT_PLANNED = 'budget.experiment_planned.v1'
/** An experiment over regions begins: who is treated, for how long, and what it can tell. */
export type BudgetExperimentPlanned = {
  readonly experimentId: string
  readonly lineId: string
  /** `off`: the line is taken out of the treated regions. `on`: it runs in them alone. */
  readonly mode: 'off' | 'on'
  readonly treated: readonly string[]
  readonly control: readonly string[]
  /** Days since 1970-01-01, both inclusive. */
  readonly fromDay: number
  readonly toDay: number
  /** Treated share of what all regions bring. */
  readonly treatedShare: number
  /** Smallest effect, as a share of what is expected, that it tells from none with 80 % power. */
  readonly detectableShare: number
  readonly by: string
}

export const BUDGET_EXPERIMENT_DROPPED = 'budget.experiment_dropped.v1'
/** It will not be read: nothing is learnt from it. */
export type BudgetExperimentDropped = {
  readonly experimentId: string
  readonly reason: string
  readonly by: string
}

export type PlannedBudget = {
  readonly lineId: string
  readonly fromMicros: number
  /** Budget around which the day's is varied. */
  readonly baseMicros: number
  /** Budget for the day. */
  readonly toMicros: number
  /** Whether it was varied on purpose, by chance and far enough to learn from; left out in plans of older logs. */
  readonly varied?: boolean
  readonly reason: MoveReason
  readonly evidence: Evidence
  /** Margin that the next unit of money brings, with its 80 % interval; null while nothing is known. */
  readonly marginal: { readonly mean: number; readonly low: number; readonly high: number } | null
  /** Margin a day expected of the move. */
  readonly gain: number
  /** Share of the claimed value that is real, as far as experiments tell. */
  readonly realShare: number
  /** Margin a day at several spends, with its 80 % interval; null while nothing is known, or where there are too many lines. */
  readonly curve: PlannedCurve | null
}

export type PlannedCurve = {
  readonly spend: readonly number[]
  readonly value: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

export const BUDGET_PLANNED = 'budget.planned.v1'
export type BudgetPlanned = {
  readonly planId: string
  readonly day: number
  /** Money for all lines on this day. */
  readonly totalMicros: number
  /** Marginal return at which the lines stand. */
  readonly price: number
  readonly gain: number
  readonly lines: readonly PlannedBudget[]
}
