// Offsets of the latest events of some kind, so that a list of them can be paged without a scan of the log.

import type { Dump } from '../log/dump.ts'

export type OffsetRing = {
  readonly ring: Float64Array
  /** Ever noted; the newest stands at `(count - 1) % ring.length`. */
  count: number
}

export const createOffsetRing = (kept: number): OffsetRing => ({ ring: new Float64Array(kept), count: 0 })

export const noteOffset = (index: OffsetRing, offset: number): void => {
  index.ring[index.count % index.ring.length] = offset
  index.count++
}

/** At most `limit` offsets below `before`, newest first. */
export const offsetsBefore = (index: OffsetRing, before: number, limit: number): readonly number[] => {
  const size = index.ring.length
  const oldest = Math.max(0, index.count - size)
  const offsets: number[] = []
  for (let at = startBelow(index, before, oldest) - 1; at >= oldest && offsets.length < limit; at--)
    offsets.push(index.ring[at % size] ?? 0)
  return offsets
}

/** The position of the first one at or after `before`: offsets rise with positions. */
const startBelow = ({ ring, count }: OffsetRing, before: number, oldest: number): number => {
  let low = oldest
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((ring[middle % ring.length] ?? 0) < before) low = middle + 1
    else high = middle
  }
  return low
}

export const dumpOffsetRing = (index: OffsetRing): Dump => ({
  count: index.count,
  ring: index.ring.slice(0, Math.min(index.count, index.ring.length)),
})

export const restoreOffsetRing = (dump: Dump, kept: number): OffsetRing => {
  const index = createOffsetRing(kept)
  if (dump['ring'] instanceof Float64Array) index.ring.set(dump['ring'])
  if (typeof dump['count'] === 'number') index.count = dump['count']
  return index
}
