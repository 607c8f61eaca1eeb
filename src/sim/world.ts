// The simulated market on virtual time: people who visit, look, buy, tire and answer, event by event
// from a heap. Pure: time comes in through `advance`, luck from the seed. What is drawn for a visit or a
// contact hangs on the person and the moment alone, so that the same world can be run with and without
// contacts and differs by nothing but their effect.

import { assert, present } from '../kernel/assert.ts'
import type { Rng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS, localTime, MINUTE_MS } from '../kernel/time.ts'
import { localHourStart } from '../kernel/local-hour.ts'
import type { Category } from './catalogue.ts'
import { createHeap } from './heap.ts'
import {
  consentItem,
  drawBasket,
  drawLookedAt,
  drawProduct,
  identifyItem,
  luckOf,
  orderItem,
  pageItem,
  productProperties,
  trackItem,
  worthOf,
  type Item,
  type Line,
} from './items.ts'
import { createPeople, type Customer, type Daypart } from './people.ts'
import {
  buyChance,
  clickChance,
  complaintChance,
  expectedGain,
  faded,
  fatigueOf,
  incrementalChance,
  meanBasket,
  OFFER_MS,
  openChance,
  orderChanceOf,
  orderDelay,
  unsubscribeChance,
  visitShare,
  type Contact,
  type Mood,
} from './response.ts'
import { createTruth, type Truth } from './truth.ts'

export type WorldOptions = {
  readonly seed: string
  readonly customers: number
  /** ms: where virtual time begins. */
  readonly from: number
  /** Share who are customers from the beginning. */
  readonly knownShare: number
  /** Over how many days the others join. */
  readonly joinDays: number
  /** `full`: every page and product looked at; `light`: one of each visit, for fast runs. The orders are the same. */
  readonly detail: 'full' | 'light'
}

export const WORLD_DEFAULTS: Omit<WorldOptions, 'from'> = {
  seed: 'lighthouse',
  customers: 3_000,
  knownShare: 0.85,
  joinDays: 60,
  detail: 'full',
}

/** What a person does with a message. */
export type Reaction = 'open' | 'click' | 'unsubscribe' | 'complain' | 'scan'

export type WorldEvent =
  /** A tracking call; `item` carries its `messageId` and `timestamp`. */
  | { readonly kind: 'item'; readonly at: number; readonly customer: number; readonly item: Item }
  /** Somebody opens the home page: the moment for a placement. */
  | { readonly kind: 'visit'; readonly at: number; readonly customer: number }
  | { readonly kind: Reaction; readonly at: number; readonly customer: number; readonly contactId: string }

export type World = {
  readonly people: readonly Customer[]
  readonly truth: Truth
  /** What happens up to `until` (ms), in order; at most `limit` things, then call again. */
  readonly advance: (until: number, limit?: number) => readonly WorldEvent[]
  /** A message has reached somebody at `at` (ms; not before what `advance` has told). */
  readonly contact: (customer: number, contact: Contact, at: number) => void
  /** What a contact would add if it came at `at`: for an oracle. */
  readonly gainOf: (customer: number, contact: Contact, at: number) => number
  readonly counts: () => WorldCounts
}

export type WorldCounts = {
  readonly visits: number
  readonly orders: number
  /** Orders that a contact brought. */
  readonly ordersOnTop: number
  readonly contacts: number
  /** Whole currency units, offers taken off. */
  readonly margin: number
}

type Job =
  | { readonly kind: 'join' | 'day'; readonly at: number; readonly customer: number }
  | { readonly kind: 'visit'; readonly at: number; readonly customer: number; readonly number: number }
  | {
      readonly kind: 'abandon'
      readonly at: number
      readonly customer: number
      readonly line: Line
      readonly since: number
    }
  | { readonly kind: 'emit'; readonly at: number; readonly customer: number; readonly item: Item }
  | {
      readonly kind: 'order'
      readonly at: number
      readonly customer: number
      readonly lines: readonly Line[]
      readonly discountShare: number
      readonly onTop: boolean
    }
  | {
      readonly kind: 'react'
      readonly at: number
      readonly customer: number
      readonly reaction: Reaction
      readonly contactId: string
    }

