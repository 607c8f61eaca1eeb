// Which rows of a table a command may use. A cell with nothing in it leaves its row out, and that is told; a cell with
// something in it that cannot be read is a slip of the pen or the wrong column, and is refused with its line.

import { Failure } from '../kernel/failure.ts'
import type { TextTable } from './read-table.ts'

export type ReadCells = {
  /** The column as it was found; null where there is none: then nothing is asked of it. */
  readonly column: string | null
  /** Trimmed, as `pickColumns` gives them. */
  readonly texts: readonly string[]
  /** What was read from them, NaN where that failed; null for names, which are taken as they are. */
  readonly values: ArrayLike<number> | null
  /** Follows "is not", such as `a number`. */
  readonly is: string
  /** The option that names the column. */
  readonly option: string
  /** What a value must be, beside finite. */
  readonly accepts?: (value: number) => boolean
  /** An empty cell is fine, and leaves no row out. */
  readonly mayBeEmpty?: boolean
}

export type ReadableRows = {
  /** Positions of the rows in which all is there, rising. */
  readonly rows: readonly number[]
  /** How many rows are left out, and why the first of them; null where none is. */
  readonly remark: string | null
}

/** More rows than this (and than one) without all they need are no slips: the columns are the wrong ones. */
export const LEFT_OUT_SHARE_MAX = 0.1

/** How exports write that there is nothing. NaN and infinity are not among them: somebody divided by zero. */
const NOTHING: ReadonlySet<string> = new Set(['', 'null', '\\n', 'none', 'na', 'n/a', '-', '–', '—'])

/** Nothing is in the cell, or a usual word for nothing. */
export const isNothing = (text: string): boolean => NOTHING.has(text.toLowerCase())

/**
 * The rows with all of `cells`. Throws Failures `table.cell` for the first cell that is not what its column holds,
 * and `table.unreadable` when more than `leftOutShareMax` of the rows lack something.
 */
export const readableRows = (
  path: string,
  table: TextTable,
  cells: readonly ReadCells[],
  leftOutShareMax = LEFT_OUT_SHARE_MAX,
): ReadableRows => {
  const asked = cells.filter(({ column }) => column !== null)
  const rows: number[] = []
  const [reject] = table.rejects
  let first = reject === undefined ? null : { line: reject.line, why: reject.reason }
  for (let row = 0; row < table.rows; row++) {
    const lacking = asked.find((one) => lacks(one, row))
    for (const one of asked)
      if (!isEmptyAt(one, row) && !reads(one, row)) throw badCell(path, table, row, one)
    if (lacking === undefined) {
      rows.push(row)
      continue
    }
    const line = lineOf(table, row)
    if (first === null || line < first.line) first = { line, why: `nothing in "${lacking.column ?? ''}"` }
  }
  const all = table.rows + table.rejected
  const leftOut = all - rows.length
  if (first === null || leftOut === 0) return { rows, remark: null }
  const told = `${leftOut} of ${all} rows of ${path}`
  if (rows.length === 0 || leftOut > Math.max(1, leftOutShareMax * all))
    throw new Failure({
      code: 'table.unreadable',
      message: `${told} cannot be used: line ${first.line} has ${first.why}.`,
      hint: `Mend the file, or name other columns. Taken were: ${asked
        .map(({ column, option }) => `"${column ?? ''}" (${option})`)
        .join(', ')}.`,
    })
  return { rows, remark: `${told} left out: line ${first.line} has ${first.why}.` }
}

/** The line of the file in which a row begins. */
export const lineOf = ({ lines }: TextTable, row: number): number => lines[row] ?? row + 2

/** What is wrong with one cell, in the words that all commands use. */
export const badCell = (
  path: string,
  table: TextTable,
  row: number,
  { column, texts, is, option }: Pick<ReadCells, 'column' | 'texts' | 'is' | 'option'>,
): Failure => {
  const text = texts[row] ?? ''
  return new Failure({
    code: 'table.cell',
    message: `Line ${lineOf(table, row)} of ${path} has ${text === '' ? 'nothing' : `"${text.slice(0, 40)}"`} in "${column ?? ''}", which is not ${is}.`,
    hint: `Mend the line or take it out, or name another column with ${option}.`,
  })
}

/** A name may be spelt like a word for nothing: somebody is called None. */
const isEmptyAt = ({ texts, values }: ReadCells, row: number): boolean => {
  const text = texts[row] ?? ''
  return values === null ? text === '' : isNothing(text)
}

const lacks = (cells: ReadCells, row: number): boolean => cells.mayBeEmpty !== true && isEmptyAt(cells, row)

const reads = ({ values, accepts }: ReadCells, row: number): boolean => {
  if (values === null) return true
  const value = values[row] as number
  return Number.isFinite(value) && (accepts === undefined || accepts(value))
}
