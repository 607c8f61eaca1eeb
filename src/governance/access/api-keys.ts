// Keys for machines: named, for one or several purposes, kept as hashes, shown once, rotated with an overlap,
// revoked for good.

import { Failure } from '../../kernel/failure.ts'
import { KEY_SCOPES, spellPrincipal, type KeyScope, type Principal } from '../../kernel/principal.ts'
import {
  KEY_MADE,
  KEY_REVOKED,
  KEY_ROTATED,
  type KeyMade,
  type KeyRevoked,
  type KeyRotated,
} from './events.ts'
import { keep } from './facts.ts'
import { LIMITS, type AccessPorts, type StoredKey } from './ports.ts'
import type { KeyRecord } from './state.ts'

export type KeyPrincipal = Extract<Principal, { kind: 'key' }>
export type KnownKey = { readonly principal: KeyPrincipal; readonly perSecondMax: number }

export type KeyLine = KeyRecord & {
  /** Real ms. */
  readonly lastUsedAt: number | null
  /** Until when an older one opens as well. */
  readonly overlapUntil: number | null
}

export type ApiKeys = {
  /** Whose key it is, or null: unknown, rotated away, revoked. */
  readonly of: (key: string) => KnownKey | null
  readonly list: () => readonly KeyLine[]
  /** The key itself is in the answer, and nowhere else ever again. */
  readonly make: (
    about: { readonly name: string; readonly scopes: readonly KeyScope[]; readonly perSecondMax: number },
    by: Principal,
  ) => Promise<{ readonly id: string; readonly key: string }>
  readonly rotate: (
    id: string,
    overlapMs: number,
    by: Principal,
  ) => Promise<{ readonly key: string; readonly overlapUntil: number }>
  readonly revoke: (id: string, by: Principal) => Promise<void>
  /** Puts on record what was made before there was a log. */
  readonly tellUntold: (by: string) => Promise<void>
  readonly saveUsed: () => Promise<void>
}

const CACHED_MAX = 1_000
const OVERLAPS_MAX = 3

type Cached = { readonly id: string; readonly until: number; readonly known: KnownKey } | null

export const createApiKeys = (ports: AccessPorts): ApiKeys => {
  const { state, store, secrets, record, realNow } = ports
  const used = new Map<string, number>()
  const cached = createLookup(ports)
  const recordOf = (id: string): KeyRecord => {
    const found = state.keys.get(id)
    if (found !== undefined && found.revokedAt === null) return found
    throw new Failure({
      code: 'access.key_unknown',
      message: `There is no key ${id.slice(0, 40)}${found === undefined ? '' : ' any more: it was revoked'}.`,
      hint: 'See the list of keys.',
    })
  }

  return {
    of: (key) => {
      const found = cached(key)
      const now = realNow()
      if (found === null || found.until <= now) return null
      used.set(found.id, now)
      return found.known
    },
    list: () =>
      [...state.keys.values()].map((told): KeyLine => {
        const stored = store.read().keys.find(({ id }) => id === told.id)
        const overlaps = (stored?.hashes ?? []).flatMap(({ until }) =>
          until !== null && until > realNow() ? [until] : [],
        )
        return {
          ...told,
          lastUsedAt: used.get(told.id) ?? stored?.lastUsedAt ?? null,
          overlapUntil: overlaps.length === 0 || told.revokedAt !== null ? null : Math.max(...overlaps),
        }
      }),
    make: async ({ name, scopes, perSecondMax }, by) => {
      const wanted = KEY_SCOPES.filter((scope) => scopes.includes(scope))
      if (wanted.length === 0)
        throw new Failure({
          code: 'access.no_scope',
          message: 'A key opens nothing without a scope.',
          hint: `Scopes: ${KEY_SCOPES.join(', ')}.`,
        })
      if ([...state.keys.values()].filter(({ revokedAt }) => revokedAt === null).length >= LIMITS.keysMax)
        throw new Failure({ code: 'access.too_many', message: `There are ${LIMITS.keysMax} keys already.` })
      const id = secrets.newId('k')
      const key = newKey(secrets.newToken(), wanted)
      // The secret first: a key that nobody heard of opens nothing.
      await store.change((stored) => ({
        ...stored,
        keys: [...stored.keys, storedKey(id, secrets.hashToken(key))],
      }))
      const data: KeyMade = {
        keyId: id,
        name: keyName(name),
        scopes: wanted,
        perSecondMax,
        by: spellPrincipal(by),
      }
      await record([{ type: KEY_MADE, data }])
      return { id, key }
    },
    rotate: async (id, overlapMs, by) => {
      const { scopes } = recordOf(id)
      const key = newKey(secrets.newToken(), scopes)
      const overlapUntil = realNow() + Math.min(LIMITS.overlapMsMax, Math.max(0, overlapMs))
      await store.change((stored) => ({
        ...stored,
        keys: stored.keys.map((one) =>
          one.id === id ? rotated(one, secrets.hashToken(key), overlapUntil) : one,
        ),
      }))
      const data: KeyRotated = { keyId: id, overlapMs, by: spellPrincipal(by) }
      await record([{ type: KEY_ROTATED, data }])
      return { key, overlapUntil }
    },
    revoke: async (id, by) => {
      recordOf(id)
      const data: KeyRevoked = { keyId: id, by: spellPrincipal(by) }
      // The fact first: from here on it opens nothing, whatever the file says.
      await record([{ type: KEY_REVOKED, data }])
      await keep(ports, (stored) => ({ ...stored, keys: stored.keys.filter((one) => one.id !== id) }))
    },
    tellUntold: async (by) => tellUntold(ports, by),
    saveUsed: async () => {
      if (used.size === 0) return
      await keep(ports, (stored) => ({
        ...stored,
        keys: stored.keys.map((key) => ({ ...key, lastUsedAt: used.get(key.id) ?? key.lastUsedAt })),
      }))
      used.clear()
    },
  }
}

