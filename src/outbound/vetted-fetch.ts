// `fetch` for addresses that people, feeds or answers name: only public hosts, over a connection whose far end was
// seen with our own eyes; bounded in time and size; redirects only where asked for, each one vetted again.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Failure, isFailure, messageOf } from '../kernel/failure.ts'
import {
  addressRefused,
  hostOf,
  isPublicAddress,
  vettedLookup,
  vetUrl,
  type Resolve,
} from './vetted-lookup.ts'

export type VettedFetchOptions = {
  /** Intranet hosts that the operator vouches for, by name or address; all others must be public. */
  readonly hostsAllowed?: readonly string[]
  /** For the whole exchange, redirects included, real ms. */
  readonly timeoutMs?: number
  /** Of an answer's body, unpacked. */
  readonly answerBytesMax?: number
  /** 0: a redirect is an answer like any other. */
  readonly redirectsMax?: number
  readonly userAgent?: string
  readonly resolve?: Resolve
}

/**
 * Like `fetch`, with bodies of text or bytes. Rejects with Failures `url.refused`, `outbound.timeout`,
 * `outbound.connection`, `outbound.too_large`, `outbound.redirects`; an answer of any status is an answer.
 */
export type VettedFetch = (
  input: string | URL | Request,
  init?: {
    readonly method?: string
    readonly headers?: ConstructorParameters<typeof Headers>[0]
    readonly body?: unknown
    readonly signal?: AbortSignal | null
  },
) => Promise<Response>

const DEFAULTS = {
  hostsAllowed: [] as readonly string[],
  timeoutMs: 15_000,
  answerBytesMax: 8 << 20,
  redirectsMax: 0,
  userAgent: 'Windvane',
}
type Settings = typeof DEFAULTS & Pick<VettedFetchOptions, 'resolve'>

const HEADER_BYTES_MAX = 32_768
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Statuses that a Response may not have a body with. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

type Outgoing = {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Buffer | null
  readonly signal: AbortSignal
}
type Incoming = { readonly status: number; readonly headers: Headers; readonly body: Buffer }

/** A fetch under these settings. Each call is a connection of its own. */
export const createVettedFetch = (given: VettedFetchOptions = {}): VettedFetch => {
  const settings: Settings = { ...DEFAULTS, ...given }
  return async (input, init = {}) => {
    const timeout = AbortSignal.timeout(settings.timeoutMs)
    let outgoing = await outgoingOf(input, init, timeout)
    for (let hops = 0; ; hops++) {
      const incoming = await exchange(outgoing, settings, timeout)
      const location = incoming.headers.get('location')
      if (settings.redirectsMax === 0 || location === null || !REDIRECTS.has(incoming.status))
        return responseOf(incoming, outgoing.url)
      if (hops >= settings.redirectsMax)
        throw new Failure({
          code: 'outbound.redirects',
          message: `${outgoing.url.host} sends on more than ${settings.redirectsMax} times`,
        })
      outgoing = redirected(outgoing, incoming.status, location)
    }
  }
}

const outgoingOf = async (
  input: string | URL | Request,
  init: NonNullable<Parameters<VettedFetch>[1]>,
  timeout: AbortSignal,
): Promise<Outgoing> => {
  // An address with a password in it would not even become a Request.
  if (!(input instanceof Request)) vetUrl(urlOf(input), () => true)
  // Request does the work of reading every form a body may have; the URL is read once, by the URL standard.
  const request = new Request(input instanceof Request ? input : urlOf(input).href, init as RequestInit)
  const bytes = Buffer.from(await request.arrayBuffer())
  return {
    url: new URL(request.url),
    method: request.method,
    headers: new Headers(request.headers),
    body: bytes.length === 0 ? null : bytes,
    signal: AbortSignal.any([request.signal, timeout]),
  }
}

const urlOf = (given: string | URL): URL => {
  const text = String(given)
  if (URL.canParse(text)) return new URL(text)
  throw addressRefused(text.slice(0, 100))
}

