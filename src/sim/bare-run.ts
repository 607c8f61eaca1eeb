// The same market under a policy that needs no learning: always one action, or the oracle's choice. Only
// the campaign's schedule is played, without the product around it, so that dozens of them cost little.

import { nextLocalHour } from '../kernel/local-hour.ts'
import { DAY_MS, localTime } from '../kernel/time.ts'
import type { ActionSpec, CampaignSpec } from '../decision/events.ts'
import { assert } from '../kernel/assert.ts'
import type { HeadlessOptions } from './headless.ts'
import { topicsOf } from './inner-post.ts'
import type { Contact } from './response.ts'
import { createWorld, WORLD_DEFAULTS, type World } from './world.ts'

/** Index of the action to take, −1 for nothing. `gains` says what each would add: for those who may know. */
export type BareChoice = (customer: number, gains: () => readonly number[]) => number

export const always =
  (index: number): BareChoice =>
  () =>
    index

/** Greedy on what it knows to be true: the best action when it adds anything. */
export const oracle: BareChoice = (_customer, gains) => {
  const values = gains()
  let best = -1
  let most = 0
  for (const [index, value] of values.entries()) {
    if (value <= most) continue
    most = value
    best = index
  }
  return best
}

export type BareOptions = HeadlessOptions & {
  readonly campaign: CampaignSpec
  /** Who is written to, by number. */
  readonly people: ReadonlySet<number>
  readonly choose: BareChoice
}

type Letter = { readonly at: number; readonly customer: number; readonly contact: Contact }

/** Expected margin on top per person of `people`, over the whole run. */
export const runBare = (options: BareOptions): number => {
  const { campaign, plan, people, stepMs } = options
  const { trigger } = campaign
  assert(trigger.kind === 'schedule', 'only a scheduled campaign is played bare')
  const world = createWorld({ ...WORLD_DEFAULTS, ...options, detail: 'light' })
  const topics = topicsOf(plan)
  const gone = new Set<number>()
  const begins = options.from + options.warmupDays * DAY_MS
  const ends = begins + options.days * DAY_MS
  let letters: Letter[] = []
  let lastDay = -1
  for (let at = options.from + stepMs; at <= ends; at += stepMs) {
    for (const event of world.advance(at))
      if (event.kind === 'unsubscribe' || event.kind === 'complain') gone.add(event.customer)
    const { day, hour, weekday } = localTime(at, plan.business.timeZone)
    if (at >= begins && hour === trigger.atHour && day !== lastDay && trigger.weekdays.includes(weekday)) {
      lastDay = day
      letters.push(...write(world, { at, campaign, topics, options, gone }))
    }
    const due = letters.filter((letter) => letter.at <= at)
    if (due.length === 0) continue
    letters = letters.filter((letter) => letter.at > at)
    for (const { customer, contact } of due) if (!gone.has(customer)) world.contact(customer, contact, at)
  }
  let earned = 0
  for (const customer of people) earned += world.truth.gainOf(customer, options.from, ends + 30 * DAY_MS)
  return people.size === 0 ? 0 : earned / people.size
}

type Round = {
  readonly at: number
  readonly campaign: CampaignSpec
  readonly topics: ReturnType<typeof topicsOf>
  readonly options: BareOptions
  readonly gone: ReadonlySet<number>
}

const write = (world: World, { at, campaign, topics, options, gone }: Round): readonly Letter[] => {
  const letters: Letter[] = []
  for (const customer of options.people) {
    const person = world.people[customer]
    if (
      person === undefined ||
      !person.consents ||
      person.badAddress ||
      person.joinsAt > at ||
      gone.has(customer)
    )
      continue
    const drafts = campaign.actions.map((action): Letter => {
      const when =
        action.moment === 'now' ? at : nextLocalHour(at, Number(action.moment.slice(0, 2)), person.timeZone)
      return { at: when, customer, contact: contactOf(action, { at, campaign, topics, customer }) }
    })
    const index = options.choose(customer, () =>
      drafts.map((draft) => world.gainOf(customer, draft.contact, draft.at)),
    )
    const draft = drafts[index]
    if (draft !== undefined) letters.push(draft)
  }
  return letters
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
