// Limits people set, STOP, and whom never to write to.

import type { Said } from '../kernel/said.ts'
import type { ChannelName } from '../profile/events.ts'

export type PersonCap = {
  /** '' = all channels together. */
  readonly channel: ChannelName | ''
  readonly max: number
  readonly perMs: number
}

export type LimitsSpec = {
  readonly personCaps: readonly PersonCap[]
  /** Local hours [from, to) in which no message leaves; from 21 to 9 goes over midnight. Placements on site are exempt. */
  readonly quietHours: { readonly fromHour: number; readonly toHour: number } | null
  /** Most discount one person may be given, in offers per time. */
  readonly discountCap: { readonly max: number; readonly perMs: number } | null
  /** A message later than this after its hour is not sent. */
  readonly latenessMsMax: number
  /** Consent purpose required per channel; a channel not named needs `marketing`, '' needs none. */
  readonly purposes: Readonly<Record<string, string>>
  /** Channels where no word from the person counts as a yes; a withdrawal is a no everywhere. */
  readonly assumedConsent?: readonly ChannelName[]
}

export const LIMITS_APPLIED = 'limits.applied.v1'
export type LimitsApplied = { readonly version: string; readonly limits: LimitsSpec }

export type StopScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'channel'; readonly channel: ChannelName }
  | { readonly kind: 'campaign'; readonly campaignId: string }

export const STOP_RAISED = 'stop.raised.v1'
export type StopRaised = { readonly scope: StopScope; readonly reason: string; readonly by: string }

export const STOP_LIFTED = 'stop.lifted.v1'
export type StopLifted = {
  readonly scope: StopScope
  readonly by: string
  /** Offset in the log up to which whoever lifts it has looked: a STOP raised later stays. Absent: whatever there is. */
  readonly seenUpTo?: number
  /** In a restored system: what waited leaves although it may have been sent before. */
  readonly sendRestored?: boolean
  /** In a restored system that does not know who was erased after the backup: somebody saw to it, and says so. */
  readonly erasuresSeen?: boolean
}

export const SYSTEM_STARTED = 'system.started.v1'
export type SystemStarted = {
  readonly channels: readonly string[]
  readonly mode: 'live' | 'demo'
  /** Numbers given to people so far: folding the log anew must come to the same. */
  readonly profiles?: number
}

export const SYSTEM_RESTORED = 'system.restored.v1'
/** This log was restored from a backup: what the original did after that is not in it. Everything is stopped with it. */
export type SystemRestored = {
  /** Counts restores: 2 after the first. */
  readonly epoch: number
  /** When the backup was made, ms, and the last event in it. */
  readonly backupAt: number
  readonly offset: number
  readonly hash: string
  /** Of the program that made the backup. */
  readonly version: string
  readonly by: string
  /** Why erasures after the backup may be missing here; '' when those known were done again, left out before that was told. */
  readonly erasuresUnknown?: string
}

export const ERASURES_REPEATED = 'system.erasures_repeated.v1'
/** Who had been erased after the backup was made is erased in what was restored from it, too. */
export type ErasuresRepeated = {
  /** Lines of the ledger that the backup did not have, and people found by them. */
  readonly noted: number
  readonly people: number
  /** Hashes of the last lines of the ledgers: up to these, all are done here. */
  readonly through: readonly string[]
  readonly by: string
}

/** What is held; of each list an empty one means any. */
export type HoldScope =
  | {
      readonly kind: 'promotions'
      readonly channels: readonly string[]
      readonly campaigns: readonly string[]
      readonly creatives: readonly string[]
      /** Languages or countries of people: `ru` covers `ru-RU` and so does `RU`. */
      readonly markets: readonly string[]
      /** Only what has a discount. */
      readonly offersOnly: boolean
      /** Creatives of this tone go; '' = none. */
      readonly exceptTone: string
    }
  | { readonly kind: 'lines' /** Ad lines. */; readonly lines: readonly string[] }

export const HOLD_PLACED = 'hold.placed.v1'
/** Promotions or ad lines are kept back from here on; the same id again is another scope of it. */
export type HoldPlaced = {
  readonly holdId: string
  readonly scope: HoldScope
  /** Names and ids, or the words of facts written before `said`. */
  readonly why: string
  readonly said?: Said
  readonly by: string
}
export const HOLD_LIFTED = 'hold.lifted.v1'
export type HoldLifted = { readonly holdId: string; readonly by: string }

export const SUPPRESSION_ADDED = 'suppression.added.v1'
/** An address that is never written to again: it bounced, complained or was put here by a person. */
export type SuppressionAdded = {
  readonly channel: ChannelName
  /** SHA-256 of the normalised address under the installation's secret, hex. */
  readonly addressHash: string
  readonly reason: 'hard_bounce' | 'complaint' | 'manual' | 'erased'
}
