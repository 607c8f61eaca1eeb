// A simulated disk and the log on it. What was written and not flushed is lost, torn or there after a crash; the disk
// fills up and slows down. The frames are chained as those of the real log, by the same functions.

import { crc32 } from 'node:zlib'
import { leafOf, linkOf, type ChainedRecord } from '../../src/log/chain.ts'
import { encodeAppend } from '../../src/log/event-text.ts'
import { closedFailure, diskFull, failureOf } from '../../src/log/failures.ts'
import { createSubscribers } from '../../src/log/subscribers.ts'
import type { Ack, EventLog, LogEvent, NewEvent } from '../../src/log/port.ts'
import { Failure } from '../../src/kernel/failure.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import type { Life, Scheduler } from './scheduler.ts'
import type { Bug } from './bugs.ts'

export type SavedSnapshot = { readonly offset: number; readonly parts: ReadonlyMap<string, Uint8Array> }

export type Disk = {
  /** One line for each transaction: checksum, link, records. Durable. */
  readonly frames: string[]
  /** Written and not flushed. */
  pending: string | null
  snapshots: SavedSnapshot[]
  /** STOP files by name, with their reasons. */
  readonly files: Map<string, string>
  full: boolean
  /** ms of a write and a flush at most. */
  slowMs: number
  /** What the whole frames hold, read once. */
  readonly known: { events: LogEvent[]; readonly offsets: Map<string, number>; tip: string; frames: number }
  /** Told of each durable transaction, before anybody else. */
  readonly watchers: ((events: readonly LogEvent[]) => void)[]
}

export const LOG_ID = 'simulated'
const QUICK_MS = 8
const EVENT_SIZE_MAX = 1 << 24
const PENDING_SIZE_MAX = 256 << 10
const GROUP_EVENTS_MAX = 64

export const createDisk = (): Disk => ({
  frames: [],
  pending: null,
  snapshots: [],
  files: new Map(),
  full: false,
  slowMs: QUICK_MS,
  known: { events: [], offsets: new Map(), tip: LOG_ID, frames: 0 },
  watchers: [],
})

type Frame = { readonly hash: string; readonly leaves: string; readonly records: readonly ChainedRecord[] }

/** The frame behind a line; null when it is not whole. */
export const readFrame = (line: string): Frame | null => {
  const body = line.slice(9)
  return line.slice(0, 8) === crc32(body).toString(16).padStart(8, '0') ? (JSON.parse(body) as Frame) : null
}

const writeFrame = (frame: Frame): string => {
  const body = JSON.stringify(frame)
  return `${crc32(body).toString(16).padStart(8, '0')} ${body}`
}

export const eventOf = ({ offset, id, type, key, at, data }: ChainedRecord): LogEvent => ({
  offset,
  id,
  type,
  key,
  at,
  data: JSON.parse(data) as unknown,
})

/** What a crash does to what was written and not flushed: gone, torn, or there although nobody was told. */
export const crashDisk = (disk: Disk, rng: Rng): 'clean' | 'lost' | 'torn' | 'kept' => {
  const { pending } = disk
  disk.pending = null
  if (pending === null) return 'clean'
  const luck = rng.uniform()
  if (luck < 0.4) return 'lost'
  if (luck < 0.7) {
    disk.frames.push(pending.slice(0, rng.below(pending.length)))
    return 'torn'
  }
  disk.frames.push(pending)
  return 'kept'
}

type Waiting = {
  readonly events: readonly NewEvent[]
  readonly texts: readonly string[]
  readonly size: number
  readonly resolve: (acks: readonly Ack[]) => void
  readonly reject: (error: unknown) => void
}

