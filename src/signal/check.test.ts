// What may go into the log, and what the sender is told otherwise.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkRequest, type RequestCheck, type RequestInput } from './check.ts'

const newId = () => 'server-id'

const check = (endpoint: RequestInput['endpoint'], body: unknown, more: Partial<RequestInput> = {}) =>
  checkRequest({ endpoint, body, newId, ...more })

const fine = (result: RequestCheck) => {
  assert.ok(result.ok, JSON.stringify(result))
  return result
}
const codes = (result: RequestCheck) => fine(result).items.map(({ code }) => code)
const refusal = (result: RequestCheck) => {
  assert.ok(!result.ok)
  assert.ok(result.error.hint.length > 0, 'each refusal says what to do')
  return result.error.code
}

const track = { type: 'track', event: 'Seen', userId: 'u1', messageId: 'm1' }

describe('the request check', () => {
  it('SI1 refuses what is no request, whatever the mode', () => {
    for (const body of [null, 1, 'text', [], true, undefined])
      assert.equal(refusal(check('track', body)), 'signal.body_not_object')
    assert.equal(refusal(check('batch', {})), 'signal.batch_missing')
    assert.equal(refusal(check('batch', { batch: {} })), 'signal.batch_missing')
    assert.equal(refusal(check('batch', { batch: [], context: 'web' })), 'signal.context_invalid')
  })

  it('SI1 holds to the limits: 500 KB and 2,500 events a request, 32 KB an event', () => {
    assert.equal(refusal(check('track', track, { bytes: 500 * 1024 + 1 })), 'signal.body_too_large')
    fine(check('track', track, { bytes: 500 * 1024 }))
    const batchOf = (length: number) => ({ batch: Array.from({ length }, () => track) })
    assert.equal(fine(check('batch', batchOf(2_500))).accepted, 2_500)
    assert.equal(refusal(check('batch', batchOf(2_501))), 'signal.batch_too_long')
    const sized = (bytes: number) => {
      const empty = { ...track, properties: { text: '' } }
      const rest = bytes - JSON.stringify(empty).length
      return { ...empty, properties: { text: 'x'.repeat(rest) } }
    }
    fine(check('track', sized(32 * 1024)))
    assert.equal(refusal(check('track', sized(32 * 1024 + 1))), 'signal.event_too_large')
    assert.deepEqual(codes(check('batch', { batch: [track, sized(32 * 1024 + 1)] })), ['too_large'])
  })

  it('SI1 counts an event in UTF-8 bytes, escapes included', () => {
    const properties = { text: 'я'.repeat(16_000) }
    assert.deepEqual(codes(check('batch', { batch: [{ ...track, properties }] })), [])
    const longer = { text: 'я'.repeat(17_000) }
    assert.deepEqual(codes(check('batch', { batch: [{ ...track, properties: longer }] })), ['too_large'])
    const escaped = { text: '\u0001'.repeat(6_000) }
    assert.deepEqual(codes(check('batch', { batch: [{ ...track, properties: escaped }] })), ['too_large'])
  })

  it('SI2 names what is wrong with each event and accepts the others', () => {
    const bad: [unknown, string][] = [
      [null, 'not_an_object'],
      [{ ...track, type: 'delete' }, 'type_unknown'],
      [{ ...track, type: undefined }, 'type_unknown'],
      [{ ...track, userId: '' }, 'id_missing'],
      [{ ...track, userId: null, anonymousId: '  ' }, 'id_missing'],
      [{ ...track, userId: {} }, 'id_invalid'],
      [{ ...track, userId: 1.5 }, 'id_invalid'],
      [{ ...track, anonymousId: 'x'.repeat(513) }, 'id_invalid'],
      [{ ...track, messageId: true }, 'message_id_invalid'],
      [{ ...track, event: '' }, 'event_missing'],
      [{ ...track, event: 5 }, 'name_invalid'],
      [{ ...track, event: 'x'.repeat(513) }, 'name_invalid'],
      [{ type: 'group', userId: 'u' }, 'group_id_missing'],
      [{ type: 'alias', userId: 'u' }, 'previous_id_missing'],
      [{ ...track, properties: [] }, 'section_invalid'],
      [{ ...track, context: 'web' }, 'section_invalid'],
      [{ type: 'identify', userId: 'u', traits: 'x' }, 'section_invalid'],
    ]
    const result = fine(check('batch', { batch: [track, ...bad.map(([item]) => item), track] }))
    assert.equal(result.accepted, 2)
    assert.deepEqual(
      result.items.map(({ index, code }) => [index, code]),
      bad.map(([, code], index) => [index + 1, code]),
    )
    assert.ok(result.items.every(({ message }) => message.endsWith('.')))
  })

  it('SI2 takes the kind from the endpoint, and numbers for ids', () => {
    for (const endpoint of ['identify', 'page', 'screen'] as const)
      assert.equal(fine(check(endpoint, { anonymousId: 7 })).accepted, 1)
    assert.equal(fine(check('track', { userId: 12, event: 'A' })).accepted, 1)
    assert.equal(fine(check('group', { userId: 'u', groupId: 'g' })).accepted, 1)
    assert.equal(fine(check('alias', { userId: 'u', previousId: 'p' })).accepted, 1)
    assert.deepEqual(codes(check('track', { userId: 'u' })), ['event_missing'])
  })

  it('SI3 gives an id to each event that comes without one, by position', () => {
    let count = 0
    const counting = () => `s${++count}`
    const batch = [{ ...track, messageId: '' }, track, { ...track, messageId: undefined }, null]
    assert.deepEqual(fine(check('batch', { batch }, { newId: counting })).ids, ['s1', null, 's2', null])
    assert.equal(fine(check('track', track)).ids, undefined)
  })

  it('SI5 tolerates impossible times when lenient and refuses the event when strict', () => {
    for (const timestamp of [
      '2026-02-31T00:00:00Z',
      '99999-01-01T00:00:00Z',
      1772000000000,
      'soon',
      {},
      true,
    ]) {
      const body = { ...track, timestamp }
      assert.deepEqual(codes(check('track', body)), ['timestamp_invalid'])
      assert.equal(fine(check('track', body)).accepted, 1)
      assert.equal(fine(check('track', body, { strict: true })).accepted, 0)
    }
    const batch = { batch: [track, track], sentAt: 'then' }
    assert.deepEqual(codes(check('batch', batch)), ['sent_at_invalid', 'sent_at_invalid'])
    assert.equal(fine(check('batch', batch, { strict: true })).accepted, 0)
    assert.deepEqual(codes(check('track', { ...track, timestamp: null, originalTimestamp: '2026-02-31' })), [
      'timestamp_invalid',
    ])
  })

  it('SI12 refuses deep nesting anywhere in the body without running out of stack', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown
    assert.equal(refusal(check('track', { ...track, properties: { deep } })), 'signal.too_deep')
    assert.equal(refusal(check('batch', { batch: [{ ...track, context: { deep } }] })), 'signal.too_deep')
    assert.equal(refusal(check('batch', { batch: [track], integrations: deep })), 'signal.too_deep')
    const hidden = JSON.parse(
      `{"userId":"u","event":"e","__proto__":${'['.repeat(99)}${']'.repeat(99)}}`,
    ) as unknown
    assert.equal(refusal(check('track', hidden)), 'signal.too_deep')
  })

  it('SI12 answers for hundreds of thousands of properties and giant strings', () => {
    const properties = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`p${index}`, index]))
    assert.deepEqual(codes(check('batch', { batch: [{ ...track, properties }] })), ['too_large'])
    const name = 'x'.repeat(5_000_000)
    assert.deepEqual(codes(check('batch', { batch: [{ ...track, event: name }] })), ['too_large'])
  })
})
