// The chain: whatever is done to the file behind the log's back is found, and where.

import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createRng, type Rng } from '../kernel/rng.ts'
import { leafOf, linkOf, type ChainedRecord } from './chain.ts'
import { openSqliteLog } from './sqlite-log.ts'
import type { NewEvent } from './port.ts'
import { note, readAll, rejectsWith } from './testing/log-harness.ts'
import { createTemp } from './testing/temp.ts'
import { verifyChain, type AnchorPoint, type ChainReport } from './verify-chain.ts'

const temp = createTemp('chain')
const long = process.env['WINDVANE_LONG'] === '1'
const ENTRIES = 10_000
/** So many harms to one copy. */
const AT_ONCE = 50
/** Each cut reads all that is left: ten logs of a tenth take a tenth of the time of one. */
const CUT_LOGS = 10

type Made = { readonly path: string; readonly anchors: readonly AnchorPoint[] }

/** A log of so many records in transactions of changing size, with what an anchor would have noted now and then. */
const made = async (entries: number, anchorEvery: number): Promise<Made> => {
  const path = join(temp.folder(), 'log.db')
  const log = await openSqliteLog({ path })
  const anchors: AnchorPoint[] = []
  let written = 0
  let turn = 0
  while (written < entries) {
    const size = Math.min(entries - written, 1 + ((turn * 7) % (entries / 50)))
    const events: NewEvent[] = Array.from({ length: size }, (_, i) =>
      note(`e${String(written + i).padStart(6, '0')}`, { n: written + i, text: `мир ${(written + i) % 13}` }),
    )
    await log.append(events)
    written += size
    turn++
    if (written % anchorEvery < size || written === entries) anchors.push(log.tip())
  }
  await log.close()
  return { path, anchors }
}

/** The links from that of record `from` on, made again by somebody who knows how; at most so many of them. */
const relink = (db: DatabaseSync, from: number, linksMax = Number.POSITIVE_INFINITY): void => {
  const links = db.prepare('SELECT last, hash, leaves FROM chain ORDER BY last').all() as unknown as {
    last: number
    hash: string
    leaves: Uint8Array
  }[]
  let previous = String(db.prepare("SELECT value FROM meta WHERE name = 'log_id'").get()?.['value'])
  let first = 1
  let done = 0
  for (const { last, hash } of links) {
    if (last < from) previous = hash
    else if (done++ < linksMax) {
      const rows = db
        .prepare('SELECT * FROM log WHERE offset BETWEEN ? AND ? ORDER BY offset')
        .all(first, last) as unknown as readonly ChainedRecord[]
      const leaves = rows.map(leafOf).join('')
      previous = linkOf(previous, leaves)
      db.prepare('UPDATE chain SET hash = ?, leaves = ? WHERE last = ?').run(
        previous,
        Buffer.from(leaves, 'hex'),
        last,
      )
    }
    first = last + 1
  }
}

const FIELDS = ['id', 'type', 'key', 'at', 'data'] as const

type Harm = {
  readonly name: string
  /** Does it to all these records at once, in pairs where it takes two; each must be named. */
  readonly act: (db: DatabaseSync, offsets: readonly number[], rng: Rng) => void
}

const HARMS: readonly Harm[] = [
  {
    name: 'changed',
    act: (db, offsets, rng) => {
      for (const offset of offsets) {
        const field = FIELDS[rng.below(FIELDS.length)] ?? 'data'
        const value = field === 'at' ? '7' : `'changed ${offset}'`
        db.exec(`UPDATE log SET ${field} = ${value} WHERE offset = ${offset}`)
      }
    },
  },
  {
    name: 'changed by a single letter',
    act: (db, offsets) => {
      for (const offset of offsets)
        db.exec(`UPDATE log SET data = replace(data, '"n"', '"o"') WHERE offset = ${offset}`)
    },
  },
  {
    name: 'removed',
    act: (db, offsets) => {
      for (const offset of offsets) db.exec(`DELETE FROM log WHERE offset = ${offset}`)
    },
  },
  {
    name: 'swapped',
    act: (db, offsets) => {
      for (let at = 0; at + 1 < offsets.length; at += 2)
        db.exec(`UPDATE log SET offset = -1 WHERE offset = ${offsets[at]};
          UPDATE log SET offset = ${offsets[at]} WHERE offset = ${offsets[at + 1]};
          UPDATE log SET offset = ${offsets[at + 1]} WHERE offset = -1`)
    },
  },
]

const shuffled = (count: number, rng: Rng): readonly number[] => {
  const offsets = Array.from({ length: count }, (_, i) => i + 1)
  for (let i = offsets.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    ;[offsets[i], offsets[j]] = [offsets[j] ?? 0, offsets[i] ?? 0]
  }
  return offsets
}

/** The report on a copy of the log to which this was done. */
const harmed = async <T>(
  { path, anchors }: Made,
  act: (db: DatabaseSync) => T,
): Promise<{ readonly report: ChainReport; readonly result: T }> => {
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  const db = new DatabaseSync(copy)
  const result = act(db)
  // Into the main file: the next copy must not meet this one's write-ahead log.
  db.exec('PRAGMA journal_mode = DELETE')
  db.close()
  return { report: await verifyChain({ path: copy, anchors }), result }
}

