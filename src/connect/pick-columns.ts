// Columns of a table found by their usual names or named by the person, and their cells read as numbers or
// dates; what is missing is said with the columns there are.

import { Failure } from '../kernel/failure.ts'
import { compileDateFormat } from './date-format.ts'
import { fittingDateFormats } from './guess-mapping.ts'
import type { TextTable } from './read-table.ts'
import { isNothing } from './readable-rows.ts'

/** A column that is looked for. */
export type ColumnWish = {
  /** What the person named; it must exist. */
  readonly named?: string | undefined
  /** Usual names, compared without case, blanks and punctuation; the first is the surest. */
  readonly names: readonly string[]
  /** Without it there is no result. */
  readonly required: boolean
  /** The option that names it, such as `--customer`. */
  readonly option: string
}

export type Picked<Key extends string> = {
  /** The column taken for each wish, null where there is none. */
  readonly found: Readonly<Record<Key, string | null>>
  /** Trimmed cells by wish, empty arrays where there is no column. */
  readonly texts: Readonly<Record<Key, readonly string[]>>
}

/**
 * The wished columns of `table`; `path` is named in what went wrong.
 * Throws Failures `table.column_unknown`, `table.column_missing`, `table.no_rows`.
 */
export const pickColumns = <Key extends string>(
  path: string,
  table: TextTable,
  wishes: Readonly<Record<Key, ColumnWish>>,
): Picked<Key> => {
  const keys = Object.keys(wishes) as Key[]
  const found = findColumns(
    path,
    table.columns.map(({ name }) => name),
    wishes,
  )
  refuseEmpty(path, table)
  const cellsOf = (key: Key): readonly string[] =>
    (table.columns.find(({ name }) => name === found[key])?.cells ?? []).map((cell) => cell.trim())
  return { found, texts: Object.fromEntries(keys.map((key) => [key, cellsOf(key)])) as Record<Key, string[]> }
}

/** Throws Failure `table.no_rows` for a table with nothing below its header. */
export const refuseEmpty = (path: string, { rows, rejects: [reject] }: TextTable): void => {
  if (rows > 0) return
  throw new Failure({
    code: 'table.no_rows',
    message: `${path} has no readable row below its header.`,
    hint:
      reject === undefined
        ? 'Line 1 must be the header, and each line after it a row.'
        : `Line ${reject.line}: ${reject.reason}.`,
  })
}

/** The column of one wish, called `key` in what is said; null when it is not there and need not be. */
export const findColumn = (
  path: string,
  columns: readonly string[],
  { key, ...wish }: ColumnWish & { readonly key: string },
): string | null => findColumns(path, columns, { [key]: wish })[key] ?? null

const findColumns = <Key extends string>(
  path: string,
  columns: readonly string[],
  wishes: Readonly<Record<Key, ColumnWish>>,
): Record<Key, string | null> => {
  const keys = Object.keys(wishes) as Key[]
  const found = Object.fromEntries(keys.map((key) => [key, null])) as Record<Key, string | null>
  for (const key of keys) {
    const { named, option } = wishes[key]
    if (named === undefined) continue
    const column =
      columns.find((candidate) => candidate === named) ??
      columns.find((candidate) => candidate !== '' && normalise(candidate) === normalise(named))
    if (column === undefined)
      throw new Failure({
        code: 'table.column_unknown',
        message: `${path} has no column "${named}" (${option}).`,
        hint: `Name one with ${option}. Its columns are: ${columns.join(', ')}`,
      })
    found[key] = column
  }
  const free = new Set(columns.filter((column) => column !== '' && !Object.values(found).includes(column)))
  for (const key of keys) {
    if (found[key] !== null) continue
    const column = wishes[key].names.flatMap((name) =>
      [...free].filter((candidate) => normalise(candidate) === normalise(name)),
    )[0]
    if (column !== undefined) {
      found[key] = column
      free.delete(column)
    } else if (wishes[key].required)
      throw new Failure({
        code: 'table.column_missing',
        message: `${path} has no column that is known as ${key}.`,
        hint: `Name it with ${wishes[key].option} COLUMN. Its columns are: ${columns.join(', ')}`,
      })
  }
  return found
}

const normalise = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/**
 * Numbers of a column, NaN where a cell holds none. The decimal sign is the one that reads more cells.
 * @example [...numbersOf(['1.5', '', 'x'])] // [1.5, NaN, NaN]
 */
export const numbersOf = (texts: readonly string[]): Float64Array => {
  const isComma = countOf(texts, COMMA) > countOf(texts, POINT)
  return Float64Array.from(texts, (text) => {
    const plain = text.replace(/[\s\u00a0\u202f']/g, '')
    return NUMBER.test(isComma ? plain.replace(',', '.') : plain)
      ? Number(isComma ? plain.replace(',', '.') : plain)
      : Number.NaN
  })
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i
const COMMA = /^[+-]?[\d\s\u00a0\u202f']*,\d+$/
const POINT = /^[+-]?[\d\s\u00a0\u202f']*\.\d+$/
const SAMPLE_MAX = 1_000
const countOf = (texts: readonly string[], pattern: RegExp): number =>
  texts.slice(0, SAMPLE_MAX).filter((text) => pattern.test(text)).length

export type DateColumn = {
  /** Milliseconds since the epoch, NaN where a cell holds no such date. */
  readonly at: Float64Array
  readonly format: string
  /** The day may come first or the month: the day was assumed. */
  readonly isUnsure: boolean
}

/**
 * Dates of a column, by the format that fits the most of a sample of its cells or by `format`; `zone` holds for those that name none.
 * Throws Failures `table.date_format`, `table.no_dates`.
 */
export const datesOf = (
  texts: readonly string[],
  {
    format,
    zone,
    option,
  }: { readonly format?: string | undefined; readonly zone: string; readonly option: string },
): DateColumn => {
  const filled = texts.filter((text) => !isNothing(text))
  const fits =
    format === undefined ? fittingDateFormats(spread(filled), MOST) : { formats: [format], isUnsure: false }
  const chosen = fits.formats[0]
  if (chosen === undefined)
    throw new Failure({
      code: 'table.no_dates',
      message: `The date "${filled[0]?.slice(0, 40) ?? ''}" is written in no known way.`,
      hint: `Name its format with ${option}, such as DD.MM.YYYY or YYYY-MM-DD HH:mm.`,
    })
  const reader = compileDateFormat(chosen)
  if (typeof reader === 'string')
    throw new Failure({
      code: 'table.date_format',
      message: `The date format is not understood: ${reader}.`,
      hint: 'Such as DD.MM.YYYY, YYYY-MM-DD HH:mm, iso, unix, unix_ms.',
    })
  return {
    at: Float64Array.from(texts, (text) => reader(text, zone)),
    format: chosen,
    isUnsure: fits.isUnsure,
  }
}

/** A format that reads most cells is theirs; the others are then told with their lines. */
const MOST = 0.6

/** A few cells from all over the column: the first rows may all be of one month. */
const spread = (texts: readonly string[]): readonly string[] => {
  const step = Math.max(1, Math.floor(texts.length / SAMPLE_MAX))
  return texts.filter((_, index) => index % step === 0).slice(0, SAMPLE_MAX)
}
