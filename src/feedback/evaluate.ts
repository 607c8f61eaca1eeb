// `windvane evaluate`: from somebody's logged decisions, what each fixed action and a policy learnt on
// one half of them would have earned on the other half, and whether the learnt one may be trusted.

import { Failure } from '../kernel/failure.ts'
import { bucketOf } from '../kernel/hash.ts'
import type { DecisionImported } from '../decision/events.ts'
import { type Context, encodeContext, type FeatureOptions, fitContexts } from './context-features.ts'
import type { Interval } from './confidence.ts'
import { createMoments, observe, summaryOf } from './moments.ts'
import {
  doublyRobust,
  type Estimate,
  ips,
  type ModelledChoice,
  pairedDifference,
  type Refusal,
  snips,
} from './off-policy.ts'
import { bestAction, crossFit, fitModel, type TrainingRow } from './reward-model.ts'

export type EvaluateInput = {
  readonly rows: readonly DecisionImported[]
  /** Which of the rows' rewards counts. */
  readonly rewardName: string
  /** Decides which rows are in which half; default '1'. */
  readonly seed?: string
  /** Default 0.05: 95 % intervals. */
  readonly alpha?: number
  readonly features?: Partial<FeatureOptions>
}

/** Rows and mean of one logged action over the whole log. */
export type ArmReport = {
  readonly action: string
  readonly n: number
  readonly mean: number
  readonly stderr: number
  /** Mean of 1/propensity over all rows, 0 where another action was taken: 1 when the propensities are true. */
  readonly propensityCheck: number
}

export type PolicyReport = {
  /** The action always taken; null for the learnt policy. */
  readonly action: string | null
  /** Rows of the reporting half where the log did what the policy would, and their plain mean. */
  readonly n: number
  readonly mean: number
  readonly ips: Estimate
  readonly snips: Estimate
  readonly doublyRobust: Estimate
}

export type EvaluationReason =
  | Refusal['code']
  | 'one_action'
  | 'propensities_do_not_add_up'
  | 'lower_bound_not_above_zero'
  | 'lower_bound_above_zero'

export type EvaluationVerdict = {
  readonly kind: 'use_learnt' | 'keep_constant' | 'refused'
  /** The best constant action; '' when refused. */
  readonly action: string
  readonly reasons: readonly EvaluationReason[]
}

export type Evaluation = {
  readonly rewardName: string
  readonly alpha: number
  readonly rows: number
  readonly trainingRows: number
  readonly reportingRows: number
  readonly features: number
  readonly arms: readonly ArmReport[]
  readonly constants: readonly PolicyReport[]
  readonly learnt: PolicyReport
  /** How often the learnt policy takes each action on the reporting half, in the order of `arms`. */
  readonly learntShares: readonly number[]
  /** Learnt minus best constant on the reporting half, doubly robust and paired. */
  readonly gain: (Interval & { readonly difference: number }) | null
  readonly verdict: EvaluationVerdict
}

const FOLDS = 5
const TRAINING_FOLDS = 3
const ACTIONS_MAX = 200
/** Rows × actions: predictions are held in memory, eight bytes each. */
const CELLS_MAX = 50_000_000
/** Standard errors by which the propensity check may be off. */
export const PROPENSITY_STDERRS_MAX = 4

/**
 * Evaluates logged decisions. Pure: the same rows and seed give the same result. Throws a Failure
 * `evaluate.no_rows`, `evaluate.reward_missing`, `evaluate.propensity_invalid` or `evaluate.too_large`.
 */
export const evaluateLogged = (input: EvaluateInput): Evaluation => {
  const alpha = input.alpha ?? 0.05
  const actions = checkRows(input)
  const arms = actions.map((action) => armOf(input, action))
  const [training, reporting] = halve(input.rows, input.seed ?? '1')
  if (training.length === 0 || reporting.length === 0)
    throw noRows('there are too few rows to part in two halves')
  const learnt = learnPolicy(training, actions, input)
  const judge = judgeOn({ training, reporting, actions, input, alpha })
  const learntActions = reporting.map((row) => learnt.choose(row.context))
  const learntReport = judge(null, learntActions)
  const constants = actions.map((action, i) => judge(action, new Uint16Array(reporting.length).fill(i)))
  const { verdict, gain } = decideVerdict({ arms, constants, learnt: learntReport, alpha })
  return {
    rewardName: input.rewardName,
    alpha,
    rows: input.rows.length,
    trainingRows: training.length,
    reportingRows: reporting.length,
    features: learnt.features,
    arms: arms.map(({ report }) => report),
    constants: constants.map(({ report }) => report),
    learnt: learntReport.report,
    learntShares: actions.map(
      (_, i) => learntActions.filter((chosen) => chosen === i).length / reporting.length,
    ),
    gain,
    verdict,
  }
}

