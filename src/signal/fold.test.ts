// Signals out of the log: shape, time, once only, over restarts, whatever was sent.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { LogEvent } from '../log/port.ts'
import type { Dump } from '../log/dump.ts'
import { createRng } from '../kernel/rng.ts'
import { SIGNAL_RECEIVED, type Signal, type SignalReceived } from './events.ts'
import { correctTime } from './correct-time.ts'
import { createSignalState, dumpSignal, foldSignal, restoreSignal, signalHealth } from './fold.ts'
import type { HealthRow } from './health.ts'

const RECEIVED_AT = Date.UTC(2026, 5, 1, 12)

const received = (
  endpoint: SignalReceived['header']['endpoint'],
  payload: unknown,
  header: Partial<SignalReceived['header']> = {},
  offset = 1,
): LogEvent => ({
  offset,
  id: `e${offset}`,
  type: SIGNAL_RECEIVED,
  key: 'http',
  at: RECEIVED_AT,
  data: { header: { endpoint, source: 'http', receivedAt: RECEIVED_AT, ...header }, payload },
})

const track = (messageId: string, more: Record<string, unknown> = {}) => ({
  type: 'track',
  event: 'Seen',
  userId: 'u1',
  messageId,
  ...more,
})

const one = (event: LogEvent): Signal => {
  const signals = foldSignal(createSignalState(), event)
  assert.equal(signals.length, 1)
  return signals[0] as Signal
}

const totals = (rows: readonly HealthRow[]) => ({
  received: rows.reduce((sum, row) => sum + row.received, 0),
  accepted: rows.reduce((sum, row) => sum + row.accepted, 0),
  duplicates: rows.reduce((sum, row) => sum + row.duplicates, 0),
  conflicts: rows.reduce((sum, row) => sum + row.conflicts, 0),
  dropped: rows.reduce((sum, row) => sum + row.dropped, 0),
})

/** A dump as comparable text: typed arrays as their bytes in base64. */
const bytesOf = (dump: Dump): string =>
  JSON.stringify(dump, (_key, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  )

const shuffled = <T>(items: readonly T[], seed: string): T[] => {
  const rng = createRng(seed)
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    const swap = copy[i] as T
    copy[i] = copy[j] as T
    copy[j] = swap
  }
  return copy
}

describe('what a request becomes', () => {
  it('SI6 gives all signals one shape, with texts empty where absent', () => {
    const signal = one(received('identify', { anonymousId: 'a', messageId: 'm', traits: { plan: 'pro' } }))
    assert.deepEqual(signal, {
      kind: 'identify',
      messageId: 'm',
      userId: '',
      anonymousId: 'a',
      previousId: '',
      groupId: '',
      name: '',
      properties: {},
      traits: { plan: 'pro' },
      context: {},
      at: RECEIVED_AT,
      receivedAt: RECEIVED_AT,
      source: 'http',
    })
    const other = one(received('alias', { userId: 'u', previousId: 'a', messageId: 'm' }))
    assert.deepEqual(Object.keys(other), Object.keys(signal))
  })

  it('SI6 merges the context of the batch under that of the event, and traits over context.traits', () => {
    const payload = {
      context: { ip: '1.2.3.4', locale: 'en' },
      batch: [
        {
          type: 'identify',
          userId: 'u',
          traits: { a: 1 },
          context: { locale: 'ru', traits: { a: 2, b: 2 } },
        },
        { type: 'group', userId: 'u', groupId: 'g', traits: { size: 9 }, context: { traits: { b: 2 } } },
        { type: 'page', userId: 'u', name: 'Home', category: 'Docs', properties: { url: '/' } },
      ],
    }
    const [identify, group, page] = foldSignal(createSignalState(), received('batch', payload))
    assert.deepEqual(identify?.context, { ip: '1.2.3.4', locale: 'ru', traits: { a: 2, b: 2 } })
    assert.deepEqual(identify?.traits, { a: 1, b: 2 })
    assert.deepEqual(group?.traits, { size: 9 })
    assert.deepEqual(page?.properties, { url: '/', category: 'Docs' })
  })

  it('SI3 uses the ids in the header, and the event id where there are none', () => {
    const batch = { batch: [track(''), track(''), track('own')] }
    const ids = foldSignal(createSignalState(), received('batch', batch, { ids: ['s1', null, null] }))
    assert.deepEqual(
      ids.map(({ messageId }) => messageId),
      ['s1', 'e1:1', 'own'],
    )
  })

  it('SI6 ignores other events and payloads it cannot read', () => {
    const state = createSignalState()
    assert.deepEqual(foldSignal(state, { ...received('track', track('m')), type: 'other.v1' }), [])
    for (const payload of [null, 5, [], { batch: 'x' }])
      assert.deepEqual(foldSignal(state, received('batch', payload)), [])
    assert.equal(signalHealth(state).idsRemembered, 0)
  })
})

