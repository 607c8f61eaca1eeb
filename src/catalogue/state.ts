// The catalogue's fold: products, what people lately had to do with, what is popular now, what goes together,
// and sessions that have ended. The same events give the same bytes.

import { setPlace } from '../kernel/places.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import { orderOf, type OrderedProduct } from '../signal/index.ts'
import { createCompanions, pair, type Companions } from './companions.ts'
import { PRODUCTS_LISTED, type ProductsListed } from './events.ts'
import { createHistories, historyOf, mergeHistories, remember, rowFor, type Histories } from './histories.ts'
import { CATALOGUE_OPTIONS, type CatalogueOptions } from './limits.ts'
import {
  addSession,
  countSessions,
  createSessions,
  endSessions,
  listSessions,
  mergeSessions,
  touchSession,
  type OpenSessions,
} from './open-sessions.ts'
import { addPopular, createPopularity, popularNow, type Popularity } from './popularity.ts'
import {
  createProducts,
  interestOf,
  mentionProduct,
  orderedRow,
  PRODUCT_UPDATED,
  productsFrom,
  putProduct,
  rowOf,
  sell,
  type Interest,
  type Products,
} from './products.ts'

export type Catalogue = {
  readonly options: CatalogueOptions
  readonly products: Products
  readonly histories: Histories
  readonly companions: Companions
  readonly popularity: Popularity
  readonly sessions: OpenSessions
  /** Interests taken in. */
  interests: number
}

/** Products of one visit, in order. */
export type FinishedSession = readonly number[]

const SESSION_GAP_S = 30 * 60
const TOGETHER_S = 86_400
/** Of the products before it that a new one is paired with. */
const PAIRED_MAX = 4
const WEIGHTS: Readonly<Record<Interest, number>> = { viewed: 0.1, added: 0.4, bought: 1 }

export const createCatalogue = (options: Partial<CatalogueOptions> = {}): Catalogue => {
  const all = { ...CATALOGUE_OPTIONS, ...options }
  return {
    options: all,
    products: createProducts(),
    histories: createHistories(all.historyMax, all.peopleMax),
    companions: createCompanions(all.companionsMax),
    popularity: createPopularity(),
    sessions: createSessions(),
    interests: 0,
  }
}

export type CatalogueInput = {
  readonly touches: readonly { readonly ref: number; readonly signal: Signal }[]
  readonly merges: readonly { readonly from: number; readonly into: number }[]
}

const NO_SESSIONS: readonly FinishedSession[] = []
const NO_PRODUCTS: readonly OrderedProduct[] = []

/** Takes one event in; gives the sessions that turned out to be over. Changes `state`. */
export const foldCatalogue = (
  state: Catalogue,
  event: LogEvent,
  { touches, merges }: CatalogueInput,
): readonly FinishedSession[] => {
  for (const { from, into } of merges) mergePeople(state, from, into)
  if (event.type === PRODUCTS_LISTED) {
    for (const row of (event.data as ProductsListed).products)
      putProduct(state.products, row, { at: event.at, listed: true, productsMax: state.options.productsMax })
    return NO_SESSIONS
  }
  for (const { ref, signal } of touches) foldTouch(state, ref, signal)
  return countSessions(state.sessions) === 0 ? NO_SESSIONS : finished(state, Math.floor(event.at / 1_000))
}

const mergePeople = (state: Catalogue, from: number, into: number): void => {
  mergeHistories(state.histories, from, into)
  mergeSessions(state.sessions, from, into)
}

const foldTouch = (state: Catalogue, ref: number, signal: Signal): void => {
  if (signal.kind !== 'track') return
  const { productsMax } = state.options
  const about = { at: signal.at, listed: false, productsMax }
  const interest = interestOf(signal.name)
  if (interest !== null) {
    const item = mentionProduct(state.products, signal.properties, about)
    if (item >= 0) take(state, ref, item, { interest, seconds: Math.floor(signal.at / 1_000) })
  } else if (signal.name === PRODUCT_UPDATED) {
    putProduct(state.products, rowOf(signal.properties), { ...about, listed: true })
  } else {
    for (const product of orderOf(signal)?.products ?? NO_PRODUCTS) {
      const item = putProduct(state.products, orderedRow(product), about)
      if (item < 0) continue
      sell(state.products, item, product.quantity)
      take(state, ref, item, { interest: 'bought', seconds: Math.floor(signal.at / 1_000) })
    }
  }
}

