// Triggers, schedules and what falls due of them: once per person, in order, in time, across restarts.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { campaignsForPlacement, dueSchedules, placementsOf } from './due.ts'
import { dumpDecisions } from './dump.ts'
import { campaignCounts } from './state.ts'
import {
  apply,
  campaign,
  due,
  feed,
  hear,
  make,
  NOON,
  peopleIn,
  restarted,
  signal,
  turn,
  world,
} from './testing/examples.ts'
import type { World } from './testing/examples.ts'

const hello = campaign()
const signUp = (user: string, at = NOON, changes = {}) =>
  signal({ userId: user, messageId: `m-${user}-${at}`, at, receivedAt: at, ...changes })
const daily = campaign({ id: 'daily', trigger: { schedule: { at: '13:00' } } })
const schedules = (around: World, now: number, timeZone = 'UTC') =>
  dueSchedules(around.decisions, now, { business: { ...around.business, timeZone }, latenessMsMax: HOUR_MS })
const launch = (around: World, now: number): World => {
  for (const event of schedules(around, now)) feed(around, event)
  return around
}
const bytes = (around: World): string =>
  canonicalJson(
    Object.entries(dumpDecisions(around.decisions)).map(([name, column]) => [
      name,
      ArrayBuffer.isView(column) ? [...(column as Uint8Array)] : column,
    ]),
  )
const whom = (around: World, now: number) => due(around, now).decide.map(({ profileId }) => profileId)

