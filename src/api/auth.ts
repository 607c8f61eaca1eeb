// Who stands at the door, and whether they may come in here. Each route names what it needs; a route that
// names nothing keeps the server from starting.

import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import {
  createRates,
  guesserOf,
  may,
  whoMay,
  type Permission,
  type Rates,
  type Session,
} from '../governance/access/index.ts'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import type { Principal } from '../kernel/principal.ts'
import { readCookie } from './cookies.ts'
import { isUnsafe, senderOf } from './cross-site.ts'

/** `open`: for everybody, or for who holds a signed link. */
export type Need = Permission | 'open'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. */
    needs?: Need
    /** Clients that cannot set headers put the key into the body: then the handler asks {@link requireKey}. */
    keyInBody?: boolean
    /** Pages of other sites are refused, whatever they ask and hold. */
    ownPagesOnly?: boolean
  }
  interface FastifyRequest {
    /** Who asks; null on open routes to who is not signed in, and until the key is read from a body. */
    principal: Principal | null
    /** Of a person in a browser. */
    session: Session | null
  }
}

export type Doorkeeper = {
  /** Whose key it is, and how many requests a second it may make (0 = no limit); null when it is unknown. */
  readonly keyOf: (key: string) => { readonly principal: Principal; readonly perSecondMax: number } | null
  readonly sessionOf: (token: string) => Session | null
  /** Whether a session still stands, for what stays open. */
  readonly stands: (sessionId: string) => boolean
  /** What a page of ours sends along to prove itself, by its session's token. */
  readonly csrfOf: (token: string) => string
  /** Cookies for https only. */
  readonly secure: boolean
  /** Under which people reach this server; '' when it was not said. */
  readonly publicHost: string
  readonly perSecond: { readonly user: number; readonly key: number; readonly address: number }
}

/** Refused keys of one address, before the answer is 429. */
const WRONG_KEYS = { perSecond: 1, burst: 30 }
/** Rates allow a burst of so many seconds' worth. */
const BURST_S = 4

/** The key in the request: Basic user name (Segment's way), Bearer token, or X-API-Key. */
export const presentedKey = (request: FastifyRequest): string => {
  const header = request.headers.authorization ?? ''
  if (header.startsWith('Basic ')) {
    const [user = ''] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
    return user
  }
  if (header.startsWith('Bearer ')) return header.slice(7).trim()
  const apiKey = request.headers['x-api-key']
  return typeof apiKey === 'string' ? apiKey : ''
}

export type Guard = {
  /** Notes whose key it is; throws `auth.*` when it does not open this route. */
  readonly requireKey: (request: FastifyRequest, key: string) => Principal
}

/** Guards each route registered in this scope from here on: sender, rate, key or session, permission; all before the body. */
export const guardRoutes = (app: FastifyInstance, doorkeeper: Doorkeeper): Guard => {
  const rates = createRates()
  const guard = createGuard(doorkeeper, rates)
  app.decorateRequest('principal', null)
  app.decorateRequest('session', null)
  app.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
    assert(config?.needs !== undefined, `${String(method)} ${url} does not say who may use it`)
  })
  app.addHook('onRequest', (request, reply, done) => {
    enter(request, reply, { doorkeeper, rates, guard })
    done()
  })
  return guard
}

/** Who asks, and whether they may. Throws `auth.*` and `http.rate_limited`. */
const enter = (
  request: FastifyRequest,
  reply: FastifyReply,
  {
    doorkeeper,
    rates,
    guard,
  }: { readonly doorkeeper: Doorkeeper; readonly rates: Rates; readonly guard: Guard },
): void => {
  const { needs = 'open', keyInBody = false, ownPagesOnly = false } = request.routeOptions.config
  const ofConsole = (request.routeOptions.url ?? '').startsWith('/api/')
  if (ofConsole) void reply.header('cache-control', 'no-store')
  const vetted = ownPagesOnly || (ofConsole && isUnsafe(request))
  const sender = vetted ? senderOf(request, doorkeeper.publicHost) : 'own'
  if (sender === 'other') throw crossSite()
  const { address } = doorkeeper.perSecond
  if (address > 0) pace(rates, `address ${guesserOf(request.ip)}`, address)
  const key = presentedKey(request)
  // A cookie counts on the console's own routes only: what other sites may call knows keys alone.
  if (key === '' && ofConsole) readSession(request, doorkeeper, sender === 'silent')
  if (request.session !== null) pace(rates, `user ${request.session.principal.id}`, doorkeeper.perSecond.user)
  if (needs === 'open') {
    // Nobody is asked for a key here; whose it is may still be of interest.
    if (key !== '' && ofConsole) request.principal = doorkeeper.keyOf(key)?.principal ?? null
    return
  }
  if (request.principal !== null) requirePermission(request.principal, needs)
  else if (key !== '' || !keyInBody) guard.requireKey(request, key)
}

