// What people may say of a proposal, checked before it becomes a fact: who they are, whether it still
// waits, and whether its ground still holds.

import { Failure } from '../../kernel/failure.ts'
import type { NewEvent } from '../../log/port.ts'
import {
  ANSWERED,
  APPROVED,
  EDITED,
  REJECTED,
  SNOOZED,
  UNDONE,
  type Approved,
  type Change,
  type Actor,
} from '../events.ts'
import type { Json } from '../../kernel/json.ts'
import { proposalOf, type GovernanceState } from '../state.ts'
import { agentMayAnswer, isAgent, NO_AGENTS } from './agents.ts'
import { agreeing, counts, eyesOf, isUndoable, type Proposal } from './proposal.ts'

export type AnswerAt = { readonly by: Actor; readonly now: number; readonly newId: () => string }

const TEXT_MAX = 2_000
const SNOOZE_MS_MAX = 30 * 86_400_000

/** Throws Failures `governance.unknown_proposal`, `governance.closed`, `governance.expired`, `governance.role`. */
export const approvedEvent = (
  state: GovernanceState,
  proposalId: string,
  { note, seenUpTo, eyes, via }: Pick<Approved, 'note' | 'seenUpTo' | 'eyes' | 'via'>,
  at: AnswerAt,
): NewEvent => {
  const proposal = answerable(state, proposalId, at)
  if (isAgent(at.by)) return agentsYes(state, proposal, { note, seenUpTo, eyes, via }, at)
  const said = agreeing(proposal).filter(({ kind, id }) => kind === at.by.kind && id === at.by.id)
  if (said.length > 0 && Math.max(eyes, eyesOf(proposal)) === 2 && agreeing(proposal).length < 2)
    throw new Failure({
      code: 'governance.four_eyes',
      message: 'This needs a second person, and you were the first.',
      hint: 'Ask somebody else who may approve it.',
    })
  return fact(APPROVED, proposal, at, { note: clip(note), seenUpTo, eyes, via })
}

/** One pair of eyes at most, and where the policy wants it, the other has to be a person. */
const agentsYes = (
  { policy: { agents = NO_AGENTS } }: GovernanceState,
  proposal: Proposal,
  said: Pick<Approved, 'note' | 'seenUpTo' | 'eyes' | 'via'>,
  at: AnswerAt,
): NewEvent => {
  if (proposal.approvals.some(({ by }) => isAgent(by)))
    throw new Failure({
      code: 'governance.four_eyes',
      message: 'An agent has said yes already; now a person has to.',
      hint: 'Tell somebody who may approve it.',
    })
  return fact(APPROVED, proposal, at, {
    ...said,
    note: clip(said.note),
    eyes: agents.withPerson ? 2 : said.eyes,
  })
}

/** A no teaches: it must say why. */
export const rejectedEvent = (
  state: GovernanceState,
  proposalId: string,
  { reason, via }: { readonly reason: string; readonly via: string },
  at: AnswerAt,
): NewEvent => {
  const proposal = answerable(state, proposalId, at)
  if (reason.trim() === '')
    throw new Failure({
      code: 'governance.no_reason',
      message: 'A rejection says why.',
      hint: 'A few words are enough; they are what is learnt from.',
    })
  return fact(REJECTED, proposal, at, { reason: clip(reason.trim()), via })
}

export const snoozedEvent = (
  state: GovernanceState,
  proposalId: string,
  untilMs: number,
  at: AnswerAt,
): NewEvent => {
  const proposal = answerable(state, proposalId, at)
  const until = Math.min(untilMs, proposal.expiresAt, at.now + SNOOZE_MS_MAX)
  return fact(SNOOZED, proposal, at, { until: Math.max(at.now, until) })
}

export const answeredEvent = (
  state: GovernanceState,
  proposalId: string,
  text: string,
  at: AnswerAt,
): NewEvent => {
  const proposal = answerable(state, proposalId, at)
  if (text.trim() === '')
    throw new Failure({
      code: 'governance.no_text',
      message: 'There is no answer in it.',
      hint: 'Write one.',
    })
  return fact(ANSWERED, proposal, at, { text: clip(text.trim()) })
}

export const editedEvent = (
  state: GovernanceState,
  proposalId: string,
  edit: { readonly payload: Json; readonly changes: readonly Change[]; readonly ground: string },
  at: AnswerAt,
): NewEvent => fact(EDITED, answerable(state, proposalId, at), at, { ...edit })

/** Throws Failure `governance.not_undoable`. */
export const undoneEvent = (
  state: GovernanceState,
  proposalId: string,
  reason: string,
  at: AnswerAt,
): NewEvent => {
  const proposal = known(state, proposalId)
  requireAnswerer(state, proposal, at.by)
  if (!isUndoable(proposal, at.now))
    throw new Failure({
      code: 'governance.not_undoable',
      message:
        proposal.status === 'done'
          ? proposal.reversible
            ? 'The time in which it could be taken back is over.'
            : 'This cannot be taken back.'
          : `It is ${proposal.status}: there is nothing to take back.`,
      hint: 'What may follow from it can be stopped: windvane stop',
    })
  return fact(UNDONE, proposal, at, { reason: clip(reason) })
}

/** The proposal, when it waits for an answer and this one may give it. */
export const answerable = (
  state: GovernanceState,
  proposalId: string,
  { by, now }: Pick<AnswerAt, 'by' | 'now'>,
): Proposal => {
  const proposal = known(state, proposalId)
  if (proposal.status !== 'open')
    throw new Failure({
      code: 'governance.closed',
      message: `Nothing waits here any more: it is ${proposal.status}.`,
      hint: proposal.status === 'stale' ? 'What it was based on has changed; it is made again.' : '',
    })
  if (now >= proposal.expiresAt)
    throw new Failure({
      code: 'governance.expired',
      message: 'It was over before you answered; nothing happened.',
      hint: 'It is made again when it is still wanted.',
    })
  requireAnswerer(state, proposal, by)
  return proposal
}

const known = (state: GovernanceState, proposalId: string): Proposal => {
  const proposal = proposalOf(state, proposalId)
  if (proposal !== undefined) return proposal
  throw new Failure({
    code: 'governance.unknown_proposal',
    message: `There is no proposal ${proposalId.slice(0, 80)}.`,
    hint: 'See windvane proposals list.',
  })
}

/** Whether this one's word counts for it. */
export const mayAnswer = (
  { policy }: GovernanceState,
  proposal: Pick<Proposal, 'roles' | 'class' | 'kind' | 'by'>,
  by: Actor,
): boolean =>
  isAgent(by) ? agentMayAnswer(policy, proposal) : counts(by) && proposal.roles.includes(by.role)

const requireAnswerer = (state: GovernanceState, proposal: Proposal, by: Actor): void => {
  if (mayAnswer(state, proposal, by)) return
  const { roles, class: of } = proposal
  throw new Failure({
    code: 'governance.role',
    message: `${by.name === '' ? by.id : by.name} (${by.role}) may not answer for ${of}.`,
    hint: `Roles that may: ${roles.join(', ')}.`,
  })
}

const fact = (type: string, proposal: Proposal, { by, now, newId }: AnswerAt, data: object): NewEvent => ({
  id: newId(),
  type,
  key: proposal.proposalId,
  at: now,
  data: { proposalId: proposal.proposalId, by, ...data },
})

const clip = (text: string): string => text.slice(0, TEXT_MAX)
