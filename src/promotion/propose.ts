// What a plan's wishes mean for who decides: the facts to append beside it. A first policy needs no gate;
// another one becomes a challenger, unless somebody says, on record, that it shall not wait.

import type { CampaignId } from '../kernel/ids.ts'
import { problem, type Problem } from '../kernel/problem.ts'
import type { ModelSpec, PolicySpec } from '../model/events.ts'
import type { CampaignSpec } from '../decision/events.ts'
import { POLICY_PROPOSED, type PolicyProposed, ROLLOUT_MOVED, type RolloutMoved } from './events.ts'
import { canRun, MODELS_MAX, type Promotion, sameContender, type Track } from './state.ts'

export type PromotionFact = {
  readonly type: typeof POLICY_PROPOSED | typeof ROLLOUT_MOVED
  readonly data: PolicyProposed | RolloutMoved
  /** In words, for people. */
  readonly change: string
}

export type ProposeInput = {
  readonly promotion: Promotion
  readonly before: readonly CampaignSpec[]
  readonly after: readonly CampaignSpec[]
  readonly by: string
  /** Why nothing shall wait at the gate; null when it shall. */
  readonly override: string | null
  readonly newId: () => string
}

export type Proposals = {
  /** To append before `campaigns.applied.v1`: challengers that end. */
  readonly before: readonly PromotionFact[]
  /** And after it: challengers that begin. */
  readonly after: readonly PromotionFact[]
  readonly problems: readonly Problem[]
}

export const proposals = (input: ProposeInput): Proposals => {
  const facts: PromotionFact[] = []
  const problems: Problem[] = []
  let models = input.promotion.models.size
  for (const campaign of input.after) {
    const track = input.promotion.tracks.get(campaign.id)
    const wished = { policy: campaign.policy, model: campaign.model ?? null }
    if (wished.model !== null && !isKnown(track, wished) && ++models > MODELS_MAX)
      problems.push(
        problem(
          `campaigns ${campaign.id}.model`,
          `there are ${MODELS_MAX} models of campaigns' own already`,
          'Take one away, or leave `model` out.',
        ),
      )
    if (track !== undefined) facts.push(...factsOf(input, track, campaign))
  }
  const ends = ({ type, data }: PromotionFact): boolean =>
    type === ROLLOUT_MOVED && (data as RolloutMoved).to === 0
  return { before: facts.filter(ends), after: facts.filter((fact) => !ends(fact)), problems }
}

const isKnown = (
  track: Track | undefined,
  wished: { policy: PolicySpec; model: ModelSpec | null },
): boolean =>
  track !== undefined &&
  [track.champion, track.challenger].some((known) => known !== null && sameContender(known, wished))

const factsOf = (
  { before, by, override, newId }: ProposeInput,
  track: Track,
  campaign: CampaignSpec,
): readonly PromotionFact[] => {
  const { champion, challenger } = track
  const wished = { policy: campaign.policy, model: campaign.model ?? null }
  const was = before.find(({ id }) => id === campaign.id)
  const isNews = was === undefined || !sameContender({ policy: was.policy, model: was.model ?? null }, wished)
  if (sameContender(champion, wished))
    return challenger !== null && isNews ? [ending(track, 'withdrawn', by)] : []
  // The fold puts it in force by itself: the champion's only action is gone.
  if (!canRun(champion, campaign)) return []
  const pending = challenger !== null && sameContender(challenger, wished)
  if (override !== null)
    return pending
      ? [
          overriding(
            { campaignId: campaign.id, challengerId: challenger.id, from: challenger.share },
            by,
            override,
          ),
        ]
      : overridden({ campaignId: campaign.id, wished, by, override, challengerId: newId() })
  if (pending || !isNews) return []
  return [
    ...(challenger === null ? [] : [ending(track, 'superseded', by)]),
    proposing({
      campaignId: campaign.id,
      challengerId: newId(),
      ...wished,
      safety: false,
      by,
      reason: 'plan',
    }),
  ]
}

const overridden = (about: {
  readonly campaignId: CampaignId
  readonly wished: Pick<PolicyProposed, 'policy' | 'model'>
  readonly by: string
  readonly override: string
  readonly challengerId: string
}): readonly PromotionFact[] => {
  const { campaignId, challengerId, wished, by, override } = about
  return [
    proposing({ campaignId, challengerId, ...wished, safety: false, by, reason: override }),
    overriding({ campaignId, challengerId, from: 0 }, by, override),
  ]
}

/** A challenger to be judged. */
export const proposing = (data: PolicyProposed): PromotionFact => ({
  type: POLICY_PROPOSED,
  data,
  change: `${data.campaignId}: ${spelt(data)} waits at the gate`,
})

/** The challenger becomes the champion now, whatever the gate says: somebody answers for it. */
export const overriding = (
  about: Pick<RolloutMoved, 'campaignId' | 'challengerId' | 'from'>,
  by: string,
  detail: string,
): PromotionFact => ({
  type: ROLLOUT_MOVED,
  data: { ...about, to: 1, cause: 'override', detail, by },
  change: `${about.campaignId}: decides for everybody, past the gate (${detail})`,
})

/** The challenger is one no more. Throws nothing: without a challenger there is nothing to end. */
export const ending = (
  { campaignId, challenger }: Track,
  cause: 'withdrawn' | 'superseded',
  by: string,
  detail = '',
): PromotionFact => ({
  type: ROLLOUT_MOVED,
  data: {
    campaignId,
    challengerId: challenger?.id ?? '',
    from: challenger?.share ?? 0,
    to: 0,
    cause,
    detail,
    by,
  },
  change: `${campaignId}: the challenger is ${cause}`,
})

/**
 * A policy and model in a few words.
 * @example spelt({ policy: { kind: 'uniform', explorationFloor: 0 }, model: null }) // 'uniform'
 */
export const spelt = ({ policy, model }: Pick<PolicyProposed, 'policy' | 'model'>): string => {
  const { kind, explorationFloor, actionId } = policy
  const how = kind === 'fixed' ? `always ${actionId ?? 'nothing'}` : kind
  const floor = kind === 'uniform' || explorationFloor === 0 ? '' : `, floor ${explorationFloor}`
  return `${how}${floor}${model === null ? '' : ` on a ${model.kind} model of its own`}`
}
