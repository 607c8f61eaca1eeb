// The product over HTTP with everything on: durable ingest with the real fold, and decisions; beside bare
// servers that only answer. The load comes from a process of its own, so that on two cores three
// processes share them: ratios say more than the figures.

import { usageOf } from '../test/chaos/product.ts'
import { runLoad } from './load/run-load.ts'
import type { LoadPlan, LoadReport } from './load/generator.ts'
import { withBare, withProduct } from './load/servers.ts'
import { median, rowOf, type Row } from './rows.ts'

const ROUNDS = 3
const INGEST_SECONDS = 4

type Shape = Pick<LoadPlan, 'target'> & Partial<LoadPlan>

type Measured = {
  readonly perSecond: number
  /** Processor time of the server, all threads, per event or request, µs. */
  readonly cpuMicros: number
}

const measure = async (port: number, pid: number, key: string, shape: Shape): Promise<Measured> => {
  const before = usageOf(pid).cpuMs
  const report = await runLoad({ port, key, seconds: INGEST_SECONDS, warmupSeconds: 0, ...shape })
  const cpuMs = usageOf(pid).cpuMs - before
  return { perSecond: report.eventsPerSecond, cpuMicros: (cpuMs * 1_000) / Math.max(1, report.events) }
}

/** Rounds of ours and the bare server in turn, after one of each to warm up; medians. */
const compare = async (name: string, unit: string, shape: Shape, bare: 'node' | 'fastify'): Promise<Row[]> =>
  await withProduct(
    async (product) =>
      await withBare(bare, async (port) => {
        const key = shape.target === 'decide' ? product.keys.decide : product.keys.ingest
        if (shape.target === 'decide')
          await runLoad({ port: product.port, key: product.keys.ingest, target: 'batch', seconds: 3 })
        const ours: Measured[] = []
        const base: number[] = []
        for (let round = 0; round <= ROUNDS; round++) {
          const own = await measure(product.port, product.pid, key, shape)
          const other = await runLoad({ port, key, seconds: INGEST_SECONDS / 2, warmupSeconds: 1, ...shape })
          if (round === 0) continue
          ours.push(own)
          base.push(other.eventsPerSecond)
        }
        const perSecond = median(ours.map((one) => one.perSecond))
        const cpu = median(ours.map((one) => one.cpuMicros))
        return [rowOf(name, `${unit} (${cpu.toFixed(1)} µs of processor each)`, perSecond, median(base))]
      }),
  )

const MIXED_SECONDS = 10

/** Decisions by the clock while events come in; latency counts from when each should have left. */
const mixed = async (): Promise<Row[]> =>
  await withProduct(async (product) => {
    const { port, keys } = product
    await runLoad({ port, key: keys.ingest, target: 'batch', seconds: 3 })
    await runLoad({ port, key: keys.decide, target: 'decide', seconds: 3 })
    const decisions = {
      port,
      key: keys.decide,
      target: 'decide',
      perSecond: 1_000,
      seconds: MIXED_SECONDS,
      connections: 64,
    } as const
    const quiet = await runLoad(decisions)
    const [busy, events] = await Promise.all([
      runLoad(decisions),
      runLoad({
        port,
        key: keys.ingest,
        target: 'batch',
        perSecond: 300,
        seconds: MIXED_SECONDS,
        connections: 32,
      }),
    ])
    return [
      rowOf(
        'decide over HTTP at 1,000/s, p50',
        `ms, ${shown(events)} beside it (baseline: nothing beside it)`,
        busy.p50Ms,
        quiet.p50Ms,
      ),
      rowOf(
        'decide over HTTP at 1,000/s, p99',
        `ms, ${shown(events)} beside it (baseline: nothing beside it)`,
        busy.p99Ms,
        quiet.p99Ms,
      ),
    ]
  })

const shown = ({ eventsPerSecond }: LoadReport): string =>
  `${Math.round(eventsPerSecond).toLocaleString('en')} events/s`

/** Events and decisions per second over HTTP, and latency under both. */
export const run = async (): Promise<Row[]> => [
  ...(await compare(
    'ingest over HTTP, batches of 100, durable, folded',
    'events/s (baseline: bare node:http)',
    { target: 'batch', connections: 32 },
    'node',
  )),
  ...(await compare(
    'ingest over HTTP, single events, durable, folded',
    'events/s (baseline: bare node:http)',
    { target: 'single', connections: 256 },
    'node',
  )),
  ...(await compare(
    'decide over HTTP, 12 actions, recorded',
    'decisions/s (baseline: bare Fastify)',
    { target: 'decide', connections: 64 },
    'fastify',
  )),
  ...(await mixed()),
]

if (import.meta.main) console.table(await run())
