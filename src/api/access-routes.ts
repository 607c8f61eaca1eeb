// Signing in and out, one's own account. What is asked with a password or a link is open to everybody: it is
// slowed down where it fails, not by who asks.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  may,
  PERMISSIONS,
  type AccessDesk,
  type OidcProvider,
  type Opened,
  type Session,
  type Visitor,
} from '../governance/access/index.ts'
import { Failure, isFailure } from '../kernel/failure.ts'
import type { Doorkeeper } from './auth.ts'
import {
  accountSchema,
  codeRequestSchema,
  doneSchema,
  emptyRequestSchema,
  endSessionsRequestSchema,
  lookRequestSchema,
  passwordRequestSchema,
  provenRequestSchema,
  recoverySchema,
  sessionSchema,
  signInRequestSchema,
  totpOffRequestSchema,
  totpSchema,
  welcomeRequestSchema,
  welcomeSchema,
  type PasswordRequest,
  type SignInRequest,
  type WelcomeRequest,
} from './contract-access.ts'
import { readCookie, setCookie } from './cookies.ts'

export type AccessRouteOptions = {
  readonly access: AccessDesk
  readonly providers: readonly OidcProvider[]
  readonly doorkeeper: Doorkeeper
  /** Address under which people reach this server. */
  readonly publicUrl: () => string
  readonly sessionSecondsMax: number
  readonly ownerless: () => boolean
  readonly report: (error: unknown, where: string) => void
}

const DONE = { done: true } as const
const BODY_BYTES_MAX = 16_384
const OIDC_COOKIE_S = 900

export const accessRoutes =
  (options: AccessRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    sessionRoutes(app, options)
    providerRoutes(app, options)
    accountRoutes(app, options)
  }

const visitorOf = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  agent: request.headers['user-agent'] ?? '',
})

/** The session goes out as a cookie; nothing of it is in a body. */
const welcomeIn = (
  reply: FastifyReply,
  { token }: Opened,
  { doorkeeper, sessionSecondsMax }: AccessRouteOptions,
): void => {
  setCookie(reply, 'session', { value: token, secure: doorkeeper.secure, maxAgeS: sessionSecondsMax })
}

const sessionRoutes = (app: FastifyInstance, options: AccessRouteOptions): void => {
  const { access, doorkeeper, providers, ownerless } = options
  const open = { needs: 'open' } as const
  app.get('/api/session', { config: open, schema: { response: { 200: sessionSchema } } }, async (request) => {
    const { principal } = request
    return {
      principal:
        principal === null
          ? null
          : {
              kind: principal.kind,
              id: principal.id,
              name: principal.name,
              role: principal.kind === 'user' ? principal.role : null,
            },
      permissions: principal === null ? [] : PERMISSIONS.filter((permission) => may(principal, permission)),
      csrf:
        request.session === null ? '' : doorkeeper.csrfOf(readCookie(request, 'session', doorkeeper.secure)),
      providers: providers.map(({ rules }) => ({ id: rules.id, name: rules.name })),
      ownerless: ownerless(),
    }
  })
  app.post(
    '/api/session',
    {
      config: open,
      bodyLimit: BODY_BYTES_MAX,
      schema: { body: signInRequestSchema, response: { 200: doneSchema } },
    },
    async (request, reply) => {
      const { email, password, code = '' } = request.body as SignInRequest
      welcomeIn(reply, await access.signIn({ email, password, code }, visitorOf(request)), options)
      return DONE
    },
  )
  app.post(
    '/api/session/end',
    { config: open, schema: { body: emptyRequestSchema, response: { 200: doneSchema } } },
    async (request, reply) => {
      const { session } = request
      if (session !== null)
        await access.sessions.end(session.principal.id, ({ id }) => id === session.id, session.principal)
      setCookie(reply, 'session', { value: '', secure: doorkeeper.secure, maxAgeS: 0 })
      return DONE
    },
  )
  app.post(
    '/api/welcome/look',
    { config: open, schema: { body: lookRequestSchema, response: { 200: welcomeSchema } } },
    async (request) => access.people.look((request.body as { token: string }).token),
  )
  app.post(
    '/api/welcome',
    {
      config: open,
      bodyLimit: BODY_BYTES_MAX,
      schema: { body: welcomeRequestSchema, response: { 200: doneSchema } },
    },
    async (request, reply) => {
      const { token, password, name = '', email = '' } = request.body as WelcomeRequest
      const opened = await access.people.accept({ token, password, name, email }, visitorOf(request))
      welcomeIn(reply, opened, options)
      return DONE
    },
  )
}

