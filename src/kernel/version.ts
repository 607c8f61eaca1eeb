// A version for anything that is applied as a whole: equal values, equal versions.

import { hash32 } from './hash.ts'
import { canonicalJson } from './json.ts'

/**
 * 16 hex digits over the canonical JSON of a value.
 * @example versionOf({ a: 1, b: 2 }) === versionOf({ b: 2, a: 1 }) // true
 */
export const versionOf = (value: unknown): string => {
  const text = canonicalJson(value)
  return [0, 1].map((seed) => hash32(text, seed).toString(16).padStart(8, '0')).join('')
}
