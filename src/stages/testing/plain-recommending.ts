// What recommend-pool.ts gives, worked out without its shortcuts: every voice and every product scored and weighed as
// objects, and all of them sorted. The fast form must give the same; benches set their times beside this one's.

import { DAY_MS } from '../../kernel/time.ts'
import { popularityOf, scoreCompanions, sessionOf, type Had, type Product } from '../../catalogue/index.ts'
import type { RecommendationFallback } from '../../feedback/events.ts'
import { exposuresOf } from '../../feedback/index.ts'
import { scoreHistory, scoreSession } from '../../model/index.ts'
import type { LoopState } from '../../loop.ts'
import { RECOMMEND_SLOTS_MAX, type Knowledge, type RecommendAsk } from '../recommend-pool.ts'

type Scored = {
  readonly scores: Float64Array
  readonly lead: Float64Array
  readonly fallback: RecommendationFallback | null
}

/** Numbers, scores and leads of the products the list is drawn from. */
export const plainPoolFor = (state: LoopState, ask: RecommendAsk, knowledge: Knowledge) => {
  const { scores, lead, fallback } = scoreFor(state, ask, knowledge)
  const allowed = allowedItems(state, ask, knowledge.had)
  const { rows } = state.catalogue.products
  const size = Math.max(20, Math.min(ask.slots, RECOMMEND_SLOTS_MAX) * 3)
  const all = rows.map((_product, item) => item).filter((item) => allowed[item] === 1)
  const best = all
    .toSorted((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right)
    .slice(0, size)
  const inPool = new Set(best)
  const fresh = all
    .filter((item) => !inPool.has(item))
    .filter((item) => {
      const { launchedAt = 0, firstSeenAt = 0 } = rows[item] ?? {}
      return ask.now - (launchedAt || firstSeenAt) < 14 * DAY_MS
    })
    .map((item) => ({ item, shown: exposuresOf(state.recommendations, rows[item]?.id ?? '') }))
    .filter(({ shown }) => shown < 200)
    .toSorted((left, right) => left.shown - right.shown || left.item - right.item)
    .slice(0, 5)
  const pool = [...best, ...fresh.map(({ item }) => item)]
  return { pool: pool.map((item) => ({ item, score: scores[item] ?? 0, lead: lead[item] ?? 0 })), fallback }
}

/**
 * Scores of all products. Several voices, each scaled to 1 at its highest: the trained model by the whole history (or the
 * product looked at), sessions like this one, companions, and popularity last, which by itself breaks ties only.
 */
const scoreFor = (state: LoopState, ask: RecommendAsk, { had, personal }: Knowledge): Scored => {
  const { catalogue, recommender } = state
  const size = catalogue.products.rows.length
  const numberOf = (id: string): number => catalogue.products.numbers.get(id) ?? -1
  const here = [...ask.cart, ...(ask.productId === '' ? [] : [ask.productId])]
    .map(numberOf)
    .filter((item) => item >= 0)
  const last = had.at(-1)?.seconds ?? 0
  const fresh = personal && ask.now / 1_000 - last < 1_800 ? sessionOf(catalogue, ask.ref, last) : []
  const session = [...fresh.filter((item) => !here.includes(item)), ...here]
  const history = had.map(({ item }) => item)
  const lead = new Float64Array(size)
  const weights = recommender.trained?.weights ?? null
  if (weights !== null) {
    if (here.length > 0)
      add(
        lead,
        scaled(size, (own) => scoreHistory(weights, here, own)),
        1,
      )
    if (history.length > 0)
      add(
        lead,
        scaled(size, (own) => scoreHistory(weights, history, own)),
        1,
      )
  }
  if (session.length > 0 && history.length < 3)
    add(
      lead,
      scaled(size, (own) => scoreSession(recommender.sessions, session, own)),
      0.5,
    )
  const companions = scaled(size, (own) => {
    for (const item of new Set([...session, ...history.slice(-3)]))
      scoreCompanions(catalogue.companions, item, { scores: own, weight: here.includes(item) ? 2 : 1 })
  })
  // What came after the last training is known by its companions alone; before any training everything is.
  const known = recommender.trained?.known
  for (let item = 0; item < size; item++)
    lead[item] =
      (lead[item] as number) +
      (companions[item] as number) * (weights !== null && known?.[item] === 1 ? 0.1 : 0.5)
  const popular = scaled(size, (own) => {
    for (let item = 0; item < size; item++) own[item] = popularityOf(catalogue, item, ask.now)
  })
  const scores = lead.map((score, item) => score + 0.01 * (popular[item] as number))
  return { scores, lead, fallback: fallbackOf(state, personal, lead) }
}

const fallbackOf = (
  state: LoopState,
  personal: boolean,
  lead: Float64Array,
): RecommendationFallback | null => {
  if (!personal) return 'no_consent'
  if (!lead.some((score) => score > 0)) return 'nothing_known'
  const { trained } = state.recommender
  if (trained === null) return 'not_trained'
  return trained.weights === null ? (trained.card.fallback ?? 'not_better') : null
}

/** Scores of one voice, negatives cut off, the highest 1. */
const scaled = (size: number, fill: (own: Float64Array) => void): Float64Array => {
  const own = new Float64Array(size)
  fill(own)
  let highest = 0
  for (let k = 0; k < size; k++) highest = Math.max(highest, own[k] as number)
  for (let k = 0; k < size; k++) own[k] = highest > 0 ? Math.max(0, own[k] as number) / highest : 0
  return own
}

const add = (to: Float64Array, from: Float64Array, by: number): void => {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] as number) + by * (from[k] as number)
}

/** 1 for each product that may be shown: in stock, listed where the shop lists any, not had already, within the filter. */
const allowedItems = (state: LoopState, ask: RecommendAsk, had: readonly Had[]): Uint8Array => {
  const { rows, listed } = state.catalogue.products
  const { filter, cart, productId, now } = ask
  const without = new Set([...cart, productId, ...(filter.without ?? [])])
  const [only, no, repeat] = [filter.categories, filter.withoutCategories, filter.repeatCategories].map(
    (names) => new Set(names ?? []),
  ) as [Set<string>, Set<string>, Set<string>]
  const since = (now - (filter.boughtDays ?? 30) * DAY_MS) / 1_000
  const bought = new Set(
    had.filter(({ interest, seconds }) => interest === 'bought' && seconds >= since).map(({ item }) => item),
  )
  const fits = ({ id, category, price, stock, listed: own, name }: Product, item: number): boolean =>
    stock !== 0 &&
    name !== '' &&
    (own || listed === 0) &&
    !without.has(id) &&
    (only.size === 0 || only.has(category)) &&
    !no.has(category) &&
    (filter.priceMin === undefined || (price ?? -1) >= filter.priceMin) &&
    (filter.priceMax === undefined || (price ?? Infinity) <= filter.priceMax) &&
    (!bought.has(item) || repeat.has(category))
  const allowed = new Uint8Array(rows.length)
  for (let item = 0; item < rows.length; item++) if (fits(rows[item] as Product, item)) allowed[item] = 1
  return allowed
}
