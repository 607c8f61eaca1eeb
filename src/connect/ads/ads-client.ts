// How an adapter talks to its platform: readings are tried again, with the pause the platform asks for; a write is sent
// again only when the platform said that it did not do it, and is `unknown` whenever nobody can know. All of it leaves
// through the one door out, and no message carries a secret.

import type { WriteResult } from '../../delivery/index.ts'
import { Failure, isFailure, messageOf } from '../../kernel/failure.ts'
import { SECOND_MS } from '../../kernel/time.ts'
import type { VettedFetch } from '../../outbound/index.ts'

export type AdsRequest = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** What the answer must be when it is good; JSON when left out. */
  readonly answers?: 'json' | 'text' | 'nothing'
}

export type AdsAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed; undefined when it is no JSON. */
  readonly json: unknown
}

/** What a platform's answer means, in its own dialect. */
export type Verdict =
  | { readonly kind: 'fine' }
  /** Not done, and it passes by itself; the platform says when, or not. */
  | {
      readonly kind: 'later'
      readonly code: string
      readonly detail: string
      readonly afterMs: number | null
    }
  /** Not done: the token is no good any more. */
  | { readonly kind: 'sign_in'; readonly detail: string }
  /** Not done, and trying again now would not help. */
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly detail: string
      /** But later it may. */
      readonly retryable?: boolean
    }
  /** Its own trouble: done or not. */
  | { readonly kind: 'unclear'; readonly detail: string }

export type TokenSource = {
  /** A token that is good as far as one knows. Rejects with a Failure `ads.sign_in` or `ads.unreachable`. */
  readonly get: () => Promise<string>
  /** This one was refused: the next `get` brings another, if there is a way. */
  readonly drop: (token: string) => void
}

/** What every adapter is given: the door out and a clock. */
export type AdsPorts = {
  readonly door: VettedFetch
  readonly now: () => number
  readonly pause: (ms: number) => Promise<void>
}

export type AdsClient = {
  /** Rejects with Failures `ads.unreachable`, `ads.busy`, `ads.sign_in`, `ads.refused`, `ads.malformed`. */
  readonly read: (request: AdsRequest) => Promise<AdsAnswer>
  readonly write: (
    request: AdsRequest,
    options: { readonly isUrgent: boolean },
  ) => Promise<{ readonly result: WriteResult; readonly json: unknown }>
}

const CONNECTIONS_MAX = 16
const TRIES_MAX = 4
const BACKOFF_MS = 500
/** Longer than this is not waited for: the caller comes again. */
const READ_WAIT_MS_MAX = 20 * SECOND_MS
const WRITE_WAIT_MS_MAX = 2 * SECOND_MS
const DETAIL_CHARS_MAX = 500

export const createAdsClient = (about: {
  readonly name: string
  readonly baseUrl: string
  readonly ports: AdsPorts
  readonly token: TokenSource
  readonly headers: (token: string) => Readonly<Record<string, string>>
  readonly verdictOf: (answer: AdsAnswer) => Verdict
  /** Never to be seen in a message. */
  readonly secrets: readonly string[]
  /** Requests at once that the platform takes. */
  readonly connectionsMax?: number
}): AdsClient => {
  const { name, ports, token, verdictOf } = about
  /** ms; until then the platform asked to be left alone. */
  let quietUntil = 0
  const clean = cleaner(about.secrets)
  const inTurn = gate(about.connectionsMax ?? CONNECTIONS_MAX)

  const once = async (request: AdsRequest) => {
    const secret = await token.get()
    const answer = await inTurn(async () =>
      exchange(ports.door, about.baseUrl, {
        ...request,
        headers: { ...about.headers(secret), ...request.headers },
      }),
    )
    const verdict = judged(request, answer, verdictOf)
    return {
      answer,
      secret,
      verdict: cleanVerdict(verdict, (text) => clean(text.replaceAll(secret, '…'))),
    }
  }
  const waitFor = (afterMs: number | null, tried: number): number => {
    if (afterMs !== null) quietUntil = Math.max(quietUntil, ports.now() + afterMs)
    return afterMs ?? BACKOFF_MS * 2 ** tried
  }
  const quiet = (): number => Math.max(quietUntil - ports.now(), 0)
  const failure = (code: string, detail: string, retryAfterMs?: number): Failure =>
    new Failure({
      code,
      message: `${name}: ${clean(detail)}`,
      retryable: code !== 'ads.refused' && code !== 'ads.sign_in',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })

  const read: AdsClient['read'] = async (request) => {
    if (quiet() > READ_WAIT_MS_MAX) throw failure('ads.busy', 'asked to be left alone', quiet())
    if (quiet() > 0) await ports.pause(quiet())
    let renewed = false
    for (let tried = 0; ; tried++) {
      const isLast = tried + 1 >= TRIES_MAX
      let verdict: Verdict
      try {
        const asked = await once(request)
        verdict = asked.verdict
        if (verdict.kind === 'fine') return asked.answer
        if (verdict.kind === 'sign_in') {
          if (renewed) throw failure('ads.sign_in', verdict.detail)
          renewed = true
          token.drop(asked.secret)
          continue
        }
      } catch (error) {
        if (!isOutbound(error)) throw error
        verdict = { kind: 'unclear', detail: messageOf(error) }
      }
      if (verdict.kind === 'refused') throw failure('ads.refused', `${verdict.code}: ${verdict.detail}`)
      const waitMs = waitFor(verdict.kind === 'later' ? verdict.afterMs : null, tried)
      if (isLast || waitMs > READ_WAIT_MS_MAX)
        throw failure(verdict.kind === 'later' ? 'ads.busy' : 'ads.unreachable', verdict.detail, waitMs)
      await ports.pause(waitMs)
    }
  }

  const write: AdsClient['write'] = async (request, { isUrgent }) => {
    const refused = (code: string, detail: string, retryable: boolean) => ({
      result: { kind: 'refused', code, detail: clean(detail), retryable } as const,
      json: undefined,
    })
    // What makes things safer is tried although the platform asked for quiet.
    if (quiet() > 0 && !isUrgent) return refused('ads.busy', 'the platform asked to be left alone', true)
    let renewed = false
    for (let tried = 0; ; tried++) {
      let asked
      try {
        asked = await once(request)
      } catch (error) {
        if (!isFailure(error)) throw error
        if (isOutbound(error) && !wasNeverSent(error))
          return { result: { kind: 'unknown', detail: clean(messageOf(error)) }, json: undefined }
        const code = error.code.startsWith('ads.') ? error.code : 'ads.unreachable'
        return refused(code, error.message, error.retryable)
      }
      const { verdict } = asked
      if (verdict.kind === 'fine') return { result: { kind: 'accepted' }, json: asked.answer.json }
      if (verdict.kind === 'unclear')
        return { result: { kind: 'unknown', detail: verdict.detail }, json: undefined }
      if (verdict.kind === 'refused') return refused(verdict.code, verdict.detail, verdict.retryable ?? false)
      if (verdict.kind === 'sign_in') {
        if (renewed) return refused('ads.sign_in', verdict.detail, false)
        renewed = true
        token.drop(asked.secret)
        continue
      }
      const waitMs = waitFor(verdict.afterMs, tried)
      if (tried + 1 >= TRIES_MAX || waitMs > WRITE_WAIT_MS_MAX)
        return refused(verdict.code, verdict.detail, true)
      await ports.pause(waitMs)
    }
  }
  return { read, write }
}

