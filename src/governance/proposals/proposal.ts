// One proposal from wish to end, as a fold: who said what, and what may still happen to it.

import type { Json } from '../../kernel/json.ts'
import { isAgent } from './agents.ts'
import type { Change, Executed, Actor, Proposed } from '../events.ts'

export type ProposalStatus =
  /** Waits for people. */
  | 'open'
  /** Enough said yes; not done yet. */
  | 'approved'
  /** A call outside is under way. */
  | 'executing'
  | 'done'
  | 'failed'
  /** The process ended between the call and its result: a person looks. */
  | 'unknown'
  | 'undone'
  | 'rejected'
  | 'expired'
  | 'stale'
  /** Level 0: it would have been wished; nobody is asked. */
  | 'shadow'

export type Approval = {
  readonly by: Actor
  readonly at: number
  readonly note: string
  readonly seenUpTo: number
  readonly eyes: 1 | 2
  readonly via: string
}

export type Proposal = Proposed & {
  readonly at: number
  readonly offset: number
  readonly status: ProposalStatus
  readonly approvals: readonly Approval[]
  readonly edited: boolean
  /** ms; not shown among those that wait until then. 0 = never snoozed. */
  readonly snoozedUntil: number
  /** Why it was rejected, or what was answered. */
  readonly reason: string
  readonly answers: readonly { readonly by: Actor; readonly at: number; readonly text: string }[]
  readonly closedAt: number
  readonly closedBy: Actor | null
  readonly outcome: Executed | null
}

/** As it stands right after it was proposed. */
export const newProposal = (proposed: Proposed, at: number, offset: number): Proposal => ({
  ...proposed,
  at,
  offset,
  // From level 3 on nobody is asked first.
  status: proposed.level === 0 ? 'shadow' : proposed.level >= 3 ? 'approved' : 'open',
  approvals: [],
  edited: false,
  snoozedUntil: 0,
  reason: '',
  answers: [],
  closedAt: 0,
  closedBy: null,
  outcome: null,
})

/**
 * Who counts: whoever proposed is the first pair of eyes when it was a person. An agent's yes is on record only where
 * the policy let it answer, and all agents together are one pair.
 */
export const agreeing = (proposal: Proposal): readonly Actor[] => {
  const all = [...(counts(proposal.by) ? [proposal.by] : []), ...proposal.approvals.map(({ by }) => by)]
  const seen = new Set<string>()
  return all.filter((by) => {
    const key = counts(by) ? `${by.kind} ${by.id}` : isAgent(by) ? 'agents' : ''
    return key !== '' && !seen.has(key) && seen.add(key) !== undefined
  })
}

/** Whether this is somebody who can look. */
export const counts = ({ kind, role }: Actor): boolean => kind !== 'machine' && role !== 'agent'

/** Whether enough different people have said yes, one of them at least by approving. */
export const isAgreed = (proposal: Proposal): boolean =>
  proposal.approvals.some(({ by }) => counts(by) || isAgent(by)) &&
  agreeing(proposal).length >= eyesOf(proposal)

/** How many different people it needs, as far as is known by now. */
export const eyesOf = ({ eyes, approvals }: Proposal): number =>
  Math.max(eyes, ...approvals.map((approval) => approval.eyes))

/** Up to which log offset every one of them had looked: what came later is not covered. */
export const seenByAll = (proposal: Proposal): number =>
  proposal.approvals.length === 0
    ? Number.MAX_SAFE_INTEGER
    : Math.min(...proposal.approvals.map(({ seenUpTo }) => seenUpTo))

/** Whether it can be taken back now. */
export const isUndoable = (proposal: Proposal, now: number): boolean =>
  proposal.status === 'done' && proposal.reversible && now < proposal.closedAt + proposal.undoMs

export const isOpen = ({ status }: Proposal): boolean => status === 'open'

/** Waits for somebody now: open and not snoozed. */
export const isPending = (proposal: Proposal, now: number): boolean =>
  isOpen(proposal) && proposal.snoozedUntil <= now

export const withEdit = (
  proposal: Proposal,
  {
    payload,
    changes,
    ground,
  }: { readonly payload: Json; readonly changes: readonly Change[]; readonly ground: string },
): Proposal => ({ ...proposal, payload, changes, ground, edited: true, approvals: [] })
