// Who stands at the door, and whether they may come in here. Each route names what it needs; a route that
// names nothing keeps the server from starting.

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { may, whoMay, type Permission } from '../governance/access/index.ts'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import type { Principal } from '../kernel/principal.ts'

/** `open`: for everybody, or for who holds a signed link. */
export type Need = Permission | 'open'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. */
    needs?: Need
    /** Clients that cannot set headers put the key into the body: then the handler asks {@link requireKey}. */
    keyInBody?: boolean
  }
  interface FastifyRequest {
    /** Who asks; null on open routes, and until the key is read from a body. */
    principal: Principal | null
  }
}

export type Doorkeeper = {
  /** Whose key it is, or null when it is unknown. */
  readonly principalOf: (key: string) => Principal | null
}

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

/** Guards each route registered in this scope from here on. The key is looked at before the body. */
export const guardRoutes = (app: FastifyInstance, doorkeeper: Doorkeeper): void => {
  app.decorateRequest('principal', null)
  app.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
    assert(config?.needs !== undefined, `${String(method)} ${url} does not say who may use it`)
  })
  app.addHook('onRequest', async (request) => {
    const { needs = 'open', keyInBody = false } = request.routeOptions.config
    if (needs === 'open') return
    const key = presentedKey(request)
    if (key === '' && keyInBody) return
    requireKey(request, key, doorkeeper)
  })
}

/** Notes whose key it is; throws `auth.*` when it does not open this route. */
export const requireKey = (request: FastifyRequest, key: string, doorkeeper: Doorkeeper): Principal => {
  if (key === '')
    throw new Failure({
      code: 'auth.missing',
      message: 'This route needs a key.',
      hint: 'Send it as Basic user name, as a Bearer token, or in X-API-Key.',
    })
  const principal = doorkeeper.principalOf(key)
  if (principal === null)
    throw new Failure({
      code: 'auth.wrong_key',
      message: 'This key is not known here.',
      hint: 'Keys are printed once, at the first start.',
    })
  const { needs = 'open' } = request.routeOptions.config
  if (needs !== 'open') requirePermission(principal, needs)
  request.principal = principal
  return principal
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
