// The market on real sockets: a server that fails now and then, a mail server, and the whole product.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { createTransport } from 'nodemailer'
import { fastClock } from '../app/clock.ts'
import { readConfig } from '../app/config.ts'
import { openKeys } from '../app/keys.ts'
import { serve } from '../app/serve.ts'
import { present } from '../kernel/assert.ts'
import { openDoors } from './doors.ts'
import { startMarket } from './market.ts'
import { decisionIdIn } from './reader.ts'
import { startSmtpSink } from './smtp-sink.ts'
import { demoPlanYaml } from './testing/demo-plan.ts'

/** Sunday evening: the mailing of Monday morning is hours away. */
const FROM = Date.UTC(2026, 2, 15, 22)
/** An hour a second. */
const RATE = 3_600

/** Stands still until `go`: a slow start must not cost the hours in which something was due. */
const startedClock = () => {
  let started = 0
  return {
    rate: RATE,
    now: () => FROM + (started === 0 ? 0 : Math.floor((performance.now() - started) * RATE)),
    go: () => {
      started = performance.now()
    },
  }
}

const until = async (condition: () => boolean, ms: number): Promise<void> => {
  const end = performance.now() + ms
  while (!condition() && performance.now() < end) await sleep(20)
}

describe('the mail server of the market', () => {
  it('X11 refuses unknown addresses with 550, reads the rest, and counts every acceptance', async () => {
    const sink = await startSmtpSink({ isUnknown: (address) => address === 'gone@mail.example' })
    const subjects: string[] = []
    sink.subscribe(({ subject, links }) => subjects.push(`${subject} ${links.join(' ')}`))
    const transport = createTransport({ host: '127.0.0.1', port: sink.port, secure: false, ignoreTLS: true })
    const mail = {
      from: 'shop@shop.example',
      to: 'ann@mail.example',
      messageId: '<one@shop.example>',
      subject: 'Чай',
      html: '<a href="http://shop.example/c/1?a=1&amp;b=2">go</a>',
    }
    try {
      await transport.sendMail(mail)
      await transport.sendMail(mail)
      await assert.rejects(transport.sendMail({ ...mail, to: 'gone@mail.example' }), { responseCode: 550 })
    } finally {
      transport.close()
      await sink.close()
    }
    assert.equal(sink.accepted.get('one@shop.example ann@mail.example'), 2)
    assert.deepEqual(sink.counts(), { accepted: 2, refused: 1, twice: 1 })
    assert.deepEqual(subjects, Array(2).fill('Чай http://shop.example/c/1?a=1&b=2'))
  })
})

describe('the market on a running server', () => {
  it('X12 tries again with the same events when the server fails, and loses and doubles none', async () => {
    const seen = new Map<string, number>()
    let requests = 0
    let zipped = 0
    const server = await listen(async (request, response) => {
      const body = await read(request)
      if (request.headers['content-encoding'] === 'gzip') zipped++
      if (++requests % 3 === 0) {
        response.statusCode = requests % 2 === 0 ? 503 : 429
        response.end()
        return
      }
      const { batch } = JSON.parse(body) as { batch: { messageId: string }[] }
      for (const { messageId } of batch) seen.set(messageId, (seen.get(messageId) ?? 0) + 1)
      response.end('{"success":true}')
    })
    const market = await startMarket({
      url: urlOf(server),
      keys: { ingest: 'i', decide: 'd' },
      clock: fastClock(FROM, 1),
      customers: 60,
      placement: '',
    })
    await market.ready
    await market.stop()
    server.close()
    const { doors } = market.counts()
    assert.ok(doors.retries > 0 && zipped > 0)
    assert.ok(seen.size > 500)
    assert.equal(doors.items, seen.size)
    assert.ok([...seen.values()].every((times) => times === 1))
  })

  it('X13 keeps a whole product busy: events, placements, mail, and what people do with it', {
    timeout: 60_000,
  }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'windvane-market-'))
    const keys = openKeys(dir)
    const sink = await startSmtpSink()
    const clock = startedClock()
    const config = { ...readConfig({ dir, env: {}, flags: { port: 0 } }), smtp: smtpTo(sink.port) }
    const troubles: unknown[] = []
    const report = (error: unknown) => troubles.push(error)
    const served = await serve({ dir, config, keys, clock, mode: 'demo', report })
    try {
      assert.deepEqual((await served.applyPlan(demoPlanYaml(), false)).problems, [])
      const { ingest, decide } = present(keys.fresh, 'made just now')
      const market = await startMarket({
        url: served.url,
        keys: { ingest, decide },
        clock,
        sink,
        customers: 150,
      })
      await market.ready
      clock.go()
      const enough = () => {
        const { mails, placements, reactions } = market.counts()
        return mails >= 10 && placements >= 10 && reactions.open > 0
      }
      await until(enough, 40_000)
      const { doors, ...seen } = market.counts()
      await market.stop()
      assert.ok(enough(), JSON.stringify(seen))
      assert.equal(doors.refused, 0)
      const [mail = ''] = sink.accepted.keys()
      const caller = openDoors({ ...DOOR_DEFAULTS, url: served.url, keys: { ingest, decide } })
      assert.equal(await caller.complain(decisionIdIn(mail.split(' ')[0] ?? '')), 200)
      assert.equal(await caller.complain('dec:never:made:p1'), 422)
      caller.close()
      assert.equal(sink.counts().twice, 0)
      assert.deepEqual(troubles, [])
    } finally {
      await served.close()
      await sink.close()
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

const DOOR_DEFAULTS = {
  connectionsMax: 1,
  timeoutMs: 5_000,
  backoffMs: 10,
  backoffMsMax: 10,
  signal: new AbortController().signal,
  report: () => undefined,
}

const smtpTo = (port: number) => ({
  host: '127.0.0.1',
  port,
  secure: false,
  user: '',
  password: '',
  passwordFile: '',
  connections: 2,
  recipientsAllowed: [],
})

const listen = async (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<Server> => {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  const body = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}
