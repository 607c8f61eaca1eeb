// A policy replayed on the rows it would have drawn itself, so that it learns only what it would have come to know (Li, Chu,
// Langford, Wang 2011). Rows of rare actions are as likely to be kept as those of frequent ones: the log is thinned first.

import { createRng } from '../../kernel/rng.ts'
import { choose, distribution, learn, scoreActions } from '../../model/index.ts'
import type { PolicySpec } from '../../model/events.ts'
import { normalInterval, type Interval } from '../confidence.ts'
import { createFeatureReader } from './context.ts'
import { actionFeaturesOf, banditFor, type PreparedLog, type ReplayInput } from './log.ts'

export type OwnReplay = Interval & {
  readonly value: number
  /** Rows kept: those whose logged action the policy drew as well. */
  readonly n: number
  /** Too few were kept to say anything. */
  readonly isRefused: boolean
}

const ROWS_MIN = 100

/** Null for policies that do not learn. */
export const playOwn = ({
  input,
  log,
  policy,
  alpha,
}: {
  readonly input: ReplayInput
  readonly log: PreparedLog
  readonly policy: PolicySpec
  readonly alpha: number
}): OwnReplay | null => {
  if (policy.kind === 'uniform' || policy.kind === 'fixed') return null
  const { names, taken, propensities, order } = log
  const rng = createRng(`own ${input.seed}`)
  const bandit = banditFor(input)
  const actions = actionFeaturesOf(names)
  const featuresOf = createFeatureReader(input.context)
  const least = propensities.reduce((smallest, p) => Math.min(smallest, p), 1)
  const moments = { n: 0, sum: 0, squares: 0 }
  for (const row of order) {
    const shared = featuresOf(row)
    const propensity = propensities[row] as number
    if (rng.uniform() >= least / propensity) continue
    const scores = scoreActions(bandit, { shared, actions })
    const drawn = choose(distribution(policy, scores, { examples: bandit.examples, actionIds: names }), rng)
    const action = taken[row] as number
    if (drawn.index !== action) continue
    const reward = input.rewards[row] as number
    moments.n++
    moments.sum += reward
    moments.squares += reward * reward
    const at = input.times === null ? 0 : (input.times[row] as number)
    learn(bandit, { shared, action: actions[action] ?? [], reward, propensity: drawn.propensity, at })
  }
  const { n, sum, squares } = moments
  const value = n === 0 ? 0 : sum / n
  const variance = n === 0 ? 0 : Math.max(0, squares / n - value * value)
  const interval = normalInterval(value, n === 0 ? 0 : Math.sqrt(variance / n), alpha)
  return { value, ...interval, n, isRefused: n < ROWS_MIN }
}
