// Access tokens: kept while they are good, fetched once for all who wait, renewed before they end or when refused.

import { Failure } from '../../kernel/failure.ts'
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.ts'
import type { TokenSource } from './ads-client.ts'

export type Grant = { readonly accessToken: string; readonly expiresInS: number | null }

/** A token that a person made and that cannot be renewed from here. */
export const fixedToken = (name: string, accessToken: string): TokenSource => {
  let dropped = false
  return {
    get: async () => {
      if (!dropped) return accessToken
      throw new Failure({
        code: 'ads.sign_in',
        message: `${name}: the access token is no longer accepted`,
        hint: 'Make a new one and put it into the settings.',
      })
    },
    drop: () => (dropped = true),
  }
}

/** A token fetched with `grant`, by one request at a time. */
export const grantedToken = (grant: () => Promise<Grant>, now: () => number): TokenSource => {
  let held: { readonly accessToken: string; readonly endsAt: number } | null = null
  let fetching: Promise<string> | null = null
  const fetchOne = async (): Promise<string> => {
    const { accessToken, expiresInS } = await grant()
    // A minute early: a request must not set out with a token that ends on the way.
    const lastsMs = expiresInS === null ? Number.MAX_SAFE_INTEGER : expiresInS * SECOND_MS - MINUTE_MS
    held = { accessToken, endsAt: lastsMs === Number.MAX_SAFE_INTEGER ? lastsMs : now() + lastsMs }
    return accessToken
  }
  return {
    get: async () => {
      if (held !== null && held.endsAt > now()) return held.accessToken
      fetching ??= fetchOne().finally(() => (fetching = null))
      return fetching
    },
    drop: (token) => {
      if (held?.accessToken === token) held = null
    },
  }
}
