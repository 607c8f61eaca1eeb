// What the console and other clients may ask of the server: one schema for validation, types and the
// OpenAPI document. The console imports only this file. Times are ms since the epoch by the product's
// clock (virtual in the demo); money is whole units of the business's currency.

import { Type, type Static, type TSchema } from 'typebox'
import { stopSchema } from './contract-stop.ts'
import { scoresSchema } from './contract-models.ts'

export type * from './contract-access.ts'

export * from './contract-money.ts'
export * from './contract-geo.ts'
export * from './contract-routes.ts'
export * from './contract-audit.ts'
export * from './contract-brand.ts'
export * from './contract-governance.ts'
export * from './contract-models.ts'
export * from './contract-notices.ts'
export * from './contract-recommend.ts'
export * from './contract-gate.ts'
export * from './contract-stop.ts'
export { attributionSchema, type AttributionView } from './contract-attribution.ts'
import { campaignForecastSchema } from './contract-forecast.ts'
export { campaignForecastSchema, type CampaignForecastView } from './contract-forecast.ts'
export * from './contract-privacy.ts'
export { kpisSchema, type Kpis } from './contract-kpis.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const page = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    /** Pass as `before` for the next page. */ next: nullable(Type.String()),
  })

export const channelSchema = Type.Union([
  Type.Literal('email'),
  Type.Literal('push'),
  Type.Literal('sms'),
  Type.Literal('messenger'),
  Type.Literal('onsite'),
  Type.Literal('webhook'),
])

export const reasonSchema = Type.Object({ code: Type.String(), detail: Type.String() })

/** A figure that may be watched at any time; `verdict` says whether it may be called anything yet. */
export const liftSchema = Type.Object({
  /** '' = all campaigns together. */
  campaignId: Type.String(),
  treated: Type.Object({ people: Type.Integer(), complete: Type.Integer(), mean: Type.Number() }),
  holdout: Type.Object({ people: Type.Integer(), complete: Type.Integer(), mean: Type.Number() }),
  /** Treated minus holdout, money per person over the horizon. */
  difference: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  confidence: Type.Number(),
  /** Difference × treated people. */
  earned: nullable(Type.Number()),
  /** Smallest difference that could be seen by now with 80 % power. */
  smallestDetectable: nullable(Type.Number()),
  sampleRatioP: nullable(Type.Number()),
  verdict: Type.Union([
    Type.Literal('ahead'),
    Type.Literal('behind'),
    Type.Literal('not_known_yet'),
    Type.Literal('sample_ratio_mismatch'),
  ]),
  /** How the difference and its interval moved, oldest first. */
  history: Type.Array(
    Type.Object({ at: Type.Number(), difference: Type.Number(), low: Type.Number(), high: Type.Number() }),
  ),
})

export const briefSchema = Type.Object({
  now: Type.Number(),
  business: Type.Object({
    name: Type.String(),
    currency: Type.String(),
    timeZone: Type.String(),
    locale: Type.String(),
  }),
  /** `demo`: the market is simulated, the clock runs fast. */
  mode: Type.Union([Type.Literal('live'), Type.Literal('demo')]),
  /** Product milliseconds per real millisecond. */
  clockRate: Type.Number(),
  stop: stopSchema,
  counts: Type.Object({
    people: Type.Integer(),
    eventsTotal: Type.Integer(),
    eventsPerMinute: Type.Number(),
    decisionsTotal: Type.Integer(),
    decisionsToday: Type.Integer(),
    actedToday: Type.Integer(),
    nothingToday: Type.Integer(),
    withheldToday: Type.Integer(),
    sentTotal: Type.Integer(),
    sentToday: Type.Integer(),
    failedToday: Type.Integer(),
    unknown: Type.Integer(),
    queued: Type.Integer(),
    opened: Type.Integer(),
    clicked: Type.Integer(),
    conversions: Type.Integer(),
    unsubscribed: Type.Integer(),
    complained: Type.Integer(),
  }),
  lift: liftSchema,
  /** In the demo: the planted truth of the same figure; null otherwise. */
  truth: nullable(Type.Object({ difference: Type.Number() })),
  campaigns: Type.Array(
    Type.Object({
      campaignId: Type.String(),
      name: Type.String(),
      status: Type.String(),
      decisions: Type.Integer(),
      acted: Type.Integer(),
      nothing: Type.Integer(),
      conversions: Type.Integer(),
      reward: Type.Number(),
      spent: Type.Number(),
      budget: nullable(Type.Number()),
      /** Share of recent decisions per action, largest first, at most 6. */
      actions: Type.Array(
        Type.Object({ actionId: Type.String(), share: Type.Number(), meanReward: nullable(Type.Number()) }),
      ),
    }),
  ),
  /** Proposals that wait for somebody now. */
  pendingApprovals: Type.Integer(),
  /** What wants a person: each with what to do. */
  attention: Type.Array(
    Type.Object({
      kind: Type.Union([
        Type.Literal('unknown_sends'),
        Type.Literal('stopped'),
        Type.Literal('sample_ratio'),
        Type.Literal('complaints'),
        Type.Literal('invalid_events'),
        Type.Literal('delivery_failing'),
        Type.Literal('disk_full'),
        Type.Literal('no_campaigns'),
        Type.Literal('kpi_anomaly'),
        Type.Literal('actions_shifted'),
        Type.Literal('actions_collapsed'),
        Type.Literal('model_drift'),
        Type.Literal('brand_incident'),
        Type.Literal('brand_source'),
      ]),
      severity: Type.Union([Type.Literal('risk'), Type.Literal('notice')]),
      count: Type.Integer(),
      detail: Type.String(),
    }),
  ),
  /** Decisions and deliveries per product hour of the last 48, oldest first. */
  hourly: Type.Array(
    Type.Object({
      at: Type.Number(),
      events: Type.Integer(),
      decisions: Type.Integer(),
      acted: Type.Integer(),
      sent: Type.Integer(),
      conversions: Type.Integer(),
    }),
  ),
})

