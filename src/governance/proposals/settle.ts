// What happens to proposals without anybody speaking: they expire, their ground moves, the agreed ones
// are done. Pure but for the calls outside, which the caller makes.

import { isFailure, messageOf } from '../../kernel/failure.ts'
import type { Json } from '../../kernel/json.ts'
import { said, type Said } from '../../kernel/said.ts'
import type { NewEvent } from '../../log/port.ts'
import { EXECUTED, EXECUTING, EXPIRED, STALE, type Executed } from '../events.ts'
import type { GovernanceState } from '../state.ts'
import type { Executor, Executors, Fact } from './executor.ts'
import type { Proposal } from './proposal.ts'

/** Proposals that are over by themselves now, with what their end means. */
export const dueEnds = (state: GovernanceState, now: number, executors: Executors): readonly NewEvent[] =>
  [...state.open.values()].flatMap((proposal) => {
    if (proposal.status !== 'open') return []
    const executor = executors.get(proposal.kind)
    if (now >= proposal.expiresAt)
      return ended(proposal, EXPIRED, {}, now, refusal(proposal, executor, 'expired'))
    const ground = executor === undefined ? proposal.ground : executor.groundOf(proposal.payload)
    if (ground === proposal.ground) return []
    return ended(proposal, STALE, { ground: ground ?? '' }, now, refusal(proposal, executor, 'stale'))
  })

/** What a no of a person means, beside their event. */
export const refusalFacts = (proposal: Proposal, executors: Executors, why: string, now: number) =>
  withIds(proposal, refusal(proposal, executors.get(proposal.kind), why), now, 'no')

/** Agreed ones that nothing outside is needed for: everything in one append, doing and having done. */
export const dueFacts = (state: GovernanceState, now: number, executors: Executors): readonly NewEvent[] =>
  agreed(state).flatMap((proposal) => {
    const executor = executors.get(proposal.kind)
    if (executor !== undefined && 'run' in executor) return []
    return [...doneBy(proposal, executor, now)]
  })

/** Agreed ones that need a call outside. */
export const dueCalls = (state: GovernanceState, executors: Executors): readonly Proposal[] =>
  agreed(state).filter(({ kind }) => {
    const executor = executors.get(kind)
    return executor !== undefined && 'run' in executor
  })

/** For the start, when nothing can be under way: what was begun and has no result is unknown. */
export const recoverExecuting = (state: GovernanceState, now: number): readonly NewEvent[] =>
  [...state.open.values()]
    .filter(({ status }) => status === 'executing')
    .map((proposal) =>
      executedEvent(
        proposal,
        { outcome: 'unknown', detail: '', said: said('process_ended'), inverse: null },
        now,
      ),
    )

export const executingEvent = ({ proposalId }: Proposal, now: number): NewEvent => ({
  id: `exg:${proposalId}`,
  type: EXECUTING,
  key: proposalId,
  at: now,
  data: { proposalId },
})

export const executedEvent = (
  { proposalId }: Proposal,
  result: Omit<Executed, 'proposalId'>,
  now: number,
): NewEvent<Executed> => ({
  id: `exe:${proposalId}`,
  type: EXECUTED,
  key: proposalId,
  at: now,
  data: { proposalId, ...result },
})

/** What taking it back means; [] for a kind whose undoing is a call outside, or nothing. */
export const undoFacts = (proposal: Proposal, executors: Executors, now: number): readonly NewEvent[] => {
  const executor = executors.get(proposal.kind)
  if (executor === undefined || !('facts' in executor) || executor.undo === undefined) return []
  return withIds(proposal, executor.undo(proposal, proposal.outcome?.inverse ?? null), now, 'undo')
}

const agreed = (state: GovernanceState): readonly Proposal[] =>
  [...state.open.values()].filter(({ status }) => status === 'approved')

const doneBy = (proposal: Proposal, executor: Executor | undefined, now: number): readonly NewEvent[] => {
  const failed = (why: Said, detail = ''): readonly NewEvent[] => [
    executedEvent(proposal, { outcome: 'failed', detail, said: why, inverse: null }, now),
  ]
  if (executor === undefined) return failed(said('nothing_does', { kind: proposal.kind }))
  if (!('facts' in executor)) return []
  // Once more at the last moment: between the yes and now its ground may have moved.
  if (executor.groundOf(proposal.payload) !== proposal.ground) return failed(said('ground_moved'))
  try {
    const { facts, inverse } = executor.facts(proposal)
    return [...withIds(proposal, facts, now, 'do'), executedEvent(proposal, done(inverse), now)]
  } catch (error) {
    // The executor says it cannot be: certain, since nothing was appended.
    if (!isFailure(error)) throw error
    return failed(said('failure', { failure: error.code }), messageOf(error))
  }
}

const done = (inverse: Json): Omit<Executed, 'proposalId'> => ({ outcome: 'done', detail: '', inverse })

const refusal = (proposal: Proposal, executor: Executor | undefined, why: string): readonly Fact[] =>
  executor !== undefined && 'facts' in executor ? (executor.refuse?.(proposal, why) ?? []) : []

const ended = (
  proposal: Proposal,
  type: string,
  data: object,
  now: number,
  facts: readonly Fact[],
): readonly NewEvent[] => [
  {
    id: `end:${proposal.proposalId}`,
    type,
    key: proposal.proposalId,
    at: now,
    data: { proposalId: proposal.proposalId, ...data },
  },
  ...withIds(proposal, facts, now, 'no'),
]

const withIds = (
  { proposalId }: Proposal,
  facts: readonly Fact[],
  now: number,
  what: string,
): readonly NewEvent[] =>
  facts.map((one, index) => ({ ...one, id: `fact:${proposalId}:${what}:${index}`, at: now }))
