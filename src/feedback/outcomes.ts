// The fold of feedback: keeps decisions open until their window is over, joins conversions to them,
// and says what has to be settled. Read `foldFeedback` first.

import type { Business } from '../kernel/business.ts'
import { NOTHING, type ProfileId } from '../kernel/ids.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import type { Example } from '../model/events.ts'
import {
  CAMPAIGNS_APPLIED,
  type CampaignsApplied,
  type CampaignSpec,
  DECISION_MADE,
  type DecisionMade,
} from '../decision/events.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
  type DeliveryAttempted,
  type DeliverySent,
} from '../delivery/events.ts'
import { lastSlice, queueCheck, teachEarly } from './early-lessons.ts'
import { HOLDOUT_APPLIED, type HoldoutSpec, OUTCOME_SETTLED, type OutcomeSettled } from './events.ts'
import { type Group, groupOf, isExempt, sameHoldout } from './holdout.ts'
import { conversionOf, countLate, credit, decisionIdOf, eventNameOf, marginOf } from './join.ts'
import { duePage } from './due-heap.ts'
import type { Lesson } from './lesson.ts'
import { countCost, countMargin, enrolPerson, finishUnits, mergeLift } from './lift.ts'
import { createScope } from './lift-scope.ts'
import { closeRow, forgetClosed, mergeOpen, openRow } from './open-decisions.ts'
import {
  aboutRow,
  campaignOf,
  hasLesson,
  isClosed,
  pendingOf,
  profileOf,
  refOf,
  setStage,
  settlePending,
  stageOf,
  type Stage,
  valueOf,
} from './open-fields.ts'
import { findRow } from './open-links.ts'
import {
  AT,
  COST,
  DEADLINE,
  DISCOUNT,
  DISCOUNT_SHARE,
  NO_ROW,
  numberIn,
  type OpenDecisions,
  type Row,
  setNumber,
  TOTAL,
} from './open-rows.ts'
import { forgetGroups, storedGroup } from './persons.ts'
import type { Feedback } from './state.ts'

/** What the stages before this one made of the event. */
export type FeedbackInput = {
  /** Fresh signals and the slot of the person each belongs to. */
  readonly touches: readonly { readonly ref: number; readonly signal: Signal }[]
  readonly business: Business
  /** Slot of a profile, merges followed. */
  readonly refOf: (id: ProfileId) => number | undefined
  /** Profiles that this event merged, in order: `from` is now part of `into`. */
  readonly merges?: readonly { readonly from: number; readonly into: number }[]
}

/** An outcome to append, with an id that makes a second append a duplicate. */
export type NewOutcome = NewEvent<OutcomeSettled>

/** Takes one event into the state, which it changes in place. */
export const foldFeedback = (state: Feedback, event: LogEvent, input: FeedbackInput): void => {
  if (event.at > state.clock) {
    state.clock = event.at
    const { graceMs, lateMs, closedMax } = state.options
    finishUnits(state, event.at)
    forgetClosed(state.open, event.at - graceMs - lateMs, closedMax)
  }
  teachEarly(state, state.clock)
  if (state.experimentAt === 0) state.experimentAt = event.at
  for (const { from, into } of input.merges ?? []) mergePeople(state, from, into)
  for (const { ref, signal } of input.touches) foldTouch(state, { ref, signal }, input.business)
  foldOther(state, event, input)
}

const foldOther = (state: Feedback, event: LogEvent, input: FeedbackInput): void => {
  switch (event.type) {
    case CAMPAIGNS_APPLIED:
      return applyCampaigns(state, (event.data as CampaignsApplied).campaigns)
    case HOLDOUT_APPLIED:
      return applyHoldout(state, event.data as HoldoutSpec, event.at)
    case DECISION_MADE:
      return openDecision(state, event.data as DecisionMade, input)
    case DELIVERY_ATTEMPTED:
    case DELIVERY_SENT:
    case DELIVERY_FAILED:
    case DELIVERY_WITHHELD:
    case DELIVERY_UNKNOWN:
    case OUTCOME_SETTLED:
      return foldAbout(state, event, input)
    default:
  }
}

