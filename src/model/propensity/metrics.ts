// How good a list of probabilities is: does it rank, is it true to its word, what does the top bring.

import { assert } from '../../kernel/assert.ts'
import { logit, sigmoid } from './linear.ts'

export type Quality = {
  readonly rows: number
  readonly positives: number
  /** Chance that a positive outranks a negative; ties count half. */
  readonly auc: number
  readonly logLoss: number
  readonly brier: number
  /** Expected calibration error over ten bins of equal size. */
  readonly ece: number
  /** Rate of positives in the highest tenth over the rate in all. */
  readonly liftTopDecile: number
  /** Slope of the outcome on the log-odds; 1 is honest, below 1 too sure of itself. */
  readonly calibrationSlope: number
}

export type ReliabilityBin = {
  readonly rows: number
  /** Mean of what was said. */
  readonly said: number
  /** Share that came true. */
  readonly came: number
}

const BINS = 10
/** Probabilities are kept off 0 and 1 by this, so that one miss costs much but not everything. */
const EDGE = 1e-7

export const clamp = (probability: number): number => Math.min(1 - EDGE, Math.max(EDGE, probability))

/** All measures at once. `target` is 0 or 1. */
export const qualityOf = (probabilities: Float64Array, target: Uint8Array): Quality => {
  assert(probabilities.length === target.length, 'a probability per outcome')
  return {
    rows: target.length,
    positives: target.reduce((sum, y) => sum + y, 0),
    auc: auc(probabilities, target),
    logLoss: logLoss(probabilities, target),
    brier: brier(probabilities, target),
    ece: ece(probabilities, target),
    liftTopDecile: liftAt(probabilities, target, 0.1),
    calibrationSlope: calibrationSlope(probabilities, target),
  }
}

/**
 * Area under the ROC curve by ranks (Mann-Whitney).
 * @example auc(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1)) // 0.75
 */
export const auc = (scores: Float64Array, target: Uint8Array): number => {
  const order = orderDown(scores)
  let positives = 0
  let ranked = 0
  let ahead = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    let tiedPositives = 0
    const score = scores[order[from] as number] as number
    for (; to < order.length && scores[order[to] as number] === score; to++)
      tiedPositives += target[order[to] as number] as number
    const tiedNegatives = to - from - tiedPositives
    ranked += tiedNegatives * (ahead + tiedPositives / 2)
    ahead += tiedPositives
    positives = ahead
    from = to
  }
  const negatives = order.length - positives
  return positives === 0 || negatives === 0 ? 0.5 : ranked / (positives * negatives)
}

/** Row numbers from the highest score to the lowest; equal scores in order of row. */
export const orderDown = (scores: Float64Array): Int32Array => {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i)
  return order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
}

/** Loss of one row: −log of the probability of what happened. */
export const lossOf = (probability: number, y: number): number => {
  const p = clamp(probability)
  return -Math.log(y === 1 ? p : 1 - p)
}

export const logLoss = (probabilities: Float64Array, target: Uint8Array): number => {
  let sum = 0
  for (let i = 0; i < target.length; i++) sum += lossOf(probabilities[i] as number, target[i] as number)
  return sum / Math.max(1, target.length)
}

export const brier = (probabilities: Float64Array, target: Uint8Array): number => {
  let sum = 0
  for (let i = 0; i < target.length; i++) sum += ((probabilities[i] as number) - (target[i] as number)) ** 2
  return sum / Math.max(1, target.length)
}

/** Ten bins of equal size from the lowest probability to the highest. */
export const reliability = (probabilities: Float64Array, target: Uint8Array): readonly ReliabilityBin[] => {
  const order = orderDown(probabilities).reverse()
  const bins = Math.min(BINS, order.length)
  return Array.from({ length: bins }, (_, bin) => {
    const from = Math.floor((order.length * bin) / bins)
    const to = Math.floor((order.length * (bin + 1)) / bins)
    let said = 0
    let came = 0
    for (let i = from; i < to; i++) {
      said += probabilities[order[i] as number] as number
      came += target[order[i] as number] as number
    }
    return { rows: to - from, said: said / (to - from), came: came / (to - from) }
  })
}

export const ece = (probabilities: Float64Array, target: Uint8Array): number =>
  reliability(probabilities, target).reduce(
    (sum, { rows, said, came }) => sum + (Math.abs(said - came) * rows) / Math.max(1, target.length),
    0,
  )

/** Rate of positives among the highest `share` of rows, over the rate in all. Ties at the edge count in part. */
export const liftAt = (probabilities: Float64Array, target: Uint8Array, share: number): number => {
  const order = orderDown(probabilities)
  const all = target.reduce((sum, y) => sum + y, 0) / Math.max(1, target.length)
  const room = Math.max(1, Math.floor(order.length * share))
  const edge = probabilities[order[room - 1] as number] as number
  let above = 0
  let hits = 0
  let tied = 0
  let tiedHits = 0
  for (const row of order) {
    const p = probabilities[row] as number
    if (p < edge) break
    if (p > edge) {
      above++
      hits += target[row] as number
    } else {
      tied++
      tiedHits += target[row] as number
    }
  }
  const rate = (hits + (tiedHits * (room - above)) / tied) / room
  return all === 0 ? 0 : rate / all
}

/** Logistic regression of the outcome on the log-odds said (Cox), by Newton; 0 when all rows say the same. */
export const calibrationSlope = (probabilities: Float64Array, target: Uint8Array): number =>
  logisticLine(
    probabilities.map((p) => logit(clamp(p))),
    target,
  ).slope

/**
 * Intercept and slope of a logistic regression on one variable. `soften` replaces the outcomes 0 and 1 by
 * Platt's, which keeps the line finite when the two sides do not overlap.
 */
export const logisticLine = (
  x: Float64Array,
  target: Uint8Array,
  soften = false,
): { intercept: number; slope: number } => {
  const positives = target.reduce((sum, y) => sum + y, 0)
  const high = soften ? (positives + 1) / (positives + 2) : 1
  const low = soften ? 1 / (target.length - positives + 2) : 0
  let intercept = 0
  let slope = 0
  for (let step = 0; step < 100; step++) {
    let g0 = 0
    let g1 = 0
    let h00 = 1e-9
    let h01 = 0
    let h11 = 1e-9
    for (let i = 0; i < x.length; i++) {
      const xi = x[i] as number
      const p = sigmoid(intercept + slope * xi)
      const error = p - (target[i] === 1 ? high : low)
      const weight = p * (1 - p)
      g0 += error
      g1 += error * xi
      h00 += weight
      h01 += weight * xi
      h11 += weight * xi * xi
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 1e-18 * h00 * h11)) return { intercept, slope }
    const d0 = clip((h11 * g0 - h01 * g1) / determinant)
    const d1 = clip((h00 * g1 - h01 * g0) / determinant)
    intercept -= d0
    slope -= d1
    if (Math.abs(d0) + Math.abs(d1) < 1e-10) break
  }
  return { intercept, slope }
}

const clip = (step: number): number => Math.max(-2, Math.min(2, step))
