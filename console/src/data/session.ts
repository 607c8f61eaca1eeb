// Who is signed in. People have a cookie, which no script can read; the demo puts a key into the address
// (`/#key=…`), which is kept for this tab and never stays where it could be bookmarked, logged or shown.

import { PATHS } from './paths.ts'
import type { Session } from '../../../src/api/contract.ts'

/** `looking`: not known yet. */
export type Standing = 'looking' | 'out' | 'in'
/** Why somebody who was in is out. */
export type OutReason = 'key' | 'over' | null

const STORED_AS = 'windvane.key'
const listeners = new Set<() => void>()
let key: string | null = null
let standing: Standing = 'looking'
let reason: OutReason = null
let door: Session | null = null

/** Moves a key from the address into the session; call once, before anything reads the address. */
export function takeKeyFromAddress(): void {
  const match = /^#key=(.+)$/.exec(location.hash)
  if (match?.[1] !== undefined) {
    history.replaceState(null, '', location.pathname + location.search)
    signInWithKey(decode(match[1]))
    return
  }
  if (key !== null) return
  try {
    key = sessionStorage.getItem(STORED_AS)
  } catch {
    // Storage is refused: the person signs in again after a reload.
    key = null
  }
  if (key !== null) standing = 'in'
}

/** Asks the server who is signed in, and how one can. Not being able to is being out. */
export async function look(): Promise<void> {
  try {
    const response = await fetch(PATHS.session, {
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      cache: 'no-store',
    })
    door = response.ok ? ((await response.json()) as Session) : null
  } catch {
    door = null
  }
  if (key === null) standing = door?.principal ? 'in' : 'out'
  tell()
}

/** What the server said last; null when it did not answer. */
export function readDoor(): Session | null {
  return door
}

export function readStanding(): Standing {
  return standing
}

/** The key to send; '' where a cookie goes along by itself; null when nobody is signed in. */
export function readKey(): string | null {
  if (key !== null) return key
  return standing === 'in' ? '' : null
}

/** Goes along with what changes something, where a browser says nothing of its page. */
export function readCsrf(): string {
  return door?.csrf ?? ''
}

export function readReason(): OutReason {
  return reason
}

export function signInWithKey(next: string): void {
  key = next.trim()
  standing = 'in'
  reason = null
  store()
  void look()
}

/** `asked`: the person leaves. `refused`: the server does not know the key or the cookie any more. */
export function signOut(because: 'asked' | 'refused'): void {
  if (standing === 'out') return
  const byCookie = key === null
  reason = because === 'asked' ? null : byCookie ? 'over' : 'key'
  key = null
  standing = 'out'
  store()
  if (because === 'asked' && byCookie) void leave().then(look)
  else void look()
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

async function leave(): Promise<void> {
  try {
    await fetch(PATHS.signOut, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': readCsrf() },
      body: '{}',
    })
  } catch {
    // The server does not answer: looking again shows whether the session still stands.
  }
}

function store(): void {
  try {
    if (key === null) sessionStorage.removeItem(STORED_AS)
    else sessionStorage.setItem(STORED_AS, key)
  } catch {
    // Storage is refused: the key lives as long as the page.
  }
  tell()
}

function tell(): void {
  for (const listener of listeners) listener()
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not percent-encoded: take it as it stands.
    return text
  }
}
