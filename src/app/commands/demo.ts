// `windvane demo`: server, mail server and a simulated shop in one process, on a clock that runs fast.
// Everything the shop does goes through the public doors, as a real one's would.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { DAY_MS } from '../../kernel/time.ts'
import { createAdDemo } from '../../sim/ad-demo.ts'
import { startBrandDemo } from '../../sim/brand-demo.ts'
import { startMarket, startSmtpSink, type Market } from '../../sim/index.ts'
import { fastClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { demoPlanYaml } from '../demo-plan.ts'
import { openKeys } from '../keys.ts'
import { untilToldToEnd } from '../lifetime.ts'
import { note, print } from '../output.ts'
import { followParticipants, type Participants } from '../planted-truth.ts'
import { reportTo } from '../report.ts'
import { serve, type Served } from '../serve.ts'
import { SIGNAL_REASON } from '../stop-at-once.ts'
import { stopFileIn } from '../stop-file.ts'

type DemoOptions = {
  readonly data?: string
  readonly port: string
  readonly host: string
  readonly daySeconds: string
  readonly customers: string
  readonly seed: string
  readonly json: boolean
}

const TRUTH_EVERY_MS = 2_000

export const demoCommand = (): Command =>
  new Command('demo')
    .description('a living shop to look at: simulated people, real mail server, fast clock')
    .option('--data <dir>', 'keep the data here; a temporary folder otherwise')
    .option('--port <n>', 'port of the console', '8080')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--day-seconds <n>', 'real seconds a day takes', '10')
    .option('--customers <n>', 'people in the market', '3000')
    .option('--seed <text>', 'another seed is another market', 'lighthouse')
    .option('--json', 'answer as one JSON document', false)
    .action(async (options: DemoOptions) => demo(options))

const demo = async (options: DemoOptions): Promise<void> => {
  const dir = options.data ?? mkdtempSync(join(tmpdir(), 'windvane-demo-'))
  if (options.data !== undefined && existsSync(join(dir, 'log.db')))
    throw new Failure({
      code: 'demo.data_used',
      message: `${dir} holds a log already.`,
      hint: 'A demo begins anew: name an empty folder, or look at the old one with: windvane start --data DIR',
    })
  const keys = openKeys(dir)
  const sink = await startSmtpSink({ slowShare: 0.005 })
  const clock = fastClock(Date.now(), DAY_MS / (Number(options.daySeconds) * 1_000))
  const base = readConfig({ dir, env: {}, flags: { port: Number(options.port), host: options.host } })
  const config = {
    ...base,
    smtp: {
      host: '127.0.0.1',
      port: sink.port,
      secure: false,
      user: '',
      password: '',
      passwordFile: '',
      connections: 8,
      recipientsAllowed: [],
    },
  }
  const report = reportTo(note)
  const truth = createTruth()
  const adDemo = createAdDemo({ seed: options.seed, now: clock.now })
  const ads = { platforms: new Map([[adDemo.platform.name, adDemo.platform]]), demandOn: adDemo.demandOn }
  const served = await serve({ dir, config, keys, clock, mode: 'demo', report, truth: truth.read, ads })
  await applyDemoPlan(served, demoPlanYaml())
  await applyDemoPlan(served, adDemo.planYaml)
  adDemo.start(served.system.loop.record, (error) => report(error, 'the ad market'))
  const { ingest, decide, admin } = keys.fresh ?? { ingest: '', decide: '', admin: '' }
  const market = await startMarket({
    url: served.url,
    keys: { ingest, decide },
    clock,
    sink,
    seed: options.seed,
    customers: Number(options.customers),
    report: (message) => note(`market: ${message}`),
  })
  const talk = startBrandDemo({
    url: served.url,
    key: ingest,
    seed: options.seed,
    now: clock.now,
    report: (error) => report(error, 'the talk of the demo'),
  })
  const participants = await followParticipants(served.system.loop)
  truth.follow(served, market, participants)
  const url = `${served.url}/#key=${admin}`
  print(
    { json: options.json },
    { url, data: dir, ingestKey: ingest, decideKey: decide, adminKey: admin },
    () =>
      [
        `The demo lives: a day every ${options.daySeconds} s, ${options.customers} people, no mail leaves this machine.`,
        '',
        `Console: ${url}`,
        '',
        `Data: ${dir}${options.data === undefined ? ' (removed at the end)' : ''}   End: Ctrl-C`,
      ].join('\n'),
  )
  await untilToldToEnd(
    async () => {
      await market.stop()
      adDemo.stop()
      await talk.stop()
      participants.close()
      await served.close()
      await sink.close()
      if (options.data === undefined) rmSync(dir, { recursive: true, force: true })
    },
    () => stopFileIn(dir).write(SIGNAL_REASON),
    note,
  )
}

const applyDemoPlan = async ({ applyPlan }: Served, yaml: string): Promise<void> => {
  const { problems } = await applyPlan(yaml, false)
  const [first] = problems
  if (first !== undefined)
    throw new Failure({ code: 'demo.plan', message: `${first.path}: ${first.message}`, hint: first.hint })
}

/** The planted lift of those whose horizon is over; worked out anew every two seconds at most. */
const createTruth = () => {
  let ask: (() => number | null) | null = null
  let [value, at]: [number | null, number] = [null, Number.NEGATIVE_INFINITY]
  return {
    read: (): number | null => {
      if (ask !== null && performance.now() - at > TRUTH_EVERY_MS) [value, at] = [ask(), performance.now()]
      return value
    },
    follow: ({ system }: Served, market: Market, participants: Participants): void => {
      ask = () => {
        const { horizonMs } = system.loop.state.feedback.holdout
        const finished = participants.finished(system.loop.ctx.now(), horizonMs)
        return finished.length === 0 ? null : market.plantedLift(finished, horizonMs)
      }
    },
  }
}
