// The last look at rendered HTML before it leaves: nothing that runs, no address but web and mail ones,
// and each link on its way through us. What comes out is written anew, so that it can be read in one
// way only. Linear in its input.

import { decodeEntities, escapeAttribute } from './entities.ts'

export type HtmlRules = {
  /** What an `a` or `area` leads to: the address to write instead of this web address. */
  readonly link: (url: string) => string
  /** Addresses that begin so are ours already and stay. */
  readonly own: readonly string[]
}

/** Gone with everything in them: what runs or has a reading of its own. */
const GONE_WHOLE: ReadonlySet<string> = new Set([
  'script',
  'iframe',
  'object',
  'noscript',
  'xmp',
  'noembed',
  'noframes',
  'template',
])
/** Gone themselves; what is in them stays. */
const GONE: ReadonlySet<string> = new Set(
  'embed applet base frame frameset svg math plaintext form input button select option textarea portal audio video source track param'.split(
    ' ',
  ),
)
/** Names that no mail program knows (and might read in a way of its own) go too. */
const isGone = (name: string): boolean =>
  GONE.has(name) || !/^[a-z][a-z0-9]{0,30}(?::[a-z]{1,30})?$/.test(name)
const URL_ATTRIBUTES: ReadonlySet<string> = new Set(
  'href src background cite longdesc action formaction poster data xlink:href'.split(' '),
)
const STYLE_THAT_RUNS = /expression\s*\(|javascript\s*:|vbscript\s*:|behavior\s*:|-moz-binding|@import/i
const ATTRIBUTE = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/y

/**
 * HTML made safe to send. Scripts, event handlers, forms, embedded documents and foreign content go;
 * addresses other than http, https, mailto, cid (images) and fragments go; `rules.link` rewrites links.
 */
export const sanitizeHtml = (html: string, rules: HtmlRules): string => {
  const out: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) break
    out.push(html.slice(at, open))
    at = markup(html, open, { rules, out })
  }
  if (at < html.length) out.push(html.slice(at))
  return out.join('')
}

type Writing = { readonly rules: HtmlRules; readonly out: string[] }

/** Reads what begins with the `<` at `open`, writes what may stay of it, and says where to read on. */
const markup = (html: string, open: number, writing: Writing): number => {
  const { out } = writing
  const next = html.charAt(open + 1)
  if (next === '!') return declaration(html, open, out)
  if (next === '?') return after(html, '>', open)
  if (next === '/') {
    const name = nameAt(html, open + 2)
    const end = after(html, '>', open)
    if (name !== '' && !isGone(name) && !GONE_WHOLE.has(name)) out.push(`</${name}>`)
    return end
  }
  const name = nameAt(html, open + 1)
  if (name === '') {
    out.push('&lt;')
    return open + 1
  }
  return element(html, { name, from: open + 1 + name.length }, writing)
}

const element = (
  html: string,
  { name, from }: { readonly name: string; readonly from: number },
  writing: Writing,
): number => {
  const attributes = readAttributes(html, from)
  if (attributes === null) return html.length
  if (GONE_WHOLE.has(name)) return afterClosing(html, name, attributes.end)
  if (isGone(name)) return attributes.end
  if (
    name === 'meta' &&
    attributes.list.some(
      ([key, value]) => key === 'http-equiv' && /refresh|security/i.test(decodeEntities(value)),
    )
  )
    return attributes.end
  if (
    name === 'link' &&
    !attributes.list.some(([key, value]) => key === 'rel' && /^\s*stylesheet\s*$/i.test(value))
  )
    return attributes.end
  writing.out.push(
    `<${name}${attributes.list.map(([key, value]) => writeAttribute(name, [key, value], writing.rules)).join('')}>`,
  )
  if (name === 'style' || name === 'title') return rawText(html, { name, from: attributes.end }, writing.out)
  return attributes.end
}

/** Text up to the closing tag, in which no tag is read. */
const rawText = (
  html: string,
  { name, from }: { readonly name: string; readonly from: number },
  out: string[],
): number => {
  const closing = new RegExp(`</${name}[\\s/>]`, 'gi')
  closing.lastIndex = from
  const found = closing.exec(html)
  const text = html.slice(from, found === null ? html.length : found.index)
  if (name === 'title') out.push(text.replaceAll('<', '&lt;'))
  else if (!/javascript\s*:|expression\s*\(|-moz-binding|<\s*[a-z!/]/i.test(text)) out.push(text)
  out.push(`</${name}>`)
  return found === null ? html.length : after(html, '>', found.index)
}

/** Comments go, but for the conditional ones that Outlook reads: their markers stay, their content is read on. */
const declaration = (html: string, open: number, out: string[]): number => {
  const marker =
    /<!--\[if [^\]<>]{1,60}\]>(?:<!-->)?|<!--<!\[endif\]-->|<!\[endif\]-->|<!\[endif\]>|<!\[if [^\]<>]{1,60}\]>|<!doctype [^<>]{1,200}>/iy
  marker.lastIndex = open
  const found = marker.exec(html)
  if (found !== null) {
    out.push(found[0])
    return marker.lastIndex
  }
  return html.startsWith('<!--', open) ? after(html, '-->', open + 4) : after(html, '>', open)
}

