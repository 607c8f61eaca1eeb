// The budget advisor's state for a snapshot.

import type { AdsLinesApplied } from '../delivery/events.ts'
import type { Dump } from '../log/dump.ts'
import type { OwnedDay } from './owned.ts'
import type { BudgetExperimentRead, BudgetPlanned } from './events.ts'
import type { Calibration } from './plan.ts'
import {
  createBudget,
  type BudgetState,
  type Expected,
  type LineMemory,
  type PlannedTest,
  type SeenDay,
} from './state.ts'

type KeptDay = Omit<SeenDay, 'byAge'> & { readonly byAge: readonly (number | null)[] | null }
type KeptLine = {
  readonly days: readonly (readonly [number, KeptDay])[]
  readonly lag: { readonly final: number; readonly byAge: readonly number[] }
  readonly base: number
  readonly calibration: Calibration
  readonly experiments: readonly BudgetExperimentRead[]
  readonly variedDays: number
  readonly learningUntil: number
  readonly expected: readonly Expected[]
}

/** The folded state as named columns: the same events give the same bytes. */
export const dumpBudget = (state: BudgetState): Dump => ({
  lines: state.lines,
  memory: [...state.memory].map(([id, memory]): [string, KeptLine] => [id, keep(memory)]),
  demand: [...state.demand],
  plannedDay: state.plannedDay,
  lastPlan: state.lastPlan,
  darkDays: [...state.darkDays],
  darkSince: state.darkSince,
  owned: [...state.owned],
  tests: [...state.tests],
})

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpBudget}. */
export const restoreBudget = (dump: Dump): BudgetState => {
  const state = createBudget()
  const read = <T>(name: string): T => dump[name] as unknown as T
  state.lines = read<AdsLinesApplied | null>('lines')
  state.plannedDay = read<number>('plannedDay')
  state.lastPlan = read<BudgetPlanned | null>('lastPlan')
  state.darkSince = read<number | null>('darkSince')
  for (const [day, index] of read<[number, number][]>('demand')) state.demand.set(day, index)
  for (const day of read<number[]>('darkDays')) state.darkDays.add(day)
  for (const [id, kept] of read<[string, KeptLine][]>('memory')) state.memory.set(id, bringBack(kept))
  for (const [channel, days] of read<[string, OwnedDay[]][]>('owned')) state.owned.set(channel, days)
  for (const [id, test] of read<[string, PlannedTest][]>('tests')) state.tests.set(id, test)
  return state
}

const keep = (memory: LineMemory): KeptLine => ({
  ...memory,
  days: [...memory.days].map(([day, seen]): [number, KeptDay] => [
    day,
    // Ages at which nobody asked are holes in the list: written as null, since JSON has no holes.
    { ...seen, byAge: seen.byAge === null ? null : Array.from(seen.byAge, (value) => value ?? null) },
  ]),
  lag: { final: memory.lag.final, byAge: [...memory.lag.byAge] },
})

const bringBack = (kept: KeptLine): LineMemory => ({
  ...kept,
  experiments: [...kept.experiments],
  expected: [...kept.expected],
  days: new Map(
    kept.days.map(([day, seen]): [number, SeenDay] => [day, { ...seen, byAge: withHoles(seen.byAge) }]),
  ),
  lag: { final: kept.lag.final, byAge: Float64Array.from(kept.lag.byAge) },
})

const withHoles = (kept: readonly (number | null)[] | null): number[] | null => {
  if (kept === null) return null
  const values: number[] = []
  for (const [age, value] of kept.entries()) if (value !== null) values[age] = value
  return values
}
