// The plan of a day, from what is folded: lines learnt from their days, experiments weighed in, money split, and each
// budget varied a little on purpose.

import type { AdLineSpec } from '../delivery/events.ts'
import { budgetCeiling, type LineBook, type SpendBooks } from '../guardrail/index.ts'
import { fromMicros, toMicros } from '../kernel/money.ts'
import type { Rng } from '../kernel/rng.ts'
import { calibrationFrom } from './calibration.ts'
import { curvePoints } from './curve-points.ts'
import type { BudgetPlanned, PlannedBudget } from './events.ts'
import { shareByAge } from './learn/lag.ts'
import { learnLine, type LineDay, type LineModel } from './learn/line-model.ts'
import { paceTotal } from './pace.ts'
import {
  CALIBRATION_PRIOR,
  PLAN_RULES,
  planBudgets,
  variedBudget,
  type Calibration,
  type Evidence,
  type MoveReason,
  type PlanLine,
  type PlanRules,
} from './plan.ts'
import type { BudgetState, LineMemory } from './state.ts'

export type PlanDayOptions = {
  readonly rules: PlanRules
  /** Share by which a budget is varied on purpose. */
  readonly varyShare: number
  /** Draws from what each line may be. */
  readonly drawCount: number
  readonly halfLifeDays: number
  /** Days of reports before anything moves. */
  readonly warmUpDays: number
}

export const PLAN_DAY: PlanDayOptions = {
  rules: PLAN_RULES,
  varyShare: 0.1,
  drawCount: 24,
  halfLifeDays: 40,
  warmUpDays: 7,
}

/** A day's value counts once this share of it is to be expected. */
const SHARE_MIN = 0.3
/** Days of deliberate variation after which a slope is taken as known. */
const VARIED_DAYS_MIN = 10

export type PlanAsk = {
  readonly day: number
  readonly now: number
  readonly planId: string
  readonly stopped: boolean
  /** Why a line is kept paused, for the plan to leave it as it was and its money to the others; null when it is not. */
  readonly heldBack?: (lineId: string) => MoveReason | null
  readonly rng: Rng
}

/** What the advisor wants for this day, or null when there are no lines. Changes nothing. */
export const planDay = (
  state: BudgetState,
  books: SpendBooks,
  { day, now, planId, stopped, heldBack, rng }: PlanAsk,
  given: Partial<PlanDayOptions> = {},
): BudgetPlanned | null => {
  const { lines } = state
  if (lines === null) return null
  const options = { ...PLAN_DAY, ...given }
  const outage = [...books.incidents.values()].some(
    ({ kind, lineId }) => kind === 'tracking' && lineId === '',
  )
  const rows = lines.lines.map((spec) => {
    const memory = state.memory.get(spec.id)
    const book = books.lines.get(spec.id)
    const model = memory === undefined ? null : learnFrom(state, spec, memory, day, rng, options)
    return lineOf({ books, spec, memory, book, model, day, now, stopped, outage })
  })
  const total = paceTotal(lines, books, now)
  const reasons = new Map(rows.map(({ spec }) => [spec.id, heldBack?.(spec.id) ?? null]))
  const plan = planBudgets(
    rows.flatMap(({ line }) => (reasons.get(line.id) === null ? [line] : [])),
    total,
    options.rules,
    rng,
  )
  const moves = new Map(plan.lines.map((moved) => [moved.id, moved]))
  const planned = rows.map(({ spec, line: known, book }): PlannedBudget => {
    const moved = moves.get(spec.id)
    const line: PlanLine = moved === undefined ? { ...known, frozen: 'stopped' } : known
    const base = moved?.to ?? line.budget
    const told = [...(state.memory.get(spec.id)?.days ?? [])]
    const isTold = told.some(([ofDay, { spend }]) => ofDay < day && spend > 0)
    const today = dayBudget({ spec, books, line, base, now, varies: options.varyShare, isTold, rng }, book)
    return {
      lineId: spec.id,
      fromMicros: book?.budgetMicros ?? 0,
      baseMicros: toMicros(base),
      toMicros: today.micros,
      varied: today.varied,
      reason: moved?.reason ?? reasons.get(spec.id) ?? 'no_data',
      evidence: line.evidence,
      marginal:
        line.model === null || moved === undefined
          ? null
          : { mean: moved.marginal, low: moved.marginalLow, high: moved.marginalHigh },
      gain: moved?.gain ?? 0,
      realShare: round(line.calibration.share),
      curve: rows.length > CURVES_MAX || line.model === null ? null : curvePoints(line, line.model, rng),
    }
  })
  return { planId, day, totalMicros: toMicros(total), price: plan.price, gain: plan.gain, lines: planned }
}

/** With more lines than this the plan carries no curves: it would outgrow an event. */
const CURVES_MAX = 500
const round = (value: number): number => Number(value.toPrecision(5))

type Row = { readonly spec: AdLineSpec; readonly line: PlanLine; readonly book: LineBook | undefined }

