// The models of the running system: looking at them, and having them learnt anew.

import type { FastifyInstance } from 'fastify'
import { modelsSchema, trainRequestSchema, type TrainRequest } from './contract.ts'
import { readKeys, viewModels } from './views/models.ts'
import type { ViewSources } from './views/sources.ts'

export const modelRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  app.get(
    '/api/models',
    { config: { needs: 'figures.read' }, schema: { response: { 200: modelsSchema } } },
    async () => viewModels(sources),
  )
  app.post(
    '/api/models/train',
    {
      config: { needs: 'models.train' },
      schema: { body: trainRequestSchema, response: { 200: modelsSchema } },
    },
    async (request) => {
      sources.models.begin(readKeys(sources, (request.body as TrainRequest).keys))
      return viewModels(sources)
    },
  )
}
