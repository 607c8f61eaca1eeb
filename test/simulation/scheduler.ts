// Virtual time: everything that happens is a step, the earliest first, equals in an order drawn from the seed. A process
// that is killed takes the steps it waited for with it. One seed is one history, to the step.

import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Rng } from '../../src/kernel/rng.ts'
import { createHeap } from '../../src/sim/heap.ts'

/** Who waits: the world, or one process while it lives. */
export type Life = { alive: boolean }

export type Scheduler = {
  readonly now: () => number
  readonly steps: () => number
  /** Does something `ms` later; returns how to call it off. */
  readonly after: (life: Life, ms: number, what: string, act: () => void) => () => void
  readonly sleep: (life: Life, ms: number, what: string) => Promise<void>
  /** Steps until that time (ms), and everything that follows at once from each step. */
  readonly runUntil: (until: number) => Promise<void>
  /** Writes into the trace; two histories are the same when their traces are. */
  readonly note: (text: string) => void
  readonly trace: () => string
  /** What threw although nothing of it may. */
  readonly crashes: readonly unknown[]
  readonly crashed: (error: unknown) => void
  /** Called before each step: where a kill can fall between any two. */
  onStep: () => void
}

type Step = {
  readonly at: number
  readonly life: Life
  readonly what: string
  readonly act: () => void
  off: boolean
}

/** Two steps of the same moment change places now and then: nobody may rely on their order. */
const JITTER_MS = 0.001

export const createScheduler = (from: number, rng: Rng): Scheduler => {
  const heap = createHeap<Step>()
  const hash = createHash('sha256')
  const crashes: unknown[] = []
  let now = from
  let steps = 0
  const after: Scheduler['after'] = (life, ms, what, act) => {
    const step: Step = { at: now + Math.max(0, ms) + rng.uniform() * JITTER_MS, life, what, act, off: false }
    heap.push(step)
    return () => {
      step.off = true
    }
  }
  const scheduler: Scheduler = {
    now: () => Math.floor(now),
    steps: () => steps,
    after,
    sleep: async (life, ms, what) =>
      new Promise((resolve) => {
        after(life, ms, what, resolve)
      }),
    runUntil: async (until) => {
      for (;;) {
        const step = heap.popUntil(until)
        if (step === undefined) break
        now = Math.max(now, step.at)
        if (step.off || !step.life.alive) continue
        steps++
        hash.update(`${step.at} ${step.what}\n`)
        scheduler.onStep()
        if (!step.life.alive) continue
        step.act()
        // All that follows from it without waiting has happened when the timers' turn comes.
        await setImmediate()
        if (crashes.length > 0) return
      }
      now = Math.max(now, until)
    },
    note: (text) => hash.update(`${now} ${text}\n`),
    trace: () => hash.copy().digest('hex'),
    crashes,
    crashed: (error) => crashes.push(error),
    onStep: () => undefined,
  }
  return scheduler
}
