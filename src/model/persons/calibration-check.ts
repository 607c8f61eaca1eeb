// Whether a model is true to its word: the slope of outcomes on log-odds with its error, and how far the
// scores have moved from those it was examined on.

import { clamp, logisticLine, reliability, type ReliabilityBin } from '../propensity/metrics.ts'
import { logit, sigmoid } from '../propensity/linear.ts'

export const SLOPE_MIN = 0.8
export const SLOPE_MAX = 1.2
export const PSI_MAX = 0.2
const Z = 1.959964

export type CalibrationFound = {
  readonly slope: number
  readonly error: number
  /** Surely outside .8 to 1.2. */
  readonly isOff: boolean
  readonly deciles: readonly ReliabilityBin[]
}

export const calibrationOf = (said: Float64Array, came: Uint8Array): CalibrationFound => {
  const x = said.map((p) => logit(clamp(p)))
  const { intercept, slope } = logisticLine(x, came)
  let [h00, h01, h11] = [1e-9, 0, 1e-9]
  for (const xi of x) {
    const p = sigmoid(intercept + slope * xi)
    const weight = p * (1 - p)
    h00 += weight
    h01 += weight * xi
    h11 += weight * xi * xi
  }
  const error = Math.sqrt(h00 / Math.max(1e-12, h00 * h11 - h01 * h01))
  const isOff = slope + Z * error < SLOPE_MIN || slope - Z * error > SLOPE_MAX
  return { slope, error, isOff, deciles: reliability(said, came) }
}

/** Population stability index of scores against tenths with these inner edges. */
export const scorePsi = (scores: Float64Array, edges: readonly number[]): number => {
  const counts = new Float64Array(edges.length + 1)
  for (const score of scores) {
    let bin = 0
    while (bin < edges.length && score >= (edges[bin] as number)) bin++
    counts[bin] = (counts[bin] as number) + 1
  }
  // Equal edges are one bin with all their shares.
  const shares = new Map<number, { now: number; then: number }>()
  counts.forEach((count, bin) => {
    const key = bin === 0 ? Number.NEGATIVE_INFINITY : (edges[bin - 1] as number)
    const known = shares.get(key) ?? { now: 0, then: 0 }
    shares.set(key, { now: known.now + count, then: known.then + 1 / counts.length })
  })
  let psi = 0
  for (const { now, then } of shares.values()) {
    const share = (now + 0.5) / (scores.length + 0.5 * shares.size)
    psi += (share - then) * Math.log(share / then)
  }
  return psi
}
