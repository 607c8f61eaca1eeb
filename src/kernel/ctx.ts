// What the pure core may not reach for by itself, handed in: the time, randomness and fresh ids.

import type { Rng } from './rng.ts'

export type Clock = {
  /** Milliseconds since the epoch; virtual in the simulator. */
  readonly now: () => number
}

export type Ctx = Clock & {
  readonly rng: Rng
  /** A fresh id that sorts by time. */
  readonly newId: () => string
}
