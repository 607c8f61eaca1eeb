// The seven stages in one page: signal ► profile ► model ► decision ► guardrail ► delivery ► feedback, and
// promotion beside them: which policy decides.
// Start reading here.
//
// Two halves. `foldEvent` turns the log into state, stage by stage, in the order of the log: that is all
// that happens on replay. `createLoop` looks at that state, works out what comes next and appends it as
// events; what is not in the log did not happen.

import type { Ctx } from './kernel/ctx.ts'
import { DEFAULT_BUSINESS, type Business } from './kernel/business.ts'
import { Failure, isFailure } from './kernel/failure.ts'
import { isRecord } from './kernel/json.ts'
import type { Ack, EventLog, LogEvent, NewEvent } from './log/port.ts'
import type { Dump } from './log/dump.ts'
import {
  checkRequest,
  createSignalState,
  dumpSignal,
  foldSignal,
  restoreSignal,
  type ItemError,
  type SignalState,
} from './signal/index.ts'
import { SIGNAL_RECEIVED, type SignalEndpoint, type SignalReceived } from './signal/events.ts'
import {
  createProfiles,
  dumpProfiles,
  foldProfiles,
  mergesOf,
  restoreProfiles,
  type Profiles,
} from './profile/index.ts'
import { BUSINESS_APPLIED } from './profile/events.ts'
import {
  createCatalogue,
  dumpCatalogue,
  foldCatalogue,
  restoreCatalogue,
  type Catalogue,
} from './catalogue/index.ts'
import {
  createAccess,
  dumpAccess,
  foldAccess,
  restoreAccess,
  type AccessState,
} from './governance/access/index.ts'
import {
  createBandit,
  createPersons,
  createRecommenderState,
  dumpBandit,
  dumpPersons,
  dumpRecommender,
  foldModel,
  foldPersons,
  foldRecommender,
  learn,
  restoreBandit,
  restorePersons,
  restoreRecommender,
  type Bandit,
  type Persons,
  type RecommenderState,
} from './model/index.ts'
import {
  createDecisions,
  dumpDecisions,
  foldDecisions,
  peopleOf,
  restoreDecisions,
  type Decisions,
} from './decision/index.ts'
import {
  createGuardrail,
  dumpGuardrail,
  foldGuardrail,
  restoreGuardrail,
  type GuardrailState,
} from './guardrail/index.ts'
import { SYSTEM_STARTED, type SystemStarted } from './guardrail/events.ts'
import { createOutbox, dumpOutbox, foldOutbox, restoreOutbox, type Outbox } from './delivery/index.ts'
import {
  createContacts,
  createFeedback,
  createRecommendations,
  dumpContacts,
  dumpFeedback,
  dumpRecommendations,
  exampleOf,
  foldContacts,
  foldFeedback,
  foldRecommendations,
  restoreContacts,
  restoreFeedback,
  restoreRecommendations,
  type Contacts,
  type Feedback,
  type Recommendations,
} from './feedback/index.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from './feedback/events.ts'
import { createBudget, dumpBudget, foldBudget, restoreBudget, type BudgetState } from './budget/index.ts'
import {
  createGovernance,
  dumpGovernance,
  foldGovernance,
  restoreGovernance,
  type GovernanceState,
} from './governance/index.ts'
import {
  createPromotion,
  dumpPromotion,
  foldPromotion,
  learnOwnModels,
  restorePromotion,
  type Promotion,
} from './promotion/index.ts'
import {
  createDecisionIndex,
  createHits,
  createKpis,
  createTally,
  dumpDecisionIndex,
  dumpHits,
  dumpKpis,
  dumpTally,
  foldDecisionIndex,
  foldHits,
  foldKpis,
  foldTally,
  restoreDecisionIndex,
  restoreHits,
  restoreKpis,
  restoreTally,
  type DecisionIndex,
  type Hits,
  type Kpis,
  type Tally,
} from './insight/index.ts'

/** Everything the system knows, folded from the log: lose it, fold again, get the same bytes. */
export type LoopState = {
  /** Of the last folded event. */
  offset: number
  business: Business
  /** Channels that this installation can deliver on. */
  channels: readonly string[]
  readonly signal: SignalState
  readonly profile: Profiles
  readonly catalogue: Catalogue
  readonly model: Bandit
  readonly recommender: RecommenderState
  /** What is expected of each person. */
  readonly persons: Persons
  readonly decision: Decisions
  readonly guardrail: GuardrailState
  readonly delivery: Outbox
  readonly feedback: Feedback
  readonly recommendations: Recommendations
  /** Who was there before orders. */
  readonly contacts: Contacts
  readonly budget: BudgetState
  readonly governance: GovernanceState
  readonly promotion: Promotion
  readonly tally: Tally
  readonly hits: Hits
  readonly decisionIndex: DecisionIndex
  readonly kpis: Kpis
  readonly access: AccessState
}

