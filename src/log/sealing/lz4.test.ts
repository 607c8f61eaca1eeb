// Texts come back as they were, whatever they are, and the format is LZ4's own.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createLz4, roomFor, type Lz4 } from './lz4.ts'
import { PHRASES } from './phrases.ts'

const shortenedBy = (lz4: Lz4, text: string): Buffer => {
  const bytes = lz4.memoryFor(text.length * 3).write(text, lz4.phraseBytes, 'utf8')
  const to = Buffer.alloc(roomFor(bytes))
  return to.subarray(0, lz4.shorten(bytes, to, 0))
}

describe('short texts made shorter', () => {
  it('L27 any text comes back as it was, alone and after others, and none takes more than its room', () => {
    const lz4 = createLz4(PHRASES)
    const words = fc.constantFrom(
      '"type":"track"',
      '{"userId":"',
      'Анна',
      '😀',
      '0',
      'aaaaaaaaaaaa',
      'x'.repeat(300),
    )
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc
        .array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 60 })
        .map((parts) => parts.join('')),
      fc.json(),
    )
    fc.assert(
      fc.property(text, (one) => {
        const well = one.toWellFormed()
        assert.equal(lz4.lengthen(shortenedBy(lz4, well)), well)
      }),
      { numRuns: 2_000 },
    )
    for (const long of ['', 'a', 'ab'.repeat(100_000), PHRASES.toString().repeat(20), 'é'.repeat(70_000)])
      assert.equal(lz4.lengthen(shortenedBy(lz4, long)), long)
    // Longer than a distance reaches, and with nothing in it that comes twice.
    const far = Array.from({ length: 30_000 }, (_, n) => (n * 2_654_435_761) % 4_294_967_291).join(' ')
    assert.equal(lz4.lengthen(shortenedBy(lz4, far + far)), far + far)
  })

  it('L27 reads a block as the format describes it', () => {
    const lz4 = createLz4(Buffer.from('phrases'))
    // 5 literals and 4 + 3 bytes from 5 back; then "!" alone.
    const block = Buffer.concat([
      Buffer.from([0x53]),
      Buffer.from('abcde'),
      Buffer.from([5, 0, 0x10]),
      Buffer.from('!'),
    ])
    assert.equal(lz4.lengthen(block), 'abcdeabcdeab!')
    // A match in the phrases, and a length that goes on: 15 + 255 + 2 literals.
    const run = 'y'.repeat(272)
    const long = Buffer.concat([Buffer.from([0x03, 7, 0, 0xf0, 255, 2]), Buffer.from(run)])
    assert.equal(lz4.lengthen(long), `phrases${run}`)
  })

  it('L27 what is no block is refused, not guessed', () => {
    const lz4 = createLz4(Buffer.from('phrases'))
    for (const bytes of [
      [0x50, 97],
      [0xf0, 255],
      [0x10, 97, 5],
      [0x10, 97, 0, 0, 0],
      [0x10, 97, 99, 0, 0],
      [0x1f, 97, 1, 0],
    ])
      assert.throws(() => lz4.lengthen(Buffer.from(bytes)), /length|literals|distance|reach/, bytes.join(' '))
  })

  it('L27 a signal of a client takes less than half, and the phrases stay what they were', () => {
    const lz4 = createLz4(PHRASES)
    const signal = JSON.stringify({
      messageId: 'ajs-next-1790000000000-3f9c2b7a',
      timestamp: '2026-03-04T05:06:07.890Z',
      type: 'track',
      event: 'Product Added',
      userId: '90210',
      properties: { product_id: '507f1', category: 'Кухня', price: 18.99, quantity: 2, currency: 'RUB' },
      context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'ru-RU' },
      integrations: {},
    })
    const { length } = shortenedBy(lz4, signal)
    assert.ok(length < Buffer.byteLength(signal) / 2, `${length} of ${Buffer.byteLength(signal)}`)
    // Other phrases would make what was written unreadable: they need another number of the layout.
    assert.equal(hash('sha256', PHRASES, 'hex').slice(0, 16), '34871b4b7444bd0d')
  })
})
