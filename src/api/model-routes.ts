// The models of the running system: looking at them, and having them learnt anew.

import type { FastifyInstance } from 'fastify'
import { modelsSchema, sendTimeSchema, trainRequestSchema, type TrainRequest } from './contract.ts'
import { readKeys, viewModels } from './views/models.ts'
import { viewSendTime } from './views/send-time.ts'
import type { ViewSources } from './views/sources.ts'

export const modelRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  app.get(
    '/api/models',
    { config: { needs: 'figures.read' }, schema: { response: { 200: modelsSchema } } },
    async () => viewModels(sources),
  )
  app.get(
    '/api/send-time',
    { config: { needs: 'figures.read' }, schema: { response: { 200: sendTimeSchema } } },
    async () => viewSendTime(sources),
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
