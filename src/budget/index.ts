// Public exports of budget: where the next unit of money earns most, and what is known of that.
export { allocate } from './allocate.ts'
export type { Allocation, AllocationLine } from './allocate.ts'
export { bidFor, createBidder, learnRate } from './bidding/paced-bidder.ts'
export type { PacedBidder } from './bidding/paced-bidder.ts'
export { demandIndex, seasonIndex } from './demand.ts'
export { dumpBudget, restoreBudget } from './dump.ts'
export {
  BUDGET_DEMAND_READ,
  BUDGET_EXPERIMENT_DROPPED,
  BUDGET_EXPERIMENT_PLANNED,
  BUDGET_EXPERIMENT_READ,
  BUDGET_PLANNED,
  type BudgetDemandRead,
  type BudgetExperimentDropped,
  type BudgetExperimentPlanned,
  type BudgetExperimentRead,
  type BudgetPlanned,
  type PlannedBudget,
} from './events.ts'
export type { PlannedCurve } from './events.ts'
export { HISTORY_RULES, LINES_IN_FILE_MAX, planFromHistory } from './from-history.ts'
export type { HistoryAsk, HistoryLine, HistoryPlan, HistoryPlanLine, LineLimits } from './from-history.ts'
export { attributedAt, learnLine, marginalBelief } from './learn/line-model.ts'
export type { LineDay, LineModel } from './learn/line-model.ts'
export { moveEffect } from './move-effect.ts'
export type { OwnedCosts } from './owned.ts'
export { paceTotal } from './pace.ts'
export { PLAN_DAY, planDay } from './plan-day.ts'
export type { PlanAsk, PlanDayOptions } from './plan-day.ts'
export { calibrate, CALIBRATION_PRIOR, marginalRange, PLAN_RULES, planBudgets } from './plan.ts'
export type { Calibration, Evidence, MoveReason, Plan, PlanLine, PlannedLine, PlanRules } from './plan.ts'
export { effectOfSpend } from './realised.ts'
export type { EffectRange, SpendEffect } from './realised.ts'
export { adstock, marginalAt, saturation, valueAt } from './response/curve.ts'
export type { Curve } from './response/curve.ts'
export { fitResponse } from './response/fit.ts'
export type { Experiment, ResponseFit, ResponseHistory } from './response/fit.ts'
export { mixtureResponse, responseOf } from './response/response.ts'
export type { Mixture, Response } from './response/response.ts'
export { createBudget, foldBudget, TESTS_KEPT } from './state.ts'
export type { BudgetState, LineMemory, PlannedTest } from './state.ts'
export { trackingLost } from './tracking.ts'
