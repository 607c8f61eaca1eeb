// The brief: what it did, whether it works, what it needs from a person.

import { HOUR_MS, MINUTE_MS, localTime } from '../../kernel/time.ts'
import { campaignsInForce } from '../../decision/index.ts'
import { outboxSize } from '../../delivery/index.ts'
import { campaignSpend } from '../../guardrail/index.ts'
import { signalHealth } from '../../signal/index.ts'
import { countProfiles } from '../../profile/index.ts'
import {
  emptyHour,
  lastHours,
  openActionAlarms,
  openAnomalies,
  type HourTally,
  type Tally,
} from '../../insight/index.ts'
import type { ActionsShifted } from '../../insight/events.ts'
import type { Brief } from '../contract.ts'
import { viewLift } from './lift.ts'
import type { Language, ViewSources } from './sources.ts'
import { pendingCount } from './proposals.ts'
import { viewStop } from './stop.ts'

const ACTIONS_SHOWN = 6

export const viewBrief = (sources: ViewSources, language: Language = 'en'): Brief => {
  const { loop, mode, clockRate } = sources
  const { state } = loop
  const now = loop.ctx.now()
  const { name, currency, timeZone, locale } = state.business
  const lift = viewLift(sources)
  const stop = viewStop(sources, language)
  const truth = sources.truth()
  return {
    now,
    business: { name, currency, timeZone, locale },
    mode,
    clockRate,
    stop,
    counts: countsOf(sources, now),
    lift,
    truth: truth === null ? null : { difference: truth },
    campaigns: campaignsOf(sources),
    pendingApprovals: pendingCount(sources),
    attention: attentionOf(sources, { stopped: stop.active, verdict: lift.verdict }),
    hourly: lastHours(state.tally, now).map(({ at, events, decisions, acted, sent, conversions }) => ({
      at,
      events,
      decisions,
      acted,
      sent,
      conversions,
    })),
  }
}

const countsOf = ({ loop }: ViewSources, now: number): Brief['counts'] => {
  const { state } = loop
  const { totals } = state.tally
  const today = sumToday(state.tally, now, state.business.timeZone)
  const { queued } = outboxSize(state.delivery)
  return {
    people: countProfiles(state.profile),
    eventsTotal: totals.events,
    eventsPerMinute: perMinute(state.tally.hours, now),
    decisionsTotal: totals.decisions,
    decisionsToday: today.decisions,
    actedToday: today.acted,
    nothingToday: today.nothing,
    withheldToday: today.withheld,
    sentTotal: totals.sent,
    sentToday: today.sent,
    failedToday: today.failed,
    unknown: totals.unknown,
    queued,
    opened: totals.opened,
    clicked: totals.clicked,
    conversions: totals.conversions,
    unsubscribed: totals.unsubscribed,
    complained: totals.complained,
  }
}

/** Sums of the hours that fall on today in the business's zone. */
const sumToday = (tally: Tally, now: number, zone: string): Omit<HourTally, 'at'> => {
  const today = localTime(now, zone).day
  const { at: _at, ...sum } = emptyHour(0)
  for (const hour of tally.hours) {
    if (localTime(hour.at, zone).day !== today) continue
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += hour[name]
  }
  return sum
}

/** Over the running hour, and the one before while it is young. */
const perMinute = (hours: readonly HourTally[], now: number): number => {
  const from = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS
  const recent = hours.filter(({ at }) => at >= from)
  const events = recent.reduce((sum, hour) => sum + hour.events, 0)
  const first = recent[0]?.at ?? now
  return events / Math.max(1, (now - first) / MINUTE_MS)
}

