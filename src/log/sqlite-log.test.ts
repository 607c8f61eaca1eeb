// The log on disk: the suite of every log, and what a file, a thread and a lock add to it.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import assert from 'node:assert/strict'
import { isFailure } from '../kernel/failure.ts'
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts'
import type { EventLog } from './port.ts'
import { describeEventLog } from './testing/conformance.ts'
import { note, readAll, rejectsWith } from './testing/log-harness.ts'
import { createTemp } from './testing/temp.ts'

const temp = createTemp('log')
const paths = new WeakMap<EventLog, string>()

const openAt = async (path: string, options: Partial<SqliteLogOptions> = {}): Promise<EventLog> => {
  const log = await openSqliteLog({ ...options, path })
  paths.set(log, path)
  return log
}
const create = (options: Partial<SqliteLogOptions> = {}) =>
  openAt(join(temp.folder(), 'data', 'log.db'), options)
const pathOf = (log: EventLog): string => paths.get(log) ?? ''

describeEventLog({
  name: 'sqlite',
  create,
  reopen: async (log) => {
    await log.close()
    return openAt(pathOf(log))
  },
  cleanUp: async () => temp.remove(),
})

describe('sqlite log', () => {
  after(temp.remove)

  it('L7 a second opener is told who holds the log, in this process and in another', async () => {
    const log = await create()
    const inUse = (thrown: unknown) =>
      isFailure(thrown, 'log.in_use') && thrown.message.includes(String(process.pid))
    await assert.rejects(openSqliteLog({ path: pathOf(log) }), inUse)
    const other = openInChild(pathOf(log))
    assert.match(other, new RegExp(`log\\.in_use .*process ${process.pid}`))
    await log.append([note('a')])
    await log.close()
    assert.match(openInChild(pathOf(log)), /^opened 1/)
  })

  it('L7 the lock file left by a process that is gone holds nothing', async () => {
    const log = await create()
    await log.close()
    writeFileSync(`${pathOf(log)}.pid`, '1\n')
    await (await openAt(pathOf(log))).close()
    assert.equal(readFileSync(`${pathOf(log)}.pid`, 'utf8'), `${process.pid}\n`)
  })

  it('L8 appends beyond the pending limit are refused as retryable, those before are kept', async () => {
    const log = await create({ pendingBytesMax: 100_000 })
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => log.append([note(`e${i}`, 'x'.repeat(10_000))])),
    )
    const refused = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown)
    assert.ok(
      refused.length > 0 &&
        refused.every((reason) => isFailure(reason, 'log.overloaded') && reason.retryable),
    )
    assert.equal(log.head(), 50 - refused.length)
    await log.append([note('room again', 'x'.repeat(10_000))])
    await assert.rejects(
      log.append([note('never', 'x'.repeat(100_000))]),
      rejectsWith('log.append_too_large'),
    )
    await log.close()
  })

  it('L1 an append the store refuses fails alone, whole, and its neighbours in the same transaction stand', async () => {
    const log = await create()
    await log.append([note('first')])
    const other = new DatabaseSync(pathOf(log))
    other.exec(
      "CREATE TRIGGER no_poison BEFORE INSERT ON log WHEN new.type = 'poison.v1' BEGIN SELECT raise(abort, 'poisoned'); END",
    )
    const poison = { ...note('poison'), type: 'poison.v1' }
    const told: string[] = []
    log.subscribe((events) => told.push(...events.map(({ id }) => id)))
    const results = await Promise.allSettled([
      log.append([note('a'), note('first')]),
      log.append([note('first'), note('lost'), poison]),
      log.append([note('lost'), note('b'), note('a')]),
      log.append([poison]),
      log.append([note('c')]),
    ])
    const shown = results.map((result) =>
      result.status === 'fulfilled'
        ? result.value.map(({ offset }) => offset)
        : isFailure(result.reason) && result.reason.code,
    )
    assert.deepEqual(shown, [[2, 1], 'log.write_failed', [3, 4, 2], 'log.write_failed', [5]])
    assert.deepEqual(told, ['a', 'lost', 'b', 'c'])
    assert.deepEqual(
      (await readAll(log)).map(({ id }) => id),
      ['first', 'a', 'lost', 'b', 'c'],
    )
    other.close()
    await log.close()
  })

  it('L1 appends wait out a short lock of another program and fail as retryable on a long one', async () => {
    const log = await create({ busyMsMax: 50 })
    const other = new DatabaseSync(pathOf(log))
    other.exec('BEGIN IMMEDIATE')
    await assert.rejects(
      log.append([note('a')]),
      (thrown) => isFailure(thrown, 'log.busy') && thrown.retryable,
    )
    other.exec('ROLLBACK')
    other.close()
    assert.deepEqual(await log.append([note('a')]), [{ offset: 1, duplicate: false }])
    await log.close()
  })

  it('L10 a writer that dies acknowledges nothing more; the log opens again in the same process', async () => {
    const log = await create({
      writerHeapMbMax: 16,
      pendingBytesMax: 1 << 29,
      groupBytesMax: 1 << 28,
      groupEventsMax: 1 << 20,
    })
    await log.append([note('safe')])
    const many = Array.from({ length: 300_000 }, (_, i) => note(`e${i}`, `${i}`.padEnd(80, 'x')))
    const results = await Promise.allSettled([log.append(many), log.append([note('behind')])])
    const codes = results.map(
      (result) => result.status === 'rejected' && isFailure(result.reason) && result.reason.code,
    )
    assert.deepEqual(codes, ['log.writer_died', 'log.writer_died'])
    await assert.rejects(log.append([note('later')]), rejectsWith('log.writer_died'))
    assert.deepEqual(
      (await readAll(log)).map(({ id }) => id),
      ['safe'],
    )
    await log.close()
    const again = await openAt(pathOf(log))
    assert.equal((await again.get([1]))[0]?.id, 'safe')
    await again.append([note('later')])
    await again.close()
  })

  it('L10 a subscriber that throws stops the process rather than the truth', () => {
    const path = join(temp.folder(), 'log.db')
    const script = `
      import { openSqliteLog } from '${new URL('./index.ts', import.meta.url).href}'
      const log = await openSqliteLog({ path: '${path}' })
      log.subscribe(() => { throw new TypeError('a broken fold') })
      process.on('uncaughtException', (error) => { console.log('uncaught ' + error.message) })
      await log.append([{ id: 'a', type: 't', key: '', at: 0, data: 1 }]).catch((error) => console.log(error.code))
      await log.append([{ id: 'b', type: 't', key: '', at: 0, data: 1 }]).catch((error) => console.log(error.code))
      await log.close()`
    const { stdout } = runScript(script)
    assert.deepEqual(stdout.trim().split('\n').toSorted(), [
      'log.subscriber_failed',
      'log.subscriber_failed',
      'uncaught a broken fold',
    ])
  })

  it('L11 a newer format, another database and a file that is none are refused and left as they were', async () => {
    const folder = temp.folder()
    const newer = join(folder, 'newer.db')
    await (await openAt(newer)).close()
    const db = new DatabaseSync(newer)
    db.exec('PRAGMA user_version = 999')
    db.close()
    const foreign = join(folder, 'foreign.db')
    const other = new DatabaseSync(foreign)
    other.exec('CREATE TABLE customers (name TEXT)')
    other.close()
    const text = join(folder, 'text.db')
    writeFileSync(text, 'not a database, but long enough to look for a header in it '.repeat(20))
    for (const [path, code] of [
      [newer, 'log.newer_version'],
      [foreign, 'log.not_a_log'],
      [text, 'log.not_a_log'],
      [folder, 'log.cannot_open'],
    ] as const) {
      const before = path === folder ? '' : readFileSync(path, 'latin1')
      await assert.rejects(openSqliteLog({ path }), rejectsWith(code))
      assert.equal(path === folder ? '' : readFileSync(path, 'latin1'), before)
      if (path === folder) assert.ok(!existsSync(`${folder}.lock`))
    }
  })

  it('L11 a folder without rights and a path through a file are refused by name', async (t) => {
    const folder = temp.folder()
    writeFileSync(join(folder, 'file'), '')
    await assert.rejects(
      openSqliteLog({ path: join(folder, 'file', 'log.db') }),
      rejectsWith('log.cannot_open'),
    )
    execFileSync('chmod', ['555', folder])
    const path = join(folder, 'log.db')
    if (process.getuid?.() !== 0) {
      await assert.rejects(openSqliteLog({ path }), rejectsWith('log.no_rights'))
      return
    }
    // Root may write anywhere: ask as someone else.
    const said = openInChild(path, 65_534)
    if (said === '') return t.skip('another user cannot run this process')
    assert.match(said, /^log\.no_rights/)
  })

  it('L12 pages of large events end early', async () => {
    const log = await create({ pageBytesMax: 100_000 })
    await log.append(Array.from({ length: 20 }, (_, i) => note(`e${i}`, 'x'.repeat(30_000))))
    const sizes: number[] = []
    for await (const page of log.read()) sizes.push(page.length)
    assert.deepEqual(sizes, [4, 4, 4, 4, 4])
    await log.close()
  })

  it('L12 a hole or a broken row in the file is reported, not skipped', async () => {
    const log = await create()
    await log.append([note('a'), note('b'), note('c')])
    const other = new DatabaseSync(pathOf(log))
    other.exec("UPDATE log SET data = '{' WHERE offset = 3")
    await assert.rejects(readAll(log), rejectsWith('log.corrupt'))
    other.exec('DELETE FROM log WHERE offset = 2')
    await assert.rejects(readAll(log), rejectsWith('log.corrupt'))
    other.close()
    await log.close()
  })

  it('L17 anyone can read the log with the sqlite3 shell while it is open', async (t) => {
    const log = await create()
    await log.append([note('a', { hello: 'мир' })])
    const shell = spawnSync('sqlite3', [pathOf(log), "SELECT offset, type, data ->> 'hello' FROM log"], {
      encoding: 'utf8',
    })
    if (shell.error !== undefined) t.skip('no sqlite3 shell here')
    else assert.equal(shell.stdout.trim(), '1|note.v1|мир')
    assert.deepEqual(await log.append([note('b')]), [{ offset: 2, duplicate: false }])
    await log.close()
    assert.ok(statSync(pathOf(log)).size > 0)
  })

  it('L13 an open log that is idle does not keep the process alive', () => {
    const path = join(temp.folder(), 'log.db')
    const script = `
      import { openSqliteLog } from '${new URL('./index.ts', import.meta.url).href}'
      const log = await openSqliteLog({ path: '${path}' })
      console.log((await log.append([{ id: 'a', type: 't', key: '', at: 0, data: 1 }]))[0].offset)`
    assert.deepEqual(runScript(script), { stdout: '1\n', stderr: '', status: 0 })
  })
})

const runScript = (script: string): { stdout: string; stderr: string; status: number | null } => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { stdout, stderr, status }
}

/** What a process of its own says when it opens the log: `opened <head>` or the failure; '' when it could not run. */
const openInChild = (path: string, uid?: number): string => {
  const script = fileURLToPath(new URL('./testing/open-log.ts', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [script, path], {
    encoding: 'utf8',
    timeout: 20_000,
    ...(uid === undefined ? {} : { uid }),
  })
  return stdout ?? ''
}
