// What the whole state costs: replay of a log through all seven stages, a million people in memory and
// back from a snapshot, and deciding for one of many.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parsePlan, planInForce } from '../src/app/plan.ts'
import { planFacts } from '../src/app/plan-facts.ts'
import { campaignOf } from '../src/decision/index.ts'
import { SYSTEM_STARTED } from '../src/guardrail/events.ts'
import { assert } from '../src/kernel/assert.ts'
import { asCampaignId, asDecisionId } from '../src/kernel/ids.ts'
import {
  openSnapshotKey,
  openSnapshots,
  openSqliteLog,
  type NewEvent,
  type SnapshotStore,
} from '../src/log/index.ts'
import { createState, dumpState, foldEvent, restoreState, type LoopState } from '../src/loop.ts'
import { SIGNAL_RECEIVED } from '../src/signal/events.ts'
import { decideFor } from '../src/stages/deciding.ts'
import { eventOf } from './load/bodies.ts'
import { BENCH_PLAN } from './load/plan.ts'
import { median, rowOf, type Row } from './rows.ts'

const ROUNDS = 3
const AT = Date.UTC(2026, 5, 1, 12)
const REPLAY_BATCHES = 3_000
const BATCH = 100
const SIZES = [10_000, 100_000, 1_000_000] as const
const DECISIONS = 20_000
const MIB = 1 << 20

const factsOf = (): readonly NewEvent[] => {
  const now = planInForce(createState())
  const { plan } = parsePlan(BENCH_PLAN, now)
  assert(plan !== null, 'the plan of the benchmarks is sound')
  const started = { type: SYSTEM_STARTED, data: { channels: ['onsite', 'email'], mode: 'live' } }
  return [...planFacts(now, plan), started].map(({ type, data }, index) => ({
    id: `fact-${index}`,
    type,
    key: '',
    at: AT,
    data,
  }))
}

const received = (id: string, batch: readonly unknown[]): NewEvent => ({
  id,
  type: SIGNAL_RECEIVED,
  key: 'http',
  at: AT,
  data: { header: { endpoint: 'batch', source: 'http', receivedAt: AT }, payload: { batch } },
})

const fold = (state: LoopState, events: readonly NewEvent[]): void => {
  for (const event of events) foldEvent(state, { ...event, offset: state.offset + 1 })
}

/** Events per second through the whole fold, beside only reading and parsing the same log. */
const replay = async (): Promise<Row> => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-bench-state-'))
  const log = await openSqliteLog({ path: join(dir, 'log.db') })
  await log.append(factsOf())
  for (let index = 0; index < REPLAY_BATCHES; index++) {
    const batch = Array.from({ length: BATCH }, (_, item) => {
      const number = index * BATCH + item
      return {
        ...eventOf(number, 50_000),
        messageId: `m-${number}`,
        properties: { category: 'Shoes', price: 49.9, order_id: `o-${number}`, revenue: 49.9 },
      }
    })
    await log.append([received(`batch-${index}`, batch)])
  }
  const ours: number[] = []
  const read: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    const state = createState()
    for await (const page of log.read()) for (const event of page) foldEvent(state, event)
    const folded = performance.now()
    let count = 0
    for await (const page of log.read()) count += page.length
    assert(
      state.tally.totals.events === REPLAY_BATCHES * BATCH && count === log.head(),
      'everything is there',
    )
    ours.push((REPLAY_BATCHES * BATCH * 1_000) / (folded - begun))
    read.push((REPLAY_BATCHES * BATCH * 1_000) / (performance.now() - folded))
  }
  await log.close()
  rmSync(dir, { recursive: true, force: true })
  return rowOf(
    'replay, seven stages, batches of 100',
    'events/s (baseline: reading and parsing alone)',
    median(ours),
    median(read),
  )
}

/** A state with so many people, each introduced with an address and seen once. */
const populated = (people: number): LoopState => {
  const state = createState()
  fold(state, factsOf())
  for (let from = 0; from < people; from += BATCH / 2) {
    const batch = Array.from({ length: BATCH / 2 }, (_, index) => from + index).flatMap((person) => [
      {
        type: 'identify',
        messageId: `i-${person}`,
        userId: `customer-${person}`,
        traits: {
          email: `person.${person}@mail.example`,
          city: 'Riga',
          plan: 'free',
          age: 18 + (person % 60),
        },
      },
      {
        type: 'track',
        event: 'Product Viewed',
        messageId: `t-${person}`,
        userId: `customer-${person}`,
        properties: { category: `c${person % 50}`, price: 10 },
      },
    ])
    fold(state, [received(`people-${from}`, batch)])
  }
  return state
}

const NO_HASH = (): string => ''

