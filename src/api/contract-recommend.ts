// The console's contract for recommendations: the model in service with its backtest, what lists brought, and a sample
// for one person. Part of `contract.ts`, which is what the console imports.

import { Type, type Static } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

const intervalSchema = Type.Object({ value: Type.Number(), low: Type.Number(), high: Type.Number() })

const countsSchema = Type.Object({
  key: Type.String(),
  /** Places of lists shown. */
  shown: Type.Integer(),
  clicked: Type.Integer(),
  /** Of the clicked ones, bought within seven days. */
  bought: Type.Integer(),
  /** Of those, whole currency units. */
  revenue: Type.Number(),
  /** Share of the places that was clicked, and its interval of 95 %; null before the first place. */
  clickRate: nullable(intervalSchema),
  /** Revenue of a thousand places, and its interval of 95 %; null until thirty were bought. */
  revenuePerThousand: nullable(intervalSchema),
})

export const recommendationsSchema = Type.Object({
  products: Type.Object({
    known: Type.Integer(),
    /** By the shop's own list. */
    listed: Type.Integer(),
    soldOut: Type.Integer(),
    fresh: Type.Integer(),
    /** Fresh ones that were on a list already. */
    freshShown: Type.Integer(),
    /** Products that were on a list already. */
    shown: Type.Integer(),
  }),
  interests: Type.Integer(),
  served: Type.Integer(),
  empty: Type.Integer(),
  /** Null until the first training. */
  model: nullable(
    Type.Object({
      version: Type.String(),
      at: Type.Number(),
      kind: Type.String(),
      fallback: nullable(Type.String()),
      split: Type.String(),
      people: Type.Integer(),
      items: Type.Integer(),
      rows: Type.Integer(),
      backtest: Type.Array(
        Type.Object({
          kind: Type.String(),
          ndcg: Type.Number(),
          /** Standard error of the nDCG. */
          error: Type.Number(),
          recall: Type.Number(),
          coverage: Type.Number(),
        }),
      ),
    }),
  ),
  /** By the model, or the fallback that stood in for it. */
  byModel: Type.Array(countsSchema),
  /** By what put a product on the list. */
  byReason: Type.Array(countsSchema),
  /** By where the list stood: a place of a page, a message of a campaign. */
  byPlacement: Type.Array(countsSchema),
  /** Share of places drawn evenly from the pool, so that what others cost and bring is learnt. */
  exploring: Type.Number(),
  /** The most popular products with what people have together with them: why something "goes with" another. */
  together: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      with: Type.Array(
        Type.Object({
          id: Type.String(),
          name: Type.String(),
          /** How often both were had on one day. */
          together: Type.Integer(),
        }),
      ),
    }),
  ),
})

export const customerRecommendationsSchema = Type.Object({
  model: Type.String(),
  fallback: nullable(Type.String()),
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      category: Type.String(),
      price: nullable(Type.Number()),
      reason: Type.String(),
      /** Probability of this product at this place. */
      propensity: Type.Number(),
    }),
  ),
})

export const trainingSchema = Type.Object({
  version: Type.String(),
  kind: Type.String(),
  fallback: nullable(Type.String()),
  split: Type.String(),
  people: Type.Integer(),
  items: Type.Integer(),
  rows: Type.Integer(),
  backtest: Type.Array(
    Type.Object({
      kind: Type.String(),
      ndcg: Type.Number(),
      recall: Type.Number(),
      coverage: Type.Number(),
      ndcgError: Type.Number(),
    }),
  ),
})

export type Recommendations = Static<typeof recommendationsSchema>
export type RecommendationCounts = Static<typeof countsSchema>
export type CustomerRecommendations = Static<typeof customerRecommendationsSchema>
export type Training = Static<typeof trainingSchema>
