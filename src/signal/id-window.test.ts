// Rule SI9: which ids were seen, whether or not somebody said beforehand which would come.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createIdWindow, dumpIdWindow, lookAhead, sight } from './id-window.ts'

const id = fc.oneof(fc.constant(''), fc.nat(300).map(String), fc.string({ maxLength: 3 }))
const item = fc.record({ messageId: id, sighted: id, fingerprint: fc.nat(3), skipped: fc.boolean() })

describe('ids seen lately', () => {
  it('SI9 are new, the same or in conflict just as without looking ahead, over every turn of generations', () => {
    fc.assert(
      fc.property(fc.array(fc.array(item, { maxLength: 60 }), { maxLength: 30 }), (requests) => {
        const [ahead, plain] = [createIdWindow({ idsMax: 60 }), createIdWindow({ idsMax: 60 })]
        for (const items of requests) {
          lookAhead(ahead, items)
          for (const [place, { messageId, sighted, fingerprint, skipped }] of items.entries()) {
            if (skipped) continue
            const name = messageId === '' ? sighted : messageId
            assert.equal(sight(ahead, name, fingerprint, place), sight(plain, name, fingerprint))
          }
        }
        assert.deepEqual(dumpIdWindow(ahead), dumpIdWindow(plain))
      }),
      { numRuns: 50 },
    )
  })

  it('SI9 takes a request of more events than it looks ahead at', () => {
    const window = createIdWindow({ idsMax: 10_000 })
    const items = Array.from({ length: 2_500 }, (_, index) => ({ messageId: `m${index}` }))
    lookAhead(window, items)
    for (const [place, { messageId }] of items.entries())
      assert.equal(sight(window, messageId, 1, place), 'new', messageId)
    for (const { messageId } of items) assert.equal(sight(window, messageId, 1), 'same', messageId)
  })
})
