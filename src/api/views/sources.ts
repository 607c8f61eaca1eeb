// What the views read: the loop's folded state, the log behind it, and the few facts that are not in either.

import type { StopScope } from '../../guardrail/events.ts'
import type { Loop } from '../../loop.ts'
import type { ModelKey } from '../../model/events.ts'
import type { Language } from '../stream.ts'

export type ViewSources = {
  readonly loop: Loop
  readonly mode: 'live' | 'demo'
  /** Product ms per real ms. */
  readonly clockRate: number
  /** In the demo: the planted lift per person; null when not known. */
  readonly truth: () => number | null
  /** Reason when a STOP file is there. */
  readonly stopFile: () => string | null
  /** Every STOP that lies as a file in the data folder. */
  readonly stopFiles: () => readonly {
    readonly scope: StopScope
    readonly reason: string
    /** Which file it is. */
    readonly mark: string
  }[]
  readonly snapshotOffset: () => number
  /** Training of models: one round at a time. */
  readonly models: {
    readonly isRunning: () => boolean
    /** Has these learnt as soon as nothing else is; what comes of it is in the log. */
    readonly begin: (keys: readonly ModelKey[]) => void
  }
  /** Faults that the operator should know of, such as a full disk. */
  readonly troubles: () => readonly {
    readonly kind: 'disk_full' | 'delivery_failing'
    readonly detail: string
  }[]
}

export type { Language }
