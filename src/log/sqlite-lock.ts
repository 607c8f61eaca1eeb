// One writer per log. The lock is the kernel's, on a file of its own beside the log, so it ends with
// the process that holds it, however that one dies. A text file next to it says who that is.

import { readFileSync, writeFileSync } from 'node:fs'
import { Failure } from '../kernel/failure.ts'
import { sqliteCodeOf, withFileFailures } from './failures.ts'
import { loadSqlite } from './sqlite-load.ts'

const SQLITE_BUSY = 5

export type Lock = { readonly release: () => void }

/** Takes the write lock of the log at `path`. Throws Failure `log.in_use` with the holder's process id. */
export const takeLock = (path: string): Lock => {
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(`${path}.lock`)
  try {
    // A transaction that never writes: the file stays empty, only the lock on it counts.
    db.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    db.close()
    if (sqliteCodeOf(thrown) === SQLITE_BUSY) throw inUse(path)
    throw thrown
  }
  try {
    withFileFailures(path, () => writeFileSync(`${path}.pid`, `${process.pid}\n`))
  } catch (thrown) {
    db.close()
    throw thrown
  }
  return { release: () => db.close() }
}

const inUse = (path: string): Failure => {
  const pid = holderOf(path)
  return new Failure({
    code: 'log.in_use',
    message: `${path} is open for writing in process ${pid}.`,
    hint: `Stop process ${pid}, or give this one another data folder.`,
  })
}

const holderOf = (path: string): string => {
  try {
    return readFileSync(`${path}.pid`, 'utf8').trim()
  } catch {
    // The holder took the lock a moment ago and has not written its number yet.
    return 'unknown'
  }
}
