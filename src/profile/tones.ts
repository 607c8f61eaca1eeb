// How a person sounded lately: what was read of their tickets, chats and reviews, as a few numbers. Few people write, so
// it is kept apart from the columns that everybody has. The text stays where it came, encrypted under the person's key.

import { DAY_MS } from '../kernel/time.ts'
import type { Json } from '../kernel/json.ts'
import type { ToneReading } from '../signal/events.ts'
import type { ToneEvent } from './events.ts'
import type { ToneView } from './view-types.ts'

/** After so long a text counts half as much in the mean. */
export const TONE_HALF_LIFE_MS = 30 * DAY_MS

/** Whose text is read when the plan says nothing else. */
export const STANDARD_TONE_EVENTS: readonly ToneEvent[] = [
  { event: 'Ticket Created', text: 'text' },
  { event: 'Message Received', text: 'text' },
  { event: 'Review Submitted', text: 'text' },
  { event: 'Survey Answered', text: 'text' },
]

/** Of one person. */
export type ToneRow = {
  readonly count: number
  /** The latest text by its own time: ms, and how it was read. */
  readonly at: number
  readonly latest: ToneReading
  /** ms of the latest negative one; 0 = never. */
  readonly negativeAt: number
  /** Decayed to `at`: how much was read, and its tone times that. */
  readonly weight: number
  readonly sum: number
}

/** By root slot. */
export type Tones = Map<number, ToneRow>

/** False when there are as many people as are kept, and this is a further one. */
export const addTone = (
  tones: Tones,
  slot: number,
  {
    at,
    reading,
    peopleMax,
  }: { readonly at: number; readonly reading: ToneReading; readonly peopleMax: number },
): boolean => {
  const row = tones.get(slot)
  if (row === undefined && tones.size >= peopleMax) return false
  const one: ToneRow = {
    count: 1,
    at,
    latest: reading,
    negativeAt: reading.sentiment === 'negative' ? at : 0,
    weight: 1,
    sum: reading.tone,
  }
  tones.set(slot, row === undefined ? one : joined(row, one))
  return true
}

/** `from` is now part of `to`. */
export const mergeTones = (tones: Tones, to: number, from: number): void => {
  const [left, right] = [tones.get(to), tones.get(from)]
  tones.delete(from)
  if (right !== undefined) tones.set(to, left === undefined ? right : joined(left, right))
}

/** As if all texts had come to one person, in whatever order. */
const joined = (left: ToneRow, right: ToneRow): ToneRow => {
  const at = Math.max(left.at, right.at)
  const [a, b] = [decay(at - left.at), decay(at - right.at)]
  return {
    count: left.count + right.count,
    at,
    latest: isAfter(left, right) ? left.latest : right.latest,
    negativeAt: Math.max(left.negativeAt, right.negativeAt),
    weight: left.weight * a + right.weight * b,
    sum: left.sum * a + right.sum * b,
  }
}

/** Of two at one time the worse one counts as the latest: who may be angry is not told that all is well. */
const isAfter = (left: ToneRow, right: ToneRow): boolean =>
  left.at === right.at ? left.latest.tone <= right.latest.tone : left.at > right.at

const decay = (ms: number): number => 2 ** (-ms / TONE_HALF_LIFE_MS)

const NO_TONE: ToneView = Object.freeze({ count: 0 })

/** At `now`, ms. */
export const viewTone = (tones: Tones, slot: number, now: number): ToneView => {
  const row = tones.get(slot)
  if (row === undefined) return NO_TONE
  const { count, at, latest, negativeAt, weight, sum } = row
  const days = (then: number): number => rounded(Math.max(0, now - then) / DAY_MS)
  return {
    count,
    latest: latest.tone,
    mean: rounded(sum / weight),
    sentiment: latest.sentiment,
    confidence: latest.confidence,
    emotion: latest.emotion,
    language: latest.language,
    version: latest.version,
    daysSinceLast: days(at),
    ...(negativeAt === 0 ? {} : { daysSinceNegative: days(negativeAt) }),
  }
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

/** In the order of slots: equal states are equal bytes. */
export const dumpTones = (tones: Tones): Json => [...tones].toSorted(([left], [right]) => left - right)

export const restoreTones = (dump: Json): Tones =>
  new Map(dump as unknown as readonly (readonly [number, ToneRow])[])
