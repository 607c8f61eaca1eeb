// The log on disk: one SQLite file, written by a thread of its own so that a flush never blocks a
// request, read by a connection of this thread.

import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../kernel/failure.ts'
import type { ChainTip } from './chain.ts'
import { encodeAppend } from './event-text.ts'
import { closedFailure, failureOf, faultOf, withFileFailures } from './failures.ts'
import { assertKeysPresent } from './sealing/keys-present.ts'
import { openKeyReader, type KeyReader } from './sealing/person-keys.ts'
import { createReader, type Reader } from './sqlite-reader.ts'
import { takeLock, type Lock } from './sqlite-lock.ts'
import { openForReading } from './sqlite-store.ts'
import { createSubscribers, type Subscribers } from './subscribers.ts'
import { WriterLink, type LinkLimits } from './writer-link.ts'
import type { WriterSettings } from './writer-protocol.ts'
import type { EventLog, LogEvent } from './port.ts'

export type SqliteLogOptions = {
  /** The file; its folder is made when missing. Files beside it: `-wal`, `-shm`, `.lock`, `.pid`. */
  readonly path: string
  /** The keys of persons, made when missing. Left out: nothing is sealed, and what is sealed is read as it lies there. */
  readonly keysPath?: string
  /** An event's characters, data and names together. Default 16 Mi. */
  readonly eventSizeMax?: number
  /** Bytes (roughly) of appends that may wait; beyond it they are refused with `log.overloaded`. Default 64 MiB. */
  readonly pendingBytesMax?: number
  /** Events in one transaction, unless a single append has more. Default 4,096. */
  readonly groupEventsMax?: number
  /** Bytes (roughly) in one transaction, unless a single append has more. Default 2 MiB: subscribers take a group in one go. */
  readonly groupBytesMax?: number
  /** Events in a page of `read`, and bytes (roughly) after which a page ends early. Default 1,000 and 8 MiB. */
  readonly pageEventsMax?: number
  readonly pageBytesMax?: number
  /** The file may not grow past this. Default 0: the disk decides. */
  readonly fileBytesMax?: number
  /** Memory of the writer's thread. Default 512 MB. */
  readonly writerHeapMbMax?: number
  /** How long to wait for another program's lock on the file. Default 5,000 ms. */
  readonly busyMsMax?: number
}

/** The log on disk knows the end of its chain, for anchors kept elsewhere. */
export type SqliteLog = EventLog & {
  /** As the writer has it in memory: what somebody does to the file meanwhile does not change it. */
  readonly tip: () => ChainTip
  /** What can be said of keys of persons; null without keys. */
  readonly keys: KeyDesk | null
}

export type KeyDesk = Pick<KeyReader, 'handleOf' | 'holds' | 'marks'>

/** Newest records that are read when the log is opened. */
const KEYS_TRIED = 50

type Open = {
  readonly keys: KeyReader | null
  readonly link: WriterLink
  readonly reader: Reader
  readonly lock: Lock
  readonly subscribers: Subscribers
  readonly eventSizeMax: number
  readonly pageEventsMax: number
}

/**
 * Opens the log at `path` for writing, and makes it when there is none. Close it, or the next opener in
 * this process is refused.
 *
 * Rejects with Failure `log.in_use`, `log.no_rights`, `log.not_a_log`, `log.newer_version`,
 * `log.corrupt`, `log.disk_full` or `log.cannot_open`.
 *
 * Ids that sort by time are written several times faster than random ones: they fall in the same pages
 * of the index that keeps ids unique.
 */
