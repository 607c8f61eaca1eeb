// What a person may ask for: all that is held on them, and that it be gone.

import { Type, type Static } from 'typebox'

export const personExportSchema = Type.Object({
  profileId: Type.String(),
  at: Type.Number(),
  identifiers: Type.Array(Type.Object({ kind: Type.String(), value: Type.String() })),
  /** Traits, consents, features and segments as they stand. */
  profile: Type.Unknown(),
  /** The words of the versions that their consents name, where they are known. */
  wordings: Type.Array(
    Type.Object({
      version: Type.String(),
      id: Type.String(),
      purpose: Type.String(),
      language: Type.String(),
      text: Type.String(),
    }),
  ),
  /** All that the log has of them, oldest first. */
  events: Type.Array(
    Type.Object({
      offset: Type.Integer(),
      at: Type.Number(),
      type: Type.String(),
      data: Type.Unknown(),
    }),
  ),
  /** No event of theirs is left out. */
  complete: Type.Boolean(),
})

export const eraseRequestSchema = Type.Object(
  {
    /** The profile id once more: it cannot be undone. */
    confirm: Type.String(),
  },
  { additionalProperties: false },
)

export const erasureSchema = Type.Object({
  profileId: Type.String(),
  identifiers: Type.Integer(),
  /** Addresses that are never written to again. */
  suppressed: Type.Integer(),
})

/** What people are asked to agree to, each wording with the version to record. */
export const consentTextsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      purpose: Type.String(),
      /** [] = all. */
      channels: Type.Array(Type.String()),
      language: Type.String(),
      version: Type.String(),
      text: Type.String(),
      /** Only consents to a version in force, or to one that it accepts, count. */
      demand: Type.Boolean(),
    }),
  ),
})

const DATED = ['behaviour', 'orders', 'mentions'] as const

const dueSchema = Type.Object({
  dataClass: Type.Enum([...DATED]),
  /** 0 = kept. */
  months: Type.Integer(),
  /** The first month that is kept, UTC: `2025-10`; '' = all are. */
  before: Type.String(),
  /** Stored and older. */
  items: Type.Integer(),
  /** Of these, from before they had keys of their own: they go with their person only. */
  bound: Type.Integer(),
  /** Stored in all. */
  stored: Type.Integer(),
  /** The oldest month that is kept, and when it will be over, ms; null = none is, or all are kept. */
  next: Type.Union([
    Type.Null(),
    Type.Object({ month: Type.String(), at: Type.Number(), items: Type.Integer() }),
  ]),
})

const goneSchema = Type.Array(
  Type.Object({
    dataClass: Type.Enum([...DATED]),
    before: Type.String(),
    items: Type.Integer(),
  }),
)

/** How long personal data is kept, and what is over. */
export const retentionSchema = Type.Object({
  classes: Type.Array(dueSchema),
  contact: Type.Object({
    months: Type.Integer(),
    /** ms; 0 = all are kept. */
    before: Type.Number(),
    /** Of whom nothing came since; of these, who answered a message since stays. */
    people: Type.Integer(),
    /** Of whom it will be so within 30 days, if nothing comes. */
    soon: Type.Integer(),
  }),
  /** ms; null while everything is kept. */
  nextRunAt: Type.Union([Type.Number(), Type.Null()]),
  running: Type.Boolean(),
  last: Type.Union([
    Type.Null(),
    Type.Object({
      at: Type.Number(),
      items: Type.Integer(),
      classes: goneSchema,
      people: Type.Integer(),
      by: Type.String(),
    }),
  ]),
})
export type RetentionView = Static<typeof retentionSchema>

export const retentionRunSchema = Type.Object({
  /** Nothing was over. */
  happened: Type.Boolean(),
  classes: goneSchema,
  people: Type.Integer(),
})
export type RetentionRun = Static<typeof retentionRunSchema>

const shareSchema = Type.Object({
  people: Type.Integer(),
  /** Of those that it is a share of. */
  of: Type.Integer(),
  share: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
  /** Differs from everybody else beyond chance, at 5 % over the whole report. */
  differs: Type.Boolean(),
})

export const fairnessSchema = Type.Object({
  campaignId: Type.String(),
  /** The trait whose values are the groups. */
  by: Type.String(),
  groups: Type.Array(
    Type.Object({
      value: Type.String(),
      decided: Type.Integer(),
      treated: shareSchema,
      heldOut: shareSchema,
      withheld: shareSchema,
      offers: shareSchema,
      responded: shareSchema,
    }),
  ),
  /** Small groups put together as `(other)`. */
  putTogether: Type.Integer(),
})
export type ConsentTexts = Static<typeof consentTextsSchema>
export type Fairness = Static<typeof fairnessSchema>
export type PersonExport = Static<typeof personExportSchema>
export type EraseRequest = Static<typeof eraseRequestSchema>
export type Erasure = Static<typeof erasureSchema>

export const PRIVACY_ROUTES = {
  consentTexts: { method: 'GET', path: '/api/consents' },
  fairness: { method: 'GET', path: '/api/campaigns/:id/fairness', query: ['by'] },
  retention: { method: 'GET', path: '/api/retention' },
  runRetention: { method: 'POST', path: '/api/retention/run' },
  exportPerson: { method: 'GET', path: '/api/customers/:id/export' },
  erasePerson: { method: 'POST', path: '/api/customers/:id/erase' },
} as const