const foldAbout = (state: Feedback, event: LogEvent, input: FeedbackInput): void => {
  const { open } = state
  const row = findRow(open, (event.data as DeliverySent).decisionId)
  if (row === NO_ROW || isClosed(open, row)) return
  const known = refOf(open, row)
  const ref = input.refOf(profileOf(open, row)) ?? -1
  if (known >= 0 && ref >= 0 && ref !== known) mergePeople(state, known, ref)
  switch (event.type) {
    case DELIVERY_ATTEMPTED:
      return foldAttempt(state, row, event as LogEvent<DeliveryAttempted>)
    case DELIVERY_SENT:
      if (stageOf(open, row) === 'waiting') setStage(open, row, 'applied')
      return
    case DELIVERY_FAILED:
    case DELIVERY_WITHHELD:
      return foldNotSent(state, row, event.at)
    case DELIVERY_UNKNOWN:
      // It may have arrived: the cost stands, but nobody can say what the person felt.
      setStage(open, row, 'unapplied')
      return
    case OUTCOME_SETTLED:
      return foldSettled(state, row, event.data as OutcomeSettled)
    default:
  }
}

const mergePeople = (state: Feedback, from: number, into: number): void => {
  mergeOpen(state.open, from, into)
  mergeLift(state, from, into)
}

/**
 * The group of a person in a campaign: what the first decision gave, else what the hash gives. Ask
 * before deciding; always `treated` in an exempt campaign.
 */
export const groupFor = (
  state: Feedback,
  person: { readonly ref: number; readonly profileId: ProfileId },
  campaignId: string,
): Group => {
  if (isExempt(state.holdout, campaignId)) return 'treated'
  return storedGroup(state.persons, person.ref) ?? groupOf(person.profileId, state.holdout)
}

/**
 * Outcomes to append by `now`: conversions first, then windows that are over, at most `limit` in all.
 * Asking changes nothing; folding the appended events takes them off.
 */
export const dueOutcomes = ({ open, options }: Feedback, now: number, limit: number): NewOutcome[] => {
  const due: NewOutcome[] = []
  for (const row of open.unsettled) {
    let total = numberIn(open, row, TOTAL)
    for (const { causeMessageId, reward, delayMs } of pendingOf(open, row)) {
      if (due.length >= limit) return due
      total += reward
      const data: OutcomeSettled = {
        ...aboutRow(open, row),
        kind: 'converted',
        reward,
        total,
        causeMessageId,
        delayMs,
      }
      due.push(newOutcome(causeMessageId, now, data))
    }
  }
  for (const row of duePage(open, now - options.graceMs, limit)) {
    if (due.length >= limit) return due
    if (pendingOf(open, row).length > 0) continue
    const costs = costsOf(open, row)
    const data: OutcomeSettled = {
      ...aboutRow(open, row),
      kind: 'closed',
      reward: 0 - costs,
      total: numberIn(open, row, TOTAL) - costs,
      causeMessageId: '',
      delayMs: numberIn(open, row, DEADLINE) - numberIn(open, row, AT),
    }
    due.push(newOutcome('closed', now, data))
  }
  return due
}

/**
 * What the model learns from this outcome, or null. A closed decision teaches the sum of all that it brought less its
 * costs, or what of it was not taught before (see {@link earlyExamples}). Held-out, withheld and not
 * certainly delivered decisions teach nothing. Ask right after folding the event.
 */
export const exampleOf = (state: Feedback, outcome: OutcomeSettled): Example | null =>
  outcome.kind === 'closed' ? (state.lessons.get(outcome.decisionId) ?? null) : null

/** Slices of decisions still open that the event made due. Ask right after folding it. */
export const earlyExamples = (state: Feedback): readonly Example[] => state.early

const newOutcome = (suffix: string, at: number, data: OutcomeSettled): NewOutcome => ({
  id: `out:${data.decisionId}:${suffix}`,
  type: OUTCOME_SETTLED,
  key: data.profileId,
  at,
  data,
})

/** Contact and discount, in the goal's unit: a goal that counts has no money in it. */
const costsOf = (open: OpenDecisions, row: Row): number =>
  valueOf(open, row) === 'count' ? 0 : numberIn(open, row, COST) + numberIn(open, row, DISCOUNT)

const foldTouch = (
  state: Feedback,
  touch: { readonly ref: number; readonly signal: Signal },
  business: Business,
): void => {
  const { ref, signal } = touch
  countMargin(state, ref, signal.at, marginOf(signal, business))
  if (!state.goalEvents.has(eventNameOf(signal))) return
  if (!state.open.lastOf.has(ref) && decisionIdOf(signal) === '') return
  const conversion = conversionOf(signal, business)
  const discountShare = credit(state, ref, conversion)
  countCost(state, ref, signal.at, discountShare * conversion.revenue)
}

