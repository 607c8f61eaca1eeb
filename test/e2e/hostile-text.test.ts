// Hostile text in what people and sites send: it neither runs nor commands, not in the process, not in a
// mail, not in the state, and what was kept comes back to the byte.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Customer } from '../../src/api/contract.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import { openLoop } from '../../src/app/open-loop.ts'
import { encodeDump } from '../../src/log/index.ts'
import { HOSTILE_VALUES } from '../../src/delivery/testing/hostile-values.ts'
import { dumpState, type LoopState } from '../../src/loop.ts'
import { openMail, startSink, type OpenedMail } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import { noonClock, open, until } from './serving.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const HOSTILE = {
  proto:
    '{"type":"identify","userId":"h-proto","messageId":"h1","traits":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"email":"proto@shop.example"},"context":{"__proto__":{"polluted":1}}}',
  surrogate:
    '{"type":"identify","userId":"h-\\ud800-half","messageId":"h\\udfff2","traits":{"firstName":"half \\ud83d","\\ud800":"\\udc00","email":"sur@shop.example"}}',
  nul: '{"type":"identify","userId":"h-\\u0000-nul","messageId":"h3","traits":{"firstName":"nul \\u0000 nul","email":"nul@shop.example"}}',
  rtl: '{"type":"identify","userId":"h-\\u202eltr","messageId":"h4","traits":{"firstName":"\\u202egnp.exe \\u200f","email":"rtl@shop.example"}}',
  name: '{"type":"identify","userId":"h-name","messageId":"h5","traits":{"firstName":"Ann\\r\\nBcc: evil@shop.example\\r\\n\\r\\n<script>alert(1)</script>{{ 7 | times: 6 }}","email":"name@shop.example"}}',
  address:
    '{"type":"identify","userId":"h-addr","messageId":"h6","traits":{"email":"addr@shop.example\\r\\nBcc: evil@shop.example"}}',
  two: '{"type":"identify","userId":"h-two","messageId":"h7","traits":{"email":"two@shop.example, evil@shop.example"}}',
  numbers:
    '{"type":"track","userId":"h-num","messageId":"h8","event":"Order Completed","properties":{"revenue":1e308,"order_id":"n1","quantity":-0,"x":1e999}}',
  names:
    '{"type":"track","userId":"h-num","messageId":"h9","event":"__proto__","properties":{"category":"constructor"}}',
  text: '{"type":"identify","userId":"constructor","messageId":"h10","anonymousId":"__proto__","traits":{"timezone":"Mars/Olympus","locale":"\\u0000","email":"text@shop.example"}}',
} as const

const bytesOf = (state: LoopState): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(dumpState(state)).map(([name, dump]) => [
      name,
      Buffer.from(encodeDump(dump)).toString('base64'),
    ]),
  )

const namesOf = ({ headers }: OpenedMail): readonly string[] => [...headers.keys()].toSorted()

const chunksOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))

