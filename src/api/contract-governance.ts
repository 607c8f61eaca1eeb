// The part of the contract that is about governing: proposals and their answers, the policy, what it
// allows by now, and drills. Told to others by contract.ts.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const closed = { additionalProperties: false }
const ground = Type.Object({ code: Type.String(), detail: Type.String() })
const change = Type.Object({ path: Type.String(), is: Type.String(), willBe: Type.String() })
const actor = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  name: Type.String(),
  role: Type.String(),
})

export const proposalSchema = Type.Object({
  proposalId: Type.String(),
  class: Type.String(),
  /** What is done with a yes: `messages.release`, `plan.change`, … */
  kind: Type.String(),
  campaignId: Type.String(),
  title: Type.String(),
  status: Type.Union([
    Type.Literal('open'),
    Type.Literal('approved'),
    Type.Literal('executing'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('unknown'),
    Type.Literal('undone'),
    Type.Literal('rejected'),
    Type.Literal('expired'),
    Type.Literal('stale'),
    Type.Literal('shadow'),
  ]),
  level: Type.Integer(),
  /** ms by the product's clock, when this was looked at. */
  now: Type.Number(),
  at: Type.Number(),
  /** Then nothing happens. */
  expiresAt: Type.Number(),
  /** 0 = not snoozed. */
  snoozedUntil: Type.Number(),
  by: actor,
  changes: Type.Array(change),
  touches: Type.Object({
    what: Type.String(),
    count: Type.Integer(),
    sample: Type.Array(Type.Object({ ref: Type.String(), label: Type.String() })),
  }),
  /** Whole currency units. */
  cost: Type.Number(),
  gain: nullable(
    Type.Object({ mean: Type.Number(), low: Type.Number(), high: Type.Number(), unit: Type.String() }),
  ),
  risk: Type.Object({ level: Type.String(), note: Type.String() }),
  evidence: Type.Array(Type.Object({ kind: Type.String(), ref: Type.String(), label: Type.String() })),
  /** Why a person is asked. */
  grounds: Type.Array(ground),
  reversible: Type.Boolean(),
  /** ms until which it can be taken back; null when it cannot be now. */
  undoableUntil: nullable(Type.Number()),
  /** How many different people must say yes. */
  eyes: Type.Integer(),
  approvals: Type.Array(
    Type.Object({ by: actor, at: Type.Number(), note: Type.String(), via: Type.String() }),
  ),
  roles: Type.Array(Type.String()),
  onCall: Type.Array(Type.String()),
  question: Type.String(),
  answers: Type.Array(Type.Object({ by: actor, at: Type.Number(), text: Type.String() })),
  edited: Type.Boolean(),
  /** What may be left out of it by an edit; [] when it cannot be edited. */
  editable: Type.Array(Type.String()),
  reason: Type.String(),
  closedAt: Type.Number(),
  closedBy: nullable(actor),
  /** What came of doing it. */
  detail: Type.String(),
  /** Whether whoever asks may answer. */
  mayAnswer: Type.Boolean(),
})

export const proposalsSchema = Type.Object({
  /** Log offset of this look: sent back with an approval, which covers nothing later. */
  seenUpTo: Type.Integer(),
  /** Waiting, soonest over first. */
  open: Type.Array(proposalSchema),
  snoozed: Type.Array(proposalSchema),
  /** Newest first. */
  closed: Type.Array(proposalSchema),
})

export const answerRequestSchema = Type.Object(
  {
    answer: Type.Union([
      Type.Literal('approve'),
      Type.Literal('reject'),
      Type.Literal('snooze'),
      Type.Literal('answer'),
      Type.Literal('edit'),
      Type.Literal('undo'),
    ]),
    /** Note, reason or answer in words. */
    text: Type.Optional(Type.String({ maxLength: 2_000 })),
    /** ms: how long to snooze. */
    forMs: Type.Optional(Type.Integer({ minimum: 60_000, maximum: 30 * 86_400_000 })),
    /** Of an approval: log offset of what was seen. */
    seenUpTo: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Of an edit: actions to leave out. */
    without: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 64 })),
  },
  closed,
)

const policyChange = Type.Object({
  path: Type.String(),
  is: Type.String(),
  willBe: Type.String(),
  risk: Type.Union([Type.Literal('lower'), Type.Literal('raise'), Type.Literal('same')]),
})

export const policySchema = Type.Object({
  /** The `governance` section as YAML. */
  yaml: Type.String(),
  version: Type.String(),
  /** False until any policy was applied. */
  governed: Type.Boolean(),
  /** Newest first. */
  versions: Type.Array(
    Type.Object({
      version: Type.String(),
      at: Type.Number(),
      by: actor,
      proposalId: Type.String(),
      changes: Type.Array(policyChange),
    }),
  ),
})

