// Ramps as a fold: which campaigns were ever there, how far each has come, and what came back of it.

import { versionOf } from '../../kernel/version.ts'
import type { LogEvent } from '../../log/port.ts'
import type { CampaignsApplied, CampaignSpec } from '../../decision/events.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_UNKNOWN,
  type DeliveryResponded,
} from '../../delivery/events.ts'
import { RAMP_MOVED, type RampMoved } from '../events.ts'
import type { CampaignFacts, GovernanceState } from '../state.ts'
import { newCounts, newRamp, shareOf } from './ramp.ts'

/** Counts what a campaign's messages did, and moves it. Other events change nothing. */
export const foldRamp = (state: GovernanceState, event: LogEvent): void => {
  if (event.type === RAMP_MOVED) return foldMoved(state, event as LogEvent<RampMoved>)
  if (state.ramps.size === 0) return
  const ramp = state.ramps.get((event.data as { readonly campaignId?: string } | null)?.campaignId ?? '')
  if (ramp === undefined) return
  switch (event.type) {
    case DELIVERY_ATTEMPTED:
      ramp.counts.contacts++
      return
    case DELIVERY_FAILED:
    case DELIVERY_UNKNOWN:
      ramp.counts.errors++
      return
    case DELIVERY_RESPONDED: {
      const { kind, machine } = event.data as DeliveryResponded
      if (machine) return
      if (kind === 'complained') ramp.counts.complaints++
      else if (kind === 'unsubscribed') ramp.counts.unsubscribes++
      else if (kind === 'bounced') ramp.counts.bounces++
    }
  }
}

const foldMoved = (state: GovernanceState, { data, at }: LogEvent<RampMoved>): void => {
  const ramp = state.ramps.get(data.campaignId)
  if (ramp === undefined) return
  ramp.stage = data.stage
  ramp.share = data.share
  ramp.halted = data.share === 0 ? data.reason : null
  ramp.since = at
  // What led to a stop stays to be looked at; whoever goes on begins to count anew.
  if (data.share > 0) ramp.counts = newCounts()
}

/** Which campaigns there are from here on; new ones begin at the first stage. */
export const foldCampaigns = (state: GovernanceState, { data, at }: LogEvent): void => {
  const { campaigns } = data as CampaignsApplied
  const there = new Set<string>(campaigns.map(({ id }) => id))
  for (const campaign of campaigns) {
    const known = state.campaigns.get(campaign.id)
    state.campaigns.set(campaign.id, factsOf(campaign, known))
    const { ramp } = state.policy
    if (ramp !== null && !state.ramps.has(campaign.id))
      state.ramps.set(campaign.id, newRamp(campaign.id, ramp, { at, isNew: known === undefined }))
  }
  for (const id of state.ramps.keys()) if (!there.has(id)) state.ramps.delete(id)
  for (const oldest of state.campaigns.keys()) {
    if (state.campaigns.size <= state.options.campaignsMax) break
    if (!there.has(oldest)) state.campaigns.delete(oldest)
  }
}

/** Ramps under another policy: who was there before it stays with everybody. */
export const rampAfterPolicy = (state: GovernanceState, at: number): void => {
  const { ramp: spec } = state.policy
  if (spec === null) {
    state.ramps.clear()
    return
  }
  for (const id of state.campaigns.keys())
    if (!state.ramps.has(id)) state.ramps.set(id, newRamp(id, spec, { at, isNew: false }))
  for (const ramp of state.ramps.values()) {
    if (ramp.share >= 1) ramp.stage = spec.stages.length
    else ramp.stage = Math.min(ramp.stage, spec.stages.length)
    if (ramp.halted === null) ramp.share = shareOf(spec, ramp.stage)
  }
}

export const audienceVersion = ({ audience }: Pick<CampaignSpec, 'audience'>): string => versionOf(audience)

const factsOf = (campaign: CampaignSpec, known: CampaignFacts | undefined): CampaignFacts => {
  const { policy, traitFeatures, goal } = campaign
  const deciding = versionOf({ policy, traitFeatures, goal })
  return {
    audience: audienceVersion(campaign),
    deciding,
    decidingJudged: known?.decidingJudged ?? deciding,
  }
}
