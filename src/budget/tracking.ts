// Whether results still arrive: many conversions are due by now and far fewer have come than chance allows.

import { said, type Said } from '../kernel/said.ts'
import type { BudgetState, LineMemory } from './state.ts'

/** Conversions that must be due before silence means anything. */
const DUE_MIN = 12
/** Days that tell what is usual. */
const USUAL_DAYS = 14

/** In English, and as a code with its figures. */
export type TrackingLost = { readonly detail: string; readonly said: Said }

/**
 * Why tracking seems lost on `today` at `hour`, or null. All lines' conversions of yesterday and today so far, beside
 * those that such spend used to have by then, assuming no more than a third of a day's come on the day itself.
 */
export const trackingLost = (state: BudgetState, today: number, hour: number): TrackingLost | null => {
  let lost: TrackingLost | null = null
  for (const { day, share } of [
    { day: today - 1, share: 1 },
    { day: today, share: Math.min(1, hour / 24) },
  ]) {
    let [due, came] = [0, 0]
    for (const { days } of state.memory.values()) {
      const now = days.get(day)
      if (now === undefined) continue
      due += usualConversions(state, days, day) * now.spend * SAME_DAY_MIN * (day === today ? 1 : share)
      came += now.conversions
    }
    if (due >= DUE_MIN && came < due / FEW)
      lost = {
        detail: `${came} conversions where about ${Math.round(due)} were due`,
        said: said('conversions_missing', { came, due: Math.round(due) }),
      }
  }
  return lost
}

/** Least share of a day's conversions that come on the day itself. */
const SAME_DAY_MIN = 0.2
/** Fewer than this part of what is due is no chance. */
const FEW = 4

/** Conversions for each unit of spend in days that are mostly told. */
const usualConversions = ({ darkDays }: BudgetState, days: LineMemory['days'], before: number): number => {
  let [conversions, spend] = [0, 0]
  for (let day = before - USUAL_DAYS - 2; day < before - 2; day++) {
    const seen = days.get(day)
    if (seen === undefined || darkDays.has(day)) continue
    conversions += seen.conversions
    spend += seen.spend
  }
  return spend > 0 ? conversions / spend : 0
}
