// What is expected of the figures on the days ahead. A forecast is worked out beside the loop and comes back as a fact; here
// it is kept, and as its days go by it is seen how often its interval held.

import type { Dump } from '../log/dump.ts'
import type { KpiForecastMade, KpiName } from './events.ts'
import { countedIn, type Counted, type KpiCounts } from './kpi-counts.ts'

/** The figures that are forecast, each a daily sum. */
export const FORECAST_KPIS = ['orders', 'revenue', 'margin', 'visits'] as const satisfies readonly (KpiName &
  Counted)[]
export type ForecastKpi = (typeof FORECAST_KPIS)[number]
export const FORECAST_DAYS = 28
/** Whole days that must be known before anything is forecast. */
export const FORECAST_DAYS_MIN = 14

export type KpiForecasts = {
  readonly made: Partial<Record<KpiName, KpiForecastMade>>
  /** Of days gone by: how many lay within the 80 % interval of the forecast in force before them. */
  readonly held: Partial<Record<KpiName, { inside: number; days: number }>>
}

export const createForecasts = (): KpiForecasts => ({ made: {}, held: {} })

/** Keeps the new forecast, and counts how the one before it did on the days between. */
export const foldForecast = (state: KpiForecasts, counts: KpiCounts, made: KpiForecastMade): void => {
  const before = state.made[made.kpi]
  if (before !== undefined && isForecast(made.kpi)) {
    const held = state.held[made.kpi] ?? { inside: 0, days: 0 }
    const until = Math.min(made.fromDay, before.fromDay + before.mean.length)
    for (let day = before.fromDay; day < until; day++) {
      const value = countedIn(counts.days, made.kpi, day)
      const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY] = [
        before.low80[day - before.fromDay],
        before.high80[day - before.fromDay],
      ]
      held.days++
      if (value >= low && value <= high) held.inside++
    }
    state.held[made.kpi] = held
  }
  state.made[made.kpi] = made
}

const isForecast = (kpi: KpiName): kpi is ForecastKpi => (FORECAST_KPIS as readonly KpiName[]).includes(kpi)

/** The whole days known of a figure, oldest first, until `today` (not included); null while they are too few. */
export const dailyHistory = (
  counts: KpiCounts,
  kpi: ForecastKpi,
  today: number,
): { readonly fromDay: number; readonly values: Float64Array } | null => {
  const { days } = counts
  if (days.first < 0) return null
  // The first day may have begun before anybody listened; a figure starts with its first value.
  let fromDay = Math.max(days.first + 1, today - days.length + 1)
  while (fromDay < today && countedIn(days, kpi, fromDay) === 0) fromDay++
  if (today - fromDay < FORECAST_DAYS_MIN) return null
  return {
    fromDay,
    values: Float64Array.from({ length: today - fromDay }, (_, i) => countedIn(days, kpi, fromDay + i)),
  }
}

export const dumpForecasts = (state: KpiForecasts): Dump => ({ forecasts: JSON.parse(JSON.stringify(state)) })

export const restoreForecasts = (dump: Dump): KpiForecasts =>
  structuredClone(dump['forecasts']) as unknown as KpiForecasts
