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

/** What put a product on the list: the trained model, what goes together by count, newness, or popularity. */
export type RecommendationReason = 'learnt' | 'goes_together' | 'fresh' | 'popular'

/** Why what a trained model knows of the person did not lead. */
export type RecommendationFallback =
  | 'no_consent'
  | 'nothing_known'
  | 'not_trained'
  | 'too_few_rows'
  | 'not_better'
  | 'nothing_left'

export const RECOMMENDATION_SERVED = 'recommendation.served.v1'
/** A list of products that was shown, with the probability of each place: fold up to `asOf`, draw again, get the same. */
export type RecommendationServed = {
  readonly recommendationId: string
  readonly profileId: ProfileId
  /** ms */
  readonly at: number
  readonly asOf: number
  /** Where it is shown; `email <campaign>` in a message. */
  readonly placement: string
  readonly page: string
  readonly productId: string
  readonly cart: readonly string[]
  readonly filter: Readonly<Record<string, unknown>>
  readonly slots: number
  /** Whether what the person did before was looked at. */
  readonly personal: boolean
  /** Kind of the model in service. */
  readonly model: string
  readonly modelVersion: string
  readonly fallback: RecommendationFallback | null
  readonly policy: { readonly kind: 'epsilon_greedy'; readonly epsilon: number }
  readonly seed: string
  /** Products in the draw. */
  readonly candidates: number
  /** Probability of the whole list. */
  readonly joint: number
  readonly items: readonly {
    readonly id: string
    readonly score: number
    readonly reason: RecommendationReason
    /** Probability of this product at this place. */
    readonly propensity: number
    /** Probability of this product at any place. */
    readonly inclusion: number
  }[]
}
