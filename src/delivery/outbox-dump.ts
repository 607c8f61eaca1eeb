// The outbox written to a snapshot and read back: sorted, so that the same state gives the same bytes.

import { Failure } from '../kernel/failure.ts'
import type { Json } from '../kernel/json.ts'
import type { Column, Dump } from '../log/dump.ts'
import { dumpRows, restoreRows, type RowFields } from '../log/dump-rows.ts'
import type { ActionSpec } from '../decision/events.ts'
import type { CreativeSpec, SenderSpec } from './events.ts'
import { heapPut } from './due-heap.ts'
import { waitIn } from './waiting.ts'
import {
  createOutbox,
  type OpenAttempt,
  type Outbox,
  type OutboxOptions,
  type QueuedDelivery,
  type Refused,
  type SettledDelivery,
  lastSettled,
} from './outbox.ts'

const DUMP_VERSION = 3

const FIELDS: RowFields<QueuedDelivery> = {
  decisionId: 'text',
  campaignId: 'name',
  profileId: 'text',
  channel: 'name',
  key: 'text',
  dueAt: 'number',
  order: 'number',
  actionId: 'name',
  creativeId: 'name',
  offerId: 'name',
  cost: 'number',
  discountShare: 'number',
  sendAt: 'number',
  decisionOffset: 'number',
  line: 'name',
  level: 'number',
  gain: 'number',
  gainError: 'number',
}

type Plain = {
  readonly version: number
  readonly open: readonly OpenAttempt[]
  readonly refused: readonly Refused[]
  readonly recent: readonly SettledDelivery[]
  readonly counts: readonly (readonly [string, Readonly<Record<string, number>>])[]
  readonly campaigns: readonly {
    readonly version: string
    readonly actions: readonly (readonly [string, ActionSpec])[]
  }[]
  readonly creatives: readonly CreativeSpec[]
  readonly creativesVersion: string
  readonly sender: SenderSpec
}

export const dumpOutbox = (state: Outbox): Dump => {
  const plain: Plain = {
    version: DUMP_VERSION,
    open: [...state.open.values()],
    refused: [...state.refused.values()],
    recent: lastSettled(state),
    counts: [...state.counts].map(([key, counts]) => [key, Object.fromEntries(counts)]),
    campaigns: state.campaigns.map(({ version, actions }) => ({ version, actions: [...actions] })),
    creatives: [...state.creatives.values()],
    creativesVersion: state.creativesVersion,
    sender: state.sender,
  }
  const queue = state.queue.items.toSorted((left, right) => left.order - right.order)
  const waiting = [...state.waiting.values()].flatMap((members) => [...members.values()])
  return {
    outbox: plain as unknown as Json,
    ...dumpRows('queue', queue, FIELDS),
    ...dumpRows('waiting', waiting, FIELDS),
  }
}

/** Reads a dump back. Throws Failure `delivery.dump_unreadable`: then fold the log from its start. */
export const restoreOutbox = (dump: Dump, options: Partial<OutboxOptions> = {}): Outbox => {
  const plain = plainOf(dump['outbox'])
  const state = createOutbox(options)
  for (const item of restoreRows('queue', dump, FIELDS)) heapPut(state.queue, item)
  for (const attempt of plain.open) state.open.set(attempt.decisionId, attempt)
  for (const item of restoreRows('waiting', dump, FIELDS)) waitIn(state.waiting, item)
  for (const about of plain.refused) state.refused.set(about.decisionId, about)
  state.recent.push(...plain.recent)
  for (const [key, counts] of plain.counts) state.counts.set(key, new Map(Object.entries(counts)))
  state.campaigns = plain.campaigns.map(({ version, actions }) => ({ version, actions: new Map(actions) }))
  state.creatives = new Map(plain.creatives.map((creative) => [creative.id, creative]))
  state.creativesVersion = plain.creativesVersion
  state.sender = plain.sender
  return state
}

const plainOf = (column: Column | undefined): Plain => {
  const plain = column as unknown as Plain | undefined
  if (plain === undefined || plain === null || plain.version !== DUMP_VERSION)
    throw new Failure({
      code: 'delivery.dump_unreadable',
      message: 'the snapshot of the outbox is of another version',
      hint: 'delete the snapshots: the state is folded from the log again',
    })
  return plain
}
