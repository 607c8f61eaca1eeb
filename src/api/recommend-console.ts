// What the console asks of recommendations, and training them now.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  customerRecommendationsSchema,
  recommendationsSchema,
  trainingSchema,
  type Training,
} from './contract.ts'
import { viewCustomerRecommendations, viewRecommendations } from './views/recommendations.ts'
import type { ViewSources } from './views/sources.ts'

export type RecommendConsoleOptions = {
  readonly sources: ViewSources
  readonly trainRecommender: () => Promise<{
    readonly [key in keyof Training]: key extends 'backtest'
      ? readonly Training['backtest'][number][]
      : Training[key]
  }>
}

const query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })

export const recommendConsoleRoutes =
  ({ sources, trainRecommender }: RecommendConsoleOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
    })
    app.get(
      '/api/recommendations',
      {
        config: { needs: 'figures.read' },
        schema: { querystring: query, response: { 200: recommendationsSchema } },
      },
      async () => viewRecommendations(sources),
    )
    app.get(
      '/api/customers/:id/recommendations',
      {
        config: { needs: 'people.read' },
        schema: { querystring: query, response: { 200: customerRecommendationsSchema } },
      },
      async (request: FastifyRequest) =>
        viewCustomerRecommendations(sources, (request.params as { id: string }).id),
    )
    app.post(
      '/api/recommendations/train',
      { config: { needs: 'plan.apply' }, schema: { response: { 200: trainingSchema } } },
      async () => await trainRecommender(),
    )
  }
