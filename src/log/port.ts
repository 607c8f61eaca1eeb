// The one log: what every implementation promises. State elsewhere is a fold over it, and may be lost.
//
// L1 An append is acknowledged only when its events are on the disk; an append is all or nothing.
// L2 Events have gapless rising offsets from 1; subscribers see them in that order, before the ack.
// L3 An event whose id is already in the log is not written again; the ack names the first one's offset.
// L4 After a crash every acknowledged event is there, and no half-written one.
// L5 A full disk fails the append with `log.disk_full`; service resumes when there is room.
// L6 Events with the same key are in the same partition. The embedded log has one.

import type { Json } from '../kernel/json.ts'

/** What in an event's data is about persons: encrypted on the disk, each item under the key of its owner. */
export type Personal = {
  /** Of `data`: one item, or holds `list`. */
  readonly field: string
  readonly list: string | null
  /** Whom each item is about, in the list's order; '' = nobody. */
  readonly owners: readonly string[]
  readonly lapsing?: Lapsing
}

/** What of the items goes earlier than their owner: each then needs the key of its period, too. */
export type Lapsing = {
  /** By item; '' = none: it stays as long as its owner. */
  readonly periods: readonly string[]
  /** JSON text of what stays of each when its period's key is destroyed; '' where it has none. */
  readonly stubs: readonly string[]
  /** The field with an empty list, as it stays around the items; '' when the field is one item itself. */
  readonly around: string
  /** Of what does not stay of it; '' = all of it stays. */
  readonly aroundPeriod: string
}

/** How keys name a period. */
export const periodName = (period: string): string => `period:${period}`

export type NewEvent<T = unknown> = {
  readonly id: string
  /** Past tense and versioned: `decision.made.v1`. */
  readonly type: string
  /** What the event is about, for partitioning: a profile id, a source, or ''. */
  readonly key: string
  /** When it was appended, ms since the epoch by the product's clock. */
  readonly at: number
  /** JSON value. Must survive JSON.stringify and parse unchanged: no undefined, NaN, -0 or Date. */
  readonly data: T
  /** `data` as JSON text, when the caller has it already. Must parse to `data`. */
  readonly encoded?: string
  readonly personal?: Personal
  /** From this event on, the keys with these handles are gone; `mark` is what reading gives in place of what they sealed. */
  readonly destroys?: { readonly handles: readonly string[]; readonly mark: Json }
}

export type LogEvent<T = unknown> = {
  readonly offset: number
  readonly id: string
  readonly type: string
  readonly key: string
  readonly at: number
  readonly data: T
}

export type Ack = {
  /** Of this event, or of the first one with its id. */
  readonly offset: number
  readonly duplicate: boolean
}

export type Subscriber = (events: readonly LogEvent[]) => void

export type EventLog = {
  /** Resolves when flushed, one {@link Ack} per event. Rejects with a Failure `log.*`; then nothing of it was written. */
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>
  /** Events with offset > `after` up to `upTo` (default: the head when called), in pages of at most `pageSize`. */
  readonly read: (query?: {
    readonly after?: number
    readonly upTo?: number
    readonly pageSize?: number
  }) => AsyncIterable<readonly LogEvent[]>
  /** The events at these offsets, in that order; missing ones are left out. */
  readonly get: (offsets: readonly number[]) => Promise<readonly LogEvent[]>
  /** The offset of the last durable event; 0 when empty. */
  readonly head: () => number
  /** Called synchronously with each newly durable run of events, before their appends resolve. */
  readonly subscribe: (subscriber: Subscriber) => () => void
  readonly partitions: number
  readonly partitionOf: (key: string) => number
  /** Waits for what is under way, then closes. Appends afterwards reject with `log.closed`. */
  readonly close: () => Promise<void>
}
