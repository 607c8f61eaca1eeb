// One seed: some days of the whole system in a world that fails it, then a calm hour, then the reckoning.

import assert from 'node:assert/strict'
import { createRng } from '../../src/kernel/rng.ts'
import { toMicros } from '../../src/kernel/money.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/kernel/time.ts'
import { ADS_LINES_APPLIED, type AdsLinesApplied } from '../../src/delivery/events.ts'
import { parsePlan, planInForce } from '../../src/app/plan.ts'
import { planFacts } from '../../src/app/plan-facts.ts'
import { isFailure } from '../../src/kernel/failure.ts'
import { createAdMarket } from '../../src/sim/ad-market.ts'
import { createLyingPlatform, type LyingPlatform } from '../../src/sim/lying-platform.ts'
import type { Alarm } from '../../src/stages/brand/brand-turn.ts'
import { createActors, type Actors } from './actors.ts'
import type { Bug } from './bugs.ts'
import { crashDisk, createDisk, type Disk } from './disk.ts'
import { createLedger, type Ledger, type Violation } from './ledger.ts'
import { createAdNetwork, createMailChannel, type Weather } from './network.ts'
import { startProcess, type Process, type ProcessParts } from './process.ts'
import { reckon } from './reckoning.ts'
import { createScheduler, type Life, type Scheduler } from './scheduler.ts'
import { adLines, createPeople, FAIR_BUDGET, looseLines, planOf, START } from './world.ts'

export type SeedOptions = {
  readonly seed: number
  readonly days?: number
  readonly people?: number
  readonly bug?: Bug | null
}

export type SeedReport = {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** Of all that happened, in order. */
  readonly trace: string
  readonly steps: number
  readonly kills: number
  readonly events: number
  readonly torn: number
  readonly counts: Ledger['counts']
  readonly acknowledged: number
  readonly tookMs: number
}

const KILL_EVERY_STEPS = 700

export type Stage = {
  readonly scheduler: Scheduler
  readonly disk: Disk
  readonly ledger: Ledger
  readonly weather: { readonly mail: Weather; readonly ads: Weather }
  readonly platform: LyingPlatform
  readonly lines: AdsLinesApplied
  readonly actors: Actors
  readonly parts: ProcessParts
  readonly world: Life
  process: Process | null
  /** The one that starts or works. */
  life: Life
  started: number
  kills: number
  torn: number
  calm: boolean
}

/** Deterministic, `tookMs` apart. */
export const runSeed = async (options: SeedOptions): Promise<SeedReport> => {
  const { seed, days = 1 } = options
  const begun = performance.now()
  const stage = createStage(options)
  const { scheduler, ledger } = stage
  const rng = createRng(`fate ${seed}`)
  begin(stage, options)
  weatherOf(stage, rng)
  killer(stage, rng)
  snapshots(stage, rng)
  const end = START + days * DAY_MS
  await scheduler.runUntil(end)
  await calmDown(stage)
  if (scheduler.crashes.length === 0) await reckon(stage)
  for (const error of scheduler.crashes)
    ledger.violate('no crash', error instanceof Error ? (error.stack ?? '') : String(error))
  return {
    seed,
    violations: ledger.violations,
    trace: scheduler.trace(),
    steps: scheduler.steps(),
    kills: stage.kills,
    events: stage.process?.loop.log.head() ?? 0,
    torn: stage.torn,
    counts: ledger.counts,
    acknowledged: ledger.acknowledged.size,
    tookMs: performance.now() - begun,
  }
}