describe('times', () => {
  const sent = (timestamp: unknown, sentAt: unknown) =>
    one(received('track', track('m', { timestamp, sentAt }))).at
  const iso = (ms: number) => new Date(ms).toISOString()
  const MINUTE = 60_000

  it('SI7 corrects the time by how far off the sender is', () => {
    const wrong = Date.UTC(2001, 0, 1)
    assert.equal(sent(iso(wrong - 5 * MINUTE), iso(wrong)), RECEIVED_AT - 5 * MINUTE)
    const fast = RECEIVED_AT + 3 * 3_600_000
    assert.equal(sent(iso(fast - MINUTE), iso(fast)), RECEIVED_AT - MINUTE)
  })

  it('SI7 never dates an event after its receipt nor before 1970', () => {
    assert.equal(sent(iso(RECEIVED_AT + MINUTE), undefined), RECEIVED_AT)
    const far = Date.UTC(9000, 0, 1)
    assert.equal(sent('2026-05-01T00:00:00Z', iso(far)), RECEIVED_AT)
    fc.assert(
      fc.property(
        fc.nat(4e12),
        fc.option(fc.nat(4e12), { nil: Number.NaN }),
        fc.nat(4e12),
        (ts, sentAt, now) => {
          const at = correctTime(ts, sentAt, now)
          return at >= 0 && at <= now
        },
      ),
    )
  })

  it('SI7 leaves the timestamp alone when sentAt cannot be by the same clock', () => {
    const ago = RECEIVED_AT - 86_400_000
    assert.equal(sent(iso(ago), '1970-01-01T00:00:00Z'), ago)
    assert.equal(sent(iso(ago), undefined), ago)
  })

  it('SI5 dates an event with an impossible time by its receipt, and counts it', () => {
    const state = createSignalState()
    const [signal] = foldSignal(state, received('track', track('m', { timestamp: '2026-02-31' })))
    assert.equal(signal?.at, RECEIVED_AT)
    const [row] = signalHealth(state).rows
    assert.deepEqual(row?.issues, { timestamp_invalid: 1 })
    assert.equal(row?.dropped, 0)
  })

  it('SI5 leaves it out when the request was strict, and takes the repaired one afterwards', () => {
    const state = createSignalState()
    const strict = { strict: true }
    assert.deepEqual(foldSignal(state, received('track', track('m', { timestamp: 5 }), strict)), [])
    assert.equal(foldSignal(state, received('track', track('m'), strict)).length, 1)
  })

  it('SI7 reads originalTimestamp where timestamp is absent', () => {
    const ago = RECEIVED_AT - 1_000
    assert.equal(one(received('track', track('m', { originalTimestamp: iso(ago) }))).at, ago)
  })

  it('SI10 counts clocks that are noticeably off', () => {
    const state = createSignalState()
    const off = iso(RECEIVED_AT - 3_600_000)
    foldSignal(state, received('track', track('m1', { timestamp: off, sentAt: off })))
    foldSignal(state, received('track', track('m2', { timestamp: off, sentAt: iso(RECEIVED_AT) })))
    assert.equal(signalHealth(state).rows[0]?.clockSkewed, 1)
  })
})

