// What the console asks of ad money, and closing an incident that a person has seen.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { SPEND_INCIDENT_CLOSED } from '../delivery/events.ts'
import { Failure } from '../kernel/failure.ts'
import { spellPrincipal } from '../kernel/principal.ts'
import { principalOf } from './auth.ts'
import { moneySchema } from './contract.ts'
import { viewMoney } from './views/money.ts'
import type { ViewSources } from './views/sources.ts'
import { languageOf } from './reader-language.ts'

const query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })
const closing = Type.Object(
  { incidentId: Type.String({ minLength: 1, maxLength: 300 }) },
  { additionalProperties: false },
)

/** Registers `/api/money` and what may be done there. */
export const moneyRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  app.get(
    '/api/money',
    { config: { needs: 'figures.read' }, schema: { querystring: query, response: { 200: moneySchema } } },
    async (request: FastifyRequest) => viewMoney(sources, languageOf(request)),
  )
  app.post(
    '/api/money/close-incident',
    {
      config: { needs: 'plan.apply' },
      schema: { querystring: query, body: closing, response: { 200: moneySchema } },
    },
    async (request: FastifyRequest) => {
      const { loop } = sources
      const { incidentId } = request.body as { incidentId: string }
      if (!loop.state.guardrail.books.incidents.has(incidentId))
        throw new Failure({
          code: 'http.not_found',
          message: 'This incident is not open.',
          hint: 'It may be over by itself: look at the page again.',
        })
      const data = { incidentId, by: spellPrincipal(principalOf(request)) }
      await loop.record([
        { id: loop.ctx.newId(), type: SPEND_INCIDENT_CLOSED, key: '', at: loop.ctx.now(), data },
      ])
      return viewMoney(sources, languageOf(request))
    },
  )
}
