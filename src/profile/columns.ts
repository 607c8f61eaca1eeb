// What is known of a million people in typed arrays: per profile one row of 16 words, one of 64 small
// counters and one of 8 category numbers. A decision touches three cache lines and no objects.

import { grown } from '../kernel/growable.ts'
import type { ChannelName } from './events.ts'

export type Columns = {
  capacity: number
  /** WORDS per profile; the same memory as `floats`. */
  words: Uint32Array
  floats: Float32Array
  /** BINS per profile. */
  bins: Uint8Array
  /** CATEGORIES category numbers per profile, 0 = free. */
  categories: Uint16Array
}

export const WORDS = 16
/** Times are whole seconds since the epoch, 0 = never. */
export const FIRST_SEEN = 0
export const LAST_SEEN = 1
export const LAST_ORDER = 2
export const LAST_CART = 3
export const LAST_SENT = 4
export const ORDERS = 5
export const EVENTS = 6
/** Revenue in micros as two 32-bit halves: exact to 2^53. */
export const REVENUE_LOW = 7
export const REVENUE_HIGH = 8
/** Newest 60-day epoch seen: what the decayed counters stand at. */
export const EPOCH = 9
/** Newest day (since 1970, UTC) of the ring of sends. */
export const SEND_DAY = 10
/** Decayed counters, as floats. */
export const ACTIVITY_SHORT = 11
export const VIEWS_SHORT = 12
export const CARTS_SHORT = 13
export const ACTIVITY_LONG = 14
export const ORDERS_LONG = 15
export const SHORT_COUNTERS = [ACTIVITY_SHORT, VIEWS_SHORT, CARTS_SHORT] as const
export const LONG_COUNTERS = [ACTIVITY_LONG, ORDERS_LONG] as const

export const BINS = 64
export const HOURS_AT = 0
export const WEEKDAYS_AT = 24
export const CATEGORY_WEIGHTS_AT = 31
export const CATEGORIES = 8
/** Sent, opened, clicked per channel. */
export const CHANNELS_AT = 39
export const SENDS_AT = 57
export const SEND_DAYS = 7

export const CHANNELS: readonly ChannelName[] = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']
/** Channels that reach out to the person and tire them; a placement on site is looked up, not sent. */
export const isIntrusive = (channel: ChannelName): boolean => channel !== 'onsite' && channel !== 'webhook'

export const createColumns = (capacity: number): Columns => {
  const words = new Uint32Array(capacity * WORDS)
  return {
    capacity,
    words,
    floats: new Float32Array(words.buffer),
    bins: new Uint8Array(capacity * BINS),
    categories: new Uint16Array(capacity * CATEGORIES),
  }
}

export const reserveRows = (columns: Columns, rows: number): void => {
  if (rows <= columns.capacity) return
  columns.words = grown(columns.words, rows * WORDS)
  columns.floats = new Float32Array(columns.words.buffer)
  columns.bins = grown(columns.bins, rows * BINS)
  columns.categories = grown(columns.categories, rows * CATEGORIES)
  columns.capacity = Math.floor(
    Math.min(
      columns.words.length / WORDS,
      columns.bins.length / BINS,
      columns.categories.length / CATEGORIES,
    ),
  )
}

export const clearRow = (columns: Columns, slot: number): void => {
  columns.words.fill(0, slot * WORDS, (slot + 1) * WORDS)
  columns.bins.fill(0, slot * BINS, (slot + 1) * BINS)
  columns.categories.fill(0, slot * CATEGORIES, (slot + 1) * CATEGORIES)
}

export const wordOf = (columns: Columns, slot: number, word: number): number =>
  columns.words[slot * WORDS + word] as number
export const floatOf = (columns: Columns, slot: number, word: number): number =>
  columns.floats[slot * WORDS + word] as number
export const binOf = (columns: Columns, slot: number, bin: number): number =>
  columns.bins[slot * BINS + bin] as number

const TWO_32 = 4_294_967_296

export const revenueMicrosOf = (columns: Columns, slot: number): number =>
  wordOf(columns, slot, REVENUE_HIGH) * TWO_32 + wordOf(columns, slot, REVENUE_LOW)

export const addRevenueMicros = (columns: Columns, slot: number, micros: number): void => {
  const sum = Math.min(revenueMicrosOf(columns, slot) + Math.max(0, micros), Number.MAX_SAFE_INTEGER)
  columns.words[slot * WORDS + REVENUE_HIGH] = Math.floor(sum / TWO_32)
  columns.words[slot * WORDS + REVENUE_LOW] = sum % TWO_32
}

export const raise = (columns: Columns, slot: number, word: number, value: number): void => {
  const index = slot * WORDS + word
  if (value > (columns.words[index] as number)) columns.words[index] = value
}

export const count = (columns: Columns, slot: number, word: number): void => {
  const index = slot * WORDS + word
  const value = columns.words[index] as number
  if (value < 0xffffffff) columns.words[index] = value + 1
}
