// Takes one profile apart in the state: identifiers, redirects and the two repaired halves.

import type { Identifier, Unmerged } from './events.ts'
import { at } from '../kernel/growable.ts'
import type { ProfileHalf } from './halves.ts'
import { writeHalf } from './halves.ts'
import { findEntry, kindOfEntry } from './identifier-table.ts'
import { KINDS, normaliseIdentifier } from './identifiers.ts'
import { touchSegments } from './segments.ts'
import type { Profiles } from './state.ts'
import { entriesOf, IS_BARRED, IS_HELD, newSlot, refuse } from './state.ts'
import { offsetsOf } from './timeline.ts'

/** How a profile's slots and identifiers fall into two: those that stay, and those that leave. */
export type Split = {
  /** All entries of the profile, in the order of its chain. */
  readonly entries: readonly number[]
  readonly leavingEntries: ReadonlySet<number>
  /** Slots merged into it, ascending, whose first identifier leaves; and those that stay, itself first. */
  readonly leavingSlots: readonly number[]
  readonly stayingSlots: readonly number[]
}

/**
 * Reckons the split of a root slot. A merged slot goes with the identifier it was made for; the root
 * itself always stays. Identifiers that are not this profile's are left out.
 */
export const splitOf = (state: Profiles, root: number, leaving: readonly Identifier[]): Split => {
  const entries = entriesOf(state, root)
  const mine = new Set(entries)
  const leavingEntries = new Set<number>()
  for (const { kind, value } of leaving) {
    const normal = normaliseIdentifier(kind, value)
    const entry = normal.ok ? findEntry(state.identifiers, kind, normal.value) : -1
    if (mine.has(entry)) leavingEntries.add(entry)
  }
  const firstOfSlot = new Map<number, number>()
  for (const entry of entries.toSorted((a, b) => a - b)) {
    const slot = at(state.identifiers.slots, entry)
    if (!firstOfSlot.has(slot)) firstOfSlot.set(slot, entry)
  }
  const merged = [...firstOfSlot.keys()].filter((slot) => slot !== root).toSorted((a, b) => a - b)
  const leaves = (slot: number) => leavingEntries.has(firstOfSlot.get(slot) ?? -1)
  return {
    entries,
    leavingEntries,
    leavingSlots: merged.filter(leaves),
    stayingSlots: [root, ...merged.filter((slot) => !leaves(slot))],
  }
}

/** Puts the halves of an `unmerged` event in place; gives the root slot of the half that left. */
export const installHalves = (state: Profiles, root: number, event: Unmerged, startedAt: number): number => {
  const split = splitOf(state, root, event.leaving)
  const since = timelineSince(state, root, startedAt)
  for (const slot of [...split.stayingSlots, ...split.leavingSlots]) state.slots.timelineHeads[slot] = 0
  const left = split.leavingSlots[0] ?? newSlot(state)
  if (split.leavingSlots.length > 0) state.mergedCount--
  rehome(state, split, root, left)
  const kept = event.kept as ProfileHalf
  writeHalf(state, root, { ...kept, timeline: [...kept.timeline, ...since] })
  writeHalf(state, left, event.left as ProfileHalf)
  state.slots.flags[root] = (at(state.slots.flags, root) & ~IS_HELD) | IS_BARRED
  state.slots.flags[left] = IS_BARRED
  if (state.bars.length < state.options.barsMax) state.bars.push([root, left])
  else refuse(state, 'bars_full')
  touchSegments(state, root)
  touchSegments(state, left)
  return left
}

const rehome = (state: Profiles, split: Split, root: number, left: number): void => {
  const { slots, identifiers } = state
  for (const slot of split.stayingSlots) if (slot !== root) slots.redirects[slot] = root + 1
  for (const slot of split.leavingSlots) slots.redirects[slot] = slot === left ? 0 : left + 1
  const leavingSlots = new Set(split.leavingSlots)
  for (const entry of split.entries) {
    const leaves = split.leavingEntries.has(entry)
    if (leaves !== leavingSlots.has(at(identifiers.slots, entry)))
      identifiers.slots[entry] = leaves ? left : root
  }
  chain(
    state,
    root,
    split.entries.filter((entry) => !split.leavingEntries.has(entry)),
  )
  chain(
    state,
    left,
    split.entries.filter((entry) => split.leavingEntries.has(entry)),
  )
  slots.mergeCounts[root] = split.stayingSlots.length - 1
  slots.mergeCounts[left] = Math.max(split.leavingSlots.length - 1, 0)
}

const chain = (state: Profiles, slot: number, entries: readonly number[]): void => {
  const { slots, identifiers } = state
  let kinds = 0
  let head = 0
  for (const entry of entries.toReversed()) {
    identifiers.nexts[entry] = head
    head = entry + 1
    kinds |= 1 << KINDS.indexOf(kindOfEntry(identifiers, entry))
  }
  slots.identifierHeads[slot] = head
  slots.identifierCounts[slot] = entries.length
  slots.kinds[slot] = kinds
}

/** What came while the halves were being folded; it is in no half, so it stays with the one that stays. */
const timelineSince = (state: Profiles, root: number, startedAt: number): number[] =>
  offsetsOf(state.timeline, at(state.slots.timelineHeads, root), state.options.asideMax)
    .filter((offset) => offset >= startedAt)
    .toReversed()