/** Opens what a crash left: a torn end is cut off. */
export const openSimLog = (about: {
  readonly disk: Disk
  readonly scheduler: Scheduler
  readonly life: Life
  readonly rng: Rng
  readonly bug: Bug | null
}): EventLog => {
  const { disk, scheduler, life, rng, bug } = about
  const last = disk.frames.at(-1)
  if (last !== undefined && readFrame(last) === null) disk.frames.pop()
  const { known } = disk
  for (const line of disk.frames.slice(known.frames)) takeIn(known, line)
  const { events, offsets } = known
  // A frame that was kept without anybody having been told is news to who watches.
  tellUnseen(disk, events)
  const subscribers = createSubscribers()
  const waiting: Waiting[] = []
  let size = 0
  let busy = false
  let closed = false

  const flushGroup = (): void => {
    if (busy || waiting.length === 0) return
    busy = true
    const group = takeGroup()
    scheduler.after(life, rng.uniform() * disk.slowMs, 'write', () => {
      if (disk.full) return refuse(group)
      const { frame, acks } = frameOf(group)
      if (frame === null) return done(group, acks, [])
      disk.pending = writeFrame(frame)
      if (bug === 'acknowledged_before_flush') settle(group, acks)
      scheduler.after(life, rng.uniform() * disk.slowMs, 'flush', () => {
        const line = disk.pending ?? ''
        disk.frames.push(line)
        disk.pending = null
        scheduler.note(`link ${frame.hash}`)
        const fresh = takeIn(known, line)
        tellUnseen(disk, events)
        done(group, acks, fresh)
      })
    })
  }
  const takeGroup = (): readonly Waiting[] => {
    let count = 0
    const taken = waiting.findIndex((one) => (count += one.events.length) > GROUP_EVENTS_MAX)
    const group = waiting.splice(0, taken <= 0 ? (taken === 0 ? 1 : waiting.length) : taken)
    for (const one of group) size -= one.size
    return group
  }
  const frameOf = (group: readonly Waiting[]) => {
    const records: ChainedRecord[] = []
    const own = new Map<string, number>()
    const acks = group.map(({ events: asked, texts }) =>
      asked.map(({ id, type, key, at }, index): Ack => {
        const first = own.get(id) ?? offsets.get(id)
        if (first !== undefined) return { offset: first, duplicate: true }
        const offset = events.length + records.length + 1
        own.set(id, offset)
        records.push({ offset, id, type, key, at, data: texts[index] ?? '' })
        return { offset, duplicate: false }
      }),
    )
    if (records.length === 0) return { frame: null, acks }
    const leaves = records.map(leafOf).join('')
    return { frame: { hash: linkOf(known.tip, leaves), leaves, records }, acks }
  }
  const settle = (group: readonly Waiting[], acks: readonly (readonly Ack[])[]): void =>
    group.forEach(({ resolve }, index) => resolve(acks[index] ?? []))
  const done = (group: readonly Waiting[], acks: readonly (readonly Ack[])[], fresh: readonly LogEvent[]) => {
    busy = false
    subscribers.tell(fresh)
    settle(group, acks)
    flushGroup()
  }
  const refuse = (group: readonly Waiting[]): void => {
    busy = false
    for (const { reject } of group) reject(failureOf(diskFull('the log')))
    flushGroup()
  }

  return {
    append: async (asked) => {
      if (closed) throw closedFailure()
      if (asked.length === 0) return []
      const { texts, size: own } = encodeAppend(asked, EVENT_SIZE_MAX)
      if (size + own > PENDING_SIZE_MAX && waiting.length > 0)
        throw new Failure({ code: 'log.overloaded', message: 'too much waits', retryable: true })
      size += own
      return new Promise((resolve, reject) => {
        waiting.push({ events: asked, texts, size: own, resolve, reject })
        flushGroup()
      })
    },
    read: ({ after = 0, upTo = events.length } = {}) => pageOf(events.slice(after, upTo)),
    get: async (wanted) => wanted.flatMap((offset) => events[offset - 1] ?? []),
    head: () => events.length,
    subscribe: subscribers.add,
    partitions: 1,
    partitionOf: () => 0,
    close: async () => {
      closed = true
    },
  }
}

/** Reads a frame that is durable now. */
const takeIn = (known: Disk['known'], line: string): readonly LogEvent[] => {
  const frame = readFrame(line)
  if (frame === null) throw new Failure({ code: 'log.corrupt', message: 'a frame within the log is torn' })
  const fresh = frame.records.map(eventOf)
  for (const event of fresh) {
    known.events.push(event)
    known.offsets.set(event.id, event.offset)
  }
  known.tip = frame.hash
  known.frames++
  return fresh
}

/** Everything on the disk, read again from its bytes. */
export const readDisk = ({ frames }: Disk): readonly LogEvent[] =>
  frames.flatMap((line) => readFrame(line)?.records.map(eventOf) ?? [])

async function* pageOf(events: readonly LogEvent[]): AsyncGenerator<readonly LogEvent[]> {
  yield events
}

const seenBy = new WeakMap<Disk, number>()
const tellUnseen = (disk: Disk, events: readonly LogEvent[]): void => {
  const unseen = events.slice(seenBy.get(disk) ?? 0)
  seenBy.set(disk, events.length)
  if (unseen.length > 0) for (const watcher of disk.watchers) watcher(unseen)
}

/** Walks the whole chain; says what does not fit. */
export const verifyFrames = ({ frames }: Disk): readonly string[] => {
  const faults: string[] = []
  let tip = LOG_ID
  let offset = 0
  for (const [index, line] of frames.entries()) {
    const frame = readFrame(line)
    if (frame === null) {
      faults.push(`frame ${index} is not whole`)
      continue
    }
    const leaves = frame.records.map(leafOf).join('')
    if (leaves !== frame.leaves) faults.push(`a record of frame ${index} is not what its leaf was made of`)
    if (linkOf(tip, leaves) !== frame.hash)
      faults.push(`frame ${index} does not follow from what is before it`)
    for (const record of frame.records)
      if (record.offset !== ++offset) faults.push(`offset ${record.offset} in the place of ${offset}`)
    tip = frame.hash
  }
  return faults
}
