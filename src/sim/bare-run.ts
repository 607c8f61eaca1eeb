// The market under one campaign's schedule without the product around it: no log, no profiles, no
// guardrails, no delivery. What decides is a player: always one action, the oracle, or the product's own
// learner (bare-learner.ts), so that dozens of policies on dozens of seeds cost minutes.

import { nextLocalHour } from '../kernel/local-hour.ts'
import { DAY_MS, localTime } from '../kernel/time.ts'
import type { ActionSpec, CampaignSpec } from '../decision/events.ts'
import { assert } from '../kernel/assert.ts'
import type { HeadlessOptions } from './headless.ts'
import { topicsOf } from './inner-post.ts'
import type { Customer } from './people.ts'
import type { Contact } from './response.ts'
import type { WorldEvent } from './stage.ts'
import { createWorld, WORLD_DEFAULTS, type World } from './world.ts'

/** Somebody is due: what may be sent, and for those who may know, what each would add. */
export type BareMoment = {
  readonly customer: number
  readonly person: Customer
  readonly at: number
  /** In the order of the campaign's actions. */
  readonly letters: readonly Letter[]
  readonly gains: () => readonly number[]
}

export type BarePlayer = {
  /** Index of the action to take, −1 for nothing. */
  readonly choose: (moment: BareMoment) => number
  /** Everything that happens in the world, in its order. */
  readonly note?: (event: WorldEvent) => void
  /** The time has come to `at`: all that happened before has been told. */
  readonly step?: (at: number) => void
}

export const always = (index: number): BarePlayer => ({ choose: () => index })

/** Greedy on what it knows to be true: the best action when it adds anything. */
export const oracle: BarePlayer = {
  choose: ({ gains }) => {
    let best = -1
    let most = 0
    for (const [index, value] of gains().entries()) {
      if (value <= most) continue
      most = value
      best = index
    }
    return best
  },
}

export type BareOptions = HeadlessOptions & {
  readonly campaign: CampaignSpec
  /** Who is written to, by number; everybody when left out. */
  readonly people?: ReadonlySet<number>
  readonly player: BarePlayer
}

export type Letter = { readonly at: number; readonly customer: number; readonly contact: Contact }

export type BareRun = {
  /** Expected margin on top over the whole run, per person who could be written to. */
  readonly earned: number
  /** The same before and after the middle of the run. */
  readonly halves: readonly [number, number]
  readonly decisions: number
  /** What each person really brought, whole currency units, from the first campaign day on. */
  readonly brought: Float64Array
}

/** Plays the campaign for everybody who may be written to. The same options give the same run. */
export const runBare = (options: BareOptions): BareRun => {
  const { campaign, plan, player, stepMs } = options
  const { trigger } = campaign
  assert(trigger.kind === 'schedule', 'only a scheduled campaign is played bare')
  const begins = options.from + options.warmupDays * DAY_MS
  const ends = begins + options.days * DAY_MS
  const world = createWorld(worldOptionsOf(options))
  const people = options.people ?? new Set(world.people.keys())
  const topics = topicsOf(plan)
  const gone = new Set<number>()
  const brought = new Float64Array(options.customers)
  let letters: Letter[] = []
  let lastDay = -1
  let decisions = 0
  for (let at = options.from + stepMs; at <= ends; at += stepMs) {
    for (const event of world.advance(at)) {
      if (event.kind === 'unsubscribe' || event.kind === 'complain') gone.add(event.customer)
      if (event.at >= begins) brought[event.customer] = (brought[event.customer] ?? 0) + marginOf(event)
      player.note?.(event)
    }
    player.step?.(at)
    const { day, hour, weekday } = localTime(at, plan.business.timeZone)
    if (at >= begins && hour === trigger.atHour && day !== lastDay && trigger.weekdays.includes(weekday)) {
      lastDay = day
      const round = { at, campaign, topics, player, people, gone }
      const written = write(world, round)
      decisions += written.decisions
      letters.push(...written.letters)
    }
    const due = letters.filter((letter) => letter.at <= at)
    if (due.length === 0) continue
    letters = letters.filter((letter) => letter.at > at)
    for (const { customer, contact } of due) if (!gone.has(customer)) world.contact(customer, contact, at)
  }
  const middle = (begins + ends) / 2
  const gained = (from: number, to: number) => {
    let sum = 0
    for (const customer of people) sum += world.truth.gainOf(customer, from, to)
    return people.size === 0 ? 0 : sum / people.size
  }
  const earned = gained(options.from, ends + TAIL_MS)
  const early = gained(options.from, middle)
  return { earned, halves: [early, earned - early], decisions, brought }
}

/** What was set in motion is counted to its end. */
const TAIL_MS = 30 * DAY_MS

export const worldOptionsOf = (options: HeadlessOptions) => ({
  ...WORLD_DEFAULTS,
  seed: options.seed,
  customers: options.customers,
  from: options.from,
  detail: 'light' as const,
  ...(options.delays === undefined ? {} : { delays: options.delays }),
  ...(options.driftDay === undefined
    ? {}
    : { driftAt: options.from + (options.warmupDays + options.driftDay) * DAY_MS }),
})

/** Margin of an order, offers taken off; 0 for all else. */
export const marginOf = (event: WorldEvent): number => {
  if (event.kind !== 'item' || event.item['event'] !== 'Order Completed') return 0
  const { margin } = event.item['properties'] as { readonly margin: number }
  return margin
}

type Round = {
  readonly at: number
  readonly campaign: CampaignSpec
  readonly topics: ReturnType<typeof topicsOf>
  readonly player: BarePlayer
  readonly people: ReadonlySet<number>
  readonly gone: ReadonlySet<number>
}

const write = (
  world: World,
  { at, campaign, topics, player, people, gone }: Round,
): { readonly letters: readonly Letter[]; readonly decisions: number } => {
  const letters: Letter[] = []
  let decisions = 0
  for (const customer of people) {
    const person = world.people[customer]
    const reachable = person?.consents === true && !person.badAddress && person.joinsAt <= at
    if (person === undefined || !reachable || gone.has(customer)) continue
    decisions++
    const drafts = campaign.actions.map((action): Letter => {
      const when =
        action.moment === 'now' || action.moment === 'best'
          ? at
          : nextLocalHour(at, Number(action.moment.slice(0, 2)), person.timeZone)
      return { at: when, customer, contact: contactOf(action, { at, campaign, topics, customer }) }
    })
    const index = player.choose({
      customer,
      person,
      at,
      letters: drafts,
      gains: () => drafts.map((draft) => world.gainOf(customer, draft.contact, draft.at)),
    })
    const draft = drafts[index]
    if (draft !== undefined) letters.push(draft)
  }
  return { letters, decisions }
}

const contactOf = (
  action: ActionSpec,
  about: Pick<Round, 'at' | 'campaign' | 'topics'> & { readonly customer: number },
): Contact => ({
  id: `${about.customer}/${about.at}`,
  channel: 'email',
  topic: about.topics.get(action.creativeId) ?? 'general',
  discountShare: action.offer?.discountShare ?? 0,
  offerUntil: about.at + about.campaign.goal.windowMs,
  cost: action.contactCost,
})