const createStage = ({ seed, people: count = 60, bug = null }: SeedOptions): Stage => {
  const draw = (what: string) => createRng(`${what} ${seed}`)
  const scheduler = createScheduler(START, draw('order'))
  const people = createPeople(count, draw('people'))
  const ledger = createLedger(people, scheduler.now)
  const disk = createDisk()
  disk.watchers.push(ledger.read)
  const world: Life = { alive: true }
  const market = createAdMarket({ seed: String(seed), lines: 3, total: 3 * FAIR_BUDGET, days: 10 })
  const lines = adLines(draw('caps'))
  const platform = createLyingPlatform({
    market,
    seed: String(seed),
    startAt: START,
    budgets: lines.lines.map(() => toMicros(FAIR_BUDGET)),
    currency: lines.currency,
  })
  const mail: Weather = { down: false, slowMs: 300, faults: 0.1 }
  const ads: Weather = { down: false, slowMs: SECOND_MS, faults: 0.1 }
  const crises = crisesOf(draw('crises'))
  const network = { scheduler, world }
  const actors = createActors({
    scheduler,
    rng: draw('actors'),
    world,
    disk,
    ledger,
    people: [...people.values()],
    process: () => stage.process,
    rate: 12,
  })
  const mailRng = draw('mail')
  const adsRng = draw('ads')
  const parts: ProcessParts = {
    disk,
    scheduler,
    rng: draw('process'),
    seed: String(seed),
    bug,
    channel: (life) =>
      createMailChannel(
        {
          ...network,
          rng: mailRng,
          weather: mail,
          ledger,
          bug,
          delivered: actors.delivered,
          meanwhile: actors.meanwhile,
        },
        life,
      ),
    platform: (life) => createAdNetwork({ ...network, rng: adsRng, weather: ads }, life, platform.platform),
    demandOn: (day) => market.demandSeen(day - START / DAY_MS),
    alarms: (now) => crises.filter(({ from, to }) => now >= from && now < to).map(({ alarm }) => alarm),
  }
  const stage: Stage = {
    scheduler,
    disk,
    ledger,
    weather: { mail, ads },
    platform,
    lines,
    actors,
    parts,
    world,
    process: null,
    life: { alive: false },
    started: 0,
    kills: 0,
    torn: 0,
    calm: false,
  }
  return stage
}

/** The first start puts the plan in force; then the world begins to turn. */
const begin = (stage: Stage, { bug = null }: SeedOptions): void => {
  const { scheduler, world, lines, actors, platform } = stage
  const hour = (): void => {
    platform.passHour()
    scheduler.after(world, HOUR_MS, 'hour', hour)
  }
  scheduler.after(world, HOUR_MS, 'hour', hour)
  const first = async (): Promise<void> => {
    await start(stage)
    const loop = stage.process?.loop
    if (loop === undefined) throw new TypeError('the first start works: nothing fails yet')
    const text = planOf({ capsOff: bug === 'caps_off', ungoverned: bug === 'approval_skipped' })
    const { plan, problems } = parsePlan(text, planInForce(loop.state))
    if (plan === null) throw new TypeError(JSON.stringify(problems))
    const facts = planFacts(planInForce(loop.state), plan)
    const told = bug === 'money_caps_off' ? looseLines(lines) : lines
    await loop.record(
      [...facts, { type: ADS_LINES_APPLIED, data: told }].map(({ type, data }) => ({
        id: loop.ctx.newId(),
        type,
        key: '',
        at: loop.ctx.now(),
        data,
      })),
    )
    actors.begin()
  }
  first().catch(scheduler.crashed)
}

const start = async (stage: Stage): Promise<void> => {
  const { parts, scheduler } = stage
  const life: Life = { alive: true }
  stage.life = life
  stage.started++
  scheduler.note(`start ${stage.started}`)
  try {
    stage.process = await startProcess(parts, life, stage.started)
  } catch (error) {
    if (!isFailure(error)) throw error
    // It does not start while the disk takes nothing; whoever looks after it tries again.
    life.alive = false
    await scheduler.sleep(stage.world, MINUTE_MS, 'start again')
    await start(stage)
  }
}

/** Ends the process between any two steps, and begins another some time later. */
const kill = (stage: Stage, downMs: number): void => {
  const { scheduler, world, disk, life, parts } = stage
  if (!life.alive) return
  life.alive = false
  stage.process = null
  stage.kills++
  const fate = crashDisk(disk, parts.rng)
  if (fate === 'torn') stage.torn++
  scheduler.note(`kill ${fate}`)
  scheduler.after(world, downMs, 'start', () => void start(stage).catch(scheduler.crashed))
}

