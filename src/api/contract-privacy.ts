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
  exportPerson: { method: 'GET', path: '/api/customers/:id/export' },
  erasePerson: { method: 'POST', path: '/api/customers/:id/erase' },
} as const
