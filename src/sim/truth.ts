// The book that the product never sees: what each contact was expected to add, person by person, and
// from it the planted lift over any group and horizon. Expectations, not luck: sums of probability
// times margin, known because the world draws with these very probabilities.

import { arrivedShare, DELAYS_QUICK } from './response.ts'

type Entry = {
  readonly at: number
  readonly amount: number
  /** It arrives over the following hours, as orders after a contact do. */
  readonly spread: boolean
}

/** Entries kept per person: the first ones, since a horizon begins with the first decision. Later ones only count in the total. */
const ENTRIES_MAX = 1_000

export type Truth = {
  /** Adds what happened to a person at `at` (ms): whole currency units, negative for a loss. */
  readonly add: (customer: number, entry: Entry) => void
  /** Expected margin on top for this person from `from` to `to` (ms), costs taken off. */
  readonly gainOf: (customer: number, from: number, to: number) => number
  /** Of everybody, ever, whenever it arrives. */
  readonly total: () => number
  /** Entries not kept because a person had too many: horizons that reach so far are cut. */
  readonly dropped: () => number
}

export const createTruth = (delays = DELAYS_QUICK): Truth => {
  const entries = new Map<number, Entry[]>()
  let total = 0
  let dropped = 0
  return {
    add: (customer, entry) => {
      if (entry.amount === 0) return
      total += entry.amount
      const mine = entries.get(customer)
      if (mine === undefined) entries.set(customer, [entry])
      else if (mine.length < ENTRIES_MAX) mine.push(entry)
      else dropped++
    },
    gainOf: (customer, from, to) => {
      let sum = 0
      for (const { at, amount, spread } of entries.get(customer) ?? []) {
        if (at < from || at > to) continue
        sum += spread ? amount * arrivedShare(to - at, delays) : amount
      }
      return sum
    },
    total: () => total,
    dropped: () => dropped,
  }
}

/** A person in the product's comparison, as its log tells: from the first decision on. */
export type Unit = { readonly customer: number; readonly start: number; readonly treated: boolean }

/**
 * The planted lift per treated person: the mean over treated units of what contacts added within the
 * horizon, as `src/feedback` defines it. 0 without units.
 */
export const plantedLift = (truth: Truth, units: readonly Unit[], horizonMs: number): number => {
  const treated = units.filter((unit) => unit.treated)
  const sum = treated.reduce(
    (all, { customer, start }) => all + truth.gainOf(customer, start, start + horizonMs),
    0,
  )
  return treated.length === 0 ? 0 : sum / treated.length
}
