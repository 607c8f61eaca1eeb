// A fitted propensity model: a line or trees, with its calibration. Plain data, so that it can be kept.

import { hash32 } from '../../kernel/hash.ts'
import { Failure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'
import { calibrate, type Calibration } from './calibrate.ts'
import { designNames, encode, type Encoder } from './encoder.ts'
import { allRows, checkFrame, type Frame } from './frame.ts'
import { linearScores, sigmoid } from './linear.ts'
import { treeGains, treeScores, type TreesModel } from './trees.ts'

/** `logistic`: fitted to all rows at once. `online`: learnt from one row after the other, in the order of time. */
export type LogisticPart = {
  readonly kind: 'logistic' | 'online'
  readonly encoder: Encoder
  readonly weights: readonly number[]
}
export type TreesPart = { readonly kind: 'trees'; readonly trees: TreesModel }

export type PropensityModel = {
  readonly version: string
  readonly scorer: LogisticPart | TreesPart
  readonly calibration: Calibration
}

export type Driver = { readonly name: string; readonly weight: number }

export const createModel = (
  scorer: PropensityModel['scorer'],
  calibration: Calibration,
): PropensityModel => ({ version: versionOf(scorer, calibration), scorer, calibration })

const versionOf = (scorer: PropensityModel['scorer'], calibration: Calibration): string => {
  const text = JSON.stringify([scorer, calibration])
  const part = (seed: number) => hash32(text, seed).toString(16).padStart(8, '0')
  return `${scorer.kind}-${part(1)}${part(2)}`
}

/** Probability per row before calibration. */
export const rawPropensity = (scorer: PropensityModel['scorer'], frame: Frame): Float64Array =>
  (scorer.kind === 'trees'
    ? treeScores(scorer.trees, frame, allRows(frame.rows))
    : linearScores(encode(scorer.encoder, frame), Float64Array.from(scorer.weights))
  ).map(sigmoid)

/**
 * The calibrated probability of the outcome for each row. Columns the model does not know are passed over,
 * those it misses count as unknown. Throws Failures `frame.shape` and `frame.not_finite`.
 */
export const predictPropensity = (model: PropensityModel, frame: Frame): Float64Array => {
  checkFrame(frame)
  return calibrate(model.calibration, rawPropensity(model.scorer, frame))
}

/** What weighs most: change of log-odds per deviation or level, or the share of the trees' gain. */
export const driversOf = (model: PropensityModel, most = 12): readonly Driver[] => {
  if (model.scorer.kind === 'trees')
    return treeGains(model.scorer.trees)
      .slice(0, most)
      .map(({ name, share }) => ({ name, weight: share }))
  const { weights, encoder } = model.scorer
  return designNames(encoder)
    .map((name, column) => ({ name, weight: weights[column] as number }))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.name < b.name ? -1 : 1))
    .slice(0, most)
}

export const dumpPropensity = (model: PropensityModel): Dump => ({ propensity: model })

/** The same model to the last bit. Throws Failure `propensity.dump` when it is not one. */
export const restorePropensity = (dump: Dump): PropensityModel => {
  const model = dump['propensity'] as unknown as PropensityModel | undefined
  if (model?.scorer === undefined || versionOf(model.scorer, model.calibration) !== model.version)
    throw new Failure({
      code: 'propensity.dump',
      message: 'What was kept is not a propensity model, or was changed.',
      hint: 'Fit it anew.',
    })
  return model
}
