// The contract's part about who was there before orders. Clients import it through contract.ts.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const creditSchema = Type.Object({
  first: Type.Number(),
  last: Type.Number(),
  linear: Type.Number(),
  position: Type.Number(),
  decay: Type.Number(),
  /** Null where it was refused, such as for too many states. */
  markov1: nullable(Type.Number()),
  markov2: nullable(Type.Number()),
  shapley: nullable(Type.Number()),
})

/** Who was on the way to orders, and beside it what holdouts measured. Not causal: for reading, never for moving money. */
export const attributionSchema = Type.Object({
  now: Type.Number(),
  by: Type.Union([Type.Literal('channel'), Type.Literal('campaign')]),
  touches: Type.Union([Type.Literal('all'), Type.Literal('clicks')]),
  /** Touches count for so long before an order. */
  lookbackDays: Type.Number(),
  /** Always false: credit goes to who was present. */
  causal: Type.Literal(false),
  rows: Type.Array(
    Type.Object({
      /** Channel, id of a campaign, or `channel: campaign` of a visit from elsewhere. */
      id: Type.String(),
      orders: creditSchema,
      /** Margin of those orders, whole currency units. */
      margin: creditSchema,
      /** Share of orders lost without it, were the chain of touches the cause. */
      removal: Type.Number(),
      /** What its holdout measured: margin brought in all, people whose horizon is over. Null: no holdout tells. */
      measured: nullable(
        Type.Object({
          margin: nullable(Type.Number()),
          low: nullable(Type.Number()),
          high: nullable(Type.Number()),
          people: Type.Integer(),
          verdict: Type.String(),
        }),
      ),
    }),
  ),
  /** All own campaigns together, by the holdout. */
  measured: Type.Object({
    margin: nullable(Type.Number()),
    low: nullable(Type.Number()),
    high: nullable(Type.Number()),
    people: Type.Integer(),
    verdict: Type.String(),
  }),
  orders: Type.Number(),
  margin: Type.Number(),
  /** Orders before which nobody was seen, and what they left. */
  alone: Type.Object({ orders: Type.Number(), margin: Type.Number() }),
  /** Journeys without an order: given up, or still on the way. */
  without: Type.Number(),
  /** Why the chain of order 2 is absent. */
  markov2Refused: nullable(Type.String()),
  /** Journeys shortened and touches left out, so that they fit. */
  cut: Type.Object({ journeys: Type.Integer(), touches: Type.Integer() }),
})

export type AttributionView = Static<typeof attributionSchema>
