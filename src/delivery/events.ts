// What became of a decision on its way out. An attempt is in the log before the first byte leaves.

import type { CampaignId, CreativeId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Reason } from '../decision/events.ts'
import type { StopScope } from '../guardrail/events.ts'
import type { ChannelName } from '../profile/events.ts'

export type EmailContent = {
  readonly subject: string /** MJML or HTML, Liquid inside. */
  readonly body: string
  readonly text?: string
}
export type CreativeSpec = {
  readonly id: CreativeId
  readonly channel: ChannelName
  /** Who approved this very text; '' = nobody: it cannot be sent (S11). */
  readonly approvedBy: string
  /** A moment its words are written for, such as `empathetic`: sent only while that is asked for. Absent = plain. */
  readonly tone?: string
  /** By BCP 47 language. For e-mail an EmailContent; for a placement any JSON object, Liquid in its strings; for a webhook the same. */
  readonly content: Readonly<Record<string, EmailContent | Readonly<Record<string, unknown>>>>
}

export const CREATIVES_APPLIED = 'creatives.applied.v1'
export type CreativesApplied = {
  readonly version: string
  readonly creatives: readonly CreativeSpec[]
  readonly sender: SenderSpec
}
export type SenderSpec = {
  readonly name: string
  readonly email: string /** Postal or legal footer, Liquid. */
  readonly footer: string
}

/** Which decision an event of this slice is about, and whom. */
export type About = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly channel: ChannelName
}

export const DELIVERY_ATTEMPTED = 'delivery.attempted.v1'
/** Appended with the id `att:<decisionId>`: a second attempt is a duplicate and stops there. */
export type DeliveryAttempted = About & {
  readonly messageId: string
  readonly creativeId: CreativeId
  /** Contact cost in whole currency units. */
  readonly cost: number
  readonly discountShare: number
}
export const DELIVERY_SENT = 'delivery.sent.v1'
export type DeliverySent = About & { readonly messageId: string; readonly response: string }
export const DELIVERY_FAILED = 'delivery.failed.v1'
/** Certainly not accepted by the receiver. */
export type DeliveryFailed = About & {
  readonly code: string
  readonly message: string
  readonly permanent: boolean
}
export const DELIVERY_UNKNOWN = 'delivery.unknown.v1'
/** May or may not have arrived: never sent again by itself, shown to a person. */
export type DeliveryUnknown = About & { readonly reason: string }
export const DELIVERY_WITHHELD = 'delivery.withheld.v1'
/** Checked once more when transmitting, and not allowed any more. */
export type DeliveryWithheld = About & { readonly reasons: readonly Reason[] }

export const DELIVERY_HELD = 'delivery.held.v1'
/** Not now, but later: quiet hours, for one. It stays in the outbox and falls due again at `until` (ms). */
export type DeliveryHeld = About & { readonly reasons: readonly Reason[]; readonly until: number }

export const DELIVERY_RELEASED = 'delivery.released.v1'
/** People said yes to a batch: its members up to the offset they had seen may leave. */
export type DeliveryReleased = { readonly line: string; readonly upTo: number; readonly proposalId: string }

export const DELIVERY_DENIED = 'delivery.denied.v1'
/** A no, an expiry, or something taken back: its members up to that offset leave no more. */
export type DeliveryDenied = {
  readonly line: string
  readonly upTo: number
  readonly proposalId: string
  readonly reason: Reason
  /** Only those that would do one of these; absent: all. */
  readonly actions?: readonly string[]
}

export const DELIVERY_PARKED = 'delivery.parked.v1'
/** What was to leave before that time (ms) waits in a line of its own for a person: late after a STOP. */
export type DeliveryParked = { readonly line: string; readonly before: number; readonly scope: StopScope }

export const DELIVERY_RESPONDED = 'delivery.responded.v1'
/** What came back. `machine`: the bot filter took it for a scanner; it counts for nothing. */
export type DeliveryResponded = About & {
  readonly kind: 'opened' | 'clicked' | 'bounced' | 'complained' | 'unsubscribed'
  readonly machine: boolean
  readonly url: string
}

// Money in ad lines: those facts stand in a file of their own.
export {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  MOVE_NOT_DONE,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SPEND_MOVE_FAILED,
  SPEND_MOVE_UNKNOWN,
} from './ads/events.ts'
export type {
  AdLineSpec,
  AdsLinesApplied,
  AdsReported,
  PlatformTraits,
  ReportedDay,
  SpendIncidentClosed,
  SpendIncidentOpened,
  SpendMove,
  SpendMoveAttempted,
  SpendMoveConfirmed,
  SpendMoveFailed,
  SpendMoveUnknown,
  SpendRules,
} from './ads/events.ts'
