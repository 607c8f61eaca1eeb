// A log whose keys are lost must not be opened as if it were a new one: fresh keys would be made beside it, and what
// it holds of people would be gone without a word.

import { existsSync, statSync } from 'node:fs'
import { Failure } from '../../kernel/failure.ts'
import { loadSqlite } from '../sqlite-load.ts'
import { recordColumns } from '../sqlite-store.ts'

/** Throws Failure `log.keys_missing` when the log at `path` holds something sealed and there are no keys at `keysPath`. */
export const assertKeysPresent = (path: string, keysPath: string): void => {
  if (existsSync(keysPath) || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const isLog = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get() !== undefined
    if (!isLog) return
    // Looked for in the whole log, but only when keys are made beside a log that is there already.
    const sealed = `SELECT 1 FROM (SELECT ${recordColumns(db, path)} FROM log) WHERE sealed IS NOT NULL OR data LIKE '%"sealed":{"field":%' LIMIT 1`
    if (db.prepare(sealed).get() === undefined) return
  } finally {
    db.close()
  }
  throw new Failure({
    code: 'log.keys_missing',
    message: `${keysPath} is missing: without it nobody can read what ${path} holds of people.`,
    hint: 'Put back the keys.db that was backed up with this log, or restore the latest backup as a whole.',
  })
}
