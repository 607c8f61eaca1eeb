// Who was there before orders, by every method side by side, beside what holdouts measured.

import { DAY_MS } from '../../kernel/time.ts'
import {
  attribute,
  CONTACT_LIMITS,
  journeysOf,
  liftReport,
  type Attribution,
  type JourneyWish,
} from '../../feedback/index.ts'
import type { LoopState } from '../../loop.ts'
import type { AttributionView } from '../contract.ts'

/** Reads the folded state only; nothing that decides or moves money asks for it. */
export const viewAttribution = (
  { contacts, feedback }: Pick<LoopState, 'contacts' | 'feedback'>,
  { by, touches }: JourneyWish,
  now: number,
): AttributionView => {
  const { journeys, alone, campaigns } = journeysOf(contacts, { by, touches })
  const converted = journeys.some(({ conversions }) => conversions > 0)
  const found = converted ? attribute(journeys) : null
  const measuredOf = (campaignId: string): AttributionView['measured'] => {
    const { earned, earnedLow, earnedHigh, treated, verdict } = liftReport(feedback, { campaignId })
    return { margin: earned, low: earnedLow, high: earnedHigh, people: treated.complete, verdict }
  }
  /** A channel has a measured figure of its own only where all that went through it was one campaign. */
  const holdoutOf = (id: string): AttributionView['measured'] | null => {
    const own = by === 'campaign' ? [id] : [...(campaigns.get(id) ?? [])]
    const [only] = own
    if (only === undefined || own.length > 1 || !feedback.scopes.has(only)) return null
    return measuredOf(only)
  }
  return {
    now,
    by,
    touches,
    lookbackDays: CONTACT_LIMITS.lookbackMs / DAY_MS,
    causal: false,
    rows: (found?.channels ?? []).map((one) => rowOf(one, holdoutOf(one.channel))),
    measured: measuredOf(''),
    orders: (found?.totalConversions ?? 0) + alone.orders,
    margin: (found?.totalValue ?? 0) + alone.value,
    alone: { orders: alone.orders, margin: alone.value },
    without: journeys.reduce((sum, { nulls }) => sum + nulls, 0),
    markov2Refused: found?.markov2Refused ?? null,
    cut: { ...contacts.cut },
  }
}

const rowOf = (
  { channel, conversions, values, removal }: Attribution['channels'][number],
  measured: AttributionView['measured'] | null,
): AttributionView['rows'][number] => ({
  id: channel,
  orders: creditOf(conversions),
  margin: creditOf(values),
  removal,
  measured,
})

type Credit = Attribution['channels'][number]['values']

/** The rules always give a figure; the chains may be refused. */
const creditOf = ({ first, last, linear, position, decay, ...chains }: Credit) => ({
  first: first ?? 0,
  last: last ?? 0,
  linear: linear ?? 0,
  position: position ?? 0,
  decay: decay ?? 0,
  markov1: chains.markov1,
  markov2: chains.markov2,
  shapley: chains.shapley,
})
