// Who is in the product's comparison and since when, read from its own decisions: what the planted lift
// is a mean over.

import type { LogEvent } from '../log/port.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type CampaignsApplied,
  type DecisionMade,
} from '../decision/events.ts'
import { HOLDOUT_APPLIED, type HoldoutSpec } from '../feedback/events.ts'

export type EnrolledUnit = { readonly profileId: string; readonly start: number; readonly treated: boolean }

export type UnitBook = {
  /** Takes note of one event of the log, in its order. */
  readonly note: (event: LogEvent) => void
  /** Everybody enrolled at or before `until` (ms), in the order of enrolment. */
  readonly units: (until: number) => readonly EnrolledUnit[]
}

/** Follows the log as `src/feedback` does: the first decision of a live campaign that is not exempt enrols. */
export const createUnitBook = (): UnitBook => {
  const units = new Map<string, EnrolledUnit>()
  let shadows = new Set<string>()
  let exempt = new Set<string>()
  const note = (event: LogEvent): void => {
    if (event.type === CAMPAIGNS_APPLIED) {
      const { campaigns } = event.data as CampaignsApplied
      shadows = new Set(campaigns.filter(({ status }) => status === 'shadow').map(({ id }) => id))
    } else if (event.type === HOLDOUT_APPLIED) {
      // Another experiment: everybody is enrolled anew.
      exempt = new Set((event.data as HoldoutSpec).exemptCampaigns)
      units.clear()
    } else if (event.type === DECISION_MADE) {
      const { profileId, campaignId, at, group } = event.data as DecisionMade
      if (shadows.has(campaignId) || exempt.has(campaignId) || units.has(profileId)) return
      units.set(profileId, { profileId, start: at, treated: group === 'treated' })
    }
  }
  return { note, units: (until) => [...units.values()].filter(({ start }) => start <= until) }
}
