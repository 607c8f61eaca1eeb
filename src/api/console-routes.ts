// The console's API: what people look at and the few things they may do.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Failure } from '../kernel/failure.ts'
import type { StopRaised } from '../guardrail/events.ts'
import { resumeEvents } from '../stages/resuming.ts'
import { asProfileId } from '../kernel/ids.ts'
import { spellPrincipal, type Principal } from '../kernel/principal.ts'
import type { NewEvent } from '../log/port.ts'
import type { Identifier } from '../profile/events.ts'
import { unmerge } from '../stages/unmerge.ts'
import {
  briefSchema,
  customerSchema,
  customersSchema,
  dataHealthSchema,
  decisionDetailSchema,
  decisionsPageSchema,
  kpisSchema,
  liftSchema,
  planRequestSchema,
  planResultSchema,
  planSchema,
  resumeRequestSchema,
  segmentsSchema,
  stopRequestSchema,
  stopSchema,
  type Plan,
  type PlanRequest,
  type PlanResult,
  type ResumeRequest,
  type StopRequest,
  type UnmergeRequest,
  unmergeRequestSchema,
} from './contract.ts'
import { forecastRoutes } from './forecast-routes.ts'
import { attributionRoutes } from './attribution-routes.ts'
import { auditRoutes, type AuditSources } from './audit-routes.ts'
import { presentedKey, principalOf, requirePermission, type Doorkeeper, type Need } from './auth.ts'
import { may } from '../governance/access/index.ts'
import { gateRoutes } from './gate-routes.ts'
import { privacyRoutes, type PrivacyOptions } from './privacy-routes.ts'
import { modelRoutes } from './model-routes.ts'
import { geoRoutes } from './geo-routes.ts'
import { brandRoutes } from './brand-routes.ts'
import { moneyRoutes } from './money-routes.ts'
import { governanceRoutes, type GovernanceOptions } from './governance-routes.ts'
import { createStream, type Stream } from './stream.ts'
import { viewBrief } from './views/brief.ts'
import { viewCustomer, viewCustomers, viewSegments } from './views/customers.ts'
import { decisionsAfter, viewDecision, viewDecisions } from './views/decisions.ts'
import { viewHealth } from './views/health.ts'
import { viewKpis } from './views/kpis.ts'
import { viewLift } from './views/lift.ts'
import { readScope } from './scope.ts'
import { viewStop } from './views/stop.ts'
import { withoutName } from './views/person.ts'
import type { ViewSources } from './views/sources.ts'
import { languageOf } from './reader-language.ts'

export type ConsoleOptions = GovernanceOptions &
  PrivacyOptions & {
    readonly sources: ViewSources
    /** Raises a STOP: it holds at once, and outlives a restart when this resolves. */
    readonly stop: (raised: StopRaised) => Promise<void>
    /** The plan in force as YAML, and applying another one. */
    readonly plan: {
      readonly export: () => Plan
      readonly apply: (yaml: string, dryRun: boolean, by: Principal, override?: string) => Promise<PlanResult>
    }
    /** Facts that a command on this machine brings: only imports. */
    readonly importEvents: (
      events: readonly NewEvent[],
    ) => Promise<{ readonly appended: number; readonly duplicates: number }>
    readonly audit: AuditSources | null
    readonly doorkeeper: Doorkeeper
    readonly report: (error: unknown, where: string) => void
  }

const LIMIT_MAX = 200
const IMPORT_BYTES_MAX = 16 * 1024 * 1024

const text = Type.Optional(Type.String({ maxLength: 300 }))
const listQuery = Type.Object({
  before: text,
  campaign: text,
  verdict: text,
  profile: text,
  q: text,
  lang: text,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
})
type ListQuery = {
  before?: string
  campaign?: string
  verdict?: string
  profile?: string
  q?: string
  lang?: string
  limit?: number
}

/** Registers `/api/*`; returns nothing, the stream ends with the server. */
export const consoleApi =
  (options: ConsoleOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    const { sources } = options
    const stream = createStream({
      brief: (language) => viewBrief(sources, language),
      decisionsAfter: async (after, limit, language) => await decisionsAfter(sources, after, limit, language),
      offset: () => sources.loop.state.offset,
      report: options.report,
    })
    app.addHook('preClose', async () => stream.close())
    lookRoutes(app, options, stream)
    actRoutes(app, options)
    auditRoutes(app, options.audit, sources)
    moneyRoutes(app, sources)
    attributionRoutes(app, sources)
    forecastRoutes(app, sources)
    geoRoutes(app, sources)
    brandRoutes(app, sources)
    governanceRoutes(app, options)
    gateRoutes(app, sources)
    modelRoutes(app, sources)
    privacyRoutes(app, sources, options)
  }

