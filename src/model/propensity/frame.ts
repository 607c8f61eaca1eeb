// The table a learner reads: numbers with a mark for what is missing, and categories as codes. Made from
// text once, checked once, never changed by a learner.

import { Failure } from '../../kernel/failure.ts'

export type NumberColumn = {
  readonly name: string
  readonly kind: 'number'
  /** Finite; 0 where missing. */
  readonly values: Float64Array
  /** 1 where there is no value. */
  readonly missing: Uint8Array
}

export type CategoryColumn = {
  readonly name: string
  readonly kind: 'category'
  /** Sorted, each once. */
  readonly levels: readonly string[]
  /** Position in `levels`, -1 where there is no value. */
  readonly codes: Int32Array
}

export type FrameColumn = NumberColumn | CategoryColumn

export type Frame = { readonly rows: number; readonly columns: readonly FrameColumn[] }

/** A column of moments, ms since 1970; NaN where there is none. Not learnt from, but audited. */
export type DateColumn = { readonly name: string; readonly times: Float64Array }

export type LeftOut = { readonly name: string; readonly why: 'identifier' | 'constant' | 'empty' }

export type TextFrame = {
  readonly frame: Frame
  readonly dates: readonly DateColumn[]
  readonly leftOut: readonly LeftOut[]
}

const EMPTY_WORDS: ReadonlySet<string> = new Set([
  '',
  'NULL',
  'null',
  '\\N',
  'None',
  'NaN',
  'nan',
  'NA',
  'N/A',
])
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2})?)?$/
/** A share of cells that are not numbers is a slip of the pen, more is a category. */
const NUMBER_SHARE_MIN = 0.98
const IDENTIFIER_SHARE_MIN = 0.5
const IDENTIFIER_LEVELS_MIN = 50
const IDENTIFIER_NAME = /(?:^|[_\s-])(?:id|uuid|guid)$|[a-z]I[Dd]$|^(?:e-?mail|phone|телефон|почта)$/

export const isEmptyCell = (cell: string): boolean => EMPTY_WORDS.has(cell.trim())

