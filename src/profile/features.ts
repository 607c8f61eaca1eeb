// The profile as the model sees it: one-hot buckets and a few scaled numbers under names that never
// change. Read from three cache lines; the bucket features are made once and handed out again.

import type { Business } from '../kernel/business.ts'
import type { Feature } from '../model/events.ts'
import type { Columns } from './columns.ts'
import {
  ACTIVITY_SHORT,
  binOf,
  CATEGORIES,
  CATEGORY_WEIGHTS_AT,
  CHANNELS,
  CHANNELS_AT,
  FIRST_SEEN,
  HOURS_AT,
  isIntrusive,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  ORDERS,
  revenueMicrosOf,
  VIEWS_SHORT,
  WEEKDAYS_AT,
  wordOf,
} from './columns.ts'
import { decayedAt, sendsWithin, SHORT_HALF_LIFE_S } from './decay.ts'
import { secondsOf } from './live-features.ts'
import { nameOf } from './names.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { rootOf } from './state.ts'
import { viewTone } from './tones.ts'
import type { TraitValues } from './traits.ts'
import { readTraits } from './traits.ts'

const HOUR_S = 3_600
const DAY_S = 86_400

type Scale = {
  readonly bounds: readonly number[]
  readonly features: readonly Feature[]
  readonly never: Feature
}

/** Buckets of a number: the i-th label holds what is below the i-th bound, the last one the rest. */
const scale = (name: string, bounds: readonly number[], labels: readonly string[]): Scale => ({
  bounds,
  features: labels.map((label) => [`${name}=${label}`, 1] as const),
  never: [`${name}=never`, 1],
})

const RECENCY_BOUNDS = [HOUR_S, DAY_S, 3 * DAY_S, 7 * DAY_S, 30 * DAY_S, 90 * DAY_S, 365 * DAY_S]
const RECENCY_LABELS = ['0-1h', '1h-1d', '1d-3d', '3d-7d', '7d-30d', '30d-90d', '90d-365d', '365d+']
const recency = (name: string): Scale => scale(name, RECENCY_BOUNDS, RECENCY_LABELS)

const SEEN = recency('recency')
const ORDERED = recency('order_recency')
const CARTED = recency('cart_recency')
const SENT = recency('send_recency')
const TENURE = recency('tenure')
const ORDER_COUNT = scale('orders', [1, 2, 3, 6, 11], ['0', '1', '2', '3-5', '6-10', '11+'])
const FREQUENCY = scale('freq7d', [0.05, 1, 3, 10, 30], ['0', '0-1', '1-3', '3-10', '10-30', '30+'])
const VIEWS = scale('views7d', [0.05, 1, 3, 10], ['0', '0-1', '1-3', '3-10', '10+'])
const FATIGUE = scale('fatigue', [1, 2, 3, 5, 8], ['0', '1', '2', '3-4', '5-7', '8+'])
/** Powers of ten, so that it fits any currency. */
const SPEND = scale(
  'spend',
  [0.001, 10, 100, 1e3, 1e4, 1e5, 1e6],
  ['0', '0-1e1', '1e1', '1e2', '1e3', '1e4', '1e5', '1e6+'],
)
const USUAL_HOUR = scale('usual_hour', [6, 12, 18, 24], ['night', 'morning', 'afternoon', 'evening'])
const RATES = CHANNELS.map((channel) => ({
  opened: scale(`${channel}_open`, [0.05, 0.2, 0.5], ['none', 'low', 'mid', 'high']),
  clicked: scale(`${channel}_ctr`, [0.01, 0.05, 0.15], ['none', 'low', 'mid', 'high']),
}))
const WEEKDAY: Feature = ['usual_day=weekday', 1]
const WEEKEND: Feature = ['usual_day=weekend', 1]
const NO_CATEGORY: Feature = ['category=none', 1]

/** Features of a category by its name; made when first met. */
const categoryFeatures = new Map<string, Feature>()
const CATEGORY_FEATURES_MAX = 8_192

const TRAIT_CHARS_MAX = 40

/**
 * Features of a person at `now` (ms), for the model: `name=bucket` with value 1, and the numbers
 * `log_orders`, `log_revenue`, `log_freq7d`, `log_views7d` scaled to about 0 to 1. Of people who wrote also how they
 * sounded: `tone=negative:0-3d` and `tone_mean`, −1 to 1. Of traits only those
 * named in `traitNames`: text and booleans as `trait:city=Riga`, numbers as `trait:age` on a log scale.
 */
