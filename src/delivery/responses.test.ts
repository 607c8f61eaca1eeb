// Links that come back: signed, tamper-proof, obeyed where a person meant it, not where a scanner looked.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../kernel/failure.ts'
import { asCampaignId, asDecisionId, asProfileId } from '../kernel/ids.ts'
import { createLinkSigner } from './adapters/link-signer.ts'
import { isWebUrl, messageLinks, readToken, signToken, type Link } from './links.ts'
import { createLinkBursts, respondedEvents, type Visit } from './responses.ts'
import { UNSUBSCRIBE_PAGE_CSP, unsubscribePage } from './unsubscribe-page.ts'

const signer = createLinkSigner({ secret: 'a secret of the installation' })
const link = (over: Partial<Link> = {}): Link => ({
  kind: 'click',
  decisionId: asDecisionId('dec:1'),
  campaignId: asCampaignId('welcome'),
  profileId: asProfileId('p1'),
  channel: 'email',
  issuedAt: Date.UTC(2026, 0, 1),
  url: 'https://shop.example/товар?a=1&b=%20#x',
  ...over,
})
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'
const visit = (over: Partial<Visit> = {}): Visit => ({
  method: 'GET',
  userAgent: BROWSER,
  at: link().issuedAt + 60_000,
  ...over,
})
const kinds = (given: Link, over: Partial<Visit>) =>
  respondedEvents(given, visit(over)).map(
    ({ type, data }) =>
      `${type} ${(data as { kind?: string }).kind ?? ''} ${String((data as { machine?: boolean }).machine ?? '')}`,
  )

