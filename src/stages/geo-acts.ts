// An experiment over regions as a guided action: planned from what the regions sold, begun, and read by the regression on
// the regions that were left alone. What it finds pins the line's curve like any experiment's result.

import {
  BUDGET_EXPERIMENT_DROPPED,
  BUDGET_EXPERIMENT_PLANNED,
  BUDGET_EXPERIMENT_READ,
  TESTS_KEPT,
  type BudgetExperimentDropped,
  type BudgetExperimentPlanned,
  type BudgetExperimentRead,
  type PlannedTest,
} from '../budget/index.ts'
import {
  designGeo,
  panelOf,
  readGeo,
  type GeoDesign,
  type GeoReading,
  type Panel,
} from '../feedback/index.ts'
import { Failure } from '../kernel/failure.ts'
import { DAY_MS, localTime } from '../kernel/time.ts'
import type { Loop } from '../loop.ts'

/** What a region sold on a day, in money. */
export type RegionDay = { readonly region: string; readonly day: number; readonly value: number }

export type GeoAsk = {
  readonly lineId: string
  readonly mode: BudgetExperimentPlanned['mode']
  readonly testDays: number
  /** One region of so many is treated. */
  readonly oneOf: number
  /** First day, days since 1970-01-01; null for tomorrow. */
  readonly fromDay: number | null
  readonly rows: readonly RegionDay[]
}

/** Who would be treated, and the smallest effect that would be told from none. Records nothing. Throws Failures `geo.*`, `budget.*`. */
export const designGeoTest = (loop: Loop, ask: GeoAsk): GeoDesign & { readonly fromDay: number } => {
  lineOf(loop, ask.lineId)
  const design = designGeo(panelOfRows(ask.rows), {
    testDays: ask.testDays,
    oneOf: ask.oneOf,
    seed: ask.lineId,
  })
  return { ...design, fromDay: fromDayOf(loop, ask) }
}

/** Plans it and records that it begins. Throws Failures `geo.*`, `budget.*`. */
export const beginGeoTest = async (loop: Loop, ask: GeoAsk, by: string): Promise<BudgetExperimentPlanned> => {
  const { state, ctx } = loop
  const design = designGeoTest(loop, ask)
  const running = [...state.budget.tests.values()].filter(isRunning)
  const same = running.find(({ lineId }) => lineId === ask.lineId)
  if (same !== undefined)
    throw new Failure({
      code: 'budget.experiment_running',
      message: `An experiment on this line runs until ${dayText(same.toDay)}.`,
      hint: 'Read it or drop it first: two at once would blur each other.',
    })
  if (running.length >= TESTS_KEPT)
    throw new Failure({
      code: 'budget.experiments_many',
      message: `${running.length} experiments run already.`,
      hint: 'Read or drop some of them first.',
    })
  const planned: BudgetExperimentPlanned = {
    experimentId: ctx.newId(),
    lineId: ask.lineId,
    mode: ask.mode,
    treated: design.treated,
    control: design.control,
    fromDay: design.fromDay,
    toDay: design.fromDay + ask.testDays - 1,
    treatedShare: design.treatedShare,
    detectableShare: design.detectableShare,
    by,
  }
  const id = `experiment-plan:${planned.experimentId}`
  await loop.record([{ id, type: BUDGET_EXPERIMENT_PLANNED, key: ask.lineId, at: ctx.now(), data: planned }])
  return planned
}

export type GeoResult = {
  readonly experimentId: string
  readonly reading: Pick<
    GeoReading,
    'effect' | 'lift' | 'p' | 'daysBefore' | 'days' | 'warnings' | 'synthetic'
  >
  /** Margin that the whole line brought in those days, with its standard error: what pins the curve. */
  readonly effect: number
  readonly standardError: number
}

const ALPHA = 0.05
const Z95 = 1.959964

