// Ridge regression on sparse one-hot features: normal equations kept as sums, so that models for
// several actions, with any fold of the rows left out, cost one pass over the data.

import { assert } from '../kernel/assert.ts'

/** Feature numbers of one row that are 1; all others are 0. Number 0 is the constant, and always there. */
export type ActiveFeatures = Uint16Array

/** XᵀX (lower triangle, row by row) and Xᵀy of some rows. */
export type NormalEquations = {
  readonly width: number
  readonly gram: Float64Array
  readonly moment: Float64Array
  count: number
}

export const createEquations = (width: number): NormalEquations => ({
  width,
  gram: new Float64Array((width * (width + 1)) / 2),
  moment: new Float64Array(width),
  count: 0,
})

/** Takes in one row with target `y`. `active` must be sorted. */
export const addRow = (equations: NormalEquations, active: ActiveFeatures, y: number): void => {
  const { gram, moment } = equations
  for (let a = 0; a < active.length; a++) {
    const row = active[a] ?? 0
    const start = (row * (row + 1)) / 2
    moment[row] = (moment[row] ?? 0) + y
    for (let b = 0; b <= a; b++) {
      const i = start + (active[b] ?? 0)
      gram[i] = (gram[i] ?? 0) + 1
    }
  }
  equations.count++
}

/** The equations of all `parts` together. */
export const sumEquations = (parts: readonly NormalEquations[]): NormalEquations => {
  const [first] = parts
  assert(first !== undefined, 'a sum of equations has a part')
  const sum = createEquations(first.width)
  for (const part of parts) {
    for (let i = 0; i < sum.gram.length; i++) sum.gram[i] = (sum.gram[i] ?? 0) + (part.gram[i] ?? 0)
    for (let i = 0; i < sum.width; i++) sum.moment[i] = (sum.moment[i] ?? 0) + (part.moment[i] ?? 0)
    sum.count += part.count
  }
  return sum
}

/**
 * Weights w that minimise Σ(y − w·x)² + penalty·Σw², the constant's weight free, by Cholesky's
 * factorisation; with no rows all are 0. Cost is width³/6.
 */
export const solveRidge = (equations: NormalEquations, penalty: number): Float64Array => {
  const { width, count } = equations
  const weights = new Float64Array(width)
  if (count === 0) return weights
  const factor = equations.gram.slice()
  for (let i = 0; i < width; i++) {
    const diagonal = (i * (i + 1)) / 2 + i
    // A trace of a penalty on the constant keeps the matrix invertible whatever the rows.
    factor[diagonal] = (factor[diagonal] ?? 0) + (i === 0 ? 1e-9 : penalty)
  }
  factorise(factor, width)
  substitute(factor, width, equations.moment, weights)
  return weights
}

export const predict = (weights: Float64Array, active: ActiveFeatures): number => {
  let sum = 0
  for (const feature of active) sum += weights[feature] ?? 0
  return sum
}

// A = LLᵀ in place, on the packed lower triangle.
const factorise = (a: Float64Array, width: number): void => {
  for (let i = 0; i < width; i++) {
    const rowI = (i * (i + 1)) / 2
    for (let j = 0; j <= i; j++) {
      const rowJ = (j * (j + 1)) / 2
      let sum = a[rowI + j] ?? 0
      for (let k = 0; k < j; k++) sum -= (a[rowI + k] ?? 0) * (a[rowJ + k] ?? 0)
      if (i === j) a[rowI + j] = Math.sqrt(Math.max(sum, 1e-12))
      else a[rowI + j] = sum / (a[rowJ + j] ?? 1)
    }
  }
}

// Ly = b, then Lᵀx = y.
const substitute = (l: Float64Array, width: number, b: Float64Array, x: Float64Array): void => {
  for (let i = 0; i < width; i++) {
    const row = (i * (i + 1)) / 2
    let sum = b[i] ?? 0
    for (let k = 0; k < i; k++) sum -= (l[row + k] ?? 0) * (x[k] ?? 0)
    x[i] = sum / (l[row + i] ?? 1)
  }
  for (let i = width - 1; i >= 0; i--) {
    let sum = x[i] ?? 0
    for (let k = i + 1; k < width; k++) sum -= (l[(k * (k + 1)) / 2 + i] ?? 0) * (x[k] ?? 0)
    x[i] = sum / (l[(i * (i + 1)) / 2 + i] ?? 1)
  }
}
