// The weekly drill: STOP is tried once a week without anybody asking, since what is not tried is not known to work. What
// takes too long, or does not hold at all, is on record and people are told at once.

import { setTimeout as sleep } from 'node:timers/promises'
import { isFailure } from '../kernel/failure.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { Loop } from '../loop.ts'
import type { createDrill } from './drill.ts'
import { SYSTEM } from './plan-facts.ts'

export type DrillClock = {
  /** Looks whether a drill is due, and resolves when it is over. */
  readonly tick: () => Promise<void>
  /** Ends the ticking; a drill under way may finish within two seconds. */
  readonly close: () => Promise<void>
}

export const DRILL_EVERY_MS = 7 * DAY_MS
const CLOSE_MS_MAX = 2_000

/**
 * Ticks every hour of real time, the first an hour after the start, so that neither a restart nor a clock that runs fast
 * brings a flood of drills. A drill that a person made counts; while everything is stopped there is nothing to try.
 */
export const createDrillClock = (
  loop: Loop,
  drill: ReturnType<typeof createDrill>,
  report: (error: unknown, where: string) => void,
): DrillClock => {
  let running: Promise<void> | null = null
  const run = async (): Promise<void> => {
    try {
      await drill(SYSTEM)
    } catch (error) {
      // Neither says anything about STOP.
      if (isFailure(error, 'drill.stopped') || isFailure(error, 'drill.ended')) return
      report(error, 'drill')
    }
  }
  const tick = async (): Promise<void> => {
    const last = loop.state.governance.drills.at(-1)
    if (last !== undefined && loop.ctx.now() - last.at < DRILL_EVERY_MS) return
    running ??= run().finally(() => {
      running = null
    })
    await running
  }
  const timer = setInterval(() => {
    tick().catch((error: unknown) => report(error, 'drill'))
  }, HOUR_MS)
  timer.unref()
  return {
    tick,
    close: async () => {
      clearInterval(timer)
      if (running !== null) await Promise.race([running, sleep(CLOSE_MS_MAX, undefined, { ref: false })])
    },
  }
}
