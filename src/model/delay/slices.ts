// What an open decision teaches before its window is over. Its result is taught in slices: at a few ages, what came since the
// last slice, with the weight of the share of results that comes in that time. A slice of reward r and share s is
// an example of reward r / s with precision s, so nothing yet is little of a zero while most is still to come, and at the close all slices
// together weigh and say exactly what the whole would have said: Σ s = 1 and Σ s · (r / s) = the total, whatever the shares were.

import type { Delays, DelayOf } from './delays.ts'
import { shareCome } from './delays.ts'

/** Ages at which an open decision is looked at, as shares of its window. */
export const CHECK_AGES = [1 / 64, 1 / 16, 1 / 4, 9 / 16] as const
/** A slice has at least this share, also the one that is left for the close. */
const SHARE_MIN = 0.2

/** Share to teach now of a decision of which `taught` was taught before; 0 to wait. */
export const shareToTeach = (
  delays: Delays,
  of: DelayOf,
  { ageMs, now, taught }: { readonly ageMs: number; readonly now: number; readonly taught: number },
): number => {
  const come = shareCome(delays, of, { ageMs, now })
  if (come === null) return 0
  const upTo = Math.min(come, 1 - SHARE_MIN)
  return upTo - taught >= SHARE_MIN ? upTo - taught : 0
}
