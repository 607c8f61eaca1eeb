// What a soak found, held against what must be, and as lines for a person.

import { faultsOf as overloadFaultsOf, showReport as showOverload, type OverloadReport } from './overload.ts'
import type { SoakFindings } from './soak-check.ts'
import type { SoakRates } from './soak-load.ts'
import type { Sample, Slope } from './soak-samples.ts'

export type Growth = Slope & {
  /** Weight of a new process with the same state. */
  readonly newborn: number
  /** Growth per hour of the state itself, and what passes for flat: that and two bytes for each event. */
  readonly live: number
  readonly within: number
}

export type SoakReport = SoakFindings & {
  readonly seconds: number
  readonly rates: SoakRates
  readonly eventsPerSecond: number
  readonly decisionsPerSecond: number
  readonly decideP99Ms: number
  /** Processors that the product kept busy, and its main thread. */
  readonly processors: number
  readonly mainThread: number
  readonly turnedAway: Readonly<Record<string, number>>
  /** Mail that was not sent yet, and attempts without a result, just before the kill. */
  readonly atKill: Outbox
  /** Attempts without a result once it had started again and ended well. */
  readonly openAtEnd: number
  readonly samples: readonly Sample[]
  readonly heap: Growth
  readonly tables: Growth
  readonly rss: Growth
  /** Memory was judged: the second half was long enough for it. */
  readonly judged: boolean
  readonly lagMax: number
  readonly refusals: readonly string[]
  readonly overload: OverloadReport
}

/** Messages that wait, and attempts without a result. */
export type Outbox = { readonly queued: number; readonly underWay: number }

const MIB = 1 << 20
const LAG_MAX = 1_000
/** As many as may be under way at once: `src/stages/courier.ts`. */
const UNDER_WAY_MAX = 32

/** What must not be; [] when all is well. */
export const faultsOf = (report: SoakReport): readonly string[] => {
  const flat = (['heap', 'tables', 'rss'] as const).flatMap((name) =>
    report.judged && report[name].low > report[name].within ? [`${name} grows by ${rate(report[name])}`] : [],
  )
  return [
    ...flat,
    ...(['lost', 'twice', 'tooMany', 'openAtEnd'] as const).flatMap((name) =>
      report[name] === 0 ? [] : [`${name}: ${report[name]}`],
    ),
    ...(report.folded === report.distinct ? [] : [`${report.folded} folded of ${report.distinct} events`]),
    // What is under way when a process is killed has no result until the next one starts.
    ...(report.unsettled <= (report.atKill.queued + report.atKill.underWay === 0 ? 0 : UNDER_WAY_MAX)
      ? []
      : [`${report.unsettled} attempts without a result, ${JSON.stringify(report.atKill)} at the kill`]),
    ...(report.eventsPerSecond >= 0.95 * report.rates.events ? [] : ['the load of events was not carried']),
    ...(report.decisionsPerSecond >= 0.95 * report.rates.decisions
      ? []
      : ['the load of decisions was not carried']),
    ...(report.acceptedMails > 0 ? [] : ['no mail left']),
    ...(report.lagMax <= LAG_MAX ? [] : [`the fold was ${report.lagMax} records behind`]),
    ...report.refusals,
    ...overloadFaultsOf(report.overload),
  ]
}

export const mib = (bytes: number): string => (bytes / MIB).toFixed(1)
const rate = ({ perHour, low, high, live, within, newborn }: Growth): string =>
  `${mib(perHour)} MiB/h (95 %: ${mib(low)} to ${mib(high)}; state ${mib(live)}, flat within ${mib(within)}); a newborn has ${mib(newborn)} MiB`

/** The report as lines for a person. */
export const showReport = (report: SoakReport): string => {
  const { samples, rates, settled: results } = report
  const half = samples.find(({ at }) => at >= report.seconds / 2)
  const last = samples.at(-1)
  const count = (value: number): string => Math.round(value).toLocaleString('en')
  const over = (weight: (sample: Sample) => number): string =>
    [samples[0], half, last].map((one) => (one === undefined ? '?' : mib(weight(one)))).join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['minutes', (report.seconds / 60).toFixed(1)],
    ['asked for per second: events, decisions, mails', `${rates.events}, ${rates.decisions}, ${rates.mails}`],
    [
      'events/s, decisions/s',
      `${report.eventsPerSecond.toFixed(0)}, ${report.decisionsPerSecond.toFixed(0)}`,
    ],
    ['decision p99 over HTTP (not while it is weighed), ms', report.decideP99Ms.toFixed(1)],
    [
      'processors kept busy; of them by the main thread',
      `${report.processors.toFixed(2)}; ${report.mainThread.toFixed(2)}`,
    ],
    ['told to come again', JSON.stringify(report.turnedAway)],
    ['heap after collection: first, half, last, MiB', over(({ heap }) => heap)],
    [`  second half${report.judged ? '' : ' (too short to judge)'}`, rate(report.heap)],
    ['tables without the id window, MiB', over(({ tables }) => tables)],
    ['  second half', rate(report.tables)],
    ['id window, MiB', over(({ idWindow }) => idWindow)],
    ['resident, MiB', over(({ rss }) => rss)],
    ['  second half, without the id window', rate(report.rss)],
    ['disk: first, half, last, MiB', over(({ disk }) => disk)],
    ['most records behind the log', String(report.lagMax)],
    ['acknowledged; lost after a kill', `${count(report.acknowledged)}; ${report.lost}`],
    ['folded, distinct in the log', `${count(report.folded)}, ${count(report.distinct)}`],
    ['opened again in, s', (report.openMs / 1_000).toFixed(1)],
    ['attempts; results', `${report.attempts}; ${JSON.stringify(results)}`],
    [
      'mails accepted; a message twice; too many',
      `${report.acceptedMails}; ${report.twice}; ${report.tooMany}`,
    ],
    [
      'at the kill: mails waiting, attempts under way',
      `${report.atKill.queued}, ${report.atKill.underWay}; ${report.unsettled} without a result`,
    ],
    ['attempts without a result after the restart', String(report.openAtEnd)],
  ]
  return [...rows.map(([name, value]) => `${name.padEnd(50)} ${value}`), showOverload(report.overload)].join(
    '\n',
  )
}
