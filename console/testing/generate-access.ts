// People, keys and sessions of the fixture: who is signed in by its cookie, and what changing them answers.

import { createNoticesWorld } from './generate-notices.ts'
import { FIXTURE_NOW, type FixtureState } from './world.ts'
import type { Account, ApiKey, Session, User } from '../../src/api/contract.ts'

export const FIXTURE_COOKIE = 'windvane-session=fixture'
export const FIXTURE_PERSON = {
  email: 'anna@company.example',
  password: 'heron lamp quiet ladder',
  code: '123456',
} as const
export const FIXTURE_LINK = 'a-link-of-the-fixture-server'

const DAY = 86_400_000
const PERMISSIONS = [
  'proposals.answer',
  'figures.read',
  'decisions.read',
  'people.read',
  'data.export',
  'people.erase',
  'plan.apply',
  'stop.raise',
  'stop.lift',
]

type Answer = readonly [status: number, body: unknown, cookie?: string]

const failure = (code: string, message: string) => ({ error: { code, message, hint: '' } })
const NOT_FOUND: Answer = [404, failure('access.link_invalid', 'This link was used.')]

export function createAccessWorld(state: () => FixtureState) {
  let users = makeUsers()
  let keys = makeKeys()
  let secondFactor = false
  const notices = createNoticesWorld(state)

  const session = (who: 'cookie' | 'key' | 'nobody'): Session => ({
    principal:
      who === 'nobody'
        ? null
        : who === 'key'
          ? { kind: 'key', id: 'admin', name: 'admin key', role: null }
          : { kind: 'user', id: 'u1', name: 'Anna Petrova', role: 'owner' },
    permissions:
      who === 'nobody'
        ? []
        : who === 'key'
          ? PERMISSIONS
          : [...PERMISSIONS, 'account.own', 'users.manage', 'keys.manage'],
    csrf: who === 'cookie' ? 'csrf' : '',
    providers: [{ id: 'company', name: 'Company ID' }],
    ownerless: state() === 'empty',
  })
  const signIn = (body: {
    readonly email: string
    readonly password: string
    readonly code?: string
  }): Answer => {
    if (body.email !== FIXTURE_PERSON.email || body.password !== FIXTURE_PERSON.password)
      return [401, failure('auth.wrong_password', 'Address and password do not fit together.')]
    if (body.code === undefined)
      return [401, failure('auth.second_factor', 'This account has a second factor.')]
    if (body.code !== FIXTURE_PERSON.code) return [401, failure('auth.wrong_code', 'This code does not fit.')]
    return [200, { done: true }, FIXTURE_COOKIE]
  }
  const welcome = (path: string, body: { readonly token: string; readonly password?: string }): Answer => {
    if (body.token !== FIXTURE_LINK) return NOT_FOUND
    if (path === '/api/welcome/look') return [200, { kind: 'setup', name: '', email: '', role: 'owner' }]
    if ((body.password ?? '').length < 12)
      return [422, failure('access.password_too_short', 'The password has fewer than 12 signs.')]
    return [200, { done: true }, FIXTURE_COOKIE]
  }
  const account = (): Account => ({
    email: FIXTURE_PERSON.email,
    hasPassword: true,
    secondFactor,
    recoveryLeft: secondFactor ? 10 : 0,
    external: false,
    sessions: makeSessions(state()),
  })
  const changeAccount = (path: string, body: { readonly code?: string }): Answer => {
    if (path.endsWith('/totp'))
      return [
        200,
        {
          secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
          uri: 'otpauth://totp/Windvane:anna?secret=GEZDGNBVGY3TQOJQ&issuer=Windvane',
        },
      ]
    if (path.endsWith('/totp/on')) {
      if (body.code !== FIXTURE_PERSON.code)
        return [422, failure('access.code_wrong', 'This code does not fit.')]
      secondFactor = true
      return [200, { codes: Array.from({ length: 10 }, (_, n) => `code-${n}000-0000-000${n}`) }]
    }
    return [200, { done: true }]
  }
  const link = (userId: string): Answer => [
    200,
    { userId, url: `http://fixture.example/welcome#token=${FIXTURE_LINK}`, expiresAt: FIXTURE_NOW + 7 * DAY },
  ]
  const changeUsers = (parts: readonly string[], body: Partial<User>): Answer => {
    const [id, what] = parts
    if (id === undefined) {
      const user = makeUser(`u${users.length + 1}`, body.email ?? '', body.role ?? 'viewer', 'invited')
      users = [...users, user]
      return link(user.id)
    }
    if (what === 'reset') return link(id)
    if (id === 'u1') return [422, failure('access.last_owner', 'This is the only owner.')]
    users = users.map((user) => (user.id === id ? { ...user, ...body } : user))
    return [200, { done: true }]
  }
  const changeKeys = (parts: readonly string[], body: Partial<ApiKey>): Answer => {
    const [id, what] = parts
    if (what === 'revoke')
      keys = keys.map((key) => (key.id === id ? { ...key, revokedAt: FIXTURE_NOW } : key))
    if (what === 'revoke') return [200, { done: true }]
    if (id === undefined) keys = [...keys, makeKey(`k${keys.length}`, body.name ?? '', body.scopes ?? [])]
    const overlapUntil = id === undefined ? null : FIXTURE_NOW + DAY
    return [
      200,
      { id: id ?? 'k9', key: 'wv_ingest_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG', overlapUntil },
    ]
  }

  return {
    session,
    /** null: not one of these routes. */
    answer: (method: string, path: string, body: unknown): Answer | null => {
      const told = notices.answer(method, path, body)
      if (told !== null) return told
      const given = body as never
      const [, , area, ...parts] = path.split('/')
      if (area === 'welcome') return welcome(path, given)
      if (path === '/api/session/end') return [200, { done: true }, 'windvane-session=']
      if (area === 'session' && method === 'POST') return signIn(given)
      if (area !== 'account' && area !== 'users' && area !== 'keys') return null
      if (state() === 'error') return [500, failure('log.read_failed', 'The log could not be read.')]
      if (area === 'account') return method === 'GET' ? [200, account()] : changeAccount(path, given)
      if (area === 'users')
        return method === 'GET' ? [200, { items: shown(users, state()) }] : changeUsers(parts, given)
      return method === 'GET' ? [200, { items: state() === 'empty' ? [] : keys }] : changeKeys(parts, given)
    },
  }
}

