// The profile state as named columns and back. What can be reckoned from the rest (hash index, segment
// memberships) is left out, so equal states are equal bytes.

import type { Json } from '../kernel/json.ts'
import type { Dump } from '../log/dump.ts'
import { BINS, CATEGORIES, reserveRows, WORDS } from './columns.ts'
import { bytesOf, dumpConsents, halvesOf, restoreConsents } from './consents.ts'
import type { Wording } from './consent-texts.ts'
import type { ConsentText, SegmentSpec, ToneEvent } from './events.ts'
import { grown } from '../kernel/growable.ts'
import { lengthOf, rebuildIndex } from './identifier-table.ts'
import { dumpNames, numberOf, restoreNames } from './names.ts'
import type { ProfileOptions } from './options.ts'
import { applySegments } from './segments.ts'
import type { Retention } from './retention.ts'
import type { Aside, Profiles, Unmerging } from './state.ts'
import { createProfiles, SLOT_COLUMNS } from './state.ts'
import type { TextStore } from '../kernel/text-store.ts'
import { bytesAt, writeBytes } from '../kernel/text-store.ts'
import { dumpTones, restoreTones } from './tones.ts'
import { dumpTimeline, restoreTimeline } from './timeline.ts'

/** Columns of the whole state, copies of it. The same events give the same bytes, restored in between or not. */
export const dumpProfiles = (state: Profiles): Dump => {
  const rows = state.slotCount
  const { identifiers, columns } = state
  const traits = packTexts(state.traits.texts, rows)
  return {
    state: json({
      rows,
      merged: state.mergedCount,
      refusals: state.refusals,
      bars: state.bars,
      aside: [...state.aside],
      unmerges: [...state.unmerges],
      segments: state.segments.specs,
      toneEvents: state.toneEvents,
      consentTexts: state.consentTexts,
      wordings: state.wordings,
      retention: state.retention,
      erased: [...state.erased].toSorted((a, b) => a - b),
      erasing: [...state.erasing],
      erasedCount: state.erasedCount,
      ignored: [...state.ignored].toSorted(),
      shared: [...identifiers.shared].toSorted((a, b) => a - b),
    }),
    ...Object.fromEntries(SLOT_COLUMNS.map((name) => [`slot.${name}`, narrow(state.slots[name], rows)])),
    words: columns.words.slice(0, rows * WORDS),
    bins: columns.bins.slice(0, rows * BINS),
    categories: bytesOf(columns.categories, rows * CATEGORIES),
    'id.hashes': identifiers.hashes.slice(0, identifiers.count),
    'id.slots': identifiers.slots.slice(0, identifiers.count),
    'id.nexts': identifiers.nexts.slice(0, identifiers.count),
    'id.metas': identifiers.metas.slice(0, identifiers.count),
    'id.text': identifiers.text.slice(0, identifiers.textLength),
    'traits.lengths': bytesOf(traits.lengths, rows),
    'traits.keys': dumpNames(state.traits.keys),
    'traits.text': traits.text,
    zoneNames: dumpNames(state.zoneNames),
    localeNames: dumpNames(state.localeNames),
    categoryNames: dumpNames(state.categoryNames),
    tones: dumpTones(state.tones),
    ...dumpConsents(state.consents),
    ...dumpTimeline(state.timeline),
  }
}

type StateColumn = {
  readonly rows: number
  readonly merged: number
  readonly refusals: Profiles['refusals']
  readonly bars: readonly (readonly [number, number])[]
  readonly aside: readonly (readonly [number, Aside[]])[]
  readonly unmerges: readonly (readonly [number, Unmerging])[]
  readonly segments: readonly SegmentSpec[]
  readonly toneEvents: readonly ToneEvent[]
  readonly consentTexts: readonly ConsentText[]
  readonly wordings: readonly Wording[]
  readonly retention: Retention
  readonly erased: readonly number[]
  readonly erasing: readonly (readonly [number, string])[]
  readonly erasedCount: number
  readonly ignored: readonly string[]
  readonly shared: readonly number[]
}