/** A log cut ever further from its end, in the long form at each record; gives how often. */
const cutEverywhere = async (rng: Rng): Promise<number> => {
  const entries = ENTRIES / CUT_LOGS
  const log = await made(entries, 50)
  const cuts = long
    ? Array.from({ length: entries }, (_, i) => entries - i)
    : [entries, 1 + rng.below(entries), 1].toSorted((a, b) => b - a)
  const { result: cutFrom } = await harmed(log, () => `${log.path}.copy`)
  for (const offset of cuts) {
    const db = new DatabaseSync(cutFrom)
    db.exec(`DELETE FROM log WHERE offset >= ${offset}; DELETE FROM chain WHERE last >= ${offset}`)
    db.close()
    const report = await verifyChain({ path: cutFrom, anchors: log.anchors })
    const { kind, from, to } = report.faults.at(-1) ?? {}
    // With its link a record's neighbours in the same transaction stand there without one.
    assert.ok(report.faults[0]?.from !== undefined && report.faults[0].from <= offset)
    assert.deepEqual([kind, from, to], ['cut_off', offset, entries], `cut at ${offset}`)
  }
  return cuts.length
}

describe('chain', () => {
  after(temp.remove)

  it('L18 a log that nobody touched fits, with all its anchors', async () => {
    const log = await made(1_000, 100)
    const seen: number[] = []
    const report = await verifyChain({ ...log, onProgress: (done) => seen.push(done) })
    assert.deepEqual(report.faults, [])
    assert.equal(report.records, 1_000)
    assert.equal(report.anchored, log.anchors.length)
    assert.equal(report.anchoredTo, 1_000)
    assert.equal(seen.at(-1), 1_000)
  })

  it(`L18 any of ${ENTRIES} records changed, removed, swapped or cut off is found and named`, async (t) => {
    const log = await made(ENTRIES, 500)
    const rng = createRng('harm')
    let found = 0
    for (const { name, act } of HARMS) {
      const order = shuffled(ENTRIES, rng)
      // Always an even number, so that pairs come out.
      for (let start = 0; start < (long ? ENTRIES : AT_ONCE); start += AT_ONCE) {
        const offsets = order.slice(start, start + AT_ONCE)
        const { report } = await harmed(log, (db) => act(db, offsets, rng))
        assert.deepEqual(
          // The last one, when it is gone, is missing and cut off.
          [...new Set(report.faults.map(({ from, to }) => `${from} to ${to}`))],
          offsets.toSorted((a, b) => a - b).map((offset) => `${offset} to ${offset}`),
          name,
        )
        found += offsets.length
      }
    }
    for (let part = 0; part < (long ? CUT_LOGS : 1); part++) found += await cutEverywhere(rng)
    t.diagnostic(`${found} harms, all found and named`)
  })

  it('L18 a change with its leaf, or its leaf and link, made to fit is found at the link that no longer follows', async () => {
    const log = await made(1_000, 1_000)
    const bounds = [0, ...linkEnds(log.path)]
    for (const offset of [1, 333, 1_000]) {
      const link = bounds.findIndex((end) => end >= offset)
      const { report } = await harmed(log, (db) => {
        db.exec(`UPDATE log SET data = '{"n":"forged"}' WHERE offset = ${offset}`)
        relink(db, offset, 1)
      })
      // The last link has no follower: there the anchor speaks.
      const from = offset === 1_000 ? 1 : (bounds[link] ?? 0) + 1
      assert.equal(report.faults[0]?.from, from)
      assert.match(report.faults[0]?.kind ?? '', offset === 1_000 ? /rewritten/ : /relinked/)
    }
  })

  it('L18 a log written anew from some record on, links and all, fits in itself and is found by the anchors', async () => {
    const log = await made(1_000, 100)
    const act = (db: DatabaseSync): void => {
      db.exec(`UPDATE log SET data = '{"n":"forged"}' WHERE offset = 555`)
      relink(db, 555)
    }
    assert.deepEqual((await harmed({ ...log, anchors: [] }, act)).report.faults, [])
    const { report } = await harmed(log, act)
    const before = log.anchors.findLast(({ offset }) => offset < 555)?.offset ?? 0
    assert.deepEqual(report.faults[0]?.kind, 'rewritten')
    assert.equal(report.faults[0]?.from, before + 1)
    assert.equal(report.anchoredTo, before)
  })

  it('L18 records put in by hand and links taken away are found', async () => {
    const log = await made(200, 200)
    const insert = (offset: number) => (db: DatabaseSync) =>
      db.exec(`INSERT INTO log VALUES (${offset}, 'by hand', 'note.v1', '', 0, '{}', NULL)`)
    assert.deepEqual((await harmed(log, insert(201))).report.faults, [
      { kind: 'unlinked', from: 201, to: 201 },
    ])
    assert.deepEqual((await harmed(log, insert(0))).report.faults[0]?.kind, 'unlinked')
    const [, second = 0, third = 0] = linkEnds(log.path)
    const { report } = await harmed(log, (db) => db.exec(`DELETE FROM chain WHERE last = ${third}`))
    assert.deepEqual(report.faults[0], { kind: 'unlinked', from: second + 1, to: third })
    const blob = (db: DatabaseSync) => db.exec("UPDATE log SET data = x'00' WHERE offset = 7")
    assert.deepEqual((await harmed(log, blob)).report.faults, [{ kind: 'changed', from: 7, to: 7 }])
    const beside = (db: DatabaseSync) => db.exec("UPDATE log SET sealed = x'' WHERE offset = 7")
    assert.deepEqual((await harmed(log, beside)).report.faults, [{ kind: 'changed', from: 7, to: 7 }])
  })

  it('L18 the end that the running writer knows shows what was cut off under it', async () => {
    const { path } = await made(100, 1_000)
    const log = await openSqliteLog({ path })
    await log.append([note('last')])
    const liveTip = log.tip()
    assert.deepEqual((await verifyChain({ path, liveTip })).faults, [])
    const other = new DatabaseSync(path)
    other.exec('DELETE FROM log WHERE offset = 101; DELETE FROM chain WHERE last = 101')
    other.close()
    const { faults } = await verifyChain({ path, liveTip })
    assert.deepEqual(faults, [{ kind: 'cut_off', from: 101, to: 101 }])
    await log.close()
  })

  it('L18 duplicates, failed appends and a restart leave no break', async () => {
    const { path } = await made(50, 1_000)
    const log = await openSqliteLog({ path })
    const other = new DatabaseSync(path)
    other.exec(
      "CREATE TRIGGER no_poison BEFORE INSERT ON log WHEN new.type = 'poison.v1' BEGIN SELECT raise(abort, 'poisoned'); END",
    )
    const poison = { ...note('poison'), type: 'poison.v1' }
    await Promise.allSettled([
      log.append([note('a'), note('e000001')]),
      log.append([note('lost'), poison]),
      log.append([note('a')]),
      log.append([note('b'), note('b')]),
    ])
    await log.append([note('a')])
    other.close()
    await log.close()
    const report = await verifyChain({ path, anchors: [log.tip()] })
    assert.deepEqual(report.faults, [])
    assert.equal(report.records, 52)
  })
})

