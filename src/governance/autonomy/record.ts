// The record by which autonomy is earned, per class and per class of one campaign: how people answered
// what was proposed, what was done unasked and taken back, and when it was broken.

import type { ActionClass, BreachKind, GovernancePolicy, Level } from '../events.ts'

export type AutonomyRecord = {
  readonly class: ActionClass
  /** '' = all of the class. */
  readonly campaignId: string
  /** Decisions that people judged. Of a batch only as many as they were shown. */
  judged: number
  /** Of them, approved as they were. */
  unedited: number
  edited: number
  rejected: number
  /** Done without asking, at level 3 or 4. */
  acted: number
  undone: number
  breaches: number
  lastBreach: BreachKind | ''
  /** ms, when counting began: the first of its kind, the last promotion or the last breach. */
  since: number
}

/** Of one batch no more than this counts: nobody reads a thousand messages before saying yes. */
export const BATCH_COUNTS_MAX = 5

export const newRecord = (of: ActionClass, campaignId: string, at: number): AutonomyRecord => ({
  class: of,
  campaignId,
  judged: 0,
  unedited: 0,
  edited: 0,
  rejected: 0,
  acted: 0,
  undone: 0,
  breaches: 0,
  lastBreach: '',
  since: at,
})

/** What the evidence says; each line is shown to the person who promotes. */
export type Evidenced = {
  readonly decisions: { readonly have: number; readonly need: number; readonly met: boolean }
  /** Share approved unedited below level 3, share not taken back from there on. */
  readonly unedited: { readonly have: number | null; readonly need: number; readonly met: boolean }
  readonly noBreach: boolean
  /** Lower end of the gain's interval; null = not known yet. */
  readonly gain: { readonly low: number | null; readonly met: boolean }
  readonly met: boolean
}

/**
 * Whether a level was earned: enough decisions, nearly all as they were, no breach since, gain above
 * zero by its interval.
 */
export const evidenceOf = (
  record: AutonomyRecord,
  {
    level,
    earn,
    gainLow,
  }: {
    readonly level: Level
    readonly earn: NonNullable<GovernancePolicy['earn']>
    readonly gainLow: number | null
  },
): Evidenced => {
  const asks = level < 3
  const have = asks ? record.judged : record.acted
  const good = asks ? record.unedited : record.acted - record.undone
  const share = have === 0 ? null : good / have
  const decisions = { have, need: earn.decisions, met: have >= earn.decisions }
  const unedited = {
    have: share,
    need: earn.uneditedShare,
    met: share !== null && share >= earn.uneditedShare,
  }
  const noBreach = record.breaches === 0
  const gain = { low: gainLow, met: gainLow !== null && gainLow > 0 }
  return { decisions, unedited, noBreach, gain, met: decisions.met && unedited.met && noBreach && gain.met }
}

/** Highest level left after something went wrong. */
export const CAP_AFTER: Readonly<Record<BreachKind, Level>> = {
  breach: 2,
  stale_data: 2,
  sample_ratio: 2,
  failed_gate: 2,
  model_changed: 3,
  policy_changed: 3,
}
