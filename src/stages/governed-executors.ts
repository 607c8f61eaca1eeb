// How agreed proposals about campaigns are done: batches let go, placements allowed, ramps moved, levels
// raised. All of them are facts in the log.

import {
  DELIVERY_DENIED,
  DELIVERY_RELEASED,
  type DeliveryDenied,
  type DeliveryReleased,
} from '../delivery/events.ts'
import {
  POLICY_APPLIED,
  PROMOTED,
  RAMP_MOVED,
  type GovernancePolicy,
  type Level,
  type PolicyApplied,
  type Promoted,
  type RampMoved,
} from '../governance/events.ts'
import {
  capKey,
  executorsOf,
  lineOf,
  seenByAll,
  type Executor,
  type Executors,
  type Fact,
  type GovernanceState,
  type Proposal,
} from '../governance/index.ts'
import { membersOf } from '../delivery/index.ts'
import { Failure } from '../kernel/failure.ts'
import { isRecord, type Json } from '../kernel/json.ts'
import { versionOf } from '../kernel/version.ts'
import type { LoopState } from '../loop.ts'
import type { Reason } from '../decision/events.ts'
import { groundOfLine, LOOP, PLACEMENTS_ALLOW, RELEASE, REPORT, SUGGESTION } from './batches.ts'
import { SPEND_RAISE } from './spend-permit.ts'

export const ROLLOUT = 'rollout.move'
export const PROMOTE = 'autonomy.promote'

/** The executors of what campaigns wish; what else registers is added by whoever puts the system together. */
export const loopExecutors = (state: LoopState): Executors =>
  executorsOf(
    releases(state),
    reports(state),
    placements(state),
    suggestions,
    spendRaises(state),
    rollouts(state),
    promotions(state),
  )

const deny = (state: LoopState, proposal: Proposal, reason: Reason): readonly Fact[] => {
  const data: DeliveryDenied = {
    line: lineOf(proposal),
    upTo: state.offset,
    proposalId: proposal.proposalId,
    reason,
  }
  return [{ type: DELIVERY_DENIED, key: proposal.campaignId, data }]
}

const takenBack = (proposal: Proposal): Reason => ({ code: 'taken_back', detail: proposal.proposalId })

/** Which campaign's messages a batch holds: late ones are of many. */
const groundOf = (state: LoopState, payload: Json): string => {
  const line = lineOf({ payload })
  return groundOfLine(state, line.split('/').slice(0, -3).join('/'), line)
}

const releases = (state: LoopState): Executor => ({
  kind: RELEASE,
  groundOf: (payload) => groundOf(state, payload),
  facts: (proposal) => {
    const upTo = Math.min(seenByAll(proposal), state.offset)
    const without = listOf(proposal.payload, 'without')
    const released: DeliveryReleased = { line: lineOf(proposal), upTo, proposalId: proposal.proposalId }
    const denied = deny(state, proposal, { code: 'not_approved', detail: 'edited out' }).map((fact) => ({
      ...fact,
      data: { ...(fact.data as DeliveryDenied), upTo, actions: without },
    }))
    const letGo: Fact = { type: DELIVERY_RELEASED, key: proposal.campaignId, data: released }
    return { facts: without.length === 0 ? [letGo] : [...denied, letGo], inverse: null }
  },
  edit: (proposal, edited) => {
    const without = listOf(edited, 'without')
    const known = new Set(membersOf(state.delivery, lineOf(proposal)).map(({ actionId }) => actionId))
    const unknown = without.find((actionId) => !known.has(actionId))
    if (without.length === 0 || unknown !== undefined)
      throw new Failure({
        code: 'governance.bad_edit',
        message: unknown === undefined ? 'The edit leaves nothing out.' : `No message of it does ${unknown}.`,
        hint: `Name actions to leave out, of: ${[...known].join(', ')}.`,
      })
    return {
      payload: { line: lineOf(proposal), without },
      changes: proposal.changes.map((one) => (without.includes(one.path) ? { ...one, willBe: '0' } : one)),
      ground: proposal.ground,
    }
  },
  refuse: (proposal, why) => deny(state, proposal, { code: 'not_approved', detail: why }),
  undo: (proposal) => deny(state, proposal, takenBack(proposal)),
})

/** Level 3: it goes by itself, and whoever reads the report may hold back what has not left. */
const reports = (state: LoopState): Executor => ({
  kind: REPORT,
  groundOf: (payload) => groundOf(state, payload),
  facts: () => ({ facts: [], inverse: null }),
  undo: (proposal) => deny(state, proposal, takenBack(proposal)),
})

