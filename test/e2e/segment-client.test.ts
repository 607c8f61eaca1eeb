// Segment's own client against a running server, with nothing changed but its host: what it sends is
// what is known afterwards, also when the server is restarted while it retries.

import assert from 'node:assert/strict'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { Analytics } from '@segment/analytics-node'
import type { Customer } from '../../src/api/contract.ts'
import { open, tempFolder, until, type Client, type Serving } from './serving.ts'

const clientFor = (host: string, writeKey: string, maxEventsInBatch = 15): Analytics => {
  const client = new Analytics({ host, writeKey, maxEventsInBatch, flushInterval: 50, maxRetries: 20 })
  client.on('error', (error) => process.stderr.write(`segment client: ${error.code}\n`))
  return client
}

const customerOf = async (server: Client, q: string): Promise<Customer> => {
  const found = (await server.ask('GET', `/api/customers?q=${encodeURIComponent(q)}`)).json as {
    readonly items: readonly { readonly profileId: string }[]
  }
  assert.equal(found.items.length, 1, `${q}: ${JSON.stringify(found)}`)
  return (await server.ask('GET', `/api/customers/${found.items[0]?.profileId}`)).json as Customer
}

const sixCalls = (client: Analytics): void => {
  const timestamp = new Date(Date.now() - 3_600_000)
  client.track({ anonymousId: 'anon-1', event: 'Cart Viewed', properties: { value: 12 }, timestamp })
  client.identify({
    userId: 'ann',
    anonymousId: 'anon-1',
    traits: { email: 'Ann@Shop.example', firstName: 'Ann' },
  })
  client.track({
    userId: 'ann',
    event: 'Order Completed',
    properties: { order_id: 'o1', revenue: 40, currency: 'EUR' },
  })
  client.page({ userId: 'ann', category: 'Docs', name: 'Home', properties: { url: 'https://shop.example/' } })
  client.screen({ anonymousId: 'anon-1', name: 'Start' })
  client.group({ userId: 'ann', groupId: 'crew', traits: { size: 3 } })
  client.alias({ userId: 'ann', previousId: 'anon-0' })
}

describe('the official Segment client with only its host changed', () => {
  it('E1 is understood in all its calls; the profile and the counts are right', async () => {
    const server = await open()
    try {
      const client = clientFor(server.url, server.keys.ingest)
      sixCalls(client)
      await client.flush()
      await client.closeAndFlush()
      const ann = await customerOf(server, 'ann@shop.example')
      const kinds = ann.identifiers.map(({ kind, value }) => `${kind} ${value}`).toSorted()
      assert.deepEqual(kinds, ['anonymous anon-0', 'anonymous anon-1', 'email ann@shop.example', 'user ann'])
      assert.equal(ann.traits['firstName'], 'Ann')
      const features = new Map(ann.features.map(({ name, value }) => [name, value]))
      assert.equal(features.get('orders'), 1)
      assert.equal(features.get('revenue'), 40)
      const { counts } = await server.brief()
      assert.deepEqual([counts.eventsTotal, counts.people], [7, 1])
    } finally {
      await server.close()
    }
  })

  it('E2 brings nothing twice when the answer got lost or the server was restarted in between', async () => {
    const dir = tempFolder()
    let server = await open({ dir })
    const flaky = await startFlaky(() => server)
    try {
      const client = clientFor(flaky.url, server.keys.ingest, 10)
      for (let i = 0; i < 100; i++) {
        client.track({
          userId: `u${i % 7}`,
          event: 'Order Completed',
          properties: { order_id: `o${i}`, revenue: 1 },
        })
        if (i === 40) {
          await until(() => flaky.lost > 0, { what: 'a lost answer' })
          await server.close()
          server = await open({ dir })
        }
      }
      await client.closeAndFlush({ timeout: 20_000 })
      const { counts } = await server.brief()
      const health = (await server.ask('GET', '/api/health')).json as {
        readonly sources: readonly { readonly duplicates: number }[]
      }
      assert.equal(counts.eventsTotal, 100)
      assert.equal(counts.people, 7)
      const duplicates = health.sources.reduce((sum, source) => sum + source.duplicates, 0)
      assert.ok(
        flaky.lost > 0 && duplicates >= flaky.lost,
        `${flaky.lost} answers lost, ${duplicates} duplicates`,
      )
      console.log(
        `100 events, ${flaky.lost} answers lost, a restart: ${counts.eventsTotal} counted, ${duplicates} duplicates told`,
      )
    } finally {
      flaky.close()
      await server.close()
    }
  })

  it('E3 gets a clear refusal with a wrong write key, and nothing is kept', async () => {
    const server = await open()
    try {
      const client = new Analytics({ host: server.url, writeKey: 'wrong', flushInterval: 50, maxRetries: 0 })
      const errors: unknown[] = []
      client.on('error', (error) => errors.push(error))
      client.track({ userId: 'u1', event: 'Cart Viewed' })
      await client.closeAndFlush()
      assert.equal(errors.length, 1)
      assert.equal((await server.brief()).counts.eventsTotal, 0)
    } finally {
      await server.close()
    }
  })
})

/** Passes requests on; every fourth answer gets lost after the server took the request. */
const startFlaky = async (server: () => Serving) => {
  let [seen, lost] = [0, 0]
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { host: _host, connection: _connection, ...headers } = incoming.headers
      const passed = httpRequest(
        new URL(incoming.url ?? '/', server().url),
        { method: incoming.method ?? 'POST', headers },
        (answer) => {
          answer.resume()
          answer.on('end', () => {
            if (++seen % 4 === 0) {
              lost++
              outgoing.destroy()
            } else
              outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end('{}')
          })
        },
      )
      passed.on('error', () => outgoing.destroy())
      passed.end(Buffer.concat(chunks))
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get lost() {
      return lost
    },
    close: () => {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}
