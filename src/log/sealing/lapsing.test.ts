// What goes earlier than its person: each item under the key of its owner and of its period, and what stays when the
// period's key is gone.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { present } from '../../kernel/assert.ts'
import { openSqliteLog, verifyChain, type NewEvent, type SqliteLog } from '../index.ts'
import { periodName } from '../port.ts'
import { makeFormatFour } from './testing/format-four.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'wv-lapse-'))
const openIn = async (dir: string): Promise<SqliteLog> =>
  openSqliteLog({ path: join(dir, 'log.db'), keysPath: join(dir, 'keys.db') })

type Item = { readonly who: string; readonly period: string; readonly did: string }
const stubOf = ({ who, period }: Item): string => (period === '' ? '' : JSON.stringify({ who }))

const request = (id: string, items: readonly Item[]): NewEvent => ({
  id,
  type: 'request.v1',
  key: 'shop',
  at: 1,
  data: { header: {}, payload: { sentAt: 'now', batch: items, context: { ip: 'behaviour-of-all' } } },
  personal: {
    field: 'payload',
    list: 'batch',
    owners: items.map(({ who }) => `user:${who}`),
    lapsing: {
      periods: items.map(({ period }) => period),
      stubs: items.map(stubOf),
      around: '{"sentAt":"now","batch":[]}',
      aroundPeriod: 'behaviour:2024-01',
    },
  },
})

const destroy = (log: SqliteLog, id: string, owners: readonly string[], mark: object): NewEvent => ({
  id,
  type: 'gone.v1',
  key: '',
  at: 1,
  data: {},
  destroys: { handles: owners.map((owner) => log.keys?.handleOf(owner) ?? ''), mark: mark as never },
})

const ONE: Item = { who: 'annabel', period: 'behaviour:2024-01', did: 'looked at hats' }
const TWO: Item = { who: 'annabel', period: 'orders:2024-01', did: 'bought a hat' }
const THREE: Item = { who: 'benedict', period: 'behaviour:2024-01', did: 'looked at caps' }
const KEPT: Item = { who: 'benedict', period: '', did: 'agreed' }

const bytesIn = (dir: string): string =>
  readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'latin1'))
    .join('\n')

describe('what goes earlier than its person', () => {
  it('L26 reads back as it was given while its period is there, and lies nowhere in plain', async () => {
    const dir = folder()
    const items = [ONE, TWO, THREE, KEPT]
    const log = await openIn(dir)
    await log.append([request('e1', items), request('e2', []), request('e3', [KEPT, TWO])])
    await log.close()
    assert.ok(!/annabel|benedict|hat|caps|agreed|behaviour-of-all/.test(bytesIn(dir)))
    const again = await openIn(dir)
    assert.deepEqual(
      (await again.get([1, 2, 3])).map(({ data }) => data),
      [request('e1', items).data, request('e2', []).data, request('e3', [KEPT, TWO]).data],
    )
    await again.close()
    rmSync(dir, { recursive: true })
  })

  it('L26 leaves of an expired period only the stubs, says which, and the chain goes on fitting', async () => {
    const dir = folder()
    const log = await openIn(dir)
    await log.append([request('e1', [ONE, TWO, THREE, KEPT]), request('e2', [ONE, THREE])])
    await log.append([destroy(log, 'x', [periodName('behaviour:2024-01')], {})])
    const [first, second] = await log.get([1, 2])
    assert.deepEqual(first?.data, {
      header: {},
      payload: {
        sentAt: 'now',
        batch: [{ who: 'annabel' }, TWO, { who: 'benedict' }, KEPT],
      },
      expired: [0, 2],
    })
    // Nothing of the batch is left that its context belonged to.
    assert.deepEqual(second?.data, {
      header: {},
      payload: { sentAt: 'now', batch: [{ who: 'annabel' }, { who: 'benedict' }] },
      expired: [0, 1],
    })
    await log.append([request('e3', [ONE])])
    assert.deepEqual((await log.get([4]))[0]?.data, request('e3', [ONE]).data, 'a late one has a new key')
    await log.append([destroy(log, 'y', ['user:annabel'], { gone: 1 })])
    assert.deepEqual((await log.get([1]))[0]?.data, {
      header: {},
      payload: {
        sentAt: 'now',
        batch: [{ erased: true }, { erased: true }, { who: 'benedict' }, KEPT],
      },
      erased: [{ gone: 1 }],
      expired: [2],
    })
    await log.close()
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)
    rmSync(dir, { recursive: true })
  })

  it('L26 what format 4 sealed by period goes with it, too', async () => {
    const dir = folder()
    const events = [request('e1', [ONE, TWO, THREE, KEPT]), request('e2', [KEPT, TWO])]
    const before = await openIn(dir)
    await before.append(events)
    await before.close()
    await makeFormatFour(join(dir, 'log.db'), join(dir, 'keys.db'), events)
    const log = await openIn(dir)
    assert.deepEqual(
      (await log.get([1, 2])).map(({ data }) => data),
      events.map(({ data }) => data),
    )
    await log.append([destroy(log, 'x', [periodName('behaviour:2024-01')], {})])
    assert.deepEqual((await log.get([1]))[0]?.data, {
      header: {},
      payload: { sentAt: 'now', batch: [{ who: 'annabel' }, TWO, { who: 'benedict' }, KEPT] },
      expired: [0, 2],
    })
    await log.close()
    rmSync(dir, { recursive: true })
  })

  it('L26 whoever and whatever period goes, each item is whole, its stub or erased', async () => {
    const item = fc.record({
      who: fc.constantFrom('a', 'b', 'c'),
      period: fc.constantFrom('', 'behaviour:1', 'behaviour:2', 'orders:1'),
      did: fc.string({ maxLength: 8 }),
    })
    const someOf = <T>(...all: readonly T[]) => fc.subarray([...all])
    const cases = fc.sample(
      fc.tuple(
        fc.array(item, { minLength: 1, maxLength: 8 }),
        someOf('a', 'b', 'c'),
        someOf('behaviour:1', 'behaviour:2', 'orders:1'),
      ),
      { numRuns: 80, seed: 7 },
    )
    const dir = folder()
    const log = await openIn(dir)
    for (const [index, [items, gone, over]] of cases.entries()) {
      // People and periods of its own.
      const own = (name: string): string => (name === '' ? '' : `${name}/${index}`)
      const mine = items.map(({ who, period, did }): Item => ({ who: own(who), period: own(period), did }))
      await log.append([request(`e${index}`, mine)])
      await log.append([
        destroy(
          log,
          `x${index}`,
          gone.map((who) => `user:${own(who)}`),
          { gone: 1 },
        ),
        destroy(
          log,
          `y${index}`,
          over.map((period) => periodName(own(period))),
          {},
        ),
      ])
      const [read] = await log.get([index * 3 + 1])
      const { payload, expired = [] } = present(read, 'it was read').data as {
        payload: { batch: unknown[] }
        expired?: number[]
      }
      const isGone = (place: number): boolean => gone.includes(items[place]?.who ?? '')
      const isOver = (place: number): boolean => !isGone(place) && over.includes(items[place]?.period ?? '')
      assert.deepEqual(
        payload.batch,
        mine.map((one, place) => (isGone(place) ? { erased: true } : isOver(place) ? { who: one.who } : one)),
      )
      assert.deepEqual(
        expired,
        mine.flatMap((_, place) => (isOver(place) ? [place] : [])),
      )
    }
    await log.close()
    rmSync(dir, { recursive: true })
  })
})
