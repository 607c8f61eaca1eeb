// A log that keeps only the ids of its events: for simulations, which fold everything at once and are
// never read again. Same order, same duplicates, same subscribers as any other log; nothing to read back.

import { Failure } from '../kernel/failure.ts'
import type { Ack, EventLog, LogEvent, NewEvent, Subscriber } from '../log/port.ts'

export const createForgetfulLog = (): EventLog => {
  const offsets = new Map<string, number>()
  const subscribers = new Set<Subscriber>()
  let head = 0
  const append = async (events: readonly NewEvent[]): Promise<readonly Ack[]> => {
    const fresh: LogEvent[] = []
    const acks = events.map(({ id, type, key, at, data }): Ack => {
      const first = offsets.get(id)
      if (first !== undefined) return { offset: first, duplicate: true }
      head++
      offsets.set(id, head)
      fresh.push({ offset: head, id, type, key, at, data })
      return { offset: head, duplicate: false }
    })
    for (const subscriber of subscribers) if (fresh.length > 0) subscriber(fresh)
    return acks
  }
  return {
    append,
    read: () => {
      throw new Failure({ code: 'log.forgetful', message: 'This log keeps no events.' })
    },
    get: async () => [],
    head: () => head,
    subscribe: (subscriber) => {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
    partitions: 1,
    partitionOf: () => 0,
    close: async () => undefined,
  }
}
