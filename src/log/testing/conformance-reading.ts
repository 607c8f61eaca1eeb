// The part of the suite of every event log that reads: what comes back, how much at a time, and in which order.

import { it } from 'node:test'
import assert from 'node:assert/strict'
import type { NewEvent } from '../port.ts'
import { note, readAll, type LogHarness } from './log-harness.ts'

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

export const readingTests = ({ create, reopen }: LogHarness): void => {
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
