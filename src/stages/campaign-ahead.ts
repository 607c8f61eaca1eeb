// What a campaign's next run will bring, worked out from the folded state: everybody of its audience is decided on as if it
// were now, nothing is recorded, and the chances of all are added up.

import { asCampaignId, NOTHING } from '../kernel/ids.ts'
import { DAY_MS, localTime } from '../kernel/time.ts'
import type { CampaignSpec, DecisionMade } from '../decision/events.ts'
import { campaignOf } from '../decision/index.ts'
import {
  forecastCampaign,
  forecastRisk,
  type CampaignForecast,
  type CampaignRisk,
  type PastContacts,
  type PastResults,
} from '../feedback/index.ts'
import { countedIn, type CampaignTally } from '../insight/index.ts'
import { countProfiles } from '../profile/index.ts'
import type { LoopState } from '../loop.ts'

/** Chances of the decisions of a dry run, added up. */
export type Drawn = { messages: number; variance: number }

/** Adds the chance that this decision sends something; who is held out or held back gets nothing. */
export const addChance = (drawn: Drawn, { group, verdict, candidates }: DecisionMade): void => {
  if (group === 'holdout' || verdict === 'withheld') return
  const nothing = candidates.find(({ actionId }) => actionId === NOTHING)?.probability ?? 0
  const chance = candidates.length === 0 ? 0 : 1 - nothing
  drawn.messages += chance
  drawn.variance += chance * (1 - chance)
}

const DAYS_LOOKED_AT = 28

/** Beside what it brings, who may leave or complain; null: too few messages went out to tell. */
export type RunForecast = CampaignForecast & { readonly risk: CampaignRisk | null }

/** The forecast of a run whose chances are `drawn`, as of `now` (ms). */
export const forecastRun = (
  state: LoopState,
  campaign: CampaignSpec,
  { drawn, now }: { readonly drawn: Drawn; readonly now: number },
): RunForecast => ({
  ...forecastCampaign({
    messages: drawn.messages,
    messagesVariance: drawn.variance,
    own: pastOf(state.tally.campaigns[campaign.id]),
    others: Object.entries(state.tally.campaigns).flatMap(([id, tally]) =>
      id !== campaign.id && isLike(state, id, campaign) ? [pastOf(tally)] : [],
    ),
    organic: organicOf(state, campaign, now),
    seed: `${campaign.id} ${state.offset}`,
  }),
  risk: forecastRisk({
    messages: drawn.messages,
    messagesVariance: drawn.variance,
    own: contactsOf(state, [campaign.id]),
    others: contactsOf(
      state,
      Object.keys(state.tally.campaigns).filter(
        (id) => id !== campaign.id && sharesChannel(state, id, campaign),
      ),
    ),
    seed: `${campaign.id} ${state.offset}`,
  }),
})

const contactsOf = ({ tally }: LoopState, ids: readonly string[]): PastContacts => {
  const sum = { sent: 0, unsubscribed: 0, complained: 0 }
  for (const id of ids) {
    const own = Object.hasOwn(tally.campaigns, id) ? tally.campaigns[id] : undefined
    sum.sent += own?.sent ?? 0
    sum.unsubscribed += own?.unsubscribed ?? 0
    sum.complained += own?.complained ?? 0
  }
  return sum
}

/** Nobody unsubscribes from a banner: what mails did says nothing of it. */
const sharesChannel = (state: LoopState, id: string, { actions }: CampaignSpec): boolean =>
  campaignOf(state.decision, asCampaignId(id))?.actions.some(({ channel }) =>
    actions.some((own) => own.channel === channel),
  ) ?? false

/** Counts are not to be mixed with money, nor orders with sign-ups. */
const isLike = (state: LoopState, id: string, { goal }: CampaignSpec): boolean => {
  const other = campaignOf(state.decision, asCampaignId(id))
  return other !== undefined && other.goal.value === goal.value && other.goal.event === goal.event
}

const pastOf = (tally: CampaignTally | undefined): PastResults => {
  const past = { settled: 0, paid: 0, sum: 0, squares: 0 }
  for (const [action, one] of Object.entries(tally?.actions ?? {})) {
    if (action === NOTHING) continue
    past.settled += one.settled
    past.paid += one.paid
    past.sum += one.reward
    past.squares += one.squares
  }
  return past
}

/** What people order without being written to: only where the goal is an order's worth. */
const organicOf = (
  { kpis, business, profile }: LoopState,
  { goal, actions }: CampaignSpec,
  now: number,
): { readonly orders: number; readonly marginPerOrder: number; readonly cost: number } | null => {
  const people = countProfiles(profile)
  const today = localTime(now, business.timeZone).day
  const sum = (what: 'orders' | 'margin' | 'revenue') =>
    Array.from({ length: DAYS_LOOKED_AT }, (_, i) => countedIn(kpis.counts.days, what, today - 1 - i)).reduce(
      (total, value) => total + value,
      0,
    )
  const days = Math.min(DAYS_LOOKED_AT, today - kpis.counts.days.first)
  const orders = sum('orders')
  if (goal.event !== 'Order Completed' || people === 0 || orders === 0 || days < 1) return null
  const worth = goal.value === 'count' ? orders : goal.value === 'revenue' ? sum('revenue') : sum('margin')
  return {
    orders: (orders / days / people) * (goal.windowMs / DAY_MS),
    marginPerOrder: worth / orders,
    cost:
      goal.value === 'count'
        ? 0
        : actions.reduce((cost, { contactCost }) => cost + contactCost, 0) / actions.length,
  }
}
