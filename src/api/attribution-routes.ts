// The route that tells who was there before orders.

import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { attributionSchema } from './contract.ts'
import { viewAttribution } from './views/attribution.ts'
import type { ViewSources } from './views/sources.ts'

const query = Type.Object({
  by: Type.Optional(Type.Union([Type.Literal('channel'), Type.Literal('campaign')])),
  touches: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('clicks')])),
  lang: Type.Optional(Type.String({ maxLength: 300 })),
})
type Query = { readonly by?: 'channel' | 'campaign'; readonly touches?: 'all' | 'clicks' }

export const attributionRoutes = (app: FastifyInstance, { loop }: ViewSources): void => {
  app.get(
    '/api/attribution',
    {
      config: { needs: 'figures.read' },
      schema: { querystring: query, response: { 200: attributionSchema } },
    },
    async (request) => {
      const { by = 'channel', touches = 'all' } = request.query as Query
      return viewAttribution(loop.state, { by, touches }, loop.ctx.now())
    },
  )
}
