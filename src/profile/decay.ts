// Counters that forget, without touching them as time goes by, and the same for late events as for
// timely ones. Floats use forward decay (Cormode et al., ICDE 2009): an event at t adds
// 2^((t − landmark) / halfLife), a reader divides by the same power for now; so the order of events does
// not matter. Byte-sized bins add 16 units an event and are halved each 60 days and when one is full.

import type { Columns } from './columns.ts'
import {
  BINS,
  CATEGORY_WEIGHTS_AT,
  CATEGORIES,
  CHANNELS,
  CHANNELS_AT,
  EPOCH,
  floatOf,
  HOURS_AT,
  LONG_COUNTERS,
  SEND_DAY,
  SEND_DAYS,
  SENDS_AT,
  SHORT_COUNTERS,
  WEEKDAYS_AT,
  WORDS,
  wordOf,
} from './columns.ts'

const DAY_S = 86_400
export const SHORT_HALF_LIFE_S = 7 * DAY_S
export const LONG_HALF_LIFE_S = 60 * DAY_S
/** Seven long half-lives, sixty short ones: landmarks lie on multiples of it, so moving one is exact. */
const LANDMARK_S = 420 * DAY_S
const EPOCHS_PER_LANDMARK = 7
export const BIN_UNITS = 16
const BIN_MAX = 255

export const epochOf = (seconds: number): number => Math.floor(seconds / LONG_HALF_LIFE_S)
const landmarkOf = (epoch: number): number => Math.floor(epoch / EPOCHS_PER_LANDMARK)

/** Brings a profile's counters to the epoch of `seconds`, if that is newer than theirs. */
export const advanceClock = (columns: Columns, slot: number, seconds: number): void => {
  const from = wordOf(columns, slot, EPOCH)
  const to = epochOf(seconds)
  if (to <= from) return
  columns.words[slot * WORDS + EPOCH] = to
  if (from === 0) return
  const shift = Math.min(to - from, 8)
  const start = slot * BINS
  for (let bin = 0; bin < SENDS_AT; bin++)
    columns.bins[start + bin] = (columns.bins[start + bin] as number) >> shift
  const landmarks = landmarkOf(to) - landmarkOf(from)
  if (landmarks === 0) return
  for (const word of SHORT_COUNTERS) columns.floats[slot * WORDS + word]! *= 2 ** (-60 * landmarks)
  for (const word of LONG_COUNTERS) columns.floats[slot * WORDS + word]! *= 2 ** (-7 * landmarks)
}

/** Adds one event at `seconds` to a decayed counter; the clock must have been advanced. */
export const addDecayed = (columns: Columns, slot: number, word: number, weight: number): void => {
  columns.floats[slot * WORDS + word]! += weight
}

/** What an event at `seconds` weighs in this profile's counters of that half-life. */
export const weightAt = (columns: Columns, slot: number, seconds: number, halfLifeS: number): number =>
  2 ** ((seconds - landmarkOf(wordOf(columns, slot, EPOCH)) * LANDMARK_S) / halfLifeS)

/** The value of a decayed counter at `seconds`: events, each weighing one when it happened. */
export const decayedAt = (
  columns: Columns,
  slot: number,
  word: number,
  seconds: number,
  halfLifeS: number,
): number => {
  const value = floatOf(columns, slot, word)
  return value === 0 ? 0 : value / weightAt(columns, slot, seconds, halfLifeS)
}

/** Units one event at `seconds` adds to a bin: fewer when it is late by whole epochs. */
export const binUnits = (columns: Columns, slot: number, seconds: number): number =>
  BIN_UNITS >> Math.min(Math.max(wordOf(columns, slot, EPOCH) - epochOf(seconds), 0), 8)

/** Adds `units` to one bin of the group [start, start + length); a full bin halves the whole group. */
export const addToBin = (
  columns: Columns,
  slot: number,
  group: { readonly start: number; readonly length: number },
  bin: number,
  units: number,
): void => {
  const start = slot * BINS + group.start
  while ((columns.bins[start + bin] as number) + units > BIN_MAX)
    for (let i = 0; i < group.length; i++) columns.bins[start + i] = (columns.bins[start + i] as number) >> 1
  columns.bins[start + bin]! += units
}

export const HOUR_GROUP = { start: HOURS_AT, length: 24 }
export const WEEKDAY_GROUP = { start: WEEKDAYS_AT, length: 7 }
export const CATEGORY_GROUP = { start: CATEGORY_WEIGHTS_AT, length: CATEGORIES }
export const CHANNEL_GROUPS = CHANNELS.map((_, i) => ({ start: CHANNELS_AT + 3 * i, length: 3 }))

/** Counts a message sent at `seconds` in the ring of the last seven days. */
export const addSend = (columns: Columns, slot: number, seconds: number, sends = 1): void => {
  const day = Math.floor(seconds / DAY_S)
  const newest = wordOf(columns, slot, SEND_DAY)
  const start = slot * BINS + SENDS_AT
  if (day > newest) {
    for (let d = Math.max(newest + 1, day - SEND_DAYS + 1); d <= day; d++)
      columns.bins[start + (d % SEND_DAYS)] = 0
    columns.words[slot * WORDS + SEND_DAY] = day
  } else if (day <= newest - SEND_DAYS) return
  const cell = start + (day % SEND_DAYS)
  columns.bins[cell] = Math.min(BIN_MAX, (columns.bins[cell] as number) + sends)
}

/** Messages sent on the day of `seconds` and the `days` − 1 before it (UTC days, at most seven). */
export const sendsWithin = (columns: Columns, slot: number, seconds: number, days: number): number => {
  const newest = wordOf(columns, slot, SEND_DAY)
  if (newest === 0) return 0
  const today = Math.floor(seconds / DAY_S)
  let sum = 0
  for (let d = Math.max(today - days + 1, newest - SEND_DAYS + 1); d <= Math.min(today, newest); d++)
    sum += columns.bins[slot * BINS + SENDS_AT + (d % SEND_DAYS)] as number
  return sum
}
