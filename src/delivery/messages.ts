// What goes through a channel and what comes back of it: the port that e-mail, webhooks and later
// channels implement. A result says only what is certain.

import type { CampaignId, CreativeId, DecisionId, ProfileId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Reason } from '../decision/events.ts'
import type { ChannelName } from '../profile/events.ts'
import type { SenderSpec } from './events.ts'

/** A rendered e-mail, ready for the wire. */
export type RenderedEmail = {
  readonly kind: 'email'
  readonly sender: SenderSpec
  readonly subject: string
  readonly html: string
  readonly text: string
  /** https, one click by RFC 8058; '' only where the sender has no public address (tests, dry runs). */
  readonly unsubscribeUrl: string
}

/** Rendered JSON, for a placement or a webhook. */
export type RenderedJson = { readonly kind: 'json'; readonly body: Json }

export type Rendered = RenderedEmail | RenderedJson

export type OutgoingMessage = {
  readonly decisionId: DecisionId
  readonly campaignId: CampaignId
  readonly profileId: ProfileId
  readonly creativeId: CreativeId
  readonly channel: ChannelName
  /** Made from the decision id alone: the same decision always has the same message id. */
  readonly messageId: string
  /** The address exactly as it is stored. */
  readonly to: string
  readonly content: Rendered
  /** Product time, ms: what the Date header says. */
  readonly at: number
}

export type ChannelResult =
  /** The receiver said yes. */
  | { readonly kind: 'sent'; readonly response: string }
  /** Certainly not accepted. `permanent`: it would be refused again; `again`: worth trying once more at once. */
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly permanent: boolean
      readonly again: boolean
    }
  /** May have been accepted. `again` only where the receiver itself drops a repeat by its id. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly again: boolean }
  /** `mayProceed` gave reasons just before transmitting: nothing was sent. */
  | { readonly kind: 'withheld'; readonly reasons: readonly Reason[] }

/** Asked at the last moment before the first byte of a message leaves; [] = go on. */
export type MayProceed = () => readonly Reason[]

export type Channel = {
  readonly name: ChannelName
  /** Settles with what is certain; does not reject. */
  readonly send: (message: OutgoingMessage, mayProceed: MayProceed) => Promise<ChannelResult>
  /**
   * Lets what is under way come to its end, then gives everything back. After `waitMs`, where that is given, what is
   * left is cut off, and says what is certain of it.
   */
  readonly close: (waitMs?: number) => Promise<void>
}

/**
 * A decision id as the local part of a Message-ID: letters, digits and hyphens stay, the rest is
 * spelt `_<hex>_`; two ids never give the same text.
 * @example messageIdOf('dec:1', 'shop.example') === 'dec_3a_1@shop.example' // true
 */
export const messageIdOf = (decisionId: string, domain: string): string =>
  `${decisionId.replace(/[^A-Za-z0-9-]/gu, (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16)}_`)}@${domain}`
