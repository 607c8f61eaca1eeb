// Backup of a running system and what becomes of it: it comes back whole, says what it is, and sends
// nothing beside the living one until somebody has seen what waits.

import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StopState } from '../../src/api/contract.ts'
import { verifyAudit } from '../../src/app/audit/verify.ts'
import { createAnchorSigner } from '../../src/app/audit/anchor.ts'
import { backUp } from '../../src/app/backup/backup.ts'
import { restoreBackup, type RestoreReport } from '../../src/app/backup/restore.ts'
import { createCtx, fastClock, manualClock, systemClock, type ManualClock } from '../../src/app/clock.ts'
import { openKeys } from '../../src/app/keys.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { outboxSize, recentDeliveries } from '../../src/delivery/index.ts'
import { MINUTE_MS } from '../../src/kernel/time.ts'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import type { EventLog, LogEvent } from '../../src/log/port.ts'
import { startSink } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import { cli, clientOf, NOON, noonClock, open, tempFolder, until, type Serving } from './serving.ts'

const carts = (from: number, count: number): readonly object[] =>
  Array.from({ length: count }, (_, i) => [
    identify(`b${from + i}`),
    track(`b${from + i}`, 'Cart Viewed'),
  ]).flat()

const seen = async (server: Serving): Promise<StopState> =>
  (await server.ask('GET', '/api/stop')).json as StopState

const backup = async (dir: string): Promise<string> => {
  const dest = join(tempFolder(), 'backup')
  const report = await backUp({ dir, dest, now: NOON })
  assert.equal(report.chain.faultsTotal, 0)
  return dest
}

let serial = 0
const restore = async (src: string, more: object = {}): Promise<RestoreReport> =>
  restoreBackup({
    src,
    dir: join(tempFolder(), 'data'),
    by: 'a test',
    now: NOON,
    newId: () => `restore-${serial++}`,
    ...more,
  })

/** It knows who was erased since the backup: nobody. */
const ledgerOf = ({ dir }: Serving) => ({ erasures: join(dir, 'erasures.ndjson') })

