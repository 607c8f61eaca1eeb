// A person's stream as formats 3 and 4 wrote it: parts are read in any order.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { createOpenStream } from './open-stream.ts'
import { createOldStream } from './testing/format-four.ts'

const TEXTS = ['{"name":"Анна"}', '', 'x'.repeat(16), 'y'.repeat(100), '1', '{"name":"Анна"}']

describe('a stream of formats 3 and 4', () => {
  it('L20 parts read back in order, backwards, again, and with one cipher or with one each', () => {
    const key = randomBytes(32)
    const streams = [createOldStream(key), createOldStream(key)]
    const sealed = streams.flatMap((stream) =>
      [...TEXTS, ...TEXTS].map((text) => ({ text, bytes: stream.seal(Buffer.from(text)) })),
    )
    const open = createOpenStream(key)
    for (const order of [sealed, sealed.toReversed(), sealed, sealed.filter((_, at) => at % 2 === 0)])
      for (const { text, bytes } of order) {
        assert.equal(open.open(bytes).trimEnd(), text)
        assert.equal(createOpenStream(key).open(bytes).trimEnd(), text)
      }
    const other = createOpenStream(randomBytes(32)).open(sealed[3]?.bytes ?? Buffer.alloc(0))
    assert.notEqual(other.trimEnd(), 'y'.repeat(100))
  })

  it('L20 the last block of a stream is not followed by its first', () => {
    const key = randomBytes(32)
    const open = createOpenStream(key)
    const counter = randomBytes(12)
    const blockAt = (block: number): Buffer => {
      const bytes = Buffer.concat([counter, Buffer.alloc(4 + 16)])
      bytes.writeUInt32BE(block, 12)
      return bytes
    }
    const [first, last] = [blockAt(0), blockAt(2 ** 32 - 1)]
    const alone = [first, last].map((bytes) => createOpenStream(key).open(bytes))
    assert.deepEqual([open.open(first), open.open(last), open.open(first)], [alone[0], alone[1], alone[0]])
  })
})