describe('hostile text', () => {
  it('S8 E13 neither runs nor commands nor breaks: not the process, not a mail, not the state', async () => {
    const sink = await startSink()
    const server = await open({ clock: noonClock(), smtpPort: sink.port })
    await server.apply(shopPlan({ greeting: 'Hello {{ profile.traits.firstName }}' }))
    for (const text of Object.values(HOSTILE)) {
      const taken = await server.ask('POST', '/v1/batch', {
        as: 'ingest',
        raw: `{"batch":[${text}]}`,
        headers: JSON_TYPE,
      })
      assert.equal(taken.status, 200, taken.text)
    }
    const users = Object.values(HOSTILE).map(
      (text) => (JSON.parse(text) as { readonly userId: string }).userId,
    )
    await server.send(users.map((user) => track(user, 'Cart Viewed', { note: '\u0000\ud800' })))
    await until(async () => sink.mails.length >= 6 && server.served.system.courier.underWay() === 0, {
      what: 'the mails',
      ms: 15_000,
    })
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)

    for (const mail of sink.mails) {
      const { to, raw } = mail
      assert.ok(!/evil@/.test(to), to)
      assert.ok(!/^(?:bcc|cc):/im.test(raw.split('\r\n\r\n')[0] ?? ''), raw)
      const { html, text } = await openMail(mail)
      assert.ok(!html.includes('<script') && !/\b42\b/.test(text), html)
    }
    const [named] = sink.to('name@shop.example')
    assert.ok(named !== undefined)
    const { subject, headers } = await openMail(named)
    assert.ok(subject.includes('{{ 7 | times: 6 }}') && !subject.includes('42'), subject)
    assert.equal(headers.get('to'), 'name@shop.example')

    for (const user of users) {
      const found = await server.ask('GET', `/api/customers?q=${encodeURIComponent(user.toWellFormed())}`)
      assert.equal(found.status, 200, found.text)
      for (const { profileId } of (
        found.json as { readonly items: readonly { readonly profileId: string }[] }
      ).items) {
        const customer = await server.ask('GET', `/api/customers/${profileId}`)
        assert.equal(customer.status, 200, customer.text)
        assert.ok((customer.json as Customer).timeline.length > 0)
      }
    }
    assert.equal((await server.ask('GET', '/api/brief')).status, 200)
    assert.equal((await server.ask('GET', '/api/decisions?limit=200')).status, 200)
    await server.close()
    assert.deepEqual(server.reports, [])

    const { state } = server.served.system.loop
    const expected = bytesOf(state)
    for (const way of ['the snapshot', 'the log']) {
      if (way === 'the log') rmSync(join(server.dir, 'snapshots'), { recursive: true })
      const opened = await openLoop({ dir: server.dir, ctx: createCtx(systemClock) })
      const again = bytesOf(opened.loop.state)
      await opened.close()
      assert.deepEqual(
        Object.keys(expected).filter((name) => again[name] !== expected[name]),
        [],
        `differs from ${way}`,
      )
    }
  })

  it('S8 E13 500 hostile values as name, city and address: one mail each, to the one it is for, with the headers of any other', async () => {
    const sink = await startSink()
    const server = await open({ clock: noonClock(), smtpPort: sink.port })
    await server.apply(
      shopPlan({
        subject: 'For {{ profile.traits.firstName }}',
        greeting: 'Hello {{ profile.traits.firstName }} of {{ event.city }}',
      }),
    )
    const plain = identify('plain', { firstName: 'Ann' })
    const named = HOSTILE_VALUES.map((firstName, n) => identify(`named${n}`, { firstName }))
    const addressed = HOSTILE_VALUES.map((value, n) =>
      identify(`addressed${n}`, {
        firstName: 'Ann',
        email: n % 2 === 0 ? `a${n}@shop.example${value}` : value,
      }),
    )
    const users = [plain, ...named, ...addressed].map(({ userId }) => userId)
    for (const batch of chunksOf([plain, ...named, ...addressed], 100)) await server.send(batch)
    for (const batch of chunksOf(users, 100))
      await server.send(
        batch.map((user, n) => track(user, 'Cart Viewed', { city: HOSTILE_VALUES[(n * 7) % 500] })),
      )
    const sentTo = (name: RegExp) => sink.mails.filter(({ to }) => name.test(to))
    await until(
      async () =>
        sentTo(/^named/).length >= HOSTILE_VALUES.length &&
        sentTo(/^plain/).length === 1 &&
        server.served.system.courier.underWay() === 0,
      { what: 'the mails', ms: 60_000 },
    )
    await server.close()

    const [ordinary] = sentTo(/^plain/)
    assert.ok(ordinary !== undefined)
    const usual = namesOf(await openMail(ordinary))
    assert.ok(usual.includes('to') && usual.includes('list-unsubscribe'), usual.join())
    for (const mail of sink.mails) {
      const opened = await openMail(mail)
      assert.deepEqual(namesOf(opened), usual, mail.raw)
      assert.equal(opened.headers.get('to'), mail.to, mail.raw)
      assert.ok(!/[\s,;<>"]|evil\.example$/.test(mail.to), mail.to)
    }
    assert.equal(sentTo(/^named/).length, HOSTILE_VALUES.length)
    assert.equal(new Set(sink.mails.map(({ to }) => to)).size, sink.mails.length)
  })

  it('S8 E13 may name campaigns and creatives after what objects are born with', async () => {
    const server = await open({ clock: noonClock() })
    await server.apply(
      shopPlan({
        more: `  - id: constructor
    goal: {event: constructor}
    trigger: {placement: constructor}
    actions: [{creative: banner, channel: onsite}]
    policy: {always: banner/now, floor: 0}
`,
      }),
    )
    const shown = await server.ask('POST', '/v1/decide', {
      as: 'decide',
      body: { placement: 'constructor', userId: 'constructor' },
    })
    assert.equal((shown.json as { readonly actionId: string }).actionId, 'banner/now', shown.text)
    const { campaigns } = await server.brief()
    assert.deepEqual(
      campaigns
        .filter(({ campaignId }) => campaignId === 'constructor')
        .map(({ decisions, acted }) => [decisions, acted]),
      [[1, 1]],
    )
    assert.ok(!Object.hasOwn(Object, 'decisions'), 'the counts went astray')
    const lift = await server.ask('GET', '/api/lift?campaign=constructor')
    assert.equal(lift.status, 200, lift.text)
    await server.close()
    assert.deepEqual(server.reports, [])
  })
})
