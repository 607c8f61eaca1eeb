// The business's figures as one state: counted, watched, foretold; and how its campaigns share out their actions. A read model: no decision looks at it.

import type { Business } from '../kernel/business.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import {
  ANOMALY_FOUND,
  KPI_FORECAST_MADE,
  KPI_HOURS_JUDGED,
  type AnomalyFound,
  type KpiForecastMade,
  type KpiHoursJudged,
} from './events.ts'
import {
  createActionWatch,
  dueActionAlarms,
  dumpActionWatch,
  foldActionWatch,
  restoreActionWatch,
  type ActionWatch,
} from './action-watch.ts'
import { COUNTED, countKpis, createCounts, type KpiCounts, type Ring } from './kpi-counts.ts'
import {
  createForecasts,
  dumpForecasts,
  foldForecast,
  restoreForecasts,
  type KpiForecasts,
} from './kpi-forecasts.ts'
import {
  createWatch,
  dueJudgement,
  dumpWatch,
  foldFound,
  foldJudged,
  restoreWatch,
  type KpiWatch,
} from './kpi-watch.ts'

export type Kpis = {
  readonly counts: KpiCounts
  readonly watch: KpiWatch
  readonly forecasts: KpiForecasts
  readonly actions: ActionWatch
}

export const createKpis = (): Kpis => ({
  counts: createCounts(),
  watch: createWatch(),
  forecasts: createForecasts(),
  actions: createActionWatch(),
})

/** Counts an event and the fresh signals that it brought, and takes in what was judged and foretold. */
export const foldKpis = (
  kpis: Kpis,
  event: LogEvent,
  signals: readonly Signal[],
  business: Business,
): void => {
  const { counts, watch, forecasts } = kpis
  foldActionWatch(kpis.actions, event)
  if (event.type === KPI_HOURS_JUDGED)
    foldJudged(watch, counts, { judged: event.data as KpiHoursJudged, zone: business.timeZone })
  else if (event.type === ANOMALY_FOUND) foldFound(watch, event.data as AnomalyFound)
  else if (event.type === KPI_FORECAST_MADE) foldForecast(forecasts, counts, event.data as KpiForecastMade)
  else countKpis(counts, event, signals, business)
}

/** Hours that have closed, and what was out of the usual in them or in how actions are shared out; changes nothing. */
export const dueKpiJudgement = (
  { watch, counts, actions }: Kpis,
  now: number,
  { timeZone }: Business,
): readonly NewEvent[] => [
  ...dueJudgement(watch, counts, { now, zone: timeZone }),
  ...dueActionAlarms(actions, now),
]

export const dumpKpis = ({ counts, watch, forecasts, actions }: Kpis): Dump => ({
  marks: {
    hours: [counts.hours.first, counts.hours.newest],
    days: [counts.days.first, counts.days.newest],
    isOlderThanFirst: counts.isOlderThanFirst,
  },
  ...Object.fromEntries(
    COUNTED.flatMap((name) => [
      [`hours ${name}`, counts.hours.rows[name].slice()],
      [`days ${name}`, counts.days.rows[name].slice()],
    ]),
  ),
  ...dumpWatch(watch),
  ...dumpForecasts(forecasts),
  ...dumpActionWatch(actions),
})

export const restoreKpis = (dump: Dump): Kpis => {
  const counts = createCounts()
  const marks = dump['marks'] as unknown as {
    readonly hours: readonly [number, number]
    readonly days: readonly [number, number]
    readonly isOlderThanFirst: boolean
  }
  const restore = (ring: Ring, name: 'hours' | 'days'): void => {
    ring.first = marks[name][0]
    ring.newest = marks[name][1]
    for (const counted of COUNTED) ring.rows[counted].set(dump[`${name} ${counted}`] as Float64Array)
  }
  restore(counts.hours, 'hours')
  restore(counts.days, 'days')
  counts.isOlderThanFirst = marks.isOlderThanFirst
  return {
    counts,
    watch: restoreWatch(dump),
    forecasts: restoreForecasts(dump),
    actions: restoreActionWatch(dump),
  }
}
