// Holds: what they keep back, what goes on, and that they fold.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { asCampaignId } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { checkAction } from './check.ts'
import { dumpGuardrail, restoreGuardrail } from './dump.ts'
import type { HoldScope } from './events.ts'
import { ALL_PROMOTIONS, isLineHeld } from './hold.ts'
import { createGuardrail, type GuardrailState } from './state.ts'
import { action, check, event, fold, recipient } from './testing/examples.ts'

type Scope = Extract<HoldScope, { readonly kind: 'promotions' }>

const placed = (scope: Partial<Scope> = {}, holdId = 'h1') =>
  event('hold.placed.v1', { holdId, scope: { ...ALL_PROMOTIONS, ...scope }, why: 'storm', by: 'brand' })
const lifted = (holdId = 'h1') => event('hold.lifted.v1', { holdId, by: 'anna' })
const codes = (state: GuardrailState, changes: Parameters<typeof check>[0] = {}) =>
  checkAction(state, check(changes)).map(({ code }) => code)

describe('hold', () => {
  it('G18 keeps promotions of its scope back, from the event on until it is lifted', () => {
    const state = createGuardrail()
    assert.deepEqual(codes(state), [])
    fold(state, placed())
    assert.deepEqual(codes(state), ['held'])
    fold(state, lifted())
    assert.deepEqual(codes(state), [])
  })

  it('G18 a scope names channels, campaigns, creatives, markets and offers; all that is named must fit', () => {
    const offer = action({ offer: { id: 'ten', discountShare: 0.1 } })
    const cases: readonly (readonly [Partial<Scope>, Parameters<typeof check>[0], boolean])[] = [
      [{ channels: ['email'] }, {}, true],
      [{ channels: ['sms'] }, {}, false],
      [{ campaigns: ['welcome'] }, {}, true],
      [{ campaigns: ['other'] }, {}, false],
      [{ campaigns: ['other'] }, { campaign: undefined }, true],
      [{ creatives: ['welcome'] }, {}, true],
      [{ creatives: ['other'] }, {}, false],
      [{ markets: ['ru'] }, { recipient: recipient({ market: 'ru-RU' }) }, true],
      [{ markets: ['RU'] }, { recipient: recipient({ market: 'en_RU' }) }, true],
      [{ markets: ['ru'] }, { recipient: recipient({ market: 'en-US' }) }, false],
      [{ offersOnly: true }, {}, false],
      [{ offersOnly: true }, { action: offer }, true],
      [{ offersOnly: true, channels: ['sms'] }, { action: offer }, false],
    ]
    for (const [scope, changes, isHeld] of cases)
      assert.equal(
        codes(fold(createGuardrail(), placed(scope)), changes).includes('held'),
        isHeld,
        canonicalJson(scope),
      )
  })

  it('G19 service messages go on; words for a moment go only while a hold asks for them', () => {
    const state = createGuardrail()
    assert.deepEqual(codes(state, { tone: 'empathetic' }), ['wrong_tone'])
    fold(state, placed({ exceptTone: 'empathetic' }))
    assert.deepEqual(codes(state, { tone: 'empathetic' }), [])
    assert.deepEqual(codes(state, { tone: 'festive' }), ['held', 'wrong_tone'])
    assert.deepEqual(codes(state), ['held'])
    const service = { id: asCampaignId('receipt'), status: 'live', service: true } as const
    assert.deepEqual(codes(state, { campaign: service }), [])
    fold(state, placed({}, 'h2'))
    assert.deepEqual(codes(state, { tone: 'empathetic' }), ['held'])
  })

  it('G18 one hold too many holds all promotions; a restart anywhere changes nothing', () => {
    const state = createGuardrail({ holdsMax: 1 })
    fold(state, placed({ channels: ['sms'] }, 'a'), placed({ channels: ['sms'] }, 'b'))
    assert.deepEqual(codes(state), ['held'])
    const again = restoreGuardrail(dumpGuardrail(state), { holdsMax: 1 })
    fold(state, lifted('a'))
    fold(again, lifted('a'))
    assert.equal(canonicalJson([...again.holds]), canonicalJson([...state.holds]))
    assert.deepEqual(codes(again), [])
  })

  it('G18 ad lines are held by name, or all of them', () => {
    const lines = (names: readonly string[]) =>
      fold(
        createGuardrail(),
        event('hold.placed.v1', { holdId: 'h', scope: { kind: 'lines', lines: names }, why: '', by: '' }),
      ).holds
    assert.equal(isLineHeld(lines(['search']), 'search'), true)
    assert.equal(isLineHeld(lines(['search']), 'social'), false)
    assert.equal(isLineHeld(lines([]), 'social'), true)
  })
})