/** The logged actions in alphabetical order, once every row is known to be usable. */
export const checkRows = ({
  rows,
  rewardName,
}: Pick<EvaluateInput, 'rows' | 'rewardName'>): readonly string[] => {
  if (rows.length === 0) throw noRows('there are no logged decisions')
  const actions = new Set<string>()
  for (const row of rows) {
    const reward = row.rewards[rewardName]
    if (reward === undefined || !Number.isFinite(reward)) throw rewardMissing(row, rewardName)
    if (!(row.propensity > 0 && row.propensity <= 1)) throw propensityInvalid(row)
    actions.add(row.action)
  }
  if (actions.size > ACTIONS_MAX || actions.size * rows.length > CELLS_MAX)
    throw new Failure({
      code: 'evaluate.too_large',
      message: `${rows.length} rows × ${actions.size} actions is more than is evaluated at once`,
      hint: `Take a random part of the rows: at most ${ACTIONS_MAX} actions, and rows × actions at most ${CELLS_MAX}.`,
    })
  return [...actions].toSorted()
}

const noRows = (message: string): Failure =>
  new Failure({
    code: 'evaluate.no_rows',
    message,
    hint: 'Import some first: windvane import FILE --as decisions --map FILE.yaml',
  })

const rewardMissing = (row: DecisionImported, rewardName: string): Failure =>
  new Failure({
    code: 'evaluate.reward_missing',
    message: `row ${row.importId} has no number for the reward "${rewardName}"`,
    hint: `Its rewards are: ${Object.keys(row.rewards).join(', ') || 'none'}.`,
  })

const propensityInvalid = (row: DecisionImported): Failure =>
  new Failure({
    code: 'evaluate.propensity_invalid',
    message: `row ${row.importId} has the propensity ${row.propensity}`,
    hint: 'A propensity is the probability with which the logged action was drawn: above 0, at most 1.',
  })

type Arm = { readonly report: ArmReport; readonly propensityTrue: boolean }

const armOf = ({ rows, rewardName }: EvaluateInput, action: string): Arm => {
  const rewards = createMoments()
  const weights = createMoments()
  for (const row of rows) {
    const taken = row.action === action
    observe(weights, taken ? 1 / row.propensity : 0, 0, taken)
    if (taken) observe(rewards, row.rewards[rewardName] ?? 0, 0, true)
  }
  const { n, mean, variance } = summaryOf(rewards)
  const check = summaryOf(weights)
  const off = Math.abs(check.mean - 1)
  return {
    report: { action, n, mean, stderr: Math.sqrt(variance / n), propensityCheck: check.mean },
    propensityTrue: off <= 1e-9 + PROPENSITY_STDERRS_MAX * Math.sqrt(check.variance / check.n),
  }
}

/** Training and reporting half, by hash of the import id; rows that share one are told apart by place. */
const halve = (
  rows: readonly DecisionImported[],
  seed: string,
): readonly [DecisionImported[], DecisionImported[]] => {
  const training: DecisionImported[] = []
  const reporting: DecisionImported[] = []
  const distinct = new Set(rows.map(({ importId }) => importId)).size === rows.length
  for (const [i, row] of rows.entries()) {
    const key = distinct ? row.importId : `${row.importId}#${i}`
    const half = bucketOf(key, `half ${seed}`) < 0.5 ? training : reporting
    half.push(row)
  }
  return [training, reporting]
}

type Learnt = { readonly features: number; readonly choose: (context: Context) => number }

const learnPolicy = (
  training: readonly DecisionImported[],
  actions: readonly string[],
  input: EvaluateInput,
): Learnt => {
  const encoder = fitContexts(
    training.map(({ context }) => context),
    { crosses: true, ...(input.features === undefined ? {} : { options: input.features }) },
  )
  const rows = toTrainingRows(training, actions, {
    rewardName: input.rewardName,
    folds: TRAINING_FOLDS,
    activeOf: (context) => encodeContext(encoder, context),
  })
  const model = fitModel(rows, { width: encoder.width, actions: actions.length, folds: TRAINING_FOLDS })
  return {
    features: encoder.width,
    choose: (context) => bestAction(model, encodeContext(encoder, context)),
  }
}

