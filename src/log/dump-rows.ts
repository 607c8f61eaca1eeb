// Many rows of one shape as columns of a dump: a hundred thousand of them are written and read several times as
// fast as a list of objects, which every snapshot and every start pays for.

import { assert } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import type { Column, Dump } from './dump.ts'

/**
 * How each field is kept. `text`: different in most rows. `name`: one of few texts. `number`: any. `flag`: yes or no.
 * `list`: of JSON values, copied.
 */
export type RowFields<T> = { readonly [Field in keyof T]-?: FieldKind }
type FieldKind = 'text' | 'name' | 'number' | 'flag' | 'list'

/** The rows as columns named `<prefix>.<field>`. Every row has every field. */
export const dumpRows = <T extends object>(
  prefix: string,
  rows: readonly T[],
  fields: RowFields<T>,
): Dump => {
  const columns: Record<string, Column> = { [`${prefix}.rows`]: rows.length }
  for (const field of Object.keys(fields) as (keyof T & string)[]) {
    const values = rows.map((row) => row[field])
    Object.assign(columns, packField(`${prefix}.${field}`, values, fields[field]))
  }
  return columns
}

/** The rows that {@link dumpRows} wrote, as objects of their own. */
export const restoreRows = <T extends object>(prefix: string, dump: Dump, fields: RowFields<T>): T[] => {
  const count = Number(dump[`${prefix}.rows`])
  assert(Number.isInteger(count), `a dump with rows of ${prefix}`)
  const names = Object.keys(fields) as (keyof T & string)[]
  const columns = names.map((field) => columnOf(`${prefix}.${field}`, dump, fields[field]))
  // Copies of one object have its layout: several times as fast as putting each together field by field.
  const first = Object.fromEntries(names.map((field, i) => [field, columns[i]?.[0]]))
  const rows: T[] = []
  for (let row = 0; row < count; row++) {
    const made: Record<string, unknown> = { ...first }
    for (let i = 0; i < names.length; i++) made[names[i] ?? ''] = columns[i]?.[row]
    rows.push(made as T)
  }
  return rows
}

const packField = (name: string, values: readonly unknown[], kind: FieldKind): Dump => {
  switch (kind) {
    case 'text':
      return packTexts(name, values as readonly string[])
    case 'name':
      return packNames(name, values as readonly string[])
    case 'number':
      // As JSON spells it: −0 of a living state is 0 in the log that it is folded from again.
      return { [name]: Float64Array.from(values as readonly number[], (value) => value + 0) }
    case 'flag':
      return { [name]: Uint8Array.from(values, (value) => (value === true ? 1 : 0)) }
    case 'list':
      return { [name]: (values as readonly (readonly Json[])[]).map((list) => [...list]) }
  }
}

const columnOf = (name: string, dump: Dump, kind: FieldKind): ArrayLike<unknown> => {
  switch (kind) {
    case 'text':
      return unpackTexts(name, dump)
    case 'name':
      return unpackNames(name, dump)
    case 'flag':
      return Array.from(dump[name] as Uint8Array, (flag) => flag === 1)
    case 'number':
      return dump[name] as Float64Array
    case 'list':
      return (dump[name] as unknown as readonly (readonly Json[])[]).map((list) => [...list])
  }
}

/** So many are put together before they become bytes: far below the longest string there can be. */
const JOINED_TEXTS = 1_000

/** One after the other as UTF-8, and how long each is; a list where UTF-8 would lose half a character. */
const packTexts = (name: string, texts: readonly string[]): Dump => {
  const lengths = new Uint32Array(texts.length)
  const pieces: Buffer[] = []
  for (let from = 0; from < texts.length; from += JOINED_TEXTS) {
    const some = texts.slice(from, from + JOINED_TEXTS)
    const piece = Buffer.from(some.join(''))
    pieces.push(piece)
    const isAscii = some.reduce((sum, text) => sum + text.length, 0) === piece.byteLength
    if (!isAscii && !some.every((text) => text.isWellFormed())) return { [name]: [...texts] }
    for (const [i, text] of some.entries())
      lengths[from + i] = isAscii ? text.length : Buffer.byteLength(text)
  }
  const all = Buffer.concat(pieces)
  return { [name]: new Uint8Array(all.buffer, all.byteOffset, all.byteLength), [`${name}.bytes`]: lengths }
}

const unpackTexts = (name: string, dump: Dump): readonly string[] => {
  const column = dump[name]
  if (Array.isArray(column)) return column as readonly string[]
  const packed = column as Uint8Array
  const all = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  let at = 0
  return Array.from(dump[`${name}.bytes`] as Uint32Array, (length) => {
    at += length
    return all.toString('utf8', at - length, at)
  })
}

/** Each text once, and which of them a row has. */
const packNames = (name: string, texts: readonly string[]): Dump => {
  const places = new Map<string, number>()
  let [last, place] = ['', -1]
  const indices = Uint32Array.from(texts, (text) => {
    if (place >= 0 && text === last) return place
    last = text
    place = places.get(text) ?? places.size
    places.set(text, place)
    return place
  })
  return { [name]: [...places.keys()], [`${name}.index`]: indices }
}

const unpackNames = (name: string, dump: Dump): readonly string[] => {
  const texts = dump[name] as readonly string[]
  return Array.from(dump[`${name}.index`] as Uint32Array, (index) => texts[index] ?? '')
}
