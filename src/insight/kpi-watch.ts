// Watching the figures: each closed hour is judged against what was usual, at most so many alerts a week in all. Judging is
// asked for by the shell and recorded; folding the record judges again in the same way and learns, so that replay
// gives the same bytes and finds nothing anew.

import { DAY_MS, HOUR_MS, zoneOffsetMs } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { NewEvent } from '../log/port.ts'
import {
  ALERT_DEFAULTS,
  createAlertBudget,
  createAnomalyDetector,
  dumpDetector,
  learnOne,
  predictOne,
  restoreDetector,
  spendAlert,
  usualRange,
  valuesLearnt,
  type AlertBudget,
  type Anomaly,
  type AnomalyDetector,
  type AnomalyKind,
  type Observation,
} from '../model/index.ts'
import {
  ANOMALY_FOUND,
  KPI_HOURS_JUDGED,
  KPI_NAMES,
  type AnomalyFound,
  type KpiHoursJudged,
  type KpiName,
} from './events.ts'
import { countedIn, HOURS_KEPT, type Counted, type KpiCounts, type Ring } from './kpi-counts.ts'

type KpiSpec = {
  readonly kind: AnomalyKind
  readonly what: Counted
  /** Of a rate. */
  readonly trials?: Counted
  /** The direction that hurts. */
  readonly hurts: 'above' | 'below'
}

export const KPI_SPECS: Readonly<Record<KpiName, KpiSpec>> = {
  orders: { kind: 'count', what: 'orders', hurts: 'below' },
  revenue: { kind: 'value', what: 'revenue', hurts: 'below' },
  margin: { kind: 'value', what: 'margin', hurts: 'below' },
  visits: { kind: 'count', what: 'visits', hurts: 'below' },
  events: { kind: 'count', what: 'events', hurts: 'below' },
  sent: { kind: 'count', what: 'sent', hurts: 'above' },
  failed: { kind: 'count', what: 'failed', hurts: 'above' },
  unsubscribed: { kind: 'count', what: 'unsubscribed', hurts: 'above' },
  clickRate: { kind: 'rate', what: 'clicked', trials: 'sent', hurts: 'below' },
}

/** After an hour's end, for what is on its way. */
const GRACE_MS = 10 * 60_000
/** Hours learnt at one go when history is caught up with, without alerts. */
const CATCH_UP_HOURS = 168
/** What is older is learnt from, but nobody is alerted to it. */
const ALERT_HOURS = 48
/** A rate is judged once a day, over the day, from so many trials on. */
const RATE_HOURS = 24
const TRIALS_MIN = 50
const FOUND_KEPT = 60
/** Hours a figure must be known for before anybody is alerted to it: a whole week. */
const KNOWN_HOURS_MIN = 168
/** Hours for which what was usual is kept for people to see. */
export const USUAL_KEPT = 14 * 24

export type KpiWatch = {
  detectors: Record<KpiName, AnomalyDetector>
  budgets: Record<KpiName, AlertBudget>
  /** Times of all alerts of the last week, oldest first. */
  alerts: number[]
  withheld: number
  /** Last hour judged; −1 before any. */
  judged: number
  /** How often all was learnt anew. */
  rounds: number
  /** Newest last. */
  readonly found: AnomalyFound[]
  /** By hour: expected, low, high; NaN where unknown. */
  readonly usual: Record<KpiName, Float64Array>
}

const each = <T>(make: (name: KpiName) => T): Record<KpiName, T> =>
  Object.fromEntries(KPI_NAMES.map((name) => [name, make(name)])) as Record<KpiName, T>

export const createWatch = (): KpiWatch => ({
  detectors: each((name) => createAnomalyDetector({ kind: KPI_SPECS[name].kind })),
  budgets: each(() => createAlertBudget()),
  alerts: [],
  withheld: 0,
  judged: -1,
  rounds: 0,
  found: [],
  usual: each(() => new Float64Array(3 * USUAL_KEPT).fill(Number.NaN)),
})

