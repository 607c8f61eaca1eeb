// The part of the contract about who may sign in: sessions, one's own account, people, keys. Times here are real
// ms since the epoch, but for when somebody joined or a key was made, which the log says by the product's clock.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const closed = { additionalProperties: false } as const

export const roleSchema = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('marketer'),
  Type.Literal('approver'),
  Type.Literal('engineer'),
  Type.Literal('owner'),
])
export const scopeSchema = Type.Union([
  Type.Literal('ingest'),
  Type.Literal('decide'),
  Type.Literal('admin'),
  Type.Literal('mcp'),
])

const email = Type.String({ minLength: 3, maxLength: 254 })
const password = Type.String({ minLength: 1, maxLength: 1_000 })
const code = Type.String({ maxLength: 40 })
const token = Type.String({ minLength: 20, maxLength: 200 })
const name = Type.String({ maxLength: 200 })

export const sessionSchema = Type.Object({
  /** Null: nobody is signed in. */
  principal: nullable(
    Type.Object({
      kind: Type.Union([Type.Literal('user'), Type.Literal('key'), Type.Literal('local')]),
      id: Type.String(),
      name: Type.String(),
      role: nullable(roleSchema),
    }),
  ),
  permissions: Type.Array(Type.String()),
  /** To be sent as `x-csrf-token` with everything that changes something; '' without a session. */
  csrf: Type.String(),
  /** Identity providers: send the browser to `/api/session/oidc/<id>`. */
  providers: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  /** Nobody owns this installation yet: the link for its first owner was printed where it was started. */
  ownerless: Type.Boolean(),
})
export const signInRequestSchema = Type.Object(
  { email, password, /** Of the second factor, when it was asked for. */ code: Type.Optional(code) },
  closed,
)
export const doneSchema = Type.Object({ done: Type.Literal(true) })

export const lookRequestSchema = Type.Object({ token }, closed)
export const welcomeSchema = Type.Object({
  kind: Type.Union([Type.Literal('setup'), Type.Literal('invite'), Type.Literal('reset')]),
  name: Type.String(),
  email: Type.String(),
  role: roleSchema,
})
export const welcomeRequestSchema = Type.Object(
  { token, password, /** Of the first owner. */ name: Type.Optional(name), email: Type.Optional(email) },
  closed,
)

export const accountSchema = Type.Object({
  email: Type.String(),
  hasPassword: Type.Boolean(),
  secondFactor: Type.Boolean(),
  recoveryLeft: Type.Integer(),
  /** Signs in at an identity provider. */
  external: Type.Boolean(),
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      current: Type.Boolean(),
      madeAt: Type.Number(),
      seenAt: Type.Number(),
      expiresAt: Type.Number(),
      agent: Type.String(),
      network: Type.String(),
      way: Type.String(),
      secondFactor: Type.Boolean(),
    }),
  ),
})
export const passwordRequestSchema = Type.Object(
  { current: Type.String({ maxLength: 1_000 }), next: password },
  closed,
)
export const provenRequestSchema = Type.Object({ password: Type.String({ maxLength: 1_000 }) }, closed)
export const codeRequestSchema = Type.Object({ code }, closed)
export const totpOffRequestSchema = Type.Object({ password: Type.String({ maxLength: 1_000 }), code }, closed)
export const totpSchema = Type.Object({ secret: Type.String(), uri: Type.String() })
export const recoverySchema = Type.Object({ codes: Type.Array(Type.String()) })
export const endSessionsRequestSchema = Type.Object(
  { /** '' = all but this one. */ session: Type.String({ maxLength: 40 }) },
  closed,
)

