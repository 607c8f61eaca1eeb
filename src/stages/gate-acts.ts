// What a person may do at the gate beside waiting: take a challenger back, let it decide past the gate, put
// the plan's policy up again, or put up a model that starts anew. Each is on record with its reason.

import { Failure } from '../kernel/failure.ts'
import { asCampaignId } from '../kernel/ids.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'
import {
  ending,
  MODELS_MAX,
  overriding,
  proposing,
  sameContender,
  type PromotionFact,
} from '../promotion/index.ts'

export type GateAct = {
  readonly campaignId: string
  readonly act: 'withdraw' | 'override' | 'propose' | 'fresh_model'
  readonly reason: string
  readonly safety: boolean
  readonly by: string
}

/** Appends what the act means. Throws Failures `gate.*` where it means nothing. */
export const actAtGate = async (loop: Loop, about: GateAct): Promise<void> => {
  const events = factsOf(loop, about).map(
    ({ type, data }): NewEvent => ({ id: loop.ctx.newId(), type, key: '', at: loop.ctx.now(), data }),
  )
  await loop.record(events)
}

const factsOf = (loop: Loop, { campaignId, act, reason, safety, by }: GateAct): readonly PromotionFact[] => {
  const { promotion, decision } = loop.state
  const track = promotion.tracks.get(asCampaignId(campaignId))
  const campaign = decision.campaigns.get(asCampaignId(campaignId))
  if (track === undefined || campaign === undefined)
    throw new Failure({
      code: 'gate.no_campaign',
      message: `There is no campaign \`${campaignId}\` in the plan.`,
      hint: `In the plan: ${[...decision.campaigns.keys()].join(', ') || 'none'}.`,
    })
  const { challenger, champion } = track
  if (act === 'withdraw' || act === 'override') {
    if (challenger === null)
      throw new Failure({
        code: 'gate.no_challenger',
        message: `Nothing waits at the gate of \`${campaignId}\`.`,
        hint: 'Change its policy in the plan, or propose one.',
      })
    if (act === 'withdraw') return [ending(track, 'withdrawn', by, reason)]
    const { id: challengerId, share: from } = challenger
    return [overriding({ campaignId: track.campaignId, challengerId, from }, by, reason)]
  }
  const wished =
    act === 'fresh_model'
      ? { policy: champion.policy, model: champion.model ?? ({ kind: 'hashed' } as const) }
      : { policy: campaign.policy, model: campaign.model ?? null }
  if (act === 'propose' && sameContender(champion, wished))
    throw new Failure({
      code: 'gate.nothing_new',
      message: `The plan's policy of \`${campaignId}\` decides already.`,
      hint: 'Write another one into the plan and apply it.',
    })
  if (wished.model !== null && promotion.models.size >= MODELS_MAX)
    throw new Failure({
      code: 'gate.models_full',
      message: `There are ${MODELS_MAX} models of campaigns' own already.`,
      hint: 'Withdraw a challenger that has one.',
    })
  return [
    ...(challenger === null ? [] : [ending(track, 'superseded', by, reason)]),
    proposing({
      campaignId: track.campaignId,
      challengerId: loop.ctx.newId(),
      ...wished,
      safety,
      by,
      reason,
    }),
  ]
}
