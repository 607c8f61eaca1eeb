// The console's contract for recommendations: the model in service with its backtest, what lists brought, and a sample
// for one person. Part of `contract.ts`, which is what the console imports.

import { Type, type Static } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

const countsSchema = Type.Object({
  key: Type.String(),
  /** Places of lists shown. */
  shown: Type.Integer(),
  clicked: Type.Integer(),
  /** Of the clicked ones, bought within seven days. */
  bought: Type.Integer(),
  /** Of those, whole currency units. */
  revenue: Type.Number(),
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
