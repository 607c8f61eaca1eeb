// JSON with one spelling per value, fast for values whose keys already stand in order, and strict: what
// JSON would drop or bend in silence stops here, because a state that comes back different is a wrong state.

import { assert } from '../kernel/assert.ts'
import { isRecord, type Json } from '../kernel/json.ts'

/** JSON text with sorted keys; `undefined` members are left out. Asserts that nothing else is lost. */
export const canonicalText = (value: Json): string =>
  isInOrder(value) ? JSON.stringify(value) : sortedText(value)

const isInOrder = (value: unknown): boolean => {
  if (Array.isArray(value)) {
    let inOrder = true
    for (const item of value) {
      assert(item !== undefined, 'a list with holes has no JSON form')
      if (!isInOrder(item)) inOrder = false
    }
    return inOrder
  }
  if (!isRecord(value)) {
    assertPlain(value)
    return true
  }
  assertRecord(value)
  let inOrder = true
  let last = ''
  for (const key of Object.keys(value)) {
    if (key < last || !isInOrder(value[key])) inOrder = false
    last = key
  }
  return inOrder
}

const sortedText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${sortedText(value[key])}`)
  return `{${members.join(',')}}`
}

const assertPlain = (value: unknown): void => {
  const type = typeof value
  const plain = value === null || value === undefined || type === 'string' || type === 'boolean'
  assert(plain || Number.isFinite(value), `JSON has no form for ${String(value)}`)
}

const assertRecord = (value: Record<string, unknown>): void => {
  const prototype: unknown = Object.getPrototypeOf(value)
  assert(
    prototype === Object.prototype || prototype === null,
    'only plain objects come back from JSON as they were',
  )
}
