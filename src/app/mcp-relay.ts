// Agents on standard input and output, relayed: to a running installation's `/mcp`, or to the folder itself where no
// server runs on it. Which of the two is asked anew with each message, so that a server may come and go meanwhile.

import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { INSTRUCTIONS } from '../api/mcp/strangers.ts'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { readCard } from './control.ts'
import { note } from './output.ts'
import { version } from './version.ts'

export type RelayTarget =
  | { readonly kind: 'url'; readonly url: string; readonly key: string }
  /** `key` '': as whoever sits at the machine. */
  | { readonly kind: 'folder'; readonly dir: string; readonly key: string }

/** One request of the protocol, answered: its result. Throws ProtocolError or Failure. */
export type Relay = (method: string, params: unknown) => Promise<Readonly<Record<string, unknown>>>

const TIMEOUT_MS = 60_000

export const createRelay = (target: RelayTarget): Relay => {
  let asked = 0
  let last: Promise<unknown> = Promise.resolve()
  return async (method, params) => {
    const message = { jsonrpc: '2.0', id: ++asked, method, params }
    if (target.kind === 'url') return resultOf(await askServer(target.url, target.key, message))
    const card = readCard(target.dir)
    if (card !== null) return resultOf(await askServer(card.url, target.key || card.token, message))
    // A folder is opened by one at a time.
    const answer = last.then(async () => askFolder(target.dir, message))
    last = answer.catch(() => undefined)
    return resultOf(await answer)
  }
}

/** Serves until standard input ends. */
export const serveRelay = async (relay: Relay): Promise<void> => {
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve)
    process.stdin.once('close', resolve)
  })
  const handle = serveStdio(
    () => {
      const server = new Server(
        { name: 'windvane', title: 'Windvane', version },
        { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } } },
      )
      server.setRequestHandler(
        'tools/list',
        async ({ params }) => (await relay('tools/list', params)) as never,
      )
      server.setRequestHandler(
        'tools/call',
        async ({ params }) => (await relay('tools/call', params)) as never,
      )
      return server
    },
    { maxSubscriptions: 0, onerror: (error) => note(`mcp: ${error.message}`) },
  )
  await ended
  await handle.close()
}

type Message = {
  readonly jsonrpc: string
  readonly id: number
  readonly method: string
  readonly params: unknown
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

const askServer = async (url: string, key: string, message: Message): Promise<Response> => {
  try {
    return await fetch(new URL('/mcp', url), {
      method: 'POST',
      headers: { ...HEADERS, authorization: `Bearer ${key}` },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    throw new Failure({
      code: 'control.unreachable',
      message: `the server at ${url} does not answer: ${messageOf(cause)}`,
      hint: 'See its log. To stop all sending anyway, create a file named STOP in the data folder.',
      cause,
    })
  }
}

/** Loaded where it is needed: with a server at work, relaying needs nothing of it. */
const askFolder = async (dir: string, message: Message): Promise<Response> => {
  const { answerOnFolder } = await import('./mcp-folder.ts')
  const request = new Request('http://localhost/mcp', { method: 'POST', headers: HEADERS })
  return answerOnFolder(dir, request, message)
}

const resultOf = async (response: Response): Promise<Readonly<Record<string, unknown>>> => {
  const answer: unknown = JSON.parse(await response.text())
  const { result, error } = isRecord(answer) ? answer : {}
  if (isRecord(result)) return result
  const { code, message, hint } = isRecord(error) ? error : {}
  const said = [message, hint].filter((part) => typeof part === 'string' && part !== '').join(' ')
  throw new ProtocolError(
    typeof code === 'number' ? code : ProtocolErrorCode.InternalError,
    said === '' ? `The server answered ${response.status}.` : said,
  )
}
