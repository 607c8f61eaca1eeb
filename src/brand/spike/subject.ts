// One subject's memory: five-minute and hour counts of the last day and week, what is usual by the hour of the day, and
// the latest mentions. Fixed in size.

import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { Heard } from './heard.ts'

export const SLOT_MS = 5 * MINUTE_MS
export const SLOTS = 288
export const HOURS = 168
/** Voices, echoes, negative voices, positive voices. */
export const FIGURES = 4
const RECENT_MAX = 200
const SAMPLE_CHARS_MAX = 200

export type Recent = Omit<Heard, 'subject'> & {
  /** By an author nobody had heard of before. */
  readonly isNew: boolean
}

export type Subject = {
  /** Number of the latest slot and hour that has been opened; −1 before any. */
  slot: number
  hour: number
  readonly slots: Float64Array
  readonly hours: Float64Array
  /** What is usual, by its own names below. */
  readonly usual: Float64Array
  /** By hour of the day: weight of the hours learnt, voices in them. */
  readonly byHour: Float64Array
  recent: Recent[]
}

/** Places in `usual`. */
export const USUAL = {
  /** Hours learnt from since the start or a dead source. */
  known: 0,
  weight: 1,
  voices: 2,
  /** Sums for how much hours, and days, scatter more than chance alone. */
  hourExcess: 3,
  hourSquares: 4,
  dayExcess: 5,
  daySquares: 6,
  negative: 7,
  positive: 8,
  toned: 9,
} as const
const USUAL_SIZE = 10

/** What was learnt half a month ago counts half. */
const KEEP = 0.5 ** (1 / (24 * 15))
/** Hours of the day are known from so many hours of all before their own say more. */
const PROFILE_PRIOR = 6
const DISPERSION_PRIOR = 0.3
const DISPERSION_WEIGHT = 20
const NEGATIVE_PRIOR = { share: 0.2, voices: 20 }
/** So long a silence, where so many voices were expected, is a source that died. */
const DEAD_HOURS = 48
const DEAD_EXPECTED = 12

export const createSubject = (): Subject => ({
  slot: -1,
  hour: -1,
  slots: new Float64Array(SLOTS * FIGURES),
  hours: new Float64Array(HOURS * FIGURES),
  usual: new Float64Array(USUAL_SIZE),
  byHour: new Float64Array(48),
  recent: [],
})

/** Voices usual in an hour that begins at `hour` (its number since the epoch). */
export const usualOfHour = ({ usual, byHour }: Subject, hour: number): number => {
  const [weight, voices] = [usual[USUAL.weight] as number, usual[USUAL.voices] as number]
  if (weight === 0) return 0
  const overall = voices / weight
  const at = 2 * (hour % 24)
  return ((byHour[at + 1] as number) + PROFILE_PRIOR * overall) / ((byHour[at] as number) + PROFILE_PRIOR)
}

/** By how much counts scatter beyond chance, and how little is known yet: variance = mean + this · mean². */
export const dispersionOf = ({ usual }: Subject, scale: 'hour' | 'day'): number => {
  const excess = usual[scale === 'hour' ? USUAL.hourExcess : USUAL.dayExcess] as number
  const squares = usual[scale === 'hour' ? USUAL.hourSquares : USUAL.daySquares] as number
  const measured = (DISPERSION_PRIOR * DISPERSION_WEIGHT + excess) / (DISPERSION_WEIGHT + squares)
  return Math.max(0.05, measured) + 1 / (1 + (usual[USUAL.voices] as number))
}

export const usualShare = ({ usual }: Subject, what: 'negative' | 'positive'): number =>
  ((usual[USUAL[what]] as number) + NEGATIVE_PRIOR.share * NEGATIVE_PRIOR.voices) /
  ((usual[USUAL.toned] as number) + NEGATIVE_PRIOR.voices)

/** Takes one mention in and gives what is kept of it; null for one older than a day, which is not counted. */
export const hearOne = (subject: Subject, heard: Recent): Recent | null => {
  advance(subject, heard.at)
  const slot = Math.floor(heard.at / SLOT_MS)
  if (slot <= subject.slot - SLOTS) return null
  count(subject.slots, slot % SLOTS, heard)
  const hour = Math.floor(heard.at / HOUR_MS)
  if (hour > subject.hour - HOURS) count(subject.hours, hour % HOURS, heard)
  const kept = { ...heard, text: heard.text.slice(0, SAMPLE_CHARS_MAX) }
  subject.recent.push(kept)
  if (subject.recent.length > RECENT_MAX) subject.recent = subject.recent.slice(-Math.ceil(RECENT_MAX * 0.75))
  return kept
}

