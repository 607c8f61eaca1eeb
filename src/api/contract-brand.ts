// The console's contract for the brand watch: what is said, how it stands out, incidents, playbooks. Part of
// `contract.ts`. Times are ms; shares and confidences 0 to 1; tones −1 to 1.

import { Type, type Static } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const Id = Type.String({ minLength: 1, maxLength: 300 })
const closed = { additionalProperties: false } as const

export const brandEntitySchema = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  /** Of the last 24 hours, and as many as are usual; null while that is being learnt. */
  mentions: Type.Number(),
  usual: nullable(Type.Number()),
  voices: Type.Number(),
  negativeShare: nullable(Type.Number()),
  /** `calm`, `learning`, `loud`, `rising`, `good_news`, `crisis`, `attack`, `slow_burn`. */
  standing: Type.String(),
  /** 0 to 100, and what it is made of. */
  risk: Type.Number(),
  surprise: Type.Number(),
  severity: Type.Integer(),
  phrases: Type.Array(Type.String()),
  mutedUntil: nullable(Type.Number()),
  /** Voices that it takes until people are called: each mute teaches that it takes more. */
  voicesNeeded: Type.Integer(),
})

export const mentionSchema = Type.Object({
  key: Type.String(),
  source: Type.String(),
  at: Type.Number(),
  author: Type.String(),
  url: Type.String(),
  text: Type.String(),
  language: Type.String(),
  entities: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      tone: Type.Number(),
      confidence: Type.Number(),
      /** What a person said it is; null when nobody did. */
      corrected: nullable(Type.Number()),
    }),
  ),
  emotion: Type.String(),
  risks: Type.Array(Type.String()),
  /** Stars, an NPS answer or a grade, where one was given. */
  rating: nullable(Type.Object({ value: Type.Number(), scale: Type.String() })),
  /** Copies of it that were heard. */
  echoes: Type.Integer(),
})

const lineBeside = {
  lineId: Type.String(),
  name: Type.String(),
  /** The word of the topic, and where it stands: `name`, `keyword`, `creative`, `product`. */
  word: Type.String(),
  where: Type.String(),
  what: Type.String(),
}

const evidenceSchema = Type.Object({
  mentions: Type.Number(),
  usual: Type.Number(),
  negativeShare: Type.Number(),
  usualNegative: Type.Number(),
  voices: Type.Number(),
  echoes: Type.Number(),
  riskWords: Type.Array(Type.String()),
  phrases: Type.Array(Type.String()),
  samples: Type.Array(Type.Object({ key: Type.String(), text: Type.String(), url: Type.String() })),
})

export const incidentSchema = Type.Object({
  incidentId: Type.String(),
  kind: Type.String(),
  severity: Type.Integer(),
  entity: Type.String(),
  name: Type.String(),
  since: Type.Number(),
  at: Type.Number(),
  seenAt: Type.Number(),
  status: Type.String(),
  owner: Type.String(),
  calmAt: Type.Number(),
  closedAt: Type.Number(),
  falseAlarm: Type.Boolean(),
  postMortem: Type.String(),
  evidence: evidenceSchema,
  own: Type.Array(
    Type.Object({
      at: Type.Number(),
      what: Type.String(),
      campaignId: Type.String(),
      creativeId: Type.String(),
      people: Type.Integer(),
      shared: Type.Array(Type.String()),
      fit: Type.Number(),
    }),
  ),
  playbook: Type.String(),
  steps: Type.Array(
    Type.Object({
      kind: Type.String(),
      status: Type.String(),
      proposalId: Type.String(),
      at: Type.Number(),
      detail: Type.String(),
      afterMs: Type.Number(),
      reversible: Type.Boolean(),
      /** Ad lines it holds, and whether each is seen paused: `paused`, `pausing`, `unreachable`. */
      lines: Type.Array(Type.Object({ ...lineBeside, state: Type.String(), detail: Type.String() })),
    }),
  ),
  timeline: Type.Array(
    Type.Object({ at: Type.Number(), what: Type.String(), detail: Type.String(), by: Type.String() }),
  ),
})

