// Who allowed what: per channel and purpose the latest word by event time, with the version of the text
// the person saw, the time and the source. A withdrawal wins a tie.

import type { Dump } from '../log/dump.ts'
import type { ChannelName } from './events.ts'
import { CHANNELS } from './columns.ts'
import { at, grown } from '../kernel/growable.ts'
import type { Names } from './names.ts'
import { createNames, dumpNames, nameOf, numberOf, restoreNames } from './names.ts'
import type { ProfileOptions, Refusal } from './options.ts'

/** `outdated`: granted, to a text that does not count for this any more. */
export type ConsentState = 'granted' | 'withdrawn' | 'unknown' | 'outdated'
export type ConsentRecord = {
  readonly channel: ChannelName | 'all'
  readonly purpose: string
  readonly granted: boolean
  readonly textVersion: string
  /** ms since the epoch. */
  readonly at: number
  readonly source: string
}

export type ConsentTable = {
  count: number
  /** Next entry of the same profile + 1. */
  nexts: Uint32Array
  /** Purpose number × 8 + channel code. */
  keys: Uint32Array
  granted: Uint8Array
  ats: Float64Array
  texts: Uint16Array
  sources: Uint16Array
  readonly purposes: Names
  readonly textNames: Names
  readonly sourceNames: Names
}

const ALL = CHANNELS.length
const codeOf = (channel: ChannelName | 'all'): number => (channel === 'all' ? ALL : CHANNELS.indexOf(channel))

export const createConsentTable = (namesMax: number): ConsentTable => ({
  count: 0,
  nexts: new Uint32Array(16),
  keys: new Uint32Array(16),
  granted: new Uint8Array(16),
  ats: new Float64Array(16),
  texts: new Uint16Array(16),
  sources: new Uint16Array(16),
  purposes: createNames(namesMax),
  textNames: createNames(namesMax),
  sourceNames: createNames(namesMax),
})

/** Writes one consent into the chain that starts at `head`; gives the chain's new head. */
export const writeConsent = (
  table: ConsentTable,
  head: number,
  consent: ConsentRecord,
  limits: ProfileOptions,
  refuse: (reason: Refusal) => void,
): number => {
  const channel = codeOf(consent.channel)
  const purpose = numberOf(table.purposes, consent.purpose)
  if (purpose < 0) {
    refuse('names_full')
    // A purpose too many cannot be looked up either, so it stays "unknown": nothing is sent on it.
    return head
  }
  const key = purpose * 8 + channel
  let length = 0
  let opposesGrant = false
  for (let link = head; link !== 0; link = at(table.nexts, link - 1), length++) {
    const known = at(table.keys, link - 1)
    if (known === key) {
      if (supersedes(table, link - 1, consent)) fill(table, link - 1, consent, refuse)
      return head
    }
    if (known >>> 3 === purpose && at(table.granted, link - 1) === 1 && !consent.granted) opposesGrant = true
  }
  // A withdrawal is never lost to the limit while there is a grant that it takes back.
  if (length >= limits.consentsMax && !opposesGrant) {
    refuse('consents_full')
    return head
  }
  const entry = table.count++
  reserve(table, table.count)
  table.nexts[entry] = head
  table.keys[entry] = key
  fill(table, entry, consent, refuse)
  return entry + 1
}

/** What stands for a channel and a purpose: the later of what was said of it and of all channels, and to which text. */
export const readConsent = (
  table: ConsentTable,
  head: number,
  channel: ChannelName,
  purpose: string,
): { readonly state: ConsentState; readonly textVersion: string } => {
  const purposeNumber = table.purposes.index.get(purpose)
  if (purposeNumber === undefined) return NOT_SAID
  const own = purposeNumber * 8 + codeOf(channel)
  const all = purposeNumber * 8 + ALL
  let decisive = -1
  let latest = Number.NEGATIVE_INFINITY
  for (let link = head; link !== 0; link = at(table.nexts, link - 1)) {
    const key = at(table.keys, link - 1)
    if (key !== own && key !== all) continue
    const when = at(table.ats, link - 1)
    if (when < latest) continue
    const granted = at(table.granted, link - 1) === 1
    if (when > latest || !granted) decisive = link - 1
    latest = when
  }
  if (decisive < 0) return NOT_SAID
  const state = at(table.granted, decisive) === 1 ? 'granted' : 'withdrawn'
  return { state, textVersion: nameOf(table.textNames, at(table.texts, decisive)) }
}

