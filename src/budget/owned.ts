// Channels of one's own as lines with a cost: what mail, push, SMS and messengers have cost by day. Their budgets are the
// campaigns'; here they stand beside the ads, so that all the money is seen in one place.

import type { DeliveryAttempted } from '../delivery/events.ts'
import { toMicros } from '../kernel/money.ts'

export type OwnedDay = { readonly day: number; contacts: number; micros: number }

/** Longer than a month with its stragglers. */
const DAYS_KEPT = 40

/** By channel, days oldest first. */
export type OwnedCosts = Map<string, OwnedDay[]>

/** Counts a contact when it is tried: what may have left has to be paid. */
export const countContact = (owned: OwnedCosts, { channel, cost }: DeliveryAttempted, day: number): void => {
  const days = owned.get(channel) ?? []
  const known = days.find((one) => one.day === day)
  if (known !== undefined) {
    known.contacts++
    known.micros += toMicros(cost)
    return
  }
  const made = { day, contacts: 1, micros: toMicros(cost) }
  owned.set(channel, [...days, made].toSorted((left, right) => left.day - right.day).slice(-DAYS_KEPT))
}
