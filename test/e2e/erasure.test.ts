// People erased: nothing of theirs is found in any byte of the system, its backup or what it said, also when it is
// killed in the middle; they are still not written to, and everybody else is who they were.

import assert from 'node:assert/strict'
import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Customer, Customers, PersonExport } from '../../src/api/contract.ts'
import { backUp } from '../../src/app/backup/backup.ts'
import { isFailure } from '../../src/kernel/failure.ts'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { verifyChain } from '../../src/log/index.ts'
import { openKeyReader, openPersonKeys } from '../../src/log/sealing/person-keys.ts'
import type { EventLog, LogEvent } from '../../src/log/port.ts'
import { ERASURE_STARTED, PROFILE_ERASED } from '../../src/profile/events.ts'
import { startSink } from './mail-sink.ts'
import { shopPlan, track } from './plans.ts'
import { cli, clientOf, NOON, noonClock, open, start, tempFolder, until, type Client } from './serving.ts'
import { filesUnder, spellingsOf, tracesIn, tracesUnder } from './traces.ts'
import { tracesInSnapshots, tracesOpened } from './traces-opened.ts'

const ERASED = process.env['WINDVANE_LONG'] === '1' ? 1_000 : 50
const KEPT = 20
const KILLS = process.env['WINDVANE_LONG'] === '1' ? 6 : 1

// No event id or hash can come to these by chance: 14 and 11 characters that all people of a kind share.
const GONE = 'quovkerasabley'
const GONE_PHONE = '+4917700700'
const STAYS = 'quovkkeepabley'
const STAYS_PHONE = '+4917800800'
const MARKS = [GONE, GONE_PHONE.slice(1)]
const LIVING = [STAYS, STAYS_PHONE.slice(1)]

/** People below {@link ERASED} go, the others stay. */
const nameOf = (n: number): string => `${n < ERASED ? GONE : STAYS}-${String(n).padStart(5, '0')}`
const mailOf = (n: number): string => `${nameOf(n)}@people.example`
const phoneOf = (n: number): string => `${n < ERASED ? GONE_PHONE : STAYS_PHONE}${String(n).padStart(4, '0')}`

const person = (n: number): object => ({
  type: 'identify',
  userId: `user-${nameOf(n)}`,
  anonymousId: `anon-${nameOf(n)}`,
  traits: { email: mailOf(n), phone: phoneOf(n), nick: `nick ${nameOf(n)}`, city: `${nameOf(n)} town` },
  context: {
    consent: { categoryPreferences: { marketing: true } },
    page: { url: `https://shop.example/of/${nameOf(n)}` },
  },
})
const cart = (n: number): object =>
  track(`user-${nameOf(n)}`, 'Cart Viewed', { coupon: `for ${nameOf(n)}`, products: [{ product_id: 'p1' }] })

const hitsFor = async (client: Client, text: string): Promise<Customers> =>
  (await client.ask('GET', `/api/customers?q=${encodeURIComponent(text)}`)).json as Customers

