// What the main thread and the writer's thread say to each other.

import type { ChainTip } from './chain.ts'
import type { LogFault } from './failures.ts'
import type { NewEvent } from './port.ts'
import type { StoreSettings } from './sqlite-store.ts'

export type WriterSettings = StoreSettings & {
  /** Keys of persons; without them nothing is sealed. */
  readonly keysPath: string | null
}

/** Values of one event in a group's flat list: id, type, key, at, data, what to do with keys. */
export const ROW_WIDTH = 6

/** What the writer does with keys for an event; null for nearly all. */
export type KeyWork = Pick<NewEvent, 'personal' | 'destroys'>

export type ToWriter =
  | {
      readonly kind: 'group'
      /** Events in each append of the group. */
      readonly sizes: readonly number[]
      /** {@link ROW_WIDTH} values per event, flat: far cheaper to hand over than objects. */
      readonly rows: readonly (string | number | KeyWork | null)[]
    }
  | { readonly kind: 'close' }

export type FromWriter =
  | { readonly kind: 'ready'; readonly tip: ChainTip }
  | { readonly kind: 'refused'; readonly fault: LogFault }
  | {
      readonly kind: 'written'
      /** How many groups, oldest first, this transaction held. */
      readonly groups: number
      /** Offset of its first new event; the others follow without gaps. */
      readonly first: number
      /** Of the chain after it. */
      readonly hash: string
      /** Appends that failed by themselves, by their place among those of the groups. */
      readonly failed: ReadonlyMap<number, LogFault>
      /** Events already in the log, by their place among those of the groups, and where they are. */
      readonly known: ReadonlyMap<number, number>
    }
  | { readonly kind: 'failed'; readonly groups: number; readonly fault: LogFault }
