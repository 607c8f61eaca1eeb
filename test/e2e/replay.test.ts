// A shop lives through some days at great speed, with real mails, clicks, unsubscriptions, merges, STOP
// and changes of plan; afterwards every decision is made again from the log, and every way of getting
// the state back gives the same bytes.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createCtx, fastClock, systemClock } from '../../src/app/clock.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { replayLog } from '../../src/app/replay.ts'
import { asCampaignId } from '../../src/kernel/ids.ts'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { encodeDump } from '../../src/log/index.ts'
import { DECISION_MADE, type DecisionMade } from '../../src/decision/events.ts'
import { dumpState, type LoopState } from '../../src/loop.ts'
import { ROLLOUT_MOVED, type RolloutMoved } from '../../src/promotion/events.ts'
import { openMail, startSink, type MailSink } from './mail-sink.ts'
import { identify, track } from './plans.ts'
import { NOON, open, type Serving } from './serving.ts'
import { sharedColumns } from './shared-columns.ts'

const LONG = process.env['WINDVANE_LONG'] === '1'
const DECISIONS = LONG ? 10_000 : 1_000
const PEOPLE = LONG ? 2_000 : 300
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ONE_CLICK = 'List-Unsubscribe=One-Click'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
/** Product time per real time: an hour in 60 ms. */
const RATE = 60_000
const STEPS_MAX = LONG ? 3_000 : 600

const planAt = (step: number): string => `
business: {name: Harbour, time_zone: Europe/Berlin, currency: EUR, locale: en, margin_share: ${step > 2 ? 0.35 : 0.4}}
holdout: {share: 0.1, salt: ${step > 3 ? 'drawn-anew' : 'first'}, horizon: 5d}
limits:
  caps: [{max: ${2 + (step % 3)}, per: 1d}, {channel: email, max: 5, per: 7d}]
  quiet_hours: ${step % 2 === 0 ? '"22:00-08:00"' : 'none'}
  discounts: {max: 2, per: 3d}
  lateness: 6h
  assume_consent: [email]
sender: {name: Harbour, email: hello@shop.example, footer: 'Quay 1. <a href="{{ links.unsubscribe }}">Unsubscribe</a>'}
segments: [{id: buyers, name: Buyers, when: profile.features.orders > ${step % 2}.0}]
creatives:
  plain: {channel: email, approved_by: anna, en: {subject: 'Hello ${step}', body: '<p>Hello, here is what is new this week.</p><a href="https://shop.example/n">New</a>'}}
  loud: {channel: email, approved_by: anna, en: {subject: 'SALE {{ offer.percent }}', body: '<p>Hello, everything must go, and quickly.</p><a href="https://shop.example/s">Sale</a>'}}
  banner: {channel: onsite, approved_by: anna, en: {title: 'Hello {{ profile.traits.city }}'}}
  tile: {channel: onsite, approved_by: anna, en: {title: 'Look here'}}
campaigns:
  - id: cart
    goal: {event: Order Completed, value: margin, window: 1d}
    trigger: {event: Cart Viewed, delay: 20m, reentry: 2h}
    actions:
      - {creatives: [plain, loud], channel: email, cost: 0.001, offers: [none, '10%'], moments: [now, '18:00']}
    policy: {kind: ${step % 2 === 0 ? 'squarecb' : 'thompson'}, floor: 0.1}
    traits: [city]
    budget: 40
  - id: morning
    status: ${step === 2 ? 'paused' : 'live'}
    goal: {event: Order Completed, value: revenue, window: 2d}
    trigger: {schedule: {at: '10:00'}}
    audience: profile.features.orders > 0.0
    actions: [{creatives: [plain, loud], channel: email, cost: 0.001}]
  - id: home
    goal: {event: Order Completed, value: count, window: 12h}
    trigger: {placement: home}
    actions: [{creatives: [banner, tile], channel: onsite}]
    policy: {kind: ${step > 1 ? 'epsilon_greedy' : 'thompson'}, floor: 0.05}
  - id: quiet
    status: shadow
    goal: {event: Order Completed, value: count, window: 12h}
    trigger: {placement: home}
    actions: [{creative: tile, channel: onsite}]
`

type Life = {
  readonly server: Serving
  readonly sink: MailSink
  readonly rng: Rng
  read: number
  parted: number
}

const signalsOf = ({ rng }: Life): object[] =>
  Array.from({ length: 12 }, () => {
    const person = rng.below(PEOPLE)
    const user = `u${person}`
    switch (rng.below(8)) {
      case 0:
        return identify(
          user,
          { city: `city${rng.below(5)}` },
          {
            anonymousId: `a${rng.below(PEOPLE)}`,
            context: { timezone: ['Europe/Moscow', 'America/New_York', 'Asia/Tokyo'][rng.below(3)] },
          },
        )
      case 1:
        return { ...identify(user), traits: { email: `shared${person % 20}@shop.example` } }
      case 2:
      case 3:
        return track(user, 'Cart Viewed', { value: rng.below(90) })
      case 4:
        return track(user, 'Order Completed', { order_id: `o${rng.below(1e9)}`, revenue: 5 + rng.below(90) })
      default:
        return {
          ...track('', 'Product Viewed', { category: `c${rng.below(6)}` }),
          userId: null,
          anonymousId: `a${person}`,
        }
    }
  })

