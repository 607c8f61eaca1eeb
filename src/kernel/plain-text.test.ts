// What is called plain is what JSON writes as it is.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isPlain } from './plain-text.ts'

describe('plain text', () => {
  it('is what JSON writes as it is', () => {
    const check = (text: string): void => {
      const written = JSON.stringify(text)
      const plain: boolean = isPlain(text)
      if (plain) assert.equal(`"${text}"`, written)
      else assert.ok(written.length > text.length + 2 || /[\ud800-\udfff]/.test(text), written)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check))
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
      check(text)
    assert.ok(isPlain('ё \u2028 plain') && !isPlain('a"b') && !isPlain(5) && !isPlain(undefined))
  })
})
