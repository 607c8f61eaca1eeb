// The keys of persons: a small database beside the log. What is personal in a record is encrypted under the key of
// whom it is about; destroying that key is what erasing a person means. A destroyed key leaves a mark of no content.

import { createHmac, createSecretKey, hkdfSync, randomBytes, randomInt, type KeyObject } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { Failure } from '../../kernel/failure.ts'
import type { Json } from '../../kernel/json.ts'
import { loadSqlite } from '../sqlite-load.ts'
import { openChacha, KEY_BYTES, type Chacha } from './chacha.ts'
import { createOpenStream, type OpenStream } from './open-stream.ts'
import { randomFrom } from './random.ts'

/** 'WVPK' (`PRAGMA application_id`). */
const APPLICATION_ID = 0x5756504b
const VERSION = 1
const REMEMBERED_MAX = 100_000
/** Numbers of keys start anew at a random multiple of this each time the file is opened: a copy that is older than the log never gives a number again. */
const ID_STRIDE = 2 ** 32
const ID_BASES = 2 ** 21

const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
  CREATE TABLE keys (id INTEGER PRIMARY KEY, handle BLOB UNIQUE, key BLOB, mark TEXT);`

export type PersonKey = { readonly id: number; readonly bytes: Uint8Array }
/** A key; `stream` reads what formats 3 and 4 sealed with it. */
export type LiveKey = PersonKey & { readonly stream: OpenStream; readonly mark?: never }
/** A key, or what stands in for one that was destroyed. */
export type KeyOrMark = LiveKey | { readonly mark: Json }

/** The writer's side. All changes since `begin` are kept at `commit`, flushed. */
export type PersonKeys = {
  readonly begin: () => void
  /** What records are signed with when they are sealed: nobody moves a part of one, or puts one in, unnoticed. */
  readonly signing: KeyObject
  readonly chacha: Chacha
  /** The key of this owner, made when there is none. */
  readonly keyFor: (owner: string) => PersonKey
  /** Destroys the keys with these handles: what they sealed cannot be read by anybody any more. */
  readonly destroy: (handles: readonly string[], mark: Json) => void
  /** Throws Failure `log.keys_busy` while another program keeps destroyed keys from being wiped off the disk: ask again. */
  readonly commit: () => void
  readonly rollback: () => void
  readonly close: () => void
}

/** The reader's side. */
export type KeyReader = Pick<PersonKeys, 'signing' | 'chacha'> & {
  /** Throws Failure `log.no_key` when there is neither key nor mark. */
  readonly find: (id: number) => KeyOrMark
  /** What stands for an owner in facts, without saying who it is: HMAC-SHA256, hex. */
  readonly handleOf: (owner: string) => string
  /** Whether there is a key for this owner. */
  readonly holds: (owner: string) => boolean
  /** Marks of keys that were destroyed, each once. */
  readonly marks: () => readonly Json[]
  /** After keys were destroyed. */
  readonly forget: () => void
  readonly close: () => void
}

/** Opens the keys at `path` for the writer, and makes the file when there is none. Throws Failure `log.not_keys`. */
export const openPersonKeys = async (path: string): Promise<PersonKeys> => {
  const chacha = await openChacha()
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(path, { timeout: 5_000 })
  // Deleted bytes are overwritten: a destroyed key must not be found in free pages.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
  prepare(db, path)
  // What a crash left of destroyed keys in the write-ahead log.
  const wiped = (): boolean => db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0
  if (!wiped()) throw keysBusy(path)
  const secret = secretOf(db)
  let nextId = randomInt(ID_BASES) * ID_STRIDE + 1
  const find = db.prepare('SELECT id, key FROM keys WHERE handle = ?')
  const insert = db.prepare('INSERT INTO keys (id, handle, key) VALUES (?, ?, ?)')
  const end = db.prepare('UPDATE keys SET handle = NULL, key = NULL, mark = ? WHERE handle = ?')
  const known = new Map<string, PersonKey>()
  let open = false
  let destroyed = false
  const write = (): void => {
    if (open) return
    db.exec('BEGIN IMMEDIATE')
    open = true
  }
  return {
    begin: () => undefined,
    signing: signingKeyOf(secret),
    chacha,
    keyFor: (owner) => {
      const remembered = known.get(owner)
      if (remembered !== undefined) return remembered
      const handle = Buffer.from(hmac(secret, owner), 'hex')
      const row = find.get(handle)
      const bytes = row === undefined ? randomFrom(KEY_BYTES) : (row['key'] as Uint8Array)
      if (row === undefined) write()
      const id = Number(row?.['id'] ?? insert.run(nextId++, handle, bytes).lastInsertRowid)
      if (known.size >= REMEMBERED_MAX) known.clear()
      const found = { id, bytes }
      known.set(owner, found)
      return found
    },
    destroy: (handles, mark) => {
      write()
      for (const handle of handles) end.run(JSON.stringify(mark), Buffer.from(handle, 'hex'))
      known.clear()
      destroyed = true
    },
    commit: () => {
      if (open) db.exec('COMMIT')
      open = false
      // The write-ahead log still holds the pages as they were.
      if (destroyed && !wiped()) throw keysBusy(path)
      destroyed = false
    },
    rollback: () => {
      known.clear()
      // A full disk may have ended the transaction already.
      if (db.isTransaction) db.exec('ROLLBACK')
      open = false
    },
    close: () => db.close(),
  }
}

/** Opens existing keys for reading beside their writer. */
export const openKeyReader = async (path: string): Promise<KeyReader> => {
  const chacha = await openChacha()
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  const secret = secretOf(db)
  const one = db.prepare('SELECT key, mark FROM keys WHERE id = ?')
  const all = db.prepare('SELECT DISTINCT mark FROM keys WHERE mark IS NOT NULL')
  const held = db.prepare('SELECT 1 FROM keys WHERE handle = ?')
  const known = new Map<number, KeyOrMark>()
  return {
    signing: signingKeyOf(secret),
    chacha,
    find: (id) => {
      const remembered = known.get(id)
      if (remembered !== undefined) return remembered
      const row = one.get(id)
      const found = rowOf(id, row)
      if (found === null) throw noKey(path, id)
      if (known.size >= REMEMBERED_MAX) known.clear()
      known.set(id, found)
      return found
    },
    handleOf: (owner) => hmac(secret, owner),
    holds: (owner) => held.get(Buffer.from(hmac(secret, owner), 'hex')) !== undefined,
    marks: () => all.all().map((row) => JSON.parse(String(row['mark'])) as Json),
    forget: () => known.clear(),
    close: () => db.close(),
  }
}

const rowOf = (id: number, row: Record<string, unknown> | undefined): KeyOrMark | null => {
  if (row === undefined) return null
  const { key, mark } = row
  if (key instanceof Uint8Array) return { id, bytes: key, stream: createOpenStream(key) }
  return typeof mark === 'string' ? { mark: JSON.parse(mark) as Json } : null
}

const hmac = (secret: KeyObject, owner: string): string =>
  createHmac('sha256', secret).update(owner).digest('hex').slice(0, 32)

const signingKeyOf = (secret: KeyObject): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'sealed records', KEY_BYTES)))

const prepare = (db: DatabaseSync, path: string): void => {
  const application = Number(Object.values(db.prepare('PRAGMA application_id').get() ?? {})[0])
  const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0])
  if (application === APPLICATION_ID && version === VERSION) return
  if (application !== 0 || version !== 0) {
    throw new Failure({
      code: 'log.not_keys',
      message: `${path} holds no keys of persons that this version knows.`,
      hint: 'Restore it from a backup, or run the version that wrote it.',
    })
  }
  db.exec(
    `BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`,
  )
  db.prepare("INSERT INTO meta (name, value) VALUES ('secret', ?)").run(randomBytes(KEY_BYTES))
  db.exec('COMMIT')
}

const secretOf = (db: DatabaseSync): KeyObject => {
  const row = db.prepare("SELECT value FROM meta WHERE name = 'secret'").get()
  return createSecretKey(row?.['value'] as Uint8Array)
}

const keysBusy = (path: string): Failure =>
  new Failure({
    code: 'log.keys_busy',
    message: `Another program reads ${path}: destroyed keys cannot be wiped off the disk.`,
    hint: 'End it, then erase again.',
    retryable: true,
  })

const noKey = (path: string, id: number): Failure =>
  new Failure({
    code: 'log.no_key',
    message: `${path} has no key ${id}: it is not the file that belongs to this log, or an older one.`,
    hint: 'Put the keys back that were backed up together with this log, or later.',
  })
