// Fits a champion (logistic regression, at once or row by row) and a challenger (boosted trees), judges both on rows neither has
// seen, later ones where there is a date, and keeps the challenger only when it is better beyond chance.

import { Failure } from '../../kernel/failure.ts'
import { hash32 } from '../../kernel/hash.ts'
import type { Feature } from '../events.ts'
import { calibrate, fitCalibration } from './calibrate.ts'
import { findDrift, findLeaks, type Drift, type Leak } from './audit.ts'
import { designNames, encode, fitEncoder } from './encoder.ts'
import { checkFrame, checkTarget, without, type DateColumn, type Frame } from './frame.ts'
import { fitLinear } from './linear.ts'
import { lossOf, qualityOf, reliability, type Quality, type ReliabilityBin } from './metrics.ts'
import { createModel, driversOf, rawPropensity, type Driver, type PropensityModel } from './model.ts'
import { createOnline, interceptOf, learnOnline, weightOf } from './online.ts'
import { fitTrees, type TreesOptions } from './trees.ts'

export type FitInput = {
  readonly frame: Frame
  /** 0 or 1 for each row. */
  readonly target: Uint8Array
  /** What the outcome is called, for the card. */
  readonly targetName: string
  readonly dates?: readonly DateColumn[]
  /** When each row was observed; without it rows are held out by hash. */
  readonly time?: { readonly column: string; readonly times: Float64Array } | null
  /** Rows with the same key stay on the same side of a hash split. */
  readonly keys?: readonly string[] | null
  /** Columns to learn from although the audit warns of them. */
  readonly keep?: readonly string[]
  /** Warnings that are told and not acted on: of columns that are known to be from before the outcome. */
  readonly keepWhy?: readonly Leak['why'][]
  /** Which part each row is in (0 learnt from, 1 tuned on, 2 judged on), for who has divided them already by time. */
  readonly parts?: { readonly of: Uint8Array; readonly column: string; readonly testFrom: string }
  readonly options?: FitOptions
}

export type FitOptions = {
  readonly seed?: string
  readonly l2?: number
  /** Whom the trees have to beat: logistic regression fitted at once (the default), or learnt row by row in the order of time. */
  readonly champion?: 'logistic' | 'online'
  readonly trees?: TreesOptions
}

export type Split = {
  readonly how: 'time' | 'hash'
  /** The date column; '' for a hash split. */
  readonly column: string
  readonly trainRows: number
  readonly tuneRows: number
  readonly testRows: number
  /** First moment of the held-out rows, ISO; '' for a hash split. */
  readonly testFrom: string
}

export type Contender = {
  readonly kind: PropensityModel['scorer']['kind']
  readonly version: string
  readonly calibration: 'none' | 'platt' | 'isotonic'
  readonly quality: Quality
  readonly qualityUncalibrated: Quality
}

export type ModelCard = {
  readonly version: string
  readonly target: string
  readonly rows: number
  readonly positives: number
  readonly columns: readonly string[]
  readonly split: Split
  readonly champion: Contender
  readonly challenger: Contender
  readonly promoted: boolean
  /** Champion's log-loss minus challenger's on the held-out rows, and its standard error. */
  readonly lossGain: number
  readonly lossGainError: number
  readonly chosen: PropensityModel['scorer']['kind']
  readonly reliability: readonly ReliabilityBin[]
  readonly drivers: readonly Driver[]
  readonly leaks: readonly (Leak & { readonly kept: boolean })[]
  readonly drift: readonly Drift[]
  readonly calibrationDrifted: boolean
}

export type Fitted = {
  readonly model: PropensityModel
  readonly card: ModelCard
  /** Which part each row was in: 0 train, 1 tune, 2 test. */
  readonly parts: Uint8Array
}

const L2 = 1
const ROWS_MIN = 100
const PART_POSITIVES_MIN = 5
/** One-sided 95 % on the paired difference of losses. */
const Z_PROMOTE = 1.645
const SLOPE = { min: 0.8, max: 1.2 }
const TRAIN_SHARE = 0.6
const TUNE_SHARE = 0.2