/** Decides for people all over the state: µs each, median and 99th percentile. */
const decideMicros = (state: LoopState, people: number): { readonly p50: number; readonly p99: number } => {
  const campaign = campaignOf(state.decision, asCampaignId('hero'))
  assert(campaign !== undefined, 'the placement has its campaign')
  const micros: number[] = []
  for (let index = 0; index < DECISIONS; index++) {
    const ref = Math.imul(index + 1, 2_654_435_761) >>> 0
    const ask = {
      decisionId: asDecisionId(`dec:hero:r${index}:p${(ref % people) + 1}`),
      campaign,
      ref: ref % people,
      cause: { kind: 'request', ref: `r${index}` } as const,
      context: { device: 'mobile', weather: 'rain' },
      now: AT + index,
    }
    const begun = performance.now()
    decideFor(state, ask, NO_HASH)
    if (index >= DECISIONS / 4) micros.push((performance.now() - begun) * 1_000)
  }
  const sorted = micros.toSorted((a, b) => a - b)
  return { p50: sorted[sorted.length >> 1] ?? 0, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 }
}

type Built = { readonly p50: number; readonly p99: number; readonly saveSeconds: number }
type Restored = { readonly rssMib: number; readonly emptyMib: number; readonly restoreSeconds: number }
type Sized = Built &
  Restored & { /** From a snapshot that is not encrypted. */ readonly plainSeconds: number }

const collect = (): void => {
  globalThis.gc?.()
  globalThis.gc?.()
}

const CODE_VERSION = 'bench'

/** In a process of its own: people folded, decided on and saved. */
const build = async (people: number, dir: string): Promise<Built> => {
  const state = populated(people)
  const { p50, p99 } = decideMicros(state, people)
  const begun = performance.now()
  await snapshotsIn(dir, 'sealed').save({ offset: state.offset, parts: dumpState(state) })
  const saveSeconds = (performance.now() - begun) / 1_000
  await snapshotsIn(dir, 'plain').save({ offset: state.offset, parts: dumpState(state) })
  return { p50, p99, saveSeconds }
}

type Kind = 'sealed' | 'plain'
const snapshotsIn = (dir: string, kind: Kind): SnapshotStore =>
  openSnapshots({
    dir: join(dir, kind),
    codeVersion: CODE_VERSION,
    ...(kind === 'sealed' ? { key: openSnapshotKey(join(dir, 'snapshots.key')) } : {}),
  })

/** In another one: the same people back, as after a restart. */
const restore = async (dir: string, kind: Kind): Promise<Restored> => {
  collect()
  const emptyMib = process.memoryUsage.rss() / MIB
  const begun = performance.now()
  const state = latestIn(dir, kind)
  const restoreSeconds = (performance.now() - begun) / 1_000
  // What was only needed for reading is given back in a later turn.
  await sleep(100)
  return { rssMib: rssWithout(() => state.offset), emptyMib, restoreSeconds }
}

const latestIn = (dir: string, kind: Kind): LoopState => {
  const saved = snapshotsIn(dir, kind).latest()
  assert(saved !== null, 'the snapshot is there')
  return restoreState(saved.parts)
}

/** Resident memory, MiB, once what is not needed is given back; `keep` holds on to the rest. */
const rssWithout = (keep: () => unknown): number => {
  collect()
  const rss = process.memoryUsage.rss() / MIB
  assert(keep() !== undefined, 'still held')
  return rss
}

const inProcess = <T>(...args: readonly string[]): T =>
  JSON.parse(
    execFileSync(
      process.execPath,
      ['--expose-gc', '--disable-warning=ExperimentalWarning', import.meta.filename, ...args],
      {
        encoding: 'utf8',
      },
    ),
  ) as T

const sized = (people: number): Sized => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-bench-snapshot-'))
  const built = inProcess<Built>('build', String(people), dir)
  const restored = inProcess<Restored>('restore', dir, 'sealed')
  const plainSeconds = inProcess<Restored>('restore', dir, 'plain').restoreSeconds
  rmSync(dir, { recursive: true, force: true })
  return { ...built, ...restored, plainSeconds }
}

/** Replay, memory, restoring, and how deciding grows with the number of people. */
export const run = async (): Promise<Row[]> => {
  const replayed = await replay()
  const [small, middle, large] = SIZES.map(sized)
  assert(small !== undefined && middle !== undefined && large !== undefined, 'three sizes')
  return [
    replayed,
    rowOf(
      'decide in process, 12 actions, 100,000 people',
      'µs, median (baseline: 10,000 people)',
      middle.p50,
      small.p50,
    ),
    rowOf(
      'decide in process, 12 actions, 1,000,000 people',
      'µs, median (baseline: 10,000 people)',
      large.p50,
      small.p50,
    ),
    rowOf('the same, p99', 'µs (baseline: 10,000 people)', large.p99, small.p99),
    rowOf(
      'memory of the process, a million people',
      'MiB resident (baseline: without them)',
      large.rssMib,
      large.emptyMib,
    ),
    rowOf(
      'a million people back from a snapshot',
      's (baseline: saving them)',
      large.restoreSeconds,
      large.saveSeconds,
    ),
    rowOf(
      'the same, encrypted as it lies on the disk',
      's (baseline: from a snapshot in plain)',
      large.restoreSeconds,
      large.plainSeconds,
    ),
  ]
}

if (import.meta.main) {
  const [task, ...rest] = process.argv.slice(2)
  if (task === 'build') console.log(JSON.stringify(await build(Number(rest[0]), rest[1] ?? '')))
  else if (task === 'restore')
    console.log(JSON.stringify(await restore(rest[0] ?? '', rest[1] === 'plain' ? 'plain' : 'sealed')))
  else console.table(await run())
}
