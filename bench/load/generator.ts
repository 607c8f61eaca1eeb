// The load generator, a process of its own: `node generator.ts '<LoadPlan as JSON>'` prints a LoadReport.
// Closed loop (each connection sends when it has its answer) or open loop (requests leave by the clock
// and latency counts from the time they should have left).

import { openConnection, type Answer, type Connection } from './connection.ts'
import { requestsOf, type Request, type Target } from './bodies.ts'

export type LoadPlan = {
  readonly port: number
  readonly key: string
  readonly target: Target
  readonly connections: number
  readonly seconds: number
  /** Left out of the report, before it. */
  readonly warmupSeconds: number
  /** Requests per second by the clock; 0: as many as are answered. */
  readonly perSecond: number
  readonly batchSize: number
  readonly people: number
  readonly run: number
}

export type LoadReport = {
  readonly requests: number
  readonly events: number
  /** Events answered with a yes, those before and after the measured time included. */
  readonly acknowledged: number
  /** Events in requests that got no answer in time after the end. */
  readonly unanswered: number
  /** Answered 429 or 503. */
  readonly refused: number
  /** Of them, without a Retry-After. */
  readonly refusedWithoutTime: number
  /** Anything else that is not a success. */
  readonly failed: number
  /** Due and not sent, since every connection was busy for too long. */
  readonly skipped: number
  readonly seconds: number
  /** Of successes. */
  readonly eventsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** By second of the run: successes and their 99th percentile, to see a server recover. */
  readonly bySecond: readonly { readonly ok: number; readonly refused: number; readonly p99Ms: number }[]
}

type Counts = {
  requests: number
  events: number
  acknowledged: number
  refused: number
  refusedWithoutTime: number
  failed: number
  skipped: number
  unanswered: number
  latencies: number[]
  bySecond: Second[]
}
type Second = { ok: number; refused: number; latencies: number[] }

const REQUESTS_PREPARED = 512
const BACKLOG_MAX = 100_000

type Answered = Pick<Answer, 'status' | 'saysWhen'> & {
  readonly events: number
  readonly ms: number
  readonly at: number
}

const note = (counts: Counts, plan: LoadPlan, start: number, about: Answered): void => {
  const { status, events, ms, at } = about
  if (status >= 200 && status < 300) counts.acknowledged += events
  if (at < start) return
  const second = Math.floor((at - start) / 1_000)
  if (second >= plan.seconds) return
  const slot = (counts.bySecond[second] ??= { ok: 0, refused: 0, latencies: [] })
  counts.requests++
  if (status >= 200 && status < 300) {
    counts.events += events
    counts.latencies.push(ms)
    slot.ok += events
    slot.latencies.push(ms)
  } else if (status === 429 || status === 503) {
    counts.refused++
    if (!about.saysWhen) counts.refusedWithoutTime++
    slot.refused++
  } else counts.failed++
}

type Running = {
  readonly plan: LoadPlan
  readonly requests: readonly Request[]
  readonly counts: Counts
  readonly start: number
  readonly end: number
  next: number
}

const closedLoop = async (running: Running, connection: Connection): Promise<void> => {
  const { plan, requests, counts, start, end } = running
  while (performance.now() < end) {
    const request = requests[running.next++ % requests.length]
    if (request === undefined) return
    const sent = performance.now()
    const { status, saysWhen } = await connection.send(request.parts())
    const at = performance.now()
    note(counts, plan, start, { status, saysWhen, events: request.events, ms: at - sent, at })
  }
}

const openLoop = async (running: Running, connections: readonly Connection[]): Promise<void> => {
  const { plan, requests, counts, start, end } = running
  const begun = performance.now()
  const free = [...connections]
  const due: number[] = []
  const gate = new Int32Array(new SharedArrayBuffer(4))
  let scheduled = 0
  let underWay = 0
  const dispatch = (): void => {
    while (due.length > 0) {
      const connection = free.pop()
      if (connection === undefined) return
      const at = due.shift() ?? 0
      const request = requests[running.next++ % requests.length]
      if (request === undefined) return
      underWay++
      void connection.send(request.parts()).then(
        ({ status, saysWhen }) => {
          const now = performance.now()
          note(counts, plan, start, { status, saysWhen, events: request.events, ms: now - at, at: now })
          underWay--
          free.push(connection)
          dispatch()
        },
        () => {
          // The server hung up: a fault to report, not the end of the load. The connection is gone.
          underWay--
          counts.failed++
          counts.unanswered += request.events
        },
      )
    }
  }
  while (performance.now() < end) {
    const now = performance.now()
    for (; begun + (scheduled * 1_000) / plan.perSecond <= now; scheduled++) {
      if (due.length < BACKLOG_MAX) due.push(begun + (scheduled * 1_000) / plan.perSecond)
      else counts.skipped++
    }
    dispatch()
    // A fine nap: timers of the runtime count whole milliseconds only.
    Atomics.wait(gate, 0, 0, 0.1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
  counts.skipped += due.length
  due.length = 0
  for (let waited = 0; underWay > 0 && waited < 6_000; waited++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  counts.unanswered += underWay * plan.batchSize
}

const percentile = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

const reportOf = (plan: LoadPlan, counts: Counts): LoadReport => {
  const sorted = counts.latencies.toSorted((a, b) => a - b)
  return {
    requests: counts.requests,
    events: counts.events,
    acknowledged: counts.acknowledged,
    refused: counts.refused,
    refusedWithoutTime: counts.refusedWithoutTime,
    failed: counts.failed,
    skipped: counts.skipped,
    unanswered: counts.unanswered,
    seconds: plan.seconds,
    eventsPerSecond: counts.events / plan.seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
    bySecond: Array.from(counts.bySecond, (second) => ({
      ok: second?.ok ?? 0,
      refused: second?.refused ?? 0,
      p99Ms: percentile(second?.latencies.toSorted((a, b) => a - b) ?? [], 0.99),
    })),
  }
}

const runLoad = async (plan: LoadPlan): Promise<LoadReport> => {
  const requests = requestsOf({
    ...plan,
    count: plan.target === 'batch' ? REQUESTS_PREPARED : REQUESTS_PREPARED * 8,
  })
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => openConnection(plan.port)),
  )
  const start = performance.now() + plan.warmupSeconds * 1_000
  const counts: Counts = {
    requests: 0,
    events: 0,
    acknowledged: 0,
    refused: 0,
    refusedWithoutTime: 0,
    failed: 0,
    skipped: 0,
    unanswered: 0,
    latencies: [],
    bySecond: [],
  }
  const running: Running = { plan, requests, counts, start, end: start + plan.seconds * 1_000, next: 0 }
  if (plan.perSecond > 0) await openLoop(running, connections)
  else await Promise.all(connections.map((connection) => closedLoop(running, connection)))
  for (const connection of connections) connection.close()
  return reportOf(plan, counts)
}

if (import.meta.main) {
  console.log(JSON.stringify(await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadPlan)))
  process.exit(0)
}
