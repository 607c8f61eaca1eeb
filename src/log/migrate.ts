// Older logs become this version's when they are opened: a copy is kept beside the file first, then all
// of it happens in one transaction, so that a crash in between leaves the old one as it was.

import { existsSync, rmSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Failure } from '../kernel/failure.ts'
import { leafOf, linkOf, newLogId, type ChainedRecord } from './chain.ts'

/** A link for each transaction: its last record, and the leaves of all its records one after the other. */
export const CHAIN_SCHEMA = `
  CREATE TABLE chain (last INTEGER PRIMARY KEY, hash TEXT NOT NULL, leaves BLOB NOT NULL);
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)`

type Step = (db: DatabaseSync) => void

/** What makes version N + 1 of version N, by N. What is not here only keeps older versions from reading what will be written. */
const STEPS: Readonly<Record<number, Step>> = {
  1: (db) => addChain(db),
  // No record is touched: those that are there have nothing in it.
  4: (db) => db.exec('ALTER TABLE log ADD COLUMN sealed BLOB'),
}
/** From this version on a migration changes nothing that is there, and needs no copy. */
const KEPT_SINCE = 2

/** The copy, the file's own new pages and the write-ahead log: so many times its size must be free. */
const ROOM_SHARE = 2.5

/** Where the copy of the log stands that a migration from version `from` left. */
export const copyBefore = (path: string, from: number): string => `${path}.v${from}`

/** Brings the log to version `to`; nothing happens when it is there. Throws Failure `log.migration_needs_room`, or what SQLite throws. */
export const migrate = (
  db: DatabaseSync,
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
): void => {
  if (from === to) return
  if (from < KEPT_SINCE) keepCopy(db, path, from)
  db.exec('BEGIN IMMEDIATE')
  try {
    for (let version = from; version < to; version++) STEPS[version]?.(db)
    db.exec(`PRAGMA user_version = ${to}; COMMIT`)
  } catch (thrown) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw thrown
  }
}

const keepCopy = (db: DatabaseSync, path: string, from: number): void => {
  makeRoomSure(path)
  const copy = copyBefore(path, from)
  // Of a migration that was cut off: the log itself is still the old one.
  if (existsSync(copy)) rmSync(copy)
  db.prepare('VACUUM INTO ?').run(copy)
}

const makeRoomSure = (path: string): void => {
  const { bavail, bsize } = statfsSync(dirname(path))
  const wanted = statSync(path).size * ROOM_SHARE
  if (bavail * bsize >= wanted) return
  throw new Failure({
    code: 'log.migration_needs_room',
    message: `${path} is of an older version; bringing it to this one needs ${Math.ceil(wanted / 1e6)} MB of free disk.`,
    hint: 'Make room and start again; the log is as it was.',
  })
}

/** Leaves to a link: a migrated log is linked in pieces of this size. */
const LINK_RECORDS = 1_000

const addChain = (db: DatabaseSync): void => {
  const logId = newLogId()
  db.exec(CHAIN_SCHEMA)
  db.prepare("INSERT INTO meta (name, value) VALUES ('log_id', ?)").run(logId)
  const read = db.prepare(
    `SELECT offset, id, type, key, at, data FROM log WHERE offset > ? ORDER BY offset LIMIT ${LINK_RECORDS}`,
  )
  const link = db.prepare('INSERT INTO chain (last, hash, leaves) VALUES (?, ?, ?)')
  let previous = logId
  let after = 0
  for (;;) {
    const page = read.all(after) as unknown as readonly ChainedRecord[]
    const last = page.at(-1)
    if (last === undefined) return
    const leaves = page.map(leafOf).join('')
    previous = linkOf(previous, leaves)
    after = last.offset
    link.run(after, previous, Buffer.from(leaves, 'hex'))
  }
}
