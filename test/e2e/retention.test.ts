// Personal data whose time is over: what people did then is found in no byte of the system, its backup or what comes back of
// an older one, whoever was not heard of for long is gone, and all others are who they were: same numbers, same consents,
// never mailed twice, a no still a no.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Customer, Customers } from '../../src/api/contract.ts'
import { backUp } from '../../src/app/backup/backup.ts'
import { restoreBackup } from '../../src/app/backup/restore.ts'
import { createCtx, fastClock, manualClock } from '../../src/app/clock.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { encodeDump, verifyChain } from '../../src/log/index.ts'
import { dumpState, type LoopState } from '../../src/loop.ts'
import { startSink } from './mail-sink.ts'
import { shopPlan, track } from './plans.ts'
import { clientOf, NOON, open, tempFolder, until, type Client, type Serving } from './serving.ts'
import { tracesIn, tracesUnder } from './traces.ts'
import { tracesOpened } from './traces-opened.ts'

const THEN = Date.parse('2024-06-12T12:00:00Z')
const LONG_AGO = '2021-03-01T10:00:00Z'
const RETENTION = `
privacy:
  retention: {behaviour: 13 months, orders: 3 years, contact: 4 years}
`
// What goes and what stays, by class; no id or hash comes to these by chance.
const OVER = [
  'zqoldcartzq',
  'zqoldpagezq',
  'zqoldscreenzq',
  'zqancientorderzq',
  'zqunheardzq',
  'zqbatchpagezq',
]
const KEPT = ['zqnewcartzq', 'zqolderorderzq', 'zqnicknamezq', 'zqrefuserzq']

const mailOf = (name: string): string => `${name}@people.example`
const at = (timestamp: string): object => ({ timestamp })
const consent = { consent: { categoryPreferences: { marketing: true } } }

/** What came in 2024, and imports of older things; `who` are those who stay. */
const BEFORE: readonly object[] = [
  // Known by what they did first, and named only later: their number must not hang on what goes.
  { type: 'page', anonymousId: 'anon-first', name: 'zqoldpagezq', messageId: 'p1' },
  {
    type: 'identify',
    userId: 'ann',
    messageId: 'i1',
    traits: { email: mailOf('ann'), nick: 'zqnicknamezq' },
    context: { ...consent, page: { url: 'https://shop.example/zqoldpagezq' } },
  },
  { type: 'screen', userId: 'bob', name: 'zqoldscreenzq', messageId: 's1' },
  { type: 'identify', userId: 'bob', messageId: 'i2', traits: { email: mailOf('bob') }, context: consent },
  track('ann', 'Cart Viewed', { coupon: 'zqoldcartzq' }, { messageId: 'c1' }),
  track(
    'ann',
    'Order Completed',
    { order_id: 'o1', revenue: 10, note: 'zqolderorderzq' },
    { messageId: 'o1' },
  ),
  track(
    'bob',
    'Order Completed',
    { order_id: 'o0', revenue: 10, note: 'zqancientorderzq' },
    { messageId: 'o0', ...at(LONG_AGO) },
  ),
  // Not heard of since; the second had said no.
  {
    type: 'identify',
    userId: 'u-zqunheardzq',
    messageId: 'i3',
    traits: { email: mailOf('zqunheardzq') },
    context: consent,
    ...at(LONG_AGO),
  },
  {
    type: 'identify',
    userId: 'no-zqunheardzq',
    messageId: 'i4',
    traits: { email: mailOf('no.zqunheardzq') },
    context: { consent: { categoryPreferences: { marketing: false } } },
    ...at(LONG_AGO),
  },
]
const AFTER: readonly object[] = [
  {
    type: 'identify',
    userId: 'cat',
    anonymousId: 'anon-first',
    messageId: 'i5',
    traits: { nick: 'zqrefuserzq' },
  },
  track('bob', 'Product Viewed', { product_id: 'zqnewcartzq' }, { messageId: 'v1' }),
]

const idOf = async (client: Client, text: string): Promise<string> => {
  const found = (await client.ask('GET', `/api/customers?q=${encodeURIComponent(text)}`)).json as Customers
  return found.items[0]?.profileId ?? ''
}

const opened = async (
  dir: string,
  now: number,
  smtpPort: number,
  keys?: Client['keys'],
): Promise<Serving> => {
  const one = await open({ dir, clock: fastClock(now, 1), smtpPort })
  return keys === undefined ? one : { ...one, ...clientOf(one.url, keys) }
}

const bytesOf = (state: LoopState): ReadonlyMap<string, Buffer> =>
  new Map(Object.entries(dumpState(state)).map(([name, dump]) => [name, Buffer.from(encodeDump(dump))]))
const tracesInState = (state: LoopState, marks: readonly string[]): readonly string[] =>
  [...bytesOf(state)].flatMap(([name, bytes]) => tracesIn(`state, ${name}`, bytes, marks))

/** A folder with two years in it, opened now; nothing has gone yet. */
const twoYears = async (smtpPort: number) => {
  const dir = tempFolder()
  const then = await opened(dir, THEN, smtpPort)
  await then.apply(shopPlan())
  // Around all of them stands what their device told.
  const answer = await then.ask('POST', '/v1/batch', {
    as: 'ingest',
    body: { context: { page: { url: 'https://shop.example/zqbatchpagezq' } }, batch: BEFORE },
  })
  assert.equal(answer.status, 200, answer.text)
  return { dir, then }
}