/** What changes about a person. */
type Condition = {
  fatigue: number
  fatigueAt: number
  offerShare: number
  offerUntil: number
  cart: Category | null
  cartUntil: number
  orderedAt: number
  contacts: number
}

const STEP_MAX = 100_000
const CART_MS = 1.5 * DAY_MS
const NEW_MS = 5 * DAY_MS
const PEAK_HOURS: Readonly<Record<Daypart, number>> = { morning: 8.5, lunch: 12.5, evening: 19.5 }

/** A market that begins at `options.from`. The same options give the same market. */
export const createWorld = (options: WorldOptions): World => {
  const people = createPeople(options)
  const truth = createTruth()
  const jobs = createHeap<Job>()
  const conditions = people.map(
    (): Condition => ({
      fatigue: 0,
      fatigueAt: options.from,
      offerShare: 0,
      offerUntil: 0,
      cart: null,
      cartUntil: 0,
      orderedAt: 0,
      contacts: 0,
    }),
  )
  const counts = { visits: 0, orders: 0, ordersOnTop: 0, contacts: 0, margin: 0 }
  const prefix = `${options.seed}-${options.from.toString(36)}`
  let told = options.from
  let messages = 0
  let out: WorldEvent[] = []

  const personOf = (customer: number): Customer => present(people[customer], 'a customer of this world')
  const conditionOf = (customer: number): Condition =>
    present(conditions[customer], 'a customer of this world')

  const emit = (customer: number, at: number, item: Item): void => {
    const timed = { ...item, messageId: `${prefix}-${messages++}`, timestamp: new Date(at).toISOString() }
    out.push({ kind: 'item', at, customer, item: timed })
  }
  const later = (customer: number, at: number, item: Item): void =>
    jobs.push({ kind: 'emit', at, customer, item })

  const join = (customer: number, at: number): void => {
    const person = personOf(customer)
    emit(customer, at, identifyItem(person, at))
    emit(customer, at, consentItem(person))
    if (person.joinsAt > options.from)
      emit(customer, at, trackItem(person, 'Signed Up', { source: person.source }))
    planDay(customer, at)
  }

  /** Draws the visits of the rest of a local day, and comes back tomorrow. */
  const planDay = (customer: number, at: number): void => {
    const person = personOf(customer)
    const { day } = localTime(at, person.timeZone)
    const luck = luckOf(options.seed, 'day', customer, day)
    const midnight = localHourStart(day, 0, person.timeZone)
    const visits = drawPoisson(luck, person.visitsPerDay)
    for (let number = 0; number < visits; number++) {
      const when = midnight + Math.floor(drawHour(luck, person.daypart) * HOUR_MS)
      if (when >= at) jobs.push({ kind: 'visit', at: when, customer, number: day * 32 + number })
    }
    jobs.push({ kind: 'day', at: localHourStart(day + 1, 0, person.timeZone), customer })
  }

  const moodAt = (customer: number, at: number): Mood => {
    const person = personOf(customer)
    const condition = conditionOf(customer)
    const { hour, minute } = localTime(at, person.timeZone)
    return {
      fatigue: faded(condition.fatigue, at - condition.fatigueAt),
      hour: hour + minute / 60,
      cart: condition.cartUntil >= at ? condition.cart : null,
      isNew: person.joinsAt > options.from && at - person.joinsAt < NEW_MS,
    }
  }

  const visit = (customer: number, at: number, number: number): void => {
    const person = personOf(customer)
    const condition = conditionOf(customer)
    const luck = luckOf(options.seed, 'visit', customer, number)
    const share = visitShare(person, faded(condition.fatigue, at - condition.fatigueAt))
    const discountShare = condition.offerUntil >= at ? condition.offerShare : 0
    const chance = orderChanceOf(person, discountShare)
    noteVisit(truth, { customer, at, person, share, chance, discountShare })
    const comes = luck.uniform() < share
    const buys = luck.uniform() < chance
    const fills = luck.uniform() < 0.16
    const basket = drawBasket(luck, person, null)
    if (!comes) return
    counts.visits++
    out.push({ kind: 'visit', at, customer })
    const end = browse(customer, at, luck)
    if (!buys && !fills) return
    for (const [index, line] of basket.entries()) addToCart(customer, end + index * 20_000, line)
    if (buys) {
      later(
        customer,
        end + MINUTE_MS,
        trackItem(person, 'Checkout Started', { value: worthOf(basket).revenue, currency: 'EUR' }),
      )
      jobs.push({
        kind: 'order',
        at: end + 3 * MINUTE_MS,
        customer,
        lines: basket,
        discountShare,
        onTop: false,
      })
    } else {
      const line = present(basket[0], 'a basket is never empty')
      jobs.push({ kind: 'abandon', at: end + HOUR_MS, customer, line, since: at })
    }
  }

  /** Pages and products looked at; returns when that was done. */
  const browse = (customer: number, at: number, luck: Rng): number => {
    const person = personOf(customer)
    if (options.detail === 'light') {
      emit(
        customer,
        at,
        trackItem(person, 'Product Viewed', productProperties(drawProduct(luck, drawLookedAt(luck, person)))),
      )
      return at + 2 * MINUTE_MS
    }
    emit(customer, at, pageItem(person, 'Home'))
    let when = at
    const views = 2 + luck.below(4)
    for (let i = 0; i < views; i++) {
      when += 15_000 + luck.below(60_000)
      const category = drawLookedAt(luck, person)
      if (i === 0)
        later(customer, when, trackItem(person, 'Product List Viewed', { category, list_id: category }))
      else
        later(
          customer,
          when,
          trackItem(person, 'Product Viewed', productProperties(drawProduct(luck, category))),
        )
    }
    return when + 15_000
  }

  const addToCart = (customer: number, at: number, { product, quantity }: Line): void =>
    later(
      customer,
      at,
      trackItem(personOf(customer), 'Product Added', { ...productProperties(product), quantity }),
    )

  const abandon = ({ customer, at, line, since }: Extract<Job, { kind: 'abandon' }>): void => {
    const condition = conditionOf(customer)
    if (condition.orderedAt >= since) return
    condition.cart = line.product.category
    condition.cartUntil = at + CART_MS
    emit(
      customer,
      at,
      trackItem(personOf(customer), 'Cart Abandoned', {
        ...productProperties(line.product),
        quantity: line.quantity,
      }),
    )
  }

  const order = ({ customer, at, lines, discountShare, onTop }: Extract<Job, { kind: 'order' }>): void => {
    const condition = conditionOf(customer)
    condition.orderedAt = at
    condition.cart = null
    const { revenue, margin } = worthOf(lines)
    counts.orders++
    counts.margin += margin - discountShare * revenue
    if (onTop) counts.ordersOnTop++
    emit(customer, at, orderItem(personOf(customer), `${prefix}-o${counts.orders}`, lines, discountShare))
  }

  const contact = (customer: number, given: Contact, when: number): void => {
    const at = Math.max(when, told)
    const person = personOf(customer)
    const condition = conditionOf(customer)
    const mood = moodAt(customer, at)
    takeOffer(condition, given, at)
    const luck = luckOf(options.seed, 'contact', customer, Math.floor(at / HOUR_MS), given.channel)
    counts.contacts++
    counts.margin -= given.cost
    const category = given.topic === 'cart' ? mood.cart : given.topic === 'general' ? null : given.topic
    const share = condition.offerUntil >= at ? condition.offerShare : 0
    const basket = meanBasket(person, category)
    const gain = incrementalChance(person, given, mood) * (basket.margin - share * basket.revenue)
    truth.add(customer, { at, amount: gain, spread: true })
    truth.add(customer, { at, amount: -given.cost, spread: false })
    condition.fatigue = mood.fatigue + fatigueOf(given)
    condition.fatigueAt = at
    condition.contacts++
    react({ customer, person, contact: given, mood, at, luck, category, share })
  }

  type Felt = {
    readonly customer: number
    readonly person: Customer
    readonly contact: Contact
    readonly mood: Mood
    readonly at: number
    readonly luck: Rng
    readonly category: Category | null
    readonly share: number
  }

  const react = ({ customer, person, contact: given, mood, at, luck, category, share }: Felt): void => {
    const opens = luck.uniform() < openChance(person, given, mood)
    const clicks = luck.uniform() < clickChance(person, given, mood)
    const buys = luck.uniform() < buyChance(person, given)
    const delay = orderDelay(luck.uniform(), luck.uniform())
    const leaves = luck.uniform() < unsubscribeChance(person, given, mood)
    const complains = luck.uniform() < complaintChance(person, given, mood)
    const basket = drawBasket(luck, person, category)
    const tell = (reaction: Reaction, after: number) =>
      jobs.push({ kind: 'react', at: at + Math.ceil(after), customer, reaction, contactId: given.id })
    if (given.channel === 'email' && person.scanned) tell('scan', 500)
    if (opens) tell('open', delay * 0.4)
    if (opens && clicks) {
      tell('click', delay * 0.5)
      later(customer, at + Math.ceil(delay * 0.5) + 1_000, pageItem(person, 'Landing', { campaign: true }))
      const line = present(basket[0], 'a basket is never empty')
      later(
        customer,
        at + Math.ceil(delay * 0.6),
        trackItem(person, 'Product Viewed', productProperties(line.product)),
      )
      if (buys)
        jobs.push({
          kind: 'order',
          at: at + delay,
          customer,
          lines: basket,
          discountShare: share,
          onTop: true,
        })
    }
    if (leaves) tell('unsubscribe', delay + 20_000)
    if (complains) tell('complain', delay + 40_000)
  }

  const run = (job: Job): void => {
    const { customer, at } = job
    switch (job.kind) {
      case 'join':
        return join(customer, at)
      case 'day':
        return planDay(customer, at)
      case 'visit':
        return visit(customer, at, job.number)
      case 'abandon':
        return abandon(job)
      case 'order':
        return order(job)
      case 'emit':
        return emit(customer, at, job.item)
      case 'react':
        out.push({ kind: job.reaction, at, customer, contactId: job.contactId })
    }
  }

  const advance: World['advance'] = (until, limit = STEP_MAX) => {
    out = []
    while (out.length < limit) {
      const job = jobs.popUntil(until)
      if (job === undefined) {
        told = Math.max(told, until)
        break
      }
      assert(job.at >= options.from, 'nothing happens before the beginning')
      told = Math.max(told, job.at)
      run(job)
    }
    return out
  }

  for (const person of people) jobs.push({ kind: 'join', at: person.joinsAt, customer: person.index })

  return {
    people,
    truth,
    advance,
    contact,
    gainOf: (customer, given, at) => expectedGain(personOf(customer), given, moodAt(customer, at)),
    counts: () => ({ ...counts }),
  }
}