const placements = (state: LoopState): Executor => ({
  kind: PLACEMENTS_ALLOW,
  groundOf: (payload) => groundOf(state, payload),
  facts: () => ({ facts: [], inverse: null }),
  undo: () => [],
})

/** A yes lets the raises of one day's plan through; with the next plan it is stale. */
const spendRaises = (state: LoopState): Executor => ({
  kind: SPEND_RAISE,
  groundOf: () => state.budget.lastPlan?.planId ?? null,
  facts: () => ({ facts: [], inverse: null }),
})

const suggestions: Executor = {
  kind: SUGGESTION,
  groundOf: () => '',
  facts: () => ({ facts: [], inverse: null }),
}

const rollouts = (state: LoopState): Executor => ({
  kind: ROLLOUT,
  groundOf: (payload) => rolloutGround(state.governance, fieldOf(payload, 'campaignId')),
  facts: ({ payload, campaignId, proposalId }) => {
    const ramp = state.governance.ramps.get(campaignId)
    const data: RampMoved = {
      campaignId,
      stage: numberOf(payload, 'stage'),
      share: numberOf(payload, 'share'),
      reason: { code: 'approved', detail: proposalId },
    }
    return {
      facts: [{ type: RAMP_MOVED, key: campaignId, data }],
      inverse: { stage: ramp?.stage ?? 0, share: ramp?.share ?? 0 },
    }
  },
  undo: ({ campaignId, proposalId }, inverse) => {
    const data: RampMoved = {
      campaignId,
      stage: numberOf(inverse, 'stage'),
      share: numberOf(inverse, 'share'),
      reason: { code: 'taken_back', detail: proposalId },
    }
    return [{ type: RAMP_MOVED, key: campaignId, data }]
  },
})

/** Where a ramp stands: a wish to move it holds only from there. */
export const rolloutGround = ({ ramps }: GovernanceState, campaignId: string): string => {
  const ramp = ramps.get(campaignId)
  return ramp === undefined ? 'gone' : `${ramp.stage} ${ramp.share} ${ramp.halted?.code ?? ''}`
}

const promotions = ({ governance }: LoopState): Executor => ({
  kind: PROMOTE,
  groundOf: (payload) =>
    promotionGround(governance, fieldOf(payload, 'class'), fieldOf(payload, 'campaignId')),
  facts: ({ payload, campaignId, proposalId, by }) => {
    const of = fieldOf(payload, 'class') as Promoted['class']
    const level = numberOf(payload, 'level') as Level
    const policy = raised(governance.policy, { of, campaignId, level })
    const promoted: Promoted = { class: of, campaignId, level, by, proposalId }
    return {
      facts: [
        ...(policy === governance.policy ? [] : [applied(policy, proposalId)]),
        { type: PROMOTED, key: campaignId, data: promoted },
      ],
      inverse: governance.policy,
    }
  },
  undo: ({ proposalId }, inverse) => [applied(inverse as unknown as GovernancePolicy, proposalId)],
})

export const promotionGround = (
  { policyVersion, caps }: GovernanceState,
  of: string,
  campaignId: string,
): string => `${policyVersion} ${caps.get(capKey(of, campaignId)) ?? ''}`

const applied = (policy: GovernancePolicy, proposalId: string): Fact => {
  const data: PolicyApplied = { version: versionOf(policy), policy, by: LOOP, proposalId }
  return { type: POLICY_APPLIED, key: '', data }
}

/** The policy in which a class, or one campaign's class, has this level; the same one when it has it already. */
const raised = (
  policy: GovernancePolicy,
  {
    of,
    campaignId,
    level,
  }: { readonly of: Promoted['class']; readonly campaignId: string; readonly level: Level },
): GovernancePolicy => {
  if (campaignId === '')
    return policy.levels[of] >= level ? policy : { ...policy, levels: { ...policy.levels, [of]: level } }
  const plain = (one: GovernancePolicy['exceptions'][number]): boolean =>
    one.class === of && one.campaign === campaignId && one.market === '' && one.above === null
  const has = policy.exceptions.find(plain)?.level ?? policy.levels[of]
  if (has >= level) return policy
  const own = { class: of, campaign: campaignId, market: '', above: null, level }
  return { ...policy, exceptions: [...policy.exceptions.filter((one) => !plain(one)), own] }
}

const listOf = (payload: Json, name: string): readonly string[] => {
  const list = isRecord(payload) ? payload[name] : undefined
  return Array.isArray(list) ? list.map(String) : []
}
const fieldOf = (payload: Json, name: string): string =>
  isRecord(payload) && typeof payload[name] === 'string' ? payload[name] : ''
const numberOf = (payload: Json, name: string): number =>
  isRecord(payload) && typeof payload[name] === 'number' ? payload[name] : 0
