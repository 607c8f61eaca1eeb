// Demand of a day from what the loop has heard: visits that no ad brought, else the season that a forecast has found in
// the visits, else nothing. Asked once a day; what it says goes into the log.

import { demandIndex, seasonIndex } from '../budget/index.ts'
import { countedIn, type Kpis } from '../insight/index.ts'

const DAYS = 28

/** Demand of a finished day relative to the usual; null when nothing tells. */
export const demandReading = (
  { counts, forecasts }: Pick<Kpis, 'counts' | 'forecasts'>,
  day: number,
): number | null => {
  // The first day counted may have begun before anybody listened.
  const from = Math.max(counts.days.first + 1, day - DAYS + 1)
  const unpaid = Array.from({ length: Math.max(0, day - from + 1) }, (_day, i) =>
    countedIn(counts.days, 'unpaid', from + i),
  )
  const index = counts.days.first < 0 ? null : demandIndex(unpaid)
  if (index !== null) return index
  const visits = forecasts.made.visits
  return visits === undefined ? null : seasonIndex(visits, day)
}