const createGuard = (doorkeeper: Doorkeeper, rates: Rates): Guard => ({
  requireKey: (request, key) => {
    if (key === '') throw noKey()
    const found = doorkeeper.keyOf(key)
    if (found === null) {
      pace(rates, `wrong ${guesserOf(request.ip)}`, WRONG_KEYS.perSecond, WRONG_KEYS.burst)
      throw wrongKey()
    }
    const { principal, perSecondMax } = found
    const { needs = 'open' } = request.routeOptions.config
    if (needs !== 'open') requirePermission(principal, needs)
    if (principal.kind === 'key') pace(rates, `key ${principal.id}`, perSecondMax || doorkeeper.perSecond.key)
    request.principal = principal
    return principal
  },
})

const readSession = (request: FastifyRequest, doorkeeper: Doorkeeper, mustProve: boolean): void => {
  const token = readCookie(request, 'session', doorkeeper.secure)
  const session = token === '' ? null : doorkeeper.sessionOf(token)
  if (session === null) return
  if (mustProve && !sameText(request.headers['x-csrf-token'], doorkeeper.csrfOf(token))) throw crossSite()
  request.session = session
  request.principal = session.principal
}

const sameText = (given: unknown, expected: string): boolean => {
  const [left, right] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Throws Failure `http.rate_limited` when it is too much. */
const pace = (rates: Rates, who: string, perSecond: number, burst = perSecond * BURST_S): void => {
  if (perSecond <= 0) return
  const waitMs = rates.take(who, { perSecond, burst }, performance.now())
  if (waitMs === 0) return
  throw new Failure({
    code: 'http.rate_limited',
    message: `More than ${perSecond} requests a second.`,
    hint: 'Send fewer, or ask whoever runs this installation for a higher limit.',
    retryable: true,
    retryAfterMs: waitMs,
  })
}

/** Throws `auth.wrong_role` unless they may. */
export const requirePermission = (principal: Principal, permission: Permission): void => {
  if (may(principal, permission)) return
  const { roles, scopes } = whoMay(permission)
  const has = principal.kind === 'key' ? `A key of kind ${principal.scopes.join(', ')}` : `${principal.name}`
  throw new Failure({
    code: 'auth.wrong_role',
    message: `${has} may not do this.`,
    hint: [
      ...(scopes.length === 0 ? [] : [`Use a key of kind ${scopes.join(' or ')}.`]),
      ...(roles[0] === undefined ? [] : [`People need the role ${roles[0]} or a higher one.`]),
    ].join(' '),
  })
}

/** Who asks, on a route that needs somebody. */
export const principalOf = (request: FastifyRequest): Principal => {
  const { principal } = request
  assert(principal !== null, 'a guarded route has its principal')
  return principal
}

const noKey = (): Failure =>
  new Failure({
    code: 'auth.missing',
    message: 'This route needs a key.',
    hint: 'Send it as Basic user name, as a Bearer token, or in X-API-Key.',
  })

const wrongKey = (): Failure =>
  new Failure({
    code: 'auth.wrong_key',
    message: 'This key is not known here.',
    hint: 'Keys are shown once, when they are made; see windvane keys list.',
  })

const crossSite = (): Failure =>
  new Failure({
    code: 'auth.cross_site',
    message: 'A page of another site may not do this.',
    hint: 'Open the console itself. A program sends a key and no Origin.',
  })
