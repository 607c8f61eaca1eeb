// One profile as a plain object: what expressions, templates and the console read. Costly parts are
// made when first asked for.

import type { Business } from '../kernel/business.ts'
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
import { listConsents } from './consents.ts'
import { BIN_UNITS, decayedAt, LONG_HALF_LIFE_S, sendsWithin, SHORT_HALF_LIFE_S } from './decay.ts'
import type { ChannelName } from './events.ts'
import { at } from './growable.ts'
import { secondsOf } from './live-features.ts'
import { nameOf } from './names.ts'
import { segmentsOf } from './membership.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { hasFlag, identifiersOf, idOfSlot, IS_HELD, rootOf } from './state.ts'
import type { TraitValues } from './traits.ts'
import { readTraits } from './traits.ts'
import type { ChannelView, FeatureView, ProfileView } from './view-types.ts'

/** The profile as it stands at `now` (ms). `ref` must be one this state gave out. */
export const viewProfile = (
  state: Profiles,
  ref: ProfileRef,
  now: number,
  business: Business,
): ProfileView => {
  const slot = rootOf(state, ref)
  let traits: TraitValues | undefined
  let features: FeatureView | undefined
  let segments: readonly string[] | undefined
  const view: ProfileView = {
    id: idOfSlot(slot),
    timeZone: timeZoneOf(state, slot, business),
    locale: localeOf(state, slot, business),
    get identifiers() {
      return identifiersOf(state, slot)
    },
    get traits() {
      return (traits ??= readTraits(state.traits, slot))
    },
    get consents() {
      return listConsents(state.consents, at(state.slots.consentHeads, slot))
    },
    get features() {
      return (features ??= viewFeatures(state, slot, now))
    },
    get segments() {
      return (segments ??= segmentsOf(state, view))
    },
    unsettled: hasFlag(state, slot, IS_HELD),
  }
  return view
}

/** The person's IANA zone, or the business's. */
export const timeZoneOf = (state: Profiles, ref: ProfileRef, business: Business): string => {
  const zone = at(state.slots.zones, rootOf(state, ref))
  return zone === 0 ? business.timeZone : nameOf(state.zoneNames, zone)
}

/** The person's BCP 47 language, or the business's. */
export const localeOf = (state: Profiles, ref: ProfileRef, business: Business): string => {
  const locale = at(state.slots.locales, rootOf(state, ref))
  return locale === 0 ? business.locale : nameOf(state.localeNames, locale)
}

const viewFeatures = (state: Profiles, slot: number, now: number): FeatureView => {
  const { columns } = state
  const seconds = secondsOf(now)
  const orders = wordOf(columns, slot, ORDERS)
  const revenue = fromMicros(revenueMicrosOf(columns, slot))
  const categories = viewCategories(state, slot)
  const short = (word: number) => rounded(decayedAt(columns, slot, word, seconds, SHORT_HALF_LIFE_S))
  const long = (word: number) => rounded(decayedAt(columns, slot, word, seconds, LONG_HALF_LIFE_S))
  return {
    ...daysSince('daysSinceFirstSeen', columns, slot, FIRST_SEEN, seconds),
    ...daysSince('daysSinceLastSeen', columns, slot, LAST_SEEN, seconds),
    ...daysSince('daysSinceLastOrder', columns, slot, LAST_ORDER, seconds),
    ...daysSince('daysSinceLastCart', columns, slot, LAST_CART, seconds),
    ...daysSince('daysSinceLastSend', columns, slot, LAST_SENT, seconds),
    orders,
    revenue,
    averageOrder: orders === 0 ? 0 : rounded(revenue / orders),
    events: wordOf(columns, slot, EVENTS),
    activity7d: short(ACTIVITY_SHORT),
    views7d: short(VIEWS_SHORT),
    carts7d: short(CARTS_SHORT),
    activity60d: long(ACTIVITY_LONG),
    orders60d: long(ORDERS_LONG),
    sends7d: sendsWithin(columns, slot, seconds, 7),
    sends1d: sendsWithin(columns, slot, seconds, 1),
    ...peak('usualHour', columns, slot, HOURS_AT, 24),
    ...peak('usualWeekday', columns, slot, WEEKDAYS_AT, 7),
    topCategory: categories[0]?.[0] ?? '',
    categories: Object.fromEntries(categories),
    channels: viewChannels(columns, slot),
  }
}

const DAY_S = 86_400

const daysSince = (name: string, columns: Columns, slot: number, word: number, seconds: number): object => {
  const then = wordOf(columns, slot, word)
  return then === 0 ? {} : { [name]: rounded(Math.max(0, seconds - then) / DAY_S) }
}

const peak = (name: string, columns: Columns, slot: number, start: number, length: number): object => {
  const bin = peakBin(columns, slot, start, length)
  return bin < 0 ? {} : { [name]: bin }
}

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
