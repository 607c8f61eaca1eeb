// What deciding remembers: the campaigns in force, who waits for a decision and why, how far each
// scheduled campaign has gone through its audience, and what was decided so far. A fold over the log.

import { asDecisionId } from '../kernel/ids.ts'
import type { ActionId, CampaignId, DecisionId, ProfileId } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { fromMicros, toMicros } from '../kernel/money.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { LogEvent } from '../log/port.ts'
import type { Signal } from '../signal/events.ts'
import { decisionIdOf } from './decide.ts'
import { CAMPAIGN_DUE, CAMPAIGN_SWEPT, CAMPAIGNS_APPLIED, DECISION_MADE, DECISION_SKIPPED } from './events.ts'
import type {
  CampaignDue,
  CampaignsApplied,
  CampaignSpec,
  CampaignSwept,
  DecisionCause,
  DecisionMade,
  DecisionSkipped,
} from './events.ts'
import { createPendingQueue, enqueue, settle } from './pending.ts'
import type { Pending, PendingQueue } from './pending.ts'
import type { People } from './people.ts'

export type DecisionOptions = {
  /** Triggers that may wait at the same time; a new one beyond it is refused, the oldest are kept. */
  readonly pendingMax: number
  /** Refused triggers told one by one; more are only counted. */
  readonly refusedMax: number
  /** Last entries remembered per campaign, for re-entry. */
  readonly entriesMax: number
  /** A trigger whose hour lies further back than this when it arrives (an import) starts nothing. */
  readonly staleMsMax: number
  /** Profiles that one call looks at for scheduled campaigns. */
  readonly scanMax: number
  /** Campaigns, past ones included, whose counts are kept. */
  readonly countsMax: number
}

export const DEFAULT_DECISION_OPTIONS: DecisionOptions = {
  pendingMax: 100_000,
  refusedMax: 1_000,
  entriesMax: 2_000_000,
  staleMsMax: DAY_MS,
  scanMax: 5_000,
  countsMax: 1_000,
}

export type CampaignCounts = {
  /** Triggers that matched. */
  triggered: number
  /** Of them, kept out by the re-entry rule. */
  reentries: number
  /** Of them, too old when they arrived. */
  stale: number
  /** Of them, refused because too many waited. */
  refused: number
  decided: number
  act: number
  nothing: number
  withheld: number
  skipped: number
  /** Occurrences whose hour was missed. */
  missed: number
  /** Contact costs of what was decided to act, in micros; what was really spent the guardrail knows. */
  plannedMicros: number
  /** How often each action was drawn. */
  readonly byAction: Map<ActionId, number>
}

/** A scheduled campaign on its way through the profiles. */
export type Sweep = {
  readonly campaignId: CampaignId
  readonly occurrence: string
  /** ms, when it fell due. */
  readonly at: number
  /** Profiles seen before it fell due; later ones wait for the next occurrence. */
  readonly slotEnd: number
  /** One bit per slot that was decided. */
  readonly done: Uint8Array
  /** Slots before this one need no second look. In memory only: a restart looks again. */
  scanFrom: number
}

export type Decisions = {
  readonly options: DecisionOptions
  /** In the order of the plan, which is their priority. */
  campaigns: Map<CampaignId, CampaignSpec>
  version: string
  /** ms since when a campaign has run with its present trigger. */
  activeSince: Map<CampaignId, number>
  byEvent: Map<string, CampaignSpec[]>
  readonly pending: PendingQueue
  /** Triggers turned away, until the log says so. */
  readonly refused: Map<DecisionId, Pending>
  readonly sweeps: Map<CampaignId, Sweep>
  /** Day number of the last occurrence that was due or missed. */
  readonly lastOccurrence: Map<CampaignId, number>
  /** Per campaign: when the last accepted trigger of a profile was due, in the order of acceptance. */
  readonly lastEntry: Map<CampaignId, Map<ProfileId, number>>
  readonly counts: Map<CampaignId, CampaignCounts>
}

/** Nothing decided, no campaigns. */
export const createDecisions = (options: Partial<DecisionOptions> = {}): Decisions => ({
  options: { ...DEFAULT_DECISION_OPTIONS, ...options },
  campaigns: new Map(),
  version: 'none',
  activeSince: new Map(),
  byEvent: new Map(),
  pending: createPendingQueue(),
  refused: new Map(),
  sweeps: new Map(),
  lastOccurrence: new Map(),
  lastEntry: new Map(),
  counts: new Map(),
})

/** A signal of a person, as the profile fold returns it. */
export type DecisionTouch = { readonly ref: number; readonly signal: Signal }

