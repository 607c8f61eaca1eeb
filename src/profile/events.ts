// What is recorded about identity and consent beside what the signals themselves say.

import type { ProfileId } from '../kernel/ids.ts'

export type IdentifierKind = 'user' | 'anonymous' | 'email' | 'phone' | 'device'
export type Identifier = { readonly kind: IdentifierKind; readonly value: string }

export const CONSENT_CHANGED = 'profile.consent_changed.v1'
/** A consent given or withdrawn outside the signal stream: an unsubscribe, the console, an import. */
export type ConsentChanged = {
  readonly profileId: ProfileId
  readonly channel: ChannelName | 'all'
  /** `marketing`, `analytics`, … */
  readonly purpose: string
  readonly granted: boolean
  /** Version of the text the person saw; '' when unknown. */
  readonly textVersion: string
  /** `unsubscribe_link`, `one_click`, `complaint`, `console`, `import`, … */
  readonly source: string
}

export type ChannelName = 'email' | 'push' | 'sms' | 'messenger' | 'onsite' | 'webhook'

export const UNMERGE_STARTED = 'profile.unmerge_started.v1'
/** From here on, signals of this profile are kept aside until the repaired halves arrive. */
export type UnmergeStarted = {
  readonly unmergeId: string
  readonly profileId: ProfileId
  /** Who is to leave, so that a process that died in between can plan it again. */
  readonly leaving?: readonly Identifier[]
}

export const UNMERGED = 'profile.unmerged.v1'
/** A wrong merge taken apart: the profiles that its history gives when these identifiers never meet. */
export type Unmerged = {
  readonly unmergeId: string
  readonly profileId: ProfileId
  /** Identifiers that leave for a profile of their own. */
  readonly leaving: readonly Identifier[]
  /** Dumps of both halves, as the profile slice writes them. */
  readonly kept: unknown
  readonly left: unknown
  readonly by: string
}

export const ERASURE_STARTED = 'profile.erasure_started.v1'
/** Somebody is to be erased: after a crash it is done at the next start. */
export type ErasureStarted = { readonly profileId: ProfileId; readonly by: string }

export const PROFILE_ERASED = 'profile.erased.v1'
/** A person's keys were destroyed: what the log held of them nobody can read any more. */
export type ProfileErased = {
  readonly profileId: ProfileId
  /** What keeps the other people's numbers as they are; the same as stands in place of each record. */
  readonly mark: { readonly slots: readonly number[]; readonly ignored: readonly string[] }
  /** How many keys were destroyed. */
  readonly keys: number
  readonly by: string
}

/** Classes of personal data that can have a period of their own; all else stays as long as its person. */
export type DataClass = 'contact' | 'behaviour' | 'orders' | 'mentions'
/** Months that each class is kept; 0 = as long as its person, and a person until they ask. */
export type RetentionSpec = Readonly<Record<DataClass, number>>

export const PRIVACY_APPLIED = 'profile.privacy_applied.v1'
/** Classes that came later are not named in older ones: they are kept. */
export type PrivacyApplied = { readonly retention: Partial<RetentionSpec> }

export const DATA_EXPIRED = 'profile.data_expired.v1'
/** Keys of periods were destroyed: what people did in them nobody can read any more. Who they are stays. */
export type DataExpired = {
  readonly classes: readonly {
    readonly dataClass: Exclude<DataClass, 'contact'>
    /** The first month that is kept, UTC: `2025-10`. */
    readonly before: string
    /** How many could be read until now. */
    readonly items: number
  }[]
  /** Nobody had heard of them for the period of `contact`: each has a fact of their own before this one. */
  readonly people: number
  /** How many keys of periods were destroyed. */
  readonly keys: number
  readonly by: string
}

export const TONE_APPLIED = 'profile.tone_applied.v1'
/** A track event whose text the person wrote. */
export type ToneEvent = {
  readonly event: string
  /** The property that holds the text. */
  readonly text: string
}
/** Which texts of people are read for their tone from here on. */
export type ToneApplied = { readonly events: readonly ToneEvent[] }

export const CONSENTS_APPLIED = 'profile.consents_applied.v1'
export type ConsentText = {
  readonly id: string
  readonly purpose: string
  /** [] = all. */
  readonly channels: readonly ChannelName[]
  /** By language, `en`. */
  readonly wording: Readonly<Record<string, string>>
  /** Only a consent to one of its wordings, or to what `accepts` names, counts for its purpose and channels. */
  readonly demand: boolean
  /** Versions of other texts that count as well; `unknown` for consents without one. */
  readonly accepts: readonly string[]
}
export type ConsentsApplied = { readonly texts: readonly ConsentText[] }

export const BUSINESS_APPLIED = 'business.applied.v1'
export const SEGMENTS_APPLIED = 'segments.applied.v1'
export type SegmentSpec = {
  readonly id: string
  readonly name: string /** CEL over the profile. */
  readonly when: string
}
export type SegmentsApplied = { readonly segments: readonly SegmentSpec[] }
