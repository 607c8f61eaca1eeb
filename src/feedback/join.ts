// From signals to conversions: which open decisions a goal event is credited to, and what it is worth.

import { noteResult } from '../model/index.ts'
import { delayOf } from './early-lessons.ts'
import type { Business } from '../kernel/business.ts'
import { amountOf, orderMargin, orderOf, refundOf } from '../signal/index.ts'
import type { Signal } from '../signal/events.ts'
import {
  addCause,
  addPending,
  campaignOf,
  causesOf,
  goalOf,
  isClosed,
  stageOf,
  valueOf,
} from './open-fields.ts'
import { findRow, rowsOf } from './open-links.ts'
import {
  AT,
  DEADLINE,
  DISCOUNT,
  DISCOUNT_SHARE,
  NO_ROW,
  numberIn,
  type OpenDecisions,
  type Row,
  SEQ,
  setNumber,
} from './open-rows.ts'
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
  const { open } = state
  for (const row of creditedTo(open, ref, conversion)) {
    if (isClosed(open, row)) {
      addCause(open, row, conversion.cause)
      countLate(state, campaignOf(open, row), worthOf(open, row, conversion))
    } else if (causesOf(open, row).length >= state.options.conversionsMax) state.counts.conversionsFull++
    else {
      const at = numberIn(open, row, AT)
      noteResult(state.delays, delayOf(open, row), { at, delayMs: conversion.at - at })
      discountShare = Math.max(discountShare, addConversion(open, row, conversion))
    }
  }
  return discountShare
}

const addConversion = (open: OpenDecisions, row: Row, conversion: Conversion): number => {
  const { cause, messageId: causeMessageId } = conversion
  const delayMs = conversion.at - numberIn(open, row, AT)
  addCause(open, row, cause)
  addPending(open, row, { causeMessageId, cause, reward: worthOf(open, row, conversion), delayMs })
  const share = numberIn(open, row, DISCOUNT_SHARE)
  if (conversion.discountTaken || stageOf(open, row) !== 'applied' || share === 0) return 0
  setNumber(open, row, DISCOUNT, numberIn(open, row, DISCOUNT) + share * conversion.revenue)
  return share
}

/** A conversion that came when its decision had closed: shown, and learnt by nobody. */
export const countLate = (state: Feedback, campaignId: string, reward: number): void => {
  const late = state.late.get(campaignId) ?? { count: 0, reward: 0 }
  late.count++
  late.reward += reward
  state.late.set(campaignId, late)
}

const worthOf = (open: OpenDecisions, row: Row, conversion: Conversion): number => {
  const value = valueOf(open, row)
  if (value === 'count') return 1
  return value === 'revenue' ? conversion.revenue : conversion.margin
}

/** One decision per campaign: those of the person and, first, the one the signal names. */
const creditedTo = (open: OpenDecisions, ref: number, conversion: Conversion): readonly Row[] => {
  const named = conversion.decisionId === '' ? NO_ROW : findRow(open, conversion.decisionId)
  const best = new Map<string, Row>()
  // A shop that reports one order twice, from the page and from the server, has sold once.
  const taken = new Set<string>()
  for (const row of rowsOf(open, ref)) {
    const isTaken = causesOf(open, row).includes(conversion.cause)
    if (!isTaken && !covers(open, row, conversion)) continue
    const campaign = campaignOf(open, row)
    if (isTaken) taken.add(campaign)
    if (!covers(open, row, conversion)) continue
    const other = best.get(campaign)
    if (other === undefined || isBetter(open, row, other)) best.set(campaign, row)
  }
  if (named !== NO_ROW && covers(open, named, conversion)) best.set(campaignOf(open, named), named)
  return [...best]
    .filter(([campaign, row]) => !taken.has(campaign) && !causesOf(open, row).includes(conversion.cause))
    .map(([, row]) => row)
}

const covers = (open: OpenDecisions, row: Row, { at, event }: Conversion): boolean =>
  at >= numberIn(open, row, AT) && at <= numberIn(open, row, DEADLINE) && goalOf(open, row) === event

/** Open before closed, then felt before withheld, then the most recent. */
const isBetter = (open: OpenDecisions, left: Row, right: Row): boolean => {
  if (isClosed(open, left) !== isClosed(open, right)) return isClosed(open, right)
  const leftFelt = stageOf(open, left) !== 'unapplied'
  const rightFelt = stageOf(open, right) !== 'unapplied'
  if (leftFelt !== rightFelt) return leftFelt
  const [leftAt, rightAt] = [numberIn(open, left, AT), numberIn(open, right, AT)]
  return leftAt > rightAt || (leftAt === rightAt && numberIn(open, left, SEQ) > numberIn(open, right, SEQ))
}
