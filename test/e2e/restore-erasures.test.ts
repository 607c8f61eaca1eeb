// Who was erased after a backup was made does not come back with it: the ledger of erasures, which no backup holds, is
// applied to what is restored; where there is none, that is said and nothing is sent until a person answers for it.

import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActsPage, Customers, StopState } from '../../src/api/contract.ts'
import { backUp } from '../../src/app/backup/backup.ts'
import { restoreBackup, type RestoreReport } from '../../src/app/backup/restore.ts'
import { isFailure } from '../../src/kernel/failure.ts'
import { verifyChain } from '../../src/log/index.ts'
import { startSink } from './mail-sink.ts'
import { shopPlan, track } from './plans.ts'
import {
  cli,
  clientOf,
  NOON,
  noonClock,
  open,
  tempFolder,
  until,
  type Client,
  type Serving,
} from './serving.ts'
import { tracesIn, tracesUnder } from './traces.ts'

const GONE = 'quovkerasabley'
const STAYS = 'quovkkeepabley'
const ERASED = 20
const LEDGER = 'erasures.ndjson'

const nameOf = (n: number): string => `${n < ERASED ? GONE : STAYS}-${String(n).padStart(5, '0')}`
const mailOf = (n: number): string => `${nameOf(n)}@people.example`
const person = (n: number): object => ({
  type: 'identify',
  userId: `user-${nameOf(n)}`,
  anonymousId: `anon-${nameOf(n)}`,
  traits: { email: mailOf(n), nick: `nick ${nameOf(n)}` },
  context: { consent: { categoryPreferences: { marketing: true } } },
})
const cart = (n: number): object => track(`user-${nameOf(n)}`, 'Cart Viewed', { coupon: nameOf(n) })
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

const idOf = async (client: Client, text: string): Promise<string> => {
  const found = (await client.ask('GET', `/api/customers?q=${encodeURIComponent(text)}`)).json as Customers
  return found.items[0]?.profileId ?? ''
}
const erase = async (client: Client, n: number): Promise<void> => {
  const confirm = await idOf(client, mailOf(n))
  const { status, text } = await client.ask('POST', `/api/customers/${confirm}/erase`, { body: { confirm } })
  assert.equal(status, 200, text)
}
const backup = async (dir: string): Promise<string> => {
  const dest = join(tempFolder(), 'backup')
  await backUp({ dir, dest, now: NOON })
  return dest
}
let serial = 0
const restore = async (src: string, more: object = {}): Promise<RestoreReport> =>
  restoreBackup({
    src,
    dir: join(tempFolder(), 'data'),
    by: 'a test',
    now: NOON,
    newId: () => `again-${String(serial++).padStart(6, '0')}`,
    ...more,
  })
const onFolder = async (dir: string, living: Serving, smtpPort?: number): Promise<Serving> => {
  const opened = await open({ dir, clock: noonClock(), ...(smtpPort === undefined ? {} : { smtpPort }) })
  return { ...opened, ...clientOf(opened.url, living.keys) }
}
const resume = async (client: Client, more: object = {}) => {
  const { waiting } = (await client.ask('GET', '/api/stop')).json as StopState
  return client.ask('POST', '/api/resume', {
    body: { scope: 'all', waitingSeen: waiting, seenUpTo: 1e9, ...more },
  })
}

