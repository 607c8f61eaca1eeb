// After a pause: how fast sending begins again, and what a restored system keeps back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asCampaignId } from '../kernel/ids.ts'
import { MINUTE_MS } from '../kernel/time.ts'
import { clear } from './clear.ts'
import { dumpGuardrail, restoreGuardrail } from './dump.ts'
import { STOP_LIFTED, STOP_RAISED, SYSTEM_RESTORED, SYSTEM_STARTED, type StopScope } from './events.ts'
import { isWithinRamps, releasedBy } from './pause.ts'
import { createGuardrail, foldGuardrail, type GuardrailState } from './state.ts'
import { event, NOON, request } from './testing/examples.ts'

const EVERYTHING: StopScope = { kind: 'all' }
const message = { channel: 'email', campaignId: asCampaignId('welcome') } as const

const fold = (state: GuardrailState, type: string, data: unknown, at: number): void =>
  foldGuardrail(state, event(type, data, at))

/** Where counting ends: many times what a slow beginning lets through in its first minutes. */
const MANY = 5_000

/** How many leave one after the other at this moment, up to {@link MANY}. */
const leaving = (state: GuardrailState, now: number, about: typeof message = message): number => {
  let left = 0
  for (; left < MANY; left++) {
    if (!isWithinRamps(state.pauses.ramps, about, { now, underWay: 0 })) break
    fold(
      state,
      'delivery.attempted.v1',
      { ...about, decisionId: `d${now}-${left}`, profileId: 'p1', cost: 0, discountShare: 0 },
      now,
    )
  }
  return left
}

const stopped = (scope: StopScope, minutes: number): GuardrailState => {
  const state = createGuardrail()
  fold(state, STOP_RAISED, { scope, reason: '', by: 'a test' }, NOON - minutes * MINUTE_MS)
  fold(state, STOP_LIFTED, { scope, by: 'a test' }, NOON)
  return state
}

describe('after a pause', () => {
  it('G16 a long STOP, or a long time in which nothing ran, is followed by a slow beginning', () => {
    const started = createGuardrail()
    fold(started, 'note.v1', {}, NOON - 6 * MINUTE_MS)
    fold(started, SYSTEM_STARTED, { channels: [], mode: 'live' }, NOON)
    for (const state of [stopped(EVERYTHING, 6), started]) {
      assert.equal(leaving(state, NOON), 1)
      assert.equal(leaving(state, NOON + MINUTE_MS), 60)
      assert.equal(leaving(state, NOON + 2 * MINUTE_MS), 120)
      const copy = restoreGuardrail(dumpGuardrail(state))
      assert.equal(leaving(copy, NOON + 3 * MINUTE_MS), 240)
      assert.equal(leaving(state, NOON + 3 * MINUTE_MS), 240)
      assert.equal(leaving(state, NOON + 13 * MINUTE_MS), MANY)
    }
  })

  it('G16 a short pause, and the first start ever, are followed by none', () => {
    const first = createGuardrail()
    fold(first, SYSTEM_STARTED, { channels: [], mode: 'live' }, NOON)
    for (const state of [stopped(EVERYTHING, 5), first]) assert.equal(leaving(state, NOON), MANY)
  })

  it('G16 a scope that was stopped begins slowly, and the others go on', () => {
    const state = stopped({ kind: 'campaign', campaignId: 'welcome' }, 60)
    assert.equal(leaving(state, NOON), 1)
    assert.equal(leaving(state, NOON, { ...message, campaignId: asCampaignId('other') }), MANY)
    const channel = stopped({ kind: 'channel', channel: 'sms' }, 60)
    assert.equal(leaving(channel, NOON), MANY)
  })

  it('G16 what is under way counts as gone', () => {
    const { pauses } = stopped(EVERYTHING, 6)
    const now = NOON + MINUTE_MS
    assert.equal(releasedBy(MINUTE_MS), 61)
    assert.ok(isWithinRamps(pauses.ramps, message, { now, underWay: 60 }))
    assert.ok(!isWithinRamps(pauses.ramps, message, { now, underWay: 61 }))
  })

  it('G17 in a restored system what was decided before the resume is withheld, unless it is wanted', () => {
    const restored = { epoch: 2, backupAt: NOON, offset: 9, hash: 'h', version: '0', by: 'a test' }
    for (const sendRestored of [false, true]) {
      const state = createGuardrail()
      fold(state, SYSTEM_RESTORED, restored, NOON)
      fold(state, STOP_RAISED, { scope: EVERYTHING, reason: '', by: 'a test' }, NOON)
      assert.deepEqual([state.pauses.epoch, state.pauses.restored?.offset], [2, 9])
      fold(state, STOP_LIFTED, { scope: { kind: 'channel', channel: 'sms' }, by: 'a test' }, NOON)
      assert.notEqual(state.pauses.restored, null)
      const lift = event(STOP_LIFTED, { scope: EVERYTHING, by: 'a test', sendRestored }, NOON)
      foldGuardrail(state, lift)
      assert.equal(state.pauses.restored, null)
      const verdict = (decisionOffset: number): string => {
        const answer = clear(state, request(`d${decisionOffset}`, { decisionOffset }))
        return answer.kind === 'withheld' ? answer.reasons.map(({ code }) => code).join() : answer.kind
      }
      assert.equal(verdict(lift.offset - 1), sendRestored ? 'cleared' : 'restored')
      assert.equal(verdict(lift.offset + 1), 'cleared')
    }
  })
})
