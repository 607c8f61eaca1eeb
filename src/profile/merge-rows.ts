// Two rows of columns into one: sums, earliest, latest; as if all events had come to one profile.

import type { Columns } from './columns.ts'
import {
  addRevenueMicros,
  BINS,
  CATEGORIES,
  CATEGORY_WEIGHTS_AT,
  clearRow,
  EPOCH,
  EVENTS,
  FIRST_SEEN,
  LAST_CART,
  LAST_ORDER,
  LAST_SEEN,
  LAST_SENT,
  LONG_COUNTERS,
  ORDERS,
  raise,
  revenueMicrosOf,
  SEND_DAY,
  SEND_DAYS,
  SENDS_AT,
  SHORT_COUNTERS,
  WORDS,
  wordOf,
} from './columns.ts'
import {
  addSend,
  addToBin,
  advanceClock,
  CHANNEL_GROUPS,
  HOUR_GROUP,
  LONG_HALF_LIFE_S,
  WEEKDAY_GROUP,
} from './decay.ts'
import { at } from '../kernel/growable.ts'

const DAY_S = 86_400

/** Adds row `from` to row `to` and clears it. */
export const mergeRows = (columns: Columns, to: number, from: number): void => {
  // Both at one clock, so that their counters mean the same.
  advanceClock(columns, to, wordOf(columns, from, EPOCH) * LONG_HALF_LIFE_S)
  advanceClock(columns, from, wordOf(columns, to, EPOCH) * LONG_HALF_LIFE_S)
  mergeWords(columns, to, from)
  for (const group of [HOUR_GROUP, WEEKDAY_GROUP, ...CHANNEL_GROUPS])
    for (let bin = 0; bin < group.length; bin++)
      addToBin(columns, to, group, bin, at(columns.bins, from * BINS + group.start + bin))
  mergeSends(columns, to, from)
  mergeCategories(columns, to, from)
  clearRow(columns, from)
}

const mergeWords = (columns: Columns, to: number, from: number): void => {
  const first = wordOf(columns, from, FIRST_SEEN)
  const mine = wordOf(columns, to, FIRST_SEEN)
  if (first !== 0 && (mine === 0 || first < mine)) columns.words[to * WORDS + FIRST_SEEN] = first
  for (const word of [LAST_SEEN, LAST_ORDER, LAST_CART, LAST_SENT])
    raise(columns, to, word, wordOf(columns, from, word))
  for (const word of [ORDERS, EVENTS])
    columns.words[to * WORDS + word] = Math.min(
      wordOf(columns, to, word) + wordOf(columns, from, word),
      0xffffffff,
    )
  addRevenueMicros(columns, to, revenueMicrosOf(columns, from))
  for (const word of [...SHORT_COUNTERS, ...LONG_COUNTERS])
    columns.floats[to * WORDS + word]! += at(columns.floats, from * WORDS + word)
}

const mergeSends = (columns: Columns, to: number, from: number): void => {
  const newest = wordOf(columns, from, SEND_DAY)
  if (newest === 0) return
  for (let day = newest - SEND_DAYS + 1; day <= newest; day++) {
    const sends = at(columns.bins, from * BINS + SENDS_AT + (day % SEND_DAYS))
    if (sends > 0) addSend(columns, to, day * DAY_S, sends)
  }
}

const mergeCategories = (columns: Columns, to: number, from: number): void => {
  const weights = new Map<number, number>()
  for (const slot of [to, from])
    for (let i = 0; i < CATEGORIES; i++) {
      const category = at(columns.categories, slot * CATEGORIES + i)
      const weight = at(columns.bins, slot * BINS + CATEGORY_WEIGHTS_AT + i)
      if (category !== 0 && weight > 0) weights.set(category, (weights.get(category) ?? 0) + weight)
    }
  const kept = [...weights].toSorted((a, b) => b[1] - a[1]).slice(0, CATEGORIES)
  const heaviest = kept[0]?.[1] ?? 0
  const shift = heaviest > 255 ? 1 : 0
  for (let i = 0; i < CATEGORIES; i++) {
    const [category, weight] = kept[i] ?? [0, 0]
    columns.categories[to * CATEGORIES + i] = category
    columns.bins[to * BINS + CATEGORY_WEIGHTS_AT + i] = weight >> shift
  }
}
