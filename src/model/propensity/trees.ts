// Gradient-boosted trees for outcomes of 0 and 1 (Friedman 2001; histograms and leaf-wise growth as in
// LightGBM, Ke et al. 2017): Newton steps on the log-loss, stopped early on rows held out. No chance in it.

import { binCount, binRows, fitBins, type BinnedRows, type ColumnBins } from './bins.ts'
import { checkFrame, checkTarget, type Frame } from './frame.ts'
import { sigmoid } from './linear.ts'
import { createGrower, type Tree, type TreeLimits } from './tree.ts'

export type TreesOptions = {
  readonly treesMax?: number
  readonly learningRate?: number
  readonly leavesMax?: number
  readonly depthMax?: number
  readonly leafRowsMin?: number
  readonly l2?: number
  readonly categoryL2?: number
  /** Trees without a better loss on the held-out rows after which it ends. */
  readonly patience?: number
}

export const TREES_DEFAULTS = {
  treesMax: 400,
  learningRate: 0.05,
  leavesMax: 15,
  depthMax: 12,
  leafRowsMin: 20,
  l2: 1,
  categoryL2: 10,
  patience: 30,
} as const satisfies TreesOptions

/** Plain data: can be kept as JSON. */
export type TreesModel = {
  readonly bins: readonly ColumnBins[]
  /** Log-odds before the first tree. */
  readonly start: number
  readonly trees: readonly Tree[]
}

export type TreesInput = {
  readonly frame: Frame
  readonly target: Uint8Array
  readonly rows: Int32Array
  /** Rows to stop early on; none: all `treesMax` trees are grown. */
  readonly heldOut?: Int32Array
  readonly options?: TreesOptions
}

const HESSIAN_MIN = 1e-3

/** Learns trees on `rows`. Throws Failures `frame.shape`, `frame.not_finite`, `frame.target`, `frame.too_large`. */
export const fitTrees = ({ frame, target, rows, heldOut, options = {} }: TreesInput): TreesModel => {
  checkFrame(frame)
  checkTarget(target, frame.rows, rows)
  const settings = { ...TREES_DEFAULTS, ...options }
  const limits: TreeLimits = { ...settings, hessianMin: HESSIAN_MIN, gainMin: 1e-9 }
  const bins = fitBins(frame, rows)
  const binned = binRows(bins, frame, rows)
  const shapes = bins.map((column) => ({ bins: binCount(column), isCategory: column.kind === 'category' }))
  const y = Float64Array.from(rows, (row) => target[row] as number)
  const start = startOf(y)
  const scores = new Float64Array(rows.length).fill(start)
  const gradients = new Float64Array(rows.length)
  const hessians = new Float64Array(rows.length)
  const grower = createGrower(binned, shapes, limits)
  const trees: Tree[] = []
  const watch = heldOut === undefined ? null : createWatch(bins, { frame, target, heldOut, start })
  while (trees.length < settings.treesMax) {
    for (let i = 0; i < rows.length; i++) {
      const p = sigmoid(scores[i] as number)
      gradients[i] = p - (y[i] as number)
      hessians[i] = p * (1 - p)
    }
    const tree = grower.grow({ gradients, hessians, scores, rate: settings.learningRate })
    if (tree.feature.length === 0) break
    trees.push(tree)
    if (watch !== null && trees.length - watch.lossAfter(tree, trees.length) >= settings.patience) break
  }
  return { bins, start, trees: watch === null ? trees : trees.slice(0, watch.best()) }
}

const startOf = (y: Float64Array): number => {
  const positives = y.reduce((sum, value) => sum + value, 0)
  return Math.log(positives / (y.length - positives))
}

type Watched = {
  readonly frame: Frame
  readonly target: Uint8Array
  readonly heldOut: Int32Array
  readonly start: number
}

/** Follows the loss on held-out rows; `lossAfter` gives the number of trees that was best so far. */
const createWatch = (bins: readonly ColumnBins[], { frame, target, heldOut, start }: Watched) => {
  const binned = binRows(bins, frame, heldOut)
  const scores = new Float64Array(heldOut.length).fill(start)
  const lossNow = (): number => {
    let sum = 0
    for (let i = 0; i < heldOut.length; i++) {
      const score = scores[i] as number
      const y = target[heldOut[i] as number] as number
      sum += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - y * score
    }
    return sum
  }
  let bestCount = 0
  let bestLoss = lossNow()
  return {
    lossAfter: (tree: Tree, count: number): number => {
      addTree(tree, binned, scores)
      const loss = lossNow()
      if (loss < bestLoss) {
        bestLoss = loss
        bestCount = count
      }
      return bestCount
    },
    best: (): number => bestCount,
  }
}

/** Adds what the tree says of each row to `scores`. */
const addTree = (tree: Tree, { rows, blocks }: BinnedRows, scores: Float64Array): void => {
  if (tree.feature.length === 0) return
  // Which child each of the 256 bins of a node leads to, and where to find the bin.
  const children = new Int32Array(tree.feature.length * 256)
  tree.feature.forEach((_, node) => children.set(childrenOf(tree, node), node * 256))
  const columns = tree.feature.map((f) => blocks[f >> 2] as Uint32Array)
  const shifts = Int32Array.from(tree.feature, (f) => 8 * (f & 3))
  const values = Float64Array.from(tree.values)
  for (let row = 0; row < rows; row++) {
    let node = 0
    while (node >= 0) {
      const word = (columns[node] as Uint32Array)[row] as number
      node = children[node * 256 + ((word >>> (shifts[node] as number)) & 255)] as number
    }
    scores[row] = (scores[row] as number) + (values[~node] as number)
  }
}

const childrenOf = (tree: Tree, node: number): Int32Array => {
  const [left, right] = [tree.left[node] as number, tree.right[node] as number]
  const marked = tree.leftBins[node] ?? []
  const children = new Int32Array(256).fill(right)
  if (marked.length > 0) for (const bin of marked) children[bin] = left
  else {
    children.fill(left, 1, (tree.threshold[node] as number) + 1)
    children[0] = tree.missingLeft[node] === 1 ? left : right
  }
  return children
}

/** The log-odds of each of `rows`, before calibration. */
export const treeScores = (model: TreesModel, frame: Frame, rows: Int32Array): Float64Array => {
  const binned = binRows(model.bins, frame, rows)
  const scores = new Float64Array(rows.length).fill(model.start)
  for (const tree of model.trees) addTree(tree, binned, scores)
  return scores
}

/** Gain that each column brought, the largest first; sums to 1. */
export const treeGains = (
  model: TreesModel,
): readonly { readonly name: string; readonly share: number }[] => {
  const gains = new Float64Array(model.bins.length)
  for (const tree of model.trees)
    tree.feature.forEach((f, node) => (gains[f] = (gains[f] as number) + (tree.gain[node] as number)))
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  return model.bins
    .map(({ name }, f) => ({ name, share: total > 0 ? (gains[f] as number) / total : 0 }))
    .toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
}
