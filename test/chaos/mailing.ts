// One mailing to very many people through a mail server that drops, delays and lies in every phase of the
// protocol, while the product is killed again and again. Nobody may get two; who says no in the middle gets none.
//   node test/chaos/mailing.ts --recipients 100000 --kills 200 [--leavers 10000] [--faults 0.03] [--minutes 60]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { startFaultySmtp } from '../../src/delivery/testing/faulty-smtp.ts'
import { inspectMailing, type MailingFindings } from './mailing-check.ts'
import { drawFault } from './mailing-faults.ts'
import {
  askForMail,
  introduce,
  newRecipients,
  noteMail,
  scanLinks,
  spread,
  unsubscribeAll,
  upTo,
  type Recipients,
} from './mailing-people.ts'
import { applyPlan, startProduct, usageOf, type Product } from './product.ts'
import { metricsOf } from './soak-samples.ts'

export type MailingPlan = {
  readonly dir: string
  readonly recipients: number
  readonly kills: number
  /** People who had a mail before, and unsubscribe by its link in the middle. */
  readonly leavers: number
  /** Chance of a fault at each step of the protocol. */
  readonly faults: number
  readonly seed: string
  /** After so long no more is sent; what happened until then is judged. */
  readonly minutesMax: number
  readonly onLife?: (life: Life) => void
}

export type Life = {
  readonly kills: number
  readonly accepted: number
  /** Of the product that follows: from its start until it listened, and what it had used by then. */
  readonly startMs: number
  readonly startCpuMs: number
}

export type MailingReport = MailingFindings & {
  readonly asked: number
  readonly kills: number
  readonly faulted: Readonly<Record<string, number>>
  /** Scanner GETs, and records that they left in the log. */
  readonly scanned: number
  readonly scanChanges: number
  readonly unsubscribed: number
  /** Of them, with a mail on its way. */
  readonly leftWaiting: number
  /** While it was alive and faults were drawn. */
  readonly sentPerSecond: number
  readonly cpuMsPerMail: number
  /** Half of the starts after a kill took longer; the longest. */
  readonly startMsMedian: number
  readonly startMsMax: number
  readonly unknownListed: number
  readonly underWayMax: number
  readonly waitingAtEnd: number
}

const UNDER_WAY_MAX = 32
const CONNECTIONS = 32
/** Starts are many: each folds again what came after the last snapshot. */
const SNAPSHOT_EVERY = 5_000

export const MAILING_PLAN = `
business: { name: Mailing, time_zone: UTC, currency: EUR, locale: en }
holdout: { share: 0, horizon: 7d }
limits: { caps: [], quiet_hours: none, lateness: 7d, assume_consent: [email] }
sender: { name: Mailing, email: hi@shop.example, footer: "Somewhere 1 <a href='{{ links.unsubscribe }}'>leave</a>" }
creatives:
  m: { channel: email, approved_by: chaos, en: { subject: "Hello", body: "<p>Hello {{ profile.id }}, <a href='https://shop.example/x'>look</a></p>" } }
campaigns:
${['before', 'mailing']
  .map(
    (id) => `  - id: ${id}
    goal: { event: Order Completed }
    trigger: { event: ${id}, reentry: 0m }
    actions: [{ creative: m, channel: email }]
    policy: { always: m/now, floor: 0 }
`,
  )
  .join('')}`

type Scene = {
  readonly plan: MailingPlan
  readonly rng: Rng
  readonly people: Recipients
  readonly until: number
  product: Product
  kills: number
  /** While mail was leaving. */
  cpuMs: number
  aliveMs: number
  readonly startsMs: number[]
}

