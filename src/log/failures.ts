// What can go wrong with the log, in one place: a code a machine can read, words for a person, and
// whether the same append may work later.

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure, isFailure, messageOf, type FailureDetail } from '../kernel/failure.ts'

/** A failure as plain data, so that it can cross from the writer's thread. */
export type LogFault = {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly retryable: boolean
  /** After this one nothing can be promised any more: the log takes no appends until it is opened again. */
  readonly fatal: boolean
}

export const failureOf = (fault: LogFault, cause?: unknown): Failure => new Failure({ ...fault, cause })

export const closedFailure = (): Failure =>
  new Failure({
    code: 'log.closed',
    message: 'The log is closed.',
    hint: 'Open it again before appending or reading.',
  })

const SQLITE_BUSY = 5
const SQLITE_NOMEM = 7
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_TOOBIG = 18
const SQLITE_NOTADB = 26
const ROOM_BYTES_MIN = 1 << 20

/** The fault behind something thrown while working on the database at `path`; rethrows what the store did not throw. */
export const faultOf = (thrown: unknown, path: string): LogFault => {
  if (isFailure(thrown)) return fault(thrown.code, thrown.message, thrown.hint ?? '', thrown.retryable)
  const primary = sqliteCodeOf(thrown)
  if (primary === undefined) throw thrown
  switch (primary) {
    case SQLITE_FULL:
      return diskFull(path)
    case SQLITE_BUSY:
      return fault('log.busy', `Another program holds a write lock on ${path}.`, 'End its transaction.', true)
    case SQLITE_NOMEM:
      return fault('log.no_memory', 'The writer ran out of memory.', 'Append smaller batches.', true)
    case SQLITE_TOOBIG:
      return fault('log.event_too_large', 'An event is larger than the store can hold.', 'Split it.', false)
    case SQLITE_CANTOPEN:
      if (!hasRoom(path)) return diskFull(path)
      return fault(
        'log.cannot_open',
        `${path} cannot be opened: ${messageOf(thrown)}.`,
        'Check the path.',
        false,
      )
    case SQLITE_NOTADB:
      return fault('log.not_a_log', `${path} is not an event log.`, 'Give another path.', false)
    case SQLITE_CORRUPT:
      return corrupt(path, messageOf(thrown))
    case SQLITE_IOERR:
      // On a full disk the store cannot always say so by name: growing its shared memory fails as I/O.
      if (hasRoom(path)) return ioError(path, messageOf(thrown))
      return diskFull(path)
    default:
      return fault('log.write_failed', `The store refused: ${messageOf(thrown)}.`, `Check ${path}.`, false)
  }
}

/** The primary SQLite result code of something thrown, if it came from there. */
export const sqliteCodeOf = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
    ? thrown.errcode & 0xff
    : undefined

export const diskFull = (path: string): LogFault =>
  fault(
    'log.disk_full',
    `No room left for ${path}.`,
    'Free some disk space; appends work again at once.',
    true,
  )

export const corruptFailure = (path: string, what: string): Failure => failureOf(corrupt(path, what))

const corrupt = (path: string, what: string): LogFault => ({
  ...fault('log.corrupt', `${path} is damaged: ${what}.`, 'Restore the last backup.', false),
  fatal: true,
})

const ioError = (path: string, what: string): LogFault => ({
  ...fault(
    'log.io_error',
    `The disk under ${path} failed: ${what}.`,
    'Check the disk, then start again.',
    false,
  ),
  fatal: true,
})

const fault = (code: string, message: string, hint: string, retryable: boolean): LogFault => ({
  code,
  message,
  hint,
  retryable,
  fatal: false,
})

const hasRoom = (path: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize > ROOM_BYTES_MIN
  } catch {
    // A disk that cannot even be asked has failed, it is not full.
    return true
  }
}

/** Runs a file operation; what the system refuses becomes a Failure `log.no_rights`, `log.disk_full` or `log.cannot_open`. */
export const withFileFailures = <T>(path: string, act: () => T): T => {
  try {
    return act()
  } catch (thrown) {
    throw new Failure({ ...fileFault(thrown, path), cause: thrown })
  }
}

const fileFault = (thrown: unknown, path: string): FailureDetail => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const hint = 'Give this user the right to write there, or choose another folder.'
    return fault('log.no_rights', `No right to write ${path}.`, hint, false)
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path)
  if (typeof code !== 'string') throw thrown
  return fault('log.cannot_open', `${path} cannot be used: ${messageOf(thrown)}.`, 'Check the path.', false)
}