const code = (wanted: string) => (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === wanted

/** A system on a restored folder: it knows the keys of the one it was made of. */
const twinOn = async (
  dir: string,
  living: Serving,
  smtpPort: number,
  clock = living.clock,
): Promise<Serving> => {
  const twin = await open({ dir, clock, smtpPort })
  return { ...twin, ...clientOf(twin.url, living.keys) }
}

const withheld = (server: Serving, why: string): number =>
  recentDeliveries(server.served.system.loop.state.delivery).filter(
    ({ state, detail }) => state === 'withheld' && detail === why,
  ).length

describe('backup and restore', () => {
  it('S9 a restored backup beside the living system sends nothing, and what waited in it is dropped unless wanted', async () => {
    const [sink, silent] = [await startSink({ recipientMs: 40 }), await startSink()]
    const living = await open({ dir: tempFolder(), clock: noonClock(), smtpPort: sink.port })
    await living.apply(shopPlan())
    await living.send(carts(0, 120))
    await until(() => sink.mails.length > 5, { what: 'mail to flow' })
    const copy = await backup(living.dir)
    const { dir } = await restore(copy, ledgerOf(living))
    const twin = await twinOn(dir, living, silent.port)
    await until(() => sink.mails.length === 120, { what: 'the living one to send all', ms: 20_000 })
    await twin.send([track('b0', 'Cart Viewed')])
    await sleep(500)
    assert.equal(new Set(sink.mails.map(({ to }) => to)).size, 120)
    assert.equal(silent.mails.length, 0)
    const queued = outboxSize(twin.served.system.loop.state.delivery).queued
    const state = await seen(twin)
    assert.match(state.stops[0]?.reason ?? '', /restored from the backup of/)
    assert.equal(state.restored?.epoch, 2)
    assert.ok(state.waiting > 50 && state.waiting === queued, `${state.waiting} of ${queued} wait`)
    assert.deepEqual(
      state.lines.map(({ campaignId, channel, waiting }) => [campaignId, channel, waiting]),
      [['thanks', 'email', state.waiting]],
    )

    await twin.close()
    const again = await twinOn(dir, living, silent.port)
    await sleep(300)
    assert.equal(silent.mails.length, 0, 'the restart forgot that it is a restored one')
    const resumed = await again.ask('POST', '/api/resume', {
      body: { scope: 'all', waitingSeen: (await seen(again)).waiting, seenUpTo: 1e9 },
    })
    assert.equal(resumed.status, 200, resumed.text)
    await until(() => withheld(again, 'restored') >= state.waiting, { what: 'what waited to be dropped' })
    assert.equal(outboxSize(again.served.system.loop.state.delivery).queued, 0)
    assert.equal(silent.mails.length, 0)
    await again.send([identify('fresh'), track('fresh', 'Cart Viewed')])
    await until(() => silent.mails.length === 1, { what: 'new mail to leave' })
    assert.equal((await seen(again)).restored, null)
    await again.close()
    await living.close()
  })

  it('S9 what waited is sent when a person says so by the command, after being shown it', async () => {
    const sink = await startSink()
    const living = await open({ dir: tempFolder(), clock: noonClock(), smtpPort: sink.port })
    await living.apply(atOne)
    await living.send(carts(0, 7))
    await until(() => outboxSize(living.served.system.loop.state.delivery).queued === 7, {
      what: 'decisions',
    })
    const copy = await backup(living.dir)
    const { dir } = await restore(copy, ledgerOf(living))
    const twin = await twinOn(dir, living, sink.port, fastClock(NOON + 61 * MINUTE_MS, 1))
    const shown = await cli(['resume', '--data', dir, '--json'])
    assert.match(shown.stderr, /7 of thanks by email, 0 late/)
    assert.match(shown.stderr, /dropped unless you resume with --send-restored/)
    assert.equal((await cli(['resume', '--data', dir, '--yes', '--send-restored', '--json'])).code, 0)
    await until(() => sink.mails.length === 7, { what: 'all seven' })
    await twin.close()
    await living.close()
  })

  it(
    'a backup made under load is the log as it was at one moment, whole, with all that it needs (wide)',
    WIDE,
    async () => {
      const living = await open({ dir: tempFolder(), clock: noonClock() })
      await living.apply(shopPlan())
      let going = true
      const load = (async () => {
        for (let n = 0; going; n++) await living.send(carts(n * 20, 20))
      })()
      await sleep(200)
      const copies = [await backup(living.dir), await backup(living.dir)]
      going = false
      await load
      const events = await readEvents(living.served.system.loop.log)
      for (const copy of copies) {
        const { dir, records } = await restore(copy)
        assert.deepEqual(
          readdirSync(dir)
            .filter((name) => !/-(?:wal|shm)$/.test(name))
            .toSorted(),
          ['access.json', 'keys.db', 'keys.json', 'log.db', 'log.db.lock', 'log.db.pid'],
        )
        const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
        const restored = await readEvents(opened.loop.log)
        await opened.close()
        assert.ok(records > 3)
        assert.equal(restored.length, records + 2)
        assert.deepEqual(restored.slice(0, records), events.slice(0, records))
      }
      await living.close()
    },
  )

  it('puts secrets apart, and restores only what is whole, signed and untouched', async () => {
    const living = await open({ dir: tempFolder(), clock: noonClock() })
    await living.send(carts(0, 5))
    await living.close()
    const [dest, secrets] = [join(tempFolder(), 'backup'), join(tempFolder(), 'secrets')]
    const made = await cli(['backup', dest, '--data', living.dir, '--secrets', secrets, '--json'])
    assert.equal(made.code, 0, made.stderr)
    for (const name of ['keys.json', 'access.json'])
      assert.ok(!existsSync(join(dest, name)) && existsSync(join(secrets, name)), name)
    await assert.rejects(restore(dest), code('restore.no_secrets'))
    const { dir } = await restore(dest, { secretsSrc: secrets })
    await assert.rejects(restore(dest, { secretsSrc: secrets, dir }), code('restore.not_empty'))
    await assert.rejects(backUp({ dir: living.dir, dest, now: NOON }), code('backup.not_empty'))
    const inside = join(living.dir, 'backup')
    await assert.rejects(backUp({ dir: living.dir, dest: inside, now: NOON }), code('backup.inside'))

    const harmed = (name: string, change: (text: string) => string): string => {
      const copy = join(tempFolder(), 'backup')
      cpSync(dest, copy, { recursive: true })
      writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'latin1')), 'latin1')
      return copy
    }
    const from = async (src: string) => restore(src, { secretsSrc: secrets })
    await assert.rejects(
      from(harmed('log.db', (text) => text.replace('signal.received', 'signal.recieved'))),
      code('restore.damaged'),
    )
    const moved = harmed('manifest.json', (text) => text.replace(/"at": \d+/, '"at": 1'))
    await assert.rejects(from(moved), code('restore.not_signed'))
    const newer = harmed('manifest.json', (text) => text.replace('"format": 1', '"format": 2'))
    await assert.rejects(from(newer), code('restore.newer_format'))
    await assert.rejects(from(tempFolder()), code('restore.no_manifest'))
  })

  it('does not restore a log that was tampered with before it was backed up, unless told to', async () => {
    const living = await open({ dir: tempFolder(), clock: noonClock() })
    await living.send(carts(0, 5))
    await living.close()
    const db = new DatabaseSync(join(living.dir, 'log.db'))
    const { offset } = db.prepare('SELECT offset FROM log WHERE sealed IS NOT NULL').get() as {
      offset: number
    }
    db.prepare('UPDATE log SET sealed = zeroblob(length(sealed)) WHERE offset = ?').run(offset)
    db.close()
    const dest = join(tempFolder(), 'backup')
    assert.equal((await backUp({ dir: living.dir, dest, now: NOON })).chain.faults[0]?.from, offset)
    await assert.rejects(restore(dest), code('restore.chain_broken'))
    assert.deepEqual((await restore(dest, { despiteFaults: true })).faults, [
      { kind: 'changed', from: offset, to: offset },
    ])
  })

  it('tells an auditor of the restore, and of anchored records that are not here any more', async () => {
    const living = await open({ dir: tempFolder(), clock: noonClock() })
    await living.send(carts(0, 5))
    const copy = await backup(living.dir)
    for (let n = 1; n <= 10; n++) await living.send(carts(5 * n, 5))
    await living.close()
    const { dir, records } = await restore(copy)
    const anchors = join(living.dir, 'anchors.ndjson')
    const lost = living.served.system.loop.log.head() - records
    const report = await verifyAudit({
      logPath: join(dir, 'log.db'),
      anchorsPath: anchors,
      publicKeyPem: createAnchorSigner(openKeys(dir).anchorKey).publicKeyPem,
    })
    assert.deepEqual(
      [report.ok, report.restores.map(({ epoch, offset, by, left }) => [epoch, offset, by, left])],
      [true, [[2, records, 'a test', lost]]],
    )
  })
})

