// Content as people write it and as pages get it: schemas both ways, languages, placements, safe HTML.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { parse } from 'yaml'
import { asCreativeId } from '../kernel/ids.ts'
import { parseCreatives, parseSender, renderCreatives, renderSender } from './creative-schema.ts'
import { sanitizeHtml } from './html.ts'
import { pickLocale } from './locale.ts'
import { compilePlacement, renderPlacement } from './placement.ts'
import { textFromHtml } from './text-from-html.ts'

const YAML = `
hello:
  channel: email
  approved_by: ann
  en: { subject: "Hi {{ profile.traits.name }}", body: "<mjml></mjml>" }
  ru: { subject: Привет, body: "<p>x</p>", text: x }
banner:
  channel: onsite
  en: { title: Sale, url: "https://shop.example" }
`
const rules = { link: (url: string) => `L(${url})`, own: ['https://own.example/u/'] }
const placement = (content: Record<string, unknown>) =>
  compilePlacement({
    id: asCreativeId('b'),
    channel: 'onsite',
    approvedBy: 'a',
    content: { en: content },
  })

describe('content', () => {
  it('V50 creatives and sender are read and written back the same', () => {
    const { value, problems } = parseCreatives(parse(YAML))
    assert.deepEqual(problems, [])
    assert.deepEqual(
      value.map(({ id, channel, approvedBy }) => [id, channel, approvedBy]),
      [
        ['hello', 'email', 'ann'],
        ['banner', 'onsite', ''],
      ],
    )
    assert.deepEqual(renderCreatives(value), parse(YAML))
    assert.deepEqual(parseCreatives(renderCreatives(value)).value, value)
    const sender = { name: 'Shop', email: 'a@shop.example', footer: 'x' }
    assert.deepEqual(parseSender(sender), { value: sender, problems: [] })
    assert.deepEqual(renderSender(sender), sender)
  })

  it('V51 what is wrong is named with its place and a way out', () => {
    const said = (text: string) =>
      parseCreatives(parse(text))
        .problems.map(({ path, message, hint }) => `${path}: ${message} (${hint})`)
        .join('\n')
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        'a: { chanel: email, en: { subject: s, body: b } }',
        /creatives\.a\.chanel: unknown key `chanel` \(did you mean channel\?/,
      ],
      ['a: { channel: emial, en: { subject: s, body: b } }', /creatives\.a\.channel: .*did you mean email\?/],
      [
        'a: { channel: email, en: { subject: s, bdy: b } }',
        /creatives\.a\.en\.bdy: unknown key `bdy` \(did you mean body\?\)/,
      ],
      ['a: { channel: email, en: { body: b } }', /creatives\.a\.en\.subject: `subject` is missing/],
      ['a: { channel: email }', /creatives\.a: there is no content/],
      [
        'a: { channel: email, english: { subject: s, body: b } }',
        /unknown key `english`.*languages are written as/,
      ],
      ['"A b": { channel: email, en: { subject: s, body: b } }', /cannot be an id/],
      ['a: 5', /a creative is a map/],
      ['a: { channel: onsite, en: text }', /the content is a map/],
      ['a: { channel: email, approved_by: [x], en: { subject: s, body: b } }', /approved_by/],
    ]
    for (const [text, expected] of cases) assert.match(said(text), expected, text)
    assert.match(JSON.stringify(parseCreatives([]).problems), /map of creatives/)
    assert.match(
      JSON.stringify(parseSender({ name: 'x', email: 'not', footer: '' }).problems),
      /sender\.email/,
    )
    assert.match(
      JSON.stringify(parseSender({ name: 'x', email: 'a@b.example', foter: '' }).problems),
      /did you mean footer/,
    )
  })

  it('V52 the nearest language is picked', () => {
    assert.equal(pickLocale(['en', 'ru'], 'ru-RU'), 'ru')
    assert.equal(pickLocale(['en', 'pt-BR'], 'pt'), 'pt-BR')
    assert.equal(pickLocale(['en', 'pt-BR'], 'PT_br'), 'pt-BR')
    assert.equal(pickLocale(['de', 'ru'], 'fr', ['ru']), 'ru')
    assert.equal(pickLocale(['de'], '', []), 'de')
    assert.equal(pickLocale([], 'en'), undefined)
  })

  it('V53 a placement without logic is filled in here as Liquid would fill it', () => {
    const liquid = new Liquid({ ownPropertyOnly: true })
    const scalar = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.oneof(fc.string(), fc.integer())),
    )
    fc.assert(
      fc.property(
        scalar,
        fc.constantFrom(
          '{{ a.v }}',
          'x{{a.v}}y',
          '{{ a.v | default: "d" }}',
          "{{ a.v | default: 'd' }}!",
          '{{ a.none.deep }}',
          '{{ b }}',
        ),
        (v, template) => {
          const vars = { a: { v }, b: v }
          assert.deepEqual(renderPlacement(placement({ t: template }), vars, { locale: 'en' }), {
            kind: 'rendered',
            body: { t: liquid.parseAndRenderSync(template, vars) },
          })
        },
      ),
    )
  })

  it('V53 anything with logic is left to the worker, and prototypes are out of reach', () => {
    for (const template of [
      '{% if a %}x{% endif %}',
      '{{ a | upcase }}',
      '{{ a[0] }}',
      '{{ a.size }}',
      '{{- a }}',
      '{{ a | default: b }}',
      '{{ "x" }}',
      '{{ true }}',
      '{{ a',
    ])
      assert.equal(
        renderPlacement(placement({ t: template }), {}, { locale: 'en' }).kind,
        'needs_worker',
        template,
      )
    const body = {
      a: '{{ profile.constructor }}',
      b: ['{{ profile.__proto__ }}', 3],
      c: { d: '{{ toString }}' },
      n: null,
    }
    assert.deepEqual(renderPlacement(placement(body), { profile: {} }, { locale: 'ru' }), {
      kind: 'rendered',
      body: { a: '', b: ['', 3], c: { d: '' }, n: null },
    })
    const empty = { id: 'x', contents: {}, asksOfPerson: new Set<string>(), picked: new Map() }
    assert.equal(renderPlacement(empty, {}, { locale: 'en' }).kind, 'no_content')
  })

  it('V53 says of which fields of a person it asks, in any language, and leaves odd names to the worker', () => {
    const asked = (body: Record<string, unknown>) => [...placement(body).asksOfPerson].toSorted()
    assert.deepEqual(asked({ a: 'Hello', b: '{{ offer.id }}' }), [])
    assert.deepEqual(
      asked({ a: ['{{ profile.traits.city | default: "you" }}', { b: '{{ profile.id }}' }] }),
      ['id', 'traits'],
    )
    assert.deepEqual(asked({ a: '{{ profile }}' }), [''])
    const odd = JSON.parse('{"__proto__": "{{ profile.id }}"}') as Record<string, unknown>
    assert.equal(renderPlacement(placement(odd), {}, { locale: 'en' }).kind, 'needs_worker')
  })

  it('V53 filling in takes microseconds', () => {
    const compiled = placement({
      title: 'Hello {{ profile.traits.name | default: "you" }}',
      text: 'Only today',
      url: 'https://a.example/{{ offer.id }}',
    })
    const vars = { profile: { traits: { name: 'Ann' } }, offer: { id: 'ten' } }
    const started = performance.now()
    for (let i = 0; i < 20_000; i++) renderPlacement(compiled, vars, { locale: 'en' })
    assert.ok((performance.now() - started) / 20_000 < 0.05)
  })

  it('V21 sanitised HTML keeps layout and drops what runs, in whatever spelling', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['<a href="https://a.example/?x=1&amp;y=2">x</a>', '<a href="L(https://a.example/?x=1&amp;y=2)">x</a>'],
      ['<a href=https://a.example>x</a>', '<a href="L(https://a.example)">x</a>'],
      ["<A HREF='mailto:a@b.example'>x</A>", '<a href="mailto:a@b.example">x</a>'],
      ['<a href="https://own.example/u/t">x</a>', '<a href="https://own.example/u/t">x</a>'],
      ['<a href="#top">x</a>', '<a href="#top">x</a>'],
      ['<a href="jAvAsCript:alert(1)">x</a>', '<a href="#">x</a>'],
      ['<a href="java&#10;script&colon;alert(1)">x</a>', '<a href="#">x</a>'],
      ['<a href="&#106;avascript:alert(1)">x</a>', '<a href="#">x</a>'],
      ['<a href="\u0001javascript:alert(1)">x</a>', '<a href="#">x</a>'],
      ['<a href="//evil.example">x</a>', '<a href="#">x</a>'],
      ['<img src="https://a.example/x.png" onerror=alert(1)>', '<img src="https://a.example/x.png">'],
      ['<img src=x onerror="alert(1)"/>', '<img>'],
      ['<img/src="https://a.example/x"/onload=alert(1)>', '<img src="https://a.example/x">'],
      ['<img src="data:image/svg+xml,<svg onload=alert(1)>">', '<img>'],
      ['<script>alert(1)</script >ok', 'ok'],
      ['<script/x>alert(1)', ''],
      ['<scr<script>ipt>x', 'ipt>x'],
      ['<svg><style><img src=x onerror=alert(1)></style></svg>', '<style></style>'],
      ['<svg/onload=alert(1)>x', 'x'],
      ['<iframe src="https://a.example">x</iframe>y', 'y'],
      ['<form action="https://evil.example"><input name=a>t</form>', 't'],
      ['<p style="background:url(javascript:x)">t</p>', '<p>t</p>'],
      ['<p style="color:red">t</p>', '<p style="color:red">t</p>'],
      ['<p style="width:expr/**/ession(x)">t</p>', '<p>t</p>'],
      ['<!-- <b> -->t', 't'],
      ['<!--[if mso]><b>t</b><![endif]-->', '<!--[if mso]><b>t</b><![endif]-->'],
      ['<!--[if !mso]><!--><b>t</b><!--<![endif]-->', '<!--[if !mso]><!--><b>t</b><!--<![endif]-->'],
      ['<!--[if mso]><a href="javascript:x">t</a><![endif]-->', '<!--[if mso]><a href="#">t</a><![endif]-->'],
      ['<meta http-equiv="refresh" content="0;url=https://evil.example">t', 't'],
      ['<base href="https://evil.example/">t', 't'],
      [
        '<link rel="stylesheet" href="https://f.example/css?a&amp;b">',
        '<link rel="stylesheet" href="https://f.example/css?a&amp;b">',
      ],
      ['<link rel="prefetch" href="https://f.example/">', ''],
      ['1 < 2 & 3', '1 &lt; 2 & 3'],
      ['<p title="a>b">t</p>', '<p title="a&gt;b">t</p>'],
      ['<p a=1 a=2>t', '<p a="1">t'],
      ['<p "onclick=x">t', '<p>t'],
      ['<title><script>x</script></title>', '<title>&lt;script>x&lt;/script></title>'],
      ['<p', ''],
    ]
    for (const [given, expected] of cases) assert.equal(sanitizeHtml(given, rules), expected, given)
  })

  it('V21 sanitising twice changes nothing more, whatever comes in', () => {
    const token = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      ' ',
      '/',
      '!--',
      '-->',
      'script',
      'style',
      'a',
      'href',
      'onload',
      'javascript:',
      'https://a.example',
      '[if mso]',
      'svg',
      '&',
      'x',
      '</',
      '<![endif]-->',
      'title',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const once = sanitizeHtml(tokens.join(''), { link: (url) => url, own: [] })
        assert.doesNotMatch(
          once.replaceAll(/="[^"]*"/g, '').replaceAll(/<(title|style)>[\s\S]*?<\/\1>/g, ''),
          /<script[\s/>]|<[a-z][^>]*\son\w+/i,
        )
        assert.equal(sanitizeHtml(once, { link: (url) => url, own: [] }), once)
      }),
      { numRuns: 3_000 },
    )
  })

  it('V20 plain text is made of words, breaks and addresses', () => {
    const html =
      '<html><head><title>T</title><style>p{}</style></head><body><h1>Hello&nbsp;Ann</h1><p>One<br>two &amp; <a href="https://a.example/?x=1&amp;y=2">see</a></p><ul><li>a</li><li>b</li></ul><!--[if mso]><p>outlook</p><![endif]--><!--[if !mso]><!--><p>else</p><!--<![endif]--><a href="https://b.example"><img alt="Shop" src="https://b.example/x.png"></a></body></html>'
    assert.equal(
      textFromHtml(html),
      'Hello Ann\n\nOne\ntwo & see (https://a.example/?x=1&y=2)\n\n- a\n- b\n\nelse\n\nShop (https://b.example)',
    )
  })
})
