// What is said of a person (city, plan, size): per key the last writer by event time wins. Packed as one
// JSON array per profile: newest time, then key and value by turns; a key that is older than that is
// marked and followed by its own time. Keys are numbers where the list of names has room, else words.

import { isRecord } from '../kernel/json.ts'
import type { Names } from './names.ts'
import { NAME_CHARS_MAX, nameOf, numberOf } from './names.ts'
import type { ProfileOptions, Refusal } from './options.ts'
import { readText, writeText } from '../kernel/text-store.ts'
import type { TextStore } from '../kernel/text-store.ts'

export type TraitValues = { readonly [key: string]: unknown }
/** One trait as the log carries it: the value null stands for a removed one. */
export type TraitRecord = readonly [key: string, value: unknown, at: number]

/** Where traits are kept, and what to do with what does not fit. */
export type TraitStore = {
  readonly texts: TextStore
  readonly keys: Names
  readonly limits: ProfileOptions
  readonly refuse: (reason: Refusal) => void
}

type Written = { readonly value: unknown; readonly at: number }
type Token = string | number

const HOSTILE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Writes `incoming` at `at` (ms). A value of null removes the key; it is remembered as removed, so that an
 * older event cannot bring it back. What does not fit is left out and counted.
 */
export const writeTraits = (store: TraitStore, slot: number, incoming: TraitValues, at: number): void => {
  const keys = Object.keys(incoming)
  if (keys.length === 0) return
  const traits = unpack(store, slot)
  let changed = false
  for (const key of keys) {
    const value = incoming[key]
    if (value === undefined) continue
    if (key.length > NAME_CHARS_MAX || key === '' || HOSTILE_KEYS.has(key)) store.refuse('trait_key_refused')
    else if (sizeOf(value) > store.limits.traitCharsMax) store.refuse('trait_too_large')
    else if (write(store, traits, key, { value, at })) changed = true
  }
  if (changed) pack(store, slot, traits)
}

/** Adds the traits of `from` to those of `to`, per key the newer value, of equals `to`'s; `from` has none left. */
export const mergeTraits = (store: TraitStore, to: number, from: number): void => {
  const other = unpack(store, from)
  writeText(store.texts, from, '')
  if (other.size === 0) return
  const traits = unpack(store, to)
  for (const [key, written] of other)
    if ((traits.get(key)?.at ?? -1) < written.at) write(store, traits, key, written)
  pack(store, to, traits)
}

/** The traits as a plain object, without removed keys. */
export const readTraits = (store: Pick<TraitStore, 'texts' | 'keys'>, slot: number): TraitValues => {
  const values: Record<string, unknown> = {}
  for (const [key, { value }] of unpack(store, slot)) if (value !== null) values[key] = value
  return values
}

export const listTraits = (store: TraitStore, slot: number): readonly TraitRecord[] =>
  [...unpack(store, slot)].map(([key, { value, at }]) => [key, value, at])

export const replaceTraits = (store: TraitStore, slot: number, records: readonly TraitRecord[]): void => {
  writeText(store.texts, slot, '')
  pack(store, slot, new Map(records.map(([key, value, at]) => [key, { value, at }])))
}

const write = (store: TraitStore, traits: Map<string, Written>, key: string, written: Written): boolean => {
  const known = traits.get(key)
  if (known === undefined && traits.size >= store.limits.traitsMax) {
    store.refuse('traits_full')
    return false
  }
  if (known !== undefined && known.at > written.at) return false
  traits.set(key, written)
  return true
}

const unpack = ({ texts, keys }: Pick<TraitStore, 'texts' | 'keys'>, slot: number): Map<string, Written> => {
  const traits = new Map<string, Written>()
  if (slot >= texts.refs.length || (texts.refs[slot] as number) === 0) return traits
  const tokens = JSON.parse(readText(texts, slot)) as unknown[]
  const newestAt = tokens[0] as number
  for (let i = 1; i < tokens.length; i += 2) {
    const token = tokens[i] as Token
    const key = typeof token === 'number' ? nameOf(keys, Math.abs(token)) : token.slice(1)
    const older = typeof token === 'number' ? token < 0 : token.startsWith('-')
    traits.set(key, { value: tokens[i + 1], at: older ? (tokens[i + 2] as number) : newestAt })
    if (older) i++
  }
  return traits
}

const pack = (store: TraitStore, slot: number, traits: Map<string, Written>): void => {
  let newestAt = -1
  for (const { at } of traits.values()) if (at > newestAt) newestAt = at
  const tokens: unknown[] = [newestAt]
  for (const [key, { value, at }] of traits) {
    const number = numberOf(store.keys, key)
    if (at === newestAt) tokens.push(number > 0 ? number : `+${key}`, value)
    else tokens.push(number > 0 ? -number : `-${key}`, value, at)
  }
  const text = traits.size === 0 ? '' : JSON.stringify(tokens)
  const fits = text.length <= store.limits.traitsCharsMax && writeText(store.texts, slot, text)
  if (!fits) store.refuse('traits_full')
}

const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2
  if (Array.isArray(value) || isRecord(value)) return JSON.stringify(value).length
  return 8
}
