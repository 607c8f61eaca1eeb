// Context columns of a log as features for the bandit, row by row: numbers are standardised by the rows before, so that
// nothing later is known. And whether the log's actions were drawn regardless of them.

import type { Feature } from '../../model/events.ts'
import type { Frame } from '../../model/index.ts'
import { chiSquareTail } from '../stats.ts'

/** Features of the rows in `order`, asked for one after the other. */
export const createFeatureReader = (frame: Frame): ((row: number) => readonly Feature[]) => {
  const seen = frame.columns.map(() => ({ n: 0, mean: 0, squares: 0 }))
  return (row) => {
    const features: Feature[] = []
    for (const [index, column] of frame.columns.entries()) {
      if (column.kind === 'category') {
        const level = column.levels[column.codes[row] ?? -1]
        features.push([`${column.name}=${level ?? '(none)'}`, 1])
        continue
      }
      if (column.missing[row] === 1) {
        features.push([`${column.name}=(none)`, 1])
        continue
      }
      const value = column.values[row] as number
      const past = seen[index] as { n: number; mean: number; squares: number }
      const deviation = past.n > 1 ? Math.sqrt(past.squares / past.n) : 0
      if (deviation > 0) features.push([column.name, (value - past.mean) / deviation])
      past.n++
      const off = value - past.mean
      past.mean += off / past.n
      past.squares += off * (value - past.mean)
    }
    return features
  }
}

const BUCKETS = 4
const LEVELS_MAX = 20
const CELL_MIN = 5
/** Shared by all columns. */
const ALPHA = 0.001

/** Columns that the log's choice of action depended on, by Pearson's chi-square (numbers in quarters). */
export const columnsChosenBy = (
  frame: Frame,
  actions: Uint16Array,
  actionCount: number,
): readonly string[] => {
  const limit = ALPHA / Math.max(1, frame.columns.length)
  return frame.columns
    .filter((column) => independence(groupsOf(column, frame.rows), actions, actionCount) < limit)
    .map(({ name }) => name)
}

const groupsOf = (column: Frame['columns'][number], rows: number): Int32Array => {
  if (column.kind === 'number') {
    const present = column.values.filter((_, row) => column.missing[row] === 0).toSorted()
    const cuts = Array.from(
      { length: BUCKETS - 1 },
      (_, i) => present[Math.floor(((i + 1) * present.length) / BUCKETS)] ?? 0,
    )
    return Int32Array.from({ length: rows }, (_, row) =>
      column.missing[row] === 1
        ? BUCKETS
        : cuts.filter((cut) => (column.values[row] as number) >= cut).length,
    )
  }
  const counts = new Map<number, number>()
  for (const code of column.codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  const common = [...counts].toSorted((left, right) => right[1] - left[1]).slice(0, LEVELS_MAX)
  const groupOf = new Map(common.map(([code], group) => [code, group]))
  return column.codes.map((code) => groupOf.get(code) ?? LEVELS_MAX)
}

/** p of "groups and actions have nothing to do with each other"; cells too small to tell are left out. */
const independence = (groups: Int32Array, actions: Uint16Array, actionCount: number): number => {
  const width = LEVELS_MAX + 1
  const counts = new Float64Array(width * actionCount)
  for (const [row, group] of groups.entries()) {
    const at = group * actionCount + (actions[row] as number)
    counts[at] = (counts[at] as number) + 1
  }
  const byGroup = new Float64Array(width)
  const byAction = new Float64Array(actionCount)
  for (let group = 0; group < width; group++)
    for (let action = 0; action < actionCount; action++) {
      const count = counts[group * actionCount + action] as number
      byGroup[group] = (byGroup[group] as number) + count
      byAction[action] = (byAction[action] as number) + count
    }
  let statistic = 0
  let cells = 0
  const usedGroups = new Set<number>()
  const usedActions = new Set<number>()
  for (let group = 0; group < width; group++)
    for (let action = 0; action < actionCount; action++) {
      const expected = ((byGroup[group] as number) * (byAction[action] as number)) / groups.length
      if (expected < CELL_MIN) continue
      statistic += ((counts[group * actionCount + action] as number) - expected) ** 2 / expected
      cells++
      usedGroups.add(group)
      usedActions.add(action)
    }
  const freedom = (usedGroups.size - 1) * (usedActions.size - 1)
  return cells === 0 || freedom <= 0 ? 1 : chiSquareTail(statistic, freedom)
}
