// Everything the system knows, slice by slice: as it begins, as a snapshot and back. How an event changes it: loop.ts.

import { DEFAULT_BUSINESS, type Business } from './kernel/business.ts'
import { Failure } from './kernel/failure.ts'
import type { Dump } from './log/dump.ts'
import { createSignalState, dumpSignal, restoreSignal, type SignalState } from './signal/index.ts'
import { createProfiles, dumpProfiles, restoreProfiles, type Profiles } from './profile/index.ts'
import { createCatalogue, dumpCatalogue, restoreCatalogue, type Catalogue } from './catalogue/index.ts'
import { createAccess, dumpAccess, restoreAccess, type AccessState } from './governance/access/index.ts'
import {
  createBandit,
  createPersons,
  createRecommenderState,
  createSendTimeState,
  dumpBandit,
  dumpPersons,
  dumpRecommender,
  dumpSendTimeState,
  restoreBandit,
  restorePersons,
  restoreRecommender,
  restoreSendTimeState,
  type Bandit,
  type Persons,
  type RecommenderState,
  type SendTimeState,
} from './model/index.ts'
import { createDecisions, dumpDecisions, restoreDecisions, type Decisions } from './decision/index.ts'
import { createGuardrail, dumpGuardrail, restoreGuardrail, type GuardrailState } from './guardrail/index.ts'
import { createOutbox, dumpOutbox, restoreOutbox, type Outbox } from './delivery/index.ts'
import {
  createContacts,
  createFeedback,
  createRecommendations,
  dumpContacts,
  dumpFeedback,
  dumpRecommendations,
  restoreContacts,
  restoreFeedback,
  restoreRecommendations,
  type Contacts,
  type Feedback,
  type Recommendations,
} from './feedback/index.ts'
import { createBrand, dumpBrand, restoreBrand, type BrandState } from './brand/index.ts'
import { createBudget, dumpBudget, restoreBudget, type BudgetState } from './budget/index.ts'
import {
  createGovernance,
  dumpGovernance,
  restoreGovernance,
  type GovernanceState,
} from './governance/index.ts'
import { createNotices, dumpNotices, restoreNotices, type Notices } from './notice/index.ts'
import { createPromotion, dumpPromotion, restorePromotion, type Promotion } from './promotion/index.ts'
import {
  ACTS_KEPT,
  createOffsetRing,
  DECISIONS_KEPT,
  createHits,
  createKpis,
  createTally,
  dumpOffsetRing,
  dumpHits,
  dumpKpis,
  dumpTally,
  restoreOffsetRing,
  restoreHits,
  restoreKpis,
  restoreTally,
  type OffsetRing,
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
  /** When people answer. */
  readonly sendTime: SendTimeState
  readonly decision: Decisions
  readonly guardrail: GuardrailState
  readonly delivery: Outbox
  readonly feedback: Feedback
  readonly recommendations: Recommendations
  /** Who was there before orders. */
  readonly contacts: Contacts
  readonly budget: BudgetState
  readonly brand: BrandState
  readonly governance: GovernanceState
  readonly promotion: Promotion
  /** Who is to be told of what, and was. */
  readonly notices: Notices
  readonly tally: Tally
  readonly hits: Hits
  /** Where decisions stand in the log, and where acts of people do. */
  readonly decisionIndex: OffsetRing
  readonly acts: OffsetRing
  readonly kpis: Kpis
  readonly access: AccessState
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
  sendTime: createSendTimeState(),
  decision: createDecisions(),
  guardrail: createGuardrail(),
  delivery: createOutbox(),
  feedback: createFeedback(),
  recommendations: createRecommendations(),
  contacts: createContacts(),
  budget: createBudget(),
  brand: createBrand(),
  governance: createGovernance(),
  promotion: createPromotion(),
  notices: createNotices(),
  tally: createTally(),
  hits: createHits(),
  decisionIndex: createOffsetRing(DECISIONS_KEPT),
  acts: createOffsetRing(ACTS_KEPT),
  kpis: createKpis(),
  access: createAccess(),
})

export const dumpState = (state: LoopState): Record<string, Dump> => ({
  loop: { offset: state.offset, business: state.business, channels: state.channels },
  signal: dumpSignal(state.signal),
  profile: dumpProfiles(state.profile),
  catalogue: dumpCatalogue(state.catalogue),
  model: dumpBandit(state.model),
  recommender: dumpRecommender(state.recommender),
  persons: dumpPersons(state.persons),
  sendTime: dumpSendTimeState(state.sendTime),
  decision: dumpDecisions(state.decision),
  guardrail: dumpGuardrail(state.guardrail),
  delivery: dumpOutbox(state.delivery),
  feedback: dumpFeedback(state.feedback),
  recommendations: dumpRecommendations(state.recommendations),
  contacts: dumpContacts(state.contacts),
  budget: dumpBudget(state.budget),
  brand: dumpBrand(state.brand),
  governance: dumpGovernance(state.governance),
  promotion: dumpPromotion(state.promotion),
  notices: dumpNotices(state.notices),
  tally: dumpTally(state.tally),
  hits: dumpHits(state.hits),
  decisionIndex: dumpOffsetRing(state.decisionIndex),
  acts: dumpOffsetRing(state.acts),
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
    sendTime: restoreSendTimeState(part('sendTime')),
    decision: restoreDecisions(part('decision')),
    guardrail: restoreGuardrail(part('guardrail')),
    delivery: restoreOutbox(part('delivery')),
    feedback: restoreFeedback(part('feedback')),
    recommendations: restoreRecommendations(part('recommendations')),
    contacts: restoreContacts(part('contacts')),
    budget: restoreBudget(part('budget')),
    brand: restoreBrand(part('brand')),
    governance: restoreGovernance(part('governance')),
    promotion: restorePromotion(part('promotion')),
    notices: restoreNotices(part('notices')),
    tally: restoreTally(part('tally')),
    hits: restoreHits(part('hits')),
    decisionIndex: restoreOffsetRing(part('decisionIndex'), DECISIONS_KEPT),
    acts: restoreOffsetRing(part('acts'), ACTS_KEPT),
    kpis: restoreKpis(part('kpis')),
    access: restoreAccess(part('access')),
  }
}