const take = (
  state: Catalogue,
  ref: number,
  item: number,
  { interest, seconds }: { readonly interest: Interest; readonly seconds: number },
): void => {
  const { histories } = state
  state.interests++
  addPopular(state.popularity, item, WEIGHTS[interest], seconds)
  const row = rowFor(histories, ref)
  const end = row * histories.historyMax + (histories.counts[row] as number)
  for (let k = Math.max(row * histories.historyMax, end - PAIRED_MAX); k < end; k++)
    if (Math.abs(seconds - (histories.seconds[k] as number)) <= TOGETHER_S)
      pair(state.companions, item, (histories.entries[k] as number) >>> 2)
  remember(histories, row, { item, interest, seconds })
  touchSession(state.sessions, ref, { seconds, sessionsMax: state.options.sessionsMax })
}

/** Popularity × recency of a product at a time (ms): what was bought counts 1, put into a cart .4, looked at .1. */
export const popularityOf = ({ popularity }: Catalogue, item: number, now: number): number =>
  popularNow(popularity, item, now)

/** Sessions whose people have been silent for half an hour by `seconds`. */
const finished = (state: Catalogue, seconds: number): readonly FinishedSession[] => {
  const over: FinishedSession[] = []
  endSessions(state.sessions, seconds - SESSION_GAP_S, (ref, last) => {
    const items = sessionOf(state, ref, last)
    if (items.length > 1) over.push(items)
  })
  return over.length === 0 ? NO_SESSIONS : over
}

/** Products of the visit that ended, or goes on, at `last` (s): no gap of more than half an hour between them. */
export const sessionOf = (state: Catalogue, ref: number, last: number): readonly number[] => {
  const items: number[] = []
  let next = last
  for (const { item, seconds } of historyOf(state.histories, ref).toReversed()) {
    if (seconds > next) continue
    if (next - seconds > SESSION_GAP_S) break
    items.unshift(item)
    next = seconds
  }
  return items
}

/** Who had to do with what and when, as columns that go to a worker without being copied. */
export type InteractionColumns = {
  readonly users: Uint32Array
  /** Places in `ids`. */
  readonly items: Uint32Array
  /** s */
  readonly seconds: Uint32Array
  /** Product ids by number. */
  readonly ids: readonly string[]
}

/** What all people had to do with; beyond `rowsMax` whole days are left out, the oldest first. */
export const interactionColumns = (
  { histories, products }: Catalogue,
  rowsMax: number,
): InteractionColumns => {
  const from = firstSecond(histories, rowsMax)
  const { historyMax } = histories
  let count = 0
  const visit = (take: (row: number, at: number) => void): void => {
    for (let row = 0; row < histories.rows; row++) {
      if ((histories.owners[row] as number) === 0) continue
      const end = row * historyMax + (histories.counts[row] as number)
      for (let k = row * historyMax; k < end; k++) if ((histories.seconds[k] as number) >= from) take(row, k)
    }
  }
  visit(() => count++)
  const length = Math.min(count, rowsMax)
  const [users, items, seconds] = [new Uint32Array(length), new Uint32Array(length), new Uint32Array(length)]
  let at = 0
  visit((row, k) => {
    if (at >= length) return
    users[at] = histories.owners[row] as number
    items[at] = (histories.entries[k] as number) >>> 2
    seconds[at++] = histories.seconds[k] as number
  })
  return { users, items, seconds, ids: products.rows.map(({ id }) => id) }
}

