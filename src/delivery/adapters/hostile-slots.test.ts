// 500 hostile values in every place of a creative where a value can stand, read back by a parser that is not
// ours: a mail is the same page with other words in it, whatever a customer is called.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { asCampaignId, asCreativeId, asDecisionId, asProfileId } from '../../kernel/ids.ts'
import type { CreativeSpec, SenderSpec } from '../events.ts'
import { messageLinks } from '../links.ts'
import { templateVars } from '../templates.ts'
import { HOSTILE_VALUES } from '../testing/hostile-values.ts'
import { createLinkSigner } from './link-signer.ts'
import { createRenderer } from './renderer.ts'

const V = '{{ profile.traits.v }}'

/** Each place in HTML, and whether the value could add attributes of its own there: it stands without quotes. */
const PLACES: readonly { readonly name: string; readonly html: string; readonly bare?: true }[] = [
  { name: 'text', html: `<p>${V}</p>` },
  { name: 'text, raw', html: `<p>{{ profile.traits.v | raw }}</p>` },
  { name: 'text, echoed', html: `<p>{% echo profile.traits.v %}</p>` },
  { name: 'text, captured', html: `{% capture c %}${V}{% endcapture %}<p>{{ c }}</p>` },
  {
    name: 'text, through filters',
    html: `<p>{{ profile.traits.v | strip_html | upcase | default: "x" }}</p>`,
  },
  { name: 'text, unescaped by url_decode', html: `<p>{{ profile.traits.v | url_encode | url_decode }}</p>` },
  { name: 'text of a list', html: `{% for i in profile.traits.list %}<li>{{ i }}</li>{% endfor %}` },
  { name: 'cycle', html: `<p>{% cycle profile.traits.v %}</p>` },
  { name: 'title', html: `<title>${V}</title>` },
  { name: 'comment', html: `<!-- ${V} --><p>x</p>` },
  { name: 'conditional comment', html: `<!--[if mso]>${V}<![endif]--><p>x</p>` },
  { name: 'style', html: `<style>.a{color:${V}}</style><p>x</p>` },
  { name: 'alt', html: `<img src="https://shop.example/a.png" alt="${V}">` },
  { name: 'title attribute', html: `<a href="https://shop.example/" title='${V}'>x</a>` },
  { name: 'href', html: `<a href="${V}">x</a>` },
  { name: 'href, a part', html: `<a href="https://shop.example/?q=${V}">x</a>` },
  { name: 'src', html: `<img alt="x" src="${V}">` },
  { name: 'background', html: `<td background="${V}">x</td>` },
  { name: 'style attribute', html: `<p style="color:${V}">x</p>` },
  { name: 'unquoted attribute', html: `<td width=${V}>x</td>`, bare: true },
  { name: 'unquoted address', html: `<a href=${V}>x</a>`, bare: true },
  { name: 'between attributes', html: `<td ${V}>x</td>`, bare: true },
  { name: 'tag', html: `<p>a <${V}> b</p>`, bare: true },
]

const MJML = `<mjml><mj-head><mj-title>${V}</mj-title><mj-preview>${V}</mj-preview></mj-head><mj-body><mj-section><mj-column>
<mj-text>${V}</mj-text><mj-button href="${V}" title="${V}">${V}</mj-button><mj-image src="https://shop.example/a.png" alt="${V}" href="${V}" /></mj-column></mj-section></mj-body></mjml>`

const sender: SenderSpec = {
  name: 'Shop',
  email: 'hi@shop.example',
  footer: `For ${V}, Street 1. <a href="{{ links.unsubscribe }}">Unsubscribe</a>`,
}
const links = messageLinks(createLinkSigner({ secret: 'a secret of the installation' }), {
  baseUrl: 'https://shop.example',
  about: {
    decisionId: asDecisionId('dec:1'),
    campaignId: asCampaignId('c'),
    profileId: asProfileId('p1'),
    channel: 'email',
  },
  at: 5,
  openPixel: true,
})
const renderer = createRenderer()
after(async () => renderer.close())

const mailOf = async (id: string, body: string, v: string) => {
  const creative: CreativeSpec = {
    id: asCreativeId(id),
    channel: 'email',
    approvedBy: 'ann',
    content: { en: { subject: `Hi ${V}`, body, text: `Hi ${V} {{ links.unsubscribe }}` } },
  }
  const vars = templateVars({
    profile: { id: 'p1', traits: { v, list: [v, v] } },
    business: DEFAULT_BUSINESS,
    now: Date.UTC(2026, 1, 3),
    event: {},
    offer: { id: 'none', discountShare: 0 },
  })
  const mail = await renderer.render(creative, sender, { locale: 'en', vars, links })
  assert.equal(mail.kind, 'email')
  return mail
}

