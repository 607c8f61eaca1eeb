// Kills the whole product at random moments, under load and with mail on its way, and proves that no
// acknowledged event is lost or counted twice, nobody gets a message twice, and no wish to be left alone
// is forgotten.
//   node test/chaos/kill.ts --kills 200 [--seed any] [--rate 4000] [--dir DIR]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { inspect, type Findings } from './kill-check.ts'
import { createLoad, type Load } from './kill-load.ts'
import { createLedger, introductions, type Ledger } from './ledger.ts'
import { applyPlan, startAndKill, startProduct, type Product } from './product.ts'
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts'

export type KillPlan = {
  readonly dir: string
  readonly kills: number
  readonly seed: string
  /** Events per second asked for while the product runs. */
  readonly rate: number
  readonly people?: number
  /** The product lives this long once it listens, evenly at random, ms. */
  readonly lifeMsMin?: number
  readonly lifeMsMax?: number
  /** Share of those who got a mail and then leave. */
  readonly leaveShare?: number
  /** Each life ends in good order, by SIGTERM. */
  readonly gently?: boolean
  readonly onKill?: (done: number) => void
}

export type KillReport = Findings & {
  readonly kills: number
  /** Of them, before the product listened. */
  readonly killedStarting: number
  readonly eventsPerSecond: number
  readonly retried: number
  readonly refusals: readonly string[]
  readonly startMsMax: number
  /** Deliveries that may be under way at once: no kill leaves more than these unknown. */
  readonly underWayMax: number
  /** Listed as unknown by the product itself, /metrics. */
  readonly unknownListed: number
  readonly waitingAtEnd: number
  readonly lostReplies: number
  readonly brokenOff: number
}

const UNDER_WAY_MAX = 32
/** After so many kills the next start is killed too, before it listens or just after. */
const STARTING_EVERY = 5
const UNSUBSCRIBE_SHARE = 0.03
const STUCK_MS = 30_000

const PLAN = `
business: { name: Chaos, time_zone: UTC, currency: EUR, locale: en }
holdout: { share: 0, horizon: 7d }
limits: { caps: [], quiet_hours: none, lateness: 7d }
sender: { name: Chaos, email: hi@shop.example, footer: "Somewhere 1 <a href='{{ links.unsubscribe }}'>leave</a>" }
creatives:
  m: { channel: email, approved_by: chaos, en: { subject: "Hello", body: "<p>Hello {{ profile.id }}, <a href='https://shop.example/x'>look</a></p>" } }
campaigns:
  - id: nudge
    goal: { event: Order Completed }
    trigger: { event: Nudge, reentry: 0m }
    actions: [{ creative: m, channel: email }]
    policy: { always: m/now, floor: 0 }
`

const configOf = (sink: SmtpSink): string =>
  `publicUrl: https://shop.example\nsnapshotEveryEvents: 1000\nsmtp: { host: 127.0.0.1, port: ${sink.port}, connections: 12 }\n`

type Scene = {
  readonly plan: KillPlan
  readonly rng: Rng
  readonly ledger: Ledger
  readonly sink: SmtpSink
  readonly load: Load
  product: Product
  startMsMax: number
  killedStarting: number
}

