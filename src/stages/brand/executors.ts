// How agreed steps are done: a hold placed, words approved, tickets answered through the webhook; and how a hold is lifted.

import { ANSWER_WISH, holdIdOf, standing, STEP_WISH } from '../../brand/index.ts'
import {
  STATEMENT_APPROVED,
  STEP_TAKEN_BACK,
  type StatementApproved,
  type StepTakenBack,
} from '../../brand/events.ts'
import type { Actor } from '../../governance/events.ts'
import {
  executorsOf,
  type Executor,
  type Executors,
  type Fact,
  type Proposal,
} from '../../governance/index.ts'
import { HOLD_LIFTED, HOLD_PLACED, type HoldLifted, type HoldPlaced } from '../../guardrail/events.ts'
import { Failure } from '../../kernel/failure.ts'
import { isRecord, type Json } from '../../kernel/json.ts'
import type { LoopState } from '../../loop.ts'
import type { BrandNotice, BrandPost } from './post.ts'
import { groundOfStep, STAND_DOWN, type Deed } from './steps.ts'

export const brandExecutors = (state: LoopState, post: BrandPost): Executors =>
  executorsOf(steps(state), answers(state, post), standDowns(state))

const payloadOf = (
  payload: Json,
): { readonly incidentId: string; readonly step: number; readonly deed: Deed } => {
  const { incidentId, step = 0, deed = null } = isRecord(payload) ? payload : {}
  return {
    incidentId: typeof incidentId === 'string' ? incidentId : '',
    step: Number(step),
    deed: deed as unknown as Deed,
  }
}

const steps = (state: LoopState): Executor => ({
  kind: STEP_WISH,
  groundOf: (payload) => groundOfStep(state, payloadOf(payload).incidentId),
  facts: (proposal) => {
    const { incidentId, deed } = payloadOf(proposal.payload)
    if (deed.kind === 'statement') {
      const data: StatementApproved = { incidentId, texts: deed.texts, proposalId: proposal.proposalId }
      return { facts: [{ type: STATEMENT_APPROVED, key: '', data }], inverse: null }
    }
    if (deed.kind !== 'hold') return { facts: [], inverse: null }
    const { holdId, scope, why } = deed
    const data: HoldPlaced = { holdId, scope, why, by: sayerOf(proposal) }
    return { facts: [{ type: HOLD_PLACED, key: '', data }], inverse: { holdId } }
  },
  undo: (proposal, inverse) =>
    isRecord(inverse) && typeof inverse['holdId'] === 'string'
      ? [lift(inverse['holdId'], sayerOf(proposal))]
      : [],
})

const answers = (state: LoopState, post: BrandPost): Executor => ({
  kind: ANSWER_WISH,
  groundOf: (payload) => groundOfStep(state, payloadOf(payload).incidentId),
  run: async (proposal) => {
    const { incidentId, deed } = payloadOf(proposal.payload)
    if (deed.kind !== 'answer')
      throw new Failure({ code: 'brand.no_answer', message: 'There is nothing to answer with.' })
    return {
      ...(await post({
        id: proposal.proposalId,
        kind: 'answer',
        incidentId,
        to: deed.tickets,
        texts: deed.texts,
        titles: titlesOf(proposal),
      })),
      inverse: null,
    }
  },
})

/** For whatever answers tickets: no people read it. */
const titlesOf = ({ title }: Proposal): BrandNotice['titles'] => ({ en: title })

const standDowns = (state: LoopState): Executor => ({
  kind: STAND_DOWN,
  groundOf: (payload) => {
    const incident = state.brand.incidents.open.get(payloadOf(payload).incidentId)
    return incident === undefined ? 'gone' : `${incident.incidentId} ${incident.calmAt}`
  },
  facts: (proposal) => {
    const incident = state.brand.incidents.open.get(payloadOf(proposal.payload).incidentId)
    const by = sayerOf(proposal)
    const facts =
      incident === undefined
        ? []
        : standing(incident).flatMap((step) => takeBackFacts(incident.incidentId, step, by))
    return { facts, inverse: null }
  },
})

/** What lifts the hold of a step and says so. */
export const takeBackFacts = (incidentId: string, step: number, by: string): readonly Fact[] => {
  const data: StepTakenBack = { incidentId, step, by }
  return [lift(holdIdOf(incidentId, step), by), { type: STEP_TAKEN_BACK, key: incidentId, data }]
}

const lift = (holdId: string, by: string): Fact => ({
  type: HOLD_LIFTED,
  key: '',
  data: { holdId, by } satisfies HoldLifted,
})

const sayerOf = ({ approvals, by }: Proposal): string => nameOf(approvals.at(-1)?.by ?? by)
const nameOf = ({ name, id }: Actor): string => (name === '' ? id : name)
