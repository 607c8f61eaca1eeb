// Send time as the running system learns it: a fold over decisions, what became of their messages and what came back.
// A send is learnt from once its answer is known or a day has passed; what left in another hour than the one drawn,
// or did not leave for certain, teaches nothing.

import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import type { LogEvent } from '../../log/port.ts'
import {
  CAMPAIGNS_APPLIED,
  DECISION_MADE,
  type CampaignsApplied,
  type DecisionMade,
} from '../../decision/events.ts'
import {
  DELIVERY_FAILED,
  DELIVERY_RESPONDED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
  type About,
  type DeliveryResponded,
} from '../../delivery/events.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../../feedback/events.ts'
import type { SendTimeSpec, TimingSaid } from '../events.ts'
import { createArms, noteArm, type Arms } from './arms.ts'
import {
  createSendTime,
  dumpSendTime,
  learnSend,
  mergeSenders,
  restoreSendTime,
  type SendTime,
} from './send-time.ts'

/** What comes back within this time of sending is an answer to it. */
export const ANSWER_WITHIN_MS = DAY_MS
/** Results that arrive late are waited for. */
const GRACE_MS = HOUR_MS
/** Messages whose answers are waited for; further ones are not learnt from, and counted. */
export const OPEN_MAX = 100_000
const CAMPAIGNS_MAX = 200

type OpenSend = {
  readonly campaignId: string
  readonly profileId: string
  readonly timing: TimingSaid
  readonly answer: SendTimeSpec['answer']
  /** ms of the decision. */
  readonly madeAt: number
  /** ms; 0 until it has left. */
  sentAt: number
  answered: 0 | 1
}

export type SendTimeState = {
  readonly model: SendTime
  readonly open: Map<string, OpenSend>
  /** Sends and answers of each campaign by how their hour was chosen. */
  readonly arms: Map<string, Arms>
  /** What counts as an answer, by campaign in force. */
  answers: ReadonlyMap<string, SendTimeSpec['answer']>
  /** ms: when those whose time is over are next looked for. */
  sweepAt: number
  /** Left out: in another hour than drawn, not certainly sent, or no room. */
  readonly left: { otherHour: number; notSent: number; noRoom: number }
}

export const createSendTimeState = (): SendTimeState => ({
  model: createSendTime(),
  open: new Map(),
  arms: new Map(),
  answers: new Map(),
  sweepAt: 0,
  left: { otherHour: 0, notSent: 0, noRoom: 0 },
})

export type SendTimeInput = {
  /** Slot of a profile, merges followed. */
  readonly refOf: (id: DecisionMade['profileId']) => number | undefined
  /** Profiles that this event merged, in order. */
  readonly merges: readonly { readonly from: number; readonly into: number }[]
}

/** Under which a person's own answers are kept. */
export const senderOf = (ref: number): string => String(ref)

/** Takes one event in. */
export const foldSendTime = (state: SendTimeState, event: LogEvent, input: SendTimeInput): void => {
  for (const { from, into } of input.merges) mergeSenders(state.model, senderOf(from), senderOf(into))
  if (event.at >= state.sweepAt && state.open.size > 0) sweep(state, event.at, input)
  switch (event.type) {
    case CAMPAIGNS_APPLIED: {
      const { campaigns } = event.data as CampaignsApplied
      state.answers = new Map(
        campaigns.flatMap(({ id, sendTime }) => (sendTime === undefined ? [] : [[id, sendTime.answer]])),
      )
      return
    }
    case DECISION_MADE:
      return openSend(state, event.data as DecisionMade)
    case DELIVERY_SENT: {
      const open = state.open.get((event.data as About).decisionId)
      if (open !== undefined && open.sentAt === 0) noteSent(state, event, open)
      return
    }
    case DELIVERY_FAILED:
    case DELIVERY_UNKNOWN:
    case DELIVERY_WITHHELD:
      if (state.open.delete((event.data as About).decisionId)) state.left.notSent++
      return
    case DELIVERY_RESPONDED:
      return noteResponse(state, event.data as DeliveryResponded, event.at)
    case OUTCOME_SETTLED:
      return noteOutcome(state, event.data as OutcomeSettled)
    default:
  }
}