const firstSecond = (histories: Histories, rowsMax: number): number => {
  const days = new Map<number, number>()
  for (let row = 0; row < histories.rows; row++) {
    const base = row * histories.historyMax
    for (let k = base; k < base + (histories.counts[row] as number); k++) {
      const day = Math.floor((histories.seconds[k] as number) / 86_400)
      days.set(day, (days.get(day) ?? 0) + 1)
    }
  }
  let sum = 0
  let first = 0
  for (const [day, count] of [...days].toSorted((left, right) => right[0] - left[0])) {
    sum += count
    if (sum > rowsMax && first > 0) break
    first = day
  }
  return first * 86_400
}

export const dumpCatalogue = ({
  products,
  histories,
  companions,
  popularity,
  sessions,
  interests,
}: Catalogue): Dump => {
  const { rows, historyMax } = histories
  const size = products.rows.length
  const { slots } = companions
  return {
    products: products.rows,
    refused: products.refused,
    owners: histories.owners.slice(0, rows),
    counts: histories.counts.slice(0, rows),
    ...ringsOf(histories, rows * historyMax),
    free: [...histories.free],
    cursor: histories.cursor,
    companions: exactly(companions.items, size * slots),
    companionCounts: exactly(companions.counts, size * slots),
    popular: exactly(popularity.amounts, size),
    popularAt: exactly(popularity.at, size),
    sessions: listSessions(sessions),
    interests,
  }
}

/** A copy of this length, whatever has been reserved: zeros where nothing is. */
const exactly = <T extends Uint32Array | Float32Array | Float64Array>(array: T, length: number): T => {
  const copy = new (array.constructor as new (length: number) => T)(length)
  copy.set(array.subarray(0, length))
  return copy
}

/** Entries in use only: what an outgrown or dropped one left behind is nobody's business. */
const ringsOf = ({ historyMax, counts, entries, seconds }: Histories, length: number) => {
  const kept = { entries: entries.slice(0, length), seconds: seconds.slice(0, length) }
  for (let k = 0; k < length; k++)
    if (k % historyMax >= (counts[Math.floor(k / historyMax)] as number)) {
      kept.entries[k] = 0
      kept.seconds[k] = 0
    }
  return kept
}

/** Options must be those of the dumped state. */
export const restoreCatalogue = (dump: Dump, options: Partial<CatalogueOptions> = {}): Catalogue => {
  const fresh = createCatalogue(options)
  const owners = dump['owners'] as Uint32Array
  const { histories } = fresh
  const numbers = <T>(name: string): readonly T[] => (dump[name] ?? []) as readonly T[]
  histories.owners = atLeast(owners, 64)
  histories.counts = atLeast(dump['counts'] as Uint8Array, 64)
  histories.entries = atLeast(dump['entries'] as Uint32Array, 64 * histories.historyMax)
  histories.seconds = atLeast(dump['seconds'] as Uint32Array, 64 * histories.historyMax)
  histories.rows = owners.length
  histories.cursor = Number(dump['cursor'])
  histories.free.push(...numbers<number>('free'))
  for (const [row, owner] of owners.entries()) if (owner > 0) setPlace(histories.rowOf, owner - 1, row)
  fresh.companions.items = atLeast(dump['companions'] as Uint32Array, 64)
  fresh.companions.counts = atLeast(dump['companionCounts'] as Float32Array, 64)
  for (const [ref, last] of numbers<readonly [number, number]>('sessions'))
    addSession(fresh.sessions, ref, last)
  return {
    ...fresh,
    popularity: createPopularity(
      atLeast(dump['popular'] as Float64Array, 64),
      atLeast(dump['popularAt'] as Float64Array, 64),
    ),
    products: productsFrom(dump['products'], dump['refused']),
    interests: Number(dump['interests']),
  }
}

const atLeast = <T extends Uint8Array | Uint32Array | Float32Array | Float64Array>(
  array: T,
  length: number,
): T => {
  const copy = new (array.constructor as new (length: number) => T)(Math.max(array.length, length))
  copy.set(array)
  return copy
}
