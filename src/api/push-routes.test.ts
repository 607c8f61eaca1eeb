// Rule ME8: what other systems push in their own formats, signed by them: Zendesk's event webhook, a help desk's JSON, a
// list of reviews.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { createCtx, manualClock } from '../app/clock.ts'
import { createPushSignatures } from '../app/push-signatures.ts'
import { readBrand } from '../brand/index.ts'
import { present } from '../kernel/assert.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Problem } from '../kernel/problem.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState, type Loop } from '../loop.ts'
import { createHearing } from '../stages/brand/hearing.ts'
import { sendFailure } from './errors.ts'
import { pushRoutes } from './push-routes.ts'

const NOW = Date.parse('2026-06-01T10:00:00Z')
const ZENDESK_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='
const STANDARD_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const SECTION = {
  entities: [{ id: 'shop', names: ['Lighthouse'] }],
  sources: [
    {
      id: 'zendesk',
      kind: 'push',
      about: 'shop',
      tickets: true,
      mapping: {
        only: 'type=zen:event-type:ticket.created',
        id: 'detail.id',
        text: 'detail.subject + detail.description',
        at: 'detail.created_at',
        userId: 'detail.external_id',
      },
    },
    {
      id: 'desk',
      kind: 'push',
      about: 'shop',
      tickets: true,
      mapping: { id: 'ticket.number', text: 'ticket.body', at: 'ticket.opened', email: 'ticket.from.email' },
    },
    {
      id: 'shop-reviews',
      kind: 'push',
      about: 'shop',
      score: 'stars',
      mapping: { items: 'data.reviews', id: 'uuid', text: 'body', at: 'created', score: 'stars' },
    },
    { id: 'feed', kind: 'rss', from: 'https://news.example/feed' },
  ],
}

/** As Zendesk sends it: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events */
const zendesk = (id: string, type = 'ticket.created') =>
  JSON.stringify({
    account_id: 22_129_848,
    detail: {
      actor_id: '8447388090494',
      assignee_id: '8447388090494',
      brand_id: '8447346621310',
      created_at: '2026-06-01T09:58:31Z',
      custom_status: '8447320465790',
      description: 'The lamp arrived broken and nobody answers. This is horrible.',
      external_id: 'anna',
      form_id: '8646151517822',
      group_id: '8447320466430',
      id,
      is_public: true,
      organization_id: '8447346622462',
      priority: 'LOW',
      requester_id: '8447388090494',
      status: 'OPEN',
      subject: 'Broken lamp',
      submitter_id: '8447388090494',
      tags: ['sample'],
      type: 'TASK',
      updated_at: '2026-06-01T09:58:31Z',
      via: { channel: 'web' },
    },
    event: { meta: { sequence: { id: '7K4RYHLOMVKZ', position: 1 } } },
    id: `cbe4028c-7239-495d-b020-f22348516046-${id}`,
    subject: `zen:ticket:${id}`,
    time: '2026-06-01T09:58:32Z',
    type: `zen:event-type:${type}`,
    zendesk_event_version: '2022-11-06',
  })

const zendeskSigned = (body: string, at = new Date(NOW).toISOString(), secret = ZENDESK_SECRET) => ({
  'content-type': 'application/json',
  'x-zendesk-webhook-signature-timestamp': at,
  'x-zendesk-webhook-signature': createHmac('sha256', secret)
    .update(at + body)
    .digest('base64'),
})
const hubSigned = (body: string, secret: string) => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
})