export const PLAN_APPLIED = 'plan.applied.v1'
/** Stands beside the sections that changed: who put them in force. */
export type PlanApplied = {
  /** Of the whole plan. */
  readonly version: string
  /** In words. */
  readonly changes: readonly string[]
  readonly by: string
}

export const createState = (): LoopState => ({
  offset: 0,
  business: DEFAULT_BUSINESS,
  channels: [],
  signal: createSignalState(),
  profile: createProfiles(),
  catalogue: createCatalogue(),
  model: createBandit(),
  recommender: createRecommenderState(),
  persons: createPersons(),
  decision: createDecisions(),
  guardrail: createGuardrail(),
  delivery: createOutbox(),
  feedback: createFeedback(),
  recommendations: createRecommendations(),
  contacts: createContacts(),
  budget: createBudget(),
  governance: createGovernance(),
  promotion: createPromotion(),
  tally: createTally(),
  hits: createHits(),
  decisionIndex: createDecisionIndex(),
  kpis: createKpis(),
  access: createAccess(),
})

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
  const people = peopleOf(state.profile, business)
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
  if (event.type === OUTCOME_SETTLED) {
    const example = exampleOf(state.feedback, event.data as OutcomeSettled)
    if (example !== null) {
      learn(state.model, example)
      learnOwnModels(state.promotion, example)
    }
  }
  foldBudget(state.budget, event)
  foldGovernance(state.governance, event)
  foldPromotion(state.promotion, event)
  foldTally(state.tally, event, signals.length)
  foldHits(state.hits, event)
  foldDecisionIndex(state.decisionIndex, event)
  foldKpis(state.kpis, event, signals, business)
  foldAccess(state.access, event)
  state.offset = event.offset
}

export const dumpState = (state: LoopState): Record<string, Dump> => ({
  loop: { offset: state.offset, business: state.business, channels: state.channels },
  signal: dumpSignal(state.signal),
  profile: dumpProfiles(state.profile),
  catalogue: dumpCatalogue(state.catalogue),
  model: dumpBandit(state.model),
  recommender: dumpRecommender(state.recommender),
  persons: dumpPersons(state.persons),
  decision: dumpDecisions(state.decision),
  guardrail: dumpGuardrail(state.guardrail),
  delivery: dumpOutbox(state.delivery),
  feedback: dumpFeedback(state.feedback),
  recommendations: dumpRecommendations(state.recommendations),
  contacts: dumpContacts(state.contacts),
  budget: dumpBudget(state.budget),
  governance: dumpGovernance(state.governance),
  promotion: dumpPromotion(state.promotion),
  tally: dumpTally(state.tally),
  hits: dumpHits(state.hits),
  decisionIndex: dumpDecisionIndex(state.decisionIndex),
  kpis: dumpKpis(state.kpis),
  access: dumpAccess(state.access),
})

/** The state of a dump; throws `snapshot.incomplete` when a part is missing. */
export const restoreState = (parts: Readonly<Record<string, Dump>>): LoopState => {
  const part = (name: string): Dump => {
    const dump = parts[name]
    if (dump === undefined)
      throw new Failure({
        code: 'snapshot.incomplete',
        message: `the snapshot has no part ${name}`,
        hint: 'Delete the snapshots; they are made again from the log.',
      })
    return dump
  }
  const loop = part('loop') as {
    readonly offset: number
    readonly business: Business
    readonly channels: readonly string[]
  }
  return {
    offset: loop.offset,
    business: loop.business,
    channels: loop.channels,
    signal: restoreSignal(part('signal')),
    profile: restoreProfiles(part('profile')),
    catalogue: restoreCatalogue(part('catalogue')),
    model: restoreBandit(part('model')),
    recommender: restoreRecommender(part('recommender')),
    persons: restorePersons(part('persons')),
    decision: restoreDecisions(part('decision')),
    guardrail: restoreGuardrail(part('guardrail')),
    delivery: restoreOutbox(part('delivery')),
    feedback: restoreFeedback(part('feedback')),
    recommendations: restoreRecommendations(part('recommendations')),
    contacts: restoreContacts(part('contacts')),
    budget: restoreBudget(part('budget')),
    governance: restoreGovernance(part('governance')),
    promotion: restorePromotion(part('promotion')),
    tally: restoreTally(part('tally')),
    hits: restoreHits(part('hits')),
    decisionIndex: restoreDecisionIndex(part('decisionIndex')),
    kpis: restoreKpis(part('kpis')),
    access: restoreAccess(part('access')),
  }
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

/** The living half: subscribes the state to the log. `state` must be folded up to the log's head. */
export const createLoop = ({
  log,
  ctx,
  state,
}: {
  readonly log: EventLog
  readonly ctx: Ctx
  readonly state: LoopState
}): Loop => {
  const close = log.subscribe((events) => {
    for (const event of events) foldEvent(state, event)
  })
  let trouble: Failure | null = null
  const record = async (events: readonly NewEvent[]) => {
    try {
      const acks = await log.append(events)
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
