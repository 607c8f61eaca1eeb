// What the check of a request found out about its events, kept until the fold asks: both look at the same
// parsed body within moments, and looking at it once is enough. A body that comes back from the log is
// another object, and is examined again with the same result.

import type { SignalEndpoint } from './events.ts'
import type { Examined } from './item.ts'
import type { SignalLimits } from './limits.ts'

type Known = {
  readonly endpoint: SignalEndpoint
  readonly limits: SignalLimits
  readonly items: readonly Examined[]
}

const knownByBody = new WeakMap<object, Known>()

/** For a body that nobody changes any more. */
export const rememberExamined = (body: object, known: Known): void => {
  knownByBody.set(body, known)
}

/** One per event of the body; undefined when it was not checked as this endpoint under these limits. */
export const recallExamined = (
  body: object,
  endpoint: SignalEndpoint,
  limits: SignalLimits,
): readonly Examined[] | undefined => {
  const known = knownByBody.get(body)
  return known?.endpoint === endpoint && known.limits === limits ? known.items : undefined
}
