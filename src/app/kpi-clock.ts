// The clock of the figures: asks after each turn whether an hour has closed and records what was out of the usual in it,
// and once a day has the days ahead forecast in a worker and records that.

import { isFailure } from '../kernel/failure.ts'
import { localTime } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import {
  dailyHistory,
  dueKpiJudgement,
  FORECAST_DAYS,
  FORECAST_KPIS,
  type ForecastKpi,
} from '../insight/index.ts'
import { KPI_FORECAST_MADE, type KpiForecastMade } from '../insight/events.ts'
import type { Loop } from '../loop.ts'
import { forecastInWorker, type Forecast } from '../model/index.ts'

export type KpiClock = {
  /** Resolves when what was due is on record; a forecast goes on beside it. */
  readonly tick: () => Promise<void>
  /** Waits for a forecast under way. */
  readonly close: () => Promise<void>
}

const WEEK_DAYS = 7
const YEAR_DAYS = 365
/** A clock that runs fast (the demo's) must not keep a core busy with forecasts. */
const REAL_MS_BETWEEN = 30_000

export const createKpiClock = (loop: Loop, report: (error: unknown, where: string) => void): KpiClock => {
  let running: Promise<void> | null = null
  let closed = false
  let startedAt = Number.NEGATIVE_INFINITY
  /** Not tried again before the next day, whatever came of it. */
  let triedDay = -1
  const forecast = async (today: number): Promise<void> => {
    const events = await makeForecasts(loop, today)
    if (!closed && events.length > 0) await loop.record(events)
  }
  return {
    tick: async () => {
      const { state, ctx } = loop
      const due = dueKpiJudgement(state.kpis, ctx.now(), state.business)
      if (due.length > 0) await loop.record(due)
      const today = localTime(ctx.now(), state.business.timeZone).day
      if (running !== null || today === triedDay || performance.now() - startedAt < REAL_MS_BETWEEN) return
      startedAt = performance.now()
      triedDay = today
      running = forecast(today)
        .catch((error: unknown) => {
          if (!isFailure(error)) throw error
          report(error, 'forecast')
        })
        .finally(() => {
          running = null
        })
    },
    close: async () => {
      closed = true
      await running
    },
  }
}

/** A forecast for each figure that has none for today yet and enough of a past. */
const makeForecasts = async ({ state, ctx }: Loop, today: number): Promise<readonly NewEvent[]> => {
  const { counts, forecasts } = state.kpis
  const wanted = FORECAST_KPIS.flatMap((kpi) => {
    const history = (forecasts.made[kpi]?.fromDay ?? -1) >= today ? null : dailyHistory(counts, kpi, today)
    return history === null ? [] : [{ kpi, values: history.values }]
  })
  if (wanted.length === 0) return []
  const made = await forecastInWorker(
    wanted.map(({ values }) => ({
      values,
      horizon: FORECAST_DAYS,
      periods: [WEEK_DAYS],
      calendar: { yearSteps: YEAR_DAYS },
    })),
  )
  const at = ctx.now()
  return wanted.map(({ kpi, values }, i) => ({
    id: `forecast:${kpi}:${today}`,
    type: KPI_FORECAST_MADE,
    key: '',
    at,
    data: dataOf({ kpi, today, daysKnown: values.length }, made[i] as Forecast),
  }))
}

const dataOf = (
  {
    kpi,
    today,
    daysKnown,
  }: { readonly kpi: ForecastKpi; readonly today: number; readonly daysKnown: number },
  { mean, band80, method, fallback, figures }: Forecast,
): KpiForecastMade => ({
  kpi,
  fromDay: today,
  mean: [...mean],
  low80: [...band80.lower],
  high80: [...band80.upper],
  method,
  fallback: fallback ?? '',
  error: figures.find((figure) => figure.method === 'combination')?.meanError ?? null,
  naiveError: figures.find((figure) => figure.method === 'seasonal_naive')?.meanError ?? null,
  daysKnown,
})
