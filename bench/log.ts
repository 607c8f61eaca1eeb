// Durable appends and replay of the log beside bare node:sqlite doing the same transactions in-thread.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { assert } from '../src/kernel/assert.ts'
import { openSqliteLog, type EventLog, type NewEvent } from '../src/log/index.ts'

export type Row = {
  readonly name: string
  readonly ours: number
  readonly baseline: number
  readonly unit: string
  /** ours / baseline. */
  readonly ratio: number
}

/** Rounds of each measurement, ours and baseline in turn; the median counts. */
const ROUNDS = 5
const BATCHED_EVENTS = 60_000
const SERIAL_EVENTS = 1_500
const CONCURRENT_EVENTS = 25_600
const CONCURRENCY = 256
const REPLAY_EVENTS = 200_000
/** Appends of 100 that are under way at a time: what a busy server holds. */
const BATCHES_IN_FLIGHT = 32

const eventOf = (number: number): NewEvent => ({
  id: `01J${String(number).padStart(12, '0')}-4f7a9c21`,
  type: 'signal.received.v1',
  key: `user-${number % 50_000}`,
  at: 1_780_000_000_000 + number,
  data: {
    messageId: `m-${number}`,
    type: 'track',
    event: 'Product Viewed',
    userId: `user-${number % 50_000}`,
    properties: {
      product_id: `sku-${number % 997}`,
      category: 'Shoes',
      price: 49.9,
      quantity: 1,
      currency: 'EUR',
    },
    context: { locale: 'en-GB', library: { name: 'bench', version: '1' } },
  },
})

/** Runs `append` on events in appends of `size`, with so many under way, and gives events/s. */
const measureLog = async (
  path: string,
  { total, size, inFlight, make }: Pick<Plan, 'total' | 'size' | 'inFlight' | 'make'>,
): Promise<number> => {
  const log = await openSqliteLog({ path })
  let seen = 0
  log.subscribe((events) => (seen += events.length))
  const batches = batchesOf(total, size, make)
  const start = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < batches.length) await log.append(batches[next++] ?? [])
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const perSecond = (total / (performance.now() - start)) * 1_000
  assert(seen === total && log.head() === total, 'every event was told and kept')
  await log.close()
  return perSecond
}

/** Bare node:sqlite: the same rows, one transaction for each `size` events, on this thread. */
const measureBare = (path: string, { total, bareSize: size, make }: Plan): number => {
  const db = openBare(path)
  const insert = db.prepare('INSERT INTO log (offset, id, type, key, at, data) VALUES (?, ?, ?, ?, ?, ?)')
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const batches = batchesOf(total, size, make)
  const start = performance.now()
  let offset = 0
  for (const batch of batches) {
    begin.run()
    for (const { id, type, key, at, data } of batch)
      insert.run(++offset, id, type, key, at, JSON.stringify(data))
    commit.run()
  }
  const perSecond = (total / (performance.now() - start)) * 1_000
  db.close()
  return perSecond
}

const openBare = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000;
    CREATE TABLE log (offset INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL)`)
  return db
}

const batchesOf = (
  total: number,
  size: number,
  make: (number: number) => NewEvent = eventOf,
): readonly (readonly NewEvent[])[] =>
  Array.from({ length: total / size }, (_, batch) =>
    Array.from({ length: size }, (_item, index) => make(batch * size + index)),
  )

const measureReplay = async (folder: string): Promise<Row> => {
  const path = join(folder, 'replay.db')
  await measureLog(path, { total: REPLAY_EVENTS, size: 1_000, inFlight: 4 })
  const log = await openSqliteLog({ path })
  const db = new DatabaseSync(path, { readOnly: true })
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timeReplay(log))
    bare.push(timeBareScan(db))
  }
  db.close()
  await log.close()
  return rowOf(
    'log: replay, parsed',
    'events/s (baseline: one bare scan with JSON.parse)',
    median(ours),
    median(bare),
  )
}

const timeReplay = async (log: EventLog): Promise<number> => {
  const start = performance.now()
  let count = 0
  for await (const page of log.read()) count += page.length
  assert(count === REPLAY_EVENTS, 'every event is read')
  return (count / (performance.now() - start)) * 1_000
}

const timeBareScan = (db: DatabaseSync): number => {
  const scan = db.prepare('SELECT offset, id, type, key, at, data FROM log ORDER BY offset')
  const start = performance.now()
  let count = 0
  for (const { data } of scan.iterate()) {
    const parsed: unknown = JSON.parse(String(data))
    if (parsed !== null) count += 1
  }
  return (count / (performance.now() - start)) * 1_000
}

const rowOf = (name: string, unit: string, ours: number, baseline: number): Row => ({
  name,
  ours,
  baseline,
  unit,
  ratio: ours / baseline,
})

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

type Plan = {
  readonly name: string
  readonly unit: string
  readonly total: number
  readonly size: number
  readonly inFlight: number
  readonly bareSize: number
  readonly make?: (number: number) => NewEvent
}

/** What the product appends: one record for a request of 100 events. */
const requestOf = (number: number): NewEvent => ({
  ...eventOf(number),
  data: { payload: { batch: Array.from({ length: 100 }, (_, index) => eventOf(number * 100 + index).data) } },
})

const PLANS: readonly Plan[] = [
  {
    name: 'log: requests of 100 events, 32 under way',
    unit: 'requests/s (baseline: bare, 8 a commit)',
    total: 800,
    size: 1,
    inFlight: BATCHES_IN_FLIGHT,
    bareSize: 8,
    make: requestOf,
  },
  {
    name: 'log: appends of 100, 32 under way',
    unit: 'events/s (baseline: bare, 100 a commit)',
    total: BATCHED_EVENTS,
    size: 100,
    inFlight: BATCHES_IN_FLIGHT,
    bareSize: 100,
  },
  {
    name: 'log: appends of 100, one after the other',
    unit: 'events/s (baseline: bare, 100 a commit)',
    total: BATCHED_EVENTS,
    size: 100,
    inFlight: 1,
    bareSize: 100,
  },
  {
    name: 'log: appends of 1, one after the other',
    unit: 'events/s (baseline: bare, 1 a commit)',
    total: SERIAL_EVENTS,
    size: 1,
    inFlight: 1,
    bareSize: 1,
  },
  {
    name: 'log: appends of 1, 256 under way',
    unit: 'events/s (baseline: bare, 256 a commit)',
    total: CONCURRENT_EVENTS,
    size: 1,
    inFlight: CONCURRENCY,
    bareSize: CONCURRENCY,
  },
]

/** Durable events per second of the log and of the bare store, and replay; medians of alternating rounds. */
export const run = async (): Promise<Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'windvane-bench-log-'))
  const rows: Row[] = []
  for (const [index, plan] of PLANS.entries()) {
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measureLog(join(folder, `ours-${index}-${round}.db`), plan))
      bare.push(measureBare(join(folder, `bare-${index}-${round}.db`), plan))
    }
    rows.push(rowOf(plan.name, plan.unit, median(ours), median(bare)))
  }
  rows.push(await measureReplay(folder))
  rmSync(folder, { recursive: true, force: true })
  return rows
}

if (import.meta.main) {
  for (const { name, ours, baseline, unit, ratio } of await run()) {
    console.log(
      `${name.padEnd(42)} ${Math.round(ours).toLocaleString('en').padStart(9)}  baseline ${Math.round(baseline).toLocaleString('en').padStart(9)}  x${ratio.toFixed(2)}  ${unit}`,
    )
  }
}
