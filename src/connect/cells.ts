// Reads the cells of one row by the mapping: text in, typed values out, or the reason why not.

import { assert } from '../kernel/assert.ts'
import { isRecord, type Json } from '../kernel/json.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { compileDateFormat, type DateReader } from './date-format.ts'
import type { Cell, CellType } from './mapping-schema.ts'

export type Row = {
  /** Line of the file on which it starts, from 1. */
  readonly line: number
  /** Number of the row among the rows, from 1. */
  readonly number: number
  /** By column; NDJSON values keep their types. */
  readonly cells: Readonly<Record<string, unknown>>
}

/** Why a row cannot be used: a code for machines, a sentence for people. */
export type Reject = { readonly code: string; readonly reason: string }

/** The value, undefined when the cell is empty, or a {@link Reject}. */
export type Reading = Result<Json | undefined, Reject>

export type CellReader = (row: Row) => Reading

/** Spellings of "nothing here" that databases export. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['', 'NULL', 'null', '\\N', 'None', 'NaN'])
const TRUE_WORDS: ReadonlySet<string> = new Set(['true', '1', 'yes', 'y', 't', 'да', 'истина'])
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', '0', 'no', 'n', 'f', 'нет', 'ложь'])

const ABSENT: Reading = ok(undefined)
const fine = (value: Json): Reading => ok(value)
const reject = (code: string, reason: string): Reading => err({ code, reason })

/** A reader for `cell`, named `path` in reasons; `zone` is for dates that name none. */
export const compileCell = (path: string, cell: Cell, zone: string): CellReader => {
  const convert = converterOf(cell, zone)
  const constant = cell.value
  if (constant !== undefined) {
    const reading = typeof constant === 'string' ? fromText(constant, convert, cell.type) : fine(constant)
    return () => reading
  }
  const column = cell.column ?? ''
  const fallback: Reading = cell.default === undefined ? ABSENT : fine(cell.default)
  return (row) => {
    const raw = lookUp(row.cells, column)
    const isEmpty =
      raw === undefined || raw === null || (typeof raw === 'string' && EMPTY_WORDS.has(raw.trim()))
    if (isEmpty) {
      if (cell.required !== true || cell.default !== undefined) return fallback
      return reject('required_missing', `${path}: column "${column}" is empty or absent`)
    }
    const reading = read(raw, cell, convert)
    return reading.ok ? reading : reject(reading.error.code, `${path}: ${reading.error.reason}`)
  }
}

const read = (raw: unknown, cell: Cell, convert: Converter): Reading => {
  if (cell.values !== undefined) {
    const key = typeof raw === 'string' ? raw.trim() : asText(raw)
    if (Object.hasOwn(cell.values, key)) return fine(cell.values[key] ?? null)
    return cell.otherwise === undefined
      ? reject('value_unknown', `"${shorten(key)}" is not among its values`)
      : fine(cell.otherwise)
  }
  if (typeof raw === 'string') return fromText(raw.trim(), convert, cell.type)
  if (cell.type === undefined || cell.type === 'json') return fine(raw as Json)
  if (typeof raw === 'object')
    return reject('not_a_value', `it is ${shorten(JSON.stringify(raw))}, not a single value`)
  if (
    typeof raw === 'number' &&
    (cell.type === 'number' || cell.type === 'integer') &&
    cell.decimal === undefined
  )
    return convert(raw)
  if (typeof raw === 'boolean' && cell.type === 'boolean') return fine(raw)
  return fromText(asText(raw), convert, cell.type)
}

const asText = (raw: unknown): string => (typeof raw === 'string' ? raw : JSON.stringify(raw))

type Converter = (value: string | number) => Reading

const fromText = (text: string, convert: Converter, type: CellType | undefined): Reading =>
  type === undefined || type === 'text' ? fine(text.toWellFormed()) : convert(text)

const converterOf = (cell: Cell, zone: string): Converter => {
  switch (cell.type ?? 'text') {
    case 'text':
      return (value) => fine(String(value).toWellFormed())
    case 'number':
      return (value) => numberFrom(value, cell.decimal)
    case 'integer':
      return (value) => {
        const reading = numberFrom(value, cell.decimal)
        return reading.ok && !Number.isSafeInteger(reading.value)
          ? reject('not_an_integer', `"${shorten(String(value))}" is not a whole number`)
          : reading
      }
    case 'boolean':
      return (value) => booleanFrom(String(value).toLowerCase())
    case 'date': {
      const reader = compileDateFormat(cell.format ?? 'iso')
      assert(typeof reader !== 'string', `a date format that was not checked: ${cell.format}`)
      return (value) => dateFrom(String(value), reader, cell.format ?? 'iso', zone)
    }
    case 'json':
      return (value) => jsonFrom(String(value))
  }
}

/** Thousands may stand apart by blanks or quotes; 1/3 is a number too, since propensities are written so. */
const numberFrom = (value: string | number, decimal: '.' | ',' = '.'): Reading => {
  const text = typeof value === 'number' ? String(value) : value.replace(/[\s\u00a0\u202f']/g, '')
  const plain = decimal === ',' ? text.replace(',', '.') : text
  const fraction = /^(\d+)\/([1-9]\d*)$/.exec(plain)
  if (fraction !== null) return fine(Number(fraction[1]) / Number(fraction[2]))
  const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain) ? Number(plain) + 0 : Number.NaN
  return Number.isFinite(number) ? fine(number) : reject('not_a_number', `"${shorten(text)}" is not a number`)
}

const booleanFrom = (text: string): Reading => {
  if (TRUE_WORDS.has(text)) return fine(true)
  return FALSE_WORDS.has(text)
    ? fine(false)
    : reject('not_a_boolean', `"${shorten(text)}" is neither yes nor no`)
}

const dateFrom = (text: string, reader: DateReader, format: string, zone: string): Reading => {
  const at = reader(text, zone)
  return Number.isNaN(at)
    ? reject('not_a_date', `"${shorten(text)}" is not a date that exists, written as ${format}`)
    : fine(new Date(at).toISOString())
}

const jsonFrom = (text: string): Reading => {
  try {
    return fine(JSON.parse(text) as Json)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return reject('not_json', `"${shorten(text)}" is not JSON`)
  }
}

/** A column of this very name, else a dotted path into nested objects. */
export const lookUp = (cells: Readonly<Record<string, unknown>>, column: string): unknown => {
  if (Object.hasOwn(cells, column)) return cells[column]
  if (!column.includes('.')) return undefined
  let value: unknown = cells
  for (const step of column.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