export const decisionRowSchema = Type.Object({
  decisionId: Type.String(),
  at: Type.Number(),
  campaignId: Type.String(),
  profileId: Type.String(),
  /** A name or address to show; personal. */
  person: Type.String(),
  actionId: Type.String(),
  channel: nullable(Type.String()),
  verdict: Type.Union([Type.Literal('act'), Type.Literal('nothing'), Type.Literal('withheld')]),
  group: Type.Union([Type.Literal('treated'), Type.Literal('holdout')]),
  propensity: Type.Number(),
  delivery: nullable(Type.String()),
  reward: nullable(Type.Number()),
  /** One sentence in the language asked for. */
  why: Type.String(),
})
export const decisionsPageSchema = page(decisionRowSchema)

export const decisionDetailSchema = Type.Object({
  row: decisionRowSchema,
  /** The top reasons as sentences, rendered from the record. */
  reasons: Type.Array(Type.String()),
  /** What models expected of the person, or why they could not say, as sentences. */
  scores: Type.Array(Type.String()),
  candidates: Type.Array(
    Type.Object({
      actionId: Type.String(),
      mean: Type.Number(),
      stderr: Type.Number(),
      probability: Type.Number(),
    }),
  ),
  rejected: Type.Array(Type.Object({ actionId: Type.String(), reasons: Type.Array(reasonSchema) })),
  vetoes: Type.Array(reasonSchema),
  context: Type.Record(Type.String(), Type.Unknown()),
  features: Type.Array(Type.Object({ name: Type.String(), value: Type.Number() })),
  versions: Type.Record(Type.String(), Type.String()),
  seed: Type.String(),
  asOf: Type.Integer(),
  sendAt: Type.Number(),
  /** Whether drawing again from the record gives the same action and propensity. */
  replays: Type.Boolean(),
  deliveries: Type.Array(Type.Object({ at: Type.Number(), type: Type.String(), detail: Type.String() })),
  outcomes: Type.Array(Type.Object({ at: Type.Number(), kind: Type.String(), reward: Type.Number() })),
  /** The whole record, as it stands in the log. */
  record: Type.Unknown(),
})

