// STOP as a file: create `STOP` in the data folder and nothing leaves any more, whatever else is
// broken. Its text is the reason. It outlives restarts; taking it away alone does not resume.

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, messageOf } from '../kernel/failure.ts'

export type StopFile = {
  /** The reason when the file is there, else null. Anything unreadable counts as STOP. */
  readonly read: () => string | null
  /** Throws Failure `stop.not_written`; a running server holds its sending all the same. */
  readonly write: (reason: string) => void
  readonly remove: () => void
}

const REASON_LENGTH_MAX = 500

export const stopFileIn = (dir: string): StopFile => {
  const path = join(dir, 'STOP')
  /** Where no file could be made: holds as long as this process lives. */
  let held: string | null = null
  return {
    read: () => {
      try {
        // Asked before each message: a file that is not there must cost no exception.
        if (statSync(path, { throwIfNoEntry: false }) === undefined) return held
        return readFileSync(path, 'utf8').trim().slice(0, REASON_LENGTH_MAX)
      } catch {
        // A STOP that cannot be looked at or read is still a STOP.
        return 'the STOP file cannot be read'
      }
    },
    write: (reason) => {
      try {
        writeFileSync(path, `${reason}\n`, { flush: true })
      } catch (cause) {
        // A full disk still makes an empty file, and the file is what counts.
        if (existsSync(path)) return
        held = reason
        throw new Failure({
          code: 'stop.not_written',
          message: `cannot write ${path}: ${messageOf(cause)}`,
          hint: 'Run it as the user who runs the server, or end the server to stop all sending.',
          cause,
        })
      }
    },
    remove: () => {
      held = null
      rmSync(path, { force: true })
    },
  }
}