describe('event triggers', () => {
  it('D12 offers a person when the delay is over, again until it is recorded, and never after', () => {
    const around = hear(apply(world(), [hello]), signUp('a'))
    assert.deepEqual(whom(around, NOON + HOUR_MS - 1), [])
    assert.deepEqual(whom(around, NOON + HOUR_MS), ['p1'])
    const [work] = due(around, NOON + HOUR_MS).decide
    assert.equal(work?.decisionId, `dec:welcome:m-a-${NOON}:p1`)
    assert.ok(work !== undefined)
    make(around, work, NOON + HOUR_MS)
    assert.deepEqual(whom(around, NOON + HOUR_MS), [])
    const counts = campaignCounts(around.decisions, hello.id)
    assert.deepEqual([counts?.triggered, counts?.decided], [1, 1])
  })

  it('D12 triggers on matching events only, by name and expression', () => {
    const rich = campaign({ trigger: { event: 'Order Completed', where: 'event.properties.total > 100' } })
    const page = campaign({ id: 'page', trigger: { event: '$page' } })
    const around = apply(world(), [rich, page])
    hear(
      around,
      signUp('a', NOON, { name: 'Order Completed', properties: { total: 50 } }),
      signUp('b', NOON, { name: 'Order Completed', properties: { total: 150 } }),
      signUp('c', NOON, { name: 'Order Completed', properties: {} }),
      signUp('d', NOON, { kind: 'page', name: 'Home' }),
      signUp('e', NOON, { name: 'Signed Up' }),
    )
    assert.deepEqual(
      due(around, NOON).decide.map((work) => [work.campaign.id, work.profileId]),
      [
        ['welcome', 'p2'],
        ['page', 'p4'],
      ],
    )
  })

  it('D13 lets a person in again only after the re-entry time', () => {
    const around = apply(world(), [hello])
    for (const days of [0, 1, 6.9, 7, 8]) hear(around, signUp('a', NOON + days * DAY_MS))
    const counts = campaignCounts(around.decisions, hello.id)
    assert.deepEqual([counts?.triggered, counts?.reentries], [5, 3])
    const free = apply(world(), [campaign({ trigger: { event: 'Signed Up', reentry: '0' } })])
    for (const minutes of [0, 1, 2]) hear(free, signUp('a', NOON + minutes * MINUTE_MS))
    assert.equal(due(free, NOON + HOUR_MS).decide.length, 3)
  })

  it('D13 decides once on a person who was two until they merged', () => {
    const around = apply(world(), [hello])
    hear(around, signal({ userId: '', anonymousId: 'phone', messageId: 'x1' }))
    hear(around, signal({ userId: 'a', messageId: 'x2', at: NOON + 1, receivedAt: NOON + 1 }))
    assert.deepEqual(whom(around, NOON + 2 * HOUR_MS - 1), ['p1', 'p2'])
    hear(
      around,
      signal({
        kind: 'identify',
        name: '',
        userId: 'a',
        anonymousId: 'phone',
        messageId: 'x3',
        at: NOON + 2,
        receivedAt: NOON + 2,
      }),
    )
    const work = due(around, NOON + HOUR_MS + 2)
    assert.equal(work.decide.length, 1)
    assert.deepEqual(
      work.record.map(({ data }) => 'reason' in data && data.reason.code),
      ['superseded'],
    )
    while (turn(around, NOON + HOUR_MS + 2) > 0);
    hear(around, signUp('a', NOON + DAY_MS))
    assert.equal(campaignCounts(around.decisions, hello.id)?.reentries, 1)
  })

  it('D14 skips what is too late, what has left the audience, and campaigns that are gone or paused', () => {
    const codes = (around: World, now: number) =>
      due(around, now).record.map(({ data }) => ('reason' in data ? data.reason.code : ''))
    const around = hear(apply(world(), [hello]), signUp('a'))
    assert.deepEqual(codes(around, NOON + 2 * HOUR_MS), [])
    assert.deepEqual(codes(around, NOON + 2 * HOUR_MS + 1), ['late'])
    const picky = campaign({ audience: 'profile.features.orders == 0' })
    const buyer = hear(apply(world(), [picky]), signUp('a'))
    hear(
      buyer,
      signUp('a', NOON + 1, {
        name: 'Order Completed',
        properties: { order_id: 'o1', total: 10, revenue: 10 },
      }),
    )
    assert.deepEqual(codes(buyer, NOON + HOUR_MS), ['not_in_audience'])
    assert.deepEqual(codes(apply(around, [campaign({ status: 'paused' })], NOON + 1), NOON + HOUR_MS), [
      'campaign_paused',
    ])
    assert.deepEqual(codes(apply(around, [], NOON + 2), NOON + HOUR_MS), ['campaign_paused'])
    turn(around, NOON + HOUR_MS)
    assert.deepEqual(due(around, NOON + 9 * HOUR_MS), { decide: [], record: [] })
    assert.equal(campaignCounts(around.decisions, hello.id)?.skipped, 1)
  })

  it('D14 starts nothing from history that is imported', () => {
    const around = hear(apply(world(), [hello]), signUp('a', NOON - 9 * DAY_MS, { receivedAt: NOON }))
    const counts = campaignCounts(around.decisions, hello.id)
    assert.deepEqual([counts?.triggered, counts?.stale], [1, 1])
    assert.deepEqual(due(around, NOON), { decide: [], record: [] })
  })

  it('D15 keeps the oldest when too many wait, and says so for the others', () => {
    const around = apply(world({ pendingMax: 3, refusedMax: 2 }), [hello])
    for (let i = 0; i < 6; i++) hear(around, signUp(`u${i}`, NOON + i))
    assert.equal(campaignCounts(around.decisions, hello.id)?.refused, 3)
    const work = due(around, NOON + HOUR_MS + 5)
    assert.deepEqual(
      work.decide.map(({ profileId }) => profileId),
      ['p1', 'p2', 'p3'],
    )
    assert.deepEqual(
      work.record.map(({ data }) => 'reason' in data && data.reason.code),
      ['overloaded', 'overloaded'],
    )
    turn(around, NOON + HOUR_MS + 5)
    assert.deepEqual(due(around, NOON + HOUR_MS + 5), { decide: [], record: [] })
  })

  it('D16 offers work in the order it fell due, a limit at a time', () => {
    const quick = campaign({ id: 'quick', trigger: { event: 'Signed Up', delay: '10m' } })
    const around = apply(world(), [hello, quick])
    for (let i = 0; i < 3; i++) hear(around, signUp(`u${i}`, NOON + i))
    const order = due(around, NOON + 2 * HOUR_MS - 30 * MINUTE_MS).decide
    assert.deepEqual(
      order.map((work) => `${work.campaign.id} ${work.profileId}`),
      ['welcome p1', 'welcome p2', 'welcome p3'],
    )
    const soon = due(around, NOON + HOUR_MS + 1, 4).decide
    assert.deepEqual(
      soon.map((work) => `${work.campaign.id} ${work.profileId}`),
      ['quick p1', 'quick p2', 'quick p3', 'welcome p1'],
    )
  })
})

