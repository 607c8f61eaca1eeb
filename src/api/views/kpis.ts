// The business's figures as the contract shows them.

import { DAY_MS, HOUR_MS, localTime } from '../../kernel/time.ts'
import { countedIn, KPI_SPECS, usualIn, type Kpis as KpiState } from '../../insight/index.ts'
import { KPI_NAMES, type KpiName } from '../../insight/events.ts'
import type { Kpis } from '../contract.ts'
import type { ViewSources } from './sources.ts'

const HOURS_SHOWN = 7 * 24
const DAYS_SHOWN = 56
const MONEY: ReadonlySet<KpiName> = new Set(['revenue', 'margin'])

export const viewKpis = ({ loop }: ViewSources): Kpis => {
  const { kpis, business } = loop.state
  const now = loop.ctx.now()
  const today = localTime(now, business.timeZone).day
  return {
    now,
    figures: KPI_NAMES.map((kpi) => figureOf(kpis, kpi, today)),
    anomalies: kpis.watch.found
      .map(({ kpi, hourAt, value, trials, expected, surprise, cause, direction, isRisk }) => ({
        kpi,
        at: hourAt,
        value: trials === null ? value : value / trials,
        expected,
        surprise,
        cause,
        direction,
        isRisk,
      }))
      .toReversed(),
    withheld: kpis.watch.withheld,
  }
}

const figureOf = (kpis: KpiState, kpi: KpiName, today: number): Kpis['figures'][number] => {
  const { counts, watch } = kpis
  const { what, trials } = KPI_SPECS[kpi]
  const share = (step: number): number => {
    const of = trials === undefined ? 1 : countedIn(counts.days, trials, step)
    return of === 0 ? 0 : Math.min(1, countedIn(counts.days, what, step) / of)
  }
  const firstHour = Math.max(counts.hours.first, watch.judged - HOURS_SHOWN + 1)
  const firstDay = Math.max(counts.days.first, today - DAYS_SHOWN)
  const steps = (from: number, count: number) =>
    Array.from({ length: Math.max(0, count) }, (_, i) => from + i)
  return {
    kpi,
    unit: trials !== undefined ? 'share' : MONEY.has(kpi) ? 'money' : 'count',
    hours:
      trials !== undefined || counts.hours.first < 0
        ? []
        : steps(firstHour, watch.judged - firstHour + 1).map((hour) => {
            const usual = usualIn(watch, kpi, hour)
            return {
              at: hour * HOUR_MS,
              value: countedIn(counts.hours, what, hour),
              low: usual?.[1] ?? null,
              high: usual?.[2] ?? null,
            }
          }),
    days:
      counts.days.first < 0
        ? []
        : steps(firstDay, today - firstDay).map((day) => ({
            at: noonOf(day),
            value: trials === undefined ? countedIn(counts.days, what, day) : share(day),
          })),
    forecast: forecastOf(kpis, kpi),
  }
}

const forecastOf = ({ forecasts }: KpiState, kpi: KpiName): Kpis['figures'][number]['forecast'] => {
  const made = forecasts.made[kpi]
  if (made === undefined) return null
  const { fromDay, mean, low80, high80, method, fallback, error, naiveError } = made
  return {
    days: mean.map((value, i) => ({
      at: noonOf(fromDay + i),
      mean: value,
      low: low80[i] ?? value,
      high: high80[i] ?? value,
    })),
    method,
    fallback,
    error,
    naiveError,
    held: forecasts.held[kpi] ?? null,
  }
}

const noonOf = (day: number): number => day * DAY_MS + DAY_MS / 2
