// Text as JSON writes it, whatever stands in it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { quoted } from './quoted.ts'

describe('text in quotes', () => {
  it('is what JSON writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(quoted(text), JSON.stringify(text))),
    )
    for (const text of [
      '',
      'plain',
      'a"b',
      'a\\b',
      'a\nb',
      '\ud83d\ude00',
      '\ud83d',
      '\u2028',
      'ё',
      '\u007f',
    ])
      assert.equal(quoted(text), JSON.stringify(text))
  })
})
