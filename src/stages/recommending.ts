// Which products to show one person now: scored by what was learnt, by sessions like this one, by what goes with
// what lies in the cart, and by what is popular; drawn as a slate so that each place has its propensity. Reads only
// folded state, so the same list comes out again when the log is folded up to its `asOf`.

import { createRng } from '../kernel/rng.ts'
import { DAY_MS } from '../kernel/time.ts'
import {
  historyOf,
  popularityOf,
  scoreCompanions,
  sessionOf,
  type Had,
  type Product,
} from '../catalogue/index.ts'
import type {
  RecommendationServed,
  RecommendationReason,
  RecommendationFallback,
} from '../feedback/events.ts'
import { exposuresOf } from '../feedback/index.ts'
import { limitsInForce } from '../guardrail/index.ts'
import { chooseSlate, scoreHistory, scoreSession } from '../model/index.ts'
import { consentOf, profileIdOf } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'

export type RecommendFilter = {
  readonly categories?: readonly string[]
  readonly withoutCategories?: readonly string[]
  readonly without?: readonly string[]
  readonly priceMin?: number
  readonly priceMax?: number
  /** Bought within so many days is not shown again. */
  readonly boughtDays?: number
  /** Categories that people buy again and again: there `boughtDays` does not count. */
  readonly repeatCategories?: readonly string[]
}

export type RecommendAsk = {
  readonly recommendationId: string
  readonly ref: number
  readonly placement: string
  readonly page: string
  /** Product that is looked at, '' = none. */
  readonly productId: string
  readonly cart: readonly string[]
  readonly slots: number
  readonly filter: RecommendFilter
  /** ms, by the product's clock. */
  readonly now: number
}

export const RECOMMEND_SLOTS_MAX = 24
export const PERSONALISATION = 'personalisation'
const BOUGHT_DAYS = 30
/** Share of places drawn evenly from the pool: what others cost is what is learnt of them. */
export const EXPLORING_SHARE = 0.1
const POOL_MIN = 20
const POOL_PER_SLOT = 3
const FRESH_DAYS = 14
/** Times a fresh product is put into the pool whatever its score. */
const FRESH_EXPOSURES = 200
const FRESH_MAX = 5
/** Least products of a history for the trained model to lead; below, sessions do. */
const HISTORY_MIN = 3

type Scored = {
  readonly scores: Float64Array
  readonly lead: Float64Array
  readonly fallback: RecommendationFallback | null
}

/** The list for this person now, as the fact to record. Changes nothing. */
export const recommendNow = (state: LoopState, ask: RecommendAsk): RecommendationServed => {
  const { recommendationId, ref, placement, page, productId, cart, now } = ask
  const profileId = profileIdOf(state.profile, ref)
  const personal = mayPersonalise(state, ref)
  const had = personal ? historyOf(state.catalogue.histories, ref) : []
  const scored = scoreFor(state, ask, { had, personal })
  const allowed = allowedItems(state, ask, had)
  const pool = poolOf(state, scored.scores, allowed, ask)
  const length = Math.min(ask.slots, RECOMMEND_SLOTS_MAX, pool.length)
  const seed = `recommend ${recommendationId}`
  const slate =
    length === 0
      ? { places: [], joint: 1 }
      : chooseSlate(
          {
            policy: { kind: 'epsilon_greedy', epsilon: EXPLORING_SHARE },
            scores: pool.map((item) => scored.scores[item] ?? 0),
            length,
          },
          createRng(seed),
        )
  const trained = state.recommender.trained
  return {
    recommendationId,
    profileId,
    at: now,
    asOf: state.offset,
    placement,
    page,
    productId,
    cart: [...cart],
    filter: ask.filter,
    slots: ask.slots,
    personal,
    model: trained === null ? 'popularity' : trained.card.kind,
    modelVersion: trained?.version ?? '',
    fallback: length === 0 ? 'nothing_left' : scored.fallback,
    policy: { kind: 'epsilon_greedy', epsilon: EXPLORING_SHARE },
    seed,
    candidates: pool.length,
    joint: slate.joint,
    items: slate.places.map(({ index, propensity, inclusion }) => {
      const item = pool[index] as number
      return {
        id: state.catalogue.products.rows[item]?.id ?? '',
        score: round(scored.scores[item] ?? 0),
        reason: reasonOf(state, scored, item, now),
        propensity,
        inclusion,
      }
    }),
  }
}

