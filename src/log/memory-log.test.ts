// The log in memory keeps the promises of every log, and shows what JSON would not carry.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createMemoryLog } from './memory-log.ts'
import { describeEventLog } from './testing/conformance.ts'
import { note } from './testing/log-harness.ts'

describeEventLog({
  name: 'memory',
  create: async (options) => createMemoryLog(options),
  cleanUp: async () => undefined,
})
describeEventLog({
  name: 'memory, through JSON',
  create: async (options) => createMemoryLog({ ...options, roundTrip: true }),
  cleanUp: async () => undefined,
})

describe('memory log', () => {
  it('L9 with roundTrip, subscribers get what JSON carries and nothing else', async () => {
    const log = createMemoryLog({ roundTrip: true })
    const shared = { n: 1 }
    const told: unknown[] = []
    log.subscribe((events) => told.push(...events.map(({ data }) => data)))
    await log.append([
      note('a', { gone: undefined, when: new Date(0), not: Number.NaN, shared }),
      note('b', shared),
    ])
    shared.n = 2
    assert.deepEqual(told, [{ when: '1970-01-01T00:00:00.000Z', not: null, shared: { n: 1 } }, { n: 1 }])
  })

  it('L9 with roundTrip, encoded text that says something else than the data is our bug', async () => {
    const log = createMemoryLog({ roundTrip: true })
    await assert.rejects(
      log.append([{ ...note('a', { n: 1 }), encoded: '{"n":2}' }]),
      /the encoded data of a is not its data/,
    )
  })

  it('L10 a subscriber that throws stops the log', async () => {
    const log = createMemoryLog()
    log.subscribe(() => assert.fail('a broken fold'))
    await assert.rejects(log.append([note('a')]), /a broken fold/)
    await assert.rejects(log.append([note('b')]), /a broken fold/)
  })
})
