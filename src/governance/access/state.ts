// Who is a user with which role, and which keys there are: folded from the log, so that neither an old copy of the
// secrets nor a hand in their file brings back what was taken away.

import { ROLES, type KeyScope, type Role } from '../../kernel/principal.ts'
import type { Dump } from '../../log/dump.ts'
import type { LogEvent } from '../../log/port.ts'
import {
  KEY_MADE,
  KEY_REVOKED,
  KEY_ROTATED,
  ROLE_CHANGED,
  USER_DISABLED,
  USER_ENABLED,
  USER_INVITED,
  USER_JOINED,
  type KeyMade,
  type KeyRevoked,
  type KeyRotated,
  type RoleChanged,
  type UserInvited,
  type UserJoined,
  type UserStanding,
} from './events.ts'

export type UserRecord = {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** `invited`: may not sign in yet; `disabled`: not any more. */
  readonly standing: 'invited' | 'active' | 'disabled'
  /** When they were invited or came, by the product's clock. */
  readonly since: number
}

export type KeyRecord = {
  readonly id: string
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly perSecondMax: number
  readonly madeAt: number
  readonly madeBy: string
  readonly rotatedAt: number | null
  readonly revokedAt: number | null
}

export type AccessState = {
  readonly users: Map<string, UserRecord>
  readonly keys: Map<string, KeyRecord>
  /** Rises with each change: what was worked out before it may be wrong. */
  version: number
}

export const createAccess = (): AccessState => ({ users: new Map(), keys: new Map(), version: 0 })

/** Takes one event in; those of other slices change nothing. */
export const foldAccess = (state: AccessState, event: LogEvent): void => {
  if (!event.type.startsWith('access.')) return
  state.version++
  switch (event.type) {
    case USER_INVITED: {
      const { userId, name, role } = event.data as UserInvited
      state.users.set(userId, { id: userId, name, role, standing: 'invited', since: event.at })
      return
    }
    case USER_JOINED: {
      const { userId, name, role } = event.data as UserJoined
      state.users.set(userId, { id: userId, name, role, standing: 'active', since: event.at })
      return
    }
    case ROLE_CHANGED: {
      const { userId, to } = event.data as RoleChanged
      return changeUser(state, userId, { role: to })
    }
    case USER_DISABLED:
      return changeUser(state, (event.data as UserStanding).userId, { standing: 'disabled' })
    case USER_ENABLED:
      return changeUser(state, (event.data as UserStanding).userId, { standing: 'active' })
    case KEY_MADE: {
      const { keyId, name, scopes, perSecondMax, by } = event.data as KeyMade
      const made = { id: keyId, name, scopes, perSecondMax, madeAt: event.at, madeBy: by }
      // An id is given once: a second key of the same id must not bring a revoked one back.
      if (!state.keys.has(keyId)) state.keys.set(keyId, { ...made, rotatedAt: null, revokedAt: null })
      return
    }
    case KEY_ROTATED:
      return changeKey(state, (event.data as KeyRotated).keyId, { rotatedAt: event.at })
    case KEY_REVOKED:
      return changeKey(state, (event.data as KeyRevoked).keyId, { revokedAt: event.at })
  }
}

const changeUser = (state: AccessState, id: string, change: Partial<UserRecord>): void => {
  const user = state.users.get(id)
  if (user !== undefined) state.users.set(id, { ...user, ...change })
}

const changeKey = (state: AccessState, id: string, change: Partial<KeyRecord>): void => {
  const key = state.keys.get(id)
  if (key !== undefined) state.keys.set(id, { ...key, ...change })
}

/** Users who can sign in and manage others. */
export const activeOwners = (state: AccessState): readonly UserRecord[] =>
  [...state.users.values()].filter(({ role, standing }) => role === 'owner' && standing === 'active')

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text)

export const dumpAccess = (state: AccessState): Dump => ({
  users: [...state.users.values()],
  keys: [...state.keys.values()].map((key) => ({ ...key, scopes: [...key.scopes] })),
  version: state.version,
})

export const restoreAccess = (dump: Dump): AccessState => {
  const state = createAccess()
  for (const user of dump['users'] as unknown as readonly UserRecord[]) state.users.set(user.id, user)
  for (const key of dump['keys'] as unknown as readonly KeyRecord[]) state.keys.set(key.id, key)
  state.version = dump['version'] as number
  return state
}