const shown = (users: readonly User[], state: FixtureState): readonly User[] =>
  state === 'empty'
    ? users.slice(0, 1)
    : state === 'long'
      ? users.map((user) => ({
          ...user,
          name: `${user.name} von und zu Hohenlohe-Waldenburg-Schillingsfürst the Younger`,
          email: `a-very-long-mailbox-name-without-a-break-${user.email}`,
        }))
      : users

const makeUser = (id: string, email: string, role: User['role'], standing: User['standing']): User => ({
  id,
  name: email.split('@')[0] ?? '',
  email,
  role,
  standing,
  since: FIXTURE_NOW - 40 * DAY,
  secondFactor: id === 'u1',
  external: id === 'u3',
  sessions: standing === 'active' ? 2 : 0,
  linkUntil: standing === 'invited' ? FIXTURE_NOW + 5 * DAY : null,
})

const makeUsers = (): readonly User[] => [
  { ...makeUser('u1', FIXTURE_PERSON.email, 'owner', 'active'), name: 'Anna Petrova' },
  makeUser('u2', 'ivan@company.example', 'approver', 'active'),
  makeUser('u3', 'lena@company.example', 'marketer', 'active'),
  makeUser('u4', 'oleg@company.example', 'viewer', 'invited'),
  makeUser('u5', 'gone@company.example', 'engineer', 'disabled'),
]

const makeKey = (id: string, name: string, scopes: ApiKey['scopes']): ApiKey => ({
  id,
  name,
  scopes,
  perSecondMax: id === 'k1' ? 200 : 0,
  madeAt: FIXTURE_NOW - 30 * DAY,
  madeBy: 'Anna Petrova (user u1)',
  rotatedAt: null,
  revokedAt: null,
  lastUsedAt: id === 'k2' ? null : FIXTURE_NOW - 60_000,
  overlapUntil: id === 'k1' ? FIXTURE_NOW + DAY : null,
})

const makeKeys = (): readonly ApiKey[] => [
  makeKey('k1', 'shop.example', ['ingest']),
  makeKey('k2', 'recommendation widget', ['ingest', 'decide']),
  makeKey('admin', 'admin key', ['admin']),
]

const makeSessions = (state: FixtureState): Account['sessions'] =>
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1',
    'curl/8.5.0',
  ]
    .slice(0, state === 'empty' ? 1 : 3)
    .map((agent, index) => ({
      id: `s${index}`,
      current: index === 0,
      madeAt: FIXTURE_NOW - index * DAY,
      seenAt: FIXTURE_NOW - index * 3_600_000,
      expiresAt: FIXTURE_NOW + DAY,
      agent,
      network: index === 1 ? '2001:db8:1::/48' : '203.0.113.0/24',
      way: index === 1 ? 'oidc' : 'password',
      secondFactor: index === 0,
    }))