/** There and back again. What goes wrong on the way back is said on the sign-in page, by its code. */
const providerRoutes = (app: FastifyInstance, options: AccessRouteOptions): void => {
  const { access, doorkeeper, providers, publicUrl, report } = options
  const providerOf = (request: FastifyRequest): OidcProvider => {
    const { id } = request.params as { id: string }
    const found = providers.find(({ rules }) => rules.id === id)
    if (found !== undefined) return found
    throw new Failure({
      code: 'http.not_found',
      message: 'There is no such identity provider.',
      hint: 'See oidc: in the settings.',
    })
  }
  app.get('/api/session/oidc/:id', { config: { needs: 'open' } }, async (request, reply) => {
    const provider = providerOf(request)
    const { url, sealed } = await provider.begin(`${publicUrl()}/api/session/oidc/${provider.rules.id}/back`)
    setCookie(reply, 'oidc', { value: sealed, secure: doorkeeper.secure, maxAgeS: OIDC_COOKIE_S })
    return reply.redirect(url, 302)
  })
  app.get('/api/session/oidc/:id/back', { config: { needs: 'open' } }, async (request, reply) => {
    const provider = providerOf(request)
    const sealed = readCookie(request, 'oidc', doorkeeper.secure)
    try {
      const claims = await provider.finish(new URL(request.url, publicUrl()), sealed)
      welcomeIn(reply, await access.singleSignOn(provider.rules, claims, visitorOf(request)), options)
      return await reply.redirect('/', 303)
    } catch (error) {
      if (!isFailure(error) || !error.code.startsWith('auth.')) throw error
      report(error, 'signing in')
      return await reply.redirect(`/sign-in?failed=${encodeURIComponent(error.code)}`, 303)
    }
  })
}

const accountRoutes = (app: FastifyInstance, { access }: AccessRouteOptions): void => {
  const { account, sessions } = access
  const own = <B, R>(body: B, answer: R) => ({
    config: { needs: 'account.own' as const },
    bodyLimit: BODY_BYTES_MAX,
    schema: { body, response: { 200: answer } },
  })
  app.get(
    '/api/account',
    { config: { needs: 'account.own' }, schema: { response: { 200: accountSchema } } },
    async (request) => {
      const session = sessionOf(request)
      const view = account.view(session)
      return { ...view, sessions: view.sessions.map((one) => ({ ...one, current: one.id === session.id })) }
    },
  )
  app.post('/api/account/password', own(passwordRequestSchema, doneSchema), async (request) => {
    await account.changePassword(sessionOf(request), request.body as PasswordRequest)
    return DONE
  })
  app.post('/api/account/totp', own(provenRequestSchema, totpSchema), async (request) =>
    account.beginTotp(sessionOf(request), (request.body as { password: string }).password),
  )
  app.post('/api/account/totp/on', own(codeRequestSchema, recoverySchema), async (request) => ({
    codes: [...(await account.confirmTotp(sessionOf(request), (request.body as { code: string }).code))],
  }))
  app.post('/api/account/totp/off', own(totpOffRequestSchema, doneSchema), async (request) => {
    await account.endTotp(sessionOf(request), request.body as { password: string; code: string })
    return DONE
  })
  app.post('/api/account/recovery', own(provenRequestSchema, recoverySchema), async (request) => ({
    codes: [
      ...(await account.newRecoveryCodes(
        sessionOf(request),
        (request.body as { password: string }).password,
      )),
    ],
  }))
  app.post('/api/account/sessions/end', own(endSessionsRequestSchema, doneSchema), async (request) => {
    const session = sessionOf(request)
    const { session: which } = request.body as { session: string }
    const { principal } = session
    await sessions.end(principal.id, ({ id }) => (which === '' ? id !== session.id : id === which), principal)
    return DONE
  })
}

/** Of a person; the operator at the machine has no account of their own. */
const sessionOf = ({ session }: FastifyRequest): Session => {
  if (session !== null) return session
  throw new Failure({
    code: 'access.no_account',
    message: 'This is for people who are signed in.',
    hint: 'Sign in to the console.',
  })
}
