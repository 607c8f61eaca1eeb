// A request cut up by its text comes apart as the parser would take it apart.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { findItems } from './item-spans.ts'

describe('item spans', () => {
  it('L20 the items of any request are found where they stand, however it is spaced and spelt', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(0, 1, '\t'),
        (items, beside, space) => {
          const data = { ...beside, body: { ...beside, list: items, after: beside }, 'a"{[\\': 1 }
          const text = ` ${JSON.stringify(data, null, space)}\n`
          const found = findItems(text, 'body', 'list')
          const parsed = (from: number, to: number): unknown => JSON.parse(text.slice(from, to))
          assert.deepEqual(
            found.items.map(([from, to]) => parsed(from, to)),
            JSON.parse(JSON.stringify(items)),
          )
          assert.deepEqual(parsed(...found.value), JSON.parse(JSON.stringify(data.body)))
          assert.equal(text[found.inside[0] - 1], '[')
          assert.equal(text[found.inside[1]], ']')
          const [whole] = findItems(text, 'body', null).items
          assert.deepEqual(whole, found.value)
        },
      ),
    )
  })

  it('L20 of members with one name the last counts, also spelt with escapes', () => {
    const text = String.raw`{"p":{"l":[1]},"p":{"l":[2],"\u006c":["\"]}", {}]}}`
    const { items } = findItems(text, 'p', 'l')
    assert.deepEqual(
      items.map(([from, to]) => text.slice(from, to)),
      [String.raw`"\"]}"`, '{}'],
    )
  })

  it('L20 a request without what was said to be personal is not kept as if it were none', () => {
    for (const text of ['{}', '{"p":{}}', '{"p":{"l":{}}}', '{"p":[]}', '{"p":{"l":['])
      assert.throws(() => findItems(text, 'p', 'l'), /AssertionFailure/, text)
  })
})