describe('links', () => {
  it('V40 a token gives back what was signed, and is safe in a URL', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.string(),
        fc.integer({ min: 0, max: 4e12 }),
        (url, id, issuedAt) => {
          const given = link({ url, decisionId: asDecisionId(id), issuedAt })
          const token = signToken(signer, given)
          assert.match(token, /^[a-z][\w-]+\.[\w-]{22}$/)
          assert.deepEqual(readToken(signer, token), given)
        },
      ),
    )
  })

  it('V40 any change makes it invalid, and so does another key', () => {
    const token = signToken(signer, link())
    for (let i = 0; i < token.length; i++)
      for (const sign of 'Au-.') {
        if (token.charAt(i) === sign) continue
        assert.throws(
          () => readToken(signer, token.slice(0, i) + sign + token.slice(i + 1)),
          (error) => isFailure(error, 'link.invalid'),
        )
      }
    const others = [
      '',
      '.',
      'u.',
      'c.x',
      `${token}A`,
      token.slice(1),
      `u${token.slice(1)}`,
      `${token}=`,
      'x'.repeat(9_000),
      `\0${token}`,
    ]
    for (const other of others)
      assert.throws(
        () => readToken(signer, other),
        (error) => isFailure(error, 'link.invalid'),
      )
    assert.throws(
      () => readToken(createLinkSigner({ secret: 'another secret, as long' }), token),
      (error) => isFailure(error, 'link.invalid'),
    )
    const rotated = createLinkSigner({
      secret: 'the secret that came after',
      previousSecrets: ['a secret of the installation'],
    })
    assert.deepEqual(readToken(rotated, token), link())
  })

  it('V40 a click goes nowhere but to the web address that was signed', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example',
      '/path',
      'https:///x',
      'https://a b',
      'https://a.example/\r\nSet-Cookie: x',
      'ftp://a.example',
    ]) {
      assert.equal(isWebUrl(url), false, url)
      assert.throws(
        () => readToken(signer, signToken(signer, link({ url }))),
        (error) => isFailure(error, 'link.invalid'),
      )
    }
  })

  it('S2 V41 unsubscribing takes a POST; a GET or HEAD changes nothing', () => {
    const unsubscribe = link({ kind: 'unsubscribe', url: '' })
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'get'])
      assert.deepEqual(kinds(unsubscribe, { method }), [])
    for (const userAgent of [BROWSER, '', 'Google-Bot'])
      assert.deepEqual(kinds(unsubscribe, { method: 'POST', userAgent, at: unsubscribe.issuedAt }), [
        'profile.consent_changed.v1  ',
        'delivery.responded.v1 unsubscribed false',
      ])
    const [consent] = respondedEvents(unsubscribe, visit({ method: 'POST', source: 'one_click' }))
    assert.deepEqual(consent?.data, {
      profileId: 'p1',
      channel: 'email',
      purpose: 'marketing',
      granted: false,
      textVersion: '',
      source: 'one_click',
    })
  })

  it('V42 repeats have the same ids; a person’s click after a scanner’s still counts', () => {
    const ids = (over: Partial<Visit>) => respondedEvents(link(), visit(over)).map(({ id }) => id)
    assert.deepEqual(ids({}), ids({ at: link().issuedAt + 90_000_000 }))
    assert.notDeepEqual(ids({}), ids({ userAgent: 'Googlebot/2.1' }))
    assert.notDeepEqual(
      ids({}),
      respondedEvents(link({ url: 'https://b.example' }), visit()).map(({ id }) => id),
    )
    const again = (at: number) =>
      respondedEvents(link({ kind: 'unsubscribe', url: '' }), visit({ method: 'POST', at }))[0]?.id
    assert.equal(again(600_000), again(659_999))
    assert.notEqual(again(600_000), again(660_000))
  })

  it('S10 V43 scanners are machines: by name, by method, by haste, by opening everything at once', () => {
    const machine = (over: Partial<Visit>) => kinds(link(), over)[0]?.endsWith('true')
    assert.equal(machine({}), false)
    for (const userAgent of [
      '',
      'Mozilla/5.0 (compatible; bingbot/2.0)',
      'BarracudaCentral/1.0',
      'python-requests/2.32',
      'curl/8.5',
      'Mozilla/5.0 (X11) HeadlessChrome/120',
      'Go-http-client/2.0',
      'Mimecast/URLProtect',
      'Slackbot-LinkExpanding 1.0',
    ])
      assert.equal(machine({ userAgent }), true, userAgent)
    assert.equal(machine({ method: 'HEAD' }), true)
    assert.equal(machine({ at: link().issuedAt + 1_500 }), true)
    assert.equal(machine({ at: link().issuedAt + 2_500 }), false)
    const bursts = createLinkBursts({ windowMs: 3_000, messagesMax: 2 })
    const counts = ['a', 'b', 'c', 'c'].map((path, index) =>
      bursts.note(link({ url: `https://x.example/${path}` }), index * 100),
    )
    assert.deepEqual(counts, [1, 2, 3, 3])
    assert.equal(machine({ linksAtOnce: 3 }), true)
    assert.equal(bursts.note(link({ url: 'https://x.example/d' }), 60_000), 1)
  })

  it('V44 the unsubscribe page has one button, no script, and a policy that fits its style', () => {
    for (const locale of ['en', 'ru-RU', 'de']) {
      const page = unsubscribePage({ locale, token: 't', done: false })
      assert.match(page, /<form method="post"><button type="submit">/)
      assert.doesNotMatch(page, /<script|\son\w+=|\sstyle=/)
      const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
      assert.ok(
        UNSUBSCRIBE_PAGE_CSP.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`),
      )
    }
    assert.match(
      unsubscribePage({ locale: 'ru', token: 't', done: true }),
      /lang="ru"[\s\S]*role="status">Готово/,
    )
    assert.doesNotMatch(unsubscribePage({ locale: 'ru', token: 't', done: true }), /<form/)
    assert.match(unsubscribePage({ locale: 'en', token: '', done: false }), /role="alert"/)
    assert.doesNotMatch(
      unsubscribePage({ locale: '"><script>', token: 't', done: false, action: '"><script>' }),
      /<script/,
    )
  })

  it('V40 links of a message lead back to us, or straight on where there is nowhere to come back to', () => {
    const about = {
      decisionId: link().decisionId,
      campaignId: link().campaignId,
      profileId: link().profileId,
      channel: 'email' as const,
    }
    const links = messageLinks(signer, { baseUrl: 'https://m.example/', about, at: 5 })
    assert.match(links.unsubscribe, /^https:\/\/m\.example\/u\/u/)
    assert.equal(links.open, '')
    assert.equal(
      readToken(signer, links.click('https://a.example/x').split('/c/')[1] ?? '').url,
      'https://a.example/x',
    )
    const long = `https://a.example/${'x'.repeat(5_000)}`
    assert.equal(links.click(long), long)
    assert.equal(
      messageLinks(signer, { baseUrl: '', about, at: 5 }).click('https://a.example/'),
      'https://a.example/',
    )
  })
})
