// All that is known of all people: one slot per profile, in order of first sight. A slot merged into
// another redirects to it for ever, so that ids in old events still lead to the person.

import type { ProfileId } from '../kernel/ids.ts'
import { asProfileId } from '../kernel/ids.ts'
import type { LogEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import type { Columns } from './columns.ts'
import { createColumns, reserveRows } from './columns.ts'
import type { ConsentTable } from './consents.ts'
import type { Wording } from './consent-texts.ts'
import { createConsentTable } from './consents.ts'
import type { ConsentText, Identifier, IdentifierKind, ToneEvent } from './events.ts'
import { grown } from '../kernel/growable.ts'
import type { IdentifierTable } from './identifier-table.ts'
import { addEntry, createIdentifierTable, findEntry, identifierAt } from './identifier-table.ts'
import { KINDS } from './identifiers.ts'
import type { HourClock } from './local-hour.ts'
import { createHourClock } from './local-hour.ts'
import type { Names } from './names.ts'
import { createNames } from './names.ts'
import type { ProfileOptions, Refusal, RefusalCounts } from './options.ts'
import { DEFAULT_PROFILE_OPTIONS, noRefusals } from './options.ts'
import { KEEP_ALL, type Retention } from './retention.ts'
import type { SegmentState } from './segment-state.ts'
import { createSegmentState } from './segment-state.ts'
import type { Timeline } from './timeline.ts'
import { createTextStore } from '../kernel/text-store.ts'
import { createTimeline, isLive, isTurning, noteOffset } from './timeline.ts'
import { STANDARD_TONE_EVENTS, type Tones } from './tones.ts'
import type { TraitStore } from './traits.ts'

/** A slot number. Merges move people: every function here follows them. */
export type ProfileRef = number

/** Kept back while a profile is taken apart, and folded when its halves are there. */
export type Aside =
  | { readonly kind: 'signal'; readonly offset: number; readonly signal: Signal }
  | { readonly kind: 'event'; readonly event: LogEvent }

/** An un-merge under way: the log up to `offset` is what its halves are folded from. */
export type Unmerging = {
  readonly unmergeId: string
  readonly offset: number
  readonly leaving: readonly Identifier[]
}

/** `from` is now part of `into`. */
export type SlotMerge = { readonly from: number; readonly into: number }

/** Per-slot numbers beside the feature rows. Links are index + 1; 0 is none. */
export type SlotColumns = {
  redirects: Uint32Array
  identifierHeads: Uint32Array
  consentHeads: Uint32Array
  timelineHeads: Uint32Array
  identifierCounts: Uint16Array
  mergeCounts: Uint16Array
  zones: Uint16Array
  locales: Uint16Array
  /** Bit per {@link KINDS}: which kinds of identifier the profile holds. */
  kinds: Uint8Array
  flags: Uint8Array
}

export type Profiles = {
  readonly options: ProfileOptions
  /** Slots given so far, merged ones included. */
  slotCount: number
  mergedCount: number
  readonly refusals: RefusalCounts
  columns: Columns
  readonly slots: SlotColumns
  identifiers: IdentifierTable
  readonly traits: TraitStore
  consents: ConsentTable
  timeline: Timeline
  zoneNames: Names
  localeNames: Names
  categoryNames: Names
  readonly aside: Map<number, Aside[]>
  /** Root slots that are being taken apart. */
  readonly unmerges: Map<number, Unmerging>
  /** Pairs of slots that may not become one again. */
  readonly bars: (readonly [number, number])[]
  /** Merges that the last folded event made, in order. */
  readonly lastMerges: SlotMerge[]
  /** Slots of erased people: given to nobody else. */
  readonly erased: Set<number>
  /** Slots of people whose erasure began, and by whom it was asked. */
  readonly erasing: Map<number, string>
  /** Fingerprints of identifiers that erased people shared with others: nobody holds them. */
  readonly ignored: Set<string>
  /** Root slots that are erased people. */
  erasedCount: number
  readonly segments: SegmentState
  readonly tones: Tones
  /** Whose text is read. */
  toneEvents: readonly ToneEvent[]
  /** What people are asked to agree to, and all wordings there ever were. */
  consentTexts: readonly ConsentText[]
  wordings: readonly Wording[]
  /** How long is kept what, and what was last let go. */
  retention: Retention
  readonly hours: HourClock
}

export const IS_HELD = 1
export const IS_BARRED = 2
export const IS_ERASED = 4

/** An empty state. Its owner is the fold; all others only read. */
export const createProfiles = (options: Partial<ProfileOptions> = {}): Profiles => {
  const all = { ...DEFAULT_PROFILE_OPTIONS, ...options }
  const refusals = noRefusals()
  return {
    options: all,
    slotCount: 0,
    mergedCount: 0,
    refusals,
    columns: createColumns(16),
    slots: createSlots(),
    identifiers: createIdentifierTable(),
    traits: {
      texts: createTextStore(),
      keys: createNames(all.namesMax),
      limits: all,
      refuse: (reason) => refusals[reason]++,
    },
    consents: createConsentTable(all.namesMax),
    timeline: createTimeline(all.timelineMax),
    zoneNames: createNames(all.namesMax),
    localeNames: createNames(all.namesMax),
    categoryNames: createNames(all.namesMax),
    aside: new Map(),
    unmerges: new Map(),
    bars: [],
    lastMerges: [],
    erased: new Set(),
    erasing: new Map(),
    ignored: new Set(),
    erasedCount: 0,
    segments: createSegmentState(),
    tones: new Map(),
    toneEvents: STANDARD_TONE_EVENTS,
    consentTexts: [],
    wordings: [],
    retention: KEEP_ALL,
    hours: createHourClock(),
  }
}

const createSlots = (): SlotColumns => ({
  redirects: new Uint32Array(16),
  identifierHeads: new Uint32Array(16),
  consentHeads: new Uint32Array(16),
  timelineHeads: new Uint32Array(16),
  identifierCounts: new Uint16Array(16),
  mergeCounts: new Uint16Array(16),
  zones: new Uint16Array(16),
  locales: new Uint16Array(16),
  kinds: new Uint8Array(16),
  flags: new Uint8Array(16),
})

export const SLOT_COLUMNS = Object.keys(createSlots()) as (keyof SlotColumns)[]

export const refuse = (state: Profiles, reason: Refusal): void => {
  state.refusals[reason]++
}

export const newSlot = (state: Profiles): number => {
  skipErased(state)
  return nextSlot(state)
}

/** Gives the numbers that are erased people's to nobody. */
export const skipErased = (state: Profiles): void => {
  while (state.erased.has(state.slotCount)) {
    state.slots.flags[nextSlot(state)] = IS_ERASED
    state.erasedCount++
  }
}

const nextSlot = (state: Profiles): number => {
  const slot = state.slotCount++
  reserveRows(state.columns, state.slotCount)
  const { slots } = state
  for (const name of SLOT_COLUMNS) slots[name] = grown(slots[name], state.slotCount) as never
  return slot
}

/** The slot that stands for this one today. */
export const rootOf = (state: Profiles, slot: number): number => {
  let root = slot
  for (
    let next = state.slots.redirects[root] as number;
    next !== 0;
    next = state.slots.redirects[root] as number
  )
    root = next - 1
  return root
}

export const isKnown = (state: Profiles, ref: ProfileRef): boolean =>
  Number.isInteger(ref) && ref >= 0 && ref < state.slotCount

/** The root slot holding a normalised identifier, or -1. */
export const ownerOf = (state: Profiles, kind: IdentifierKind, value: string): number => {
  const entry = findEntry(state.identifiers, kind, value)
  return entry < 0 ? -1 : rootOf(state, state.identifiers.slots[entry] as number)
}

/** Gives a profile an identifier that nobody holds. False when it holds as many as it may. */
export const attach = (state: Profiles, slot: number, kind: IdentifierKind, value: string): boolean => {
  const { slots } = state
  if ((slots.identifierCounts[slot] as number) >= state.options.identifiersMax) {
    refuse(state, 'identifier_cap')
    return false
  }
  const entry = addEntry(state.identifiers, kind, value, slot, slots.identifierHeads[slot] as number)
  slots.identifierHeads[slot] = entry + 1
  slots.identifierCounts[slot]! += 1
  slots.kinds[slot]! |= 1 << KINDS.indexOf(kind)
  return true
}

/** Entries of a profile's identifiers, the newest first within what was merged. */
export const entriesOf = (state: Profiles, slot: number): number[] => {
  const entries: number[] = []
  for (
    let link = state.slots.identifierHeads[slot] as number;
    link !== 0;
    link = state.identifiers.nexts[link - 1] as number
  )
    entries.push(link - 1)
  return entries
}

/** The slot of a person and those merged into it, ascending. */
export const slotsOf = (state: Profiles, root: number): readonly number[] => {
  if ((state.slots.mergeCounts[root] as number) === 0) return [root]
  const slots = new Set([root])
  for (const entry of entriesOf(state, root)) slots.add(state.identifiers.slots[entry] as number)
  return [...slots].toSorted((a, b) => a - b)
}

export const identifiersOf = (state: Profiles, slot: number): readonly Identifier[] =>
  entriesOf(state, slot).map((entry) => identifierAt(state.identifiers, entry))

export const holdsKind = (state: Profiles, slot: number, kind: IdentifierKind): boolean =>
  ((state.slots.kinds[slot] as number) & (1 << KINDS.indexOf(kind))) !== 0

export const hasFlag = (state: Profiles, slot: number, flag: number): boolean =>
  ((state.slots.flags[slot] as number) & flag) !== 0

/** Puts the event at `offset` on the profile's timeline. */
export const note = (state: Profiles, slot: number, offset: number): void => {
  const heads = state.slots.timelineHeads
  heads[slot] = noteOffset(state.timeline, heads[slot] as number, offset)
  if (!isTurning(state.timeline)) return
  for (let other = 0; other < state.slotCount; other++)
    if (!isLive(state.timeline, heads[other] as number)) heads[other] = 0
}

export const idOfSlot = (slot: number): ProfileId => asProfileId(`p${slot + 1}`)

const PROFILE_ID = /^p([1-9]\d{0,9})$/

/** The slot a profile id was given to, before any merge; -1 when there is none. */
export const slotOfId = (state: Profiles, id: string): number => {
  const digits = PROFILE_ID.exec(id)?.[1]
  const slot = digits === undefined ? -1 : Number(digits) - 1
  return slot < state.slotCount ? slot : -1
}
