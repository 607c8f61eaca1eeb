// Asks the server. Every answer is either the contract's shape or a RequestFailure that says what went
// wrong, in words a person can act on.

import { readCsrf, signOut } from './session.ts'

/** `offline`: no answer at all. `refused`: the key or session is not accepted. `failed`: the server said no. */
export type FailureKind = 'offline' | 'refused' | 'failed'

export class RequestFailure extends Error {
  readonly kind: FailureKind
  readonly code: string
  readonly hint: string
  readonly status: number

  constructor(kind: FailureKind, details: { code: string; message: string; hint: string; status: number }) {
    super(details.message)
    this.name = 'RequestFailure'
    this.kind = kind
    this.code = details.code
    this.hint = details.hint
    this.status = details.status
  }
}

export type Ask = {
  readonly key: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | null | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Asked before anybody is signed in: 401 is an answer then, not the end of a session. */
  readonly atDoor?: true
}

/** The parsed answer; throws RequestFailure for everything else. A body makes it a POST. */
export async function ask<T>(options: Ask): Promise<T> {
  const response = await send(options)
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer as T
  throw failureOf(response.status, answer, options.atDoor === true)
}

/** A file as it comes; throws as {@link ask}. */
export async function fetchFile(options: Ask): Promise<Blob> {
  const response = await send(options)
  if (response.ok) return response.blob()
  throw failureOf(response.status, await response.json().catch(() => null), false)
}

/** Hands a file that was fetched to the browser to keep. */
export function keepFile(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Path with its query; empty values are left out. */
export function addressOf(path: string, query: Ask['query'] = {}): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parts.set(name, String(value))
  }
  const text = parts.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Fills `:id` in a route's path. */
export function pathWith(path: string, id: string): string {
  return path.replace(':id', encodeURIComponent(id))
}

async function send(options: Ask): Promise<Response> {
  const { key, body, signal } = options
  try {
    return await fetch(addressOf(options.path, options.query), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'x-csrf-token': readCsrf() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      cache: 'no-store',
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new RequestFailure('offline', { code: 'offline', message: '', hint: '', status: 0 })
  }
}

function failureOf(status: number, answer: unknown, atDoor: boolean): RequestFailure {
  const error = (answer as { error?: { code?: unknown; message?: unknown; hint?: unknown } } | null)?.error
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const details = {
    code: text(error?.code) || `http_${status}`,
    message: text(error?.message),
    hint: text(error?.hint),
    status,
  }
  if (status !== 401 || atDoor) return new RequestFailure('failed', details)
  signOut('refused')
  return new RequestFailure('refused', details)
}
