// What crashes, torn writes and full disks may do to the file: never take an acknowledged event.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import assert from 'node:assert/strict'
import { isFailure } from '../kernel/failure.ts'
import { createRng, type Rng } from '../kernel/rng.ts'
import type { EventLog } from './port.ts'
import { openSqliteLog } from './sqlite-log.ts'
import { note, readAll, rejectsWith } from './testing/log-harness.ts'
import { assertNumbered, numbered, numberedId } from './testing/numbered-events.ts'
import { runAndKill } from './testing/run-and-kill.ts'
import { createTemp } from './testing/temp.ts'

const temp = createTemp('crash')
const WRITER = fileURLToPath(new URL('./testing/log-writer.ts', import.meta.url))

describe('sqlite log after a crash', () => {
  after(temp.remove)

  it('L4 after kill -9 under load each acknowledged event is there, whole and once; L7 the lock is free', async () => {
    const path = join(temp.folder(), 'log.db')
    const acknowledged: string[] = []
    for (const run of [1, 2]) {
      await runAndKill({
        args: [WRITER, path, String(run), '20000'],
        // Killed at a moment of its work, however long a busy machine takes to come to it.
        isAtWork: () => acknowledged.length > 100 * run,
        lifeMs: 150,
        onLine: (line) => {
          const [word, first, last] = line.split(' ')
          if (word !== 'ack') return
          for (let number = Number(first); number <= Number(last); number++)
            acknowledged.push(numberedId(run, number))
        },
      })
    }
    const log = await openSqliteLog({ path })
    const found = await readAll(log)
    found.forEach(assertNumbered)
    const ids = new Set(found.map(({ id }) => id))
    assert.ok(acknowledged.length > 100, `${acknowledged.length} acknowledged`)
    assert.deepEqual(
      acknowledged.filter((id) => !ids.has(id)),
      [],
    )
    assert.equal(ids.size, log.head())
    await log.close()
  })

  it('L4 a write-ahead log torn or garbled at any place keeps every event before that place, and no part of one', async () => {
    const { path, ends } = await writeSteps(join(temp.folder(), 'log.db'), 40)
    const rng = createRng('torn write')
    const whole = statSync(`${path}-wal`).size
    for (let round = 0; round < 20; round++) {
      const copy = join(temp.folder(), 'log.db')
      copyFileSync(path, copy)
      copyFileSync(`${path}-wal`, `${copy}-wal`)
      const place = round === 0 ? whole - 1 : rng.below(whole)
      tear(`${copy}-wal`, place, round % 3, rng)
      const log = await openSqliteLog({ path: copy })
      const found = await readAll(log)
      found.forEach(assertNumbered)
      const safe = ends.filter(({ bytes }) => bytes <= place).at(-1)?.head ?? 0
      assert.ok(log.head() >= safe, `torn at ${place}: ${log.head()} of ${safe} events left`)
      // An append is there whole or not at all.
      assert.ok(log.head() === 0 || ends.some(({ head }) => head === log.head()))
      const [ack] = await log.append([note('after the crash')])
      assert.equal(ack?.offset, found.length + 1)
      await log.close()
    }
  })
})

