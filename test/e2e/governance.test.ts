// Governance from end to end: what waits for a person waits, what they saw goes, what they take back does
// not; a plan that allows more waits too; and all of it replays.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlanResult, PolicyResult, ProposalsView, ProposalView } from '../../src/api/contract.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { replayLog } from '../../src/app/replay.ts'
import { dumpState } from '../../src/loop.ts'
import { encodeDump } from '../../src/log/dump-codec.ts'
import { startSink, type MailSink } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import { cli, noonClock, open, tempFolder, until, type Serving } from './serving.ts'

const governed = (section: string): string => `governance:\n${section.replaceAll(/^/gm, '  ')}\n${shopPlan()}`

describe('governance', () => {
  let server: Serving
  let sink: MailSink
  const dir = tempFolder()

  const proposals = async (): Promise<ProposalsView> =>
    (await server.ask('GET', '/api/proposals')).json as ProposalsView
  const waiting = async (kind: string, count?: number): Promise<ProposalView> => {
    let found: ProposalView | undefined
    await until(
      async () => {
        found = (await proposals()).open.find(
          (one) => one.kind === kind && (count === undefined || one.touches.count === count),
        )
        return found !== undefined
      },
      { what: `a proposal ${kind} of ${count}` },
    )
    assert.ok(found !== undefined)
    return found
  }
  const answer = async (id: string, body: object) => server.ask('POST', `/api/proposals/${id}`, { body })
  const order = async (...users: string[]) =>
    server.send(users.flatMap((user) => [identify(user), track(user, 'Cart Viewed')]))
  const mailsTo = (user: string) => sink.to(`${user}@shop.example`).length
  const shown = async (): Promise<string> => {
    const { json } = await server.ask('POST', '/v1/decide', {
      as: 'decide',
      body: { placement: 'home', userId: 'w' },
    })
    return (json as { readonly actionId: string }).actionId
  }
  /** What lowers risk is in force at once; what does not is approved here. */
  const policy = async (yaml: string): Promise<void> => {
    const answered = (await server.ask('POST', '/api/policy', { body: { yaml } })).json as PolicyResult
    assert.deepEqual(answered.problems, [])
    if (answered.waits !== null)
      assert.equal((await answer(answered.waits, { answer: 'approve' })).status, 200)
  }

  before(async () => {
    sink = await startSink()
    server = await open({ dir, clock: noonClock(), smtpPort: sink.port })
  })
  after(async () => sink.close())

  it('GA1 asks once per campaign and day, not once per person; PR5 a yes covers what was seen', async () => {
    await server.apply(governed('levels: {message: 2, placement: 2}'))
    await order('a1', 'a2', 'a3')
    const batch = await waiting('messages.release', 3)
    assert.deepEqual([batch.class, batch.campaignId, batch.eyes, batch.level], ['message', 'thanks', 1, 2])
    assert.deepEqual(batch.changes, [{ path: 'thanks/now', is: '0', willBe: '3' }])
    assert.equal(batch.touches.sample[0]?.label, 'a1@shop.example')
    assert.ok(batch.gain !== null && batch.gain.low <= batch.gain.high)
    assert.equal(sink.mails.length, 0)
    const { seenUpTo } = await proposals()
    await order('a4')
    await waiting('messages.release', 4)
    assert.equal((await answer(batch.proposalId, { answer: 'approve', seenUpTo })).status, 200)
    await until(() => sink.mails.length === 3, { what: 'what was seen to leave' })
    await sleep(150)
    assert.equal(mailsTo('a4'), 0, 'nobody saw this one')
    const next = await waiting('messages.release', 1)
    assert.notEqual(next.proposalId, batch.proposalId)
    const again = await answer(batch.proposalId, { answer: 'approve' })
    assert.equal(again.status, 409, again.text)
    const refused = await answer(next.proposalId, { answer: 'reject', text: '' })
    assert.match(refused.text, /no_reason/)
    assert.equal((await answer(next.proposalId, { answer: 'reject', text: 'not today' })).status, 200)
    await until(async () => /"delivery":"withheld"/.test((await server.ask('GET', '/api/decisions')).text), {
      what: 'the rejected one to be withheld',
    })
    assert.equal(mailsTo('a4'), 0)
    assert.equal((await server.brief()).pendingApprovals, 0)
  })

  it('PR8 an edit leaves some out, and says so', async () => {
    await order('b1')
    const batch = await waiting('messages.release', 1)
    assert.deepEqual(batch.editable, ['thanks/now'])
    const odd = await answer(batch.proposalId, { answer: 'edit', without: ['nonsense'] })
    assert.match(odd.text, /bad_edit/)
    const edited = (await answer(batch.proposalId, { answer: 'edit', without: ['thanks/now'] }))
      .json as ProposalView
    assert.deepEqual([edited.edited, edited.changes[0]?.willBe], [true, '0'])
    await answer(batch.proposalId, { answer: 'approve' })
    await sleep(200)
    assert.equal(mailsTo('b1'), 0)
  })

  it('GA1 a placement is asked for first and shown after the yes, until its campaign changes', async () => {
    assert.equal(await shown(), 'nothing')
    const asked = await waiting('placements.allow')
    await answer(asked.proposalId, { answer: 'approve' })
    assert.equal(await shown(), 'banner/now')
    assert.equal((await answer(asked.proposalId, { answer: 'undo' })).status, 200)
    assert.equal(await shown(), 'nothing')
  })

  it('PR4 a batch whose words have changed is stale, and nothing of it leaves', async () => {
    await order('c1', 'c2')
    const batch = await waiting('messages.release', 2)
    await server.apply(shopPlan({ greeting: 'Dear' }))
    await until(
      async () =>
        (await proposals()).closed.some(
          (one) => one.proposalId === batch.proposalId && one.status === 'stale',
        ),
      {
        what: 'a stale batch',
      },
    )
    const late = await answer(batch.proposalId, { answer: 'approve' })
    assert.match(late.text, /stale/)
    await sleep(200)
    assert.equal(mailsTo('c1') + mailsTo('c2'), 0)
  })

  it('GP4 a policy that allows more waits for a yes; GP6 and says what last week would have been', async () => {
    const dry = (
      await server.ask('POST', '/api/policy', {
        body: { yaml: 'levels: {message: 3, placement: 4}\nundo: 1m', dryRun: true },
      })
    ).json as PolicyResult
    assert.equal(dry.applied, false)
    assert.deepEqual(
      dry.because.map(({ code }) => code),
      ['policy_raises'],
    )
    const row = dry.impact?.rows.find(({ class: of }) => of === 'message')
    assert.ok(row !== undefined && row.decisions >= 7, JSON.stringify(dry.impact))
    assert.deepEqual([row.now.waited, row.then.undoable, row.then.waited], [row.decisions, row.decisions, 0])
    const offset = server.served.system.loop.state.offset
    const asked = (
      await server.ask('POST', '/api/policy', {
        body: { yaml: 'levels: {message: 3, placement: 4}\nundo: 1m' },
      })
    ).json as PolicyResult
    assert.ok(asked.waits !== null && !asked.applied && server.served.system.loop.state.offset === offset + 1)
    await order('d1')
    await waiting('messages.release', 1)
    const change = (await proposals()).open.find(({ proposalId }) => proposalId === asked.waits)
    assert.deepEqual(
      change?.changes.map(({ path, is, willBe }) => [path, is, willBe]),
      [
        ['governance.levels.message', '2', '3'],
        ['governance.levels.placement', '2', '4'],
        ['governance.undo', '15m', '1m'],
      ],
    )
    await answer(asked.waits, { answer: 'approve' })
    assert.equal(await shown(), 'banner/now')
    const lower = (
      await server.ask('POST', '/api/policy', {
        body: { yaml: 'levels: {message: 3, placement: 4, reply: 0}\nundo: 1m' },
      })
    ).json as PolicyResult
    assert.deepEqual([lower.applied, lower.waits], [true, null], 'less risk is in force at once')
  })

  it('PR7 what acts by itself is reported, and taken back before it leaves', async () => {
    const { closed } = await proposals()
    await order('e1', 'e2')
    let report: ProposalView | undefined
    await until(
      async () => {
        report = (await proposals()).closed.find(
          ({ kind, status }) => kind === 'messages.report' && status === 'done',
        )
        return report !== undefined
      },
      { what: 'a report' },
    )
    assert.ok(
      report !== undefined &&
        report.undoableUntil !== null &&
        !closed.some((one) => one.proposalId === report?.proposalId),
    )
    assert.equal((await answer(report.proposalId, { answer: 'undo', text: 'wrong price' })).status, 200)
    await until(() => server.served.system.loop.state.delivery.queue.items.length === 0, {
      what: 'an empty outbox',
    })
    assert.equal(mailsTo('e1') + mailsTo('e2'), 0)
    await policy('levels: {message: 3}\nundo: "0"')
    await order('f1')
    await until(() => mailsTo('f1') === 1, { what: 'a mail whose undo time is over' })
  })

  it('GA4 a level is asked for, given by a person, and stands in the policy', async () => {
    await policy('levels: {message: 4}')
    const asked = (await server.ask('POST', '/api/autonomy', { body: { class: 'spend' } }))
      .json as ProposalView
    assert.deepEqual(asked.changes, [{ path: 'spend', is: '2', willBe: '3' }])
    assert.equal(asked.risk.note, 'its level was not earned, or was lost')
    await answer(asked.proposalId, { answer: 'approve' })
    const { yaml, versions } = (await server.ask('GET', '/api/policy')).json as {
      yaml: string
      versions: { proposalId: string }[]
    }
    assert.match(yaml, /spend: 3/)
    assert.equal(versions[0]?.proposalId, asked.proposalId)
    assert.equal((await answer(asked.proposalId, { answer: 'undo' })).status, 200)
    assert.match(((await server.ask('GET', '/api/policy')).json as { yaml: string }).yaml, /spend: 2/)
  })

  it('GP4 a plan with a campaign nobody knows waits where the policy asks, and is taken back whole', async () => {
    await policy(
      'levels: {message: 4}\nfirst: {campaign: ask, audience: ask, audience_jump: {share: 0.5, people: 2}}',
    )
    const before_ = ((await server.ask('GET', '/api/plan')).json as { yaml: string }).yaml
    const more = `  - id: brand-new
    goal: {event: Order Completed}
    trigger: {event: Page Left}
    actions: [{creative: thanks, channel: email}]
`
    const asked = (
      await server.ask('POST', '/api/plan', { body: { yaml: shopPlan({ greeting: 'Dear', more }) } })
    ).json as PlanResult
    assert.deepEqual(
      asked.because.map(({ code, detail }) => [code, detail]),
      [['first_campaign', 'brand-new']],
    )
    assert.ok(asked.waits !== null)
    assert.doesNotMatch(((await server.ask('GET', '/api/plan')).json as { yaml: string }).yaml, /brand-new/)
    await answer(asked.waits, { answer: 'approve' })
    assert.match(((await server.ask('GET', '/api/plan')).json as { yaml: string }).yaml, /brand-new/)
    const wider = more.replace('trigger', 'audience: profile.features.orders < 1.0\n    trigger')
    const jump = (
      await server.ask('POST', '/api/plan', {
        body: { yaml: shopPlan({ greeting: 'Dear', more: wider }), dryRun: true },
      })
    ).json as PlanResult
    assert.deepEqual(
      jump.because.map(({ code }) => code),
      ['first_audience'],
    )
    assert.equal((await answer(asked.waits, { answer: 'undo' })).status, 200)
    assert.equal(((await server.ask('GET', '/api/plan')).json as { yaml: string }).yaml, before_)
  })

  it('PR2 is answered from the command line as well', async () => {
    await policy('levels: {message: 2}')
    await order('g1')
    const batch = await waiting('messages.release', 2)
    const listed = await cli(['proposals', '--data', dir])
    assert.match(listed.stdout, new RegExp(`${batch.proposalId} +message +open`), listed.stderr)
    const one = await cli(['proposals', 'show', batch.proposalId, '--data', dir])
    assert.match(one.stdout, /Touches: +2 people, such as d1@shop\.example, g1@shop\.example/)
    const approved = await cli(['proposals', 'approve', batch.proposalId, '--data', dir])
    assert.match(approved.stdout, /is done/, approved.stderr)
    await until(() => mailsTo('g1') === 1, { what: 'the approved mail' })
    const levels = await cli(['autonomy', '--data', dir])
    assert.match(levels.stdout, /message +2 /)
    const gone = await cli(['proposals', 'reject', 'P999', '--reason', 'x', '--data', dir, '--json'])
    assert.match(gone.stdout, /unknown_proposal/)
  })

  it('GS1 replays: decisions byte for byte, the state from log and snapshot alike', async () => {
    await server.served.system.snapshot()
    await order('h1')
    await waiting('messages.release', 1)
    const { state } = server.served.system.loop
    await server.close()
    assert.deepEqual(server.reports, [])
    const bytes = (of: typeof state) =>
      Object.entries(dumpState(of)).map(([name, dump]) => [
        name,
        Buffer.from(encodeDump(dump)).toString('base64'),
      ])
    const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
    assert.ok(opened.snapshotOffset > 0)
    assert.deepEqual(bytes(opened.loop.state), bytes(state))
    const report = await replayLog(opened.loop.log, { limit: 1e9, hash: server.served.system.hash })
    await opened.close()
    assert.deepEqual(report.differences, [])
    assert.ok(report.decisions > 10 && report.identical === report.decisions)
  })
})