/** Runs the plan on a fresh folder; says nothing about whether it is right. */
export const sendMailing = async (plan: MailingPlan): Promise<MailingReport> => {
  const { dir, recipients, leavers } = plan
  const rng = createRng(plan.seed)
  const people = newRecipients()
  const faulted: Record<string, number> = {}
  let chance = 0
  const server = await startFaultySmtp({
    plan: () => drawFault(rng, chance, faulted),
    onAccepted: (mail) => noteMail(people, mail, performance.now()),
  })
  const smtp = `smtp: { host: 127.0.0.1, port: ${server.port}, connections: ${CONNECTIONS} }`
  writeFileSync(
    join(dir, 'windvane.yaml'),
    `publicUrl: https://shop.example\nsnapshotEveryEvents: ${SNAPSHOT_EVERY}\n${smtp}\n`,
  )
  const product = await startProduct({ dir })
  const until = performance.now() + plan.minutesMax * 60_000
  const scene: Scene = { plan, rng, people, until, product, kills: 0, cpuMs: 0, aliveMs: 0, startsMs: [] }
  await applyPlan(product, MAILING_PLAN)
  await introduce(product, recipients)
  // Those who will leave have had a mail, from which they have their link.
  await askForMail(product, 'before', spread(leavers, recipients))
  await mailsReach(scene, leavers)
  await drained(scene)
  const { scanned, changes: scanChanges } = await scanLinks(product, people)
  const before = people.mails
  chance = plan.faults
  await askForMail(product, 'mailing', upTo(recipients))
  const mailedAt = people.mails
  await goThrough(scene, recipients + before)
  chance = 0
  const waitingAtEnd = await drained(scene)
  const unknownListed = (await metricsOf(scene.product))('windvane_unknown_total')
  await scene.product.end()
  await server.close()
  return {
    ...(await inspectMailing(dir, people)),
    asked: recipients + before,
    kills: scene.kills,
    faulted,
    scanned,
    scanChanges,
    unsubscribed: people.leftAt.size,
    leftWaiting: people.leftWaiting,
    sentPerSecond: ((people.mails - mailedAt) * 1_000) / scene.aliveMs,
    cpuMsPerMail: scene.cpuMs / (people.mails - mailedAt),
    ...startsOf(scene),
    unknownListed,
    underWayMax: UNDER_WAY_MAX,
    waitingAtEnd,
  }
}

/** Lives that end in a kill, spread over the whole mailing. In the middle some leave. */
const goThrough = async (scene: Scene, asked: number): Promise<void> => {
  const { plan, rng, people, until } = scene
  const share = (plan.recipients - plan.leavers) / plan.kills
  for (let life = 0; life < plan.kills && performance.now() < until; life++) {
    const goal = people.mails + share * 2 * rng.uniform()
    const begun = performance.now()
    const cpuMs = usageOf(scene.product.pid).cpuMs
    if (life === Math.floor(plan.kills / 2)) {
      await decidedAbout(scene, asked)
      await unsubscribeAll(scene.product, people, spread(plan.leavers, plan.recipients))
    }
    await mailsReach(scene, goal)
    scene.aliveMs += performance.now() - begun
    scene.cpuMs += usageOf(scene.product.pid).cpuMs - cpuMs
    const { port, keys } = scene.product
    await scene.product.kill()
    scene.kills++
    scene.product = await startProduct({ dir: plan.dir, port, keys })
    const { startMs } = scene.product
    scene.startsMs.push(startMs)
    const startCpuMs = usageOf(scene.product.pid).cpuMs
    plan.onLife?.({ kills: scene.kills, accepted: people.mails, startMs, startCpuMs })
  }
}

const startsOf = ({ startsMs }: Scene) => {
  const sorted = startsMs.toSorted((a, b) => a - b)
  return { startMsMedian: sorted[sorted.length >> 1] ?? 0, startMsMax: sorted.at(-1) ?? 0 }
}

const STUCK_MS = 30_000

/** Who leaves before it is decided about them is no part of the mailing: nothing waits that could be withheld. */
const decidedAbout = async ({ product, until }: Scene, asked: number): Promise<void> => {
  while ((await metricsOf(product))('windvane_decisions_total') < asked && performance.now() < until)
    await sleep(10)
}

/** Resolves when so many were taken, or for a while none is, or there is no time left. */
const mailsReach = async ({ people, until }: Scene, goal: number): Promise<void> => {
  let [least, movedAt] = [people.mails, performance.now()]
  while (people.mails < goal) {
    const now = performance.now()
    if (people.mails > least) [least, movedAt] = [people.mails, now]
    if (now > until || now - movedAt > STUCK_MS) return
    await sleep(1)
  }
}

/** Waits until no mail is on its way; how many still wait when for a while none has left. */
const drained = async ({ product }: Scene): Promise<number> => {
  let [least, movedAt] = [Number.POSITIVE_INFINITY, performance.now()]
  for (let quiet = 0; ; ) {
    const read = await metricsOf(product)
    const waiting = read('windvane_outbox_queued') + read('windvane_outbox_under_way')
    if (waiting < least) [least, movedAt] = [waiting, performance.now()]
    quiet = waiting === 0 ? quiet + 1 : 0
    if (quiet > 10 || performance.now() - movedAt > STUCK_MS) return waiting
    await sleep(100)
  }
}

