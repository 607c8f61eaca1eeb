// EASE (Steck 2019, arXiv 1905.03375): the item-to-item weights B that reproduce the table best under an L2 penalty with
// a zero diagonal, B = I − P·diag(1 / diag P), P = (XᵀX + λI)⁻¹. No matrix of items × items is ever held: columns of P are
// solved in blocks by conjugate gradients on the sparse table, each block cut to its strongest weights at once.

import { Failure } from '../../kernel/failure.ts'
import { popularity, type Interactions } from './interactions.ts'
import { createWeightTable, type ItemWeights } from './item-weights.ts'

export type EaseOptions = {
  /** λ: how many people must agree before an item says much. */
  readonly penalty: number
  /** Strongest weights kept of each item. */
  readonly perItem: number
  /** Residual, relative, at which a column is solved. */
  readonly tolerance: number
}

export const EASE_DEFAULTS: EaseOptions = { penalty: 200, perItem: 100, tolerance: 1e-3 }

/** Columns solved together: the inner loops run over them, side by side in memory. */
const BLOCK = 32
const ROUNDS_MAX = 300

/** Learns the weights. O(rounds · interactions · items); a few minutes at 240,000 interactions with 8,500 items. */
export const learnEase = (
  table: Interactions,
  options: Partial<EaseOptions> = {},
  progress: (share: number) => void = () => {},
): ItemWeights => {
  const { penalty, perItem, tolerance } = { ...EASE_DEFAULTS, ...options }
  if (!(penalty > 0) || !Number.isFinite(penalty))
    throw new Failure({
      code: 'recommend.penalty',
      message: `A penalty of ${penalty} cannot be.`,
      hint: 'A number above 0, such as 200.',
    })
  const { itemCount } = table
  const counts = popularity(table)
  const weights = createWeightTable(itemCount, perItem)
  const known = Int32Array.from([...counts.keys()].filter((i) => (counts[i] ?? 0) > 0))
  const solver = createSolver(table, counts, penalty, tolerance)
  for (let from = 0; from < known.length; from += BLOCK) {
    const columns = known.subarray(from, from + BLOCK)
    const solution = solver(columns)
    for (let c = 0; c < columns.length; c++) {
      const target = columns[c] ?? 0
      const own = solution[target * BLOCK + c] ?? 1
      for (let i = 0; i < itemCount; i++) {
        if ((counts[i] ?? 0) === 0) continue
        const weight = -(solution[i * BLOCK + c] ?? 0) / own
        if (Math.abs(weight) > 1e-6) weights.add(i, target, weight)
      }
    }
    progress(Math.min(1, (from + BLOCK) / known.length))
  }
  return weights.finish()
}

/** Solves (XᵀX + λI)·P = I for a block of columns, preconditioned by the diagonal; P as rows of BLOCK numbers. */
const createSolver = (table: Interactions, counts: Float64Array, penalty: number, tolerance: number) => {
  const { itemCount, userCount } = table
  const size = itemCount * BLOCK
  const [solution, residual, direction, product, scaled] = Array.from(
    { length: 5 },
    () => new Float64Array(size),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const between = new Float64Array(userCount * BLOCK)
  const inverse = counts.map((count) => 1 / (count + penalty))
  const multiply = (): void => {
    gather(table.userStart, table.items, direction, between)
    gather(table.itemStart, table.users, between, product)
    for (let k = 0; k < size; k++) product[k] = (product[k] as number) + penalty * (direction[k] as number)
  }
  return (columns: Int32Array): Float64Array => {
    solution.fill(0)
    residual.fill(0)
    for (let c = 0; c < columns.length; c++) residual[(columns[c] ?? 0) * BLOCK + c] = 1
    scale(residual, inverse, scaled)
    direction.set(scaled)
    let energy = dots(residual, scaled)
    for (let round = 0; round < ROUNDS_MAX; round++) {
      multiply()
      const curvature = dots(direction, product)
      const step = energy.map((e, c) => ((curvature[c] ?? 0) > 0 ? e / (curvature[c] ?? 1) : 0))
      addTo(solution, direction, step, 1)
      addTo(residual, product, step, -1)
      scale(residual, inverse, scaled)
      const next = dots(residual, scaled)
      const norms = dots(residual, residual)
      if (norms.every((norm) => norm <= tolerance * tolerance)) break
      const turn = next.map((e, c) => ((energy[c] ?? 0) > 0 ? e / (energy[c] ?? 1) : 0))
      for (let i = 0; i < size; i += BLOCK)
        for (let c = 0; c < BLOCK; c++)
          direction[i + c] = (scaled[i + c] as number) + (turn[c] as number) * (direction[i + c] as number)
      energy = next
    }
    return solution
  }
}

/** out[row] = Σ of the rows of `from` that the sparse row names. */
const gather = (start: Int32Array, index: Int32Array, from: Float64Array, out: Float64Array): void => {
  const rows = start.length - 1
  for (let row = 0; row < rows; row++) {
    const to = row * BLOCK
    for (let c = 0; c < BLOCK; c++) out[to + c] = 0
    const end = start[row + 1] as number
    for (let k = start[row] as number; k < end; k++) {
      const at = (index[k] as number) * BLOCK
      for (let c = 0; c < BLOCK; c++) out[to + c] = (out[to + c] as number) + (from[at + c] as number)
    }
  }
}

const dots = (left: Float64Array, right: Float64Array): Float64Array => {
  const sums = new Float64Array(BLOCK)
  for (let i = 0; i < left.length; i += BLOCK)
    for (let c = 0; c < BLOCK; c++)
      sums[c] = (sums[c] as number) + (left[i + c] as number) * (right[i + c] as number)
  return sums
}

const addTo = (to: Float64Array, from: Float64Array, step: Float64Array, sign: 1 | -1): void => {
  for (let i = 0; i < to.length; i += BLOCK)
    for (let c = 0; c < BLOCK; c++)
      to[i + c] = (to[i + c] as number) + sign * (step[c] as number) * (from[i + c] as number)
}

const scale = (from: Float64Array, by: Float64Array, to: Float64Array): void => {
  for (let i = 0, row = 0; i < from.length; i += BLOCK, row++) {
    const factor = by[row] as number
    for (let c = 0; c < BLOCK; c++) to[i + c] = (from[i + c] as number) * factor
  }
}
