// The records of autonomy as a fold: counted one by one, per class and per class of one campaign.

import type { LogEvent } from '../../log/port.ts'
import type { Autonomy, DecisionMade } from '../../decision/events.ts'
import type { ActionClass, Breached, Level, Promoted } from '../events.ts'
import { capKey } from '../policy/verdict.ts'
import type { GovernanceState } from '../state.ts'
import { BATCH_COUNTS_MAX, newRecord, type AutonomyRecord } from './record.ts'

/** Counts into the record of the class and, when there is one, of the campaign's class. */
export const note = (
  state: GovernanceState,
  { of, campaignId, at }: { readonly of: ActionClass; readonly campaignId: string; readonly at: number },
  count: (record: AutonomyRecord) => void,
): void => {
  count(recordOf(state, of, '', at))
  if (campaignId !== '') count(recordOf(state, of, campaignId, at))
}

/** What a decision did unasked, or would have done had it been allowed. */
export const noteActed = (state: GovernanceState, made: DecisionMade, at: number): void => {
  const { autonomy } = made
  if (autonomy === undefined) return
  if (made.verdict === 'withheld' && autonomy.line !== '') return noteAsked(state, made, autonomy)
  if (made.verdict !== 'act' || autonomy.level < 3) return
  note(state, { of: autonomy.class, campaignId: made.campaignId, at }, (record) => record.acted++)
}

/** Withheld by nothing but its level: people are told, batch by batch. */
const noteAsked = (state: GovernanceState, made: DecisionMade, autonomy: Autonomy): void => {
  if (!made.vetoes.every(({ code }) => code === 'autonomy' || code === 'awaits_approval')) return
  const { line, level } = autonomy
  if (state.lines.has(line)) return
  const known = state.asked.get(line)
  if (known === undefined && state.asked.size >= state.options.askedMax) return
  const sample = known?.sample ?? []
  state.asked.set(line, {
    campaignId: made.campaignId,
    class: autonomy.class,
    level,
    count: (known?.count ?? 0) + 1,
    sample: sample.length < BATCH_COUNTS_MAX ? [...sample, made.decisionId] : sample,
  })
}

export const foldBreached = (state: GovernanceState, { data, at }: LogEvent): void => {
  const { class: of, campaignId, kind, capTo } = data as Breached
  const key = capKey(of, campaignId)
  state.caps.set(key, Math.min(state.caps.get(key) ?? 4, capTo) as Level)
  const record = recordOf(state, of, campaignId, at)
  restart(record, at)
  record.breaches++
  record.lastBreach = kind
  if (kind === 'stale_data') state.staleSince = at
  if (kind === 'model_changed') state.modelResetsJudged = state.modelResets
  const facts = state.campaigns.get(campaignId)
  if (kind === 'policy_changed' && facts !== undefined)
    state.campaigns.set(campaignId, { ...facts, decidingJudged: facts.deciding })
}

export const foldPromoted = (state: GovernanceState, { data, at }: LogEvent): void => {
  const { class: of, campaignId, level } = data as Promoted
  const key = capKey(of, campaignId)
  const cap = state.caps.get(key)
  if (cap !== undefined && level >= 4) state.caps.delete(key)
  else if (cap !== undefined && level > cap) state.caps.set(key, level)
  const record = recordOf(state, of, campaignId, at)
  restart(record, at)
  record.breaches = 0
  record.lastBreach = ''
}

const restart = (record: AutonomyRecord, at: number): void => {
  record.judged = 0
  record.unedited = 0
  record.edited = 0
  record.rejected = 0
  record.acted = 0
  record.undone = 0
  record.since = at
}

const recordOf = (
  state: GovernanceState,
  of: ActionClass,
  campaignId: string,
  at: number,
): AutonomyRecord => {
  const key = capKey(of, campaignId)
  const known = state.records.get(key)
  if (known !== undefined) return known
  const record = newRecord(of, campaignId, at)
  state.records.set(key, record)
  for (const oldest of state.records.keys()) {
    if (state.records.size <= state.options.recordsMax) break
    // Those of whole classes stay; a campaign's can be earned again.
    if (state.records.get(oldest)?.campaignId !== '' && oldest !== key) state.records.delete(oldest)
  }
  return record
}
