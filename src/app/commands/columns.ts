// Finds columns of a plain CSV by the name that was given, or by the names such columns usually have.

import type { TextColumn, TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** The column of that name, however it is spelt. Throws Failure `columns.unknown` with the names there are. */
export const namedColumn = (table: TextTable, name: string, option: string): TextColumn => {
  const found =
    table.columns.find((column) => column.name === name) ??
    table.columns.find((column) => plain(column.name) === plain(name))
  if (found !== undefined) return found
  throw new Failure({
    code: 'columns.unknown',
    message: `There is no column "${name}".`,
    hint: `Name one with ${option}. The file has: ${table.columns.map((column) => column.name).join(', ')}`,
  })
}

/** The first column with one of the `usual` names, in their order; undefined when there is none. */
export const usualColumn = (table: TextTable, usual: readonly string[]): TextColumn | undefined => {
  for (const name of usual) {
    const found = table.columns.find((column) => plain(column.name) === plain(name))
    if (found !== undefined) return found
  }
  return undefined
}

/** As named by the option, else by a usual name, else Failure `columns.missing`. */
export const columnFor = (
  table: TextTable,
  given: string | undefined,
  { option, usual }: { readonly option: string; readonly usual: readonly string[] },
): TextColumn => {
  if (given !== undefined) return namedColumn(table, given, option)
  const found = usualColumn(table, usual)
  if (found !== undefined) return found
  throw new Failure({
    code: 'columns.missing',
    message: `No column is named ${usual.slice(0, 4).join(', ')} or the like.`,
    hint: `Name it with ${option}. The file has: ${table.columns.map((column) => column.name).join(', ')}`,
  })
}

const TRUE_WORDS: ReadonlySet<string> = new Set([
  '1',
  '1.0',
  'true',
  'yes',
  'y',
  't',
  'да',
  'истина',
  'churned',
])
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', '0.0', 'false', 'no', 'n', 'f', 'нет', 'ложь'])

/**
 * An outcome of two values as 0 and 1. `positive` says which is 1 where they are not yes and no.
 * Throws Failure `columns.not_two_values`, or `columns.positive_unknown`.
 */
export const outcomeOf = (column: TextColumn, positive?: string): Uint8Array => {
  const texts = column.cells.map((cell) => cell.trim())
  const values = [...new Set(texts)].toSorted()
  if (positive !== undefined) {
    if (values.includes(positive)) return Uint8Array.from(texts, (text) => (text === positive ? 1 : 0))
    throw new Failure({
      code: 'columns.positive_unknown',
      message: `"${column.name}" is never "${positive}".`,
      hint: `It has: ${values.slice(0, 10).join(', ')}`,
    })
  }
  const known = values.every((value) => isTrue(value) || FALSE_WORDS.has(value.toLowerCase()))
  if (known && values.length === 2) return Uint8Array.from(texts, (text) => (isTrue(text) ? 1 : 0))
  throw new Failure({
    code: 'columns.not_two_values',
    message: `"${column.name}" is not an outcome of yes and no: it has ${values.length} values (${values
      .slice(0, 5)
      .map((value) => (value === '' ? 'an empty one' : value))
      .join(', ')}).`,
    hint: 'Name the value that counts as the outcome with --positive, or take another column.',
  })
}

const isTrue = (value: string): boolean => TRUE_WORDS.has(value.toLowerCase())

/** `en` or `ru`; Failure `columns.language` for anything else. */
export const languageOf = (text: string): 'en' | 'ru' => {
  if (text === 'en' || text === 'ru') return text
  throw new Failure({
    code: 'columns.language',
    message: `There is no language "${text}".`,
    hint: 'Take en or ru.',
  })
}

/**
 * An outcome as amounts: yes and no become 1 and 0. Throws Failure `columns.not_numbers` with the first line
 * that is neither.
 */
export const amountsOf = (column: TextColumn): Float64Array => {
  const values = Float64Array.from(column.cells, (cell) => {
    const text = cell.trim()
    const lower = text.toLowerCase()
    return TRUE_WORDS.has(lower) ? 1 : FALSE_WORDS.has(lower) ? 0 : text === '' ? Number.NaN : Number(text)
  })
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return values
  throw new Failure({
    code: 'columns.not_numbers',
    message: `"${column.name}" has "${column.cells[bad] ?? ''}" in row ${bad + 1}: neither yes, no nor a number.`,
    hint: 'Take another column, or take out the rows in which it is unknown.',
  })
}

/** A cell of CSV; one that a spreadsheet would run as a formula is made text. */
export const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
