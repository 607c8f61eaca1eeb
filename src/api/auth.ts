// Who may use which door. A key opens one kind of route only: an ingest key can never read.

import type { FastifyRequest } from 'fastify'
import { Failure } from '../kernel/failure.ts'

export type Role = 'ingest' | 'decide' | 'admin'

export type Doorkeeper = {
  /** The role of a presented key, or null when it is unknown. */
  readonly roleOf: (key: string) => Role | null
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

/** The role when the key is one of `allowed`; throws `auth.*` otherwise. */
export const requireRole = (doorkeeper: Doorkeeper, key: string, allowed: readonly Role[]): Role => {
  if (key === '')
    throw new Failure({
      code: 'auth.missing',
      message: 'This route needs a key.',
      hint: 'Send it as Basic user name, as a Bearer token, or in X-API-Key.',
    })
  const role = doorkeeper.roleOf(key)
  if (role === null)
    throw new Failure({
      code: 'auth.wrong_key',
      message: 'This key is not known here.',
      hint: 'Keys are printed once, at the first start.',
    })
  if (!allowed.includes(role))
    throw new Failure({
      code: 'auth.wrong_role',
      message: `A key of kind ${role} does not open this route.`,
      hint: `Use a key of kind ${allowed.join(' or ')}.`,
    })
  return role
}
