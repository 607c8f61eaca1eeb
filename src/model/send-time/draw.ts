// When a message may leave, and which of those hours it takes: the best one, but a share drawn evenly by chance so
// that there is something to learn from, and a share sent at once so that there is something to compare with.

import { Failure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { HOUR_MS, localTime, MINUTE_MS } from '../../kernel/time.ts'
import type { SendTimeSpec, TimingMode } from '../events.ts'
import type { Affinity } from './send-time.ts'

/** An hour in which a message may leave. */
export type Slot = {
  /** ms: the start of that local hour; of the first one, now. */
  readonly at: number
  /** ms: the start of the next local hour. */
  readonly until: number
  /** Local, 0 to 23. */
  readonly hour: number
  /** 0 = Sunday. */
  readonly weekday: number
}

/** Seven days of hours, one more where clocks go back. */
const SLOTS_MAX = 170

/**
 * The allowed local hours that begin from `now` to `withinMs` later, in order; the one on the clock begins now. Steps
 * from each start of an hour on the clock to the next, so an hour that clocks jump over is not there and one that
 * comes twice is there twice.
 */
export const slotsWithin = (
  now: number,
  withinMs: number,
  zone: string,
  isAllowed: (at: number) => boolean,
): readonly Slot[] => {
  const slots: Slot[] = []
  let at = now
  for (let i = 0; i < SLOTS_MAX && at <= now + withinMs; i++) {
    const { hour, weekday, minute } = localTime(at, zone)
    const until = Math.floor(at / MINUTE_MS) * MINUTE_MS + HOUR_MS - minute * MINUTE_MS
    if (isAllowed(at)) slots.push({ at, until, hour, weekday })
    at = until
  }
  return slots
}

export type SlotChoice = {
  /** Index into the slots. */
  readonly slot: number
  readonly best: number
  readonly mode: TimingMode
  /** With which this slot was drawn, whatever the mode. */
  readonly propensity: number
}

/** Shares of sends drawn evenly and sent at once; the rest takes the best hour. */
export type Shares = Pick<SendTimeSpec, 'explore' | 'atOnce'>

/** Chance of an answer at a slot: its hour's, times its weekday beside the others. */
export const rateAt = ({ hours, weekdays }: Affinity, { hour, weekday }: Slot): number =>
  Math.min(1, (hours[hour] as number) * (weekdays[weekday] as number))

/** The slot of the greatest chance; of equals the first, so that nothing waits for nothing. */
export const bestSlot = (affinity: Affinity, slots: readonly Slot[]): number => {
  let best = 0
  for (let i = 1; i < slots.length; i++)
    if (rateAt(affinity, slots[i] as Slot) > rateAt(affinity, slots[best] as Slot)) best = i
  return best
}

/** With which probability each of `count` slots is taken. */
export const slotDistribution = (count: number, best: number, { explore, atOnce }: Shares): Float64Array => {
  if (
    !(count >= 1) ||
    !(best >= 0 && best < count) ||
    !(explore >= 0 && atOnce >= 0 && explore + atOnce <= 1)
  )
    throw new Failure({
      code: 'send_time.slots',
      message: `Among ${count} hours with shares of ${explore} and ${atOnce} none can be drawn.`,
      hint: 'Allow at least one hour, and shares that add up to 1 at most.',
    })
  const shares = new Float64Array(count).fill(explore / count)
  shares[0] = (shares[0] as number) + atOnce
  shares[best] = (shares[best] as number) + (1 - explore - atOnce)
  return shares
}

/** Draws a slot. The same seed gives the same slot; which share it belongs to is drawn first, so both are known. */
export const drawSlot = (count: number, best: number, shares: Shares, seed: string): SlotChoice => {
  const probabilities = slotDistribution(count, best, shares)
  const rng = createRng(seed)
  const which = rng.uniform()
  const drawn = (slot: number, mode: TimingMode): SlotChoice => ({
    slot,
    best,
    mode: count === 1 ? 'only' : mode,
    propensity: Math.min(1, probabilities[slot] as number),
  })
  if (which < shares.atOnce) return drawn(0, 'at_once')
  if (which < shares.atOnce + shares.explore) return drawn(rng.below(count), 'explore')
  return drawn(best, 'best')
}
