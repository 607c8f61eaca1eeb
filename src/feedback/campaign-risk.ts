// What the next run of a campaign may cost beside money: people who unsubscribe, and complaints. Rates are learnt from its
// own messages, leaning on the business's other campaigns over the same channels while those are few.

import { createRng } from '../kernel/rng.ts'
import { drawBeta, drawBinomial, rangeOf, type Range80 } from './draws.ts'

/** Messages accepted by their receivers, and what came back of them from people. */
export type PastContacts = {
  readonly sent: number
  readonly unsubscribed: number
  readonly complained: number
}

export type RiskAhead = {
  readonly messages: number
  readonly messagesVariance: number
  readonly own: PastContacts
  /** Other campaigns over the same channels, together. */
  readonly others: PastContacts
  readonly seed: string
}

export type CampaignRisk = {
  /** People who unsubscribe. */
  readonly unsubscribes: Range80
  readonly complaints: Range80
  /** Messages the rates are learnt from. */
  readonly learntFrom: number
}

const DRAWS = 4_000
/** Messages before anything is said: with fewer, no complaint yet means little. */
const SENT_MIN = 200
/** How much campaigns of one business differ: what others showed counts as so many of the rare events, at most. */
const EVENTS_OF_OTHERS_MAX = 4

/** Intervals of 80 %; null while too few messages went out. Deterministic for the same input. */
export const forecastRisk = (ahead: RiskAhead): CampaignRisk | null => {
  const { own, others } = ahead
  const learntFrom = own.sent + others.sent
  if (learntFrom < SENT_MIN) return null
  const rng = createRng(`campaign risk ${ahead.seed}`)
  const unsubscribes: number[] = []
  const complaints: number[] = []
  const [leaving, complaining] = [
    rateOf(own.sent, own.unsubscribed, { sent: others.sent, events: others.unsubscribed }),
    rateOf(own.sent, own.complained, { sent: others.sent, events: others.complained }),
  ]
  for (let draw = 0; draw < DRAWS; draw++) {
    const messages = Math.max(
      0,
      Math.round(ahead.messages + Math.sqrt(ahead.messagesVariance) * rng.normal()),
    )
    unsubscribes.push(drawBinomial(rng, messages, drawBeta(rng, leaving)))
    complaints.push(drawBinomial(rng, messages, drawBeta(rng, complaining)))
  }
  return { unsubscribes: rangeOf(unsubscribes), complaints: rangeOf(complaints), learntFrom }
}

/** Beta of a rare event: half an event before any is seen (Jeffreys), the others' shrunk to what campaigns differ by. */
const rateOf = (
  sent: number,
  events: number,
  others: { readonly sent: number; readonly events: number },
): { readonly a: number; readonly b: number } => {
  const seen = others.events + 0.5
  const by = Math.min(1, EVENTS_OF_OTHERS_MAX / seen)
  return {
    a: events + by * seen,
    b: Math.max(0, sent - events) + by * Math.max(0.5, others.sent - others.events),
  }
}