/** What must not be; [] when all is well. */
export const faultsOf = (report: MailingReport): readonly string[] => [
  ...(
    ['twice', 'late', 'unannounced', 'unsettled', 'settledTwice', 'scanChanges', 'waitingAtEnd'] as const
  ).flatMap((name) => (report[name] === 0 ? [] : [`${name}: ${report[name]}`])),
  ...(report.unknownByCrash <= report.underWayMax * report.kills
    ? []
    : [`${report.unknownByCrash} unknown after ${report.kills} kills`]),
  ...(report.unknownListed === report.unknownByCrash + report.unknownByServer
    ? []
    : [`${report.unknownListed} listed as unknown of ${report.unknownByCrash + report.unknownByServer}`]),
  ...(report.attempts + report.withheld === report.asked
    ? []
    : [`${report.attempts} attempts and ${report.withheld} withheld of ${report.asked}`]),
  ...Object.entries(report.untried).flatMap(([name, count]) =>
    MAY_END_UNTRIED.test(name) ? [] : [`${name} without an attempt: ${count}`],
  ),
  ...(report.withheld <= report.unsubscribed
    ? []
    : [`${report.withheld} withheld where ${report.unsubscribed} had left`]),
  ...(Object.keys(report.faulted).length > 0 && report.leftWaiting > 0 && report.scanned > 0
    ? []
    : ['nothing happened that could have gone wrong']),
]

/** Only a person's no holds a message back for good before it was tried. */
const MAY_END_UNTRIED = /^withheld (?:no_consent|suppressed|no_consent\+suppressed)$/

const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

/** The report as lines for a person. */
export const showReport = (report: MailingReport): string => {
  const rows: readonly (readonly [string, string | number])[] = [
    ['messages asked for', report.asked],
    ['kills', report.kills],
    [
      'mails/s while alive; processor ms each',
      `${report.sentPerSecond.toFixed(0)}; ${report.cpuMsPerMail.toFixed(2)}`,
    ],
    [
      'a start after a kill: median; longest',
      `${report.startMsMedian.toFixed(0)} ms; ${report.startMsMax.toFixed(0)} ms`,
    ],
    ['attempts; withheld', `${report.attempts}; ${report.withheld}`],
    ['  without an attempt', tally(report.untried)],
    ['  attempted and not sent', tally(report.tried)],
    ['  sent; failed', `${report.sent}; ${report.failed}`],
    ['  unknown after a kill', `${report.unknownByCrash} (at most ${report.kills * report.underWayMax})`],
    ['  unknown, the server went away', report.unknownByServer],
    ['  without a result, with two', `${report.unsettled}, ${report.settledTwice}`],
    ['listed as unknown by the product', report.unknownListed],
    ['accepted by the mail server', report.accepted],
    ['  the same message twice for an address', report.twice],
    ['  without an attempt in the log', report.unannounced],
    ['  refused by it in words, accepted all the same', report.failedButTaken],
    ['said yes, accepted nothing', report.sentNotTaken],
    ['unsubscribed in the middle', report.unsubscribed],
    ['  while a mail was on its way to them', report.leftWaiting],
    ['  accepted for them more than 1 s later', report.late],
    ['scanner GETs; changes by them', `${report.scanned}; ${report.scanChanges}`],
    ['waiting at the end', report.waitingAtEnd],
    ['faults drawn', Object.values(report.faulted).reduce((sum, count) => sum + count, 0)],
    ['', tally(report.faulted)],
  ]
  return rows.map(([name, value]) => `${name.padEnd(50)} ${value}`).join('\n')
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      recipients: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '4' },
      leavers: { type: 'string' },
      faults: { type: 'string', default: '0.03' },
      minutes: { type: 'string', default: '120' },
      seed: { type: 'string', default: 'mailing' },
      dir: { type: 'string' },
    },
  })
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'windvane-mailing-'))
  const recipients = Number(values.recipients)
  const report = await sendMailing({
    dir,
    recipients,
    kills: Number(values.kills),
    leavers: Number(values.leavers ?? recipients / 10),
    faults: Number(values.faults),
    seed: values.seed,
    minutesMax: Number(values.minutes),
    onLife: ({ kills, accepted, startMs, startCpuMs }) => {
      if (kills % 10 !== 0 && kills > 5) return
      const at = `${(performance.now() / 1_000).toFixed(0)} s`
      console.error(
        `${at}: ${kills} kills, ${accepted} mails; start ${startMs.toFixed(0)} ms, ${startCpuMs} ms of it ours`,
      )
    },
  })
  const faults = faultsOf(report)
  console.log(showReport(report))
  console.log(faults.length === 0 ? 'all is well' : `FAULTS\n${faults.join('\n')}\nthe folder stays: ${dir}`)
  if (faults.length > 0) process.exitCode = 1
  else if (values.dir === undefined) rmSync(dir, { recursive: true, force: true })
}

if (import.meta.main) await main()