/** Milliseconds since 1970 of an ISO date or date and time (UTC unless it says otherwise), else NaN. */
export const timeOfCell = (cell: string): number => {
  const text = cell.trim()
  if (!DATE.test(text)) return Number.NaN
  const iso = text.replace(' ', 'T')
  return Date.parse(iso.length > 10 && !/(?:Z|[-+]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso)
}

/**
 * Reads columns of text: numbers, ISO dates, else categories. Identifiers, constants and empty columns are
 * left out and named.
 */
export const frameOfText = (
  columns: readonly { readonly name: string; readonly cells: readonly string[] }[],
): TextFrame => {
  const found: FrameColumn[] = []
  const dates: DateColumn[] = []
  const leftOut: LeftOut[] = []
  for (const { name, cells } of columns) {
    const filled = cells.filter((cell) => !isEmptyCell(cell))
    const distinct = new Set(filled)
    const share = (is: (cell: string) => boolean) => filled.filter(is).length / Math.max(1, filled.length)
    if (filled.length === 0) leftOut.push({ name, why: 'empty' })
    else if (distinct.size === 1 && filled.length === cells.length) leftOut.push({ name, why: 'constant' })
    else if (share((cell) => DATE.test(cell.trim())) >= NUMBER_SHARE_MIN)
      dates.push({ name, times: Float64Array.from(cells, timeOfCell) })
    else if (isIdentifier(name, filled.length, distinct.size)) leftOut.push({ name, why: 'identifier' })
    else if (share((cell) => NUMBER.test(cell.trim())) >= NUMBER_SHARE_MIN) {
      const column = numberColumn(name, cells)
      // Whole numbers, each once, in rising order: a row number under any name.
      if (isRowNumber(column)) leftOut.push({ name, why: 'identifier' })
      else found.push(column)
    } else if (distinct.size >= IDENTIFIER_LEVELS_MIN && distinct.size > filled.length * IDENTIFIER_SHARE_MIN)
      leftOut.push({ name, why: 'identifier' })
    else found.push(categoryColumn(name, cells))
  }
  return { frame: { rows: columns[0]?.cells.length ?? 0, columns: found }, dates, leftOut }
}

const isIdentifier = (name: string, filled: number, distinct: number): boolean =>
  IDENTIFIER_NAME.test(name) && distinct >= IDENTIFIER_LEVELS_MIN && distinct > filled * IDENTIFIER_SHARE_MIN

const isRowNumber = ({ values, missing }: NumberColumn): boolean => {
  if (values.length < IDENTIFIER_LEVELS_MIN || missing.includes(1)) return false
  for (let i = 1; i < values.length; i++)
    if ((values[i] as number) - (values[i - 1] as number) !== 1) return false
  return true
}

const numberColumn = (name: string, cells: readonly string[]): NumberColumn => {
  const values = new Float64Array(cells.length)
  const missing = new Uint8Array(cells.length)
  cells.forEach((cell, row) => {
    const text = cell.trim()
    const value = NUMBER.test(text) ? Number(text) : Number.NaN
    if (Number.isFinite(value)) values[row] = value
    else missing[row] = 1
  })
  return { name, kind: 'number', values, missing }
}

const categoryColumn = (name: string, cells: readonly string[]): CategoryColumn => {
  const texts = cells.map((cell) => (isEmptyCell(cell) ? '' : cell.trim()))
  const levels = [...new Set(texts)].filter((text) => text !== '').toSorted()
  const codeOf = new Map(levels.map((level, code) => [level, code]))
  return { name, kind: 'category', levels, codes: Int32Array.from(texts, (text) => codeOf.get(text) ?? -1) }
}

/** Throws Failures `frame.shape` and `frame.not_finite` when a learner cannot use it. */
export const checkFrame = (frame: Frame): void => {
  const names = new Set<string>()
  for (const column of frame.columns) {
    const length = column.kind === 'number' ? column.values.length : column.codes.length
    if (length !== frame.rows || names.has(column.name))
      throw new Failure({
        code: 'frame.shape',
        message: `Column "${column.name}" has ${length} rows of ${frame.rows}, or stands there twice.`,
      })
    names.add(column.name)
    if (column.kind === 'category') continue
    for (let row = 0; row < frame.rows; row++)
      if (column.missing[row] !== 1 && !Number.isFinite(column.values[row]))
        throw new Failure({
          code: 'frame.not_finite',
          message: `Column "${column.name}" has ${String(column.values[row])} in row ${row + 1}.`,
          hint: 'Mark what is unknown as missing; leave the cell empty.',
        })
  }
}

/** Throws Failure `frame.not_finite` unless every value is a finite number. */
export const checkFinite = (name: string, values: Float64Array): void => {
  const row = values.findIndex((value) => !Number.isFinite(value))
  if (row >= 0)
    throw new Failure({
      code: 'frame.not_finite',
      message: `"${name}" has ${String(values[row])} in row ${row + 1}.`,
      hint: 'Take out the rows in which it is unknown.',
    })
}

/** Throws Failure `frame.target` unless `target` is 0 or 1 in `rows` rows, and both occur in `used`. */
export const checkTarget = (target: Uint8Array, rows: number, used: Int32Array): void => {
  let positives = 0
  for (const row of used) positives += target[row] ?? 0
  const ok = target.length === rows && target.every((value) => value === 0 || value === 1)
  if (!ok || positives === 0 || positives === used.length)
    throw new Failure({
      code: 'frame.target',
      message: `The outcome must be 0 or 1 in each of ${rows} rows and have both among those learnt from (${positives} of ${used.length} are 1).`,
      hint: 'Name the column of the outcome and its positive value.',
    })
}

/** The columns in order of their names: nothing learnt depends on the order they came in. */
export const sortedColumns = (frame: Frame): readonly FrameColumn[] =>
  frame.columns.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))

/** 0, 1, ..., count - 1. */
export const allRows = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row)

/** The frame without the named columns. */
export const without = (frame: Frame, names: ReadonlySet<string>): Frame => ({
  rows: frame.rows,
  columns: frame.columns.filter(({ name }) => !names.has(name)),
})
