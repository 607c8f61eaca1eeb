// One person's probability in microseconds: a fitted model laid out flat for rows of numbers. It gives the
// same bits as the model itself does for a frame of one row.

import { calibrateOne } from './calibrate.ts'
import { sigmoid } from './linear.ts'
import type { LogisticPart, PropensityModel, TreesPart } from './model.ts'

/** Probability of the outcome for numbers in the order of the names it was made for; NaN is not known. */
export type RowScorer = (values: Float64Array) => number

/** Columns of the model that are not among `names`, or are categories, count as unknown. */
export const compileScorer = (model: PropensityModel, names: readonly string[]): RowScorer => {
  const { scorer, calibration } = model
  const score = scorer.kind === 'trees' ? treesScore(scorer, names) : compileLinear(scorer, names)
  return (values) => calibrateOne(calibration, sigmoid(score(values)))
}

/** As the encoder cuts what lies far off. */
const CUT = 10

/** The linear score alone, before any link. */
export const compileLinear = (
  { encoder, weights }: Pick<LogisticPart, 'encoder' | 'weights'>,
  names: readonly string[],
): RowScorer => {
  const parts = encoder.parts.flatMap((part) => {
    const at = names.indexOf(part.name)
    if (part.kind !== 'number' || at < 0) return []
    const missing = part.missingAt < 0 ? 0 : (weights[part.missingAt] as number)
    return [{ at, mean: part.mean, deviation: part.deviation, weight: weights[part.at] as number, missing }]
  })
  const bias = weights[encoder.columns] as number
  return (values) => {
    let sum = bias
    for (const { at, mean, deviation, weight, missing } of parts) {
      const value = values[at] as number
      if (Number.isNaN(value)) sum += missing
      else sum += weight * Math.max(-CUT, Math.min(CUT, (value - mean) / deviation))
    }
    return sum
  }
}

/** Below zero a child is the leaf `~child`; -1 as feature means that the column is not there. */
type FlatTree = {
  readonly feature: Int32Array
  readonly threshold: Int32Array
  readonly missingLeft: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly values: Float64Array
}

const treesScore = ({ trees }: TreesPart, names: readonly string[]): RowScorer => {
  const columns = trees.bins.map((bins) => ({
    at: bins.kind === 'number' ? names.indexOf(bins.name) : -1,
    edges: bins.kind === 'number' ? Float64Array.from(bins.edges) : new Float64Array(0),
  }))
  const flat = trees.trees.map(
    (tree): FlatTree => ({
      feature: Int32Array.from(tree.feature),
      threshold: Int32Array.from(tree.threshold),
      // A category is never known here: it goes where what is missing goes.
      missingLeft: Uint8Array.from(tree.missingLeft, (left, node) =>
        (tree.leftBins[node] ?? []).length === 0 ? left : Number(tree.leftBins[node]?.includes(0) === true),
      ),
      left: Int32Array.from(tree.left),
      right: Int32Array.from(tree.right),
      values: Float64Array.from(tree.values),
    }),
  )
  const bins = new Int32Array(columns.length)
  return (values) => {
    for (let c = 0; c < columns.length; c++) {
      const { at, edges } = columns[c] as (typeof columns)[number]
      const value = at < 0 ? Number.NaN : (values[at] as number)
      bins[c] = Number.isNaN(value) ? 0 : 1 + firstEdge(edges, value)
    }
    let sum = trees.start
    for (const tree of flat) sum += leafOf(tree, bins)
    return sum
  }
}

const leafOf = ({ feature, threshold, missingLeft, left, right, values }: FlatTree, bins: Int32Array) => {
  if (feature.length === 0) return 0
  let node = 0
  while (node >= 0) {
    const bin = bins[feature[node] as number] as number
    const goesLeft = bin === 0 ? missingLeft[node] === 1 : bin <= (threshold[node] as number)
    node = (goesLeft ? left[node] : right[node]) as number
  }
  return values[~node] as number
}

const firstEdge = (edges: Float64Array, value: number): number => {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= (edges[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}
