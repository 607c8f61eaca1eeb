// What a person may ask for: all that is held on them, and that it be gone.

import { Type, type Static } from 'typebox'

export const personExportSchema = Type.Object({
  profileId: Type.String(),
  at: Type.Number(),
  identifiers: Type.Array(Type.Object({ kind: Type.String(), value: Type.String() })),
  /** Traits, consents, features and segments as they stand. */
  profile: Type.Unknown(),
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

export type PersonExport = Static<typeof personExportSchema>
export type EraseRequest = Static<typeof eraseRequestSchema>
export type Erasure = Static<typeof erasureSchema>

export const PRIVACY_ROUTES = {
  exportPerson: { method: 'GET', path: '/api/customers/:id/export' },
  erasePerson: { method: 'POST', path: '/api/customers/:id/erase' },
} as const
