// The policy: written and read back, refused with a hint, its verdicts, and which way a change goes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { canonicalJson } from '../../kernel/json.ts'
import type { GovernancePolicy, Level } from '../events.ts'
import { ACTION_CLASSES } from '../events.ts'
import { CAREFUL_POLICY, OPEN_POLICY } from './defaults.ts'
import { diffPolicy, onlyLowersRisk } from './diff.ts'
import { parseGovernance, renderGovernance } from './policy.ts'
import { NO_ACTION, ruleHolds, type ProposedAction } from './rule.ts'
import { capKey, momentOf, onCallAt, verdictOf } from './verdict.ts'

const FULL = `
levels: {message: 3, spend: 1}
exceptions:
  - {class: message, campaign: winback, level: 2}
  - {class: offer, above: 0.2, level: 2}
  - {market: ru, class: spend, level: 0}
rules:
  - {id: big-raise, when: "action.class == 'spend' && action.increaseShare > 0.2", reason: a jump in spend, eyes: 2}
four_eyes: {cost_above: 5000, people_above: 100000, classes: [publish]}
approvers: {spend: [owner]}
hours: {weekdays: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
outside_hours: {message: 2}
on_call:
  - {users: [anna], weekdays: [mon], from: "18:00", to: "09:00"}
undo: 30m
expiry: 8h
first: {campaign: ask, audience: ask, audience_jump: {share: 0.5, people: 100}}
earn: {decisions: 60, unedited: 97%, stale_data: 6h}
ramp: {stages: [{share: 2%, hold: 12h, contacts: 10}, {share: 20%, hold: 1d}], complaints: 0.2%}
resume: {per_minute: 100}
`
const read = (yaml: string): GovernancePolicy => {
  const parsed = parseGovernance(parse(yaml))
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.value
}
const moment = (policy: GovernancePolicy, at: string) => momentOf(policy, DEFAULT_BUSINESS, Date.parse(at))
const MONDAY_NOON = '2026-06-01T12:00:00Z'
const level = (
  policy: GovernancePolicy,
  action: Partial<ProposedAction>,
  at = MONDAY_NOON,
  caps = new Map(),
) => verdictOf({ policy, caps }, { ...NO_ACTION, ...action }, moment(policy, at))

