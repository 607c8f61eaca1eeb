// Counts for the brief, folded from the log like everything else: per product hour for the last two
// days, per campaign, and in all. A read model: no decision looks at it.

import { HOUR_MS } from '../kernel/time.ts'
import { isRecord } from '../kernel/json.ts'
import type { LogEvent } from '../log/port.ts'
import type { Dump } from '../log/dump.ts'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import {
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  type DeliveryResponded,
  type DeliverySent,
} from '../delivery/events.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../feedback/events.ts'

export type HourTally = {
  at: number
  events: number
  decisions: number
  acted: number
  nothing: number
  withheld: number
  sent: number
  failed: number
  conversions: number
}

export type ActionTally = {
  decisions: number
  settled: number
  /** Sum of the settled results, and of their squares. */
  reward: number
  squares: number
  /** Settled with a result above 0. */
  paid: number
}

export type CampaignTally = {
  decisions: number
  acted: number
  nothing: number
  conversions: number
  reward: number
  /** Messages accepted by their receivers, and what came back of them from people. */
  sent: number
  unsubscribed: number
  complained: number
  actions: Record<string, ActionTally>
}

export type Tally = {
  readonly totals: Record<TotalName, number>
  /** Oldest first, at most {@link HOURS_MAX}; hours without anything are absent. */
  readonly hours: HourTally[]
  readonly campaigns: Record<string, CampaignTally>
}

const TOTAL_NAMES = [
  'events',
  'decisions',
  'sent',
  'failed',
  'unknown',
  'opened',
  'clicked',
  'conversions',
  'unsubscribed',
  'complained',
  'bounced',
] as const
type TotalName = (typeof TOTAL_NAMES)[number]

const HOURS_MAX = 48
const ACTIONS_MAX = 128

export const createTally = (): Tally => ({
  totals: Object.fromEntries(TOTAL_NAMES.map((name) => [name, 0])) as Record<TotalName, number>,
  hours: [],
  campaigns: {},
})

/** Counts one event; `freshSignals` is how many new signals it brought. */
export const foldTally = (tally: Tally, event: LogEvent, freshSignals: number): void => {
  if (freshSignals > 0) {
    tally.totals.events += freshSignals
    hourOf(tally, event.at).events += freshSignals
  }
  switch (event.type) {
    case DECISION_MADE:
      return countDecision(tally, event.at, event.data as DecisionMade)
    case DELIVERY_SENT:
      tally.totals.sent++
      campaignOf(tally, (event.data as DeliverySent).campaignId).sent++
      hourOf(tally, event.at).sent++
      return
    case DELIVERY_FAILED:
      tally.totals.failed++
      hourOf(tally, event.at).failed++
      return
    case DELIVERY_UNKNOWN:
      tally.totals.unknown++
      return
    case DELIVERY_RESPONDED:
      return countResponse(tally, event.data as DeliveryResponded)
    case OUTCOME_SETTLED:
      return countOutcome(tally, event.at, event.data as OutcomeSettled)
  }
}

/** The hour that `at` falls into, made if it is not there. */
const hourOf = (tally: Tally, at: number): HourTally => {
  const start = Math.floor(at / HOUR_MS) * HOUR_MS
  const last = tally.hours.at(-1)
  if (last !== undefined && last.at === start) return last
  const known = tally.hours.find((hour) => hour.at === start)
  if (known !== undefined) return known
  const fresh = emptyHour(start)
  tally.hours.push(fresh)
  tally.hours.sort((left, right) => left.at - right.at)
  if (tally.hours.length > HOURS_MAX) tally.hours.shift()
  return fresh
}

/** An hour in which nothing was counted. */
export const emptyHour = (at: number): HourTally => ({
  at,
  events: 0,
  decisions: 0,
  acted: 0,
  nothing: 0,
  withheld: 0,
  sent: 0,
  failed: 0,
  conversions: 0,
})

/** The {@link HOURS_MAX} hours up to the one of `now`, oldest first, quiet ones as zeros; [] before anything was counted. */
export const lastHours = ({ hours }: Pick<Tally, 'hours'>, now: number): readonly HourTally[] => {
  if (hours.length === 0) return []
  const known = new Map(hours.map((hour) => [hour.at, hour]))
  const last = Math.floor(now / HOUR_MS) * HOUR_MS
  return Array.from({ length: HOURS_MAX }, (_, index) => {
    const at = last - (HOURS_MAX - 1 - index) * HOUR_MS
    return known.get(at) ?? emptyHour(at)
  })
}

const campaignOf = (tally: Tally, id: string): CampaignTally => {
  const known = ownOf(tally.campaigns, id)
  if (known !== undefined) return known
  return (tally.campaigns[id] = {
    decisions: 0,
    acted: 0,
    nothing: 0,
    conversions: 0,
    reward: 0,
    sent: 0,
    unsubscribed: 0,
    complained: 0,
    actions: {},
  })
}

/** A campaign may be called `constructor`: what every object is born with is not ours. */
const ownOf = <T>(record: Readonly<Record<string, T>>, id: string): T | undefined =>
  Object.hasOwn(record, id) ? record[id] : undefined

const actionOf = (campaign: CampaignTally, id: string): ActionTally | undefined => {
  const known = ownOf(campaign.actions, id)
  if (known !== undefined || Object.keys(campaign.actions).length >= ACTIONS_MAX) return known
  return (campaign.actions[id] = { decisions: 0, settled: 0, reward: 0, squares: 0, paid: 0 })
}

const countDecision = (tally: Tally, at: number, made: DecisionMade): void => {
  const hour = hourOf(tally, at)
  const campaign = campaignOf(tally, made.campaignId)
  tally.totals.decisions++
  hour.decisions++
  campaign.decisions++
  if (made.verdict === 'act') {
    hour.acted++
    campaign.acted++
  } else if (made.verdict === 'nothing') {
    hour.nothing++
    campaign.nothing++
  } else hour.withheld++
  if (made.group === 'treated') {
    const action = actionOf(campaign, made.actionId)
    if (action !== undefined) action.decisions++
  }
}

const countResponse = (tally: Tally, response: DeliveryResponded): void => {
  if (response.machine) return
  tally.totals[response.kind]++
  if (response.kind === 'unsubscribed' || response.kind === 'complained')
    campaignOf(tally, response.campaignId)[response.kind]++
}

const countOutcome = (tally: Tally, at: number, outcome: OutcomeSettled): void => {
  if (outcome.kind === 'closed') {
    const action = actionOf(campaignOf(tally, outcome.campaignId), outcome.actionId)
    if (action === undefined) return
    action.settled++
    action.reward += outcome.total
    action.squares += outcome.total ** 2
    if (outcome.total > 0) action.paid++
    return
  }
  tally.totals.conversions++
  hourOf(tally, at).conversions++
  const campaign = campaignOf(tally, outcome.campaignId)
  campaign.conversions++
  campaign.reward += outcome.reward
}

export const dumpTally = (tally: Tally): Dump => ({ tally })

export const restoreTally = (dump: Dump): Tally => {
  const { tally } = dump
  return isRecord(tally) ? (structuredClone(tally) as unknown as Tally) : createTally()
}
