// `windvane evaluate --like`: what the policy that wrote one log would have earned where another policy
// logged, by how often it takes each action. Every estimator at once, with its refusal.

import { Failure } from '../kernel/failure.ts'
import type { DecisionImported } from '../decision/events.ts'
import { lowerBound, upperBound } from './betting.ts'
import type { Interval } from './confidence.ts'
import { encodeContext, fitContexts } from './context-features.ts'
import { checkRows, PROPENSITY_STDERRS_MAX } from './evaluate.ts'
import { createMoments, observe, summaryOf, type Summary } from './moments.ts'
import { doublyRobust, type Estimate, ips, type ModelledChoice, type Refusal, snips } from './off-policy.ts'
import { crossFit } from './reward-model.ts'
import { shrunkEstimate, type ShrunkEstimate } from './shrinkage.ts'

export type LikeInput = {
  /** The log that is read: rows with true propensities. */
  readonly rows: readonly DecisionImported[]
  /**
   * A log of the policy to be judged, whose rewards are shown beside the estimates and used for nothing;
   * or the policy that takes every logged action evenly.
   */
  readonly like: readonly DecisionImported[] | 'uniform'
  /** Columns of the context that tell apart how often it takes an action; [] = everywhere alike. */
  readonly by: readonly string[]
  readonly rewardName: string
  /** Default 0.05. */
  readonly alpha?: number
}

export type LikeEvaluation = {
  readonly rewardName: string
  readonly alpha: number
  readonly by: readonly string[]
  /** What was earned in either log. */
  readonly logged: Summary
  readonly other: Summary | null
  readonly actions: number
  readonly ips: Estimate
  readonly snips: Estimate
  readonly doublyRobust: Estimate
  readonly switched: ShrunkEstimate
  readonly shrunk: ShrunkEstimate
  /** For inverse propensity scores, however the log was collected and whenever one looks, for rewards in the range seen. */
  readonly anytime: Interval
  /** Mean over rows of Σ target / propensity: 1 when the propensities are true. */
  readonly weightMean: number
  /** Why no figure may be claimed; null when they may. */
  readonly refusal:
    | Refusal
    | {
        readonly code: 'propensities_do_not_add_up' | 'never_logged'
        readonly value: number
        readonly limit: number
      }
    | null
}

const FOLDS = 5
/** Share of the judged policy's choices that the log may never have taken. */
const UNSEEN_MAX = 0.001

/**
 * Estimates what the policy of `like` would have earned on `rows`. Pure. Throws the Failures of
 * `evaluateLogged`, and `evaluate.column_missing` when no row has a column of `by`.
 */
export const evaluateLike = (input: LikeInput): LikeEvaluation => {
  const alpha = input.alpha ?? 0.05
  const { rows, like, by, rewardName } = input
  const actions = checkRows({ rows, rewardName })
  if (like !== 'uniform') checkRows({ rows: like, rewardName })
  for (const column of by) checkColumn(column, like === 'uniform' ? [rows] : [rows, like])
  const even = new Map(actions.map((action) => [action, 1 / actions.length]))
  const shares = like === 'uniform' ? null : sharesOf(like, by)
  const choices = choicesOf(input, actions, (row) => (shares === null ? even : shares.get(groupOf(row, by))))
  const weights = summaryBy(choices, ({ target, propensity }) => target / propensity)
  const estimates = {
    ips: ips(choices, { alpha }),
    snips: snips(choices, { alpha }),
    doublyRobust: doublyRobust(choices, { alpha }),
    switched: shrunkEstimate(choices, 'switch', { alpha }),
    shrunk: shrunkEstimate(choices, 'shrink', { alpha }),
  }
  return {
    rewardName,
    alpha,
    by,
    logged: summaryBy(rows, (row) => row.rewards[rewardName] ?? 0),
    other: like === 'uniform' ? null : summaryBy(like, (row) => row.rewards[rewardName] ?? 0),
    actions: actions.length,
    ...estimates,
    anytime: anytimeOf(choices, alpha),
    weightMean: weights.mean,
    refusal: refusalOf(weights, like === 'uniform' ? 0 : unseenShare(like, actions), estimates.ips.refusal),
  }
}