/** What it is for stands in it, for people who find one: `wv_ingest_…`. */
export const newKey = (token: string, scopes: readonly KeyScope[]): string =>
  `wv_${scopes.join('-')}_${token}`

export const storedKey = (id: string, hash: string): StoredKey => ({
  id,
  hashes: [{ hash, until: null }],
  lastUsedAt: null,
})

const rotated = (key: StoredKey, hash: string, overlapUntil: number): StoredKey => ({
  ...key,
  hashes: [
    { hash, until: null },
    ...key.hashes
      .slice(0, OVERLAPS_MAX)
      .map((one) => ({ hash: one.hash, until: Math.min(one.until ?? overlapUntil, overlapUntil) })),
  ],
})

/** Finds keys by their hash and remembers the answers until something changes: asked with every request. */
const createLookup = ({ state, store, secrets }: AccessPorts) => {
  const cache = new Map<string, Cached>()
  let [stateAt, storeAt] = [-1, -1]
  const look = (key: string): Cached => {
    const hash = secrets.hashToken(key)
    for (const { id, hashes } of store.read().keys) {
      const fitting = hashes.find((one) => one.hash === hash)
      const told = state.keys.get(id)
      if (fitting === undefined || told === undefined || told.revokedAt !== null) continue
      const principal: KeyPrincipal = { kind: 'key', id, name: told.name, scopes: told.scopes }
      const until = fitting.until ?? Number.POSITIVE_INFINITY
      return { id, until, known: { principal, perSecondMax: told.perSecondMax } }
    }
    return null
  }
  return (key: string): Cached => {
    const stored = store.version()
    if (state.version !== stateAt || stored !== storeAt || cache.size >= CACHED_MAX) cache.clear()
    stateAt = state.version
    storeAt = stored
    const known = cache.get(key)
    if (known !== undefined) return known
    const found = look(key)
    cache.set(key, found)
    return found
  }
}

/** Keys of a first start, or of a file that was older than the log of keys. */
const tellUntold = async (ports: AccessPorts, by: string): Promise<void> => {
  const { state, store, record } = ports
  const untold = store.read().keys.filter((key) => key.untold !== undefined)
  if (untold.length === 0) return
  await record(
    untold
      .filter(({ id }) => !state.keys.has(id))
      .map(({ id, untold: about }) => {
        const scopes = KEY_SCOPES.filter((scope) => about?.scopes.includes(scope))
        const data: KeyMade = { keyId: id, name: about?.name ?? id, scopes, perSecondMax: 0, by }
        return { type: KEY_MADE, data }
      }),
  )
  await keep(ports, (stored) => ({
    ...stored,
    keys: stored.keys.map(({ untold: _untold, ...key }) => key),
  }))
}

const keyName = (text: string): string => {
  const name = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim()
  if (name !== '') return Array.from(name).slice(0, 100).join('')
  throw new Failure({
    code: 'access.key_unnamed',
    message: 'A key needs a name.',
    hint: 'Say what uses it, so that it can be revoked without fear.',
  })
}
