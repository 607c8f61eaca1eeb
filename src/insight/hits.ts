// How often each rule held something back, per day of the last two weeks: what people look at to see
// which limit binds. A read model: no decision looks at it.

import type { DecisionMade, DecisionSkipped, Reason } from '../decision/events.ts'
import { DECISION_MADE, DECISION_SKIPPED } from '../decision/events.ts'
import { DELIVERY_WITHHELD, type DeliveryWithheld } from '../delivery/events.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'

/** By day (UTC), then by code of the reason. */
export type Hits = { readonly days: Map<number, Map<string, number>> }

const DAYS_MAX = 14

export const createHits = (): Hits => ({ days: new Map() })

/** Counts each reason once per decision, however many actions it pruned. */
export const foldHits = (hits: Hits, event: LogEvent): void => {
  switch (event.type) {
    case DECISION_MADE: {
      const { rejected, vetoes } = event.data as DecisionMade
      if (rejected.length === 0 && vetoes.length === 0) return
      const codes = new Set(vetoes.map(({ code }) => code))
      for (const { reasons } of rejected) for (const { code } of reasons) codes.add(code)
      return count(hits, event.at, codes)
    }
    case DECISION_SKIPPED:
      return count(hits, event.at, [(event.data as DecisionSkipped).reason.code])
    case DELIVERY_WITHHELD:
      return count(hits, event.at, new Set((event.data as DeliveryWithheld).reasons.map(({ code }) => code)))
  }
}

/** Per code, most frequent first: today (UTC) and in the seven days up to it. */
export const hitsByCode = (
  hits: Hits,
  now: number,
): readonly { readonly code: string; readonly today: number; readonly week: number }[] => {
  const today = Math.floor(now / DAY_MS)
  const rows = new Map<string, { code: string; today: number; week: number }>()
  for (const [day, codes] of hits.days) {
    if (day <= today - 7) continue
    for (const [code, times] of codes) {
      const row = rows.get(code) ?? { code, today: 0, week: 0 }
      rows.set(code, { code, today: row.today + (day === today ? times : 0), week: row.week + times })
    }
  }
  return [...rows.values()].toSorted((left, right) => right.week - left.week)
}

const count = (hits: Hits, at: number, codes: Iterable<Reason['code']>): void => {
  const day = Math.floor(at / DAY_MS)
  let counts = hits.days.get(day)
  if (counts === undefined) {
    hits.days.set(day, (counts = new Map()))
    for (const oldest of hits.days.keys()) {
      if (hits.days.size <= DAYS_MAX) break
      hits.days.delete(oldest)
    }
  }
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
}

export const dumpHits = (hits: Hits): Dump => ({
  hits: [...hits.days].map(([day, counts]) => [day, [...counts]]),
})

export const restoreHits = (dump: Dump): Hits => {
  const days = (dump['hits'] ?? []) as unknown as readonly (readonly [number, readonly [string, number][]])[]
  return { days: new Map(days.map(([day, counts]) => [day, new Map(counts)])) }
}
