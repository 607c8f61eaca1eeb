// How fast messages may leave: not at all while everything is stopped, slowly after a long pause, and at the policy's
// pace what waited behind a STOP. Pauses that the log knows of are the guardrail's; a STOP by file is seen only here.

import type { Ctx } from '../kernel/ctx.ts'
import type { QueuedDelivery } from '../delivery/index.ts'
import {
  beginRamp,
  countReleased,
  isLongPause,
  isWithinRamps,
  type OutsideStops,
  type Ramp,
} from '../guardrail/index.ts'
import type { LoopState } from '../loop.ts'
import { createPace } from './pace.ts'

export type ReleaseGate = {
  /** Everything is stopped, by whatever way. */
  readonly isShut: () => boolean
  readonly mayLeave: (queued: QueuedDelivery) => boolean
  /** One is leaving. */
  readonly count: (queued: QueuedDelivery) => void
}

export const createReleaseGate = (
  {
    state,
    ctx,
    outside,
  }: { readonly state: LoopState; readonly ctx: Ctx; readonly outside: () => OutsideStops },
  underWay: () => number,
): ReleaseGate => {
  const pace = createPace(state)
  /** After a STOP by file. */
  const ramps: Record<string, Ramp> = {}
  let stoppedSince: number | null = null
  return {
    isShut: () => {
      const now = ctx.now()
      if (isEverythingStopped(state, outside())) {
        stoppedSince ??= now
        return true
      }
      if (stoppedSince !== null && isLongPause(stoppedSince, now)) beginRamp(ramps, { kind: 'all' }, now)
      stoppedSince = null
      return false
    },
    mayLeave: (queued) =>
      pace.allows(queued, ctx.now()) &&
      [ramps, state.guardrail.pauses.ramps].every((known) =>
        isWithinRamps(known, queued, { now: ctx.now(), underWay: underWay() }),
      ),
    count: (queued) => {
      pace.took(queued)
      countReleased(ramps, queued)
    },
  }
}

const isEverythingStopped = (
  { guardrail }: LoopState,
  { externalStops, policyReadable }: OutsideStops,
): boolean =>
  !policyReadable || guardrail.stops.has('all') || externalStops.some(({ kind }) => kind === 'all')