/** What a person did before counts unless they said no to it. */
const mayPersonalise = (state: LoopState, ref: number): boolean => {
  const { purposes } = limitsInForce(state.guardrail).limits
  const purpose = Object.hasOwn(purposes, 'onsite') ? (purposes['onsite'] ?? 'marketing') : 'marketing'
  if (consentOf(state.profile, ref, 'onsite', PERSONALISATION) === 'withdrawn') return false
  return purpose === '' || consentOf(state.profile, ref, 'onsite', purpose) !== 'withdrawn'
}

type Knowledge = { readonly had: readonly Had[]; readonly personal: boolean }

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
  if (session.length > 0 && history.length < HISTORY_MIN)
    add(
      lead,
      scaled(size, (own) => scoreSession(recommender.sessions, session, own)),
      0.5,
    )
  const companions = scaled(size, (own) => {
    for (const item of new Set([...session, ...history.slice(-HISTORY_MIN)]))
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
  const since = (now - (filter.boughtDays ?? BOUGHT_DAYS) * DAY_MS) / 1_000
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
  // A loop, since Uint8Array.from walks an iterator: half of the whole answer's time with 5,000 products.
  const allowed = new Uint8Array(rows.length)
  for (let item = 0; item < rows.length; item++) if (fits(rows[item] as Product, item)) allowed[item] = 1
  return allowed
}

/** The best few, and fresh products that hardly anybody was shown yet. */
const poolOf = (
  state: LoopState,
  scores: Float64Array,
  allowed: Uint8Array,
  { slots, now }: RecommendAsk,
): readonly number[] => {
  const size = Math.max(POOL_MIN, Math.min(slots, RECOMMEND_SLOTS_MAX) * POOL_PER_SLOT)
  const best: number[] = []
  for (let item = 0; item < allowed.length; item++) {
    if (allowed[item] === 0) continue
    const score = scores[item] as number
    if (best.length === size && score <= (scores[best[size - 1] as number] as number)) continue
    let at = best.length
    while (at > 0 && (scores[best[at - 1] as number] as number) < score) at--
    best.splice(at, 0, item)
    if (best.length > size) best.pop()
  }
  const { rows } = state.catalogue.products
  const inPool = new Set(best)
  const fresh: { readonly item: number; readonly shown: number }[] = []
  for (let item = allowed.length - 1; item >= 0; item--) {
    if (allowed[item] === 0 || !isFresh(rows[item], now) || inPool.has(item)) continue
    const shown = exposuresOf(state.recommendations, rows[item]?.id ?? '')
    if (shown < FRESH_EXPOSURES) fresh.push({ item, shown })
  }
  fresh.sort((left, right) => left.shown - right.shown || left.item - right.item)
  return [...best, ...fresh.slice(0, FRESH_MAX).map(({ item }) => item)]
}

/** Launched, or where that is not said first seen, within a fortnight. */
export const isFresh = (product: Product | undefined, now: number): boolean =>
  product !== undefined && now - (product.launchedAt || product.firstSeenAt) < FRESH_DAYS * DAY_MS

const reasonOf = (state: LoopState, { lead }: Scored, item: number, now: number): RecommendationReason => {
  const { trained } = state.recommender
  if ((lead[item] ?? 0) > 0) {
    if (trained === null || trained.weights === null) return 'goes_together'
    return trained.known[item] === 1 ? 'learnt' : 'goes_together'
  }
  return isFresh(state.catalogue.products.rows[item], now) ? 'fresh' : 'popular'
}

const round = (score: number): number => Number(score.toPrecision(6))
