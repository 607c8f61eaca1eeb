// What an auditor may ask: where the log's chain ends, and that its end be signed now.

import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { Failure } from '../kernel/failure.ts'

export const auditTipSchema = Type.Object({
  /** Of the log: drawn when it was made. */
  logId: Type.String(),
  /** Of its last record. */
  offset: Type.Integer(),
  /** Of the chain up to there. */
  hash: Type.String(),
})
export type AuditTip = Static<typeof auditTipSchema>

export type AuditSources = {
  readonly tip: () => AuditTip
  /** Signs the end of the chain and writes it down. Throws Failure `audit.anchor_failed`. */
  readonly anchor: () => void
}

/** Registers its routes. `audit` is null where the log is not on disk. */
export const auditRoutes = (app: FastifyInstance, audit: AuditSources | null): void => {
  const sources = (): AuditSources => {
    if (audit !== null) return audit
    throw new Failure({
      code: 'audit.in_memory',
      message: 'This log is not on disk: it has no chain.',
      hint: 'Start the server with a data folder.',
    })
  }
  const audits = { config: { needs: 'audit.read' }, schema: { response: { 200: auditTipSchema } } } as const
  app.get('/api/audit/tip', audits, async () => sources().tip())
  app.post('/api/audit/anchor', audits, async () => {
    sources().anchor()
    return sources().tip()
  })
}