/** Reads it from what the regions sold before and in it, and records the result. Throws Failures `geo.*`, `budget.*`. */
export const readGeoTest = async (
  loop: Loop,
  { experimentId, rows }: { readonly experimentId: string; readonly rows: readonly RegionDay[] },
): Promise<GeoResult> => {
  const { ctx } = loop
  const test = runningTest(loop, experimentId)
  const spec = lineOf(loop, test.lineId)
  const last = rows.reduce((latest, { day }) => Math.max(latest, day), 0)
  if (last < test.toDay)
    throw new Failure({
      code: 'budget.experiment_early',
      message: `The figures end on ${dayText(last)}; the experiment runs until ${dayText(test.toDay)}.`,
      hint: 'Looking early and stopping when it looks good finds effects that are not there. Wait, or drop it.',
    })
  const known = new Set([...test.treated, ...test.control])
  const panel = panelOfRows(rows.filter(({ region }) => known.has(region)))
  const missing = [...known].filter((region) => !panel.geos.some(({ name }) => name === region))
  if (missing.length > 0)
    throw new Failure({
      code: 'budget.experiment_regions',
      message: `The figures lack ${missing.length} regions of the experiment: ${missing.slice(0, 5).join(', ')}.`,
      hint: 'Give the same regions that it was planned with.',
    })
  const reading = readGeo(panel, {
    treated: new Set(test.treated),
    from: test.fromDay * DAY_MS,
    until: (test.toDay + 1) * DAY_MS,
    alpha: ALPHA,
  })
  const { effect, standardError } = wholeLine(test, reading, spec.marginShare)
  const data: BudgetExperimentRead = {
    experimentId,
    lineId: test.lineId,
    fromDay: test.fromDay,
    toDay: test.toDay,
    effect,
    standardError,
    kind: 'geo',
  }
  // The same id whoever asks twice: one experiment counts once.
  const id = `experiment:${experimentId}`
  await loop.record([{ id, type: BUDGET_EXPERIMENT_READ, key: test.lineId, at: ctx.now(), data }])
  const { lift, p, daysBefore, days, warnings, synthetic } = reading
  return {
    experimentId,
    reading: { effect: reading.effect, lift, p, daysBefore, days, warnings, synthetic },
    effect,
    standardError,
  }
}

/**
 * What the line brought where it ran in those days, which is what its platform claimed for them. Switched on in the
 * treated regions alone, that is their effect; taken out of them, it is what the others still had: the loss, by the
 * proportion of what both sell.
 */
const wholeLine = (
  { mode, treatedShare }: PlannedTest,
  { effect }: GeoReading,
  marginShare: number,
): { readonly effect: number; readonly standardError: number } => {
  const scale = (mode === 'on' ? 1 : -(1 - treatedShare) / treatedShare) * marginShare
  return {
    effect: effect.value * scale,
    standardError: (Math.abs(scale) * (effect.high - effect.low)) / (2 * Z95),
  }
}

/** Ends it without a result. Throws Failure `budget.experiment_unknown`. */
export const dropGeoTest = async (
  loop: Loop,
  about: { readonly experimentId: string; readonly reason: string; readonly by: string },
): Promise<void> => {
  const { lineId } = runningTest(loop, about.experimentId)
  const data: BudgetExperimentDropped = about
  const id = `experiment-drop:${about.experimentId}`
  await loop.record([{ id, type: BUDGET_EXPERIMENT_DROPPED, key: lineId, at: loop.ctx.now(), data }])
}

export const isRunning = ({ read, dropped }: PlannedTest): boolean => read === null && dropped === null

const runningTest = ({ state }: Loop, experimentId: string): PlannedTest => {
  const test = state.budget.tests.get(experimentId)
  if (test !== undefined && isRunning(test)) return test
  throw new Failure({
    code: 'budget.experiment_unknown',
    message: test === undefined ? 'There is no such experiment.' : 'This experiment is over.',
    hint: 'The Money page and `windvane budget experiment list` name those that run.',
  })
}

const lineOf = ({ state }: Loop, lineId: string) => {
  const spec = state.budget.lines?.lines.find(({ id }) => id === lineId)
  if (spec !== undefined) return spec
  throw new Failure({
    code: 'budget.unknown_line',
    message: `There is no line "${lineId}".`,
    hint: `Lines of the plan: ${(state.budget.lines?.lines ?? [])
      .slice(0, 20)
      .map(({ id }) => id)
      .join(', ')}`,
  })
}

const fromDayOf = ({ state, ctx }: Loop, { fromDay }: GeoAsk): number => {
  const today = localTime(ctx.now(), state.budget.lines?.timeZone ?? 'UTC').day
  if (fromDay === null) return today + 1
  if (fromDay > today) return fromDay
  throw new Failure({
    code: 'budget.experiment_past',
    message: `${dayText(fromDay)} is not ahead: an experiment is written down before it begins.`,
    hint: 'Name a day to come. One that was run elsewhere is read with `windvane geo`.',
  })
}

const panelOfRows = (rows: readonly RegionDay[]): Panel =>
  panelOf(rows.map(({ region, day, value }) => ({ geo: region, at: day * DAY_MS, response: value, cost: 0 })))

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
