// Which answers of an agent count: none, unless the policy names the class. What widens what the machine may do, a change
// of the plan or the policy, and what stands in the company's name are for people, whatever the policy says.

import type { ActionClass, Actor, AgentsSpec, GovernancePolicy, Proposed } from '../events.ts'

/** A batch of messages, a campaign's placements, raises of ad money. */
const KINDS: ReadonlySet<string> = new Set(['messages.release', 'placements.allow', 'spend.raise'])

export const NO_AGENTS: AgentsSpec = { classes: [], withPerson: true }

/** A program that acts by a key of its own. */
export const isAgent = ({ kind, role }: Actor): boolean => kind === 'key' && role === 'agent'

/** Whether an agent's word counts here: never on what an agent wished for. */
export const agentMayAnswer = (
  { agents = NO_AGENTS }: Pick<GovernancePolicy, 'agents'>,
  proposal: Pick<Proposed, 'class' | 'kind' | 'by'>,
): boolean =>
  KINDS.has(proposal.kind) && agents.classes.includes(proposal.class as ActionClass) && !isAgent(proposal.by)
