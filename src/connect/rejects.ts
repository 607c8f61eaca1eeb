// The rows that could not be used, written beside the file with line and reason. Written under another name
// and moved into place at the end, so that the file there is always that of one whole run.

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { Failure, messageOf } from '../kernel/failure.ts'
import type { Reject } from './cells.ts'

export type RejectedRow = { readonly line: number; readonly reject: Reject; readonly row: unknown }

export type RejectsFile = {
  readonly add: (rejected: RejectedRow) => Promise<void>
  /** Moves the file into place; without rejects, removes the one of an earlier run. Gives its path, or null. */
  readonly finish: () => Promise<string | null>
  /** Throws away what was written. */
  readonly abandon: () => Promise<void>
}

/** Rejects go to `path` as NDJSON: `{"line":3,"code":"not_a_number","reason":"…","row":{…}}`. */
export const createRejectsFile = (path: string): RejectsFile => {
  const draft = `${path}.part`
  let stream: WriteStream | null = null
  let broken: unknown = null

  const failed = (cause: unknown): Failure =>
    new Failure({
      code: 'import.rejects_unwritable',
      message: `Rejected rows cannot be written to ${path}: ${messageOf(cause)}`,
      hint: 'Free some space or name another place for them, then import again: rows that are in are not taken twice.',
      cause,
    })

  const opened = (): WriteStream => {
    if (stream !== null) return stream
    const fresh = createWriteStream(draft, { flags: 'w' })
    fresh.on('error', (cause) => {
      broken = cause
    })
    stream = fresh
    return fresh
  }

  return {
    add: async ({ line, reject, row }) => {
      if (broken !== null) throw failed(broken)
      const out = opened()
      const text = JSON.stringify({ line, code: reject.code, reason: reject.reason, row })
      if (out.write(`${text}\n`)) return
      try {
        await once(out, 'drain')
      } catch (cause) {
        throw failed(cause)
      }
    },
    finish: async () => {
      try {
        if (stream === null) {
          await rm(path, { force: true })
          return null
        }
        stream.end()
        await finished(stream)
        await rename(draft, path)
        return path
      } catch (cause) {
        throw failed(cause)
      }
    },
    abandon: async () => {
      stream?.destroy()
      await rm(draft, { force: true })
    },
  }
}
