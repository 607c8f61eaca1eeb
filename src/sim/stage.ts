// What all parts of the world share: its people and their condition, what is still to happen, the book of
// truth, and the way out for what happens.

import { present } from '../kernel/assert.ts'
import { DAY_MS, localTime } from '../kernel/time.ts'
import type { Category } from './catalogue.ts'
import { createHeap, type Heap } from './heap.ts'
import type { Item, Line } from './items.ts'
import { createPeople, drifted, type Customer } from './people.ts'
import { faded, type Delays, type Mood } from './response.ts'
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
  /** How long orders wait after a contact; quick when left out. */
  readonly delays?: Delays
  /** ms: from then on people love another shelf than before; never when left out. */
  readonly driftAt?: number
}

/** What a person does with a message. */
export type Reaction = 'open' | 'click' | 'unsubscribe' | 'complain' | 'scan'

export type WorldEvent =
  /** A tracking call; `item` carries its `messageId` and `timestamp`. */
  | { readonly kind: 'item'; readonly at: number; readonly customer: number; readonly item: Item }
  /** Somebody opens the home page: the moment for a placement. */
  | { readonly kind: 'visit'; readonly at: number; readonly customer: number }
  | { readonly kind: Reaction; readonly at: number; readonly customer: number; readonly contactId: string }

export type WorldCounts = {
  readonly visits: number
  readonly orders: number
  /** Orders that a contact brought. */
  readonly ordersOnTop: number
  readonly contacts: number
  /** Whole currency units, offers taken off. */
  readonly margin: number
}

export type AbandonJob = {
  readonly kind: 'abandon'
  readonly at: number
  readonly customer: number
  readonly line: Line
  /** When the visit was. */
  readonly since: number
}
export type OrderJob = {
  readonly kind: 'order'
  readonly at: number
  readonly customer: number
  readonly lines: readonly Line[]
  readonly discountShare: number
  readonly onTop: boolean
}
export type Job =
  | { readonly kind: 'peek' | 'join' | 'day' | 'drift'; readonly at: number; readonly customer: number }
  | { readonly kind: 'visit'; readonly at: number; readonly customer: number; readonly number: number }
  | { readonly kind: 'emit'; readonly at: number; readonly customer: number; readonly item: Item }
  | {
      readonly kind: 'react'
      readonly at: number
      readonly customer: number
      readonly reaction: Reaction
      readonly contactId: string
    }
  | AbandonJob
  | OrderJob

/** What changes about a person. */
export type Condition = {
  fatigue: number
  fatigueAt: number
  offerShare: number
  offerUntil: number
  cart: Category | null
  cartUntil: number
  orderedAt: number
}

export type Stage = {
  readonly options: WorldOptions
  readonly people: readonly Customer[]
  readonly truth: Truth
  readonly jobs: Heap<Job>
  readonly counts: { -readonly [name in keyof WorldCounts]: WorldCounts[name] }
  /** Begins every id that the world gives. */
  readonly prefix: string
  readonly personOf: (customer: number) => Customer
  readonly conditionOf: (customer: number) => Condition
  /** Everybody changes inside; what can be seen of them stays. */
  readonly drift: () => void
  readonly tell: (event: WorldEvent) => void
  /** A tracking call now. */
  readonly emit: (customer: number, at: number, item: Item) => void
  /** A tracking call when its time comes. */
  readonly later: (customer: number, at: number, item: Item) => void
}

const NEW_MS = 5 * DAY_MS

export const createStage = (options: WorldOptions, tell: Stage['tell']): Stage => {
  const people = [...createPeople(options)]
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
    }),
  )
  const prefix = `${options.seed}-${options.from.toString(36)}`
  let messages = 0
  return {
    options,
    people,
    truth: createTruth(options.delays),
    jobs,
    counts: { visits: 0, orders: 0, ordersOnTop: 0, contacts: 0, margin: 0 },
    prefix,
    personOf: (customer) => present(people[customer], 'a customer of this world'),
    conditionOf: (customer) => present(conditions[customer], 'a customer of this world'),
    drift: () => {
      for (const [index, person] of people.entries()) people[index] = drifted(person)
    },
    tell,
    emit: (customer, at, item) => {
      const timed = { ...item, messageId: `${prefix}-${messages++}`, timestamp: new Date(at).toISOString() }
      tell({ kind: 'item', at, customer, item: timed })
    },
    later: (customer, at, item) => jobs.push({ kind: 'emit', at, customer, item }),
  }
}

/** The moment as it weighs on this person. */
export const moodAt = (stage: Stage, customer: number, at: number): Mood => {
  const person = stage.personOf(customer)
  const condition = stage.conditionOf(customer)
  const { hour, minute } = localTime(at, person.timeZone)
  return {
    fatigue: faded(condition.fatigue, at - condition.fatigueAt),
    hour: hour + minute / 60,
    cart: condition.cartUntil >= at ? condition.cart : null,
    isNew: isNewcomer(stage, person) && at - person.joinsAt < NEW_MS,
  }
}

/** Joined while the world ran, and was not there from its beginning. */
export const isNewcomer = ({ options }: Stage, person: Customer): boolean => person.joinsAt > options.from
