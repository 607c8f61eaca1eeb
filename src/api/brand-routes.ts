// What the console asks of the brand watch, and what people do there.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { spellPrincipal } from '../kernel/principal.ts'
import {
  actOnIncident,
  correctMention,
  drillPlaybook,
  dryRunPlaybook,
  muteEntity,
} from '../stages/brand/acting.ts'
import { principalOf } from './auth.ts'
import {
  brandSchema,
  correctionSchema,
  drillSchema,
  dryRunSchema,
  incidentActSchema,
  mentionsAboutSchema,
  muteSchema,
  type IncidentAct,
} from './contract.ts'
import { viewBrand } from './views/brand.ts'
import { viewMentionsAbout } from './views/brand-mentions.ts'
import type { ViewSources } from './views/sources.ts'
import { languageOf } from './reader-language.ts'

const query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })
const aboutQuery = Type.Object({
  entity: Type.String({ minLength: 1, maxLength: 100 }),
  phrase: Type.Optional(Type.String({ maxLength: 200 })),
  incident: Type.Optional(Type.String({ maxLength: 20 })),
  lang: Type.Optional(Type.String({ maxLength: 300 })),
})
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
      {
        config: { needs: 'proposals.answer' },
        schema: { body, querystring: query, response: { 200: brandSchema } },
      },
      async (request: FastifyRequest) => {
        await deed(request.body, spellPrincipal(principalOf(request)))
        return viewBrand(sources, languageOf(request))
      },
    )
  }
  app.get(
    '/api/brand',
    { config: { needs: 'figures.read' }, schema: { querystring: query, response: { 200: brandSchema } } },
    async (request) => viewBrand(sources, languageOf(request)),
  )
  app.get(
    '/api/brand/mentions',
    {
      config: { needs: 'figures.read' },
      schema: { querystring: aboutQuery, response: { 200: mentionsAboutSchema } },
    },
    async (request) => {
      const { entity, phrase = '', incident = '' } = request.query as Static<typeof aboutQuery>
      return viewMentionsAbout(sources, { entity, phrase, incident })
    },
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
