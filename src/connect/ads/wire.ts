// Reading what platforms answer: unknown fields are passed over, what must be there and is not is a failure by name,
// and money is exact or not taken at all.

import type { PlatformTraits, WriteResult } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { DAY_MS } from '../../kernel/time.ts'

export const malformed = (what: string): Failure =>
  new Failure({ code: 'ads.malformed', message: `an answer without ${what}`, retryable: true })

/** The value at a path of keys; undefined where there is none. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown => {
  let found = value
  for (const key of path) {
    if (typeof key === 'number') found = Array.isArray(found) ? (found as unknown[])[key] : undefined
    else found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  if (Array.isArray(found)) return found as unknown[]
  throw malformed(`the list ${path.join('.')}`)
}

/** A text, or a number as text: ids come as both. '' where there is none. */
export const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : ''
}

/** A number, or a text that is one. Absent is 0; anything else is a failure. */
export const numberAt = (value: unknown, ...path: readonly (string | number)[]): number => {
  const found = at(value, ...path)
  if (found === undefined || found === null) return 0
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw malformed(`a number at ${path.join('.')}`)
}

/** Whole units as exact micros, from a text such as `12.34` or a number. */
export const microsOf = (units: number): number => {
  const micros = Math.round(units * 1_000_000)
  if (!Number.isSafeInteger(micros)) throw malformed(`an amount in reach: ${units}`)
  return micros
}

/**
 * A budget that is one: a whole positive number of micros. Null, 0, -1 and fractions mean "no limit" or "not told" on one
 * platform or another: never "paused", never a budget.
 */
export const budgetOf = (micros: number): number | null =>
  Number.isSafeInteger(micros) && micros > 0 ? micros : null

/** Why a budget may not be written, before anything is sent; null when it may. */
export const refuseBudget = (
  ask: { readonly budgetMicros: number; readonly currency: string },
  own: { readonly currency: string; readonly traits: PlatformTraits },
): WriteResult | null => {
  const { budgetMicros: micros, currency } = ask
  const { stepMicros, dayMinMicros } = own.traits
  if (currency !== own.currency)
    return refusal('ads.currency', `${currency} to an account kept in ${own.currency}`)
  if (!Number.isSafeInteger(micros) || micros < 0)
    return refusal('ads.bad_budget', `${String(micros)} is no budget`)
  if (micros > 0 && micros < dayMinMicros)
    return refusal('ads.bad_budget', `${micros} is less than the platform takes, ${dayMinMicros}`)
  if (micros % stepMicros !== 0) return refusal('ads.bad_budget', `${micros} is no multiple of ${stepMicros}`)
  return null
}

export const refusal = (
  code: string,
  detail: string,
  retryable = false,
): WriteResult & { kind: 'refused' } => ({
  kind: 'refused',
  code,
  detail,
  retryable,
})

/** `2026-01-31` of a day since 1970-01-01. */
export const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

export const dayOfIso = (text: string): number => {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms)) throw malformed(`a date: ${text.slice(0, 40)}`)
  return ms / DAY_MS
}

export const chunked = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
