// People of an installation: the first owner by a link printed at the first start, the others by invitation; roles,
// closing and opening accounts, links to choose a new password. Each change is a fact before it counts.

import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal, type Principal, type Role } from '../../kernel/principal.ts'
import {
  CREDENTIAL_CHANGED,
  ROLE_CHANGED,
  USER_DISABLED,
  USER_ENABLED,
  USER_INVITED,
  type CredentialChanged,
  type RoleChanged,
  type UserInvited,
  type UserStanding,
} from './events.ts'
import type { Lockout } from './lockout.ts'
import { LIMITS, type AccessPorts } from './ports.ts'
import type { Sessions } from './sessions.ts'
import { withUser } from './sign-in.ts'
import { activeOwners, type UserRecord } from './state.ts'
import {
  checkedEmail,
  checkedName,
  createLinks,
  createWelcome,
  newUser,
  requireFree,
  withNewUser,
  type Link,
  type Welcomes,
} from './welcome.ts'

export type UserLine = UserRecord & {
  readonly email: string
  readonly secondFactor: boolean
  /** Signs in at an identity provider. */
  readonly external: boolean
  readonly sessions: number
  /** A link is out that has not been used. */
  readonly linkUntil: number | null
}

export type People = Welcomes & {
  readonly list: () => readonly UserLine[]
  /** A link for the first owner; null while somebody owns the installation. */
  readonly setupLink: () => Promise<Link | null>
  readonly invite: (
    about: { readonly email: string; readonly name: string; readonly role: Role },
    by: Principal,
  ) => Promise<{ readonly userId: string; readonly link: Link }>
  readonly changeRole: (userId: string, to: Role, by: Principal) => Promise<void>
  readonly disable: (userId: string, by: Principal) => Promise<void>
  readonly enable: (userId: string, by: Principal) => Promise<void>
  /** A link to choose a new password; the second factor is taken off, and all sessions end. */
  readonly reset: (userId: string, by: Principal) => Promise<Link>
}

export const createPeople = (ports: AccessPorts, sessions: Sessions, lockout: Lockout): People => {
  const { state, store, secrets, record } = ports
  const links = createLinks(ports)
  const inTurn = createTurns()
  return {
    list: () => [...state.users.values()].map((user) => lineOf(ports, sessions, user)),
    setupLink: async () =>
      activeOwners(state).length > 0 ? null : links.make({ kind: 'setup', userId: '' }, LIMITS.setupMs),
    invite: async (about, by) => {
      const email = checkedEmail(about.email)
      requireFree(ports, email)
      if (state.users.size >= LIMITS.usersMax)
        throw new Failure({ code: 'access.too_many', message: `There are ${LIMITS.usersMax} users already.` })
      const userId = secrets.newId('u')
      const name = checkedName(about.name, email)
      await store.change((stored) => withNewUser(ports, stored, newUser(userId, email)))
      const data: UserInvited = { userId, name, role: about.role, by: spellPrincipal(by) }
      await record([{ type: USER_INVITED, data }])
      return { userId, link: await links.make({ kind: 'invite', userId }, LIMITS.inviteMs) }
    },
    changeRole: async (userId, to, by) =>
      inTurn(async () => {
        const user = userOf(ports, userId)
        if (user.role === to) return
        if (to !== 'owner') requireOtherOwner(ports, user)
        const data: RoleChanged = { userId, from: user.role, to, by: spellPrincipal(by) }
        await record([{ type: ROLE_CHANGED, data }])
      }),
    disable: async (userId, by) =>
      inTurn(async () => {
        const user = userOf(ports, userId)
        if (user.standing === 'disabled') return
        requireOtherOwner(ports, user)
        const data: UserStanding = { userId, by: spellPrincipal(by) }
        await record([{ type: USER_DISABLED, data }])
        await links.drop((link) => link.userId === userId)
        await sessions.end(userId, () => true, by)
      }),
    enable: async (userId, by) => {
      if (userOf(ports, userId).standing !== 'disabled') return
      const data: UserStanding = { userId, by: spellPrincipal(by) }
      await record([{ type: USER_ENABLED, data }])
    },
    reset: async (userId, by) => {
      const { standing } = userOf(ports, userId)
      if (standing === 'disabled') throw accountClosed()
      const data: CredentialChanged = { userId, what: 'reset_link', by: spellPrincipal(by) }
      await record([{ type: CREDENTIAL_CHANGED, data }])
      await store.change((stored) => withUser(stored, userId, { password: null, totp: null, recovery: [] }))
      lockout.forgive(store.read().users.find(({ id }) => id === userId)?.email ?? '')
      await sessions.end(userId, () => true, by)
      return standing === 'invited'
        ? links.make({ kind: 'invite', userId }, LIMITS.inviteMs)
        : links.make({ kind: 'reset', userId }, LIMITS.resetMs)
    },
    ...createWelcome(ports, sessions, links),
  }
}

/** One after the other: two owners must not take the role from each other at the same moment. */
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve()
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

const lineOf = ({ store, realNow }: AccessPorts, sessions: Sessions, user: UserRecord): UserLine => {
  const stored = store.read().users.find(({ id }) => id === user.id)
  const link = store.read().links.find(({ userId }) => userId === user.id)
  return {
    ...user,
    email: stored?.email ?? '',
    secondFactor: stored?.totp?.confirmed === true,
    external: (stored?.identities.length ?? 0) > 0,
    sessions: sessions.list(user.id).length,
    linkUntil: link !== undefined && link.expiresAt > realNow() ? link.expiresAt : null,
  }
}

const userOf = ({ state }: AccessPorts, userId: string): UserRecord => {
  const user = state.users.get(userId)
  if (user !== undefined) return user
  throw new Failure({
    code: 'access.user_unknown',
    message: `There is no user ${userId.slice(0, 40)}.`,
    hint: 'See the list of users.',
  })
}

/** An installation is never left without somebody who can manage it. */
const requireOtherOwner = ({ state }: AccessPorts, user: UserRecord): void => {
  const owners = activeOwners(state)
  if (owners.length !== 1 || owners[0]?.id !== user.id) return
  throw new Failure({
    code: 'access.last_owner',
    message: 'This is the only owner.',
    hint: 'Make somebody else an owner first.',
  })
}

const accountClosed = (): Failure =>
  new Failure({ code: 'access.disabled', message: 'This account is closed.', hint: 'Open it first.' })