/** The state a dump was made of. Memberships of segments are reckoned anew by the next refreshes. */
export const restoreProfiles = (dump: Dump, options: Partial<ProfileOptions> = {}): Profiles => {
  const state = createProfiles(options)
  const saved = dump['state'] as unknown as StateColumn
  state.slotCount = saved.rows
  state.mergedCount = saved.merged
  Object.assign(state.refusals, saved.refusals)
  for (const slot of saved.erased) state.erased.add(slot)
  for (const [slot, by] of saved.erasing) state.erasing.set(slot, by)
  for (const fingerprint of saved.ignored) state.ignored.add(fingerprint)
  for (const entry of saved.shared) state.identifiers.shared.add(entry)
  state.erasedCount = saved.erasedCount
  state.retention = saved.retention
  state.bars.push(...saved.bars)
  for (const [slot, aside] of saved.aside) state.aside.set(slot, [...aside])
  for (const [slot, unmerging] of saved.unmerges) state.unmerges.set(slot, unmerging)
  for (const name of SLOT_COLUMNS)
    state.slots[name] = widen(dump[`slot.${name}`] as Uint8Array | Uint32Array, state.slots[name]) as never
  reserveRows(state.columns, saved.rows)
  state.columns.words.set(dump['words'] as Uint32Array)
  state.columns.bins.set(dump['bins'] as Uint8Array)
  state.columns.categories.set(halvesOf(dump['categories'] as Uint8Array))
  restoreIdentifiers(state, dump)
  unpackTexts(
    state.traits.texts,
    halvesOf(dump['traits.lengths'] as Uint8Array),
    dump['traits.text'] as Uint8Array,
  )
  for (const key of dump['traits.keys'] as readonly string[]) numberOf(state.traits.keys, key)
  const { namesMax, timelineMax } = state.options
  state.zoneNames = restoreNames(dump['zoneNames'] as Json, namesMax)
  state.localeNames = restoreNames(dump['localeNames'] as Json, namesMax)
  state.categoryNames = restoreNames(dump['categoryNames'] as Json, namesMax)
  state.consents = restoreConsents(dump, namesMax)
  state.timeline = restoreTimeline(dump, timelineMax)
  for (const [slot, row] of restoreTones(dump['tones'] as Json)) state.tones.set(slot, row)
  state.toneEvents = saved.toneEvents
  state.consentTexts = saved.consentTexts
  state.wordings = saved.wordings
  applySegments(state, saved.segments)
  return state
}

const restoreIdentifiers = (state: Profiles, dump: Dump): void => {
  const table = state.identifiers
  const hashes = dump['id.hashes'] as Uint32Array
  table.count = hashes.length
  table.hashes = enlarged(hashes, table.hashes)
  table.slots = enlarged(dump['id.slots'] as Uint32Array, table.slots)
  table.nexts = enlarged(dump['id.nexts'] as Uint32Array, table.nexts)
  table.metas = enlarged(dump['id.metas'] as Uint32Array, table.metas)
  table.starts = grown(table.starts, table.count)
  let start = 0
  for (let entry = 0; entry < table.count; entry++) {
    table.starts[entry] = start
    start += lengthOf(table.metas[entry] as number)
  }
  const text = dump['id.text'] as Uint8Array
  table.text = grown(table.text, text.length)
  table.text.set(text)
  table.textLength = text.length
  rebuildIndex(table)
}

/** A copy of `column` in an array like `empty` with room to grow. */
const enlarged = (column: Uint32Array, empty: Uint32Array): Uint32Array => {
  const bigger = grown(empty, column.length)
  bigger.set(column)
  return bigger
}

const narrow = (column: Uint8Array | Uint16Array | Uint32Array, rows: number): Uint8Array | Uint32Array =>
  column instanceof Uint16Array ? bytesOf(column, rows) : column.slice(0, rows)

const widen = <T extends Uint8Array | Uint16Array | Uint32Array>(
  saved: Uint8Array | Uint32Array,
  empty: T,
): T => {
  const values = empty instanceof Uint16Array ? halvesOf(saved as Uint8Array) : saved
  const column = grown(empty, values.length)
  column.set(values)
  return column
}

const packTexts = (store: TextStore, rows: number): { lengths: Uint16Array; text: Uint8Array } => {
  const lengths = grown(new Uint16Array(16), rows)
  lengths.set(store.lengths.subarray(0, Math.min(rows, store.lengths.length)))
  let total = 0
  for (let slot = 0; slot < rows; slot++) total += lengths[slot] as number
  const text = new Uint8Array(total)
  let start = 0
  for (let slot = 0; slot < rows; slot++) {
    const bytes = bytesAt(store, slot)
    if (bytes === null) continue
    text.set(bytes, start)
    start += bytes.length
  }
  return { lengths, text }
}

const unpackTexts = (store: TextStore, lengths: Uint16Array, text: Uint8Array): void => {
  let start = 0
  lengths.forEach((length, slot) => {
    if (length > 0) writeBytes(store, slot, text.subarray(start, start + length))
    start += length
  })
}

const json = (value: unknown): Json => value as Json