/** The next hop. Credentials stay behind when the host changes, and a secure way is never left. */
const redirected = (from: Outgoing, status: number, location: string): Outgoing => {
  if (!URL.canParse(location, from.url.href)) throw addressRefused(location.slice(0, 100))
  const url = new URL(location, from.url)
  if (from.url.protocol === 'https:' && url.protocol !== 'https:') throw addressRefused(`${url.protocol}//`)
  const headers = new Headers(from.headers)
  if (url.origin !== from.url.origin)
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name)
  const asGet = status === 303 || (status < 303 && from.method === 'POST')
  if (!asGet) return { ...from, url, headers }
  headers.delete('content-type')
  return { ...from, url, headers, method: 'GET', body: null }
}

const exchange = async (outgoing: Outgoing, settings: Settings, timeout: AbortSignal): Promise<Incoming> => {
  try {
    return await unpacked(await send(outgoing, settings), settings.answerBytesMax)
  } catch (error) {
    if (isFailure(error)) throw error
    if (timeout.aborted)
      throw new Failure({
        code: 'outbound.timeout',
        message: `${outgoing.url.host} did not answer within ${settings.timeoutMs} ms`,
        retryable: true,
      })
    if (outgoing.signal.aborted) throw error
    throw new Failure({
      code: 'outbound.connection',
      message: `${outgoing.url.host}: ${messageOf(error)}`,
      retryable: true,
      cause: error,
    })
  }
}

const send = async (
  { url, method, headers, body, signal }: Outgoing,
  { hostsAllowed, answerBytesMax, userAgent, resolve }: Settings,
): Promise<Incoming> => {
  const isAllowed = (host: string): boolean => hostsAllowed.includes(host)
  vetUrl(url, isAllowed)
  const sent = new Headers(headers)
  if (!sent.has('user-agent')) sent.set('user-agent', userAgent)
  sent.set('accept-encoding', 'gzip, br')
  if (body !== null) sent.set('content-length', String(body.length))
  return new Promise<Incoming>((done, failed) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method,
      headers: Object.fromEntries(sent),
      agent: false,
      lookup: vettedLookup(isAllowed, resolve),
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
    })
    request.on('error', failed)
    request.on('response', (answer) => done(read(answer, answerBytesMax)))
    // Written only once connected, and to an address seen with our own eyes.
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        const remote = socket.remoteAddress ?? ''
        if (isAllowed(hostOf(url)) || isPublicAddress(remote)) request.end(body ?? undefined)
        else request.destroy(addressRefused(remote))
      })
    })
  })
}

const read = async (answer: IncomingMessage, bytesMax: number): Promise<Incoming> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  const headers = new Headers()
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '')
  return { status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) }
}

const UNPACK = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
} as const

const unpacked = async (incoming: Incoming, bytesMax: number): Promise<Incoming> => {
  const encoding = incoming.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (!Object.hasOwn(UNPACK, encoding) || incoming.body.length === 0) return incoming
  try {
    const body = await UNPACK[encoding as keyof typeof UNPACK](incoming.body, { maxOutputLength: bytesMax })
    const headers = new Headers(incoming.headers)
    headers.delete('content-encoding')
    headers.delete('content-length')
    return { ...incoming, headers, body }
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(bytesMax)
    throw error
  }
}

const tooLarge = (bytesMax: number): Failure =>
  new Failure({ code: 'outbound.too_large', message: `the answer is larger than ${bytesMax} bytes` })

const responseOf = ({ status, headers, body }: Incoming, url: URL): Response => {
  if (status < 200 || status > 599)
    throw new Failure({ code: 'outbound.connection', message: `answered with status ${status}` })
  const response = new Response(BODILESS.has(status) ? null : new Uint8Array(body), { status, headers })
  Object.defineProperty(response, 'url', { value: url.href })
  return response
}
