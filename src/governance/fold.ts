// Governance as a fold over the log, its own facts and those of the path that say whether it does harm.

import type { LogEvent } from '../log/port.ts'
import { STOP_LIFTED, type StopLifted } from '../guardrail/events.ts'
import { MODEL_RESET } from '../model/events.ts'
import { CAMPAIGNS_APPLIED, DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import { SIGNAL_RECEIVED } from '../signal/events.ts'
import {
  ANSWERED,
  APPROVED,
  BREACHED,
  DRILL_CAMPAIGN,
  DRILLED,
  EDITED,
  EXECUTED,
  EXECUTING,
  EXPIRED,
  POLICY_APPLIED,
  PROMOTED,
  PROPOSED,
  REJECTED,
  SNOOZED,
  STALE,
  UNDONE,
  type Drilled,
  type PolicyApplied,
} from './events.ts'
import { foldBreached, foldPromoted, noteActed } from './autonomy/fold-autonomy.ts'
import { foldProposals } from './proposals/fold-proposals.ts'
import { foldCampaigns, foldRamp, rampAfterPolicy } from './ramp/fold-ramp.ts'
import type { GovernanceState } from './state.ts'

const OF_PROPOSALS: ReadonlySet<string> = new Set([
  PROPOSED,
  APPROVED,
  EDITED,
  REJECTED,
  SNOOZED,
  ANSWERED,
  EXPIRED,
  STALE,
  EXECUTING,
  EXECUTED,
  UNDONE,
])

/** Takes one event in. Events that say nothing about governing change nothing. */
export const foldGovernance = (state: GovernanceState, event: LogEvent): void => {
  if (OF_PROPOSALS.has(event.type)) return foldProposals(state, event)
  switch (event.type) {
    case DECISION_MADE:
      return noteActed(state, event.data as DecisionMade, event.at)
    case SIGNAL_RECEIVED:
      state.dataAt = Math.max(state.dataAt, event.at)
      state.staleSince = 0
      return
    case POLICY_APPLIED:
      return foldPolicy(state, event as LogEvent<PolicyApplied>)
    case CAMPAIGNS_APPLIED:
      return foldCampaigns(state, event)
    case BREACHED:
      return foldBreached(state, event)
    case PROMOTED:
      return foldPromoted(state, event)
    case MODEL_RESET:
      state.modelResets++
      return
    case DRILLED:
      state.drills.push({ ...(event.data as Drilled), at: event.at })
      if (state.drills.length > state.options.drillsMax) state.drills.shift()
      return
    case STOP_LIFTED: {
      const { scope } = event.data as StopLifted
      if (scope.kind !== 'campaign' || scope.campaignId !== DRILL_CAMPAIGN) state.resumedAt = event.at
      return
    }
    default:
      return foldRamp(state, event)
  }
}

const foldPolicy = (state: GovernanceState, { data, at }: LogEvent<PolicyApplied>): void => {
  const { policy, version, by, proposalId } = data
  state.policy = policy
  state.policyVersion = version
  state.versions.push({ version, policy, at, by, proposalId })
  if (state.versions.length > state.options.versionsMax) state.versions.shift()
  rampAfterPolicy(state, at)
}
