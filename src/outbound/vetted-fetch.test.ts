// The vetted fetch against real servers: every way into a private network is refused before a byte leaves, and
// what may be asked is asked within its limits.

import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { isFailure } from '../kernel/failure.ts'
import { createVettedFetch, isPublicAddress, type Resolve } from './index.ts'
import { privateTargets, type PrivateTarget } from './testing/private-targets.ts'

type Canary = {
  readonly port: number
  readonly connections: () => number
  readonly close: () => Promise<void>
}

const listen = async (host: string, listener: RequestListener): Promise<Canary> => {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Says of the vouched-for host that it is this machine, of others what the target says, in turn. */
const resolverOf = ({ resolves = [] }: Pick<PrivateTarget, 'resolves'>): Resolve => {
  let asked = 0
  return (host, done) => {
    const answer =
      host === 'vouched.example'
        ? ['127.0.0.1']
        : host.endsWith('localhost') || host.endsWith('localhost.')
          ? ['127.0.0.1']
          : (resolves[asked++] ?? [])
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}

const failureOf = async (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'answered',
    (error: unknown) => (isFailure(error) ? error.code : String(error)),
  )

describe('vetted fetch', () => {
  it('OU1 no spelling, name, redirect or change of mind reaches a private address', async () => {
    const canary = await listen('127.0.0.1', (_, response) => response.end('reached'))
    const canary6 = await listen('::1', (_, response) => response.end('reached'))
    const targets = privateTargets(canary.port, canary6.port)
    assert.ok(targets.length >= 60, `${targets.length} targets`)
    let sends = 0
    const sendingOn = await listen('127.0.0.1', (request, response) => {
      sends++
      const to = decodeURIComponent(new URL(request.url ?? '/', 'http://here').searchParams.get('to') ?? '')
      response.writeHead(302, { location: to }).end()
    })
    for (const target of targets) {
      const ask = createVettedFetch({
        hostsAllowed: target.redirected ? ['vouched.example'] : [],
        redirectsMax: 3,
        timeoutMs: 1_000,
        resolve: resolverOf(target),
      })
      const url = target.redirected
        ? `http://vouched.example:${sendingOn.port}/?to=${encodeURIComponent(target.url)}`
        : target.url
      assert.equal(await failureOf(ask(url)), 'url.refused', `${target.says} (${target.url})`)
    }
    assert.equal(canary.connections() + canary6.connections(), 0)
    assert.equal(sends, targets.filter(({ redirected }) => redirected).length)
    for (const server of [canary, canary6, sendingOn]) await server.close()
  })

  it('OU2 connects to what it vetted: a name is resolved once', async () => {
    const canary = await listen('127.0.0.1', (_, response) => response.end('reached'))
    let asked = 0
    const resolve: Resolve = (_, done) => {
      asked++
      // A test net: nobody answers there. The second answer would be this machine.
      done(null, [{ address: asked === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }])
    }
    const code = await failureOf(
      createVettedFetch({ timeoutMs: 300, resolve })(`http://rebinds.example:${canary.port}/`),
    )
    assert.match(code, /^outbound\.(?:timeout|connection)$/)
    assert.equal(asked, 1)
    assert.equal(canary.connections(), 0)
    await canary.close()
  })

  it('OU3 reaches the hosts an operator vouches for, and no others on the way', async () => {
    const server = await listen('127.0.0.1', (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () =>
        response
          .writeHead(201, { 'content-type': 'text/plain', 'x-a': ['1', '2'] })
          .end(`${request.method} ${request.headers.authorization ?? ''} ${body}`),
      )
    })
    const ask = createVettedFetch({ hostsAllowed: ['vouched.example'], resolve: resolverOf({}) })
    const url = `http://vouched.example:${server.port}/`
    const answer = await ask(url, {
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: new URLSearchParams({ a: 'ё' }),
    })
    assert.deepEqual(
      [answer.status, answer.headers.get('x-a'), answer.url, await answer.text()],
      [201, '1, 2', url, 'POST Bearer t a=%D1%91'],
    )
    assert.equal(await failureOf(ask(`http://vouched.example.evil.example:${server.port}/`)), 'url.refused')
    await server.close()
  })

  it('OU4 follows redirects only where asked, so many at most, without credentials to another host', async () => {
    const seen: string[] = []
    const server = await listen('127.0.0.1', (request, response) => {
      seen.push(`${request.method} ${request.headers.host} ${request.headers.authorization ?? '-'}`)
      if (request.url === '/once') response.writeHead(302, { location: `http://b.example:${port}/end` }).end()
      else if (request.url === '/round') response.writeHead(307, { location: '/round' }).end()
      else response.end('the end')
    })
    const { port } = server
    const resolve: Resolve = (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
    const options = { hostsAllowed: ['a.example', 'b.example'], resolve }
    const init = { method: 'POST', body: 'x', headers: { authorization: 'Bearer t' } }
    const plain = await createVettedFetch(options)(`http://a.example:${port}/once`, init)
    assert.equal(plain.status, 302)
    seen.length = 0
    const followed = await createVettedFetch({ ...options, redirectsMax: 2 })(
      `http://a.example:${port}/once`,
      init,
    )
    assert.equal(await followed.text(), 'the end')
    assert.deepEqual(seen, [`POST a.example:${port} Bearer t`, `GET b.example:${port} -`])
    const round = createVettedFetch({ ...options, redirectsMax: 2 })(`http://a.example:${port}/round`)
    assert.equal(await failureOf(round), 'outbound.redirects')
    await server.close()
  })

  it('OU5 an answer is bounded in time and size, packed or not', async () => {
    const zipped = gzipSync(Buffer.alloc(5_000_000))
    const server = await listen('127.0.0.1', (request, response) => {
      if (request.url === '/slow') return
      if (request.url === '/zip')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked'))
      else if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)
      else if (request.url === '/cut') response.writeHead(200, { 'content-length': '100' }).write('x')
      else response.end(Buffer.alloc(200_000))
      if (request.url === '/cut') setTimeout(() => response.destroy(), 20)
    })
    const ask = createVettedFetch({
      hostsAllowed: ['vouched.example'],
      resolve: resolverOf({}),
      timeoutMs: 400,
      answerBytesMax: 100_000,
    })
    const url = `http://vouched.example:${server.port}`
    assert.equal(await (await ask(`${url}/zip`)).text(), 'unpacked')
    assert.equal(await failureOf(ask(`${url}/slow`)), 'outbound.timeout')
    assert.equal(await failureOf(ask(`${url}/bomb`)), 'outbound.too_large')
    assert.equal(await failureOf(ask(`${url}/large`)), 'outbound.too_large')
    assert.equal(await failureOf(ask(`${url}/cut`)), 'outbound.connection')
    await server.close()
  })

  it('OU1 public addresses are public', () => {
    for (const address of ['93.184.216.34', '8.8.8.8', '2a00:1450:4010:c05::64', '172.32.0.1', '100.128.0.1'])
      assert.ok(isPublicAddress(address), address)
  })
})
