// Goes through a log that nobody writes any more, each thread a part of it: which numbered events it holds, and which
// attempts to send have a result.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { openKeyReader } from '../../src/log/sealing/person-keys.ts'
import { createReader } from '../../src/log/sqlite-reader.ts'
import { lastOffset, openForReading } from '../../src/log/sqlite-store.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
} from '../../src/delivery/events.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../../src/signal/events.ts'
import { serialOf } from './soak-load.ts'

export type Scanned = {
  readonly records: number
  /** 1 for each number that is there. */
  readonly seen: Uint8Array
  readonly attempts: number
  /** Attempts without a result. */
  readonly unsettled: number
  /** Results by type. */
  readonly settled: Readonly<Record<string, number>>
}

type Part = {
  readonly path: string
  readonly keysPath: string
  readonly after: number
  readonly upTo: number
  readonly seen: SharedArrayBuffer
}
type PartScanned = Pick<Scanned, 'attempts' | 'settled'> & {
  readonly open: ReadonlySet<string>
  /** Results whose attempt is in another part. */
  readonly results: ReadonlySet<string>
}

const RESULTS = new Set<string>([DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNKNOWN, DELIVERY_WITHHELD])
const THREADS = 2
const BUSY_MS = 5_000
const PAGE = 1_000
const PAGE_BYTES = 8 << 20

/** `numbers`: as many as were given out. */
export const scanLog = async (path: string, keysPath: string, numbers: number): Promise<Scanned> => {
  const db = openForReading(path, BUSY_MS)
  const records = lastOffset(db)
  db.close()
  const seen = new SharedArrayBuffer(numbers)
  const parts = await Promise.all(
    Array.from({ length: THREADS }, async (_, part) => {
      const [after, upTo] = [part, part + 1].map((n) => Math.floor((records * n) / THREADS))
      return inThread({ path, keysPath, after: after ?? 0, upTo: upTo ?? 0, seen })
    }),
  )
  const open = new Set(parts.flatMap((part) => [...part.open]))
  for (const { results } of parts) for (const id of results) open.delete(id)
  const settled: Record<string, number> = {}
  for (const part of parts)
    for (const [type, count] of Object.entries(part.settled)) settled[type] = (settled[type] ?? 0) + count
  const attempts = parts.reduce((sum, part) => sum + part.attempts, 0)
  return { records, seen: new Uint8Array(seen), attempts, unsettled: open.size, settled }
}

/** Attempts without a result, from the records of deliveries alone: the others need not be opened. */
export const openAttemptsOf = (path: string): number => {
  const db = openForReading(path, BUSY_MS)
  try {
    const types = [DELIVERY_ATTEMPTED, ...RESULTS]
    const places = types.map(() => '?').join(', ')
    const open = new Set<string>()
    for (const { type, data } of db
      .prepare(`SELECT type, data FROM log WHERE type IN (${places}) ORDER BY offset`)
      .iterate(...types)) {
      const { decisionId } = JSON.parse(String(data)) as { readonly decisionId: string }
      if (type === DELIVERY_ATTEMPTED) open.add(decisionId)
      else open.delete(decisionId)
    }
    return open.size
  } finally {
    db.close()
  }
}

const inThread = async (part: Part): Promise<PartScanned> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: part,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    worker.once('message', (scanned: PartScanned) => resolve(scanned))
    worker.once('error', reject)
  })

const scanPart = async ({ path, keysPath, after, upTo, seen }: Part): Promise<PartScanned> => {
  const reader = createReader(openForReading(path, BUSY_MS), {
    path,
    pageBytesMax: PAGE_BYTES,
    keys: await openKeyReader(keysPath),
  })
  const there = new Uint8Array(seen)
  const open = new Set<string>()
  const results = new Set<string>()
  const settled: Record<string, number> = {}
  let attempts = 0
  for (let last = after; last < upTo; ) {
    const page = reader.page(last, upTo, PAGE)
    for (const { type, data } of page) {
      if (type === SIGNAL_RECEIVED) see(there, data as SignalReceived)
      const { decisionId } = data as { readonly decisionId: string }
      if (type === DELIVERY_ATTEMPTED) {
        attempts++
        open.add(decisionId)
      } else if (RESULTS.has(type)) {
        settled[type] = (settled[type] ?? 0) + 1
        if (!open.delete(decisionId)) results.add(decisionId)
      }
    }
    last = page.at(-1)?.offset ?? upTo
  }
  reader.close()
  return { attempts, settled, open, results }
}

type Body = { readonly messageId?: string; readonly batch?: readonly Body[] }

const see = (seen: Uint8Array, { payload }: SignalReceived): void => {
  const { batch, messageId } = payload as Body
  for (const item of batch ?? [{ messageId }]) {
    const serial = serialOf(String(item.messageId))
    if (serial >= 0 && serial < seen.length) seen[serial] = 1
  }
}

if (!isMainThread) parentPort?.postMessage(await scanPart(workerData as Part))
