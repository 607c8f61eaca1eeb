// The only door out: a message leaves with a Cleared pass, and passes are made here alone. Making one
// checks everything again and holds its place in every cap, in one synchronous step.

import type { DecisionId } from '../kernel/ids.ts'
import { assert } from '../kernel/assert.ts'
import { formatDuration } from '../kernel/duration.ts'
import { toMicros } from '../kernel/money.ts'
import type { Reason } from '../decision/events.ts'
import { checkWithReservations } from './check.ts'
import type { LeaveCheck } from './check.ts'
import { dropReservation } from './state.ts'
import type { GuardrailState } from './state.ts'

const maker = Symbol('guardrail')

class Pass<T> {
  readonly #maker: symbol
  readonly decisionId: DecisionId
  /** What was cleared: nothing else may be sent with this pass. */
  readonly payload: T

  constructor(key: symbol, decisionId: DecisionId, payload: T) {
    assert(key === maker, 'only the guardrail clears')
    this.#maker = key
    this.decisionId = decisionId
    this.payload = payload
    Object.freeze(this)
  }

  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #maker in value && value.#maker === maker
  }
}

/** Proof that the guardrail let this very payload out. It cannot be made elsewhere, nor copied. */
export type Cleared<T> = Pass<T>

/** For this slice alone (not in index.ts): the pass of something that has been checked. */
export const passFor = <T>(decisionId: DecisionId, payload: T): Cleared<T> =>
  new Pass(maker, decisionId, payload)

/** Whether a value is a pass made here, and not something shaped like one. */
export const isCleared = (value: unknown): value is Cleared<unknown> => Pass.made(value)

export type Clearance<T> =
  | { readonly kind: 'cleared'; readonly cleared: Cleared<T> }
  | { readonly kind: 'withheld'; readonly reasons: readonly Reason[] }

export type ClearRequest<T> = Omit<LeaveCheck, 'sendAt'> & {
  readonly decisionId: DecisionId
  readonly payload: T
  /** ms, the moment of transmitting. */
  readonly now: number
  /** ms, when the decision meant it to leave. */
  readonly sendAt: number
  /** Offset of the decision in the log; absent when it is made just now. */
  readonly decisionOffset?: number
}

/**
 * Checks everything once more at the moment of transmitting and, when nothing speaks against it, holds
 * the message's place in caps and budget. The hold ends when `delivery.attempted` (then it counts for
 * good) or `delivery.withheld` is folded, or by {@link release}: a pass that is not used must be released.
 */
export const clear = <T>(state: GuardrailState, request: ClearRequest<T>): Clearance<T> => {
  const { now, sendAt, decisionId } = request
  const reasons = [...checkWithReservations(state, { ...request, sendAt: now })]
  const lateness = now - sendAt
  if (lateness > state.limits.latenessMsMax)
    reasons.push({
      code: 'late',
      detail: `${formatDuration(Math.floor(lateness / 60_000) * 60_000)}/${formatDuration(state.limits.latenessMsMax)}`,
    })
  if ((request.decisionOffset ?? Number.POSITIVE_INFINITY) < state.pauses.fence)
    reasons.push({ code: 'restored', detail: '' })
  if (state.reservations.has(decisionId))
    reasons.push({ code: 'superseded', detail: 'already on its way out' })
  if (state.reservations.size >= state.options.reservationsMax)
    reasons.push({ code: 'overloaded', detail: `${state.options.reservationsMax} on their way out` })
  if (reasons.length > 0) return { kind: 'withheld', reasons }
  reserve(state, request)
  return { kind: 'cleared', cleared: new Pass(maker, decisionId, request.payload) }
}

/** Gives up a pass that was not used. Harmless when its message was attempted already. */
export const release = (state: GuardrailState, cleared: Cleared<unknown>): void =>
  dropReservation(state, cleared.decisionId)

/** Takes over what is on its way out by another state of the same log: the log does not know it. */
export const takeOverReservations = (into: GuardrailState, from: GuardrailState): void => {
  for (const [decisionId, held] of from.reservations) into.reservations.set(decisionId, held)
  for (const [profileId, held] of from.reservedByProfile) into.reservedByProfile.set(profileId, held)
  for (const [campaignId, micros] of from.reservedMicros) into.reservedMicros.set(campaignId, micros)
}

const reserve = (state: GuardrailState, request: ClearRequest<unknown>): void => {
  const { decisionId, action, campaign, recipient } = request
  assert(campaign !== undefined, 'a campaign that is gone clears nothing')
  const { profileId } = recipient
  const costMicros = toMicros(action.contactCost)
  const discount = (action.offer?.discountShare ?? 0) > 0
  state.reservations.set(decisionId, {
    profileId,
    channel: action.channel,
    campaignId: campaign.id,
    discount,
    costMicros,
  })
  const ofProfile = state.reservedByProfile.get(profileId)
  if (ofProfile === undefined) state.reservedByProfile.set(profileId, new Set([decisionId]))
  else ofProfile.add(decisionId)
  state.reservedMicros.set(campaign.id, (state.reservedMicros.get(campaign.id) ?? 0) + costMicros)
}