/** Mails are decided at once and leave at one o'clock. */
const atOne = shopPlan({ policy: '{always: "thanks/13:00", floor: 0}' }).replace(
  'cost: 0.001}',
  "cost: 0.001, moments: ['13:00']}",
)

describe('after a pause', () => {
  const paused = async (
    pause: (server: Serving, clock: ManualClock, smtpPort: number) => Promise<Serving>,
  ): Promise<void> => {
    const sink = await startSink()
    const clock = manualClock(NOON)
    const server = await open({ clock, smtpPort: sink.port })
    await server.apply(atOne)
    await server.send(carts(0, 200))
    await until(() => outboxSize(server.served.system.loop.state.delivery).queued === 200, {
      what: 'decisions',
    })
    const after = await pause(server, clock, sink.port)
    const left = async (count: number, at: number): Promise<void> => {
      clock.set(at)
      await until(() => sink.mails.length >= count, { what: `${count} mails`, ms: 20_000 })
      await sleep(150)
      assert.equal(sink.mails.length, count)
    }
    const start = clock.now()
    // 60 · (2^m − 1) in m minutes, and the first at once.
    await left(1, start)
    await left(61, start + MINUTE_MS)
    await left(181, start + 2 * MINUTE_MS)
    await left(200, start + 3 * MINUTE_MS)
    await after.close()
  }

  it('G16 what fell due while nothing ran leaves little by little', async () =>
    paused(async (server, clock, smtpPort) => {
      await server.close()
      clock.set(NOON + 80 * MINUTE_MS)
      return open({ dir: server.dir, clock, smtpPort })
    }))

  it('G16 and so does what fell due in a long STOP, by the log or by file (wide)', WIDE, async () => {
    await paused(async (server, clock) => {
      await server.ask('POST', '/api/stop', { body: { scope: 'all', reason: 'a test' } })
      clock.set(NOON + 80 * MINUTE_MS)
      await until(async () => (await seen(server)).waiting === 200, { what: 'them to wait' })
      assert.equal((await seen(server)).slowly, true)
      await server.ask('POST', '/api/resume', { body: { scope: 'all', waitingSeen: 200, seenUpTo: 1e9 } })
      return server
    })
    await paused(async (server, clock) => {
      writeFileSync(join(server.dir, 'STOP'), 'by hand')
      await sleep(100)
      clock.set(NOON + 80 * MINUTE_MS)
      await until(async () => (await seen(server)).waiting === 200, { what: 'them to wait' })
      rmSync(join(server.dir, 'STOP'))
      return server
    })
  })

  it('G16 what is late by the limits when its turn comes is withheld', async () => {
    const sink = await startSink()
    const clock = manualClock(NOON)
    const first = await open({ clock, smtpPort: sink.port })
    await first.apply(atOne.replace('lateness: 1h', 'lateness: 31m'))
    await first.send(carts(0, 100))
    await until(() => outboxSize(first.served.system.loop.state.delivery).queued === 100, {
      what: 'decisions',
    })
    await first.close()
    clock.set(NOON + 90 * MINUTE_MS)
    const second = await open({ dir: first.dir, clock, smtpPort: sink.port })
    await until(() => sink.mails.length === 1, { what: 'the first' })
    clock.set(NOON + 93 * MINUTE_MS)
    await until(() => sink.mails.length + withheld(second, 'late') === 100, { what: 'the rest' })
    assert.equal(sink.mails.length, 1)
    await second.close()
  })
})

const readEvents = async (log: EventLog): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read()) events.push(...page)
  return events
}
