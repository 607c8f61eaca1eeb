// The contract's part about the business's figures. Clients import it through contract.ts.

import { Type, type Static, type TSchema } from 'typebox'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const kpiNameSchema = Type.Union([
  Type.Literal('orders'),
  Type.Literal('revenue'),
  Type.Literal('margin'),
  Type.Literal('visits'),
  Type.Literal('events'),
  Type.Literal('sent'),
  Type.Literal('failed'),
  Type.Literal('unsubscribed'),
  Type.Literal('clickRate'),
])

/** The business's figures: what they were, what is usual, what is expected, what was out of the usual. */
export const kpisSchema = Type.Object({
  now: Type.Number(),
  figures: Type.Array(
    Type.Object({
      kpi: kpiNameSchema,
      unit: Type.Union([Type.Literal('count'), Type.Literal('money'), Type.Literal('share')]),
      /** Oldest first; `low` and `high`: the usual range, null while it is not known. Not for shares. */
      hours: Type.Array(
        Type.Object({
          at: Type.Number(),
          value: Type.Number(),
          low: nullable(Type.Number()),
          high: nullable(Type.Number()),
        }),
      ),
      /** Whole days of the business's zone, oldest first; `at` is the day's noon in UTC. */
      days: Type.Array(Type.Object({ at: Type.Number(), value: Type.Number() })),
      /** Null while too few whole days are known, and for figures that are not forecast. */
      forecast: nullable(
        Type.Object({
          days: Type.Array(
            Type.Object({ at: Type.Number(), mean: Type.Number(), low: Type.Number(), high: Type.Number() }),
          ),
          method: Type.Union([Type.Literal('combination'), Type.Literal('seasonal_naive')]),
          fallback: Type.Union([
            Type.Literal(''),
            Type.Literal('not_better_in_backtest'),
            Type.Literal('too_short_for_backtest'),
          ]),
          error: nullable(Type.Number()),
          naiveError: nullable(Type.Number()),
          /** Of days gone by, how many lay in the 80 % interval. */
          held: nullable(Type.Object({ inside: Type.Integer(), days: Type.Integer() })),
        }),
      ),
    }),
  ),
  /** Newest first. */
  anomalies: Type.Array(
    Type.Object({
      kpi: kpiNameSchema,
      at: Type.Number(),
      value: Type.Number(),
      expected: Type.Number(),
      surprise: Type.Number(),
      cause: Type.Union([
        Type.Literal('spike'),
        Type.Literal('drift'),
        Type.Literal('level_shift'),
        Type.Literal('extreme'),
      ]),
      direction: Type.Union([Type.Literal('above'), Type.Literal('below')]),
      isRisk: Type.Boolean(),
    }),
  ),
  /** Not alerted, since the week's alerts were used up. */
  withheld: Type.Integer(),
})

export type Kpis = Static<typeof kpisSchema>
