// What another policy would have earned, from logged decisions whose propensities are known: inverse
// propensity scores, their self-normalised form, and the doubly robust estimate (Dudík, Langford, Li
// 2011). An estimate that hangs on a few rows is refused, not shown.

import { assert } from '../kernel/assert.ts'
import { createRng } from '../kernel/rng.ts'
import { empiricalBernstein, type Interval, normalInterval } from './confidence.ts'
import { createMoments, observe, type Summary, summaryOf } from './moments.ts'

/** One logged decision, seen by the policy to be judged. */
export type LoggedChoice = {
  readonly reward: number
  /** Probability with which the logged action was drawn, (0, 1]. */
  readonly propensity: number
  /** Probability that the policy to be judged gives the logged action. */
  readonly target: number
}

/** A logged choice with a reward model's word, fitted without this row. */
export type ModelledChoice = LoggedChoice & {
  /** Predicted reward of the logged action. */
  readonly predicted: number
  /** Σ over actions of target probability × predicted reward. */
  readonly expected: number
}

export type Refusal = {
  readonly code: 'effective_sample_small' | 'weight_share_large'
  readonly value: number
  readonly limit: number
}

export type Estimate = {
  readonly value: number
  readonly stderr: number
  /** At confidence 1 − α. */
  readonly interval: Interval
  readonly n: number
  /** (Σw)² / Σw²: how many unweighted rows this estimate is worth. */
  readonly effectiveSample: number
  /** Largest weight as a share of all weight. */
  readonly weightShareMax: number
  /** Why the figure may not be used; null when it may. */
  readonly refusal: Refusal | null
}

export type EstimateOptions = {
  /** Default 0.05. */
  readonly alpha?: number
  /** `normal` (default); `bernstein` holds at any n but needs `rewards`; `bootstrap` needs `seed`. */
  readonly interval?: 'normal' | 'bernstein' | 'bootstrap'
  /** Range that every reward lies in, for `bernstein`. */
  readonly rewards?: { readonly from: number; readonly to: number }
  readonly seed?: string
  /** Resamples of the bootstrap; default 500. */
  readonly resamples?: number
}

export const EFFECTIVE_SAMPLE_MIN = 100
export const WEIGHT_SHARE_MAX = 0.05

/**
 * Inverse propensity score: mean of (target / propensity) × reward. Unbiased when the propensities are true.
 * @example ips([{ reward: 1, propensity: 0.5, target: 1 }, { reward: 0, propensity: 0.5, target: 0 }]).value // 1
 */
export const ips = (rows: readonly LoggedChoice[], options: EstimateOptions = {}): Estimate =>
  meanEstimate(
    rows,
    rows.map((row) => weightOf(row) * row.reward),
    options,
  )

/** Self-normalised: Σ w·reward / Σ w. Slightly biased, far less noisy; stays within the rewards' range. */
export const snips = (rows: readonly LoggedChoice[], options: EstimateOptions = {}): Estimate => {
  const about = weightsOf(rows)
  const total = about.sum
  const value = total > 0 ? rows.reduce((sum, row) => sum + weightOf(row) * row.reward, 0) / total : 0
  let squares = 0
  for (const row of rows) squares += (weightOf(row) * (row.reward - value)) ** 2
  const stderr = total > 0 ? Math.sqrt(squares) / total : Infinity
  const alpha = options.alpha ?? 0.05
  const interval =
    options.interval === 'bootstrap'
      ? bootstrap(
          rows.map((row) => [weightOf(row) * row.reward, weightOf(row)]),
          options,
        )
      : normalInterval(value, stderr, alpha)
  return { value, stderr, interval, n: rows.length, ...qualityOf(about) }
}

/** Each row's share of the doubly robust estimate: expected + weight × (reward − predicted). */
const robustScore = (row: ModelledChoice): number =>
  row.expected + weightOf(row) * (row.reward - row.predicted)

/**
 * Doubly robust: right when the propensities or the reward model are; the model should have been fitted
 * without the rows it speaks about (`crossFit` does so).
 */
export const doublyRobust = (rows: readonly ModelledChoice[], options: EstimateOptions = {}): Estimate =>
  meanEstimate(rows, rows.map(robustScore), options)

/**
 * Interval for how much more the first policy earns than the second on the same rows (doubly robust,
 * row by row, so that what both share cancels out).
 */
