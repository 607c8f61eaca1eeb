// The limits in force until a plan says otherwise: careful ones, since they also stand when a plan
// leaves them out.

import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { LimitsSpec } from './events.ts'

export const DEFAULT_LIMITS: LimitsSpec = {
  personCaps: [
    { channel: '', max: 2, perMs: DAY_MS },
    { channel: 'email', max: 3, perMs: 7 * DAY_MS },
  ],
  quietHours: { fromHour: 21, toHour: 9 },
  discountCap: { max: 2, perMs: 30 * DAY_MS },
  latenessMsMax: HOUR_MS,
  purposes: {},
}

/** No cap may be above this: so many sends per person and channel are remembered. */
export const CAP_MAX = 64

/** No cap may look back further than this: so long sends are remembered. */
export const CAP_PER_MS_MAX = 90 * DAY_MS
