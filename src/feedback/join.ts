// From signals to conversions: which open decisions a goal event is credited to, and what it is worth.

import { noteResult } from '../model/index.ts'
import { delayOf } from './early-lessons.ts'
import type { Business } from '../kernel/business.ts'
import { amountOf, orderMargin, orderOf, refundOf } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import type { OpenDecision, OpenDecisions } from './open-decisions.ts'
import type { Feedback } from './state.ts'

/** What a signal is as a conversion of a goal: its name, amounts in whole currency units, and what makes it unique. */
export type Conversion = {
  readonly event: string
  readonly messageId: string
  readonly cause: string
  readonly revenue: number
  readonly margin: number
  /** The amounts are without what was given away: nothing more is taken off for an offer. */
  readonly discountTaken: boolean
  readonly at: number
  /** The decision the signal itself names, '' for none. */
  readonly decisionId: string
}

/** Name of a track event, `$page`, `$identify`, … for the other kinds: as goals and triggers spell it. */
export const eventNameOf = (signal: Signal): string =>
  signal.kind === 'track' ? signal.name : `$${signal.kind}`

export const conversionOf = (signal: Signal, business: Business): Conversion => {
  const order = orderOf(signal)
  const { properties } = signal
  const revenue =
    order?.revenue ??
    amountOf(properties['revenue']) ??
    amountOf(properties['total']) ??
    amountOf(properties['value']) ??
    0
  const margin =
    order === null
      ? (amountOf(properties['margin']) ?? revenue * business.marginShare)
      : orderMargin(order, business.marginShare)
  return {
    event: eventNameOf(signal),
    messageId: signal.messageId,
    cause: order?.orderId ?? signal.messageId,
    revenue,
    margin,
    discountTaken: order?.margin !== undefined || order?.discount !== undefined,
    at: signal.at,
    decisionId: decisionIdOf(signal),
  }
}

/** Margin that the signal adds to what its person brought: an order's, or a refund's as a negative; 0 for all else. */
export const marginOf = (signal: Signal, business: Business): number => {
  const order = orderOf(signal)
  if (order !== null) return orderMargin(order, business.marginShare)
  const refund = refundOf(signal)
  return refund === null ? 0 : 0 - refund.amount * business.marginShare
}

/** The decision named by the signal's `decisionId`, in its properties or its context; '' when none. */
export const decisionIdOf = (signal: Signal): string => {
  const named = signal.properties['decisionId'] ?? signal.context['decisionId']
  return typeof named === 'string' ? named : ''
}

/**
 * Credits one conversion: in each campaign whose goal it is, the decision the signal names, else the most
 * recent one of this person that the person felt, else the most recent. Returns the largest discount share
 * given away by a credited decision: an order can use only one.
 */
export const credit = (state: Feedback, ref: number, conversion: Conversion): number => {
  let discountShare = 0
  const { at } = conversion
  for (const decision of creditedTo(state.open, ref, conversion)) {
    if (decision.closed) {
      decision.causes.push(conversion.cause)
      countLate(state, decision.campaignId, worthOf(decision, conversion))
    } else if (decision.causes.length >= state.options.conversionsMax) state.counts.conversionsFull++
    else {
      noteResult(state.delays, delayOf(decision), { at: decision.at, delayMs: at - decision.at })
      discountShare = Math.max(discountShare, addPending(state.open, decision, conversion))
    }
  }
  return discountShare
}

const addPending = (store: OpenDecisions, decision: OpenDecision, conversion: Conversion): number => {
  decision.causes.push(conversion.cause)
  decision.pending.push({
    causeMessageId: conversion.messageId,
    cause: conversion.cause,
    reward: worthOf(decision, conversion),
    delayMs: conversion.at - decision.at,
  })
  store.unsettled.add(decision)
  if (conversion.discountTaken || decision.stage !== 'applied' || decision.discountShare === 0) return 0
  decision.discount += decision.discountShare * conversion.revenue
  return decision.discountShare
}

/** A conversion that came when its decision had closed: shown, and learnt by nobody. */
export const countLate = (state: Feedback, campaignId: string, reward: number): void => {
  const late = state.late.get(campaignId) ?? { count: 0, reward: 0 }
  late.count++
  late.reward += reward
  state.late.set(campaignId, late)
}

const worthOf = (decision: OpenDecision, conversion: Conversion): number => {
  if (decision.value === 'count') return 1
  return decision.value === 'revenue' ? conversion.revenue : conversion.margin
}

/** One decision per campaign: those of the person and, first, the one the signal names. */
const creditedTo = (store: OpenDecisions, ref: number, conversion: Conversion): OpenDecision[] => {
  const named = conversion.decisionId === '' ? undefined : store.byId.get(conversion.decisionId)
  const best = new Map<string, OpenDecision>()
  // A shop that reports one order twice, from the page and from the server, has sold once.
  const taken = new Set<string>()
  for (const decision of store.byRef.get(ref) ?? []) {
    if (decision.causes.includes(conversion.cause)) taken.add(decision.campaignId)
    if (!covers(decision, conversion)) continue
    const other = best.get(decision.campaignId)
    if (other === undefined || isBetter(decision, other)) best.set(decision.campaignId, decision)
  }
  if (named !== undefined && covers(named, conversion)) best.set(named.campaignId, named)
  return [...best.values()].filter(
    (decision) => !taken.has(decision.campaignId) && !decision.causes.includes(conversion.cause),
  )
}

const covers = (decision: OpenDecision, conversion: Conversion): boolean =>
  decision.goalEvent === conversion.event &&
  conversion.at >= decision.at &&
  conversion.at <= decision.deadline

/** Open before closed, then felt before withheld, then the most recent. */
const isBetter = (left: OpenDecision, right: OpenDecision): boolean => {
  if (left.closed !== right.closed) return right.closed
  const leftFelt = left.stage !== 'unapplied'
  const rightFelt = right.stage !== 'unapplied'
  if (leftFelt !== rightFelt) return leftFelt
  return left.at > right.at || (left.at === right.at && left.seq > right.seq)
}