const refusalOf = (weights: Summary, unseen: number, own: Refusal | null): LikeEvaluation['refusal'] => {
  if (unseen > UNSEEN_MAX) return { code: 'never_logged', value: unseen, limit: UNSEEN_MAX }
  if (own !== null) return own
  const limit = PROPENSITY_STDERRS_MAX * Math.sqrt(weights.variance / weights.n)
  const value = Math.abs(weights.mean - 1)
  return value > 1e-9 + limit ? { code: 'propensities_do_not_add_up', value, limit } : null
}

const checkColumn = (column: string, logs: readonly (readonly DecisionImported[])[]): void => {
  if (logs.every((rows) => rows.some(({ context }) => column in context))) return
  const [first] = logs[0] ?? []
  throw new Failure({
    code: 'evaluate.column_missing',
    message: `no row has a column "${column}"`,
    hint: `The context has: ${Object.keys(first?.context ?? {}).join(', ') || 'no columns'}.`,
  })
}

type Shares = ReadonlyMap<string, ReadonlyMap<string, number>>

const groupOf = ({ context }: DecisionImported, by: readonly string[]): string =>
  by.map((column) => JSON.stringify(context[column] ?? null)).join(' ')

/** How often each action is taken, group by group. */
const sharesOf = (like: readonly DecisionImported[], by: readonly string[]): Shares => {
  const groups = new Map<string, Map<string, number>>()
  const sizes = new Map<string, number>()
  for (const row of like) {
    const group = groupOf(row, by)
    const counts = groups.get(group) ?? new Map<string, number>()
    groups.set(group, counts)
    counts.set(row.action, (counts.get(row.action) ?? 0) + 1)
    sizes.set(group, (sizes.get(group) ?? 0) + 1)
  }
  for (const [group, counts] of groups)
    for (const [action, count] of counts) counts.set(action, count / (sizes.get(group) ?? 1))
  return groups
}

const unseenShare = (like: readonly DecisionImported[], actions: readonly string[]): number => {
  const known = new Set(actions)
  return like.filter(({ action }) => !known.has(action)).length / like.length
}

const choicesOf = (
  { rows, rewardName }: LikeInput,
  actions: readonly string[],
  targetOf: (row: DecisionImported) => ReadonlyMap<string, number> | undefined,
): readonly ModelledChoice[] => {
  const encoder = fitContexts(
    rows.map(({ context }) => context),
    { crosses: false },
  )
  const numbers = new Map(actions.map((action, i) => [action, i]))
  const training = rows.map((row, i) => ({
    active: encodeContext(encoder, row.context),
    action: numbers.get(row.action) ?? 0,
    reward: row.rewards[rewardName] ?? 0,
    fold: i % FOLDS,
  }))
  const count = actions.length
  const predictions = crossFit(training, { width: encoder.width, actions: count, folds: FOLDS })
  return rows.map((row, i): ModelledChoice => {
    const target = targetOf(row)
    let expected = 0
    for (const [action, share] of target ?? []) {
      const number = numbers.get(action)
      if (number !== undefined) expected += share * (predictions[i * count + number] ?? 0)
    }
    return {
      reward: row.rewards[rewardName] ?? 0,
      propensity: row.propensity,
      target: target?.get(row.action) ?? 0,
      predicted: predictions[i * count + (numbers.get(row.action) ?? 0)] ?? 0,
      expected,
    }
  })
}

/** Bets on w · reward: between the ends that the largest weight and the rewards seen allow. */
const anytimeOf = (choices: readonly ModelledChoice[], alpha: number): Interval => {
  let weight = 0
  let least = 0
  let most = 0
  for (const { target, propensity, reward } of choices) {
    weight = Math.max(weight, target / propensity)
    least = Math.min(least, reward)
    most = Math.max(most, reward)
  }
  const bets = choices.map(({ target, propensity, reward }) => ({
    value: (target / propensity) * reward,
    floor: weight * least,
    ceiling: weight * most,
  }))
  return { low: lowerBound(bets, alpha / 2), high: upperBound(bets, alpha / 2) }
}

const summaryBy = <Row>(rows: readonly Row[], value: (row: Row) => number): Summary => {
  const moments = createMoments()
  for (const row of rows) observe(moments, value(row), 0, true)
  return summaryOf(moments)
}
