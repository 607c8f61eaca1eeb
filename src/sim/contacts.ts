// What a message does to a person: what it is expected to add goes into the book of truth, and what
// really happens is drawn with the same probabilities.

import { present } from '../kernel/assert.ts'
import type { Rng } from '../kernel/rng.ts'
import { HOUR_MS } from '../kernel/time.ts'
import type { Category } from './catalogue.ts'
import { drawBasket, luckOf, pageItem, productProperties, trackItem } from './items.ts'
import {
  buyChance,
  clickChance,
  complaintChance,
  fatigueOf,
  incrementalChance,
  meanBasket,
  OFFER_MS,
  openChance,
  orderDelay,
  unsubscribeChance,
  type Contact,
  type Mood,
} from './response.ts'
import { moodAt, type Condition, type Reaction, type Stage } from './stage.ts'

/** A message reaches somebody at `at` (ms). */
export const reach = (stage: Stage, customer: number, contact: Contact, at: number): void => {
  const person = stage.personOf(customer)
  const condition = stage.conditionOf(customer)
  const mood = moodAt(stage, customer, at)
  takeOffer(condition, contact, at)
  const share = condition.offerUntil >= at ? condition.offerShare : 0
  const category = contact.topic === 'cart' ? mood.cart : contact.topic === 'general' ? null : contact.topic
  const basket = meanBasket(person, category)
  const gain = incrementalChance(person, contact, mood) * (basket.margin - share * basket.revenue)
  stage.truth.add(customer, { at, amount: gain, spread: true })
  stage.truth.add(customer, { at, amount: -contact.cost, spread: false })
  stage.counts.contacts++
  stage.counts.margin -= contact.cost
  condition.fatigue = mood.fatigue + fatigueOf(contact)
  condition.fatigueAt = at
  const luck = luckOf(stage.options.seed, 'contact', customer, Math.floor(at / HOUR_MS), contact.channel)
  react(stage, { customer, contact, mood, at, luck, category, share })
}

type Felt = {
  readonly customer: number
  readonly contact: Contact
  readonly mood: Mood
  readonly at: number
  readonly luck: Rng
  /** What an order on top would be about. */
  readonly category: Category | null
  /** Discount that would be taken off it. */
  readonly share: number
}

const react = (stage: Stage, { customer, contact, mood, at, luck, category, share }: Felt): void => {
  const person = stage.personOf(customer)
  const opens = luck.uniform() < openChance(person, contact, mood)
  const clicks = luck.uniform() < clickChance(person, contact, mood)
  const buys = luck.uniform() < buyChance(person, contact)
  const delay = orderDelay(luck.uniform(), luck.uniform(), stage.options.delays)
  const leaves = luck.uniform() < unsubscribeChance(person, contact, mood)
  const complains = luck.uniform() < complaintChance(person, contact, mood)
  const basket = drawBasket(luck, person, category)
  const tell = (reaction: Reaction, after: number) =>
    stage.jobs.push({ kind: 'react', at: at + Math.ceil(after), customer, reaction, contactId: contact.id })
  if (contact.channel === 'email' && person.scanned) tell('scan', 500)
  if (opens) tell('open', delay * 0.4)
  if (opens && clicks) {
    tell('click', delay * 0.5)
    stage.later(
      customer,
      at + Math.ceil(delay * 0.5) + 1_000,
      pageItem(person, 'Landing', { campaign: true }),
    )
    const { product } = present(basket[0], 'a basket is never empty')
    const viewed = trackItem(person, 'Product Viewed', productProperties(product))
    stage.later(customer, at + Math.ceil(delay * 0.6), viewed)
    if (buys)
      stage.jobs.push({
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

/** The better of two offers holds while it lasts. */
const takeOffer = (condition: Condition, { discountShare, offerUntil }: Contact, at: number): void => {
  const current = condition.offerUntil >= at ? condition.offerShare : 0
  if (discountShare === 0 || discountShare < current) return
  condition.offerShare = discountShare
  condition.offerUntil = offerUntil > 0 ? offerUntil : at + OFFER_MS
}
