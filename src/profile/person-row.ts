// What happened to a person as small facts, and the row of counters they add up to: the one way both live
// features and the training of models count. A row built from a person's past facts is what the live row
// was then, so a model learns from what it will be asked with.

import {
  ACTIVITY_LONG,
  ACTIVITY_SHORT,
  BINS,
  CARTS_SHORT,
  CATEGORIES,
  CHANNELS,
  addRevenueMicros,
  count,
  createColumns,
  EVENTS,
  FIRST_SEEN,
  isIntrusive,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  ORDERS,
  ORDERS_LONG,
  raise,
  VIEWS_SHORT,
  WORDS,
  wordOf,
  type Columns,
} from './columns.ts'
import {
  addDecayed,
  addSend,
  addToBin,
  advanceClock,
  binUnits,
  CHANNEL_GROUPS,
  LONG_HALF_LIFE_S,
  SHORT_HALF_LIFE_S,
  weightAt,
} from './decay.ts'
import { present } from '../kernel/assert.ts'
import { mergeRows } from './merge-rows.ts'
import type { ProfileRef, Profiles } from './state.ts'
import { rootOf } from './state.ts'

/** `seen`: only told of. The others count as events; `view`, `cart` and `order` as more than that. */
export const FACT_KINDS = ['seen', 'event', 'view', 'cart', 'order', 'sent', 'opened', 'clicked'] as const
export type FactKind = (typeof FACT_KINDS)[number]

export type Fact = {
  readonly kind: FactKind
  /** Whole seconds since 1970. */
  readonly seconds: number
  /** Of an order; 0 otherwise. */
  readonly revenueMicros: number
  /** Position in CHANNELS, for what concerns messages; 0 otherwise. */
  readonly channel: number
}

const CELLS = { sent: 0, opened: 1, clicked: 2 } as const

/** Counts one fact in a row of columns: recency, frequency, money, messages. Late facts weigh as timely ones. */
export const countFact = (columns: Columns, slot: number, fact: Fact): void => {
  const { kind, seconds } = fact
  advanceClock(columns, slot, seconds)
  if (kind === 'sent' || kind === 'opened' || kind === 'clicked') return countMessage(columns, slot, fact)
  const first = wordOf(columns, slot, FIRST_SEEN)
  if (first === 0 || seconds < first) columns.words[slot * WORDS + FIRST_SEEN] = seconds
  raise(columns, slot, LAST_SEEN, seconds)
  if (kind === 'seen') return
  const short = weightAt(columns, slot, seconds, SHORT_HALF_LIFE_S)
  const long = weightAt(columns, slot, seconds, LONG_HALF_LIFE_S)
  count(columns, slot, EVENTS)
  addDecayed(columns, slot, ACTIVITY_SHORT, short)
  addDecayed(columns, slot, ACTIVITY_LONG, long)
  if (kind === 'order') {
    count(columns, slot, ORDERS)
    raise(columns, slot, LAST_ORDER, seconds)
    addRevenueMicros(columns, slot, fact.revenueMicros)
    addDecayed(columns, slot, ORDERS_LONG, long)
  } else if (kind === 'cart') {
    raise(columns, slot, LAST_CART, seconds)
    addDecayed(columns, slot, CARTS_SHORT, short)
  } else if (kind === 'view') addDecayed(columns, slot, VIEWS_SHORT, short)
}

const countMessage = (columns: Columns, slot: number, { kind, seconds, channel }: Fact): void => {
  const group = CHANNEL_GROUPS[channel]
  if (group !== undefined)
    addToBin(columns, slot, group, CELLS[kind as keyof typeof CELLS], binUnits(columns, slot, seconds))
  if (kind !== 'sent' || !isIntrusive(present(CHANNELS[channel], 'a channel by its number'))) return
  raise(columns, slot, LAST_SENT, seconds)
  addSend(columns, slot, seconds)
}

/** A person's counters at one time, apart from everybody's. */
export type PersonRow = { readonly words: Uint32Array; readonly bins: Uint8Array }

/** A copy of the live row. */
export const copyRow = (state: Profiles, ref: ProfileRef): PersonRow => {
  const slot = rootOf(state, ref)
  const { words, bins } = state.columns
  return {
    words: words.slice(slot * WORDS, (slot + 1) * WORDS),
    bins: bins.slice(slot * BINS, (slot + 1) * BINS),
  }
}

/** A row to count facts in, for one person after another. */
export type Rehearsal = {
  /** Begins anew, with nothing known or from a copy. */
  readonly start: (from: PersonRow | null) => void
  readonly add: (fact: Fact) => void
  /** The row as it is now, in place: copy what is to last. */
  readonly columns: Columns
  readonly copy: () => PersonRow
}

export const createRehearsal = (): Rehearsal => {
  const columns = createColumns(1)
  return {
    columns,
    start: (from) => {
      columns.words.fill(0, 0, WORDS)
      columns.bins.fill(0, 0, BINS)
      columns.categories.fill(0, 0, CATEGORIES)
      if (from === null) return
      columns.words.set(from.words)
      columns.bins.set(from.bins)
    },
    add: (fact) => countFact(columns, 0, fact),
    copy: () => ({ words: columns.words.slice(0, WORDS), bins: columns.bins.slice(0, BINS) }),
  }
}

/** Two rows as one person's, as a merge of profiles has it. */
export const mergePersonRows = (left: PersonRow, right: PersonRow): PersonRow => {
  const columns = createColumns(2)
  columns.words.set(left.words)
  columns.words.set(right.words, WORDS)
  columns.bins.set(left.bins)
  columns.bins.set(right.bins, BINS)
  mergeRows(columns, 0, 1)
  return { words: columns.words.slice(0, WORDS), bins: columns.bins.slice(0, BINS) }
}