const campaignsOf = ({ loop }: ViewSources): Brief['campaigns'] => {
  const { state } = loop
  return campaignsInForce(state.decision).campaigns.map((campaign) => {
    const tally = state.tally.campaigns[campaign.id]
    const actions = Object.entries(tally?.actions ?? {})
    const drawn = actions.reduce((sum, [, { decisions }]) => sum + decisions, 0)
    return {
      campaignId: campaign.id,
      name: campaign.name,
      status: campaign.status,
      decisions: tally?.decisions ?? 0,
      acted: tally?.acted ?? 0,
      nothing: tally?.nothing ?? 0,
      conversions: tally?.conversions ?? 0,
      reward: tally?.reward ?? 0,
      spent: campaignSpend(state.guardrail, campaign.id),
      budget: campaign.budget ?? null,
      actions: actions
        .toSorted(([, left], [, right]) => right.decisions - left.decisions)
        .slice(0, ACTIONS_SHOWN)
        .map(([actionId, { decisions, settled, reward }]) => ({
          actionId,
          share: drawn === 0 ? 0 : decisions / drawn,
          meanReward: settled === 0 ? null : reward / settled,
        })),
    }
  })
}

/** Complaints per message above which a person is called: what large mailbox providers take offence at. */
const COMPLAINT_SHARE_MAX = 0.001
const COMPLAINTS_MIN = 3
const INVALID_SHARE_MAX = 0.01

const attentionOf = (
  sources: ViewSources,
  { stopped, verdict }: { readonly stopped: boolean; readonly verdict: string },
): Brief['attention'] => {
  const { state } = sources.loop
  const { totals } = state.tally
  const found: Brief['attention'] = []
  const add = (
    kind: Brief['attention'][number]['kind'],
    severity: 'risk' | 'notice',
    count: number,
    detail = '',
  ) => found.push({ kind, severity, count, detail })
  if (stopped) add('stopped', 'notice', 1)
  for (const { kind, detail } of sources.troubles()) add(kind, 'risk', 1, detail)
  if (totals.unknown > 0) add('unknown_sends', 'notice', totals.unknown)
  if (verdict === 'sample_ratio_mismatch') add('sample_ratio', 'risk', 1)
  if (totals.complained >= COMPLAINTS_MIN && totals.complained > COMPLAINT_SHARE_MAX * totals.sent)
    add('complaints', 'risk', totals.complained)
  const invalid = invalidOf(sources)
  if (invalid > 0 && invalid > INVALID_SHARE_MAX * totals.events) add('invalid_events', 'notice', invalid)
  const odd = openAnomalies(state.kpis.watch, sources.loop.ctx.now())
  if (odd.length > 0) add('kpi_anomaly', odd.some(({ isRisk }) => isRisk) ? 'risk' : 'notice', odd.length)
  const shifted = openActionAlarms(state.kpis.actions, sources.loop.ctx.now())
  for (const kind of ['collapsed', 'shifted'] as const) {
    const told = shifted.filter((one) => one.kind === kind)
    if (told.length > 0) add(`actions_${kind}`, 'risk', told.length, told.map(toldOf).join('; '))
  }
  if (campaignsInForce(state.decision).campaigns.length === 0) add('no_campaigns', 'notice', 0)
  const drifted = [...state.persons.models.byKey].flatMap(([key, { drift }]) =>
    drift === null ? [] : [`${key}: ${drift.measure} ${drift.value.toFixed(2)}`],
  )
  if (drifted.length > 0) add('model_drift', 'risk', drifted.length, drifted.join('; '))
  const { incidents, sources: heard } = state.brand
  const open = [...incidents.open.values()].filter(({ kind, owner }) => kind !== 'drill' && owner === '')
  if (open.length > 0)
    add(
      'brand_incident',
      open.some(({ kind }) => kind !== 'opportunity') ? 'risk' : 'notice',
      open.length,
      open.map(({ incidentId, entity }) => `${incidentId} ${entity}`).join(', '),
    )
  const deaf = [...heard].filter(([, { trouble }]) => trouble !== '')
  if (deaf.length > 0)
    add(
      'brand_source',
      'notice',
      deaf.length,
      deaf.map(([id, { trouble }]) => `${id}: ${trouble}`).join('; '),
    )
  return found
}

const toldOf = ({ campaignId, actionId, share, usualShare }: ActionsShifted): string =>
  `${campaignId}: ${actionId} ${percent(usualShare)} → ${percent(share)}`
const percent = (share: number): string => `${Math.round(100 * share)} %`

const invalidOf = ({ loop }: ViewSources): number =>
  signalHealth(loop.state.signal).rows.reduce((sum, row) => sum + row.dropped, 0)
