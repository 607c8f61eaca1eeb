// Rules ME1 to ME7: sources read in their real formats from a server of our own, politely, and never taken for more
// than text.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createVettedFetch } from '../../outbound/index.ts'
import { readFeed } from './feed.ts'
import { createPoller, type PolledSource } from './poller.ts'
import { ATOM, REDDIT, RSS, TELEGRAM, VK } from './testing/answers.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
type Answer = (request: IncomingMessage, response: ServerResponse) => void

describe('mention sources', () => {
  let answer: Answer = () => undefined
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  let base = ''
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  const fetch = createVettedFetch({ hostsAllowed: ['127.0.0.1'], timeoutMs: 2_000 })
  const open = (changes: Partial<PolledSource>, token = 'secret') => {
    let now = NOW
    requests.length = 0
    const poller = createPoller(
      { id: 's', kind: 'rss', from: `${base}/feed`, everyMs: 60_000, mapping: null, ...changes },
      {
        fetch,
        now: () => now,
        tokens: { vk: token, reddit: token },
        hosts: { telegram: base, vk: base, reddit: base },
      },
    )
    return {
      poller,
      pass: (ms: number) => {
        now += ms
      },
      now: () => now,
    }
  }
  const say =
    (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
    (_, response) => {
      response.writeHead(status, headers)
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
  const failureOf = async (poll: () => Promise<unknown>): Promise<string> => {
    try {
      await poll()
    } catch (error) {
      if (isFailure(error)) return error.code
      throw error
    }
    return ''
  }

  it('ME1 reads RSS and Atom: ids, authors, dates, text with its markup; empty items are left out', async () => {
    answer = say(RSS)
    const rss = await open({}).poller.poll()
    assert.deepEqual(
      rss.map(({ id, at, author, url }) => [id, at, author, url]),
      [
        ['n-1', Date.parse('2026-06-01T06:00:00Z'), 'Иван', 'https://news.example/1'],
        ['https://news.example/2', NOW, '', 'https://news.example/2'],
      ],
    )
    assert.equal(rss[0]?.text, 'Сбер & карты\n<p>Карты <b>не работают</b></p>')
    const [entry] = readFeed(ATOM, NOW)
    assert.deepEqual(entry, {
      id: 'urn:1',
      at: Date.parse('2026-06-01T06:00:00Z'),
      author: 'Anna',
      url: 'https://a.example/1',
      text: 'One\n<b>Kettle</b> burnt',
    })
  })

  it('ME1 reads the public page of a Telegram channel; messages without words are left out', async () => {
    answer = say(TELEGRAM)
    const found = await open({ kind: 'telegram', from: '@shopnews' }).poller.poll()
    assert.equal(requests[0]?.url, '/s/shopnews')
    assert.deepEqual(found, [
      {
        id: 'shopnews/12',
        at: Date.parse('2026-06-01T06:30:00Z'),
        author: 'Shop News',
        url: 'https://t.me/shopnews/12',
        text: 'Чайник сгорел\n<script> нет',
      },
    ])
  })

  it('ME1 reads searches of VK and Reddit, and any JSON by a mapping; tokens go in a header, never in an address', async () => {
    answer = say(VK)
    const vk = await open({ kind: 'vk', from: 'сбер' }).poller.poll()
    assert.deepEqual(
      vk.map(({ id, author, text }) => [id, author, text]),
      [
        ['-5_7', 'Пётр Иванов', 'Сбер опять лежит'],
        ['-5_8', 'Магазин', 'Распродажа'],
      ],
    )
    assert.equal(requests[0]?.headers.authorization, 'Bearer secret')
    assert.ok(!(requests[0]?.url ?? '').includes('secret'))
    answer = say(REDDIT)
    const [reddit] = await open({ kind: 'reddit', from: 'kettle' }).poller.poll()
    assert.equal(reddit?.text, 'My kettle melted\nIt caught fire')
    assert.equal(reddit?.url, 'https://www.reddit.com/r/kettles/comments/abc/')
    answer = say({ list: [{ nr: 5, said: { body: 'hi' }, when: '2026-06-01T01:00:00Z' }, { nr: 6 }] })
    const mapping = { items: 'list', id: 'nr', text: 'said.body', at: 'when' }
    const mapped = await open({ kind: 'json', from: `${base}/api`, mapping }).poller.poll()
    assert.deepEqual(mapped, [
      { id: '5', at: Date.parse('2026-06-01T01:00:00Z'), author: '', url: '', text: 'hi' },
    ])
  })

  it('ME2 asks with what it was told last time, and hears each thing once', async () => {
    answer = say(RSS, 200, { etag: '"v1"', 'last-modified': 'Mon, 01 Jun 2026 09:00:00 GMT' })
    const { poller, now } = open({})
    assert.equal((await poller.poll()).length, 2)
    assert.equal(poller.nextAt(), now() + 60_000)
    answer = say('', 304)
    assert.deepEqual(await poller.poll(), [])
    assert.equal(requests[1]?.headers['if-none-match'], '"v1"')
    assert.equal(requests[1]?.headers['if-modified-since'], 'Mon, 01 Jun 2026 09:00:00 GMT')
    answer = say(RSS.replaceAll('n-1', 'n-9'), 200)
    assert.deepEqual(
      (await poller.poll()).map(({ id }) => id),
      ['n-9'],
    )
  })

  it('ME3 waits longer after each failure, as long as it is asked to, and goes on as before afterwards', async () => {
    const { poller, now, pass } = open({})
    answer = say('', 500)
    const pauses: number[] = []
    for (let i = 0; i < 12; i++) {
      assert.equal(await failureOf(poller.poll), 'mentions.refused')
      pauses.push(poller.nextAt() - now())
      pass(1_000)
    }
    assert.deepEqual(pauses.slice(0, 4), [60_000, 120_000, 240_000, 480_000])
    assert.equal(pauses.at(-1), 6 * 3_600_000)
    answer = say('', 429, { 'retry-after': '86400' })
    assert.equal(await failureOf(poller.poll), 'mentions.busy')
    assert.equal(poller.nextAt() - now(), 86_400_000)
    answer = say(RSS)
    await poller.poll()
    assert.equal(poller.nextAt() - now(), 60_000)
  })

  it('ME4 says what is wrong: no feed, no list, no token, a token refused, a server gone', async () => {
    answer = say('<html><body>Hello</body></html>')
    assert.equal(await failureOf(open({}).poller.poll), 'mentions.format')
    assert.equal(await failureOf(open({ kind: 'telegram', from: 'x' }).poller.poll), 'mentions.format')
    assert.equal(await failureOf(open({ kind: 'vk' }, '').poller.poll), 'mentions.auth')
    assert.equal(await failureOf(open({ kind: 'reddit' }).poller.poll), 'mentions.format')
    answer = say({ error: { error_code: 5, error_msg: 'User authorization failed' } })
    assert.equal(await failureOf(open({ kind: 'vk' }).poller.poll), 'mentions.auth')
    answer = say({ error: { error_code: 6, error_msg: 'Too many requests per second' } })
    assert.equal(await failureOf(open({ kind: 'vk' }).poller.poll), 'mentions.busy')
    answer = (request) => {
      request.socket.destroy()
    }
    assert.equal(await failureOf(open({}).poller.poll), 'outbound.connection')
  })

  it('ME5 reaches no private address that a plan names', async () => {
    const bare = createPoller(
      { id: 's', kind: 'rss', from: `${base}/feed`, everyMs: 60_000, mapping: null },
      { fetch: createVettedFetch(), now: () => NOW, tokens: { vk: '', reddit: '' } },
    )
    requests.length = 0
    assert.equal(await failureOf(bare.poll), 'url.refused')
    assert.equal(requests.length, 0)
  })

  it('ME6 stays within its bounds: items, lengths, addresses that are none, dates from the future', async () => {
    const many = Array.from({ length: 2_000 }, (_, id) => ({
      id,
      text: 'x'.repeat(id === 0 ? 300_000 : 3),
      url: 'javascript:alert(1)',
      at: '2099-01-01T00:00:00Z',
    }))
    answer = say({ items: many })
    const mapping = { items: 'items', id: 'id', text: 'text', url: 'url', at: 'at' }
    const found = await open({ kind: 'json', mapping }).poller.poll()
    assert.equal(found.length, 500)
    assert.equal(found[0]?.text.length, 100_000)
    assert.ok(found.every(({ url, at }) => url === '' && at === NOW))
  })

  it('ME7 hostile documents are refused or read as text: entity bombs, broken markup, a mapping into prototypes', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "${'x'.repeat(1_000)}"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><guid>1</guid><title>&b;</title></item></channel></rss>`
    const [read] = readFeed(bomb, NOW)
    assert.equal(read?.text, '&b;')
    assert.equal(readFeed('<rss><item><guid>1</guid><title>open', NOW)[0]?.text, 'open')
    answer = say({ items: [{ id: '1', text: 'hi' }] })
    const mapping = { items: 'items', id: 'id', text: 'constructor.name' }
    assert.deepEqual(await open({ kind: 'json', mapping }).poller.poll(), [])
  })
})
