// Links that work once: for the first owner, for somebody invited, for a new password. Using one up is how people
// come in.

import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal, type Role } from '../../kernel/principal.ts'
import { CREDENTIAL_CHANGED, USER_JOINED, type CredentialChanged, type UserJoined } from './events.ts'
import { passwordProblem, type PasswordProblem } from './password-rules.ts'
import type { AccessPorts, StoredAccess, StoredLink, StoredUser } from './ports.ts'
import type { Opened, Sessions, Visitor } from './sessions.ts'
import { normalEmail, withUser } from './sign-in.ts'
import { activeOwners } from './state.ts'

export type Link = { readonly token: string; readonly expiresAt: number }
export type Welcome = Pick<StoredLink, 'kind'> & {
  readonly name: string
  readonly email: string
  readonly role: Role
}

export type Welcomes = {
  /** Whom a link is for. Throws Failure `access.link_invalid`. */
  readonly look: (token: string) => Welcome
  /** Uses a link up: the person is in. For a setup, name and address are theirs to say. */
  readonly accept: (
    given: {
      readonly token: string
      readonly password: string
      readonly name: string
      readonly email: string
    },
    visitor: Visitor,
  ) => Promise<Opened>
}

export type Links = {
  readonly make: (about: Omit<StoredLink, 'hash' | 'expiresAt'>, forMs: number) => Promise<Link>
  /** Throws Failure `access.link_invalid`. */
  readonly find: (token: string) => StoredLink
  readonly drop: (which: (link: StoredLink) => boolean) => Promise<void>
}

export const createLinks = ({ state, store, secrets, realNow }: AccessPorts): Links => ({
  make: async (about, forMs) => {
    const token = secrets.newToken()
    const expiresAt = realNow() + forMs
    // One link a person: a new one takes the place of the old one.
    await store.change((stored) => ({
      ...stored,
      links: [
        ...stored.links.filter((link) => link.userId !== about.userId && link.expiresAt > realNow()),
        { ...about, hash: secrets.hashToken(token), expiresAt },
      ],
    }))
    return { token, expiresAt }
  },
  find: (token) => {
    const hash = secrets.hashToken(token)
    const link = store.read().links.find((one) => one.hash === hash)
    const gone = link === undefined || link.expiresAt <= realNow()
    if (gone || (link.kind === 'setup' && activeOwners(state).length > 0)) throw linkInvalid()
    return link
  },
  drop: async (which) =>
    store.change((stored) => ({ ...stored, links: stored.links.filter((link) => !which(link)) })),
})

export const createWelcome = (ports: AccessPorts, sessions: Sessions, links: Links): Welcomes => {
  const { state, store, secrets, record } = ports
  /** Links that are being used at this moment. */
  const using = new Set<string>()
  const storedOf = (userId: string) => store.read().users.find(({ id }) => id === userId)

  const comeIn = async (link: StoredLink, about: { name: string; email: string; password: string }) => {
    const known = state.users.get(link.userId)
    const stored = storedOf(link.userId)
    const password = await secrets.hashPassword(about.password)
    const userId = link.kind === 'setup' ? secrets.newId('u') : link.userId
    await store.change((now) =>
      stored === undefined
        ? withNewUser(ports, now, { ...newUser(userId, about.email), password })
        : withUser(now, userId, { password }),
    )
    const by = spellPrincipal({ kind: 'user', id: userId, name: about.name, role: 'viewer' })
    if (link.kind === 'reset') {
      const data: CredentialChanged = { userId, what: 'password', by }
      await record([{ type: CREDENTIAL_CHANGED, data }])
    } else {
      const data: UserJoined = { userId, name: about.name, role: known?.role ?? 'owner', way: link.kind, by }
      await record([{ type: USER_JOINED, data }])
    }
    return userId
  }

  return {
    look: (token) => {
      const link = links.find(token)
      const { name = '', role = 'owner' as const } = state.users.get(link.userId) ?? {}
      return { kind: link.kind, name, email: storedOf(link.userId)?.email ?? '', role }
    },
    accept: async (given, visitor) => {
      const link = links.find(given.token)
      // The first owner says who they are; so does somebody whose address was lost with the file.
      const email = storedOf(link.userId)?.email ?? checkedEmail(given.email)
      const name = state.users.get(link.userId)?.name ?? checkedName(given.name, email)
      requireGoodPassword(given.password, [email, name])
      if (storedOf(link.userId) === undefined) requireFree(ports, email)
      // A link works once, also for two at the same moment.
      if (using.has(link.hash)) throw linkInvalid()
      using.add(link.hash)
      try {
        const userId = await comeIn(link, { name, email, password: given.password })
        await links.drop(({ hash }) => hash === link.hash)
        return await sessions.open(userId, { visitor, way: 'link', secondFactor: false })
      } finally {
        using.delete(link.hash)
      }
    },
  }
}

export const newUser = (id: string, email: string): StoredUser => ({
  id,
  email,
  password: null,
  totp: null,
  recovery: [],
  identities: [],
})

/** In place of what was left of one whom the log never heard of. */
export const withNewUser = (
  { state }: AccessPorts,
  stored: StoredAccess,
  user: StoredUser,
): StoredAccess => ({
  ...stored,
  users: [...stored.users.filter(({ id, email }) => state.users.has(id) || email !== user.email), user],
})

export const requireFree = ({ state, store }: AccessPorts, email: string): void => {
  if (!store.read().users.some((user) => user.email === email && state.users.has(user.id))) return
  throw new Failure({
    code: 'access.email_taken',
    message: 'Somebody with this address is there already.',
    hint: 'Send them a new link instead (reset).',
  })
}

export const checkedEmail = (text: string): string => {
  const email = normalEmail(text)
  if (email.length <= 254 && /^[^\s@,;<>()"]+@[^\s@,;<>()"]+$/u.test(email)) return email
  throw new Failure({
    code: 'access.email_invalid',
    message: 'This is not an e-mail address.',
    hint: 'Write it as name@company.example.',
  })
}

/** Control and direction signs have no place in a name that others see. */
export const checkedName = (text: string, email: string): string => {
  const name = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
  return Array.from(name === '' ? (email.split('@')[0] ?? email) : name)
    .slice(0, 100)
    .join('')
}

const linkInvalid = (): Failure =>
  new Failure({
    code: 'access.link_invalid',
    message: 'This link was used, is too old or was never given.',
    hint: 'Ask whoever sent it for a new one.',
  })

const PASSWORD_WORDS: Readonly<Record<PasswordProblem, string>> = {
  too_short: 'The password has fewer than 12 signs.',
  too_long: 'The password has more than 256 signs.',
  too_simple: 'The password repeats itself.',
  too_common: 'The password is one of the first that are tried.',
  about_you: 'The password is made of your own name or address.',
}

/** Throws Failure `access.password_<problem>`. */
export const requireGoodPassword = (password: string, about: readonly string[]): void => {
  const problem = passwordProblem(password, about)
  if (problem === null) return
  throw new Failure({
    code: `access.password_${problem}`,
    message: PASSWORD_WORDS[problem],
    hint: 'Four or five words that do not belong together make a good one.',
  })
}
