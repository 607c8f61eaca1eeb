// The admin key of this tab. It comes once in the address (`/#key=…`), is kept in sessionStorage and
// never stays where it could be bookmarked, logged or shown on a screen.

const STORED_AS = 'windvane.key'
const listeners = new Set<() => void>()
let key: string | null = null
let refused = false

/** Moves a key from the address into the session; call once, before anything reads the address. */
export function takeKeyFromAddress(): void {
  const match = /^#key=(.+)$/.exec(location.hash)
  if (match?.[1] !== undefined) {
    history.replaceState(null, '', location.pathname + location.search)
    signIn(decode(match[1]))
    return
  }
  if (key !== null) return
  try {
    key = sessionStorage.getItem(STORED_AS)
  } catch {
    // Storage is refused: the person signs in again after a reload.
    key = null
  }
}

export function readKey(): string | null {
  return key
}

/** The server refused the last key. */
export function wasRefused(): boolean {
  return refused
}

export function signIn(next: string): void {
  key = next.trim()
  refused = false
  store()
}

export function signOut(because: 'asked' | 'refused'): void {
  key = null
  refused = because === 'refused'
  store()
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function store(): void {
  try {
    if (key === null) sessionStorage.removeItem(STORED_AS)
    else sessionStorage.setItem(STORED_AS, key)
  } catch {
    // Storage is refused: the key lives as long as the page.
  }
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