const applyCampaigns = (state: Feedback, campaigns: readonly CampaignSpec[]): void => {
  state.campaigns = new Map(campaigns.map((campaign) => [campaign.id, campaign]))
  // Goals of campaigns that are gone stay: their decisions may still be open.
  for (const campaign of campaigns) state.goalEvents.add(campaign.goal.event)
}

/** Another share, salt, horizon or exemption is another experiment: groups and comparisons begin anew. */
const applyHoldout = (state: Feedback, holdout: HoldoutSpec, at: number): void => {
  if (sameHoldout(state.holdout, holdout)) return
  state.holdout = holdout
  state.experimentAt = at
  state.scopes = new Map([['', createScope('')]])
  forgetGroups(state.persons)
}

const openDecision = (state: Feedback, made: DecisionMade, input: FeedbackInput): void => {
  const campaign = state.campaigns.get(made.campaignId)
  const ref = input.refOf(made.profileId) ?? -1
  if (ref < 0) state.counts.personUnknown++
  if (campaign === undefined) {
    state.counts.campaignUnknown++
    return
  }
  if (ref >= 0 && campaign.status !== 'shadow')
    enrolPerson(state, { ref, campaignId: made.campaignId, group: made.group, at: made.at })
  if (findRow(state.open, made.decisionId) !== NO_ROW) return
  if (state.open.open >= state.options.openMax) {
    state.counts.openFull++
    return
  }
  const { goal } = campaign
  const row = openRow(state.open, {
    decisionId: made.decisionId,
    campaignId: made.campaignId,
    profileId: made.profileId,
    actionId: made.actionId,
    ref,
    at: made.at,
    deadline: made.at + goal.windowMs,
    goalEvent: goal.event,
    value: goal.value,
    stage: firstStage(made),
    lesson: lessonFrom(made),
    early: goal.delays === 'learnt',
  })
  queueCheck(state, row)
}

const firstStage = (made: DecisionMade): Stage => {
  if (made.group === 'holdout' || made.verdict === 'withheld') return 'unapplied'
  return made.verdict === 'nothing' || made.actionId === NOTHING ? 'applied' : 'waiting'
}

const lessonFrom = (made: DecisionMade): Lesson | null => {
  if (made.group === 'holdout' || made.verdict === 'withheld') return null
  const chosen = made.candidates.find(({ actionId }) => actionId === made.actionId)
  return chosen === undefined
    ? null
    : { shared: made.shared, action: chosen.features, propensity: made.propensity }
}

const foldAttempt = (state: Feedback, row: Row, { data, at }: LogEvent<DeliveryAttempted>): void => {
  const { open } = state
  countCost(state, refOf(open, row), at, data.cost - numberIn(open, row, COST))
  setNumber(open, row, COST, data.cost)
  setNumber(open, row, DISCOUNT_SHARE, data.discountShare)
}

/** Nothing arrived: no contact, no cost, no offer. */
const foldNotSent = (state: Feedback, row: Row, at: number): void => {
  const { open } = state
  countCost(state, refOf(open, row), at, 0 - numberIn(open, row, COST))
  setStage(open, row, 'unapplied')
  setNumber(open, row, COST, 0)
  setNumber(open, row, DISCOUNT_SHARE, 0)
}

/** Examples kept between folding and learning. */
const LESSONS_MAX = 1_000

const foldSettled = (state: Feedback, row: Row, outcome: OutcomeSettled): void => {
  const { open } = state
  if (outcome.kind === 'converted') {
    settlePending(open, row, outcome.causeMessageId)
    setNumber(open, row, TOTAL, outcome.total)
    return
  }
  for (const { reward } of pendingOf(open, row)) countLate(state, campaignOf(open, row), reward)
  if (stageOf(open, row) === 'applied' && hasLesson(open, row)) keepLesson(state, row, outcome)
  else state.counts.notLearnt++
  closeRow(open, row)
}

const keepLesson = (state: Feedback, row: Row, { decisionId, total }: OutcomeSettled): void => {
  const slice = lastSlice(state, row, total)
  if (slice === null) return
  const [oldest] = state.lessons.keys()
  if (oldest !== undefined && state.lessons.size >= LESSONS_MAX) state.lessons.delete(oldest)
  state.lessons.set(decisionId, slice)
  state.counts.learnt++
}