export const userSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  role: roleSchema,
  standing: Type.Union([Type.Literal('invited'), Type.Literal('active'), Type.Literal('disabled')]),
  since: Type.Number(),
  secondFactor: Type.Boolean(),
  external: Type.Boolean(),
  sessions: Type.Integer(),
  linkUntil: nullable(Type.Number()),
})
export const usersSchema = Type.Object({ items: Type.Array(userSchema) })
export const inviteRequestSchema = Type.Object({ email, name: Type.Optional(name), role: roleSchema }, closed)
/** A link that works once; whoever has it is that person. */
export const linkSchema = Type.Object({ userId: Type.String(), url: Type.String(), expiresAt: Type.Number() })
export const roleRequestSchema = Type.Object({ role: roleSchema }, closed)
export const standingRequestSchema = Type.Object(
  { standing: Type.Union([Type.Literal('active'), Type.Literal('disabled')]) },
  closed,
)

export const keySchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(scopeSchema),
  /** Requests a second; 0 = no limit of its own. */
  perSecondMax: Type.Integer(),
  madeAt: Type.Number(),
  madeBy: Type.String(),
  rotatedAt: nullable(Type.Number()),
  revokedAt: nullable(Type.Number()),
  lastUsedAt: nullable(Type.Number()),
  overlapUntil: nullable(Type.Number()),
})
export const keysSchema = Type.Object({ items: Type.Array(keySchema) })
export const makeKeyRequestSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    scopes: Type.Array(scopeSchema, { minItems: 1, maxItems: 4 }),
    perSecondMax: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  closed,
)
/** The key itself, this once. */
export const madeKeySchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  overlapUntil: nullable(Type.Number()),
})
export const rotateRequestSchema = Type.Object(
  {
    /** How long the old one still opens; 0 = not at all. */ overlapHours: Type.Number({
      minimum: 0,
      maximum: 720,
    }),
  },
  closed,
)
export const emptyRequestSchema = Type.Object({}, closed)

export type Session = Static<typeof sessionSchema>
export type SignInRequest = Static<typeof signInRequestSchema>
export type Welcome = Static<typeof welcomeSchema>
export type WelcomeRequest = Static<typeof welcomeRequestSchema>
export type Account = Static<typeof accountSchema>
export type PasswordRequest = Static<typeof passwordRequestSchema>
export type Totp = Static<typeof totpSchema>
export type User = Static<typeof userSchema>
export type Users = Static<typeof usersSchema>
export type InviteRequest = Static<typeof inviteRequestSchema>
export type Link = Static<typeof linkSchema>
export type ApiKey = Static<typeof keySchema>
export type ApiKeys = Static<typeof keysSchema>
export type MakeKeyRequest = Static<typeof makeKeyRequestSchema>
export type MadeKey = Static<typeof madeKeySchema>

export const ACCESS_ROUTES = {
  session: { method: 'GET', path: '/api/session' },
  signIn: { method: 'POST', path: '/api/session' },
  signOut: { method: 'POST', path: '/api/session/end' },
  signInAt: { method: 'GET', path: '/api/session/oidc/:id' },
  look: { method: 'POST', path: '/api/welcome/look' },
  welcome: { method: 'POST', path: '/api/welcome' },
  account: { method: 'GET', path: '/api/account' },
  password: { method: 'POST', path: '/api/account/password' },
  totp: { method: 'POST', path: '/api/account/totp' },
  totpOn: { method: 'POST', path: '/api/account/totp/on' },
  totpOff: { method: 'POST', path: '/api/account/totp/off' },
  recovery: { method: 'POST', path: '/api/account/recovery' },
  endSessions: { method: 'POST', path: '/api/account/sessions/end' },
  users: { method: 'GET', path: '/api/users' },
  invite: { method: 'POST', path: '/api/users' },
  role: { method: 'POST', path: '/api/users/:id/role' },
  standing: { method: 'POST', path: '/api/users/:id/standing' },
  reset: { method: 'POST', path: '/api/users/:id/reset' },
  keys: { method: 'GET', path: '/api/keys' },
  makeKey: { method: 'POST', path: '/api/keys' },
  rotateKey: { method: 'POST', path: '/api/keys/:id/rotate' },
  revokeKey: { method: 'POST', path: '/api/keys/:id/revoke' },
} as const