export const timelineItemSchema = Type.Object({
  offset: Type.Integer(),
  at: Type.Number(),
  /** `signal`, `decision`, `delivery`, `outcome`, `consent`. */
  kind: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  decisionId: nullable(Type.String()),
})
export const customerSchema = Type.Object({
  profileId: Type.String(),
  person: Type.String(),
  identifiers: Type.Array(Type.Object({ kind: Type.String(), value: Type.String() })),
  traits: Type.Record(Type.String(), Type.Unknown()),
  consents: Type.Array(
    Type.Object({
      channel: Type.String(),
      purpose: Type.String(),
      /** `granted`, `withdrawn`, or `outdated`: granted to a text that a text in force does not accept. */
      state: Type.String(),
      /** As whoever asked noted it; '' = unknown. */
      textVersion: Type.String(),
      /** The words they agreed to, where they are known. */
      text: Type.String(),
      source: Type.String(),
      at: Type.Number(),
    }),
  ),
  features: Type.Array(
    Type.Object({ name: Type.String(), value: Type.Union([Type.String(), Type.Number()]) }),
  ),
  segments: Type.Array(Type.String()),
  group: Type.Union([Type.Literal('treated'), Type.Literal('holdout')]),
  timeZone: Type.String(),
  /** How they sounded in what they wrote; null when nothing of it was read. */
  tone: nullable(
    Type.Object({
      count: Type.Integer(),
      /** −1 (surely negative) to 1. */
      latest: Type.Number(),
      mean: Type.Number(),
      sentiment: Type.Union([Type.Literal('negative'), Type.Literal('neutral'), Type.Literal('positive')]),
      confidence: Type.Number(),
      emotion: Type.String(),
      version: Type.String(),
      at: Type.Number(),
      negativeAt: nullable(Type.Number()),
    }),
  ),
  scores: scoresSchema,
  timeline: Type.Array(timelineItemSchema),
})
export const customerHitSchema = Type.Object({
  profileId: Type.String(),
  person: Type.String(),
  lastSeenAt: nullable(Type.Number()),
  orders: Type.Integer(),
})
export const customersSchema = Type.Object({ items: Type.Array(customerHitSchema), total: Type.Integer() })

export const unmergeRequestSchema = Type.Object(
  {
    /** Identifiers that leave for a profile of their own. */
    leaving: Type.Array(
      Type.Object({ kind: Type.String({ maxLength: 20 }), value: Type.String({ maxLength: 256 }) }),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { additionalProperties: false },
)

export const segmentsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      when: Type.String(),
      size: Type.Integer(),
      /** False while a first round over everybody is under way. */
      whole: Type.Boolean(),
      /** Scores it asks for that no model can say now: whom only they would bring in is not in it. */
      missing: Type.Array(Type.Object({ score: Type.String(), gap: Type.String() })),
    }),
  ),
})

export const dataHealthSchema = Type.Object({
  sources: Type.Array(
    Type.Object({
      source: Type.String(),
      events: Type.Integer(),
      duplicates: Type.Integer(),
      invalid: Type.Integer(),
      lastAt: nullable(Type.Number()),
    }),
  ),
  invalidByCode: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
  log: Type.Object({
    head: Type.Integer(),
    folded: Type.Integer(),
    bytes: nullable(Type.Integer()),
    snapshotOffset: Type.Integer(),
  }),
})

export const planSchema = Type.Object({ yaml: Type.String(), version: Type.String() })
export const planRequestSchema = Type.Object(
  {
    yaml: Type.String({ maxLength: 1_000_000 }),
    /** Only check, change nothing. */ dryRun: Type.Optional(Type.Boolean()),
    /** Why changed policies shall decide at once and not wait at the gate; '' or left out: they wait. */
    override: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)
export const planResultSchema = Type.Object({
  applied: Type.Boolean(),
  version: Type.String(),
  problems: Type.Array(Type.Object({ path: Type.String(), message: Type.String(), hint: Type.String() })),
  changes: Type.Array(Type.String()),
  /** Id of the proposal that people must approve first; null when nothing waits. */
  waits: nullable(Type.String()),
  /** Why a person must look. */
  because: Type.Array(reasonSchema),
  /** Of a dry run: what new and changed campaigns would bring, at most five of them. */
  forecasts: Type.Array(campaignForecastSchema),
})

export const errorSchema = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), hint: Type.String() }),
})

/** One server-sent event of `GET /api/stream`: `brief` about once a second, `decision` as they happen (thinned to what an eye can follow). */
export type StreamEvent =
  | { readonly type: 'brief'; readonly brief: Brief }
  | { readonly type: 'decision'; readonly decision: DecisionRow }

export type Brief = Static<typeof briefSchema>
export type Lift = Static<typeof liftSchema>
export type DecisionRow = Static<typeof decisionRowSchema>
export type DecisionsPage = Static<typeof decisionsPageSchema>
export type DecisionDetail = Static<typeof decisionDetailSchema>
export type TimelineItem = Static<typeof timelineItemSchema>
export type Customer = Static<typeof customerSchema>
export type CustomerHit = Static<typeof customerHitSchema>
export type Customers = Static<typeof customersSchema>
export type UnmergeRequest = Static<typeof unmergeRequestSchema>
export type Segments = Static<typeof segmentsSchema>
export type DataHealth = Static<typeof dataHealthSchema>
export type Plan = Static<typeof planSchema>
export type PlanRequest = Static<typeof planRequestSchema>
export type PlanResult = Static<typeof planResultSchema>
export type ApiError = Static<typeof errorSchema>
