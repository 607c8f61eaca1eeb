// Whose a signal is. The strongest identifier it names decides; the others join that profile, or bring
// theirs along, unless that would make one person of two (rules P3 to P9).

import type { Signal } from '../signal/events.ts'
import type { IdentifierKind } from './events.ts'
import { isIgnored, shareIdentifier } from './erase.ts'
import { findEntry } from './identifier-table.ts'
import { KINDS, normaliseIdentifier } from './identifiers.ts'
import { mergeProfiles } from './merge.ts'
import type { Refusal } from './options.ts'
import type { Profiles } from './state.ts'
import { attach, hasFlag, IS_HELD, newSlot, ownerOf, refuse, rootOf } from './state.ts'

/** An identifier a signal names, in its one spelling, and the root slot that holds it, or -1. */
export type Named = { readonly kind: IdentifierKind; readonly value: string; readonly owner: number }

export type Resolution =
  | { readonly kind: 'slot'; readonly slot: number }
  /** Someone it concerns is being taken apart: keep it aside for that slot. */
  | { readonly kind: 'held'; readonly slot: number }
  | { readonly kind: 'nobody' }

const NOBODY: Resolution = { kind: 'nobody' }

/** Finds or makes the profile of a signal, attaching and merging as the rules say. */
export const resolveSignal = (state: Profiles, signal: Signal): Resolution => {
  const named = namedBy(state, signal, (reason) => refuse(state, reason))
  const previous = signal.kind === 'alias' ? previousOf(state, signal.previousId) : null
  // An alias without a valid identifier of its own has nothing to join the previous one to.
  if (previous !== null && named.length > 0 && isHeld(state, previous))
    return { kind: 'held', slot: previous.owner }
  const strongest = named[0]
  if (strongest === undefined) {
    refuse(state, 'no_identifier')
    return NOBODY
  }
  for (const name of named) if (isHeld(state, name)) return { kind: 'held', slot: name.owner }
  // Nearly all there is: one name, and it is known.
  if (named.length === 1 && previous === null && strongest.owner >= 0)
    return { kind: 'slot', slot: strongest.owner }
  let slot = strongest.owner >= 0 ? strongest.owner : adopt(state, strongest, named)
  for (let i = 1; i < named.length; i++) slot = join(state, slot, named[i] as Named, strongest.kind)
  if (previous !== null) slot = joinAlias(state, slot, previous)
  for (const { kind, value, owner } of named)
    if (owner >= 0 && rootOf(state, owner) !== slot) shareIdentifier(state, kind, value)
  return { kind: 'slot', slot }
}

/** The valid identifiers of a signal, strongest first. `refused` hears of each invalid one. */
export const namedBy = (state: Profiles, signal: Signal, refused: (reason: Refusal) => void): Named[] => {
  const named: Named[] = []
  take(state, named, 'user', signal.userId, refused)
  if (signal.kind !== 'group') {
    take(state, named, 'email', signal.traits['email'], refused)
    take(state, named, 'phone', signal.traits['phone'], refused)
  }
  take(state, named, 'anonymous', signal.anonymousId, refused)
  const device = signal.context['device']
  if (typeof device === 'object' && device !== null)
    take(state, named, 'device', (device as { id?: unknown }).id, refused)
  return named
}

const take = (
  state: Profiles,
  named: Named[],
  kind: IdentifierKind,
  raw: unknown,
  refused: (reason: Refusal) => void,
): void => {
  if (raw === undefined || raw === null || raw === '') return
  const name = nameIn(state, kind, raw, refused)
  if (name !== null) named.push(name)
}

const nameIn = (
  state: Profiles,
  kind: IdentifierKind,
  raw: unknown,
  refused: (reason: Refusal) => void,
): Named | null => {
  // An id that is known as it stands was found valid when it came first.
  if (typeof raw === 'string') {
    const entry = findEntry(state.identifiers, kind, raw)
    if (entry >= 0)
      return { kind, value: raw, owner: rootOf(state, state.identifiers.slots[entry] as number) }
  }
  const normal = normaliseIdentifier(kind, raw)
  if (normal.ok) {
    const { value } = normal
    if (isIgnored(state, kind, value)) return null
    return { kind, value, owner: value === raw ? -1 : ownerOf(state, kind, value) }
  }
  refused(normal.error)
  return null
}

const isHeld = (state: Profiles, name: Named): boolean =>
  name.owner >= 0 && hasFlag(state, name.owner, IS_HELD)

/** `previousId` may be a user id or an anonymous one; an unknown one is taken for anonymous. */
const previousOf = (state: Profiles, raw: string): Named | null => {
  const asUser = nameIn(state, 'user', raw, (reason) => refuse(state, reason))
  if (asUser === null || asUser.owner >= 0) return asUser
  if (isIgnored(state, 'anonymous', asUser.value)) return null
  return { kind: 'anonymous', value: asUser.value, owner: ownerOf(state, 'anonymous', asUser.value) }
}

/** A home for an identifier nobody holds: the profile of a weaker one, if that may be, or a new one. */
const adopt = (state: Profiles, strongest: Named, named: readonly Named[]): number => {
  let slot = -1
  for (let i = 1; i < named.length && slot < 0; i++) {
    const { owner } = named[i] as Named
    if (owner < 0) continue
    const conflict = conflictOf(bitOf(strongest.kind), state.slots.kinds[owner] as number, strongest.kind)
    if (conflict === null) slot = owner
    else refuse(state, conflict)
  }
  if (slot < 0) slot = newSlot(state)
  attach(state, slot, strongest.kind, strongest.value)
  return slot
}

const join = (state: Profiles, slot: number, name: Named, strongest: IdentifierKind): number => {
  if (name.owner < 0) {
    attach(state, slot, name.kind, name.value)
    return slot
  }
  const owner = rootOf(state, name.owner)
  if (owner === slot) return slot
  const conflict = conflictOf(
    state.slots.kinds[slot] as number,
    state.slots.kinds[owner] as number,
    strongest,
  )
  if (conflict === null) return mergeProfiles(state, slot, owner)
  refuse(state, conflict)
  return slot
}

/** An alias is a person's or a system's express word: it joins even two user ids. */
const joinAlias = (state: Profiles, slot: number, previous: Named): number => {
  if (previous.owner >= 0) return mergeProfiles(state, slot, rootOf(state, previous.owner))
  // The signal may have just given it to someone as its anonymousId.
  const owner = ownerOf(state, previous.kind, previous.value)
  if (owner >= 0) return mergeProfiles(state, slot, owner)
  attach(state, slot, previous.kind, previous.value)
  return slot
}

const bitOf = (kind: IdentifierKind): number => 1 << KINDS.indexOf(kind)
const USER = bitOf('user')
const EMAIL = bitOf('email')
const PHONE = bitOf('phone')

/**
 * Why two sets of identifier kinds may not become one profile on the word of a signal whose strongest
 * identifier is `strongest`: each has its own of a kind that is a person's, and nothing stronger joins them.
 */
const conflictOf = (left: number, right: number, strongest: IdentifierKind): Refusal | null => {
  const both = left & right
  if (both & USER) return 'user_conflict'
  if (strongest === 'user') return null
  if (both & EMAIL) return 'email_conflict'
  if (strongest !== 'email' && both & PHONE) return 'phone_conflict'
  return null
}
