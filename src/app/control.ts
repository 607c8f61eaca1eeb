// How a command on the same machine reaches a running server: the server leaves its address and a
// token of this run in the data folder, readable by its owner only.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'

export type ServerCard = { readonly pid: number; readonly url: string; readonly token: string }

const pathOf = (dir: string): string => join(dir, 'server.json')

export const writeCard = (dir: string, card: ServerCard): void => {
  writeFileSync(pathOf(dir), JSON.stringify(card), { mode: 0o600 })
}

export const removeCard = (dir: string): void => {
  rmSync(pathOf(dir), { force: true })
}

/** The server now running on this folder, or null. A card left by a killed server does not count. */
export const readCard = (dir: string): ServerCard | null => {
  if (!existsSync(pathOf(dir))) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(pathOf(dir), 'utf8'))
  } catch (cause) {
    throw new Failure({
      code: 'control.unreadable',
      message: `cannot read ${pathOf(dir)}: ${messageOf(cause)}`,
      hint: 'Run the command as the user who runs the server.',
      cause,
    })
  }
  if (!isRecord(parsed)) return null
  const { pid, url, token } = parsed
  if (typeof pid !== 'number' || typeof url !== 'string' || typeof token !== 'string') return null
  return isAlive(pid) ? { pid, url, token } : null
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user.
    return isRecord(error) && error['code'] === 'EPERM'
  }
}

const TIMEOUT_MS = 30_000
/** For what may be long. */
const FILE_TIMEOUT_MS = 3_600_000

/** Calls the running server as its operator. Throws a Failure with the server's own words. */
export const callServer = async <T>(
  card: ServerCard,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<T> => {
  const response = await askServer(card, method, path, body, timeoutMs)
  const text = await response.text()
  const answer: unknown = text === '' ? null : JSON.parse(text)
  if (response.ok) return answer as T
  throw refusalOf(response.status, text, answer)
}

/** A file of the running server, piece by piece. Throws as {@link callServer}. */
export const fileFromServer = async (card: ServerCard, path: string): Promise<AsyncIterable<Uint8Array>> => {
  const response = await askServer(card, 'GET', path, undefined, FILE_TIMEOUT_MS)
  if (response.ok && response.body !== null) return response.body
  const text = await response.text()
  throw refusalOf(response.status, text, JSON.parse(text))
}

const askServer = async (
  card: ServerCard,
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<Response> => {
  try {
    return await fetch(new URL(path, card.url), {
      method,
      headers: {
        authorization: `Bearer ${card.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (cause) {
    throw new Failure({
      code: 'control.unreachable',
      message: `the server at ${card.url} does not answer: ${messageOf(cause)}`,
      hint: 'See its log. To stop all sending anyway, create a file named STOP in the data folder.',
      cause,
    })
  }
}

const refusalOf = (status: number, text: string, answer: unknown): Failure => {
  const error = isRecord(answer) && isRecord(answer['error']) ? answer['error'] : {}
  const { code, message, hint } = error
  return new Failure({
    code: typeof code === 'string' ? code : `http.${status}`,
    message: typeof message === 'string' ? message : text,
    ...(typeof hint === 'string' ? { hint } : {}),
  })
}
