// Campaigns as people declare them, and decisions with everything needed to draw them again.

import type { ActionId, CampaignId, CreativeId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { ActionClass, Level } from '../governance/events.ts'
import type {
  Feature,
  ModelSpec,
  PolicySpec,
  ScoreSaid,
  SendTimeSpec,
  TimingSaid,
  UpliftSaid,
} from '../model/events.ts'
import type { ChannelName } from '../profile/events.ts'

export type OfferSpec = {
  readonly id: string
  /** Share of the order's revenue given away, 0 to 1: counted as a cost and against the discount cap. */
  readonly discountShare: number
}

export type ActionSpec = {
  readonly id: ActionId
  readonly channel: ChannelName
  readonly creativeId: CreativeId
  readonly offer?: OfferSpec
  /** `now`, `best` (the hour is chosen for the person), or a local hour as `HH:00`: when the message leaves. */
  readonly moment: string
  /** What one contact costs, in whole currency units. */
  readonly contactCost: number
}

export type TriggerSpec =
  | {
      readonly kind: 'event'
      /** Name of the track event (or `$page`, `$identify`, …). */
      readonly event: string
      /** CEL over the event and the profile; '' = always. */
      readonly where: string
      readonly delayMs: number
      /** At most one decision per person within this time. */
      readonly reentryMs: number
    }
  | {
      readonly kind: 'schedule' /** `daily` at a local hour of the business, on these weekdays (0 = Sunday). */
      readonly atHour: number
      readonly weekdays: readonly number[]
    }
  | { readonly kind: 'request' /** Name that `POST /v1/decide` asks for. */; readonly placement: string }

export type GoalSpec = {
  /** Track event that counts. */
  readonly event: string
  /** What one is worth: its margin, its revenue, or 1. */
  readonly value: 'margin' | 'revenue' | 'count'
  readonly windowMs: number
  /**
   * `learnt`: an open decision teaches what has come, by how long results are known to take; `wait`: nothing before its window
   * is over, as when left out.
   */
  readonly delays?: 'learnt' | 'wait'
}

export type CampaignSpec = {
  readonly id: CampaignId
  readonly name: string
  readonly status: 'live' | 'paused' | 'shadow'
  /** Campaigns of one kind: a new one starts from what the others have shown. */
  readonly family?: string
  readonly goal: GoalSpec
  readonly trigger: TriggerSpec
  /** CEL over the profile; '' = everyone. */
  readonly audience: string
  /** Without `nothing`: that one is always added. */
  readonly actions: readonly ActionSpec[]
  readonly policy: PolicySpec
  /** A model of its own; the one that all campaigns share when absent. */
  readonly model?: ModelSpec
  /** How the hour is chosen for actions whose moment is `best`; absent: there are none. */
  readonly sendTime?: SendTimeSpec
  /** Traits that the model may see. */
  readonly traitFeatures: readonly string[]
  /** No promotion: order confirmations and the like go on while promotions are held. */
  readonly service?: boolean
  /** In whole currency units over the campaign's life; contact and discount costs count. */
  readonly budget?: number
}

export const CAMPAIGNS_APPLIED = 'campaigns.applied.v1'
/**
 * The full set of campaigns from here on; `version` is the hash of the set. `gated`: another policy or model
 * of a campaign that was there is only wished for, and waits at the gate; absent, it is in force at once.
 */
export type CampaignsApplied = {
  readonly version: string
  readonly campaigns: readonly CampaignSpec[]
  readonly gated?: boolean
}

export const CAMPAIGN_DUE = 'campaign.due.v1'
/** A scheduled campaign's hour has come: decisions for its audience follow. */
export type CampaignDue = {
  readonly campaignId: CampaignId
  /** `<day number>`: one occurrence a local day. */
  readonly occurrence: string
  /** Its hour had passed by more than the lateness limit: it is recorded as missed and nothing follows. */
  readonly missed?: boolean
}

export const CAMPAIGN_SWEPT = 'campaign.swept.v1'
/** An occurrence is over: its whole audience has been gone through, or what was left came too late. */
export type CampaignSwept = {
  readonly campaignId: CampaignId
  readonly occurrence: string
  readonly end: 'complete' | 'late' | 'campaign_paused'
}

export type DecisionCause = {
  readonly kind: 'event' | 'schedule' | 'request'
  /** messageId, occurrence or request id. */
  readonly ref: string
}

/** Why an action was not in the draw, or why a drawn one may not go: code plus what it was measured at. */
export type Reason = { readonly code: ReasonCode; readonly detail: string }
export type ReasonCode =
  | 'no_consent'
  | 'suppressed'
  | 'unreachable'
  | 'quiet_hours'
  | 'person_cap'
  | 'discount_cap'
  | 'campaign_budget'
  | 'stopped'
  | 'creative_missing'
  | 'creative_unapproved'
  | 'holdout'
  | 'shadow'
  | 'campaign_paused'
  | 'late'
  | 'superseded'
  | 'profile_unsettled'
  | 'restored'
  | 'overloaded'
  | 'not_in_audience'
  | 'no_score'
  | 'no_uplift'
  | 'autonomy'
  | 'awaits_approval'
  | 'not_approved'
  | 'taken_back'
  | 'not_allowed_here'
  | 'held'
  | 'wrong_tone'

export type CandidateRecord = {
  readonly actionId: ActionId
  readonly features: readonly Feature[]
  /** Predicted reward and its standard error, in reward units. */
  readonly mean: number
  readonly stderr: number
  readonly probability: number
}

/** How far the drawn action may go by itself, as governance saw it when it was drawn. */
export type Autonomy = {
  readonly level: Level
  readonly class: ActionClass
  readonly policyVersion: string
  /** Codes and details of what made it so. */
  readonly grounds: readonly { readonly code: string; readonly detail: string }[]
  /** The batch in which people see it; '' when they are not asked. */
  readonly line: string
  /** ms before which it does not leave, so that it can be taken back; 0 = at once. */
  readonly holdUntil: number
}

export const DECISION_MADE = 'decision.made.v1'
export type DecisionMade = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  /** ms, by the product's clock. */
  readonly at: number
  /** Offset of the last event folded when it was made: fold up to it, decide again, get the same bytes. */
  readonly asOf: number
  readonly cause: DecisionCause
  readonly group: 'treated' | 'holdout'
  /** What the requester or trigger said of the moment: hour, weekday, device, weather, brand state. */
  readonly context: Readonly<Record<string, Json>>
  /** Features of person and moment that all actions share. */
  readonly shared: readonly Feature[]
  /** What models said of the person, or why they could not; absent while there was no model at all. */
  readonly scores?: readonly ScoreSaid[]
  /** Where the campaign's uplift is sure enough to choose by; its groups are compared among the admitted. */
  readonly uplift?: UpliftSaid
  readonly candidates: readonly CandidateRecord[]
  readonly rejected: readonly { readonly actionId: ActionId; readonly reasons: readonly Reason[] }[]
  readonly actionId: ActionId
  /** Probability with which `actionId` was drawn from `candidates`. */
  readonly propensity: number
  readonly seed: string
  /** That made it: the champion's or the challenger's. */
  readonly policy: PolicySpec
  /** While a challenger has a share of the people: which of the two decided here. */
  readonly rollout?: {
    readonly challengerId: string
    readonly arm: 'champion' | 'challenger'
    readonly share: number
  }
  /** While a challenger waits or is tried: how likely it would have drawn each of `candidates`, and what it expected of the one drawn. */
  readonly shadow?: {
    readonly challengerId: string
    readonly probabilities: readonly number[]
    readonly mean: number
  }
  /** Kind of model and how many examples it had learnt from; `@<id>` of a model of the campaign's own. */
  readonly modelVersion: string
  /** How many examples the model had learnt from: policies narrow with it. 0 when absent. */
  readonly modelExamples?: number
  /** The model's standard deviation of one reward around its prediction. 0 when absent. */
  readonly modelNoise?: number
  readonly campaignsVersion: string
  readonly creativesVersion: string
  readonly limitsVersion: string
  /** `act`: goes on to delivery at `sendAt`. `nothing`: that was drawn. `withheld`: drawn, but holdout, shadow or a veto keeps it back. */
  readonly verdict: 'act' | 'nothing' | 'withheld'
  readonly vetoes: readonly Reason[]
  readonly sendAt: number
  /** Of a drawn action that leaves at the hour chosen for the person: which hour, how likely, and why. */
  readonly timing?: TimingSaid
  /** Absent where no policy of governance was in force, or nothing was drawn. */
  readonly autonomy?: Autonomy
}

export const DECISION_SKIPPED = 'decision.skipped.v1'
/** A trigger that was due but is not decided on any more: too late, or the campaign is gone. */
export type DecisionSkipped = {
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly cause: DecisionCause
  readonly reason: Reason
}

export const DECISION_IMPORTED = 'decision.imported.v1'
/** A decision someone else's system made and logged, for `windvane evaluate`. */
export type DecisionImported = {
  readonly importId: string
  readonly context: Readonly<Record<string, Json>>
  readonly action: string
  readonly propensity: number
  readonly rewards: Readonly<Record<string, number>>
}