describe('schedules', () => {
  it('D17 falls due once on its weekdays, at the hour of the business’s clock', () => {
    const mondays = campaign({ id: 'daily', trigger: { schedule: { at: '13:00', weekdays: ['mon'] } } })
    const around = apply(world(), [mondays])
    assert.deepEqual(schedules(around, NOON + HOUR_MS - 1), [])
    const [event] = schedules(around, NOON + HOUR_MS)
    assert.equal(event?.id, `due:daily:${Math.floor(NOON / DAY_MS)}`)
    assert.equal(schedules(around, NOON + 7 * HOUR_MS, 'America/New_York').length, 1)
    assert.deepEqual(schedules(around, NOON + HOUR_MS, 'America/New_York'), [])
    launch(around, NOON + HOUR_MS)
    assert.deepEqual(schedules(around, NOON + HOUR_MS + 1), [])
    assert.deepEqual(schedules(around, NOON + 25 * HOUR_MS), [], 'a Tuesday')
    assert.equal(schedules(around, NOON + 7 * DAY_MS + HOUR_MS).length, 1)
  })

  it('D17 records an hour that was missed, and is not due for one before it was applied', () => {
    const around = apply(world(), [daily], NOON + 2 * HOUR_MS)
    assert.deepEqual(schedules(around, NOON + 3 * HOUR_MS), [])
    const [event] = schedules(around, NOON + DAY_MS + 5 * HOUR_MS)
    assert.equal(event?.data.missed, true)
    launch(around, NOON + DAY_MS + 5 * HOUR_MS)
    assert.deepEqual(due(around, NOON + DAY_MS + 5 * HOUR_MS), { decide: [], record: [] })
    assert.equal(campaignCounts(around.decisions, daily.id)?.missed, 1)
    const late = campaign({ id: 'daily', trigger: { schedule: { at: '23:00' } } })
    const overnight = apply(world(), [late])
    assert.equal(schedules(overnight, NOON + 11.5 * HOUR_MS)[0]?.data.missed, undefined)
    assert.equal(
      schedules(overnight, NOON + 12.5 * HOUR_MS)[0]?.data.missed,
      true,
      'yesterday’s, an hour and a half late',
    )
  })

  it('D17 falls due once a day on days when clocks change, in zones of every kind', () => {
    for (const zone of Intl.supportedValuesOf('timeZone').filter((_, index) => index % 5 === 0)) {
      for (const hour of ['00:00', '02:00', '03:00', '23:00']) {
        const start = Date.parse('2026-03-26T12:00:00Z')
        const around = apply(world(), [campaign({ id: 'daily', trigger: { schedule: { at: hour } } })], start)
        let times = 0
        for (let now = start; now < start + 4 * DAY_MS; now += 30 * MINUTE_MS) {
          for (const event of schedules(around, now, zone)) {
            assert.equal(event.data.missed, undefined)
            times++
            feed(around, event)
          }
        }
        assert.equal(times, 4, `${zone} ${hour}`)
      }
    }
  })

  it('D18 goes through the audience in order, with pauses and restarts, each person once', () => {
    const some = campaign({
      id: 'daily',
      trigger: { schedule: { at: '13:00' } },
      audience: 'profile.traits.plan == "pro"',
    })
    let around = apply(world({ scanMax: 7 }), [some])
    for (let i = 0; i < 40; i++)
      hear(
        around,
        signUp(`u${i}`, NOON, { kind: 'identify', name: '', traits: { plan: i % 3 === 0 ? 'pro' : 'free' } }),
      )
    const now = NOON + HOUR_MS
    launch(around, now)
    const order: string[] = []
    for (let step = 0; step < 100 && around.decisions.sweeps.size > 0; step++) {
      const { decide: work, record } = due(around, now + step, 2)
      for (const event of record) feed(around, event)
      // Half of what was offered is lost and must be offered again.
      for (const item of work.slice(0, 1 + (step % 2))) {
        order.push(item.profileId)
        make(around, item, now + step)
      }
      if (step % 23 === 22) around = restarted(around)
    }
    assert.deepEqual(
      order,
      Array.from({ length: 14 }, (_, i) => `p${i * 3 + 1}`),
    )
    assert.equal(around.decisions.sweeps.size, 0)
  })

  it('D18 leaves who came later to the next occurrence, and who merged to one decision', () => {
    const around = apply(world(), [daily])
    hear(around, signal({ userId: '', anonymousId: 'phone', messageId: 'x1' }), signUp('a'), signUp('b'))
    launch(around, NOON + HOUR_MS)
    hear(around, signUp('late', NOON + HOUR_MS))
    hear(around, signal({ kind: 'identify', name: '', userId: 'a', anonymousId: 'phone', messageId: 'x3' }))
    const people = whom(around, NOON + HOUR_MS)
    assert.equal(people.length, 2)
    while (turn(around, NOON + HOUR_MS) > 0);
    assert.equal(campaignCounts(around.decisions, daily.id)?.decided, 2)
  })

  it('D18 ends a sweep that is late, paused or overtaken', () => {
    const ends = (around: World, now: number) =>
      due(around, now).record.map(({ data }) => ('end' in data ? data.end : ''))
    const around = hear(apply(world(), [daily]), signUp('a'))
    launch(around, NOON + HOUR_MS)
    assert.deepEqual(ends(around, NOON + 2 * HOUR_MS), [])
    assert.deepEqual(ends(around, NOON + 2 * HOUR_MS + 1), ['late'])
    launch(around, NOON + DAY_MS + HOUR_MS)
    assert.equal(around.decisions.sweeps.size, 1)
    apply(around, [{ ...daily, status: 'paused' }], NOON + DAY_MS + HOUR_MS)
    assert.deepEqual(ends(around, NOON + DAY_MS + HOUR_MS), ['campaign_paused'])
    turn(around, NOON + DAY_MS + HOUR_MS)
    assert.deepEqual(due(around, NOON + DAY_MS + HOUR_MS), { decide: [], record: [] })
  })
})

