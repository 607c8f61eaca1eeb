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
}

export type Asked = { readonly decisionId: string; readonly actionId: string; readonly content: unknown }

export type Doors = {
  /** Sends a batch; resolves when it was accepted, tries again until then. False when it was refused for good or stopped. */
  readonly send: (items: readonly Item[], sentAt: number) => Promise<boolean>
  /** Asks what to show; null when there is no answer. Not tried again: the moment has gone. */
  readonly decide: (question: Item) => Promise<Asked | null>
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
  const counts = { batches: 0, items: 0, retries: 0, refused: 0, decisions: 0, failures: 0 }
  const { signal, keys } = options

  const call = async (url: string, { method, headers, body }: Call): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = plainRequest(
        url,
        {
          method,
          headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
          agent,
          timeout: options.timeoutMs,
        },
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

  /** What nobody answered is status 0. */
  const attempt = async (url: string, one: Call): Promise<Answer> => {
    try {
      return await call(url, one)
    } catch (error) {
      counts.failures++
      return { status: 0, text: messageOf(error) }
    }
  }

  const send: Doors['send'] = async (items, sentAt) => {
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
      const { status } = await attempt(`${options.url}/v1/batch`, { method: 'POST', headers, body })
      if (status >= 200 && status < 300) {
        counts.items += items.length
        return true
      }
      if (status >= 400 && status < 500 && status !== 429 && status !== 408) {
        counts.refused++
        return false
      }
      counts.retries++
      await sleep(wait, undefined, { signal }).catch(() => undefined)
      wait = Math.min(options.backoffMsMax, wait * 2)
    }
    return false
  }

  const post = async (path: string, json: Item): Promise<Answer> =>
    attempt(`${options.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.decide}`, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(json)),
    })

  return {
    send,
    decide: async (question) => {
      const { status, text } = await post('/v1/decide', question)
      if (status !== 200) return null
      counts.decisions++
      return askedOf(text)
    },
    open: async (url, { userAgent, method = 'GET' }) =>
      (await attempt(url, { method, headers: { 'user-agent': userAgent } })).status,
    unsubscribe: async (url) =>
      (
        await attempt(url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Mail client' },
          body: Buffer.from('List-Unsubscribe=One-Click'),
        })
      ).status,
    complain: async (decisionId) => (await post('/v1/report', { decisionId, kind: 'complained' })).status,
    counts: () => ({ ...counts }),
    close: () => agent.destroy(),
  }
}

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
