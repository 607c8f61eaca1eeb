// Where in the log a customer's story is: per profile a chain of offsets, newest first, in one ring over
// all profiles. The console reads those events; when the ring is full the oldest entries fall off.

import type { Dump } from '../log/dump.ts'
import { grown } from '../kernel/growable.ts'

export type Timeline = {
  readonly max: number
  /** Entries ever written; entry n lies at n % max. */
  written: number
  /** Of the newest entry: the rest is kept modulo 2^32 and reckoned back from it. */
  newestOffset: number
  offsets: Uint32Array
  /** Number + 1 of the same profile's entry before, modulo 2^32; 0 = none. */
  previous: Uint32Array
}

const TWO_32 = 4_294_967_296

export const createTimeline = (max: number): Timeline => ({
  max,
  written: 0,
  newestOffset: 0,
  offsets: new Uint32Array(16),
  previous: new Uint32Array(16),
})

/** Notes the event at `offset` for the profile whose chain starts at `head`; gives the chain's new head. */
export const noteOffset = (timeline: Timeline, head: number, offset: number): number => {
  const live = isLive(timeline, head)
  if (live && offsetAt(timeline, head) === offset) return head
  const place = timeline.written % timeline.max
  if (place >= timeline.offsets.length) {
    const length = Math.min(timeline.max, timeline.offsets.length * 2)
    timeline.offsets = grown(timeline.offsets, length)
    timeline.previous = grown(timeline.previous, length)
  }
  timeline.offsets[place] = offset % TWO_32
  timeline.previous[place] = live ? head : 0
  timeline.written++
  timeline.newestOffset = Math.max(timeline.newestOffset, offset)
  return timeline.written % TWO_32
}

/** At most `limit` offsets of the chain, newest first. */
export const offsetsOf = (timeline: Timeline, head: number, limit: number): number[] => {
  const offsets: number[] = []
  for (let link = head; offsets.length < limit && isLive(timeline, link); ) {
    offsets.push(offsetAt(timeline, link))
    link = timeline.previous[placeOf(timeline, link)] as number
  }
  return offsets
}

/**
 * Links count modulo 2^32, so one that fell off long ago could be taken for a new one. True when it is time
 * to clear such heads with {@link isLive}: twice in each turn of the count.
 */
export const isTurning = (timeline: Timeline): boolean => timeline.written % (TWO_32 / 2) === 0

/** Whether the link leads to an entry that is still in the ring. */
export const isLive = (timeline: Timeline, link: number): boolean =>
  link !== 0 && ageOf(timeline, link) < Math.min(timeline.written, timeline.max)

export const dumpTimeline = (timeline: Timeline): Dump => {
  const length = Math.min(timeline.written, timeline.max)
  return {
    'timeline.state': [timeline.written, timeline.newestOffset],
    'timeline.offsets': timeline.offsets.slice(0, length),
    'timeline.previous': timeline.previous.slice(0, length),
  }
}

export const restoreTimeline = (dump: Dump, max: number): Timeline => {
  const [written = 0, newestOffset = 0] = dump['timeline.state'] as readonly number[]
  const offsets = dump['timeline.offsets'] as Uint32Array
  const restored = createTimeline(max)
  // A ring of another size cannot be read as this one: the timelines start again, the log has them.
  if (offsets.length !== Math.min(written, max)) return restored
  return {
    max,
    written,
    newestOffset,
    offsets: grown(Uint32Array.from(offsets), 16),
    previous: grown(Uint32Array.from(dump['timeline.previous'] as Uint32Array), 16),
  }
}

/** How many entries ago the entry was written; the newest is 0. */
const ageOf = (timeline: Timeline, link: number): number =>
  ((((timeline.written % TWO_32) - link) % TWO_32) + TWO_32) % TWO_32

const placeOf = (timeline: Timeline, link: number): number =>
  (timeline.written - 1 - ageOf(timeline, link)) % timeline.max

const offsetAt = (timeline: Timeline, link: number): number => {
  const low = timeline.offsets[placeOf(timeline, link)] as number
  const back = ((((timeline.newestOffset % TWO_32) - low) % TWO_32) + TWO_32) % TWO_32
  return timeline.newestOffset - back
}
