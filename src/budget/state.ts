// What the budget advisor knows, folded from the log: each line's days as the platform tells them, how late it tells
// them, what experiments found, and the budgets around which days are varied.

import type {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  DELIVERY_ATTEMPTED,
  DeliveryAttempted,
  AdsLinesApplied,
  AdsReported,
  ReportedDay,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SpendIncidentClosed,
  SpendIncidentOpened,
  SpendMove,
  SpendMoveConfirmed,
} from '../delivery/events.ts'
import { fromMicros } from '../kernel/money.ts'
import { localTime } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import {
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
  type PlannedCurve,
} from './events.ts'
import { createLag, LAG_DAYS, learnLag, type LagModel } from './learn/lag.ts'
import { countContact, type OwnedCosts } from './owned.ts'
import { CALIBRATION_PRIOR, type Calibration } from './plan.ts'

export type SeenDay = {
  spend: number
  value: number
  conversions: number
  /** Left out in snapshots of older versions. */
  clicks?: number
  byAge: number[] | null
}

export type LineMemory = {
  /** By day number, at most DAYS_KEPT. */
  readonly days: Map<number, SeenDay>
  lag: LagModel
  /** Budget a day around which the line is varied; 0 before the first plan. */
  base: number
  calibration: Calibration
  experiments: BudgetExperimentRead[]
  /** Days on which the plan varied the budget: their number is what the slope rests on. */
  variedDays: number
  /** Day until which the platform learns anew after a large change. */
  learningUntil: number
  /** What plans expected of it, one a week, oldest first: held against what came. */
  expected: Expected[]
  /** The platform's own limit for all its days, as last told; left out in snapshots of older versions. */
  totalLimit?: number | null
}

export type Expected = {
  readonly day: number
  readonly curve: PlannedCurve
  readonly marginal: NonNullable<PlannedBudget['marginal']>
  readonly share: number
}

export type BudgetState = {
  lines: AdsLinesApplied | null
  readonly memory: Map<string, LineMemory>
  readonly demand: Map<number, number>
  /** Day of the last plan, -1 before the first. */
  plannedDay: number
  lastPlan: BudgetPlanned | null
  /** Days whose results were not all told: nothing is learnt from them. */
  readonly darkDays: Set<number>
  /** The day tracking was lost, while it is; else null. */
  darkSince: number | null
  readonly owned: OwnedCosts
  /** Experiments over regions that were planned here, oldest first, by id. */
  readonly tests: Map<string, PlannedTest>
}

export type PlannedTest = BudgetExperimentPlanned & {
  readonly at: number
  /** What it found, in margin of the whole line in its days; null while it runs. */
  readonly read: { readonly effect: number; readonly standardError: number } | null
  readonly dropped: string | null
}

export const DAYS_KEPT = 120
const EXPERIMENTS_KEPT = 20
const EXPECTED_KEPT = 3
/** Experiments at hand; one more is refused while that many run. */
export const TESTS_KEPT = 50
const WEEK = 7

export const createBudget = (): BudgetState => ({
  lines: null,
  memory: new Map(),
  demand: new Map(),
  plannedDay: -1,
  lastPlan: null,
  darkDays: new Set(),
  darkSince: null,
  owned: new Map(),
  tests: new Map(),
})

const createMemory = (): LineMemory => ({
  days: new Map(),
  lag: createLag(),
  base: 0,
  calibration: CALIBRATION_PRIOR,
  experiments: [],
  variedDays: 0,
  learningUntil: -1,
  expected: [],
})

const CONTACT: typeof DELIVERY_ATTEMPTED = 'delivery.attempted.v1'
const LINES: typeof ADS_LINES_APPLIED = 'ads.lines_applied.v1'
const REPORTED: typeof ADS_REPORTED = 'ads.reported.v1'
const ATTEMPTED: typeof SPEND_MOVE_ATTEMPTED = 'spend.move_attempted.v1'
const OPENED: typeof SPEND_INCIDENT_OPENED = 'spend.incident_opened.v1'
const CLOSED: typeof SPEND_INCIDENT_CLOSED = 'spend.incident_closed.v1'
const CONFIRMED: typeof SPEND_MOVE_CONFIRMED = 'spend.move_confirmed.v1'

