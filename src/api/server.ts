// The HTTP server: Segment's tracking API, decisions, links from messages, the console and its API.

import Fastify, { type FastifyInstance } from 'fastify'
import fastifySwagger from '@fastify/swagger'
import type { LinkSigner } from '../delivery/index.ts'
import type { DecisionId } from '../kernel/ids.ts'
import { accessRoutes, type AccessRouteOptions } from './access-routes.ts'
import { guardRoutes } from './auth.ts'
import type { Hearing } from '../stages/brand/hearing.ts'
import { pushRoutes, type IsSigned } from './push-routes.ts'
import { consoleApi, type ConsoleOptions } from './console-routes.ts'
import { createErrorHandler, errorBody } from './errors.ts'
import { Failure } from '../kernel/failure.ts'
import { ingestRoutes } from './ingest.ts'
import { compileLazily } from './lazy-compilers.ts'
import { linkRoutes } from './links.ts'
import { noticeRoutes, type NoticeRouteOptions } from './notice-routes.ts'
import { mcpRoutes, type McpRouteOptions } from './mcp-routes.ts'
import { metricsText } from './metrics.ts'
import { peopleRoutes } from './people-routes.ts'
import { placementRoutes, type DecideResponse, type PlacementQuestion } from './placements.ts'
import { recommendConsoleRoutes, type RecommendConsoleOptions } from './recommend-console.ts'
import { recommendRoutes, type RecommendRouteOptions } from './recommendations.ts'
import { consoleRoutes, secureHeaders } from './static.ts'

export type ServerOptions = Omit<ConsoleOptions, 'report'> &
  Omit<AccessRouteOptions, 'report'> &
  NoticeRouteOptions &
  Pick<McpRouteOptions, 'mcp'> & {
    readonly signer: LinkSigner
    readonly answerPlacement: (question: PlacementQuestion) => Promise<DecideResponse>
    readonly trainRecommender: RecommendConsoleOptions['trainRecommender']
    readonly answerRecommendation: RecommendRouteOptions['answerRecommendation']
    readonly reportResponse: (decisionId: DecisionId, kind: 'bounced' | 'complained') => Promise<void>
    /** Folder of the built console. */
    readonly consoleDir: string
    readonly version: string
    readonly hearing: Hearing
    readonly isSigned: IsSigned
    /** Reverse proxies whose X-Forwarded-For is believed. */
    readonly trustedProxies: readonly string[]
    /** Whether everything is up: restored, folded, not closing. */
    readonly isReady: () => boolean
    readonly report: (error: unknown, where: string) => void
  }

const BODY_BYTES_MAX = 1024 * 1024
/** Whoever sends more slowly than this gives back the room that its body was promised. */
const REQUEST_MS_MAX = 60_000

/** Builds the server without listening. */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const onError = createErrorHandler(options.report)
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // A machine that is slow to start is no bug: nothing of ours can hang there.
    pluginTimeout: 0,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 10_000 },
    frameworkErrors: (error, request, reply) => {
      onError(error, request, reply)
    },
  })
  compileLazily(app)
  app.setErrorHandler(onError)
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send(
      errorBody(
        new Failure({
          code: 'http.not_found',
          message: 'There is nothing at this address.',
          hint: 'See /openapi.json.',
        }),
      ),
    ),
  )
  secureHeaders(app)
  allowBrowsers(app)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Windvane', version: options.version, description: 'Signals in, decisions out.' },
    },
  })
  await app.register(guardedRoutes(options))
  await app.register(consoleRoutes(options.consoleDir))
  await app.ready()
  return app
}

/** All but the console's own files: what asks who is there. */
const guardedRoutes =
  (options: ServerOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    const { sources, doorkeeper, signer, answerPlacement, answerRecommendation, reportResponse, isReady } =
      options
    const open = { config: { needs: 'open' } } as const
    const guard = guardRoutes(app, doorkeeper)
    await app.register(ingestRoutes({ loop: sources.loop, guard }))
    await app.register(placementRoutes({ answerPlacement }))
    await app.register(
      pushRoutes({ loop: sources.loop, hearing: options.hearing, isSigned: options.isSigned }),
    )
    await app.register(recommendRoutes({ answerRecommendation }))
    await app.register(linkRoutes({ loop: sources.loop, signer, reportResponse }))
    await app.register(consoleApi(options))
    await app.register(recommendConsoleRoutes(options))
    await app.register(accessRoutes(options))
    await app.register(noticeRoutes(options))
    await app.register(peopleRoutes(options))
    await app.register(mcpRoutes(options))
    app.get('/healthz', open, async () => ({ status: 'ok' }))
    app.get('/readyz', open, async (_request, reply) =>
      reply.status(isReady() ? 200 : 503).send({ ready: isReady() }),
    )
    app.get('/metrics', open, async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(sources)),
    )
    app.get('/openapi.json', { ...open, schema: { hide: true } }, async () => app.swagger())
  }

/** Pages on other hosts may send events and ask for placements; nothing else. */
const allowBrowsers = (app: FastifyInstance): void => {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/v1/')) return done()
    void reply.header('access-control-allow-origin', '*')
    if (request.method !== 'OPTIONS') return done()
    void reply
      .header('access-control-allow-methods', 'POST')
      .header(
        'access-control-allow-headers',
        'authorization, content-type, content-encoding, x-api-key, x-strict-mode',
      )
      .header('access-control-max-age', '86400')
      .status(204)
      .send()
  })
  app.options('/v1/*', { schema: { hide: true } }, async (_request, reply) => reply.status(204).send())
}