describe('sqlite log on a full disk', () => {
  after(temp.remove)

  it('L5 a file at its limit fails appends with log.disk_full, loses nothing, and goes on when the limit is raised', async () => {
    const path = join(temp.folder(), 'log.db')
    const log = await openSqliteLog({ path, fileBytesMax: 200_000 })
    const acked = await appendUntilFull(log)
    const results = await Promise.allSettled([
      log.append([note('x', 'x'.repeat(50_000))]),
      log.append([note('y', 'y'.repeat(50_000))]),
    ])
    assert.ok(results.every(({ status }) => status === 'rejected'))
    assert.equal(log.head(), acked)
    assert.equal((await readAll(log)).length, acked)
    await log.close()
    const again = await openSqliteLog({ path })
    assert.equal(again.head(), acked)
    assert.deepEqual(await again.append([note('x', 'x'.repeat(50_000))]), [
      { offset: acked + 1, duplicate: false },
    ])
    await again.close()
  })

  it('L5 a disk that is really full fails appends, keeps what it took, and works again once there is room', async (t) => {
    const disk = join(temp.folder(), 'disk')
    const why = mountTiny(disk)
    if (why !== '') return t.skip(`no small disk could be mounted: ${why}`)
    try {
      const path = join(disk, 'log.db')
      const ballast = join(disk, 'ballast')
      writeFileSync(ballast, Buffer.alloc(1_000_000))
      const log = await openSqliteLog({ path })
      const told: number[] = []
      log.subscribe((events) => told.push(...events.map(({ offset }) => offset)))
      const acked = await appendUntilFull(log)
      await assert.rejects(
        log.append([note('still full', 'x'.repeat(100_000))]),
        rejectsWith('log.disk_full'),
      )
      assert.equal((await readAll(log)).length, acked)
      rmSync(ballast)
      assert.deepEqual(await log.append([note('room', 'x'.repeat(100_000))]), [
        { offset: acked + 1, duplicate: false },
      ])
      assert.deepEqual(
        told,
        Array.from({ length: acked + 1 }, (_, index) => index + 1),
      )
      await log.close()
      const again = await openSqliteLog({ path })
      assert.equal((await readAll(again)).length, acked + 1)
      await again.close()
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it('L5 a log cannot be made on a full disk, and the refusal says so', async (t) => {
    const disk = join(temp.folder(), 'disk')
    const why = mountTiny(disk)
    if (why !== '') return t.skip(`no small disk could be mounted: ${why}`)
    try {
      fill(join(disk, 'ballast'))
      const path = join(disk, 'log.db')
      await assert.rejects(openSqliteLog({ path }), rejectsWith('log.disk_full'))
      rmSync(join(disk, 'ballast'))
      const log = await openSqliteLog({ path })
      await log.append([note('a')])
      await log.close()
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

type Step = { readonly head: number; readonly bytes: number }

/** A crashed log: its files as they stood while open, and how long the write-ahead log was after each append. */
const writeSteps = async (
  path: string,
  appends: number,
): Promise<{ path: string; ends: readonly Step[] }> => {
  const log = await openSqliteLog({ path })
  const ends: Step[] = []
  let number = 1
  for (let append = 0; append < appends; append++) {
    const size = 1 + (append % 5)
    await log.append(Array.from({ length: size }, () => numbered(1, number++)))
    ends.push({ head: log.head(), bytes: statSync(`${path}-wal`).size })
  }
  const crashed = join(temp.folder(), 'log.db')
  copyFileSync(path, crashed)
  copyFileSync(`${path}-wal`, `${crashed}-wal`)
  await log.close()
  return { path: crashed, ends }
}

const tear = (wal: string, place: number, kind: number, rng: Rng): void => {
  if (kind === 0) return truncateSync(wal, place)
  const bytes = readFileSync(wal)
  const end = kind === 1 ? bytes.length : Math.min(bytes.length, place + 1 + rng.below(512))
  for (let at = place; at < end; at++) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 + rng.below(255)), at)
  writeFileSync(wal, bytes)
}

/** Appends until the disk is full; how many events were acknowledged. */
const appendUntilFull = async (log: EventLog): Promise<number> => {
  let acked = 0
  for (let index = 0; index < 5_000; index++) {
    try {
      await log.append([note(`fill${index}`, 'f'.repeat(20_000))])
      acked += 1
    } catch (thrown) {
      assert.ok(isFailure(thrown, 'log.disk_full') && thrown.retryable, String(thrown))
      assert.equal(log.head(), acked)
      return acked
    }
  }
  assert.fail('the disk never filled')
}

/** Mounts a disk of 3 MB at `folder`; why not, or ''. */
const mountTiny = (folder: string): string => {
  if (process.platform !== 'linux') return 'this is not Linux'
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'pipe' })
    return ''
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.message.split('\n')[1] ?? thrown.message) : String(thrown)
  }
}

const fill = (path: string): void => {
  try {
    writeFileSync(path, Buffer.alloc(4_000_000))
  } catch (thrown) {
    assert.ok(existsSync(path), String(thrown))
  }
}
