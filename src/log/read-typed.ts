// The events of one type straight from a log file, for who has no log open: a few among very many.

import { failureOf, faultOf } from './failures.ts'
import type { LogEvent } from './port.ts'
import { createReader } from './sqlite-reader.ts'
import { openForReading } from './sqlite-store.ts'

const BUSY_MS = 5_000
const BYTES_MAX = 8 << 20

/** In the order of the log; beside a running writer as well. Throws Failures `log.*`. */
export const readTyped = (path: string, type: string): readonly LogEvent[] => {
  try {
    const db = openForReading(path, BUSY_MS)
    const reader = createReader(db, { path, pageBytesMax: BYTES_MAX, keys: null })
    try {
      const rows = db.prepare('SELECT offset FROM log WHERE type = ? ORDER BY offset').all(type)
      return reader.get(rows.map(({ offset }) => Number(offset)))
    } finally {
      reader.close()
    }
  } catch (thrown) {
    throw failureOf(faultOf(thrown, path), thrown)
  }
}