const openSend = (state: SendTimeState, made: DecisionMade): void => {
  const { timing, verdict, decisionId, campaignId, profileId } = made
  if (timing === undefined || verdict !== 'act' || state.open.has(decisionId)) return
  if (state.open.size >= OPEN_MAX) {
    state.left.noRoom++
    return
  }
  const answer = state.answers.get(campaignId) ?? 'click'
  state.open.set(decisionId, {
    campaignId,
    profileId,
    timing,
    answer,
    madeAt: made.at,
    sentAt: 0,
    answered: 0,
  })
  if (state.sweepAt === 0) state.sweepAt = made.at + HOUR_MS
}

const noteSent = (state: SendTimeState, { data, at }: LogEvent, open: OpenSend): void => {
  if (at >= open.timing.at && at < open.timing.until) {
    open.sentAt = at
    return
  }
  state.open.delete((data as About).decisionId)
  state.left.otherHour++
}

/** A machine's visit is no answer. */
const noteResponse = (state: SendTimeState, response: DeliveryResponded, at: number): void => {
  if (response.machine) return
  const open = state.open.get(response.decisionId)
  if (open === undefined) return
  const counts =
    (response.kind === 'clicked' && open.answer !== 'goal') ||
    (response.kind === 'opened' && open.answer === 'open')
  if (counts) answer(open, at)
}

const noteOutcome = (state: SendTimeState, outcome: OutcomeSettled): void => {
  if (outcome.kind !== 'converted') return
  const open = state.open.get(outcome.decisionId)
  if (open !== undefined) answer(open, open.madeAt + outcome.delayMs)
}

const answer = (open: OpenSend, at: number): void => {
  if (open.sentAt > 0 && at >= open.sentAt && at <= open.sentAt + ANSWER_WITHIN_MS) open.answered = 1
}

/** Learns from what had its time, once an hour of the log's clock; what never left is given up after its goal's while. */
const sweep = (state: SendTimeState, now: number, input: SendTimeInput): void => {
  state.sweepAt = now + HOUR_MS
  for (const [decisionId, open] of state.open) {
    if (open.sentAt === 0) {
      if (now < open.timing.until + 7 * DAY_MS) continue
      state.open.delete(decisionId)
      state.left.notSent++
    } else if (now > open.sentAt + ANSWER_WITHIN_MS + GRACE_MS) {
      state.open.delete(decisionId)
      settle(state, open, input)
    }
  }
}

const settle = (
  state: SendTimeState,
  { campaignId, profileId, timing, answered }: OpenSend,
  input: SendTimeInput,
) => {
  const ref = input.refOf(profileId as DecisionMade['profileId'])
  if (ref === undefined) return
  const arms = state.arms.get(campaignId) ?? createArms()
  if (state.arms.has(campaignId) || state.arms.size < CAMPAIGNS_MAX) state.arms.set(campaignId, arms)
  noteArm(arms, timing.mode, answered)
  learnSend(state.model, {
    person: senderOf(ref),
    segments: timing.segments,
    hour: timing.hour,
    weekday: timing.weekday,
    answered,
    random: timing.mode === 'explore',
  })
}

/** Answers to sends whose hour was drawn by chance, of all campaigns. */
export const randomAnswers = ({ arms }: SendTimeState): number =>
  [...arms.values()].reduce((sum, { explore }) => sum + explore.answered, 0)

export const armsOf = (state: SendTimeState, campaignId: string): Arms =>
  state.arms.get(campaignId) ?? createArms()

export const dumpSendTimeState = (state: SendTimeState): Dump => ({
  ...dumpSendTime(state.model),
  open: structuredClone([...state.open]),
  arms: structuredClone([...state.arms]),
  answers: [...state.answers],
  sweepAt: state.sweepAt,
  left: { ...state.left },
})

export const restoreSendTimeState = (dump: Dump): SendTimeState => {
  const entries = <T>(name: string) =>
    structuredClone(dump[name]) as unknown as readonly (readonly [string, T])[]
  return {
    model: restoreSendTime(dump),
    open: new Map(entries<OpenSend>('open')),
    arms: new Map(entries<Arms>('arms')),
    answers: new Map(entries<SendTimeSpec['answer']>('answers')),
    sweepAt: dump['sweepAt'] as number,
    left: { ...(dump['left'] as SendTimeState['left']) },
  }
}
