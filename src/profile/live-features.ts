// What each signal and each message does to the live features of a profile.

import type { Business } from '../kernel/business.ts'
import { toMicros } from '../kernel/money.ts'
import { isTimeZone } from '../kernel/time.ts'
import type { Order } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import { orderOf } from '../signal/index.ts'
import type { ChannelName } from './events.ts'
import {
  ACTIVITY_LONG,
  ACTIVITY_SHORT,
  addRevenueMicros,
  BINS,
  CARTS_SHORT,
  CATEGORIES,
  CATEGORY_WEIGHTS_AT,
  CHANNELS,
  count,
  EVENTS,
  FIRST_SEEN,
  isIntrusive,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  ORDERS,
  ORDERS_LONG,
  raise,
  VIEWS_SHORT,
  WORDS,
  wordOf,
} from './columns.ts'
import {
  addDecayed,
  addSend,
  addToBin,
  advanceClock,
  binUnits,
  CATEGORY_GROUP,
  CHANNEL_GROUPS,
  HOUR_GROUP,
  LONG_HALF_LIFE_S,
  SHORT_HALF_LIFE_S,
  WEEKDAY_GROUP,
  weightAt,
} from './decay.ts'
import { at } from './growable.ts'
import { hourOfWeek } from './local-hour.ts'
import { nameOf, numberOf } from './names.ts'
import type { Profiles } from './state.ts'
import { refuse } from './state.ts'

const VIEW_NAMES = new Set([
  'Product Viewed',
  'Product List Viewed',
  'product_viewed',
  'product_view',
  'view_item',
])
const CART_NAMES = new Set([
  'Product Added',
  'Cart Viewed',
  'Checkout Started',
  'product_added',
  'add_to_cart',
  'checkout_started',
])

const CATEGORY_CHARS_MAX = 64
const ORDERED_CATEGORIES_MAX = 20

/** Whole seconds from ms, within what a column holds. */
export const secondsOf = (ms: number): number => Math.min(Math.max(Math.floor(ms / 1_000), 1), 0xffffffff)

/** Counts what a person did: recency, frequency, money, hours and tastes. */
export const applyActivity = (state: Profiles, slot: number, signal: Signal, business: Business): void => {
  const { columns } = state
  const seconds = secondsOf(signal.at)
  advanceClock(columns, slot, seconds)
  seen(state, slot, seconds)
  if (signal.kind === 'identify' || signal.kind === 'alias' || signal.kind === 'group') return
  const short = weightAt(columns, slot, seconds, SHORT_HALF_LIFE_S)
  const long = weightAt(columns, slot, seconds, LONG_HALF_LIFE_S)
  count(columns, slot, EVENTS)
  addDecayed(columns, slot, ACTIVITY_SHORT, short)
  addDecayed(columns, slot, ACTIVITY_LONG, long)
  const units = binUnits(columns, slot, seconds)
  const zone = at(state.slots.zones, slot)
  const hour = hourOfWeek(
    state.hours,
    signal.at,
    zone === 0 ? business.timeZone : nameOf(state.zoneNames, zone),
  )
  addToBin(columns, slot, HOUR_GROUP, hour % 24, units)
  addToBin(columns, slot, WEEKDAY_GROUP, Math.floor(hour / 24), units)
  if (signal.kind !== 'track') return
  const order = orderOf(signal)
  if (order !== null) applyOrder(state, slot, order, seconds, long)
  else if (CART_NAMES.has(signal.name)) {
    raise(columns, slot, LAST_CART, seconds)
    addDecayed(columns, slot, CARTS_SHORT, short)
    addCategory(state, slot, signal.properties['category'], units >> 1)
  } else {
    if (VIEW_NAMES.has(signal.name)) addDecayed(columns, slot, VIEWS_SHORT, short)
    addCategory(state, slot, signal.properties['category'], units >> 2)
  }
}

