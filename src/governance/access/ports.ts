// What access needs of the world: a place for secrets, chance and hashes, the log, the time.

import type { AccessState } from './state.ts'

/** How somebody proves who they are. Everything is a hash or sealed; nothing here opens a door by itself. */
export type StoredUser = {
  readonly id: string
  /** Lower case; what they sign in with. */
  readonly email: string
  /** PHC string of argon2id; null until they have chosen one. */
  readonly password: string | null
  readonly totp: StoredTotp | null
  /** Hashes of recovery codes not used yet. */
  readonly recovery: readonly string[]
  /** At identity providers. */
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[]
  /** Their chat in Telegram, sealed; the log says whether it stands for them. */
  readonly telegram?: string
}

export type StoredTotp = {
  readonly sealed: string
  /** False until a code from it was entered. */
  readonly confirmed: boolean
  /** Of the last code taken: none is taken twice. */
  readonly lastStep: number
}

/** A link that works once. */
export type StoredLink = {
  readonly hash: string
  readonly kind: 'setup' | 'invite' | 'reset'
  /** '' for the first owner, who is nobody yet. */
  readonly userId: string
  /** Real ms. */
  readonly expiresAt: number
}

export type StoredKey = {
  readonly id: string
  /** The newest first; older ones until their time, real ms. */
  readonly hashes: readonly { readonly hash: string; readonly until: number | null }[]
  readonly lastUsedAt: number | null
  /** Made before there was a log to say so: said at the next start. */
  readonly untold?: { readonly name: string; readonly scopes: readonly string[] }
}

export type StoredSession = {
  /** Shown to its owner; says nothing of the token. */
  readonly id: string
  readonly hash: string
  readonly userId: string
  /** Real ms. */
  readonly madeAt: number
  readonly seenAt: number
  /** Browser and network, for its owner to know it by. */
  readonly agent: string
  readonly network: string
  readonly way: 'password' | 'oidc' | 'link'
  readonly secondFactor: boolean
}

export type StoredAccess = {
  readonly version: 1
  readonly users: readonly StoredUser[]
  readonly links: readonly StoredLink[]
  readonly keys: readonly StoredKey[]
  readonly sessions: readonly StoredSession[]
}

export const EMPTY_STORE: StoredAccess = { version: 1, users: [], links: [], keys: [], sessions: [] }

export type AccessStore = {
  readonly read: () => StoredAccess
  /** In force at once; resolves when it is on disk, rejects with a Failure `access.not_stored`. */
  readonly change: (next: (now: StoredAccess) => StoredAccess) => Promise<void>
  /** Rises with each change. */
  readonly version: () => number
  /** Waits for what is being written. */
  readonly settled: () => Promise<void>
}

export type Secrets = {
  /** 256 bits of chance, in letters that fit everywhere. */
  readonly newToken: () => string
  /** Short, for people to read and the log to keep. */
  readonly newId: (prefix: string) => string
  /** Ten codes of 80 bits. */
  readonly newRecoveryCodes: () => readonly string[]
  readonly hashToken: (token: string) => string
  readonly hashPassword: (password: string) => Promise<string>
  /** Takes as long for null, which never fits. `stale`: by weaker parameters than those of today. */
  readonly checkPassword: (
    password: string,
    hash: string | null,
  ) => Promise<{ readonly fits: boolean; readonly stale: boolean }>
  readonly seal: (text: string) => string
  /** null when it was not sealed here. */
  readonly unseal: (sealed: string) => string | null
  /** A new secret, in base32 as apps take it. */
  readonly newTotpSecret: () => string
  /** The step whose code it is, within a step of now and after `afterStep`; null when it is none. */
  readonly totpStep: (secret: string, code: string, at: { now: number; afterStep: number }) => number | null
}

export type Fact = { readonly type: string; readonly data: object }

export type AccessSettings = {
  readonly sessionIdleMs: number
  readonly sessionMsMax: number
}

export type AccessPorts = {
  readonly state: AccessState
  readonly store: AccessStore
  readonly secrets: Secrets
  /** Into the log. Rejects with a Failure `log.*`. */
  readonly record: (facts: readonly Fact[]) => Promise<void>
  /** Access runs on real time, however fast the product's clock is. */
  readonly realNow: () => number
  readonly report: (error: unknown, where: string) => void
  readonly settings: AccessSettings
}

export const LIMITS = {
  usersMax: 1_000,
  linksMax: 1_000,
  keysMax: 1_000,
  sessionsPerUserMax: 20,
  inviteMs: 7 * 86_400_000,
  resetMs: 86_400_000,
  setupMs: 86_400_000,
  overlapMsMax: 30 * 86_400_000,
} as const
