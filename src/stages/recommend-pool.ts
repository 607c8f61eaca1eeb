// The products a list is drawn from: the best few by all voices, and fresh ones hardly anybody was shown yet. One pass
// over numbers in arrays kept from answer to answer: sorting all products, or making objects of them, takes ten times as long.

import { DAY_MS } from '../kernel/time.ts'
import { scoreCompanions, sessionOf, SHELF, type Had } from '../catalogue/index.ts'
import type { RecommendationFallback } from '../feedback/events.ts'
import { exposuresOf } from '../feedback/index.ts'
import { scoreHistory, scoreSession } from '../model/index.ts'
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

export type Candidate = {
  readonly item: number
  readonly score: number
  /** The part of the score that is not popularity. */
  readonly lead: number
}

export type Knowledge = { readonly had: readonly Had[]; readonly personal: boolean }

export type Pool = {
  /** The best first, then fresh ones. */
  readonly pool: readonly Candidate[]
  readonly fallback: RecommendationFallback | null
}

export const RECOMMEND_SLOTS_MAX = 24
const BOUGHT_DAYS = 30
const POOL_MIN = 20
const POOL_PER_SLOT = 3
const FRESH_DAYS = 14
/** Times a fresh product is put into the pool whatever its score. */
const FRESH_EXPOSURES = 200
const FRESH_MAX = 5
/** Least products of a history for the trained model to lead; below, sessions do. */
const HISTORY_MIN = 3
const POPULAR_WEIGHT = 0.01

/** Reused by each answer, which is worked out in one go: nothing of one answer is read by the next. */
const scratch = {
  own: new Float64Array(0),
  lead: new Float64Array(0),
  /** 1 for what is not shown to this person here. */
  barred: new Uint8Array(0),
}

/** What this list is drawn from. Changes nothing of the state. */
export const poolFor = (state: LoopState, ask: RecommendAsk, knowledge: Knowledge): Pool => {
  const size = state.catalogue.products.rows.length
  if (scratch.lead.length < size) {
    scratch.own = new Float64Array(size * 2)
    scratch.lead = new Float64Array(size * 2)
    scratch.barred = new Uint8Array(size * 2)
  }
  scratch.lead.fill(0, 0, size)
  scratch.barred.fill(0, 0, size)
  scoreVoices(state, ask, knowledge)
  const shows = showable(state, ask, knowledge.had)
  const pool = best(state, ask, shows)
  for (const { item } of pool) scratch.barred[item] = 1
  pool.push(...fresh(state, ask.now, shows))
  return { pool, fallback: fallbackOf(state, knowledge.personal, size) }
}

/** Launched, or where that is not said first seen, within a fortnight. */
export const isFresh = (since: number, now: number): boolean => now - since < FRESH_DAYS * DAY_MS

/**
 * Several voices, each scaled to 1 at its highest: the trained model by the whole history (or the product looked at),
 * sessions like this one, and companions. Popularity comes last and by itself breaks ties only.
 */
const scoreVoices = (state: LoopState, ask: RecommendAsk, { had, personal }: Knowledge): void => {
  const { catalogue, recommender } = state
  const size = catalogue.products.rows.length
  const here = [...ask.cart, ...(ask.productId === '' ? [] : [ask.productId])].flatMap(
    (id) => catalogue.products.numbers.get(id) ?? [],
  )
  const last = had.at(-1)?.seconds ?? 0
  const visit = personal && ask.now / 1_000 - last < 1_800 ? sessionOf(catalogue, ask.ref, last) : []
  const session = [...visit.filter((item) => !here.includes(item)), ...here]
  const history = had.map(({ item }) => item)
  const weights = recommender.trained?.weights ?? null
  if (weights !== null && here.length > 0) addVoice(size, 1, (own) => scoreHistory(weights, here, own))
  if (weights !== null && history.length > 0) addVoice(size, 1, (own) => scoreHistory(weights, history, own))
  if (session.length > 0 && history.length < HISTORY_MIN)
    addVoice(size, 0.5, (own) => scoreSession(recommender.sessions, session, own))
  // What came after the last training is known by its companions alone; before any training everything is.
  const known = weights === null ? undefined : recommender.trained?.known
  addVoice(
    size,
    (item) => (known?.[item] === 1 ? 0.1 : 0.5),
    (own) => {
      for (const item of new Set([...session, ...history.slice(-HISTORY_MIN)]))
        scoreCompanions(catalogue.companions, item, { scores: own, weight: here.includes(item) ? 2 : 1 })
    },
  )
}

/** Adds one voice, negatives cut off and the highest 1, times `by`. */
const addVoice = (
  size: number,
  by: number | ((item: number) => number),
  fill: (own: Float64Array) => void,
): void => {
  const { own, lead } = scratch
  own.fill(0, 0, size)
  fill(own)
  let highest = 0
  for (let k = 0; k < size; k++) if ((own[k] as number) > highest) highest = own[k] as number
  if (highest === 0) return
  for (let k = 0; k < size; k++) {
    const score = own[k] as number
    if (score > 0) lead[k] = (lead[k] as number) + (score / highest) * (typeof by === 'number' ? by : by(k))
  }
}

