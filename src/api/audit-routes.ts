// What an auditor may ask: acts in words, all of them as a file, where the log's chain ends, and that its end be
// signed now.

import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { ACT_GROUPS } from '../insight/index.ts'
import { Failure } from '../kernel/failure.ts'
import { actsPageSchema, auditTipSchema, type AuditTip } from './contract-audit.ts'
import { actsFile, type ActsWanted } from './views/acts-file.ts'
import { viewActs } from './views/audit.ts'
import type { Language, ViewSources } from './views/sources.ts'

export type { AuditTip }

export type AuditSources = {
  readonly tip: () => AuditTip
  /** Signs the end of the chain and writes it down. Throws Failure `audit.anchor_failed`. */
  readonly anchor: () => void
}

const lang = Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('ru')]))
const actsQuery = Type.Object({
  before: Type.Optional(Type.String({ maxLength: 30 })),
  group: Type.Optional(Type.Union(ACT_GROUPS.map((group) => Type.Literal(group)))),
  who: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  lang,
})
type ActsAsked = {
  before?: string
  group?: (typeof ACT_GROUPS)[number]
  who?: string
  limit?: number
  lang?: Language
}
const exportQuery = Type.Object({
  format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('ndjson')])),
  /** ISO 8601 dates or moments. */
  from: Type.Optional(Type.String({ maxLength: 40 })),
  to: Type.Optional(Type.String({ maxLength: 40 })),
  lang,
})

/** Registers its routes. `audit` is null where the log is not on disk. */
export const auditRoutes = (app: FastifyInstance, audit: AuditSources | null, sources: ViewSources): void => {
  const chain = (): AuditSources => {
    if (audit !== null) return audit
    throw new Failure({
      code: 'audit.in_memory',
      message: 'This log is not on disk: it has no chain.',
      hint: 'Start the server with a data folder.',
    })
  }
  const audits = { config: { needs: 'audit.read' }, schema: { response: { 200: auditTipSchema } } } as const
  app.get('/api/audit/tip', audits, async () => chain().tip())
  app.post('/api/audit/anchor', audits, async () => {
    chain().anchor()
    return chain().tip()
  })
  app.get(
    '/api/audit/acts',
    {
      config: { needs: 'audit.read' },
      schema: { querystring: actsQuery, response: { 200: actsPageSchema } },
    },
    async (request) => {
      const { limit, lang: language, ...filters } = request.query as ActsAsked
      return viewActs(sources, { ...filters, limit: limit ?? 50, language: language ?? 'en' })
    },
  )
  app.get(
    '/api/audit/export',
    { config: { needs: 'audit.read' }, schema: { querystring: exportQuery } },
    async (request, reply) => {
      const asked = request.query as ActsWanted
      const format = asked.format ?? 'csv'
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="windvane-acts.${format}"`)
        .send(Readable.from(actsFile(sources, asked)))
    },
  )
}
