// Grows one regression tree leaf by leaf on binned rows: always the leaf with the most to gain is cut next,
// the smaller half's histogram is summed up and the larger one's is the parent's minus it.

import type { BinnedRows } from './bins.ts'
import { bestSplit, STRIDE, type FeatureShape, type Split, type SplitLimits } from './split.ts'

/** Nodes in order of making; a child below zero is the leaf `~child`. Plain data. */
export type Tree = {
  readonly feature: readonly number[]
  readonly threshold: readonly number[]
  readonly missingLeft: readonly number[]
  /** Bins of a category that go left; empty for a number. */
  readonly leftBins: readonly (readonly number[])[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  readonly gain: readonly number[]
  readonly values: readonly number[]
}

export type TreeLimits = SplitLimits & { readonly leavesMax: number; readonly depthMax: number }

type Leaf = {
  from: number
  to: number
  g: number
  h: number
  depth: number
  histogram: Float64Array
  split: Split | null
  /** The node above and the side this leaf hangs on. */
  parent: number
  isLeft: boolean
}

export type Grower = {
  /** Grows a tree on the gradients and hessians of all rows and adds its output times `rate` to `scores`. */
  readonly grow: (step: GrowStep) => Tree
}

export type GrowStep = {
  readonly gradients: Float64Array
  readonly hessians: Float64Array
  readonly scores: Float64Array
  readonly rate: number
}

/** Scratch for one training; memory is the rows' order and a histogram per leaf. */
export const createGrower = (
  binned: BinnedRows,
  shapes: readonly FeatureShape[],
  limits: TreeLimits,
): Grower => {
  const { rows, features, blocks } = binned
  const order = new Int32Array(rows)
  const spare = new Int32Array(rows)
  const g = new Float64Array(rows)
  const h = new Float64Array(rows)
  const size = ((features + 3) >> 2) * 4 * STRIDE
  const pool: Float64Array[] = []
  const take = (): Float64Array => pool.pop() ?? new Float64Array(size)

  const sumUp = (from: number, to: number, step: GrowStep): Float64Array => {
    const histogram = take()
    histogram.fill(0)
    const isAll = from === 0 && to === rows
    const gs = isAll ? step.gradients : g
    const hs = isAll ? step.hessians : h
    if (!isAll)
      for (let i = from; i < to; i++) {
        const row = order[i] as number
        g[i] = step.gradients[row] as number
        h[i] = step.hessians[row] as number
      }
    const block = isAll ? sumAll : sumSome
    for (let b = 0; b < blocks.length; b++)
      block({
        histogram: histogram.subarray(b * 4 * STRIDE, (b + 1) * 4 * STRIDE),
        bins: blocks[b] as Uint32Array,
        order,
        gs,
        hs,
        from,
        to,
      })
    return histogram
  }

  const look = (leaf: Leaf): void => {
    const sums = { g: leaf.g, h: leaf.h, rows: leaf.to - leaf.from }
    const isFinal = leaf.depth >= limits.depthMax || sums.rows < 2 * limits.leafRowsMin
    leaf.split = isFinal ? null : bestSplit(leaf.histogram, shapes, sums, limits)
  }

  const cut = (leaf: Leaf, split: Split, node: number, step: GrowStep): Leaf => {
    const block = blocks[split.feature >> 2] as Uint32Array
    const middle = partition({ leaf, split, block, order, spare })
    const right: Leaf = {
      ...leaf,
      from: middle,
      g: leaf.g - split.leftG,
      h: leaf.h - split.leftH,
      depth: leaf.depth + 1,
      parent: node,
      isLeft: false,
      split: null,
    }
    leaf.to = middle
    leaf.g = split.leftG
    leaf.h = split.leftH
    leaf.depth = right.depth
    leaf.parent = node
    leaf.isLeft = true
    const isLeftSmall = leaf.to - leaf.from <= right.to - right.from
    const small = isLeftSmall ? leaf : right
    const large = isLeftSmall ? right : leaf
    const whole = leaf.histogram
    const part = sumUp(small.from, small.to, step)
    for (let i = 0; i < size; i++) whole[i] = (whole[i] as number) - (part[i] as number)
    small.histogram = part
    large.histogram = whole
    look(leaf)
    look(right)
    return right
  }

  return {
    grow: (step) => {
      for (let i = 0; i < rows; i++) order[i] = i
      let sumG = 0
      let sumH = 0
      for (let i = 0; i < rows; i++) {
        sumG += step.gradients[i] as number
        sumH += step.hessians[i] as number
      }
      const root: Leaf = {
        from: 0,
        to: rows,
        g: sumG,
        h: sumH,
        depth: 0,
        histogram: sumUp(0, rows, step),
        split: null,
        parent: -1,
        isLeft: false,
      }
      look(root)
      const leaves = [root]
      const tree = createNodes()
      while (leaves.length < limits.leavesMax) {
        const next = mostToGain(leaves)
        if (next < 0) break
        const leaf = leaves[next] as Leaf
        const split = leaf.split as Split
        const node = tree.add(split, leaf.parent, leaf.isLeft, next)
        leaves.push(cut(leaf, split, node, step))
        tree.hang(node, next, leaves.length - 1)
      }
      const values = leaves.map((leaf) => {
        const value = (-leaf.g / (leaf.h + limits.l2)) * step.rate
        for (let i = leaf.from; i < leaf.to; i++) {
          const row = order[i] as number
          step.scores[row] = (step.scores[row] as number) + value
        }
        pool.push(leaf.histogram)
        return value
      })
      return tree.done(values)
    },
  }
}

const mostToGain = (leaves: readonly Leaf[]): number => {
  let best = -1
  let gain = 0
  for (let i = 0; i < leaves.length; i++) {
    const split = (leaves[i] as Leaf).split
    if (split !== null && split.gain > gain) {
      best = i
      gain = split.gain
    }
  }
  return best
}

const createNodes = () => {
  const feature: number[] = []
  const threshold: number[] = []
  const missingLeft: number[] = []
  const leftBins: number[][] = []
  const left: number[] = []
  const right: number[] = []
  const gain: number[] = []
  return {
    /** The node takes the place of the leaf it was. */
    add: (split: Split, parent: number, isLeft: boolean, leaf: number): number => {
      const node = feature.length
      feature.push(split.feature)
      threshold.push(split.threshold)
      missingLeft.push(split.missingLeft ? 1 : 0)
      leftBins.push(
        split.leftBins === null ? [] : [...split.leftBins.keys()].filter((b) => split.leftBins?.[b] === 1),
      )
      gain.push(split.gain)
      left.push(~leaf)
      right.push(~leaf)
      if (parent >= 0) (isLeft ? left : right)[parent] = node
      return node
    },
    hang: (node: number, leftLeaf: number, rightLeaf: number): void => {
      left[node] = ~leftLeaf
      right[node] = ~rightLeaf
    },
    done: (values: readonly number[]): Tree => ({
      feature,
      threshold,
      missingLeft,
      leftBins,
      left,
      right,
      gain,
      values,
    }),
  }
}

type Partition = {
  readonly leaf: Leaf
  readonly split: Split
  readonly block: Uint32Array
  readonly order: Int32Array
  readonly spare: Int32Array
}

/** Rows of the left side first, both sides in their old order; gives where the right side begins. */
const partition = ({ leaf, split, block, order, spare }: Partition): number => {
  const goesLeft = leftTable(split)
  const shift = 8 * (split.feature & 3)
  let middle = leaf.from
  let others = 0
  for (let i = leaf.from; i < leaf.to; i++) {
    const row = order[i] as number
    if (goesLeft[((block[row] as number) >>> shift) & 255] === 1) order[middle++] = row
    else spare[others++] = row
  }
  for (let i = 0; i < others; i++) order[middle + i] = spare[i] as number
  return middle
}

const leftTable = ({ leftBins, threshold, missingLeft }: Split): Uint8Array => {
  if (leftBins !== null) return leftBins
  const table = new Uint8Array(256)
  table.fill(1, 1, threshold + 1)
  table[0] = missingLeft ? 1 : 0
  return table
}

type Sum = {
  readonly histogram: Float64Array
  readonly bins: Uint32Array
  readonly order: Int32Array
  readonly gs: Float64Array
  readonly hs: Float64Array
  readonly from: number
  readonly to: number
}

// Two loops that differ in how they find the row: this is where the time goes.
const sumAll = ({ histogram, bins, gs, hs, from, to }: Sum): void => {
  for (let i = from; i < to; i++) {
    const word = bins[i] as number
    const g = gs[i] as number
    const h = hs[i] as number
    const a = (word << 1) & 510
    const b = STRIDE | ((word >>> 7) & 510)
    const c = (2 * STRIDE) | ((word >>> 15) & 510)
    const d = (3 * STRIDE) | ((word >>> 23) & 510)
    histogram[a] = (histogram[a] as number) + g
    histogram[a + 1] = (histogram[a + 1] as number) + h
    histogram[b] = (histogram[b] as number) + g
    histogram[b + 1] = (histogram[b + 1] as number) + h
    histogram[c] = (histogram[c] as number) + g
    histogram[c + 1] = (histogram[c + 1] as number) + h
    histogram[d] = (histogram[d] as number) + g
    histogram[d + 1] = (histogram[d + 1] as number) + h
  }
}

const sumSome = ({ histogram, bins, order, gs, hs, from, to }: Sum): void => {
  for (let i = from; i < to; i++) {
    const word = bins[order[i] as number] as number
    const g = gs[i] as number
    const h = hs[i] as number
    const a = (word << 1) & 510
    const b = STRIDE | ((word >>> 7) & 510)
    const c = (2 * STRIDE) | ((word >>> 15) & 510)
    const d = (3 * STRIDE) | ((word >>> 23) & 510)
    histogram[a] = (histogram[a] as number) + g
    histogram[a + 1] = (histogram[a + 1] as number) + h
    histogram[b] = (histogram[b] as number) + g
    histogram[b + 1] = (histogram[b + 1] as number) + h
    histogram[c] = (histogram[c] as number) + g
    histogram[c + 1] = (histogram[c + 1] as number) + h
    histogram[d] = (histogram[d] as number) + g
    histogram[d + 1] = (histogram[d + 1] as number) + h
  }
}
