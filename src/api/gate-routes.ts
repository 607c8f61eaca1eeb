// The gate over HTTP: what stands there, and what a person does about it.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { spellPrincipal } from '../kernel/principal.ts'
import { actAtGate } from '../stages/gate-acts.ts'
import { principalOf } from './auth.ts'
import { gateRequestSchema, gateSchema, type GateRequest } from './contract.ts'
import { viewGate } from './views/gate.ts'
import type { ViewSources } from './views/sources.ts'

const text = Type.Optional(Type.String({ maxLength: 300 }))

export const gateRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  app.get(
    '/api/gate',
    {
      config: { needs: 'figures.read' },
      schema: { querystring: Type.Object({ campaign: text, lang: text }), response: { 200: gateSchema } },
    },
    async (request) => viewGate(sources, (request.query as { campaign?: string }).campaign),
  )
  app.post(
    '/api/gate/:campaign',
    {
      config: { needs: 'plan.apply' },
      schema: { body: gateRequestSchema, response: { 200: gateSchema } },
    },
    async (request: FastifyRequest) => {
      const { campaign } = request.params as { campaign: string }
      const { act, reason, safety = false } = request.body as GateRequest
      const by = spellPrincipal(principalOf(request))
      await actAtGate(sources.loop, { campaignId: campaign, act, reason, safety, by })
      return viewGate(sources, campaign)
    },
  )
}
