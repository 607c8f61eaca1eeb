// Asking one source politely: not more often than agreed, with what it said last time (ETag), longer pauses after
// failures, and as long as it asks for when it is busy.

import { Failure, isFailure } from '../../kernel/failure.ts'
import { readFeed } from './feed.ts'
import { readMapped, readReddit, readVk } from './json-sources.ts'
import type { RawMention } from './raw-mention.ts'
import { readTelegram } from './telegram.ts'

export type PolledSource = {
  readonly id: string
  readonly kind: 'rss' | 'telegram' | 'vk' | 'reddit' | 'json'
  readonly from: string
  readonly everyMs: number
  readonly mapping: Readonly<Record<string, string>> | null
}

export type PollerPorts = {
  /** Vetted: what a plan names may be anywhere. */
  readonly fetch: (
    url: string,
    init: { readonly headers: Readonly<Record<string, string>> },
  ) => Promise<Response>
  /** ms. */
  readonly now: () => number
  readonly tokens: { readonly vk: string; readonly reddit: string }
  /** Where the services are; others in tests. */
  readonly hosts?: Partial<typeof HOSTS>
}

const HOSTS = {
  telegram: 'https://t.me',
  vk: 'https://api.vk.com',
  reddit: 'https://oauth.reddit.com',
}

export type Poller = {
  /** ms, when it may be asked next. */
  readonly nextAt: () => number
  /** What is new since the last time, oldest first; [] when nothing changed. Throws Failures `mentions.*`, `outbound.*`, `url.refused`. */
  readonly poll: () => Promise<readonly RawMention[]>
}

const BACK_OFF_MAX_MS = 6 * 3_600_000
const SEEN_MAX = 2_000

export const createPoller = (source: PolledSource, ports: PollerPorts): Poller => {
  let nextAt = 0
  let failures = 0
  let etag = ''
  let modified = ''
  const seen = new Set<string>()

  const ask = async (): Promise<readonly RawMention[]> => {
    const { url, headers } = requestOf(source, ports)
    const answer = await ports.fetch(url, {
      headers: {
        accept: source.kind === 'rss' ? 'application/atom+xml, application/rss+xml, */*;q=0.5' : '*/*',
        ...headers,
        ...(etag === '' ? {} : { 'if-none-match': etag }),
        ...(modified === '' ? {} : { 'if-modified-since': modified }),
      },
    })
    if (answer.status === 304) return []
    if (!answer.ok) throw refused(answer, ports.now())
    const read = readAnswer(source, await answer.text(), ports.now())
    // Remembered only once it was understood: what could not be read is asked for again.
    etag = answer.headers.get('etag') ?? ''
    modified = answer.headers.get('last-modified') ?? ''
    const fresh = read.filter(({ id }) => !seen.has(id))
    for (const { id } of read) seen.add(id)
    for (const id of seen) {
      if (seen.size <= SEEN_MAX) break
      seen.delete(id)
    }
    return fresh.toSorted((left, right) => left.at - right.at)
  }

  return {
    nextAt: () => nextAt,
    poll: async () => {
      nextAt = ports.now() + source.everyMs
      try {
        const found = await ask()
        failures = 0
        return found
      } catch (error) {
        const asked = isFailure(error) ? (error.retryAfterMs ?? 0) : 0
        const pause = Math.min(BACK_OFF_MAX_MS, source.everyMs * 2 ** Math.min(failures++, 10))
        nextAt = ports.now() + Math.max(pause, asked)
        throw error
      }
    },
  }
}

const requestOf = (
  { kind, from }: PolledSource,
  { tokens, hosts: given }: PollerPorts,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } => {
  const hosts = { ...HOSTS, ...given }
  switch (kind) {
    case 'rss':
    case 'json':
      return { url: from, headers: {} }
    case 'telegram':
      return { url: `${hosts.telegram}/s/${encodeURIComponent(from.replace(/^@/, ''))}`, headers: {} }
    case 'vk': {
      if (tokens.vk === '') throw noToken('VK')
      const query = new URLSearchParams({ q: from, count: '200', extended: '1', v: '5.199' })
      return {
        url: `${hosts.vk}/method/newsfeed.search?${query}`,
        headers: { authorization: `Bearer ${tokens.vk}` },
      }
    }
    case 'reddit': {
      if (tokens.reddit === '') throw noToken('Reddit')
      const query = new URLSearchParams({ q: from, sort: 'new', limit: '100', raw_json: '1' })
      return { url: `${hosts.reddit}/search?${query}`, headers: { authorization: `Bearer ${tokens.reddit}` } }
    }
  }
}

const noToken = (name: string): Failure =>
  new Failure({
    code: 'mentions.auth',
    message: `There is no token for ${name}.`,
    hint: 'Set it in windvane.yaml under `mentions`, or in the environment.',
  })

const readAnswer = ({ kind, mapping }: PolledSource, text: string, now: number): readonly RawMention[] => {
  switch (kind) {
    case 'rss':
      return readFeed(text, now)
    case 'telegram':
      return readTelegram(text, now)
    case 'vk':
      return readVk(jsonOf(text), now)
    case 'reddit':
      return readReddit(jsonOf(text), now)
    case 'json':
      return readMapped(jsonOf(text), mapping ?? {}, now)
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure({ code: 'mentions.format', message: 'The answer is no JSON.', cause })
  }
}

const refused = (answer: Response, now: number): Failure => {
  const code =
    answer.status === 429 || answer.status === 503
      ? 'mentions.busy'
      : answer.status === 401 || answer.status === 403
        ? 'mentions.auth'
        : 'mentions.refused'
  return new Failure({
    code,
    message: `The source answered ${answer.status}.`,
    retryable: code === 'mentions.busy',
    retryAfterMs: retryAfterOf(answer.headers.get('retry-after'), now),
  })
}

/** RFC 9110 10.2.3: seconds, or a date. */
const retryAfterOf = (value: string | null, now: number): number => {
  if (value === null) return 0
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  const at = Date.parse(value)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
