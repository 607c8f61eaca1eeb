// Live features read one by one: a rule that asks for two of them pays for two.

import { fromMicros } from '../kernel/money.ts'
import type { Columns } from './columns.ts'
import {
  ACTIVITY_LONG,
  ACTIVITY_SHORT,
  binOf,
  BINS,
  CARTS_SHORT,
  CATEGORIES,
  CATEGORY_WEIGHTS_AT,
  CHANNELS,
  CHANNELS_AT,
  EVENTS,
  FIRST_SEEN,
  HOURS_AT,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  ORDERS,
  ORDERS_LONG,
  revenueMicrosOf,
  VIEWS_SHORT,
  WEEKDAYS_AT,
  wordOf,
} from './columns.ts'
import { BIN_UNITS, decayedAt, LONG_HALF_LIFE_S, sendsWithin, SHORT_HALF_LIFE_S } from './decay.ts'
import type { ChannelName } from './events.ts'
import { PROFILE_FIELDS } from './expression-fields.ts'
import { at } from '../kernel/growable.ts'
import { secondsOf } from './live-features.ts'
import { nameOf } from './names.ts'
import type { Profiles } from './state.ts'
import type { ChannelView, FeatureView } from './view-types.ts'

const DAY_S = 86_400

export const FEATURE_NAMES = Object.keys(PROFILE_FIELDS.features) as (keyof FeatureView)[]

/** The features of one root slot at one time, each reckoned when read. Shapes and units: {@link FeatureView}. */
export class LiveFeatures {
  readonly #state: Profiles
  readonly #columns: Columns
  readonly #slot: number
  readonly #seconds: number

  constructor(state: Profiles, slot: number, now: number) {
    this.#state = state
    this.#columns = state.columns
    this.#slot = slot
    this.#seconds = secondsOf(now)
  }

  get daysSinceFirstSeen() {
    return this.#daysSince(FIRST_SEEN)
  }
  get daysSinceLastSeen() {
    return this.#daysSince(LAST_SEEN)
  }
  get daysSinceLastOrder() {
    return this.#daysSince(LAST_ORDER)
  }
  get daysSinceLastCart() {
    return this.#daysSince(LAST_CART)
  }
  get daysSinceLastSend() {
    return this.#daysSince(LAST_SENT)
  }
  get orders() {
    return wordOf(this.#columns, this.#slot, ORDERS)
  }
  get revenue() {
    return fromMicros(revenueMicrosOf(this.#columns, this.#slot))
  }
  get averageOrder() {
    return this.orders === 0 ? 0 : rounded(this.revenue / this.orders)
  }
  get events() {
    return wordOf(this.#columns, this.#slot, EVENTS)
  }
  get activity7d() {
    return this.#decayed(ACTIVITY_SHORT, SHORT_HALF_LIFE_S)
  }
  get views7d() {
    return this.#decayed(VIEWS_SHORT, SHORT_HALF_LIFE_S)
  }
  get carts7d() {
    return this.#decayed(CARTS_SHORT, SHORT_HALF_LIFE_S)
  }
  get activity60d() {
    return this.#decayed(ACTIVITY_LONG, LONG_HALF_LIFE_S)
  }
  get orders60d() {
    return this.#decayed(ORDERS_LONG, LONG_HALF_LIFE_S)
  }
  get sends7d() {
    return sendsWithin(this.#columns, this.#slot, this.#seconds, 7)
  }
  get sends1d() {
    return sendsWithin(this.#columns, this.#slot, this.#seconds, 1)
  }
  get usualHour() {
    return this.#peak(HOURS_AT, 24)
  }
  get usualWeekday() {
    return this.#peak(WEEKDAYS_AT, 7)
  }
  get topCategory() {
    return viewCategories(this.#state, this.#slot)[0]?.[0] ?? ''
  }
  get categories() {
    return Object.fromEntries(viewCategories(this.#state, this.#slot))
  }
  get channels() {
    return viewChannels(this.#columns, this.#slot)
  }

  #daysSince(word: number): number | undefined {
    const then = wordOf(this.#columns, this.#slot, word)
    return then === 0 ? undefined : rounded(Math.max(0, this.#seconds - then) / DAY_S)
  }

  #decayed(word: number, halfLifeS: number): number {
    return rounded(decayedAt(this.#columns, this.#slot, word, this.#seconds, halfLifeS))
  }

  #peak(start: number, length: number): number | undefined {
    const bin = peakBin(this.#columns, this.#slot, start, length)
    return bin < 0 ? undefined : bin
  }
}

// CEL reads plain objects field by field as asked; without this it would take the class for a foreign one.
Reflect.deleteProperty(LiveFeatures.prototype, 'constructor')

/** The fullest bin of a group, the first of equals; -1 when all are empty. */
export const peakBin = (columns: Columns, slot: number, start: number, length: number): number => {
  let best = -1
  let most = 0
  for (let i = 0; i < length; i++) {
    const value = binOf(columns, slot, start + i)
    if (value <= most) continue
    most = value
    best = i
  }
  return best
}

const viewCategories = (state: Profiles, slot: number): [string, number][] => {
  const { columns } = state
  const found: [string, number][] = []
  for (let i = 0; i < CATEGORIES; i++) {
    const weight = at(columns.bins, slot * BINS + CATEGORY_WEIGHTS_AT + i)
    const name = nameOf(state.categoryNames, at(columns.categories, slot * CATEGORIES + i))
    if (weight > 0 && name !== '') found.push([name, weight / BIN_UNITS])
  }
  return found.toSorted((a, b) => b[1] - a[1])
}

const viewChannels = (columns: Columns, slot: number): { [channel: string]: ChannelView } => {
  const channels: { [channel in ChannelName]?: ChannelView } = {}
  CHANNELS.forEach((channel, i) => {
    const read = (cell: number) => binOf(columns, slot, CHANNELS_AT + 3 * i + cell) / BIN_UNITS
    const view = { sent: read(0), opened: read(1), clicked: read(2) }
    if (view.sent + view.opened + view.clicked > 0) channels[channel] = view
  })
  return channels
}

/** Six decimals are plenty, and keep the last bits of a float out of what people read. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