const learntSchema = Type.Object({
  language: Type.String(),
  /** Corrections that it was judged on, each held back once. */
  judgedOn: Type.Integer(),
  /** Share read as people did, without and with what was learnt. */
  before: Type.Number(),
  after: Type.Number(),
  used: Type.Boolean(),
  /** The strongest words; `tone` −1 or 1. */
  words: Type.Array(Type.Object({ stem: Type.String(), tone: Type.Number() })),
})

export const brandSchema = Type.Object({
  /** False where the plan has no section `brand`. */
  configured: Type.Boolean(),
  now: Type.Number(),
  entities: Type.Array(brandEntitySchema),
  incidents: Type.Array(incidentSchema),
  mentions: Type.Array(mentionSchema),
  /** What corrections taught, by language; and corrections given so far. */
  learnt: Type.Array(learntSchema),
  corrections: Type.Integer(),
  /** Of each source that asks "would you recommend us": the last 90 days. */
  nps: Type.Array(
    Type.Object({
      source: Type.String(),
      name: Type.String(),
      days: Type.Integer(),
      answers: Type.Integer(),
      promoters: Type.Integer(),
      passives: Type.Integer(),
      detractors: Type.Integer(),
      /** −100 to 100, and its 95 % interval; null without an answer. */
      score: nullable(Type.Number()),
      low: Type.Number(),
      high: Type.Number(),
    }),
  ),
  /** What was heard in 24 hours and called nobody. */
  quiet: Type.Object({ mentions: Type.Integer(), echoes: Type.Integer(), loud: Type.Integer() }),
  sources: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      heard: Type.Integer(),
      heardAt: Type.Number(),
      trouble: Type.String(),
      troubleAt: Type.Number(),
    }),
  ),
  holds: Type.Array(
    Type.Object({
      holdId: Type.String(),
      why: Type.String(),
      by: Type.String(),
      at: Type.Number(),
      what: Type.String(),
      scope: Type.Array(Type.Object({ part: Type.String(), values: Type.Array(Type.String()) })),
    }),
  ),
  statements: Type.Array(
    Type.Object({
      incidentId: Type.String(),
      proposalId: Type.String(),
      texts: Type.Record(Type.String(), Type.String()),
    }),
  ),
  /** One thing told differently in two places. */
  contradictions: Type.Array(
    Type.Object({
      what: Type.String(),
      about: Type.String(),
      places: Type.Array(
        Type.Object({ creativeId: Type.String(), channel: Type.String(), says: Type.String() }),
      ),
    }),
  ),
  playbooks: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      when: Type.String(),
      steps: Type.Array(
        Type.Object({ kind: Type.String(), afterMs: Type.Number(), unlessOwned: Type.Boolean() }),
      ),
      calmMs: Type.Number(),
      everyMs: Type.Number(),
      ask: Type.Boolean(),
      lastDrillAt: nullable(Type.Number()),
      /** ms from the drill's beginning to its last notice. */
      lastDrillMs: nullable(Type.Number()),
      lastUsedAt: nullable(Type.Number()),
    }),
  ),
})

/** Of one name, phrase or incident. */
export const mentionsAboutSchema = Type.Object({ total: Type.Integer(), mentions: Type.Array(mentionSchema) })
export type MentionsAbout = Static<typeof mentionsAboutSchema>

export const dryRunSchema = Type.Object({
  playbook: Type.String(),
  steps: Type.Array(
    Type.Object({
      kind: Type.String(),
      class: Type.String(),
      /** `goes` by itself, `waits` for a person, `nothing` fits, `calls` people. */
      would: Type.String(),
      what: Type.String(),
      count: Type.Integer(),
      sample: Type.Array(Type.String()),
      /** Ad lines it would pause, and why. */
      lines: Type.Array(
        Type.Object({
          ...lineBeside,
          /** Whether its platform ever told of it: else nobody knows whether it can be reached. */
          told: Type.Boolean(),
        }),
      ),
    }),
  ),
})

