// What feedback remembers of each person for good: the group given at the first decision, and what
// the person had brought before it (the covariate that makes the comparison sharper).

import { assert } from '../kernel/assert.ts'
import type { Dump } from '../log/dump.ts'
import type { Group } from './holdout.ts'

const TREATED = 1
const HOLDOUT = 2
const GROUP = TREATED | HOLDOUT
/** Two profiles of one person were in different groups: served as the survivor, compared no more. */
const CONFLICT = 4

export type Persons = {
  flags: Uint8Array
  /** Margin of orders before the first decision, whole currency units. */
  past: Float64Array
  slots: number
  conflicts: number
}

export const createPersons = (): Persons => ({
  flags: new Uint8Array(1024),
  past: new Float64Array(1024),
  slots: 0,
  conflicts: 0,
})

export const storedGroup = (persons: Persons, ref: number): Group | undefined => {
  const group = (persons.flags[ref] ?? 0) & GROUP
  if (group === 0) return undefined
  return group === TREATED ? 'treated' : 'holdout'
}

export const hasConflict = (persons: Persons, ref: number): boolean =>
  ((persons.flags[ref] ?? 0) & CONFLICT) !== 0

/** Keeps the group of a person's first decision; a second, different one is a conflict. */
export const keepGroup = (persons: Persons, ref: number, group: Group): void => {
  reserve(persons, ref)
  const known = storedGroup(persons, ref)
  const flags = persons.flags[ref] ?? 0
  if (known === undefined) persons.flags[ref] = flags | (group === 'treated' ? TREATED : HOLDOUT)
  else if (known !== group) markConflict(persons, ref)
}

export const pastOf = (persons: Persons, ref: number): number => persons.past[ref] ?? 0

/** Counts an order towards the past as long as nothing was decided for the person. */
export const addPast = (persons: Persons, ref: number, margin: number): void => {
  if (storedGroup(persons, ref) !== undefined) return
  reserve(persons, ref)
  persons.past[ref] = (persons.past[ref] ?? 0) + margin
}

/** `from` is now part of `into`. Returns whether the halves were in different groups. */
export const mergePersons = (persons: Persons, from: number, into: number): boolean => {
  if (from === into) return false
  reserve(persons, Math.max(from, into))
  const left = storedGroup(persons, from)
  const kept = storedGroup(persons, into)
  const conflict = left !== undefined && kept !== undefined && left !== kept
  if (kept === undefined && left !== undefined) keepGroup(persons, into, left)
  // What an undecided half brought would lift the past of one that has its first decision behind it.
  if (left === undefined && kept === undefined)
    persons.past[into] = pastOf(persons, into) + pastOf(persons, from)
  if (left !== undefined && kept === undefined) persons.past[into] = pastOf(persons, from)
  if (conflict || hasConflict(persons, from)) markConflict(persons, into)
  persons.past[from] = 0
  persons.flags[from] = 0
  return conflict
}

/** A new experiment: nobody has a group, the past stays. */
export const forgetGroups = (persons: Persons): void => {
  persons.flags.fill(0)
  persons.conflicts = 0
}

const markConflict = (persons: Persons, ref: number): void => {
  if (hasConflict(persons, ref)) return
  persons.flags[ref] = (persons.flags[ref] ?? 0) | CONFLICT
  persons.conflicts++
}

const reserve = (persons: Persons, ref: number): void => {
  if (ref >= persons.flags.length) {
    const size = Math.max(ref + 1, persons.flags.length * 2)
    const flags = new Uint8Array(size)
    flags.set(persons.flags)
    const past = new Float64Array(size)
    past.set(persons.past)
    persons.flags = flags
    persons.past = past
  }
  if (ref >= persons.slots) persons.slots = ref + 1
}

export const dumpPersons = (persons: Persons): Dump => ({
  personFlags: persons.flags.slice(0, persons.slots),
  personPast: persons.past.slice(0, persons.slots),
  personConflicts: persons.conflicts,
})

export const restorePersons = (dump: Dump): Persons => {
  const { personFlags: flags, personPast: past, personConflicts: conflicts } = dump
  assert(flags instanceof Uint8Array && past instanceof Float64Array, 'the dump has no person columns')
  const persons = createPersons()
  if (flags.length > 0) reserve(persons, flags.length - 1)
  persons.flags.set(flags)
  persons.past.set(past)
  persons.conflicts = Number(conflicts)
  return persons
}
