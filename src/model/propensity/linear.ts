// Linear models on a design: logistic regression for outcomes of 0 and 1, least squares for amounts, both
// with an L2 penalty on all weights but the intercept (as scikit-learn's C = 1 / l2).

import { minimise } from './lbfgs.ts'
import type { Design } from './encoder.ts'

export type LinearFit = {
  /** One weight per design column, the intercept last. */
  readonly weights: Float64Array
  readonly iterations: number
}

export type LinearInput = {
  readonly design: Design
  readonly rows: Int32Array
  readonly target: Float64Array | Uint8Array
  readonly loss: 'logistic' | 'squared'
  /** Penalty l2/2 · |w|², beside the sum (not the mean) of the losses. */
  readonly l2: number
}

/** The weights that minimise the penalised loss over `rows`. */
export const fitLinear = ({ design, rows, target, loss, l2 }: LinearInput): LinearFit => {
  const { index, value, width, columns } = design
  const weights = new Float64Array(columns + 1)
  weights[columns] = start(rows, target, loss)
  const scale = 1 / Math.max(1, rows.length)
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0)
    let sum = 0
    const bias = at[columns] as number
    let biasGradient = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      const from = row * width
      let score = bias
      for (let k = from; k < from + width; k++)
        score += (at[index[k] as number] as number) * (value[k] as number)
      const y = target[row] as number
      let error: number
      if (loss === 'logistic') {
        // log(1 + e^s) − y·s without overflow.
        sum += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - y * score
        error = sigmoid(score) - y
      } else {
        error = score - y
        sum += (error * error) / 2
      }
      biasGradient += error
      for (let k = from; k < from + width; k++) {
        const column = index[k] as number
        gradient[column] = (gradient[column] as number) + error * (value[k] as number)
      }
    }
    gradient[columns] = biasGradient
    for (let c = 0; c < columns; c++) {
      const w = at[c] as number
      sum += (l2 / 2) * w * w
      gradient[c] = (gradient[c] as number) + l2 * w
    }
    for (let c = 0; c <= columns; c++) gradient[c] = (gradient[c] as number) * scale
    return sum * scale
  }
  const { iterations } = minimise(objective, weights)
  return { weights, iterations }
}

const start = (rows: Int32Array, target: Float64Array | Uint8Array, loss: 'logistic' | 'squared'): number => {
  let sum = 0
  for (const row of rows) sum += target[row] as number
  if (loss === 'squared') return sum / Math.max(1, rows.length)
  return Math.log((sum + 0.5) / (rows.length - sum + 0.5))
}

/** The linear score of each row: log-odds of a logistic model, the expected amount of a squared one. */
export const linearScores = (design: Design, weights: Float64Array): Float64Array => {
  const { index, value, width, columns, rows } = design
  const scores = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let score = weights[columns] as number
    for (let k = row * width; k < (row + 1) * width; k++)
      score += (weights[index[k] as number] as number) * (value[k] as number)
    scores[row] = score
  }
  return scores
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score))

export const logit = (probability: number): number => Math.log(probability / (1 - probability))
