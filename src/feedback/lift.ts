// What marketing brought: treated people against those held out, from each person's first decision
// over the same horizon, in margin with costs taken off, as an interval that may be watched at any time.

import { assert } from '../kernel/assert.ts'
import {
  confidenceSequence,
  guardVariances,
  relativeSequence,
  sampleRatioTest,
  smallestDetectableEffect,
} from './confidence.ts'
import type { SequenceOptions } from './confidence.ts'
import { type Group, isExempt } from './holdout.ts'
import {
  addOutcome,
  createScope,
  enrol,
  finish,
  type HistoryPoint,
  isEnrolled,
  type LiftScope,
  mergeUnits,
} from './lift-scope.ts'
import { adjustedSummary, buyersOf, pooledSlope, type Summary, summaryOf } from './moments.ts'
import { addPast, hasConflict, keepGroup, mergePersons, pastOf, storedGroup } from './persons.ts'
import type { FeedbackOptions, Feedback } from './state.ts'

export type LiftVerdict = 'ahead' | 'behind' | 'not_known_yet' | 'sample_ratio_mismatch'

export type LiftGroup = {
  /** Units so far, those still running included. */
  readonly people: number
  /** Units whose horizon is over: only these are compared. */
  readonly complete: number
  /** Mean outcome of the complete ones, whole currency units per person. */
  readonly mean: number
}

export type LiftReport = {
  /** '' = all campaigns together. */
  readonly campaignId: string
  readonly treated: LiftGroup
  readonly holdout: LiftGroup
  /** Treated minus holdout per person over the horizon, adjusted when `adjusted`; null below two complete units a side. */
  readonly difference: number | null
  /** Confidence sequence for it; null until each group has enough people and buyers. */
  readonly low: number | null
  readonly high: number | null
  readonly confidence: number
  /** Difference as a share of the holdout's mean, where that is well away from zero. */
  readonly relative: { readonly value: number; readonly low: number; readonly high: number } | null
  /** Difference × treated people whose horizon is over. */
  readonly earned: number | null
  readonly earnedLow: number | null
  readonly earnedHigh: number | null
  /** Smallest true difference that would be seen by now with 80 % power. */
  readonly smallestDetectable: number | null
  /** Chi-square p of the split, the smaller of all units' and complete units'; null before the first unit. */
  readonly sampleRatioP: number | null
  readonly verdict: LiftVerdict
  /** Whether what people had brought before their first decision was used to narrow the interval. */
  readonly adjusted: boolean
  /** People left out because their two profiles had been in different groups. */
  readonly excluded: number
  readonly horizonMs: number
  readonly history: readonly HistoryPoint[]
}

/** Below this p a split is not the one that was set. */
const SAMPLE_RATIO_P_MIN = 0.001
/** The past is used when it takes away at least this share of the variance. */
const ADJUST_GAIN_MIN = 0.02
/** The holdout's mean in standard errors, above which a relative difference means something. */
const RELATIVE_STDERRS_MIN = 3

/**
 * The comparison of one campaign's people, or of all ('' or left out). `alpha` and `tuning` must be
 * set before looking; changing them afterwards to suit the result undoes the guarantee.
 */
export const liftReport = (
  state: Feedback,
  query: { readonly campaignId?: string; readonly sequence?: SequenceOptions } = {},
): LiftReport => {
  const campaignId = query.campaignId ?? ''
  const sequence = query.sequence ?? state.options.sequence
  const scope = state.scopes.get(campaignId) ?? createScope(campaignId)
  const figures = compare(scope, sequence, state.options)
  const sampleRatioP = sampleRatioOf(scope, state.holdout.share)
  const [treated, holdout] = scope.moments.map(summaryOf)
  assert(treated !== undefined && holdout !== undefined, 'a scope has two groups')
  return {
    campaignId,
    treated: { people: scope.enrolled[0], complete: treated.n, mean: treated.mean },
    holdout: { people: scope.enrolled[1], complete: holdout.n, mean: holdout.mean },
    ...figures,
    confidence: 1 - sequence.alpha,
    earned: times(figures.difference, treated.n),
    earnedLow: times(figures.low, treated.n),
    earnedHigh: times(figures.high, treated.n),
    sampleRatioP,
    verdict: verdictOf(figures, sampleRatioP),
    excluded: scope.excluded,
    horizonMs: state.holdout.horizonMs,
    history: [...scope.history],
  }
}

type Figures = Pick<
  LiftReport,
  'difference' | 'low' | 'high' | 'relative' | 'smallestDetectable' | 'adjusted'
>

const NO_FIGURES: Figures = {
  difference: null,
  low: null,
  high: null,
  relative: null,
  smallestDetectable: null,
  adjusted: false,
}

const compare = (scope: LiftScope, sequence: SequenceOptions, options: FeedbackOptions): Figures => {
  const { groups, adjusted } = summariesOf(scope)
  if (Math.min(groups[0].n, groups[1].n) < 2) return NO_FIGURES
  const [treated, holdout] = guardVariances(...groups)
  const enough =
    Math.min(treated.n, holdout.n) >= options.unitsMin &&
    Math.min(...scope.moments.map(buyersOf)) >= options.buyersMin
  const { difference, low, high } = confidenceSequence(treated, holdout, sequence)
  if (!enough) return { ...NO_FIGURES, difference, adjusted }
  return {
    difference,
    low,
    high,
    relative: relativeOf(scope, sequence),
    smallestDetectable: smallestDetectableEffect(treated, holdout, sequence),
    adjusted,
  }
}

