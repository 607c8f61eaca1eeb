// Who of which group a campaign decided on, treated and heard from, read from the log. Nothing is decided by it, so a
// sensitive trait may be named.

import { campaignOf, campaignsInForce } from '../../decision/index.ts'
import { createFairness } from '../../feedback/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import { didYouMean } from '../../kernel/problem.ts'
import { refOf, viewProfile } from '../../profile/index.ts'
import type { Loop } from '../../loop.ts'
import type { Fairness } from '../contract.ts'

/** Throws Failure `fairness.no_campaign`. Reads the whole log, a page at a time. */
export const viewFairness = async (
  { state, log, ctx }: Pick<Loop, 'state' | 'log' | 'ctx'>,
  { campaignId, by }: { readonly campaignId: string; readonly by: string },
): Promise<Fairness> => {
  const campaign = campaignOf(state.decision, asCampaignId(campaignId))
  if (campaign === undefined)
    throw new Failure({
      code: 'fairness.no_campaign',
      message: `There is no campaign ${campaignId}.`,
      hint: didYouMean(
        campaignId,
        campaignsInForce(state.decision).campaigns.map((one) => one.id),
      ),
    })
  const fairness = createFairness(campaign, (profileId) => {
    const ref = refOf(state.profile, profileId)
    if (ref === undefined) return ''
    const value = viewProfile(state.profile, ref, ctx.now(), state.business).traits[by]
    if (value === undefined || value === null) return ''
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
  for await (const events of log.read()) for (const event of events) fairness.take(event)
  const { groups, putTogether } = fairness.report()
  return { campaignId, by, groups: [...groups], putTogether }
}
