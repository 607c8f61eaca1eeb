// The live stream with its reconnects: says what arrived and whether what is on screen is live. It never
// pretends: silence for too long counts as a broken stream.

import { PATHS } from './paths.ts'
import { signOut } from './session.ts'
import { createEventParser } from './sse.ts'
import type { StreamEvent } from '../../../src/api/contract.ts'

/** `retrying`: the stream is down and will be tried again at `retryAt` (browser's clock). */
export type LiveStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'retrying'; readonly attempt: number; readonly retryAt: number }

export type LiveOptions = {
  readonly key: string
  readonly lang: string
  readonly onEvent: (event: StreamEvent) => void
  readonly onStatus: (status: LiveStatus) => void
  /** Silence after which the stream counts as broken. */
  readonly silenceMsMax?: number
  readonly backoffMsMax?: number
}

/** Opens the stream and keeps it open until the returned function is called. */
export function openLive(options: LiveOptions): () => void {
  const closing = new AbortController()
  let wake = () => {}
  const hurry = () => wake()
  addEventListener('online', hurry)
  void (async () => {
    let attempt = 0
    options.onStatus({ kind: 'connecting' })
    while (!closing.signal.aborted) {
      const heard = await readOnce(options, closing.signal)
      if (closing.signal.aborted) return
      attempt = heard ? 1 : attempt + 1
      const waitMs = backoffMs(attempt, options.backoffMsMax ?? 30_000)
      options.onStatus({ kind: 'retrying', attempt, retryAt: Date.now() + waitMs })
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return () => {
    removeEventListener('online', hurry)
    closing.abort()
    wake()
  }
}

/** 1 s, 2 s, 4 s … up to the most, each shortened by up to a quarter so that many tabs do not return at once. */
export function backoffMs(attempt: number, mostMs: number, random: () => number = Math.random): number {
  const full = Math.min(mostMs, 1000 * 2 ** (Math.min(attempt, 20) - 1))
  return Math.round(full * (1 - random() / 4))
}

/** Reads until the stream ends or breaks; true if anything was heard. */
async function readOnce(options: LiveOptions, closed: AbortSignal): Promise<boolean> {
  const silenceMs = options.silenceMsMax ?? 20_000
  const stalled = new AbortController()
  let silence = setTimeout(() => stalled.abort(), silenceMs)
  let heard = false
  try {
    const response = await fetch(`${PATHS.stream}?lang=${options.lang}`, {
      headers: {
        ...(options.key === '' ? {} : { authorization: `Bearer ${options.key}` }),
        accept: 'text/event-stream',
      },
      signal: AbortSignal.any([closed, stalled.signal]),
      cache: 'no-store',
    })
    if (response.status === 401) signOut('refused')
    if (!response.ok || response.body === null) return false
    const parse = createEventParser()
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(silence)
      silence = setTimeout(() => stalled.abort(), silenceMs)
      for (const { event, data } of parse(chunk)) {
        const known = streamEventOf(event, data)
        if (known === null) continue
        if (!heard) options.onStatus({ kind: 'live' })
        heard = true
        options.onEvent(known)
      }
    }
    return heard
  } catch {
    // Broken network, stalled stream or closing: all end this reading, and the caller decides on the next.
    return heard
  } finally {
    clearTimeout(silence)
  }
}

/** The contract's event, whether the server wraps it or names it in the `event:` line; null for what is unknown. */
export function streamEventOf(event: string, data: string): StreamEvent | null {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    // A comment or a truncated piece: the next event comes soon enough.
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  if ('type' in value && (value.type === 'brief' || value.type === 'decision')) return value as StreamEvent
  if (event === 'brief') return { type: 'brief', brief: value } as StreamEvent
  if (event === 'decision') return { type: 'decision', decision: value } as StreamEvent
  return null
}
