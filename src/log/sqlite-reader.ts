// Reads events back from the file, a page at a time. No read transaction outlives a page, so the
// writer can always fold its write-ahead log into the main file.

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { corruptFailure } from './failures.ts'
import type { LogEvent } from './port.ts'
import type { KeyReader } from './sealing/person-keys.ts'
import { openRecord } from './sealing/open-record.ts'
import { recordColumns } from './sqlite-store.ts'

export type Reader = {
  /** Events with `after` < offset <= `upTo`: at most `size`, fewer when they are large. Throws Failure `log.corrupt` at a gap. */
  readonly page: (after: number, upTo: number, size: number) => readonly LogEvent[]
  readonly get: (offsets: readonly number[]) => readonly LogEvent[]
  readonly close: () => void
}

export const createReader = (
  db: DatabaseSync,
  {
    path,
    pageBytesMax,
    keys,
  }: { readonly path: string; readonly pageBytesMax: number; readonly keys: KeyReader | null },
): Reader => {
  const from = `SELECT ${recordColumns(db, path)} FROM log WHERE`
  const range = db.prepare(`${from} offset > ? AND offset <= ? ORDER BY offset LIMIT ?`)
  const one = db.prepare(`${from} offset = ?`)
  range.setReturnArrays(true)
  one.setReturnArrays(true)

  const parse = (row: Row): LogEvent => {
    const [offset, id, type, key, at, text, sealed] = row
    try {
      return { offset, id, type, key, at, data: openRecord({ id, text, sealed }, keys) }
    } catch (thrown) {
      if (isFailure(thrown) && thrown.code !== 'log.seal_broken') throw thrown
      throw corruptFailure(path, `the data at offset ${offset} cannot be read (${messageOf(thrown)})`)
    }
  }

  return {
    page: (after, upTo, size) => {
      const events: LogEvent[] = []
      let room = pageBytesMax
      for (const value of range.iterate(after, upTo, size)) {
        const row = asRow(value)
        if (row[0] !== after + events.length + 1) break
        events.push(parse(row))
        room -= row[5].length + (row[6]?.length ?? 0)
        if (room < 0) break
      }
      if (events.length === 0) throw corruptFailure(path, `the event at offset ${after + 1} is missing`)
      return events
    },
    get: (offsets) =>
      offsets.flatMap((offset) => {
        const value: unknown = one.get(offset)
        return value === undefined ? [] : [parse(asRow(value))]
      }),
    close: () => {
      db.close()
      keys?.close()
    },
  }
}

type Row = readonly [
  offset: number,
  id: string,
  type: string,
  key: string,
  at: number,
  text: string,
  sealed: Uint8Array | null,
]

// `setReturnArrays` makes a row an array of its columns, which the runtime's types do not say.
const asRow = (value: unknown): Row => value as readonly SQLOutputValue[] as Row
