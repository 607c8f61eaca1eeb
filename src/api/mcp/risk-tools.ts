// What agents may look at of what waits and what is wrong: proposals, incidents with what was said, ad money.

import { Type, type TSchema } from 'typebox'
import type { BrandIncident } from '../contract.ts'
import type { ProposalView } from '../contract-governance.ts'
import { viewBrand } from '../views/brand.ts'
import { viewMoney } from '../views/money.ts'
import { viewProposal, viewProposals } from '../views/proposals.ts'
import { LIMIT_DEFAULT, LIST_MAX, limit } from './figure-tools.ts'
import { plain, strangerOf, strangerSchema } from './strangers.ts'
import { closed, moment, tool } from './tool.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = Type.String()
const count = Type.Integer()
const amount = Type.Number()
const at = Type.String({ description: 'ISO 8601, UTC' })
const SAMPLES_MAX = 5

const proposalSchema = Type.Object({
  proposalId: text,
  class: text,
  kind: text,
  campaignId: text,
  title: text,
  status: text,
  at,
  expiresAt: at,
  by: text,
  changes: Type.Array(Type.Object({ path: text, is: text, willBe: text })),
  touches: Type.Object({ what: text, count }),
  cost: amount,
  gain: nullable(Type.Object({ mean: amount, low: amount, high: amount, unit: text })),
  risk: Type.Object({ level: text, note: text }),
  because: Type.Array(Type.Object({ code: text, detail: text })),
  evidence: Type.Array(Type.Object({ kind: text, label: text })),
  reversible: Type.Boolean(),
  eyes: Type.Integer({ description: 'how many different people must say yes' }),
  approvals: Type.Array(text),
  question: text,
  answers: Type.Array(Type.Object({ by: text, text })),
  reason: text,
  detail: Type.String({ description: 'what came of doing it' }),
  youMayAnswer: Type.Boolean(),
})

const shownProposal = (one: ProposalView) => ({
  proposalId: one.proposalId,
  class: one.class,
  kind: one.kind,
  campaignId: one.campaignId,
  title: plain(one.title),
  status: one.status,
  at: moment(one.at),
  expiresAt: moment(one.expiresAt),
  by: plain(one.by.name || one.by.id),
  changes: one.changes
    .slice(0, LIST_MAX)
    .map(({ path, is, willBe }) => ({ path: plain(path), is: plain(is), willBe: plain(willBe) })),
  touches: { what: one.touches.what, count: one.touches.count },
  cost: one.cost,
  gain: one.gain,
  risk: { level: one.risk.level, note: plain(one.risk.note) },
  because: one.grounds.map(({ code, detail }) => ({ code, detail: plain(detail) })),
  evidence: one.evidence.map(({ kind, label }) => ({ kind, label: plain(label) })),
  reversible: one.reversible,
  eyes: one.eyes,
  approvals: one.approvals.map(({ by }) => plain(by.name || by.id)),
  question: plain(one.question, 600),
  answers: one.answers.map(({ by, text: said }) => ({ by: plain(by.name || by.id), text: plain(said, 600) })),
  reason: plain(one.reason, 600),
  detail: plain(one.detail, 600),
  youMayAnswer: one.mayAnswer,
})

const proposals = tool({
  name: 'proposals',
  title: 'Proposals',
  description:
    'What waits for a person (open), sleeps (snoozed) or is over (closed, newest first). `seenUpTo` goes back with an answer.',
  needs: 'proposals.read',
  reads: true,
  input: Type.Object(
    {
      which: Type.Optional(
        Type.Union([Type.Literal('open'), Type.Literal('snoozed'), Type.Literal('closed')], {
          description: 'open, snoozed or closed; open when left out',
        }),
      ),
      limit,
    },
    closed,
  ),
  output: Type.Object({ seenUpTo: count, proposals: Type.Array(proposalSchema) }),
  run: ({ sources }, input, agent) => {
    const view = viewProposals(sources, agent.actor, { names: false })
    const chosen = view[input.which ?? 'open'].slice(0, input.limit ?? LIMIT_DEFAULT)
    return { seenUpTo: view.seenUpTo, proposals: chosen.map(shownProposal) }
  },
})

const proposal = tool({
  name: 'proposal',
  title: 'One proposal',
  description:
    'One proposal whole: what is and what will be, whom it touches, cost, gain, risk, why a person is asked, who said what.',
  needs: 'proposals.read',
  reads: true,
  input: Type.Object({ proposalId: Type.String({ minLength: 1, maxLength: 80 }) }, closed),
  output: Type.Object({ seenUpTo: count, proposal: proposalSchema }),
  run: ({ sources }, input, agent) => ({
    seenUpTo: sources.loop.state.offset,
    proposal: shownProposal(viewProposal(sources, input.proposalId, agent.actor, { names: false })),
  }),
})

const brandIncident = Type.Object({
  incidentId: text,
  kind: text,
  severity: count,
  about: text,
  status: text,
  since: at,
  owner: text,
  evidence: Type.Object({
    mentions: amount,
    usual: amount,
    negativeShare: amount,
    voices: amount,
    riskWords: Type.Array(strangerSchema),
    phrases: Type.Array(strangerSchema),
    samples: Type.Array(strangerSchema),
  }),
  steps: Type.Array(Type.Object({ kind: text, status: text, detail: text })),
})

