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
