// One POST of JSON to a vetted host, with what is certain about its arrival.

import { Failure, isFailure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import type { VettedFetch } from '../../outbound/index.ts'
import { MaybeArrived } from './mail-way.ts'

/** Nobody was talked to. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
])

/**
 * The answer, whatever its status. Throws a Failure when nothing can have arrived, and MaybeArrived when the connection
 * was lost after it stood: then it may have.
 */
export const postJson = async (
  fetch: VettedFetch,
  url: string,
  {
    body,
    headers = {},
    signal = null,
  }: {
    readonly body: string
    readonly headers?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal | null
  },
): Promise<Response> => {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal,
    })
  } catch (error) {
    if (!isFailure(error)) throw error
    const code = isRecord(error.cause) || error.cause instanceof Error ? Reflect.get(error.cause, 'code') : ''
    if (error.code === 'url.refused' || NOT_CONNECTED.has(String(code))) throw error
    // The address may hold a secret: only what happened is told, not where.
    throw new MaybeArrived(
      error.code === 'outbound.timeout' ? 'no answer in time' : 'the connection was lost',
    )
  }
}

/** 2xx passes; a gateway that gave up may have passed it on; all else certainly refused it. */
export const requireTaken = (status: number, who: string): void => {
  if (status >= 200 && status < 300) return
  if (status === 502 || status === 504) throw new MaybeArrived(`${who} answered ${status}`)
  throw new Failure({
    code: 'notify.refused',
    message: `${who} answered ${status}.`,
    retryable: status >= 500,
  })
}
