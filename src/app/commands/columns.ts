// Finds columns of a plain CSV by the name that was given, or by the names such columns usually have.

import {
  badCell,
  findColumn,
  isNothing,
  lineOf,
  numbersOf,
  readTable,
  refuseEmpty,
  type TextColumn,
  type TextTable,
} from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { note } from '../output.ts'

/** The rows of a file, of which there must be some; those that could not be read are told. */
export const readRows = async (path: string): Promise<TextTable> => {
  const table = await readTable(path)
  refuseEmpty(path, table)
  const [reject] = table.rejects
  if (reject !== undefined)
    note(
      `${table.rejected} of ${table.rows + table.rejected} rows of ${path} left out: line ${reject.line} has ${reject.reason}.`,
    )
  return table
}

/** The column of that name, however it is spelt. Throws Failure `table.column_unknown` with the names there are. */
export const namedColumn = (table: TextTable, name: string, option: string): TextColumn =>
  columnFor(table, name, { option, usual: [] })

/** The first column with one of the `usual` names, in their order; undefined when there is none. */
export const usualColumn = (table: TextTable, usual: readonly string[]): TextColumn | undefined =>
  found(table, undefined, { option: '', usual, required: false })

/** As named by the option, else by a usual name, else Failure `table.column_missing`. */
export const columnFor = (
  table: TextTable,
  given: string | undefined,
  { option, usual }: { readonly option: string; readonly usual: readonly string[] },
): TextColumn => found(table, given, { option, usual, required: true }) as TextColumn

const found = (
  table: TextTable,
  named: string | undefined,
  {
    option,
    usual,
    required,
  }: { readonly option: string; readonly usual: readonly string[]; readonly required: boolean },
): TextColumn | undefined => {
  const names = table.columns.map(({ name }) => name)
  const wish = { key: option.replace(/^-+/, ''), named, names: usual, required, option }
  const taken = findColumn(table.path, names, wish)
  return taken === null ? undefined : table.columns.find(({ name }) => name === taken)
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
 * Throws Failures `table.cell` with the first line that has none, `columns.not_two_values`, or
 * `columns.positive_unknown`.
 */
export const outcomeOf = (
  table: TextTable,
  column: TextColumn,
  option: string,
  positive?: string,
): Uint8Array => {
  const texts = column.cells.map((cell) => cell.trim())
  const bad = (row: number) =>
    badCell(table.path, table, row, { column: column.name, texts, is: 'an outcome', option })
  const unknown = texts.findIndex((text) => isNothing(text) || NO_NUMBER.test(text))
  if (unknown >= 0) throw bad(unknown)
  const values = [...new Set(texts)].toSorted()
  if (positive !== undefined) {
    if (values.includes(positive)) return Uint8Array.from(texts, (text) => (text === positive ? 1 : 0))
    throw new Failure({
      code: 'columns.positive_unknown',
      message: `"${column.name}" is never "${positive}".`,
      hint: `It has: ${values.slice(0, 10).join(', ')}`,
    })
  }
  const strange = texts.flatMap((text, row) => (isTrue(text) || isFalse(text) ? [] : [row]))
  const [first] = strange
  if (first === undefined && values.length === 2)
    return Uint8Array.from(texts, (text) => (isTrue(text) ? 1 : 0))
  // A few among many of yes and no are slips of the pen; else it is another kind of column.
  if (first !== undefined && strange.length < SLIPS_MAX * texts.length) throw bad(first)
  throw new Failure({
    code: 'columns.not_two_values',
    message: `"${column.name}" is not an outcome of yes and no: it has ${values.length} values (${values.slice(0, 5).join(', ')})${first === undefined ? '' : `, the first that is neither in line ${lineOf(table, first)}`}.`,
    hint: `Name the value that counts as the outcome with --positive, or another column with ${option}.`,
  })
}

/** Of rows. */
const SLIPS_MAX = 0.1
const NO_NUMBER = /^[-+]?(nan|inf(inity)?)$/i

const isTrue = (value: string): boolean => TRUE_WORDS.has(value.toLowerCase())
const isFalse = (value: string): boolean => FALSE_WORDS.has(value.toLowerCase())

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
 * An outcome as amounts: yes and no become 1 and 0. Throws Failure `table.cell` with the first line that is neither
 * them nor a number.
 */
export const amountsOf = (table: TextTable, column: TextColumn, option: string): Float64Array => {
  const texts = column.cells.map((cell) => cell.trim())
  const numbers = numbersOf(texts)
  const values = Float64Array.from(texts, (text, row) =>
    isTrue(text) ? 1 : isFalse(text) ? 0 : (numbers[row] as number),
  )
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return values
  throw badCell(table.path, table, bad, {
    column: column.name,
    texts,
    is: 'yes, no or a number',
    option,
  })
}

/** A cell of CSV; one that a spreadsheet would run as a formula is made text. */
export const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Names under which a column of texts usually goes. */
export const TEXT_COLUMNS = [
  'text',
  'mention',
  'message',
  'comment',
  'review',
  'body',
  'tweet',
  'content',
  'текст',
  'отзыв',
  'комментарий',
  'сообщение',
]
