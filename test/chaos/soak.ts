// A long steady load on the whole product, always on the same people: memory must be flat once its windows are
// full, nothing acknowledged may be lost, nobody mailed twice; then a kill, a count, and five times too much.
//   node test/chaos/soak.ts --minutes 60 [--events 30000] [--decisions 1000] [--mails 10] [--fill 2200000] [--every 10] [--dir DIR]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BENCH_PLAN } from '../../bench/load/plan.ts'
import { runLoad } from '../../bench/load/run-load.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { overload } from './overload.ts'
import { applyPlan, startProduct, usageOf, type Product } from './product.ts'
import { inspectSoak, openAttemptsIn } from './soak-check.ts'
import {
  createSoakLoad,
  emailOf,
  type Answered,
  personOf,
  type SoakLoad,
  type SoakRates,
} from './soak-load.ts'
import { faultsOf, mib, showReport, type Growth, type Outbox, type SoakReport } from './soak-report.ts'
import { metricsOf, openScale, slopeOf, type Sample } from './soak-samples.ts'
import { startSmtpSink } from './smtp-sink.ts'

export type SoakPlan = {
  readonly dir: string
  readonly seconds: number
  readonly sampleEverySeconds: number
  readonly rates: SoakRates
  readonly people: number
  /** Events, and a thirtieth as many decisions, put in beforehand, so that bounded windows are full. */
  readonly fill: number
  readonly overloadSeconds: number
  readonly onSample?: (sample: Sample, decideP99Ms: number) => void
  readonly onPhase?: (what: string) => void
}

const JUDGED_SECONDS_MIN = 1_200
/** Beyond live state, bytes of memory for each event taken in that are the error of the measure. */
const BYTES_PER_EVENT_MAX = 2
const BATCH = 100

/** The plan of the benchmarks with a short window, and a campaign that writes to whoever is nudged. */
const PLAN = BENCH_PLAN.replace(
  'holdout: { share: 0.05, salt: bench, horizon: 30d }',
  'holdout: { share: 0, horizon: 7d }',
)
  .replace('  caps: [{ channel: email, max: 3, per: 7d }]', '  caps: []\n  assume_consent: [email]')
  .replaceAll('window: 1d', 'window: 5m')
  .replace(
    'actions: [{ creative: win, channel: email }]',
    `actions: [{ creative: win, channel: email }]
  - id: nudge
    goal: { event: Order Completed, window: 5m }
    trigger: { event: Nudge, reentry: 0m }
    actions: [{ creative: win, channel: email }]
    policy: { always: win/now, floor: 0 }`,
  )

/** Runs the plan on a fresh folder; says nothing about whether it is right. */
export const soak = async (plan: SoakPlan): Promise<SoakReport> => {
  const { dir, seconds, rates, people } = plan
  const sink = await startSmtpSink({
    rng: createRng('soak'),
    delayMsMax: 5,
    lostReplyShare: 0.002,
    brokenOffShare: 0.002,
    refusedShare: 0.01,
    onAccepted: () => undefined,
  })
  writeFileSync(
    join(dir, 'windvane.yaml'),
    `publicUrl: https://shop.example\nsmtp: { host: 127.0.0.1, port: ${sink.port}, connections: 4 }\n`,
  )
  const inspected = { nodeArgs: ['--inspect=127.0.0.1:0'] }
  const product = await startProduct({ dir, ...inspected })
  await applyPlan(product, PLAN)
  await introduce(product, people)
  const before = people + (await fill(product, plan))
  const load = createSoakLoad(rates, people)
  const measured = await underLoad(product, plan, load)
  plan.onPhase?.('waiting for the mail that is under way')
  const atKill = await settled(product)
  await product.kill()
  plan.onPhase?.('killed; counting')
  const findings = await inspectSoak(dir, { load, sink, before })
  // Said at once: what comes after must not take it along when it fails.
  plan.onPhase?.(
    JSON.stringify({ atKill, ...findings, decided: load.decided() / seconds, refusals: load.refusals }),
  )
  const again = await startProduct({ ...inspected, dir, port: product.port, keys: product.keys })
  plan.onPhase?.('started again; weighing it')
  const newborn = await weighNewborn(again, plan, load.sent())
  plan.onPhase?.('five times too much')
  const flooded = await overload({ product: again, seconds: plan.overloadSeconds, times: 5 })
  await settled(again)
  await again.end()
  await sink.close()
  plan.onPhase?.('ended; counting attempts')
  const openAtEnd = openAttemptsIn(dir)
  return {
    ...findings,
    ...judge(measured.samples, { seconds, events: findings.acknowledged, newborn }),
    seconds,
    rates,
    eventsPerSecond: findings.acknowledged / seconds,
    decisionsPerSecond: load.decided() / seconds,
    decideP99Ms: measured.decideP99Ms,
    processors: measured.processors,
    mainThread: measured.mainThread,
    turnedAway: load.turnedAway(),
    atKill,
    openAtEnd,
    refusals: load.refusals,
    overload: flooded,
  }
}

