// An append-only list that behaves as the log's port does where deliveries depend on it: the first
// event with an id wins, and an append can be made to fail.

import { Failure } from '../../kernel/failure.ts'
import type { Ack, LogEvent, NewEvent } from '../../log/port.ts'

export type SmallLog = {
  readonly events: LogEvent[]
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>
  /** Appends reject while it says so of their first event's type. */
  refuses: (type: string) => boolean
  readonly ofType: (type: string) => readonly LogEvent[]
}

export const createSmallLog = (): SmallLog => {
  const known = new Map<string, number>()
  const log: SmallLog = {
    events: [],
    refuses: () => false,
    ofType: (type) => log.events.filter((event) => event.type === type),
    append: async (events) => {
      await Promise.resolve()
      if (log.refuses(events[0]?.type ?? ''))
        throw new Failure({ code: 'log.disk_full', message: 'the disk is full', retryable: true })
      return events.map(({ id, type, key, at, data }) => {
        const first = known.get(id)
        if (first !== undefined) return { offset: first, duplicate: true }
        const offset = log.events.length + 1
        known.set(id, offset)
        log.events.push({ offset, id, type, key, at, data: JSON.parse(JSON.stringify(data)) as unknown })
        return { offset, duplicate: false }
      })
    },
  }
  return log
}