export const openSqliteLog = async (options: SqliteLogOptions): Promise<SqliteLog> => {
  const {
    path,
    eventSizeMax = 1 << 24,
    pageEventsMax = 1_000,
    pageBytesMax = 8 << 20,
    busyMsMax = 5_000,
  } = options
  prepareFolder(path)
  const lock = withStoreFailures(path, () => takeLock(path))
  const subscribers = createSubscribers()
  let link: WriterLink
  try {
    if (options.keysPath !== undefined)
      withStoreFailures(path, () => assertKeysPresent(path, options.keysPath ?? ''))
    link = await WriterLink.start(settingsOf(options), limitsOf(options), subscribers.tell)
  } catch (thrown) {
    lock.release()
    throw thrown
  }
  const keys = options.keysPath === undefined ? null : await openKeyReader(options.keysPath)
  const reader = createReader(openForReading(path, busyMsMax), { path, pageBytesMax, keys })
  try {
    // Keys that are older than the log must not come to light only when somebody reads that far.
    if (keys !== null && link.head > 0)
      reader.page(Math.max(0, link.head - KEYS_TRIED), link.head, KEYS_TRIED)
  } catch (thrown) {
    await link.close(reader.close).finally(lock.release)
    throw thrown
  }
  return asEventLog({ keys, link, reader, lock, subscribers, eventSizeMax, pageEventsMax })
}

const asEventLog = (open: Open): SqliteLog => {
  const { link, reader, lock, subscribers } = open
  let closing: Promise<void> | undefined
  const assertOpen = (): void => {
    if (closing !== undefined) throw closedFailure()
  }
  return {
    append: async (events) => {
      assertOpen()
      if (events.length === 0) return []
      const destroying = events.some(({ destroys }) => destroys !== undefined)
      return link.append(encodeAppend(events, open.eventSizeMax)).finally(() => {
        if (destroying) open.keys?.forget()
      })
    },
    read: ({ after = 0, upTo = link.head, pageSize = open.pageEventsMax } = {}) => {
      const size = Math.max(1, Math.min(pageSize, open.pageEventsMax))
      return pages(reader, assertOpen, { after: Math.max(0, after), upTo: Math.min(upTo, link.head), size })
    },
    get: async (offsets) => {
      const found: LogEvent[] = []
      for (let start = 0; start < offsets.length; start += open.pageEventsMax) {
        assertOpen()
        if (start > 0) await setImmediate()
        const page = offsets.slice(start, start + open.pageEventsMax).filter((offset) => offset <= link.head)
        found.push(...reader.get(page))
      }
      assertOpen()
      return found
    },
    head: () => link.head,
    tip: () => link.tip,
    keys: open.keys,
    subscribe: subscribers.add,
    partitions: 1,
    partitionOf: () => 0,
    close: () => {
      closing ??= link.close(reader.close).finally(lock.release)
      return closing
    },
  }
}

type Range = { readonly after: number; readonly upTo: number; readonly size: number }

async function* pages(
  reader: Reader,
  assertOpen: () => void,
  { after, upTo, size }: Range,
): AsyncGenerator<readonly LogEvent[]> {
  assertOpen()
  let last = after
  while (last < upTo) {
    const page = reader.page(last, upTo, size)
    last = page.at(-1)?.offset ?? upTo
    yield page
    // Others get their turn between pages.
    await setImmediate()
    assertOpen()
  }
}

const prepareFolder = (path: string): void => {
  const folder = dirname(path)
  withFileFailures(folder, () => {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  })
  const found = withFileFailures(path, () => {
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
    return statSync(path, { throwIfNoEntry: false })
  })
  if (found === undefined || found.isFile()) return
  throw new Failure({
    code: 'log.cannot_open',
    message: `${path} is not a file.`,
    hint: 'Name a file in that folder.',
  })
}

const withStoreFailures = <T>(path: string, act: () => T): T => {
  try {
    return act()
  } catch (thrown) {
    throw failureOf(faultOf(thrown, path), thrown)
  }
}

const settingsOf = (options: SqliteLogOptions): WriterSettings => ({
  path: options.path,
  keysPath: options.keysPath ?? null,
  busyMsMax: options.busyMsMax ?? 5_000,
  fileBytesMax: options.fileBytesMax ?? 0,
  checkpointPages: 2_000,
  cacheBytes: 64 << 20,
})

const limitsOf = (options: SqliteLogOptions): LinkLimits => ({
  pendingSizeMax: options.pendingBytesMax ?? 64 << 20,
  groupEventsMax: options.groupEventsMax ?? 4_096,
  groupSizeMax: options.groupBytesMax ?? 2 << 20,
  writerHeapMbMax: options.writerHeapMbMax ?? 512,
  writerYoungMbMax: 48,
})
