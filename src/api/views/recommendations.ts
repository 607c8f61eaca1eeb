// Recommendations for people to look at: the model in service beside popularity, and what its lists brought.

import { Failure } from '../../kernel/failure.ts'
import { companionsOf, popularityOf } from '../../catalogue/index.ts'
import type { RecommendationCount } from '../../feedback/index.ts'
import type { LoopState } from '../../loop.ts'
import { refOf } from '../../profile/index.ts'
import { itemsOf } from '../../stages/recommendation.ts'
import { isFresh } from '../../stages/recommend-pool.ts'
import { EXPLORING_SHARE, recommendNow } from '../../stages/recommending.ts'
import type { CustomerRecommendations, RecommendationCounts, Recommendations } from '../contract.ts'
import type { ViewSources } from './sources.ts'

const SAMPLE = 8

export const viewRecommendations = ({ loop }: ViewSources): Recommendations => {
  const { catalogue, recommender, recommendations } = loop.state
  const now = loop.ctx.now()
  const { rows, listed } = catalogue.products
  const shownOf = (id: string): boolean => recommendations.exposures.has(id)
  const fresh = rows.filter(({ launchedAt, firstSeenAt }) => isFresh(launchedAt || firstSeenAt, now))
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
    byPlacement: countsOf(recommendations.counts, 'placement '),
    exploring: EXPLORING_SHARE,
    together: togetherOf(loop.state, now),
  }
}

const countsOf = (counts: ReadonlyMap<string, RecommendationCount>, prefix: string): RecommendationCounts[] =>
  [...counts]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { squares, ...one }]) => ({
      key: key.slice(prefix.length),
      ...one,
      clickRate: wilson(one.clicked, one.shown),
      revenuePerThousand: revenueOf({ squares, ...one }),
    }))
    .toSorted((left, right) => right.shown - left.shown)

/** Standard errors to each side of an interval of 95 %. */
const Z = 1.96
/** Products bought from which a normal interval of the revenue is near enough. */
const BOUGHT_MIN = 30

/** Wilson's interval: holds for few clicks as well. */
const wilson = (hits: number, of: number): RecommendationCounts['clickRate'] => {
  if (of === 0) return null
  const share = Math.min(1, hits / of)
  const scale = 1 + Z ** 2 / of
  const middle = (share + Z ** 2 / (2 * of)) / scale
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / of + (Z / (2 * of)) ** 2)
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

const revenueOf = ({
  shown,
  bought,
  revenue,
  squares,
}: RecommendationCount): RecommendationCounts['revenuePerThousand'] => {
  if (shown === 0 || bought < BOUGHT_MIN) return null
  const mean = revenue / shown
  const half = Z * Math.sqrt(Math.max(0, squares / shown - mean ** 2) / shown)
  return { value: mean * 1_000, low: Math.max(0, mean - half) * 1_000, high: (mean + half) * 1_000 }
}

const TOGETHER = 5
const COMPANIONS_SHOWN = 3

/** The most popular products with what people have together with them. */
const togetherOf = ({ catalogue }: LoopState, now: number): Recommendations['together'] => {
  const { rows } = catalogue.products
  const about = (item: number) => {
    const { id = '', name = '' } = rows[item] ?? {}
    return { id, name: name || id }
  }
  return rows
    .map((_product, item) => ({ item, popular: popularityOf(catalogue, item, now) }))
    .toSorted((left, right) => right.popular - left.popular || left.item - right.item)
    .slice(0, TOGETHER)
    .map(({ item }) => ({
      ...about(item),
      with: companionsOf(catalogue.companions, item)
        .slice(0, COMPANIONS_SHOWN)
        .map((one) => ({ ...about(one.item), together: Math.round(one.together) })),
    }))
    .filter((one) => one.with.length > 0)
}

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
