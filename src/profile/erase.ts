// A person erased: nothing of them is left but the numbers of their slots, which nobody else is ever given. So the
// people who stay keep their numbers, whether the log is folded with the erased person's records or without them.

import { hash32 } from '../kernel/hash.ts'
import { clearRow } from './columns.ts'
import type { ErasureStarted, IdentifierKind, ProfileErased } from './events.ts'
import { at } from '../kernel/growable.ts'
import { eraseEntry, findEntry, identifierAt, isShared } from './identifier-table.ts'
import { KINDS } from './identifiers.ts'
import { ownersOf } from './owner.ts'
import { touchSegments } from './segments.ts'
import type { ProfileRef, Profiles } from './state.ts'
import {
  entriesOf,
  hasFlag,
  IS_BARRED,
  IS_ERASED,
  IS_HELD,
  rootOf,
  skipErased,
  SLOT_COLUMNS,
  slotOfId,
  slotsOf,
} from './state.ts'
import { writeText } from '../kernel/text-store.ts'

/** What is left of a person where their records were: no content, only what keeps the others as they are. */
export type ErasedMark = {
  /** Slots that their records had made. */
  readonly slots: readonly number[]
  /** Fingerprints of identifiers that other people's records name too: nobody holds those any more. */
  readonly ignored: readonly string[]
}

export type ErasurePlan = {
  /** Owners of their records, as {@link personalOf} spells them. */
  readonly owners: readonly string[]
  readonly identifiers: readonly { readonly kind: IdentifierKind; readonly value: string }[]
  readonly mark: ErasedMark
}

/** What erasing this person takes; null while they are, or ever were, taken apart from another one. */
export const planErasure = (state: Profiles, ref: ProfileRef): ErasurePlan | null => {
  const root = rootOf(state, ref)
  if (hasFlag(state, root, IS_HELD) || hasFlag(state, root, IS_BARRED)) return null
  const entries = entriesOf(state, root)
  const identifiers = entries.map((entry) => identifierAt(state.identifiers, entry))
  const shared = entries.filter((entry) => isShared(state.identifiers, entry))
  return {
    owners: ownersOf(identifiers),
    identifiers,
    mark: {
      slots: slotsOf(state, root),
      ignored: shared.map((entry) => {
        const { kind, value } = identifierAt(state.identifiers, entry)
        return fingerprintOf(kind, value)
      }),
    },
  }
}

export const isErased = (state: Profiles, ref: ProfileRef): boolean =>
  hasFlag(state, rootOf(state, ref), IS_ERASED)

/** Marks found where records were: their slots are nobody's, and what they shared nobody holds. */
export const reserveErased = (state: Profiles, marks: readonly ErasedMark[]): void => {
  for (const { slots, ignored } of marks) {
    for (const slot of slots) state.erased.add(slot)
    for (const fingerprint of ignored) state.ignored.add(fingerprint)
  }
}

export const startErasure = (state: Profiles, { profileId, by }: ErasureStarted): void => {
  skipErased(state)
  const slot = slotOfId(state, profileId)
  if (slot >= 0) state.erasing.set(slot, by)
}

export const foldErased = (state: Profiles, { profileId, mark }: ProfileErased): void => {
  reserveErased(state, [mark])
  const slot = slotOfId(state, profileId)
  for (const gone of [slot, ...mark.slots]) state.erasing.delete(gone)
  if (slot >= 0) wipe(state, rootOf(state, slot))
  skipErased(state)
}

/** Whether keys were destroyed that left this mark, and no fact says so. */
export const isUntold = (state: Profiles, { slots }: ErasedMark): boolean =>
  slots.some((slot) => state.erasing.has(slot) || (slot < state.slotCount && !isErased(state, slot)))

/** People whose erasure began and is not done: a crash came between. */
export const erasuresBegun = (
  state: Profiles,
): readonly { readonly ref: ProfileRef; readonly by: string }[] =>
  [...state.erasing]
    .filter(([slot]) => !isErased(state, slot))
    .map(([slot, by]) => ({ ref: rootOf(state, slot), by }))

/** Whether nobody may hold an identifier since an erased person shared it with others. */
export const isIgnored = (state: Profiles, kind: IdentifierKind, value: string): boolean =>
  state.ignored.size > 0 && state.ignored.has(fingerprintOf(kind, value))

/** Takes note that a signal of `slot` names an identifier that another profile holds. */
export const shareIdentifier = (state: Profiles, kind: IdentifierKind, value: string): void => {
  const entry = findEntry(state.identifiers, kind, value)
  if (entry >= 0) state.identifiers.shared.add(entry)
}

const fingerprintOf = (kind: IdentifierKind, value: string): string => {
  const seed = KINDS.indexOf(kind)
  return `${hash32(value, seed + 101).toString(36)}.${hash32(value, seed + 211).toString(36)}`
}

const wipe = (state: Profiles, root: number): void => {
  if (hasFlag(state, root, IS_ERASED)) return
  const slots = slotsOf(state, root)
  for (const entry of entriesOf(state, root)) eraseEntry(state.identifiers, entry)
  for (const slot of slots) {
    clearRow(state.columns, slot)
    writeText(state.traits.texts, slot, '')
    state.tones.delete(slot)
    const redirect = at(state.slots.redirects, slot)
    for (const name of SLOT_COLUMNS) state.slots[name][slot] = 0
    state.slots.redirects[slot] = redirect
  }
  state.slots.flags[root] = IS_ERASED
  state.erasedCount++
  touchSegments(state, root)
}