/** What is to be recorded now: hours to learn from, or one closed hour with what was found in it. Changes nothing. */
export const dueJudgement = (
  watch: KpiWatch,
  counts: KpiCounts,
  { now, zone }: { readonly now: number; readonly zone: string },
): readonly NewEvent[] => {
  const { hours } = counts
  if (hours.first < 0) return []
  const last = Math.floor((now - GRACE_MS) / HOUR_MS) - 1
  const anew = counts.isOlderThanFirst
  const from = watch.judged < 0 || anew ? hours.first : Math.max(watch.judged + 1, last - HOURS_KEPT)
  if (from > last) return []
  const judged = (through: number): NewEvent => ({
    id: `kpi:${watch.rounds}:${from}-${through}`,
    type: KPI_HOURS_JUDGED,
    key: '',
    at: now,
    data: { from, through, anew } satisfies KpiHoursJudged,
  })
  const recent = last - ALERT_HOURS
  if (from < recent) return [judged(Math.min(recent, from + CATCH_UP_HOURS - 1))]
  const alerts = [...watch.alerts]
  const found = KPI_NAMES.flatMap((name): NewEvent[] => {
    const budget = structuredClone(watch.budgets[name])
    const look = judge(watch, { name, hours, hour: from, zone, budget, alerts })
    if (look?.isAlert !== true || isKnown(watch, name, from)) return []
    return [
      {
        id: `odd:${watch.rounds}:${name}:${from}`,
        type: ANOMALY_FOUND,
        key: '',
        at: now,
        data: foundOf(name, from, look),
      },
    ]
  })
  return [...found, judged(from)]
}

/** Learnt anew, an hour may be judged twice: it is told once. */
const isKnown = ({ found }: KpiWatch, name: KpiName, hour: number): boolean =>
  found.some(({ kpi, hourAt }) => kpi === name && hourAt === hour * HOUR_MS)

type Look = {
  readonly observation: Observation
  readonly anomaly: Anomaly
  readonly isAlert: boolean
  readonly isWithheld: boolean
}

/** One figure in one hour. Spends from `budget` and `alerts`; null where there is nothing to judge. */
const judge = (
  { detectors }: KpiWatch,
  {
    name,
    hours,
    hour,
    zone,
    budget,
    alerts,
  }: {
    readonly name: KpiName
    readonly hours: Ring
    readonly hour: number
    readonly zone: string
    readonly budget: AlertBudget
    readonly alerts: number[]
  },
): Look | null => {
  const detector = detectors[name]
  const observation = observationOf(detector, { name, hours, hour, zone })
  if (observation === null) return null
  const anomaly = predictOne(detector, observation)
  const isYoung = KPI_SPECS[name].trials === undefined && valuesLearnt(detector) < KNOWN_HOURS_MIN
  if (isYoung) return { observation, anomaly, isAlert: false, isWithheld: false }
  const { at } = observation
  while (alerts.length > 0 && at - (alerts[0] as number) >= ALERT_DEFAULTS.windowMs) alerts.shift()
  const isOdd = spendAlert(budget, at, anomaly).kind === 'alert'
  const isAlert = isOdd && alerts.length < ALERT_DEFAULTS.alertsMax
  if (isAlert) alerts.push(at)
  return { observation, anomaly, isAlert, isWithheld: isOdd && !isAlert }
}

/** In the hours of the business's day, since that is what people go by. Never before what was learnt last. */
const observationOf = (
  detector: AnomalyDetector,
  {
    name,
    hours,
    hour,
    zone,
  }: { readonly name: KpiName; readonly hours: Ring; readonly hour: number; readonly zone: string },
): Observation | null => {
  const { what, trials } = KPI_SPECS[name]
  const offset = zoneOffsetMs(hour * HOUR_MS, zone)
  const at = Math.max(hour * HOUR_MS + offset, lastLearnt(detector))
  if (trials === undefined) {
    const value = countedIn(hours, what, hour)
    // Nothing has been usual before the first of its kind.
    return value === 0 && lastLearnt(detector) === Number.NEGATIVE_INFINITY ? null : { at, value }
  }
  if (Math.floor((hour * HOUR_MS + offset) / HOUR_MS) % RATE_HOURS !== RATE_HOURS - 1) return null
  const sum = (of: Counted) =>
    Array.from({ length: RATE_HOURS }, (_, back) => countedIn(hours, of, hour - back)).reduce(
      (total, value) => total + value,
      0,
    )
  const of = sum(trials)
  return of < TRIALS_MIN ? null : { at, value: Math.min(of, sum(what)), trials: of }
}

const LAST_AT = 1
const lastLearnt = ({ now }: AnomalyDetector): number => now[LAST_AT] as number

const foundOf = (name: KpiName, hour: number, { observation, anomaly }: Look): AnomalyFound => {
  const { value, trials } = observation
  const figure = trials === undefined ? value : value / trials
  const direction = figure >= anomaly.expected ? 'above' : 'below'
  return {
    kpi: name,
    hourAt: hour * HOUR_MS,
    value,
    trials: trials ?? null,
    expected: anomaly.expected,
    surprise: anomaly.surprise,
    cause: anomaly.cause,
    direction,
    isRisk: direction === KPI_SPECS[name].hurts,
  }
}

