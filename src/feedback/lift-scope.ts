// The people of one comparison, all campaigns together or one of them: each is a unit from the first
// decision on, runs for the horizon, and is then added to its group's moments and forgotten. Only
// finished units are compared, so that nobody is followed longer than another.

import { assert } from '../kernel/assert.ts'
import type { Column, Dump } from '../log/dump.ts'
import { createMoments, MOMENTS_WIDTH, type Moments, observe } from './moments.ts'

/** A unit that ran from `start`; `outcome` is what it earned so far, costs taken off. */
type Columns = {
  ref: Uint32Array
  start: Float64Array
  outcome: Float64Array
  past: Float64Array
  flags: Uint8Array
}

const TREATED = 1
const BOUGHT = 2
const EXCLUDED = 4
const DONE = -1

export type HistoryPoint = {
  readonly at: number
  readonly difference: number
  readonly low: number
  readonly high: number
}

export type LiftScope = {
  /** '' for all campaigns together. */
  readonly id: string
  /** Units ever enrolled before the first one still in the columns. */
  base: number
  head: number
  tail: number
  columns: Columns
  /** By profile slot: 0 never enrolled, −1 finished, else 1 + the unit's number since the beginning. */
  positions: Int32Array
  /** How many slots of `positions` were ever used. */
  slots: number
  /** Enrolled, then moments of the finished: treated first, holdout second. */
  readonly enrolled: [number, number]
  readonly moments: readonly [Moments, Moments]
  /** Units left out because their two halves had been in different groups. */
  excluded: number
  history: HistoryPoint[]
  historyStepMs: number
}

const HISTORY_STEP_MS = 3_600_000
const START_CAPACITY = 64

export const createScope = (id: string): LiftScope => ({
  id,
  base: 0,
  head: 0,
  tail: 0,
  columns: createColumns(START_CAPACITY),
  positions: new Int32Array(START_CAPACITY),
  slots: 0,
  enrolled: [0, 0],
  moments: [createMoments(), createMoments()],
  excluded: 0,
  history: [],
  historyStepMs: HISTORY_STEP_MS,
})

/** Whether this person was ever a unit here. */
export const isEnrolled = (scope: LiftScope, ref: number): boolean => (scope.positions[ref] ?? 0) !== 0

const runningOf = (scope: LiftScope): number => scope.tail - scope.head

/** Starts a unit at `start`. `past` is what the person had brought before any decision. */
export const enrol = (
  scope: LiftScope,
  unit: {
    readonly ref: number
    readonly start: number
    readonly treated: boolean
    readonly past: number
  },
): void => {
  assert(!isEnrolled(scope, unit.ref), 'a person is a unit of a comparison once')
  if (scope.tail === scope.columns.ref.length) makeRoom(scope)
  const i = scope.tail++
  const { columns } = scope
  columns.ref[i] = unit.ref
  columns.start[i] = unit.start
  columns.outcome[i] = 0
  columns.past[i] = unit.past
  columns.flags[i] = unit.treated ? TREATED : 0
  setPosition(scope, unit.ref, scope.base + (i - scope.head) + 1)
  scope.enrolled[unit.treated ? 0 : 1]++
}

/** Adds to the outcome of a running unit when `at` is inside its horizon. */
export const addOutcome = (
  scope: LiftScope,
  ref: number,
  change: {
    readonly at: number
    readonly amount: number
    readonly bought: boolean
    readonly horizonMs: number
  },
): void => {
  const i = indexOf(scope, ref)
  if (i < 0) return
  const { columns } = scope
  const age = change.at - (columns.start[i] ?? 0)
  if (age < 0 || age > change.horizonMs) return
  columns.outcome[i] = (columns.outcome[i] ?? 0) + change.amount
  if (change.bought) columns.flags[i] = (columns.flags[i] ?? 0) | BOUGHT
}

/** Finishes the units that began at or before `until`; says whether there were any. */
export const finish = (scope: LiftScope, until: number): boolean => {
  const { columns, moments } = scope
  const from = scope.base
  while (scope.head < scope.tail && (columns.start[scope.head] ?? 0) <= until) {
    const i = scope.head++
    const flags = columns.flags[i] ?? 0
    scope.base++
    // A unit that was merged away left a hole with no person.
    if ((flags & EXCLUDED) !== 0) continue
    scope.positions[columns.ref[i] ?? 0] = DONE
    const group = moments[(flags & TREATED) !== 0 ? 0 : 1]
    observe(group, columns.outcome[i] ?? 0, columns.past[i] ?? 0, (flags & BOUGHT) !== 0)
  }
  if (scope.head === scope.tail) {
    scope.head = 0
    scope.tail = 0
  }
  return scope.base !== from
}

/**
 * Two profiles turned out to be one person. In the same group they become one unit from the earlier
 * start; `conflict` (one half treated, the other held out) leaves both out.
 */
export const mergeUnits = (
  scope: LiftScope,
  pair: { readonly from: number; readonly into: number; readonly conflict: boolean },
): void => {
  const { from, into, conflict } = pair
  const left = scope.positions[from] ?? 0
  const kept = scope.positions[into] ?? 0
  if (left === 0 && kept === 0) return
  if (conflict) {
    leaveOut(scope, from)
    leaveOut(scope, into)
    return
  }
  if (left === 0 || from === into) return
  const i = indexOf(scope, from)
  const j = indexOf(scope, into)
  setPosition(scope, from, DONE)
  if (i < 0) {
    // The half that goes had finished: it stands in the moments, and the other would count the person twice.
    if (j >= 0) dropUnit(scope, j)
    setPosition(scope, into, DONE)
    return
  }
  if (kept === 0) {
    scope.columns.ref[i] = into
    setPosition(scope, into, left)
    return
  }
  if (j < 0) {
    dropUnit(scope, i)
    return
  }
  joinUnits(scope, i, j, into)
}

