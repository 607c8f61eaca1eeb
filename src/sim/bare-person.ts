// What a shop sees of its people in a bare run, as features of the same kinds that the profile slice makes
// of the same calls: how long ago, how often, what, when. A few counters for each person.

import { DAY_MS, HOUR_MS, localTime } from '../kernel/time.ts'
import type { Feature } from '../model/events.ts'
import { CATEGORIES, type Category } from './catalogue.ts'
import type { Customer } from './people.ts'
import type { WorldEvent } from './stage.ts'

type Seen = {
  firstAt: number
  lastAt: number
  orderedAt: number
  cartAt: number
  sentAt: number
  orders: number
  revenue: number
  /** Decayed by the week, as of `lastAt`. */
  activity: number
  readonly tastes: Float64Array
  readonly hours: Uint16Array
  /** Of the last messages. */
  sends: number[]
  opened: number
  clicked: number
  sent: number
}

export type BarePersons = {
  readonly note: (event: WorldEvent) => void
  readonly noteSent: (customer: number, at: number) => void
  readonly featuresOf: (person: Customer, at: number) => readonly Feature[]
  /** Local hours at which this person usually is there. */
  readonly usualHoursOf: (person: Customer) => readonly number[]
}

const HALF_LIFE_MS = 7 * DAY_MS
const AGES = [HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS]
const USUAL_MIN = 3

export const createBarePersons = (people: readonly Customer[]): BarePersons => {
  const all = new Map<number, Seen>()
  const seenOf = (customer: number): Seen => {
    const known = all.get(customer)
    if (known !== undefined) return known
    const made = nobody()
    all.set(customer, made)
    return made
  }
  return {
    note: (event) => {
      if (event.kind === 'item') noteItem(seenOf(event.customer), event, people[event.customer])
      else if (event.kind === 'open') seenOf(event.customer).opened++
      else if (event.kind === 'click') seenOf(event.customer).clicked++
    },
    noteSent: (customer, at) => {
      const seen = seenOf(customer)
      seen.sentAt = at
      seen.sent++
      seen.sends = [...seen.sends.filter((sent) => sent > at - HALF_LIFE_MS), at]
    },
    featuresOf: (person, at) => featuresOf(seenOf(person.index), person, at),
    usualHoursOf: (person) => {
      const { hours } = seenOf(person.index)
      const most = Math.max(...hours)
      return most < USUAL_MIN ? [] : [...hours.keys()].filter((hour) => (hours[hour] ?? 0) >= 0.7 * most)
    },
  }
}

const nobody = (): Seen => ({
  firstAt: 0,
  lastAt: 0,
  orderedAt: 0,
  cartAt: 0,
  sentAt: 0,
  orders: 0,
  revenue: 0,
  activity: 0,
  tastes: new Float64Array(CATEGORIES.length),
  hours: new Uint16Array(24),
  sends: [],
  opened: 0,
  clicked: 0,
  sent: 0,
})

const noteItem = (
  seen: Seen,
  { at, item }: Extract<WorldEvent, { kind: 'item' }>,
  person: Customer | undefined,
): void => {
  const fade = seen.lastAt === 0 ? 0 : 2 ** (-(at - seen.lastAt) / HALF_LIFE_MS)
  seen.activity = seen.activity * fade + 1
  for (let i = 0; i < seen.tastes.length; i++) seen.tastes[i] = (seen.tastes[i] ?? 0) * fade
  seen.lastAt = at
  if (seen.firstAt === 0) seen.firstAt = at
  const name = item['event']
  const properties = item['properties'] as Readonly<Record<string, unknown>> | undefined
  if (name === 'Product Viewed' && person !== undefined) {
    const category = CATEGORIES.indexOf(properties?.['category'] as Category)
    if (category >= 0) seen.tastes[category] = (seen.tastes[category] ?? 0) + 1
    const { hour } = localTime(at, person.timeZone)
    seen.hours[hour] = (seen.hours[hour] ?? 0) + 1
  } else if (name === 'Product Added') seen.cartAt = at
  else if (name === 'Order Completed') {
    seen.orderedAt = at
    seen.orders++
    seen.revenue += Number(properties?.['revenue'] ?? 0)
  }
}

/** Index of the bucket that a value falls into. */
const bucketIn = (value: number, bounds: readonly number[]): number => {
  let i = 0
  while (i < bounds.length && value >= (bounds[i] ?? 0)) i++
  return i
}

const featuresOf = (seen: Seen, person: Customer, at: number): readonly Feature[] => {
  const age = (name: string, then: number): Feature => [
    then === 0 ? `${name}=never` : `${name}=${bucketIn(at - then, AGES)}`,
    1,
  ]
  const loved = seen.tastes.indexOf(Math.max(...seen.tastes))
  const fade = seen.lastAt === 0 ? 0 : 2 ** (-(at - seen.lastAt) / HALF_LIFE_MS)
  const activity = seen.activity * fade
  const { hour, weekday } = localTime(at, person.timeZone)
  const rate = (count: number) => (seen.sent === 0 ? 'none' : bucketIn(count / seen.sent, [0.05, 0.2, 0.5]))
  return [
    age('recency', seen.lastAt),
    age('order_recency', seen.orderedAt),
    age('cart_recency', seen.cartAt),
    age('send_recency', seen.sentAt),
    age('tenure', seen.firstAt),
    [`orders=${bucketIn(seen.orders, [1, 2, 3, 6, 11])}`, 1],
    [`spend=${bucketIn(seen.revenue, [1, 10, 100, 1_000])}`, 1],
    [`freq7d=${bucketIn(activity, [0.05, 1, 3, 10])}`, 1],
    [`fatigue=${bucketIn(seen.sends.filter((sent) => sent > at - HALF_LIFE_MS).length, [1, 2, 3])}`, 1],
    [`category=${(seen.tastes[loved] ?? 0) > 0 ? CATEGORIES[loved] : 'none'}`, 1],
    [`email_open=${rate(seen.opened)}`, 1],
    [`email_ctr=${rate(seen.clicked)}`, 1],
    ['log_orders', Math.log1p(seen.orders) / 4],
    ['log_revenue', Math.log1p(seen.revenue) / 12],
    ['log_freq7d', Math.log1p(activity) / 4],
    [`trait:source=${person.source}`, 1],
    [`trait:tier=${person.tier}`, 1],
    [`hour=${hour}`, 1],
    [`weekday=${weekday}`, 1],
  ]
}
