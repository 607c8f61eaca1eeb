// No flood after a STOP: what had fallen due before it was lifted leaves at a given rate; what falls due
// afterwards does not wait for it.

import type { QueuedDelivery } from '../delivery/index.ts'
import type { LoopState } from '../loop.ts'
import { MINUTE_MS } from '../kernel/time.ts'

export type Pace = {
  /** Whether it may start now; asking changes nothing. */
  readonly allows: (queued: QueuedDelivery, now: number) => boolean
  /** It was started. */
  readonly took: (queued: QueuedDelivery) => void
}

export const createPace = (state: LoopState): Pace => {
  let of = 0
  let taken = 0
  const isBacklog = ({ dueAt }: QueuedDelivery): boolean => dueAt <= state.governance.resumedAt
  return {
    allows: (queued, now) => {
      const { policy, resumedAt } = state.governance
      if (policy.resumePerMinute === null || resumedAt === 0 || !isBacklog(queued)) return true
      if (of !== resumedAt) {
        of = resumedAt
        taken = 0
      }
      // The first second's worth at once, so that a small backlog is gone at once too.
      const perMs = policy.resumePerMinute / MINUTE_MS
      return taken < Math.max(1, perMs * 1_000) + perMs * (now - resumedAt)
    },
    took: (queued) => {
      if (isBacklog(queued)) taken++
    },
  }
}
