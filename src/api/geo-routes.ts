// Experiments over regions: planned, begun, read, dropped.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { spellPrincipal } from '../kernel/principal.ts'
import { beginGeoTest, designGeoTest, dropGeoTest, readGeoTest } from '../stages/geo-acts.ts'
import { principalOf } from './auth.ts'
import {
  geoAskSchema,
  geoDesignSchema,
  geoDropSchema,
  geoReadSchema,
  geoResultSchema,
  moneySchema,
  type GeoAskBody,
  type GeoReadBody,
} from './contract.ts'
import { geoAskOf, geoDesignAnswer, geoResultAnswer, regionDays } from './views/geo.ts'
import { viewMoney } from './views/money.ts'
import type { ViewSources } from './views/sources.ts'
import { languageOf } from './reader-language.ts'

const BODY_BYTES_MAX = 24_000_000
const query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })
const params = Type.Object({ experimentId: Type.String({ minLength: 1, maxLength: 100 }) })

/** Registers `/api/money/experiments` and what may be done there. */
export const geoRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  const { loop } = sources
  const by = (request: FastifyRequest): string => spellPrincipal(principalOf(request))
  const idOf = (request: FastifyRequest): string => (request.params as { experimentId: string }).experimentId
  app.post(
    '/api/money/experiments/design',
    {
      config: { needs: 'plan.check' },
      bodyLimit: BODY_BYTES_MAX,
      schema: { body: geoAskSchema, response: { 200: geoDesignSchema } },
    },
    async (request) => {
      const ask = geoAskOf(request.body as GeoAskBody)
      return geoDesignAnswer(designGeoTest(loop, ask))
    },
  )
  app.post(
    '/api/money/experiments',
    {
      config: { needs: 'plan.apply' },
      bodyLimit: BODY_BYTES_MAX,
      schema: { querystring: query, body: geoAskSchema, response: { 200: moneySchema } },
    },
    async (request) => {
      await beginGeoTest(loop, geoAskOf(request.body as GeoAskBody), by(request))
      return viewMoney(sources, languageOf(request))
    },
  )
  app.post(
    '/api/money/experiments/:experimentId/read',
    {
      config: { needs: 'plan.apply' },
      bodyLimit: BODY_BYTES_MAX,
      schema: { params, body: geoReadSchema, response: { 200: geoResultSchema } },
    },
    async (request) => {
      const rows = regionDays((request.body as GeoReadBody).rows)
      return geoResultAnswer(await readGeoTest(loop, { experimentId: idOf(request), rows }))
    },
  )
  app.post(
    '/api/money/experiments/:experimentId/drop',
    {
      config: { needs: 'plan.apply' },
      schema: { params, querystring: query, body: geoDropSchema, response: { 200: moneySchema } },
    },
    async (request) => {
      const { reason } = request.body as { reason: string }
      await dropGeoTest(loop, { experimentId: idOf(request), reason, by: by(request) })
      return viewMoney(sources, languageOf(request))
    },
  )
}