/** Takes a running unit out of the comparison. A finished one stays in the moments. */
const leaveOut = (scope: LiftScope, ref: number): void => {
  const i = indexOf(scope, ref)
  if (i >= 0) {
    dropUnit(scope, i)
    scope.excluded++
  }
  setPosition(scope, ref, DONE)
}

const joinUnits = (scope: LiftScope, i: number, j: number, into: number): void => {
  const { columns } = scope
  const first = Math.min(i, j)
  const second = Math.max(i, j)
  columns.outcome[first] = (columns.outcome[first] ?? 0) + (columns.outcome[second] ?? 0)
  columns.past[first] = (columns.past[first] ?? 0) + (columns.past[second] ?? 0)
  columns.flags[first] = (columns.flags[first] ?? 0) | ((columns.flags[second] ?? 0) & BOUGHT)
  columns.ref[first] = into
  dropUnit(scope, second)
  setPosition(scope, into, scope.base + (first - scope.head) + 1)
}

/** Marks the unit as one that will not be compared, and takes it off the count of its group. */
const dropUnit = (scope: LiftScope, i: number): void => {
  const flags = scope.columns.flags[i] ?? 0
  if ((flags & EXCLUDED) !== 0) return
  scope.columns.flags[i] = flags | EXCLUDED
  scope.enrolled[(flags & TREATED) !== 0 ? 0 : 1]--
}

const indexOf = (scope: LiftScope, ref: number): number => {
  const position = scope.positions[ref] ?? 0
  return position > 0 ? scope.head + (position - 1 - scope.base) : -1
}

const setPosition = (scope: LiftScope, ref: number, position: number): void => {
  if (ref >= scope.positions.length) {
    const grown = new Int32Array(Math.max(ref + 1, scope.positions.length * 2))
    grown.set(scope.positions)
    scope.positions = grown
  }
  scope.positions[ref] = position
  if (ref >= scope.slots) scope.slots = ref + 1
}

const createColumns = (capacity: number): Columns => ({
  ref: new Uint32Array(capacity),
  start: new Float64Array(capacity),
  outcome: new Float64Array(capacity),
  past: new Float64Array(capacity),
  flags: new Uint8Array(capacity),
})

/** Moves the running units to the front, into columns twice as large when more than half are in use. */
const makeRoom = (scope: LiftScope): void => {
  const used = runningOf(scope)
  const capacity = scope.columns.ref.length
  const next = createColumns(used * 2 > capacity ? capacity * 2 : capacity)
  const { columns, head, tail } = scope
  next.ref.set(columns.ref.subarray(head, tail))
  next.start.set(columns.start.subarray(head, tail))
  next.outcome.set(columns.outcome.subarray(head, tail))
  next.past.set(columns.past.subarray(head, tail))
  next.flags.set(columns.flags.subarray(head, tail))
  scope.columns = next
  scope.head = 0
  scope.tail = used
}

/** The scope as columns named `<prefix>…`. */
export const dumpScope = (scope: LiftScope, prefix: string): Dump => {
  const { columns, head, tail } = scope
  const moments = new Float64Array(2 * MOMENTS_WIDTH)
  moments.set(scope.moments[0])
  moments.set(scope.moments[1], MOMENTS_WIDTH)
  return {
    [`${prefix}about`]: {
      id: scope.id,
      base: scope.base,
      enrolled: [...scope.enrolled],
      excluded: scope.excluded,
      history: [...scope.history],
      historyStepMs: scope.historyStepMs,
    },
    [`${prefix}moments`]: moments,
    [`${prefix}positions`]: scope.positions.slice(0, scope.slots),
    [`${prefix}ref`]: columns.ref.slice(head, tail),
    [`${prefix}start`]: columns.start.slice(head, tail),
    [`${prefix}outcome`]: columns.outcome.slice(head, tail),
    [`${prefix}past`]: columns.past.slice(head, tail),
    [`${prefix}flags`]: columns.flags.slice(head, tail),
  }
}

type About = Pick<LiftScope, 'id' | 'base' | 'excluded' | 'historyStepMs'> & {
  readonly enrolled: readonly [number, number]
  readonly history: readonly HistoryPoint[]
}

export const restoreScope = (dump: Dump, prefix: string): LiftScope => {
  const column = (name: string): Column => {
    const found = dump[`${prefix}${name}`]
    assert(found !== undefined, `the dump has no column ${prefix}${name}`)
    return found
  }
  const about = column('about') as unknown as About
  const moments = column('moments') as Float64Array
  const positions = column('positions') as Int32Array
  const ref = column('ref') as Uint32Array
  const capacity = Math.max(START_CAPACITY, ref.length)
  const columns = createColumns(capacity)
  columns.ref.set(ref)
  columns.start.set(column('start') as Float64Array)
  columns.outcome.set(column('outcome') as Float64Array)
  columns.past.set(column('past') as Float64Array)
  columns.flags.set(column('flags') as Uint8Array)
  const scope = createScope(about.id)
  scope.base = about.base
  scope.tail = ref.length
  scope.columns = columns
  scope.positions = new Int32Array(Math.max(START_CAPACITY, positions.length))
  scope.positions.set(positions)
  scope.slots = positions.length
  scope.enrolled[0] = about.enrolled[0]
  scope.enrolled[1] = about.enrolled[1]
  scope.moments[0].set(moments.subarray(0, MOMENTS_WIDTH))
  scope.moments[1].set(moments.subarray(MOMENTS_WIDTH))
  scope.excluded = about.excluded
  scope.history = [...about.history]
  scope.historyStepMs = about.historyStepMs
  return scope
}
