// Where the latest decisions stand in the log, so that a list of them can be paged without a scan.

import type { LogEvent } from '../log/port.ts'
import type { Dump } from '../log/dump.ts'
import { DECISION_MADE } from '../decision/events.ts'

export type DecisionIndex = {
  /** Ring of offsets. */
  readonly ring: Float64Array
  /** Decisions ever noted; the newest stands at `(count - 1) % ring.length`. */
  count: number
}

const KEPT = 100_000

export const createDecisionIndex = (kept = KEPT): DecisionIndex => ({
  ring: new Float64Array(kept),
  count: 0,
})

export const foldDecisionIndex = (index: DecisionIndex, event: LogEvent): void => {
  if (event.type !== DECISION_MADE) return
  index.ring[index.count % index.ring.length] = event.offset
  index.count++
}

/** Offsets of at most `limit` decisions before offset `before`, newest first. */
export const decisionOffsets = (index: DecisionIndex, before: number, limit: number): readonly number[] => {
  const size = index.ring.length
  const oldest = Math.max(0, index.count - size)
  const offsets: number[] = []
  for (let at = startBelow(index, before, oldest) - 1; at >= oldest && offsets.length < limit; at--)
    offsets.push(index.ring[at % size] ?? 0)
  return offsets
}

/** The position of the first decision at or after `before`: offsets rise with positions. */
const startBelow = ({ ring, count }: DecisionIndex, before: number, oldest: number): number => {
  let low = oldest
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((ring[middle % ring.length] ?? 0) < before) low = middle + 1
    else high = middle
  }
  return low
}

export const dumpDecisionIndex = (index: DecisionIndex): Dump => ({
  count: index.count,
  ring: index.ring.slice(0, Math.min(index.count, index.ring.length)),
})

export const restoreDecisionIndex = (dump: Dump, kept = KEPT): DecisionIndex => {
  const index = createDecisionIndex(kept)
  if (dump['ring'] instanceof Float64Array) index.ring.set(dump['ring'])
  if (typeof dump['count'] === 'number') index.count = dump['count']
  return index
}
