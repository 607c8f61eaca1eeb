// STOP from outside the log, under watch: files are looked at again and again, and at once when this
// process writes one itself; what is being put on record holds from the moment it was asked for.

import type { StopScope } from '../guardrail/events.ts'
import { NO_OUTSIDE_STOPS, type OutsideStops } from '../guardrail/index.ts'
import type { StopFile } from './stop-file.ts'

/** A look at the files counts for so long, ms: thousands of placements a second must not each ask the disk. */
const STOP_FILE_SEEN_MS = 20

export type WatchedStop = {
  /** The same file; what is written or removed through it counts from that moment. */
  readonly stopFile: StopFile | null
  /** What stops from outside the log, at most 20 ms old; if it cannot be told, nothing may leave. */
  readonly outside: () => OutsideStops
  /** Stops at once, until released: while the log is still being written, or for good where it cannot be. */
  readonly hold: (scope: StopScope) => () => void
}

/** `isAlive`: whether the rest of what a sender must know can be read; false stops everything. */
export const watchStopFile = (
  file: StopFile | null,
  isAlive: () => boolean = () => true,
  clock: () => number = () => performance.now(),
): WatchedStop => {
  const holds = new Set<StopScope>()
  let seen: OutsideStops = NO_OUTSIDE_STOPS
  let seenAt = Number.NEGATIVE_INFINITY
  const lookAgain = (): void => {
    seenAt = Number.NEGATIVE_INFINITY
  }
  const hold: WatchedStop['hold'] = (scope) => {
    holds.add(scope)
    lookAgain()
    return () => {
      holds.delete(scope)
      lookAgain()
    }
  }
  const look = (): OutsideStops => {
    if (!isAlive()) return { externalStops: [...holds], policyReadable: false }
    const filed = file === null ? [] : lookAt(file)
    if (filed === null) return { externalStops: [...holds], policyReadable: false }
    if (filed.length === 0 && holds.size === 0) return NO_OUTSIDE_STOPS
    return { externalStops: [...holds, ...filed], policyReadable: true }
  }
  return {
    hold,
    stopFile:
      file === null
        ? null
        : {
            list: file.list,
            read: file.read,
            write: (reason, scope) => {
              try {
                file.write(reason, scope)
              } finally {
                lookAgain()
              }
            },
            remove: (scope, marks) => {
              try {
                file.remove(scope, marks)
              } finally {
                lookAgain()
              }
            },
          },
    outside: () => {
      const now = clock()
      if (now - seenAt < STOP_FILE_SEEN_MS) return seen
      seenAt = now
      seen = look()
      return seen
    },
  }
}

const lookAt = (file: StopFile): readonly StopScope[] | null => {
  try {
    return file.list().map(({ scope }) => scope)
  } catch {
    // Fail closed: who cannot see whether to stop, stops.
    return null
  }
}
