// From a wish to a proposal: how far it may go by itself, who must say yes, until when. Pure.

import type { Business } from '../../kernel/business.ts'
import { Failure } from '../../kernel/failure.ts'
import type { NewEvent } from '../../log/port.ts'
import { PROPOSED, type Proposed, type Wish } from '../events.ts'
import { NO_ACTION, type ProposedAction } from '../policy/rule.ts'
import { approversOf, momentOf, onCallAt, verdictOf, type Verdict } from '../policy/verdict.ts'
import { openProposals, type GovernanceState } from '../state.ts'

export type ProposeAt = {
  readonly business: Business
  readonly now: number
  readonly proposalId: string
  /** Where the level is known already: of a batch whose decisions were made at it. */
  readonly verdict?: Verdict
  /** Where it can be taken back for longer than the policy says. */
  readonly undoMs?: number
}

/** What the next proposal is called; the `ahead`-th after it where several are made at once. */
export const nextProposalId = (state: GovernanceState, ahead = 0): string => `P${state.proposals + 1 + ahead}`

/** A wish as rules see it. */
export const actionOf = (wish: Wish): ProposedAction => ({
  ...NO_ACTION,
  ...wish.facts,
  class: wish.class,
  kind: wish.kind,
  campaign: wish.campaignId,
  people: wish.touches.count,
  cost: wish.cost,
  amount: wish.facts?.amount ?? wish.cost,
  reversible: wish.reversible,
})

/**
 * The event `governance.proposed.v1` for a wish. Throws Failure `governance.too_many` when nobody could
 * read them all.
 */
export const propose = (
  state: GovernanceState,
  wish: Wish,
  { business, now, proposalId, verdict: given, undoMs }: ProposeAt,
): NewEvent<Proposed> => {
  if (state.open.size >= state.options.openMax)
    throw new Failure({
      code: 'governance.too_many',
      message: `${state.open.size} proposals wait already.`,
      hint: 'Answer some of them first: windvane proposals list',
    })
  const { policy } = state
  const moment = momentOf(policy, business, now)
  const verdict = given ?? verdictOf(state, actionOf(wish), moment)
  const data: Proposed = {
    ...wish,
    proposalId,
    level: verdict.level,
    eyes: verdict.eyes,
    grounds: verdict.grounds,
    roles: approversOf(policy, wish.class),
    onCall: onCallAt(policy, business, now),
    policyVersion: state.policyVersion,
    expiresAt: now + policy.expiryMs,
    undoMs: undoMs ?? policy.undoMs,
  }
  return { id: `prop:${proposalId}`, type: PROPOSED, key: wish.campaignId, at: now, data }
}

/** The proposal that wants the same done on the same ground and is not over yet, so that it is not asked twice. */
export const sameWish = (state: GovernanceState, wish: Pick<Wish, 'kind' | 'campaignId' | 'ground'>) =>
  openProposals(state).find(
    ({ kind, campaignId, ground }) =>
      kind === wish.kind && campaignId === wish.campaignId && ground === wish.ground,
  )