/** Takes one event in, after the profile slice has: `touches` are that fold's answer for this event. */
export const foldDecisions = (
  state: Decisions,
  event: LogEvent,
  touches: readonly DecisionTouch[],
  people: People,
): void => {
  if (state.byEvent.size > 0) for (const touch of touches) foldTouch(state, event.at, touch, people)
  switch (event.type) {
    case CAMPAIGNS_APPLIED:
      return foldApplied(state, event as LogEvent<CampaignsApplied>)
    case CAMPAIGN_DUE:
      return foldDue(state, event as LogEvent<CampaignDue>, people)
    case CAMPAIGN_SWEPT:
      return foldSwept(state, event.data as CampaignSwept)
    case DECISION_MADE:
      return foldMade(state, event.data as DecisionMade, people)
    case DECISION_SKIPPED:
      return foldSkipped(state, event as LogEvent<DecisionSkipped>, people)
    default:
      return
  }
}

/** The campaigns in force, in the order of the plan, and the version that decisions record. */
export const campaignsInForce = (
  state: Decisions,
): { readonly campaigns: readonly CampaignSpec[]; readonly version: string } => ({
  campaigns: [...state.campaigns.values()],
  version: state.version,
})

/** What a campaign has decided so far; `planned` in whole currency units. undefined when it never was. */
export const campaignCounts = (
  state: Decisions,
  id: CampaignId,
): (Readonly<CampaignCounts> & { readonly planned: number }) | undefined => {
  const counts = state.counts.get(id)
  return counts === undefined ? undefined : { ...counts, planned: fromMicros(counts.plannedMicros) }
}

/** Name under which a signal can trigger: that of a track event, `$page`, `$identify`, … for the others. */
export const triggerNameOf = (signal: Signal): string =>
  signal.kind === 'track' ? signal.name : `$${signal.kind}`

/** Index of campaigns by the event that triggers them; paused ones start nothing. */
export const indexTriggers = (campaigns: Iterable<CampaignSpec>): Map<string, CampaignSpec[]> => {
  const byEvent = new Map<string, CampaignSpec[]>()
  for (const campaign of campaigns) {
    if (campaign.trigger.kind !== 'event' || campaign.status === 'paused') continue
    const list = byEvent.get(campaign.trigger.event)
    if (list === undefined) byEvent.set(campaign.trigger.event, [campaign])
    else list.push(campaign)
  }
  return byEvent
}

const foldApplied = (state: Decisions, { data, at }: LogEvent<CampaignsApplied>): void => {
  const before = state.campaigns
  const since = state.activeSince
  state.campaigns = new Map(data.campaigns.map((campaign) => [campaign.id, campaign]))
  state.version = data.version
  state.byEvent = indexTriggers(data.campaigns)
  state.activeSince = new Map()
  for (const campaign of data.campaigns) {
    const was = before.get(campaign.id)
    const runsOn =
      was !== undefined &&
      was.status !== 'paused' &&
      canonicalJson(was.trigger) === canonicalJson(campaign.trigger)
    state.activeSince.set(campaign.id, runsOn ? (since.get(campaign.id) ?? at) : at)
    countsOf(state, campaign.id)
  }
  for (const id of state.lastEntry.keys()) if (!state.campaigns.has(id)) state.lastEntry.delete(id)
  for (const id of state.lastOccurrence.keys()) if (!state.campaigns.has(id)) state.lastOccurrence.delete(id)
}

const foldTouch = (state: Decisions, now: number, { ref, signal }: DecisionTouch, people: People): void => {
  const campaigns = state.byEvent.get(triggerNameOf(signal))
  if (campaigns === undefined) return
  const profileId = people.idOf(ref)
  const root = people.refOf(profileId) ?? ref
  for (const campaign of campaigns) {
    const { trigger } = campaign
    if (trigger.kind !== 'event' || !people.matches(trigger.where, { ref: root, now, event: signal }))
      continue
    const counts = countsOf(state, campaign.id)
    counts.triggered++
    const dueAt = signal.at + trigger.delayMs
    if (dueAt < now - state.options.staleMsMax) {
      counts.stale++
      continue
    }
    if (isReentry(state, campaign.id, people.idsOf(root), dueAt, trigger.reentryMs)) {
      counts.reentries++
      continue
    }
    const cause: DecisionCause = { kind: 'event', ref: signal.messageId }
    const decisionId = decisionIdOf(campaign.id, cause.ref, profileId)
    accept(state, { decisionId, campaignId: campaign.id, profileId, cause, dueAt }, now, trigger.reentryMs)
  }
}

