// Dumps: the same state gives the same bytes, and comes back as it was.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isFailure } from '../kernel/failure.ts'
import { canonicalText } from './canonical-text.ts'
import { decodeDump, encodeDump } from './dump-codec.ts'
import type { Column, Dump } from './dump.ts'
import type { Json } from '../kernel/json.ts'

const column: fc.Arbitrary<Column> = fc.oneof(
  fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json),
  fc.uint8Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array({ noNaN: true }),
  fc.float64Array({ noNaN: true }),
)
const dumps: fc.Arbitrary<Dump> = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  column,
)

/** The same object with its keys put in the other way round. */
const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

describe('dump', () => {
  it('L14 any dump comes back as it was, and gives the same bytes again', () => {
    fc.assert(
      fc.property(dumps, (dump) => {
        const bytes = encodeDump(dump)
        const back = decodeDump(bytes)
        assert.deepEqual({ ...back }, { ...dump })
        assert.deepEqual(encodeDump(back), bytes)
      }),
    )
  })

  it('L14 the order in which columns and keys were made does not show', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const value = JSON.parse(JSON.stringify(raw)) as Json
        const numbers = new Float64Array([1, -0, Number.POSITIVE_INFINITY])
        assert.deepEqual(encodeDump({ value, numbers }), encodeDump({ numbers, value: reversed(value) }))
        assert.equal(canonicalText(value), canonicalText(JSON.parse(canonicalText(value)) as Json))
      }),
    )
  })

  it('L14 keys that are numbers or hostile are kept', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2},"10":1,"9":2}') as Json
    assert.equal(canonicalText(value), '{"10":1,"9":2,"__proto__":{"a":2,"z":1},"b":1}')
    const back = decodeDump(encodeDump({ value }))['value'] as Json
    assert.equal(canonicalText(back), canonicalText(value))
  })

  it('L14 long lists are written in pieces and read as one', () => {
    const list = Array.from({ length: 25_001 }, (_, i) => ({ z: i, a: `n${i}` }))
    const back = decodeDump(encodeDump({ list, after: [1] }))
    assert.deepEqual(back['list'], list)
    assert.deepEqual(back['after'], [1])
  })

  it('L14 what JSON would lose in silence is our bug and stops the dump', () => {
    const wrong: readonly unknown[] = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Map([[1, 2]]),
      new Date(0),
      [undefined],
      () => 1,
      1n,
      [{ deep: new Set() }],
    ]
    for (const value of wrong)
      assert.throws(() => encodeDump({ value: value as Json }), { name: 'AssertionFailure' }, String(value))
    assert.equal(canonicalText({ a: 1, b: undefined } as unknown as Json), '{"a":1}')
  })

  it('L14 numbers of part of a buffer are written alone, and decoding twice shares nothing', () => {
    const part = new Uint32Array([9, 1, 2, 9]).subarray(1, 3)
    const bytes = encodeDump({ part })
    const first = decodeDump(bytes)['part'] as Uint32Array
    first[0] = 7
    assert.deepEqual(decodeDump(bytes)['part'], new Uint32Array([1, 2]))
  })

  it('L15 a dump with any byte changed or missing is refused', () => {
    const bytes = encodeDump({ n: new Float64Array([1, 2, 3]), s: 'text' })
    const isCorrupt = (thrown: unknown) => isFailure(thrown, 'dump.corrupt')
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x41
      assert.throws(() => decodeDump(changed), isCorrupt, `byte ${at}`)
      assert.throws(() => decodeDump(bytes.slice(0, at)), isCorrupt)
    }
  })
})
