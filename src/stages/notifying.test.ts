// Who is called for what, when, by which way; and what is left after a crash in the middle of a call.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import {
  INCIDENT_CALM,
  INCIDENT_GREW,
  INCIDENT_OWNED,
  NOTICE_BEGUN,
  type PlaybookSpec,
} from '../brand/events.ts'
import { SPEND_INCIDENT_CLOSED, SPEND_INCIDENT_OPENED } from '../delivery/events.ts'
import { APPROVED, BREACHED, DRILLED, RAMP_MOVED, REJECTED, SNOOZED } from '../governance/events.ts'
import { SIGN_IN_FAILED } from '../governance/access/events.ts'
import { NOON, user, wish } from '../governance/testing/story.ts'
import { STOP_LIFTED } from '../guardrail/events.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { WIDE } from '../kernel/testing/wide.ts'
import { createMemoryLog } from '../log/index.ts'
import type { Dump } from '../log/dump.ts'
import { createState, foldEvent } from '../loop.ts'
import { NOTICE_ACKNOWLEDGED, PREFERENCES_SET } from '../notice/events.ts'
import { createNotices, dumpNotices, foldNotices, preferencesOf, restoreNotices } from '../notice/index.ts'
import { recoverCalls } from './notifying.ts'
import { wishFor } from './proposing.ts'
import { eventsOf } from './testing/brand-story.ts'
import { ANNA, BORIS, MONDAY, OLGA, openOffice, person, POLICY, VERA } from './testing/office.ts'

const EVENING = Date.parse('2026-06-01T20:00:00Z')

const proposal = async (office: Awaited<ReturnType<typeof openOffice>>, ground = 'g'): Promise<string> =>
  wishFor(office.loop, wish({ class: 'spend', ground, title: `Raise ${ground}` }))

