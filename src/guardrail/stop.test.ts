// STOP from the log and from outside it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAction } from './check.ts'
import { clear } from './clear.ts'
import type { StopScope } from './events.ts'
import { dumpGuardrail, restoreGuardrail } from './dump.ts'
import { createGuardrail, stopState } from './state.ts'
import { action, check, event, fold, request } from './testing/examples.ts'

const raise = (scope: StopScope) => event('stop.raised.v1', { scope, reason: 'because', by: 'me' })
const lift = (scope: StopScope) => event('stop.lifted.v1', { scope, by: 'me' })
const held = (state = createGuardrail(), changes = {}) =>
  checkAction(state, check(changes)).filter(({ code }) => code === 'stopped').length

describe('STOP', () => {
  it('S4 G9 holds its scope and nothing else, until that very scope is lifted', () => {
    const scopes: StopScope[] = [
      { kind: 'all' },
      { kind: 'channel', channel: 'email' },
      { kind: 'campaign', campaignId: 'welcome' },
    ]
    for (const scope of scopes) {
      const state = fold(createGuardrail(), raise(scope), raise(scope))
      assert.equal(held(state), 1)
      assert.equal(stopState(state).length, 1)
      assert.equal(held(fold(state, lift({ kind: 'campaign', campaignId: 'other' }))), 1)
      assert.equal(held(fold(state, lift(scope))), 0)
    }
    const email = fold(createGuardrail(), raise({ kind: 'channel', channel: 'email' }))
    assert.equal(held(email, { action: action({ channel: 'sms' }) }), 0)
    assert.equal(held(fold(createGuardrail(), raise({ kind: 'campaign', campaignId: 'other' }))), 0)
  })

  it('S4 G22 lifts no STOP that came after whoever lifts it looked, however the two get into the log', () => {
    const scope: StopScope = { kind: 'campaign', campaignId: 'welcome' }
    const seen = (seenUpTo: number) => event('stop.lifted.v1', { scope, by: 'me', seenUpTo })
    const once = fold(createGuardrail(), raise(scope))
    const [first] = stopState(once)
    assert.ok(first !== undefined)
    assert.equal(held(fold(once, seen(first.offset - 1))), 1)
    const again = { ...raise(scope), data: { scope, reason: 'a wrong price', by: 'her' } }
    const twice = fold(once, again)
    assert.deepEqual(
      stopState(twice).map(({ at, reason, by }) => [at, reason, by]),
      [[first.at, 'because; a wrong price', 'me']],
    )
    assert.equal(held(fold(twice, seen(first.offset))), 1)
    const restored = restoreGuardrail(dumpGuardrail(twice))
    assert.equal(held(fold(restored, seen(first.offset))), 1)
    assert.equal(held(fold(restored, seen(stopState(twice)[0]?.offset ?? 0))), 0)
  })

  it('S4 G9 holds from a file or a signal, and when the policy cannot be read', () => {
    assert.equal(
      held(createGuardrail(), { outside: { externalStops: [{ kind: 'all' }], policyReadable: true } }),
      1,
    )
    assert.equal(held(createGuardrail(), { outside: { externalStops: [], policyReadable: false } }), 1)
    const strange = { kind: 'continent' } as unknown as StopScope
    assert.equal(held(createGuardrail(), { outside: { externalStops: [strange], policyReadable: true } }), 1)
  })

  it('S4 G9 keeps back what was decided before it was raised', () => {
    const state = fold(createGuardrail(), raise({ kind: 'all' }))
    assert.equal(clear(state, request('d1')).kind, 'withheld')
  })

  it('S4 G9 stops everything when more scopes are stopped than can be kept apart', () => {
    const state = createGuardrail({ stopsMax: 3 })
    for (let i = 0; i < 5; i++) fold(state, raise({ kind: 'campaign', campaignId: `c${i}` }))
    assert.equal(held(state), 1)
    assert.ok(stopState(state).length <= 4)
  })

  it('S12 G3 stops everything when a suppression cannot be remembered', () => {
    const state = createGuardrail({ suppressionsMax: 2 })
    for (let i = 0; i < 3; i++)
      fold(state, event('suppression.added.v1', { channel: 'email', addressHash: `h${i}`, reason: 'manual' }))
    assert.equal(held(state), 1)
  })
})