const toTrainingRows = (
  rows: readonly DecisionImported[],
  actions: readonly string[],
  about: {
    readonly rewardName: string
    readonly folds: number
    readonly activeOf: (context: Context) => TrainingRow['active']
  },
): readonly TrainingRow[] => {
  const numbers = new Map(actions.map((action, i) => [action, i]))
  return rows.map((row, i) => ({
    active: about.activeOf(row.context),
    action: numbers.get(row.action) ?? 0,
    reward: row.rewards[about.rewardName] ?? 0,
    fold: i % about.folds,
  }))
}

type Judged = { readonly report: PolicyReport; readonly choices: readonly ModelledChoice[] }

/** Fits the reward model across folds of the reporting half, and judges policies by what they choose there. */
const judgeOn = (about: {
  readonly training: readonly DecisionImported[]
  readonly reporting: readonly DecisionImported[]
  readonly actions: readonly string[]
  readonly input: EvaluateInput
  readonly alpha: number
}): ((action: string | null, chosen: ArrayLike<number>) => Judged) => {
  const { training, reporting, actions, input, alpha } = about
  const encoder = fitContexts(
    training.map(({ context }) => context),
    { crosses: false, ...(input.features === undefined ? {} : { options: input.features }) },
  )
  const rows = toTrainingRows(reporting, actions, {
    rewardName: input.rewardName,
    folds: FOLDS,
    activeOf: (context) => encodeContext(encoder, context),
  })
  const count = actions.length
  const predictions = crossFit(rows, { width: encoder.width, actions: count, folds: FOLDS })
  return (action, chosen) => {
    const agreed = createMoments()
    const choices = rows.map((row, i): ModelledChoice => {
      const wanted = chosen[i] ?? 0
      const agrees = wanted === row.action
      if (agrees) observe(agreed, row.reward, 0, true)
      return {
        reward: row.reward,
        propensity: reporting[i]?.propensity ?? 1,
        target: agrees ? 1 : 0,
        predicted: predictions[i * count + row.action] ?? 0,
        expected: predictions[i * count + wanted] ?? 0,
      }
    })
    const { n, mean } = summaryOf(agreed)
    const estimates = {
      ips: ips(choices, { alpha }),
      snips: snips(choices, { alpha }),
      doublyRobust: doublyRobust(choices, { alpha }),
    }
    return { report: { action, n, mean, ...estimates }, choices }
  }
}

/**
 * Keeps the best constant action unless the learnt policy's paired gain over it is above zero by its
 * lower bound. The best constant is the one that did best on the reporting half: chosen with hindsight,
 * which can only make it harder to beat.
 */
const decideVerdict = (about: {
  readonly arms: readonly Arm[]
  readonly constants: readonly Judged[]
  readonly learnt: Judged
  readonly alpha: number
}): Pick<Evaluation, 'verdict' | 'gain'> => {
  const { arms, constants, learnt, alpha } = about
  const refused = (...reasons: EvaluationReason[]) =>
    ({ verdict: { kind: 'refused', action: '', reasons }, gain: null }) as const
  if (arms.length < 2) return refused('one_action')
  if (arms.some(({ propensityTrue }) => !propensityTrue)) return refused('propensities_do_not_add_up')
  const usable = constants.filter(({ report }) => report.doublyRobust.refusal === null)
  const best = usable.toSorted((left, right) => valueOf(right) - valueOf(left))[0]
  if (best === undefined)
    return refused(constants[0]?.report.doublyRobust.refusal?.code ?? 'effective_sample_small')
  const { difference, low, high } = pairedDifference(learnt.choices, best.choices, alpha)
  const refusal = learnt.report.doublyRobust.refusal
  const wins = refusal === null && low > 0
  const reason = refusal?.code ?? (wins ? 'lower_bound_above_zero' : 'lower_bound_not_above_zero')
  return {
    verdict: {
      kind: wins ? 'use_learnt' : 'keep_constant',
      action: best.report.action ?? '',
      reasons: [reason],
    },
    gain: { difference, low, high },
  }
}

const valueOf = ({ report }: Judged): number => report.doublyRobust.value
