// Links that come back to us: what they carry, spelt compactly and signed, so that nobody can make one
// up. Signing itself (HMAC) is handed in.

import { Failure } from '../kernel/failure.ts'
import { asCampaignId, asDecisionId, asProfileId } from '../kernel/ids.ts'
import type { ChannelName } from '../profile/events.ts'
import type { About } from './events.ts'
import { aboutOf } from './outcome-events.ts'
import type { MessageLinks } from './templates.ts'

export type LinkKind = 'unsubscribe' | 'click' | 'open'

export type Link = About & {
  readonly kind: LinkKind
  /** When the message was made, product ms: a click within a moment of it is a scanner's. */
  readonly issuedAt: number
  /** Where a click goes on to; '' for the other kinds. */
  readonly url: string
}

/** Makes and checks the signature over a text; made by `createLinkSigner`. */
export type LinkSigner = {
  /** base64url. */
  readonly sign: (text: string) => string
  /** In a time that does not depend on where the difference is. */
  readonly verify: (text: string, signature: string) => boolean
}

const LETTERS: Readonly<Record<LinkKind, string>> = { unsubscribe: 'u', click: 'c', open: 'o' }
const KINDS: ReadonlyMap<string, LinkKind> = new Map([
  ['u', 'unsubscribe'],
  ['c', 'click'],
  ['o', 'open'],
])
const CHANNELS: ReadonlySet<string> = new Set(['email', 'push', 'sms', 'messenger', 'onsite', 'webhook'])

/** Longest token that is looked at, in characters. */
export const TOKEN_LENGTH_MAX = 4_000

/** The token of a link: `<kind letter><base64url payload>.<base64url signature>`. Safe in a URL path. */
export const signToken = (signer: LinkSigner, link: Link): string => {
  const fields = [link.decisionId, link.campaignId, link.profileId, link.channel, link.issuedAt.toString(36)]
  if (link.kind === 'click') fields.push(link.url)
  const body = LETTERS[link.kind] + toBase64Url(JSON.stringify(fields))
  return `${body}.${signer.sign(body)}`
}

/**
 * The link behind a token. Throws Failure `link.invalid` when it was not made here or was changed; the
 * failure never says which part was wrong.
 */
export const readToken = (signer: LinkSigner, token: string): Link => {
  const dot = token.lastIndexOf('.')
  if (token.length > TOKEN_LENGTH_MAX || dot < 2) throw invalidLink()
  const body = token.slice(0, dot)
  if (!signer.verify(body, token.slice(dot + 1))) throw invalidLink()
  return linkOf(body)
}

/** Whether a URL may stand in a message: absolute http or https. */
export const isWebUrl = (url: string): boolean =>
  /^https?:\/\/[^\s/]/i.test(url) && !hasControls(url) && URL.canParse(url)

const linkOf = (body: string): Link => {
  const kind = KINDS.get(body.charAt(0))
  const fields = fieldsOf(body.slice(1))
  const [decisionId, campaignId, profileId, channel, issuedAt, url = ''] = fields
  if (
    kind === undefined ||
    decisionId === undefined ||
    campaignId === undefined ||
    profileId === undefined ||
    channel === undefined ||
    issuedAt === undefined ||
    !CHANNELS.has(channel) ||
    (kind === 'click' && !isWebUrl(url))
  )
    throw invalidLink()
  return {
    kind,
    decisionId: asDecisionId(decisionId),
    campaignId: asCampaignId(campaignId),
    profileId: asProfileId(profileId),
    channel: channel as ChannelName,
    issuedAt: Number.parseInt(issuedAt, 36),
    url,
  }
}

const fieldsOf = (payload: string): readonly string[] => {
  try {
    const fields: unknown = JSON.parse(fromBase64Url(payload))
    if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) return fields
  } catch (error) {
    // Signed, yet unreadable: a token of another version. For the visitor it is as good as forged.
    throw invalidLink(error)
  }
  throw invalidLink()
}

const invalidLink = (cause?: unknown): Failure =>
  new Failure({
    code: 'link.invalid',
    message: 'this link is not one of ours, or part of it is missing',
    hint: 'open it from the message again, whole',
    ...(cause === undefined ? {} : { cause }),
  })

const hasControls = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 33 || text.charCodeAt(i) === 127) return true
  return false
}

const toBase64Url = (text: string): string => {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const fromBase64Url = (text: string): string => {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) =>
    sign.charCodeAt(0),
  )
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/**
 * The links of one message: unsubscribe at `<baseUrl>/u/<token>`, clicks at `/c/`, the open pixel at `/o/`.
 * Without a `baseUrl` (nowhere to come back to) links lead straight to where they lead.
 */
export const messageLinks = (
  signer: LinkSigner,
  {
    baseUrl,
    about,
    at,
    openPixel = false,
  }: { readonly baseUrl: string; readonly about: About; readonly at: number; readonly openPixel?: boolean },
): MessageLinks => {
  if (baseUrl === '') return { unsubscribe: '', click: (url) => url, open: '', own: [] }
  const base = baseUrl.replace(/\/+$/, '')
  const token = (kind: LinkKind, url: string): string =>
    signToken(signer, { ...aboutOf(about), kind, issuedAt: at, url })
  return {
    unsubscribe: `${base}/u/${token('unsubscribe', '')}`,
    click: (url) => {
      const signed = `${base}/c/${token('click', url)}`
      // Longer than servers and mail clients take: then it goes untracked rather than broken.
      return signed.length > TOKEN_LENGTH_MAX ? url : signed
    },
    open: openPixel ? `${base}/o/${token('open', '')}` : '',
    own: [`${base}/u/`, `${base}/c/`, `${base}/o/`],
  }
}