describe('placements', () => {
  it('D19 are answered by the first live campaign of the plan whose audience the person is in', () => {
    const actions = [{ creative: 'banner', channel: 'onsite' }]
    const of = (id: string, changes: object) =>
      campaign({ id, trigger: { placement: 'hero' }, actions, ...changes })
    const around = apply(world(), [
      of('paused', { status: 'paused' }),
      of('watching', { status: 'shadow' }),
      of('pros', { audience: 'profile.traits.plan == "pro"' }),
      of('all', {}),
      of('other', { trigger: { placement: 'footer' } }),
    ])
    hear(around, signUp('a'), signUp('b', NOON, { kind: 'identify', name: '', traits: { plan: 'pro' } }))
    const answer = (ref: number, placement = 'hero') => {
      const { serve, shadows } = campaignsForPlacement(around.decisions, placement, {
        ref,
        now: NOON,
        people: peopleIn(around),
      })
      return [serve?.id, shadows.map(({ id }) => id)]
    }
    assert.deepEqual(answer(0), ['all', ['watching']])
    assert.deepEqual(answer(1), ['pros', ['watching']])
    assert.deepEqual(answer(0, 'nowhere'), [undefined, []])
    assert.deepEqual(placementsOf(around.decisions), ['hero', 'footer'])
  })
})

describe('the fold of decisions', () => {
  it('D20 gives the same bytes with a restart after any event, and decides no cause twice', () => {
    const free = campaign({ id: 'free', trigger: { event: 'Signed Up', reentry: '0' } })
    const step = fc.record({
      kind: fc.constantFrom('sign', 'sign', 'merge', 'turn', 'turn', 'apply', 'launch'),
      user: fc.nat(5),
      wait: fc.nat(90),
      limit: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const seen = new Set<string>()
        const play = (restart: number): World => {
          let around = apply(world({ pendingMax: 4, scanMax: 3 }), [hello, free, daily])
          let now = NOON
          for (const [index, { kind, user, wait, limit }] of steps.entries()) {
            if (index === restart) around = restarted(around)
            now += wait * MINUTE_MS
            if (kind === 'sign') hear(around, signUp(`u${user}`, now, { messageId: `s${index}` }))
            else if (kind === 'merge')
              hear(
                around,
                signUp(`u${user}`, now, {
                  kind: 'identify',
                  name: '',
                  anonymousId: `d${user % 2}`,
                  messageId: `s${index}`,
                }),
              )
            else if (kind === 'launch') launch(around, now)
            else if (kind === 'apply') apply(around, limit > 2 ? [hello, free, daily] : [free], now)
            else {
              const { decide: work } = due(around, now, limit)
              if (restart < 0)
                for (const { decisionId } of work) {
                  assert.ok(!seen.has(decisionId), decisionId)
                  seen.add(decisionId)
                }
              turn(around, now, limit)
            }
          }
          return around
        }
        assert.equal(bytes(play(cut)), bytes(play(-1)))
      }),
      { numRuns: 60 },
    )
  })
})
