// What decisions brought, settled when it came or when its window closed, and who is held out.

import type { ActionId, CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'

export type HoldoutSpec = {
  /** 0 to 0.5. */
  readonly share: number
  /** Changing it draws the groups anew. */
  readonly salt: string
  /** How long after a person's first decision their results count. */
  readonly horizonMs: number
  /** Campaigns that reach everybody: receipts and other transactional messages. */
  readonly exemptCampaigns?: readonly string[]
}

export const HOLDOUT_APPLIED = 'holdout.applied.v1'

export const OUTCOME_SETTLED = 'outcome.settled.v1'
/**
 * The reward of one decision. `converted` may be followed by further ones; `closed` is the last and
 * says that the window is over: only then is "no conversion" a zero.
 */
export type OutcomeSettled = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly actionId: ActionId
  readonly kind: 'converted' | 'closed'
  /** Reward of this event alone, costs taken off in `closed`; whole currency units or counts. */
  readonly reward: number
  /** Sum over the decision so far. */
  readonly total: number
  readonly causeMessageId: string
  /** ms between decision and cause. */
  readonly delayMs: number
}
