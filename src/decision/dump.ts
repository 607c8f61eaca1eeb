// The state of deciding for a snapshot: the same events give the same bytes, and folding goes on from
// them as if there had been no stop.

import type { ActionId, CampaignId, ProfileId } from '../kernel/ids.ts'
import type { Column, Dump } from '../log/dump.ts'
import type { CampaignSpec } from './events.ts'
import { enqueue, waitingOf } from './pending.ts'
import type { Pending } from './pending.ts'
import { createDecisions, indexTriggers, newCounts } from './state.ts'
import type { CampaignCounts, DecisionOptions, Decisions, Sweep } from './state.ts'

type DumpedSweep = Omit<Sweep, 'done' | 'scanFrom'>
type DumpedCounts = Omit<CampaignCounts, 'byAction'> & {
  readonly byAction: readonly (readonly [ActionId, number])[]
}

/** The folded state as named columns. */
export const dumpDecisions = (state: Decisions): Dump => {
  const sweeps = [...state.sweeps.values()]
  const dump: Record<string, unknown> = {
    campaigns: [...state.campaigns.values()],
    version: state.version,
    activeSince: [...state.activeSince],
    pending: waitingOf(state.pending),
    refused: [...state.refused.values()],
    sweeps: sweeps.map(
      ({ campaignId, occurrence, at, slotEnd }): DumpedSweep => ({ campaignId, occurrence, at, slotEnd }),
    ),
    lastOccurrence: [...state.lastOccurrence],
    lastEntryCampaigns: [...state.lastEntry.keys()],
    counts: [...state.counts].map(([id, counts]) => [id, { ...counts, byAction: [...counts.byAction] }]),
  }
  for (const [index, sweep] of sweeps.entries()) dump[`sweepDone${index}`] = sweep.done
  for (const [index, last] of [...state.lastEntry.values()].entries()) {
    dump[`lastEntryProfiles${index}`] = [...last.keys()]
    dump[`lastEntryDueAt${index}`] = Float64Array.from(last.values())
  }
  return dump as Record<string, Column>
}

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpDecisions}. */
export const restoreDecisions = (dump: Dump, options: Partial<DecisionOptions> = {}): Decisions => {
  const state = createDecisions(options)
  const read = <T>(name: string): T => dump[name] as unknown as T
  const campaigns = read<CampaignSpec[]>('campaigns')
  state.campaigns = new Map(campaigns.map((campaign) => [campaign.id, campaign]))
  state.version = read<string>('version')
  state.activeSince = new Map(read<[CampaignId, number][]>('activeSince'))
  state.byEvent = indexTriggers(campaigns)
  for (const pending of read<Pending[]>('pending')) enqueue(state.pending, pending, Number.POSITIVE_INFINITY)
  for (const pending of read<Pending[]>('refused')) state.refused.set(pending.decisionId, pending)
  for (const [index, sweep] of read<DumpedSweep[]>('sweeps').entries()) {
    const done = Uint8Array.from(read<Uint8Array>(`sweepDone${index}`))
    state.sweeps.set(sweep.campaignId, { ...sweep, done, scanFrom: 0 })
  }
  for (const [id, day] of read<[CampaignId, number][]>('lastOccurrence')) state.lastOccurrence.set(id, day)
  for (const [index, id] of read<CampaignId[]>('lastEntryCampaigns').entries()) {
    const dueAt = read<Float64Array>(`lastEntryDueAt${index}`)
    const profiles = read<ProfileId[]>(`lastEntryProfiles${index}`)
    state.lastEntry.set(id, new Map(profiles.map((profile, at) => [profile, dueAt[at] ?? 0])))
  }
  for (const [id, { byAction, ...counts }] of read<[CampaignId, DumpedCounts][]>('counts'))
    state.counts.set(id, { ...newCounts(), ...counts, byAction: new Map(byAction) })
  return state
}