const erase = async (client: Client, n: number): Promise<void> => {
  const who = n % 2 === 0 ? mailOf(n) : `user-${nameOf(n)}`
  const confirm = (await hitsFor(client, who)).items[0]?.profileId ?? ''
  const { status, text } = await client.ask('POST', `/api/customers/${encodeURIComponent(who)}/erase`, {
    body: { confirm },
  })
  assert.equal(status, 200, text)
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
/** Those who go and those who stay in the same requests. */
const mixed = (): readonly number[] =>
  range(0, ERASED + KEPT).toSorted((left, right) => ((left * 7) % 11) - ((right * 7) % 11))

const sendAll = async (client: Client, items: readonly object[]): Promise<void> => {
  for (let from = 0; from < items.length; from += 100) await client.send(items.slice(from, from + 100))
}

describe('erasure', () => {
  it('finds what it looks for, however it is spelt and wherever it lies', () => {
    for (const [name, bytes] of spellingsOf(GONE)) {
      const around = Buffer.concat([Buffer.from([0, 255, 10]), bytes, Buffer.from('tail')])
      assert.equal(tracesIn('here', around, [GONE]).length >= 1, true, name)
      assert.deepEqual(tracesIn('here', around, [STAYS]), [], name)
    }
    for (const before of ['', 'a', 'ab', 'abc', 'abcd'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from(`${before}${GONE}-00001@people.example`).toString(encoding)
        assert.equal(tracesIn('here', Buffer.from(text), [GONE]).length, 1, `${encoding} after ${before}`)
      }
  })

  it('S2 of erased people nothing is found in store, snapshots, backup or reports; they are not mailed, the others are', async () => {
    // Its answers name whom a message is for, as those of real servers do.
    const sink = await startSink()
    const dir = tempFolder()
    const first = await open({ dir, clock: noonClock(), smtpPort: sink.port })
    await first.apply(shopPlan())
    await sendAll(first, mixed().map(person))
    await sendAll(first, mixed().slice(0, 40).map(cart))
    await until(() => sink.mails.length >= 40, { what: 'mail before the erasure', ms: 60_000 })
    const kept = (await hitsFor(first, mailOf(ERASED + 3))).items[0]?.profileId
    assert.ok(kept !== undefined)
    const told = (await first.ask('GET', `/api/customers/${mailOf(7)}/export`)).json as PersonExport
    assert.ok(told.events.length >= 1 && told.complete)
    assert.deepEqual(new Set(JSON.stringify(told).match(/y-\d{5}/g)), new Set(['y-00007']), 'one person’s')
    await first.served.system.snapshot()
    assert.deepEqual(tracesUnder([dir], [...MARKS, ...LIVING]), [], 'nothing of anybody lies there in plain')
    assert.notDeepEqual(await tracesOpened(dir, MARKS), [], 'the keys open them before they are erased')

    for (const n of range(0, ERASED)) await erase(first, n)
    assert.equal((await hitsFor(first, mailOf(5))).items.length, 0)
    await first.served.system.snapshot()
    const dest = join(tempFolder(), 'backup')
    await backUp({ dir, dest, now: NOON })
    assert.deepEqual(
      tracesUnder([dir, dest], [...MARKS, ...LIVING]),
      [],
      'who stays is readable nowhere either',
    )
    for (const one of [dir, dest]) {
      assert.deepEqual(await tracesOpened(one, MARKS), [])
      assert.notDeepEqual(await tracesOpened(one, LIVING), [], 'the keys open who stays')
    }
    assert.deepEqual(tracesIn('reports', Buffer.from(first.reports.join('\n')), MARKS), [])
    await first.close()

    assert.deepEqual(tracesUnder([dir], MARKS), [])
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)

    // Folded anew from the first record on.
    rmSync(join(dir, 'snapshots'), { recursive: true })
    const opened = await open({ dir, clock: noonClock(), smtpPort: sink.port })
    const again = { ...opened, ...clientOf(opened.url, first.keys) }
    assert.equal((await hitsFor(again, mailOf(ERASED + 3))).items[0]?.profileId, kept)
    const one = (await again.ask('GET', `/api/customers/${kept}`)).json as Customer
    assert.equal(one.traits['nick'], `nick ${nameOf(ERASED + 3)}`)

    // They come again with the same addresses and a consent: they were told never.
    const before = sink.mails.length
    const newcomers = range(ERASED + KEPT, ERASED + KEPT + 10)
    await sendAll(
      again,
      [...range(0, 50), ...newcomers].flatMap((n) => [person(n), cart(n)]),
    )
    await until(() => sink.mails.length >= before + 10, { what: 'mail to new people', ms: 30_000 })
    await sleep(300)
    await again.close()
    const later = sink.mails.slice(before).map(({ to }) => to)
    assert.deepEqual(
      later.filter((to) => to.includes(GONE)),
      [],
    )
    assert.equal(new Set(later).size, 10)
    await sink.close()
  })

  it(
    'S2 P34 an erasure that died at any of its steps is done at the next start, with its snapshots (wide)',
    WIDE,
    async () => {
      for (const step of ['begun', 'keys gone', 'copies left'] as const) {
        const dir = tempFolder()
        const server = await open({ dir, clock: noonClock() })
        await server.send([person(0), person(ERASED)])
        await server.served.system.snapshot()
        if (step === 'copies left') {
          // Their key as well: it is made anew before they go.
          for (const name of ['snapshots', 'snapshots.key'])
            cpSync(join(dir, name), join(dir, `aside-${name}`), { recursive: true })
          await erase(server, 0)
        } else {
          const { loop } = server.served.system
          const data = { profileId: 'p1', by: 'dana' }
          await loop.record([{ id: 'begun', type: ERASURE_STARTED, key: 'p1', at: NOON, data }])
        }
        await server.close()
        if (step === 'keys gone') {
          const keys = await openPersonKeys(join(dir, 'keys.db'))
          const reader = await openKeyReader(join(dir, 'keys.db'))
          keys.destroy([reader.handleOf(`user:user-${nameOf(0)}`)], { slots: [0], ignored: [] })
          reader.close()
          keys.commit()
          keys.close()
        }
        if (step === 'copies left') {
          for (const name of ['snapshots', 'snapshots.key']) {
            rmSync(join(dir, name), { recursive: true })
            renameSync(join(dir, `aside-${name}`), join(dir, name))
          }
        }
        assert.notDeepEqual(tracesInSnapshots(dir, MARKS), [], `${step}: it died too late`)
        const opened = await open({ dir, clock: noonClock() })
        assert.deepEqual([...tracesUnder([dir], MARKS), ...(await tracesOpened(dir, MARKS))], [], step)
        const again = clientOf(opened.url, server.keys)
        assert.equal((await again.ask('GET', '/api/customers/p1')).status, 404)
        const { items } = await hitsFor(again, mailOf(ERASED))
        assert.equal(items[0]?.profileId, 'p2')
        const told = await readEvents(opened.served.system.loop.log)
        assert.equal(told.filter(({ type }) => type === PROFILE_ERASED).length, 1, step)
        await opened.close()
        assert.deepEqual([...tracesUnder([dir], MARKS), ...(await tracesOpened(dir, MARKS))], [], step)
      }
    },
  )

  it(
    'S2 killed in the middle of an erasure it is done at the next start, and nothing is found then either (wide)',
    WIDE,
    async () => {
      const dir = tempFolder()
      let server = await start({ dir })
      const { keys } = server
      const people = KILLS * 8
      await sendAll(server, [...range(0, people), ...range(ERASED, ERASED + 3)].map(person))
      let said = ''
      const asked: number[] = []
      for (let round = 0; round < KILLS; round++) {
        await server.end()
        said += server.stdout() + server.stderr()
        // A graceful end leaves a snapshot that names them all.
        assert.notDeepEqual(tracesInSnapshots(dir, MARKS), [])
        server = await start({ dir, keys })
        const names = range(round * 8, round * 8 + 8)
        const ids = await Promise.all(
          names.map(async (n) => (await hitsFor(server, mailOf(n))).items[0]?.profileId),
        )
        const going = names.map(async (_, i) =>
          server.ask('POST', `/api/customers/${ids[i] ?? ''}/erase`, { body: { confirm: ids[i] } }).then(
            ({ status }) => status,
            () => 0,
          ),
        )
        // With the first one done and the others under way.
        await Promise.race(going)
        server.process.kill('SIGKILL')
        await Promise.all(going)
        said += server.stdout() + server.stderr()
        asked.push(...begunIn(dir))
        server = await start({ dir, keys })
      }
      const begun = new Set(asked)
      assert.ok(begun.size > 0, 'no erasure had begun when it was killed')
      // What had begun is done; the rest is asked for again.
      for (const slot of begun) assert.equal((await server.ask('GET', `/api/customers/p${slot}`)).status, 404)
      for (const n of range(0, people))
        if ((await hitsFor(server, mailOf(n))).items.length > 0) await erase(server, n)
      await server.end()
      said += server.stdout() + server.stderr()
      assert.deepEqual(
        [...tracesUnder([dir], [...MARKS, ...LIVING]), ...(await tracesOpened(dir, MARKS))],
        [],
      )
      assert.deepEqual(tracesIn('what it said', Buffer.from(said), MARKS), [])
      assert.notDeepEqual(await tracesOpened(dir, LIVING), [], 'who stays is found')
      assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)
    },
  )

  it('erases from the command line, on a folder and on a server, only when told twice', async () => {
    const server = await open({ dir: tempFolder(), clock: noonClock() })
    await server.send([person(1), person(2)])
    const refused = await cli(['person', 'erase', mailOf(1), '--data', server.dir])
    assert.match(refused.stderr, /--yes/)
    await server.close()
    const done = await cli(['person', 'erase', mailOf(1), '--yes', '--data', server.dir, '--json'])
    assert.equal(done.code, 0, done.stderr)
    assert.deepEqual(JSON.parse(done.stdout).items[0], { profileId: 'p1', identifiers: 4, suppressed: 3 })
    const unknown = await cli(['person', 'export', mailOf(1), '--data', server.dir])
    assert.match(unknown.stderr, /Nobody is known/)
    const other = await cli(['person', 'export', mailOf(2), '--data', server.dir, '--json'])
    assert.equal(JSON.parse(other.stdout).profileId, 'p2')
  })

  it('without its keys, or with older ones, a log is not opened as if nobody were in it', async () => {
    const server = await open({ dir: tempFolder(), clock: noonClock() })
    await server.send([person(1)])
    await server.close()
    const [missing] = filesUnder(server.dir).filter((path) => path.endsWith('keys.db'))
    assert.ok(missing !== undefined)
    rmSync(missing)
    await assert.rejects(
      open({ dir: server.dir }),
      (error) => isFailure(error) && error.code === 'log.keys_missing' && error.message.includes('keys.db'),
    )
  })
})

const readEvents = async (log: EventLog): Promise<LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read()) events.push(...page)
  return events
}

/** Numbers of people whose erasure the log says has begun. */
const begunIn = (dir: string): readonly number[] => {
  const db = new DatabaseSync(join(dir, 'log.db'), { readOnly: true })
  const rows = db.prepare("SELECT key FROM log WHERE type = 'profile.erasure_started.v1'").all()
  db.close()
  return rows.map(({ key }) => Number(String(key).slice(1)))
}
