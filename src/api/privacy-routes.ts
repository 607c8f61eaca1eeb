// What a person may ask for. They are named by profile id or by any identifier.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure } from '../kernel/failure.ts'
import { spellPrincipal } from '../kernel/principal.ts'
import { profileIdOf, type ProfileRef } from '../profile/index.ts'
import { exportPerson, personCalled, type Erasure } from '../stages/erasing.ts'
import { principalOf } from './auth.ts'
import { eraseRequestSchema, erasureSchema, personExportSchema, type EraseRequest } from './contract.ts'
import type { ViewSources } from './views/sources.ts'

export type PrivacyOptions = { readonly erasePerson: (ref: ProfileRef, by: string) => Promise<Erasure> }

export const privacyRoutes = (
  app: FastifyInstance,
  { loop }: ViewSources,
  { erasePerson }: PrivacyOptions,
): void => {
  app.get(
    '/api/customers/:id/export',
    { config: { needs: 'data.export' }, schema: { response: { 200: personExportSchema } } },
    async (request, reply) => {
      const found = await exportPerson(loop, personCalled(loop.state, idOf(request)))
      reply.header('content-disposition', `attachment; filename="${found.profileId}.json"`)
      return found
    },
  )
  app.post(
    '/api/customers/:id/erase',
    {
      config: { needs: 'people.erase' },
      schema: { body: eraseRequestSchema, response: { 200: erasureSchema } },
    },
    async (request) => {
      const ref = personCalled(loop.state, idOf(request))
      const profileId = profileIdOf(loop.state.profile, ref)
      if ((request.body as EraseRequest).confirm !== profileId)
        throw new Failure({
          code: 'person.not_confirmed',
          message: `To erase ${profileId} for good, \`confirm\` must be ${profileId}.`,
        })
      return erasePerson(ref, spellPrincipal(principalOf(request)))
    },
  )
}

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id
