// Who may sign in and which keys there are, for owners: invitations, roles, closing accounts, links for new
// passwords, keys made, rotated and revoked.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessDesk, Link } from '../governance/access/index.ts'
import { principalOf } from './auth.ts'
import {
  doneSchema,
  emptyRequestSchema,
  inviteRequestSchema,
  keysSchema,
  linkSchema,
  madeKeySchema,
  makeKeyRequestSchema,
  roleRequestSchema,
  rotateRequestSchema,
  standingRequestSchema,
  usersSchema,
  type InviteRequest,
  type MakeKeyRequest,
  type User,
} from './contract-access.ts'

export type PeopleRouteOptions = { readonly access: AccessDesk; readonly publicUrl: () => string }

const DONE = { done: true } as const
const HOUR_MS = 3_600_000

export const peopleRoutes =
  ({ access, publicUrl }: PeopleRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    const { people, keys } = access
    const manage = <B, R>(needs: 'users.manage' | 'keys.manage', body: B, answer: R) => ({
      config: { needs },
      schema: { body, response: { 200: answer } },
    })
    const linkFor = (userId: string, link: Link) => ({
      userId,
      url: welcomeUrl(publicUrl(), link),
      expiresAt: link.expiresAt,
    })
    app.get(
      '/api/users',
      { config: { needs: 'users.manage' }, schema: { response: { 200: usersSchema } } },
      async () => ({ items: [...people.list()] }),
    )
    app.post('/api/users', manage('users.manage', inviteRequestSchema, linkSchema), async (request) => {
      const { email, name = '', role } = request.body as InviteRequest
      const { userId, link } = await people.invite({ email, name, role }, principalOf(request))
      return linkFor(userId, link)
    })
    app.post(
      '/api/users/:id/role',
      manage('users.manage', roleRequestSchema, doneSchema),
      async (request) => {
        await people.changeRole(
          idOf(request),
          (request.body as Pick<User, 'role'>).role,
          principalOf(request),
        )
        return DONE
      },
    )
    app.post(
      '/api/users/:id/standing',
      manage('users.manage', standingRequestSchema, doneSchema),
      async (request) => {
        const { standing } = request.body as { standing: 'active' | 'disabled' }
        const change = standing === 'disabled' ? people.disable : people.enable
        await change(idOf(request), principalOf(request))
        return DONE
      },
    )
    app.post(
      '/api/users/:id/reset',
      manage('users.manage', emptyRequestSchema, linkSchema),
      async (request) => linkFor(idOf(request), await people.reset(idOf(request), principalOf(request))),
    )
    app.get(
      '/api/keys',
      { config: { needs: 'keys.manage' }, schema: { response: { 200: keysSchema } } },
      async () => ({ items: keys.list().map((key) => ({ ...key, scopes: [...key.scopes] })) }),
    )
    app.post('/api/keys', manage('keys.manage', makeKeyRequestSchema, madeKeySchema), async (request) => {
      const { name, scopes, perSecondMax = 0 } = request.body as MakeKeyRequest
      const made = await keys.make({ name, scopes, perSecondMax }, principalOf(request))
      return { ...made, overlapUntil: null }
    })
    app.post(
      '/api/keys/:id/rotate',
      manage('keys.manage', rotateRequestSchema, madeKeySchema),
      async (request) => {
        const { overlapHours } = request.body as { overlapHours: number }
        const id = idOf(request)
        return { id, ...(await keys.rotate(id, overlapHours * HOUR_MS, principalOf(request))) }
      },
    )
    app.post(
      '/api/keys/:id/revoke',
      manage('keys.manage', emptyRequestSchema, doneSchema),
      async (request) => {
        await keys.revoke(idOf(request), principalOf(request))
        return DONE
      },
    )
  }

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id

/** The token stands behind the hash, where no server, proxy or log sees it. */
export const welcomeUrl = (publicUrl: string, { token }: Link): string =>
  `${publicUrl}/welcome#token=${token}`