/** The groups' outcomes less θ × (past − mean past), where that makes them clearly less noisy (CUPED). */
const summariesOf = (
  scope: LiftScope,
): { readonly groups: readonly [Summary, Summary]; readonly adjusted: boolean } => {
  const [left, right] = scope.moments
  const treated = summaryOf(left)
  const holdout = summaryOf(right)
  const slope = pooledSlope(scope.moments)
  const treatedAdjusted = adjustedSummary(left, slope)
  const holdoutAdjusted = adjustedSummary(right, slope)
  const noise = treated.variance / treated.n + holdout.variance / holdout.n
  const rest = treatedAdjusted.variance / treated.n + holdoutAdjusted.variance / holdout.n
  return rest < (1 - ADJUST_GAIN_MIN) * noise
    ? { groups: [treatedAdjusted, holdoutAdjusted], adjusted: true }
    : { groups: [treated, holdout], adjusted: false }
}

const relativeOf = (scope: LiftScope, sequence: SequenceOptions): LiftReport['relative'] => {
  const [treated, holdout] = guardVariances(summaryOf(scope.moments[0]), summaryOf(scope.moments[1]))
  const stderr = Math.sqrt(holdout.variance / holdout.n)
  if (holdout.mean < RELATIVE_STDERRS_MIN * stderr || holdout.mean <= 0) return null
  const { relative, low, high } = relativeSequence(treated, holdout, sequence)
  return { value: relative, low, high }
}

const sampleRatioOf = (scope: LiftScope, share: number): number | null => {
  const [treated, holdout] = scope.enrolled
  if (treated + holdout === 0 || share === 0) return null
  const shares = [1 - share, share]
  const complete = scope.moments.map((moments) => summaryOf(moments).n)
  return Math.min(sampleRatioTest([treated, holdout], shares), sampleRatioTest(complete, shares))
}

const verdictOf = (figures: Figures, sampleRatioP: number | null): LiftVerdict => {
  if (sampleRatioP !== null && sampleRatioP < SAMPLE_RATIO_P_MIN) return 'sample_ratio_mismatch'
  if (figures.low !== null && figures.low > 0) return 'ahead'
  if (figures.high !== null && figures.high < 0) return 'behind'
  return 'not_known_yet'
}

const times = (value: number | null, count: number): number | null => (value === null ? null : value * count)

/** A person's decision in a campaign: the first one makes a unit, of the campaign and of all together. */
export const enrolPerson = (
  state: Feedback,
  entry: { readonly ref: number; readonly campaignId: string; readonly group: Group; readonly at: number },
): void => {
  const { ref, campaignId, group, at } = entry
  if (isExempt(state.holdout, campaignId)) return
  if (ref >= state.options.personsMax) {
    state.counts.personsFull++
    return
  }
  keepGroup(state.persons, ref, group)
  const stored = storedGroup(state.persons, ref)
  for (const id of ['', campaignId]) {
    const scope = scopeOf(state, id)
    if (scope === undefined || isEnrolled(scope, ref)) continue
    if (hasConflict(state.persons, ref)) {
      mergeUnits(scope, { from: ref, into: ref, conflict: true })
      continue
    }
    enrol(scope, { ref, start: at, treated: stored === 'treated', past: pastOf(state.persons, ref) })
  }
}

/** Margin that a person brought at `at`. */
export const countMargin = (state: Feedback, ref: number, at: number, margin: number): void => {
  if (margin === 0 || ref >= state.options.personsMax) return
  addPast(state.persons, ref, margin)
  if (storedGroup(state.persons, ref) !== undefined)
    change(state, ref, { at, amount: margin, bought: margin > 0 })
}

/** A cost of reaching a person at `at`; negative when it is given back. */
export const countCost = (state: Feedback, ref: number, at: number, cost: number): void => {
  if (cost !== 0 && ref >= 0) change(state, ref, { at, amount: 0 - cost, bought: false })
}

const change = (
  state: Feedback,
  ref: number,
  amount: { readonly at: number; readonly amount: number; readonly bought: boolean },
): void => {
  const { horizonMs } = state.holdout
  for (const scope of state.scopes.values()) addOutcome(scope, ref, { ...amount, horizonMs })
}

/** `from` is now part of `into`. */
export const mergeLift = (state: Feedback, from: number, into: number): void => {
  const conflict = mergePersons(state.persons, from, into)
  if (conflict) state.counts.conflicts++
  for (const scope of state.scopes.values()) mergeUnits(scope, { from, into, conflict })
}

/** Finishes the units whose horizon was over at `now`. */
export const finishUnits = (state: Feedback, now: number): void => {
  const until = now - state.holdout.horizonMs - state.options.graceMs
  for (const scope of state.scopes.values()) if (finish(scope, until)) addHistory(scope, now, state.options)
}

const addHistory = (scope: LiftScope, at: number, options: FeedbackOptions): void => {
  const last = scope.history.at(-1)
  if (last !== undefined && at < last.at + scope.historyStepMs) return
  const { difference, low, high } = compare(scope, options.sequence, options)
  if (difference === null || low === null || high === null) return
  scope.history.push({ at, difference, low, high })
  if (scope.history.length <= options.historyMax) return
  scope.history = scope.history.filter((_, i) => i % 2 === 0)
  scope.historyStepMs *= 2
}

const scopeOf = (state: Feedback, id: string): LiftScope | undefined => {
  const known = state.scopes.get(id)
  if (known !== undefined) return known
  if (state.scopes.size > state.options.scopesMax) {
    state.counts.scopesFull++
    return undefined
  }
  const scope = createScope(id)
  state.scopes.set(id, scope)
  return scope
}