describe('retention', () => {
  it('S1 S2 P39 what is over is in no byte of store, snapshots or backup; the rest stands, and everybody is who they were', async () => {
    const sink = await startSink()
    const { dir, then } = await twoYears(sink.port)
    await until(() => sink.mails.length >= 1, { what: 'mail of 2024', ms: 120_000 })
    await then.close()
    const server = await opened(dir, NOON, sink.port, then.keys)
    await server.send(AFTER)
    const ids = await Promise.all(
      [mailOf('ann'), mailOf('bob'), 'anon-first'].map((who) => idOf(server, who)),
    )
    assert.equal(new Set(ids).size, 3)
    const { system } = server.served
    await system.snapshot()
    const older = join(tempFolder(), 'older')
    await backUp({ dir, dest: older, now: NOON })
    for (const mark of [...OVER, ...KEPT]) assert.notDeepEqual(await tracesOpened(dir, [mark]), [], mark)

    // Nothing goes as long as nobody says so.
    assert.equal((await system.retention.run('test')).happened, false)
    await server.apply(shopPlan() + RETENTION)
    const look = system.retention.look()
    assert.deepEqual(
      look.classes.map(({ dataClass, before, items, bound }) => [dataClass, before, items, bound]),
      [
        ['behaviour', '2025-02', 7, 0],
        ['orders', '2023-03', 1, 0],
        ['mentions', '', 0, 0],
      ],
    )
    assert.equal(look.contact.people, 2)
    assert.ok((look.nextRunAt ?? 0) > server.clock.now() + 86_000_000, 'a day to take it back')
    const done = await system.retention.run('test')
    assert.equal(done.people, 2)
    await system.snapshot()
    const newer = join(tempFolder(), 'newer')
    await backUp({ dir, dest: newer, now: NOON })

    assert.deepEqual(tracesUnder([dir, newer], [...OVER, ...KEPT]), [], 'nothing of anybody in plain')
    for (const one of [dir, newer]) {
      assert.deepEqual(await tracesOpened(one, OVER), [])
      for (const mark of KEPT) assert.notDeepEqual(await tracesOpened(one, [mark]), [], mark)
    }
    assert.deepEqual(tracesInState(system.loop.state, OVER), [], 'nor in memory')
    assert.deepEqual(tracesIn('reports', Buffer.from(server.reports.join('\n')), OVER), [])
    assert.deepEqual(
      await Promise.all([mailOf('ann'), mailOf('bob'), 'anon-first'].map((who) => idOf(server, who))),
      ids,
    )
    const ann = (await server.ask('GET', `/api/customers/${ids[0]}`)).json as Customer
    assert.equal(ann.traits['nick'], 'zqnicknamezq')
    assert.equal(
      ann.consents.some(({ state }) => state === 'granted'),
      true,
    )
    assert.equal(await idOf(server, mailOf('zqunheardzq')), '')
    // The living state is what the log as it is now gives, to the byte.
    await server.close()
    const living = bytesOf(system.loop.state)
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)
    rmSync(join(dir, 'snapshots'), { recursive: true })
    const bare = await openLoop({ dir, ctx: createCtx(manualClock(NOON)) })
    const anew = bytesOf(bare.loop.state)
    await bare.close()
    assert.deepEqual(
      [...living.keys()].filter(
        (name) => living.get(name)?.equals(anew.get(name) ?? Buffer.alloc(0)) !== true,
      ),
      [],
    )

    const before = sink.mails.length
    // Later than the one before, however slow this machine is.
    const again = await opened(dir, NOON + 8 * 3_600_000, sink.port, then.keys)
    // Sent again two years later, what went is known to have come; the cart mails nobody twice. A newcomer is mailed.
    await again.send(BEFORE.slice(4, 5))
    await again.send([
      {
        type: 'identify',
        userId: 'new',
        messageId: 'n1',
        traits: { email: mailOf('new') },
        context: consent,
      },
      track('new', 'Cart Viewed', {}, { messageId: 'n2' }),
      // They come back: who had said no is still not written to, the other one is somebody new.
      ...['zqunheardzq', 'no.zqunheardzq'].flatMap((name) => [
        {
          type: 'identify',
          userId: `back-${name}`,
          messageId: `b-${name}`,
          traits: { email: mailOf(name) },
          context: consent,
        },
        track(`back-${name}`, 'Cart Viewed', {}, { messageId: `bc-${name}` }),
      ]),
    ])
    await until(() => sink.mails.length >= before + 2, { what: 'mail to newcomers', ms: 120_000 })
    await again.close()
    assert.deepEqual(
      sink.mails
        .slice(before)
        .flatMap(({ to }) => to)
        .toSorted(),
      [mailOf('new'), mailOf('zqunheardzq')].toSorted(),
    )

    // A backup from before: what went since goes from what comes back of it, too.
    const back = join(tempFolder(), 'data')
    await restoreBackup({
      src: older,
      dir: back,
      by: 'test',
      now: NOON,
      newId: newIds(),
      erasures: join(dir, 'erasures.ndjson'),
    })
    assert.deepEqual(await tracesOpened(back, OVER), [])
    for (const mark of KEPT) assert.notDeepEqual(await tracesOpened(back, [mark]), [], mark)
    await sink.close()
  })
})

const newIds = (): (() => string) => {
  let serial = 0
  return () => `again-${String(serial++).padStart(6, '0')}`
}