/** At most this on either side of zero is neither good nor bad. */
export const TONED_MIN = 0.15

const count = (figures: Float64Array, place: number, { isEcho, score }: Recent): void => {
  const at = place * FIGURES
  const add = (figure: number) => {
    figures[at + figure] = (figures[at + figure] as number) + 1
  }
  if (isEcho) {
    add(1)
    return
  }
  add(0)
  if (score < -TONED_MIN) add(2)
  else if (score > TONED_MIN) add(3)
}

/** Opens what lies between the latest slot and `at`; each hour that has ended is learnt from. */
const advance = (subject: Subject, at: number): void => {
  const slot = Math.floor(at / SLOT_MS)
  const hour = Math.floor(at / HOUR_MS)
  if (subject.slot < 0) {
    subject.slot = slot
    subject.hour = hour
    return
  }
  for (let s = Math.max(subject.slot + 1, slot - SLOTS + 1); s <= slot; s++) clear(subject.slots, s % SLOTS)
  subject.slot = Math.max(subject.slot, slot)
  if (hour <= subject.hour) return
  const gap = hour - subject.hour
  const isDead =
    gap > DEAD_HOURS &&
    expectedBetween(subject, subject.hour, Math.min(hour, subject.hour + 720)) > DEAD_EXPECTED
  if (isDead) {
    // Nobody knows what would have been said: begin anew rather than learn silence.
    subject.usual.fill(0)
    subject.byHour.fill(0)
    subject.hours.fill(0)
  } else {
    for (let h = Math.max(subject.hour, hour - HOURS); h < hour; h++) {
      learnHour(subject, h)
      if (h % 24 === 23) learnDay(subject, h)
      clear(subject.hours, (h + 1) % HOURS)
    }
  }
  subject.hour = hour
}

const clear = (figures: Float64Array, place: number): void => {
  figures.fill(0, place * FIGURES, (place + 1) * FIGURES)
}

const expectedBetween = (subject: Subject, from: number, to: number): number => {
  let sum = 0
  for (let h = from + 1; h < to; h++) sum += usualOfHour(subject, h)
  return sum
}

/** What is far beyond the usual teaches no more than a loud hour would. */
const learnHour = (subject: Subject, hour: number): void => {
  const { usual, byHour, hours } = subject
  const place = (hour % HOURS) * FIGURES
  const said = hours[place] as number
  const expected = usualOfHour(subject, hour)
  const isKnown = (usual[USUAL.known] as number) >= 24
  const most = expected + 4 * Math.sqrt(expected + dispersionOf(subject, 'hour') * expected * expected) + 2
  const taken = isKnown ? Math.min(said, most) : said
  const share = said === 0 ? 0 : taken / said
  for (let i = 1; i < usual.length; i++) usual[i] = (usual[i] as number) * KEEP
  for (let i = 0; i < byHour.length; i++) byHour[i] = (byHour[i] as number) * KEEP
  const add = (name: keyof typeof USUAL, value: number) => {
    usual[USUAL[name]] = (usual[USUAL[name]] as number) + value
  }
  if (isKnown) {
    add('hourExcess', (taken - expected) ** 2 - expected)
    add('hourSquares', expected * expected)
  }
  add('known', 1)
  add('weight', 1)
  add('voices', taken)
  add('negative', share * (hours[place + 2] as number))
  add('positive', share * (hours[place + 3] as number))
  add('toned', taken)
  const at = 2 * (hour % 24)
  byHour[at] = (byHour[at] as number) + 1
  byHour[at + 1] = (byHour[at + 1] as number) + taken
}

const learnDay = (subject: Subject, last: number): void => {
  const { usual, hours } = subject
  if ((usual[USUAL.known] as number) < 48) return
  let said = 0
  let expected = 0
  for (let h = last - 23; h <= last; h++) {
    said += hours[(h % HOURS) * FIGURES] as number
    expected += usualOfHour(subject, h)
  }
  const most = expected + 4 * Math.sqrt(expected + dispersionOf(subject, 'day') * expected * expected) + 2
  const off = (Math.min(said, most) - expected) ** 2 - expected
  usual[USUAL.dayExcess] = (usual[USUAL.dayExcess] as number) + off
  usual[USUAL.daySquares] = (usual[USUAL.daySquares] as number) + expected * expected
}