/**
 * Learns on 60 % of the rows, stops and calibrates on 20 %, judges on 20 %. What was judged is what is kept.
 * Throws Failures `frame.*` and `propensity.too_few`.
 */
export const fitPropensity = (input: FitInput): Fitted => {
  const { target, targetName, dates = [], time = null, keep = [], keepWhy = [], options = {} } = input
  checkFrame(input.frame)
  const { parts, split } = splitRows(input)
  const [train, tune, test] = [rowsOf(parts, 0), rowsOf(parts, 1), rowsOf(parts, 2)]
  checkTarget(target, input.frame.rows, train)
  for (const rows of [train, tune, test]) checkEnough(rows, target)
  const leaks = findLeaks({ frame: input.frame, dates, target, rows: train, time }).map((leak) => ({
    ...leak,
    kept: keep.includes(leak.column) || keepWhy.includes(leak.why),
  }))
  const banned = new Set(leaks.filter(({ kept }) => !kept).map(({ column }) => column))
  const frame = without(input.frame, banned)
  if (frame.columns.length === 0)
    throw new Failure({
      code: 'propensity.no_columns',
      message: 'There is no column left to learn from.',
      hint: 'Keep one that the audit warns of (--keep), or add columns known before the outcome.',
    })
  const setting: Setting = { frame, target, train, tune, options }
  const champion =
    options.champion === 'online' ? onlineOf(setting, time?.times ?? null) : logisticOf(setting)
  const challenger = treesOf(setting)
  const [first, second] = [judge(champion, setting, test), judge(challenger, setting, test)]
  const gain = pairedGain(first.probabilities, second.probabilities, pick(target, test))
  const promoted = gain.mean > Z_PROMOTE * gain.error
  const winner = promoted ? second : first
  const card: ModelCard = {
    version: winner.model.version,
    target: targetName,
    rows: frame.rows,
    positives: target.reduce((sum, y) => sum + y, 0),
    columns: frame.columns.map(({ name }) => name).toSorted(),
    split,
    champion: first.contender,
    challenger: second.contender,
    promoted,
    lossGain: gain.mean,
    lossGainError: gain.error,
    chosen: winner.contender.kind,
    reliability: reliability(winner.probabilities, pick(target, test)),
    drivers: driversOf(winner.model),
    leaks,
    drift: findDrift(frame, train, test),
    calibrationDrifted: isOff(winner.contender.quality.calibrationSlope),
  }
  return { model: winner.model, card, parts }
}

const isOff = (slope: number): boolean => slope < SLOPE.min || slope > SLOPE.max

type Setting = {
  readonly frame: Frame
  readonly target: Uint8Array
  readonly train: Int32Array
  readonly tune: Int32Array
  readonly options: FitOptions
}

const logisticOf = ({ frame, target, train, options }: Setting): PropensityModel['scorer'] => {
  const encoder = fitEncoder(frame, train)
  const design = encode(encoder, frame)
  const { weights } = fitLinear({ design, rows: train, target, loss: 'logistic', l2: options.l2 ?? L2 })
  return { kind: 'logistic', encoder, weights: [...weights] }
}

