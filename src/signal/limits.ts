// How much one sender may ask of us: Segment's published limits, and our own where it names none.

export type SignalLimits = {
  /** One event as compact JSON in UTF-8. */
  readonly eventBytesMax: number
  /** One request body. */
  readonly batchBytesMax: number
  readonly batchEventsMax: number
  /** Objects and arrays within each other, the body itself being level 1. */
  readonly depthMax: number
  /** `userId`, `anonymousId`, `previousId`, `groupId`, `messageId`, in UTF-16 units. */
  readonly idCharsMax: number
  /** Name of a track event, page or screen. */
  readonly nameCharsMax: number
  /** A sender's clock further off than this is counted as skewed. */
  readonly skewNoticedMs: number
}

export const SIGNAL_LIMITS: SignalLimits = {
  eventBytesMax: 32 * 1024,
  batchBytesMax: 500 * 1024,
  batchEventsMax: 2_500,
  depthMax: 64,
  idCharsMax: 512,
  nameCharsMax: 512,
  skewNoticedMs: 5 * 60_000,
}
