// How people react, as plain formulas: the hidden truth of the market. Everything that is drawn in the
// world is drawn with a probability computed here, so what a contact is worth is known and not estimated.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { CATEGORIES, meanOf, type Category } from './catalogue.ts'
import type { Customer, Daypart } from './people.ts'

/** What a message is about: a shelf, the cart left behind, or the shop as a whole. */
export type Topic = Category | 'cart' | 'general'

export type Contact = {
  /** Unique: a Message-ID or a decision id. */
  readonly id: string
  readonly channel: 'email' | 'onsite'
  readonly topic: Topic
  /** 0 to 1, off every order until `offerUntil`. */
  readonly discountShare: number
  /** ms; 0 = a day and a half from delivery. */
  readonly offerUntil: number
  /** Whole currency units. */
  readonly cost: number
}

/** The moment as it weighs on a person. */
export type Mood = {
  /** Contacts felt, each fading by the week. */
  readonly fatigue: number
  /** Local hour as a fraction, 0 to 24. */
  readonly hour: number
  /** What lies in the cart left behind, if anything. */
  readonly cart: Category | null
  /** Joined within the last days. */
  readonly isNew: boolean
}

export const FATIGUE_DECAY_MS = 7 * DAY_MS
export const OFFER_MS = 1.5 * DAY_MS
const FATIGUE_MAX = 12
const PEAKS: Readonly<Record<Daypart, number>> = { morning: 8.5, lunch: 12.5, evening: 19.5 }
/** A banner tires less than a mail. */
const WEIGHTS: Readonly<Record<Contact['channel'], number>> = { email: 1, onsite: 0.04 }

/** What a contact adds to fatigue. */
export const fatigueOf = (contact: Pick<Contact, 'channel'>): number => WEIGHTS[contact.channel]

/** Fatigue after `elapsed` ms without contact. */
export const faded = (fatigue: number, elapsed: number): number =>
  fatigue * Math.exp(-elapsed / FATIGUE_DECAY_MS)

/** Share of visits that a tired person still makes, 0 to 1. */
export const visitShare = (person: Customer, fatigue: number): number =>
  Math.exp(-person.fatigueVisits * Math.min(fatigue, FATIGUE_MAX))

/** Chance that a visit ends in an order, under a personal offer of `discountShare`. */
export const orderChanceOf = (person: Customer, discountShare: number): number =>
  Math.min(1, person.orderChance * (1 + 4 * discountShare * person.priceSensitivity))

/** How well an hour suits: 1 at the best, .4 far from it. */
export const hourMatch = (daypart: Daypart, hour: number): number => {
  const away = Math.abs(hour - PEAKS[daypart])
  const distance = Math.min(away, 24 - away)
  return 0.4 + 0.6 * Math.exp(-0.5 * (distance / 2.2) ** 2)
}

export const openChance = (person: Customer, contact: Contact, mood: Mood): number =>
  contact.channel === 'onsite'
    ? 1
    : person.reachability *
      hourMatch(person.daypart, mood.hour) *
      Math.exp(-0.5 * person.fatigueResponse * mood.fatigue)

/** Chance of a click, once noticed. */
export const clickChance = (person: Customer, contact: Contact, mood: Mood): number => {
  const base = contact.channel === 'onsite' ? 0.06 : 0.55
  const tired = Math.exp(-0.5 * person.fatigueResponse * mood.fatigue)
  return Math.min(0.9, base * matchOf(person, contact, mood) * tired)
}

/** Chance of an order on top of all they would have bought, once clicked. */
export const buyChance = (person: Customer, { discountShare }: Contact): number => {
  const moved = 6 * discountShare * person.priceSensitivity
  switch (person.nature) {
    case 'persuadable':
      return Math.min(0.9, 0.54 + 0.35 * moved)
    case 'bargain_hunter':
      return Math.min(0.9, 0.02 + 0.95 * moved)
    case 'loyal':
      return 0.1
    case 'easily_annoyed':
      return 0.05
  }
}

/** Chance that a contact brings an order that would not have been there. */
export const incrementalChance = (person: Customer, contact: Contact, mood: Mood): number =>
  openChance(person, contact, mood) * clickChance(person, contact, mood) * buyChance(person, contact)

/** Interest in what the message is about: near 1 for what they love, near .15 for what leaves them cold. */
const matchOf = (person: Customer, contact: Contact, mood: Mood): number => {
  const { topic } = contact
  const fresh = mood.isNew ? 1.3 : 1
  if (topic === 'general') return 0.5 * fresh
  if (topic === 'cart') return mood.cart === null ? 0.25 : 1.25
  const share = person.taste[CATEGORIES.indexOf(topic)] ?? 0
  return Math.min(1, 0.1 + 1.35 * share * share) * fresh * (mood.cart === topic ? 1.3 : 1)
}