const lookRoutes = (app: FastifyInstance, { sources, doorkeeper }: ConsoleOptions, stream: Stream): void => {
  const ok = <T>(needs: Need, schema: T) => ({
    config: { needs },
    schema: { querystring: listQuery, response: { 200: schema } },
  })
  app.get('/api/brief', ok('figures.read', briefSchema), async (request) =>
    viewBrief(sources, languageOf(request)),
  )
  app.get('/api/lift', ok('figures.read', liftSchema), async (request) =>
    viewLift(sources, queryOf(request).campaign),
  )
  app.get('/api/kpis', ok('figures.read', kpisSchema), async () => viewKpis(sources))
  app.get('/api/segments', ok('figures.read', segmentsSchema), async () => viewSegments(sources))
  app.get('/api/health', ok('figures.read', dataHealthSchema), async () => viewHealth(sources))
  app.get('/api/stop', ok('figures.read', stopSchema), async (request) =>
    viewStop(sources, languageOf(request)),
  )
  app.get('/api/decisions', ok('decisions.read', decisionsPageSchema), async (request) => {
    const { limit, lang: _lang, q: _q, ...filters } = queryOf(request)
    const page = await viewDecisions(sources, {
      ...filters,
      limit: limit ?? 50,
      language: languageOf(request),
    })
    return seesNames(request) ? page : { ...page, items: page.items.map(withoutName) }
  })
  app.get('/api/decisions/:id', ok('decisions.read', decisionDetailSchema), async (request) => {
    const detail = await viewDecision(sources, idOf(request), languageOf(request))
    return seesNames(request) ? detail : { ...detail, row: withoutName(detail.row) }
  })
  app.get('/api/customers', ok('people.read', customersSchema), async (request) =>
    viewCustomers(sources, queryOf(request).q ?? '', queryOf(request).limit ?? 50),
  )
  app.get(
    '/api/customers/:id',
    ok('people.read', customerSchema),
    async (request) => await viewCustomer(sources, idOf(request), languageOf(request)),
  )
  const watching = { config: { needs: 'figures.read' }, schema: { querystring: listQuery } } as const
  app.get('/api/stream', watching, async (request, reply) => {
    const joined = stream.join(reply.raw, {
      language: languageOf(request),
      names: seesNames(request),
      stands: standing(request, doorkeeper),
    })
    if (!joined)
      throw new Failure({
        code: 'log.overloaded',
        message: 'Too many consoles are watching.',
        hint: 'Close one.',
      })
    return await reply.hijack()
  })
}

const actRoutes = (app: FastifyInstance, options: ConsoleOptions): void => {
  const { sources, plan, importEvents } = options
  const { loop } = sources
  app.post(
    '/api/stop',
    { config: { needs: 'stop.raise' }, schema: { body: stopRequestSchema, response: { 200: stopSchema } } },
    async (request) => {
      const { scope, reason } = request.body as StopRequest
      await options.stop({ scope: readScope(scope), reason, by: byOf(request) })
      return viewStop(sources)
    },
  )
  resumeRoute(app, sources)
  app.post(
    '/api/customers/:id/unmerge',
    {
      config: { needs: 'people.change' },
      schema: { body: unmergeRequestSchema, response: { 200: customerSchema } },
    },
    async (request) => {
      const { leaving } = request.body as UnmergeRequest
      await unmerge(loop, {
        profileId: asProfileId(idOf(request)),
        leaving: leaving as Identifier[],
        by: byOf(request),
      })
      return viewCustomer(sources, idOf(request), languageOf(request))
    },
  )
  app.get(
    '/api/plan',
    { config: { needs: 'plan.read' }, schema: { response: { 200: planSchema } } },
    async () => plan.export(),
  )
  app.post(
    '/api/plan',
    {
      config: { needs: 'plan.check' },
      schema: { body: planRequestSchema, response: { 200: planResultSchema } },
      bodyLimit: 2_000_000,
    },
    async (request) => {
      const { yaml, dryRun = false, override = '' } = request.body as PlanRequest
      const by = principalOf(request)
      if (!dryRun) requirePermission(by, 'plan.apply')
      return await plan.apply(yaml, dryRun, by, override)
    },
  )
  app.post(
    '/api/import',
    {
      config: { needs: 'data.import' },
      bodyLimit: IMPORT_BYTES_MAX,
      schema: { body: Type.Object({ events: Type.Array(Type.Unknown(), { maxItems: 10_000 }) }) },
    },
    async (request) => await importEvents((request.body as { events: NewEvent[] }).events),
  )
}

const resumeRoute = (app: FastifyInstance, sources: ViewSources): void => {
  const { loop } = sources
  app.post(
    '/api/resume',
    { config: { needs: 'stop.lift' }, schema: { body: resumeRequestSchema, response: { 200: stopSchema } } },
    async (request) => {
      const asked = request.body as ResumeRequest
      const {
        scope,
        waitingSeen,
        seenUpTo,
        late = 'drop',
        sendRestored = false,
        erasuresSeen = false,
      } = asked
      const { waiting, stops } = viewStop(sources)
      if (stops.some((one) => one.origin === 'file' && (one.scope === 'all' || one.scope === scope)))
        throw new Failure({
          code: 'stop.file',
          message: 'A STOP file in the data folder still holds it.',
          hint: 'Take the file away first, or run: windvane resume.',
        })
      if (waiting > waitingSeen)
        throw new Failure({
          code: 'stop.changed',
          message: `By now ${waiting} messages wait, not ${waitingSeen}.`,
          hint: 'Look at the number and resume again.',
        })
      await loop.record(
        resumeEvents(loop, {
          scope: readScope(scope),
          late,
          sendRestored,
          erasuresSeen,
          seenUpTo,
          by: byOf(request),
        }),
      )
      return viewStop(sources)
    },
  )
}

const byOf = (request: FastifyRequest): string => spellPrincipal(principalOf(request))
const seesNames = (request: FastifyRequest): boolean => may(principalOf(request), 'people.read')
/** Asked again and again by what stays open. */
const standing = (request: FastifyRequest, doorkeeper: Doorkeeper): (() => boolean) => {
  const { session } = request
  const key = presentedKey(request)
  return () => (session === null ? doorkeeper.keyOf(key) !== null : doorkeeper.stands(session.id))
}
const queryOf = (request: FastifyRequest): ListQuery => request.query as ListQuery
const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id