export const pairedDifference = (
  first: readonly ModelledChoice[],
  second: readonly ModelledChoice[],
  alpha = 0.05,
): Interval & { readonly difference: number; readonly stderr: number } => {
  assert(first.length === second.length, 'a paired difference is over the same rows')
  const moments = createMoments()
  for (const [i, row] of first.entries()) {
    const other = second[i]
    assert(other !== undefined, 'a paired difference is over the same rows')
    observe(moments, robustScore(row) - robustScore(other), 0, true)
  }
  const summary = summaryOf(moments)
  const stderr = stderrOf(summary)
  return { difference: summary.mean, stderr, ...normalInterval(summary.mean, stderr, alpha) }
}

const meanEstimate = (
  rows: readonly LoggedChoice[],
  scores: readonly number[],
  options: EstimateOptions,
): Estimate => {
  const moments = createMoments()
  for (const score of scores) observe(moments, score, 0, true)
  const summary = summaryOf(moments)
  const about = weightsOf(rows)
  return {
    value: summary.mean,
    stderr: stderrOf(summary),
    interval: meanInterval(summary, { scores, weightMax: about.max, options }),
    n: rows.length,
    ...qualityOf(about),
  }
}

const meanInterval = (
  summary: Summary,
  about: {
    readonly scores: readonly number[]
    readonly weightMax: number
    readonly options: EstimateOptions
  },
): Interval => {
  const { scores, weightMax, options } = about
  const alpha = options.alpha ?? 0.05
  switch (options.interval ?? 'normal') {
    case 'normal':
      return normalInterval(summary.mean, stderrOf(summary), alpha)
    case 'bootstrap':
      return bootstrap(
        scores.map((score) => [score, 1]),
        options,
      )
    case 'bernstein': {
      assert(options.rewards !== undefined, 'the Bernstein interval needs the range of the rewards')
      const { from, to } = options.rewards
      const bounds = { from: Math.min(0, from * weightMax), to: Math.max(0, to * weightMax) }
      return empiricalBernstein(summary, bounds, alpha)
    }
  }
}

const RESAMPLES = 500

/** Percentile interval of Σ first / Σ second over rows drawn with replacement. */
const bootstrap = (rows: readonly (readonly [number, number])[], options: EstimateOptions): Interval => {
  assert(options.seed !== undefined, 'the bootstrap needs a seed')
  if (rows.length === 0) return { low: 0, high: 0 }
  const rng = createRng(`bootstrap ${options.seed}`)
  const resamples = options.resamples ?? RESAMPLES
  const values: number[] = []
  for (let i = 0; i < resamples; i++) {
    let top = 0
    let bottom = 0
    for (let k = 0; k < rows.length; k++) {
      const row = rows[rng.below(rows.length)]
      top += row?.[0] ?? 0
      bottom += row?.[1] ?? 0
    }
    values.push(bottom > 0 ? top / bottom : 0)
  }
  values.sort((left, right) => left - right)
  const tail = (options.alpha ?? 0.05) / 2
  const at = (share: number) => values[Math.min(resamples - 1, Math.floor(share * resamples))] ?? 0
  return { low: at(tail), high: at(1 - tail) }
}

const weightOf = ({ target, propensity }: LoggedChoice): number => target / propensity

type Weights = { readonly sum: number; readonly squares: number; readonly max: number }

const weightsOf = (rows: readonly LoggedChoice[]): Weights => {
  let sum = 0
  let squares = 0
  let max = 0
  for (const row of rows) {
    const weight = weightOf(row)
    sum += weight
    squares += weight * weight
    if (weight > max) max = weight
  }
  return { sum, squares, max }
}

const qualityOf = ({
  sum,
  squares,
  max,
}: Weights): Pick<Estimate, 'effectiveSample' | 'weightShareMax' | 'refusal'> => {
  const effectiveSample = squares > 0 ? (sum * sum) / squares : 0
  const weightShareMax = sum > 0 ? max / sum : 1
  return { effectiveSample, weightShareMax, refusal: refusalOf(effectiveSample, weightShareMax) }
}

const refusalOf = (effectiveSample: number, weightShareMax: number): Refusal | null => {
  if (effectiveSample < EFFECTIVE_SAMPLE_MIN)
    return { code: 'effective_sample_small', value: effectiveSample, limit: EFFECTIVE_SAMPLE_MIN }
  if (weightShareMax > WEIGHT_SHARE_MAX)
    return { code: 'weight_share_large', value: weightShareMax, limit: WEIGHT_SHARE_MAX }
  return null
}

const stderrOf = (summary: Summary): number => Math.sqrt(summary.variance / Math.max(1, summary.n))