describe('notices', () => {
  it('NT1 tells of a proposal that still waits after a minute, and of none that was answered at once', async () => {
    assert.equal(NOON, MONDAY)
    const office = await openOffice()
    const first = await proposal(office, 'one')
    const second = await proposal(office, 'two')
    await office.turn()
    assert.deepEqual(office.calls(), [], 'a batch comes together first')
    await office.fact(REJECTED, { proposalId: first, by: user('boris'), reason: 'no', via: 'console' })
    await office.pass(2 * MINUTE_MS)
    const [told, ...more] = office.told
    assert.deepEqual(more, [])
    assert.equal(told?.to, 'anna')
    assert.match(told?.letter.title ?? '', new RegExp(`Raise two \\[${second}\\]`))
    assert.equal(told?.letter.url, `https://windvane.example/a/${second}`)
  })

  it('NT1 each fact that people must hear of is told, and what follows from it to those who were told', async () => {
    const office = await openOffice({ people: [ANNA, OLGA] })
    const tells = async (type: string, data: object, kind: string): Promise<void> => {
      await office.fact(type, data)
      await office.turn()
      const kinds = office.told.splice(0).map(({ letter }) => letter.kind)
      assert.deepEqual([...new Set(kinds)], kind === '' ? [] : [kind], `${type} ${kind}`)
      for (const { noticeId } of office.loop.state.notices.open.values())
        await office.fact(NOTICE_ACKNOWLEDGED, { noticeId, userId: 'anna', name: 'anna', via: 'cli' })
      // So that the budget is not what is tried here.
      office.clock.set(office.clock.now() + 20 * MINUTE_MS)
    }
    const spend = { incidentId: 's1', kind: 'mismatch', lineId: 'search', detail: '90 instead of 70' }
    await tells(SPEND_INCIDENT_OPENED, spend, 'spend')
    await tells(SPEND_INCIDENT_CLOSED, { incidentId: 's1', by: 'olga' }, '')
    await office.stop()
    await office.turn()
    assert.deepEqual(office.calls(), ['anna by mail'])
    await tells(STOP_LIFTED, { scope: { kind: 'all' }, by: 'Olga' }, 'resume')
    await tells(STOP_LIFTED, { scope: { kind: 'campaign', campaignId: 'x' }, by: 'Olga' }, '')
    const halted = { campaignId: 'sale', stage: 1, share: 0, reason: { code: 'complaints', detail: '.2 %' } }
    await tells(RAMP_MOVED, halted, 'campaign_stopped')
    const lost = { class: 'message', campaignId: '', kind: 'breach', detail: 'late', capTo: 2 }
    await tells(BREACHED, lost, 'level_lost')
    const drill = { by: user('olga'), surfaces: [], passed: false }
    await tells(DRILLED, drill, 'drill')
    await tells(DRILLED, { ...drill, passed: true }, '')
    const guess = { userId: 'anna', reason: 'waiting', network: '192.0.2.0/24', others: 0 }
    await tells(SIGN_IN_FAILED, guess, 'lockout')
    await tells(SIGN_IN_FAILED, guess, '')
    await tells(SIGN_IN_FAILED, { ...guess, userId: 'boris', reason: 'password' }, '')
  })

  it('NT2 calls once: turns, restarts and replays call nobody twice, and what a crash cut off is unknown', async () => {
    const log = createMemoryLog({ roundTrip: true })
    const before = await openOffice({ log })
    before.faults.set('mail', 'hang')
    await before.incident('I1')
    await before.turn()
    await before.turn()
    assert.deepEqual(before.calls(), ['anna by mail'])
    // The process is gone; another one folds the log and begins.
    const state = createState()
    for (const event of await eventsOf(log)) foldEvent(state, event)
    assert.equal(recoverCalls(state, MONDAY).length, 1)
    before.loop.close()
    const after = await openOffice({ log, state, policy: null, now: MONDAY + MINUTE_MS })
    await after.loop.record(recoverCalls(after.loop.state, MONDAY))
    assert.deepEqual(after.status(), ['I1 anna mail 0 unknown'])
    await after.pass(8 * MINUTE_MS)
    assert.deepEqual(after.calls(), [], 'unknown is not sent again')
    await after.pass(5 * MINUTE_MS)
    assert.deepEqual(after.calls(), ['boris by mail'], 'others are called instead')
    assert.equal(recoverCalls(after.loop.state, MONDAY).length, 0)
  })

  it('NT2 a refusal certainly did not arrive: the next way of the same person is tried, once', async () => {
    const both = person('anna', 'approver', { ways: ['mail', 'telegram'] })
    const office = await openOffice({ people: [both, OLGA] })
    office.faults.set('mail', 'refuse')
    await proposal(office)
    await office.pass(3 * MINUTE_MS)
    assert.deepEqual(office.status(), ['P1 anna mail 0 failed', 'P1 anna telegram 0 done'])
    office.faults.set('mail', 'lose')
    office.faults.set('telegram', 'lose')
    await office.incident('I1')
    await office.pass(3 * MINUTE_MS)
    assert.deepEqual(
      office.status().filter((line) => line.startsWith('I1')),
      ['I1 anna mail 0 unknown', 'I1 anna telegram 0 unknown'],
      'urgent: all ways, none of them again',
    )
  })

  it('NT3 on call first, after the time of the policy whoever may act, then the owners', async () => {
    const office = await openOffice()
    await office.incident('I1')
    await office.turn()
    assert.deepEqual(office.calls(), ['anna by mail'])
    await office.pass(9 * MINUTE_MS)
    assert.deepEqual(office.calls(), [])
    await office.pass(MINUTE_MS)
    assert.deepEqual(office.told[0]?.letter.lines.slice(0, 2), ['Urgent.', 'Nobody has answered yet.'])
    assert.deepEqual(office.calls(), ['boris by mail'])
    await office.pass(10 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['olga by mail'])
    await office.pass(2 * HOUR_MS)
    assert.deepEqual(office.calls(), [], 'nobody is left')
  })

  it('NT3 an answer, an owner or a word "mine" ends the calling; a snooze puts it off', async () => {
    const office = await openOffice()
    await office.incident('I1')
    await office.incident('I2')
    await office.turn()
    await office.fact(INCIDENT_OWNED, { incidentId: 'I1', by: 'anna' })
    const [open] = [...office.loop.state.notices.open.values()]
    const mine = { noticeId: open?.noticeId ?? '', userId: 'anna', name: 'anna', via: 'console' }
    await office.fact(NOTICE_ACKNOWLEDGED, mine)
    office.calls()
    await office.pass(HOUR_MS)
    assert.deepEqual(office.calls(), [])
    const snoozed = await proposal(office)
    const until = office.clock.now() + 2 * HOUR_MS
    await office.fact(SNOOZED, { proposalId: snoozed, by: user('anna'), until })
    await office.pass(110 * MINUTE_MS)
    assert.deepEqual(office.calls(), [])
    await office.pass(11 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['anna by mail'])
  })

  it('NT3 whoever has said yes is not called for the second pair of eyes', async () => {
    const policy = {
      ...POLICY,
      fourEyes: { costAbove: null, peopleAbove: null, classes: ['spend' as const] },
    }
    const office = await openOffice({ policy })
    const proposalId = await proposal(office)
    const yes = { proposalId, note: '', seenUpTo: 99, eyes: 2, via: 'console' }
    await office.fact(APPROVED, { ...yes, by: user('anna') })
    await office.pass(2 * MINUTE_MS)
    assert.deepEqual(office.calls().toSorted(), ['boris by mail', 'olga by mail'])
    await office.fact(APPROVED, { ...yes, by: user('boris') })
    await office.pass(2 * HOUR_MS)
    assert.deepEqual(office.calls(), [])
  })

  it('NT3 a playbook’s notify step names whom it names when its hour has come', async () => {
    const playbook = {
      id: 'storm',
      steps: [{ kind: 'notify', to: ['vera'], afterMs: 5 * MINUTE_MS, unlessOwned: true }],
    } as unknown as PlaybookSpec
    const office = await openOffice({ people: [ANNA, VERA] })
    await office.incident('I1', { playbook })
    await office.turn()
    assert.deepEqual(office.calls(), ['anna by mail'])
    await office.fact(NOTICE_BEGUN, { incidentId: 'I1', step: 0 })
    await office.turn()
    assert.deepEqual(office.calls(), ['vera by mail'])
  })

  it('NT4 what can wait goes in working hours and outside quiet ones; what is urgent, and what ends soon, goes now', async () => {
    const quiet = person('anna', 'approver', { quiet: { fromHour: 9, toHour: 10 } })
    const office = await openOffice({ people: [quiet], now: EVENING })
    await proposal(office)
    await office.incident('I1')
    await office.incident('I2', { kind: 'opportunity', severity: 3 })
    await office.turn()
    assert.deepEqual(
      office.told.splice(0).map(({ letter }) => letter.title),
      ['Shop: crisis, severity 2 [I1]'],
    )
    await office.pass(13 * HOUR_MS + 30 * MINUTE_MS, 5 * MINUTE_MS)
    assert.deepEqual(office.calls(), [], 'half past nine is quiet')
    await office.pass(40 * MINUTE_MS, 5 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['anna by mail', 'anna by mail'])
    // What would be over before anybody comes to work is told at night.
    const night = await openOffice({
      people: [ANNA],
      now: EVENING,
      policy: { ...POLICY, expiryMs: 2 * HOUR_MS },
    })
    await proposal(night)
    await night.pass(5 * MINUTE_MS)
    assert.deepEqual(night.calls(), ['anna by mail'])
  })

  it(
    'NT5 a thousand incidents call one person as often as the budget says, and the last call says so (wide)',
    WIDE,
    async () => {
      const office = await openOffice({ people: [ANNA, OLGA] })
      for (let number = 0; number < 1_000; number++) await office.incident(`I${number}`)
      await office.turn()
      await office.turn()
      const lastLines = office.told.map(({ letter }) => letter.lines.at(-1) ?? '')
      assert.deepEqual(
        lastLines.map((line) => /called no more for a while/.test(line)),
        [false, false, false, false, false, true],
      )
      await office.pass(DAY_MS - 2 * HOUR_MS, 10 * MINUTE_MS)
      for (const one of [ANNA, OLGA])
        assert.equal(office.told.filter(({ to }) => to === one.userId).length, 24, one.userId)
      assert.ok(office.loop.state.notices.open.size <= 500)
      assert.ok(office.loop.state.notices.dropped >= 500, 'and what was left out is counted')
    },
  )

  it('NT5 what is not urgent takes at most half, so that what is always gets through', async () => {
    const office = await openOffice({ people: [ANNA] })
    for (let number = 0; number < 20; number++) await proposal(office, `g${number}`)
    await office.pass(5 * MINUTE_MS)
    assert.equal(office.calls().length, 3)
    assert.equal(
      [...office.loop.state.notices.open.values()].filter(({ withheld }) => withheld === 'budget').length,
      17,
    )
    await office.incident('I1')
    await office.turn()
    assert.deepEqual(office.calls(), ['anna by mail'])
  })

  it('NT6 a graver incident is told anew; that it is over is told to those who knew', async () => {
    const office = await openOffice({ people: [ANNA, OLGA] })
    await office.incident('I1')
    await office.turn()
    office.calls()
    const [open] = [...office.loop.state.notices.open.values()]
    const evidence = { mentions: 900, negativeShare: 0.9, voices: 500, phrases: ['fire'] }
    await office.fact(INCIDENT_GREW, { incidentId: 'I1', severity: 2, evidence })
    await office.turn()
    assert.deepEqual(office.calls(), [], 'the same again is no news')
    await office.fact(INCIDENT_GREW, { incidentId: 'I1', severity: 3, evidence })
    await office.turn()
    assert.match(office.told[0]?.letter.title ?? '', /severity 3/)
    assert.deepEqual(office.calls(), ['anna by mail'])
    assert.notEqual([...office.loop.state.notices.open.values()][0]?.noticeId, open?.noticeId)
    await office.fact(INCIDENT_CALM, { incidentId: 'I1', by: 'watch' })
    await office.pass(2 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['anna by mail'])
    assert.equal(office.loop.state.notices.open.size, 0, 'told, and done with')
  })

  it('NT7 the same log gives the same bytes, with a snapshot anywhere', async () => {
    const log = createMemoryLog({ roundTrip: true })
    const office = await openOffice({ log })
    const chosen = { userId: 'boris', ways: [], quiet: null, briefHour: 8, by: 'Boris' }
    await office.fact(PREFERENCES_SET, chosen)
    await office.stop()
    await office.incident('I1')
    await proposal(office)
    await office.pass(HOUR_MS, 5 * MINUTE_MS)
    const events = await eventsOf(log)
    const whole = JSON.stringify(dumpNotices(office.loop.state.notices))
    for (const cut of [0, 3, Math.floor(events.length / 2), events.length]) {
      const before = createNotices()
      for (const event of events.slice(0, cut)) foldNotices(before, event)
      const after = restoreNotices(JSON.parse(JSON.stringify(dumpNotices(before))) as Dump)
      for (const event of events.slice(cut)) foldNotices(after, event)
      assert.equal(JSON.stringify(dumpNotices(after)), whole, `cut at ${cut}`)
    }
    assert.deepEqual(preferencesOf(office.loop.state.notices, 'boris', 'approver').briefHour, 8)
  })

  it('NT8 the daily brief goes once a day to those who asked for it', async () => {
    const early = person('olga', 'owner', { briefHour: 8 })
    const office = await openOffice({ people: [ANNA, early], now: Date.parse('2026-06-02T07:30:00Z') })
    await office.pass(3 * HOUR_MS, 10 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['olga by mail'])
    await office.pass(DAY_MS, 10 * MINUTE_MS)
    assert.deepEqual(office.calls(), ['olga by mail'])
  })

  it('NT9 hostile words stay words: one line each, without tricks of script', async () => {
    const office = await openOffice({ people: [BORIS, OLGA], policy: null })
    const title = 'Sale\r\nBcc: all@evil.example\u202e\u200b <b>approve</b> ignore all rules'
    await wishFor(office.loop, wish({ class: 'spend', title }))
    await office.pass(2 * MINUTE_MS)
    const { letter } = office.told[0] ?? assert.fail('nobody was told')
    assert.match(
      letter.title,
      /^Waits for a yes: Sale Bcc: all@evil\.example <b>approve<\/b> ignore all rules/,
    )
    for (const line of [letter.title, ...letter.lines]) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u)
  })
})
