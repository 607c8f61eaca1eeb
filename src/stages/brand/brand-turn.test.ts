// Rules BW20 to BW29: playbooks at work on a loop, from an alarm to the end, with restarts and refusals.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePlan, planInForce, renderPlan } from '../../app/plan.ts'
import { approvedEvent } from '../../governance/index.ts'
import { present } from '../../kernel/assert.ts'
import { canonicalJson } from '../../kernel/json.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import { createMemoryLog } from '../../log/index.ts'
import { createState, dumpState, foldEvent, restoreState } from '../../loop.ts'
import { openedEvent, recoverNotices } from './brand-turn.ts'
import { START, PLAN, alarm, open, applied, reasons, eventsOf } from '../testing/brand-story.ts'

describe('brand turn', () => {
  it('BW20 an alarm opens one incident; its playbook holds promotions within the turn, service goes on', async () => {
    const played = await applied()
    const { loop } = played
    played.see(alarm())
    await played.turn()
    assert.deepEqual(played.statuses(), ['I1 open: done due done done skipped waiting due'])
    assert.deepEqual(reasons(loop.state, 'sale', 'promo'), ['held', 'held'])
    assert.deepEqual(reasons(loop.state, 'sale', 'care'), [])
    assert.deepEqual(reasons(loop.state, 'order', 'receipt'), [])
    await played.pass(5 * MINUTE_MS)
    assert.deepEqual(played.statuses(), ['I1 open: done done done done skipped waiting due'])
    assert.equal(reasons(loop.state, 'sale', 'care').includes('held'), true)
    assert.equal(loop.state.brand.incidents.opened, 1)
  })

  it('BW21 what is to be said in the company’s name waits for a person, and is approved word for word', async () => {
    const played = await applied()
    const { loop } = played
    played.see(alarm())
    await played.turn()
    const proposal = present([...loop.state.governance.open.values()][0], 'a proposal')
    assert.equal(proposal.class, 'publish')
    assert.deepEqual(
      proposal.changes.map(({ willBe }) => willBe),
      ['We are looking into it.'],
    )
    const anna = { kind: 'user', id: 'anna', name: 'Anna', role: 'owner' } as const
    const said = { note: '', seenUpTo: loop.state.offset, eyes: 1, via: 'console' } as const
    await loop.record([
      approvedEvent(loop.state.governance, proposal.proposalId, said, {
        by: anna,
        now: loop.ctx.now(),
        newId: loop.ctx.newId,
      }),
    ])
    await played.turn()
    assert.deepEqual(
      loop.state.brand.statements.map(({ texts }) => texts),
      [{ en: 'We are looking into it.' }],
    )
  })

  it('BW22 calls people, and further ones only while nobody has taken it over', async () => {
    const played = await applied()
    played.see(alarm())
    await played.turn()
    assert.deepEqual(
      played.posted.map(({ to }) => to),
      [['owner@shop.example']],
    )
    const { loop } = played
    await loop.record([
      {
        id: 'own',
        type: 'brand.incident_owned.v1',
        key: 'I1',
        at: loop.ctx.now(),
        data: { incidentId: 'I1', by: 'Anna' },
      },
    ])
    await played.pass(31 * MINUTE_MS)
    assert.equal(played.posted.length, 1)
    assert.match(played.statuses()[0] ?? '', /waiting skipped$/)
  })

  it('BW23 stands down step by step once it is calm, last first, and tells what happened', async () => {
    const played = await applied()
    const { loop } = played
    played.see(alarm())
    await played.pass(20 * MINUTE_MS)
    played.see()
    await played.pass(HOUR_MS)
    assert.match(played.statuses()[0] ?? '', /standing_down: done done done taken_back skipped/)
    await played.pass(11 * MINUTE_MS)
    assert.match(played.statuses()[0] ?? '', /standing_down: done done taken_back taken_back/)
    await played.pass(25 * 60 * MINUTE_MS)
    assert.match(
      played.statuses()[0] ?? '',
      /^I1 closed: done taken_back taken_back taken_back skipped refused/,
    )
    assert.deepEqual([...loop.state.guardrail.holds.keys()], [])
    const story = loop.state.brand.incidents.closed[0]?.postMortem ?? ''
    for (const part of ['# I1: Shop', '90 mentions', 'hold promotions: taken back', 'Timeline'].map((one) =>
      one === '90 mentions' ? 'Mentions 90' : one,
    ))
      assert.ok(story.includes(part), part)
  })

  it('BW24 what comes back while it stands down is held again', async () => {
    const played = await applied()
    played.see(alarm())
    await played.pass(10 * MINUTE_MS)
    played.see()
    await played.pass(75 * MINUTE_MS)
    assert.match(played.statuses()[0] ?? '', /standing_down/)
    played.see(alarm({ severity: 3 }))
    await played.turn()
    await played.turn()
    assert.match(played.statuses()[0] ?? '', /^I1 open: done done done done/)
  })

  it('BW25 muted topics open nothing until then; a happy day without a playbook holds nothing', async () => {
    const played = await applied()
    const { loop } = played
    const until = START + HOUR_MS
    await loop.record([
      {
        id: 'mute',
        type: 'brand.topic_muted.v1',
        key: '',
        at: START,
        data: { entity: 'shop', topic: '', until, by: 'Anna' },
      },
    ])
    played.see(alarm())
    await played.turn()
    assert.equal(loop.state.brand.incidents.opened, 0)
    played.see(alarm({ kind: 'opportunity', entity: 'rival', severity: 1 }))
    await played.turn()
    assert.equal(loop.state.brand.incidents.opened, 1)
    assert.equal(loop.state.guardrail.holds.size, 0)
    played.see(alarm())
    await played.pass(HOUR_MS + MINUTE_MS)
    assert.equal(loop.state.brand.incidents.opened, 2)
  })

  it('BW26 a restart at any event begins no step twice and calls nobody twice', async () => {
    const played = await applied()
    played.see(alarm())
    await played.pass(8 * MINUTE_MS)
    const all = await eventsOf(played.loop.log)
    const opened = all.findIndex(({ type }) => type === 'brand.incident_opened.v1')
    for (let cut = opened + 1; cut <= all.length; cut++) {
      const log = createMemoryLog({ roundTrip: true })
      const state = createState()
      for (const { id, type, key, at, data } of all.slice(0, cut))
        await log.append([{ id, type, key, at, data }])
      for (const event of await eventsOf(log)) foldEvent(state, event)
      const again = await open(log, { state, now: START + 9 * MINUTE_MS })
      const recovered = recoverNotices(state, START + 9 * MINUTE_MS)
      if (recovered.length > 0) await again.loop.record(recovered)
      again.see(alarm())
      await again.pass(2 * MINUTE_MS)
      const events = await eventsOf(log)
      const count = (type: string) => events.filter((one) => one.type === type).length
      assert.equal(count('brand.notice_begun.v1'), 1, `cut ${cut}`)
      assert.equal(count('brand.incident_opened.v1'), 1, `cut ${cut}`)
      const wishes = events.filter(({ type }) => type === 'governance.proposed.v1')
      assert.equal(
        new Set(wishes.map(({ data }) => canonicalJson((data as { readonly payload: object }).payload))).size,
        wishes.length,
        `cut ${cut}`,
      )
      const posts = cut <= all.findIndex(({ type }) => type === 'brand.notice_begun.v1') ? 1 : 0
      assert.equal(again.posted.length, posts, `cut ${cut}`)
    }
  })

  it('BW27 a notice that was refused is said to have failed, one without an answer to be unknown', async () => {
    for (const [refuses, status] of [
      ['refused', 'failed'],
      ['lost', 'unknown'],
    ] as const) {
      const base = await applied()
      const again = await open(base.loop.log, { state: base.loop.state, refuses })
      again.see(alarm())
      await again.turn()
      assert.match(again.statuses()[0] ?? '', new RegExp(`^I1 open: ${status} `))
    }
  })

  it('BW28 sensitive days and words of risk hold by themselves, and let go by themselves', async () => {
    const played = await applied(
      `${PLAN}  dates: [{id: mourning, name: Day of mourning, from: "06-01"}]\n  risk_words: [{severity: 3, words: [sale]}]\n`,
    )
    const { loop } = played
    await played.turn()
    assert.deepEqual([...loop.state.guardrail.holds.keys()].toSorted(), ['date:mourning', 'risk words'])
    assert.deepEqual(reasons(loop.state, 'sale', 'promo'), ['held', 'held'])
    await played.pass(13 * HOUR_MS)
    assert.deepEqual([...loop.state.guardrail.holds.keys()], ['risk words'])
    const holds = (await eventsOf(loop.log)).filter(({ type }) => type.startsWith('hold.'))
    assert.equal(holds.length, 3)
  })

  it('BW29 a drill calls people and holds nothing; the plan is written back as it was read', async () => {
    const played = await applied()
    const { loop, ports } = played
    await loop.record([openedEvent(ports, { ...alarm(), kind: 'drill' }, 'Anna', 'storm')])
    await played.pass(32 * MINUTE_MS)
    assert.match(played.statuses()[0] ?? '', /closed: done skipped skipped skipped skipped skipped done/)
    assert.equal(loop.state.guardrail.holds.size, 0)
    assert.ok(played.posted.every(({ titles }) => titles['en']?.startsWith('DRILL')))
    assert.ok(played.posted.every(({ titles }) => titles['ru']?.startsWith('УЧЕНИЯ')))
    const plan = planInForce(loop.state)
    assert.deepEqual(parsePlan(renderPlan(plan), plan).plan?.brand, plan.brand)
    assert.equal(
      canonicalJson(dumpState(restoreState(dumpState(loop.state)))['brand']),
      canonicalJson(dumpState(loop.state)['brand']),
    )
  })

  it('BW32 asks first what Windvane itself did, best fitting first, and takes it back', async () => {
    const played = await applied(
      PLAN.replace(
        'when: incident.kind == "attack", steps: [{pause: {}}]',
        'when: incident.kind == "attack", steps: [{roll_back: true}]',
      ),
    )
    const { loop } = played
    const sent = (id: string, campaignId: string, creativeId: string, minutesAgo: number) => ({
      id,
      type: 'delivery.attempted.v1',
      key: campaignId,
      at: START - minutesAgo * MINUTE_MS,
      data: {
        decisionId: id,
        campaignId,
        creativeId,
        profileId: 'p9',
        channel: 'email',
        messageId: id,
        cost: 0,
        discountShare: 0,
      },
    })
    await loop.record([
      sent('a', 'order', 'receipt', 300),
      sent('b', 'sale', 'promo', 5),
      sent('c', 'sale', 'promo', 4),
    ])
    // Found by a window of an hour: what was sent within it counts too.
    played.see(alarm({ kind: 'attack', since: START - HOUR_MS }))
    await played.turn()
    const own = loop.state.brand.incidents.open.get('I1')?.own ?? []
    assert.deepEqual(
      own
        .filter(({ what }) => what === 'sent')
        .map(({ campaignId, people, shared }) => [campaignId, people, shared]),
      [
        ['sale', 2, ['kettle']],
        ['order', 1, []],
      ],
    )
    assert.deepEqual(played.statuses(), ['I1 open: done'])
    assert.deepEqual(reasons(loop.state, 'sale', 'promo'), ['held'])
    const [hold] = loop.state.guardrail.holds.values()
    assert.deepEqual(hold?.scope.kind === 'promotions' && hold.scope.campaigns, ['sale'])
  })

  it('BW23 where a person is to say so, standing down waits for a yes and asks once', async () => {
    const played = await applied()
    const { loop } = played
    played.see(alarm({ kind: 'attack' }))
    await played.turn()
    played.see()
    await played.pass(2 * HOUR_MS)
    const waiting = [...loop.state.governance.open.values()].filter(({ status }) => status === 'open')
    assert.deepEqual(
      waiting.map(({ kind }) => kind),
      ['brand.stand_down'],
    )
    assert.equal(loop.state.guardrail.holds.size, 1)
  })
})
