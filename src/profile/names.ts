// A bounded two-way list of names, so that columns hold small numbers where people wrote words.

import type { Json } from '../kernel/json.ts'

export type Names = { readonly list: string[]; readonly index: Map<string, number>; readonly max: number }

export const NAME_CHARS_MAX = 64

/** Number 0 is always '' and means "none". */
export const createNames = (max: number): Names => ({ list: [''], index: new Map([['', 0]]), max })

/** The number of `name`, given now if it is new. -1 when the list is full; names are cut at {@link NAME_CHARS_MAX}. */
export const numberOf = (names: Names, name: string): number => {
  const known = names.index.get(name)
  if (known !== undefined) return known
  const short = name.length > NAME_CHARS_MAX ? name.slice(0, NAME_CHARS_MAX).toWellFormed() : name
  if (short !== name) return numberOf(names, short)
  if (names.list.length >= names.max) return -1
  const number = names.list.length
  names.list.push(short)
  names.index.set(short, number)
  return number
}

export const nameOf = (names: Names, number: number): string => names.list[number] ?? ''

export const dumpNames = (names: Names): Json => names.list

export const restoreNames = (column: Json, max: number): Names => {
  const names = createNames(max)
  for (const name of column as readonly string[]) numberOf(names, name)
  return names
}
