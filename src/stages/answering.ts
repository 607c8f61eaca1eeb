// One person's answer to a proposal, by whatever way it came: checked, put on record, and what follows
// from it done at once.

import type { Actor } from '../governance/events.ts'
import {
  actionOf,
  answerable,
  answeredEvent,
  approvedEvent,
  editedEvent,
  lineOf,
  momentOf,
  proposalOf,
  refusalFacts,
  rejectedEvent,
  snoozedEvent,
  undoFacts,
  undoneEvent,
  verdictOf,
  type Proposal,
} from '../governance/index.ts'
import { membersOf } from '../delivery/index.ts'
import { assert, present, unreachable } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import type { Json } from '../kernel/json.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'
import type { Governor } from './governor.ts'

export type Answer =
  /** `seenUpTo`: log offset of what they saw; what came into a batch later is not covered. */
  | { readonly kind: 'approve'; readonly note: string; readonly seenUpTo?: number }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'snooze'; readonly untilMs: number }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'edit'; readonly payload: Json }
  | { readonly kind: 'undo'; readonly reason: string }

export type AnswerRequest = {
  readonly proposalId: string
  readonly by: Actor
  /** `console`, `cli`, `link`, `telegram`, `mcp`, … */
  readonly via: string
  readonly answer: Answer
}

export type AnswerPorts = { readonly loop: Loop; readonly governor: Governor }

/** The proposal as it stands afterwards. Throws Failures `governance.*` when it may not be answered so. */
export const answerProposal = async (ports: AnswerPorts, request: AnswerRequest): Promise<Proposal> => {
  const { loop, governor } = ports
  const { proposalId, by, answer } = request
  // What has ended by itself meanwhile is not answered any more.
  await governor.run()
  if (answer.kind === 'undo') await runUndo(ports, proposalId, by, answer.reason)
  await loop.record(eventsOf(ports, request))
  await governor.run()
  return present(proposalOf(loop.state.governance, proposalId), 'an answered proposal is there')
}

/** Several of one class with one word. Throws `governance.mixed_classes`; answers all that can be. */
export const answerAll = async (
  ports: AnswerPorts,
  proposalIds: readonly string[],
  request: Omit<AnswerRequest, 'proposalId'>,
): Promise<readonly Proposal[]> => {
  const { governance } = ports.loop.state
  const classes = new Set(proposalIds.map((id) => proposalOf(governance, id)?.class ?? ''))
  if (classes.size > 1)
    throw new Failure({
      code: 'governance.mixed_classes',
      message: `These are of different classes: ${[...classes].join(', ')}.`,
      hint: 'Answer together only what is of one kind.',
    })
  const answered: Proposal[] = []
  for (const proposalId of proposalIds) answered.push(await answerProposal(ports, { ...request, proposalId }))
  return answered
}

const eventsOf = ({ loop, governor }: AnswerPorts, request: AnswerRequest): readonly NewEvent[] => {
  const { proposalId, by, via, answer } = request
  const { state, ctx } = loop
  const { governance } = state
  const at = { by, now: ctx.now(), newId: ctx.newId }
  switch (answer.kind) {
    case 'approve': {
      const seenUpTo = Math.min(answer.seenUpTo ?? state.offset, state.offset)
      const eyes = eyesNow(loop, answerable(governance, proposalId, at), seenUpTo)
      return [approvedEvent(governance, proposalId, { note: answer.note, seenUpTo, eyes, via }, at)]
    }
    case 'reject': {
      const event = rejectedEvent(governance, proposalId, { reason: answer.reason, via }, at)
      const proposal = answerable(governance, proposalId, at)
      return [event, ...refusalFacts(proposal, governor.executors, answer.reason, at.now)]
    }
    case 'snooze':
      return [snoozedEvent(governance, proposalId, answer.untilMs, at)]
    case 'answer':
      return [answeredEvent(governance, proposalId, answer.text, at)]
    case 'edit': {
      const proposal = answerable(governance, proposalId, at)
      const edit = governor.executors.get(proposal.kind)?.edit
      if (edit === undefined)
        throw new Failure({
          code: 'governance.not_editable',
          message: 'This can only be approved or rejected as it is.',
          hint: 'Reject it with a reason; it is made again.',
        })
      return [editedEvent(governance, proposalId, edit(proposal, answer.payload), at)]
    }
    case 'undo': {
      const event = undoneEvent(governance, proposalId, answer.reason, at)
      const proposal = present(proposalOf(governance, proposalId), 'it was just found')
      return [event, ...undoFacts(proposal, governor.executors, at.now)]
    }
    default:
      return unreachable(answer)
  }
}

/** A batch has grown since it was proposed: it is as large as what this person saw. */
const eyesNow = ({ state, ctx }: Loop, proposal: Proposal, seenUpTo: number): 1 | 2 => {
  const line = lineOf(proposal)
  if (line === '') return proposal.eyes
  const members = membersOf(state.delivery, line).filter(({ decisionOffset }) => decisionOffset <= seenUpTo)
  const cost = members.reduce((sum, member) => sum + member.cost, 0)
  const action = { ...actionOf(proposal), people: members.length, cost }
  const { governance, business } = state
  const { eyes } = verdictOf(governance, action, momentOf(governance.policy, business, ctx.now()))
  return eyes > proposal.eyes ? eyes : proposal.eyes
}

/** Where taking back is a call outside, it is made before it is said to be done. */
const runUndo = async ({ loop, governor }: AnswerPorts, proposalId: string, by: Actor, reason: string) => {
  const { state, ctx } = loop
  undoneEvent(state.governance, proposalId, reason, { by, now: ctx.now(), newId: ctx.newId })
  const proposal = proposalOf(state.governance, proposalId)
  assert(proposal !== undefined, 'it was just found')
  const executor = governor.executors.get(proposal.kind)
  if (executor === undefined || !('run' in executor) || executor.runUndo === undefined) return
  await executor.runUndo(proposal, proposal.outcome?.inverse ?? null)
}
