// The market let loose on a running Windvane, through its public surfaces alone: it tells what people do,
// asks what to show them, receives their mail, and opens, clicks, buys, unsubscribes and complains.
// Time is the product's clock; the market follows it as fast as the doors take what it brings.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../kernel/ctx.ts'
import { DAY_MS } from '../kernel/time.ts'
import { openDoors, type DoorCounts, type DoorKeys, type Doors } from './doors.ts'
import type { Item } from './items.ts'
import { createPost, type Post } from './market-post.ts'
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts'
import { plantedLift } from './truth.ts'
import type { Reaction, WorldCounts, WorldEvent } from './stage.ts'
import { createWorld, WORLD_DEFAULTS, type World } from './world.ts'

export type MarketOptions = {
  /** Of the running server. */
  readonly url: string
  readonly keys: DoorKeys
  /** The product's clock. */
  readonly clock: Clock
  /** A mail server already listening; else one is started on `smtpPort`. */
  readonly sink?: SmtpSink
  readonly smtpPort?: number
  readonly seed?: string
  readonly customers?: number
  /** Days of past behaviour told at once, before anything live. */
  readonly historyDays?: number
  /** What the home page asks for; '' = it does not ask. */
  readonly placement?: string
  /** Where pages ask for a list of products; '' = they do not ask. */
  readonly listPlacement?: string
  /** What one mail costs, as the plan has it; the market's books count it. */
  readonly mailCost?: number
  readonly limits?: Partial<MarketLimits>
  /** Told when the server stops taking events, and when it takes them again. */
  readonly report?: (message: string) => void
}

export type MarketLimits = {
  readonly batchMax: number
  readonly historyBatchMax: number
  /** Events waiting to be sent; at the limit the market waits. */
  readonly queueMax: number
  readonly batchesUnderWayMax: number
  readonly callsUnderWayMax: number
  /** Questions and link visits waiting; the oldest are dropped, as people go away. */
  readonly callsWaitingMax: number
  /** Mails remembered for what people still do with them. */
  readonly mailsMax: number
  /** Real ms between looks at the clock. */
  readonly stepMs: number
}

export const MARKET_LIMITS: MarketLimits = {
  batchMax: 200,
  historyBatchMax: 500,
  queueMax: 5_000,
  batchesUnderWayMax: 3,
  callsUnderWayMax: 8,
  callsWaitingMax: 2_000,
  mailsMax: 20_000,
  stepMs: 20,
}

export type MarketCounts = {
  readonly world: WorldCounts
  readonly doors: DoorCounts
  readonly mails: number
  readonly placements: number
  readonly reactions: Readonly<Record<Reaction, number>>
  /** Calls dropped because too many were waiting. */
  readonly dropped: number
  /** Product ms that the market is behind the clock. */
  readonly lagMs: number
}

/** A person of the product's comparison, by the id the shop gave them. */
export type MarketUnit = { readonly userId: string; readonly start: number; readonly treated: boolean }

export type Market = {
  readonly sink: SmtpSink
  readonly world: World
  /** Resolves when the past has been told. */
  readonly ready: Promise<void>
  readonly counts: () => MarketCounts
  /** Planted lift per treated person over the horizon, whole currency units; people who are not of this market are left out. */
  readonly plantedLift: (units: readonly MarketUnit[], horizonMs: number) => number
  readonly stop: () => Promise<void>
}

const MAIL_COST = 0.002
const HISTORY_DAYS = 14
const PLACEMENT = 'home-hero'
const LIST_PLACEMENT = 'home'

