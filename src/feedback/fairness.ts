// Who of which group a campaign decided on, reached, held back, gave offers to and heard from, counted in people, each share
// with its interval and whether it differs from everybody else's beyond chance. For people to look at; nothing is decided by it.

import { DECISION_MADE, type CampaignSpec, type DecisionMade } from '../decision/events.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { LogEvent } from '../log/port.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from './events.ts'
import { normalQuantile } from './stats.ts'

export type FairnessShare = {
  readonly people: number
  /** Of those that it is a share of. */
  readonly of: number
  readonly share: number
  readonly low: number
  readonly high: number
  /** Differs from all other groups together, at 5 % over all comparisons of the report. */
  readonly differs: boolean
}

export type FairnessGroup = {
  readonly value: string
  readonly decided: number
  /** Of those decided on: drawn to get something. */
  readonly treated: FairnessShare
  /** Left alone to compare with. */
  readonly heldOut: FairnessShare
  /** Kept back by limits, consent and the like. */
  readonly withheld: FairnessShare
  /** Of the treated: with a discount. */
  readonly offers: FairnessShare
  /** Of the treated: with a result above 0. */
  readonly responded: FairnessShare
}

export type FairnessReport = {
  readonly groups: readonly FairnessGroup[]
  /** Groups beyond the limit, put together as `(other)`. */
  readonly putTogether: number
}

export const FAIRNESS_GROUPS_MAX = 20
const MEASURES = ['treated', 'heldOut', 'withheld', 'offers', 'responded'] as const
type Measure = (typeof MEASURES)[number]
type Person = Record<Measure, boolean>

/** Collects events of a log, of one campaign; `groupOf` gives the group of a person ('' = not known). */
export const createFairness = (campaign: CampaignSpec, groupOf: (id: ProfileId) => string) => {
  const people = new Map<string, Person>()
  const offering = new Set(
    campaign.actions.flatMap(({ id, offer }) => ((offer?.discountShare ?? 0) > 0 ? [id] : [])),
  )
  const personOf = (id: ProfileId): Person => {
    const known = people.get(id)
    if (known !== undefined) return known
    const fresh = { treated: false, heldOut: false, withheld: false, offers: false, responded: false }
    people.set(id, fresh)
    return fresh
  }
  return {
    take: ({ type, data }: LogEvent): void => {
      if (type === DECISION_MADE) {
        const made = data as DecisionMade
        if (made.campaignId !== campaign.id) return
        const person = personOf(made.profileId)
        if (made.group === 'holdout') person.heldOut = true
        else if (made.verdict === 'withheld') person.withheld = true
        else if (made.verdict === 'act') {
          person.treated = true
          if (offering.has(made.actionId)) person.offers = true
        }
      } else if (type === OUTCOME_SETTLED) {
        const { campaignId, profileId, total } = data as OutcomeSettled
        const person = campaignId === campaign.id ? people.get(profileId) : undefined
        if (person !== undefined && total > 0) person.responded = true
      }
    },
    report: (): FairnessReport => reportOf(people, groupOf),
  }
}

type Tally = { decided: number } & Record<Measure, number>

const reportOf = (
  people: ReadonlyMap<string, Person>,
  groupOf: (id: ProfileId) => string,
): FairnessReport => {
  const all = new Map<string, Tally>()
  for (const [id, person] of people) count(all, groupOf(id as ProfileId) || '(not known)', person)
  const largest = [...all].toSorted(
    ([left, a], [right, b]) => b.decided - a.decided || (left < right ? -1 : 1),
  )
  const kept = largest.slice(0, FAIRNESS_GROUPS_MAX)
  const rest = largest.slice(FAIRNESS_GROUPS_MAX)
  if (rest.length > 0) kept.push(['(other)', rest.map(([, tally]) => tally).reduce(sumOf)])
  const total = kept.map(([, tally]) => tally).reduce(sumOf, none())
  const z = normalQuantile(1 - 0.025 / Math.max(1, kept.length * MEASURES.length))
  const groups = kept.map(([value, tally]): FairnessGroup => {
    const share = (measure: Measure): FairnessShare => {
      const base = measure === 'offers' || measure === 'responded' ? 'treated' : 'decided'
      return shareOf(tally[measure], tally[base], { part: total[measure], of: total[base], z })
    }
    return {
      value,
      decided: tally.decided,
      treated: share('treated'),
      heldOut: share('heldOut'),
      withheld: share('withheld'),
      offers: share('offers'),
      responded: share('responded'),
    }
  })
  return { groups, putTogether: rest.length }
}

const none = (): Tally => ({ decided: 0, treated: 0, heldOut: 0, withheld: 0, offers: 0, responded: 0 })

const count = (all: Map<string, Tally>, group: string, person: Person): void => {
  const tally = all.get(group) ?? none()
  all.set(group, tally)
  tally.decided++
  for (const measure of MEASURES) {
    // Who bought without being treated tells nothing of how the campaign treats people.
    const counts = person[measure] && (measure !== 'responded' || person.treated)
    if (counts) tally[measure]++
  }
}

const sumOf = (left: Tally, right: Tally): Tally => {
  const sum = { ...left, decided: left.decided + right.decided }
  for (const measure of MEASURES) sum[measure] = left[measure] + right[measure]
  return sum
}

type Everybody = { readonly part: number; readonly of: number; readonly z: number }

const shareOf = (part: number, of: number, all: Everybody): FairnessShare => {
  const own = wilson(part, of, 1.959964)
  // Newcombe's interval for the difference of two shares: own against everybody else.
  const [here, there] = [wilson(part, of, all.z), wilson(all.part - part, all.of - of, all.z)]
  const difference = here.share - there.share
  const below = Math.sqrt((here.share - here.low) ** 2 + (there.high - there.share) ** 2)
  const above = Math.sqrt((here.high - here.share) ** 2 + (there.share - there.low) ** 2)
  const compared = of > 0 && all.of > of
  return { people: part, of, ...own, differs: compared && (difference - below > 0 || difference + above < 0) }
}

/** Wilson's interval of a share; everything is possible of nobody. */
const wilson = (part: number, of: number, z: number) => {
  if (of === 0) return { share: 0, low: 0, high: 1 }
  const share = part / of
  const centre = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of)
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of * of))
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
