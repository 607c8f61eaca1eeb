// The newest values, a bounded number of them, in numbers only so that they can be dumped as they are.

/** Position 0 holds how many values ever came; the rest is the ring. */
export type Ring = Float64Array

export const createRing = (capacity: number): Ring => new Float64Array(capacity + 1)

export const pushRing = (ring: Ring, value: number): void => {
  const count = ring[0] as number
  ring[1 + (count % (ring.length - 1))] = value
  ring[0] = count + 1
}

/** How many values it holds. */
export const ringSize = (ring: Ring): number => Math.min(ring[0] as number, ring.length - 1)

/** Its values in ascending order, a copy. */
export const sortedRing = (ring: Ring): Float64Array => ring.slice(1, 1 + ringSize(ring)).sort()

/** Median of a ring; NaN when empty. */
export const ringMedian = (ring: Ring): number => {
  const sorted = sortedRing(ring)
  const half = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