const NOT_SAID = { state: 'unknown', textVersion: '' } as const

/** All consents of a chain, by channel and purpose. */
export const listConsents = (table: ConsentTable, head: number): readonly ConsentRecord[] => {
  const list: ConsentRecord[] = []
  for (let link = head; link !== 0; link = at(table.nexts, link - 1)) {
    const key = at(table.keys, link - 1)
    list.push({
      channel: CHANNELS[key & 7] ?? 'all',
      purpose: nameOf(table.purposes, key >>> 3),
      granted: at(table.granted, link - 1) === 1,
      textVersion: nameOf(table.textNames, at(table.texts, link - 1)),
      at: at(table.ats, link - 1),
      source: nameOf(table.sourceNames, at(table.sources, link - 1)),
    })
  }
  return list.toSorted((a, b) => compare(a.purpose, b.purpose) || codeOf(a.channel) - codeOf(b.channel))
}

export const dumpConsents = (table: ConsentTable): Dump => ({
  'consent.nexts': table.nexts.slice(0, table.count),
  'consent.keys': table.keys.slice(0, table.count),
  'consent.granted': table.granted.slice(0, table.count),
  'consent.ats': table.ats.slice(0, table.count),
  // Sixteen-bit columns go as bytes.
  'consent.texts': bytesOf(table.texts, table.count),
  'consent.sources': bytesOf(table.sources, table.count),
  'consent.purposes': dumpNames(table.purposes),
  'consent.textNames': dumpNames(table.textNames),
  'consent.sourceNames': dumpNames(table.sourceNames),
})

export const restoreConsents = (dump: Dump, namesMax: number): ConsentTable => {
  const nexts = Uint32Array.from(dump['consent.nexts'] as Uint32Array)
  return {
    count: nexts.length,
    nexts,
    keys: Uint32Array.from(dump['consent.keys'] as Uint32Array),
    granted: Uint8Array.from(dump['consent.granted'] as Uint8Array),
    ats: Float64Array.from(dump['consent.ats'] as Float64Array),
    texts: halvesOf(dump['consent.texts'] as Uint8Array),
    sources: halvesOf(dump['consent.sources'] as Uint8Array),
    purposes: restoreNames(dump['consent.purposes'] as string[], namesMax),
    textNames: restoreNames(dump['consent.textNames'] as string[], namesMax),
    sourceNames: restoreNames(dump['consent.sourceNames'] as string[], namesMax),
  }
}

/** A 16-bit column as bytes, low byte first, for a dump; and back. */
export const bytesOf = (column: Uint16Array, length: number): Uint8Array =>
  new Uint8Array(column.slice(0, length).buffer)
export const halvesOf = (bytes: Uint8Array): Uint16Array => new Uint16Array(Uint8Array.from(bytes).buffer)

const supersedes = (table: ConsentTable, entry: number, consent: ConsentRecord): boolean => {
  const known = at(table.ats, entry)
  return consent.at > known || (consent.at === known && !consent.granted)
}

const fill = (
  table: ConsentTable,
  entry: number,
  consent: ConsentRecord,
  refuse: (reason: Refusal) => void,
): void => {
  const text = numberOf(table.textNames, consent.textVersion)
  const source = numberOf(table.sourceNames, consent.source)
  if (text < 0 || source < 0) refuse('names_full')
  table.granted[entry] = consent.granted ? 1 : 0
  table.ats[entry] = consent.at
  table.texts[entry] = Math.max(text, 0)
  table.sources[entry] = Math.max(source, 0)
}

const reserve = (table: ConsentTable, length: number): void => {
  table.nexts = grown(table.nexts, length)
  table.keys = grown(table.keys, length)
  table.granted = grown(table.granted, length)
  table.ats = grown(table.ats, length)
  table.texts = grown(table.texts, length)
  table.sources = grown(table.sources, length)
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