const lineOf = (about: {
  readonly books: SpendBooks
  readonly spec: AdLineSpec
  readonly memory: LineMemory | undefined
  readonly book: LineBook | undefined
  readonly model: LineModel | null
  readonly day: number
  readonly now: number
  readonly stopped: boolean
  readonly outage: boolean
}): Row => {
  const { books, spec, memory, book, model, day, now, stopped, outage } = about
  const frozen: PlanLine['frozen'] = stopped
    ? 'stopped'
    : book === undefined || book.pending !== null || book.budgetMicros === null
      ? 'unconfirmed'
      : outage || [...books.incidents.values()].some(({ lineId }) => lineId === spec.id)
        ? 'tracking'
        : false
  const budget = memory !== undefined && memory.base > 0 ? memory.base : fromMicros(book?.budgetMicros ?? 0)
  const high = fromMicros(budgetCeiling(books, spec.id, now)) / (1 + PLAN_DAY.varyShare)
  return {
    spec,
    book,
    line: {
      id: spec.id,
      budget,
      low: Math.min(fromMicros(spec.dayLowMicros), high),
      high,
      model,
      calibration: calibrationOf(memory, model, spec),
      evidence: evidenceOf(memory),
      learning: (memory?.learningUntil ?? -1) >= day,
      frozen,
      // Variation goes above the base: what can be served holds for that too.
      capacity: servedSpend(spec, memory, day) / (1 + PLAN_DAY.varyShare),
    },
  }
}

/** Days that tell how many results a unit of spend brings, the youngest left out, and how many results they must hold. */
const RATE_DAYS = { from: 16, to: 2 }
const RATE_RESULTS_MIN = 10

/**
 * Spend a day beyond which nobody can serve what it brings: as the plan says it, and as many results as it says, at what
 * a unit brought lately (more spend brings fewer for each, so that it errs to the safe side).
 */
const servedSpend = (
  { capacityMicros, resultsMax = null }: AdLineSpec,
  memory: LineMemory | undefined,
  today: number,
): number => {
  const told = capacityMicros === null ? Infinity : fromMicros(capacityMicros)
  if (resultsMax === null || memory === undefined) return told
  let [results, spend] = [0, 0]
  for (const [day, seen] of memory.days) {
    if (day < today - RATE_DAYS.from || day > today - RATE_DAYS.to) continue
    results += seen.conversions / shareByAge(memory.lag, today - day)
    spend += seen.spend
  }
  return results < RATE_RESULTS_MIN ? told : Math.min(told, (resultsMax * spend) / results)
}

/** Budget for the day: the base, varied, in steps of the platform, within a fifth of what is in force. */
const dayBudget = (
  about: {
    readonly spec: AdLineSpec
    readonly books: SpendBooks
    readonly line: PlanLine
    readonly base: number
    readonly now: number
    readonly varies: number
    /** A day of it that is over was reported. */
    readonly isTold: boolean
    readonly rng: Rng
  },
  book: LineBook | undefined,
): { readonly micros: number; readonly varied: boolean } => {
  const { spec, books, line, base, now, varies, isTold, rng } = about
  const current = book?.budgetMicros ?? 0
  // Always drawn, so that what one line does changes nothing for the next.
  const varied = variedBudget(base, varies, rng)
  // From the first day that was told: while a line is not known, variation teaches the most.
  if (line.frozen !== false || !isTold) return { micros: current, varied: false }
  const { stepMicros, dayMinMicros, learningShare } = spec.traits
  const keep = learningShare * 0.98
  const ceiling = budgetCeiling(books, spec.id, now)
  const wanted = Math.min(
    ceiling,
    Math.max(current * (1 - keep), Math.min(current * (1 + keep), toMicros(varied))),
  )
  const stepped = Math.floor(wanted / stepMicros) * stepMicros
  const micros = stepped < dayMinMicros ? Math.min(current, Math.max(dayMinMicros, 0), ceiling) : stepped
  // A bound that moved the budget is no chance: only what chance moved, at least half as far as meant, teaches a cause.
  const [meant, was] = [varied - base, fromMicros(micros) - base]
  return {
    micros,
    varied: Math.sign(meant) === Math.sign(was) && Math.abs(was) >= Math.abs(meant) / 2 && meant !== 0,
  }
}

const learnFrom = (
  state: BudgetState,
  { marginShare }: AdLineSpec,
  memory: LineMemory,
  today: number,
  rng: Rng,
  { drawCount, halfLifeDays, warmUpDays }: PlanDayOptions,
): LineModel | null => {
  const days: LineDay[] = []
  for (const [day, { spend, value }] of [...memory.days].toSorted(([left], [right]) => left - right)) {
    const share = shareByAge(memory.lag, today - day)
    if (share < SHARE_MIN || day >= today || state.darkDays.has(day)) continue
    if (state.darkSince !== null && day >= state.darkSince) continue
    days.push({ day, spend, value: (value * marginShare) / share, share, demand: demandOn(state, day) })
  }
  return days.length < warmUpDays ? null : learnLine(days, { rng, drawCount, halfLifeDays })
}

const demandOn = (state: BudgetState, day: number): number => Math.max(0.05, state.demand.get(day) ?? 1)

const calibrationOf = (
  memory: LineMemory | undefined,
  model: LineModel | null,
  { marginShare }: AdLineSpec,
): Calibration =>
  memory === undefined || model === null
    ? CALIBRATION_PRIOR
    : calibrationFrom(memory.experiments, model, (day) => {
        const seen = memory.days.get(day)
        return seen === undefined ? undefined : { spend: seen.spend, value: seen.value * marginShare }
      })

const evidenceOf = (memory: LineMemory | undefined): Evidence => {
  if (memory === undefined) return 'none'
  if (memory.experiments.length > 0) return 'experiment'
  return memory.variedDays >= VARIED_DAYS_MIN ? 'randomised' : 'none'
}
