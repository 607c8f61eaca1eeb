// What is to be decided now. Asking changes nothing that is dumped: what the log does not answer is
// offered again, and the ids of decisions make a second answer a duplicate.

import type { Business } from '../kernel/business.ts'
import { formatDuration } from '../kernel/duration.ts'
import type { CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import { localHourStart } from '../kernel/local-hour.ts'
import { isTimeZone, localTime } from '../kernel/time.ts'
import type { NewEvent } from '../log/port.ts'
import { decisionIdOf } from './decide.ts'
import { CAMPAIGN_DUE, CAMPAIGN_SWEPT, DECISION_SKIPPED } from './events.ts'
import type {
  CampaignDue,
  CampaignSpec,
  CampaignSwept,
  DecisionCause,
  DecisionSkipped,
  Reason,
} from './events.ts'
import { dueOf } from './pending.ts'
import type { Pending } from './pending.ts'
import type { Asked, People } from './people.ts'
import type { Decisions, Sweep } from './state.ts'

/** A person and a campaign to decide on now. */
export type DueDecision = {
  readonly decisionId: DecisionId
  readonly campaign: CampaignSpec
  /** The person as merges have it now. */
  readonly ref: number
  readonly profileId: ProfileId
  readonly cause: DecisionCause
  /** ms, when it fell due. */
  readonly dueAt: number
}

export type DueWork = {
  /** To be decided, in order. */
  readonly decide: readonly DueDecision[]
  /** To be appended as they are: what is not decided any more, and sweeps that are over. */
  readonly record: readonly NewEvent<DecisionSkipped | CampaignSwept>[]
}

export type DueQuery = {
  readonly people: People
  /** How late a decision may be made (the limits' `latenessMsMax`). */
  readonly latenessMsMax: number
  /** Most work items to return. */
  readonly limit: number
  /** Whether a campaign reaches this person by now: new ones reach few at first. Absent: everybody. */
  readonly admits?: Admits
}

export type Admits = (campaignId: CampaignId, profileId: ProfileId) => boolean

/**
 * The work due at `now`: waiting triggers first, by the time they fell due, then scheduled campaigns by
 * theirs, each in the order of profiles. Deterministic for a given state. What is returned leaves the
 * state only by the events that answer it.
 */
export const dueDecisions = (state: Decisions, now: number, query: DueQuery): DueWork => {
  const decide: DueDecision[] = []
  const record: NewEvent<DecisionSkipped | CampaignSwept>[] = []
  for (const pending of state.refused.values()) {
    if (record.length >= query.limit) break
    record.push(skipped(pending, now, { code: 'overloaded', detail: `${state.options.pendingMax} waiting` }))
  }
  for (const pending of dueOf(state.pending, now, query.limit)) {
    const found = lookAt(state, pending, now, query)
    if ('code' in found) record.push(skipped(pending, now, found))
    else decide.push(found)
  }
  const sweeps = [...state.sweeps.values()].toSorted((a, b) => a.at - b.at)
  let scans = state.options.scanMax
  for (const sweep of sweeps) {
    if (decide.length + record.length >= query.limit || scans <= 0) break
    scans -= goThrough(state, sweep, now, { ...query, scans, decide, record })
  }
  return { decide, record }
}

/**
 * Scheduled campaigns whose hour has come by the business's clock: events to append, whose ids make a
 * second one a duplicate. An hour missed by more than `latenessMsMax` is recorded as missed. Hours from
 * before the campaign was applied or resumed are none of its.
 */
export const dueSchedules = (
  state: Decisions,
  now: number,
  { business, latenessMsMax }: { readonly business: Business; readonly latenessMsMax: number },
): readonly NewEvent<CampaignDue>[] => {
  const zone = isTimeZone(business.timeZone) ? business.timeZone : 'UTC'
  const today = localTime(now, zone).day
  const due: NewEvent<CampaignDue>[] = []
  for (const campaign of state.campaigns.values()) {
    const { trigger, id: campaignId } = campaign
    if (trigger.kind !== 'schedule' || campaign.status === 'paused') continue
    const since = state.activeSince.get(campaignId) ?? now
    const last = state.lastOccurrence.get(campaignId) ?? Number.NEGATIVE_INFINITY
    for (const day of [today - 1, today]) {
      const start = localHourStart(day, trigger.atHour, zone)
      if (day <= last || start > now || start < since || !trigger.weekdays.includes(weekdayOf(day))) continue
      const occurrence = String(day)
      const data: CampaignDue =
        now - start > latenessMsMax ? { campaignId, occurrence, missed: true } : { campaignId, occurrence }
      due.push({ id: `due:${campaignId}:${occurrence}`, type: CAMPAIGN_DUE, key: campaignId, at: now, data })
    }
  }
  return due
}

/**
 * Who answers a placement: the first live campaign of the plan that asks for it and whose audience the
 * person is in, and beside it every one in shadow, to be decided and withheld.
 */
export const campaignsForPlacement = (
  state: Decisions,
  placement: string,
  person: Asked & { readonly people: People; readonly admits?: Admits },
): { readonly serve: CampaignSpec | undefined; readonly shadows: readonly CampaignSpec[] } => {
  let serve: CampaignSpec | undefined
  const shadows: CampaignSpec[] = []
  for (const campaign of state.campaigns.values()) {
    const { trigger, status } = campaign
    if (trigger.kind !== 'request' || trigger.placement !== placement || status === 'paused') continue
    if (status === 'live' && serve !== undefined) continue
    if (!person.people.matches(campaign.audience, person)) continue
    if (person.admits?.(campaign.id, person.people.idOf(person.ref)) === false) continue
    if (status === 'live') serve = campaign
    else shadows.push(campaign)
  }
  return { serve, shadows }
}

/** Every placement that some campaign, not paused, answers. */
export const placementsOf = (state: Decisions): readonly string[] => [
  ...new Set(
    [...state.campaigns.values()].flatMap(({ trigger, status }) =>
      trigger.kind === 'request' && status !== 'paused' ? [trigger.placement] : [],
    ),
  ),
]

const lookAt = (state: Decisions, pending: Pending, now: number, query: DueQuery): DueDecision | Reason => {
  const { people, latenessMsMax } = query
  const campaign = state.campaigns.get(pending.campaignId)
  if (campaign === undefined) return { code: 'campaign_paused', detail: 'gone' }
  if (campaign.status === 'paused') return { code: 'campaign_paused', detail: campaign.id }
  const lateness = now - pending.dueAt
  if (lateness > latenessMsMax) return { code: 'late', detail: latenessDetail(lateness, latenessMsMax) }
  const ref = people.refOf(pending.profileId)
  if (ref === undefined) return { code: 'profile_unsettled', detail: pending.profileId }
  const other = overtakenBy(state, pending, campaign, people.idsOf(ref))
  if (other !== undefined) return { code: 'superseded', detail: other }
  if (!people.matches(campaign.audience, { ref, now })) {
    const gaps = people.gapsOf(campaign.audience, { ref, now })
    return gaps === ''
      ? { code: 'not_in_audience', detail: campaign.audience }
      : { code: 'no_score', detail: gaps }
  }
  const profileId = people.idOf(ref)
  if (query.admits?.(campaign.id, profileId) === false) return { code: 'not_in_audience', detail: 'ramp' }
  const { decisionId, cause, dueAt } = pending
  return { decisionId, campaign, ref, profileId, cause, dueAt }
}

/**
 * The other id of this person, merged since, whose trigger came first within the re-entry time: the
 * person is decided on once.
 */
const overtakenBy = (
  state: Decisions,
  { profileId, dueAt }: Pending,
  { id, trigger }: CampaignSpec,
  ids: readonly ProfileId[],
): ProfileId | undefined => {
  if (ids.length < 2 || trigger.kind !== 'event' || trigger.reentryMs === 0) return undefined
  const last = state.lastEntry.get(id)
  return ids.find((other) => {
    const theirs = other === profileId ? undefined : last?.get(other)
    if (theirs === undefined || dueAt - theirs >= trigger.reentryMs) return false
    return theirs < dueAt || (theirs === dueAt && other < profileId)
  })
}

type Walk = DueQuery & {
  /** Profiles that may still be looked at. */
  readonly scans: number
  readonly decide: DueDecision[]
  readonly record: NewEvent<DecisionSkipped | CampaignSwept>[]
}

/** Offers the next people of a sweep, or its end. Returns how many profiles were looked at. */
const goThrough = (state: Decisions, sweep: Sweep, now: number, walk: Walk): number => {
  const { decide, record, limit } = walk
  const campaign = state.campaigns.get(sweep.campaignId)
  const late = now - sweep.at > walk.latenessMsMax
  if (campaign === undefined || campaign.status === 'paused' || late) {
    record.push(swept(sweep, now, late ? 'late' : 'campaign_paused'))
    return 0
  }
  let looked = 0
  let slot = sweep.scanFrom
  let offered = 0
  while (slot < sweep.slotEnd && looked < walk.scans && decide.length + record.length < limit) {
    looked++
    const due = lookAtSlot(sweep, campaign, slot, now, walk)
    if (due !== undefined) {
      decide.push(due)
      offered++
    } else if (offered === 0) sweep.scanFrom = slot + 1
    slot++
  }
  if (slot >= sweep.slotEnd && offered === 0) record.push(swept(sweep, now, 'complete'))
  return looked
}

const lookAtSlot = (
  sweep: Sweep,
  campaign: CampaignSpec,
  slot: number,
  now: number,
  { people, admits }: DueQuery,
): DueDecision | undefined => {
  const profileId = people.idOf(slot)
  // A slot that was merged into another is that one's business.
  if (people.refOf(profileId) !== slot) return undefined
  if (people.slotsOf(slot).some((mine) => isDone(sweep, mine))) return undefined
  if (!people.matches(campaign.audience, { ref: slot, now })) return undefined
  if (admits?.(campaign.id, profileId) === false) return undefined
  const { occurrence, at: dueAt } = sweep
  const decisionId = decisionIdOf(campaign.id, occurrence, profileId)
  return { decisionId, campaign, ref: slot, profileId, cause: { kind: 'schedule', ref: occurrence }, dueAt }
}

const isDone = ({ done }: Sweep, slot: number): boolean => ((done[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0

const skipped = (pending: Pending, now: number, reason: Reason): NewEvent<DecisionSkipped> => {
  const { campaignId, profileId, cause, decisionId } = pending
  const data: DecisionSkipped = { campaignId, profileId, cause, reason }
  return { id: decisionId, type: DECISION_SKIPPED, key: profileId, at: now, data }
}

const swept = (sweep: Sweep, now: number, end: CampaignSwept['end']): NewEvent<CampaignSwept> => {
  const { campaignId, occurrence } = sweep
  const id = `swept:${campaignId}:${occurrence}`
  return { id, type: CAMPAIGN_SWEPT, key: campaignId, at: now, data: { campaignId, occurrence, end } }
}

const latenessDetail = (lateness: number, max: number): string =>
  `${formatDuration(Math.floor(lateness / 60_000) * 60_000)}/${formatDuration(max)}`

const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7

/** The campaign with this id, when it is in force. */
export const campaignOf = (state: Decisions, id: CampaignId): CampaignSpec | undefined =>
  state.campaigns.get(id)
