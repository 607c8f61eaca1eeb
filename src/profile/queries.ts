// Questions others ask of the profiles. None changes anything.

import type { ProfileId } from '../kernel/ids.ts'
import { binOf, HOURS_AT } from './columns.ts'
import type { ConsentState } from './consents.ts'
import { readConsent } from './consents.ts'
import { isTextValid } from './consent-texts.ts'
import type { ChannelName, Identifier, IdentifierKind } from './events.ts'
import { at } from '../kernel/growable.ts'
import { identifierAt, kindOfEntry } from './identifier-table.ts'
import { KINDS, normaliseIdentifier } from './identifiers.ts'
import type { RefusalCounts } from './options.ts'
import type { ProfileRef, Profiles, SlotMerge, Unmerging } from './state.ts'
import {
  entriesOf,
  hasFlag,
  holdsKind,
  idOfSlot,
  IS_ERASED,
  IS_HELD,
  ownerOf,
  rootOf,
  slotOfId,
  slotsOf,
} from './state.ts'
import { offsetsOf } from './timeline.ts'
import { readTraits } from './traits.ts'
import { peakBin } from './lazy-features.ts'

/** The profile holding this identifier, in any spelling. */
export const findProfile = (state: Profiles, { kind, value }: Identifier): ProfileRef | undefined => {
  const normal = normaliseIdentifier(kind, value)
  const slot = normal.ok ? ownerOf(state, kind, normal.value) : -1
  return slot < 0 ? undefined : slot
}

/** Profiles that hold `text` as an identifier of any kind, or whose id it is. */
export const searchProfiles = (state: Profiles, text: string): readonly ProfileRef[] => {
  const found = new Set<ProfileRef>()
  const byId = refOf(state, text.trim())
  if (byId !== undefined && !hasFlag(state, byId, IS_ERASED)) found.add(byId)
  for (const kind of KINDS) {
    const slot = findProfile(state, { kind, value: text })
    if (slot !== undefined) found.add(slot)
  }
  return [...found]
}

export const profileIdOf = (state: Profiles, ref: ProfileRef): ProfileId => idOfSlot(rootOf(state, ref))

/** The profile this id stands for today: an id merged away leads to where it went. */
export const refOf = (state: Profiles, id: ProfileId | string): ProfileRef | undefined => {
  const slot = slotOfId(state, id)
  return slot < 0 ? undefined : rootOf(state, slot)
}

/** The latest word on a channel and purpose; `unknown` when nobody ever said, `outdated` when a text in force asks for another one. */
export const consentOf = (
  state: Profiles,
  ref: ProfileRef,
  channel: ChannelName,
  purpose: string,
): ConsentState => {
  const head = at(state.slots.consentHeads, rootOf(state, ref))
  const said = readConsent(state.consents, head, channel, purpose)
  if (said.state !== 'granted' || state.consentTexts.length === 0) return said.state
  return isTextValid(state.consentTexts, { channel, purpose, version: said.textVersion })
    ? 'granted'
    : 'outdated'
}

/** False while the profile is being taken apart. */
export const isSettled = (state: Profiles, ref: ProfileRef): boolean =>
  !hasFlag(state, rootOf(state, ref), IS_HELD)

const ADDRESS_KINDS: { readonly [channel in ChannelName]: IdentifierKind | null } = {
  email: 'email',
  sms: 'phone',
  messenger: 'phone',
  push: 'device',
  onsite: null,
  webhook: null,
}

/**
 * Where a channel reaches the person: of several addresses the one the traits name now, else the one that
 * came last. Undefined when there is none. Placements on site and webhooks get the profile id.
 */
export const addressOf = (state: Profiles, ref: ProfileRef, channel: ChannelName): string | undefined => {
  const slot = rootOf(state, ref)
  const kind = ADDRESS_KINDS[channel]
  if (kind === null) return idOfSlot(slot)
  if (!holdsKind(state, slot, kind)) return undefined
  const entries = entriesOf(state, slot).filter((entry) => kindOfEntry(state.identifiers, entry) === kind)
  const addresses = entries.map((entry) => identifierAt(state.identifiers, entry).value)
  if (addresses.length > 1 && kind !== 'device') {
    const named = normaliseIdentifier(kind, readTraits(state.traits, slot)[kind])
    if (named.ok && addresses.includes(named.value)) return named.value
  }
  return addresses[0]
}

