// Campaigns as written: read, refused with a hint, and written back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { ACTIONS_MAX } from './campaign-schema.ts'
import { versionOf } from '../kernel/version.ts'
import { parseCampaign, renderCampaign } from './campaign.ts'
import { written } from './testing/examples.ts'

const problemsOf = (json: unknown) => {
  const parsed = parseCampaign(json)
  return parsed.ok ? [] : parsed.error.map(({ path, message, hint }) => `${path}: ${message} (${hint})`)
}
const read = (json: unknown) => {
  const parsed = parseCampaign(json)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.value
}

describe('a written campaign', () => {
  it('D1 reads durations, defaults and every combination of creative, offer and moment', () => {
    const spec = read(written())
    assert.deepEqual(
      spec.actions.map(({ id }) => id),
      [
        'hello/now',
        'hello/10:00',
        'hello/18:00',
        'hello/10off/now',
        'hello/10off/10:00',
        'hello/10off/18:00',
        'hello_sms/now',
      ],
    )
    assert.deepEqual(spec.trigger, {
      kind: 'event',
      event: 'Signed Up',
      where: '',
      delayMs: HOUR_MS,
      reentryMs: 7 * DAY_MS,
    })
    assert.deepEqual(spec.policy, { kind: 'squarecb', explorationFloor: 0.05 })
    assert.equal(spec.actions[0]?.contactCost, 0.002)
    assert.equal(spec.actions[6]?.contactCost, 0.05)
    assert.deepEqual(spec.actions[3]?.offer, { id: '10off', discountShare: 0.1 })
    assert.equal(spec.name, 'welcome')
    assert.equal(spec.status, 'live')
  })

  it('D21 lets the hour be chosen: for all actions, or as one moment among others', () => {
    const actions = [{ creative: 'hello', channel: 'email' }]
    const chosen = read(written({ actions, send_time: 'best' }))
    assert.deepEqual(
      chosen.actions.map(({ id }) => id),
      ['hello/best'],
    )
    const byDefault = { withinMs: DAY_MS, explore: 0.2, atOnce: 0.1, answer: 'click' }
    assert.deepEqual(chosen.sendTime, byDefault)
    const among = read(written({ actions: [{ ...actions[0], moments: ['now', 'best', '18:00'] }] }))
    assert.deepEqual(among.sendTime, byDefault)
    const own = { within: '12h', explore: '30%', at_once: 0.05, answer: 'open' }
    const mixed = read(
      written({ actions: [...actions, { ...actions[0], moments: ['now'] }], send_time: own }),
    )
    assert.deepEqual(mixed.sendTime, { withinMs: 12 * HOUR_MS, explore: 0.3, atOnce: 0.05, answer: 'open' })
    for (const spec of [chosen, among, mixed]) assert.deepEqual(read(renderCampaign(spec)), spec)
  })

  it('D21 refuses an hour that cannot be chosen', () => {
    const actions = [{ creative: 'hello', channel: 'email' }]
    const told = (changes: object) => problemsOf(written({ actions, ...changes })).join('\n')
    assert.match(told({ send_time: { within: '8d' } }), /send_time.within: .*1h to 7d/)
    assert.match(
      told({ send_time: 'best', goal: { event: 'x', window: '12h' } }),
      /may be over before the message/,
    )
    assert.match(told({ send_time: { explore: '95%' } }), /send_time.explore: .*90% together/)
    assert.match(told({ send_time: { at_once: 0 } }), /send_time.at_once/)
    assert.match(told({ send_time: { hour: 1 } }), /send_time/)
    const fixed = [{ ...actions[0], moments: ['18:00'] }]
    assert.match(told({ actions: fixed, send_time: 'best' }), /no action leaves at the best hour/)
    const page = {
      trigger: { placement: 'hero' },
      actions: [{ creative: 'a', channel: 'onsite', moments: ['best'] }],
    }
    assert.match(told(page), /a placement is shown while it is asked for/)
  })

  it('D1 reads schedules, placements and policies in their short forms', () => {
    const daily = read(
      written({ trigger: { schedule: { at: '10:00', weekdays: ['fri', 'mon'] } }, policy: 'thompson' }),
    )
    assert.deepEqual(daily.trigger, { kind: 'schedule', atHour: 10, weekdays: [1, 5] })
    assert.deepEqual(daily.policy, { kind: 'thompson', explorationFloor: 0.05 })
    const actions = [{ creatives: ['a', 'b'], channel: 'onsite' }]
    const hero = read(written({ trigger: { placement: 'home_hero' }, actions, policy: { always: 'b/now' } }))
    assert.deepEqual(hero.trigger, { kind: 'request', placement: 'home_hero' })
    assert.deepEqual(hero.policy, { kind: 'fixed', explorationFloor: 0, actionId: 'b/now' })
    const tuned = read(written({ policy: { kind: 'squarecb', floor: 0.1, gamma: 5 } }))
    assert.deepEqual(tuned.policy, { kind: 'squarecb', explorationFloor: 0.1, gammaScale: 5 })
    const goal = { event: 'Order Completed', window: '30d' }
    assert.equal('delays' in read(written({ goal })).goal, false)
    const early = read(written({ goal: { ...goal, delays: 'learnt' } }))
    assert.equal(early.goal.delays, 'learnt')
    assert.deepEqual(read(renderCampaign(early)), early)
    assert.match(problemsOf(written({ goal: { ...goal, delays: 'learn' } })).join(), /did you mean learnt/)
  })

  it('D2 refuses unknown keys and words with the nearest known one', () => {
    assert.deepEqual(problemsOf(written({ audence: 'true' })), [
      'audence: unknown key `audence` (did you mean audience?)',
    ])
    assert.deepEqual(problemsOf(written({ status: 'shaddow' })), [
      'status: "shaddow" is not one of live, paused, shadow (did you mean shadow?)',
    ])
    assert.deepEqual(problemsOf(written({ trigger: { event: 'x', dealy: '1h' } })), [
      'trigger.dealy: unknown key `dealy` (did you mean delay?)',
    ])
    assert.deepEqual(problemsOf(written({ trigger: { shedule: {} } })), [
      'trigger: no trigger is given (did you mean schedule?)',
    ])
    assert.deepEqual(problemsOf(written({ actions: [{ creative: 'a', channel: 'mail' }] })), [
      'actions[0].channel: "mail" is not one of email, push, sms, messenger, onsite, webhook (did you mean email?)',
    ])
    assert.deepEqual(problemsOf(written({ policy: { always: 'helo/now' } })), [
      'policy.always: there is no action `helo/now` (did you mean hello/now?)',
    ])
    assert.deepEqual(problemsOf(written({ goal: { event: 'x', window: '7 days' } })), [
      'goal.window: "7 days" cannot be read (write a duration like `7d`, `12h` or `30m`)',
    ])
    const { goal: _goal, ...aimless } = written()
    assert.deepEqual(problemsOf(aimless), [
      'goal: `goal` is missing (say what counts: `goal: {event: Order Completed}`)',
    ])
  })

  it('D2 compiles every expression and says what is wrong with it', () => {
    assert.deepEqual(problemsOf(written({ audience: 'profile.features.orders >= 2' })), [])
    const [wrong = ''] = problemsOf(written({ audience: 'profile.features.order >= 2' }))
    assert.match(wrong, /^audience: .*order/)
    const [syntax = ''] = problemsOf(written({ trigger: { event: 'x', where: 'event.total >' } }))
    assert.match(syntax, /^trigger.where: /)
  })

  it('D2 refuses what cannot be meant', () => {
    const many = Array.from({ length: 8 }, (_, index) => `c${index}`)
    const hours = Array.from({ length: 9 }, (_, index) => `${10 + index}:00`)
    const wrong: object[] = [
      { actions: [{ creatives: many, channel: 'email', moments: hours }] },
      { actions: [] },
      { actions: [{ channel: 'email' }] },
      {
        actions: [
          { creative: 'a', channel: 'email' },
          { creative: 'a', channel: 'email' },
        ],
      },
      { actions: [{ creative: 'a', channel: 'email', offer: '10%', offers: ['none'] }] },
      { actions: [{ creative: 'a', channel: 'email', offer: { id: 'x', discount: 1 } }] },
      { actions: [{ creative: 'a', channel: 'email', offer: { id: 'now', discount: 0.1 } }] },
      { actions: [{ creative: 'a', channel: 'email', cost: -1 }] },
      { actions: [{ creative: 'a', channel: 'email', moments: ['18:30'] }] },
      { actions: [{ creative: 'a', channel: 'onsite' }] },
      { trigger: { placement: 'x' }, actions: [{ creative: 'a', channel: 'email' }] },
      { trigger: { event: 'x', placement: 'y' } },
      { trigger: { event: '' } },
      { trigger: { event: 'x', delay: '91d' } },
      { trigger: { schedule: { at: '10:30' } } },
      { trigger: { schedule: { at: '10:00', weekdays: ['mon', 'mon'] } } },
      { goal: { event: 'x', window: '0' } },
      { id: 'No Spaces:please' },
      { policy: 'best' },
      { policy: { kind: 'squarecb', floor: 2 } },
      { budget: -5 },
      { budget: Number.NaN },
    ]
    for (const changes of wrong) assert.ok(problemsOf(written(changes)).length > 0, JSON.stringify(changes))
    for (const nonsense of [null, 7, 'x', [], {}]) assert.ok(problemsOf(nonsense).length > 0)
    assert.ok(ACTIONS_MAX === 64)
  })

  it('D3 is the same after it was written out and read again', () => {
    const name = fc
      .stringMatching(/^[a-z0-9][a-z0-9_.-]{0,8}$/)
      .filter((text) => text !== 'now' && text !== 'none')
    const share = fc.double({ min: 0, max: 0.99, noNaN: true }).map((value) => value + 0)
    const moment = fc.constantFrom('now', '00:00', '09:00', '18:00', '23:00')
    const offer = fc.oneof(
      fc.constant('none'),
      fc.constantFrom('5%', '12.5%'),
      fc.record({ id: name, discount: share }),
    )
    const action = fc.record(
      {
        creatives: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
        channel: fc.constantFrom('email', 'sms', 'webhook'),
        offers: fc.uniqueArray(offer, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify(one) }),
        moments: fc.uniqueArray(moment, { minLength: 1, maxLength: 3 }),
        cost: fc.double({ min: 0, max: 10, noNaN: true }).map((value) => value + 0),
      },
      { requiredKeys: ['creatives', 'channel'] },
    )
    const duration = fc.constantFrom('90m', '1h', '36h', '7d', '2w', '1500ms')
    const trigger = fc.oneof(
      fc.record({
        event: fc.constantFrom('Signed Up', '$page'),
        where: fc.constantFrom('', 'event.name == "x"'),
        delay: duration,
        reentry: duration,
      }),
      fc.record({
        schedule: fc.record({
          at: fc.constantFrom('00:00', '23:00'),
          weekdays: fc.uniqueArray(fc.constantFrom('sun', 'mon', 'sat'), { minLength: 1 }),
        }),
      }),
    )
    const policy = fc.oneof(
      fc.constantFrom('thompson', 'optimism', 'uniform'),
      fc.record(
        { kind: fc.constant('squarecb'), floor: share, gamma: fc.integer({ min: 1, max: 99 }) },
        { requiredKeys: ['kind'] },
      ),
      fc.record({ always: fc.constant('nothing') }),
    )
    const drawn = fc.record(
      {
        trigger,
        policy,
        status: fc.constantFrom('live', 'paused', 'shadow'),
        actions: fc.array(action, { minLength: 1, maxLength: 3 }),
        traits: fc.uniqueArray(name, { maxLength: 3 }),
        family: name,
        budget: fc.nat(1_000),
        audience: fc.constantFrom('', 'profile.features.orders > 1'),
      },
      { requiredKeys: ['trigger', 'actions'] },
    )
    let readable = 0
    fc.assert(
      fc.property(drawn, (changes) => {
        const parsed = parseCampaign(written(changes))
        if (!parsed.ok) return
        readable++
        const again = parseCampaign(JSON.parse(JSON.stringify(renderCampaign(parsed.value))))
        assert.deepEqual(again, parsed)
        assert.equal(versionOf(again), versionOf(parsed))
      }),
      { numRuns: 300 },
    )
    assert.ok(readable > 100, `${readable} were readable`)
  })
})
