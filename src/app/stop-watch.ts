// The STOP file under watch: looked at again and again, and at once when this process writes it itself.

import type { OutsideStops } from '../guardrail/index.ts'
import type { StopFile } from './stop-file.ts'

/** A look at the STOP file counts for so long, ms: thousands of placements a second must not each ask the disk. */
const STOP_FILE_SEEN_MS = 20
const NOTHING_STOPS: OutsideStops = { externalStops: [], policyReadable: true }

export type WatchedStop = {
  /** The same file; what is written or removed through it counts from that moment. */
  readonly stopFile: StopFile | null
  /** What stops from outside the log, at most 20 ms old; if it cannot be told, nothing may leave. */
  readonly outside: () => OutsideStops
}

export const watchStopFile = (file: StopFile | null): WatchedStop => {
  if (file === null) return { stopFile: null, outside: () => NOTHING_STOPS }
  let seen: OutsideStops = NOTHING_STOPS
  let seenAt = Number.NEGATIVE_INFINITY
  const lookAgain = (): void => {
    seenAt = Number.NEGATIVE_INFINITY
  }
  return {
    stopFile: {
      read: file.read,
      write: (reason) => {
        try {
          file.write(reason)
        } finally {
          lookAgain()
        }
      },
      remove: () => {
        file.remove()
        lookAgain()
      },
    },
    outside: () => {
      const now = performance.now()
      if (now - seenAt < STOP_FILE_SEEN_MS) return seen
      seenAt = now
      seen = lookAt(file)
      return seen
    },
  }
}

const lookAt = (file: StopFile): OutsideStops => {
  try {
    return file.read() === null ? NOTHING_STOPS : { externalStops: [{ kind: 'all' }], policyReadable: true }
  } catch {
    // Fail closed: who cannot see whether to stop, stops.
    return { externalStops: [], policyReadable: false }
  }
}