describe('deduplication', () => {
  it('SI8 lets the first of an id win, and counts another body as a conflict', () => {
    const state = createSignalState()
    foldSignal(state, received('track', track('m', { properties: { a: 1, b: 'x' } })))
    assert.deepEqual(foldSignal(state, received('track', track('m', { properties: { b: 'x', a: 1 } }))), [])
    const again = track('m', { properties: { a: 1, b: 'x' }, sentAt: '2026-05-01T00:00:00Z' })
    assert.deepEqual(foldSignal(state, received('track', again)), [])
    assert.deepEqual(totals(signalHealth(state).rows).conflicts, 0)
    foldSignal(state, received('track', track('m', { properties: { a: 2, b: 'x' } })))
    foldSignal(state, received('track', track('m', { userId: 'other' })))
    assert.deepEqual(totals(signalHealth(state).rows), {
      received: 5,
      accepted: 1,
      duplicates: 4,
      conflicts: 2,
      dropped: 0,
    })
  })

  it('SI8 knows an id again from any source and endpoint', () => {
    const state = createSignalState()
    foldSignal(state, received('track', track('m')))
    assert.deepEqual(
      foldSignal(state, received('batch', { batch: [track('m')] }, { source: 'import:x' })),
      [],
    )
  })

  it('SI9 forgets the oldest generation only', () => {
    const state = createSignalState({ dedupIdsMax: 1_000 })
    const send = (id: number) => foldSignal(state, received('track', track(`m${id}`))).length
    for (let id = 0; id < 2_000; id++) assert.equal(send(id), 1)
    for (let id = 1_500; id < 2_000; id++) assert.equal(send(id), 0, `m${id}`)
    assert.equal(send(0), 1)
    assert.ok(signalHealth(state).idsRemembered <= 1_000)
  })

  it('SI9 starts small and grows with the ids', () => {
    const state = createSignalState()
    assert.ok(signalHealth(state).idBytes < 200_000)
    const batch = Array.from({ length: 100_000 }, (_, index) => track(`id-${index}`))
    assert.equal(foldSignal(state, received('batch', { batch })).length, 100_000)
    const { idBytes } = signalHealth(state)
    assert.ok(idBytes / 100_000 < 22, `${idBytes / 100_000} bytes an id`)
  })

  it('SI11 gives the same signals and bytes through dump and restore at any point', () => {
    const item = fc.record({
      type: fc.constantFrom('track', 'identify', 'page', 'delete'),
      event: fc.constantFrom('A', 'B', ''),
      userId: fc.constantFrom('u1', 'u2', ''),
      messageId: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6'),
      timestamp: fc.constantFrom('2026-05-01T00:00:00Z', '2026-02-31', undefined),
      properties: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue(), { maxKeys: 3 }),
    })
    const options = { dedupIdsMax: 4, namesMax: 2, sourcesMax: 2 }
    fc.assert(
      fc.property(
        fc.array(fc.tuple(item, fc.constantFrom('s1', 's2', 's3')), { maxLength: 30 }),
        fc.nat(30),
        (items, cut) => {
          const events = items.map(([payload, source], index) =>
            received('batch', { batch: [payload] }, { source }, index + 1),
          )
          const whole = createSignalState(options)
          const expected = events.flatMap((event) => foldSignal(whole, event))
          let state = createSignalState(options)
          const actual = events.slice(0, cut).flatMap((event) => foldSignal(state, event))
          state = restoreSignal(dumpSignal(state), options)
          for (const event of events.slice(cut)) actual.push(...foldSignal(state, event))
          assert.deepEqual(actual, expected)
          assert.equal(bytesOf(dumpSignal(state)), bytesOf(dumpSignal(whole)))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('SI11 takes 100,000 events three times, shuffled, across restarts, and counts each once', () => {
    const items = Array.from({ length: 100_000 }, (_, index) =>
      track(`msg-${index}`, { event: `Event ${index % 7}`, properties: { index } }),
    )
    let state = createSignalState()
    let offset = 0
    const replay = (seed: string): number => {
      let fresh = 0
      const order = shuffled(items, seed)
      for (let from = 0; from < order.length; from += 2_500) {
        const batch = order.slice(from, from + 2_500)
        fresh += foldSignal(state, received('batch', { batch }, {}, ++offset)).length
        if (from % 25_000 === 0) state = restoreSignal(dumpSignal(state))
      }
      return fresh
    }
    assert.equal(replay('first'), 100_000)
    const rows = signalHealth(state).rows.map(({ name, accepted }) => [name, accepted])
    assert.equal(replay('second') + replay('third'), 0)
    assert.deepEqual(
      signalHealth(state).rows.map(({ name, accepted }) => [name, accepted]),
      rows,
    )
    assert.deepEqual(totals(signalHealth(state).rows), {
      received: 300_000,
      accepted: 100_000,
      duplicates: 200_000,
      conflicts: 0,
      dropped: 0,
    })
  })
})

describe('data health', () => {
  it('SI10 counts by source and name, and what was dropped by code', () => {
    const state = createSignalState()
    foldSignal(
      state,
      received('batch', { batch: [track('1'), track('2', { userId: '' }), { type: 'x' }, 5] }),
    )
    foldSignal(state, received('identify', { userId: 'u', messageId: 'i' }, { source: 'shop' }))
    assert.deepEqual(
      signalHealth(state).rows.map(({ source, name, received, accepted, issues }) => [
        source,
        name,
        received,
        accepted,
        issues,
      ]),
      [
        ['http', '$invalid', 2, 0, { not_an_object: 1, type_unknown: 1 }],
        ['http', 'Seen', 2, 1, { id_missing: 1 }],
        ['shop', '$identify', 1, 1, {}],
      ],
    )
    assert.equal(signalHealth(state).rows[0]?.lastAt, RECEIVED_AT)
  })

  it('SI10 keeps the number of rows bounded when names or sources are made up', () => {
    const state = createSignalState({ namesMax: 3, sourcesMax: 2 })
    for (let index = 0; index < 50; index++) {
      const header = { source: `s${index}` }
      foldSignal(state, received('track', track(`m${index}`, { event: `E${index}` }), header))
    }
    const { rows } = signalHealth(state)
    assert.ok(rows.length <= 3 * 4, `${rows.length} rows`)
    assert.equal(totals(rows).received, 50)
    assert.ok(rows.some(({ source, name }) => source === '(other)' && name === '(other)'))
  })
})

describe('hostile input', () => {
  it('SI12 lets no __proto__ key, endless number or minus zero into a signal', () => {
    const text =
      '{"userId":"u","event":"e","messageId":"m","__proto__":{"admin":true},' +
      '"properties":{"__proto__":{"polluted":1},"list":[{"__proto__":{"x":1},"a":1e999}],"zero":-0}}'
    const signal = one(received('track', JSON.parse(text)))
    assert.equal(Object.hasOwn(signal.properties, '__proto__'), false)
    assert.deepEqual(signal.properties, { list: [{ a: null }], zero: 0 })
    assert.equal(JSON.stringify(signal).includes('__proto__'), false)
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    const batch = JSON.parse(`{"context":{"__proto__":{"x":1},"ip":"::1"},"batch":[${text}]}`) as {
      batch: Record<string, unknown>[]
    }
    Object.assign(batch.batch[0] ?? {}, { type: 'track' })
    assert.deepEqual(one(received('batch', batch)).context, { ip: '::1' })
  })

  it('SI12 writes halves of surrogate pairs as U+FFFD in ids and names', () => {
    const signal = one(received('track', track('m\ud800', { userId: 'u\udfff', event: '\ud83d' })))
    assert.deepEqual([signal.messageId, signal.userId, signal.name], ['m\ufffd', 'u\ufffd', '\ufffd'])
  })

  it('SI12 neither throws nor lets anything grow on any JSON value', () => {
    const state = createSignalState({ dedupIdsMax: 100 })
    const any = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constant('track'), event: fc.jsonValue(), userId: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('batch', 'track', 'identify' as const),
        fc.array(any),
        (endpoint, batch) => {
          const payload = endpoint === 'batch' ? { batch } : batch[0]
          for (const { userId, anonymousId, at } of foldSignal(state, received(endpoint, payload))) {
            assert.ok(userId !== '' || anonymousId !== '')
            assert.equal(at, RECEIVED_AT)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
