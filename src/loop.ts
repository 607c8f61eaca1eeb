// The seven stages in one page: signal ► profile ► model ► decision ► guardrail ► delivery ► feedback, and
// promotion beside them: which policy decides.
// Start reading here.
//
// Two halves. `foldEvent` turns the log into state, stage by stage, in the order of the log: that is all
// that happens on replay. `createLoop` looks at that state, works out what comes next and appends it as
// events; what is not in the log did not happen.

import type { Ctx } from './kernel/ctx.ts'
import { type Business } from './kernel/business.ts'
import { Failure, isFailure } from './kernel/failure.ts'
import { isRecord } from './kernel/json.ts'
import type { Ack, EventLog, LogEvent, NewEvent } from './log/port.ts'
import { checkRequest, foldSignal, type ItemError } from './signal/index.ts'
import { SIGNAL_RECEIVED, type SignalEndpoint, type SignalReceived } from './signal/events.ts'
import { foldProfiles, mergesOf, withOwners } from './profile/index.ts'
import { BUSINESS_APPLIED } from './profile/events.ts'
import { foldCatalogue } from './catalogue/index.ts'
import { foldAccess } from './governance/access/index.ts'
import { foldModel, foldPersons, foldRecommender, foldSendTime, learn, type Example } from './model/index.ts'
import { foldDecisions, peopleOf } from './decision/index.ts'
import { foldGuardrail } from './guardrail/index.ts'
import { SYSTEM_STARTED, type SystemStarted } from './guardrail/events.ts'
import { foldOutbox } from './delivery/index.ts'
import {
  earlyExamples,
  exampleOf,
  foldContacts,
  foldFeedback,
  foldRecommendations,
} from './feedback/index.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from './feedback/events.ts'
import { foldBrand } from './brand/index.ts'
import { foldBudget } from './budget/index.ts'
import { foldGovernance } from './governance/index.ts'
import { foldNotices } from './notice/index.ts'
import { foldPromotion, learnOwnModels } from './promotion/index.ts'
import { foldActs, foldDecisionIndex, foldHits, foldKpis, foldTally } from './insight/index.ts'
import type { LoopState } from './loop-state.ts'

export { createState, dumpState, restoreState, type LoopState } from './loop-state.ts'

export const PLAN_APPLIED = 'plan.applied.v1'
/** Stands beside the sections that changed: who put them in force. */
export type PlanApplied = {
  /** Of the whole plan. */
  readonly version: string
  /** In words. */
  readonly changes: readonly string[]
  readonly by: string
}

/** Takes one event through all stages. Deterministic: the same log gives the same state, to the byte. */
export const foldEvent = (state: LoopState, event: LogEvent): void => {
  if (event.type === BUSINESS_APPLIED) state.business = event.data as Business
  else if (event.type === SYSTEM_STARTED) state.channels = (event.data as SystemStarted).channels
  const { business } = state
  const signals = foldSignal(state.signal, event)
  const touches = foldProfiles(state.profile, event, signals, business)
  const merges = mergesOf(state.profile)
  const { products } = state.catalogue
  const sessions = foldCatalogue(state.catalogue, event, { touches, merges })
  foldModel(state.model, event)
  foldRecommender(state.recommender, event, sessions, (id) => products.numbers.get(id))
  foldPersons(state.persons, event, { profiles: state.profile, touches, merges, business })
  const people = peopleOf(state.profile, business, state.persons)
  foldSendTime(state.sendTime, event, { refOf: people.refOf, merges })
  foldDecisions(state.decision, event, touches, people)
  foldGuardrail(state.guardrail, event)
  foldOutbox(state.delivery, event)
  foldFeedback(state.feedback, event, {
    touches,
    business,
    refOf: people.refOf,
    merges,
  })
  foldRecommendations(state.recommendations, event, {
    touches,
    merges,
    refOf: people.refOf,
    urlOf: (id) => products.rows[products.numbers.get(id) ?? -1]?.url ?? '',
  })
  foldContacts(state.contacts, event, { touches, merges, refOf: people.refOf, business })
  for (const example of earlyExamples(state.feedback)) learnFrom(state, example)
  if (event.type === OUTCOME_SETTLED) {
    const example = exampleOf(state.feedback, event.data as OutcomeSettled)
    if (example !== null) learnFrom(state, example)
  }
  foldBudget(state.budget, event)
  foldBrand(state.brand, event)
  foldGovernance(state.governance, event)
  foldPromotion(state.promotion, event)
  foldNotices(state.notices, event)
  // Of what is past only who it was counts.
  const told = signals.filter(({ past }) => past !== true)
  foldTally(state.tally, event, told.length)
  foldHits(state.hits, event)
  foldDecisionIndex(state.decisionIndex, event)
  foldActs(state.acts, event)
  foldKpis(state.kpis, event, told, business)
  foldAccess(state.access, event)
  state.offset = event.offset
}

