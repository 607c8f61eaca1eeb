// `windvane bandit` on a log of decisions: what each policy would have earned had it learnt along the way. Row by row, oldest
// first, every policy says what it would draw, is judged by that row (doubly robust, with predictions from before it), and
// only then does the model learn from it.

import { distribution, learn, scoreActions } from '../../model/index.ts'
import { normalInterval, type Interval } from '../confidence.ts'
import { doublyRobust, pairedDifference, type Estimate, type ModelledChoice } from '../off-policy.ts'
import { columnsChosenBy, createFeatureReader } from './context.ts'
import { actionFeaturesOf, banditFor, prepareLog, type PreparedLog, type ReplayInput } from './log.ts'
import { playOwn, type OwnReplay } from './own.ts'

export type ReplayedAction = {
  readonly action: string
  readonly n: number
  readonly mean: number
  /** Mean over all rows of 1/propensity where it was taken, else 0: 1 when the propensities are true. */
  readonly propensityCheck: number
}

export type PolicyReplay = {
  readonly name: string
  readonly estimate: Estimate
  /** More per decision than the best single action, row by row; null where either is refused. */
  readonly overBest: (Interval & { readonly difference: number }) | null
  /** More per decision than what the log earned; null where refused. */
  readonly overLog: (Interval & { readonly difference: number }) | null
  /** What it earned by fifths of the log. */
  readonly fifths: readonly number[]
  /** With a model that learnt only from rows it would have drawn itself (Li et al. 2011); null where it draws the same untaught. */
  readonly own: OwnReplay | null
}

export type ReplayReason =
  | 'one_action'
  | 'propensities_do_not_add_up'
  | 'choice_depends_on_context'
  | 'estimates_refused'
  | 'lower_bound_above_zero'
  | 'lower_bound_not_above_zero'

export type BanditReplay = {
  readonly alpha: number
  readonly rows: number
  readonly columns: number
  readonly propensities: 'logged' | 'assumed'
  readonly actions: readonly ReplayedAction[]
  readonly logged: Interval & { readonly value: number }
  /** Each action alone. */
  readonly constants: readonly PolicyReplay[]
  /** Every action as likely as the others. */
  readonly even: PolicyReplay
  readonly learners: readonly PolicyReplay[]
  readonly bestConstant: string
  readonly verdict: {
    readonly kind: 'learning_pays' | 'not_shown' | 'refused'
    /** The learning policy of the highest estimate; '' when refused. */
    readonly name: string
    readonly reason: ReplayReason
    /** Columns that the log's choice depended on. */
    readonly columns: readonly string[]
  }
}

const FIFTHS = 5
const PROPENSITY_STDERRS_MAX = 4

/**
 * Replays a log. Pure: the same input gives the same result. Throws Failures `replay.no_rows`, `replay.too_many_actions`,
 * `replay.propensity_invalid`, `replay.reward_invalid`.
 */
export const replayBandits = (input: ReplayInput): BanditReplay => {
  const alpha = input.alpha ?? 0.05
  const log = prepareLog(input)
  const played = play(input, log)
  const { names, counts } = log
  const singles = names.map((name, i) => ({ name, rows: played.constants[i] as ModelledChoice[] }))
  const judged = singles.map(({ rows }) => doublyRobust(rows, { alpha }))
  const usable = judged.flatMap((one, i) => (one.refusal === null ? [i] : []))
  const best = (usable.length > 0 ? usable : [...judged.keys()]).reduce((left, right) =>
    (judged[right]?.value ?? 0) > (judged[left]?.value ?? 0) ? right : left,
  )
  // One of several learners will be picked: each of their intervals pays for that.
  const each = alpha / Math.max(1, input.policies.length)
  const replayOf = (name: string, rows: readonly ModelledChoice[], own: OwnReplay | null): PolicyReplay => {
    const estimate = doublyRobust(rows, { alpha })
    const against = singles[best]?.rows ?? []
    const isSound = estimate.refusal === null && judged[best]?.refusal === null
    return {
      name,
      estimate,
      overLog: estimate.refusal === null ? pairedDifference(rows, played.logged, each) : null,
      overBest: isSound ? pairedDifference(rows, against, each) : null,
      fifths: fifthsOf(rows),
      own,
    }
  }
  const constants = singles.map(({ name, rows }) => replayOf(name, rows, null))
  const learners = input.policies.map(({ name, policy }, i) =>
    replayOf(name, played.learners[i] as ModelledChoice[], playOwn({ input, log, policy, alpha })),
  )
  const mean = log.order.reduce((sum, row) => sum + (input.rewards[row] as number), 0) / log.order.length
  const variance =
    log.order.reduce((sum, row) => sum + ((input.rewards[row] as number) - mean) ** 2, 0) / log.order.length
  const found = {
    alpha,
    rows: log.order.length,
    columns: input.context.columns.length,
    propensities: input.propensities === null ? ('assumed' as const) : ('logged' as const),
    actions: names.map((action, i) => actionOf(input, log, { action, index: i, n: counts[i] as number })),
    logged: { value: mean, ...normalInterval(mean, Math.sqrt(variance / log.order.length), alpha) },
    constants,
    even: replayOf('', played.even, null),
    learners,
    bestConstant: names[best] ?? '',
  }
  return { ...found, verdict: verdictOf(found, input, log) }
}

