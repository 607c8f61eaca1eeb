// STOP when the ground is bad: a slow database, a policy that cannot be read, a folder that does not
// answer; what was late meanwhile, no flood afterwards; and a test system that writes to nobody else.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Drill, ProposalsView, StopState } from '../../src/api/contract.ts'
import { manualClock } from '../../src/app/clock.ts'
import { lookAtAll, startPulse } from '../../src/app/pulse.ts'
import { stopFileIn } from '../../src/app/stop-file.ts'
import { watchStopFile } from '../../src/app/stop-watch.ts'
import { CAREFUL_POLICY } from '../../src/governance/index.ts'
import { MINUTE_MS } from '../../src/kernel/time.ts'
import type { EventLog } from '../../src/log/port.ts'
import { startSink } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import { cli, NOON, noonClock, open, tempFolder, until, type Serving } from './serving.ts'

const IN_TIME_MS = 1_000
const order = async (server: Serving, users: readonly string[]) =>
  server.send(users.flatMap((user) => [identify(user), track(user, 'Cart Viewed')]))
const people = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`)
const stopState = async (server: Serving): Promise<StopState> =>
  (await server.ask('GET', '/api/stop')).json as StopState

/** Stopped in the log, with these people's messages waiting: decided while only a file held them. */
const stoppedWith = async (server: Serving, users: readonly string[]): Promise<void> => {
  writeFileSync(join(server.dir, 'STOP'), 'a moment')
  await sleep(50)
  await order(server, users)
  await until(async () => (await stopState(server)).waiting === users.length, { what: 'all to wait' })
  await server.ask('POST', '/api/stop', { body: { scope: 'all', reason: 'a night' } })
  rmSync(join(server.dir, 'STOP'))
}

/** Every append takes so long from here on, as on a disk that is at its end. */
const slowLog = (server: Serving, ms: () => number): void => {
  const log = server.served.system.loop.log as { append: EventLog['append'] }
  const { append } = log
  log.append = async (events) => {
    await sleep(ms())
    return append(events)
  }
}

/** Nothing else in this process has a turn meanwhile. */
const standStill = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('silence', () => {
  it('E45 by the console, with a database that takes three seconds for each append', async () => {
    const sink = await startSink({ recipientMs: 40 })
    const dir = tempFolder()
    const clock = noonClock()
    let server = await open({ dir, clock, smtpPort: sink.port })
    await server.apply(shopPlan())
    let ms = 0
    slowLog(server, () => ms)
    await order(server, people('s', 120))
    await until(() => sink.mails.length > 10, { what: 'mails to flow' })
    ms = 3_000
    const at = performance.now()
    const answered = await server.ask('POST', '/api/stop', { body: { scope: 'all', reason: 'slow' } })
    const answeredMs = performance.now() - at
    assert.equal(answered.status, 200, answered.text)
    assert.ok(answeredMs < IN_TIME_MS, `answered after ${answeredMs.toFixed(0)} ms`)
    assert.ok(existsSync(join(dir, 'STOP')), 'it would not outlive a crash')
    await sleep(IN_TIME_MS + 300)
    const last = Math.max(...sink.mails.map((mail) => mail.at))
    assert.ok(last - at < IN_TIME_MS, `a mail was accepted ${(last - at).toFixed(0)} ms after STOP`)
    await until(() => !existsSync(join(dir, 'STOP')), { what: 'the log to take it over from the file' })
    assert.deepEqual(
      (await stopState(server)).stops.map(({ origin }) => origin),
      ['log'],
    )
    const sent = sink.mails.length
    ms = 0
    await server.close()
    server = await open({ dir, clock, smtpPort: sink.port })
    await sleep(300)
    assert.equal(sink.mails.length, sent, 'the restart forgot STOP')
    await server.close()
    await sink.close()
  })

  it('S4 E46 by a file of a scope holds only that, and by any other name everything', async () => {
    const dir = tempFolder()
    const file = stopFileIn(dir)
    file.write('a look', { kind: 'campaign', campaignId: 'winback' })
    file.write('bounces', { kind: 'channel', channel: 'email' })
    assert.deepEqual(readdirSync(dir).toSorted(), ['STOP-campaign-winback', 'STOP-channel-email'])
    assert.deepEqual(
      file.list().map(({ scope, reason }) => [scope.kind, reason]),
      [
        ['campaign', 'a look'],
        ['channel', 'bounces'],
      ],
    )
    assert.equal(file.read(), null)
    for (const name of ['STOP.txt', 'STOP-channel-pigeon', 'STOP-campaign-%', 'STOPPED']) {
      writeFileSync(join(dir, name), 'by hand')
      assert.equal(file.read(), 'by hand', name)
      file.remove()
      assert.equal(file.read(), null, name)
    }
    assert.equal(readdirSync(dir).length, 2)
    file.remove({ kind: 'channel', channel: 'email' })
    assert.deepEqual(readdirSync(dir), ['STOP-campaign-winback'])
  })

  it('E47 what is late after a STOP waits for a person, or is dropped', async () => {
    const sink = await startSink()
    const clock = manualClock(NOON)
    const server = await open({ clock, smtpPort: sink.port })
    await server.apply(shopPlan({ lateness: '30m' }))
    await stoppedWith(server, people('n', 5))
    clock.set(NOON + 120 * MINUTE_MS)
    const state = await stopState(server)
    assert.deepEqual([state.waiting, state.late], [5, 5])
    const resumed = await server.ask('POST', '/api/resume', {
      body: { scope: 'all', waitingSeen: 5, seenUpTo: 1e9, late: 'ask' },
    })
    assert.equal(resumed.status, 200, resumed.text)
    let view: ProposalsView | undefined
    await until(
      async () => {
        view = (await server.ask('GET', '/api/proposals')).json as ProposalsView
        return view.open.length === 1
      },
      { what: 'a proposal of the late ones' },
    )
    const [late] = view?.open ?? []
    assert.ok(late !== undefined)
    assert.deepEqual([late.kind, late.touches.count, late.level], ['messages.release', 5, 2])
    assert.equal(sink.mails.length, 0)
    await server.ask('POST', `/api/proposals/${late.proposalId}`, { body: { answer: 'approve' } })
    // After so long a pause sending begins slowly: one at first, the rest as minutes pass.
    clock.set(NOON + 135 * MINUTE_MS)
    await until(() => sink.mails.length === 5, { what: 'what was approved to leave' })
    await server.close()
    await sink.close()
    assert.deepEqual(server.reports, [])
  })

  it('S9 E48 releases no flood: what waited leaves at the pace of the policy, what comes now does not wait', async () => {
    const sink = await startSink()
    const server = await open({ clock: noonClock(), smtpPort: sink.port })
    await server.apply(`governance: {resume: {per_minute: 300}}\n${shopPlan()}`)
    // What renders and sends has started by then: the rate alone is measured.
    await order(server, ['first'])
    await until(() => sink.mails.length === 1, { what: 'the first', ms: 30_000 })
    await stoppedWith(server, people('w', 60))
    await server.ask('POST', '/api/resume', { body: { scope: 'all', waitingSeen: 60, seenUpTo: 1e9 } })
    const at = performance.now()
    await sleep(2_000)
    const seconds = (performance.now() - at) / 1_000
    const left = sink.mails.length - 1
    // Five a second, the first second's worth at once.
    assert.ok(left >= 6 && left <= 5 + 5 * (seconds + 0.5), `${left} in ${seconds.toFixed(1)} s`)
    await order(server, ['fresh'])
    await until(() => sink.to('fresh@shop.example').length === 1, { what: 'a fresh one', ms: 3_000 })
    assert.ok(sink.mails.length < 60)
    await server.close()
    await sink.close()
  })

  it('S12 E49 falls silent when what a sender must know cannot be read, or the reading does not come back', async () => {
    let broken: 'no' | 'throws' | 'hangs' = 'no'
    const pulse = startPulse({
      look: async () => {
        if (broken === 'throws') throw new RangeError('the disk is gone')
        if (broken === 'hangs') await sleep(60_000, undefined, { ref: false })
      },
      lookNow: () => {
        if (broken !== 'no') throw new RangeError('the disk is gone')
      },
      everyMs: 10,
      staleMsMax: 150,
    })
    const { outside } = watchStopFile(null, pulse.isAlive)
    await sleep(300)
    assert.equal(outside().policyReadable, true)
    broken = 'throws'
    await until(() => !outside().policyReadable, { what: 'silence', ms: 1_000 })
    assert.equal(pulse.trouble(), 'the disk is gone')
    broken = 'no'
    await until(() => outside().policyReadable, { what: 'life', ms: 1_000 })
    // It was the process that stood still: whoever asks first looks at once, and believes what is seen.
    standStill(300)
    assert.equal(pulse.isAlive(), true)
    broken = 'throws'
    standStill(300)
    assert.equal(pulse.isAlive(), false)
    broken = 'no'
    await until(() => outside().policyReadable, { what: 'life again', ms: 1_000 })
    broken = 'hangs'
    await until(() => !outside().policyReadable, { what: 'silence again', ms: 1_000 })
    pulse.stop()

    const server = await open({ clock: noonClock() })
    const { loop } = server.served.system
    const { look, lookNow } = lookAtAll(server.dir, () => loop.state, loop.log.head)
    await look()
    lookNow()
    const gone = lookAtAll(join(server.dir, 'gone'), () => loop.state, loop.log.head)
    await assert.rejects(gone.look())
    assert.throws(gone.lookNow)
    const { governance } = loop.state
    const policy = { ...CAREFUL_POLICY, levels: { ...CAREFUL_POLICY.levels, message: 9 } }
    Object.assign(governance, { policy })
    await assert.rejects(look(), /policy cannot be read/)
    Object.assign(governance, { policy: CAREFUL_POLICY })
    const behind = lookAtAll(
      null,
      () => loop.state,
      () => loop.log.head() + 1,
    )
    await behind.look()
    await assert.rejects(behind.look(), /not folded/)
    assert.throws(behind.lookNow, /not folded/)
    await server.close()
  })

  it('S4 E46 holds a campaign of a running server by its file', async () => {
    const sink = await startSink()
    const server = await open({ clock: noonClock(), smtpPort: sink.port })
    await server.apply(shopPlan())
    writeFileSync(join(server.dir, 'STOP-campaign-thanks'), '')
    await order(server, ['x'])
    await sleep(300)
    assert.equal(sink.mails.length, 0)
    await server.close()
    await sink.close()
  })

  it('E51 a test environment writes to nobody but its list, on any channel', async () => {
    const sink = await startSink()
    const server = await open({
      clock: noonClock(),
      smtpPort: sink.port,
      flags: { environment: 'test', allowlist: ['Me@shop.example', '@inside.example'] },
    })
    await server.apply(shopPlan())
    await order(server, ['me', 'you'])
    await server.send([
      identify('in', { email: 'in@inside.example' }),
      track('in', 'Cart Viewed'),
      identify('sub', { email: 'x@sub.inside.example' }),
      track('sub', 'Cart Viewed'),
    ])
    await until(() => sink.mails.length === 2, { what: 'the two of the list' })
    await until(
      async () =>
        (await server.ask('GET', '/api/decisions')).text.split('"delivery":"withheld"').length === 3,
      {
        what: 'the others to be withheld',
      },
    )
    assert.deepEqual(sink.mails.map(({ to }) => to).toSorted(), ['in@inside.example', 'me@shop.example'])
    assert.equal(server.served.system.loop.state.hits.days.values().next().value?.get('not_allowed_here'), 2)
    await server.close()
    await sink.close()
  })

  it('S4 E52 a drill measures each surface, stops nothing, and is kept', async () => {
    const sink = await startSink()
    const server = await open({ clock: noonClock(), smtpPort: sink.port })
    await server.apply(shopPlan())
    const drilling = cli(['drill', '--data', server.dir, '--json'])
    await sleep(300)
    await order(server, people('d', 5))
    await until(() => sink.mails.length === 5, { what: 'mails beside the drill' })
    const { json, stderr } = await drilling
    const { surfaces } = json as Drill
    assert.deepEqual(
      surfaces.map(({ surface, tries }) => [surface, tries]),
      [
        ['http', 20],
        ['file', 20],
        ['signal', 20],
        ['cli', 3],
      ],
      stderr,
    )
    for (const { surface, p99Ms } of surfaces.filter((one) => one.surface !== 'cli'))
      assert.ok(p99Ms < IN_TIME_MS, `${surface} took ${p99Ms} ms`)
    const view = (await server.ask('GET', '/api/guardrails')).json as {
      drills: Drill[]
      drillAgeDays: number | null
    }
    assert.equal(view.drills.length, 1)
    assert.equal((await stopState(server)).active, false)
    assert.equal(server.served.system.loop.state.governance.resumedAt, 0, 'a drill is no pause')
    await server.close()
    await sink.close()
    assert.deepEqual(server.reports, [])
  })
})
