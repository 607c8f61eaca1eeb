// What a campaign will bring before it is launched or runs again: the next run of a scheduled one, the days ahead of
// one that waits for events or for a page. Worked out from the folded state; nothing is recorded.

import { DAY_MS, localTime } from '../kernel/time.ts'
import type { CampaignSpec } from '../decision/events.ts'
import { decisionIdOf, peopleOf } from '../decision/index.ts'
import type { LoopState } from '../loop.ts'
import { countProfiles, eachProfile } from '../profile/index.ts'
import { signalHealth } from '../signal/index.ts'
import { addChance, forecastRun, type Drawn, type RunForecast } from './campaign-ahead.ts'
import { decideFor } from './deciding.ts'

export type Ahead = {
  /** `run`: of the next run; `days`: of so many days. */
  readonly of: 'run' | 'days'
  readonly days: number
  /** People in the audience now; for campaigns that wait, of those looked at. */
  readonly audience: number
  readonly known: number
  /** Where the number of times comes from: everybody's own draw, what it decided so far, how often its event came. */
  readonly times: 'audience' | 'own_decisions' | 'events' | 'unknown'
  /** Null: how often it will be asked is not known. */
  readonly forecast: RunForecast | null
}

/** People decided on for a forecast, evenly spread; the sums are scaled up. */
const SAMPLE_MAX = 2_000
const DAYS_AHEAD = 28
/** A campaign that waits leans on its own past after so long. */
const OWN_DAYS_MIN = 3
/** Days scatter more than chance alone: as a share of the mean, of a month. */
const SPREAD_OF_MONTHS = 0.15

/** The forecast as of `now` (ms), as if the campaign were live. Changes nothing. */
export const forecastAhead = (state: LoopState, given: CampaignSpec, now: number): Ahead => {
  const campaign: CampaignSpec = { ...given, status: 'live' }
  const channels = [...new Set(campaign.actions.map(({ channel }) => channel))]
  const assumed: LoopState = { ...state, channels: [...new Set([...state.channels, ...channels])] }
  const sample = sampleOf(assumed, campaign, now)
  const about = { audience: sample.audience, known: sample.known }
  if (campaign.trigger.kind === 'schedule') {
    const forecast = forecastRun(assumed, campaign, { drawn: sample.drawn, now })
    return { of: 'run', days: 0, ...about, times: 'audience', forecast }
  }
  const { times, perDay } = rateOf(state, campaign, now)
  if (perDay === null) return { of: 'days', days: DAYS_AHEAD, ...about, times, forecast: null }
  const chance = times === 'own_decisions' ? actedShareOf(state, campaign) : sample.chance
  const messages = perDay * DAYS_AHEAD * chance
  const drawn: Drawn = { messages, variance: messages + (SPREAD_OF_MONTHS * messages) ** 2 }
  return {
    of: 'days',
    days: DAYS_AHEAD,
    ...about,
    times,
    forecast: forecastRun(assumed, campaign, { drawn, now }),
  }
}

/** Campaigns foretold at once: each goes through up to {@link SAMPLE_MAX} people. */
export const AHEAD_AT_ONCE = 5

/** Forecasts of the first few of these, as if they were live under the limits and segments in force. */
export const forecastSome = (state: LoopState, campaigns: readonly CampaignSpec[], now: number) =>
  campaigns
    .slice(0, AHEAD_AT_ONCE)
    .map((campaign) => ({ campaignId: campaign.id, ...forecastAhead(state, campaign, now) }))

/** Everybody, or an even sample of them: who is in the audience and what each draw would send. */
const sampleOf = (state: LoopState, campaign: CampaignSpec, now: number) => {
  const known = countProfiles(state.profile)
  const step = Math.max(1, Math.ceil(known / SAMPLE_MAX))
  const people = peopleOf(state.profile, state.business, state.persons)
  const drawn: Drawn = { messages: 0, variance: 0 }
  const cause = { kind: 'schedule', ref: 'forecast' } as const
  let [seen, looked, inAudience] = [0, 0, 0]
  eachProfile(state.profile, (ref) => {
    if (seen++ % step !== 0) return
    looked++
    if (!people.matches(campaign.audience, { ref, now })) return
    inAudience++
    const decisionId = decisionIdOf(campaign.id, cause.ref, people.idOf(ref))
    addChance(
      drawn,
      decideFor(state, { decisionId, campaign, ref, cause, context: {}, now }, () => ''),
    )
  })
  const scale = looked === 0 ? 0 : seen / looked
  return {
    known: seen,
    audience: Math.round(inAudience * scale),
    /** That somebody who comes gets something, in the audience or not. */
    chance: looked === 0 ? 0 : drawn.messages / looked,
    drawn: { messages: drawn.messages * scale, variance: drawn.variance * scale ** 2 },
  }
}

type Rate = { readonly times: Ahead['times']; readonly perDay: number | null }

/** How often a day it will be asked: as it was so far, or as often as its event came to the business. */
const rateOf = (state: LoopState, { id, trigger }: CampaignSpec, now: number): Rate => {
  const decisions = state.tally.campaigns[id]?.decisions ?? 0
  const runs = (now - (state.decision.activeSince.get(id) ?? now)) / DAY_MS
  if (decisions > 0 && runs >= OWN_DAYS_MIN) return { times: 'own_decisions', perDay: decisions / runs }
  if (trigger.kind !== 'event') return { times: 'unknown', perDay: null }
  const { first } = state.kpis.counts.days
  const days = first < 0 ? 0 : localTime(now, state.business.timeZone).day - first
  const came = signalHealth(state.signal).rows.reduce(
    (sum, { name, accepted }) => sum + (name === trigger.event ? accepted : 0),
    0,
  )
  return came === 0 || days < 1
    ? { times: 'unknown', perDay: null }
    : { times: 'events', perDay: came / days }
}

const actedShareOf = ({ tally }: LoopState, { id }: CampaignSpec): number => {
  const own = tally.campaigns[id]
  return own === undefined || own.decisions === 0 ? 0 : own.acted / own.decisions
}
