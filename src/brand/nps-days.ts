// Answers to "would you recommend us" by source and day, folded from what was heard: what the figure of any time is
// made of. Texts leave the memory after a while, these do not.

import { DAY_MS } from '../kernel/time.ts'
import type { Mention } from './events.ts'
import { npsOf, type Nps } from './mention/rating.ts'

/** By source, by day since 1970 (UTC), how often each of 0 to 10 was given. */
export type NpsDays = Map<string, Map<number, number[]>>

const DAYS_KEPT = 1_100
const ANSWERS = 11

export const foldNps = (days: NpsDays, source: string, { at, rating }: Mention): void => {
  if (rating?.scale !== 'nps') return
  const day = Math.floor(at / DAY_MS)
  const own = days.get(source) ?? new Map<number, number[]>()
  days.set(source, own)
  const counts = own.get(day) ?? Array.from({ length: ANSWERS }, () => 0)
  counts[rating.value] = (counts[rating.value] ?? 0) + 1
  own.set(day, counts)
  if (own.size > DAYS_KEPT) own.delete(Math.min(...own.keys()))
}

/** Of the days that end at `now` (ms), of one source or of all. */
export const npsBetween = (
  days: NpsDays,
  { now, days: last, source }: { readonly now: number; readonly days: number; readonly source?: string },
): Nps => {
  const total = Array.from({ length: ANSWERS }, () => 0)
  const first = Math.floor(now / DAY_MS) - last
  for (const [name, own] of days)
    if (source === undefined || name === source)
      for (const [day, counts] of own)
        if (day > first) for (let i = 0; i < ANSWERS; i++) total[i] = (total[i] as number) + (counts[i] ?? 0)
  return npsOf(total)
}
