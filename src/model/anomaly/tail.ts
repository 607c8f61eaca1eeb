// How rare a statistic is, learnt from its own past: beyond a high quantile the excess falls off exponentially
// at the pace measured there (peaks over threshold, as in SPOT, Siffer et al. 2017).

import { createRing, pushRing, ringSize, sortedRing, type Ring } from './ring.ts'

export type Tail = {
  readonly ring: Ring
  /** Threshold, mean excess beyond it; as of the last refresh. */
  readonly fit: Float64Array
}

const CAPACITY = 600
const TAIL_SHARE = 0.05
const REFRESH_EVERY = 25
/** Before so many values nothing is called rare. */
const VALUES_MIN = 60
const EXCESS_MIN = 0.1
/** What is far beyond the tail says little about it: it is taken in as so many mean excesses. */
const EXCESS_CLIP = 3

export const createTail = (): Tail => ({ ring: createRing(CAPACITY), fit: new Float64Array(2) })

/** Probability of a statistic of at least this size (≥ 0); 1 while too little is known. */
export const tailProbability = ({ ring, fit }: Tail, size: number): number => {
  if (ringSize(ring) < VALUES_MIN) return 1
  const over = size - (fit[0] as number)
  return over <= 0 ? 1 : TAIL_SHARE * Math.exp(-over / (fit[1] as number))
}

/** Takes a statistic in. */
export const learnTail = ({ ring, fit }: Tail, size: number): void => {
  const isKnown = (fit[1] as number) > 0
  pushRing(ring, isKnown ? Math.min(size, (fit[0] as number) + EXCESS_CLIP * (fit[1] as number)) : size)
  const count = ring[0] as number
  if (count % REFRESH_EVERY !== 0 || count < VALUES_MIN - REFRESH_EVERY) return
  const sorted = sortedRing(ring)
  const at = Math.floor(sorted.length * (1 - TAIL_SHARE))
  const threshold = sorted[Math.min(at, sorted.length - 1)] as number
  let sum = 0
  for (let i = at; i < sorted.length; i++) sum += (sorted[i] as number) - threshold
  fit[0] = threshold
  fit[1] = Math.max(EXCESS_MIN, sum / Math.max(1, sorted.length - at))
}
