// Who was written to when, as small as it can be kept: flat numbers per profile, forgotten when no
// limit could ask for them any more. Caps count here.

import { hash32 } from '../kernel/hash.ts'
import type { ProfileId } from '../kernel/ids.ts'
import { HOUR_MS } from '../kernel/time.ts'
import type { ChannelName } from '../profile/events.ts'

export const CHANNELS: readonly ChannelName[] = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']

/** What is counted: one contact over a channel, or one discount given. */
export type Counted = ChannelName | 'discount'

export type Histories = {
  /** Pairs of (ms, which decision and what), oldest first; profiles in the order of their last entry. */
  readonly byProfile: Map<ProfileId, readonly number[]>
  /** Entries kept per profile and channel: no cap can be higher. */
  readonly entriesMax: number
  /** Entries older than this are forgotten: no cap can look back further. */
  readonly keepMs: number
  /** Up to which hour people without a younger entry were looked for and forgotten. */
  forgottenHour: number
}

const STRIDE = 2
const KINDS = 8
const codeOf = (counted: Counted): number =>
  counted === 'discount' ? CHANNELS.length : CHANNELS.indexOf(counted)

/** 48 bits of a decision id: enough to find it again among one person's few hundred. */
const tagOf = (decisionId: string): number => hash32(decisionId) * 65_536 + (hash32(decisionId, 7) >>> 16)

export const createHistories = (entriesMax: number, keepMs: number): Histories => ({
  byProfile: new Map(),
  entriesMax,
  keepMs,
  forgottenHour: -1,
})

export type Entry = {
  readonly profileId: ProfileId
  readonly counted: Counted
  readonly at: number
  readonly decisionId: string
}

const NOBODYS: readonly number[] = []

/** Counts one in, dropping what is too old and, past `entriesMax`, the oldest of its kind. */
export const addEntry = (histories: Histories, { profileId, counted, at, decisionId }: Entry): void => {
  const { byProfile, entriesMax } = histories
  const code = codeOf(counted)
  const kept = without(byProfile.get(profileId) ?? NOBODYS, at - histories.keepMs, code, entriesMax)
  byProfile.delete(profileId)
  // Joined, not pushed: there are millions of these lists, and none is larger than what stands in it.
  byProfile.set(profileId, kept.concat(at, tagOf(decisionId) * KINDS + code))
  forgetOld(histories, at - histories.keepMs)
}

/** The entries after `before`; of those of one kind less than `max`, without the oldest. */
const without = (
  entries: readonly number[],
  before: number,
  code: number,
  max: number,
): readonly number[] => {
  let ofKind = 0
  let tooOld = false
  for (let i = 0; i < entries.length; i += STRIDE) {
    if ((entries[i] ?? 0) <= before) tooOld = true
    else if ((entries[i + 1] ?? 0) % KINDS === code) ofKind++
  }
  if (!tooOld && ofKind < max) return entries
  let surplus = ofKind - max + 1
  return filterEntries(entries, (at, entryCode) => at > before && (entryCode !== code || surplus-- <= 0))
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
      const entryCode = (entries[i + 1] ?? 0) % KINDS
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
): readonly number[] => {
  const kept: number[] = []
  for (let i = 0; i < entries.length; i += STRIDE) {
    const at = entries[i] ?? 0
    const what = entries[i + 1] ?? 0
    if (keep(at, what % KINDS, Math.floor(what / KINDS))) kept.push(at, what)
  }
  return kept.slice()
}

/** Once an hour of the events' time: the first of a long list of which much has moved to the end is far away. */
const forgetOld = (histories: Histories, before: number): void => {
  const hour = Math.floor(before / HOUR_MS)
  if (hour <= histories.forgottenHour) return
  histories.forgottenHour = hour
  for (const [profileId, entries] of histories.byProfile) {
    if ((entries[entries.length - STRIDE] ?? 0) > before) return
    histories.byProfile.delete(profileId)
  }
}
