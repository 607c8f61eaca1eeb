// Bugs put in on purpose, to see that the simulation finds such bugs: each is a line that somebody might write.

import type { Channel, RenderedEmail } from '../../src/delivery/index.ts'
import { DELIVERY_RESPONDED } from '../../src/delivery/events.ts'
import { unsettledAttempts } from '../../src/delivery/index.ts'
import { HOLD_PLACED, STOP_RAISED, type HoldPlaced } from '../../src/guardrail/events.ts'
import { asCreativeId } from '../../src/kernel/ids.ts'
import type { EventLog, LogEvent } from '../../src/log/port.ts'
import type { Loop } from '../../src/loop.ts'
import { addressOf, refOf } from '../../src/profile/index.ts'
import { CONSENT_CHANGED } from '../../src/profile/events.ts'

export const BUGS = [
  /** An unsubscription is acknowledged and never reaches the fold. */
  'withdrawals_unread',
  /** The guardrail's veto at the first byte is not asked. */
  'no_second_look',
  /** A message whose fate nobody knows is sent again. */
  'unknown_sent_again',
  /** After a crash what was under way is sent again. */
  'attempts_sent_again',
  /** The caps of people are not in force. */
  'caps_off',
  /** The caps of ad money are three times what people set. */
  'money_caps_off',
  /** STOP is gone after a restart. */
  'stop_forgotten',
  /** The log says yes before it has flushed. */
  'acknowledged_before_flush',
  /** A snapshot loses an event at its seam. */
  'snapshot_seam',
  /** What waits for people leaves by itself. */
  'approval_skipped',
  /** The hold of a crisis is not asked at the first byte nor before. */
  'holds_unread',
] as const
export type Bug = (typeof BUGS)[number]

/** Whether an event reaches the fold. */
export const isFolded = ({ type, data }: LogEvent, bug: Bug | null): boolean => {
  switch (bug) {
    case 'withdrawals_unread':
      return type !== CONSENT_CHANGED && type !== DELIVERY_RESPONDED
    case 'stop_forgotten':
      return type !== STOP_RAISED
    case 'holds_unread':
      return type !== HOLD_PLACED || (data as HoldPlaced).scope.kind !== 'promotions'
    default:
      return true
  }
}

/** Its subscribers do not hear what the bug loses; what a restart loses is heard until then. */
export const deafLog = (log: EventLog, bug: Bug | null): EventLog =>
  bug === 'withdrawals_unread' || bug === 'holds_unread'
    ? {
        ...log,
        subscribe: (subscriber) =>
          log.subscribe((events) => subscriber(events.filter((event) => isFolded(event, bug)))),
      }
    : log

/** What a crash left under way goes out once more. */
export const sendAgain = ({ state, ctx }: Loop, channel: Channel, content: RenderedEmail): void => {
  for (const { decisionId, campaignId, profileId, channel: name, messageId, creativeId } of unsettledAttempts(
    state.delivery,
  )) {
    const ref = refOf(state.profile, profileId)
    const to = ref === undefined ? undefined : addressOf(state.profile, ref, name)
    if (to === undefined) continue
    const about = {
      decisionId,
      campaignId,
      profileId,
      channel: name,
      messageId,
      creativeId: asCreativeId(creativeId),
      to,
    }
    void channel.send({ ...about, content, at: ctx.now() }, () => [])
  }
}