type Played = {
  readonly constants: ModelledChoice[][]
  readonly logged: ModelledChoice[]
  readonly even: ModelledChoice[]
  readonly learners: ModelledChoice[][]
}

const play = (input: ReplayInput, log: PreparedLog): Played => {
  const { names, taken, propensities, order } = log
  const bandit = banditFor(input)
  const actions = actionFeaturesOf(names)
  const featuresOf = createFeatureReader(input.context)
  const constants = names.map((): ModelledChoice[] => [])
  const asLogged: ModelledChoice[] = []
  const even: ModelledChoice[] = []
  const learners = input.policies.map((): ModelledChoice[] => [])
  for (const row of order) {
    const shared = featuresOf(row)
    const scores = scoreActions(bandit, { shared, actions })
    const action = taken[row] as number
    const reward = input.rewards[row] as number
    const propensity = propensities[row] as number
    const logged = { reward, propensity, predicted: scores.mean[action] as number }
    for (let i = 0; i < names.length; i++)
      constants[i]?.push({ ...logged, target: i === action ? 1 : 0, expected: scores.mean[i] as number })
    asLogged.push({ ...logged, target: propensity, expected: logged.predicted })
    even.push({ ...logged, target: 1 / names.length, expected: sumOf(scores.mean) / names.length })
    for (const [i, { policy }] of input.policies.entries()) {
      const p = distribution(policy, scores, { examples: bandit.examples, actionIds: names })
      const expected = p.reduce((sum, share, a) => sum + share * (scores.mean[a] as number), 0)
      learners[i]?.push({ ...logged, target: p[action] as number, expected })
    }
    const at = input.times === null ? 0 : (input.times[row] as number)
    learn(bandit, { shared, action: actions[action] ?? [], reward, propensity, at })
  }
  return { constants, logged: asLogged, even, learners }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

const fifthsOf = (rows: readonly ModelledChoice[]): readonly number[] =>
  Array.from({ length: FIFTHS }, (_, i) => {
    const from = Math.floor((i * rows.length) / FIFTHS)
    const part = rows.slice(from, Math.max(from + 1, Math.floor(((i + 1) * rows.length) / FIFTHS)))
    const sum = part.reduce(
      (total, { expected, target, propensity, reward, predicted }) =>
        total + expected + (target / propensity) * (reward - predicted),
      0,
    )
    return sum / Math.max(1, part.length)
  })

const actionOf = (
  { rewards }: ReplayInput,
  { taken, propensities, order }: PreparedLog,
  { action, index, n }: { readonly action: string; readonly index: number; readonly n: number },
): ReplayedAction => {
  let sum = 0
  let weight = 0
  for (const row of order) {
    if (taken[row] !== index) continue
    sum += rewards[row] as number
    weight += 1 / (propensities[row] as number)
  }
  return { action, n, mean: sum / n, propensityCheck: weight / order.length }
}

const verdictOf = (
  found: Omit<BanditReplay, 'verdict'>,
  input: ReplayInput,
  log: PreparedLog,
): BanditReplay['verdict'] => {
  const refused = (reason: ReplayReason, columns: readonly string[] = []) =>
    ({ kind: 'refused', name: '', reason, columns }) as const
  if (log.names.length < 2) return refused('one_action')
  if (input.propensities !== null && !addUp(log)) return refused('propensities_do_not_add_up')
  const dependent =
    input.propensities === null ? columnsChosenBy(input.context, log.taken, log.names.length) : []
  if (dependent.length > 0) return refused('choice_depends_on_context', dependent)
  const sound = found.learners.filter(({ overBest }) => overBest !== null)
  if (sound.length === 0) return refused('estimates_refused')
  const best = sound.reduce((left, right) => (right.estimate.value > left.estimate.value ? right : left))
  const pays = (best.overBest?.low ?? 0) > 0
  return {
    kind: pays ? 'learning_pays' : 'not_shown',
    name: best.name,
    reason: pays ? 'lower_bound_above_zero' : 'lower_bound_not_above_zero',
    columns: [],
  }
}

/** 1/propensity averages 1 for each action, within four standard errors. */
const addUp = ({ names, taken, propensities, order }: PreparedLog): boolean =>
  names.every((_, index) => {
    let sum = 0
    let squares = 0
    for (const row of order) {
      if (taken[row] !== index) continue
      const weight = 1 / (propensities[row] as number)
      sum += weight
      squares += weight * weight
    }
    const n = order.length
    const mean = sum / n
    const variance = Math.max(0, squares / n - mean * mean)
    return Math.abs(mean - 1) <= 1e-9 + PROPENSITY_STDERRS_MAX * Math.sqrt(variance / n)
  })
