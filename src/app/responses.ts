// Bounces and complaints that a mail system reports by decision: who it was about is found in the log.

import { Failure } from '../kernel/failure.ts'
import type { DecisionId } from '../kernel/ids.ts'
import type { NewEvent } from '../log/port.ts'
import { DELIVERY_ATTEMPTED, DELIVERY_RESPONDED, type DeliveryAttempted } from '../delivery/events.ts'
import { SUPPRESSION_ADDED } from '../guardrail/events.ts'
import { addressOf, refOf, timelineOffsets } from '../profile/index.ts'
import type { Loop } from '../loop.ts'
import type { AddressHash } from '../stages/recipient.ts'

const LOOKED_AT_MAX = 2_000

/** The facts of a report; repeated reports change nothing. Throws Failure `report.unknown_decision`. */
export const responseFacts = async (
  loop: Loop,
  decisionId: DecisionId,
  kind: 'bounced' | 'complained',
  hash: AddressHash,
): Promise<readonly NewEvent[]> => {
  const { profile } = loop.state
  const ref = refOf(profile, decisionId.slice(decisionId.lastIndexOf(':') + 1))
  const offsets =
    ref === undefined ? [] : timelineOffsets(profile, ref, LOOKED_AT_MAX).map(({ offset }) => offset)
  const events = await loop.log.get(offsets)
  const attempt = events.find(
    ({ type, data }) => type === DELIVERY_ATTEMPTED && (data as DeliveryAttempted).decisionId === decisionId,
  )
  if (ref === undefined || attempt === undefined)
    throw new Failure({
      code: 'report.unknown_decision',
      message: 'No message of this decision was ever sent.',
      hint: 'Send the decisionId of the message, as in its Feedback-ID or Message-ID.',
    })
  const { campaignId, profileId, channel } = attempt.data as DeliveryAttempted
  const at = loop.ctx.now()
  const responded: NewEvent = {
    id: `resp:${decisionId}:${kind}:h:`,
    type: DELIVERY_RESPONDED,
    key: profileId,
    at,
    data: { decisionId, campaignId, profileId, channel, kind, machine: false, url: '' },
  }
  const address = addressOf(profile, ref, channel)
  if (address === undefined) return [responded]
  const addressHash = hash(channel, address)
  const reason = kind === 'bounced' ? 'hard_bounce' : 'complaint'
  return [
    responded,
    {
      id: `sup:${channel}:${addressHash}:${reason}`,
      type: SUPPRESSION_ADDED,
      key: '',
      at,
      data: { channel, addressHash, reason },
    },
  ]
}