describe('what is pushed', () => {
  let app: FastifyInstance
  let loop: Loop
  before(async () => {
    const clock = manualClock(NOW)
    loop = createLoop({
      log: createMemoryLog({ roundTrip: true }),
      ctx: createCtx(clock, 'push'),
      state: createState(),
    })
    const problems: Problem[] = []
    const brand = present(readBrand(SECTION, problems), 'a watch')
    assert.deepEqual(problems, [])
    await loop.record([
      { id: 'b', type: 'brand.applied.v1', key: '', at: NOW, data: { version: 'v1', brand } },
    ])
    app = Fastify()
    app.decorateRequest('principal', null)
    app.setErrorHandler((error, _request, reply) => {
      if (isFailure(error)) return sendFailure(reply, error)
      throw error
    })
    const secrets = { zendesk: ZENDESK_SECRET, desk: 'desk-secret', 'shop-reviews': STANDARD_SECRET }
    await app.register(
      pushRoutes({
        loop,
        hearing: createHearing(loop),
        isSigned: createPushSignatures(secrets, () => NOW),
      }),
    )
  })
  after(async () => app.close())

  const push = async (source: string, body: string, headers: Record<string, string>) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/mentions/${source}`, headers, payload: body })
    return { status: answer.statusCode, json: answer.json() as Record<string, unknown> }
  }

  it('ME8 hears a ticket of Zendesk’s event webhook, once, and passes other events over', async () => {
    const body = zendesk('35')
    const first = await push('zendesk', body, zendeskSigned(body))
    assert.deepEqual(first, { status: 200, json: { fresh: 1, heard: 1, passed: 0, wrong: [] } })
    const mention = present(loop.state.brand.mentions.get('zendesk 35'), 'a mention')
    assert.equal(mention.text, 'Broken lamp The lamp arrived broken and nobody answers. This is horrible.')
    assert.equal(mention.at, Date.parse('2026-06-01T09:58:31Z'))
    assert.equal(mention.isTicket, true)
    assert.deepEqual(
      mention.entities.map(({ id, tone }) => [id, tone < -0.2]),
      [['shop', true]],
    )
    const again = await push('zendesk', body, zendeskSigned(body))
    assert.deepEqual(again.json, { fresh: 0, heard: 0, passed: 0, wrong: [] })
    const other = zendesk('35', 'ticket.status_changed')
    const passed = await push('zendesk', other, zendeskSigned(other))
    assert.deepEqual(passed, { status: 200, json: { fresh: 0, heard: 0, passed: 1, wrong: [] } })
  })

  it('ME8 hears a ticket of any help desk by the mapping, signed as GitHub made common', async () => {
    const body = JSON.stringify({
      ticket: {
        number: 812,
        body: 'Где мой заказ?',
        opened: 1_780_308_000,
        from: { email: 'anna@x.example' },
      },
    })
    const { status, json } = await push('desk', body, hubSigned(body, 'desk-secret'))
    assert.deepEqual([status, json['heard']], [200, 1])
    assert.equal(loop.state.brand.mentions.get('desk 812')?.isTicket, true)
  })

  it('ME8 hears a list of reviews with stars, and says which could not be read and why', async () => {
    const body = JSON.stringify({
      data: {
        reviews: [
          { uuid: 'a', body: 'Lovely', created: '2026-05-31T12:00:00Z', stars: 5 },
          { uuid: 'b', created: '2026-05-31T12:00:00Z', stars: '1' },
          { uuid: 'c', created: '2026-05-31T12:00:00Z', stars: 8 },
          { uuid: 'd', created: '2026-05-31T12:00:00Z' },
        ],
      },
    })
    const at = new Date()
    const { status, json } = await push('shop-reviews', body, {
      'content-type': 'application/json',
      'webhook-id': 'm1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(STANDARD_SECRET).sign('m1', at, body),
    })
    assert.equal(status, 200)
    assert.deepEqual(json, {
      fresh: 2,
      heard: 2,
      passed: 0,
      wrong: [
        { item: 3, reason: '8 is not from 1 to 5 (stars)' },
        { item: 4, reason: 'no id at `uuid`, or nothing said at `body`' },
      ],
    })
    assert.equal(loop.state.brand.mentions.get('shop-reviews b')?.entities[0]?.tone, -1)
  })

  it('ME8 refuses what nobody signed, what was changed, what is old, and secrets of another source', async () => {
    const body = zendesk('36')
    const plain = { 'content-type': 'application/json' }
    for (const [source, headers] of [
      ['zendesk', plain],
      ['zendesk', zendeskSigned(`${body} `)],
      ['zendesk', zendeskSigned(body, new Date(NOW - 6 * 60_000).toISOString())],
      ['zendesk', zendeskSigned(body, new Date(NOW).toISOString(), 'desk-secret')],
      ['desk', zendeskSigned(body)],
      ['feed', plain],
      ['nowhere', hubSigned(body, '')],
      ['__proto__', hubSigned(body, '')],
    ] as const) {
      const { status, json } = await push(source, body, headers)
      assert.deepEqual(
        [status, (json['error'] as { code: string }).code],
        [401, 'mentions.not_signed'],
        source,
      )
    }
    assert.equal(loop.state.brand.mentions.has('zendesk 36'), false)
  })

  it('ME8 says what is wrong with what is signed and does not fit', async () => {
    const failed = async (source: string, body: string, headers: Record<string, string>) => {
      const { status, json } = await push(source, body, headers)
      const { code, message } = json['error'] as { readonly code: string; readonly message: string }
      return `${status} ${code} ${message}`
    }
    const odd = '{"ticket": {"title": "no number"}}'
    assert.equal(
      await failed('desk', odd, hubSigned(odd, 'desk-secret')),
      '422 mentions.nothing_fits Nothing of it could be read: no id at `ticket.number`, or nothing said at `ticket.body`.',
    )
    assert.match(await failed('desk', 'no json', hubSigned('no json', 'desk-secret')), /^400 http\.bad_json/)
  })

  it('ME8 in our own words, a score off the scale is refused whole, by the name of its id', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/mentions',
      payload: {
        source: 'shop-reviews',
        mentions: [
          { id: 'x', score: 4 },
          { id: 'y', score: 10 },
        ],
      },
    })
    assert.equal(answer.statusCode, 422)
    assert.match(answer.body, /y: 10 is not from 1 to 5 \(stars\)/)
    assert.equal(loop.state.brand.mentions.has('shop-reviews x'), false)
  })
})