export const incidentActSchema = Type.Object(
  {
    incidentId: Id,
    act: Type.Union([
      Type.Literal('own'),
      Type.Literal('note'),
      Type.Literal('stand_down'),
      Type.Literal('close'),
      Type.Literal('false_alarm'),
      Type.Literal('take_back'),
    ]),
    text: Type.Optional(Type.String({ maxLength: 2_000 })),
    step: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  },
  closed,
)
export const muteSchema = Type.Object({ entity: Id, days: Type.Integer({ minimum: 0, maximum: 90 }) }, closed)
export const correctionSchema = Type.Object(
  { key: Id, entity: Id, tone: Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)]) },
  closed,
)
export const drillSchema = Type.Object({ playbook: Id }, closed)

const MENTIONS_MAX = 200
export const saidSchema = Type.Object(
  {
    /** A source of kind `push` in the plan. */
    source: Id,
    mentions: Type.Array(
      Type.Object(
        {
          id: Id,
          text: Type.Optional(Type.String({ maxLength: 100_000 })),
          /** On the scale that the source names: stars 1 to 5, an NPS answer 0 to 10, a grade 1 to 10. */
          score: Type.Optional(Type.Number()),
          /** Refused when the source's is another. */
          scale: Type.Optional(Type.String({ maxLength: 10 })),
          /** Id or name of whom it is about, where the text need not say it. */
          about: Type.Optional(Type.String({ maxLength: 300 })),
          /** Who said it: it becomes an event of that person, too. */
          who: Type.Optional(
            Type.Object(
              {
                userId: Type.Optional(Id),
                anonymousId: Type.Optional(Id),
                email: Type.Optional(Type.String({ minLength: 3, maxLength: 300 })),
                phone: Type.Optional(Type.String({ minLength: 3, maxLength: 40 })),
              },
              closed,
            ),
          ),
          at: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 40 })])),
          author: Type.Optional(Type.String({ maxLength: 500 })),
          url: Type.Optional(Type.String({ maxLength: 2_000 })),
          ticket: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      { minItems: 1, maxItems: MENTIONS_MAX },
    ),
  },
  closed,
)
/** What came of a text in the sender's own format. */
export const pushedAnswerSchema = Type.Object({
  fresh: Type.Integer(),
  heard: Type.Integer(),
  /** Passed over by the mapping's `only`. */
  passed: Type.Integer(),
  /** Which could not be read, by place from 1, and why. */
  wrong: Type.Array(Type.Object({ item: Type.Integer(), reason: Type.String() })),
})
export type PushedAnswer = Static<typeof pushedAnswerSchema>
export const saidAnswerSchema = Type.Object({ fresh: Type.Integer(), heard: Type.Integer() })

export type Brand = Static<typeof brandSchema>
export type BrandIncident = Static<typeof incidentSchema>
export type BrandMention = Static<typeof mentionSchema>
export type BrandDryRun = Static<typeof dryRunSchema>
export type IncidentAct = Static<typeof incidentActSchema>
export type Said = Static<typeof saidSchema>

/** Part of `ROUTES`. */
export const BRAND_ROUTES = {
  brand: { method: 'GET', path: '/api/brand' },
  brandMentions: { method: 'GET', path: '/api/brand/mentions', query: ['entity', 'phrase', 'incident'] },
  actOnIncident: { method: 'POST', path: '/api/brand/incidents/act' },
  muteBrand: { method: 'POST', path: '/api/brand/mute' },
  correctMention: { method: 'POST', path: '/api/brand/correct' },
  drillPlaybook: { method: 'POST', path: '/api/brand/drill' },
  dryRunPlaybook: { method: 'GET', path: '/api/brand/dry-run', query: ['playbook', 'words'] },
} as const
