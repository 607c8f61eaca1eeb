// Proposals as people see them: batches with their numbers as they are now, not as they were proposed.

import { campaignOf } from '../../decision/index.ts'
import { membersOf } from '../../delivery/index.ts'
import {
  actionOf,
  closedProposals,
  eyesOf,
  isPending,
  isUndoable,
  lineOf,
  mayAnswer,
  momentOf,
  openProposals,
  proposalOf,
  verdictOf,
  type Proposal,
} from '../../governance/index.ts'
import type { Actor, Wish } from '../../governance/events.ts'
import { Failure } from '../../kernel/failure.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import { findProposalRefs } from './proposal-refs.ts'
import { wishOfLine } from '../../stages/batches.ts'
import type { ProposalsView, ProposalView } from '../contract-governance.ts'
import { changesIn, groundDetailIn, riskNoteIn, titleIn } from './proposal-words.ts'
import { sayIn } from './said-words.ts'
import type { Language, ViewSources } from './sources.ts'

const CLOSED_SHOWN = 100

export type Reading = {
  /** Whether names of people may be shown. */
  readonly names: boolean
  /** Of whoever reads. */
  readonly language: Language
}

/** Everything that waits, sleeps or is over, for whoever asks. */
export const viewProposals = (
  sources: ViewSources,
  by: Actor,
  { names = true, language = 'en' }: Partial<Reading> = {},
): ProposalsView => {
  const { state, ctx } = sources.loop
  const now = ctx.now()
  const open = openProposals(state.governance)
  const view = (proposal: Proposal): ProposalView => viewOf(sources, proposal, { by, names, language })
  return {
    seenUpTo: state.offset,
    open: open.filter((proposal) => proposal.snoozedUntil <= now).map(view),
    snoozed: open.filter((proposal) => proposal.snoozedUntil > now).map(view),
    closed: closedProposals(state.governance).slice(0, CLOSED_SHOWN).map(view),
  }
}

/** One of them. Throws Failure `http.not_found`. */
export const viewProposal = (
  sources: ViewSources,
  id: string,
  by: Actor,
  { names = true, language = 'en' }: Partial<Reading> = {},
): ProposalView => {
  const proposal = proposalOf(sources.loop.state.governance, id)
  if (proposal !== undefined) return viewOf(sources, proposal, { by, names, language })
  throw new Failure({
    code: 'http.not_found',
    message: 'There is no such proposal.',
    hint: 'It may be older than what is kept at hand.',
  })
}

/** How many wait for somebody now. */
export const pendingCount = ({ loop }: ViewSources): number => {
  const now = loop.ctx.now()
  let count = 0
  for (const proposal of loop.state.governance.open.values()) if (isPending(proposal, now)) count++
  return count
}

const SAID_CHARS = 120

/** What was said, of a mention that is still at hand. */
const labelOf = (
  { loop }: ViewSources,
  { kind, ref, label, said }: Proposal['evidence'][number],
  language: Language,
): string =>
  kind === 'mention'
    ? (loop.state.brand.mentions.get(ref)?.text.slice(0, SAID_CHARS) ?? label)
    : sayIn(language, said, label)

type Looking = Reading & { readonly by: Actor }

const viewOf = (sources: ViewSources, proposal: Proposal, { by, names, language }: Looking): ProposalView => {
  const { state, ctx } = sources.loop
  const now = ctx.now()
  const line = lineOf(proposal)
  const live = line !== '' && proposal.status === 'open' ? wishOfLine(state, line) : null
  const { changes, touches, cost, gain, risk, evidence } = live === null ? proposal : withEdit(live, proposal)
  const undoable = isUndoable(proposal, now)
  return {
    proposalId: proposal.proposalId,
    class: proposal.class,
    kind: proposal.kind,
    campaignId: proposal.campaignId,
    title: titleOf(sources, proposal, language),
    status: proposal.status,
    level: proposal.level,
    now,
    at: proposal.at,
    expiresAt: proposal.expiresAt,
    snoozedUntil: proposal.snoozedUntil,
    by: proposal.by,
    changes: changesIn(language, { kind: proposal.kind, changes }).map((change) => ({ ...change })),
    touches: {
      what: touches.what,
      count: touches.count,
      sample: findProposalRefs(sources, touches.sample, names),
    },
    cost,
    gain: gain === null ? null : { ...gain },
    risk: { level: risk.level, note: riskNoteIn(language, risk) },
    evidence: evidence.map((one) => ({
      kind: one.kind,
      ref: one.ref,
      label: labelOf(sources, one, language),
    })),
    grounds: proposal.grounds.map((ground) => ({
      code: ground.code,
      detail: groundDetailIn(language, ground),
    })),
    reversible: proposal.reversible,
    undoableUntil: undoable ? proposal.closedAt + proposal.undoMs : null,
    eyes: eyesNow(sources, proposal, live),
    approvals: proposal.approvals.map(({ by: who, at, note, via }) => ({ by: who, at, note, via })),
    roles: [...proposal.roles],
    onCall: [...proposal.onCall],
    question: proposal.question ?? '',
    answers: proposal.answers.map((answer) => ({ ...answer })),
    edited: proposal.edited,
    editable:
      proposal.status === 'open' && proposal.kind === 'messages.release'
        ? [...new Set(membersOf(state.delivery, line).map(({ actionId }) => actionId))]
        : [],
    reason: proposal.reason,
    closedAt: proposal.closedAt,
    closedBy: proposal.closedBy,
    detail: sayIn(language, proposal.outcome?.said, proposal.outcome?.detail ?? ''),
    mayAnswer: (proposal.status === 'open' || undoable) && mayAnswer(state.governance, proposal, by),
  }
}

/** What was left out by an edit stays out of the numbers as they are now. */
const withEdit = (live: Wish, { edited, changes }: Proposal): Wish =>
  edited
    ? {
        ...live,
        changes: live.changes.map((one) => ({
          ...one,
          willBe: changes.find(({ path }) => path === one.path)?.willBe === '0' ? '0' : one.willBe,
        })),
      }
    : live

const eyesNow = ({ loop }: ViewSources, proposal: Proposal, live: Wish | null): number => {
  if (live === null) return eyesOf(proposal)
  const { governance, business } = loop.state
  const moment = momentOf(governance.policy, business, loop.ctx.now())
  return Math.max(eyesOf(proposal), verdictOf(governance, actionOf(live), moment).eyes)
}

const titleOf = ({ loop }: ViewSources, { title, said, campaignId }: Proposal, language: Language): string =>
  title !== ''
    ? titleIn(language, { title, ...(said === undefined ? {} : { said }) })
    : (campaignOf(loop.state.decision, asCampaignId(campaignId))?.name ?? campaignId)
