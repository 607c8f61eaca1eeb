// Who decides in each campaign, and what stands at the gate, as the contract shows it.

import { PROMOTION_DEFAULTS, spelt, type Track } from '../../promotion/index.ts'
import type { Gate, GateTrack } from '../contract.ts'
import type { ViewSources } from './sources.ts'

/** Campaigns of the plan in its order, or one of them. */
export const viewGate = ({ loop }: Pick<ViewSources, 'loop'>, campaignId?: string): Gate => {
  const { decision, promotion } = loop.state
  const items = [...decision.campaigns.values()].flatMap(({ id, name }): GateTrack[] => {
    const track = promotion.tracks.get(id)
    if (track === undefined || (campaignId !== undefined && campaignId !== '' && id !== campaignId)) return []
    return [trackOf(track, name)]
  })
  return { items, steps: [...PROMOTION_DEFAULTS.steps] }
}

const trackOf = ({ campaignId, champion, challenger, past }: Track, name: string): GateTrack => ({
  campaignId,
  name,
  champion: { policy: spelt(champion), since: champion.since },
  challenger:
    challenger === null
      ? null
      : {
          id: challenger.id,
          policy: spelt(challenger),
          safety: challenger.safety,
          by: challenger.by,
          reason: challenger.reason,
          proposedAt: challenger.proposedAt,
          share: challenger.share,
          shareSince: challenger.shareSince,
          nextShare: PROMOTION_DEFAULTS.steps.find((step) => step > challenger.share) ?? null,
          verdict: challenger.judged?.verdict ?? null,
          checks: (challenger.judged?.checks ?? []).map((check) => ({ ...check })),
          decisions: challenger.judged?.decisions ?? 0,
          own: challenger.judged?.share === challenger.share ? challenger.judged.own : 0,
          ownNeeded: PROMOTION_DEFAULTS.stepDecisionsMin,
          judgedAt: challenger.judged?.at ?? null,
        },
  past: past.toReversed().map(({ id, policy, model, at, move }) => ({
    id,
    policy: spelt({ policy, model }),
    at,
    to: move.to,
    from: move.from,
    cause: move.cause,
    detail: move.detail,
    by: move.by,
  })),
})