/** One pass, the oldest rows first, as outcomes trickle in; without a date in the order of the rows. */
const onlineOf = (
  { frame, target, train }: Setting,
  times: Float64Array | null,
): PropensityModel['scorer'] => {
  const encoder = fitEncoder(frame, train)
  const { index, value, width, columns } = encode(encoder, frame)
  const names = designNames(encoder)
  const order =
    times === null ? train : train.toSorted((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  const model = createOnline()
  for (const row of order) {
    const features: Feature[] = []
    for (let k = row * width; k < (row + 1) * width; k++) {
      const column = index[k] as number
      if (column < columns && value[k] !== 0) features.push([names[column] as string, value[k] as number])
    }
    learnOnline(model, features, target[row] === 1 ? 1 : 0)
  }
  return {
    kind: 'online',
    encoder,
    weights: [...names.map((name) => weightOf(model, name)), interceptOf(model)],
  }
}

const treesOf = ({ frame, target, train, tune, options }: Setting): PropensityModel['scorer'] => ({
  kind: 'trees',
  trees: fitTrees({
    frame,
    target,
    rows: train,
    heldOut: tune,
    ...(options.trees === undefined ? {} : { options: options.trees }),
  }),
})

const judge = (scorer: PropensityModel['scorer'], { frame, target, tune }: Setting, test: Int32Array) => {
  const raw = rawPropensity(scorer, frame)
  const calibration = fitCalibration(pick(raw, tune), pick(target, tune))
  const model = createModel(scorer, calibration)
  const before = pick(raw, test)
  const probabilities = calibrate(calibration, before)
  const y = pick(target, test)
  const contender: Contender = {
    kind: scorer.kind,
    version: model.version,
    calibration: calibration.kind,
    quality: qualityOf(probabilities, y),
    qualityUncalibrated: qualityOf(before, y),
  }
  return { model, contender, probabilities }
}

const pick = <T extends Float64Array | Uint8Array>(from: T, rows: Int32Array): T => {
  const picked = from.slice(0, rows.length) as T
  rows.forEach((row, i) => (picked[i] = from[row] as number))
  return picked
}

/** Mean and standard error of the champion's loss minus the challenger's, row by row. */
const pairedGain = (
  champion: Float64Array,
  challenger: Float64Array,
  y: Uint8Array,
): { mean: number; error: number } => {
  const gains = Float64Array.from(
    y,
    (outcome, i) => lossOf(champion[i] as number, outcome) - lossOf(challenger[i] as number, outcome),
  )
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1)
  return { mean, error: Math.sqrt(variance / gains.length) }
}

const rowsOf = (parts: Uint8Array, part: number): Int32Array =>
  Int32Array.from(parts.keys()).filter((row) => parts[row] === part)

const checkEnough = (rows: Int32Array, target: Uint8Array): void => {
  const positives = rows.reduce((sum, row) => sum + (target[row] as number), 0)
  if (rows.length * 5 >= ROWS_MIN && Math.min(positives, rows.length - positives) >= PART_POSITIVES_MIN)
    return
  throw new Failure({
    code: 'propensity.too_few',
    message: `${rows.length} rows with ${positives} of the outcome are too few for one of the three parts.`,
    hint: 'Bring more rows, or with a date column wait until both outcomes occur early and late.',
  })
}

const splitRows = ({ frame, time = null, keys = null, parts: given, options }: FitInput) => {
  const parts = given?.of ?? new Uint8Array(frame.rows)
  const count = (part: number): number => parts.reduce((sum, p) => sum + (p === part ? 1 : 0), 0)
  const describe = (how: Split['how'], column: string, testFrom: string): Split => ({
    how,
    column,
    trainRows: count(0),
    tuneRows: count(1),
    testRows: count(2),
    testFrom,
  })
  if (given !== undefined) return { parts, split: describe('time', given.column, given.testFrom) }
  const cuts = time === null ? null : timeCuts(time.times)
  if (time === null || cuts === null) {
    const seed = options?.seed ?? '1'
    for (let row = 0; row < frame.rows; row++) {
      const share = hash32(`${seed}:${keys?.[row] ?? row}`, 0x5bd1e995) / 4294967296
      parts[row] = share < TRAIN_SHARE ? 0 : share < TRAIN_SHARE + TUNE_SHARE ? 1 : 2
    }
    return { parts, split: describe('hash', '', '') }
  }
  time.times.forEach((at, row) => (parts[row] = at < cuts.tune ? 0 : at < cuts.test ? 1 : 2))
  return { parts, split: describe('time', time.column, new Date(cuts.test).toISOString()) }
}

/** The moments at which tuning and testing begin; equal moments stay together. Null when there are too few of them. */
const timeCuts = (times: Float64Array): { tune: number; test: number } | null => {
  const sorted = times.slice().sort()
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] as number
  const [first, tune, test] = [sorted[0] as number, at(TRAIN_SHARE), at(TRAIN_SHARE + TUNE_SHARE)]
  return first < tune && tune < test ? { tune, test } : null
}