describe('older logs', () => {
  after(temp.remove)

  /** As version 1 wrote it. */
  const oldLog = (records: number): string => {
    const path = join(temp.folder(), 'log.db')
    const db = new DatabaseSync(path)
    db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
      CREATE TABLE log (offset INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, key TEXT NOT NULL,
        at INTEGER NOT NULL, data TEXT NOT NULL);
      PRAGMA application_id = ${0x57564c47}; PRAGMA user_version = 1; BEGIN`)
    const insert = db.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)')
    for (let i = 1; i <= records; i++) insert.run(i, `e${i}`, 'note.v1', 'ключ', 1_000.5 * i, `{"n": ${i}}`)
    db.exec('COMMIT')
    db.close()
    return path
  }

  it('L19 a log of version 1 is chained when it is opened, and a copy of it is kept', async () => {
    const path = oldLog(2_345)
    await assert.rejects(verifyChain({ path }), rejectsWith('log.no_chain'))
    const log = await openSqliteLog({ path })
    assert.equal(log.head(), 2_345)
    await log.append([note('new')])
    const events = await readAll(log)
    assert.deepEqual(events[2]?.data, { n: 3 })
    assert.equal(events[2]?.at, 3_001.5)
    await log.close()
    const report = await verifyChain({ path, anchors: [log.tip()] })
    assert.deepEqual([report.faults, report.records, report.anchored], [[], 2_346, 1])
    const copy = new DatabaseSync(`${path}.v1`, { readOnly: true })
    assert.equal(copy.prepare('PRAGMA user_version').get()?.['user_version'], 1)
    assert.equal(copy.prepare('SELECT count(*) AS n FROM log').get()?.['n'], 2_345)
    copy.close()
  })

  it('L19 a migration that finds no room leaves the log as it was, and the next one brings it over', async () => {
    const path = oldLog(5_000)
    const bytes = statSync(path).size
    await assert.rejects(openSqliteLog({ path, fileBytesMax: bytes + 8_192 }), rejectsWith('log.disk_full'))
    const db = new DatabaseSync(path, { readOnly: true })
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 1)
    assert.equal(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'chain'").get()?.['n'], 0)
    db.close()
    const log = await openSqliteLog({ path })
    assert.equal((await readAll(log)).length, 5_000)
    await log.close()
    assert.deepEqual((await verifyChain({ path })).faults, [])
  })
})

const linkEnds = (path: string): readonly number[] => {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return db
      .prepare('SELECT last FROM chain ORDER BY last')
      .all()
      .map(({ last }) => Number(last))
  } finally {
    db.close()
  }
}
