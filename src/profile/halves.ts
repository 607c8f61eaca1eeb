// One profile without its identifiers as a JSON value: what an un-merge carries through the log.

import { BINS, CATEGORIES, clearRow, WORDS } from './columns.ts'
import { listConsents, writeConsent } from './consents.ts'
import type { ConsentRecord } from './consents.ts'
import { at } from '../kernel/growable.ts'
import { nameOf, numberOf } from './names.ts'
import type { Profiles } from './state.ts'
import { note, refuse } from './state.ts'
import { offsetsOf } from './timeline.ts'
import type { ToneRow } from './tones.ts'
import type { TraitRecord } from './traits.ts'
import { listTraits, replaceTraits } from './traits.ts'

export type ProfileHalf = {
  /** The feature row as unsigned words (floats by their bits), and its counters. */
  readonly words: readonly number[]
  readonly bins: readonly number[]
  /** Names of the eight categories, '' where free. */
  readonly categories: readonly string[]
  readonly traits: readonly TraitRecord[]
  readonly zone: string
  readonly locale: string
  readonly consents: readonly ConsentRecord[]
  /** Absent in facts from before tones were read, and where nothing was. */
  readonly tone?: ToneRow
  /** Log offsets, oldest first. */
  readonly timeline: readonly number[]
}

export const HALF_TIMELINE_MAX = 1_000

export const readHalf = (state: Profiles, slot: number): ProfileHalf => {
  const tone = state.tones.get(slot)
  return { ...(tone === undefined ? {} : { tone }), ...plainHalf(state, slot) }
}

const plainHalf = (state: Profiles, slot: number): ProfileHalf => ({
  words: [...state.columns.words.subarray(slot * WORDS, (slot + 1) * WORDS)],
  bins: [...state.columns.bins.subarray(slot * BINS, (slot + 1) * BINS)],
  categories: [...state.columns.categories.subarray(slot * CATEGORIES, (slot + 1) * CATEGORIES)].map(
    (number) => nameOf(state.categoryNames, number),
  ),
  traits: listTraits(state.traits, slot),
  zone: nameOf(state.zoneNames, at(state.slots.zones, slot)),
  locale: nameOf(state.localeNames, at(state.slots.locales, slot)),
  consents: listConsents(state.consents, at(state.slots.consentHeads, slot)),
  timeline: offsetsOf(state.timeline, at(state.slots.timelineHeads, slot), HALF_TIMELINE_MAX).toReversed(),
})

/** Puts a half in the place of all that was known of `slot` but its identifiers. */
export const writeHalf = (state: Profiles, slot: number, half: ProfileHalf): void => {
  const { columns, slots } = state
  clearRow(columns, slot)
  columns.words.set(half.words, slot * WORDS)
  columns.bins.set(half.bins, slot * BINS)
  for (let i = 0; i < CATEGORIES; i++)
    columns.categories[slot * CATEGORIES + i] = Math.max(
      numberOf(state.categoryNames, half.categories[i] ?? ''),
      0,
    )
  replaceTraits(state.traits, slot, half.traits)
  slots.zones[slot] = Math.max(numberOf(state.zoneNames, half.zone), 0)
  slots.locales[slot] = Math.max(numberOf(state.localeNames, half.locale), 0)
  let head = 0
  for (const consent of half.consents)
    head = writeConsent(state.consents, head, consent, state.options, (reason) => refuse(state, reason))
  slots.consentHeads[slot] = head
  if (half.tone === undefined) state.tones.delete(slot)
  else state.tones.set(slot, half.tone)
  slots.timelineHeads[slot] = 0
  for (const offset of half.timeline) note(state, slot, offset)
}
