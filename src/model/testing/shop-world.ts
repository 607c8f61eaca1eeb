// A seeded shop with known truth for judging learners: rare purchases, money rewards, baseline sales
// that need no message, and three hidden traits that decide which message helps whom.
//
// Nothing here is read by the product; it exists so that regret can be computed, not estimated.

import { createRng } from '../../kernel/rng.ts'
import type { Rng } from '../../kernel/rng.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Feature } from '../events.ts'

export type ShopWorldOptions = {
  readonly seed: string
  readonly customers?: number
  readonly days?: number
  /** Chance that a customer has a decision on a day. */
  readonly decisionsPerDay?: number
  /** Multiplies every effect of a message on the odds of buying; 0 makes a world where acting only costs. */
  readonly effect?: number
  /** Day on which two creatives swap their effect; none when absent. */
  readonly driftDay?: number
  /** Features of each person that tell nothing, three values each: what a real profile is full of. */
  readonly idleFeatures?: number
}

export type ShopAction = {
  readonly id: string
  readonly channel: 'none' | 'email' | 'push' | 'sms'
  readonly creative: 'none' | 'generic' | 'style' | 'home' | 'sport'
  readonly discount: boolean
  readonly cost: number
  readonly features: readonly Feature[]
}

export type ShopDecision = {
  readonly at: number
  readonly shared: readonly Feature[]
  /** Expected reward of each action for this person: the truth, never shown to a learner. */
  readonly truth: Float64Array
  /** The reward that taking this action brings, drawn with common random numbers. */
  readonly rewardOf: (action: number) => number
}

type Customer = {
  readonly taste: 'style' | 'home' | 'sport'
  readonly priceSensitive: boolean
  readonly channelTaste: number
  readonly weekly: number
  readonly shared: readonly Feature[]
}

const action = (
  channel: ShopAction['channel'],
  creative: ShopAction['creative'],
  discount: boolean,
  cost: number,
): ShopAction => {
  const id = channel === 'none' ? 'nothing' : `${channel}-${creative}${discount ? '-10off' : ''}`
  const features: Feature[] = [[`action=${id}@spring`, 1]]
  if (channel === 'none') features.push(['action=nothing', 1])
  else {
    features.push(['campaign=spring', 1], [`channel=${channel}`, 1], [`creative=${channel}-${creative}`, 1])
    features.push(['moment=now', 1], ['daypart=day', 1])
    if (discount) features.push(['offer=10off', 1], ['discount', 0.1])
  }
  return { id, channel, creative, discount, cost, features }
}

export const SHOP_ACTIONS: readonly ShopAction[] = [
  action('none', 'none', false, 0),
  action('email', 'generic', false, 0.01),
  action('email', 'style', false, 0.01),
  action('email', 'home', false, 0.01),
  action('email', 'sport', false, 0.01),
  action('email', 'generic', true, 0.01),
  action('push', 'generic', false, 0.01),
  action('push', 'style', false, 0.01),
  action('push', 'home', false, 0.01),
  action('push', 'sport', false, 0.01),
  action('push', 'generic', true, 0.01),
  action('sms', 'generic', true, 0.07),
]

const TASTES = ['style', 'home', 'sport'] as const
const MARGIN_MEDIAN = 20
const MARGIN_SPREAD = 0.7
/** Mean of a lognormal with that median and spread. */
export const MARGIN_MEAN = MARGIN_MEDIAN * Math.exp((MARGIN_SPREAD * MARGIN_SPREAD) / 2)
/** Of the margin, what a ten per cent discount costs at a margin of 40 % of revenue. */
const DISCOUNT_OF_MARGIN = 0.25

