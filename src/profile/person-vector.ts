// A person as numbers for models of churn, purchase and value: recency, frequency, money, attention.
// Read from one row of counters, live or rebuilt from the past; NaN stands for what is not known.

import {
  ACTIVITY_LONG,
  ACTIVITY_SHORT,
  binOf,
  CARTS_SHORT,
  CHANNELS,
  CHANNELS_AT,
  EVENTS,
  FIRST_SEEN,
  isIntrusive,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  ORDERS,
  ORDERS_LONG,
  revenueMicrosOf,
  VIEWS_SHORT,
  wordOf,
  type Columns,
} from './columns.ts'
import { decayedAt, LONG_HALF_LIFE_S, sendsWithin, SHORT_HALF_LIFE_S } from './decay.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { rootOf } from './state.ts'

/** Names of the numbers, in their order. Models keep them: a new one goes to the end. */
export const PERSON_COLUMNS = [
  'daysSinceFirstSeen',
  'daysSinceLastSeen',
  'daysSinceLastOrder',
  'daysSinceLastCart',
  'daysSinceLastSend',
  'orders',
  'revenue',
  'averageOrder',
  'events',
  'activity7d',
  'views7d',
  'carts7d',
  'activity60d',
  'orders60d',
  'sends7d',
  'openShare',
  'clickShare',
  'overdue',
] as const

const DAY_S = 86_400
const MESSAGE_CHANNELS = CHANNELS.flatMap((channel, at) => (isIntrusive(channel) ? [at] : []))

/**
 * Writes a row's numbers at `seconds` into `out`, which holds as many as {@link PERSON_COLUMNS}. Days and
 * counts are logarithms of 1 + x, shares from 0 to 1. `overdue` is the time since the last order in the
 * person's own mean gaps between orders.
 */
export const readVector = (columns: Columns, slot: number, seconds: number, out: Float64Array): void => {
  const since = (word: number): number => {
    const then = wordOf(columns, slot, word)
    return then === 0 ? Number.NaN : Math.max(0, seconds - then) / DAY_S
  }
  const decayed = (word: number, halfLifeS: number): number =>
    Math.log1p(decayedAt(columns, slot, word, seconds, halfLifeS))
  const orders = wordOf(columns, slot, ORDERS)
  const revenue = revenueMicrosOf(columns, slot) / 1e6
  const sinceOrder = since(LAST_ORDER)
  out[0] = Math.log1p(since(FIRST_SEEN))
  out[1] = Math.log1p(since(LAST_SEEN))
  out[2] = Math.log1p(sinceOrder)
  out[3] = Math.log1p(since(LAST_CART))
  out[4] = Math.log1p(since(LAST_SENT))
  out[5] = Math.log1p(orders)
  out[6] = Math.log1p(revenue)
  out[7] = orders === 0 ? Number.NaN : Math.log1p(revenue / orders)
  out[8] = Math.log1p(wordOf(columns, slot, EVENTS))
  out[9] = decayed(ACTIVITY_SHORT, SHORT_HALF_LIFE_S)
  out[10] = decayed(VIEWS_SHORT, SHORT_HALF_LIFE_S)
  out[11] = decayed(CARTS_SHORT, SHORT_HALF_LIFE_S)
  out[12] = decayed(ACTIVITY_LONG, LONG_HALF_LIFE_S)
  out[13] = decayed(ORDERS_LONG, LONG_HALF_LIFE_S)
  out[14] = Math.log1p(sendsWithin(columns, slot, seconds, 7))
  let [sent, opened, clicked] = [0, 0, 0]
  for (const channel of MESSAGE_CHANNELS) {
    sent += binOf(columns, slot, CHANNELS_AT + 3 * channel)
    opened += binOf(columns, slot, CHANNELS_AT + 3 * channel + 1)
    clicked += binOf(columns, slot, CHANNELS_AT + 3 * channel + 2)
  }
  out[15] = sent === 0 ? Number.NaN : Math.min(1, opened / sent)
  out[16] = sent === 0 ? Number.NaN : Math.min(1, clicked / sent)
  const gap = (wordOf(columns, slot, LAST_ORDER) - wordOf(columns, slot, FIRST_SEEN)) / DAY_S / orders
  out[17] = orders < 2 ? Number.NaN : Math.log1p(sinceOrder / Math.max(1, gap))
}

/** The live numbers of a person at `now` (ms). */
export const personVector = (state: Profiles, ref: ProfileRef, now: number, out: Float64Array): void =>
  readVector(state.columns, rootOf(state, ref), Math.max(1, Math.floor(now / 1_000)), out)

/** Gross revenue of a person so far, in whole currency units. */
export const revenueOf = (state: Profiles, ref: ProfileRef): number =>
  revenueMicrosOf(state.columns, rootOf(state, ref)) / 1e6
