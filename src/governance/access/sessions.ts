// Sessions of people: made when somebody proves who they are, known by the hash of a random token, ended by time,
// by their owner or by an owner of the installation.

import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal, type Principal } from '../../kernel/principal.ts'
import { SESSIONS_ENDED, SIGNED_IN, type SessionsEnded, type SignedIn } from './events.ts'
import { keep, tell } from './facts.ts'
import { LIMITS, type AccessPorts, type StoredSession } from './ports.ts'

/** Where somebody comes from, as far as it is kept. */
export type Visitor = {
  /** Of the connection. */
  readonly address: string
  /** The browser's own words. */
  readonly agent: string
}

export type UserPrincipal = Extract<Principal, { kind: 'user' }>
export type Session = { readonly id: string; readonly principal: UserPrincipal }
/** The token is the caller's to hand out; only its hash stays. */
export type Opened = { readonly token: string; readonly session: Session }

export type SessionLine = Omit<StoredSession, 'hash' | 'userId'> & { readonly expiresAt: number }

export type Sessions = {
  readonly open: (
    userId: string,
    about: { readonly visitor: Visitor; readonly way: StoredSession['way']; readonly secondFactor: boolean },
  ) => Promise<Opened>
  /** Whose session it is; null when it is none, over, or theirs who may not sign in any more. */
  readonly of: (token: string) => Session | null
  /** Whether a session still stands, asked again and again by what stays open. */
  readonly stands: (sessionId: string) => boolean
  readonly list: (userId: string) => readonly SessionLine[]
  /** Ends those that `which` picks; says how many. */
  readonly end: (userId: string, which: (session: StoredSession) => boolean, by: Principal) => Promise<number>
  /** Of everybody together, for the file: when each was last used. */
  readonly saveSeen: () => Promise<void>
}

const AGENT_LENGTH_MAX = 200

export const createSessions = (ports: AccessPorts): Sessions => {
  const { store, secrets, state, settings, realNow } = ports
  /** Last use by session id, ahead of the file. */
  const seen = new Map<string, number>()
  let index: { readonly version: number; readonly byHash: ReadonlyMap<string, StoredSession> } | null = null

  const byHash = (): ReadonlyMap<string, StoredSession> => {
    if (index?.version !== store.version())
      index = {
        version: store.version(),
        byHash: new Map(store.read().sessions.map((session) => [session.hash, session])),
      }
    return index.byHash
  }
  const seenAt = (session: StoredSession): number => Math.max(session.seenAt, seen.get(session.id) ?? 0)
  const expiresAt = (session: StoredSession): number =>
    Math.min(session.madeAt + settings.sessionMsMax, seenAt(session) + settings.sessionIdleMs)
  const principalOf = (session: StoredSession): UserPrincipal | null => {
    const user = state.users.get(session.userId)
    if (user === undefined || user.standing !== 'active' || expiresAt(session) <= realNow()) return null
    return { kind: 'user', id: user.id, name: user.name, role: user.role }
  }

  return {
    open: async (userId, { visitor, way, secondFactor }) => {
      const token = secrets.newToken()
      const now = realNow()
      const session: StoredSession = {
        id: secrets.newId('s'),
        hash: secrets.hashToken(token),
        userId,
        madeAt: now,
        seenAt: now,
        agent: visitor.agent.slice(0, AGENT_LENGTH_MAX),
        network: networkOf(visitor.address),
        way,
        secondFactor,
      }
      await keep(ports, (stored) => ({
        ...stored,
        sessions: [
          ...withRoom(
            stored.sessions.filter((one) => expiresAt(one) > now),
            userId,
          ),
          session,
        ],
      }))
      const data: SignedIn = { userId, way, secondFactor, network: session.network }
      await tell(ports, [{ type: SIGNED_IN, data }])
      const principal = principalOf(session)
      if (principal === null)
        throw new Failure({ code: 'auth.no_session', message: 'This account may not sign in any more.' })
      return { token, session: { id: session.id, principal } }
    },
    of: (token) => {
      const session = byHash().get(secrets.hashToken(token))
      const principal = session === undefined ? null : principalOf(session)
      if (session === undefined || principal === null) return null
      seen.set(session.id, realNow())
      return { id: session.id, principal }
    },
    stands: (sessionId) => {
      const session = store.read().sessions.find(({ id }) => id === sessionId)
      return session !== undefined && principalOf(session) !== null
    },
    list: (userId) =>
      store
        .read()
        .sessions.filter((session) => session.userId === userId && principalOf(session) !== null)
        .map(({ hash: _hash, userId: _userId, ...session }) => ({
          ...session,
          seenAt: seenAt({ ...session, hash: '', userId }),
          expiresAt: expiresAt({ ...session, hash: '', userId }),
        })),
    end: async (userId, which, by) => {
      const ending = store.read().sessions.filter((one) => one.userId === userId && which(one))
      if (ending.length === 0) return 0
      const ids = new Set(ending.map(({ id }) => id))
      await keep(ports, (stored) => ({
        ...stored,
        sessions: stored.sessions.filter(({ id }) => !ids.has(id)),
      }))
      const data: SessionsEnded = { userId, count: ending.length, by: spellPrincipal(by) }
      await tell(ports, [{ type: SESSIONS_ENDED, data }])
      return ending.length
    },
    saveSeen: async () => {
      const { sessions } = store.read()
      if (!sessions.some((one) => seenAt(one) > one.seenAt)) return
      await keep(ports, (stored) => ({
        ...stored,
        sessions: stored.sessions.map((one) => ({ ...one, seenAt: seenAt(one) })),
      }))
      seen.clear()
    },
  }
}

/** With room for one more: the one unused for longest gives way. */
const withRoom = (sessions: readonly StoredSession[], userId: string): readonly StoredSession[] => {
  const own = sessions.filter((one) => one.userId === userId).toSorted((a, b) => a.seenAt - b.seenAt)
  const going = new Set(own.slice(0, Math.max(0, own.length - LIMITS.sessionsPerUserMax + 1)))
  return sessions.filter((one) => !going.has(one))
}

/**
 * The network of an address, as it is kept: enough to know one's own by, too little to find a person by.
 * @example networkOf('203.0.113.77') // '203.0.113.0/24'
 */
export const networkOf = (address: string): string => {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(address)
  if (v4 !== null) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`
  if (!address.includes(':')) return ''
  return `${groupsOf(address).slice(0, 3).join(':')}::/48`
}

/** Who counts as one when guessing is made slow: an IPv4 address, an IPv6 network of one household. */
export const guesserOf = (address: string): string =>
  address.includes(':') && !address.startsWith('::ffff:') ? groupsOf(address).slice(0, 4).join(':') : address

const groupsOf = (address: string): readonly string[] => {
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  if (tail === undefined) return left
  const right = tail === '' ? [] : tail.split(':')
  return [
    ...left,
    ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'),
    ...right,
  ]
}
