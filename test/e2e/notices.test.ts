// Told outside the console, from end to end: a proposal by mail with a link that answers nothing by itself, STOP to who
// is on call, and a process killed in the middle of a call.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { NoticesView, OwnNotices, ProposalsView } from '../../src/api/contract.ts'
import { startFaultySmtp, type SmtpFault } from '../../src/delivery/testing/faulty-smtp.ts'
import { openMail, startSink } from './mail-sink.ts'
import { personOf } from './people.ts'
import { shopPlan } from './plans.ts'
import { cli, noonClock, open, start, tempFolder, until, type Client } from './serving.ts'

const noticesOf = async ({ ask }: Pick<Client, 'ask'>): Promise<NoticesView> =>
  (await ask('GET', '/api/notices')).json as NoticesView
/** Everything that the log keeps on the disk. */
const logBytes = (dir: string): string =>
  readdirSync(dir)
    .filter((name) => /^log\b|\.sqlite|\.db/.test(name))
    .map((name) => readFileSync(join(dir, name), 'latin1'))
    .join('')
const stop = async ({ ask }: Pick<Client, 'ask'>, reason: string) =>
  ask('POST', '/api/stop', { body: { scope: 'channel:push', reason } })

describe('notices', () => {
  it('NT13 a link in a mail leads to its proposal, changes nothing, and says when the proposal has moved', async () => {
    const sink = await startSink()
    const clock = noonClock()
    const server = await open({ clock, smtpPort: sink.port, flags: { firstPolicy: 'none' } })
    const approver = await personOf(server.served, 'approver')
    await server.apply(`governance: {levels: {placement: 2}}\n${shopPlan()}`)
    // Raising a level waits for a person.
    const raise = { body: { yaml: 'levels: {placement: 4}' } }
    assert.equal((await server.ask('POST', '/api/policy', raise)).status, 200)
    const open_ = async () => ((await server.ask('GET', '/api/proposals')).json as ProposalsView).open
    const [waiting] = await open_()
    assert.ok(waiting !== undefined)
    // A minute passes before anybody is told.
    assert.deepEqual(
      (await noticesOf(server)).open.map(({ calls }) => calls.length),
      [0],
    )
    await server.close()
    const later = await open({
      dir: server.dir,
      clock: { now: () => clock.now() + 61_000, rate: 1 },
      smtpPort: sink.port,
      flags: { firstPolicy: 'none' },
    })
    await until(() => sink.to(approver.email).length > 0, { what: 'the notice by mail' })
    const [mail] = sink.to(approver.email)
    assert.ok(mail !== undefined)
    const { text, subject } = await openMail(mail)
    assert.match(subject, new RegExp(`\\[${waiting.proposalId}\\]$`))
    const link = new URL(/https?:\/\/\S+\/a\/\S+/.exec(text)?.[0] ?? '')
    for (let scans = 0; scans < 20; scans++) {
      const { status, headers } = await later.ask('GET', link.pathname, { as: 'none' })
      assert.equal(status, 303)
      assert.equal(headers.get('location'), `/approvals/${waiting.proposalId}`)
    }
    assert.equal((await later.ask('HEAD', link.pathname, { as: 'none' })).status, 303)
    assert.equal((await later.ask('GET', `${link.pathname}x`, { as: 'none' })).status, 404)
    assert.equal((await later.ask('POST', link.pathname, { as: 'none' })).status, 404)
    const answered = await later.ask('GET', `/api/proposals/${waiting.proposalId}`)
    assert.deepEqual((answered.json as { readonly approvals: readonly unknown[] }).approvals, [])
    await later.ask('POST', `/api/proposals/${waiting.proposalId}`, {
      body: { answer: 'reject', text: 'no' },
    })
    const moved = await later.ask('GET', link.pathname, { as: 'none' })
    assert.equal(moved.headers.get('location'), `/approvals/${waiting.proposalId}?link=moved`)
    assert.equal(sink.to(approver.email).length, 1)
    await later.close()
    await sink.close()
  })

  it('NT13, NT15 people choose their ways; a test arrives; nobody else’s settings are theirs', async () => {
    const sink = await startSink()
    const server = await open({ smtpPort: sink.port })
    const viewer = await personOf(server.served, 'viewer')
    const owner = await personOf(server.served, 'owner')
    const as = (person: typeof viewer, body?: object) => ({
      as: 'none' as const,
      headers: person.headers,
      ...(body === undefined ? {} : { body }),
    })
    const mine = async (person: typeof viewer) =>
      (await server.ask('GET', '/api/account/notices', as(person))).json as OwnNotices
    assert.deepEqual((await mine(viewer)).ways, ['telegram'], 'a viewer is not called unasked')
    assert.deepEqual((await mine(owner)).ways, ['mail', 'telegram'])
    // In its hour the brief would come between the mails that are counted here.
    const notNow = (new Date().getUTCHours() + 6) % 24
    const chosen = { ways: ['mail'], quiet: { fromHour: 22, toHour: 8 }, briefHour: notNow }
    assert.equal((await server.ask('POST', '/api/account/notices', as(viewer, chosen))).status, 200)
    const { ways, quiet, briefHour, known } = await mine(viewer)
    assert.deepEqual({ ways, quiet, briefHour }, chosen)
    assert.deepEqual(
      known.map(({ way, reaches }) => [way, reaches]),
      [
        ['mail', true],
        ['telegram', false],
        ['webhook', false],
      ],
    )
    assert.equal((await mine(owner)).briefHour, null)
    const tested = await server.ask('POST', '/api/account/notices/test', as(viewer, { way: 'mail' }))
    assert.equal((tested.json as { readonly outcome: string }).outcome, 'done')
    assert.equal(sink.to(viewer.email).length, 1)
    const { code, stdout } = await cli(['notify', 'test', '--data', server.dir, '--to', owner.email])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /It arrived/)
    assert.equal(sink.to(owner.email).length, 1)
    await stop(server, 'a reason')
    await until(() => sink.to(owner.email).length === 2, { what: 'STOP to be told' })
    const list = await cli(['notify', 'list', '--data', server.dir])
    assert.match(list.stdout, /STOP: channel push.*owner by mail: done/)
    assert.match(list.stdout, /Urgent now: owner by mail/)
    await server.close()
    await sink.close()
    const bytes = logBytes(server.dir)
    for (const secret of [owner.email, viewer.email, 'This is how Windvane reaches you'])
      assert.ok(!bytes.includes(secret), `NT15 the log has no ${secret}`)
    assert.ok(bytes.includes('notice.call_ended.v1'))
  })

  it('NT2 a process killed between sending and recording leaves the call unknown, not doubled', async () => {
    const fault: { now: SmtpFault | undefined } = { now: { at: 'dot', kind: 'silence', accepted: true } }
    const smtp = await startFaultySmtp({ plan: () => fault.now })
    const dir = tempFolder()
    const prepared = await open({ dir })
    const owner = await personOf(prepared.served, 'owner')
    const { keys } = prepared
    await prepared.close()
    const env = { WINDVANE_SMTP_HOST: '127.0.0.1', WINDVANE_SMTP_PORT: String(smtp.port) }
    const first = await start({ dir, keys, env })
    await stop(first, 'killed in the middle')
    await until(() => smtp.accepted.length === 1, { what: 'the mail to be accepted' })
    first.process.kill('SIGKILL')
    await until(() => first.process.signalCode !== null, { what: 'the process to be gone' })
    fault.now = undefined
    const second = await start({ dir, keys, env })
    await until(async () => (await noticesOf(second)).closed.length > 0, { what: 'it to be over' })
    const [told] = (await noticesOf(second)).closed
    assert.deepEqual(
      told?.calls.map(({ status, name }) => `${name} ${status}`),
      ['owner unknown'],
    )
    // Another one passes, so that there was time for the first to be sent again.
    await second.ask('POST', '/api/stop', { body: { scope: 'channel:sms', reason: 'the next' } })
    await until(() => smtp.accepted.length > 1, { what: 'the next notice' })
    assert.deepEqual(
      smtp.accepted.map(({ to, raw }) => [to, /killed in the middle/.test(raw)]),
      [
        [owner.email, true],
        [owner.email, false],
      ],
    )
    await second.end()
    await smtp.close()
  })
})
