// Everything the guardrail must know to say no: limits, STOP, who is never written to, who was written
// to when, and what campaigns have spent. Folded from the log, beside reservations that live only in
// memory while a message is on its way out.

import { BUSINESS_APPLIED, CONSENT_CHANGED } from '../profile/events.ts'
import type { ChannelName, ConsentChanged } from '../profile/events.ts'
import { CAMPAIGNS_APPLIED } from '../decision/events.ts'
import type { CampaignsApplied, GoalSpec } from '../decision/events.ts'
import type {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_WITHHELD,
  DeliveryAttempted,
  DeliveryFailed,
  DeliveryResponded,
  DeliveryWithheld,
} from '../delivery/events.ts'
import type { OUTCOME_SETTLED, OutcomeSettled } from '../feedback/events.ts'
import type { CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import { isRecord } from '../kernel/json.ts'
import { fromMicros, toMicros } from '../kernel/money.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import {
  HOLD_LIFTED,
  HOLD_PLACED,
  LIMITS_APPLIED,
  STOP_LIFTED,
  STOP_RAISED,
  SUPPRESSION_ADDED,
} from './events.ts'
import type {
  HoldLifted,
  HoldPlaced,
  LimitsApplied,
  LimitsSpec,
  StopLifted,
  StopRaised,
  SuppressionAdded,
} from './events.ts'
import { foldHoldLifted, foldHoldPlaced, type Holds } from './hold.ts'
import { addEntry, createHistories, giveBack } from './history.ts'
import type { Histories } from './history.ts'
import { CAP_MAX, CAP_PER_MS_MAX, DEFAULT_LIMITS } from './limits.ts'
import { createBooks, foldBooks, type SpendBooks } from './spend/books.ts'
import { createPauses, foldPauses, type Pauses } from './pause.ts'
import { foldStopLifted, foldStopRaised } from './stop.ts'
import type { RaisedStop, Stops } from './stop.ts'

export type GuardrailOptions = {
  /** Sends remembered per profile and channel: no cap counts higher. */
  readonly entriesMax: number
  /** How long sends are remembered: no cap looks back further. */
  readonly keepMs: number
  /** Messages on their way out at the same time. */
  readonly reservationsMax: number
  /** Scopes stopped one by one; one more stops everything. */
  readonly stopsMax: number
  /** Holds kept apart; one more holds all promotions. */
  readonly holdsMax: number
  /** Addresses and persons never written to; one more and nothing is written to anybody. */
  readonly suppressionsMax: number
  /** Decisions with a discount whose orders are still waited for. */
  readonly discountsMax: number
}

export const DEFAULT_GUARDRAIL_OPTIONS: GuardrailOptions = {
  entriesMax: CAP_MAX,
  keepMs: CAP_PER_MS_MAX + DAY_MS,
  reservationsMax: 10_000,
  stopsMax: 1_000,
  holdsMax: 1_000,
  suppressionsMax: 5_000_000,
  discountsMax: 200_000,
}

export type PersonSuppression = 'bounced' | 'complained' | 'unsubscribed'

/** One message on its way out: counted in every cap until it is attempted or given up. */
export type Reservation = {
  readonly profileId: ProfileId
  readonly channel: ChannelName
  readonly campaignId: CampaignId
  readonly discount: boolean
  readonly costMicros: number
}

export type GuardrailState = {
  readonly options: GuardrailOptions
  limits: LimitsSpec
  limitsVersion: string
  readonly stops: Stops
  readonly holds: Holds
  readonly pauses: Pauses
  /** By `channel hash`. */
  readonly suppressedAddresses: Map<string, SuppressionAdded['reason']>
  /** By `channel profileId`. */
  readonly suppressedPersons: Map<string, PersonSuppression>
  readonly histories: Histories
  readonly spentMicros: Map<CampaignId, number>
  readonly goals: Map<CampaignId, GoalSpec['value']>
  readonly discounted: Map<DecisionId, number>
  marginShare: number
  /** Ad money: caps, what may be in force, what days may have cost. */
  readonly books: SpendBooks
  /** Not in a dump: a restart finds nothing on its way out. */
  readonly reservations: Map<DecisionId, Reservation>
  readonly reservedByProfile: Map<ProfileId, Set<DecisionId>>
  readonly reservedMicros: Map<CampaignId, number>
}

