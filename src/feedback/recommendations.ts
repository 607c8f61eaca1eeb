// What recommendations brought: lists shown, products of them clicked and then bought, by what put them there.
// Joined by the recommendation's id and the person, so that nobody's forged id counts for somebody else.

import type { ProfileId } from '../kernel/ids.ts'
import { isRecord } from '../kernel/json.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'
import { orderOf } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from '../delivery/events.ts'
import { RECOMMENDATION_SERVED, type RecommendationServed } from './events.ts'

export type RecommendationCount = {
  shown: number
  clicked: number
  bought: number
  revenue: number
  /** Of the revenue of each bought product: how far it scatters. */
  squares: number
}

type Shown = {
  readonly at: number
  readonly profileId: ProfileId
  /** Place by product id. */
  readonly items: ReadonlyMap<string, { readonly reason: string; readonly inclusion: number }>
  readonly model: string
  readonly placement: string
  readonly clicked: Set<string>
}

type Click = { readonly item: string; readonly at: number; readonly keys: readonly string[] }

export type Recommendations = {
  /** Lists whose clicks still count, oldest first. */
  readonly open: Map<string, Shown>
  /** Clicked products not yet bought, by person. */
  readonly clicks: Map<number, Click[]>
  /** By `reason learnt`, `model ease`, `fallback no_consent`, `placement home`: products shown, clicked, bought. */
  readonly counts: Map<string, RecommendationCount>
  /** Times each product was shown. */
  readonly exposures: Map<string, number>
  served: number
  empty: number
}

const OPEN_MAX = 50_000
const CLICKED_PEOPLE_MAX = 50_000
const CLICKS_MAX = 20
const COUNTS_MAX = 200
const EXPOSURES_MAX = 50_000
const CLICK_WINDOW_MS = DAY_MS
/** What is bought so long after a click is taken to come of it. */
const BUY_WINDOW_MS = 7 * DAY_MS
const CLICK_EVENTS: ReadonlySet<string> = new Set(['Product Clicked', 'Product Viewed', 'Product Added'])

export const createRecommendations = (): Recommendations => ({
  open: new Map(),
  clicks: new Map(),
  counts: new Map(),
  exposures: new Map(),
  served: 0,
  empty: 0,
})

export type RecommendationInput = {
  readonly touches: readonly { readonly ref: number; readonly signal: Signal }[]
  readonly merges: readonly { readonly from: number; readonly into: number }[]
  readonly refOf: (id: ProfileId) => number | undefined
  /** Address of a product; '' when there is none. */
  readonly urlOf: (productId: string) => string
}

/** Takes one event in. Changes `state`. */
export const foldRecommendations = (
  state: Recommendations,
  event: LogEvent,
  input: RecommendationInput,
): void => {
  for (const { from, into } of input.merges) merge(state, from, into)
  if (event.type === RECOMMENDATION_SERVED) open(state, event.data as RecommendationServed)
  else if (event.type === DELIVERY_RESPONDED)
    foldLink(state, event.data as DeliveryResponded, event.at, input)
  else if (state.open.size > 0 || state.clicks.size > 0)
    for (const { ref, signal } of input.touches) foldSignal(state, ref, signal, input)
}

const open = (state: Recommendations, served: RecommendationServed): void => {
  state.served++
  if (served.items.length === 0) state.empty++
  for (const [id, shown] of state.open) {
    if (state.open.size < OPEN_MAX && served.at - shown.at <= CLICK_WINDOW_MS) break
    state.open.delete(id)
  }
  const shown: Shown = {
    at: served.at,
    profileId: served.profileId,
    items: new Map(served.items.map(({ id, reason, inclusion }) => [id, { reason, inclusion }])),
    model: served.fallback ?? served.model,
    placement: served.placement,
    clicked: new Set(),
  }
  state.open.set(served.recommendationId, shown)
  for (const { id } of served.items) {
    count(state, keysOf(shown, id), 'shown', 1)
    if (state.exposures.has(id) || state.exposures.size < EXPOSURES_MAX)
      state.exposures.set(id, (state.exposures.get(id) ?? 0) + 1)
  }
}

const keysOf = ({ model, placement, items }: Shown, id: string): readonly string[] => [
  `model ${model}`,
  `placement ${placement}`,
  `reason ${items.get(id)?.reason ?? ''}`,
]

const count = (
  state: Recommendations,
  keys: readonly string[],
  what: keyof RecommendationCount,
  by: number,
): void => {
  for (const key of keys) {
    const known = state.counts.get(key)
    if (known !== undefined) known[what] += by
    else if (state.counts.size < COUNTS_MAX)
      state.counts.set(key, { shown: 0, clicked: 0, bought: 0, revenue: 0, squares: 0, [what]: by })
  }
}

