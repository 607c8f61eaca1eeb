// What people are told of their mistakes, and durations both ways.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import Type from 'typebox'
import { formatDuration, parseDuration } from './duration.ts'
import { didYouMean, nearest, shapeOf } from './problem.ts'

const check = shapeOf(
  Type.Object(
    {
      name: Type.String({ minLength: 2, description: 'at least two letters' }),
      size: Type.Optional(
        Type.Union(
          [
            Type.Integer(),
            Type.Object({ width: Type.Number() }, { additionalProperties: false }),
            Type.Object({ height: Type.Number(), deep: Type.Boolean() }, { additionalProperties: false }),
          ],
          { description: 'a number, or `{width: 1}`' },
        ),
      ),
      list: Type.Optional(Type.Array(Type.Enum(['red', 'green']))),
    },
    { additionalProperties: false },
  ),
)
const told = (value: unknown, path?: string) =>
  check(value, path).map(({ path: at, message, hint }) => `${at}: ${message} (${hint})`)

describe('problems', () => {
  it('say where, what and what instead', () => {
    assert.deepEqual(told({ name: 'ok' }), [])
    assert.deepEqual(told({ nmae: 'ok' }), [
      'name: `name` is missing (at least two letters)',
      'nmae: unknown key `nmae` (did you mean name?)',
    ])
    assert.deepEqual(told({ name: 'x' }, 'a[0]'), [
      'a[0].name: "x" must not have fewer than 2 characters (at least two letters)',
    ])
    assert.deepEqual(told({ name: 'ok', list: ['red', 'grene'] }), [
      'list[1]: "grene" is not one of red, green (did you mean green?)',
    ])
  })

  it('tell of a union the branch that was meant, or the union', () => {
    assert.deepEqual(told({ name: 'ok', size: 'big' }), [
      'size: "big" cannot be read (a number, or `{width: 1}`)',
    ])
    assert.deepEqual(told({ name: 'ok', size: { width: 'x' } }), ['size.width: "x" must be number ()'])
  })

  it('survive hostile values', () => {
    for (const value of [
      null,
      undefined,
      Number.NaN,
      [],
      'x'.repeat(1e5),
      { __proto__: null },
      { constructor: 1 },
      JSON.parse('{"__proto__": {"name": "x"}}'),
    ])
      assert.ok(check(value).length > 0)
    assert.equal(nearest('zzzz', ['alpha', 'beta']), undefined)
    assert.equal(didYouMean('zzzz', ['alpha', 'beta']), 'known: alpha, beta')
  })
})

describe('durations', () => {
  it('read back what they write, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (ms) => {
        assert.equal(parseDuration(formatDuration(ms)), ms)
      }),
    )
    assert.deepEqual(
      ['7d', '36h', '30m', '2w', '0'].map(parseDuration),
      [604_800_000, 129_600_000, 1_800_000, 1_209_600_000, 0],
    )
    assert.deepEqual(
      ['', '7', 'd', '-1h', '1.5h', '7 days', '1e3s'].map(parseDuration),
      Array(7).fill(undefined),
    )
  })
})
