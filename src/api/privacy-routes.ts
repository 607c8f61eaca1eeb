// What a person may ask for. They are named by profile id or by any identifier.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { Failure } from '../kernel/failure.ts'
import { spellPrincipal } from '../kernel/principal.ts'
import { profileIdOf, type ProfileRef } from '../profile/index.ts'
import { exportPerson, personCalled, type Erasure } from '../stages/erasing.ts'
import type { Expiry, ExpiryPlan } from '../stages/expiring.ts'
import { principalOf } from './auth.ts'
import {
  consentTextsSchema,
  eraseRequestSchema,
  erasureSchema,
  fairnessSchema,
  personExportSchema,
  retentionRunSchema,
  retentionSchema,
  type EraseRequest,
  type RetentionView,
} from './contract.ts'
import { viewConsentTexts } from './views/consent-texts.ts'
import { viewFairness } from './views/fairness.ts'
import { viewRetention, viewRun } from './views/retention.ts'
import type { ViewSources } from './views/sources.ts'

export type PrivacyOptions = {
  readonly erasePerson: (ref: ProfileRef, by: string) => Promise<Erasure>
  readonly retention: {
    readonly look: () => ExpiryPlan & Pick<RetentionView, 'nextRunAt' | 'running'>
    readonly run: (by: string) => Promise<Expiry>
  }
}

export const privacyRoutes = (
  app: FastifyInstance,
  { loop }: ViewSources,
  { erasePerson, retention }: PrivacyOptions,
): void => {
  app.get(
    '/api/retention',
    { config: { needs: 'figures.read' }, schema: { response: { 200: retentionSchema } } },
    async () => {
      const look = retention.look()
      return viewRetention(loop.state, look, look)
    },
  )
  app.post(
    '/api/retention/run',
    { config: { needs: 'people.erase' }, schema: { response: { 200: retentionRunSchema } } },
    async (request) => viewRun(await retention.run(spellPrincipal(principalOf(request)))),
  )
  app.get(
    '/api/customers/:id/export',
    { config: { needs: 'data.export' }, schema: { response: { 200: personExportSchema } } },
    async (request, reply) => {
      const found = await exportPerson(loop, personCalled(loop.state, idOf(request)))
      reply.header('content-disposition', `attachment; filename="${found.profileId}.json"`)
      return found
    },
  )
  app.get(
    '/api/consents',
    { config: { needs: 'figures.read' }, schema: { response: { 200: consentTextsSchema } } },
    async () => viewConsentTexts(loop.state),
  )
  let reading = false
  app.get(
    '/api/campaigns/:id/fairness',
    {
      config: { needs: 'people.read' },
      schema: { querystring: fairnessQuery, response: { 200: fairnessSchema } },
    },
    async (request) => {
      const { by } = request.query as Static<typeof fairnessQuery>
      // It reads the whole log: one at a time is enough.
      if (reading) throw busy()
      reading = true
      try {
        return await viewFairness(loop, { campaignId: idOf(request), by })
      } finally {
        reading = false
      }
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

const fairnessQuery = Type.Object({ by: Type.String({ minLength: 1, maxLength: 100 }) })

const busy = (): Failure =>
  new Failure({
    code: 'http.overloaded',
    message: 'Another fairness report is being read from the log.',
    hint: 'Ask again in a moment.',
    retryable: true,
  })

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id
