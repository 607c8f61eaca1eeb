// Access tokens: kept while they are good, fetched once for all who wait, renewed before they end or when refused.

import { Failure, isFailure } from '../../kernel/failure.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.ts'
import type { AdsAnswer, TokenSource } from './ads-client.ts'
import { numberAt, textAt } from './wire.ts'

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

export type Tokens = { readonly accessToken: string; readonly refreshToken?: string }
/** Puts renewed tokens where the next start finds them. Throws a Failure when that cannot be done. */
export type KeepTokens = (tokens: Tokens) => void

/** However long a token lasts, it is renewed as often as this. */
const RENEWED_EVERY_MS = 30 * DAY_MS

/**
 * A token that can be renewed only while it is good: so it is, at the start (which also tells when it ends) and whenever
 * half of its time is over. A renewal that fails is tried again and hinders nothing while the token is accepted.
 */
export const keptToken = (about: {
  readonly name: string
  readonly tokens: Tokens
  /** Asks for later tokens; rejects with Failures `outbound.*`, `url.refused`. */
  readonly renew: (tokens: Tokens) => Promise<AdsAnswer>
  readonly keep: KeepTokens
  readonly now: () => number
}): TokenSource => {
  const { name, renew, keep, now } = about
  let { tokens } = about
  let renewAt = 0
  let refused = ''
  let renewing: Promise<void> | null = null
  const renewOnce = async (): Promise<void> => {
    const answer = await renew(tokens).catch((error: unknown) => {
      if (!isFailure(error)) throw error
      return null
    })
    const accessToken = answer === null ? '' : textAt(answer.json, 'access_token')
    if (answer === null || accessToken === '') {
      // Away or overloaded: soon again. A no stays a no for the day; a person may put in new ones meanwhile.
      const isAway = answer === null || answer.status >= 500 || answer.status === 429
      renewAt = now() + (isAway ? HOUR_MS : DAY_MS)
      return
    }
    const lastsMs = numberAt(answer.json, 'expires_in') * SECOND_MS
    const refreshToken = textAt(answer.json, 'refresh_token') || tokens.refreshToken
    tokens = { accessToken, ...(refreshToken === undefined ? {} : { refreshToken }) }
    renewAt = now() + (lastsMs === 0 ? RENEWED_EVERY_MS : Math.min(lastsMs / 2, RENEWED_EVERY_MS))
    keep(tokens)
  }
  return {
    get: async () => {
      if (now() >= renewAt || tokens.accessToken === refused) {
        renewing ??= renewOnce().finally(() => (renewing = null))
        await renewing
      }
      if (tokens.accessToken !== refused) return tokens.accessToken
      throw new Failure({
        code: 'ads.sign_in',
        message: `${name}: the access token is no longer accepted, and could not be renewed`,
        hint: 'Sign in with the platform again and put the new token into its file.',
      })
    },
    drop: (token) => (refused = token),
  }
}
