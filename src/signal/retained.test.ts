// What of a request goes earlier than its person, and what stays of it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { monthOf } from '../kernel/month.ts'
import type { LogEvent } from '../log/port.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from './events.ts'
import { createSignalState, dumpSignal, foldSignal, restoreSignal } from './fold.ts'
import { retainedOf } from './retained.ts'
import { storedMonths } from './stored.ts'

const AT = Date.UTC(2026, 5, 1, 12)
const request = (batch: readonly object[], more: object = {}, strict = false): SignalReceived => ({
  header: { endpoint: 'batch', source: 'http', receivedAt: AT, ...(strict ? { strict } : {}) },
  payload: { batch, ...more },
})
const eventOf = (data: SignalReceived, offset = 1): LogEvent => ({
  offset,
  id: `e${offset}`,
  type: SIGNAL_RECEIVED,
  key: 'http',
  at: AT,
  data,
})
/** As reading gives it when these places are over. */
const over = (data: SignalReceived, places: readonly number[]): SignalReceived => {
  const { stubs } = retainedOf(data)
  const { batch, ...rest } = data.payload as { readonly batch: readonly unknown[] }
  const items = batch.map((item, place) =>
    places.includes(place) ? (JSON.parse(stubs[place] ?? '') as unknown) : item,
  )
  return { ...data, payload: { ...rest, batch: items }, expired: places }
}
const page = (messageId: string, more: object = {}): object => ({
  type: 'page',
  userId: 'u',
  messageId,
  name: 'secret page',
  ...more,
})

describe('what goes earlier than its person', () => {
  it('SI18 each item counts to a class and the month in which it happened', () => {
    const { periods } = retainedOf(
      request([
        page('1', { timestamp: '2025-01-31T23:59:59Z' }),
        { type: 'track', event: 'Order Completed', userId: 'u', messageId: '2' },
        { type: 'track', event: 'Order Refunded', userId: 'u', messageId: '3' },
        { type: 'track', event: 'Consent Changed', userId: 'u', messageId: '4' },
        { type: 'track', event: 'Looked', userId: 'u', messageId: '5' },
        { type: 'identify', userId: 'u', messageId: '6', timestamp: '1975-01-01T00:00:00Z' },
      ]),
    )
    assert.deepEqual(periods, [
      'behaviour:2025-01',
      'orders:2026-06',
      'orders:2026-06',
      '',
      'behaviour:2026-06',
      'behaviour:2000-01',
    ])
    assert.equal(monthOf(Date.UTC(2026, 0) - 1), '2025-12')
    assert.equal(monthOf(Date.UTC(2026, 0)), '2026-01')
  })

  it('SI18 writes what stays of a plain item as JSON writes it', () => {
    const items = [
      {
        type: 'track',
        event: 'Looked',
        userId: 'u"1',
        messageId: '1',
        context: { locale: 'en\\GB', page: 'x' },
      },
      { userId: 7, anonymousId: 'ann', type: 'track', event: 'Looked', messageId: '2', groupId: 'g' },
      { type: 'page', name: 'Home', anonymousId: 'ann\ud83d', messageId: '3', context: {} },
      {
        type: 'page',
        name: 'Home',
        anonymousId: 'a',
        messageId: '4',
        context: { locale: 5, timezone: 'UTC' },
      },
      { type: 'track', event: 'Looked', userId: null, anonymousId: 'a', messageId: '5', context: null },
    ]
    assert.deepEqual(retainedOf(request(items)).stubs, [
      String.raw`{"type":"track","messageId":"1","userId":"u\"1","context":{"locale":"en\\GB"}}`,
      '{"type":"track","messageId":"2","userId":7,"anonymousId":"ann","groupId":"g"}',
      String.raw`{"type":"page","messageId":"3","anonymousId":"ann\ud83d"}`,
      '{"type":"page","messageId":"4","anonymousId":"a","context":{"timezone":"UTC","locale":5}}',
      '{"type":"track","messageId":"5","userId":null,"anonymousId":"a"}',
    ])
  })

  it('SI18 what stays tells who it was, what they are called and agreed to, nothing of what they did', () => {
    const device = { id: 'd1', model: 'secret' }
    const { stubs, around, aroundPeriod } = retainedOf(
      request(
        [
          page('1', {
            anonymousId: 'a',
            timestamp: '2025-01-31T00:00:00Z',
            context: { ip: 'secret', device },
          }),
          {
            type: 'identify',
            userId: 'u',
            messageId: '2',
            timestamp: '2025-01-31T00:00:00Z',
            traits: { email: 'u@x.example' },
            context: { consent: { categoryPreferences: { marketing: true } }, page: 'secret', locale: 'en' },
          },
        ],
        { sentAt: '2025-01-31T00:00:01Z', context: { ip: 'secret' } },
      ),
    )
    assert.deepEqual(
      stubs.map((stub) => JSON.parse(stub) as unknown),
      [
        { type: 'page', messageId: '1', userId: 'u', anonymousId: 'a', context: { device: { id: 'd1' } } },
        {
          type: 'identify',
          messageId: '2',
          userId: 'u',
          context: { consent: { categoryPreferences: { marketing: true } }, locale: 'en' },
          traits: { email: 'u@x.example' },
          timestamp: '2025-01-31T00:00:00Z',
        },
      ],
    )
    assert.ok(!`${stubs.join('')}${around}`.includes('secret'))
    assert.deepEqual(JSON.parse(around), { sentAt: '2025-01-31T00:00:01Z', batch: [] })
    assert.equal(aroundPeriod, 'behaviour:2026-06')
    assert.equal(retainedOf(request([page('1')])).aroundPeriod, '')
  })

  it('SI18 folded again, what is over is known to have come, says who it was and counts for nothing else', () => {
    const data = request([page('1'), { type: 'track', userId: 'u', messageId: '2' }, page('1'), page('3')])
    const state = createSignalState()
    assert.equal(foldSignal(state, eventOf(data)).length, 2)
    assert.deepEqual(storedMonths(state.stored), [{ dataClass: 'behaviour', month: '2026-06', items: 2 }])
    const again = createSignalState()
    const signals = foldSignal(again, eventOf(over(data, [0, 1, 2])))
    assert.deepEqual(
      signals.map(({ messageId, past, name }) => [messageId, past ?? false, name]),
      [
        ['1', true, ''],
        ['3', false, 'secret page'],
      ],
    )
    assert.deepEqual(storedMonths(again.stored), [{ dataClass: 'behaviour', month: '2026-06', items: 1 }])
    assert.deepEqual(storedMonths(restoreSignal(dumpSignal(again)).stored), storedMonths(again.stored))
    assert.deepEqual(foldSignal(again, eventOf(request([page('1')]), 2)), [], 'it came already')
  })

  it('SI18 an item that was left out is left out again', () => {
    const wrong = page('1', { timestamp: 'no time' })
    for (const strict of [true, false]) {
      const data = request([wrong], {}, strict)
      const kept = foldSignal(createSignalState(), eventOf(data)).length
      assert.equal(kept, strict ? 0 : 1)
      assert.equal(foldSignal(createSignalState(), eventOf(over(data, [0]))).length, kept)
    }
  })
})
