// Signed webhooks against real HTTP servers, and every way to talk them into a private network.

import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { deliver } from '../deliver.ts'
import { DELIVERY_ATTEMPTED, DELIVERY_SENT, DELIVERY_UNKNOWN } from '../events.ts'
import type { ChannelResult, RenderedJson } from '../messages.ts'
import { clearedDelivery, delivery, outgoing } from '../testing/samples.ts'
import { createSmallLog } from '../testing/small-log.ts'
import { isPublicAddress, type Resolve } from '../../outbound/index.ts'
import { privateTargets } from '../../outbound/testing/private-targets.ts'
import { createWebhookChannel } from './webhook-channel.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const content: RenderedJson = { kind: 'json', body: { text: 'Привет' } }
const message = outgoing(1, { channel: 'webhook', content })

const withServer = async (listener: RequestListener, body: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  } finally {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
const send = async (url: string, options = {}): Promise<ChannelResult> =>
  createWebhookChannel({ url, secret: SECRET, hostsAllowed: ['127.0.0.1'], timeoutMs: 300, ...options }).send(
    message,
    () => [],
  )

describe('webhook channel', () => {
  it('V30 posts JSON that the Standard Webhooks library verifies', async () => {
    let verified: unknown
    await withServer(
      (request, response) => {
        let body = ''
        request.on('data', (chunk: Buffer) => (body += chunk.toString()))
        request.on('end', () => {
          verified = new Webhook(SECRET).verify(body, request.headers as Record<string, string>)
          assert.equal(request.headers['webhook-id'], 'msg_dec:1')
          response.end('thanks')
        })
      },
      async (url) => assert.deepEqual(await send(url), { kind: 'sent', response: '200 thanks' }),
    )
    assert.deepEqual((verified as { data: { content: unknown } }).data.content, { text: 'Привет' })
  })

  it('V31 reads answers: 2xx sent, 4xx permanent, redirects not followed, a lost answer unknown', async () => {
    const cases: readonly (readonly [number, Partial<ChannelResult>])[] = [
      [204, { kind: 'sent' }],
      [400, { kind: 'failed', permanent: true, again: false }],
      [302, { kind: 'failed', permanent: true, again: false }],
      [429, { kind: 'failed', permanent: false, again: true }],
      [500, { kind: 'failed', permanent: false, again: true }],
      [504, { kind: 'unknown', again: true }],
    ]
    for (const [status, expected] of cases)
      await withServer(
        (_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(),
        async (url) => {
          const result = await send(url)
          for (const [key, value] of Object.entries(expected))
            assert.equal((result as Record<string, unknown>)[key], value, `${status} ${key}`)
        },
      )
    await withServer(
      (request) => void request.resume(),
      async (url) => assert.equal((await send(url)).kind, 'unknown'),
    )
    await withServer(
      (request) => request.socket.destroy(),
      async (url) => assert.equal((await send(url)).kind, 'unknown'),
    )
    assert.deepEqual(await send('http://127.0.0.1:1/').then(({ kind }) => kind), 'failed')
  })

  it('V31 an endless answer is not read on, a huge message not sent', async () => {
    await withServer(
      (_, response) => {
        const pump = (): void => {
          while (response.write('x'.repeat(60_000)));
        }
        response.on('drain', pump)
        pump()
      },
      async (url) => assert.equal((await send(url)).kind, 'sent'),
    )
    assert.equal(
      ((await send('http://127.0.0.1:1/', { bodyBytesMax: 50 })) as { code?: string }).code,
      'webhook.too_large',
    )
  })

  it('V32 tries again under the same webhook-id after an uncertain try, and only a yes clears it up', async () => {
    const log = createSmallLog()
    const ids: unknown[] = []
    const run = async (url: string, number: number) =>
      deliver(
        clearedDelivery(delivery(number, { channel: 'webhook' })),
        {
          append: log.append,
          render: async () => Promise.resolve(content),
          channel: createWebhookChannel({ url, secret: SECRET, hostsAllowed: ['127.0.0.1'], timeoutMs: 200 }),
          mayProceed: () => [],
          now: () => 1,
          pause: async () => Promise.resolve(),
        },
        { backoffMs: 0 },
      )
    await withServer(
      (request, response) => {
        ids.push(request.headers['webhook-id'])
        if (ids.length < 3) request.socket.destroy()
        else response.end()
      },
      async (url) => assert.equal((await run(url, 1)).kind, 'sent'),
    )
    assert.deepEqual(ids, ['msg_dec:1', 'msg_dec:1', 'msg_dec:1'])
    let tries = 0
    await withServer(
      (request, response) => {
        if (tries++ === 0) request.socket.destroy()
        else response.writeHead(400).end()
      },
      async (url) => assert.equal((await run(url, 2)).kind, 'unknown'),
    )
    assert.deepEqual(
      [DELIVERY_ATTEMPTED, DELIVERY_SENT, DELIVERY_UNKNOWN].map((type) => log.ofType(type).length),
      [2, 1, 1],
    )
  })

  it('S8 V33 no private address is ever connected to', async () => {
    const privates =
      '127.0.0.1 127.1 2130706433 0x7f.1 017700000001 0 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [fe80::1] [fc00::1] [fd12::1] [ff02::1] [64:ff9b::7f00:1] [2002:7f00:1::] [2001::1] [2001:db8::1] [100::1] localhost LOCALHOST'.split(
        ' ',
      )
    let reached = 0
    await withServer(
      (_, response) => {
        reached++
        response.end()
      },
      async (url) => {
        const port = new URL(url).port
        for (const host of privates) {
          const result = await send(`http://${host}:${port}/`, { hostsAllowed: [] })
          assert.equal((result as { code?: string }).code, 'webhook.refused_address', host)
        }
        for (const { says, url: target, resolves = [[]], redirected } of privateTargets(Number(port), 1)) {
          if (redirected) continue
          const resolve: Resolve = (host, done) =>
            done(
              null,
              (/localhost/.test(host) ? ['127.0.0.1'] : (resolves[0] ?? [])).map((address) => ({
                address,
                family: address.includes(':') ? 6 : 4,
              })),
            )
          const result = await send(target, { hostsAllowed: [], resolve })
          assert.equal((result as { code?: string }).code, 'webhook.refused_address', says)
        }
        const names = [
          ['127.0.0.1'],
          ['93.184.216.34', '127.0.0.1'],
          ['::1'],
          ['169.254.169.254'],
          ['::ffff:10.0.0.1'],
          [],
        ]
        for (const addresses of names) {
          const resolve: Resolve = (_, done) =>
            done(
              null,
              addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
            )
          const result = await send(`http://innocent.example:${port}/`, { hostsAllowed: [], resolve })
          assert.equal((result as { code?: string }).code, 'webhook.refused_address', addresses.join(' '))
        }
        for (const other of ['ftp://example.com/', 'http://user:pass@example.com/', 'file:///etc/passwd'])
          assert.equal(
            ((await send(other, { hostsAllowed: [] })) as { code?: string }).code,
            'webhook.refused_address',
            other,
          )
        const resolve: Resolve = (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
        assert.equal(
          (await send(`http://intranet.example:${port}/`, { hostsAllowed: ['intranet.example'], resolve }))
            .kind,
          'sent',
        )
      },
    )
    assert.equal(reached, 1)
    for (const address of ['93.184.216.34', '8.8.8.8', '2a00:1450:4010:c05::64', '172.32.0.1', '100.128.0.1'])
      assert.ok(isPublicAddress(address), address)
  })
})