/** Runs the plan and gives what was found; says nothing about whether it is right. */
export const killProduct = async (plan: KillPlan): Promise<KillReport> => {
  const rng = createRng(plan.seed)
  const ledger = createLedger(plan.people ?? 200 + 50 * plan.kills)
  const load = createLoad({
    rng,
    ledger,
    eventsPerSecond: plan.rate,
    connections: 12,
    nudgeShare: 0.08,
    withdrawalShare: 0.05,
    endsExpected: plan.gently === true,
  })
  const sink = await startSmtpSink({
    rng,
    delayMsMax: 20,
    lostReplyShare: 0.01,
    brokenOffShare: 0.01,
    refusedShare: 0.01,
    onAccepted: ({ to, unsubscribeUrl }) => {
      const person = ledger.byEmail.get(to)
      if (
        person === undefined ||
        person.leaving ||
        unsubscribeUrl === '' ||
        rng.uniform() >= (plan.leaveShare ?? UNSUBSCRIBE_SHARE)
      )
        return
      person.leaving = true
      load.unsubscribe(person, unsubscribeUrl)
    },
  })
  writeFileSync(join(plan.dir, 'windvane.yaml'), configOf(sink))
  const product = await startProduct({ dir: plan.dir })
  const scene: Scene = {
    plan,
    rng,
    ledger,
    sink,
    load,
    product,
    startMsMax: product.startMs,
    killedStarting: 0,
  }
  await applyPlan(product, PLAN)
  ledger.inDoubt.push(...introductions(ledger))
  await load.settle(product)
  for (let kill = 1; kill <= plan.kills; kill++) {
    await live(scene, kill)
    plan.onKill?.(kill)
  }
  return await report(scene)
}

/** One life under load, its end, and the start of the next. */
const live = async (scene: Scene, kill: number): Promise<void> => {
  const { plan, rng, load } = scene
  const { dir, lifeMsMin = 50, lifeMsMax = 1_200, gently = false } = plan
  const { port, keys } = scene.product
  let dead = false
  const loading = load.run(scene.product, () => dead)
  await sleep(lifeMsMin + rng.uniform() * (lifeMsMax - lifeMsMin))
  if (gently) await scene.product.end()
  else await scene.product.kill()
  dead = true
  await loading
  if (!gently && kill % STARTING_EVERY === 0) {
    scene.killedStarting++
    await startAndKill({ dir, port, afterMs: rng.uniform() * 1_500 })
  }
  scene.product = await startProduct({ dir, port, keys })
  scene.startMsMax = Math.max(scene.startMsMax, scene.product.startMs)
}

const report = async ({
  plan,
  ledger,
  sink,
  load,
  product,
  startMsMax,
  killedStarting,
}: Scene): Promise<KillReport> => {
  const workedMs = load.workedMs()
  await load.settle(product)
  const waitingAtEnd = await drained(product)
  const { unknown: unknownListed } = await figures(product)
  await product.end()
  const findings = await inspect(plan.dir, ledger, sink)
  await sink.close()
  return {
    ...findings,
    kills: plan.kills + killedStarting,
    killedStarting,
    eventsPerSecond: (ledger.acknowledged.size / workedMs) * 1_000,
    retried: ledger.retried,
    refusals: load.refusals,
    startMsMax,
    underWayMax: UNDER_WAY_MAX,
    unknownListed,
    waitingAtEnd,
    lostReplies: sink.lostReplies,
    brokenOff: sink.brokenOff,
  }
}

const figures = async (product: Product) => {
  const text = await (
    await fetch(new URL('/metrics', product.url), {
      headers: { authorization: `Bearer ${product.keys.admin}` },
    })
  ).text()
  const read = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? -1)
  return {
    unknown: read('windvane_unknown_total'),
    queued: read('windvane_outbox_queued'),
    underWay: read('windvane_outbox_under_way'),
  }
}

/** Waits until no mail is on its way; how many still wait when for a while none has left. */
const drained = async (product: Product): Promise<number> => {
  let least = Number.POSITIVE_INFINITY
  let movedAt = performance.now()
  for (let quiet = 0; ; ) {
    const { queued, underWay } = await figures(product)
    const waiting = queued + underWay
    if (waiting < least) [least, movedAt] = [waiting, performance.now()]
    // A trigger may still wait for its decision: quiet for a while is quiet.
    quiet = waiting === 0 ? quiet + 1 : 0
    if (quiet > 10 || performance.now() - movedAt > STUCK_MS) return waiting
    await sleep(100)
  }
}

