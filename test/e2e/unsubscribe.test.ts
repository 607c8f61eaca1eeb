// From a mail that really arrived: the way out works in one click and only then, clicks lead on and are
// counted, machines are not people, and who is gone or complains is not written to again.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Customer } from '../../src/api/contract.ts'
import { deliveryCounts } from '../../src/delivery/index.ts'
import { manualClock } from '../../src/app/clock.ts'
import { MINUTE_MS } from '../../src/kernel/time.ts'
import { openMail, startSink, type MailSink, type OpenedMail } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import { NOON, open, until, type Serving } from './serving.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ONE_CLICK = {
  raw: 'List-Unsubscribe=One-Click',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
} as const
const PUBLIC = 'https://mail.shop.example'

type Shop = {
  readonly server: Serving
  readonly sink: MailSink
  readonly clock: ReturnType<typeof manualClock>
}

const openShop = async (): Promise<Shop> => {
  const sink = await startSink()
  const clock = manualClock(NOON)
  const server = await open({ clock, smtpPort: sink.port, publicUrl: PUBLIC })
  await server.apply(shopPlan())
  return { server, sink, clock }
}

/** The mail that a cart brings this person; the clock then stands where people have read it. */
const mailTo = async ({ server, sink, clock }: Shop, user: string): Promise<OpenedMail> => {
  await server.send([identify(user), track(user, 'Cart Viewed')])
  await until(() => sink.to(`${user}@shop.example`).length > 0, { what: `a mail to ${user}` })
  await settled(server)
  clock.set(clock.now() + MINUTE_MS)
  const [mail] = sink.to(`${user}@shop.example`)
  assert.ok(mail !== undefined)
  return openMail(mail)
}

const settled = async ({ served }: Serving): Promise<void> => {
  const { courier, loop } = served.system
  await until(() => courier.underWay() === 0 && loop.state.delivery.queue.items.length === 0, {
    what: 'rest',
  })
}

const pathOf = (link: string): string => {
  assert.ok(link.startsWith(`${PUBLIC}/`), link)
  return link.slice(PUBLIC.length)
}

const consentsOf = async (server: Serving, user: string): Promise<Customer['consents']> => {
  const found = (await server.ask('GET', `/api/customers?q=${user}@shop.example`)).json as {
    readonly items: readonly { readonly profileId: string }[]
  }
  return ((await server.ask('GET', `/api/customers/${found.items[0]?.profileId}`)).json as Customer).consents
}

const getsNothing = async ({ server, sink }: Shop, user: string): Promise<void> => {
  const before = sink.to(`${user}@shop.example`).length
  await server.send([track(user, 'Cart Viewed')])
  const made = server.served.system.loop.state.tally.totals.decisions
  await until(
    () =>
      server.served.system.loop.state.tally.totals.decisions > made - 1 &&
      server.served.system.loop.state.decision.pending.waiting.size === 0,
    { what: 'a decision' },
  )
  await settled(server)
  assert.equal(sink.to(`${user}@shop.example`).length, before, `${user} was written to`)
}

const counted = (server: Serving, what: string): number =>
  deliveryCounts(server.served.system.loop.state.delivery).reduce(
    (sum, { counts }) => sum + (counts[what] ?? 0),
    0,
  )

