// The product's clock: real, or running fast from a chosen start (the demo), or moved by hand (simulations).

import { randomBytes } from 'node:crypto'
import type { Clock, Ctx } from '../kernel/ctx.ts'
import { createRng } from '../kernel/rng.ts'
import { assert } from '../kernel/assert.ts'

export type RatedClock = Clock & { /** Product ms per real ms. */ readonly rate: number }

export const systemClock: RatedClock = { now: () => Date.now(), rate: 1 }

/** Starts at `from` (ms since the epoch) and runs `rate` times as fast as real time. Whole milliseconds. */
export const fastClock = (from: number, rate: number): RatedClock => {
  assert(rate > 0, 'a clock must run forward')
  const start = performance.now()
  return { now: () => Math.floor(from + (performance.now() - start) * rate), rate }
}

export type ManualClock = RatedClock & { readonly set: (at: number) => void }

/** Stands still until set; never runs back. */
export const manualClock = (from: number): ManualClock => {
  let now = from
  return {
    now: () => now,
    rate: 1,
    set: (at) => {
      assert(at >= now, 'time does not run back')
      now = at
    },
  }
}

/** Time from `clock`, ids that sort by it, randomness from `seed` (or the machine's own). */
export const createCtx = (clock: Clock, seed?: string): Ctx => {
  const rng = createRng(seed ?? randomBytes(16).toString('hex'))
  const node =
    seed === undefined ? randomBytes(5).toString('hex') : rng.below(0xffffffff).toString(16).padStart(10, '0')
  let last = 0
  let sequence = 0
  const newId = () => {
    const now = Math.max(last, Math.floor(clock.now()))
    sequence = now === last ? sequence + 1 : 0
    last = now
    return `${now.toString(36).padStart(9, '0')}${sequence.toString(36).padStart(4, '0')}${node}`
  }
  return { now: clock.now, rng, newId }
}