/** Takes one event in; what says nothing about ad money changes nothing. */
export const foldBudget = (state: BudgetState, event: LogEvent): void => {
  switch (event.type) {
    case LINES:
      state.lines = event.data as AdsLinesApplied
      return
    case CONTACT:
      return countContact(
        state.owned,
        event.data as DeliveryAttempted,
        localTime(event.at, state.lines?.timeZone ?? 'UTC').day,
      )
    case REPORTED:
      return foldReported(state, event.data as AdsReported, event.at)
    case ATTEMPTED:
      return foldAttempted(state, event.data as SpendMove, event.at)
    case CONFIRMED:
      return foldConfirmed(state, event.data as SpendMoveConfirmed)
    case OPENED: {
      // The day before may have lost its last hours already.
      if ((event.data as SpendIncidentOpened).kind === 'tracking')
        state.darkSince = localTime(event.at, state.lines?.timeZone ?? 'UTC').day - 1
      return
    }
    case CLOSED: {
      if ((event.data as SpendIncidentClosed).incidentId === 'tracking') lightUp(state, event.at)
      return
    }
    case BUDGET_DEMAND_READ: {
      const { day, index } = event.data as BudgetDemandRead
      state.demand.set(day, index)
      if (state.demand.size > DAYS_KEPT * 2) forgetDays(state.demand, day - DAYS_KEPT)
      return
    }
    case BUDGET_EXPERIMENT_READ: {
      const read = event.data as BudgetExperimentRead
      const memory = memoryOf(state, read.lineId)
      memory.experiments = [...memory.experiments, read].slice(-EXPERIMENTS_KEPT)
      const test = state.tests.get(read.experimentId ?? '')
      if (test !== undefined) {
        const { effect, standardError } = read
        state.tests.set(test.experimentId, { ...test, read: { effect, standardError } })
      }
      return
    }
    case BUDGET_EXPERIMENT_PLANNED: {
      const planned = event.data as BudgetExperimentPlanned
      state.tests.set(planned.experimentId, { ...planned, at: event.at, read: null, dropped: null })
      // The oldest that is over makes room.
      const [over] = [...state.tests.values()].filter(
        ({ read, dropped }) => read !== null || dropped !== null,
      )
      if (state.tests.size > TESTS_KEPT && over !== undefined) state.tests.delete(over.experimentId)
      return
    }
    case BUDGET_EXPERIMENT_DROPPED: {
      const { experimentId, reason } = event.data as BudgetExperimentDropped
      const test = state.tests.get(experimentId)
      if (test !== undefined) state.tests.set(experimentId, { ...test, dropped: reason })
      return
    }
    case BUDGET_PLANNED: {
      const plan = event.data as BudgetPlanned
      state.plannedDay = plan.day
      state.lastPlan = plan
      for (const line of plan.lines) keepExpected(memoryOf(state, line.lineId), plan.day, line)
      for (const { lineId, baseMicros, toMicros, varied = toMicros !== baseMicros } of plan.lines) {
        const memory = memoryOf(state, lineId)
        memory.base = fromMicros(baseMicros)
        if (varied) memory.variedDays++
      }
      return
    }
    default:
      return
  }
}

export const memoryOf = (state: BudgetState, lineId: string): LineMemory => {
  const known = state.memory.get(lineId)
  if (known !== undefined) return known
  const made = createMemory()
  state.memory.set(lineId, made)
  return made
}

const keepExpected = (
  memory: LineMemory,
  day: number,
  { curve, marginal, realShare }: PlannedBudget,
): void => {
  const last = memory.expected.at(-1)
  if (curve === null || marginal === null || (last !== undefined && day - last.day < WEEK)) return
  memory.expected = [...memory.expected, { day, curve, marginal, share: realShare }].slice(-EXPECTED_KEPT)
}

const lightUp = (state: BudgetState, at: number): void => {
  const today = localTime(at, state.lines?.timeZone ?? 'UTC').day
  for (let day = Math.max(state.darkSince ?? today, today - DAYS_KEPT); day <= today; day++)
    state.darkDays.add(day)
  for (const day of state.darkDays) if (day < today - DAYS_KEPT) state.darkDays.delete(day)
  state.darkSince = null
}

const foldReported = (state: BudgetState, { lines }: AdsReported, at: number): void => {
  const today = localTime(at, state.lines?.timeZone ?? 'UTC').day
  for (const { lineId, totalLimitMicros, days } of lines) {
    const memory = memoryOf(state, lineId)
    if (totalLimitMicros !== undefined)
      memory.totalLimit = totalLimitMicros === null ? null : fromMicros(totalLimitMicros)
    for (const day of days) see(memory, day, today - day.day)
    finish(memory, today)
  }
}

/** Keeps what a day has now, and what it had at this age. */
const see = (
  memory: LineMemory,
  { day, spendMicros, valueMicros, conversions, clicks = 0 }: ReportedDay,
  age: number,
): void => {
  if (age < 0 || age > DAYS_KEPT) return
  const known = memory.days.get(day)
  const seen: SeenDay = {
    spend: fromMicros(spendMicros),
    value: fromMicros(valueMicros),
    conversions,
    clicks,
    byAge: known === undefined ? [] : known.byAge,
  }
  if (seen.byAge !== null && age < LAG_DAYS) seen.byAge[age] = seen.value
  memory.days.set(day, seen)
}

/** Days whose story is over teach the lag, once, and are then forgotten age by age. */
const finish = (memory: LineMemory, today: number): void => {
  for (const [day, seen] of memory.days) {
    if (today - day > DAYS_KEPT) memory.days.delete(day)
    else if (today - day >= LAG_DAYS && seen.byAge !== null) {
      const ages = seen.byAge
      // Ages at which nobody asked are filled from the one before.
      let last = 0
      const byAge = Array.from({ length: LAG_DAYS }, (_age, age) => (last = ages[age] ?? last))
      if (ages.filter((value) => value !== undefined).length >= LAG_DAYS / 2)
        memory.lag = learnLag(memory.lag, byAge, seen.value)
      seen.byAge = null
    }
  }
}

const foldAttempted = (
  state: BudgetState,
  { lineId, fromMicros: from, toMicros: to }: SpendMove,
  at: number,
): void => {
  const spec = state.lines?.lines.find(({ id }) => id === lineId)
  if (spec === undefined || from === 0) return
  if (Math.abs(to / from - 1) > spec.traits.learningShare)
    memoryOf(state, lineId).learningUntil =
      localTime(at, state.lines?.timeZone ?? 'UTC').day + spec.traits.learningDays
}

const foldConfirmed = (state: BudgetState, { lineId, budgetMicros }: SpendMoveConfirmed): void => {
  const memory = memoryOf(state, lineId)
  // Before the first plan the line is varied around what it was found at.
  if (memory.base === 0) memory.base = fromMicros(budgetMicros)
}

const forgetDays = (map: Map<number, unknown>, before: number): void => {
  for (const day of map.keys()) if (day < before) map.delete(day)
}
