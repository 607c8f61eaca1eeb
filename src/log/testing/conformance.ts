// What every event log must do, as one suite. An implementation passes by running it; rules are in SPEC.md.

import { after, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isFailure } from '../../kernel/failure.ts'
import type { Ack, EventLog, LogEvent, NewEvent } from '../port.ts'

export type LogHarness = {
  readonly name: string
  /** An empty log of its own. `eventSizeMax` as the implementation's option. */
  readonly create: (options?: { readonly eventSizeMax?: number }) => Promise<EventLog>
  /** Closes the log and opens what it left behind; left out when nothing outlives the process. */
  readonly reopen?: (log: EventLog) => Promise<EventLog>
  readonly cleanUp: () => Promise<void>
}

export const note = (id: string, data: unknown = { id }): NewEvent => ({
  id,
  type: 'note.v1',
  key: `k-${id}`,
  at: 1_000,
  data,
})

export const readAll = async (
  log: EventLog,
  query?: Parameters<EventLog['read']>[0],
): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read(query)) events.push(...page)
  return events
}

export const rejectsWith = (code: string) => (thrown: unknown) => {
  assert.ok(isFailure(thrown, code), `expected ${code}, got ${String(thrown)}`)
  return true
}

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

const HOSTILE: readonly string[] = [
  "'); DROP TABLE log; --",
  'nul\u0000inside',
  '\u2028\u2029\ufeff',
  '😀 ёлка ‮ rtl',
  '__proto__',
  '"\\\n\r\t\b',
  '\uffff\ufffe',
  'a'.repeat(10_000),
]

const readingTests = ({ create, reopen }: LogHarness): void => {
  it('L9 hostile strings and odd values come back as they went in', async () => {
    const log = await create()
    const values = [
      ...HOSTILE,
      '\ud800 in data',
      0.1,
      -1e300,
      5e-324,
      9007199254740991,
      null,
      true,
      [],
      {},
      [[[]]],
      JSON.parse('{"__proto__":{"x":1}}'),
    ]
    const events = values.map(
      (data, index): NewEvent => ({
        id: `id${index} ${HOSTILE[index] ?? ''}`,
        type: `t ${HOSTILE[index] ?? ''}`,
        key: HOSTILE[index] ?? '',
        at: index - 3.5,
        data,
      }),
    )
    await log.append(events)
    await log.append([{ ...note('encoded', { b: [1, 'ё'] }), encoded: '{ "b" : [1.0, "\\u0451"] }' }])
    const again = reopen === undefined ? log : await reopen(log)
    const found = await readAll(again)
    assert.deepEqual(
      found.slice(0, -1).map(({ id, type, key, at, data }) => ({ id, type, key, at, data })),
      events,
    )
    assert.deepEqual(found.at(-1)?.data, { b: [1, 'ё'] })
    assert.equal(JSON.stringify(found.at(-2)?.data), '{"__proto__":{"x":1}}')
    assert.deepEqual(await again.get(found.map(({ offset }) => offset)), found)
    await again.close()
  })

  it('L12 an event of eight million characters is written and read', async () => {
    const log = await create()
    const data = { text: 'ё'.repeat(8_000_000) }
    await Promise.all([log.append([note('small')]), log.append([note('large', data)])])
    const [large] = await log.get([2])
    assert.ok(JSON.stringify(large?.data) === JSON.stringify(data))
    assert.equal((await readAll(log)).length, 2)
    await log.close()
  })

  it('L12 pages are no longer than asked, ranges open at `after` and closed at `upTo`, and end at the head of the call', async () => {
    const log = await create()
    await log.append(Array.from({ length: 25 }, (_, i) => note(`e${i}`)))
    const sizes: number[] = []
    for await (const page of log.read({ after: 3, upTo: 20, pageSize: 7 })) sizes.push(page.length)
    assert.deepEqual(sizes, [7, 7, 3])
    assert.deepEqual(
      (await readAll(log, { after: 23, upTo: 1_000 })).map(({ offset }) => offset),
      [24, 25],
    )
    assert.deepEqual(await readAll(log, { after: 25 }), [])
    assert.deepEqual(await readAll(log, { after: 30, upTo: 40 }), [])
    assert.equal((await readAll(log, { after: -5, pageSize: 0 })).length, 25)
    const reading = log.read()
    await log.append([note('later')])
    let count = 0
    for await (const page of reading) count += page.length
    assert.equal(count, 25)
    await log.close()
  })

  it('L12 reading gives others their turn between pages', async () => {
    const log = await create()
    await log.append(Array.from({ length: 40 }, (_, i) => note(`e${i}`)))
    let turns = 0
    const timer = setInterval(() => (turns += 1), 0)
    let pages = 0
    for await (const page of log.read({ pageSize: 1 })) {
      pages += page.length
      const until = performance.now() + 2
      while (performance.now() < until) turns += 0
    }
    clearInterval(timer)
    assert.equal(pages, 40)
    assert.ok(turns >= 10, `${turns} turns in 40 pages`)
    await log.close()
  })

  it('L12 get gives the events asked for in the order asked, without the missing ones', async () => {
    const log = await create()
    await log.append([note('a'), note('b'), note('c')])
    assert.deepEqual(
      (await log.get([3, 99, 1, 0, -1, 3, 1.5])).map(({ id }) => id),
      ['c', 'a', 'c'],
    )
    assert.deepEqual(await log.get([]), [])
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
      { numRuns: 15 },
    )
  })
}