/** A guardrail that has seen nothing: default limits, nobody suppressed, nothing stopped. */
export const createGuardrail = (options: Partial<GuardrailOptions> = {}): GuardrailState => {
  const all = { ...DEFAULT_GUARDRAIL_OPTIONS, ...options }
  return {
    options: all,
    limits: DEFAULT_LIMITS,
    limitsVersion: 'default',
    stops: new Map(),
    holds: new Map(),
    pauses: createPauses(),
    suppressedAddresses: new Map(),
    suppressedPersons: new Map(),
    histories: createHistories(all.entriesMax, all.keepMs),
    spentMicros: new Map(),
    goals: new Map(),
    discounted: new Map(),
    marginShare: 1,
    books: createBooks(),
    reservations: new Map(),
    reservedByProfile: new Map(),
    reservedMicros: new Map(),
  }
}

// Spelt here because these slices stand after this one; their types hold the spelling to theirs.
const ATTEMPTED: typeof DELIVERY_ATTEMPTED = 'delivery.attempted.v1'
const FAILED: typeof DELIVERY_FAILED = 'delivery.failed.v1'
const WITHHELD: typeof DELIVERY_WITHHELD = 'delivery.withheld.v1'
const RESPONDED: typeof DELIVERY_RESPONDED = 'delivery.responded.v1'
const SETTLED: typeof OUTCOME_SETTLED = 'outcome.settled.v1'

/** Takes one event in. Events of other slices that say nothing about limits change nothing. */
export const foldGuardrail = (state: GuardrailState, event: LogEvent): void => {
  foldPauses(state.pauses, event, state.stops)
  switch (event.type) {
    case LIMITS_APPLIED: {
      const { version, limits } = event.data as LimitsApplied
      state.limits = limits
      state.limitsVersion = version
      return
    }
    case STOP_RAISED:
      return foldStopRaised(state.stops, event.data as StopRaised, event, state.options.stopsMax)
    case STOP_LIFTED:
      return foldStopLifted(state.stops, event.data as StopLifted)
    case HOLD_PLACED:
      return foldHoldPlaced(state.holds, event.data as HoldPlaced, event.at, state.options.holdsMax)
    case HOLD_LIFTED:
      return foldHoldLifted(state.holds, event.data as HoldLifted)
    case SUPPRESSION_ADDED: {
      const { channel, addressHash, reason } = event.data as SuppressionAdded
      return suppress(state, state.suppressedAddresses, `${channel} ${addressHash}`, reason)
    }
    case CAMPAIGNS_APPLIED:
      for (const { id, goal } of (event.data as CampaignsApplied).campaigns) state.goals.set(id, goal.value)
      return
    case BUSINESS_APPLIED:
      return foldMargin(state, event.data)
    case CONSENT_CHANGED:
      return foldConsent(state, event.data as ConsentChanged)
    case ATTEMPTED:
      return foldAttempted(state, event as LogEvent<DeliveryAttempted>)
    case WITHHELD:
      return foldUnsent(state, event.data as DeliveryWithheld)
    case FAILED:
      return foldFailed(state, event.data as DeliveryFailed)
    case RESPONDED:
      return foldResponded(state, event.data as DeliveryResponded)
    case SETTLED:
      return foldSettled(state, event.data as OutcomeSettled)
    default:
      return foldBooks(state.books, event)
  }
}

/** What a campaign has cost so far in whole currency units: contacts attempted and discounts redeemed. */
export const campaignSpend = (state: GuardrailState, campaignId: CampaignId): number =>
  fromMicros(state.spentMicros.get(campaignId) ?? 0)

/** The limits in force and the version that decisions record. */
export const limitsInForce = (
  state: GuardrailState,
): { readonly limits: LimitsSpec; readonly version: string } => ({
  limits: state.limits,
  version: state.limitsVersion,
})

/** What is stopped by the log, in the order it was raised. */
export const stopState = (state: GuardrailState): readonly RaisedStop[] => [...state.stops.values()]

/** Gives back what a message on its way out held; nothing when it holds nothing. */
export const dropReservation = (state: GuardrailState, decisionId: DecisionId): void => {
  const held = state.reservations.get(decisionId)
  if (held === undefined) return
  state.reservations.delete(decisionId)
  const ofProfile = state.reservedByProfile.get(held.profileId)
  ofProfile?.delete(decisionId)
  if (ofProfile?.size === 0) state.reservedByProfile.delete(held.profileId)
  const left = (state.reservedMicros.get(held.campaignId) ?? 0) - held.costMicros
  if (left > 0) state.reservedMicros.set(held.campaignId, left)
  else state.reservedMicros.delete(held.campaignId)
}

