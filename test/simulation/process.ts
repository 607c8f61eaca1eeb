// One process of the product, as it runs: the real loop, stages, outbox, guardrail, governance, money wheel and brand
// watch, put together as src/app/system.ts does, on virtual time. It lives until it is killed, then another begins on
// what it left on the disk.

import { addressHash } from '../../src/app/address-hash.ts'
import { createCtx } from '../../src/app/clock.ts'
import { executorsFor } from '../../src/app/executors.ts'
import { moneyPortsOf } from '../../src/app/money-wheel.ts'
import { stopRaiser, type RaiseStop } from '../../src/app/raise-stop.ts'
import { startFacts } from '../../src/app/start-facts.ts'
import type { StopFile } from '../../src/app/stop-file.ts'
import { watchStopFile, type WatchedStop } from '../../src/app/stop-watch.ts'
import { readScope, spellScope } from '../../src/api/scope.ts'
import type { AdPlatform, Channel } from '../../src/delivery/index.ts'
import { isFailure } from '../../src/kernel/failure.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/kernel/time.ts'
import { decodeDump, encodeDump } from '../../src/log/index.ts'
import type { EventLog } from '../../src/log/port.ts'
import {
  createLoop,
  createState,
  dumpState,
  foldEvent,
  restoreState,
  type Loop,
  type LoopState,
} from '../../src/loop.ts'
import { brandTurn, type Alarm } from '../../src/stages/brand/brand-turn.ts'
import { wordsIn } from '../../src/stages/brand/alarms.ts'
import type { BrandPost } from '../../src/stages/brand/post.ts'
import { createCourier } from '../../src/stages/courier.ts'
import { createGovernor, type Governor } from '../../src/stages/governor.ts'
import { createMoneyClock, moneyTurn, stopTurn } from '../../src/stages/money.ts'
import { tellStops } from '../../src/stages/money-stop.ts'
import { TURN_LIMITS, turn } from '../../src/stages/turn.ts'
import { resumeUnmerges } from '../../src/stages/unmerge.ts'
import { deafLog, isFolded, sendAgain, type Bug } from './bugs.ts'
import { openSimLog, type Disk } from './disk.ts'
import type { Life, Scheduler } from './scheduler.ts'

export type ProcessParts = {
  readonly disk: Disk
  readonly scheduler: Scheduler
  readonly rng: Rng
  readonly seed: string
  readonly bug: Bug | null
  readonly channel: (life: Life) => Channel
  readonly platform: (life: Life) => AdPlatform
  readonly demandOn: (day: number) => number | null
  /** What stands out in what is said of the shop, by the script of the seed. */
  readonly alarms: (now: number) => readonly Alarm[]
}

export type Process = {
  readonly life: Life
  readonly loop: Loop
  readonly governor: Governor
  readonly stop: RaiseStop
  readonly watched: WatchedStop
  readonly snapshot: () => void
}

export const HASH = addressHash(Buffer.from('simulated'))
const SNAPSHOTS_MAX = 2

/** Resolves when it has begun to work. Rejects with a Failure when the disk takes nothing: it does not start then. */
export const startProcess = async (parts: ProcessParts, life: Life, number: number): Promise<Process> => {
  const { disk, scheduler, rng, bug } = parts
  const log = openSimLog({ disk, scheduler, life, rng, bug })
  const ctx = createCtx({ now: scheduler.now }, `${parts.seed} ${number}`)
  const state = await stateFrom(log, parts)
  const loop = createLoop({ log: deafLog(log, bug), ctx, state })
  const report = (error: unknown): void => {
    if (!isFailure(error)) scheduler.crashed(error)
  }
  const forgets = bug === 'stop_forgotten' && number > 1
  const watched = watchStopFile(forgets ? null : stopFilesOn(disk), () => true, scheduler.now)
  const channel = parts.channel(life)
  const platform = parts.platform(life)
  if (bug === 'attempts_sent_again') sendAgain(loop, channel, MAIL)
  await loop.record(startFacts(loop, { channels: ['email', 'onsite'], mode: 'live' }))
  await resumeUnmerges(loop)
  const executors = executorsFor(state, postThrough(scheduler, life, rng))
  const governor = createGovernor({ loop, executors, report })
  const process: Process = {
    life,
    loop,
    governor,
    watched,
    stop: stopRaiser({
      loop,
      watched,
      report,
      after: (ms, act) => scheduler.after(life, ms, 'impatience', act),
    }),
    snapshot: () => {
      const dumps = Object.entries(dumpState(state)).map(([name, dump]) => [name, encodeDump(dump)] as const)
      disk.snapshots = [{ offset: state.offset, parts: new Map(dumps) }, ...disk.snapshots].slice(
        0,
        SNAPSHOTS_MAX,
      )
    },
  }
  turnWheels(parts, process, { channel, platform, report })
  return process
}

