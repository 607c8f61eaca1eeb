// A new campaign reaches a small share of its audience first, the same people all along, and more only
// after it has done no harm there. What does harm stops by itself, at any stage.

import { bucketOf } from '../../kernel/hash.ts'
import { fromMicros } from '../../kernel/money.ts'
import type { Ground, RampMoved, RampSpec } from '../events.ts'
import { EVIDENCE_ENOUGH, evidenceAbove } from './evidence.ts'

export type RampCounts = {
  contacts: number
  complaints: number
  unsubscribes: number
  bounces: number
  errors: number
}

export type Ramp = {
  readonly campaignId: string
  /** Index into the stages; their number = everybody. */
  stage: number
  /** 0 to 1; 0 = stopped. */
  share: number
  halted: Ground | null
  /** ms, since when it stands at this stage. */
  since: number
  /** Since then. */
  counts: RampCounts
}

export const newCounts = (): RampCounts => ({
  contacts: 0,
  complaints: 0,
  unsubscribes: 0,
  bounces: 0,
  errors: 0,
})

/** Where a campaign begins: at the first stage, or with everybody when it was there before. */
export const newRamp = (
  campaignId: string,
  spec: RampSpec,
  { at, isNew }: { readonly at: number; readonly isNew: boolean },
): Ramp => ({
  campaignId,
  stage: isNew ? 0 : spec.stages.length,
  share: isNew ? shareOf(spec, 0) : 1,
  halted: null,
  since: at,
  counts: newCounts(),
})

/** Share of a stage; beyond the last one everybody. */
export const shareOf = (spec: RampSpec, stage: number): number => spec.stages[stage]?.share ?? 1

/** Whether this person is among those reached now. The same person at every stage from the first on. */
export const admits = (ramp: Ramp | undefined, profileId: string): boolean => {
  if (ramp === undefined || ramp.share >= 1) return true
  return ramp.share > 0 && bucketOf(profileId, `ramp ${ramp.campaignId}`) < ramp.share
}

/** Patience: a stage whose audience is too small for its contacts goes on after so many holds. */
const HOLDS_MAX = 3

/** The move that is due now, or null. */
export const dueMove = (ramp: Ramp, spec: RampSpec, now: number): RampMoved | null => {
  const { campaignId, stage, counts, since } = ramp
  if (ramp.halted !== null) return null
  const stopped = stopReason(counts, spec)
  if (stopped !== null) return { campaignId, stage, share: 0, reason: stopped }
  const here = spec.stages[stage]
  if (here === undefined) return null
  const held = now - since
  if (held < here.holdMs) return null
  if (counts.contacts < here.contactsMin && held < HOLDS_MAX * here.holdMs) return null
  // Nobody reached at all says nothing about harm.
  if (counts.contacts === 0 && here.contactsMin > 0) return null
  return {
    campaignId,
    stage: stage + 1,
    share: shareOf(spec, stage + 1),
    reason: { code: 'no_harm', detail: `${counts.contacts} contacts` },
  }
}

const STOPS = [
  ['complaints', 'complaints'],
  ['unsubscribes', 'unsubscribes'],
  ['bounces', 'bounces'],
  ['errors', 'errors'],
] as const

/** Which stop condition is met by these counts; null when none is. */
export const stopReason = (counts: RampCounts, spec: RampSpec): Ground | null => {
  for (const [what, limit] of STOPS) {
    const bad = counts[what]
    if (bad === 0) continue
    const evidence = evidenceAbove({ bad, all: counts.contacts, limit: spec[limit] })
    if (evidence >= EVIDENCE_ENOUGH)
      return {
        code: what,
        detail: `${bad} of ${counts.contacts}, limit ${fromMicros(Math.round(spec[limit] * 1e6))}`,
      }
  }
  return null
}
