// Pauses: how long nothing ran or all was stopped, and whether this is a system restored from a backup.
// What gathered in a long pause must not leave as a flood, and what a restored system believes to be waiting
// may have been sent already by the one it stands in for.

import { MINUTE_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import type { DELIVERY_ATTEMPTED, DeliveryAttempted } from '../delivery/events.ts'
import {
  STOP_LIFTED,
  SYSTEM_RESTORED,
  SYSTEM_STARTED,
  type StopLifted,
  type StopScope,
  type SystemRestored,
} from './events.ts'
import { covers, isSeen, scopeKey, type Stops } from './stop.ts'

/** Shorter ones gather no more than everyday traffic. */
const PAUSE_MS_MIN = 5 * MINUTE_MS
/** So many leave in the first minute after a long pause, and twice as many in each one after it. */
const FIRST_MINUTE = 60
/** By then it is 60 · 2^12 a minute: as good as no limit. */
const RAMP_MS = 12 * MINUTE_MS

/** Sending that begins again, slowly. */
export type Ramp = {
  readonly scope: StopScope
  /** When the pause was over, ms. */
  readonly at: number
  /** Attempts since then. */
  released: number
}

export type Pauses = {
  /** How often this log was restored from a backup, plus one. */
  epoch: number
  /** Until everything is resumed. */
  restored: (SystemRestored & { readonly at: number }) | null
  /** Acts decided before this offset may have been sent by the system this one was restored from: they leave no more. */
  fence: number
  /** When the latest event was appended: when something last ran. */
  lastAt: number
  /** By scope. */
  ramps: Record<string, Ramp>
}

export const createPauses = (): Pauses => ({ epoch: 1, restored: null, fence: 0, lastAt: 0, ramps: {} })

const ATTEMPTED: typeof DELIVERY_ATTEMPTED = 'delivery.attempted.v1'

/** Takes one event in; `stops` as they were before it. */
export const foldPauses = (pauses: Pauses, event: LogEvent, stops: Stops): void => {
  switch (event.type) {
    case SYSTEM_RESTORED: {
      const restored = event.data as SystemRestored
      pauses.epoch = restored.epoch
      pauses.restored = { ...restored, at: event.at }
      break
    }
    case SYSTEM_STARTED:
      if (isLongPause(pauses.lastAt, event.at)) beginRamp(pauses.ramps, { kind: 'all' }, event.at)
      break
    case STOP_LIFTED:
      foldLifted(pauses, event as LogEvent<StopLifted>, stops)
      break
    case ATTEMPTED:
      countReleased(pauses.ramps, event.data as DeliveryAttempted)
      break
  }
  if (event.at > pauses.lastAt) pauses.lastAt = event.at
}

const foldLifted = (pauses: Pauses, { data, at, offset }: LogEvent<StopLifted>, stops: Stops): void => {
  const { scope, sendRestored = false } = data
  if (!isSeen(stops, data)) return
  const raised = stops.get(scopeKey(scope))
  if (raised !== undefined && isLongPause(raised.at, at)) beginRamp(pauses.ramps, scope, at)
  if (pauses.restored === null || scope.kind !== 'all') return
  pauses.restored = null
  if (!sendRestored) pauses.fence = offset
}

/** Whether more gathers between these times than everyday traffic. */
export const isLongPause = (since: number, now: number): boolean => since > 0 && now - since > PAUSE_MS_MIN

/** From now on, sending in this scope begins slowly. */
export const beginRamp = (ramps: Record<string, Ramp>, scope: StopScope, at: number): void => {
  for (const [key, ramp] of Object.entries(ramps)) if (at - ramp.at > RAMP_MS) delete ramps[key]
  ramps[scopeKey(scope)] = { scope, at, released: 0 }
}

/** One more has left. */
export const countReleased = (
  ramps: Record<string, Ramp>,
  about: Pick<DeliveryAttempted, 'channel' | 'campaignId'>,
): void => {
  if (about.channel === 'onsite') return
  for (const ramp of Object.values(ramps)) if (covers(ramp.scope, about)) ramp.released++
}

/** Whether a message may leave as far as ramps go, when so many are on their way that no ramp has counted yet. */
export const isWithinRamps = (
  ramps: Readonly<Record<string, Ramp>>,
  about: Pick<DeliveryAttempted, 'channel' | 'campaignId'>,
  { now, underWay }: { readonly now: number; readonly underWay: number },
): boolean =>
  Object.values(ramps).every(
    (ramp) =>
      now - ramp.at > RAMP_MS ||
      !covers(ramp.scope, about) ||
      ramp.released + underWay < releasedBy(now - ramp.at),
  )

/**
 * How many may have left so long after a pause: 1 + 60 · (2^m − 1) after m minutes.
 * @example releasedBy(60_000) // 61
 */
export const releasedBy = (elapsedMs: number): number =>
  1 + Math.floor(FIRST_MINUTE * (2 ** (Math.max(0, elapsedMs) / MINUTE_MS) - 1))