/** Counts a message that left for the person at `ms`. */
export const applySend = (state: Profiles, slot: number, channel: ChannelName, ms: number): void => {
  const { columns } = state
  const seconds = secondsOf(ms)
  advanceClock(columns, slot, seconds)
  addChannel(state, slot, channel, 0, seconds)
  if (!isIntrusive(channel)) return
  raise(columns, slot, LAST_SENT, seconds)
  addSend(columns, slot, seconds)
}

/** Counts what a person did with a message. */
export const applyResponse = (
  state: Profiles,
  slot: number,
  response: { readonly channel: ChannelName; readonly kind: 'opened' | 'clicked'; readonly at: number },
): void => {
  const seconds = secondsOf(response.at)
  advanceClock(state.columns, slot, seconds)
  addChannel(state, slot, response.channel, response.kind === 'opened' ? 1 : 2, seconds)
}

/** Notes zone and language that the sender's device told. The newest word in the log stands. */
export const applyContext = (state: Profiles, slot: number, signal: Signal): void => {
  const { timezone, locale } = signal.context
  if (typeof timezone === 'string' && timezone !== '' && timezone.length <= 64) {
    const known = state.zoneNames.index.get(timezone)
    const zone = known ?? (isTimeZone(timezone) ? numberOf(state.zoneNames, timezone) : 0)
    if (zone > 0) state.slots.zones[slot] = zone
  }
  if (typeof locale === 'string' && locale !== '' && locale.length <= 35) {
    const number = numberOf(state.localeNames, locale)
    if (number > 0) state.slots.locales[slot] = number
  }
}

const seen = (state: Profiles, slot: number, seconds: number): void => {
  const first = wordOf(state.columns, slot, FIRST_SEEN)
  if (first === 0 || seconds < first) state.columns.words[slot * WORDS + FIRST_SEEN] = seconds
  raise(state.columns, slot, LAST_SEEN, seconds)
}

const applyOrder = (state: Profiles, slot: number, order: Order, seconds: number, long: number): void => {
  const { columns } = state
  count(columns, slot, ORDERS)
  raise(columns, slot, LAST_ORDER, seconds)
  addRevenueMicros(columns, slot, toMicros(order.revenue))
  addDecayed(columns, slot, ORDERS_LONG, long)
  const units = binUnits(columns, slot, seconds)
  const ordered = new Set(order.products.map((product) => product.category))
  let left = ORDERED_CATEGORIES_MAX
  for (const category of ordered) if (left-- > 0) addCategory(state, slot, category, units)
}

const addChannel = (
  state: Profiles,
  slot: number,
  channel: ChannelName,
  cell: number,
  seconds: number,
): void => {
  const group = CHANNEL_GROUPS[CHANNELS.indexOf(channel)]
  if (group !== undefined) addToBin(state.columns, slot, group, cell, binUnits(state.columns, slot, seconds))
}

/** Eight places per profile: a new category takes the lightest one's place once it has worn that down. */
const addCategory = (state: Profiles, slot: number, category: unknown, units: number): void => {
  if (typeof category !== 'string' || category === '' || category.length > CATEGORY_CHARS_MAX || units <= 0)
    return
  const number = numberOf(state.categoryNames, category)
  if (number < 0) return refuse(state, 'names_full')
  const { columns } = state
  const start = slot * CATEGORIES
  const weights = slot * BINS + CATEGORY_WEIGHTS_AT
  let lightest = 0
  for (let i = 0; i < CATEGORIES; i++) {
    if (at(columns.categories, start + i) === number) return addToBin(columns, slot, CATEGORY_GROUP, i, units)
    if (at(columns.bins, weights + i) < at(columns.bins, weights + lightest)) lightest = i
  }
  const held = at(columns.bins, weights + lightest)
  if (held > units) {
    columns.bins[weights + lightest] = held - units
    return
  }
  columns.categories[start + lightest] = number
  columns.bins[weights + lightest] = units
}
