// What every event log must do, as one suite. An implementation passes by running it; rules are in SPEC.md.

import { after, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isFailure } from '../../kernel/failure.ts'
import type { Ack, LogEvent, NewEvent } from '../port.ts'
import { readingTests } from './conformance-reading.ts'
import { note, readAll, rejectsWith, type LogHarness } from './log-harness.ts'

export const describeEventLog = (harness: LogHarness): void => {
  describe(`event log: ${harness.name}`, () => {
    after(harness.cleanUp)
    orderTests(harness)
    idempotencyTests(harness)
    refusalTests(harness)
    readingTests(harness)
    lifeTests(harness)
    propertyTests(harness)
  })
}

const orderTests = ({ create }: LogHarness): void => {
  it('L2 offsets rise from 1 without gaps, in the order of the calls', async () => {
    const log = await create()
    assert.equal(log.head(), 0)
    const acks = await Promise.all(
      Array.from({ length: 50 }, (_, i) => log.append([note(`a${i}`), note(`b${i}`)])),
    )
    assert.deepEqual(
      acks.flat().map(({ offset }) => offset),
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
    assert.equal(log.head(), 100)
    assert.deepEqual((await readAll(log)).map(({ id }) => id).slice(0, 4), ['a0', 'b0', 'a1', 'b1'])
    await log.close()
  })

  it('L2 subscribers see each event once, in log order, before its append resolves', async () => {
    const log = await create()
    const seen: number[] = []
    const acked: Promise<void>[] = []
    const leave = log.subscribe((events) => seen.push(...events.map(({ offset }) => offset)))
    for (let i = 0; i < 200; i++) {
      acked.push(
        log
          .append([note(`e${i}`), note(`e${i - 1}`)])
          .then((acks) => acks.forEach(({ offset }) => assert.ok(seen.includes(offset)))),
      )
    }
    await Promise.all(acked)
    assert.deepEqual(
      seen,
      Array.from({ length: 201 }, (_, i) => i + 1),
    )
    leave()
    await log.append([note('unseen')])
    assert.equal(seen.length, 201)
    await log.close()
  })

  it('L2 what a subscriber appends comes after what it is being told, for every subscriber', async () => {
    const log = await create()
    const seen: string[] = []
    let echoed: Promise<unknown> = Promise.resolve()
    log.subscribe((events) => {
      const [first] = events
      if (first?.id === 'call') echoed = log.append([note('echo')])
    })
    log.subscribe((events) => seen.push(...events.map(({ id }) => id)))
    await log.append([note('call'), note('second')])
    await echoed
    assert.deepEqual(seen, ['call', 'second', 'echo'])
    await log.close()
  })

  it('L6 events with the same key are in the same partition', async () => {
    const log = await create()
    for (const key of ['', 'p1', 'p2', '\u0000', 'ключ']) {
      const partition = log.partitionOf(key)
      assert.equal(partition, log.partitionOf(key))
      assert.ok(Number.isInteger(partition) && partition >= 0 && partition < log.partitions)
    }
    await log.close()
  })
}

const idempotencyTests = ({ create }: LogHarness): void => {
  it('L3 an id already in the log is not written again: the ack names its first offset', async () => {
    const log = await create()
    await log.append([note('a', 1), note('b', 2)])
    const acks = await log.append([note('b', 'other'), note('c', 3), note('c', 4), note('a', 5)])
    assert.deepEqual(acks, [
      { offset: 2, duplicate: true },
      { offset: 3, duplicate: false },
      { offset: 3, duplicate: true },
      { offset: 1, duplicate: true },
    ] satisfies Ack[])
    assert.deepEqual(
      (await readAll(log)).map(({ data }) => data),
      [1, 2, 3],
    )
    await log.close()
  })

  it('L3 of two appends at once with one id, the first called is the one kept', async () => {
    const log = await create()
    const told: unknown[] = []
    log.subscribe((events) => told.push(...events.map(({ data }) => data)))
    const acks = await Promise.all([log.append([note('x', 'first')]), log.append([note('x', 'second')])])
    assert.deepEqual(acks.flat(), [
      { offset: 1, duplicate: false },
      { offset: 1, duplicate: true },
    ])
    assert.deepEqual(told, ['first'])
    await log.close()
  })
}

const refusalTests = ({ create }: LogHarness): void => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const bad: readonly (readonly [string, NewEvent])[] = [
    ['no data', { ...note('x'), data: undefined }],
    ['a function', note('x', () => 1)],
    ['a cycle', note('x', cycle)],
    ['a BigInt', note('x', { n: 1n })],
    ['an empty id', note('')],
    ['half a surrogate pair in the id', note('\ud800')],
    ['half a surrogate pair in the key', { ...note('x'), key: '\udfff' }],
    ['a type without a name', { ...note('x'), type: '' }],
    ['no time', { ...note('x'), at: Number.NaN }],
    ['encoded data that UTF-8 cannot hold', { ...note('x', '\ud800'), encoded: '"\ud800"' }],
  ]

  it('L9 an event that would not read back as given is refused, its append with it, its neighbours not', async () => {
    const log = await create()
    let told = 0
    log.subscribe((events) => (told += events.length))
    for (const [index, [why, event]] of bad.entries()) {
      const before = log.append([note(`before${index}`)])
      const refused = log.append([note(`with${index}`), event])
      const behind = log.append([note(`behind${index}`)])
      await assert.rejects(refused, rejectsWith('log.invalid_event'), why)
      await Promise.all([before, behind])
    }
    const ids = (await readAll(log)).map(({ id }) => id)
    assert.deepEqual(
      ids,
      bad.flatMap((_, index) => [`before${index}`, `behind${index}`]),
    )
    assert.equal(told, ids.length)
    await log.close()
  })

  it('L9 an event over the size limit is refused alone', async () => {
    const log = await create({ eventSizeMax: 1_000 })
    const results = await Promise.allSettled([
      log.append([note('a')]),
      log.append([note('big', 'x'.repeat(1_000))]),
      log.append([note('b')]),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    const [, refused] = results
    assert.ok(refused?.status === 'rejected' && isFailure(refused.reason, 'log.event_too_large'))
    assert.deepEqual(
      (await readAll(log)).map(({ offset, id }) => [offset, id]),
      [
        [1, 'a'],
        [2, 'b'],
      ],
    )
    await log.close()
  })

  it('L9 an append of nothing is acknowledged with nothing', async () => {
    const log = await create()
    assert.deepEqual(await log.append([]), [])
    assert.equal(log.head(), 0)
    await log.close()
  })
}

const lifeTests = ({ create, reopen }: LogHarness): void => {
  it('L13 close waits for what is under way; afterwards everything is refused', async () => {
    const log = await create()
    const pending = [log.append([note('a')]), log.append([note('b')])]
    await log.close()
    assert.deepEqual(
      (await Promise.all(pending)).flat().map(({ offset }) => offset),
      [1, 2],
    )
    await assert.rejects(log.append([note('c')]), rejectsWith('log.closed'))
    await assert.rejects(log.get([1]), rejectsWith('log.closed'))
    await assert.rejects(readAll(log), rejectsWith('log.closed'))
    assert.equal(log.head(), 2)
    await log.close()
  })

  if (reopen === undefined) return
  it('L1 what was acknowledged is there when opened again, ids remembered', async () => {
    const log = await create()
    for (let i = 0; i < 10; i++) await log.append([note(`a${i}`), note(`b${i}`)])
    const before = await readAll(log)
    const again = await reopen(log)
    assert.equal(again.head(), 20)
    assert.deepEqual(await readAll(again), before)
    assert.deepEqual(await again.append([note('b3'), note('new')]), [
      { offset: 8, duplicate: true },
      { offset: 21, duplicate: false },
    ])
    await again.close()
  })
}

const propertyTests = ({ create }: LogHarness): void => {
  it('L3 any mix of appends gives the log that a list without repeated ids would give', async () => {
    const appends = fc.array(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.jsonValue({ maxDepth: 2 })), { maxLength: 5 }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(appends, fc.boolean(), async (plan, atOnce) => {
        const log = await create()
        const model = new Map<string, { offset: number; data: string }>()
        const told: LogEvent[] = []
        log.subscribe((events) => told.push(...events))
        const expected = plan.map((append) =>
          append.map(([number, data]): Ack => {
            const known = model.get(`id${number}`)
            if (known !== undefined) return { offset: known.offset, duplicate: true }
            model.set(`id${number}`, { offset: model.size + 1, data: JSON.stringify(data) })
            return { offset: model.size, duplicate: false }
          }),
        )
        const calls = plan.map((append) => append.map(([number, data]) => note(`id${number}`, data)))
        const acks = atOnce ? await Promise.all(calls.map((events) => log.append(events))) : []
        if (!atOnce) for (const events of calls) acks.push(await log.append(events))
        assert.deepEqual(acks, expected)
        const kept = await readAll(log)
        const rows = (events: readonly LogEvent[]) =>
          events.map(({ offset, id, data }) => [id, offset, JSON.stringify(data)])
        assert.deepEqual(
          rows(kept),
          [...model].map(([id, { offset, data }]) => [id, offset, data]),
        )
        assert.deepEqual(rows(told), rows(kept))
        await log.close()
      }),
      { numRuns: 10 },
    )
  })
}
