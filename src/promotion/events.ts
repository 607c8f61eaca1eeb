// Which policy may decide in a campaign: proposed, judged, given more traffic or less, with the reason.

import type { CampaignId } from '../kernel/ids.ts'
import type { ModelSpec, PolicySpec } from '../model/events.ts'

export const POLICY_PROPOSED = 'policy.proposed.v1'
/** Somebody wants a campaign decided otherwise. It takes no traffic before the gate lets it. */
export type PolicyProposed = {
  readonly campaignId: CampaignId
  /** Salt of the draw of people, too. */
  readonly challengerId: string
  readonly policy: PolicySpec
  /** A model of its own, learnt from here on; null = the one that all share. */
  readonly model: ModelSpec | null
  /** Not meant to earn more, only not to earn less than a little: what makes things safer. */
  readonly safety: boolean
  readonly by: string
  readonly reason: string
}

export type GateCheckName =
  /** Treated and held out, champion and challenger, are as many as was set. */
  | 'sample_ratio'
  /** Recorded probabilities come out again, sum to 1, and their inverses average the number of actions. */
  | 'propensity'
  /** The log could have taken what the challenger would. */
  | 'overlap'
  | 'effective_sample'
  | 'weight'
  /** Lower bound of what it would earn more, decision by decision. */
  | 'gain'
  | 'calibration'
  | 'unsubscribes'
  | 'complaints'
  /** Margin of the people who have it, against those who do not. */
  | 'margin'

/** `waits`: nothing against it, and not enough known. */
export type GateCheckState = 'passes' | 'waits' | 'fails' | 'not_applicable'

export type GateCheck = {
  readonly name: GateCheckName
  readonly state: GateCheckState
  readonly value: number | null
  readonly limit: number | null
  /** Of `value`, where there is one. */
  readonly low: number | null
  readonly high: number | null
}

export const GATE_JUDGED = 'policy.gate_judged.v1'
/** What the gate found, with its figures. */
export type GateJudged = {
  readonly campaignId: CampaignId
  readonly challengerId: string
  /** Share of people who had the challenger when it was judged. */
  readonly share: number
  readonly verdict: 'passes' | 'waits' | 'fails'
  readonly checks: readonly GateCheck[]
  /** Decisions of the champion whose outcome is settled: what the estimate stands on. */
  readonly decisions: number
  /** Settled decisions of the challenger itself, since it had its present share. */
  readonly own: number
}

export type RolloutCause =
  | 'gate_passed'
  | 'step_passed'
  /** People with it brought less than people without, by a bound that may be watched. */
  | 'harm'
  | 'guard_breached'
  | 'sample_ratio'
  | 'propensity'
  /** It would earn less, by the upper bound of the estimate. */
  | 'gate_failed'
  | 'expired'
  | 'withdrawn'
  | 'superseded'
  /** A person decided against or without the gate. */
  | 'override'

export const ROLLOUT_MOVED = 'policy.rollout_moved.v1'
/** The challenger has another share of the people: 1 makes it the champion, 0 ends it. */
export type RolloutMoved = {
  readonly campaignId: CampaignId
  readonly challengerId: string
  readonly from: number
  readonly to: number
  readonly cause: RolloutCause
  /** What decided it, in words or figures; '' when the cause says all. */
  readonly detail: string
  /** A person, or '' for the gate. */
  readonly by: string
}