const killer = (stage: Stage, rng: ReturnType<typeof createRng>): void => {
  const { scheduler } = stage
  const next = (): number =>
    scheduler.steps() + 1 + Math.floor(-Math.log(1 - rng.uniform()) * KILL_EVERY_STEPS)
  // Not before the plan is in force: without one there is nothing to judge.
  let at = next() + 300
  scheduler.onStep = () => {
    if (stage.calm || scheduler.steps() < at) return
    at = next()
    kill(stage, rng.uniform() < 0.5 ? rng.uniform() * SECOND_MS : rng.uniform() * 20 * MINUTE_MS)
  }
}

const weatherOf = (stage: Stage, rng: ReturnType<typeof createRng>): void => {
  const { scheduler, world, disk, weather } = stage
  const spell = (meanMs: number, lastsMs: number, turn: (on: boolean) => void): void => {
    const on = (): void => {
      if (stage.calm) return
      turn(true)
      scheduler.after(world, rng.uniform() * lastsMs, 'weather clears', () => {
        // Usual weather is not calm: it still has its faults.
        if (stage.calm) return
        turn(false)
        scheduler.after(world, -Math.log(1 - rng.uniform()) * meanMs, 'weather', on)
      })
    }
    scheduler.after(world, HOUR_MS - Math.log(1 - rng.uniform()) * meanMs, 'weather', on)
  }
  const { mail, ads } = weather
  spell(12 * HOUR_MS, 20 * MINUTE_MS, (on) => void (disk.full = on))
  spell(6 * HOUR_MS, HOUR_MS, (on) => void (disk.slowMs = on ? 2 * SECOND_MS : 8))
  spell(8 * HOUR_MS, HOUR_MS, (on) => void (mail.down = on))
  spell(6 * HOUR_MS, 2 * HOUR_MS, (on) => void (mail.slowMs = on ? 20 * SECOND_MS : 300))
  spell(6 * HOUR_MS, HOUR_MS, (on) => void (mail.faults = on ? 0.5 : 0.1))
  spell(10 * HOUR_MS, HOUR_MS, (on) => void (ads.down = on))
  spell(8 * HOUR_MS, 2 * HOUR_MS, (on) => void (ads.faults = on ? 0.5 : 0.1))
}

const snapshots = (stage: Stage, rng: ReturnType<typeof createRng>): void => {
  const { scheduler, world } = stage
  const again = (): void => {
    stage.process?.snapshot()
    scheduler.after(world, rng.uniform() * 6 * HOUR_MS, 'snapshot', again)
  }
  scheduler.after(world, 2 * HOUR_MS, 'snapshot', again)
}

const crisesOf = (rng: ReturnType<typeof createRng>) =>
  Array.from({ length: 2 }, () => {
    const from = START + 8 * HOUR_MS + rng.uniform() * 12 * HOUR_MS
    const alarm: Alarm = {
      kind: 'crisis',
      severity: 2,
      entity: 'shop',
      topic: '',
      since: from,
      evidence: {
        mentions: 90,
        usual: 4,
        negativeShare: 0.8,
        usualNegative: 0.2,
        voices: 40,
        echoes: 0,
        riskWords: [],
        phrases: ['broken'],
        samples: [],
      },
    }
    return { from, to: from + rng.uniform() * 2 * HOUR_MS, alarm }
  })

const CALM = {
  disk: { full: false, slowMs: 8 },
  mail: { down: false, slowMs: 300, faults: 0 },
  ads: { down: false, slowMs: SECOND_MS, faults: 0 },
}

/** Everything works again, nobody does anything new; what is under way comes to its end. */
const calmDown = async (stage: Stage): Promise<void> => {
  const { scheduler, disk, weather, actors } = stage
  stage.calm = true
  Object.assign(disk, CALM.disk)
  Object.assign(weather.mail, CALM.mail)
  Object.assign(weather.ads, CALM.ads)
  actors.rest()
  await scheduler.runUntil(scheduler.now() + 2 * HOUR_MS)
  actors.resumeAll().catch(scheduler.crashed)
  await scheduler.runUntil(scheduler.now() + 6 * HOUR_MS)
  // The reckoning asks of the product what only calm lets it do: a mail that is refused for now is not sent again.
  const { full, slowMs } = disk
  assert.deepEqual({ disk: { full, slowMs }, ...weather }, CALM, 'weather came back into the calm')
}