/** The decisions of a shop in order of time. `eachDay` is called after each day with its last moment. */
export const runShop = (
  options: ShopWorldOptions,
  decide: (decision: ShopDecision) => void,
  eachDay: (now: number) => void,
): void => {
  const { customers = 3_000, days = 30, decisionsPerDay = 0.3, effect = 1, idleFeatures = 8 } = options
  const rng = createRng(`shop:${options.seed}`)
  const people = Array.from({ length: customers }, () => customerOf(rng, idleFeatures))
  for (let day = 0; day < days; day++) {
    const swapped = options.driftDay !== undefined && day >= options.driftDay
    for (const [slot, person] of people.entries()) {
      if (rng.uniform() >= decisionsPerDay) continue
      const at = day * DAY_MS + Math.floor((slot / customers) * DAY_MS)
      decide(decisionOf({ person, at, day, effect, swapped, rng }))
    }
    eachDay((day + 1) * DAY_MS)
  }
}

const customerOf = (rng: Rng, idleFeatures: number): Customer => {
  const taste = TASTES[rng.below(3)] ?? 'style'
  const priceSensitive = rng.uniform() < 0.4
  const channelTaste = rng.uniform() < 0.5 ? 1 : -1
  const loyalty = rng.below(4)
  const seenTaste = rng.uniform() < 0.8 ? taste : (TASTES[rng.below(3)] ?? 'style')
  const seenDiscounts = rng.uniform() < 0.8 ? priceSensitive : !priceSensitive
  const seenChannel = rng.uniform() < 0.8 ? channelTaste : -channelTaste
  const shared: Feature[] = [
    [`top_category=${seenTaste}`, 1],
    [`buys_on_discount=${seenDiscounts ? 'often' : 'rarely'}`, 1],
    [`responds_to=${seenChannel > 0 ? 'email' : 'push'}`, 1],
    [`orders=${loyalty}`, 1],
    [`device=${rng.below(3)}`, 1],
    [`city=${rng.below(10)}`, 1],
    [`recency=${rng.below(5)}`, 1],
    ['log_spend', loyalty / 2 + 0.3 * rng.normal()],
    ['sessions', Math.abs(rng.normal())],
  ]
  for (let i = 0; i < idleFeatures; i++) shared.push([`idle${i}=${rng.below(3)}`, 1])
  return { taste, priceSensitive, channelTaste, weekly: 0.006 + 0.008 * loyalty, shared }
}

type Draw = {
  readonly person: Customer
  readonly at: number
  readonly day: number
  readonly effect: number
  readonly swapped: boolean
  readonly rng: Rng
}

const decisionOf = ({ person, at, day, effect, swapped, rng }: Draw): ShopDecision => {
  const chance = SHOP_ACTIONS.map((one) => chanceOf(person, one, effect, swapped))
  const truth = Float64Array.from(
    SHOP_ACTIONS,
    (one, i) => (chance[i] ?? 0) * marginOf(one, MARGIN_MEAN) - one.cost,
  )
  const luck = rng.uniform()
  const margin = MARGIN_MEDIAN * Math.exp(MARGIN_SPREAD * rng.normal())
  const shared: Feature[] = [
    ...person.shared,
    [`weekday=${day % 7}`, 1],
    [`hour=${Math.floor((at % DAY_MS) / (DAY_MS / 6))}`, 1],
  ]
  const rewardOf = (index: number): number => {
    const one = SHOP_ACTIONS[index]
    if (one === undefined) return 0
    return (luck < (chance[index] ?? 0) ? marginOf(one, margin) : 0) - one.cost
  }
  return { at, shared, truth, rewardOf }
}

const marginOf = (one: ShopAction, margin: number): number =>
  one.discount ? margin * (1 - DISCOUNT_OF_MARGIN) : margin

/** Chance of buying within the window: baseline times the message's effect on the odds. */
const chanceOf = (person: Customer, one: ShopAction, effect: number, swapped: boolean): number => {
  if (one.channel === 'none') return person.weekly
  let lift =
    one.channel === 'sms'
      ? 0.05
      : 0.3 * (one.channel === 'email' ? person.channelTaste : -person.channelTaste)
  const shown =
    swapped && one.creative === 'style'
      ? 'sport'
      : swapped && one.creative === 'sport'
        ? 'style'
        : one.creative
  if (shown === 'generic') lift += 0.1
  else lift += shown === person.taste ? 0.6 : -0.15
  if (one.discount) lift += person.priceSensitive ? 0.7 : 0.05
  return Math.min(0.5, person.weekly * Math.exp(effect * lift))
}