/** Slots given so far, merged ones included: every ref is below it. */
export const slotCount = (state: Profiles): number => {
  let count = state.slotCount
  // Numbers of erased people that come next are given to nobody.
  while (state.erased.has(count)) count++
  return count
}

/** Merges that the last folded event made, in order: `from` is now part of `into`. */
export const mergesOf = (state: Profiles): readonly SlotMerge[] => state.lastMerges

/** The id of a person and those of the profiles merged into it. */
export const idsOf = (state: Profiles, ref: ProfileRef): readonly ProfileId[] =>
  slotsOf(state, rootOf(state, ref)).map(idOfSlot)

const USUAL_HOURS_MAX = 4

/** Local hours in which the person is about as active as at their peak: at most four, fullest first. */
export const usualHoursOf = (state: Profiles, ref: ProfileRef): readonly number[] => {
  const slot = rootOf(state, ref)
  const peak = peakBin(state.columns, slot, HOURS_AT, 24)
  if (peak < 0) return []
  const weight = (hour: number) => binOf(state.columns, slot, HOURS_AT + hour)
  const least = weight(peak) / 2
  const hours: number[] = []
  for (let hour = 0; hour < 24; hour++) if (weight(hour) >= least && weight(hour) > 0) hours.push(hour)
  return hours.toSorted((a, b) => weight(b) - weight(a) || a - b).slice(0, USUAL_HOURS_MAX)
}

/** People known now: profiles merged into others are not counted. */
export const countProfiles = (state: Profiles): number =>
  state.slotCount - state.mergedCount - state.erasedCount

const isSomebody = (state: Profiles, slot: number): boolean =>
  at(state.slots.redirects, slot) === 0 && !hasFlag(state, slot, IS_ERASED)

/** All profiles in order of first sight; `visit` returning false ends it. */
export const eachProfile = (state: Profiles, visit: (ref: ProfileRef) => boolean | void): void => {
  for (let slot = 0; slot < state.slotCount; slot++)
    if (isSomebody(state, slot) && visit(slot) === false) return
}

/** Up to `size` profiles spread evenly over all, the same ones for the same state. */
export const sampleProfiles = (state: Profiles, size: number): readonly ProfileRef[] => {
  const sample = new Set<ProfileRef>()
  const step = Math.max(1, state.slotCount / Math.max(1, size))
  for (let at = 0; at < state.slotCount && sample.size < size; at += step) {
    const root = rootOf(state, Math.floor(at))
    if (!hasFlag(state, root, IS_ERASED)) sample.add(root)
  }
  return [...sample]
}

/** Offsets of log events about the person, newest first; what was merged in is among them. */
export const timelineOffsets = (
  state: Profiles,
  ref: ProfileRef,
  limit = 100,
): readonly { readonly offset: number }[] => {
  const root = rootOf(state, ref)
  const offsets = new Set<number>()
  for (const slot of slotsOf(state, root))
    for (const offset of offsetsOf(state.timeline, at(state.slots.timelineHeads, slot), limit))
      offsets.add(offset)
  return [...offsets]
    .toSorted((a, b) => b - a)
    .slice(0, limit)
    .map((offset) => ({ offset }))
}

/** How often something was not taken into a profile, by reason: for data health. */
export const refusalCounts = (state: Profiles): Readonly<RefusalCounts> => state.refusals

/** Un-merges that were started and not finished: to be planned again after a restart. */
export const openUnmerges = (state: Profiles): readonly (Unmerging & { readonly profileId: ProfileId })[] =>
  [...state.unmerges].map(([slot, unmerging]) => ({ ...unmerging, profileId: idOfSlot(slot) }))