const stateFrom = async (log: EventLog, { disk, rng, bug }: ProcessParts): Promise<LoopState> => {
  const saved = rng.uniform() < 0.8 ? disk.snapshots.find(({ offset }) => offset <= log.head()) : undefined
  const state =
    saved === undefined
      ? createState()
      : restoreState(Object.fromEntries([...saved.parts].map(([name, bytes]) => [name, decodeDump(bytes)])))
  const seam = bug === 'snapshot_seam' && saved !== undefined ? 1 : 0
  for await (const events of log.read({ after: state.offset + seam }))
    for (const event of events) if (isFolded(event, bug)) foldEvent(state, event)
  return state
}

type Wheels = {
  readonly channel: Channel
  readonly platform: AdPlatform
  readonly report: (error: unknown) => void
}

const turnWheels = (parts: ProcessParts, process: Process, { channel, platform, report }: Wheels): void => {
  const { scheduler, rng } = parts
  const { life, loop, governor, watched } = process
  const { state, ctx } = loop
  const courier = createCourier({
    state,
    ctx,
    append: loop.record,
    channels: new Map([['email', channel]]),
    render: async () => {
      await scheduler.sleep(life, rng.uniform() * 20, 'render')
      return MAIL
    },
    outside: watched.outside,
    hash: HASH,
    domain: 'shop.example',
    pause: async (ms) => scheduler.sleep(life, ms, 'retry'),
    report,
  })
  const money = moneyPortsOf({
    loop,
    platforms: new Map([['lying', platform]]),
    outside: watched.outside,
    demandOn: parts.demandOn,
  })
  const clock = createMoneyClock()
  const beside = (call: Promise<unknown>): void => void call.catch(report)
  const wheel = (what: string, idleMs: number, act: () => Promise<unknown>, wakes = false): void => {
    const alarm = createAlarm(parts, process, wakes)
    const run = async (): Promise<void> => {
      while (life.alive) {
        try {
          await act()
          await alarm(what, idleMs)
        } catch (error) {
          if (!isFailure(error)) throw error
          await scheduler.sleep(life, 500, `${what} in trouble`)
        }
      }
    }
    run().catch(scheduler.crashed)
  }
  const turnOnce = async (): Promise<void> => {
    await turn(loop, courier, HASH, TURN_LIMITS)
    await governor.run()
  }
  const stopOnce = async (): Promise<void> => {
    beside(stopTurn(money, clock))
    await tellStops(money, clock.stops)
  }
  const brandOnce = async (): Promise<void> => {
    const post = postThrough(scheduler, life, rng)
    await brandTurn({ loop, post, wordsIn, beside, alarms: parts.alarms })
  }
  wheel('turn', 4 * MINUTE_MS, turnOnce, true)
  wheel('stop', 4 * MINUTE_MS, stopOnce, true)
  wheel('money', 10 * MINUTE_MS, async () => moneyTurn(money, clock))
  wheel('brand', 4 * MINUTE_MS, brandOnce)
}

const MAIL = {
  kind: 'email',
  sender: { name: '', email: '', footer: '' },
  subject: '',
  html: '',
  text: '',
  unsubscribeUrl: '',
} as const

/** A pause, which new events cut short where they may make something due. */
const createAlarm = ({ scheduler, rng }: ProcessParts, { life, loop }: Process, wakes: boolean) => {
  let rung = false
  let wake: ((soon: number) => void) | null = null
  if (wakes)
    loop.log.subscribe(() => {
      rung = true
      wake?.(rng.uniform() * 30)
    })
  return async (what: string, idleMs: number): Promise<void> => {
    await scheduler.sleep(life, 2, `${what} pause`)
    if (!rung)
      await new Promise<void>((resolve) => {
        scheduler.after(life, rng.uniform() * idleMs, `${what} idle`, resolve)
        wake = (soon) => {
          wake = null
          scheduler.after(life, soon, `${what} woken`, resolve)
        }
      })
    rung = false
    wake = null
  }
}

/** Notices to people: they arrive, are refused, or get no answer. */
const postThrough =
  (scheduler: Scheduler, life: Life, rng: Rng): BrandPost =>
  async () => {
    await scheduler.sleep(life, rng.uniform() * SECOND_MS, 'notice')
    return { detail: 'accepted' }
  }

/** STOP files on the simulated disk, as `stopFileIn` keeps them in a folder. */
export const stopFilesOn = ({ files }: Disk): StopFile => ({
  list: () => [...files].map(([name, reason]) => ({ scope: readScope(name), reason, mark: reason })),
  read: () => files.get('all') ?? null,
  write: (reason, scope = { kind: 'all' }) => void files.set(spellScope(scope), reason),
  remove: (scope = { kind: 'all' }) => void files.delete(spellScope(scope)),
})
