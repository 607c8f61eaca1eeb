// What encrypting people's records costs: the same requests into the log and out of it again, with keys beside it and
// without, in alternating rounds.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../src/kernel/assert.ts'
import { openSqliteLog, type NewEvent } from '../src/log/index.ts'
import { withOwners } from '../src/profile/index.ts'
import { SIGNAL_RECEIVED } from '../src/signal/events.ts'
import type { Row } from './rows.ts'
import { cipherRows } from './sealing-ciphers.ts'

const ROUNDS = 3
const REQUESTS = 400
const IN_FLIGHT = 32
const RECEIVED_AT = Date.UTC(2026, 5, 1)

type Shape = { readonly name: string; readonly batch: number; readonly people: number }
const SHAPES: readonly Shape[] = [
  { name: 'requests of 100 events, each of somebody known', batch: 100, people: 5_000 },
  { name: 'requests of 100 events, each of somebody new', batch: 100, people: 1_000_000 },
  { name: 'requests of 1 event, of somebody known', batch: 1, people: 100 },
]

const itemOf = (index: number, people: number): object => ({
  messageId: `m-${index}`,
  timestamp: new Date(RECEIVED_AT - (index % 60_000)).toISOString(),
  type: 'track',
  event: 'Product Viewed',
  userId: `user-${(index * 7) % people}`,
  properties: {
    product_id: `sku-${index % 997}`,
    category: 'Shoes',
    price: 49.9,
    quantity: 1,
    currency: 'EUR',
  },
  context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'en-GB' },
})

const requestsOf = ({ batch, people }: Shape): readonly NewEvent[] =>
  Array.from({ length: REQUESTS * (batch === 1 ? 20 : 1) }, (_, n): NewEvent => {
    const items = Array.from({ length: batch }, (_item, i) => itemOf(n * batch + i, people))
    const payload = { batch: items, sentAt: new Date(RECEIVED_AT).toISOString() }
    const header = { endpoint: 'batch', source: 'http', receivedAt: RECEIVED_AT }
    const id = `01J${String(n).padStart(12, '0')}`
    const data = { header, payload }
    return { id, type: SIGNAL_RECEIVED, key: 'http', at: RECEIVED_AT, data, encoded: JSON.stringify(data) }
  })

/** Events a second; and what one that is written costs, µs of processor in all threads. */
type Speed = { readonly write: number; readonly read: number; readonly writeMicros: number }

/** Events a second in, flushed, and out. The owners are told either way: only sealing differs. */
const measure = async (folder: string, shape: Shape, sealed: boolean): Promise<Speed> => {
  const requests = requestsOf(shape)
  const events = requests.length * shape.batch
  const log = await openSqliteLog({
    path: join(folder, 'log.db'),
    ...(sealed ? { keysPath: join(folder, 'keys.db') } : {}),
  })
  const start = performance.now()
  const before = process.cpuUsage()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < requests.length) {
      const event = requests[next++] as NewEvent
      await log.append([sealed ? withOwners(event) : event])
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  const written = performance.now()
  const { user, system } = process.cpuUsage(before)
  let read = 0
  for await (const page of log.read()) read += page.length
  const ended = performance.now()
  assert(read === requests.length, 'every request is read')
  await log.close()
  return {
    write: (events / (written - start)) * 1_000,
    read: (events / (ended - written)) * 1_000,
    writeMicros: (user + system) / events,
  }
}

const UNITS = [
  ['write', 'events/s'],
  ['writeMicros', 'µs of processor an event'],
  ['read', 'events/s'],
] as const

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

export const run = async (): Promise<Row[]> => {
  const rows: Row[] = [...(await cipherRows())]
  for (const shape of SHAPES) {
    const [sealed, plain]: [Speed[], Speed[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++)
      for (const [speeds, seals] of [
        [plain, false],
        [sealed, true],
      ] as const) {
        const folder = mkdtempSync(join(tmpdir(), 'windvane-bench-seal-'))
        speeds.push(await measure(folder, shape, seals))
        rmSync(folder, { recursive: true, force: true })
      }
    for (const [way, unit] of UNITS) {
      const ours = median(sealed.map((speed) => speed[way]))
      const baseline = median(plain.map((speed) => speed[way]))
      const name = `sealing: ${way === 'writeMicros' ? 'write' : way} ${shape.name}`
      rows.push({ name, ours, baseline, unit: `${unit} (baseline: not sealed)`, ratio: ours / baseline })
    }
  }
  return rows
}

if (import.meta.main) console.table(await run())
