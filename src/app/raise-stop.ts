// STOP raised: it holds from this moment, then it is put where a restart finds it: in the log, or in a
// file when the log takes too long or takes nothing.

import { STOP_RAISED, type StopRaised } from '../guardrail/events.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import type { WatchedStop } from './stop-watch.ts'

/** An answer must not wait longer for the disk than this, ms. */
const LOG_PATIENCE_MS = 250

export type RaiseStop = (raised: StopRaised) => Promise<void>

/** Resolves when it holds and would outlive a restart. Throws `log.*` when it could be put nowhere: then it holds while this process lives. */
export const stopRaiser =
  ({
    loop,
    watched,
    report,
    after = afterMs,
  }: {
    readonly loop: Loop
    readonly watched: WatchedStop
    readonly report: (error: unknown, where: string) => void
    /** Does something later; returns how to call it off. */
    readonly after?: (ms: number, act: () => void) => () => void
  }): RaiseStop =>
  async (raised) => {
    const { hold, stopFile } = watched
    const release = hold(raised.scope)
    let filed = false
    const file = (): boolean => {
      if (stopFile === null || filed) return filed
      stopFile.write(raised.reason, raised.scope)
      filed = true
      return true
    }
    const recorded = loop
      .record([{ id: loop.ctx.newId(), type: STOP_RAISED, key: '', at: loop.ctx.now(), data: raised }])
      .then(
        () => {
          if (filed) stopFile?.remove(raised.scope)
          release()
        },
        (error: unknown) => {
          if (!isFailure(error) || !file()) throw error
          report(error, 'stop')
          release()
        },
      )
    let callOff = (): void => undefined
    const impatient = new Promise<void>((resolve) => {
      callOff = after(LOG_PATIENCE_MS, () => {
        // Without a file only the log is left to wait for.
        if (file()) resolve()
      })
    })
    try {
      await Promise.race([recorded, impatient])
    } finally {
      callOff()
    }
    recorded.catch((error: unknown) => report(error, 'stop'))
  }

const afterMs = (ms: number, act: () => void): (() => void) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}
