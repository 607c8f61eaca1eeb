// People who sign in at their company's identity provider. It says who they are; what they may do here comes from
// a claim, by a table that the operator wrote, each time they sign in.

import { Failure } from '../../kernel/failure.ts'
import { ROLES, type Role } from '../../kernel/principal.ts'
import { ROLE_CHANGED, USER_JOINED, type RoleChanged, type UserJoined } from './events.ts'
import { createFailureFacts } from './facts.ts'
import { checkedEmail, checkedName, newUser, withNewUser } from './welcome.ts'
import type { AccessPorts, StoredUser } from './ports.ts'
import { networkOf, type Opened, type Sessions, type Visitor } from './sessions.ts'
import { withUser } from './sign-in.ts'
import { activeOwners } from './state.ts'

export type ProviderRules = {
  /** In the settings, and in addresses. */
  readonly id: string
  /** On the button. */
  readonly name: string
  readonly issuer: string
  /** The claim that says what somebody is: a text or a list of texts. */
  readonly roleClaim: string
  /** From what it says to a role here. */
  readonly roles: Readonly<Record<string, Role>>
}

/** What the provider vouches for, checked and signed. */
export type Claims = Readonly<Record<string, unknown>>

export type SingleSignOn = (rules: ProviderRules, claims: Claims, visitor: Visitor) => Promise<Opened>

/** Throws Failures `auth.oidc_no_role`, `auth.oidc_no_email`, `auth.oidc_disabled`. */
export const createSingleSignOn = (ports: AccessPorts, sessions: Sessions): SingleSignOn => {
  const { state, store, secrets, record } = ports
  const recordFailure = createFailureFacts(ports)

  return async (rules, claims, visitor) => {
    const network = networkOf(visitor.address)
    const subject = textOf(claims, 'sub')
    const role = roleOf(rules, claims)
    const known = userWith(ports, rules.issuer, subject, claims)
    const refuse = async (failure: Failure): Promise<never> => {
      await recordFailure({ userId: known?.id ?? '', reason: 'oidc', network })
      throw failure
    }
    if (role === null) return refuse(noRole(rules))
    const email = known?.email ?? verifiedEmail(claims)
    if (email === null) return refuse(noEmail(rules))
    const userId = known?.id ?? secrets.newId('u')
    const name = checkedName(textOf(claims, 'name'), email)
    const by = `${name} (user ${userId})`
    const there = state.users.get(userId)
    if (there?.standing === 'disabled') return refuse(closed())
    const identity = { issuer: rules.issuer, subject }
    await store.change((stored) =>
      known === undefined
        ? withNewUser(ports, stored, { ...newUser(userId, email), identities: [identity] })
        : withUser(stored, userId, {
            identities: [...known.identities.filter((one) => one.issuer !== rules.issuer), identity],
          }),
    )
    if (there === undefined || there.standing === 'invited') {
      const data: UserJoined = { userId, name, role, way: 'oidc', by }
      await record([{ type: USER_JOINED, data }])
    } else if (there.role !== role && !isLastOwner(ports, userId)) {
      const data: RoleChanged = { userId, from: there.role, to: role, by: `${rules.name} (oidc ${rules.id})` }
      await record([{ type: ROLE_CHANGED, data }])
    }
    // What the provider asked for is the provider's matter; it says so in `amr` where it does.
    const amr = claims['amr']
    const secondFactor = Array.isArray(amr) && amr.some((one) => one === 'mfa' || one === 'otp')
    return sessions.open(userId, { visitor, way: 'oidc', secondFactor })
  }
}

/** Whatever the provider says, an installation is not left without an owner. */
const isLastOwner = ({ state }: AccessPorts, userId: string): boolean =>
  activeOwners(state).some(({ id }) => id === userId) && activeOwners(state).length === 1

/** By what the provider calls them; the first time by an address that it has verified. */
const userWith = (
  { state, store }: AccessPorts,
  issuer: string,
  subject: string,
  claims: Claims,
): StoredUser | undefined => {
  const users = store.read().users.filter(({ id }) => state.users.has(id))
  const same = users.find(({ identities }) =>
    identities.some((one) => one.issuer === issuer && one.subject === subject),
  )
  if (same !== undefined) return same
  const email = verifiedEmail(claims)
  return email === null ? undefined : users.find((user) => user.email === email)
}

const verifiedEmail = (claims: Claims): string | null =>
  claims['email_verified'] === true && textOf(claims, 'email') !== ''
    ? checkedEmail(textOf(claims, 'email'))
    : null

/** The highest of the roles that the claim's values stand for. */
const roleOf = ({ roleClaim, roles }: ProviderRules, claims: Claims): Role | null => {
  const value = claims[roleClaim]
  const values = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  const found = values.flatMap((one) => (Object.hasOwn(roles, one) ? [roles[one]] : []))
  return ROLES.toReversed().find((role) => found.includes(role)) ?? null
}

const textOf = (claims: Claims, name: string): string => {
  const value = claims[name]
  return typeof value === 'string' ? value : ''
}

const noRole = ({ name, roleClaim }: ProviderRules): Failure =>
  new Failure({
    code: 'auth.oidc_no_role',
    message: `${name} knows you, but nothing in “${roleClaim}” stands for a role here.`,
    hint: 'Ask whoever manages groups in your company, or whoever runs this installation.',
  })

const noEmail = ({ name }: ProviderRules): Failure =>
  new Failure({
    code: 'auth.oidc_no_email',
    message: `${name} gives no verified address of yours.`,
    hint: 'The claims email and email_verified are needed the first time.',
  })

const closed = (): Failure =>
  new Failure({
    code: 'auth.oidc_disabled',
    message: 'This account is closed here.',
    hint: 'Ask an owner of this installation.',
  })