type Visit = {
  readonly customer: number
  readonly at: number
  readonly person: Customer
  readonly share: number
  readonly chance: number
  readonly discountShare: number
}

/** A visit that marketing has changed: what it is worth now, against what it would have been worth. */
const noteVisit = (truth: Truth, { customer, at, person, share, chance, discountShare }: Visit): void => {
  if (share > 1 - 1e-12 && discountShare === 0) return
  const basket = meanBasket(person, null)
  const amount =
    share * chance * (basket.margin - discountShare * basket.revenue) - person.orderChance * basket.margin
  truth.add(customer, { at, amount, spread: false })
}

/** The better of two offers holds while it lasts. */
const takeOffer = (condition: Condition, { discountShare, offerUntil }: Contact, at: number): void => {
  const current = condition.offerUntil >= at ? condition.offerShare : 0
  if (discountShare === 0 || discountShare < current) return
  condition.offerShare = discountShare
  condition.offerUntil = offerUntil > 0 ? offerUntil : at + OFFER_MS
}

/** Knuth's method; the rates here are small. */
const drawPoisson = (rng: Rng, mean: number): number => {
  const limit = Math.exp(-mean)
  let product = rng.uniform()
  let number = 0
  while (product > limit && number < 31) {
    product *= rng.uniform()
    number++
  }
  return number
}

/** Hour of a visit: around the person's own time, or any hour awake. */
const drawHour = (rng: Rng, daypart: Daypart): number => {
  const own = rng.uniform() < 0.6
  const hour = own ? PEAK_HOURS[daypart] + 1.6 * rng.normal() : 7 + 16 * rng.uniform()
  return Math.min(23.9, Math.max(0, hour))
}