const foldAttempted = (state: GuardrailState, event: LogEvent<DeliveryAttempted>): void => {
  const { decisionId, profileId, channel, campaignId, cost, discountShare } = event.data
  dropReservation(state, decisionId)
  addEntry(state.histories, { profileId, counted: channel, at: event.at, decisionId })
  spend(state, campaignId, cost)
  if (discountShare <= 0) return
  addEntry(state.histories, { profileId, counted: 'discount', at: event.at, decisionId })
  state.discounted.set(decisionId, discountShare)
  if (state.discounted.size <= state.options.discountsMax) return
  for (const oldest of state.discounted.keys()) {
    state.discounted.delete(oldest)
    return
  }
}

const foldFailed = (state: GuardrailState, failed: DeliveryFailed): void => {
  if (failed.permanent) foldUnsent(state, failed)
  else dropReservation(state, failed.decisionId)
}

/** Nobody got it: the person's caps are given back. The attempt, if there was one, counts as paid for. */
const foldUnsent = (
  state: GuardrailState,
  { decisionId, profileId }: Pick<DeliveryFailed, 'decisionId' | 'profileId'>,
): void => {
  dropReservation(state, decisionId)
  giveBack(state.histories, profileId, decisionId)
  state.discounted.delete(decisionId)
}

/** A scanner may open and click, but whoever unsubscribes, complains or bounces is believed. */
const foldResponded = (state: GuardrailState, { kind, channel, profileId }: DeliveryResponded): void => {
  if (kind !== 'bounced' && kind !== 'complained' && kind !== 'unsubscribed') return
  const key = `${channel} ${profileId}`
  if (state.suppressedPersons.get(key) === 'complained') return
  suppress(state, state.suppressedPersons, key, kind)
}

/** A fresh yes ends what an unsubscribe or a bounce began; a complaint stays. */
const foldConsent = (state: GuardrailState, { profileId, channel, granted }: ConsentChanged): void => {
  if (!granted) return
  for (const [key, reason] of channel === 'all'
    ? suppressionsOf(state, profileId)
    : [entryOf(state, channel, profileId)])
    if (reason !== undefined && reason !== 'complained') state.suppressedPersons.delete(key)
}

const entryOf = (state: GuardrailState, channel: ChannelName, profileId: ProfileId) =>
  [`${channel} ${profileId}`, state.suppressedPersons.get(`${channel} ${profileId}`)] as const

const CHANNELS: readonly ChannelName[] = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']
const suppressionsOf = (state: GuardrailState, profileId: ProfileId) =>
  CHANNELS.map((channel) => entryOf(state, channel, profileId))

/**
 * What a discount cost, once an order shows it: an order paid with share d off would have brought
 * d / (1 − d) of the paid revenue more.
 */
const foldSettled = (state: GuardrailState, outcome: OutcomeSettled): void => {
  const share = state.discounted.get(outcome.decisionId)
  if (share === undefined) return
  if (outcome.kind === 'closed') {
    state.discounted.delete(outcome.decisionId)
    return
  }
  const value = state.goals.get(outcome.campaignId)
  if (value === undefined || value === 'count' || share >= 1) return
  const paid = value === 'revenue' ? outcome.reward : outcome.reward / Math.max(state.marginShare, 0.01)
  if (paid > 0) spend(state, outcome.campaignId, (paid * share) / (1 - share))
}

const foldMargin = (state: GuardrailState, data: unknown): void => {
  const business = isRecord(data) && isRecord(data['business']) ? data['business'] : data
  if (isRecord(business) && typeof business['marginShare'] === 'number')
    state.marginShare = business['marginShare']
}

const spend = (state: GuardrailState, campaignId: CampaignId, amount: number): void => {
  state.spentMicros.set(campaignId, (state.spentMicros.get(campaignId) ?? 0) + toMicros(amount))
}

const suppress = <R>(state: GuardrailState, list: Map<string, R>, key: string, reason: R): void => {
  if (!list.has(key) && list.size >= state.options.suppressionsMax) {
    // One that cannot be remembered might be written to again: nobody is, until a person looks.
    const raised: StopRaised = { scope: { kind: 'all' }, reason: 'suppression list full', by: 'guardrail' }
    foldStopRaised(state.stops, raised, { at: 0, offset: 0 }, state.options.stopsMax)
    return
  }
  list.set(key, reason)
}
