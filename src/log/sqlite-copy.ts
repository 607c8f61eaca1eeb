// Copies a database file while somebody else writes it: the copy is the file as it was at one moment.

import { closeSync, fsyncSync, openSync, readSync } from 'node:fs'
import { loadSqlite } from './sqlite-load.ts'
import { openForReading } from './sqlite-store.ts'

const BUSY_MS = 30_000
/** All in one step: in smaller ones a busy writer would make it begin again and again. */
const PAGES_AT_ONCE = 0x7fff_ffff
const MAGIC = 'SQLite format 3\0'

/** Whether the file is a database. */
export const isSqlite = (path: string): boolean => {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(MAGIC.length)
    return readSync(file, head, 0, head.length, 0) === head.length && head.toString('latin1') === MAGIC
  } finally {
    closeSync(file)
  }
}

/** Copies `from` to `to`, whole and flushed. The copy is one file that can be read where nothing can be written. */
export const copySqlite = async (from: string, to: string): Promise<void> => {
  const { backup, DatabaseSync } = loadSqlite()
  const source = openForReading(from, BUSY_MS)
  try {
    await backup(source, to, { rate: PAGES_AT_ONCE })
  } finally {
    source.close()
  }
  const copy = new DatabaseSync(to)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
  } finally {
    copy.close()
  }
  const file = openSync(to, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