describe('the policy', () => {
  it('GP1 reads back from its own text as the same policy', () => {
    for (const policy of [OPEN_POLICY, CAREFUL_POLICY, read(FULL)]) {
      const again = read(stringify(renderGovernance(policy)))
      assert.equal(canonicalJson(again), canonicalJson(policy))
    }
    assert.equal(read(FULL).ramp?.stages[0]?.share, 0.02)
    assert.deepEqual(parseGovernance(undefined), { ok: true, value: OPEN_POLICY })
  })

  it('GP1 refuses what cannot be meant, with its place and what to write', () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['level: {message: 3}', 'level', /levels/],
      ['levels: {mesage: 3}', 'levels.mesage', /message/],
      ['levels: {message: 5}', 'levels.message', /0 shadow/],
      ['rules: [{id: a, when: "action.clas == \'spend\'"}]', 'rules[0].when', /action\.class/],
      ['rules: [{id: a, when: "action.cost"}]', 'rules[0].when', /Compare/],
      ['rules: [{id: a, when: "true"}, {id: a, when: "true"}]', 'rules[1].id', /once/],
      ['hours: {from: "09:00", to: "09:00"}', 'hours', /00:00 to 24:00/],
      ['hours: {from: "9", to: "18:00"}', 'hours.from', /09:00/],
      ['undo: 3d', 'undo', /1d/],
      ['expiry: 5s', 'expiry', /1m/],
      ['ramp: {stages: [{share: 10%}, {share: 5%}]}', 'ramp.stages[1].share', /grow/],
      ['approvers: {spent: [owner]}', 'approvers.spent', /spend/],
    ]
    for (const [yaml, path, hint] of cases) {
      const parsed = parseGovernance(parse(yaml))
      assert.ok(!parsed.ok, yaml)
      const found = parsed.error.find((one) => one.path === path)
      assert.ok(found !== undefined, `${yaml}: ${JSON.stringify(parsed.error)}`)
      assert.match(`${found.message} ${found.hint}`, hint, yaml)
    }
  })

  it('GP2 takes the first exception that fits class, campaign, market and amount', () => {
    const policy = read(FULL)
    assert.equal(level(policy, { class: 'message' }).level, 3)
    assert.equal(level(policy, { class: 'message', campaign: 'winback' }).level, 2)
    assert.equal(level(policy, { class: 'offer', amount: 0.2 }).level, 4)
    assert.equal(level(policy, { class: 'offer', amount: 0.21 }).level, 2)
    assert.equal(level(policy, { class: 'spend', market: 'de-DE' }).level, 1)
    for (const market of ['ru', 'ru-RU', 'ru_RU', 'en-RU'])
      assert.equal(level(policy, { class: 'spend', market }).level, 0, market)
    assert.equal(level(policy, { class: 'plan' }).level, 2, 'what people change themselves always waits')
  })

  it('GP2 is only lowered by rules, hours, caps and four eyes', () => {
    const policy = read(FULL)
    assert.equal(level(policy, { class: 'message' }, '2026-06-01T20:00:00Z').level, 2, 'Monday evening')
    assert.equal(level(policy, { class: 'message' }, '2026-06-06T12:00:00Z').level, 2, 'Saturday')
    assert.equal(level(policy, { class: 'placement' }, '2026-06-06T12:00:00Z').level, 4)
    const caps = new Map<string, Level>([[capKey('placement', 'home'), 1]])
    assert.equal(level(policy, { class: 'placement', campaign: 'home' }, MONDAY_NOON, caps).level, 1)
    assert.equal(level(policy, { class: 'placement', campaign: 'other' }, MONDAY_NOON, caps).level, 4)
    for (const action of [
      { class: 'placement', cost: 5_001 },
      { class: 'placement', people: 100_001 },
    ])
      assert.deepEqual([level(policy, action).level, level(policy, action).eyes], [2, 2])
    assert.equal(level(policy, { class: 'publish' }).eyes, 2)
    assert.equal(level(policy, { class: 'placement', cost: 5_000 }).eyes, 1)
  })

  it('GP3 asks rules of every action, and what they cannot tell counts as yes', () => {
    const policy = read(FULL)
    const raise = level(policy, { class: 'spend', increaseShare: 0.3 })
    assert.deepEqual([raise.level, raise.eyes], [1, 2], 'the lower of rule and class')
    const strict = {
      ...OPEN_POLICY,
      levels: { ...OPEN_POLICY.levels, spend: 4 as const },
      rules: policy.rules,
    }
    assert.equal(level(strict, { class: 'spend', increaseShare: 0.3 }).level, 2)
    assert.equal(level(strict, { class: 'spend', increaseShare: 0.2 }).level, 4)
    assert.match(
      JSON.stringify(level(strict, { class: 'spend', increaseShare: 1 }).grounds),
      /big-raise: a jump/,
    )
    const rule = (when: string) => ({ id: 'r', when, reason: '', level: 2, eyes: 1 }) as const
    const at = { hour: 12, weekday: 1, workingHours: true }
    assert.equal(
      ruleHolds(rule('action.cost > 1 && !context.workingHours'), { ...NO_ACTION, cost: 2 }, at),
      false,
    )
    assert.equal(ruleHolds(rule('context.hour == 12'), NO_ACTION, at), true)
    assert.equal(ruleHolds(rule('1 / int(action.cost) > 3'), NO_ACTION, at), true, 'it divides by zero')
    assert.equal(ruleHolds(rule('action.ofAnotherVersion'), NO_ACTION, at), true, 'it cannot be read')
  })

  it('GP4 names each difference with its direction', () => {
    const full = read(FULL)
    assert.deepEqual(diffPolicy(full, full), [])
    const risks = (from: GovernancePolicy, to: GovernancePolicy) =>
      Object.fromEntries(diffPolicy(from, to).map(({ path, risk }) => [path, risk]))
    const cases: readonly (readonly [string, Partial<GovernancePolicy>, string])[] = [
      ['levels.spend', { levels: { ...OPEN_POLICY.levels, spend: 3 } }, 'raise'],
      ['levels.message', { levels: { ...OPEN_POLICY.levels, message: 2 } }, 'lower'],
      [
        'exceptions',
        { exceptions: [{ class: 'message', campaign: 'a', market: '', above: null, level: 2 }] },
        'lower',
      ],
      [
        'exceptions',
        { exceptions: [{ class: 'spend', campaign: 'a', market: '', above: null, level: 3 }] },
        'raise',
      ],
      ['rules.r', { rules: [{ id: 'r', when: 'true', reason: '', level: 2, eyes: 1 }] }, 'lower'],
      ['four_eyes.cost_above', { fourEyes: { costAbove: 5, peopleAbove: null, classes: [] } }, 'lower'],
      ['approvers.default', { approvers: { default: ['approver', 'engineer', 'owner', 'viewer'] } }, 'raise'],
      ['undo', { undoMs: 60_000 }, 'raise'],
      ['first.campaign', { first: { ...OPEN_POLICY.first, campaign: true } }, 'lower'],
      ['ramp', { ramp: CAREFUL_POLICY.ramp }, 'lower'],
      ['outside_hours.message', { outsideHours: { message: 1 } }, 'lower'],
      ['resume.per_minute', { resumePerMinute: 10 }, 'lower'],
    ]
    for (const [path, changes, risk] of cases) {
      const to = { ...OPEN_POLICY, ...changes }
      assert.equal(risks(OPEN_POLICY, to)[path], risk, path)
      const back = risks(to, OPEN_POLICY)[path]
      assert.equal(back, path === 'exceptions' || risk === 'lower' ? 'raise' : 'lower', `${path} back`)
    }
    assert.ok(onlyLowersRisk(diffPolicy(OPEN_POLICY, CAREFUL_POLICY)))
    assert.ok(!onlyLowersRisk(diffPolicy(CAREFUL_POLICY, OPEN_POLICY)))
  })

  it('GP4 never calls a change harmless under which some action may go further', () => {
    const levels = fc.record(
      Object.fromEntries(ACTION_CLASSES.map((name) => [name, fc.integer({ min: 0, max: 4 })])),
    ) as fc.Arbitrary<GovernancePolicy['levels']>
    const exception = fc.record({
      class: fc.constantFrom('' as const, 'message' as const, 'spend' as const),
      campaign: fc.constantFrom('', 'a'),
      market: fc.constantFrom('', 'ru'),
      above: fc.constantFrom(null, 5),
      level: fc.integer({ min: 0, max: 4 }),
    }) as fc.Arbitrary<GovernancePolicy['exceptions'][number]>
    const rule = fc.record({
      id: fc.constantFrom('r', 's'),
      when: fc.constantFrom('action.amount > 3.0', 'action.class == "spend"', 'false'),
      reason: fc.constant(''),
      level: fc.constantFrom(0 as const, 2 as const),
      eyes: fc.constantFrom(1 as const, 2 as const),
    })
    const policy = fc.record({
      levels,
      exceptions: fc.array(exception, { maxLength: 2 }),
      rules: fc.uniqueArray(rule, { maxLength: 2, selector: ({ id }) => id }),
      costAbove: fc.constantFrom(null, 3, 9),
      outside: fc.constantFrom({}, { message: 1 as const }),
    })
    const actions = ['message', 'spend', 'offer'].flatMap((name) =>
      ['a', 'b'].flatMap((campaign) =>
        ['ru', 'de'].flatMap((market) =>
          [0, 4, 8].map((amount) => ({ class: name, campaign, market, amount, cost: amount })),
        ),
      ),
    )
    const made = ({ costAbove, outside, ...rest }: { costAbove: number | null; outside: object } & object) =>
      ({
        ...OPEN_POLICY,
        ...rest,
        fourEyes: { ...OPEN_POLICY.fourEyes, costAbove },
        hours: { weekdays: [1], fromHour: 9, toHour: 18 },
        outsideHours: outside,
      }) as GovernancePolicy
    fc.assert(
      fc.property(policy, policy, (first, second) => {
        const [from, to] = [made(first), made(second)]
        if (!onlyLowersRisk(diffPolicy(from, to))) return
        for (const action of actions)
          for (const at of [MONDAY_NOON, '2026-06-01T22:00:00Z']) {
            const [was, is] = [level(from, action, at), level(to, action, at)]
            assert.ok(
              is.level <= was.level && (is.level > 2 || is.eyes >= was.eyes || was.level < 2),
              JSON.stringify(action),
            )
          }
      }),
      { numRuns: 400 },
    )
  })

  it('GP2 knows who is on call, over midnight too', () => {
    const policy = read(FULL)
    const called = (at: string) => onCallAt(policy, DEFAULT_BUSINESS, Date.parse(at))
    assert.deepEqual(called('2026-06-01T19:00:00Z'), ['anna'])
    assert.deepEqual(called('2026-06-02T08:59:00Z'), ['anna'], 'the night after Monday')
    assert.deepEqual(called('2026-06-02T09:00:00Z'), [])
    assert.deepEqual(called('2026-06-02T19:00:00Z'), [])
  })
})