/** People open their mail: some click, some buy then, some leave, a few complain. */
const answerMails = async (life: Life): Promise<void> => {
  const { server, sink, rng } = life
  for (const mail of sink.mails.slice(life.read, life.read + 20)) {
    life.read++
    const { links, headers } = await openMail(mail)
    const [first = '', last = ''] = [links[0], links.at(-1)].map((link) => new URL(link ?? '').pathname)
    const chance = rng.below(10)
    if (chance < 4) {
      const clicked = await server.ask('GET', first, { as: 'none', headers: { 'user-agent': BROWSER } })
      assert.equal(clicked.status, 302, clicked.text)
    } else if (chance === 4) {
      const left = await server.ask('POST', last, { as: 'none', raw: ONE_CLICK, headers: FORM })
      assert.equal(left.status, 200, left.text)
    } else if (chance === 5) {
      const decisionId = (headers.get('message-id') ?? '')
        .replace(/^<|@.*$/g, '')
        .replace(/_([0-9a-f]+)_/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
      const kind = rng.below(2) === 0 ? 'complained' : 'bounced'
      const told = await server.ask('POST', '/v1/report', { as: 'decide', body: { decisionId, kind } })
      assert.equal(told.status, 200, told.text)
    }
  }
}

const placements = async ({ server, rng }: Life): Promise<void> => {
  for (let i = 0; i < 3; i++)
    await server.ask('POST', '/v1/decide', {
      as: 'decide',
      body: {
        placement: 'home',
        userId: `u${rng.below(PEOPLE)}`,
        context: { device: rng.below(2) === 0 ? 'phone' : 'desk', weather: 'rain' },
      },
    })
}

/** Takes an anonymous visitor out of somebody's profile again. */
const takeApart = async (life: Life): Promise<void> => {
  const { server, rng } = life
  for (let tried = 0; tried < 10; tried++) {
    const found = (await server.ask('GET', `/api/customers?q=u${rng.below(PEOPLE)}`)).json as {
      readonly items: readonly { readonly profileId: string }[]
    }
    const id = found.items[0]?.profileId ?? 'p1'
    const customer = await server.ask('GET', `/api/customers/${id}`)
    const { identifiers = [] } = customer.json as {
      readonly identifiers?: readonly { readonly kind: string; readonly value: string }[]
    }
    const leaving = identifiers.filter(({ kind }) => kind === 'anonymous').slice(0, 1)
    if (leaving.length === 0 || identifiers.length < 2) continue
    const parted = await server.ask('POST', `/api/customers/${id}/unmerge`, { body: { leaving } })
    if (parted.status !== 200) continue
    life.parted++
    return
  }
}

/** The policy that waits at the gate decides for half of the people from here on. */
const tryChallenger = async ({ server }: Life): Promise<void> => {
  const { loop } = server.served.system
  const challenger = loop.state.promotion.tracks.get(asCampaignId('home'))?.challenger
  if (challenger === null || challenger === undefined || challenger.share > 0) return
  const move: RolloutMoved = {
    campaignId: asCampaignId('home'),
    challengerId: challenger.id,
    from: 0,
    to: 0.5,
    cause: 'gate_passed',
    detail: '',
    by: 'a test',
  }
  await loop.record([{ id: loop.ctx.newId(), type: ROLLOUT_MOVED, key: '', at: loop.ctx.now(), data: move }])
}

/** Lives until there are enough decisions; returns the offset of the snapshot taken half way. */
const live = async (life: Life): Promise<{ readonly steps: number; readonly copied: string }> => {
  const { server } = life
  const copied = `${server.dir}-half`
  let plan = 0
  await server.apply(planAt(plan))
  for (let step = 1; step <= STEPS_MAX; step++) {
    await server.send(signalsOf(life))
    await placements(life)
    await answerMails(life)
    if (step % 20 === 0) await takeApart(life)
    const { totals } = server.served.system.loop.state.tally
    const part = Math.floor((totals.decisions / DECISIONS) * 6)
    if (part > plan) await server.apply(planAt((plan = part)))
    if (plan === 4) await tryChallenger(life)
    if (step % 40 === 20)
      await server.ask('POST', '/api/stop', {
        body: { scope: step % 80 === 20 ? 'all' : 'campaign:cart', reason: 'a look' },
      })
    if (step % 40 === 30)
      await server.ask('POST', '/api/resume', {
        body: { scope: step % 80 === 30 ? 'all' : 'campaign:cart', waitingSeen: 1e9, seenUpTo: 1e9 },
      })
    if (plan === 3 && readdirSync(join(server.dir, 'snapshots')).length === 0) {
      await server.served.system.snapshot()
      cpSync(join(server.dir, 'snapshots'), copied, { recursive: true })
    }
    const swept = server.served.system.loop.state.decision.lastOccurrence.size > 0
    const lived = totals.unsubscribed > 1 && totals.complained + totals.bounced > 1 && totals.conversions > 20
    const all = lived && swept && life.parted > 0 && step > 40
    if (totals.decisions >= DECISIONS && plan >= 5 && all) return { steps: step, copied }
  }
  return { steps: STEPS_MAX, copied }
}

const bytesOf = (state: LoopState): ReadonlyMap<string, Buffer> =>
  new Map(Object.entries(dumpState(state)).map(([name, dump]) => [name, Buffer.from(encodeDump(dump))]))

const sameBytes = (state: LoopState, expected: ReadonlyMap<string, Buffer>, what: string): void => {
  const differing = [...bytesOf(state)].filter(([name, bytes]) => expected.get(name)?.equals(bytes) !== true)
  assert.deepEqual(
    differing.map(([name]) => name),
    [],
    what,
  )
}

/** Folds what is in the folder, without anything that acts; the offset of the snapshot it began with. */
const refold = async (dir: string, expected: ReadonlyMap<string, Buffer>, what: string): Promise<number> => {
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  try {
    sameBytes(opened.loop.state, expected, what)
    return opened.snapshotOffset
  } finally {
    await opened.close()
  }
}

describe('a life replayed', () => {
  it(`S6 E5 makes ${DECISIONS} decisions again byte for byte, and gets the same state by every way`, async () => {
    const started = performance.now()
    const sink = await startSink()
    const server = await open({ clock: fastClock(NOON, RATE), smtpPort: sink.port })
    const { dir, served } = server
    const life: Life = { server, sink, rng: createRng('life'), read: 0, parted: 0 }
    const { copied, steps } = await live(life)
    const { counts } = await server.brief()
    await server.close()
    assert.deepEqual(server.reports, [])
    const { state } = served.system.loop
    const kinds = new Map<string, number>()
    const arms = { champion: 0, challenger: 0 }

    const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
    for await (const events of opened.loop.log.read())
      for (const { type, data } of events) {
        kinds.set(type, (kinds.get(type) ?? 0) + 1)
        if (type === DECISION_MADE) {
          const { rollout } = data as DecisionMade
          if (rollout !== undefined) arms[rollout.arm]++
        }
      }
    const report = await replayLog(opened.loop.log, { limit: 1e9, hash: served.system.hash })
    await opened.close()
    console.log(JSON.stringify(Object.fromEntries(kinds)))
    assert.ok(report.decisions >= DECISIONS, `${report.decisions} decisions in ${steps} steps`)
    assert.deepEqual(report.differences, [])
    assert.equal(report.identical, report.decisions)
    assert.equal(report.fromRecord, report.decisions)
    for (const type of [
      'outcome.settled.v1',
      'stop.lifted.v1',
      'profile.consent_changed.v1',
      'delivery.responded.v1',
      'campaign.swept.v1',
      'suppression.added.v1',
      'profile.unmerged.v1',
      'policy.proposed.v1',
      'policy.rollout_moved.v1',
    ])
      assert.ok((kinds.get(type) ?? 0) > 0, `no ${type} happened`)

    assert.ok(arms.challenger > 0 && arms.champion > 0, `rollout: ${JSON.stringify(arms)}`)
    const shared = sharedColumns(state)
    assert.deepEqual(shared.columns, [], 'a snapshot is of one moment')
    assert.ok(shared.arrays > 100, `${shared.arrays} arrays were looked at`)
    const expected = bytesOf(state)
    const head = state.offset
    assert.equal(await refold(dir, expected, 'from the last snapshot'), head)
    rmSync(join(dir, 'snapshots'), { recursive: true })
    assert.equal(await refold(dir, expected, 'from the log alone'), 0)
    rmSync(join(dir, 'snapshots'), { recursive: true })
    cpSync(copied, join(dir, 'snapshots'), { recursive: true })
    const half = await refold(dir, expected, 'from a snapshot and what followed')
    assert.ok(half > 0 && half < head, `snapshot at ${half} of ${head}`)
    rmSync(copied, { recursive: true })
    console.log(
      `${report.decisions} decisions over ${report.events} records: ${report.identical} byte-identical; ${counts.people} people, ${counts.sentTotal} mails, ` +
        `${counts.conversions} rewards, ${counts.unsubscribed} unsubscribed, 6 plans; state the same from log, snapshot, and snapshot at ${half} + ${head - half}; ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
  })
})