export type Basket = { readonly revenue: number; readonly margin: number }

export const SECOND_ITEM_CHANCE = 0.35
export const SECOND_PIECE_CHANCE = 0.25

/** Mean of what lands in the basket at list prices; `topic` leads, else taste does. */
export const meanBasket = (person: Customer, category: Category | null): Basket => {
  const scale = 1 + SECOND_PIECE_CHANCE
  const own = CATEGORIES.reduce(
    (sum, name, index) => {
      const { price, margin } = meanOf(name)
      const share = person.taste[index] ?? 0
      return { revenue: sum.revenue + share * price * scale, margin: sum.margin + share * margin * scale }
    },
    { revenue: 0, margin: 0 },
  )
  const lead =
    category === null
      ? own
      : { revenue: meanOf(category).price * scale, margin: meanOf(category).margin * scale }
  return {
    revenue: lead.revenue + SECOND_ITEM_CHANCE * own.revenue,
    margin: lead.margin + SECOND_ITEM_CHANCE * own.margin,
  }
}

/** How long after a contact its order comes: one share soon, the others later, each waiting exponentially. */
export type Delays = {
  readonly soonShare: number
  /** Nothing comes before. */
  readonly soonFromMs: number
  readonly soonMeanMs: number
  readonly laterMeanMs: number
}

export const DELAYS_QUICK: Delays = {
  soonShare: 0.75,
  soonFromMs: 2 * MINUTE_MS,
  soonMeanMs: 45 * MINUTE_MS,
  laterMeanMs: 8 * HOUR_MS,
}
/** People who think it over: half of the orders come after more than a day and a half. */
export const DELAYS_LONG: Delays = { ...DELAYS_QUICK, soonShare: 0.2, laterMeanMs: 2.5 * DAY_MS }

/** Time from contact to order, ms, for two uniform draws. */
export const orderDelay = (which: number, u: number, delays = DELAYS_QUICK): number => {
  const wait = -Math.log(1 - u)
  return Math.ceil(
    which < delays.soonShare ? delays.soonFromMs + wait * delays.soonMeanMs : wait * delays.laterMeanMs,
  )
}

/** Share of orders that have come `elapsed` ms after the contact. */
export const arrivedShare = (elapsed: number, delays = DELAYS_QUICK): number => {
  if (elapsed <= 0) return 0
  const { soonShare, soonFromMs, soonMeanMs, laterMeanMs } = delays
  const soon = elapsed <= soonFromMs ? 0 : 1 - Math.exp(-(elapsed - soonFromMs) / soonMeanMs)
  return soonShare * soon + (1 - soonShare) * (1 - Math.exp(-elapsed / laterMeanMs))
}

export const unsubscribeChance = (person: Customer, contact: Contact, mood: Mood): number =>
  contact.channel === 'onsite'
    ? 0
    : Math.min(
        0.2,
        (person.nature === 'easily_annoyed' ? 0.004 : 0.0012) *
          Math.exp(0.3 * Math.min(mood.fatigue, FATIGUE_MAX)),
      )

export const complaintChance = (person: Customer, contact: Contact, mood: Mood): number =>
  0.08 * unsubscribeChance(person, contact, mood)

/**
 * What this contact is expected to add, now and through everything that it changes later, whole currency
 * units: orders on top, less the offer given to those who would have bought anyway, less visits that a
 * tired person no longer makes, less its cost. What an oracle would know.
 */
export const expectedGain = (person: Customer, contact: Contact, mood: Mood): number => {
  const { topic, discountShare } = contact
  const category = topic === 'cart' ? mood.cart : topic === 'general' ? null : topic
  const basket = meanBasket(person, category)
  const usual = meanBasket(person, null)
  const onTop = incrementalChance(person, contact, mood) * (basket.margin - discountShare * basket.revenue)
  const visits = (person.visitsPerDay * OFFER_MS) / DAY_MS
  const underOffer =
    discountShare === 0
      ? 0
      : visits *
        (orderChanceOf(person, discountShare) * (usual.margin - discountShare * usual.revenue) -
          person.orderChance * usual.margin)
  const lostVisits =
    ((person.visitsPerDay * FATIGUE_DECAY_MS) / DAY_MS) *
    (1 - visitShare(person, fatigueOf(contact))) *
    visitShare(person, mood.fatigue)
  return onTop + underOffer - lostVisits * person.orderChance * usual.margin - contact.cost
}
