// What happened to people's access and to keys: who, what, by whom. Never a secret, a hash, an address or a full
// network address: the log is kept for good.

import type { KeyScope, Role } from '../../kernel/principal.ts'

type By = { /** As `spellPrincipal` writes it. */ readonly by: string }

export const USER_INVITED = 'access.user_invited.v1'
export type UserInvited = By & { readonly userId: string; readonly name: string; readonly role: Role }

export const USER_JOINED = 'access.user_joined.v1'
/** From here on they can sign in. `setup`: the first owner; `oidc`: came by the company's sign-in. */
export type UserJoined = By & {
  readonly userId: string
  readonly name: string
  readonly role: Role
  readonly way: 'setup' | 'invite' | 'oidc' | 'local'
}

export const ROLE_CHANGED = 'access.role_changed.v1'
export type RoleChanged = By & { readonly userId: string; readonly from: Role; readonly to: Role }

export const USER_DISABLED = 'access.user_disabled.v1'
export const USER_ENABLED = 'access.user_enabled.v1'
export type UserStanding = By & { readonly userId: string }

export const CREDENTIAL_CHANGED = 'access.credential_changed.v1'
export type CredentialChanged = By & {
  readonly userId: string
  readonly what: 'password' | 'totp_on' | 'totp_off' | 'recovery_codes' | 'reset_link'
}

export const SIGNED_IN = 'access.signed_in.v1'
export type SignedIn = {
  readonly userId: string
  readonly way: 'password' | 'oidc' | 'link'
  readonly secondFactor: boolean
  /** The network, not the address. */
  readonly network: string
}

export const SIGN_IN_FAILED = 'access.sign_in_failed.v1'
export type SignInFailed = {
  /** '' when nobody has that address. */
  readonly userId: string
  readonly reason: 'password' | 'second_factor' | 'waiting' | 'oidc' | 'link'
  readonly network: string
  /** So many more were not recorded since the last one. */
  readonly others: number
}

export const SESSIONS_ENDED = 'access.sessions_ended.v1'
export type SessionsEnded = By & { readonly userId: string; readonly count: number }

export const KEY_MADE = 'access.key_made.v1'
export type KeyMade = By & {
  readonly keyId: string
  readonly name: string
  readonly scopes: readonly KeyScope[]
  /** Requests a second; 0 = as many as the server takes. */
  readonly perSecondMax: number
}

export const KEY_ROTATED = 'access.key_rotated.v1'
export type KeyRotated = By & {
  readonly keyId: string /** How long the old one still opens, ms. */
  readonly overlapMs: number
}

export const KEY_REVOKED = 'access.key_revoked.v1'
export type KeyRevoked = By & { readonly keyId: string }