/** Starts telling the past at once and then lives on. Throws a Failure `smtp_sink.cannot_listen`. */
export const startMarket = async (options: MarketOptions): Promise<Market> => {
  const limits = { ...MARKET_LIMITS, ...options.limits }
  const stopping = new AbortController()
  const doors = openDoors({
    url: options.url,
    keys: options.keys,
    connectionsMax: limits.batchesUnderWayMax + limits.callsUnderWayMax,
    timeoutMs: 10_000,
    backoffMs: 50,
    backoffMsMax: 2_000,
    signal: stopping.signal,
    report: options.report ?? (() => undefined),
  })
  const begins = options.clock.now()
  const world = createWorld({
    ...WORLD_DEFAULTS,
    seed: options.seed ?? WORLD_DEFAULTS.seed,
    customers: options.customers ?? WORLD_DEFAULTS.customers,
    from: begins - (options.historyDays ?? HISTORY_DAYS) * DAY_MS,
  })
  const sink = options.sink ?? (await startSmtpSink({ port: options.smtpPort ?? 0, slowShare: 0.005 }))
  const post = createPost({
    world,
    doors,
    clock: options.clock,
    sink,
    limits,
    placement: options.placement ?? PLACEMENT,
    listPlacement: options.listPlacement ?? LIST_PLACEMENT,
    mailCost: options.mailCost ?? MAIL_COST,
  })
  const running = run({ world, doors, limits, options, post, begins, signal: stopping.signal })
  const byUser = new Map(world.people.map(({ userId, index }) => [userId, index]))
  return {
    sink,
    world,
    ready: running.ready,
    counts: () => ({
      world: world.counts(),
      doors: doors.counts(),
      lagMs: running.lagMs(),
      ...post.counts(),
    }),
    plantedLift: (units, horizonMs) =>
      plantedLift(
        world.truth,
        units.flatMap(({ userId, start, treated }) => {
          const customer = byUser.get(userId)
          return customer === undefined ? [] : [{ customer, start, treated }]
        }),
        horizonMs,
      ),
    stop: async () => {
      stopping.abort()
      post.close()
      await running.done
      await post.idle()
      doors.close()
      if (options.sink === undefined) await sink.close()
    },
  }
}

type Parts = {
  readonly world: World
  readonly doors: Doors
  readonly limits: MarketLimits
  readonly options: MarketOptions
}

/** Tells the past, then follows the clock until stopped. */
const run = (
  parts: Parts & { readonly post: Post; readonly begins: number; readonly signal: AbortSignal },
) => {
  const { world, limits, options, post, begins, signal } = parts
  const sender = createSender(parts)
  let lived = begins
  let tellReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve
  })

  const tell = async (events: readonly WorldEvent[], isPast: boolean): Promise<void> => {
    for (const event of events) {
      if (event.kind === 'item')
        await sender.add(event.item, isPast ? limits.historyBatchMax : limits.batchMax)
      else if (!isPast) post.react(event)
    }
  }
  const past = async (): Promise<void> => {
    while (!signal.aborted) {
      const events = world.advance(begins, limits.queueMax)
      await tell(events, true)
      if (events.length === 0) break
    }
    await sender.flush()
    await sender.idle()
  }
  const live = async (): Promise<void> => {
    while (!signal.aborted) {
      const now = options.clock.now()
      const events = world.advance(now, limits.queueMax)
      lived = events.length < limits.queueMax ? now : (events.at(-1)?.at ?? now)
      await tell(events, false)
      await sender.flush()
      if (events.length < limits.queueMax)
        await sleep(limits.stepMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const done = past().finally(tellReady).then(live).then(sender.idle)
  return { ready, done, lagMs: () => Math.max(0, options.clock.now() - lived) }
}

/** Collects events into batches; waits where too many are under way. */
const createSender = ({ doors, limits, options }: Parts) => {
  let waiting: Item[] = []
  const underWay = new Set<Promise<unknown>>()
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return
    const items = waiting
    waiting = []
    while (underWay.size >= limits.batchesUnderWayMax) await Promise.race(underWay)
    const sent: Promise<unknown> = doors.send(items, options.clock.now()).finally(() => underWay.delete(sent))
    underWay.add(sent)
  }
  return {
    add: async (item: Item, batchMax: number): Promise<void> => {
      waiting.push(item)
      if (waiting.length >= batchMax) await flush()
    },
    flush,
    idle: async (): Promise<void> => {
      await Promise.all(underWay)
    },
  }
}
