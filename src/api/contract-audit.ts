// What an auditor is shown: acts in words, who did them, why and on whose yes. Part of `contract.ts`.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const auditTipSchema = Type.Object({
  /** Of the log: drawn when it was made. */
  logId: Type.String(),
  /** Of its last record. */
  offset: Type.Integer(),
  /** Of the chain up to there. */
  hash: Type.String(),
})
export type AuditTip = Static<typeof auditTipSchema>

const actSchema = Type.Object({
  /** Where it stands in the log: what `windvane audit verify` vouches for. */
  offset: Type.Integer(),
  /** Id of the event. */
  id: Type.String(),
  at: Type.Number(),
  /** Type of the event. */
  type: Type.String(),
  /** `rules`, `approvals`, `autonomy`, `stop`, `money`, `brand`, `people` or `access`. */
  group: Type.String(),
  who: Type.Object({
    /** '' when it was the machine by itself. */
    name: Type.String(),
    /** As facts name them: `user u4k`, `key k7`; '' for the machine and whoever sits at it. */
    id: Type.String(),
  }),
  /** What was done, in one sentence. */
  text: Type.String(),
  /** Why, as whoever did it said; '' when they did not. */
  reason: Type.String(),
  changes: Type.Array(Type.Object({ path: Type.String(), is: Type.String(), willBe: Type.String() })),
  /** Who had said yes to it. */
  approvals: Type.Array(
    Type.Object({ name: Type.String(), at: Type.Number(), via: Type.String(), note: Type.String() }),
  ),
  /** The proposal by which it came. */
  proposalId: nullable(Type.String()),
})
export type Act = Static<typeof actSchema>

export const actsPageSchema = Type.Object({
  items: Type.Array(actSchema),
  /** Pass as `before` for the next page; null at the end. */
  next: nullable(Type.String()),
})
export type ActsPage = Static<typeof actsPageSchema>

export const AUDIT_ROUTES = {
  auditTip: { method: 'GET', path: '/api/audit/tip' },
  anchorAudit: { method: 'POST', path: '/api/audit/anchor' },
  acts: { method: 'GET', path: '/api/audit/acts', query: ['before', 'group', 'who', 'limit'] },
  exportActs: { method: 'GET', path: '/api/audit/export', query: ['format', 'from', 'to'] },
} as const
