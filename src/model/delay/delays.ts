// How long results take to come, learnt while many have not come yet. Of the results that come within a window, which share
// is there after so long? Then "nothing yet" can be taught for what it is: early, a little of a zero; late, nearly all.
//
// Decisions of one window are counted by when they were made (a row) and after how long their results came (a column). Young
// rows are cut short by the present, so a column is only compared with the columns before it, over the rows that have
// passed it: the hazard in reverse time, g = came in the column / came up to its end, and share(a) = Π (1 − g) over the columns after a.
// (Kaplan-Meier for truncation from the right, Lagakos, Barraj and De Gruttola 1988; the chain ladder of claims reserving.)

import { Failure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'

/** Columns of a window; they are narrow at its start: column i ends at window · ((i + 1) / COLUMNS)². */
const COLUMNS = 16
/** Rows not yet whole, each a sixteenth of the window: a ring. */
const ROWS = 18
/** Results in a parent that weigh as much as all of its child's own. */
const POOLED = 20
/** Below so many results in the widest group nothing is said. */
export const RESULTS_MIN = 30
/** Whole rows count half after so many results more. */
const FADE_RESULTS = 5_000
/** Groups of decisions with figures of their own; further ones lean on the wider group alone. */
const GROUPS_MAX = 400

type Group = {
  readonly windowMs: number
  /** Results by column, of rows that are whole. */
  readonly whole: Float64Array
  /** ROWS × COLUMNS of those that are not, and the number of the row that each place of the ring holds. */
  readonly young: Float64Array
  readonly rowOf: Float64Array
}

export type Delays = {
  readonly groups: Map<string, Group>
  /** Results that found no room. */
  full: number
}

/** Of one decision: the groups it belongs to from the narrowest to the widest, all with this window. */
export type DelayOf = { readonly groups: readonly string[]; readonly windowMs: number }

export const createDelays = (): Delays => ({ groups: new Map(), full: 0 })

/** The groups of a decision: its action, its campaign, the goal, and all that wait as long. */
export const delayGroups = (about: {
  readonly campaignId: string
  readonly actionId: string
  readonly goalEvent: string
  readonly windowMs: number
}): DelayOf => {
  const { campaignId, actionId, goalEvent, windowMs } = about
  const key = (...parts: readonly string[]): string => JSON.stringify([windowMs, ...parts])
  return {
    windowMs,
    groups: [key('a', campaignId, actionId), key('c', campaignId), key('g', goalEvent), key('w')],
  }
}

/**
 * Takes in one result of a decision made at `at` that came `delayMs` later. Throws a Failure `model.delay_invalid` on
 * what is not finite, negative or beyond the window.
 */
export const noteResult = (
  delays: Delays,
  { groups, windowMs }: DelayOf,
  { at, delayMs }: { readonly at: number; readonly delayMs: number },
): void => {
  if (!(windowMs > 0 && delayMs >= 0 && delayMs <= windowMs && Number.isFinite(at) && windowMs < Infinity))
    throw new Failure({
      code: 'model.delay_invalid',
      message: `a delay of ${delayMs} ms after ${at} in a window of ${windowMs} ms`,
      hint: 'a result comes within its window',
    })
  for (const key of groups) {
    const group = delays.groups.get(key) ?? addGroup(delays, key, windowMs)
    if (group !== null) count(group, { at, delayMs })
  }
}

/**
 * Share of a window's results that have come `ageMs` after the decision, as far as is known at `now`; null where too few
 * have come to say.
 */
export const shareCome = (
  delays: Delays,
  { groups, windowMs }: DelayOf,
  { ageMs, now }: { readonly ageMs: number; readonly now: number },
): number | null => {
  const hazards = new Float64Array(COLUMNS)
  const tallies = groups.map((key) => tallyOf(delays.groups.get(key), now)).toReversed()
  const widest = tallies[0]
  if (widest === undefined || !(totalOf(widest.came) >= RESULTS_MIN)) return null
  for (const [i, { came, upTo }] of tallies.entries()) {
    const pooled = i === 0 ? 0 : POOLED
    for (let c = 0; c < COLUMNS; c++) {
      const below = (upTo[c] as number) + pooled
      if (below > 0) hazards[c] = ((came[c] as number) + pooled * (hazards[c] as number)) / below
    }
  }
  let share = 1
  for (let c = COLUMNS - 1; c >= 0; c--) {
    const [from, to] = [edge(windowMs, c), edge(windowMs, c + 1)]
    if (ageMs >= to) break
    // Within a column results are taken to come evenly.
    const left = ageMs <= from ? 1 : (to - ageMs) / (to - from)
    share *= 1 - left * (hazards[c] as number)
  }
  return ageMs <= 0 ? 0 : share
}

const edge = (windowMs: number, column: number): number => windowMs * (column / COLUMNS) ** 2

const columnOf = (windowMs: number, delayMs: number): number => {
  const column = Math.floor(Math.sqrt(delayMs / windowMs) * COLUMNS)
  return Math.min(COLUMNS - 1, column)
}

const rowLength = (windowMs: number): number => windowMs / COLUMNS

const addGroup = (delays: Delays, key: string, windowMs: number): Group | null => {
  if (delays.groups.size >= GROUPS_MAX) {
    delays.full++
    return null
  }
  const group: Group = {
    windowMs,
    whole: new Float64Array(COLUMNS),
    young: new Float64Array(ROWS * COLUMNS),
    rowOf: new Float64Array(ROWS).fill(-1),
  }
  delays.groups.set(key, group)
  return group
}

const count = (group: Group, { at, delayMs }: { readonly at: number; readonly delayMs: number }): void => {
  const { windowMs, young, rowOf, whole } = group
  const row = Math.floor(at / rowLength(windowMs))
  const place = ((row % ROWS) + ROWS) % ROWS
  const column = columnOf(windowMs, delayMs)
  const held = rowOf[place] as number
  if (held > row) {
    whole[column] = (whole[column] as number) + 1
    return
  }
  if (held < row) settle(group, place, row)
  const cell = place * COLUMNS + column
  young[cell] = (young[cell] as number) + 1
}

/** The row in this place has seen its whole window: a new one takes its place. */
const settle = ({ whole, young, rowOf }: Group, place: number, row: number): void => {
  const cells = young.subarray(place * COLUMNS, (place + 1) * COLUMNS)
  const keep = 2 ** (-totalOf(cells) / FADE_RESULTS)
  for (let c = 0; c < COLUMNS; c++) whole[c] = (whole[c] as number) * keep + (cells[c] as number)
  cells.fill(0)
  rowOf[place] = row
}

type Tally = { readonly came: Float64Array; readonly upTo: Float64Array }

/** By column: results that came in it, and up to its end, of the decisions that have all passed it by `now`. */
const tallyOf = (group: Group | undefined, now: number): Tally => {
  const came = new Float64Array(COLUMNS)
  const upTo = new Float64Array(COLUMNS)
  if (group === undefined) return { came, upTo }
  const { windowMs, whole, young, rowOf } = group
  addRow({ came, upTo }, whole, Infinity, windowMs)
  for (let place = 0; place < ROWS; place++) {
    const row = rowOf[place] as number
    if (row < 0) continue
    const age = now - (row + 1) * rowLength(windowMs)
    addRow({ came, upTo }, young.subarray(place * COLUMNS, (place + 1) * COLUMNS), age, windowMs)
  }
  return { came, upTo }
}

const addRow = ({ came, upTo }: Tally, cells: Float64Array, age: number, windowMs: number): void => {
  let sum = 0
  for (let c = 0; c < COLUMNS && edge(windowMs, c + 1) <= age; c++) {
    sum += cells[c] as number
    came[c] = (came[c] as number) + (cells[c] as number)
    upTo[c] = (upTo[c] as number) + sum
  }
}

const totalOf = (cells: Float64Array): number => {
  let sum = 0
  for (const cell of cells) sum += cell
  return sum
}

/** Equal states give equal columns. */
export const dumpDelays = ({ groups, full }: Delays): Dump => {
  const all = [...groups.values()]
  const join = (of: (group: Group) => Float64Array, each: number): Float64Array => {
    const joined = new Float64Array(each * all.length)
    for (const [i, group] of all.entries()) joined.set(of(group), i * each)
    return joined
  }
  return {
    delayGroups: [...groups.keys()],
    delayWindows: Float64Array.from(all, ({ windowMs }) => windowMs),
    delayWhole: join(({ whole }) => whole, COLUMNS),
    delayYoung: join(({ young }) => young, ROWS * COLUMNS),
    delayRows: join(({ rowOf }) => rowOf, ROWS),
    delayFull: full,
  }
}

/** Throws a Failure `model.dump_invalid` on a column that is missing or of another size. */
export const restoreDelays = (dump: Dump): Delays => {
  const { delayGroups: keys, delayWindows, delayWhole, delayYoung, delayRows, delayFull } = dump
  const counts = delayWhole instanceof Float64Array && delayYoung instanceof Float64Array
  const rows = delayWindows instanceof Float64Array && delayRows instanceof Float64Array
  if (!Array.isArray(keys) || !counts || !rows || delayWhole.length !== COLUMNS * keys.length)
    throw new Failure({
      code: 'model.dump_invalid',
      message: 'a column of the delays is missing or torn',
      hint: 'delete the snapshot: they are learnt again from the log',
    })
  const delays = createDelays()
  for (const [i, key] of keys.entries())
    delays.groups.set(String(key), {
      windowMs: delayWindows[i] as number,
      whole: delayWhole.slice(i * COLUMNS, (i + 1) * COLUMNS),
      young: delayYoung.slice(i * ROWS * COLUMNS, (i + 1) * ROWS * COLUMNS),
      rowOf: delayRows.slice(i * ROWS, (i + 1) * ROWS),
    })
  delays.full = Number(delayFull)
  return delays
}
