// Recommendations for people to look at: the model in service beside popularity, and what its lists brought.

import { Failure } from '../../kernel/failure.ts'
import { refOf } from '../../profile/index.ts'
import { itemsOf } from '../../stages/recommendation.ts'
import { isFresh, recommendNow } from '../../stages/recommending.ts'
import type { CustomerRecommendations, RecommendationCounts, Recommendations } from '../contract.ts'
import type { ViewSources } from './sources.ts'

const SAMPLE = 8

export const viewRecommendations = ({ loop }: ViewSources): Recommendations => {
  const { catalogue, recommender, recommendations } = loop.state
  const now = loop.ctx.now()
  const { rows, listed } = catalogue.products
  const shownOf = (id: string): boolean => recommendations.exposures.has(id)
  const fresh = rows.filter((product) => isFresh(product, now))
  const { trained } = recommender
  return {
    products: {
      known: rows.length,
      listed,
      soldOut: rows.filter(({ stock }) => stock === 0).length,
      fresh: fresh.length,
      freshShown: fresh.filter(({ id }) => shownOf(id)).length,
      shown: rows.filter(({ id }) => shownOf(id)).length,
    },
    interests: catalogue.interests,
    served: recommendations.served,
    empty: recommendations.empty,
    model:
      trained === null
        ? null
        : {
            version: trained.version,
            at: trained.at,
            kind: trained.card.kind,
            fallback: trained.card.fallback,
            split: trained.card.split,
            people: trained.card.people,
            items: trained.card.items,
            rows: trained.card.rows,
            backtest: trained.card.backtest.map(({ kind, ndcg, ndcgError, recall, coverage }) => ({
              kind,
              ndcg,
              error: ndcgError,
              recall,
              coverage,
            })),
          },
    byModel: countsOf(recommendations.counts, 'model '),
    byReason: countsOf(recommendations.counts, 'reason '),
  }
}

const countsOf = (
  counts: ReadonlyMap<string, Omit<RecommendationCounts, 'key'>>,
  prefix: string,
): RecommendationCounts[] =>
  [...counts]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, one]) => ({ key: key.slice(prefix.length), ...one }))
    .toSorted((left, right) => right.shown - left.shown)

/** What would be shown to one person now; nothing is recorded. Throws Failure `http.not_found`. */
export const viewCustomerRecommendations = ({ loop }: ViewSources, id: string): CustomerRecommendations => {
  const { state, ctx } = loop
  const ref = refOf(state.profile, id)
  if (ref === undefined)
    throw new Failure({
      code: 'http.not_found',
      message: 'There is nobody with this id.',
      hint: 'Search by e-mail, user id or phone.',
    })
  const served = recommendNow(state, {
    recommendationId: `look:${id}`,
    ref,
    placement: 'console',
    page: '',
    productId: '',
    cart: [],
    slots: SAMPLE,
    filter: {},
    now: ctx.now(),
  })
  const propensities = new Map(served.items.map(({ id: item, propensity }) => [item, propensity]))
  return {
    model: served.model,
    fallback: served.fallback,
    items: itemsOf(state, served).map(({ id: item, name, category, price, reason }) => ({
      id: item,
      name,
      category,
      price,
      reason,
      propensity: propensities.get(item) ?? 0,
    })),
  }
}