const introduce = async (product: Product, people: number): Promise<void> => {
  for (let from = 0; from < people; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, people - from) }, (_, index) => {
      const userId = personOf(from + index)
      return { type: 'identify', userId, messageId: `hello-${userId}`, traits: { email: emailOf(userId) } }
    })
    const answer = await fetch(new URL('/v1/batch', product.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${product.keys.ingest}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    })
    if (!answer.ok) throw new RangeError(`nobody is let in: ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
}

const FILL_SECONDS = 10
const FILL_ROUNDS_MAX = 60
const EVENTS_PER_DECISION = 30

/** Puts events and decisions in, as fast as they are taken; how many events were acknowledged. */
const fill = async ({ port, keys }: Product, { fill: wanted, people }: SoakPlan): Promise<number> => {
  const round = { port, people, warmupSeconds: 0, seconds: FILL_SECONDS, connections: 8 }
  let [events, decisions] = [0, 0]
  for (let rounds = 0; rounds < FILL_ROUNDS_MAX; rounds++) {
    const more = [events < wanted, decisions < wanted / EVENTS_PER_DECISION] as const
    if (!more[0] && !more[1]) break
    const [filled, decided] = await Promise.all([
      more[0] ? runLoad({ ...round, key: keys.ingest, target: 'batch' }) : null,
      more[1] ? runLoad({ ...round, key: keys.decide, target: 'decide' }) : null,
    ])
    events += filled?.acknowledged ?? 0
    decisions += decided?.acknowledged ?? 0
    console.error(`filled with ${events} events, ${decisions} decisions`)
  }
  return events
}

const underLoad = async (product: Product, plan: SoakPlan, load: SoakLoad) => {
  const scale = await openScale(product, plan.dir)
  const begun = performance.now()
  const before = usageOf(product.pid)
  const elapsed = (): number => (performance.now() - begun) / 1_000
  const loading = load.run(product, () => elapsed() >= plan.seconds)
  const samples: Sample[] = []
  const latencies: number[] = []
  const weighings: Weighing[] = []
  while (elapsed() + plan.sampleEverySeconds <= plan.seconds) {
    await sleep((samples.length + 1) * plan.sampleEverySeconds * 1_000 - elapsed() * 1_000)
    const from = performance.now()
    const sample = await scale.weigh(elapsed())
    weighings.push({ from, to: performance.now() })
    samples.push(sample)
    const own = load.takeAnswers().filter(isUndisturbed(weighings.slice(-2)))
    for (const { ms } of own) latencies.push(ms)
    plan.onSample?.(sample, p99(own.map(({ ms }) => ms)))
  }
  await loading
  scale.close()
  const [after, ms] = [usageOf(product.pid), performance.now() - begun]
  const processors = (after.cpuMs - before.cpuMs) / ms
  const mainThread = (after.mainMs - before.mainMs) / ms
  return { processors, mainThread, samples, decideP99Ms: p99(latencies) }
}

type Weighing = { readonly from: number; readonly to: number }

/** What queues behind a weighing is answered within this, ms. */
const AFTER_WEIGHING_MS = 500

/** A collection stops the product for a moment that is not its own: what was asked then says nothing about it. */
const isUndisturbed =
  (weighings: readonly Weighing[]) =>
  ({ at, ms }: Answered): boolean =>
    weighings.every(({ from, to }) => at + ms < from || at > to + AFTER_WEIGHING_MS)

const NEWBORN_SECONDS = 30

/** A process that has just begun, with all that the old one knew, once the same load has warmed it. */
const weighNewborn = async (
  product: Product,
  { dir, rates, people }: SoakPlan,
  firstSerial: number,
): Promise<Sample> => {
  const scale = await openScale(product, dir)
  const until = performance.now() + NEWBORN_SECONDS * 1_000
  await createSoakLoad(rates, people, firstSerial).run(product, () => performance.now() > until)
  const sample = await scale.weigh(0)
  scale.close()
  return sample
}

const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0

const SETTLED_MS_MAX = 60_000

/** Waits until no mail is on its way any more, or for so long; what is left then. */
const settled = async (product: Product): Promise<Outbox> => {
  const until = performance.now() + SETTLED_MS_MAX
  for (let quiet = 0; ; ) {
    const read = await metricsOf(product)
    const outbox = { queued: read('windvane_outbox_queued'), underWay: read('windvane_outbox_under_way') }
    quiet = outbox.queued + outbox.underWay === 0 ? quiet + 1 : 0
    if (quiet === 10 || performance.now() > until) return outbox
    await sleep(100)
  }
}

const judge = (
  samples: readonly Sample[],
  {
    seconds,
    events,
    newborn,
  }: { readonly seconds: number; readonly events: number; readonly newborn: Sample },
) => {
  const late = samples.filter(({ at }) => at >= seconds / 2)
  const first = samples[0] ?? newborn
  const hours = seconds / 3_600
  const slack = (BYTES_PER_EVENT_MAX * events) / hours
  const judged = (weight: (sample: Sample) => number): Growth => {
    const times = late.map(({ at }) => at)
    // What a new process with the same state weighs more than the old one did at its beginning is live.
    const live = Math.max(0, weight(newborn) - weight(first)) / hours
    return { ...slopeOf(times, late.map(weight)), newborn: weight(newborn), live, within: live + slack }
  }
  return {
    samples,
    heap: judged(({ heap }) => heap),
    tables: judged(({ tables }) => tables),
    rss: judged(({ rss, idWindow }) => rss - idWindow),
    judged: seconds >= JUDGED_SECONDS_MIN,
    lagMax: Math.max(...samples.map(({ lag }) => lag)),
  }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      events: { type: 'string', default: '30000' },
      decisions: { type: 'string', default: '1000' },
      mails: { type: 'string', default: '10' },
      people: { type: 'string', default: '50000' },
      fill: { type: 'string', default: '0' },
      every: { type: 'string', default: '10' },
      dir: { type: 'string' },
    },
  })
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'windvane-soak-'))
  const seconds = Number(values.minutes) * 60
  const report = await soak({
    dir,
    seconds,
    sampleEverySeconds: Number(values.every),
    rates: {
      events: Number(values.events),
      decisions: Number(values.decisions),
      mails: Number(values.mails),
    },
    people: Number(values.people),
    fill: Number(values.fill),
    overloadSeconds: 20,
    onPhase: (what) => console.error(`${new Date().toISOString()} ${what}`),
    onSample: ({ at, heap, tables, idWindow, rss, disk, lag }, ms) =>
      console.error(
        `${at.toFixed(0)} s: heap ${mib(heap)}, tables ${mib(tables)}, ids ${mib(idWindow)}, resident ${mib(rss)}, disk ${mib(disk)} MiB, lag ${lag}, decision p99 ${ms.toFixed(1)} ms`,
      ),
  })
  const faults = faultsOf(report)
  console.log(showReport(report))
  console.log(faults.length === 0 ? 'all is well' : `FAULTS\n${faults.join('\n')}\nthe folder stays: ${dir}`)
  if (faults.length > 0) process.exitCode = 1
  else if (values.dir === undefined) rmSync(dir, { recursive: true, force: true })
}

if (import.meta.main) await main()
