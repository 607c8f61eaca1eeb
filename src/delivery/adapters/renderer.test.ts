// Rendering real creatives in real workers: what comes out, and what hostile templates and hostile
// customers get.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { isFailure } from '../../kernel/failure.ts'
import { asCampaignId, asCreativeId, asDecisionId, asProfileId } from '../../kernel/ids.ts'
import type { CreativeSpec, EmailContent, SenderSpec } from '../events.ts'
import { messageLinks, readToken } from '../links.ts'
import type { RenderedEmail } from '../messages.ts'
import { templateVars } from '../templates.ts'
import { createLinkSigner } from './link-signer.ts'
import { createRenderer, RENDERER_DEFAULTS } from './renderer.ts'

const renderer = createRenderer()
after(async () => renderer.close())

const signer = createLinkSigner({ secret: 'a secret of the installation' })
const about = {
  decisionId: asDecisionId('dec:1'),
  campaignId: asCampaignId('c'),
  profileId: asProfileId('p1'),
  channel: 'email' as const,
}
const links = messageLinks(signer, { baseUrl: 'https://shop.example', about, at: 5, openPixel: true })
const sender: SenderSpec = {
  name: 'Shop',
  email: 'hi@shop.example',
  footer: 'Street 1. <a href="{{ links.unsubscribe }}">Unsubscribe</a>',
}
type Content = EmailContent | Readonly<Record<string, EmailContent>>
const isOne = (content: Content): content is EmailContent => typeof content['body'] === 'string'
const creative = (content: Content, id = 'hello'): CreativeSpec => ({
  id: asCreativeId(id),
  channel: 'email',
  approvedBy: 'ann',
  content: isOne(content) ? { en: content } : content,
})
const vars = (traits: unknown, event: unknown = {}) =>
  templateVars({
    profile: { id: 'p1', traits },
    business: DEFAULT_BUSINESS,
    now: Date.UTC(2026, 1, 3),
    event,
    offer: { id: 'ten', discountShare: 0.1 },
  })
const render = async (content: Content, traits: unknown = {}, locale = 'en'): Promise<RenderedEmail> => {
  const rendered = await renderer.render(creative(content), sender, {
    locale,
    fallbackLocales: ['en'],
    vars: vars(traits),
    links,
  })
  assert.equal(rendered.kind, 'email')
  return rendered
}

const MJML = `<mjml><mj-head><mj-title>Hi</mj-title></mj-head><mj-body><mj-section><mj-column>
<mj-text>Hello {{ profile.traits.name | default: "friend" }}{% if offer.percent > 5 %}, {{ offer.percent }} % for you{% endif %}</mj-text>
<mj-button href="https://shop.example/sale?a=1&amp;b={{ profile.traits.size }}">See</mj-button>
</mj-column></mj-section></mj-body></mjml>`

