// Governance for a snapshot: the same events give the same bytes, and folding goes on from them.

import type { Dump } from '../log/dump.ts'
import {
  createGovernance,
  dumpGovernanceState,
  type GovernanceOptions,
  type GovernanceState,
} from './state.ts'

export const dumpGovernance = (state: GovernanceState): Dump => ({ governance: dumpGovernanceState(state) })

type Entries<T> = readonly (readonly [string, T])[]
type MapsOf<S> = {
  readonly [K in keyof S as S[K] extends Map<string, unknown> ? K : never]: S[K] extends Map<string, infer V>
    ? Entries<V>
    : never
}
type Dumped = Omit<GovernanceState, 'options' | 'open' | keyof MapsOf<GovernanceState>> &
  Omit<MapsOf<GovernanceState>, 'open'> & { readonly open: readonly { readonly proposalId: string }[] }

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpGovernance}. */
export const restoreGovernance = (dump: Dump, options: Partial<GovernanceOptions> = {}): GovernanceState => {
  const state = createGovernance(options)
  const given = structuredClone(dump['governance']) as unknown as Dumped
  state.policy = given.policy
  state.policyVersion = given.policyVersion
  state.versions.push(...given.versions)
  for (const proposal of given.open) state.open.set(proposal.proposalId, proposal as never)
  state.closed.push(...given.closed)
  state.proposals = given.proposals
  fill(state.asked, given.asked)
  fill(state.lines, given.lines)
  fill(state.grants, given.grants)
  fill(state.caps, given.caps)
  fill(state.records, given.records)
  fill(state.ramps, given.ramps)
  fill(state.campaigns, given.campaigns)
  state.drills.push(...given.drills)
  state.dataAt = given.dataAt
  state.staleSince = given.staleSince
  state.modelResets = given.modelResets
  state.modelResetsJudged = given.modelResetsJudged
  state.resumedAt = given.resumedAt
  return state
}

const fill = <T>(map: Map<string, T>, entries: Entries<T>): void => {
  for (const [key, value] of entries) map.set(key, value)
}
