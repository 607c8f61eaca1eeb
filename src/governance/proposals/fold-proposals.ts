// Proposals as a fold: what was said of each, and what it came to. Late or repeated words change nothing.

import type { LogEvent } from '../../log/port.ts'
import { isRecord } from '../../kernel/json.ts'
import {
  ACTION_CLASSES,
  ANSWERED,
  APPROVED,
  EDITED,
  EXECUTED,
  EXECUTING,
  EXPIRED,
  PROPOSED,
  REJECTED,
  SNOOZED,
  STALE,
  UNDONE,
  type ActionClass,
  type AnsweredInWords,
  type Approved,
  type Edited,
  type Executed,
  type Proposed,
  type Rejected,
  type Snoozed,
  type Undone,
} from '../events.ts'
import { BATCH_COUNTS_MAX } from '../autonomy/record.ts'
import { note } from '../autonomy/fold-autonomy.ts'
import type { GovernanceState } from '../state.ts'
import { isAgent } from './agents.ts'
import { isAgreed, newProposal, withEdit, type Proposal } from './proposal.ts'

export const foldProposals = (state: GovernanceState, event: LogEvent): void => {
  if (event.type === PROPOSED) return foldProposed(state, event as LogEvent<Proposed>)
  const { proposalId } = event.data as { readonly proposalId: string }
  if (event.type === UNDONE) return foldUndone(state, event as LogEvent<Undone>)
  const proposal = state.open.get(proposalId)
  if (proposal === undefined) return
  const put = (changes: Partial<Proposal>): void => {
    state.open.set(proposalId, { ...proposal, ...changes })
  }
  switch (event.type) {
    case APPROVED:
      return foldApproved(state, proposal, event as LogEvent<Approved>)
    case EDITED:
      if (proposal.status === 'open') state.open.set(proposalId, withEdit(proposal, event.data as Edited))
      return
    case REJECTED:
      if (proposal.status !== 'open') return
      noteJudged(state, proposal, event.at, 'rejected')
      return close(state, proposal, event.at, {
        status: 'rejected',
        reason: (event.data as Rejected).reason,
        closedBy: (event.data as Rejected).by,
      })
    case SNOOZED:
      return put({ snoozedUntil: (event.data as Snoozed).until })
    case ANSWERED: {
      const { by, text } = event.data as AnsweredInWords
      return put({ answers: [...proposal.answers, { by, at: event.at, text }] })
    }
    case EXPIRED:
      if (proposal.status === 'open') close(state, proposal, event.at, { status: 'expired' })
      return
    case STALE:
      if (proposal.status === 'open') close(state, proposal, event.at, { status: 'stale' })
      return
    case EXECUTING:
      return put({ status: 'executing' })
    case EXECUTED:
      return foldExecuted(state, proposal, event as LogEvent<Executed>)
  }
}

const foldProposed = (state: GovernanceState, { data, at, offset }: LogEvent<Proposed>): void => {
  const proposal = newProposal(data, at, offset)
  state.proposals++
  const line = lineOf(proposal)
  if (line !== '') {
    state.lines.set(line, data.proposalId)
    state.asked.delete(line)
  }
  if (proposal.status === 'shadow') return close(state, proposal, at, { status: 'shadow' })
  state.open.set(data.proposalId, proposal)
}

const foldApproved = (state: GovernanceState, proposal: Proposal, { data, at }: LogEvent<Approved>): void => {
  if (proposal.status !== 'open') return
  const { by, note: said, seenUpTo, eyes, via } = data
  const approvals = [
    ...proposal.approvals.filter((one) => one.by.id !== by.id || one.by.kind !== by.kind),
    { by, at, note: said, seenUpTo, eyes, via },
  ]
  const next: Proposal = { ...proposal, approvals, snoozedUntil: 0 }
  if (!isAgreed(next)) {
    state.open.set(proposal.proposalId, next)
    return
  }
  // A level is earned from people: what an agent agreed to alone shows nothing.
  if (approvals.some((one) => !isAgent(one.by)))
    noteJudged(state, next, at, next.edited ? 'edited' : 'unedited')
  // What is only suggested is done by people themselves: their yes is the end of it.
  if (proposal.level === 1) close(state, next, at, { status: 'done', closedBy: by })
  else state.open.set(proposal.proposalId, { ...next, status: 'approved', closedBy: by })
}

const foldExecuted = (state: GovernanceState, proposal: Proposal, { data, at }: LogEvent<Executed>): void => {
  if (
    proposal.level >= 3 &&
    data.outcome === 'done' &&
    isActionClass(proposal.class) &&
    lineOf(proposal) === ''
  )
    note(state, { of: proposal.class, campaignId: proposal.campaignId, at }, (record) => record.acted++)
  const grant = grantOf(proposal)
  if (grant !== '' && data.outcome === 'done') grantFor(state, grant, proposal.ground)
  close(state, proposal, at, { status: data.outcome, outcome: data, closedBy: proposal.closedBy })
}

const foldUndone = (state: GovernanceState, { data, at }: LogEvent<Undone>): void => {
  const index = state.closed.findLastIndex(({ proposalId }) => proposalId === data.proposalId)
  const proposal = state.closed[index]
  if (proposal === undefined || proposal.status !== 'done') return
  state.closed[index] = { ...proposal, status: 'undone', reason: data.reason, closedBy: data.by }
  freeLine(state, proposal)
  state.grants.delete(grantOf(proposal))
  if (isActionClass(proposal.class))
    note(state, { of: proposal.class, campaignId: proposal.campaignId, at }, (record) => record.undone++)
}

const close = (state: GovernanceState, proposal: Proposal, at: number, end: Partial<Proposal>): void => {
  state.open.delete(proposal.proposalId)
  state.closed.push({ ...proposal, ...end, closedAt: at })
  if (state.closed.length > state.options.closedMax) state.closed.shift()
  // A report of what goes by itself stands for its line all day; everything else makes room for the next.
  if (!(proposal.level === 3 && end.status === 'done')) freeLine(state, proposal)
}

const freeLine = (state: GovernanceState, proposal: Proposal): void => {
  const line = lineOf(proposal)
  if (state.lines.get(line) === proposal.proposalId) state.lines.delete(line)
}

/** The batch that a proposal stands for; '' for one that stands for itself. */
export const lineOf = ({ payload }: Pick<Proposal, 'payload'>): string =>
  isRecord(payload) && typeof payload['line'] === 'string' ? payload['line'] : ''

/** What a yes allows from then on, as long as its ground stays: named by the wish. */
const grantOf = ({ payload }: Pick<Proposal, 'payload'>): string =>
  isRecord(payload) && typeof payload['grant'] === 'string' ? payload['grant'] : ''

const grantFor = (state: GovernanceState, grant: string, ground: string): void => {
  state.grants.delete(grant)
  state.grants.set(grant, ground)
  for (const oldest of state.grants.keys()) {
    if (state.grants.size <= state.options.grantsMax) break
    state.grants.delete(oldest)
  }
}

const noteJudged = (
  state: GovernanceState,
  proposal: Proposal,
  at: number,
  how: 'unedited' | 'edited' | 'rejected',
): void => {
  if (!isActionClass(proposal.class)) return
  const weight = lineOf(proposal) === '' ? 1 : Math.min(Math.max(1, proposal.touches.count), BATCH_COUNTS_MAX)
  note(state, { of: proposal.class, campaignId: proposal.campaignId, at }, (record) => {
    record.judged += weight
    record[how] += weight
  })
}

const isActionClass = (name: string): name is ActionClass =>
  (ACTION_CLASSES as readonly string[]).includes(name)
