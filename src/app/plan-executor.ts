// An agreed change of the plan, done: its facts as they were reviewed, in one append with the yes.

import { isRecord, type Json } from '../kernel/json.ts'
import { Failure } from '../kernel/failure.ts'
import { POLICY_APPLIED, type Actor, type PolicyApplied } from '../governance/events.ts'
import type { Executor, Fact, Proposal } from '../governance/index.ts'
import { PLAN_APPLIED, type LoopState, type PlanApplied } from '../loop.ts'
import { planInForce, planVersion } from './plan.ts'
import type { PlanFact } from './plan-facts.ts'
import { PLAN_CHANGE, type PlanPayload } from './plan-review.ts'

export const planExecutor = (state: LoopState): Executor => ({
  kind: PLAN_CHANGE,
  groundOf: () => planVersion(planInForce(state)),
  facts: (proposal) => {
    const payload = payloadOf(proposal.payload)
    return {
      facts: factsOf(payload.facts, payload.version, proposal),
      inverse: { version: payload.before, facts: payload.inverse, after: payload.version },
    }
  },
  undo: (proposal, inverse) => {
    const { version, facts, after } = inverse as unknown as {
      readonly version: string
      readonly facts: readonly PlanFact[]
      readonly after: string
    }
    if (planVersion(planInForce(state)) !== after)
      throw new Failure({
        code: 'governance.not_undoable',
        message: 'The plan has been changed again since: taking this back would undo that too.',
        hint: 'Apply the plan you want: windvane export, edit, windvane apply.',
      })
    return factsOf(facts, version, proposal)
  },
})

const factsOf = (facts: readonly PlanFact[], version: string, proposal: Proposal): readonly Fact[] => {
  const applied: PlanApplied = {
    version,
    changes: facts.map(({ change }) => change),
    by: `${proposal.closedBy?.name ?? proposal.by.name} (${proposal.proposalId})`,
  }
  return [
    ...facts.map(({ type, data }) => ({ type, key: '', data: signed(type, data, proposal) })),
    { type: PLAN_APPLIED, key: '', data: applied },
  ]
}

/** A policy says by whom, and by which proposal, it came into force. */
const signed = (type: string, data: Json, { by, proposalId }: Proposal): Json => {
  if (type !== POLICY_APPLIED || !isRecord(data)) return data
  const { version, policy } = data as unknown as PolicyApplied
  return { version, policy, by: by satisfies Actor, proposalId }
}

const payloadOf = (payload: Json): PlanPayload => payload as unknown as PlanPayload