describe('erasures and backups', () => {
  it('S2 S9 a backup made before erasures brings nobody back: no byte of them, never mailed, and the audit says so', async () => {
    const [sink, after] = [await startSink(), await startSink()]
    const living = await open({ dir: tempFolder(), clock: noonClock(), smtpPort: sink.port })
    await living.apply(shopPlan())
    await living.send(range(0, ERASED + 5).map(person))
    await living.send(range(0, ERASED + 5).map(cart))
    await until(() => sink.mails.length === ERASED + 5, { what: 'mail before' })
    const copy = await backup(living.dir)
    for (const n of range(0, ERASED)) await erase(living, n)
    // Somebody new, who is in no backup, is erased as well.
    await living.send([person(ERASED + 9)])
    await erase(living, ERASED + 9)
    await living.close()
    const ledger = join(living.dir, LEDGER)
    assert.deepEqual(tracesIn('ledger', readFileSync(ledger), [GONE, STAYS]), [])

    const bare = await restore(copy)
    assert.equal(bare.erasures.unknown, 'no_ledger')
    const { dir, erasures, records } = await restore(copy, { erasures: ledger })
    assert.deepEqual(
      [erasures.noted, erasures.people, erasures.unknown, erasures.ledgers],
      [ERASED + 1, ERASED, '', [ledger]],
    )
    assert.ok(records > 3)
    assert.deepEqual(tracesUnder([dir], [GONE]), [])
    const twin = await onFolder(dir, living, after.port)
    assert.equal(await idOf(twin, mailOf(3)), '')
    assert.notEqual(await idOf(twin, mailOf(ERASED + 1)), '', 'who stays is there')
    const acts = (await twin.ask('GET', '/api/audit/acts')).json as ActsPage
    assert.ok(
      acts.items.some(({ text }) => text.includes(`people ${ERASED}, erasures noted ${ERASED + 1}`)),
      JSON.stringify(acts.items.slice(0, 5)),
    )
    assert.equal((await resume(twin)).status, 200)
    await twin.send([...range(0, ERASED), ERASED + 9, 40].flatMap((n) => [person(n), cart(n)]))
    await until(() => after.mails.some(({ to }) => to.includes(mailOf(40))), { what: 'mail to a new one' })
    await sleep(200)
    assert.deepEqual(
      after.mails.map(({ to }) => to).filter((to) => to.includes(GONE) || to.includes(mailOf(ERASED + 9))),
      [],
    )
    await twin.served.system.snapshot()
    await twin.close()
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)

    // They came again after the restore: a backup made then keeps them, whatever the ledgers say of before.
    const later = await backup(dir)
    const stale = await restore(later, { erasures: ledger })
    assert.deepEqual([stale.erasures.noted, stale.erasures.unknown], [0, 'older_than_backup'])
    const second = await restore(later, { erasures: join(dir, LEDGER) })
    assert.deepEqual([second.erasures.noted, second.erasures.people, second.erasures.unknown], [0, 0, ''])
    const third = await onFolder(second.dir, living)
    assert.notEqual(await idOf(third, mailOf(3)), '')
    await third.close()
    for (const one of [sink, after]) await one.close()
  })

  it('S9 G20 without a ledger, or with one that began too late, nothing is sent until a person answers for it', async () => {
    const living = await open({ dir: tempFolder(), clock: noonClock() })
    await living.send([person(1), person(ERASED + 1)])
    const copy = await backup(living.dir)
    await erase(living, 1)
    await living.close()
    const other = await open({ dir: tempFolder(), clock: noonClock() })
    await other.close()
    await assert.rejects(
      restore(copy, { erasures: join(other.dir, LEDGER) }),
      (error) => isFailure(error) && error.code === 'erasure.ledger_damaged',
      'of another installation',
    )
    const text = readFileSync(join(living.dir, LEDGER), 'utf8')
    const cut = join(tempFolder(), LEDGER)
    writeFileSync(cut, text.split('\n').slice(1).join('\n'))
    await assert.rejects(
      restore(copy, { erasures: cut }),
      (error) => isFailure(error) && error.code === 'erasure.ledger_damaged',
      'its first line is gone',
    )
    // The last line is gone: this alone no file can tell; the backup that has that erasure does.
    const later = await backup(living.dir)
    writeFileSync(cut, `${text.split('\n').slice(0, 1).join('\n')}\n`)
    assert.equal((await restore(later, { erasures: cut })).erasures.unknown, 'older_than_backup')

    const target = join(tempFolder(), 'data')
    const told = await cli(['restore', copy, '--data', target])
    assert.equal(told.code, 0, told.stderr)
    assert.match(told.stdout, /WHO WAS ERASED AFTER THE BACKUP IS NOT KNOWN: no ledger/)
    const twin = await onFolder(target, living)
    const refused = await resume(twin)
    assert.equal(refused.status, 409, refused.text)
    assert.match(refused.text, /erasures_unknown/)
    assert.equal(((await twin.ask('GET', '/api/stop')).json as StopState).active, true)
    const byCommand = await cli(['resume', '--yes', '--data', target])
    assert.notEqual(byCommand.code, 0)
    assert.match(byCommand.stderr, /--erasures-seen/)
    assert.equal((await cli(['resume', '--yes', '--erasures-seen', '--data', target])).code, 0)
    assert.equal(((await twin.ask('GET', '/api/stop')).json as StopState).active, false)
    await twin.close()
  })

  it('finds the ledger left in the folder, beside it, or copied beside the anchors', async () => {
    const anchors = tempFolder()
    const living = tempFolder()
    writeFileSync(join(living, 'windvane.yaml'), `audit: {anchorPath: ${anchors}/}\n`)
    const first = await open({ dir: living, clock: noonClock() })
    await first.send([person(1), person(2), person(ERASED + 1)])
    const copy = await backup(living)
    for (const n of [1, 2]) await erase(first, n)
    await first.close()
    const whole = readFileSync(join(living, LEDGER), 'utf8')
    assert.equal(readFileSync(join(anchors, LEDGER), 'utf8'), whole, 'copied beside the anchors')
    assert.equal((await restore(copy)).erasures.people, 2)

    writeFileSync(join(anchors, LEDGER), '')
    const inside = join(tempFolder(), 'data')
    mkdirSync(inside)
    copyFileSync(join(living, LEDGER), join(inside, LEDGER))
    writeFileSync(join(anchors, LEDGER), whole.split('\n').slice(0, 2).join('\n') + '\n')
    const report = await restore(copy, { dir: inside })
    assert.deepEqual([report.erasures.people, report.erasures.ledgers.length], [2, 2])
    assert.ok(readFileSync(join(inside, LEDGER), 'utf8').startsWith(whole), 'it goes on in the restored one')
  })
})