type Attributes = { readonly list: readonly (readonly [name: string, value: string])[]; readonly end: number }

/** Up to the `>`; null when the tag never ends. */
const readAttributes = (html: string, from: number): Attributes | null => {
  const list: [string, string][] = []
  const seen = new Set<string>()
  let at = from
  while (at < html.length) {
    if (html.charAt(at) === '>') return { list, end: at + 1 }
    ATTRIBUTE.lastIndex = at
    const found = ATTRIBUTE.exec(html)
    if (found === null) {
      at += 1
      continue
    }
    at = ATTRIBUTE.lastIndex
    const name = (found[1] ?? '').toLowerCase()
    if (seen.has(name)) continue
    seen.add(name)
    list.push([name, found[2] ?? found[3] ?? found[4] ?? ''])
  }
  return null
}

const writeAttribute = (
  element: string,
  [name, value]: readonly [string, string],
  rules: HtmlRules,
): string => {
  if (
    !/^[a-z_][-a-z0-9_:.]{0,60}$/.test(name) ||
    name.startsWith('on') ||
    name === 'srcdoc' ||
    name === 'srcset' ||
    name === 'ping'
  )
    return ''
  if (name === 'style' && STYLE_THAT_RUNS.test(plainStyle(decodeEntities(value)))) return ''
  if (!URL_ATTRIBUTES.has(name)) return ` ${name}="${escapeAttribute(value)}"`
  const url = safeUrl(value, { element, name, rules })
  return url === '' ? (name === 'href' ? ' href="#"' : '') : ` ${name}="${escapeAttribute(url)}"`
}

/** A style without what hides words in it: comments, escapes, and control characters in the middle of them. */
const plainStyle = (style: string): string =>
  stripControls(
    style
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .replaceAll(/\\([0-9a-f]{1,6})\s?/gi, (_, code: string) => letterOf(Number.parseInt(code, 16)))
      .replaceAll('\\', ''),
  )

const letterOf = (code: number): string => (code <= 0x10_ffff ? String.fromCodePoint(code) : '')

/** The address to write, as an attribute spells it; '' when it may not stay. */
const safeUrl = (
  value: string,
  { element, name, rules }: { readonly element: string; readonly name: string; readonly rules: HtmlRules },
): string => {
  const url = stripControls(decodeEntities(value))
  if (rules.own.some((prefix) => prefix !== '' && url.startsWith(prefix))) return spelt(url)
  if (/^https?:\/\//i.test(url)) {
    const leads = name === 'href' && (element === 'a' || element === 'area')
    return spelt(leads ? rules.link(url) : url)
  }
  if (name === 'href' && (/^mailto:/i.test(url) || url.startsWith('#'))) return spelt(url)
  return name === 'src' && /^cid:/i.test(url) ? spelt(url) : ''
}

const spelt = (url: string): string => url.replaceAll('&', '&amp;')

/** As browsers read an address: no blanks around it, no controls inside. */
const stripControls = (text: string): string => {
  let clean = ''
  for (const sign of text) if (sign.charCodeAt(0) > 31 && sign.charCodeAt(0) !== 127) clean += sign
  return clean.trim()
}

/** A tag's name as HTML reads it: up to a blank, `/` or `>`. '' when no tag begins here. */
const nameAt = (html: string, from: number): string => {
  const name = /[A-Za-z][^\s/>]*/y
  name.lastIndex = from
  return (name.exec(html)?.[0] ?? '').toLowerCase()
}

const after = (html: string, text: string, from: number): number => {
  const found = html.indexOf(text, from)
  return found < 0 ? html.length : found + text.length
}

const afterClosing = (html: string, name: string, from: number): number => {
  const closing = new RegExp(`</${name}[\\s/>]`, 'gi')
  closing.lastIndex = from
  const found = closing.exec(html)
  return found === null ? html.length : after(html, '>', found.index)
}
