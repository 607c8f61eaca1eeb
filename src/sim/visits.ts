// What people do by themselves: come, look, fill carts, leave them, buy. The luck of a visit hangs on the
// person and its number alone; marketing only shifts the chances that this luck is held against.

import { present } from '../kernel/assert.ts'
import { localHourStart } from '../kernel/local-hour.ts'
import type { Rng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS, localTime, MINUTE_MS } from '../kernel/time.ts'
import {
  anonymously,
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
  type Line,
} from './items.ts'
import type { Daypart } from './people.ts'
import { faded, meanBasket, orderChanceOf, visitShare } from './response.ts'
import { isNewcomer, type AbandonJob, type OrderJob, type Stage } from './stage.ts'
import { drawPoisson } from './poisson.ts'

const CART_MS = 1.5 * DAY_MS
const CART_CHANCE = 0.16
const VISITS_A_DAY_MAX = 31
const PEAK_HOURS: Readonly<Record<Daypart, number>> = { morning: 8.5, lunch: 12.5, evening: 19.5 }

/** A newcomer has a look around before signing up: nobody knows yet who it is. */
export const peek = (stage: Stage, customer: number, at: number): void => {
  const person = stage.personOf(customer)
  const luck = luckOf(stage.options.seed, 'peek', customer)
  stage.emit(customer, at, anonymously(pageItem(person, 'Home')))
  const product = drawProduct(luck, drawLookedAt(luck, person))
  stage.later(
    customer,
    at + MINUTE_MS,
    anonymously(trackItem(person, 'Product Viewed', productProperties(product))),
  )
}

/** The shop learns who somebody is. */
export const join = (stage: Stage, customer: number, at: number): void => {
  const person = stage.personOf(customer)
  stage.emit(customer, at, identifyItem(person, at))
  stage.emit(customer, at, consentItem(person))
  if (isNewcomer(stage, person))
    stage.emit(customer, at, trackItem(person, 'Signed Up', { source: person.source }))
  planDay(stage, customer, at)
}

/** Draws the visits of the rest of a local day, and comes back tomorrow. */
export const planDay = ({ options, jobs, personOf }: Stage, customer: number, at: number): void => {
  const person = personOf(customer)
  const { day } = localTime(at, person.timeZone)
  const luck = luckOf(options.seed, 'day', customer, day)
  const midnight = localHourStart(day, 0, person.timeZone)
  const visits = drawPoisson(luck, person.visitsPerDay, VISITS_A_DAY_MAX)
  for (let number = 0; number < visits; number++) {
    const when = midnight + Math.floor(drawHour(luck, person.daypart) * HOUR_MS)
    if (when >= at)
      jobs.push({ kind: 'visit', at: when, customer, number: day * (VISITS_A_DAY_MAX + 1) + number })
  }
  jobs.push({ kind: 'day', at: localHourStart(day + 1, 0, person.timeZone), customer })
}

/** Somebody would come now; whether they do, and buy, is drawn here. */
export const visit = (stage: Stage, customer: number, at: number, number: number): void => {
  const person = stage.personOf(customer)
  const condition = stage.conditionOf(customer)
  const luck = luckOf(stage.options.seed, 'visit', customer, number)
  const share = visitShare(person, faded(condition.fatigue, at - condition.fatigueAt))
  const discountShare = condition.offerUntil >= at ? condition.offerShare : 0
  const chance = orderChanceOf(person, discountShare)
  noteVisit(stage, { customer, at, share, chance, discountShare })
  const comes = luck.uniform() < share
  const buys = luck.uniform() < chance
  const fills = luck.uniform() < CART_CHANCE
  const basket = drawBasket(luck, person, null)
  if (!comes) return
  stage.counts.visits++
  stage.tell({ kind: 'visit', at, customer })
  const end = browse(stage, customer, at, luck)
  if (!buys && !fills) return
  for (const [index, line] of basket.entries()) addToCart(stage, customer, end + index * 20_000, line)
  if (!buys) {
    const line = present(basket[0], 'a basket is never empty')
    stage.jobs.push({ kind: 'abandon', at: end + HOUR_MS, customer, line, since: at })
    return
  }
  const { revenue } = worthOf(basket)
  stage.later(
    customer,
    end + MINUTE_MS,
    trackItem(person, 'Checkout Started', { value: revenue, currency: 'EUR' }),
  )
  stage.jobs.push({
    kind: 'order',
    at: end + 3 * MINUTE_MS,
    customer,
    lines: basket,
    discountShare,
    onTop: false,
  })
}

