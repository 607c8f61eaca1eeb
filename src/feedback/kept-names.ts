// Few texts that many rows have: each is kept once, as long as a row has it.

import { assert } from '../kernel/assert.ts'

export type KeptNames = {
  readonly numbers: Map<string, number>
  /** By number; '' where the place is free. */
  readonly list: string[]
  /** Rows that have the name. */
  readonly users: number[]
  readonly free: number[]
}

export const createKeptNames = (): KeptNames => ({ numbers: new Map(), list: [], users: [], free: [] })

/** The number of the name, which one row more has. */
export const takeName = (names: KeptNames, name: string): number => {
  const known = names.numbers.get(name)
  if (known !== undefined) {
    names.users[known] = (names.users[known] ?? 0) + 1
    return known
  }
  const number = names.free.pop() ?? names.list.length
  names.numbers.set(name, number)
  names.list[number] = name
  names.users[number] = 1
  return number
}

/** One row less has it. */
export const leaveName = (names: KeptNames, number: number): void => {
  const left = (names.users[number] ?? 0) - 1
  assert(left >= 0, 'a name is left by a row that had it')
  names.users[number] = left
  if (left > 0) return
  names.numbers.delete(names.list[number] ?? '')
  names.list[number] = ''
  names.free.push(number)
}
