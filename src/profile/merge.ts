// Two profiles become one: the older slot stays, the other redirects to it for ever.

import { LAST_SEEN, wordOf } from './columns.ts'
import { listConsents, writeConsent } from './consents.ts'
import { at } from '../kernel/growable.ts'
import { mergeRows } from './merge-rows.ts'
import type { Refusal } from './options.ts'
import { touchSegments } from './segments.ts'
import type { Profiles } from './state.ts'
import { entriesOf, IS_BARRED, refuse, rootOf } from './state.ts'
import { mergeTones } from './tones.ts'
import { mergeTraits } from './traits.ts'

/**
 * Merges two root slots and gives the one that remains: the lower. When a cap or a bar forbids it,
 * nothing changes, the reason is counted, and `slot` is given back.
 */
export const mergeProfiles = (state: Profiles, slot: number, other: number): number => {
  if (slot === other) return slot
  const forbidden = forbiddenBy(state, slot, other)
  if (forbidden !== null) {
    refuse(state, forbidden)
    return slot
  }
  const to = Math.min(slot, other)
  const from = Math.max(slot, other)
  mergePlaces(state, to, from)
  mergeRows(state.columns, to, from)
  mergeTraits(state.traits, to, from)
  mergeConsents(state, to, from)
  mergeTones(state.tones, to, from)
  chainIdentifiers(state, to, from)
  const { slots } = state
  slots.kinds[to]! |= at(slots.kinds, from)
  slots.flags[to]! |= at(slots.flags, from)
  slots.mergeCounts[to]! += at(slots.mergeCounts, from) + 1
  slots.redirects[from] = to + 1
  state.mergedCount++
  state.lastMerges.push({ from, into: to })
  touchSegments(state, from)
  touchSegments(state, to)
  return to
}

const forbiddenBy = (state: Profiles, slot: number, other: number): Refusal | null => {
  const { slots, options } = state
  if (at(slots.flags, slot) & at(slots.flags, other) & IS_BARRED && isBarred(state, slot, other))
    return 'merge_barred'
  if (at(slots.mergeCounts, slot) + at(slots.mergeCounts, other) + 1 > options.mergesMax) return 'merge_cap'
  const identifiers = at(slots.identifierCounts, slot) + at(slots.identifierCounts, other)
  return identifiers > options.identifiersMax ? 'identifier_cap' : null
}

const isBarred = (state: Profiles, slot: number, other: number): boolean =>
  state.bars.some(([left, right]) => {
    const a = rootOf(state, left)
    const b = rootOf(state, right)
    return (a === slot && b === other) || (a === other && b === slot)
  })

/** Zone and language of the one seen last stand. */
const mergePlaces = (state: Profiles, to: number, from: number): void => {
  const { slots, columns } = state
  const newer = wordOf(columns, from, LAST_SEEN) > wordOf(columns, to, LAST_SEEN) ? from : to
  const older = newer === from ? to : from
  slots.zones[to] = at(slots.zones, newer) || at(slots.zones, older)
  slots.locales[to] = at(slots.locales, newer) || at(slots.locales, older)
  slots.zones[from] = 0
  slots.locales[from] = 0
}

const mergeConsents = (state: Profiles, to: number, from: number): void => {
  const heads = state.slots.consentHeads
  for (const consent of listConsents(state.consents, at(heads, from)))
    heads[to] = writeConsent(state.consents, at(heads, to), consent, state.options, (reason) =>
      refuse(state, reason),
    )
  heads[from] = 0
}

const chainIdentifiers = (state: Profiles, to: number, from: number): void => {
  const { slots, identifiers } = state
  const last = entriesOf(state, to).at(-1)
  if (last === undefined) slots.identifierHeads[to] = at(slots.identifierHeads, from)
  else identifiers.nexts[last] = at(slots.identifierHeads, from)
  slots.identifierCounts[to]! += at(slots.identifierCounts, from)
  slots.identifierHeads[from] = 0
  slots.identifierCounts[from] = 0
}