const foldSignal = (
  state: Recommendations,
  ref: number,
  signal: Signal,
  { refOf }: RecommendationInput,
): void => {
  if (signal.kind !== 'track') return
  const { properties } = signal
  if (CLICK_EVENTS.has(signal.name)) {
    const id = properties['recommendation_id'] ?? properties['recommendationId']
    const item = properties['product_id'] ?? properties['productId'] ?? properties['sku']
    const owner = typeof id === 'string' ? state.open.get(id)?.profileId : undefined
    if (owner !== undefined && typeof item === 'string' && refOf(owner) === ref)
      click(state, { id: String(id), item, ref, at: signal.at })
    return
  }
  const clicks = state.clicks.get(ref)
  if (clicks === undefined) return
  const order = orderOf(signal)
  if (order === null) return
  for (const { productId, price, quantity } of order.products) {
    const at = clicks.findIndex(
      (one) => one.item === productId && signal.at >= one.at && signal.at - one.at <= BUY_WINDOW_MS,
    )
    const bought = clicks[at]
    if (bought === undefined) continue
    clicks.splice(at, 1)
    count(state, bought.keys, 'bought', 1)
    count(state, bought.keys, 'revenue', price * quantity)
    count(state, bought.keys, 'squares', (price * quantity) ** 2)
  }
  if (clicks.length === 0) state.clicks.delete(ref)
}

const click = (
  state: Recommendations,
  {
    id,
    item,
    ref,
    at,
  }: { readonly id: string; readonly item: string; readonly ref: number; readonly at: number },
): void => {
  const shown = state.open.get(id)
  if (shown === undefined || !shown.items.has(item) || shown.clicked.has(item)) return
  if (at - shown.at > CLICK_WINDOW_MS) return
  shown.clicked.add(item)
  const keys = keysOf(shown, item)
  count(state, keys, 'clicked', 1)
  const clicks = state.clicks.get(ref)
  if (clicks === undefined) {
    for (const [oldest] of state.clicks) {
      if (state.clicks.size < CLICKED_PEOPLE_MAX) break
      state.clicks.delete(oldest)
    }
    state.clicks.set(ref, [{ item, at, keys }])
  } else {
    if (clicks.length === CLICKS_MAX) clicks.shift()
    clicks.push({ item, at, keys })
  }
}

/** A link of a message that leads to a product of its list. */
const foldLink = (
  state: Recommendations,
  { decisionId, kind, machine, url }: DeliveryResponded,
  at: number,
  { urlOf, refOf }: RecommendationInput,
): void => {
  if (kind !== 'clicked' || machine || url === '') return
  const id = recommendationIdOf(decisionId)
  const shown = state.open.get(id)
  const ref = shown === undefined ? undefined : refOf(shown.profileId)
  if (shown === undefined || ref === undefined) return
  for (const item of shown.items.keys()) if (urlOf(item) === url) return click(state, { id, item, ref, at })
}

/** Id of the list in a message, or of the one that a request asked for. */
export const recommendationIdOf = (cause: string): string => `rec:${cause}`

const merge = (state: Recommendations, from: number, into: number): void => {
  const moved = state.clicks.get(from)
  if (moved === undefined) return
  state.clicks.delete(from)
  const own = state.clicks.get(into) ?? []
  state.clicks.set(into, [...own, ...moved].toSorted((left, right) => left.at - right.at).slice(-CLICKS_MAX))
}

/** How often a product was shown on lists so far. */
export const exposuresOf = (state: Recommendations, productId: string): number =>
  state.exposures.get(productId) ?? 0

export const dumpRecommendations = (state: Recommendations): Dump => ({
  open: [...state.open].map(([id, { at, profileId, items, model, placement, clicked }]) => ({
    id,
    at,
    profileId,
    model,
    placement,
    items: [...items].map(([item, { reason, inclusion }]) => [item, reason, inclusion]),
    clicked: [...clicked],
  })),
  clicks: [...state.clicks].map(([ref, clicks]) => ({
    ref,
    clicks: clicks.map(({ item, at, keys }) => ({ item, at, keys: [...keys] })),
  })),
  counts: [...state.counts].map(([key, counts]) => [key, { ...counts }]),
  exposures: [...state.exposures].map(([item, times]) => [item, times]),
  served: state.served,
  empty: state.empty,
})

type DumpedShown = {
  readonly id: string
  readonly at: number
  readonly profileId: ProfileId
  readonly model: string
  readonly placement: string
  readonly items: readonly (readonly [string, string, number])[]
  readonly clicked: readonly string[]
}

export const restoreRecommendations = (dump: Dump): Recommendations => {
  const list = <T>(name: string): readonly T[] => {
    const column: unknown = dump[name]
    return Array.isArray(column) ? (column as readonly T[]) : []
  }
  return {
    open: new Map(
      list<DumpedShown>('open').map(({ id, at, profileId, model, placement, items, clicked }) => [
        id,
        {
          at,
          profileId,
          model,
          placement,
          items: new Map(items.map(([item, reason, inclusion]) => [item, { reason, inclusion }])),
          clicked: new Set(clicked),
        },
      ]),
    ),
    clicks: new Map(
      list<{ readonly ref: number; readonly clicks: Click[] }>('clicks').map(({ ref, clicks }) => [
        ref,
        clicks.filter(isRecord).map((one) => ({ ...one })),
      ]),
    ),
    counts: new Map(
      list<readonly [string, RecommendationCount]>('counts').map(([key, counts]) => [key, { ...counts }]),
    ),
    exposures: new Map(list<readonly [string, number]>('exposures')),
    served: Number(dump['served'] ?? 0),
    empty: Number(dump['empty'] ?? 0),
  }
}