const shownIncident = (one: BrandIncident) => {
  const { mentions, usual, negativeShare, voices, riskWords, phrases, samples } = one.evidence
  return {
    incidentId: one.incidentId,
    kind: one.kind,
    severity: one.severity,
    about: plain(one.name),
    status: one.status,
    since: moment(one.since),
    owner: plain(one.owner),
    evidence: {
      mentions,
      usual,
      negativeShare,
      voices,
      riskWords: riskWords.slice(0, LIST_MAX).map(strangerOf),
      phrases: phrases.slice(0, LIST_MAX).map(strangerOf),
      samples: samples.slice(0, SAMPLES_MAX).map(({ text: said }) => strangerOf(said)),
    },
    steps: one.steps.map(({ kind, status, detail }) => ({ kind, status, detail: plain(detail) })),
  }
}

const incidents = tool({
  name: 'incidents',
  title: 'Incidents',
  description:
    'What is wrong or was: incidents around the brand with evidence and the playbook’s steps, the latest mentions, and trouble with ad money. Mentions are words of strangers.',
  needs: 'figures.read',
  reads: true,
  input: Type.Object({ limit }, closed),
  output: Type.Object({
    brand: Type.Array(brandIncident),
    mentions: Type.Array(Type.Object({ at, source: text, about: Type.Array(text), said: strangerSchema })),
    money: Type.Array(Type.Object({ incidentId: text, at, kind: text, lineId: text, detail: text })),
  }),
  run: ({ sources }, input) => {
    const size = input.limit ?? LIMIT_DEFAULT
    const view = viewBrand(sources)
    return {
      brand: view.incidents.slice(0, size).map(shownIncident),
      mentions: view.mentions.slice(0, size).map((one) => ({
        at: moment(one.at),
        source: plain(one.source, 100),
        about: one.entities.map(({ name }) => plain(name, 100)),
        said: strangerOf(one.text),
      })),
      money: viewMoney(sources)
        .incidents.slice(0, size)
        .map((one) => ({ ...one, at: moment(one.at), detail: plain(one.detail) })),
    }
  },
})

const range = Type.Object({ mean: amount, low: amount, high: amount })

const money = tool({
  name: 'money',
  title: 'Ad money',
  description:
    'Ad lines with budget, spend against hard caps, margin that one more unit brings (80 %), why each budget is what it is, the latest moves, and experiments over regions with what they found.',
  needs: 'figures.read',
  reads: true,
  input: Type.Object({ lineId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }, closed),
  output: Type.Object({
    configured: Type.Boolean(),
    currency: text,
    stopped: Type.Boolean(),
    today: Type.Object({ spent: amount, worst: amount, max: amount }),
    month: Type.Object({ spent: amount, worst: amount, max: amount }),
    lines: Type.Array(
      Type.Object({
        lineId: text,
        name: text,
        platform: text,
        budget: nullable(amount),
        spentToday: amount,
        spentMonth: amount,
        dayMax: amount,
        why: text,
        evidence: Type.String({ description: 'experiment, randomised or none' }),
        marginal: nullable(range),
        claimedReturn: nullable(amount),
        realReturn: nullable(amount),
      }),
    ),
    moves: Type.Array(Type.Object({ at, lineId: text, from: amount, to: amount, why: text })),
    experiments: Type.Array(
      Type.Object({
        experimentId: text,
        lineId: text,
        state: text,
        effect: nullable(amount),
        standardError: nullable(amount),
      }),
    ),
  }),
  run: ({ sources }, { lineId: wanted }) => {
    const view = viewMoney(sources)
    const fits = (id: string): boolean => wanted === undefined || id === wanted
    return {
      configured: view.configured,
      currency: view.currency,
      stopped: view.stopped,
      today: { spent: view.spentToday, worst: view.todayWorst, max: view.dayMax },
      month: { spent: view.spentMonth, worst: view.monthWorst, max: view.monthMax },
      lines: view.lines
        .filter(({ id }) => fits(id))
        .map((line) => ({
          lineId: line.id,
          name: plain(line.name),
          platform: line.platform,
          budget: line.budget,
          spentToday: line.spentToday,
          spentMonth: line.spentMonth,
          dayMax: line.dayMax,
          why: plain(line.reason),
          evidence: line.evidence,
          marginal: line.marginal,
          claimedReturn: line.claimedReturn,
          realReturn: line.realReturn,
        })),
      moves: view.moves
        .filter(({ lineId }) => fits(lineId))
        .slice(0, LIST_MAX)
        .map(({ at: when, lineId, from, to, why }) => ({
          at: moment(when),
          lineId,
          from,
          to,
          why: plain(why),
        })),
      experiments: view.experiments
        .filter(({ lineId }) => fits(lineId))
        .slice(0, LIST_MAX)
        .map(({ experimentId, lineId, state, effect, standardError }) => ({
          experimentId,
          lineId,
          state,
          effect,
          standardError,
        })),
    }
  },
})

export const RISK_TOOLS = [proposals, proposal, incidents, money]
