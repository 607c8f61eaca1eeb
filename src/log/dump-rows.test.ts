// Rows of one shape: as columns, through bytes and back, whatever their texts hold.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeDump, encodeDump } from './dump-codec.ts'
import { dumpRows, restoreRows, type RowFields } from './dump-rows.ts'

type Row = { id: string; kind: string; amount: number; done: boolean; causes: string[] }
const FIELDS: RowFields<Row> = { id: 'text', kind: 'name', amount: 'number', done: 'flag', causes: 'list' }

const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '\ud800', 'ж', 'a😀'))
const row: fc.Arbitrary<Row> = fc.record({
  id: texts,
  kind: fc.constantFrom('a', 'b', '', '__proto__'),
  amount: fc.double({ noNaN: true }).map((value) => value + 0),
  done: fc.boolean(),
  causes: fc.array(fc.string(), { maxLength: 3 }),
})

describe('rows of a dump', () => {
  it('L14 any rows come back as they were, and give the same bytes again', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const bytes = encodeDump(dumpRows('r', rows, FIELDS))
        const back = restoreRows('r', decodeDump(bytes), FIELDS)
        assert.deepEqual(
          back,
          rows.map((one) => ({ ...one })),
        )
        assert.deepEqual(encodeDump(dumpRows('r', back, FIELDS)), bytes)
      }),
    )
  })

  it('L14 a zero below zero gives the bytes of zero, as in the log that the state is folded from', () => {
    const of = (amount: number) =>
      encodeDump(dumpRows('r', [{ id: 'a', kind: 'k', amount, done: false, causes: [] }], FIELDS))
    assert.deepEqual(of(-0), of(0))
  })

  it('L14 rows beyond one piece of text keep their places', () => {
    const rows = Array.from({ length: 2_500 }, (_, i): Row => {
      const id = i % 700 === 0 ? `ж${i}\ud800`.slice(0, i % 1_400 === 0 ? -1 : undefined) : `id${i}`
      return { id, kind: `k${i % 3}`, amount: i, done: i % 2 === 0, causes: [] }
    })
    for (const some of [rows, rows.filter(({ id }) => id.isWellFormed())])
      assert.deepEqual(restoreRows('r', decodeDump(encodeDump(dumpRows('r', some, FIELDS))), FIELDS), some)
  })

  it('L14 what is dumped changes no more with what it was made of, nor what is restored with the dump', () => {
    const one: Row = { id: 'a', kind: 'k', amount: 1, done: false, causes: ['x'] }
    const dump = dumpRows('r', [one], FIELDS)
    one.causes.push('y')
    const [first] = restoreRows('r', dump, FIELDS)
    first?.causes.push('z')
    assert.deepEqual(restoreRows('r', dump, FIELDS)[0]?.causes, ['x'])
  })
})
