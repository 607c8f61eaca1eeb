// The way out for words about an incident: notices to people, answers to tickets. One call, at most once; a Failure
// means that it certainly did not arrive.

export type BrandNotice = {
  /** The same for the same thing: a receiver may drop what it has had. */
  readonly id: string
  readonly kind: 'notice' | 'answer'
  readonly incidentId: string
  /** Whom: addresses of people, or `source id` of tickets. */
  readonly to: readonly string[]
  readonly title: string
  readonly texts: Readonly<Record<string, string>>
}

/** Resolves with what the receiver said. Throws a Failure when it certainly did not arrive. */
export type BrandPost = (notice: BrandNotice) => Promise<string>
