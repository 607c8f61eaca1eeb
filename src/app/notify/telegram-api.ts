// Telegram's Bot API over the vetted way out. The token is part of its addresses, so that no address is ever told.

import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, isFailure, messageOf } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { createVettedFetch } from '../../outbound/index.ts'
import type { Config } from '../config.ts'
import { postJson } from './call-out.ts'
import { MaybeArrived } from './mail-way.ts'

/** The result of a method. A Failure was certainly refused; anything else thrown may have been done. */
export type TelegramCall = (method: string, body: object, signal?: AbortSignal) => Promise<unknown>

/** How long an answer to `getUpdates` may take, s. */
export const POLL_SECONDS = 25
/** A call may be asked to wait so long, so often; beyond it the call failed. */
const WAIT_MS_MAX = 60_000
const TRIES_MAX = 3

/** null where no bot is set up. */
export const telegramCall = ({
  telegramApi,
  telegramToken,
  telegramHostsAllowed,
}: Config['notify']): TelegramCall | null => {
  if (telegramToken === '') return null
  const base = telegramApi.replace(/\/+$/, '')
  const fetch = createVettedFetch({
    hostsAllowed: telegramHostsAllowed,
    timeoutMs: (POLL_SECONDS + 15) * 1_000,
    answerBytesMax: 1 << 20,
  })
  const once: TelegramCall = async (method, body, signal) => {
    try {
      const url = `${base}/bot${telegramToken}/${method}`
      return resultOf(
        method,
        await postJson(fetch, url, { body: JSON.stringify(body), signal: signal ?? null }),
      )
    } catch (error) {
      throw withoutToken(error, telegramToken)
    }
  }
  return async (method, body, signal) => {
    for (let tried = 1; ; tried++) {
      try {
        return await once(method, body, signal)
      } catch (error) {
        // Refused for now: it was certainly not taken, so asking again later is safe.
        const waitMs = isFailure(error) ? (error.retryAfterMs ?? 0) : 0
        if (waitMs === 0 || waitMs > WAIT_MS_MAX || tried >= TRIES_MAX) throw error
        await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
      }
    }
  }
}

/** A text of a message from outside; '' for anything else. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const resultOf = async (method: string, response: Response): Promise<unknown> => {
  const parsed: unknown = await response.json().catch(() => null)
  if (isRecord(parsed) && parsed['ok'] === true) return parsed['result']
  if (!isRecord(parsed) && response.status >= 500)
    throw new MaybeArrived(`Telegram answered ${response.status} to ${method}`)
  const said = isRecord(parsed) ? textIn(parsed['description']).slice(0, 200) : ''
  const parameters = isRecord(parsed) && isRecord(parsed['parameters']) ? parsed['parameters'] : {}
  const retryAfter = Number(parameters['retry_after'] ?? 0)
  throw new Failure({
    code: 'notify.telegram',
    message: `Telegram refused ${method}: ${response.status} ${said}`.trim(),
    hint: 'See notify.telegramToken in windvane.yaml.',
    ...(retryAfter > 0 ? { retryable: true, retryAfterMs: retryAfter * 1_000 } : {}),
  })
}

/** Nothing that is thrown may hold the token, and its cause neither. */
const withoutToken = (error: unknown, token: string): unknown => {
  if (!isFailure(error) || error.code === 'notify.telegram') return error
  return new Failure({
    code: error.code,
    message: messageOf(error).replaceAll(token, '…'),
    retryable: error.retryable,
  })
}
