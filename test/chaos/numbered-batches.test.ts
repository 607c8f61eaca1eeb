// The load of a soak: each batch is a request of the tracking API, with numbers and times of its own.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkRequest } from '../../src/signal/index.ts'
import { createNumberedBatches } from './numbered-batches.ts'

type Body = {
  readonly sentAt: string
  readonly batch: readonly {
    readonly messageId: string
    readonly timestamp: string
    readonly userId: string
    readonly properties: { readonly order_id?: string }
  }[]
}

describe('numbered batches', () => {
  it('each is taken as it is, numbered on from where it is told to, at the time it is sent, of all the people in turn', () => {
    const batches = createNumberedBatches({ count: 11, size: 10, people: 100, prefix: 'soak-' })
    const sent = Array.from({ length: 22 }, (_, n) => batches.next(n * 10))
    const people = new Set<string>()
    sent.forEach((bytes, n) => {
      const body = JSON.parse(bytes.toString()) as Body
      const checked = checkRequest({ endpoint: 'batch', body, newId: () => '' })
      assert.ok(checked.ok && checked.accepted === 10 && checked.items.length === 0)
      body.batch.forEach(({ messageId, timestamp, userId, properties }, item) => {
        const digits = String(n * 10 + item).padStart(10, '0')
        assert.equal(messageId, `soak-${digits}`)
        if (properties.order_id !== undefined) assert.equal(properties.order_id, `o-${digits}`)
        assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000)
        people.add(userId)
      })
      assert.ok(Math.abs(Date.parse(body.sentAt) - Date.now()) < 60_000)
    })
    assert.equal(people.size, 100)
  })
})
