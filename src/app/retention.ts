// Lets personal data go when its time is over: looked at once a day, a day after the periods were last changed, so that a slip
// of the pen can be taken back.

import type { Loop } from '../loop.ts'
import { DAY_MS } from '../kernel/time.ts'
import { expireData, planExpiry, type Expiry, type ExpiryParts, type ExpiryPlan } from '../stages/expiring.ts'

export type RetentionKeeper = {
  /** What is stored, what would go now, and when it will. */
  readonly look: () => RetentionLook
  /** Runs now. One at a time: another call waits for the first. */
  readonly run: (by: string) => Promise<Expiry>
  /** Runs when it is time. */
  readonly maybe: () => void
  readonly close: () => Promise<void>
}

export type RetentionLook = ExpiryPlan & {
  /** ms; null while everything is kept. */
  readonly nextRunAt: number | null
  readonly running: boolean
}

/** After a run that failed, in ms of the machine. */
const TROUBLE_MS = 10 * 60_000

export const createRetention = (
  parts: ExpiryParts,
  {
    quietly,
    report,
  }: {
    /** Runs something while the folded state is not saved: until it is folded anew it knows what is over. */
    readonly quietly: <T>(act: () => Promise<T>) => Promise<T>
    readonly report: (error: unknown, where: string) => void
  },
): RetentionKeeper => {
  const { loop } = parts
  let underWay: Promise<Expiry> | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  let closed = false
  let quietUntil = 0

  const run = async (by: string): Promise<Expiry> => {
    while (underWay !== null) await underWay.catch(() => undefined)
    lookedAt = loop.ctx.now()
    underWay = quietly(async () => expireData(parts, by)).finally(() => {
      underWay = null
    })
    return underWay
  }
  const nextRunAt = (): number | null => nextAfter(loop, lookedAt)
  return {
    look: () => ({ ...planExpiry(parts), nextRunAt: nextRunAt(), running: underWay !== null }),
    run,
    maybe: () => {
      if (closed || underWay !== null || parts.holds === null || performance.now() < quietUntil) return
      const next = nextRunAt()
      if (next === null || loop.ctx.now() < next) return
      run('windvane').catch((error: unknown) => {
        // What is left goes at the next run.
        quietUntil = performance.now() + TROUBLE_MS
        lookedAt = Number.NEGATIVE_INFINITY
        report(error, 'retention')
      })
    },
    close: async () => {
      closed = true
      await underWay?.catch(() => undefined)
    },
  }
}

/** A day after the last run, and after the periods were changed. */
export const nextAfter = ({ state }: Pick<Loop, 'state'>, lookedAt: number): number | null => {
  const { spec, appliedAt, last } = state.profile.retention
  if (Object.values(spec).every((months) => months === 0)) return null
  return Math.max(appliedAt, last?.at ?? 0, lookedAt) + DAY_MS
}
