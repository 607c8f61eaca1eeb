// Five times as much as the product can take, for twenty seconds: it turns the rest away with 429, stays
// within its memory, loses nothing that it acknowledged, and is itself again within seconds.
//   node test/chaos/overload.ts [--seconds 20] [--times 5]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BENCH_PLAN } from '../../bench/load/plan.ts'
import type { LoadReport } from '../../bench/load/generator.ts'
import { runLoad } from '../../bench/load/run-load.ts'
import { applyPlan, startProduct, usageOf, type Product } from './product.ts'

export type OverloadPlan = { readonly product: Product; readonly seconds: number; readonly times: number }

export type OverloadReport = {
  /** Events per second that it took when asked for as many as it could. */
  readonly capacity: number
  readonly asked: number
  readonly taken: number
  readonly refused: number
  /** Of them, without a word about when to come again. */
  readonly refusedWithoutTime: number
  /** Neither taken nor refused. */
  readonly failed: number
  readonly calmP99Ms: number
  readonly overloadedP99Ms: number
  /** Seconds until the 99th percentile was back within three times the calm one. */
  readonly recoveredSeconds: number
  readonly acknowledged: number
  /** Events that got no answer before the load went away: taken or not. */
  readonly unanswered: number
  readonly folded: number
  readonly rssBefore: number
  readonly rssMax: number
}

const MIB = 1 << 20
/** After the flood; it must be itself again well before. */
const WATCHED_SECONDS = 20
const RECOVERED_SECONDS_MAX = 5
const BATCH = 100

/** Runs the plan on a product that runs. */
export const overload = async ({ product, seconds, times }: OverloadPlan): Promise<OverloadReport> => {
  const foldedBefore = await foldedOf(product)
  const load = { port: product.port, key: product.keys.ingest, target: 'batch', batchSize: BATCH } as const
  const full = await runLoad({ ...load, seconds: 6, connections: 32 })
  const capacity = full.eventsPerSecond
  const calmRate = (capacity / BATCH) * 0.2
  const calm = await runLoad({ ...load, seconds: 5, perSecond: calmRate, connections: 64 })
  const rssBefore = usageOf(product.pid).rss
  const watch = watchRss(product)
  const flood = await runLoad({
    ...load,
    seconds,
    warmupSeconds: 0,
    perSecond: (capacity / BATCH) * times,
    connections: 1_500,
  })
  const after = await runLoad({
    ...load,
    seconds: WATCHED_SECONDS,
    warmupSeconds: 0,
    perSecond: calmRate,
    connections: 64,
  })
  const folded = (await foldedOf(product)) - foldedBefore
  const rssMax = watch()
  const runs: readonly LoadReport[] = [full, calm, flood, after]
  return {
    capacity,
    asked: capacity * times,
    taken: flood.eventsPerSecond,
    refused: flood.refused,
    refusedWithoutTime: runs.reduce((sum, { refusedWithoutTime }) => sum + refusedWithoutTime, 0),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    calmP99Ms: calm.p99Ms,
    overloadedP99Ms: flood.p99Ms,
    recoveredSeconds: recoveredAfter(after, Math.max(20, calm.p99Ms * 3)),
    acknowledged: runs.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    unanswered: runs.reduce((sum, { unanswered }) => sum + unanswered, 0),
    folded,
    rssBefore,
    rssMax,
  }
}

const watchRss = ({ pid }: Product): (() => number) => {
  let max = 0
  const timer = setInterval(() => {
    max = Math.max(max, usageOf(pid).rss)
  }, 200)
  return () => {
    clearInterval(timer)
    return max
  }
}

const foldedOf = async ({ url, keys }: Product): Promise<number> => {
  const text = await (
    await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${keys.admin}` } })
  ).text()
  return Number(/^windvane_events_total (\d+)/m.exec(text)?.[1] ?? -1)
}

const recoveredAfter = ({ bySecond }: LoadReport, withinMs: number): number => {
  const slow = bySecond.findLastIndex(({ p99Ms, refused }) => p99Ms > withinMs || refused > 0)
  return slow + 1
}

/** What must not be; [] when all is well. */
export const faultsOf = (report: OverloadReport): readonly string[] => [
  ...(report.failed === 0 ? [] : [`${report.failed} requests were neither taken nor refused`]),
  ...(report.refusedWithoutTime === 0
    ? []
    : [`${report.refusedWithoutTime} were refused without Retry-After`]),
  ...(report.refused > 0 ? [] : ['nothing was refused: it was no overload']),
  ...(report.folded >= report.acknowledged && report.folded <= report.acknowledged + report.unanswered
    ? []
    : [`${report.acknowledged} acknowledged, ${report.folded} folded`]),
  ...(report.recoveredSeconds <= RECOVERED_SECONDS_MAX
    ? []
    : [`not itself again after ${report.recoveredSeconds} s`]),
  ...(report.rssMax <= report.rssBefore + 512 * MIB
    ? []
    : [`memory grew to ${Math.round(report.rssMax / MIB)} MiB`]),
]

export const showReport = (report: OverloadReport): string => {
  const rows: readonly (readonly [string, string])[] = [
    ['takes at most, events/s', Math.round(report.capacity).toLocaleString('en')],
    ['asked for, events/s', Math.round(report.asked).toLocaleString('en')],
    ['taken meanwhile, events/s', Math.round(report.taken).toLocaleString('en')],
    [
      'answered 429; without Retry-After',
      `${report.refused.toLocaleString('en')}; ${report.refusedWithoutTime}`,
    ],
    ['requests without a right answer', String(report.failed)],
    ['p99 calm, ms', report.calmP99Ms.toFixed(1)],
    ['p99 of what was taken, from when it was due, ms', report.overloadedP99Ms.toFixed(1)],
    ['itself again after, s', String(report.recoveredSeconds)],
    [
      'acknowledged, without an answer, folded',
      `${report.acknowledged}, ${report.unanswered}, ${report.folded}`,
    ],
    [
      'memory before, at most, MiB',
      `${Math.round(report.rssBefore / MIB)}, ${Math.round(report.rssMax / MIB)}`,
    ],
  ]
  return rows.map(([name, value]) => `${name.padEnd(50)} ${value}`).join('\n')
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '20' }, times: { type: 'string', default: '5' } },
  })
  const dir = mkdtempSync(join(tmpdir(), 'windvane-overload-'))
  const product = await startProduct({ dir })
  await applyPlan(product, BENCH_PLAN)
  const report = await overload({ product, seconds: Number(values.seconds), times: Number(values.times) })
  await product.end()
  const faults = faultsOf(report)
  console.log(showReport(report))
  console.log(faults.length === 0 ? 'all is well' : `FAULTS\n${faults.join('\n')}`)
  rmSync(dir, { recursive: true, force: true })
  if (faults.length > 0) process.exitCode = 1
}

if (import.meta.main) await main()
