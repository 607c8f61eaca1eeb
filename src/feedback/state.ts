// Everything feedback holds: open decisions, the people of each comparison, the experiment that runs,
// and counts of what was left out. A fold over the log; written to snapshots and read back.

import { assert } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { CampaignSpec } from '../decision/events.ts'
import type { Example } from '../model/events.ts'
import { createDelays, type Delays, dumpDelays, restoreDelays } from '../model/index.ts'
import { DEFAULT_SEQUENCE, type SequenceOptions } from './confidence.ts'
import { type CheckQueues, createCheckQueues, queueAll } from './early-lessons.ts'
import type { HoldoutSpec } from './events.ts'
import { DEFAULT_HOLDOUT } from './holdout.ts'
import { createScope, dumpScope, type LiftScope, restoreScope } from './lift-scope.ts'
import { dumpOpen, restoreOpen } from './open-dump.ts'
import { createOpenDecisions, type OpenDecisions } from './open-rows.ts'
import { createPersons, dumpPersons, type Persons, restorePersons } from './persons.ts'

export type FeedbackOptions = {
  /** Decisions that may be open at once; one more is not opened, and counted. */
  readonly openMax: number
  /** Conversions credited to one decision; further ones are counted and left. */
  readonly conversionsMax: number
  /** Added to each window and horizon, so that what happened in it can arrive. */
  readonly graceMs: number
  /** How long a closed decision is remembered to tell a late conversion. */
  readonly lateMs: number
  readonly closedMax: number
  /** Profile slots that may take part in a comparison. */
  readonly personsMax: number
  /** Campaigns with a comparison of their own. */
  readonly scopesMax: number
  /** Points of the lift's history; at the limit every second one goes. */
  readonly historyMax: number
  /** Finished people each group needs before there is an interval. */
  readonly unitsMin: number
  /** Of them, people with an order. */
  readonly buyersMin: number
  readonly sequence: SequenceOptions
}

export const DEFAULT_FEEDBACK_OPTIONS: FeedbackOptions = {
  openMax: 200_000,
  conversionsMax: 50,
  graceMs: 10 * MINUTE_MS,
  lateMs: DAY_MS,
  closedMax: 100_000,
  personsMax: 10_000_000,
  scopesMax: 100,
  historyMax: 120,
  unitsMin: 100,
  buyersMin: 10,
  sequence: DEFAULT_SEQUENCE,
}

/** What was left out, and why: shown under data health. */
export type FeedbackCounts = {
  /** Decisions not opened because too many were open. */
  openFull: number
  /** Decisions of a campaign that is not known. */
  campaignUnknown: number
  /** Decisions about a profile that is not known: joined by decision id alone, and no unit of a comparison. */
  personUnknown: number
  /** People not compared because of `personsMax`. */
  personsFull: number
  /** Campaigns without a comparison of their own because of `scopesMax`. */
  scopesFull: number
  /** Conversions beyond `conversionsMax` of one decision. */
  conversionsFull: number
  /** Closed decisions with nothing to learn: held out, withheld, or not known to have arrived. */
  notLearnt: number
  /** Examples given to the model. */
  learnt: number
  /** Examples of them that were slices of decisions still open. */
  early: number
  /** People whose two profiles were found in different groups. */
  conflicts: number
}

export type LateCount = { count: number; reward: number }

export type Feedback = {
  readonly options: FeedbackOptions
  campaigns: Map<string, CampaignSpec>
  /** The goal events of all campaigns, and how many: others need no look. */
  goalEvents: Set<string>
  holdout: HoldoutSpec
  open: OpenDecisions
  persons: Persons
  /** All campaigns together under ''. */
  scopes: Map<string, LiftScope>
  counts: FeedbackCounts
  /** Conversions that came after their decision had closed, by campaign. */
  late: Map<string, LateCount>
  /** How long results take. */
  delays: Delays
  readonly checks: CheckQueues
  /** Latest event time seen, ms. */
  clock: number
  /** When the running experiment began, ms: the first event, or the last change of the holdout. */
  experimentAt: number
  /** Examples of the last closed decisions: only between a fold and the learning that follows it, in no dump. */
  readonly lessons: Map<string, Example>
  /** The same of decisions still open: slices that the last folded event made due. */
  readonly early: Example[]
}

/**
 * An empty state.
 * @example liftReport(createFeedback()).verdict // 'not_known_yet'
 */
export const createFeedback = (options: Partial<FeedbackOptions> = {}): Feedback => ({
  options: { ...DEFAULT_FEEDBACK_OPTIONS, ...options },
  campaigns: new Map(),
  goalEvents: new Set(),
  holdout: DEFAULT_HOLDOUT,
  open: createOpenDecisions(),
  persons: createPersons(),
  scopes: new Map([['', createScope('')]]),
  counts: {
    openFull: 0,
    campaignUnknown: 0,
    personUnknown: 0,
    personsFull: 0,
    scopesFull: 0,
    conversionsFull: 0,
    notLearnt: 0,
    learnt: 0,
    early: 0,
    conflicts: 0,
  },
  late: new Map(),
  delays: createDelays(),
  checks: createCheckQueues(),
  clock: 0,
  experimentAt: 0,
  lessons: new Map(),
  early: [],
})

/** The state as named columns; equal states give equal columns. */
export const dumpFeedback = (state: Feedback): Dump => {
  const scopes = [...state.scopes.values()]
  let dump: Dump = {
    feedback: {
      campaigns: [...state.campaigns.values()] as unknown as Json,
      goalEvents: [...state.goalEvents],
      holdout: state.holdout as unknown as Json,
      scopes: scopes.length,
      counts: { ...state.counts },
      late: [...state.late].map(([id, { count, reward }]) => [id, count, reward]),
      clock: state.clock,
      experimentAt: state.experimentAt,
    },
    ...dumpOpen(state.open),
    ...dumpPersons(state.persons),
    ...dumpDelays(state.delays),
  }
  for (const [i, scope] of scopes.entries()) dump = { ...dump, ...dumpScope(scope, `scope${i}.`) }
  return dump
}

type About = Pick<Feedback, 'holdout' | 'counts' | 'clock' | 'experimentAt'> & {
  readonly campaigns: readonly CampaignSpec[]
  readonly goalEvents: readonly string[]
  readonly scopes: number
  readonly late: readonly (readonly [string, number, number])[]
}

/** The state that {@link dumpFeedback} wrote. `options` are not part of a dump. */
export const restoreFeedback = (dump: Dump, options: Partial<FeedbackOptions> = {}): Feedback => {
  const about = dump['feedback'] as unknown as About | undefined
  assert(about !== undefined, 'a dump of feedback')
  const state = createFeedback(options)
  for (const campaign of about.campaigns) state.campaigns.set(campaign.id, campaign)
  state.goalEvents = new Set(about.goalEvents)
  state.holdout = about.holdout
  state.counts = { ...about.counts }
  state.late = new Map(about.late.map(([id, count, reward]) => [id, { count, reward }]))
  state.clock = about.clock
  state.experimentAt = about.experimentAt
  state.open = restoreOpen(dump)
  queueAll(state)
  state.delays = restoreDelays(dump)
  state.persons = restorePersons(dump)
  state.scopes = new Map()
  for (let i = 0; i < about.scopes; i++) {
    const scope = restoreScope(dump, `scope${i}.`)
    state.scopes.set(scope.id, scope)
  }
  return state
}