/** Folds what was judged: judges again in the same way and learns. */
export const foldJudged = (
  watch: KpiWatch,
  counts: KpiCounts,
  { judged, zone }: { readonly judged: KpiHoursJudged; readonly zone: string },
): void => {
  if (judged.anew) {
    watch.detectors = each((name) => createAnomalyDetector({ kind: KPI_SPECS[name].kind }))
    watch.rounds++
    counts.isOlderThanFirst = false
  }
  for (let hour = judged.from; hour <= judged.through; hour++) {
    for (const name of KPI_NAMES) {
      keepUsual(watch, name, { hour, zone })
      const budget = watch.budgets[name]
      // Hours that were only caught up with spend nothing.
      const spending = judged.from === judged.through
      const look = judge(watch, {
        name,
        hours: counts.hours,
        hour,
        zone,
        budget: spending ? budget : createAlertBudget(),
        alerts: spending ? watch.alerts : [],
      })
      if (look === null) continue
      if (look.isWithheld) watch.withheld++
      learnOne(watch.detectors[name], look.observation)
    }
  }
  watch.judged = judged.through
}

/** What was usual in the hour, before it was learnt from. */
const keepUsual = (
  { detectors, usual }: KpiWatch,
  name: KpiName,
  { hour, zone }: { readonly hour: number; readonly zone: string },
): void => {
  const range = usualRange(detectors[name], hour * HOUR_MS + zoneOffsetMs(hour * HOUR_MS, zone))
  const slot = 3 * (hour % USUAL_KEPT)
  usual[name].set(
    range === null ? [Number.NaN, Number.NaN, Number.NaN] : [range.expected, range.low, range.high],
    slot,
  )
}

/** Expected, low and high of an hour that was judged within the last {@link USUAL_KEPT}; null where unknown. */
export const usualIn = (
  { usual, judged }: KpiWatch,
  name: KpiName,
  hour: number,
): readonly [number, number, number] | null => {
  if (hour > judged || hour <= judged - USUAL_KEPT) return null
  const slot = 3 * (hour % USUAL_KEPT)
  const [expected = Number.NaN, low = Number.NaN, high = Number.NaN] = usual[name].subarray(slot, slot + 3)
  return Number.isNaN(expected) ? null : [expected, low, high]
}

export const foldFound = (watch: KpiWatch, found: AnomalyFound): void => {
  watch.found.push(found)
  if (watch.found.length > FOUND_KEPT) watch.found.shift()
}

/** What was found within the last day. */
export const openAnomalies = ({ found }: KpiWatch, now: number): readonly AnomalyFound[] =>
  found.filter(({ hourAt }) => now - hourAt <= DAY_MS)

export const dumpWatch = (watch: KpiWatch): Dump => ({
  plain: {
    budgets: JSON.parse(JSON.stringify(each((name) => budgetDump(watch.budgets[name])))),
    alerts: [...watch.alerts],
    withheld: watch.withheld,
    judged: watch.judged,
    rounds: watch.rounds,
    found: JSON.parse(JSON.stringify(watch.found)),
  },
  ...Object.fromEntries(
    KPI_NAMES.flatMap((name) => [
      [`${name}.usual`, watch.usual[name].slice()],
      ...Object.entries(dumpDetector(watch.detectors[name])).map(([part, column]) => [
        `${name}.${part}`,
        column,
      ]),
    ]),
  ),
})

type BudgetDump = {
  readonly alerts: readonly number[]
  readonly lastOddAt: number | null
  readonly isWithheld: boolean
  readonly withheld: number
}

const budgetDump = ({ alerts, lastOddAt, isWithheld, withheld }: AlertBudget): BudgetDump => ({
  alerts: [...alerts],
  lastOddAt: Number.isFinite(lastOddAt) ? lastOddAt : null,
  isWithheld,
  withheld,
})

export const restoreWatch = (dump: Dump): KpiWatch => {
  const plain = dump['plain'] as unknown as Pick<
    KpiWatch,
    'alerts' | 'withheld' | 'judged' | 'rounds' | 'found'
  > & { readonly budgets: Record<KpiName, BudgetDump> }
  const part = (name: KpiName): Dump =>
    Object.fromEntries(
      Object.entries(dump).flatMap(([key, column]) =>
        key.startsWith(`${name}.`) && key !== `${name}.usual` ? [[key.slice(name.length + 1), column]] : [],
      ),
    )
  return {
    detectors: each((name) => restoreDetector(part(name))),
    budgets: each((name) => {
      const { alerts, lastOddAt, isWithheld, withheld } = plain.budgets[name]
      return {
        ...createAlertBudget(),
        alerts: [...alerts],
        lastOddAt: lastOddAt ?? Number.NEGATIVE_INFINITY,
        isWithheld,
        withheld,
      }
    }),
    alerts: [...plain.alerts],
    withheld: plain.withheld,
    judged: plain.judged,
    rounds: plain.rounds,
    found: structuredClone(plain.found),
    usual: each((name) => Float64Array.from(dump[`${name}.usual`] as Float64Array)),
  }
}
