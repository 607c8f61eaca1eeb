// What the signal slice puts in the log: each accepted request as it came, with a small header.

import type { LogEvent } from '../log/port.ts'

export type SignalEndpoint = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias' | 'batch'

/**
 * Under this key an item of a request holds how its text was read when it came: with the item it is encrypted, and gone
 * when that is. Whatever a sender puts there is taken out.
 */
export const TONE_KEY = '$tone'
/** How the words of a person sound, by a model, once. */
export type ToneReading = {
  /** −1 (surely negative) to 1. */
  readonly tone: number
  readonly sentiment: 'negative' | 'neutral' | 'positive'
  /** 0 to 1. */
  readonly confidence: number
  /** The strongest one that is likely enough; '' where there is none. */
  readonly emotion: string
  readonly language: 'ru' | 'en'
  /** Of the model, or the lists of words, that read it. */
  readonly version: string
}

export type SignalReceived = {
  readonly header: {
    readonly endpoint: SignalEndpoint
    /** Which key or importer brought it. */
    readonly source: string
    /** ms since the epoch, by the product's clock. */
    readonly receivedAt: number
    /** Ids given by the server to items without a messageId, by position in the batch. */
    readonly ids?: readonly (string | null)[]
    /** The sender asked for strict mode: events whose time makes no sense are left out, not dated by receipt. */
    readonly strict?: boolean
  }
  /** The request's JSON body, untouched. */
  readonly payload: unknown
  /** Never written: reading the log puts here which items are only what was left of them when their time was over. */
  readonly expired?: readonly number[]
}

export const SIGNAL_RECEIVED = 'signal.received.v1'
export type SignalReceivedEvent = LogEvent<SignalReceived>

/** One thing that happened, read from a request: validated, its time corrected for the sender's clock. */
export type Signal = {
  readonly kind: 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias'
  readonly messageId: string
  /** '' where absent, so that all signals have one shape. */
  readonly userId: string
  readonly anonymousId: string
  readonly previousId: string
  readonly groupId: string
  /** Name of the track event, page or screen; '' otherwise. */
  readonly name: string
  /** `properties` of track, page, screen. */
  readonly properties: Readonly<Record<string, unknown>>
  /** `traits` of identify and group, and `context.traits`. */
  readonly traits: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
  /** When it happened, ms: `timestamp` + (`receivedAt` − `sentAt`), never later than receivedAt. */
  readonly at: number
  readonly receivedAt: number
  readonly source: string
  /** How its text was read; absent where nothing was. */
  readonly tone?: ToneReading
  /** Its time is over: it says who it was, not what they did. */
  readonly past?: true
}
