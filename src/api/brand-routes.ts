// What the console asks of the brand watch, what people do there, and where mentions and tickets are pushed to.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { rawMention } from '../connect/index.ts'
import { Failure } from '../kernel/failure.ts'
import { spellPrincipal } from '../kernel/principal.ts'
import {
  actOnIncident,
  correctMention,
  drillPlaybook,
  dryRunPlaybook,
  muteEntity,
} from '../stages/brand/acting.ts'
import type { Hearing } from '../stages/brand/hearing.ts'
import { principalOf } from './auth.ts'
import {
  brandSchema,
  correctionSchema,
  drillSchema,
  dryRunSchema,
  incidentActSchema,
  muteSchema,
  saidAnswerSchema,
  saidSchema,
  type IncidentAct,
  type Said,
} from './contract.ts'
import { viewBrand } from './views/brand.ts'
import type { ViewSources } from './views/sources.ts'

const query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })
const playbookQuery = Type.Object({
  playbook: Type.String({ minLength: 1, maxLength: 100 }),
  /** What it would be about, parted by commas. */
  words: Type.Optional(Type.String({ maxLength: 500 })),
  lang: Type.Optional(Type.String({ maxLength: 300 })),
})

/** Registers `/api/brand…`. */
export const brandRoutes = (app: FastifyInstance, sources: ViewSources): void => {
  const { loop } = sources
  const act = (
    path: string,
    body: typeof incidentActSchema | typeof muteSchema | typeof correctionSchema | typeof drillSchema,
    deed: (given: unknown, by: string) => Promise<void>,
  ): void => {
    app.post(
      `/api/brand/${path}`,
      { config: { needs: 'proposals.answer' }, schema: { body, response: { 200: brandSchema } } },
      async (request: FastifyRequest) => {
        await deed(request.body, spellPrincipal(principalOf(request)))
        return viewBrand(sources)
      },
    )
  }
  app.get(
    '/api/brand',
    { config: { needs: 'figures.read' }, schema: { querystring: query, response: { 200: brandSchema } } },
    async () => viewBrand(sources),
  )
  app.get(
    '/api/brand/dry-run',
    {
      config: { needs: 'plan.read' },
      schema: { querystring: playbookQuery, response: { 200: dryRunSchema } },
    },
    async (request) => {
      const { playbook, words = '' } = request.query as {
        readonly playbook: string
        readonly words?: string
      }
      const about = words
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '')
      const steps = dryRunPlaybook(loop, playbook, about).map((step) => ({
        ...step,
        sample: [...step.sample],
        lines: [...step.lines],
      }))
      return { playbook, steps }
    },
  )
  act('incidents/act', incidentActSchema, async (given, by) => {
    const { incidentId, act: kind, text = '', step = -1 } = given as IncidentAct
    await actOnIncident(loop, { incidentId, act: kind, text, step, by })
  })
  act('mute', muteSchema, async (given, by) =>
    muteEntity(loop, { ...(given as { readonly entity: string; readonly days: number }), by }),
  )
  act('correct', correctionSchema, async (given, by) =>
    correctMention(loop, {
      ...(given as { readonly key: string; readonly entity: string; readonly tone: -1 | 0 | 1 }),
      by,
    }),
  )
  act('drill', drillSchema, async (given, by) =>
    drillPlaybook(loop, (given as { readonly playbook: string }).playbook, by),
  )
}

const BODY_BYTES_MAX = 4 << 20

/** Registers `POST /v1/mentions`: reviews, tickets and posts from systems that push. */
export const mentionRoutes =
  ({ sources, hearing }: { readonly sources: ViewSources; readonly hearing: Hearing }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.post(
      '/v1/mentions',
      {
        config: { needs: 'signals.write' },
        bodyLimit: BODY_BYTES_MAX,
        schema: { body: saidSchema, response: { 200: saidAnswerSchema } },
      },
      async (request: FastifyRequest) => {
        const { loop } = sources
        const { source, mentions } = request.body as Said
        const known = loop.state.brand.spec?.sources ?? []
        if (!known.some(({ id, kind }) => id === source && kind === 'push'))
          throw new Failure({
            code: 'brand.no_source',
            message: `There is no source \`${source}\` that is pushed.`,
            hint: 'Add it under `brand.sources` in the plan with `kind: push`.',
          })
        const now = loop.ctx.now()
        const items = mentions.flatMap(({ ticket = false, ...given }) => {
          const item = rawMention({ ...given, at: given.at }, now)
          return item === null ? [] : [{ ...item, isTicket: ticket }]
        })
        return hearing.hear(source, items)
      },
    )
  }