export const profileFeatures = (
  state: Profiles,
  ref: ProfileRef,
  now: number,
  _business: Business,
  traitNames: readonly string[] = [],
): readonly Feature[] => {
  const slot = rootOf(state, ref)
  const { columns } = state
  const seconds = secondsOf(now)
  const orders = wordOf(columns, slot, ORDERS)
  const revenue = revenueMicrosOf(columns, slot) / 1e6
  const frequency = decayedAt(columns, slot, ACTIVITY_SHORT, seconds, SHORT_HALF_LIFE_S)
  const views = decayedAt(columns, slot, VIEWS_SHORT, seconds, SHORT_HALF_LIFE_S)
  const features: Feature[] = [
    since(SEEN, columns, slot, LAST_SEEN, seconds),
    since(ORDERED, columns, slot, LAST_ORDER, seconds),
    since(CARTED, columns, slot, LAST_CART, seconds),
    since(SENT, columns, slot, LAST_SENT, seconds),
    since(TENURE, columns, slot, FIRST_SEEN, seconds),
    bucket(ORDER_COUNT, orders),
    bucket(SPEND, revenue),
    bucket(FREQUENCY, frequency),
    bucket(VIEWS, views),
    bucket(FATIGUE, sendsWithin(columns, slot, seconds, 7)),
    topCategory(state, slot),
    ['log_orders', Math.log1p(orders) / 4],
    ['log_revenue', Math.log1p(revenue) / 12],
    ['log_freq7d', Math.log1p(frequency) / 4],
    ['log_views7d', Math.log1p(views) / 4],
  ]
  addHabits(columns, slot, features)
  addResponses(columns, slot, features)
  if (state.tones.has(slot)) addTone(state, slot, now, features)
  if (traitNames.length > 0) addTraits(readTraits(state.traits, slot), traitNames, features)
  return features
}

const bucket = ({ bounds, features }: Scale, value: number): Feature => {
  let i = 0
  while (i < bounds.length && value >= (bounds[i] as number)) i++
  return features[i] as Feature
}

const since = (of: Scale, columns: Columns, slot: number, word: number, seconds: number): Feature => {
  const then = wordOf(columns, slot, word)
  return then === 0 ? of.never : bucket(of, Math.max(0, seconds - then))
}

/** The part of the day in which most was done, and whether that is at week's end; nothing when unknown. */
const addHabits = (columns: Columns, slot: number, features: Feature[]): void => {
  let best = -1
  let most = 0
  for (let part = 0; part < 4; part++) {
    let sum = 0
    for (let hour = 6 * part; hour < 6 * part + 6; hour++) sum += binOf(columns, slot, HOURS_AT + hour)
    if (sum <= most) continue
    most = sum
    best = part
  }
  features.push(best < 0 ? USUAL_HOUR.never : (USUAL_HOUR.features[best] as Feature))
  if (best < 0) return
  const weekend = binOf(columns, slot, WEEKDAYS_AT) + binOf(columns, slot, WEEKDAYS_AT + 6)
  let week = 0
  for (let day = 1; day < 6; day++) week += binOf(columns, slot, WEEKDAYS_AT + day)
  // Two days against five: level when all days are alike.
  features.push(weekend * 5 > week * 2 ? WEEKEND : WEEKDAY)
}

const addResponses = (columns: Columns, slot: number, features: Feature[]): void => {
  for (let i = 0; i < CHANNELS.length; i++) {
    const sent = binOf(columns, slot, CHANNELS_AT + 3 * i)
    const rates = RATES[i] as (typeof RATES)[number]
    if (sent === 0) {
      if (isIntrusive(CHANNELS[i] as (typeof CHANNELS)[number])) features.push(rates.clicked.never)
      continue
    }
    features.push(bucket(rates.opened, binOf(columns, slot, CHANNELS_AT + 3 * i + 1) / sent))
    features.push(bucket(rates.clicked, binOf(columns, slot, CHANNELS_AT + 3 * i + 2) / sent))
  }
}

const TONES = {
  negative: scale('tone', [3, 30], ['negative:0-3d', 'negative:3d-30d', 'negative:30d+']),
  neutral: scale('tone', [3, 30], ['neutral:0-3d', 'neutral:3d-30d', 'neutral:30d+']),
  positive: scale('tone', [3, 30], ['positive:0-3d', 'positive:3d-30d', 'positive:30d+']),
}

const addTone = ({ tones }: Profiles, slot: number, now: number, features: Feature[]): void => {
  const { sentiment = 'neutral', daysSinceLast = 0, mean = 0 } = viewTone(tones, slot, now)
  features.push(bucket(TONES[sentiment], daysSinceLast), ['tone_mean', mean])
}

const topCategory = (state: Profiles, slot: number): Feature => {
  let best = 0
  let most = 0
  for (let i = 0; i < CATEGORIES; i++) {
    const weight = binOf(state.columns, slot, CATEGORY_WEIGHTS_AT + i)
    if (weight <= most) continue
    most = weight
    best = state.columns.categories[slot * CATEGORIES + i] as number
  }
  if (best === 0) return NO_CATEGORY
  const name = nameOf(state.categoryNames, best)
  const known = categoryFeatures.get(name)
  if (known !== undefined) return known
  const feature: Feature = [`category=${name}`, 1]
  if (categoryFeatures.size >= CATEGORY_FEATURES_MAX) categoryFeatures.clear()
  categoryFeatures.set(name, feature)
  return feature
}

const addTraits = (traits: TraitValues, names: readonly string[], features: Feature[]): void => {
  for (const name of names) {
    const value = Object.hasOwn(traits, name) ? traits[name] : undefined
    if (typeof value === 'number')
      features.push([`trait:${name}`, (Math.sign(value) * Math.log1p(Math.abs(value))) / 10])
    else if (typeof value === 'boolean') features.push([`trait:${name}=${value}`, 1])
    else if (typeof value === 'string' && value !== '')
      features.push([`trait:${name}=${value.slice(0, TRAIT_CHARS_MAX)}`, 1])
    else features.push([`trait:${name}=none`, 1])
  }
}
