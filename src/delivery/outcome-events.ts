// The events of this slice, spelt in one place. A delivery has one attempt and one result: their ids
// hang on the decision alone, so the log itself refuses a second one.

import { NOTHING } from '../kernel/ids.ts'
import { assert } from '../kernel/assert.ts'
import type { NewEvent } from '../log/port.ts'
import type { ActionSpec, DecisionMade, Reason } from '../decision/events.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_HELD,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
  type About,
  type DeliveryAttempted,
  type DeliveryFailed,
  type DeliveryHeld,
  type DeliverySent,
  type DeliveryUnknown,
  type DeliveryWithheld,
} from './events.ts'

const TEXT_MAX = 500

export const attemptedEvent = (
  about: About,
  rest: Omit<DeliveryAttempted, keyof About>,
  at: number,
): NewEvent<DeliveryAttempted> => ({
  id: `att:${about.decisionId}`,
  type: DELIVERY_ATTEMPTED,
  key: about.profileId,
  at,
  data: { ...aboutOf(about), ...rest },
})

export const sentEvent = (
  about: About,
  { messageId, response }: { readonly messageId: string; readonly response: string },
  at: number,
): NewEvent<DeliverySent> => ({
  ...result(about, at),
  type: DELIVERY_SENT,
  data: { ...aboutOf(about), messageId, response: clip(response) },
})

export const failedEvent = (
  about: About,
  {
    code,
    message,
    permanent,
  }: { readonly code: string; readonly message: string; readonly permanent: boolean },
  at: number,
): NewEvent<DeliveryFailed> => ({
  ...result(about, at),
  type: DELIVERY_FAILED,
  data: { ...aboutOf(about), code, message: clip(message), permanent },
})

export const unknownEvent = (about: About, reason: string, at: number): NewEvent<DeliveryUnknown> => ({
  ...result(about, at),
  type: DELIVERY_UNKNOWN,
  data: { ...aboutOf(about), reason: clip(reason) },
})

/** Not allowed any more, for good. */
export const withheldEvent = (
  about: About,
  reasons: readonly Reason[],
  at: number,
): NewEvent<DeliveryWithheld> => ({
  ...result(about, at),
  type: DELIVERY_WITHHELD,
  data: { ...aboutOf(about), reasons },
})

/** Not now: it falls due again at `until`. */
export const heldEvent = (
  about: About,
  { reasons, until }: { readonly reasons: readonly Reason[]; readonly until: number },
  at: number,
): NewEvent<DeliveryHeld> => ({
  id: `hold:${about.decisionId}:${until}`,
  type: DELIVERY_HELD,
  key: about.profileId,
  at,
  data: { ...aboutOf(about), reasons, until },
})

/**
 * A placement is delivered by being answered: its attempt and its result, to be appended together with
 * its decision before the answer goes out.
 */
export const placementEvents = (decision: DecisionMade, action: ActionSpec): readonly NewEvent[] => {
  assert(decision.verdict === 'act' && decision.actionId !== NOTHING, 'only an act is placed')
  const about: About = {
    decisionId: decision.decisionId,
    campaignId: decision.campaignId,
    profileId: decision.profileId,
    channel: action.channel,
  }
  const messageId = decision.decisionId
  return [
    attemptedEvent(
      about,
      {
        messageId,
        creativeId: action.creativeId,
        cost: action.contactCost,
        discountShare: action.offer?.discountShare ?? 0,
      },
      decision.at,
    ),
    sentEvent(about, { messageId, response: 'answered' }, decision.at),
  ]
}

/** Only the fields of {@link About}, whatever else the value carries. */
export const aboutOf = ({ decisionId, campaignId, profileId, channel }: About): About => ({
  decisionId,
  campaignId,
  profileId,
  channel,
})

const result = (about: About, at: number) => ({ id: `res:${about.decisionId}`, key: about.profileId, at })

const clip = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text)
