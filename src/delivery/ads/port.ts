// An ad platform as Windvane sees it: something to read, and something to write a budget to. Adapters speak the real
// protocols; all of them pass one conformance suite (testing/platform-conformance.ts).

import type { PlatformTraits, ReportedDay } from './events.ts'

export type PlatformLine = {
  readonly externalId: string
  /** Budget a day in force, in micros of the account's currency; 0 when paused; null when the platform does not tell. */
  readonly budgetMicros: number | null
  /** The platform's own limit of what the line may spend in all its days; null or absent when it has none. */
  readonly totalLimitMicros?: number | null
  readonly days: readonly ReportedDay[]
}

export type WriteResult =
  /** The platform said yes. Not yet the truth: that is what is read afterwards. */
  | { readonly kind: 'accepted' }
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string; readonly retryable: boolean }
  /** Sent, and no answer that could be understood. */
  | { readonly kind: 'unknown'; readonly detail: string }

export type AdPlatform = {
  readonly name: string
  readonly currency: string
  readonly traits: PlatformTraits
  /**
   * Budgets and days of these lines. Rejects with a Failure `ads.*` when the platform cannot be asked; a line it does
   * not know is left out.
   */
  readonly read: (ask: {
    readonly externalIds: readonly string[]
    /** Days since 1970-01-01 in the account's zone, both inclusive. */
    readonly fromDay: number
    readonly toDay: number
    /** Only what is in force: reports take long. */
    readonly budgetsOnly?: boolean
  }) => Promise<readonly PlatformLine[]>
  /** Sets the budget a day; 0 pauses, more than 0 also resumes. Never rejects: what went wrong is a result. */
  readonly write: (ask: {
    readonly externalId: string
    readonly budgetMicros: number
    readonly currency: string
    /** Same move, same effect: where a platform takes idempotency keys, this is it. */
    readonly moveId: string
  }) => Promise<WriteResult>
  readonly close: () => Promise<void>
}
