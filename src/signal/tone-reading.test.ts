// A tone that was read when an item came: taken from it, and in the way of nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogEvent } from '../log/port.ts'
import { SIGNAL_RECEIVED, TONE_KEY, type Signal } from './events.ts'
import { createSignalState, foldSignal, signalHealth, type SignalState } from './fold.ts'
import { SIGNAL_LIMITS } from './limits.ts'

const AT = Date.UTC(2026, 5, 1, 12)
const TONE = {
  tone: -0.8,
  sentiment: 'negative',
  confidence: 0.9,
  emotion: 'anger',
  language: 'en',
  version: 'v1',
} as const

const received = (payload: unknown, offset = 1): LogEvent => ({
  offset,
  id: `e${offset}`,
  type: SIGNAL_RECEIVED,
  key: 'http',
  at: AT,
  data: { header: { endpoint: 'track', source: 'http', receivedAt: AT }, payload },
})
const track = (more: Record<string, unknown> = {}) => ({
  event: 'Ticket Created',
  userId: 'u1',
  messageId: 'm1',
  ...more,
})
const read = (payload: unknown, state: SignalState = createSignalState()): Signal | undefined =>
  foldSignal(state, received(payload))[0]

describe('tones in items', () => {
  it('SI17 takes how a text was read from the item, and passes over what is none', () => {
    assert.deepEqual(read(track({ [TONE_KEY]: TONE }))?.tone, TONE)
    const wrong = [{ ...TONE, tone: 2 }, { ...TONE, sentiment: 'glad' }, { ...TONE, language: 'de' }, 7, null]
    for (const none of wrong) assert.equal('tone' in (read(track({ [TONE_KEY]: none })) ?? {}), false)
  })

  it('SI17 makes no other body', () => {
    const state = createSignalState()
    read(track(), state)
    assert.equal(read(track({ [TONE_KEY]: TONE }), state), undefined)
    const [row] = signalHealth(state).rows
    assert.deepEqual([row?.duplicates, row?.conflicts], [1, 0])
  })

  it('SI17 makes no larger event: what was accepted is not dropped on replay', () => {
    const empty = JSON.stringify(track({ properties: { text: '' } })).length
    const text = '"'.repeat((SIGNAL_LIMITS.eventBytesMax - empty) / 2)
    const full = track({ properties: { text } })
    assert.ok(JSON.stringify(full).length > SIGNAL_LIMITS.eventBytesMax - 2)
    assert.equal(read({ ...full, [TONE_KEY]: TONE })?.tone?.tone, -0.8)
  })
})
