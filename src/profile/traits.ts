// What is said of a person (city, plan, size), as one packed JSON text per profile: per key the last
// writer by event time wins. Text: [newest time, values, times of keys that are older than that].

import { isRecord } from '../kernel/json.ts'
import type { ProfileOptions, Refusal } from './options.ts'

export type TraitValues = { readonly [key: string]: unknown }

type Packed = readonly [newestAt: number, values: Record<string, unknown>, olderAt?: Record<string, number>]
type Refuse = (reason: Refusal) => void

const KEY_CHARS_MAX = 64
const HOSTILE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The text with `incoming` written at `at` (ms). A value of null removes the key; it is remembered as
 * removed, so that an older event cannot bring it back. What does not fit is left out and counted.
 */
export const writeTraits = (
  text: string,
  incoming: TraitValues,
  at: number,
  limits: ProfileOptions,
  refuse: Refuse,
): string => {
  const traits = unpack(text)
  let changed = false
  for (const key of Object.keys(incoming)) {
    const value = incoming[key]
    if (value === undefined) continue
    if (key.length > KEY_CHARS_MAX || key === '' || HOSTILE_KEYS.has(key)) refuse('trait_key_refused')
    else if (sizeOf(value) > limits.traitCharsMax) refuse('trait_too_large')
    else if (write(traits, key, value, at, limits.traitsMax, refuse)) changed = true
  }
  if (!changed) return text
  const packed = pack(traits)
  if (packed.length <= limits.traitsCharsMax) return packed
  refuse('traits_full')
  return text
}

/** Both texts as one, per key the newer value; of two from the same time `first`'s. */
export const mergeTraits = (
  first: string,
  second: string,
  limits: ProfileOptions,
  refuse: Refuse,
): string => {
  if (first === '' || second === '') return first === '' ? second : first
  const traits = unpack(first)
  const other = unpack(second)
  for (const [key, { value, at }] of other)
    if ((traits.get(key)?.at ?? -1) < at) write(traits, key, value, at, limits.traitsMax, refuse)
  const packed = pack(traits)
  if (packed.length <= limits.traitsCharsMax) return packed
  refuse('traits_full')
  return first
}

/** The traits as a plain object without removed keys. */
export const readTraits = (text: string): TraitValues => {
  if (text === '') return {}
  const [, values] = JSON.parse(text) as Packed
  for (const key in values) if (values[key] === null) delete values[key]
  return values
}

type Written = { readonly value: unknown; readonly at: number }

const write = (
  traits: Map<string, Written>,
  key: string,
  value: unknown,
  at: number,
  keysMax: number,
  refuse: Refuse,
): boolean => {
  const known = traits.get(key)
  if (known === undefined && traits.size >= keysMax) {
    refuse('traits_full')
    return false
  }
  if (known !== undefined && known.at > at) return false
  traits.set(key, { value, at })
  return true
}

const unpack = (text: string): Map<string, Written> => {
  const traits = new Map<string, Written>()
  if (text === '') return traits
  const [newestAt, values, olderAt] = JSON.parse(text) as Packed
  for (const key of Object.keys(values))
    traits.set(key, { value: values[key], at: olderAt?.[key] ?? newestAt })
  return traits
}

const pack = (traits: Map<string, Written>): string => {
  let newestAt = -1
  for (const { at } of traits.values()) if (at > newestAt) newestAt = at
  const values: Record<string, unknown> = {}
  const olderAt: Record<string, number> = {}
  let older = false
  for (const [key, { value, at }] of traits) {
    values[key] = value
    if (at === newestAt) continue
    olderAt[key] = at
    older = true
  }
  return JSON.stringify(older ? [newestAt, values, olderAt] : [newestAt, values])
}

const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2
  if (Array.isArray(value) || isRecord(value)) return JSON.stringify(value).length
  return 8
}
