// The shape of one profile as expressions, templates and the console read it.

import type { ProfileId } from '../kernel/ids.ts'
import type { ConsentRecord } from './consents.ts'
import type { Identifier } from './events.ts'
import type { TraitValues } from './traits.ts'

/** Live features. Days are fractions of 24 hours; what never happened is absent. */
export type FeatureView = {
  readonly daysSinceFirstSeen?: number
  readonly daysSinceLastSeen?: number
  readonly daysSinceLastOrder?: number
  readonly daysSinceLastCart?: number
  readonly daysSinceLastSend?: number
  readonly orders: number
  /** Gross, in whole units of the business's currency. */
  readonly revenue: number
  readonly averageOrder: number
  /** Page views, screens and track events ever. */
  readonly events: number
  /** Decayed counts: an event weighs one when it happens, a half after 7 days; `…60d` after 60 days. */
  readonly activity7d: number
  readonly views7d: number
  readonly carts7d: number
  readonly activity60d: number
  readonly orders60d: number
  /** Messages sent to the person today and on the six days before (UTC). */
  readonly sends7d: number
  readonly sends1d: number
  /** Local hour at which the person is most active; absent until something is known. */
  readonly usualHour?: number
  /** 0 is Sunday. */
  readonly usualWeekday?: number
  readonly topCategory: string
  /** Decayed weight by category, the heaviest eight. */
  readonly categories: { readonly [category: string]: number }
  /** Decayed counts by channel; channels never used are absent. */
  readonly channels: { readonly [channel: string]: ChannelView }
}
export type ChannelView = { readonly sent: number; readonly opened: number; readonly clicked: number }

/** What models expect of the person; absent what they cannot say. */
export type ScoreView = {
  readonly churn?: number | undefined
  readonly purchase?: number | undefined
  /** Margin within the value horizon, whole currency units. */
  readonly value?: number | undefined
  readonly alive?: number | undefined
  readonly orders?: number | undefined
  readonly orderValue?: number | undefined
  readonly nextOrderDays?: number | undefined
  readonly versions?: { readonly [model: string]: string | undefined }
  readonly ageDays?: { readonly [model: string]: number | undefined }
}

/** How the person sounded in what they wrote: tickets, chats, reviews. Only `count` where they wrote nothing. */
export type ToneView = {
  readonly count: number
  /** −1 (surely negative) to 1. */
  readonly latest?: number
  /** The same over all texts, each counting half as much after 30 days. */
  readonly mean?: number
  readonly sentiment?: 'negative' | 'neutral' | 'positive'
  readonly confidence?: number
  /** '' where none is likely. */
  readonly emotion?: string
  readonly language?: 'ru' | 'en'
  readonly version?: string
  readonly daysSinceLast?: number
  /** Absent when no text was negative. */
  readonly daysSinceNegative?: number
}

export type ProfileView = {
  readonly id: ProfileId
  readonly timeZone: string
  readonly locale: string
  readonly identifiers: readonly Identifier[]
  readonly traits: TraitValues
  readonly consents: readonly ConsentRecord[]
  readonly features: FeatureView
  readonly tone: ToneView
  /** Ids of the segments the person is in at this moment. */
  readonly segments: readonly string[]
  /** True while the profile is being taken apart: nothing may be sent to it. */
  readonly unsettled: boolean
}
