// Raises of ad money under the policy: what waits becomes one proposal a day, a yes lets that day's plan
// through, and nothing else.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BUDGET_PLANNED } from '../budget/events.ts'
import { ADS_LINES_APPLIED, ADS_REPORTED } from '../delivery/events.ts'
import type { SpendMove } from '../delivery/index.ts'
import { APPROVED, POLICY_APPLIED, type GovernancePolicy } from '../governance/events.ts'
import { OPEN_POLICY } from '../governance/index.ts'
import { asDecisionId } from '../kernel/ids.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import { createState, foldEvent } from '../loop.ts'
import { loopExecutors } from './governed-executors.ts'
import { governingEvents } from './governing.ts'
import { mayRaise } from './spend-permit.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const TODAY = NOW / DAY_MS
const EUR = 1_000_000
const anna = { kind: 'user', id: 'anna', name: 'Anna', role: 'owner' } as const

const world = (policy: Partial<GovernancePolicy> | null) => {
  const state = createState()
  const seen = new Set<string>()
  const take = (...events: readonly NewEvent[]): void => {
    for (const event of events) {
      if (seen.has(event.id)) continue
      seen.add(event.id)
      foldEvent(state, { ...event, offset: state.offset + 1 })
    }
  }
  const tell = (type: string, data: object, id = `e${state.offset}`): void =>
    take({ id, type, key: '', at: NOW, data })
  const line = (id: string) => ({
    id,
    name: id,
    platform: 'p',
    externalId: id,
    channel: 'search',
    dayMaxMicros: 500 * EUR,
    monthMaxMicros: 9_000 * EUR,
    goalEvent: '',
  })
  tell(ADS_LINES_APPLIED, {
    version: '1',
    currency: 'EUR',
    timeZone: 'UTC',
    portfolio: { dayMaxMicros: 900 * EUR, monthMaxMicros: 9_000 * EUR, dayTargetMicros: 300 * EUR },
    rules: {},
    lines: [line('a'), line('b'), line('c')],
  })
  tell(ADS_REPORTED, {
    platform: 'p',
    lines: ['a', 'b', 'c'].map((lineId) => ({ lineId, budgetMicros: 100 * EUR, days: [] })),
  })
  if (policy !== null)
    tell(POLICY_APPLIED, { version: 'v', policy: { ...OPEN_POLICY, ...policy }, by: anna, proposalId: '' })
  const plan = (planId: string, to: Readonly<Record<string, number>>, day = TODAY): void =>
    tell(BUDGET_PLANNED, {
      planId,
      day: Math.floor(day),
      totalMicros: 300 * EUR,
      price: 1,
      gain: 5,
      lines: Object.entries(to).map(([lineId, euros]) => ({ lineId, toMicros: euros * EUR, gain: 2 })),
    })
  const turn = (): void => {
    for (let i = 0; i < 3; i++) take(...governingEvents(state, NOW, loopExecutors(state)))
  }
  const may = (lineId: string, euros: number, planId = 'plan:1'): boolean => {
    const move: SpendMove = {
      moveId: asDecisionId(`${planId}:${lineId}`),
      lineId,
      currency: 'EUR',
      fromMicros: 100 * EUR,
      toMicros: euros * EUR,
      why: 'plan',
    }
    return mayRaise(state, move, NOW)
  }
  const approve = (proposalId: string): void => {
    tell(APPROVED, { proposalId, by: anna, note: '', seenUpTo: 1e9, eyes: 1, via: 't' })
    turn()
  }
  return { state, plan, turn, may, approve, open: () => [...state.governance.open.values()] }
}

describe('raises of ad money', () => {
  it('GA6 go as they did where no policy is, and by themselves from level 3 on', () => {
    for (const policy of [null, { levels: { ...OPEN_POLICY.levels, spend: 3 as const } }]) {
      const w = world(policy)
      w.plan('plan:1', { a: 120 })
      w.turn()
      assert.equal(w.may('a', 120), true)
      assert.deepEqual(w.open(), [])
    }
  })

  it('GA6 of one day are one proposal, and a yes covers that day’s plan alone', () => {
    const w = world({})
    w.plan('plan:1', { a: 120, b: 130, c: 80 })
    w.turn()
    const [asked, ...others] = w.open()
    assert.ok(asked !== undefined && others.length === 0)
    assert.deepEqual(
      asked.changes.map(({ path, is, willBe }) => [path, is, willBe]),
      [
        ['a', '100', '120'],
        ['b', '100', '130'],
      ],
    )
    assert.equal(asked.cost, 50)
    assert.equal(w.may('a', 120), false)
    w.approve(asked.proposalId)
    assert.equal(w.may('a', 120), true)
    assert.equal(w.may('a', 120, 'plan:2'), false, 'another plan is another question')
    w.turn()
    assert.deepEqual(w.open(), [])
    w.plan('plan:2', { a: 125 })
    w.turn()
    assert.equal(w.open()[0]?.ground, 'plan:2')
  })

  it('GA6 asks by rule only for what the rule is about, and a new plan makes the old question stale', () => {
    const w = world({
      levels: { ...OPEN_POLICY.levels, spend: 4 },
      rules: [{ id: 'jump', when: 'action.increaseShare > 0.2', reason: '', level: 2, eyes: 2 }],
    })
    w.plan('plan:1', { a: 110, b: 150 })
    w.turn()
    assert.deepEqual([w.may('a', 110), w.may('b', 150)], [true, false])
    const [asked] = w.open()
    assert.deepEqual([asked?.changes.map(({ path }) => path), asked?.eyes], [['b'], 2])
    w.plan('plan:2', { b: 160 })
    w.turn()
    assert.equal(w.state.governance.closed.at(-1)?.status, 'stale')
    assert.equal(w.open()[0]?.ground, 'plan:2')
  })
})
