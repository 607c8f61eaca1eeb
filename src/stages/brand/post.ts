// The way out for words about an incident: notices to people, answers to tickets. One call, at most once; a Failure
// means that it certainly did not arrive.

import type { Said } from '../../kernel/said.ts'

export type BrandNotice = {
  /** The same for the same thing: a receiver may drop what it has had. */
  readonly id: string
  readonly kind: 'notice' | 'answer'
  readonly incidentId: string
  /** Whom: addresses of people, or `source id` of tickets. */
  readonly to: readonly string[]
  /** By language, as `texts`. */
  readonly titles: Readonly<Record<string, string>>
  readonly texts: Readonly<Record<string, string>>
}

export type BrandPosted = {
  /** What receivers answered, in their own words. */
  readonly detail: string
  readonly said?: Said
}

/** Throws a Failure when it certainly did not arrive. */
export type BrandPost = (notice: BrandNotice) => Promise<BrandPosted>
