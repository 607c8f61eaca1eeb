// The file under the log: one table that anyone can read with the sqlite3 shell. Opening checks that
// the file is ours and that this version understands it, before anything in it is changed.

import type { DatabaseSync } from 'node:sqlite'
import { Failure } from '../kernel/failure.ts'
import { newLogId, type ChainTip } from './chain.ts'
import { CHAIN_SCHEMA, migrate } from './migrate.ts'
import { loadSqlite } from './sqlite-load.ts'

/**
 * 2: the file has a name and a chain. 3: what is sealed is signed as a whole, which older versions cannot read. 4: what goes
 * earlier than its person is sealed once more under a key of its period. 5: what is sealed lies beside the text, in bytes.
 */
export const SCHEMA_VERSION = 5
export const CHAINED_SINCE = 2
const SEALED_BESIDE_SINCE = 5
/** 'WVLG': marks the file as an event log of this product (`PRAGMA application_id`). */
const APPLICATION_ID = 0x57564c47
const PAGE_BYTES = 8_192

const SCHEMA = `
  CREATE TABLE log (
    offset INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    sealed BLOB
  );
  ${CHAIN_SCHEMA}`

export type StoreSettings = {
  readonly path: string
  /** How long to wait for another program's lock. */
  readonly busyMsMax: number
  /** The file may not grow past this; appends then fail with `log.disk_full`. 0 = the disk decides. */
  readonly fileBytesMax: number
  /** Pages in the write-ahead log before they are copied into the main file. */
  readonly checkpointPages: number
  readonly cacheBytes: number
}

/** Opens or makes the log at `path` for writing. Throws Failure `log.not_a_log` or `log.newer_version`, or what SQLite throws. */
export const openForWriting = (settings: StoreSettings): DatabaseSync => {
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(settings.path, { timeout: settings.busyMsMax })
  try {
    const version = formatOf(db, settings.path)
    const fresh = version === 0
    if (fresh) db.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = ${settings.checkpointPages}; PRAGMA cache_size = ${-Math.ceil(settings.cacheBytes / 1024)}`)
    if (fresh) {
      db.exec(`BEGIN IMMEDIATE; ${SCHEMA};
        INSERT INTO meta (name, value) VALUES ('log_id', '${newLogId()}');
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
    }
    if (settings.fileBytesMax > 0) {
      const pageBytes = numberOf(db, 'PRAGMA page_size')
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(settings.fileBytesMax / pageBytes))}`)
    }
    if (!fresh) migrate(db, settings.path, { from: version, to: SCHEMA_VERSION })
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

/** Opens an existing log for reading beside its writer. */
export const openForReading = (path: string, busyMsMax: number): DatabaseSync => {
  const { DatabaseSync } = loadSqlite()
  return new DatabaseSync(path, { readOnly: true, timeout: busyMsMax })
}

/** The columns of a record, whichever format the log has. */
export const recordColumns = (db: DatabaseSync, path: string): string =>
  `offset, id, type, key, at, data, ${formatOf(db, path) < SEALED_BESIDE_SINCE ? 'NULL AS sealed' : 'sealed'}`

/** The offset of the last event; 0 when there is none. */
export const lastOffset = (db: DatabaseSync): number =>
  numberOf(db, 'SELECT coalesce(max(offset), 0) FROM log')

/** The end of the chain as the file has it. */
export const chainTip = (db: DatabaseSync): ChainTip => {
  const logId = textOf(db, "SELECT value FROM meta WHERE name = 'log_id'")
  const link = textOf(db, 'SELECT hash FROM chain ORDER BY last DESC LIMIT 1')
  return { logId, offset: lastOffset(db), hash: link === '' ? logId : link }
}

/** The version of the file's format, 0 when it is empty and may become a log; throws when it is something else. */
export const formatOf = (db: DatabaseSync, path: string): number => {
  const version = numberOf(db, 'PRAGMA user_version')
  const tables = numberOf(db, 'SELECT count(*) FROM sqlite_schema')
  if (tables === 0 && version === 0) return 0
  if (numberOf(db, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new Failure({
      code: 'log.not_a_log',
      message: `${path} is a database, but not an event log.`,
      hint: 'Give another path.',
    })
  }
  if (version > SCHEMA_VERSION) {
    throw new Failure({
      code: 'log.newer_version',
      message: `${path} was written by a newer version: its format is ${version}, this one knows up to ${SCHEMA_VERSION}.`,
      hint: 'Run the newer version, or restore a backup made by this one.',
    })
  }
  return version
}

const numberOf = (db: DatabaseSync, query: string): number => {
  const [value] = Object.values(db.prepare(query).get() ?? {})
  return typeof value === 'number' ? value : 0
}

const textOf = (db: DatabaseSync, query: string): string => {
  const [value] = Object.values(db.prepare(query).get() ?? {})
  return typeof value === 'string' ? value : ''
}