type Shape = {
  readonly tags: readonly string[]
  readonly attributes: readonly string[]
  readonly harms: readonly string[]
}

const ADDRESSES: ReadonlySet<string> = new Set(
  'href src action formaction background poster data cite longdesc srcset'.split(' '),
)

/** What a browser makes of a page: its elements, their attributes, and whatever in it would run. */
const shapeOf = (html: string): Shape => {
  const tags: string[] = []
  const attributes: string[] = []
  const harms: string[] = []
  const walk = (node: Tree.Node): void => {
    if ('tagName' in node) {
      tags.push(node.tagName)
      for (const { name, value } of node.attrs) {
        attributes.push(`${node.tagName} ${name}`)
        const address = value.replaceAll(/[\p{Cc}\s]/gu, '').toLowerCase()
        if (/^on/i.test(name)) harms.push(`${node.tagName} ${name}=${value}`)
        if (ADDRESSES.has(name) && /^(?:javascript|vbscript|data):/.test(address))
          harms.push(`${name}=${value}`)
        if (name === 'srcdoc' || (node.tagName === 'meta' && /refresh/i.test(value)))
          harms.push(`${name}=${value}`)
        if (name === 'style' && /expression\(|javascript:|@import/.test(address)) harms.push(`style=${value}`)
      }
      if (/^(?:script|iframe|object|embed|base|form|svg|math|template|noscript)$/.test(node.tagName))
        harms.push(`<${node.tagName}>`)
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child)
  }
  walk(parse(html))
  return { tags, attributes, harms }
}

describe('hostile values in slots', () => {
  it('S8 V21 are 500, all different, and the parser sees each harm that is not rendered by us', () => {
    assert.equal(new Set(HOSTILE_VALUES).size, 500)
    const seen = HOSTILE_VALUES.filter((v) => shapeOf(`<p title="">${v}</p>`).harms.length > 0).length
    assert.ok(seen > 200, `only ${seen} of them do harm when they are let`)
  })

  for (const { name, html, bare = false } of PLACES)
    it(`S8 V21 ${name}: the page stays the page`, async () => {
      const plain = shapeOf((await mailOf(name, html, 'Ann')).html)
      for (const v of HOSTILE_VALUES) {
        const mail = await mailOf(name, html, v)
        const shape = shapeOf(mail.html)
        const about = `${JSON.stringify(v)} gives ${mail.html.slice(0, 600)}`
        assert.deepEqual(shape.harms, [], about)
        if (bare) continue
        assert.deepEqual(shape.tags, plain.tags, about)
        assert.deepEqual(
          shape.attributes.filter((attribute) => !plain.attributes.includes(attribute)),
          [],
          about,
        )
      }
    })

  it('S8 V21 MJML, subject, text and footer: the page stays the page, the subject one line, nothing is worked out', async () => {
    const plain = shapeOf((await mailOf('mjml', MJML, 'Ann')).html)
    for (const v of HOSTILE_VALUES) {
      const { subject, html, text } = await mailOf('mjml', MJML, v)
      const shape = shapeOf(html)
      const about = `${JSON.stringify(v)} gives ${html.slice(0, 600)}`
      assert.deepEqual(shape.harms, [], about)
      assert.deepEqual(shape.tags, plain.tags, about)
      assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029]/u)
      for (const written of [subject, html, text])
        assert.ok(!/(?<![\d#&.-])42(?!\d)/.test(written.replaceAll(/#\d+;/g, '')), about)
    }
  })

  it('S8 V21 JSON for placements and webhooks: the same keys, the value one string', async () => {
    const creative: CreativeSpec = {
      id: asCreativeId('json'),
      channel: 'webhook',
      approvedBy: 'ann',
      content: { en: { title: `Hi ${V}`, deep: [{ url: V }] } },
    }
    for (const v of HOSTILE_VALUES) {
      const vars = templateVars({
        profile: { id: 'p1', traits: { v } },
        business: DEFAULT_BUSINESS,
        now: 0,
        event: {},
        offer: { id: 'none', discountShare: 0 },
      })
      const made = await renderer.render(creative, sender, { locale: 'en', vars, links })
      assert.ok(made.kind !== 'email')
      const body = JSON.parse(JSON.stringify(made.body)) as unknown
      assert.deepEqual(body, { title: `Hi ${v}`, deep: [{ url: v }] })
    }
  })
})
