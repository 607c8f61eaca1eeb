// What a treatment changes for whom. T-learner: one model of the outcome per arm, their difference. DR-learner
// (Kennedy 2020): a regression on pseudo-outcomes that are right when either the propensities or the outcome
// models are; in an experiment the propensities are known, so it is.

import { Failure } from '../../kernel/failure.ts'
import { hash32 } from '../../kernel/hash.ts'
import { encode, fitEncoder, type Design, type Encoder } from '../propensity/encoder.ts'
import { checkFinite, checkFrame, type Frame } from '../propensity/frame.ts'
import { fitLinear, linearScores, sigmoid } from '../propensity/linear.ts'

/** The experiment: who was treated, what came of it, how likely treatment was. */
export type Trial = {
  readonly frame: Frame
  /** 1 treated, 0 control; one per row. */
  readonly treated: Uint8Array
  /** 0 and 1, or an amount. */
  readonly outcome: Float64Array
  /** Chance of treatment, known since it was drawn; between 0 and 1. */
  readonly propensity: number
}

export type UpliftModel =
  | {
      readonly kind: 't'
      readonly encoder: Encoder
      readonly treated: readonly number[]
      readonly control: readonly number[]
      readonly isBinary: boolean
    }
  | { readonly kind: 'dr'; readonly encoder: Encoder; readonly weights: readonly number[] }

export type LearnerOptions = {
  readonly l2?: number
  /** Penalty of the second stage, whose targets are noisy. */
  readonly effectL2?: number
  readonly folds?: number
  readonly seed?: string
}

export const LEARNER_DEFAULTS = { l2: 1, effectL2: 10, folds: 3, seed: '1' } as const

const ARM_ROWS_MIN = 50
const PROPENSITY_MIN = 0.01

/** Throws Failures `frame.*`, `uplift.propensity`, `uplift.too_few`. */
export const checkTrial = ({ frame, treated, outcome, propensity }: Trial, rows: Int32Array): void => {
  checkFrame(frame)
  checkFinite('outcome', outcome)
  if (!(propensity >= PROPENSITY_MIN && propensity <= 1 - PROPENSITY_MIN))
    throw new Failure({
      code: 'uplift.propensity',
      message: `The chance of treatment is ${propensity}; without both arms at ${PROPENSITY_MIN} or more nothing can be compared.`,
      hint: 'Keep a control group drawn by chance.',
    })
  const inArm = (arm: number) => rows.filter((row) => treated[row] === arm).length
  const [control, target] = [inArm(0), inArm(1)]
  if (control < ARM_ROWS_MIN || target < ARM_ROWS_MIN || treated.length !== frame.rows)
    throw new Failure({
      code: 'uplift.too_few',
      message: `${target} treated and ${control} control rows: each arm needs ${ARM_ROWS_MIN}.`,
      hint: 'Bring more rows, or check the names of the arms.',
    })
}

const isBinaryOutcome = (outcome: Float64Array): boolean => outcome.every((y) => y === 0 || y === 1)

/** One model per arm on `rows`. */
export const fitTLearner = (trial: Trial, rows: Int32Array, options: LearnerOptions = {}): UpliftModel => {
  checkTrial(trial, rows)
  const encoder = fitEncoder(trial.frame, rows)
  const arms = fitArms(trial, encode(encoder, trial.frame), rows, options)
  return { kind: 't', encoder, ...arms }
}

const fitArms = (
  { treated, outcome }: Trial,
  design: Design,
  rows: Int32Array,
  options: LearnerOptions,
): { treated: readonly number[]; control: readonly number[]; isBinary: boolean } => {
  const isBinary = isBinaryOutcome(outcome)
  const fitArm = (arm: number): readonly number[] => {
    const { weights } = fitLinear({
      design,
      rows: rows.filter((row) => treated[row] === arm),
      target: outcome,
      loss: isBinary ? 'logistic' : 'squared',
      l2: options.l2 ?? LEARNER_DEFAULTS.l2,
    })
    return [...weights]
  }
  return { treated: fitArm(1), control: fitArm(0), isBinary }
}

const expected = (design: Design, weights: readonly number[], isBinary: boolean): Float64Array => {
  const scores = linearScores(design, Float64Array.from(weights))
  return isBinary ? scores.map(sigmoid) : scores
}

/** Cross-fitted: the pseudo-outcome of a row comes from arm models that have not seen it. */
export const fitDrLearner = (trial: Trial, rows: Int32Array, options: LearnerOptions = {}): UpliftModel => {
  checkTrial(trial, rows)
  const { treated, outcome, propensity, frame } = trial
  const { folds, seed, effectL2 } = { ...LEARNER_DEFAULTS, ...options }
  const encoder = fitEncoder(frame, rows)
  const design = encode(encoder, frame)
  const pseudo = new Float64Array(frame.rows)
  const fold = foldsOf(frame.rows, folds, `${seed}:dr`)
  for (let k = 0; k < folds; k++) {
    const arms = fitArms(
      trial,
      design,
      rows.filter((row) => fold[row] !== k),
      options,
    )
    const [one, zero] = [
      expected(design, arms.treated, arms.isBinary),
      expected(design, arms.control, arms.isBinary),
    ]
    for (const row of rows) {
      if (fold[row] !== k) continue
      const t = treated[row] as number
      const mu = (t === 1 ? one[row] : zero[row]) as number
      const weight = (t - propensity) / (propensity * (1 - propensity))
      pseudo[row] = (one[row] as number) - (zero[row] as number) + weight * ((outcome[row] as number) - mu)
    }
  }
  const { weights } = fitLinear({ design, rows, target: pseudo, loss: 'squared', l2: effectL2 })
  return { kind: 'dr', encoder, weights: [...weights] }
}

/** Expected change of the outcome by treatment for each row of `frame`, in units of the outcome. */
export const predictUplift = (model: UpliftModel, frame: Frame): Float64Array => {
  checkFrame(frame)
  const design = encode(model.encoder, frame)
  if (model.kind === 'dr') return linearScores(design, Float64Array.from(model.weights))
  const one = expected(design, model.treated, model.isBinary)
  const zero = expected(design, model.control, model.isBinary)
  return one.map((value, row) => value - (zero[row] as number))
}

/** A fold for each row, by hash: the same for the same seed. */
export const foldsOf = (rows: number, folds: number, seed: string): Uint8Array =>
  Uint8Array.from({ length: rows }, (_, row) => hash32(`${seed}:${row}`, 0x1b873593) % folds)
