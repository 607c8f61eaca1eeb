// What clients get wrong, by mistake or on purpose, over HTTP: each gets an answer that says what and
// what to do, nothing of it stays behind, and what was good is kept.

import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { DataHealth } from '../../src/api/contract.ts'
import { shopPlan, track } from './plans.ts'
import { noonClock, open, until, type Answer, type Serving } from './serving.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const GZIP = { ...JSON_TYPE, 'content-encoding': 'gzip' }

/** An error as every route spells it, with words in all its parts. */
const refused = ({ status, json, text }: Answer, expected: number, code: string): void => {
  assert.equal(status, expected, text)
  const { error } = json as { readonly error: Record<string, unknown> }
  assert.equal(error['code'], code, text)
  for (const part of ['message', 'hint'])
    assert.ok(typeof error[part] === 'string' && error[part].length > 4, `${part} in ${text}`)
}

type Case = readonly [
  what: string,
  path: string,
  raw: string | Uint8Array<ArrayBuffer>,
  status: number,
  code: string,
  headers?: Readonly<Record<string, string>>,
]

const one = (more: object = {}): string => JSON.stringify(track('u1', 'Cart Viewed', {}, more))
const nested = (levels: number): string =>
  `{"userId":"u1","event":"E","properties":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`

const CASES: readonly Case[] = [
  ['malformed JSON', '/v1/track', '{"userId":', 400, 'http.bad_json'],
  ['malformed JSON to decide', '/v1/decide', '{"placement":', 400, 'http.bad_json'],
  ['malformed JSON to the console', '/api/stop', '{"scope"', 400, 'http.bad_json'],
  ['malformed JSON to report', '/v1/report', '[', 400, 'http.bad_json'],
  ['an empty body', '/v1/track', '', 400, 'http.bad_json'],
  ['an empty body to decide', '/v1/decide', '', 400, 'http.bad_json'],
  ['a list for an event', '/v1/track', '[]', 400, 'signal.body_not_object'],
  ['no batch', '/v1/batch', '{}', 400, 'signal.batch_missing'],
  [
    'bytes that are no UTF-8 and no JSON',
    '/v1/track',
    new Uint8Array([0xff, 0xfe, 0x00, 0x01]),
    400,
    'http.bad_json',
  ],
  ['truncated gzip', '/v1/track', gzipSync(one()).subarray(0, 40), 400, 'http.bad_gzip', GZIP],
  ['text said to be gzip', '/v1/track', one(), 400, 'http.bad_gzip', GZIP],
  ['a gzip bomb', '/v1/batch', gzipSync(Buffer.alloc(200_000_000, 32)), 413, 'http.too_large', GZIP],
  [
    'a body of 600 KB',
    '/v1/batch',
    JSON.stringify({ batch: [], pad: 'x'.repeat(600_000) }),
    413,
    'http.too_large',
  ],
  [
    'a body just over 500 KB',
    '/v1/batch',
    JSON.stringify({ batch: [], pad: 'x'.repeat(512_050) }),
    400,
    'signal.body_too_large',
  ],
  [
    '2,501 events',
    '/v1/batch',
    JSON.stringify({ batch: Array(2_501).fill({ type: 'track', event: 'E', userId: 'u' }) }),
    400,
    'signal.batch_too_long',
  ],
  [
    'an event of 33 KB',
    '/v1/track',
    one({ context: { pad: 'x'.repeat(33_000) } }),
    400,
    'signal.event_too_large',
  ],
  ['10,000 levels', '/v1/track', nested(10_000), 400, 'signal.too_deep'],
  [
    '60,000 levels in a batch',
    '/v1/batch',
    `{"batch":[],"context":${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}`,
    400,
    'signal.too_deep',
  ],
  [
    '10,000 levels to decide',
    '/v1/decide',
    `{"placement":"home","userId":"u1","context":${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}}`,
    422,
    'http.invalid',
  ],
  ['XML', '/v1/track', '<a/>', 415, 'http.bad_media', { 'content-type': 'application/xml' }],
  ['XML to decide', '/v1/decide', '<a/>', 415, 'http.bad_media', { 'content-type': 'application/xml' }],
  [
    'a form',
    '/api/stop',
    'scope=all',
    415,
    'http.bad_media',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  ['a question without a placement', '/v1/decide', '{}', 422, 'http.invalid'],
  [
    'a key we do not know in a question',
    '/v1/decide',
    '{"placement":"home","userId":"u1","colour":"red"}',
    422,
    'http.invalid',
  ],
  ['a question about nobody', '/v1/decide', '{"placement":"home"}', 422, 'decide.no_person'],
  [
    'an id that stands for nobody',
    '/v1/decide',
    '{"placement":"home","userId":"undefined"}',
    422,
    'decide.no_person',
  ],
  [
    'a report of a kind we do not know',
    '/v1/report',
    '{"decisionId":"d","kind":"sneezed"}',
    422,
    'http.invalid',
  ],
  [
    'a report about nothing',
    '/v1/report',
    '{"decisionId":"dec:x:y:p1","kind":"bounced"}',
    422,
    'report.unknown_decision',
  ],
  ['a scope we do not know', '/api/stop', '{"scope":"everything","reason":""}', 422, 'stop.scope_unknown'],
  [
    'an import of anything else',
    '/api/import',
    '{"events":[{"id":"x","type":"stop.lifted.v1","key":"","at":0,"data":{}}]}',
    422,
    'import.not_importable',
  ],
  ['an import of nothing readable', '/api/import', '{"events":[null]}', 422, 'import.not_importable'],
  [
    'an import with a broken signal',
    '/api/import',
    '{"events":[{"id":"x","type":"signal.received.v1","key":"","at":0,"data":null}]}',
    422,
    'import.not_importable',
  ],
  [
    'a prototype in a question',
    '/v1/decide',
    '{"placement":"home","userId":"u1","context":{"__proto__":{"x":1}}}',
    400,
    'http.bad_json',
  ],
]

describe('bad input over HTTP', () => {
  let server: Serving
  before(async () => {
    server = await open({ clock: noonClock() })
    await server.apply(shopPlan())
  })

  for (const [what, path, raw, status, code, headers = JSON_TYPE] of CASES)
    it(`E10 ${what} at ${path} is ${status} ${code}, and nothing is kept`, async () => {
      const { state } = server.served.system.loop
      const head = state.offset
      const answer = await server.ask('POST', path, { raw, headers })
      refused(answer, status, code)
      assert.equal(state.offset, head, 'the log grew')
    })

  for (const [method, path, status, code] of [
    ['GET', '/nothing/here', 404, 'http.not_found'],
    ['PUT', '/v1/track', 404, 'http.not_found'],
    ['DELETE', '/api/plan', 404, 'http.not_found'],
    ['GET', '/v1/track', 404, 'http.not_found'],
    ['GET', '/api/decisions/dec:none', 404, 'http.not_found'],
    ['GET', '/api/customers/p999999', 404, 'http.not_found'],
    ['GET', '/api/customers/%00%0d%0a', 404, 'http.not_found'],
    ['GET', '/api/decisions/%E0%A4%A', 400, 'http.bad_url'],
    ['GET', '/api/decisions?limit=abc', 422, 'http.invalid'],
    ['GET', '/api/decisions?before=not-a-cursor', 422, 'http.invalid'],
    ['GET', `/api/customers?q=${'x'.repeat(400)}`, 422, 'http.invalid'],
    ['GET', `/c/${'a'.repeat(9_000)}`, 404, 'link.invalid'],
    ['GET', '/../../etc/passwd', 404, 'http.not_found'],
    ['GET', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', 404, 'http.not_found'],
  ] as const)
    it(`E10 ${method} ${path.slice(0, 60)} is ${status} ${code}`, async () => {
      refused(await server.ask(method, path), status, code)
    })

  it('E10 a HEAD answers without a body, and OPTIONS only where browsers of others may come', async () => {
    const head = await server.ask('HEAD', '/healthz', { as: 'none' })
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal((await server.ask('OPTIONS', '/v1/track', { as: 'none' })).status, 204)
    assert.equal((await server.ask('OPTIONS', '/api/plan', { as: 'none' })).status, 404)
    assert.equal((await server.ask('HEAD', '/v1/track')).status, 404)
  })

  it('E10 a body shorter than it was announced is not waited for without end, nor kept', async () => {
    const head = server.served.system.loop.state.offset
    const outcome = await new Promise<string>((resolve) => {
      const cut = httpRequest(new URL('/v1/track', server.url), {
        method: 'POST',
        headers: { ...JSON_TYPE, 'content-length': '500', authorization: `Bearer ${server.keys.ingest}` },
      })
      cut.on('response', (response) => resolve(String(response.statusCode)))
      cut.on('error', () => resolve('cut'))
      cut.write('{"userId":"u1",')
      setTimeout(() => cut.destroy(), 100)
    })
    assert.equal(outcome, 'cut')
    assert.equal((await server.ask('GET', '/healthz')).status, 200)
    assert.equal(server.served.system.loop.state.offset, head)
  })

  it('E11 bad events of a batch are told one by one in strict mode, and left out in lenient mode', async () => {
    const batch = [
      track('u1', 'Cart Viewed', {}, { timestamp: '2026-02-30T12:00:00Z' }),
      { type: 'track', userId: 'u1', messageId: 'no-name' },
      { type: 'sneeze', userId: 'u1' },
      track('u1', 'Fine'),
      { ...track('u1', 'Large'), context: { pad: 'x'.repeat(33_000) } },
    ]
    const before_ = (await server.brief()).counts.eventsTotal
    const strict = await server.ask('POST', '/v1/batch', {
      as: 'ingest',
      body: { batch },
      headers: { 'x-strict-mode': '1' },
    })
    assert.equal(strict.status, 207, strict.text)
    const { errors, accepted } = strict.json as {
      readonly accepted: number
      readonly errors: readonly { readonly index: number; readonly code: string; readonly message: string }[]
    }
    assert.deepEqual(
      errors.map(({ index, code }) => [index, code]),
      [
        [0, 'timestamp_invalid'],
        [1, 'event_missing'],
        [2, 'type_unknown'],
        [4, 'too_large'],
      ],
    )
    assert.equal(accepted, 1)
    const lenient = await server.ask('POST', '/v1/batch', {
      as: 'ingest',
      body: { batch: batch.slice(0, 3) },
    })
    assert.deepEqual([lenient.status, lenient.text], [200, '{"success":true}'])
    // Lenient mode takes the time of receipt for an impossible one.
    await until(async () => (await server.brief()).counts.eventsTotal === before_ + 2, {
      what: 'the good ones',
    })
    const health = (await server.ask('GET', '/api/health')).json as DataHealth
    assert.ok(
      health.invalidByCode.some(({ code, count }) => code === 'type_unknown' && count >= 1),
      JSON.stringify(health),
    )
  })

  it('E12 text/plain and a charset are taken as browsers send them', async () => {
    for (const type of ['text/plain', 'text/plain;charset=UTF-8', 'application/json; charset=utf-8'])
      assert.equal(
        (
          await server.ask('POST', '/v1/track', {
            as: 'ingest',
            raw: one(),
            headers: { 'content-type': type },
          })
        ).status,
        200,
      )
    const beacon = await server.ask('POST', '/v1/track', {
      as: 'none',
      raw: JSON.stringify({ ...track('u1', 'Left'), writeKey: server.keys.ingest }),
      headers: { 'content-type': 'text/plain' },
    })
    assert.equal(beacon.status, 200, beacon.text)
    for await (const events of server.served.system.loop.log.read())
      for (const { data } of events)
        assert.ok(!JSON.stringify(data).includes(server.keys.ingest), 'a key stands in the log')
  })
})