const accept = (state: Decisions, pending: Pending, now: number, reentryMs: number): void => {
  const { options } = state
  if (state.pending.waiting.has(pending.decisionId)) return
  if (!enqueue(state.pending, pending, options.pendingMax)) {
    countsOf(state, pending.campaignId).refused++
    if (state.refused.size < options.refusedMax) state.refused.set(pending.decisionId, pending)
    return
  }
  if (reentryMs === 0) return
  let last = state.lastEntry.get(pending.campaignId)
  if (last === undefined) {
    last = new Map()
    state.lastEntry.set(pending.campaignId, last)
  }
  last.delete(pending.profileId)
  last.set(pending.profileId, pending.dueAt)
  for (const [oldest, dueAt] of last) {
    if (last.size <= options.entriesMax && dueAt > now - options.staleMsMax - reentryMs) break
    last.delete(oldest)
  }
}

const isReentry = (
  state: Decisions,
  campaignId: CampaignId,
  ids: readonly ProfileId[],
  dueAt: number,
  reentryMs: number,
): boolean => {
  const last = state.lastEntry.get(campaignId)
  if (last === undefined || reentryMs === 0) return false
  // A trigger that arrives late may be due before the one that was accepted: both ways count.
  return ids.some((id) => Math.abs(dueAt - (last.get(id) ?? Number.NEGATIVE_INFINITY)) < reentryMs)
}

const foldDue = (state: Decisions, { data, at }: LogEvent<CampaignDue>, people: People): void => {
  const { campaignId, occurrence, missed } = data
  state.lastOccurrence.set(campaignId, Number(occurrence))
  if (missed === true) {
    countsOf(state, campaignId).missed++
    return
  }
  if (!state.campaigns.has(campaignId)) return
  const slotEnd = people.slotCount()
  const done = new Uint8Array(Math.ceil(slotEnd / 8))
  // What an unfinished earlier occurrence had left is overtaken by this one.
  state.sweeps.set(campaignId, { campaignId, occurrence, at, slotEnd, done, scanFrom: 0 })
}

const foldSwept = (state: Decisions, { campaignId, occurrence }: CampaignSwept): void => {
  if (state.sweeps.get(campaignId)?.occurrence === occurrence) state.sweeps.delete(campaignId)
}

const foldMade = (state: Decisions, made: DecisionMade, people: People): void => {
  const counts = countsOf(state, made.campaignId)
  counts.decided++
  counts[made.verdict]++
  counts.byAction.set(made.actionId, (counts.byAction.get(made.actionId) ?? 0) + 1)
  if (made.verdict === 'act') {
    const action = state.campaigns.get(made.campaignId)?.actions.find(({ id }) => id === made.actionId)
    counts.plannedMicros += toMicros(action?.contactCost ?? 0)
  }
  clearWork(state, made.decisionId, made, people)
}

const foldSkipped = (state: Decisions, { id, data }: LogEvent<DecisionSkipped>, people: People): void => {
  countsOf(state, data.campaignId).skipped++
  state.refused.delete(asDecisionId(id))
  clearWork(state, asDecisionId(id), data, people)
}

const clearWork = (
  state: Decisions,
  decisionId: DecisionId,
  { campaignId, profileId, cause }: Pick<DecisionSkipped, 'campaignId' | 'profileId' | 'cause'>,
  people: People,
): void => {
  settle(state.pending, decisionId)
  if (cause.kind !== 'schedule') return
  const sweep = state.sweeps.get(campaignId)
  const slot = people.refOf(profileId)
  if (sweep?.occurrence !== cause.ref || slot === undefined || slot >= sweep.slotEnd) return
  sweep.done[slot >>> 3] = (sweep.done[slot >>> 3] ?? 0) | (1 << (slot & 7))
}

export const newCounts = (): CampaignCounts => ({
  triggered: 0,
  reentries: 0,
  stale: 0,
  refused: 0,
  decided: 0,
  act: 0,
  nothing: 0,
  withheld: 0,
  skipped: 0,
  missed: 0,
  plannedMicros: 0,
  byAction: new Map(),
})

const countsOf = (state: Decisions, id: CampaignId): CampaignCounts => {
  const known = state.counts.get(id)
  if (known !== undefined) return known
  const counts = newCounts()
  state.counts.set(id, counts)
  for (const oldest of state.counts.keys()) {
    if (state.counts.size <= state.options.countsMax) break
    if (!state.campaigns.has(oldest) && oldest !== id) state.counts.delete(oldest)
  }
  return counts
}
