// What Windvane itself did in the last two days: an incident asks this first. Counted by hour and by what was sent.

import type {
  CREATIVES_APPLIED,
  DELIVERY_ATTEMPTED,
  DeliveryAttempted,
  SPEND_MOVE_ATTEMPTED,
  SpendMoveAttempted,
} from '../delivery/events.ts'
import type { CAMPAIGNS_APPLIED } from '../decision/events.ts'
import { HOUR_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import type { OwnAct } from './events.ts'

/** One kind of act within one hour. */
export type ActCount = {
  readonly hour: number
  readonly what: OwnAct['what']
  readonly campaignId: string
  readonly creativeId: string
  readonly firstAt: number
  people: number
}

export type OwnActs = Map<string, ActCount>

const KEEP_HOURS = 48
const ACTS_MAX = 2_000

const attempted: typeof DELIVERY_ATTEMPTED = 'delivery.attempted.v1'
const moved: typeof SPEND_MOVE_ATTEMPTED = 'spend.move_attempted.v1'
const words: typeof CREATIVES_APPLIED = 'creatives.applied.v1'
const campaigns: typeof CAMPAIGNS_APPLIED = 'campaigns.applied.v1'

export const foldOwnActs = (acts: OwnActs, event: LogEvent): void => {
  switch (event.type) {
    case attempted: {
      const { campaignId, creativeId } = event.data as DeliveryAttempted
      return count(acts, event.at, { what: 'sent', campaignId, creativeId })
    }
    case moved:
      return count(acts, event.at, {
        what: 'spend',
        campaignId: (event.data as SpendMoveAttempted).lineId,
        creativeId: '',
      })
    case words:
    case campaigns:
      return count(acts, event.at, { what: 'plan', campaignId: '', creativeId: '' })
    default:
  }
}

const count = (
  acts: OwnActs,
  at: number,
  { what, campaignId, creativeId }: Pick<OwnAct, 'what' | 'campaignId' | 'creativeId'>,
): void => {
  const hour = Math.floor(at / HOUR_MS)
  const key = `${hour} ${what} ${campaignId} ${creativeId}`
  const known = acts.get(key)
  if (known !== undefined) {
    known.people++
    return
  }
  acts.set(key, { hour, what, campaignId, creativeId, firstAt: at, people: 1 })
  for (const [old, one] of acts) {
    if (one.hour >= hour - KEEP_HOURS && acts.size <= ACTS_MAX) break
    acts.delete(old)
  }
}

/** What was done in the two days until `until` (ms), newest first. */
export const actsBefore = (acts: OwnActs, until: number): readonly ActCount[] =>
  [...acts.values()]
    .filter(({ firstAt }) => firstAt <= until && firstAt > until - KEEP_HOURS * HOUR_MS)
    .toReversed()

const HALF_LIFE_HOURS = 6

/**
 * How well an act fits, 0 to 1: soon before it was found, and sharing words with what people say. Never proof. An act
 * that shares nothing fits at most a quarter.
 */
export const fitOf = (
  { firstAt }: Pick<ActCount, 'firstAt'>,
  { until, shared, asked }: { readonly until: number; readonly shared: number; readonly asked: number },
): number => {
  const recent = 2 ** (-(until - firstAt) / HOUR_MS / HALF_LIFE_HOURS)
  const overlap = asked === 0 ? 0 : Math.min(1, shared / Math.min(asked, 3))
  return recent * (0.25 + 0.75 * overlap)
}
