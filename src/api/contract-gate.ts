// What the console is told of the gate: who decides in each campaign, who waits, and what was found.

import { Type, type Static } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

export const gateCheckSchema = Type.Object({
  /** `sample_ratio`, `propensity`, `overlap`, `effective_sample`, `weight`, `gain`, `calibration`, `unsubscribes`, `complaints`, `margin`. */
  name: Type.String(),
  state: Type.Union([
    Type.Literal('passes'),
    Type.Literal('waits'),
    Type.Literal('fails'),
    Type.Literal('not_applicable'),
  ]),
  value: nullable(Type.Number()),
  limit: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
})

export const gateTrackSchema = Type.Object({
  campaignId: Type.String(),
  name: Type.String(),
  champion: Type.Object({ policy: Type.String(), since: Type.Number() }),
  challenger: nullable(
    Type.Object({
      id: Type.String(),
      policy: Type.String(),
      /** Need not earn more, only not less than a little. */
      safety: Type.Boolean(),
      by: Type.String(),
      reason: Type.String(),
      proposedAt: Type.Number(),
      /** Of the people who have it; 0 before the gate let it through. */
      share: Type.Number(),
      shareSince: Type.Number(),
      /** The next share; null when it has all that there are. */
      nextShare: nullable(Type.Number()),
      verdict: nullable(Type.Union([Type.Literal('passes'), Type.Literal('waits'), Type.Literal('fails')])),
      checks: Type.Array(gateCheckSchema),
      /** Settled decisions that the estimate stands on, and the challenger's own at this share. */
      decisions: Type.Integer(),
      own: Type.Integer(),
      /** Of its own before the next share. */
      ownNeeded: Type.Integer(),
      judgedAt: nullable(Type.Number()),
    }),
  ),
  /** What became of earlier challengers, the latest first. */
  past: Type.Array(
    Type.Object({
      id: Type.String(),
      policy: Type.String(),
      at: Type.Number(),
      /** 1: it decides for everybody; 0: it is gone. */
      to: Type.Number(),
      /** Share that it had. */
      from: Type.Number(),
      cause: Type.String(),
      detail: Type.String(),
      by: Type.String(),
    }),
  ),
})

export const gateSchema = Type.Object({
  items: Type.Array(gateTrackSchema),
  /** Shares of people, one after the other. */
  steps: Type.Array(Type.Number()),
})

export const gateRequestSchema = Type.Object(
  {
    /**
     * `withdraw` ends the challenger, `override` makes it the champion past the gate, `propose` puts the plan's
     * policy up again, `fresh_model` puts up the champion's policy on a model that starts anew.
     */
    act: Type.Union([
      Type.Literal('withdraw'),
      Type.Literal('override'),
      Type.Literal('propose'),
      Type.Literal('fresh_model'),
    ]),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    /** For `propose` and `fresh_model`: meant to be safer, so it may earn a little less. */
    safety: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export type Gate = Static<typeof gateSchema>
export type GateTrack = Static<typeof gateTrackSchema>
export type GateCheckView = Static<typeof gateCheckSchema>
export type GateRequest = Static<typeof gateRequestSchema>
