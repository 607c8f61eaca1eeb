// A person's stream: no block is used twice, and parts are read in any order.

import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { COUNTER_BYTES, createOpenStream, createSealStream, piecesOf } from './person-stream.ts'

const TEXTS = ['{"name":"Анна"}', '', 'x'.repeat(16), 'y'.repeat(100), '1', '{"name":"Анна"}']

describe('person stream', () => {
  it('L20 no counter block is used twice, over streams that end and begin, and equal texts look different', () => {
    const key = createSecretKey(randomBytes(32))
    const used = new Set<string>()
    const seen = new Set<string>()
    let drawn = 0
    for (const stream of [createSealStream(key, 10), createSealStream(key, 10), createSealStream(key)])
      for (let round = 0; round < 20; round++)
        for (const text of TEXTS) {
          const { nonce, block, bytes } = stream.seal(text)
          assert.equal(bytes.length % 16, 0)
          for (let at = 0; at < bytes.length / 16; at++) used.add(`${nonce.toString('hex')} ${block + at}`)
          drawn += bytes.length / 16
          if (text.length > 8) assert.ok(!seen.has(bytes.toString('hex')))
          seen.add(bytes.toString('hex'))
        }
    assert.equal(used.size, drawn)
  })

  it('L20 parts read back in order, backwards, again, and with one cipher or with one each', () => {
    const key = createSecretKey(randomBytes(32))
    const stream = createSealStream(key, 20)
    const sealed = [...TEXTS, ...TEXTS, ...TEXTS].map((text) => ({
      text,
      bytes: piecesOf([stream.seal(text)]),
    }))
    const open = createOpenStream(key)
    for (const order of [sealed, sealed.toReversed(), sealed, sealed.filter((_, at) => at % 2 === 0)])
      for (const { text, bytes } of order) {
        assert.equal(open.open(bytes).trimEnd(), text)
        assert.equal(createOpenStream(key).open(bytes).trimEnd(), text)
      }
    const other = createOpenStream(createSecretKey(randomBytes(32))).open(sealed[3]?.bytes ?? Buffer.alloc(0))
    assert.notEqual(other, 'y'.repeat(100))
    assert.ok(
      !piecesOf([stream.seal('annabel')])
        .subarray(COUNTER_BYTES)
        .includes('annabel'),
    )
  })

  it('L20 the last block of a stream is not followed by its first', () => {
    const key = createSecretKey(randomBytes(32))
    const nonce = randomBytes(12)
    const open = createOpenStream(key)
    const first = piecesOf([{ nonce, block: 0, bytes: Buffer.alloc(16) }])
    const last = piecesOf([{ nonce, block: 2 ** 32 - 1, bytes: Buffer.alloc(16) }])
    const alone = [first, last].map((bytes) => createOpenStream(key).open(bytes))
    assert.deepEqual([open.open(first), open.open(last), open.open(first)], [alone[0], alone[1], alone[0]])
  })
})