type Shows = (item: number) => boolean

/** Whether a product may be shown: in stock, listed where the shop lists any, not had already, within the filter. */
const showable = (state: LoopState, ask: RecommendAsk, had: readonly Had[]): Shows => {
  const { rows, numbers, listed, shelf } = state.catalogue.products
  const { filter, now } = ask
  const { barred } = scratch
  for (const id of [...ask.cart, ask.productId, ...(filter.without ?? [])]) {
    const item = numbers.get(id)
    if (item !== undefined) barred[item] = 1
  }
  const repeat = new Set(filter.repeatCategories)
  const since = (now - (filter.boughtDays ?? BOUGHT_DAYS) * DAY_MS) / 1_000
  for (const { item, interest, seconds } of had)
    if (interest === 'bought' && seconds >= since && !repeat.has(rows[item]?.category ?? '')) barred[item] = 1
  const needs = listed === 0 ? SHELF.sellable : SHELF.sellable + SHELF.listed
  const { categories = [], withoutCategories = [], priceMin, priceMax } = filter
  const [only, no] = [new Set(categories), new Set(withoutCategories)]
  const filters = only.size + no.size > 0 || priceMin !== undefined || priceMax !== undefined
  return (item) => {
    if (((shelf[item] as number) & needs) !== needs || barred[item] === 1) return false
    if (!filters) return true
    const { category = '', price = null } = rows[item] ?? {}
    return (
      (only.size === 0 || only.has(category)) &&
      !no.has(category) &&
      (priceMin === undefined || (price ?? -1) >= priceMin) &&
      (priceMax === undefined || (price ?? Infinity) <= priceMax)
    )
  }
}

/** The highest scores, of equals the product known longer. */
const best = (state: LoopState, { slots }: RecommendAsk, shows: Shows): Candidate[] => {
  const { products } = state.catalogue
  const { lead } = scratch
  const popular = popularIn(state)
  const most = Math.max(POOL_MIN, Math.min(slots, RECOMMEND_SLOTS_MAX) * POOL_PER_SLOT)
  const [items, scores] = [new Int32Array(most + 1), new Float64Array(most + 1)]
  let count = 0
  for (let item = 0; item < products.rows.length; item++) {
    const score = (lead[item] as number) + POPULAR_WEIGHT * popular(item)
    if ((count === most && score <= (scores[most - 1] as number)) || !shows(item)) continue
    let at = count
    while (at > 0 && (scores[at - 1] as number) < score) at--
    items.copyWithin(at + 1, at, count)
    scores.copyWithin(at + 1, at, count)
    items[at] = item
    scores[at] = score
    if (count < most) count++
  }
  return Array.from({ length: count }, (_candidate, k): Candidate => {
    const item = items[k] as number
    return { item, score: scores[k] as number, lead: lead[item] as number }
  })
}

/** Fresh products shown least; of equals the one known longer. */
const fresh = (state: LoopState, now: number, shows: Shows): readonly Candidate[] => {
  const { products } = state.catalogue
  const found: { readonly item: number; readonly shown: number }[] = []
  for (let item = 0; item < products.rows.length; item++) {
    if (!isFresh(products.since[item] as number, now) || !shows(item)) continue
    const shown = exposuresOf(state.recommendations, products.rows[item]?.id ?? '')
    if (shown >= FRESH_EXPOSURES || (found.length === FRESH_MAX && shown >= (found.at(-1)?.shown ?? 0)))
      continue
    const at = found.findIndex((one) => one.shown > shown)
    found.splice(at < 0 ? found.length : at, 0, { item, shown })
    if (found.length > FRESH_MAX) found.pop()
    // Nothing is shown less than never: in a new shop, where all is fresh, the search ends here.
    if (found.length === FRESH_MAX && found.at(-1)?.shown === 0) break
  }
  const popular = popularIn(state)
  return found.map(({ item }): Candidate => {
    const lead = scratch.lead[item] as number
    return { item, score: lead + POPULAR_WEIGHT * popular(item), lead }
  })
}

/** Popularity of each product as a share of the highest. */
const popularIn = ({ catalogue }: LoopState): ((item: number) => number) => {
  const { levels } = catalogue.popularity
  let highest = 0
  for (let item = 0; item < levels.length; item++)
    if ((levels[item] as number) > highest) highest = levels[item] as number
  return highest === 0 ? () => 0 : (item) => (levels[item] ?? 0) / highest
}

const fallbackOf = (state: LoopState, personal: boolean, size: number): RecommendationFallback | null => {
  if (!personal) return 'no_consent'
  let something = false
  for (let item = 0; item < size && !something; item++) something = (scratch.lead[item] as number) > 0
  if (!something) return 'nothing_known'
  const { trained } = state.recommender
  if (trained === null) return 'not_trained'
  return trained.weights === null ? (trained.card.fallback ?? 'not_better') : null
}
