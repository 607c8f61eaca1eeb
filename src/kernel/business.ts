// The few facts about the business that every slice needs. Changed by `windvane apply`.

export type Business = {
  readonly name: string
  /** IANA zone; people whose zone is unknown are held to this one. */
  readonly timeZone: string
  /** ISO 4217. All money of one installation is in it. */
  readonly currency: string
  /** BCP 47 language of people whose language is unknown. */
  readonly locale: string
  /** Share of revenue that is margin, 0 to 1: what an order without a margin of its own is worth. */
  readonly marginShare: number
}

export const DEFAULT_BUSINESS: Business = {
  name: 'My business',
  timeZone: 'UTC',
  currency: 'EUR',
  locale: 'en',
  marginShare: 1,
}