/** What last week's decisions would have come to. */
export const policyImpactSchema = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  /** Decisions looked at, all that acted in that time or the newest of them. */
  decisions: Type.Integer(),
  complete: Type.Boolean(),
  rows: Type.Array(
    Type.Object({
      class: Type.String(),
      campaignId: Type.String(),
      decisions: Type.Integer(),
      /** As the policy in force has it. */
      now: Type.Object({
        shadow: Type.Integer(),
        suggested: Type.Integer(),
        waited: Type.Integer(),
        undoable: Type.Integer(),
        went: Type.Integer(),
      }),
      /** As the other one would have had it. */
      then: Type.Object({
        shadow: Type.Integer(),
        suggested: Type.Integer(),
        waited: Type.Integer(),
        undoable: Type.Integer(),
        went: Type.Integer(),
      }),
    }),
  ),
  /** Proposals of that time: level then, level under the other policy. */
  proposals: Type.Array(
    Type.Object({
      proposalId: Type.String(),
      class: Type.String(),
      title: Type.String(),
      was: Type.Integer(),
      wouldBe: Type.Integer(),
      eyes: Type.Integer(),
    }),
  ),
})

export const policyRequestSchema = Type.Object(
  {
    yaml: Type.String({ maxLength: 200_000 }),
    /** Only check, and reckon what last week would have come to. */
    dryRun: Type.Optional(Type.Boolean()),
  },
  closed,
)
export const policyResultSchema = Type.Object({
  applied: Type.Boolean(),
  version: Type.String(),
  problems: Type.Array(Type.Object({ path: Type.String(), message: Type.String(), hint: Type.String() })),
  changes: Type.Array(policyChange),
  waits: nullable(Type.String()),
  because: Type.Array(ground),
  impact: nullable(policyImpactSchema),
})

const rung = Type.Object({
  class: Type.String(),
  campaignId: Type.String(),
  /** As the policy says, and as it is after what was lost. */
  policyLevel: Type.Integer(),
  level: Type.Integer(),
  judged: Type.Integer(),
  unedited: Type.Integer(),
  edited: Type.Integer(),
  rejected: Type.Integer(),
  acted: Type.Integer(),
  undone: Type.Integer(),
  breaches: Type.Integer(),
  lastBreach: Type.String(),
  since: nullable(Type.Number()),
  needs: Type.Object({ decisions: Type.Integer(), unedited: Type.Number() }),
  gainLow: nullable(Type.Number()),
  /** Whether the evidence is complete. */
  earned: Type.Boolean(),
  /** Proposal of a promotion that waits; '' = none. */
  proposalId: Type.String(),
})

export const guardrailsSchema = Type.Object({
  now: Type.Number(),
  governed: Type.Boolean(),
  ladder: Type.Array(rung),
  ramps: Type.Array(
    Type.Object({
      campaignId: Type.String(),
      name: Type.String(),
      stage: Type.Integer(),
      stages: Type.Integer(),
      share: Type.Number(),
      since: Type.Number(),
      /** ms at the earliest; null at the last stage or when stopped. */
      nextAt: nullable(Type.Number()),
      halted: nullable(ground),
      contacts: Type.Integer(),
      complaints: Type.Integer(),
      unsubscribes: Type.Integer(),
      bounces: Type.Integer(),
      errors: Type.Integer(),
    }),
  ),
  /** How often each rule held something back, today and in the last seven days. */
  hits: Type.Array(Type.Object({ code: Type.String(), today: Type.Integer(), week: Type.Integer() })),
  limits: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  drills: Type.Array(
    Type.Object({
      at: Type.Number(),
      by: actor,
      passed: Type.Boolean(),
      surfaces: Type.Array(
        Type.Object({
          surface: Type.String(),
          tries: Type.Integer(),
          p50Ms: Type.Number(),
          p99Ms: Type.Number(),
          maxMs: Type.Number(),
        }),
      ),
    }),
  ),
  /** Days since the last drill that passed; null = never. */
  drillAgeDays: nullable(Type.Number()),
})

export const stopDrillSchema = Type.Object({
  by: actor,
  passed: Type.Boolean(),
  surfaces: Type.Array(
    Type.Object({
      surface: Type.String(),
      tries: Type.Integer(),
      p50Ms: Type.Number(),
      p99Ms: Type.Number(),
      maxMs: Type.Number(),
    }),
  ),
})

export const promoteRequestSchema = Type.Object(
  { class: Type.String({ maxLength: 40 }), campaignId: Type.Optional(Type.String({ maxLength: 60 })) },
  closed,
)

export type ProposalView = Static<typeof proposalSchema>
export type ProposalsView = Static<typeof proposalsSchema>
export type AnswerBody = Static<typeof answerRequestSchema>
export type PolicyView = Static<typeof policySchema>
export type PolicyImpact = Static<typeof policyImpactSchema>
export type PolicyRequest = Static<typeof policyRequestSchema>
export type PolicyResult = Static<typeof policyResultSchema>
export type GuardrailsView = Static<typeof guardrailsSchema>
export type Drill = Static<typeof stopDrillSchema>
export type PromoteRequest = Static<typeof promoteRequestSchema>

export const GOVERNANCE_ROUTES = {
  proposals: { method: 'GET', path: '/api/proposals' },
  proposal: { method: 'GET', path: '/api/proposals/:id' },
  answerProposal: { method: 'POST', path: '/api/proposals/:id' },
  policy: { method: 'GET', path: '/api/policy' },
  applyPolicy: { method: 'POST', path: '/api/policy' },
  guardrails: { method: 'GET', path: '/api/guardrails' },
  promote: { method: 'POST', path: '/api/autonomy' },
  drill: { method: 'POST', path: '/api/drill' },
} as const
