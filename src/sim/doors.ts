// The public doors of a running Windvane as its customers use them: events in, decisions asked, links
// opened. Keeps trying with the same bytes where trying again can help, so nothing is counted twice.

import { Agent, request as plainRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { Item } from './items.ts'

export type DoorKeys = { readonly ingest: string; readonly decide: string }

export type DoorOptions = {
  readonly url: string
  readonly keys: DoorKeys
  readonly connectionsMax: number
  readonly timeoutMs: number
  /** Pause after a first failure, doubled up to `backoffMsMax`. */
  readonly backoffMs: number
  readonly backoffMsMax: number
  /** Ends retries for good. */
  readonly signal: AbortSignal
  /** Told when batches stop being taken, and when they are taken again. */
  readonly report: (message: string) => void
}

export type Asked = { readonly decisionId: string; readonly actionId: string; readonly content: unknown }

export type RecommendedList = {
  readonly recommendationId: string
  readonly items: readonly { readonly id: string; readonly category: string }[]
}

export type Doors = {
  /** Sends a batch; resolves when it was accepted, tries again until then. False when it was refused for good or stopped. */
  readonly send: (items: readonly Item[], sentAt: number) => Promise<boolean>
  /** Asks what to show; null when there is no answer. Not tried again: the moment has gone. */
  readonly decide: (question: Item) => Promise<Asked | null>
  /** Asks which products to show; null when there is no answer, or nothing to show. */
  readonly recommend: (question: Item) => Promise<RecommendedList | null>
  /** Opens a link as a browser or a scanner would. Returns the status; 0 when nobody answered. */
  readonly open: (
    url: string,
    visit: { readonly userAgent: string; readonly method?: 'GET' | 'HEAD' },
  ) => Promise<number>
  /** RFC 8058. */
  readonly unsubscribe: (url: string) => Promise<number>
  readonly complain: (decisionId: string) => Promise<number>
  readonly counts: () => DoorCounts
  readonly close: () => void
}

export type DoorCounts = {
  readonly batches: number
  readonly items: number
  readonly retries: number
  readonly refused: number
  readonly decisions: number
  readonly failures: number
}

const zip = promisify(gzip)
/** Every so manyth batch goes compressed. */
const ZIPPED_EVERY = 3

export const openDoors = (options: DoorOptions): Doors => {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connectionsMax })
  const counts: Counts = { batches: 0, items: 0, retries: 0, refused: 0, decisions: 0, failures: 0 }
  /** What nobody answered is status 0. */
  const attempt: Attempt = async (url, one) => {
    try {
      return await call(url, one, { agent, timeout: options.timeoutMs })
    } catch (error) {
      counts.failures++
      return { status: 0, text: messageOf(error) }
    }
  }
  const post = async (path: string, json: Item): Promise<Answer> =>
    attempt(`${options.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.keys.decide}`, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(json)),
    })
  return {
    send: senderOf(options, attempt, counts),
    decide: async (question) => {
      const { status, text } = await post('/v1/decide', question)
      if (status !== 200) return null
      counts.decisions++
      return askedOf(text)
    },
    recommend: async (question) => {
      const { status, text } = await post('/v1/recommend', question)
      return status === 200 ? listOf(text) : null
    },
    open: async (url, { userAgent, method = 'GET' }) =>
      (await attempt(url, { method, headers: { 'user-agent': userAgent } })).status,
    unsubscribe: async (url) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Mail client' }
      const body = Buffer.from('List-Unsubscribe=One-Click')
      return (await attempt(url, { method: 'POST', headers, body })).status
    },
    complain: async (decisionId) => (await post('/v1/report', { decisionId, kind: 'complained' })).status,
    counts: () => ({ ...counts }),
    close: () => agent.destroy(),
  }
}

type Counts = { -readonly [name in keyof DoorCounts]: DoorCounts[name] }
type Attempt = (url: string, one: Call) => Promise<Answer>

const senderOf = (options: DoorOptions, attempt: Attempt, counts: Counts): Doors['send'] => {
  const { signal, keys, report } = options
  let troubled = false
  const noteTrouble = (now: boolean, message: string): void => {
    if (now !== troubled) report(message)
    troubled = now
  }
  return async (items, sentAt) => {
    const plain = Buffer.from(JSON.stringify({ batch: items, sentAt: new Date(sentAt).toISOString() }))
    const zipped = counts.batches++ % ZIPPED_EVERY === 0
    const body = zipped ? await zip(plain, { level: 1 }) : plain
    const headers = {
      authorization: `Basic ${Buffer.from(`${keys.ingest}:`).toString('base64')}`,
      'content-type': 'application/json',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    }
    let wait = options.backoffMs
    while (!signal.aborted) {
      const { status, text } = await attempt(`${options.url}/v1/batch`, { method: 'POST', headers, body })
      if (status >= 200 && status < 300) {
        noteTrouble(false, 'events are taken again')
        counts.items += items.length
        return true
      }
      if (status >= 400 && status < 500 && status !== 429 && status !== 408) {
        counts.refused++
        report(`a batch was refused with ${status}: ${text.slice(0, 200)}`)
        return false
      }
      counts.retries++
      noteTrouble(true, `events are not taken (${status === 0 ? text : status}); trying again`)
      await sleep(wait, undefined, { signal }).catch(() => undefined)
      wait = Math.min(options.backoffMsMax, wait * 2)
    }
    return false
  }
}

const call = async (
  url: string,
  { method, headers, body }: Call,
  connection: { readonly agent: Agent; readonly timeout: number },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': body.length }
    const outgoing = plainRequest(
      url,
      { method, headers: { ...headers, ...length }, ...connection },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        )
      },
    )
    outgoing.on('timeout', () =>
      outgoing.destroy(
        new Failure({ code: 'market.timeout', message: `no answer from ${url}`, retryable: true }),
      ),
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

type Call = {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}
type Answer = { readonly status: number; readonly text: string }

const askedOf = (text: string): Asked | null => {
  const parsed: unknown = JSON.parse(text)
  if (!isRecord(parsed)) return null
  const { decisionId, actionId, content } = parsed
  return {
    decisionId: typeof decisionId === 'string' ? decisionId : '',
    actionId: typeof actionId === 'string' ? actionId : '',
    content: content ?? null,
  }
}

const listOf = (text: string): RecommendedList | null => {
  const parsed: unknown = JSON.parse(text)
  if (!isRecord(parsed) || typeof parsed['recommendationId'] !== 'string') return null
  const items = Array.isArray(parsed['items']) ? (parsed['items'] as readonly unknown[]) : []
  return {
    recommendationId: parsed['recommendationId'],
    items: items.filter(isRecord).map(({ id, category }) => ({ id: String(id), category: String(category) })),
  }
}