describe('renderer', () => {
  it('V20 renders MJML with Liquid, in the person’s language, with text, footer, tracked links and pixel', async () => {
    const mail = await render(
      {
        en: { subject: 'Hi {{ profile.traits.name }}', body: MJML },
        ru: { subject: 'Привет, {{ profile.traits.name }}', body: MJML },
      },
      { name: 'Аня & <Co>', size: 'M' },
      'ru-RU',
    )
    assert.equal(mail.subject, 'Привет, Аня & <Co>')
    assert.match(mail.html, /Hello Аня &amp; &lt;Co&gt;, 10 % for you/)
    assert.match(mail.html, /<v:|\[if mso/)
    assert.match(mail.text, /Hello Аня & <Co>, 10 % for you/)
    assert.match(mail.text, /Unsubscribe \(https:\/\/shop\.example\/u\//)
    const clicks = [...mail.html.matchAll(/href="https:\/\/shop\.example\/c\/([^"]+)"/g)].map((match) =>
      readToken(signer, match[1] ?? ''),
    )
    assert.ok(clicks.length >= 1)
    assert.ok(
      clicks.every(({ url, kind }) => kind === 'click' && url === 'https://shop.example/sale?a=1&b=M'),
      JSON.stringify(clicks),
    )
    assert.match(mail.html, new RegExp(`<img src="${links.open.replaceAll('.', '\\.')}"`))
    assert.equal(mail.unsubscribeUrl, links.unsubscribe)
    assert.doesNotMatch(mail.html, /wv[0-9a-f]{24}-/)
  })

  it('V20 track_link works where no link is seen, and now is the product’s', async () => {
    const mail = await render({
      subject: 'Now {{ "now" | date: "%Y" }}',
      body: '<p>{{ "https://a.example/x" | track_link }}</p>',
      text: 'Go: {{ "https://a.example/x" | track_link }} {{ "javascript:x" | track_link }}',
    })
    assert.equal(mail.subject, 'Now 2026')
    assert.match(mail.text, /^Go: https:\/\/shop\.example\/c\/\S+ $/)
    assert.match(mail.html, /<p>https:\/\/shop\.example\/c\//)
  })

  it('S8 V21 no value of a customer becomes markup, a header or a link that runs', async () => {
    const hostile = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='x",
      'a\r\nBcc: evil@example.com',
      'javascript:alert(1)',
      '</title><script>',
      '{{ 7 | times: 6 }}',
      '--><script>',
      'x onload=alert(1)',
      '\u2028Bcc: a@b.c',
      'data:text/html,<script>',
    ]
    const slots =
      '<h1>{{ profile.traits.v }}</h1><a href="{{ profile.traits.v }}" title=\'{{ profile.traits.v }}\'>x</a><img src={{ profile.traits.v }} alt="{{ profile.traits.v | raw }}"><style>.a{color:{{ profile.traits.v }}}</style><!-- {{ profile.traits.v }} --><td width={{ profile.traits.v }}>{% echo profile.traits.v %}{% capture c %}{{ profile.traits.v }}{% endcapture %}{% cycle profile.traits.v %}'
    for (const v of hostile) {
      const mail = await render({ subject: 'Hi {{ profile.traits.v }}', body: slots }, { v })
      assert.doesNotMatch(mail.subject, /[\r\n\u2028]/)
      const tags = mail.html.replaceAll(/="[^"]*"/g, '=""')
      assert.doesNotMatch(tags, /<script|<[a-z]+[^>]*\son\w+\s*=|>42</i, v)
      assert.doesNotMatch(mail.html, /(?:href|src)="\s*(?:javascript|data):/i, v)
    }
  })

  it('S8 V22 a template that loops, grows or digs is stopped in time, and this thread hardly notices', async () => {
    const bombs: readonly (readonly [string, string])[] = [
      ['nested loops', '{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}'],
      ['a huge range', '{% for i in (1..999999999) %}x{% endfor %}'],
      [
        'doubling text',
        '{% assign s = "aaaaaaaaaa" %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
      ],
      [
        'doubling by replace',
        '{% assign s = "aaaaaaaaaa" %}{% for i in (1..30) %}{% assign s = s | replace: "a", "aaaaaaaaaa" %}{% endfor %}{{ s | size }}',
      ],
      [
        'sorting often',
        '{% assign a = "c,b,a" | split: "," %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}{{ a | sort | join }}',
      ],
      [
        'backtracking dates',
        `{% for i in (1..90000) %}{{ "${'1'.repeat(200)}x" | date: "%Y%m%d%H%M%S%N%z%A" }}{% endfor %}`,
      ],
      [
        'strip_html',
        `{% assign s = "<" %}{% for i in (1..16) %}{% assign s = s | append: s %}{% endfor %}{% for i in (1..50) %}{{ s | strip_html | size }}{% endfor %}`,
      ],
      ['endless columns', '{% tablerow i in (1..9999999) cols:2 %}{{ i }}{% endtablerow %}'],
      ['huge padding', '{{ "now" | date: "%999999999Y" }}'],
      [
        'a slow filter past the limits',
        '{% assign a = (1..2000000) | where_exp: "i", "i > 5 and i < 10 or i == 77" %}{{ a | size }}',
      ],
      [
        'a deep word split',
        `{% assign s = "a " %}{% for i in (1..22) %}{% assign s = s | append: s %}{% endfor %}{{ s | split: " " | reverse | uniq | join }}`,
      ],
    ]
    const codes = new Set<string>()
    await render({ subject: 's', body: 'warm' })
    for (const [name, body] of bombs) {
      const { creative: compiled } = await renderer.compile(creative({ subject: 's', body }), sender)
      assert.ok(compiled !== null, name)
      let code: string
      let used: NodeJS.CpuUsage
      let tries = 5
      // A machine that gave the thread no turn says nothing of the template: once more.
      do {
        const before = process.threadCpuUsage()
        code = await render({ subject: 's', body }).then(
          () => 'rendered',
          (error: unknown) => (isFailure(error) ? error.code : String(error)),
        )
        used = process.threadCpuUsage(before)
      } while (code === 'render.starved' && --tries > 0)
      codes.add(code)
      assert.match(code, /^rendered$|^render\.(?:failed|timeout|memory)$/, name)
      // What this thread worked in all bounds what any of its turns could have taken.
      assert.ok(
        (used.user + used.system) / 1_000 < 50,
        `${name}: ${used.user + used.system} µs of this thread`,
      )
    }
    assert.ok(codes.has('render.timeout'), 'one is only stopped by killing it')
    assert.equal((await render({ subject: 's', body: 'still alive' })).html.includes('still alive'), true)
  })

  it('S8 V22 a job is killed at its wall, and the next one finds a fresh worker', async () => {
    const slow = '{% assign a = (1..2000000) | where_exp: "i", "i > 5 and i < 10 or i == 77" %}{{ a | size }}'
    const took: number[] = []
    for (let i = 0; i < 3; i++) {
      await Promise.all([render({ subject: 's', body: 'warm' }), render({ subject: 's', body: 'up' })])
      const started = performance.now()
      // A machine that gave the worker no turn cannot tell that it was too slow.
      await assert.rejects(
        render({ subject: 's', body: slow }),
        (error) => isFailure(error, 'render.timeout') || isFailure(error, 'render.starved'),
      )
      took.push(performance.now() - started)
    }
    // The wall counts the worker's own time up to ten times it: beyond that a starved worker ends as well.
    assert.ok(Math.min(...took) < 10 * RENDERER_DEFAULTS.wallMs + 1_000, took.join(' '))
  })

  it('S8 V22 a template that had to be ended five times in a row is not tried again', async () => {
    const slow = '{% assign a = (1..2000001) | where_exp: "i", "i > 5 and i < 10 or i == 77" %}{{ a | size }}'
    const quick = createRenderer({ workers: 1, wallMs: 40, endedMax: 2 })
    const attempt = async () =>
      quick
        .render(creative({ subject: 's', body: slow }), sender, { locale: 'en', vars: vars({}), links })
        .then(
          () => '',
          (error: unknown) => (isFailure(error) ? error.code : ''),
        )
    const codes: string[] = []
    for (let tried = 0; tried < 50 && codes.at(-1) !== 'render.quarantined'; tried++)
      codes.push(await attempt())
    await quick.close()
    // What a busy machine ended does not count.
    const counted = codes.filter((code) => code !== 'render.starved')
    assert.deepEqual(counted, ['render.timeout', 'render.timeout', 'render.quarantined'])
  })

  it('V22 a worker that the machine gives no turn says nothing of the content: the next try is a fresh one', async () => {
    const starved = createRenderer({ startMs: 1 })
    for (let tried = 0; tried < 7; tried++)
      await assert.rejects(
        starved.render(creative({ subject: 's', body: 'b' }), sender, {
          locale: 'en',
          vars: vars({}),
          links,
        }),
        (error) => isFailure(error, 'render.unstarted') && error.retryable,
      )
    await starved.close()
  })

  it('S8 V21 prototypes, constructors, files and the environment are out of reach', async () => {
    const probes = [
      'profile.constructor',
      'profile.__proto__.polluted',
      'profile.traits.constructor.name',
      'process.env.PATH',
      'globalThis',
      'profile.traits.name.length.constructor',
      'links.constructor',
      'profile["__proto__"]',
    ]
    for (const probe of probes)
      assert.match(
        (await render({ subject: 's', body: `<p>[{{ ${probe} }}]</p>` }, { name: 'x' })).html,
        /\[\]/,
        probe,
      )
    for (const tag of [
      '{% include "/etc/passwd" %}',
      '{% render "x" %}',
      '{% layout "../x" %}',
      '{% block a %}{% endblock %}',
      '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>',
    ])
      await assert.rejects(
        render({ subject: 's', body: tag }),
        (error) => isFailure(error, 'render.creative_broken'),
        tag,
      )
  })

  it('V23 a mail that came out without its way out is not sent', async () => {
    const bare = { ...sender, footer: '' }
    const spec = creative({
      subject: 's',
      body: '{% if profile.traits.no %}{{ links.unsubscribe }}{% endif %}Hello there, this is some text',
    })
    await assert.rejects(renderer.render(spec, bare, { locale: 'en', vars: vars({}), links }), (error) =>
      isFailure(error, 'render.unsubscribe_missing'),
    )
  })

  it('V24 lint names what is wrong, where, and what to do', async () => {
    const lint = async (content: EmailContent, footer = '') =>
      (await renderer.compile(creative(content), { ...sender, footer })).problems.map(
        ({ path, message }) => `${path}: ${message}`,
      )
    assert.deepEqual(await lint({ subject: 'Hi', body: `${MJML}` }, sender.footer), [])
    const cases: readonly (readonly [EmailContent, RegExp])[] = [
      [
        { subject: 'Hi {{ profle.name }}', body: 'Hello, this is a long text' },
        /en: \{\{ profle \}\} is not a variable/,
      ],
      [{ subject: 'Hi', body: 'Hello, this is a long text' }, /en\.body: there is no way to unsubscribe/],
      [{ subject: 'Hi {{ x', body: 'Hello' }, /en\.subject: .*not closed/],
      [{ subject: 'Hi', body: '{% if a %}x' }, /en\.body: .*not closed/],
      [{ subject: 'Hi', body: '{{ 1 | nosuch }}' }, /en\.body: undefined filter: nosuch/],
      [{ subject: 'Hi', body: '<img src="https://a.example/x.png">' }, /hardly any text/],
      [{ subject: 'Hi', body: `<p>${'long text '.repeat(12_000)}</p>` }, /characters of HTML/],
      [
        {
          subject: 'Hi',
          body: '<mjml><mj-body>{% if offer.id %}<mj-section></mj-section>{% endif %}</mj-body></mjml>',
        },
        /stands where MJML takes no text/,
      ],
      [{ subject: 'Hi', body: '<mjml><mj-body><mj-sction></mj-sction></mj-body></mjml>' }, /mj-sction/],
      [{ subject: 'Hi', body: '<p onclick="x">Hello, this is a long text</p>' }, /taken out/],
    ]
    for (const [content, expected] of cases) assert.match((await lint(content)).join('\n'), expected)
  })

  it('V20 JSON for placements and webhooks keeps its shape, strings rendered', async () => {
    const spec: CreativeSpec = {
      id: asCreativeId('b'),
      channel: 'onsite',
      approvedBy: 'ann',
      content: {
        en: {
          title: '{{ profile.traits.name | upcase }}',
          list: ['{% if true %}a{% endif %}', 2, null],
          url: '{{ "https://a.example/" | track_link }}',
        },
      },
    }
    const { body } = (await renderer.render(spec, sender, {
      locale: 'en',
      vars: vars({ name: '<b>' }),
      links,
    })) as { readonly body: Record<string, unknown> }
    assert.equal(body['title'], '<B>')
    assert.deepEqual(body['list'], ['a', 2, null])
    assert.match(String(body['url']), /^https:\/\/shop\.example\/c\//)
  })
})