/** What a report says that must not be; [] when all is well. */
export const faultsOf = (report: KillReport): readonly string[] => {
  const { kills, underWayMax, unknownByCrash, unknownByServer, unknownListed } = report
  const none = [
    'lost',
    'miscounted',
    'unsettled',
    'settledTwice',
    'twice',
    'unannounced',
    'falselySent',
    'falselyFailed',
    'withoutConsent',
    'afterLeaving',
    'waitingAtEnd',
  ] as const
  return [
    ...none.filter((name) => report[name] !== 0).map((name) => `${name}: ${report[name]}`),
    ...(report.sameState ? [] : ['folded anew, the state is another one']),
    ...(report.replayed === report.replayLooked
      ? []
      : [`${report.replayLooked - report.replayed} decisions do not replay`]),
    ...(unknownByCrash <= kills * underWayMax ? [] : [`${unknownByCrash} unknown after ${kills} kills`]),
    ...(unknownListed === unknownByCrash + unknownByServer
      ? []
      : [`${unknownListed} listed as unknown, ${unknownByCrash + unknownByServer} are`]),
    ...(report.acceptedMails > 0 && report.left > 0 ? [] : ['nothing happened that could have gone wrong']),
    ...report.refusals,
  ]
}

/** The report as lines for a person. */
export const showReport = (report: KillReport): string => {
  const rows: readonly (readonly [string, string | number])[] = [
    ['kills (of them while starting)', `${report.kills} (${report.killedStarting})`],
    ['slowest start, ms', Math.round(report.startMsMax)],
    ['events acknowledged', report.acknowledged],
    ['acknowledged events/s while alive', Math.round(report.eventsPerSecond)],
    ['requests sent again after a kill', report.retried],
    ['acknowledged and lost', report.lost],
    ['people with a wrong count', report.miscounted],
    ['records in the log', report.logRecords],
    ['state folded anew is the same', report.sameState ? 'yes' : 'NO'],
    [
      'decisions (replayed to the byte)',
      `${report.decisions} (${report.replayed} of ${report.replayLooked})`,
    ],
    ['attempts', report.attempts],
    ['  sent', report.sent],
    ['  failed', report.failed],
    ['  withheld', report.withheld],
    ['  unknown after a kill', `${report.unknownByCrash} (at most ${report.kills * report.underWayMax})`],
    ['  unknown, the server hung up', report.unknownByServer],
    ['  without a result, with two', `${report.unsettled}, ${report.settledTwice}`],
    ['listed as unknown by the product', report.unknownListed],
    ['accepted by the mail server', report.acceptedMails],
    ['  the same message twice', report.twice],
    ['  without an attempt in the log', report.unannounced],
    ['  called sent, never accepted', report.falselySent],
    ['  called failed, accepted', report.falselyFailed],
    ['  to people without consent', report.withoutConsent],
    ['  begun after the person had left', `${report.afterLeaving} (${report.left} left)`],
    ['mail server: lost replies, broken off', `${report.lostReplies}, ${report.brokenOff}`],
    ['waiting at the end', report.waitingAtEnd],
  ]
  return rows.map(([name, value]) => `${name.padEnd(40)} ${value}`).join('\n')
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: 'kill' },
      rate: { type: 'string', default: '4000' },
      dir: { type: 'string' },
    },
  })
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'windvane-kill-'))
  const onKill = (done: number): void => {
    if (done % 10 === 0) console.error(`${done} kills`)
  }
  const report = await killProduct({
    dir,
    kills: Number(values.kills),
    rate: Number(values.rate),
    seed: values.seed,
    onKill,
  })
  const faults = faultsOf(report)
  console.log(showReport(report))
  console.log(faults.length === 0 ? 'all is well' : `FAULTS\n${faults.join('\n')}\nthe folder stays: ${dir}`)
  if (faults.length > 0) process.exitCode = 1
  else if (values.dir === undefined) rmSync(dir, { recursive: true, force: true })
}

if (import.meta.main) await main()
