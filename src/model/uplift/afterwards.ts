// Columns that were only known after the treatment. Whoever was drawn by chance cannot differ between the
// arms in what was so before: a column that does, or that tells the outcome, came afterwards.

import { findLeaks } from '../propensity/audit.ts'
import { allRows, type FrameColumn } from '../propensity/frame.ts'
import type { Trial } from './learners.ts'

export type Afterwards = {
  readonly column: string
  /** `arms`: differs between them. `outcome`: tells it. `name`: is called like a result. */
  readonly why: 'arms' | 'outcome' | 'name'
  /** Deviations between the arms; of `outcome`, rows or AUC; 1 for a name. */
  readonly value: number
}

const Z_MAX = 4
const RESULT_WORDS: ReadonlySet<string> = new Set(
  'visit visited click clicked open opened conversion converted spend spent revenue response responded'.split(
    ' ',
  ),
)
const BEFORE_WORDS: ReadonlySet<string> = new Set(
  'past prior previous before last history avg mean total'.split(' '),
)

/** Columns not to learn uplift from. */
export const findAfterwards = ({ frame, treated, outcome }: Trial): readonly Afterwards[] => {
  const target = Uint8Array.from(outcome, (y) => (y > 0 ? 1 : 0))
  const leaks = findLeaks({ frame, dates: [], target, rows: allRows(frame.rows), time: null })
  return frame.columns.flatMap((column): readonly Afterwards[] => {
    const z = armsApart(column, treated)
    if (z > Z_MAX) return [{ column: column.name, why: 'arms', value: z }]
    const leak = leaks.find((found) => found.column === column.name && found.why !== 'name')
    if (leak !== undefined) return [{ column: column.name, why: 'outcome', value: leak.value }]
    return isNamedAsResult(column.name) ? [{ column: column.name, why: 'name', value: 1 }] : []
  })
}

/** Called like what came of something (`clicks`, `spend`), and not like what was before (`past_spend`). */
export const isNamedAsResult = (name: string): boolean => {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return words.some((word) => RESULT_WORDS.has(word)) && !words.some((word) => BEFORE_WORDS.has(word))
}

/** The largest difference between the arms, in standard errors: of the mean, of each level, of what is missing. */
const armsApart = (column: FrameColumn, treated: Uint8Array): number => {
  if (column.kind === 'number') {
    const known = treated.map((_, row) => 1 - (column.missing[row] as number))
    return Math.max(zOf(column.values, treated, known), zOf(Float64Array.from(column.missing), treated, null))
  }
  let most = 0
  column.levels.forEach((_, level) => {
    const has = Float64Array.from(column.codes, (code) => (code === level ? 1 : 0))
    // A level of a few rows can look far apart by chance.
    if (has.reduce((sum, x) => sum + x, 0) >= LEVEL_ROWS_MIN) most = Math.max(most, zOf(has, treated, null))
  })
  return most
}

const LEVEL_ROWS_MIN = 50

const zOf = (values: Float64Array, treated: Uint8Array, known: Uint8Array | null): number => {
  const tally = [0, 1].map((arm) => {
    let count = 0
    let sum = 0
    let squares = 0
    for (let row = 0; row < values.length; row++) {
      if (treated[row] !== arm || known?.[row] === 0) continue
      const x = values[row] as number
      count++
      sum += x
      squares += x * x
    }
    const mean = count === 0 ? 0 : sum / count
    return { mean, error: count < 2 ? 0 : Math.max(0, squares / count - mean * mean) / count }
  })
  const [control, target] = tally as [{ mean: number; error: number }, { mean: number; error: number }]
  const error = Math.sqrt(control.error + target.error)
  return error === 0 ? 0 : Math.abs(target.mean - control.mean) / error
}
