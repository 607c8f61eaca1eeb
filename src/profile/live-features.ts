// What each signal and each message does to the live features of a profile.

import type { Business } from '../kernel/business.ts'
import { toMicros } from '../kernel/money.ts'
import { isTimeZone } from '../kernel/time.ts'
import type { Order } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import { orderOf } from '../signal/index.ts'
import type { ChannelName } from './events.ts'
import { BINS, CATEGORIES, CATEGORY_WEIGHTS_AT, CHANNELS } from './columns.ts'
import { addToBin, binUnits, CATEGORY_GROUP, HOUR_GROUP, WEEKDAY_GROUP } from './decay.ts'
import { hourOfWeek } from './local-hour.ts'
import { nameOf, numberOf } from './names.ts'
import { countFact, type Fact } from './person-row.ts'
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

/** What a signal is as a fact: the one reading of it, live and when models are trained. */
export const factOf = (signal: Signal, order: Order | null = orderOf(signal)): Fact => {
  const kind =
    signal.kind === 'identify' || signal.kind === 'alias' || signal.kind === 'group'
      ? 'seen'
      : order !== null
        ? 'order'
        : signal.kind !== 'track'
          ? 'event'
          : CART_NAMES.has(signal.name)
            ? 'cart'
            : VIEW_NAMES.has(signal.name)
              ? 'view'
              : 'event'
  const revenueMicros = order === null ? 0 : toMicros(order.revenue)
  return { kind, seconds: secondsOf(signal.at), revenueMicros, channel: 0 }
}

/** Counts what a person did: recency, frequency, money, hours and tastes. */
export const applyActivity = (state: Profiles, slot: number, signal: Signal, business: Business): void => {
  const { columns } = state
  const order = orderOf(signal)
  const fact = factOf(signal, order)
  const { kind, seconds } = fact
  countFact(columns, slot, fact)
  if (kind === 'seen') return
  const units = binUnits(columns, slot, seconds)
  const zone = state.slots.zones[slot] as number
  const hour = hourOfWeek(
    state.hours,
    signal.at,
    zone === 0 ? business.timeZone : nameOf(state.zoneNames, zone),
  )
  addToBin(columns, slot, HOUR_GROUP, hour % 24, units)
  addToBin(columns, slot, WEEKDAY_GROUP, Math.floor(hour / 24), units)
  if (order !== null) addOrdered(state, slot, order, units)
  else if (signal.kind === 'track')
    addCategory(state, slot, signal.properties['category'], kind === 'cart' ? units >> 1 : units >> 2)
}

/** That a person was there at `ms`, whatever they did. */
export const seenFact = (ms: number): Fact => ({
  kind: 'seen',
  seconds: secondsOf(ms),
  revenueMicros: 0,
  channel: 0,
})

/** A message that left for the person at `ms`. */
export const sendFact = (channel: ChannelName, ms: number): Fact => ({
  kind: 'sent',
  seconds: secondsOf(ms),
  revenueMicros: 0,
  channel: CHANNELS.indexOf(channel),
})

/** What a person did with a message. */
export const responseFact = (response: {
  readonly channel: ChannelName
  readonly kind: 'opened' | 'clicked'
  readonly at: number
}): Fact => ({
  kind: response.kind,
  seconds: secondsOf(response.at),
  revenueMicros: 0,
  channel: CHANNELS.indexOf(response.channel),
})

/** Counts a fact in a profile's row. */
export const applyFact = (state: Profiles, slot: number, fact: Fact): void =>
  countFact(state.columns, slot, fact)

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

const addOrdered = (state: Profiles, slot: number, order: Order, units: number): void => {
  const ordered = new Set(order.products.map((product) => product.category))
  let left = ORDERED_CATEGORIES_MAX
  for (const category of ordered) if (left-- > 0) addCategory(state, slot, category, units)
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
    if ((columns.categories[start + i] as number) === number)
      return addToBin(columns, slot, CATEGORY_GROUP, i, units)
    if ((columns.bins[weights + i] as number) < (columns.bins[weights + lightest] as number)) lightest = i
  }
  const held = columns.bins[weights + lightest] as number
  if (held > units) {
    columns.bins[weights + lightest] = held - units
    return
  }
  columns.categories[start + lightest] = number
  columns.bins[weights + lightest] = units
}