describe('the way out of the mails', () => {
  it('S2 E50 a GET changes nothing, however often; one POST ends it, for mails that wait as well', async () => {
    const shop = await openShop()
    const { server, sink } = shop
    const mail = await mailTo(shop, 'ann')
    const header = mail.headers.get('list-unsubscribe') ?? ''
    assert.match(header, /^<https:\/\/mail\.shop\.example\/u\/[^>]+>$/)
    assert.equal(mail.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
    const path = pathOf(header.slice(1, -1))
    assert.ok(mail.links.map(pathOf).includes(path), 'the body has the link too')

    const offset = server.served.system.loop.state.offset
    for (let i = 0; i < 10; i++)
      await Promise.all(
        Array.from({ length: 100 }, async (_, j) => {
          const page = await server.ask(j % 10 === 0 ? 'HEAD' : 'GET', path, {
            as: 'none',
            headers: { 'user-agent': j % 2 === 0 ? BROWSER : 'GoogleImageProxy' },
          })
          assert.equal(page.status, 200)
        }),
      )
    assert.equal(server.served.system.loop.state.offset, offset, 'a GET left something behind')
    assert.deepEqual(await consentsOf(server, 'ann'), [])
    const page = await server.ask('GET', path, { as: 'none', headers: { 'accept-language': 'ru' } })
    assert.match(page.text, /<html lang="ru">/)
    assert.match(page.text, /<form[^>]*method="post"/)
    assert.ok(!/<script/.test(page.text))

    // Three more wait for her when she leaves.
    await server.ask('POST', '/api/stop', { body: { scope: 'campaign:nobody', reason: '' } })
    server.served.system.stopFile?.write('hold on')
    await server.send([
      track('ann', 'Cart Viewed'),
      track('ann', 'Cart Viewed'),
      identify('ben'),
      track('ben', 'Cart Viewed'),
    ])
    await until(() => server.served.system.loop.state.delivery.queue.items.length === 3, {
      what: 'three to wait',
    })
    const left = await server.ask('POST', path, { as: 'none', ...ONE_CLICK })
    assert.equal(left.status, 200, left.text)
    server.served.system.stopFile?.remove()
    await until(() => sink.to('ben@shop.example').length === 1, { what: "ben's mail" })
    await settled(server)
    assert.equal(sink.to('ann@shop.example').length, 1, 'a mail that waited was sent after she left')
    assert.equal(counted(server, 'withheld'), 2)
    const [consent] = await consentsOf(server, 'ann')
    assert.deepEqual([consent?.channel, consent?.state, consent?.source], ['email', 'withdrawn', 'one_click'])
    await getsNothing(shop, 'ann')
    assert.equal((await server.brief()).counts.unsubscribed, 1)
    assert.equal((await server.ask('POST', path, { as: 'none', ...ONE_CLICK })).status, 200)
    assert.equal((await server.brief()).counts.unsubscribed, 1, 'the second POST counted again')
    await server.close()
    assert.deepEqual(server.reports, [])
  })

  it('E51 the button on the page works as the one click does, in a multipart form too', async () => {
    const shop = await openShop()
    const { server } = shop
    const forms = {
      button: { raw: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      multipart: {
        raw: '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
    }
    for (const [user, form] of Object.entries(forms)) {
      const mail = await mailTo(shop, user)
      const answer = await server.ask('POST', pathOf(mail.links.at(-1) ?? ''), { as: 'none', ...form })
      assert.equal(answer.status, 200, answer.text)
      assert.equal((await consentsOf(server, user))[0]?.state, 'withdrawn')
      assert.equal(
        (await consentsOf(server, user))[0]?.source,
        user === 'multipart' ? 'one_click' : 'unsubscribe_link',
      )
      await getsNothing(shop, user)
    }
    await server.close()
  })

  it('S2 S10 E52 a click leads on and is counted once; scanners lead on and count for nothing', async () => {
    const shop = await openShop()
    const { server } = shop
    const mail = await mailTo(shop, 'cat')
    const [first = '', second = ''] = mail.links.map(pathOf)
    const visit = async (method: string, path: string, agent: string) =>
      server.ask(method, path, { as: 'none', headers: { 'user-agent': agent } })
    for (const agent of ['', 'Barracuda Sentinel', 'python-requests/2.32', 'Googlebot/2.1']) {
      const scanned = await visit('GET', first, agent)
      assert.deepEqual(
        [scanned.status, scanned.headers.get('location')],
        [302, 'https://shop.example/new?a=1&b=2'],
      )
    }
    assert.equal((await visit('HEAD', second, BROWSER)).status, 302)
    assert.equal((await server.brief()).counts.clicked, 0)
    assert.ok(counted(server, 'machine') >= 1)
    for (let i = 0; i < 3; i++)
      assert.equal(
        (await visit('GET', first, BROWSER)).headers.get('location'),
        'https://shop.example/new?a=1&b=2',
      )
    assert.equal((await server.brief()).counts.clicked, 1)
    assert.equal((await visit('GET', second, BROWSER)).headers.get('location'), 'https://shop.example/sale')
    assert.equal((await server.brief()).counts.clicked, 2)
    const pixel = /src="([^"]+\/o\/[^"]+)"/.exec(mail.html)?.[1] ?? ''
    // Three links of one message within a moment would be a scanner's.
    shop.clock.set(shop.clock.now() + MINUTE_MS)
    const opened = await visit('GET', pathOf(pixel), BROWSER)
    assert.equal(opened.headers.get('content-type'), 'image/gif')
    assert.equal((await server.brief()).counts.opened, 1)
    await server.close()
  })

  it('E53 a link that was tampered with is a 404 and changes nothing', async () => {
    const shop = await openShop()
    const { server } = shop
    const mail = await mailTo(shop, 'dan')
    const [click = '', , out = ''] = mail.links.map(pathOf)
    const swap = (path: string, at: number): string =>
      path.slice(0, at) + (path[at] === 'A' ? 'B' : 'A') + path.slice(at + 1)
    const offset = server.served.system.loop.state.offset
    for (const path of [
      swap(click, 8),
      swap(click, click.length - 3),
      click.slice(0, -1),
      click.replace('/c/', '/u/'),
      out.replace('/u/', '/c/'),
      '/c/https%3A%2F%2Fevil.example',
      '/c/x.y',
    ])
      assert.equal((await server.ask('GET', path, { as: 'none' })).status, 404, path)
    for (const path of [
      swap(out, 8),
      swap(out, out.length - 3),
      out.slice(0, -2),
      click.replace('/c/', '/u/'),
    ])
      assert.equal((await server.ask('POST', path, { as: 'none', ...ONE_CLICK })).status, 404, path)
    assert.equal(server.served.system.loop.state.offset, offset)
    await server.close()
  })

  it('S2 E54 who is gone (550) or complains is not written to again, under no other profile either', async () => {
    const shop = await openShop()
    const { server, sink } = shop
    sink.gone.add('eve@shop.example')
    await server.send([identify('eve'), track('eve', 'Cart Viewed')])
    await until(() => counted(server, 'failed') === 1, { what: 'the refusal' })
    await settled(server)
    sink.gone.clear()
    await getsNothing(shop, 'eve')

    const mail = await mailTo(shop, 'fay')
    const decisionId = (mail.headers.get('message-id') ?? '')
      .replace(/^<|@.*$/g, '')
      .replace(/_([0-9a-f]+)_/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    for (let i = 0; i < 2; i++)
      assert.equal(
        (await server.ask('POST', '/v1/report', { as: 'decide', body: { decisionId, kind: 'complained' } }))
          .status,
        200,
      )
    assert.equal((await server.brief()).counts.complained, 1)
    await getsNothing(shop, 'fay')
    // The same address under a new account: the address is what is suppressed.
    for (const address of ['fay@shop.example', 'eve@shop.example']) {
      await server.send([
        { ...identify(`new-${address}`), traits: { email: address.toUpperCase() } },
        track(`new-${address}`, 'Cart Viewed'),
      ])
      await settled(server)
      await getsNothing(shop, address.split('@')[0] ?? '')
    }
    await server.close()
    assert.deepEqual(server.reports, [])
  })
})
