// Proposals, the policy and what it allows by now: looked at by many, answered by those whose role may.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { may } from '../governance/access/index.ts'
import { ACTION_CLASSES, type ActionClass, type Actor, type Drilled } from '../governance/events.ts'
import { actorOf } from '../governance/index.ts'
import { Failure } from '../kernel/failure.ts'
import type { Principal } from '../kernel/principal.ts'
import { answerProposal, type Answer } from '../stages/answering.ts'
import type { Governor } from '../stages/governor.ts'
import { wishPromotion } from '../stages/proposing.ts'
import { principalOf, requirePermission } from './auth.ts'
import {
  answerRequestSchema,
  stopDrillSchema,
  guardrailsSchema,
  policyRequestSchema,
  policyResultSchema,
  policySchema,
  promoteRequestSchema,
  proposalSchema,
  proposalsSchema,
  type AnswerBody,
  type PolicyRequest,
  type PolicyResult,
  type PolicyView,
  type PromoteRequest,
} from './contract-governance.ts'
import { viewGuardrails } from './views/guardrails.ts'
import { viewProposal, viewProposals, type Reading } from './views/proposals.ts'
import type { ViewSources } from './views/sources.ts'

export type GovernanceOptions = {
  readonly sources: ViewSources
  readonly governor: Governor
  /** STOP tried from each surface, on record. */
  readonly drill: (by: Actor) => Promise<Drilled>
  readonly policy: {
    readonly view: () => PolicyView
    readonly apply: (yaml: string, dryRun: boolean, by: Principal) => Promise<PolicyResult>
  }
}

const languageQuery = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 300 })) })
const proposalParams = Type.Object({ id: Type.String({ maxLength: 80 }) })

export const governanceRoutes = (app: FastifyInstance, options: GovernanceOptions): void => {
  const { sources, governor, policy } = options
  const { loop } = sources
  app.get(
    '/api/proposals',
    {
      config: { needs: 'proposals.read' },
      schema: { querystring: languageQuery, response: { 200: proposalsSchema } },
    },
    async (request) => viewProposals(sources, actorOf(principalOf(request)), readingOf(request)),
  )
  app.get(
    '/api/proposals/:id',
    {
      config: { needs: 'proposals.read' },
      schema: { params: proposalParams, querystring: languageQuery, response: { 200: proposalSchema } },
    },
    async (request) =>
      viewProposal(sources, idOf(request), actorOf(principalOf(request)), readingOf(request)),
  )
  app.post(
    '/api/proposals/:id',
    {
      config: { needs: 'proposals.answer' },
      schema: { params: proposalParams, body: answerRequestSchema, response: { 200: proposalSchema } },
    },
    async (request) => {
      const by = actorOf(principalOf(request))
      const answer = answerOf(request.body as AnswerBody, loop.ctx.now())
      const via = by.kind === 'local' ? 'cli' : 'console'
      await answerProposal({ loop, governor }, { proposalId: idOf(request), by, via, answer })
      return viewProposal(sources, idOf(request), by)
    },
  )
  app.get(
    '/api/policy',
    { config: { needs: 'policy.read' }, schema: { response: { 200: policySchema } } },
    async () => policy.view(),
  )
  app.post(
    '/api/policy',
    {
      config: { needs: 'plan.check' },
      schema: { body: policyRequestSchema, response: { 200: policyResultSchema } },
    },
    async (request) => {
      const { yaml, dryRun = false } = request.body as PolicyRequest
      const by = principalOf(request)
      if (!dryRun) requirePermission(by, 'policy.change')
      return await policy.apply(yaml, dryRun, by)
    },
  )
  app.get(
    '/api/guardrails',
    { config: { needs: 'policy.read' }, schema: { response: { 200: guardrailsSchema } } },
    async () => viewGuardrails(sources),
  )
  app.post(
    '/api/drill',
    { config: { needs: 'stop.lift' }, schema: { response: { 200: stopDrillSchema } } },
    async (request) => {
      const { by, passed, surfaces } = await options.drill(actorOf(principalOf(request)))
      return { by, passed, surfaces: [...surfaces] }
    },
  )
  app.post(
    '/api/autonomy',
    {
      config: { needs: 'proposals.make' },
      schema: { body: promoteRequestSchema, response: { 200: proposalSchema } },
    },
    async (request) => {
      const by = actorOf(principalOf(request))
      const { class: of, campaignId = '' } = request.body as PromoteRequest
      const proposalId = await wishPromotion(loop, { class: classOf(of), campaignId }, by)
      return viewProposal(sources, proposalId, by)
    },
  )
}

/** What a client asks, as an answer; times from now on. */
export const answerOf = (body: AnswerBody, now: number): Answer => {
  const { answer, text = '', forMs = 3_600_000, seenUpTo, without = [] } = body
  switch (answer) {
    case 'approve':
      return { kind: 'approve', note: text, ...(seenUpTo === undefined ? {} : { seenUpTo }) }
    case 'reject':
      return { kind: 'reject', reason: text }
    case 'snooze':
      return { kind: 'snooze', untilMs: now + forMs }
    case 'answer':
      return { kind: 'answer', text }
    case 'edit':
      return { kind: 'edit', payload: { without } }
    case 'undo':
      return { kind: 'undo', reason: text }
  }
}

const classOf = (name: string): ActionClass => {
  const found = ACTION_CLASSES.find((known) => known === name)
  if (found !== undefined) return found
  throw new Failure({
    code: 'governance.unknown_class',
    message: `There is no class ${name}.`,
    hint: `Classes: ${ACTION_CLASSES.join(', ')}.`,
  })
}

const seesNames = (request: FastifyRequest): boolean => may(principalOf(request), 'people.read')
/** The language is that of the query. */
const readingOf = (request: FastifyRequest): Reading => ({
  names: seesNames(request),
  language: (request.query as { readonly lang?: string }).lang === 'ru' ? 'ru' : 'en',
})
const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id
