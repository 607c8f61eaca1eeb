// The log for tests: the same promises as the one on disk, except that it dies with the process.

import { setImmediate } from 'node:timers/promises'
import { assert, present } from '../kernel/assert.ts'
import { canonicalJson } from '../kernel/json.ts'
import { encodeAppend } from './event-text.ts'
import { closedFailure } from './failures.ts'
import { createSubscribers } from './subscribers.ts'
import type { Ack, EventLog, LogEvent, NewEvent } from './port.ts'

export type MemoryLogOptions = {
  /**
   * Subscribers and readers get the data as it would come back from disk, so that whatever JSON does not
   * carry (undefined, Date, shared references) shows at once. Costs a parse per event.
   */
  readonly roundTrip?: boolean
  readonly eventSizeMax?: number
}

type Kept = { readonly event: LogEvent; readonly text: string }
type Waiting = {
  readonly events: readonly NewEvent[]
  readonly texts: readonly string[]
  readonly resolve: (acks: readonly Ack[]) => void
}

const PAGE_EVENTS = 1_000

/**
 * An empty log in memory.
 * @example (await createMemoryLog().append([{ id: 'a', type: 'note.v1', key: '', at: 0, data: 1 }]))[0].offset === 1 // true
 */
export const createMemoryLog = ({
  roundTrip = false,
  eventSizeMax = 1 << 24,
}: MemoryLogOptions = {}): EventLog => {
  const kept: Kept[] = []
  const offsets = new Map<string, number>()
  const subscribers = createSubscribers()
  let waiting: Waiting[] = []
  let turn: Promise<void> | undefined
  let closed = false

  const write = (event: NewEvent, text: string, fresh: LogEvent[]): Ack => {
    const first = offsets.get(event.id)
    if (first !== undefined) return { offset: first, duplicate: true }
    const { id, type, key, at, encoded } = event
    if (roundTrip && encoded !== undefined) assertSame(event, encoded)
    const row: LogEvent = {
      offset: kept.length + 1,
      id,
      type,
      key,
      at,
      data: roundTrip ? JSON.parse(text) : event.data,
    }
    kept.push({ event: row, text })
    offsets.set(id, row.offset)
    fresh.push(row)
    return { offset: row.offset, duplicate: false }
  }

  const flush = async (): Promise<void> => {
    // One turn later, as on disk: nobody sees an event before the append that brought it has returned.
    await Promise.resolve()
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      const fresh: LogEvent[] = []
      const acks = group.map(({ events, texts }) =>
        events.map((event, index) => write(event, present(texts[index], 'a text per event'), fresh)),
      )
      subscribers.tell(fresh)
      group.forEach(({ resolve }, index) => resolve(acks[index] ?? []))
    }
    turn = undefined
  }

  const at = (offset: number): LogEvent | undefined => {
    const found = kept[offset - 1]
    return found === undefined || !roundTrip ? found?.event : { ...found.event, data: JSON.parse(found.text) }
  }

  return {
    append: async (events) => {
      if (closed) throw closedFailure()
      if (events.length === 0) return []
      const { texts } = encodeAppend(events, eventSizeMax)
      const acks = new Promise<readonly Ack[]>((resolve) => waiting.push({ events, texts, resolve }))
      turn ??= flush()
      await turn
      return acks
    },
    read: ({ after = 0, upTo = kept.length, pageSize = PAGE_EVENTS } = {}) => {
      if (closed) throw closedFailure()
      return pages(at, Math.max(0, after), Math.min(upTo, kept.length), Math.max(1, pageSize))
    },
    get: async (wanted) => {
      if (closed) throw closedFailure()
      return wanted.map(at).filter((event) => event !== undefined)
    },
    head: () => kept.length,
    subscribe: subscribers.add,
    partitions: 1,
    partitionOf: () => 0,
    close: async () => {
      closed = true
      await turn
    },
  }
}

async function* pages(
  at: (offset: number) => LogEvent | undefined,
  after: number,
  upTo: number,
  pageSize: number,
) {
  for (let start = after; start < upTo; start += pageSize) {
    const page: LogEvent[] = []
    for (let offset = start + 1; offset <= Math.min(upTo, start + pageSize); offset++) {
      page.push(present(at(offset), 'offsets have no gaps'))
    }
    yield page
    await setImmediate()
  }
}

const assertSame = (event: NewEvent, encoded: string): void => {
  const same = canonicalJson(JSON.parse(encoded)) === canonicalJson(JSON.parse(JSON.stringify(event.data)))
  assert(same, `the encoded data of ${event.id} is not its data`)
}
