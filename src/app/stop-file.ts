// STOP as a file: create `STOP` in the data folder and nothing leaves any more, whatever else is
// broken. Its text is the reason. It outlives restarts; taking it away alone does not resume.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type StopFile = {
  /** The reason when the file is there, else null. Anything unreadable counts as STOP. */
  readonly read: () => string | null
  readonly write: (reason: string) => void
  readonly remove: () => void
}

const REASON_LENGTH_MAX = 500

export const stopFileIn = (dir: string): StopFile => {
  const path = join(dir, 'STOP')
  return {
    read: () => {
      if (!existsSync(path)) return null
      try {
        return readFileSync(path, 'utf8').trim().slice(0, REASON_LENGTH_MAX)
      } catch {
        // A STOP that cannot be read is still a STOP.
        return 'the STOP file cannot be read'
      }
    },
    write: (reason) => {
      writeFileSync(path, `${reason}\n`, { flush: true })
    },
    remove: () => {
      rmSync(path, { force: true })
    },
  }
}
