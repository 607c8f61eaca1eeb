// Who was written to when, as small as it can be kept: flat numbers per profile, forgotten when no
// limit could ask for them any more. Caps count here.

import { hash32 } from '../kernel/hash.ts'
import type { ProfileId } from '../kernel/ids.ts'
import type { ChannelName } from '../profile/events.ts'

export const CHANNELS: readonly ChannelName[] = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']

/** What is counted: one contact over a channel, or one discount given. */
export type Counted = ChannelName | 'discount'

export type Histories = {
  /** Triples of (ms, what, decision), oldest first; profiles in the order of their last entry. */
  readonly byProfile: Map<ProfileId, number[]>
  /** Entries kept per profile and channel: no cap can be higher. */
  readonly entriesMax: number
  /** Entries older than this are forgotten: no cap can look back further. */
  readonly keepMs: number
}

const STRIDE = 3
const codeOf = (counted: Counted): number =>
  counted === 'discount' ? CHANNELS.length : CHANNELS.indexOf(counted)

/** 52 bits of a decision id: enough to find it again among one person's few hundred. */
const tagOf = (decisionId: string): number => hash32(decisionId) * 1_048_576 + (hash32(decisionId, 7) >>> 12)

export const createHistories = (entriesMax: number, keepMs: number): Histories => ({
  byProfile: new Map(),
  entriesMax,
  keepMs,
})

export type Entry = {
  readonly profileId: ProfileId
  readonly counted: Counted
  readonly at: number
  readonly decisionId: string
}

/** Counts one in, dropping what is too old and, past `entriesMax`, the oldest of its kind. */
export const addEntry = (histories: Histories, { profileId, counted, at, decisionId }: Entry): void => {
  const { byProfile, entriesMax, keepMs } = histories
  const code = codeOf(counted)
  const kept = filterEntries(byProfile.get(profileId) ?? [], (time) => time > at - keepMs)
  let ofKind = 0
  for (let i = 1; i < kept.length; i += STRIDE) if (kept[i] === code) ofKind++
  if (ofKind >= entriesMax) dropOldest(kept, code)
  kept.push(at, code, tagOf(decisionId))
  byProfile.delete(profileId)
  byProfile.set(profileId, kept)
  forgetOld(histories, at - keepMs)
}

/** Takes back what a decision counted: it certainly reached nobody. */
export const giveBack = (histories: Histories, profileId: ProfileId, decisionId: string): void => {
  const entries = histories.byProfile.get(profileId)
  if (entries === undefined) return
  const tag = tagOf(decisionId)
  const kept = filterEntries(entries, (_at, _code, entryTag) => entryTag !== tag)
  if (kept.length === 0) histories.byProfile.delete(profileId)
  else histories.byProfile.set(profileId, kept)
}

/**
 * How many of `counted` the person under any of `ids` had after `since` (ms, exclusive). '' counts
 * every channel that reaches out: placements answer a visit of the person's own and are left out.
 */
export const countSince = (
  histories: Histories,
  ids: readonly ProfileId[],
  counted: Counted | '',
  since: number,
): number => {
  let count = 0
  const code = counted === '' ? -1 : codeOf(counted)
  for (const id of ids) {
    const entries = histories.byProfile.get(id)
    if (entries === undefined) continue
    for (let i = 0; i < entries.length; i += STRIDE) {
      if ((entries[i] ?? 0) <= since) continue
      const entryCode = entries[i + 1] ?? 0
      if (code === -1 ? countsForAll(entryCode) : entryCode === code) count++
    }
  }
  return count
}

const ONSITE = codeOf('onsite')
const DISCOUNT = codeOf('discount')
const countsForAll = (code: number): boolean => code !== ONSITE && code !== DISCOUNT

const filterEntries = (
  entries: readonly number[],
  keep: (at: number, code: number, tag: number) => boolean,
): number[] => {
  const kept: number[] = []
  for (let i = 0; i < entries.length; i += STRIDE) {
    const at = entries[i] ?? 0
    const code = entries[i + 1] ?? 0
    const tag = entries[i + 2] ?? 0
    if (keep(at, code, tag)) kept.push(at, code, tag)
  }
  return kept
}

const dropOldest = (entries: number[], code: number): void => {
  for (let i = 0; i < entries.length; i += STRIDE) {
    if (entries[i + 1] !== code) continue
    entries.splice(i, STRIDE)
    return
  }
}

const forgetOld = ({ byProfile }: Histories, before: number): void => {
  for (const [profileId, entries] of byProfile) {
    if ((entries[entries.length - STRIDE] ?? 0) > before) return
    byProfile.delete(profileId)
  }
}
