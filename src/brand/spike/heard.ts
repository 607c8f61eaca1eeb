// What the watch is told of each mention: by whom, about whom, in what tone. Everything else about a mention stays with
// its own record.

import type { RiskKind } from '../tone/risk-words.ts'

export type Heard = {
  readonly id: string
  readonly at: number
  /** What it is about: a brand, product, competitor or campaign, or one of them with a topic ("sber#app"). */
  readonly subject: string
  /** Empty where the source does not say. */
  readonly author: string
  /** From `placeEcho`: copies of one text are one voice. */
  readonly voice: number
  readonly isEcho: boolean
  /** Says itself that it repeats another: a retweet, a share. */
  readonly isRepost: boolean
  /** −1 to 1. */
  readonly score: number
  readonly risks: readonly { readonly kind: RiskKind; readonly severity: number }[]
  /** Normalised; the beginning is kept as a sample. */
  readonly text: string
}

export type SpikeScale = '5m' | 'hour' | 'day' | 'days'

/**
 * crisis: louder than usual, more negative, several voices, risk. rising: the same, not sure or not grave enough yet.
 * slow_burn: no loud hour, but days of more and worse. attack: copies or a few accounts make the noise.
 * good_news: louder and happier. loud: louder, no worse.
 */
export type SpikeKind = 'crisis' | 'rising' | 'slow_burn' | 'attack' | 'good_news' | 'loud'

export type SpikeTopic = { readonly phrase: string; readonly mentions: number }

export type SpikeSample = {
  readonly id: string
  readonly text: string
  readonly score: number
  readonly copies: number
}

export type SpikeFinding = {
  readonly subject: string
  readonly kind: SpikeKind
  readonly scale: SpikeScale
  readonly at: number
  /** In the window of that scale. */
  readonly mentions: number
  readonly voices: number
  readonly echoes: number
  readonly authors: number
  /** Voices that were to be expected. */
  readonly expected: number
  /** Powers of ten by which so many voices are rarer than usual. */
  readonly surprise: number
  readonly negativeShare: number
  /** Lower end of the interval of that share. */
  readonly negativeLow: number
  readonly usualNegativeShare: number
  readonly positiveShare: number
  readonly risks: readonly { readonly kind: RiskKind; readonly voices: number }[]
  /** 0 none, 1 worth a look, 2 serious, 3 grave. */
  readonly severity: 0 | 1 | 2 | 3
  /** 0 to 100, for people to see at a glance. */
  readonly risk: number
  readonly topics: readonly SpikeTopic[]
  readonly samples: readonly SpikeSample[]
}