const learnFrom = (state: LoopState, example: Example): void => {
  learn(state.model, example)
  learnOwnModels(state.promotion, example)
}

export type Received = {
  readonly accepted: number
  /** What is wrong with single events; in lenient mode they are simply left out. */
  readonly errors: readonly ItemError[]
}

export type Loop = {
  readonly state: LoopState
  readonly log: EventLog
  readonly ctx: Ctx
  /** Puts facts into the log; resolves when they are on disk and folded. */
  readonly record: (events: readonly NewEvent[]) => Promise<readonly Ack[]>
  /** Takes a request of the tracking API in. Throws a Failure `signal.*` for what cannot be taken at all. */
  readonly receive: (request: {
    readonly endpoint: SignalEndpoint
    readonly body: { readonly text: string; readonly value: unknown; readonly bytes: number }
    readonly source: string
    readonly strict: boolean
  }) => Promise<Received>
  /** Why the log took nothing the last time it was asked; null when it did. */
  readonly trouble: () => Failure | null
  /** Stops folding new events. */
  readonly close: () => void
}

/**
 * The living half: subscribes the state to the log. `state` must be folded up to the log's head. `readTones` reads what
 * people wrote in requests before they are kept; null when there is nothing to read.
 */
export const createLoop = ({
  log,
  ctx,
  state,
  readTones,
}: {
  readonly log: EventLog
  readonly ctx: Ctx
  readonly state: LoopState
  readonly readTones?: (events: readonly NewEvent[]) => Promise<readonly NewEvent[]> | null
}): Loop => {
  const close = log.subscribe((events) => {
    for (const event of events) foldEvent(state, event)
  })
  let trouble: Failure | null = null
  const record = async (events: readonly NewEvent[]) => {
    try {
      const reading = readTones?.(events) ?? null
      const told = reading === null ? events : await reading
      const acks = await log.append(told.map(withOwners))
      trouble = null
      return acks
    } catch (error) {
      if (isFailure(error)) trouble = error
      throw error
    }
  }

  const receive: Loop['receive'] = async ({ endpoint, body, source, strict }) => {
    const checked = checkRequest({ endpoint, body: body.value, bytes: body.bytes, newId: ctx.newId, strict })
    if (!checked.ok) throw new Failure(checked.error)
    const { accepted, items, ids } = checked
    if (accepted === 0) return { accepted, errors: items }
    const header: SignalReceived['header'] = {
      endpoint,
      source,
      receivedAt: ctx.now(),
      ...(ids === undefined ? {} : { ids }),
      ...(strict ? { strict } : {}),
    }
    const event = { id: ctx.newId(), type: SIGNAL_RECEIVED, key: source, at: header.receivedAt }
    if (isRecord(body.value) && 'writeKey' in body.value) {
      // Keys do not belong in the log.
      const { writeKey: _writeKey, ...payload } = body.value
      await record([{ ...event, data: { header, payload } satisfies SignalReceived }])
    } else {
      // The raw body goes in as it came: writing it out again would cost more than all the rest.
      const encoded = `{"header":${JSON.stringify(header)},"payload":${body.text}}`
      await record([{ ...event, data: { header, payload: body.value } satisfies SignalReceived, encoded }])
    }
    return { accepted, errors: items }
  }
  return { state, log, ctx, record, receive, trouble: () => trouble, close }
}
