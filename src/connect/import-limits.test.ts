// An import that meets a slow log, a full disk, a damaged file or hostile cells.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createMemoryLog, type Ack, type NewEvent } from '../log/index.ts'
import type { ImportProgress } from './import-file.ts'
import { createFolder, EVENTS, failureOf, run, signalsOf } from './testing/import-run.ts'

const { folder, fileOf, remove } = await createFolder()
after(remove)

describe('an import under way', () => {
  const many = (count: number) =>
    `user,time,what,page\n${Array.from({ length: count }, (_, index) => `u${index},2026-01-01T10:00:00Z,Seen,/p${index}\n`).join('')}`

  it('IM10 holds a bounded number of bounded batches, and waits for a slow log', async () => {
    const log = createMemoryLog()
    let underWay = 0
    let most = 0
    let largest = 0
    const append = async (events: readonly NewEvent[]): Promise<readonly Ack[]> => {
      most = Math.max(most, ++underWay)
      for (const { encoded = '' } of events) largest = Math.max(largest, encoded.length)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      return log.append(events)
    }
    const limits = { batchRowsMax: 50, appendsMax: 3, batchBytesMax: 8_192 }
    const { summary } = await run(await fileOf(many(5_000)), 'events', EVENTS, { append, limits })
    assert.equal(summary.imported, 5_000)
    assert.ok(most <= 3, `${most} at once`)
    assert.ok(largest <= 8_192 + 200, `${largest} bytes`)
  })

  it('IM10 tells how far it is, up to the last byte', async () => {
    const told: ImportProgress[] = []
    const file = await fileOf(many(8_000))
    await run(file, 'events', EVENTS, { onProgress: (progress) => told.push(progress) })
    assert.ok(told.length >= 2)
    const last = told.at(-1)
    assert.equal(last?.bytesRead, last?.bytesTotal)
    assert.ok(
      told.every(({ bytesRead }, index) => index === 0 || bytesRead >= (told[index - 1]?.bytesRead ?? 0)),
    )
  })

  it('IM10 passes on the failure of an append, and is completed by running it again', async () => {
    const log = createMemoryLog()
    const file = await fileOf(many(3_000))
    let appends = 0
    const failing = async (events: readonly NewEvent[]): Promise<readonly Ack[]> => {
      if (++appends === 3) throw new RangeError('the disk is full')
      return log.append(events)
    }
    await assert.rejects(run(file, 'events', EVENTS, { append: failing }), /the disk is full/)
    const { summary } = await run(file, 'events', EVENTS, {}, log)
    assert.equal(summary.imported + summary.duplicates, 3_000)
    assert.equal((await signalsOf(log)).length, 3_000)
  })

  it('IM10 can be called off', async () => {
    const file = await fileOf(many(100))
    await assert.rejects(run(file, 'events', EVENTS, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })

  it('IM11 names what is wrong with a file and what to do', async () => {
    const missing = join(folder, 'nowhere.csv')
    assert.match(await failureOf(run(missing, 'events', EVENTS)), /import\.file_unreadable/)
    assert.match(await failureOf(run(folder, 'events', EVENTS)), /import\.file_unreadable/)
    assert.match(await failureOf(run(await fileOf(''), 'events', EVENTS)), /import\.file_empty/)
    assert.match(await failureOf(run(await fileOf('[{"a":1}]'), 'events', EVENTS)), /import\.json_array/)
    assert.match(
      await failureOf(run(await fileOf('a,a\n1,2'), 'events', EVENTS)),
      /import\.header_unusable.*"a" twice/s,
    )
    assert.match(
      await failureOf(run(await fileOf('user,when\n1,2'), 'events', EVENTS)),
      /import\.column_missing.*"time".*columns are: user, when/s,
    )
    const cut = gzipSync(many(10_000)).subarray(0, 30_000)
    assert.match(await failureOf(run(await fileOf(cut), 'events', EVENTS)), /import\.gzip_broken/)
    const noGzip = Uint8Array.from([0x1f, 0x8b, 1, 2, 3, 4])
    assert.match(await failureOf(run(await fileOf(noGzip), 'events', EVENTS)), /import\.gzip_broken/)
    const rejectsPath = join(folder, 'no', 'such', 'folder.ndjson')
    const bad = await fileOf('user,time,what,page\nu,x,y,z\nu,2026-01-01,y,z\n')
    assert.match(await failureOf(run(bad, 'events', EVENTS, { rejectsPath })), /import\.rejects_unwritable/)
  })

  it('IM12 carries hostile cells as text and nothing else', async () => {
    const csv = 'user,__proto__,constructor\n=HYPERLINK("x"),{{7*7}},<script>\n'
    const map = 'fields: { userId: user }\ntraits: { __proto__: __proto__, note: constructor }'
    const { log } = await run(await fileOf(csv), 'customers', map)
    const [signal] = await signalsOf(log)
    assert.equal(signal?.userId, '=HYPERLINK("x")')
    assert.equal(signal?.traits['note'], '<script>')
    assert.equal(Object.getPrototypeOf(signal?.traits), Object.prototype)
    assert.equal(Object.hasOwn(signal?.traits ?? {}, '__proto__'), false)
  })
})
