// The dead man's switch: what a sender must be able to read (the STOP files, the policy, the log's last
// word) is read again and again. When that has not worked for ten seconds, whether it failed or simply
// did not come back, nothing leaves any more until it works again.

import { accessSync, constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { messageOf } from '../kernel/failure.ts'
import type { GovernancePolicy } from '../governance/events.ts'
import { parseGovernance, renderGovernance } from '../governance/index.ts'
import type { LoopState } from '../loop.ts'

export type Pulse = {
  /** False when the last sign of life is too old. */
  readonly isAlive: () => boolean
  /** Why the last look failed; '' when it did not. */
  readonly trouble: () => string
  readonly stop: () => void
}

export type Look = {
  /** Resolves when everything can be read; a rejection or no answer is no sign of life. */
  readonly look: () => Promise<void>
  /** The same while the caller waits; throws when it cannot be read. */
  readonly lookNow: () => void
}

export type PulseOptions = Look & {
  readonly everyMs?: number
  readonly staleMsMax?: number
}

export const PULSE_STALE_MS = 10_000

export const startPulse = ({
  look,
  lookNow,
  everyMs = 1_000,
  staleMsMax = PULSE_STALE_MS,
}: PulseOptions): Pulse => {
  let beatAt = performance.now()
  /** When this process last had a turn to look, whatever came of it. */
  let turnAt = beatAt
  let trouble = ''
  let looking = false
  const sawAll = (): void => {
    beatAt = performance.now()
    trouble = ''
  }
  const sawNot = (error: unknown): void => {
    trouble = messageOf(error)
  }
  const beat = async (): Promise<void> => {
    turnAt = performance.now()
    // One look at a time: one that hangs must not be followed by a thousand.
    if (looking) return
    looking = true
    await look().then(sawAll, sawNot)
    looking = false
  }
  const timer = setInterval(() => void beat(), everyMs)
  timer.unref()
  /** It was this process that stood still, not what it reads: whoever asks first looks at once. */
  const catchUp = (): void => {
    turnAt = performance.now()
    try {
      lookNow()
      sawAll()
    } catch (error) {
      sawNot(error)
    }
  }
  return {
    isAlive: () => {
      const now = performance.now()
      // Without a turn for most of that time, nothing can have been seen.
      if (now - beatAt > staleMsMax && now - turnAt > everyMs + staleMsMax / 2) catchUp()
      return performance.now() - beatAt <= staleMsMax
    },
    trouble: () => trouble,
    stop: () => clearInterval(timer),
  }
}

/** Everything a sender must be able to read, of an installation with its data in `dir` (null: in memory). */
export const lookAtAll = (dir: string | null, state: () => LoopState, head: () => number): Look => {
  let seenOffset = -1
  let read: GovernancePolicy | null = null
  const readState = (): void => {
    const { governance, offset } = state()
    // A STOP that is in the log but not folded yet would not be seen.
    const isStuck = offset < head() && offset === seenOffset
    seenOffset = offset
    if (isStuck) throw new Unreadable('the log is not folded')
    if (read === governance.policy) return
    if (!parseGovernance(renderGovernance(governance.policy)).ok)
      throw new Unreadable('the policy cannot be read')
    read = governance.policy
  }
  return {
    look: async () => {
      if (dir !== null) await access(dir, READABLE)
      readState()
    },
    lookNow: () => {
      if (dir !== null) accessSync(dir, READABLE)
      readState()
    },
  }
}

const READABLE = constants.R_OK | constants.X_OK

class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