/** Lets so many at once, the others in the order they came. */
const gate = (most: number) => {
  let free = most
  const waiting: (() => void)[] = []
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}

/** What cannot be read, a good status without its body too, is nobody's yes and nobody's no. */
const judged = (
  request: AdsRequest,
  answer: AdsAnswer,
  verdictOf: (answer: AdsAnswer) => Verdict,
): Verdict => {
  let verdict: Verdict
  try {
    verdict = verdictOf(answer)
  } catch (error) {
    if (!isFailure(error, 'ads.malformed')) throw error
    return { kind: 'unclear', detail: error.message }
  }
  return verdict.kind === 'fine' && (request.answers ?? 'json') === 'json' && answer.json === undefined
    ? { kind: 'unclear', detail: 'an answer that is not JSON' }
    : verdict
}

/** One request and its answer, whatever its status. Rejects with Failures `url.refused`, `outbound.*`. */
export const exchange = async (
  door: VettedFetch,
  baseUrl: string,
  { method, path, headers, json, form }: AdsRequest,
): Promise<AdsAnswer> => {
  const body =
    json !== undefined ? JSON.stringify(json) : form !== undefined ? String(new URLSearchParams(form)) : null
  const type = json !== undefined ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded'
  const response = await door(`${baseUrl}${path}`, {
    method,
    headers: { ...(body === null ? {} : { 'content-type': type }), ...headers },
    ...(body === null ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Not JSON is an answer too: the platform's, or of something on the way to it.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isOutbound = (error: unknown): error is Failure =>
  isFailure(error) && (error.code.startsWith('outbound.') || error.code === 'url.refused')

/** Where no connection came about, nothing was done. */
const wasNeverSent = (error: Failure): boolean =>
  error.code === 'url.refused' ||
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(
    (error.cause as { readonly code?: string } | undefined)?.code ?? '',
  )

/** Takes secrets out of what people and logs get to read. */
const cleaner = (secrets: readonly string[]) => (text: string) => {
  let cleaned = text.slice(0, DETAIL_CHARS_MAX * 2)
  for (const secret of secrets) if (secret !== '') cleaned = cleaned.replaceAll(secret, '…')
  return cleaned.slice(0, DETAIL_CHARS_MAX)
}

const cleanVerdict = (verdict: Verdict, clean: (text: string) => string): Verdict =>
  verdict.kind === 'fine' ? verdict : { ...verdict, detail: clean(verdict.detail) }

/** ms of a `Retry-After` header: seconds or a date; null when it is not there. */
export const retryAfterMs = (headers: Headers, now: number): number | null => {
  const given = headers.get('retry-after')
  if (given === null) return null
  const seconds = Number(given)
  if (Number.isFinite(seconds)) return Math.max(seconds, 0) * SECOND_MS
  const at = Date.parse(given)
  return Number.isNaN(at) ? null : Math.max(at - now, 0)
}