type Visit = {
  readonly customer: number
  readonly at: number
  /** Chance of coming at all, and of buying, under what marketing has done. */
  readonly share: number
  readonly chance: number
  readonly discountShare: number
}

/** A visit that marketing has changed: what it is worth now, against what it would have been worth. */
const noteVisit = (stage: Stage, { customer, at, share, chance, discountShare }: Visit): void => {
  if (share > 1 - 1e-12 && discountShare === 0) return
  const person = stage.personOf(customer)
  const basket = meanBasket(person, null)
  const now = share * chance * (basket.margin - discountShare * basket.revenue)
  stage.truth.add(customer, { at, amount: now - person.orderChance * basket.margin, spread: false })
}

/** Pages and products looked at; returns when that was done. */
const browse = (stage: Stage, customer: number, at: number, luck: Rng): number => {
  const person = stage.personOf(customer)
  const viewed = (product: Line['product']) => trackItem(person, 'Product Viewed', productProperties(product))
  if (stage.options.detail === 'light') {
    stage.emit(customer, at, viewed(drawProduct(luck, drawLookedAt(luck, person))))
    return at + 2 * MINUTE_MS
  }
  stage.emit(customer, at, pageItem(person, 'Home'))
  let when = at
  const views = 2 + luck.below(4)
  for (let i = 0; i < views; i++) {
    when += 15_000 + luck.below(60_000)
    const category = drawLookedAt(luck, person)
    if (i === 0)
      stage.later(customer, when, trackItem(person, 'Product List Viewed', { category, list_id: category }))
    else stage.later(customer, when, viewed(drawProduct(luck, category)))
  }
  return when + 15_000
}

const addToCart = (stage: Stage, customer: number, at: number, { product, quantity }: Line): void => {
  const properties = { ...productProperties(product), quantity }
  stage.later(customer, at, trackItem(stage.personOf(customer), 'Product Added', properties))
}

/** An hour after: the cart still stands there, unless something was bought. */
export const abandon = (stage: Stage, { customer, at, line, since }: AbandonJob): void => {
  const condition = stage.conditionOf(customer)
  if (condition.orderedAt >= since) return
  condition.cart = line.product.category
  condition.cartUntil = at + CART_MS
  const properties = { ...productProperties(line.product), quantity: line.quantity }
  stage.emit(customer, at, trackItem(stage.personOf(customer), 'Cart Abandoned', properties))
}

export const order = (stage: Stage, { customer, at, lines, discountShare, onTop }: OrderJob): void => {
  const condition = stage.conditionOf(customer)
  const { counts } = stage
  condition.orderedAt = at
  condition.cart = null
  const { revenue, margin } = worthOf(lines)
  counts.orders++
  counts.margin += margin - discountShare * revenue
  if (onTop) counts.ordersOnTop++
  const orderId = `${stage.prefix}-o${counts.orders}`
  stage.emit(customer, at, orderItem(stage.personOf(customer), orderId, lines, discountShare))
}

/** Knuth's method; the rates here are small. */

/** Hour of a visit: around the person's own time, or any hour awake. */
const drawHour = (rng: Rng, daypart: Daypart): number => {
  const own = rng.uniform() < 0.6
  const hour = own ? PEAK_HOURS[daypart] + 1.6 * rng.normal() : 7 + 16 * rng.uniform()
  return Math.min(23.9, Math.max(0, hour))
}
