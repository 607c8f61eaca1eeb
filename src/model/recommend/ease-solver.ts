// Columns of P = (XᵀX + λI)⁻¹, eight at a time, by conjugate gradients on the sparse table. X holds ones only, so that a
// product with it is nothing but additions, and eight sums stay in registers while the sparse rows go by: a column takes
// some ten rounds of two passes over the table where a dense inverse would take items² steps.

import type { Interactions } from './interactions.ts'

/** Columns solved together. The sums below are written out for eight: change both or none. */
export const EASE_BLOCK = 8
const ROUNDS_MAX = 300

export type EaseSolver = (columns: Int32Array) => Float64Array

type Wanted = {
  readonly table: Interactions
  readonly counts: Float64Array
  readonly penalty: number
  /** Residual, relative, at which a column is solved. */
  readonly tolerance: number
}

/**
 * A function that solves (XᵀX + λI)·P = I for at most eight columns, preconditioned by the diagonal. It gives P as rows
 * of eight numbers, in an array that the next call writes over.
 */
export const createEaseSolver = ({ table, counts, penalty, tolerance }: Wanted): EaseSolver => {
  const size = table.itemCount * EASE_BLOCK
  const [solution, residual, direction, product] = Array.from(
    { length: 4 },
    () => new Float64Array(size),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array]
  const between = new Float64Array(table.userCount * EASE_BLOCK)
  const inverse = counts.map((count) => 1 / (count + penalty))
  return (columns) => {
    solution.fill(0)
    residual.fill(0)
    direction.fill(0)
    let energy = new Float64Array(EASE_BLOCK)
    columns.forEach((column, c) => {
      const scaled = inverse[column] ?? 0
      residual[column * EASE_BLOCK + c] = 1
      direction[column * EASE_BLOCK + c] = scaled
      energy[c] = scaled
    })
    for (let round = 0; round < ROUNDS_MAX; round++) {
      gather(table.userStart, table.items, direction, between)
      gather(table.itemStart, table.users, between, product)
      const curvature = addRidge(direction, product, penalty)
      const step = energy.map((e, c) => ((curvature[c] ?? 0) > 0 ? e / (curvature[c] ?? 1) : 0))
      const { next, norms } = advance({ solution, residual, direction, product, inverse, step })
      if (norms.every((norm) => norm <= tolerance * tolerance)) break
      turn(direction, residual, inverse, energy, next)
      energy = next
    }
    return solution
  }
}

/** out[row] = Σ of the rows of `from` that the sparse row names. */
const gather = (start: Int32Array, index: Int32Array, from: Float64Array, out: Float64Array): void => {
  const rows = start.length - 1
  for (let row = 0; row < rows; row++) {
    let [a, b, c, d] = [0, 0, 0, 0]
    let [e, f, g, h] = [0, 0, 0, 0]
    const end = start[row + 1] as number
    for (let k = start[row] as number; k < end; k++) {
      const at = (index[k] as number) << 3
      a += from[at] as number
      b += from[at + 1] as number
      c += from[at + 2] as number
      d += from[at + 3] as number
      e += from[at + 4] as number
      f += from[at + 5] as number
      g += from[at + 6] as number
      h += from[at + 7] as number
    }
    const to = row << 3
    out[to] = a
    out[to + 1] = b
    out[to + 2] = c
    out[to + 3] = d
    out[to + 4] = e
    out[to + 5] = f
    out[to + 6] = g
    out[to + 7] = h
  }
}

/** product += λ·direction; gives directionᵀ·product of each column. */
const addRidge = (direction: Float64Array, product: Float64Array, penalty: number): Float64Array => {
  const sums = new Float64Array(EASE_BLOCK)
  for (let k = 0; k < product.length; k++) {
    const value = (product[k] as number) + penalty * (direction[k] as number)
    product[k] = value
    sums[k & 7] = (sums[k & 7] as number) + value * (direction[k] as number)
  }
  return sums
}

type Step = {
  readonly solution: Float64Array
  readonly residual: Float64Array
  readonly direction: Float64Array
  readonly product: Float64Array
  readonly inverse: Float64Array
  readonly step: Float64Array
}

/** One step along the direction: the new energies and squared residuals of each column. */
const advance = ({ solution, residual, direction, product, inverse, step }: Step) => {
  const [next, norms] = [new Float64Array(EASE_BLOCK), new Float64Array(EASE_BLOCK)]
  for (let k = 0; k < solution.length; k++) {
    const c = k & 7
    const by = step[c] as number
    solution[k] = (solution[k] as number) + by * (direction[k] as number)
    const left = (residual[k] as number) - by * (product[k] as number)
    residual[k] = left
    norms[c] = (norms[c] as number) + left * left
    next[c] = (next[c] as number) + left * left * (inverse[k >> 3] as number)
  }
  return { next, norms }
}

/** The next direction: the scaled residual, and as much of the old one as keeps the two conjugate. */
const turn = (
  direction: Float64Array,
  residual: Float64Array,
  inverse: Float64Array,
  energy: Float64Array,
  next: Float64Array,
): void => {
  const by = next.map((e, c) => ((energy[c] ?? 0) > 0 ? e / (energy[c] ?? 1) : 0))
  for (let k = 0; k < direction.length; k++)
    direction[k] =
      (residual[k] as number) * (inverse[k >> 3] as number) + (by[k & 7] as number) * (direction[k] as number)
}
