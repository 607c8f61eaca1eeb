// What all fake ad servers share: lines with their truth, a queue of faults, a list of what was asked. Each fake puts
// its platform's wire format around it.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeDay = {
  readonly day: number
  readonly spend: number
  readonly clicks: number
  readonly conversions: number
  readonly value: number
}
export type FakeLine = {
  budgetMicros: number
  paused: boolean
  readonly days: readonly FakeDay[]
  /** What readings show while `stale` is on. */
  before?: { readonly budgetMicros: number; readonly paused: boolean }
  edits: number
}

export type Fault =
  /** Too many requests; the platform's own words, with or without a time to come back. */
  | 'busy'
  /** Done, and the connection breaks before the answer. */
  | 'lost_reply'
  /** Done, and the answer never comes. */
  | 'hang'
  /** Nothing is done and no answer comes. */
  | 'dead'
  /** The connection breaks before anything is done. */
  | 'lost_write'
  /** Done, and the answer is not to be read. */
  | 'garbled'
  /** An answer with a status of 500, not done. */
  | 'broken'
  /** The line's change is refused within an answer that is otherwise good. */
  | 'refused'
  /** What was in force before the last change is shown. */
  | 'stale'

export type FakeRequest = {
  /** ms of the process, when it had arrived. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly json: unknown
  readonly form: URLSearchParams
}
export type FakeAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

export type FakeAds = {
  readonly url: string
  readonly lines: Map<string, FakeLine>
  readonly requests: FakeRequest[]
  /** Strikes the next request of its kind. */
  readonly strike: (on: 'read' | 'write', fault: Fault) => void
  /** Every token given out so far is refused from now on. */
  readonly expireTokens: () => void
  readonly close: () => Promise<void>
}

/** What a fake's own part gets at for a request that was let in. */
export type Handling = {
  readonly lines: Map<string, FakeLine>
  /** The fault that strikes this request. */
  readonly fault: Fault | null
  /** Changes a line, as `fault` lets it. */
  readonly change: (id: string, to: { budgetMicros?: number; paused?: boolean }) => void
  readonly shown: (id: string) => { readonly budgetMicros: number; readonly paused: boolean } | undefined
}
export type Dialect = {
  /** Whether a request reads or writes; null for what is neither (tokens, account). */
  readonly kindOf: (request: FakeRequest) => 'read' | 'write' | null
  readonly answer: (request: FakeRequest, handling: Handling) => FakeAnswer
  readonly busy: () => FakeAnswer
  readonly signIn: () => FakeAnswer
  /** Gives tokens out; null when the request is no such request. */
  readonly token?: (request: FakeRequest, issue: () => string) => FakeAnswer | null
  /** Tokens that are good from the start. */
  readonly tokens: readonly string[]
}

const DAYS = [
  { spend: 12.34, clicks: 40, conversions: 3, value: 99.5 },
  { spend: 0.01, clicks: 1, conversions: 0, value: 0 },
  { spend: 7, clicks: 20, conversions: 2, value: 41.25 },
]

/** A line with three days of figures that end at `lastDay`. */
export const fakeLine = (budgetMicros: number, lastDay: number): FakeLine => ({
  budgetMicros,
  paused: false,
  edits: 0,
  days: DAYS.map((figures, index) => ({ day: lastDay - DAYS.length + 1 + index, ...figures })),
})

export const startFake = async (dialect: Dialect): Promise<FakeAds> => {
  const lines = new Map<string, FakeLine>()
  const requests: FakeRequest[] = []
  const faults: { on: 'read' | 'write'; fault: Fault }[] = []
  const tokens = new Set(dialect.tokens)
  let issued = 0
  const issue = (): string => {
    const token = `fake-token-${++issued}`
    tokens.add(token)
    return token
  }
  const handle = (request: FakeRequest, response: ServerResponse): void => {
    const given = dialect.token?.(request, issue) ?? null
    if (given !== null) return send(response, given)
    const bearer = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    if (!tokens.has(bearer)) return send(response, dialect.signIn())
    const kind = dialect.kindOf(request)
    const struck = faults.findIndex(({ on }) => on === kind)
    const fault = struck === -1 ? null : (faults.splice(struck, 1)[0]?.fault ?? null)
    if (fault === 'busy') return send(response, dialect.busy())
    if (fault === 'broken') return send(response, { status: 500, body: '<html>oops</html>' })
    if (fault === 'dead') return
    if (fault === 'lost_write') return void response.destroy()
    const answer = dialect.answer(request, handlingOf(lines, fault))
    if (fault === 'hang') return
    if (fault === 'lost_reply') return void response.destroy()
    if (fault === 'garbled') return send(response, { status: 200, body: '{"results": [{"' })
    send(response, answer)
  }
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request = requestOf(incoming, Buffer.concat(chunks).toString())
      requests.push(request)
      handle(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    requests,
    strike: (on, fault) => faults.push({ on, fault }),
    expireTokens: () => tokens.clear(),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const handlingOf = (lines: Map<string, FakeLine>, fault: Fault | null): Handling => ({
  lines,
  fault,
  change: (id, to) => {
    const line = lines.get(id)
    if (line === undefined) return
    line.before = { budgetMicros: line.budgetMicros, paused: line.paused }
    line.edits++
    Object.assign(line, to)
  },
  shown: (id) => {
    const line = lines.get(id)
    return fault === 'stale' && line?.before !== undefined ? line.before : line
  },
})

const requestOf = (incoming: IncomingMessage, body: string): FakeRequest => {
  const url = new URL(incoming.url ?? '/', 'http://fake')
  return {
    at: performance.now(),
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    json: /^\s*[[{]/.test(body) ? (JSON.parse(body) as unknown) : undefined,
    form: new URLSearchParams(body),
  }
}

const send = (response: ServerResponse, { status, headers = {}, body }: FakeAnswer): void => {
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(text)
}
