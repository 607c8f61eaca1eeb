// What governance knows, folded from the log: the policy in force, proposals and their answers, the
// records by which autonomy is earned, how far each new campaign has come.

import type { Json } from '../kernel/json.ts'
import type { ActionClass, Drilled, GovernancePolicy, Level, Actor } from './events.ts'
import { OPEN_POLICY } from './policy/defaults.ts'
import type { AutonomyRecord } from './autonomy/record.ts'
import type { Proposal } from './proposals/proposal.ts'
import type { Ramp } from './ramp/ramp.ts'

export type GovernanceOptions = {
  /** Proposals that may be open; a further one is refused. */
  readonly openMax: number
  /** Closed ones kept at hand. */
  readonly closedMax: number
  readonly versionsMax: number
  /** Campaigns whose name is remembered as seen. */
  readonly campaignsMax: number
  readonly recordsMax: number
  readonly drillsMax: number
  /** Lines that wait to be proposed. */
  readonly askedMax: number
  /** What people allowed for good. */
  readonly grantsMax: number
}

export const DEFAULT_GOVERNANCE_OPTIONS: GovernanceOptions = {
  openMax: 1_000,
  closedMax: 500,
  versionsMax: 50,
  campaignsMax: 10_000,
  recordsMax: 2_000,
  drillsMax: 60,
  askedMax: 500,
  grantsMax: 2_000,
}

export type PolicyVersion = {
  readonly version: string
  readonly policy: GovernancePolicy
  readonly at: number
  readonly by: Actor
  readonly proposalId: string
}

export type CampaignFacts = {
  /** Fingerprint of the audience, to see a new one. */
  readonly audience: string
  /** Fingerprint of how it decides: a change of it costs a level. */
  readonly deciding: string
  /** The one for which its level was last looked at. */
  readonly decidingJudged: string
}

export type AskedLine = {
  readonly campaignId: string
  readonly class: ActionClass
  readonly level: Level
  readonly count: number
  /** Ids of its first decisions. */
  readonly sample: readonly string[]
}

export type GovernanceState = {
  readonly options: GovernanceOptions
  policy: GovernancePolicy
  /** '' until a policy was applied: then campaigns act as they did before there was one. */
  policyVersion: string
  readonly versions: PolicyVersion[]
  readonly open: Map<string, Proposal>
  /** Oldest first. */
  readonly closed: Proposal[]
  /** Proposals made so far: the next one is called after it. */
  proposals: number
  /** What was drawn and withheld because it must be asked first, by line, until it is proposed. */
  readonly asked: Map<string, AskedLine>
  /** Proposal that stands for a batch, by the batch's line. */
  readonly lines: Map<string, string>
  /** What people allowed for good as long as it stays as it is: `placement campaign` → ground. */
  readonly grants: Map<string, string>
  readonly caps: Map<string, Level>
  readonly records: Map<string, AutonomyRecord>
  readonly ramps: Map<string, Ramp>
  /** Every campaign ever applied. */
  readonly campaigns: Map<string, CampaignFacts>
  readonly drills: (Drilled & { readonly at: number })[]
  /** ms of the last request with signals. */
  dataAt: number
  /** ms since when data were last found to be too old; 0 = they are fresh. */
  staleSince: number
  /** How often the model was made to forget, and how often of these were looked at. */
  modelResets: number
  modelResetsJudged: number
  /** ms of the last STOP that was lifted, 0 = never. */
  resumedAt: number
}

/** A governance that has seen nothing. */
export const createGovernance = (options: Partial<GovernanceOptions> = {}): GovernanceState => ({
  options: { ...DEFAULT_GOVERNANCE_OPTIONS, ...options },
  policy: OPEN_POLICY,
  policyVersion: '',
  versions: [],
  open: new Map(),
  closed: [],
  proposals: 0,
  asked: new Map(),
  lines: new Map(),
  grants: new Map(),
  caps: new Map(),
  records: new Map(),
  ramps: new Map(),
  campaigns: new Map(),
  drills: [],
  dataAt: 0,
  staleSince: 0,
  modelResets: 0,
  modelResetsJudged: 0,
  resumedAt: 0,
})

/** Whether any policy was ever applied here. */
export const isGoverned = (state: GovernanceState): boolean => state.policyVersion !== ''

/** A proposal, open or among the last closed ones. */
export const proposalOf = (state: GovernanceState, proposalId: string): Proposal | undefined =>
  state.open.get(proposalId) ?? state.closed.findLast((one) => one.proposalId === proposalId)

/** All that wait for people, soonest over first. */
export const openProposals = (state: GovernanceState): readonly Proposal[] =>
  [...state.open.values()].toSorted(
    (left, right) => left.expiresAt - right.expiresAt || left.offset - right.offset,
  )

/** What is over, newest first. */
export const closedProposals = (state: GovernanceState): readonly Proposal[] => state.closed.toReversed()

/** For the snapshot: plain JSON, maps in the order of their making. */
export const dumpGovernanceState = (state: GovernanceState): Json => ({
  policy: state.policy,
  policyVersion: state.policyVersion,
  versions: state.versions,
  open: [...state.open.values()],
  closed: state.closed,
  proposals: state.proposals,
  asked: [...state.asked],
  lines: [...state.lines],
  grants: [...state.grants],
  caps: [...state.caps],
  records: [...state.records],
  ramps: [...state.ramps],
  campaigns: [...state.campaigns],
  drills: state.drills,
  dataAt: state.dataAt,
  staleSince: state.staleSince,
  modelResets: state.modelResets,
  modelResetsJudged: state.modelResetsJudged,
  resumedAt: state.resumedAt,
})
