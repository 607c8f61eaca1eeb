// Makes scores true to their word: a logistic curve (Platt) where positives are few, else a monotone step
// function (isotonic regression by pooling adjacent violators), straight between the steps.

import { clamp, logisticLine, orderDown } from './metrics.ts'
import { logit, sigmoid } from './linear.ts'

export type Calibration =
  | { readonly kind: 'none' }
  | { readonly kind: 'platt'; readonly intercept: number; readonly slope: number }
  | { readonly kind: 'isotonic'; readonly said: readonly number[]; readonly came: readonly number[] }

const ISOTONIC_POSITIVES_MIN = 1_000
const POSITIVES_MIN = 20
/** A step never claims certainty: as if each had seen one more of both kinds, by half. */
const SOFTENING = 0.5

/** Learns it on rows the model has not been fitted on. Too few positives to learn from: none. */
export const fitCalibration = (probabilities: Float64Array, target: Uint8Array): Calibration => {
  const positives = target.reduce((sum, y) => sum + y, 0)
  if (Math.min(positives, target.length - positives) < POSITIVES_MIN) return { kind: 'none' }
  if (positives < ISOTONIC_POSITIVES_MIN) return platt(probabilities, target)
  return isotonic(probabilities, target)
}

const platt = (probabilities: Float64Array, target: Uint8Array): Calibration => {
  const line = logisticLine(
    probabilities.map((p) => logit(clamp(p))),
    target,
    true,
  )
  // A falling line would turn the ranking round: then the scores say nothing and are left alone.
  return line.slope > 0 ? { kind: 'platt', ...line } : { kind: 'none' }
}

type Block = { weight: number; came: number; said: number }

const isotonic = (probabilities: Float64Array, target: Uint8Array): Calibration => {
  const blocks: Block[] = []
  for (const row of orderDown(probabilities).reverse()) {
    blocks.push({ weight: 1, came: target[row] as number, said: probabilities[row] as number })
    for (;;) {
      const last = blocks.at(-1)
      const before = blocks.at(-2)
      if (last === undefined || before === undefined) break
      const isTie = before.said === last.said
      if (!isTie && before.came / before.weight < last.came / last.weight) break
      blocks.pop()
      const weight = before.weight + last.weight
      before.said = (before.said * before.weight + last.said * last.weight) / weight
      before.came += last.came
      before.weight = weight
    }
  }
  return {
    kind: 'isotonic',
    said: blocks.map(({ said }) => said),
    came: blocks.map(({ came, weight }) => (came + SOFTENING) / (weight + 2 * SOFTENING)),
  }
}

/** The calibrated probabilities, in the order given. */
export const calibrate = (calibration: Calibration, probabilities: Float64Array): Float64Array =>
  probabilities.map((p) => calibrateOne(calibration, p))

/** The calibrated probability of one. */
export const calibrateOne = (calibration: Calibration, p: number): number => {
  switch (calibration.kind) {
    case 'none':
      return p
    case 'platt':
      return sigmoid(calibration.intercept + calibration.slope * logit(clamp(p)))
    case 'isotonic':
      return between(calibration.said, calibration.came, p)
  }
}

const between = (xs: readonly number[], ys: readonly number[], x: number): number => {
  let low = 0
  let high = xs.length - 1
  if (x <= (xs[0] as number)) return ys[0] as number
  if (x >= (xs[high] as number)) return ys[high] as number
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((xs[middle] as number) <= x) low = middle
    else high = middle
  }
  const span = (xs[high] as number) - (xs[low] as number)
  const share = span > 0 ? (x - (xs[low] as number)) / span : 0
  return (ys[low] as number) + share * ((ys[high] as number) - (ys[low] as number))
}
