// What governance says of an action where the path asks: when it is drawn, and at the door.

import type { ActionSpec, CampaignSpec, Reason } from '../decision/events.ts'
import type { Admits, Governed } from '../decision/index.ts'
import { creativeOf } from '../delivery/index.ts'
import { admits, autonomyOf, isGoverned, levelNow } from '../governance/index.ts'
import type { CampaignId } from '../kernel/ids.ts'
import { versionOf } from '../kernel/version.ts'
import { localeOf } from '../profile/index.ts'
import type { ChannelName } from '../profile/events.ts'
import type { LoopState } from '../loop.ts'

/** Whether an installation may write there at all: a test system writes to nobody but its list. */
export type MayReach = (channel: ChannelName, address: string) => boolean

export type Asked = {
  readonly campaign: CampaignSpec
  readonly action: ActionSpec
  readonly ref: number
  readonly now: number
}

/** For {@link decide}: how far the drawn action may go by itself. */
export const autonomyFor = (
  state: LoopState,
  { campaign, action, ref, now }: Asked,
): Governed | undefined => {
  if (!isGoverned(state.governance)) return undefined
  const { business } = state
  return autonomyOf(state.governance, {
    campaign,
    action,
    business,
    now,
    market: localeOf(state.profile, ref, business),
    ground: () => campaignGround(state, campaign),
  })
}

/** For `clear`: what was decided higher than it may go now, and what a stop condition holds. */
export const permittedNow = (
  state: LoopState,
  asked: Omit<Asked, 'campaign'> & { readonly campaign: CampaignSpec | undefined; readonly level: number },
): readonly Reason[] => {
  const { campaign, action, ref, now, level } = asked
  if (!isGoverned(state.governance) || campaign === undefined) return []
  const halted = haltOf(state, campaign.id)
  if (halted !== undefined) return [halted]
  const may = levelNow(state.governance, {
    campaign,
    action,
    business: state.business,
    now,
    market: localeOf(state.profile, ref, state.business),
    ground: () => '',
  })
  // Lowering is immediate: what waits for its hour leaves only as far as the level reaches today.
  return may <= 1 || (may === 2 && level > 2)
    ? [{ code: 'autonomy', detail: `decided at ${level}, now ${may}` }]
    : []
}

/** The stop condition that a campaign has met; undefined when it has met none. */
export const haltOf = ({ governance }: LoopState, campaignId: CampaignId): Reason | undefined => {
  const halted = governance.ramps.get(campaignId)?.halted
  return halted === undefined || halted === null
    ? undefined
    : { code: 'stopped', detail: `ramp ${halted.code}: ${halted.detail}` }
}

/** Whom a campaign reaches by now; undefined when all reach everybody. */
export const admittedBy = ({ governance }: LoopState): Admits | undefined =>
  governance.ramps.size === 0
    ? undefined
    : (campaignId, profileId) => admits(governance.ramps.get(campaignId), profileId)

const grounds = new WeakMap<CampaignSpec, { readonly creatives: string; readonly ground: string }>()

/** Fingerprint of a campaign and all its words: while it is the same, what was approved is what would leave. */
export const campaignGround = ({ delivery }: LoopState, campaign: CampaignSpec): string => {
  const known = grounds.get(campaign)
  if (known !== undefined && known.creatives === delivery.creativesVersion) return known.ground
  const words = [...new Set(campaign.actions.map(({ creativeId }) => creativeId))].map((id) =>
    creativeOf(delivery, id),
  )
  const { status: _status, ...what } = campaign
  const ground = versionOf({
    what,
    words: words.map((creative) => creative ?? null),
    sender: delivery.sender,
  })
  grounds.set(campaign, { creatives: delivery.creativesVersion, ground })
  return ground
}
