// What each action would bring in a context: one ridge regression per action. Fitted on a training
// half to make a policy, and fold by fold to lend the doubly robust estimate its predictions.

import { assert } from '../kernel/assert.ts'
import {
  type ActiveFeatures,
  addRow,
  createEquations,
  type NormalEquations,
  predict,
  solveRidge,
  sumEquations,
} from './regression.ts'

export type TrainingRow = {
  readonly active: ActiveFeatures
  /** Number of the logged action. */
  readonly action: number
  readonly reward: number
  /** 0 to `folds` − 1. */
  readonly fold: number
}

/** Weights by action number. */
export type RewardModel = readonly Float64Array[]

type Shape = { readonly width: number; readonly actions: number; readonly folds: number }

/** Equations by action, then by fold. */
const equationsOf = (rows: readonly TrainingRow[], { width, actions, folds }: Shape): NormalEquations[][] => {
  const equations = Array.from({ length: actions }, () =>
    Array.from({ length: folds }, () => createEquations(width)),
  )
  for (const row of rows) {
    const own = equations[row.action]?.[row.fold]
    assert(own !== undefined, 'a row has an action and a fold that exist')
    addRow(own, row.active, row.reward)
  }
  return equations
}

/** Penalties tried, in rows' worth of evidence: from little to nearly the plain mean. */
const PENALTIES = [100, 1_000, 10_000, 100_000] as const
const SHARED_PENALTY = 100

/**
 * One model on all rows: what is common to all actions, plus what is particular to each, shrunk by
 * itself. So actions differ between contexts only where the data insist: each action's penalty is the
 * one with the least squared error on folds left out, up to no difference between contexts at all.
 */
export const fitModel = (rows: readonly TrainingRow[], shape: Shape): RewardModel => {
  const shared = fitShared(rows, shape)
  const rest = rows.map((row) => ({ ...row, reward: row.reward - predict(shared, row.active) }))
  const equations = equationsOf(rest, shape)
  const errors = equations.map(() => PENALTIES.map(() => 0))
  for (let fold = 0; fold < shape.folds; fold++) {
    const others = equations.map((own) => sumEquations(own.filter((_, i) => i !== fold)))
    const tried = PENALTIES.map((penalty) => others.map((own) => solveRidge(own, penalty)))
    for (const { active, action, reward, fold: itsFold } of rest) {
      if (itsFold !== fold) continue
      const row = errors[action] ?? []
      for (const [i, models] of tried.entries())
        row[i] = (row[i] ?? 0) + (reward - predict(weightsAt(models, action), active)) ** 2
    }
  }
  return equations.map((own, action) => {
    const row = errors[action] ?? []
    const best = row.indexOf(Math.min(...row))
    const weights = solveRidge(sumEquations(own), PENALTIES[best] ?? SHARED_PENALTY)
    return weights.map((weight, i) => weight + (shared[i] ?? 0))
  })
}

const fitShared = (rows: readonly TrainingRow[], { width }: Shape): Float64Array => {
  const equations = createEquations(width)
  for (const { active, reward } of rows) addRow(equations, active, reward)
  return solveRidge(equations, SHARED_PENALTY)
}

const CROSS_FIT_PENALTY = 10

/** Predictions, row by row and action by action, each from a model that has not seen the row. */
export const crossFit = (rows: readonly TrainingRow[], shape: Shape): Float64Array => {
  const equations = equationsOf(rows, shape)
  const predictions = new Float64Array(rows.length * shape.actions)
  for (let fold = 0; fold < shape.folds; fold++) {
    const models = equations.map((own) =>
      solveRidge(sumEquations(own.filter((_, i) => i !== fold)), CROSS_FIT_PENALTY),
    )
    for (const [i, row] of rows.entries()) {
      if (row.fold !== fold) continue
      for (const [action, weights] of models.entries())
        predictions[i * shape.actions + action] = predict(weights, row.active)
    }
  }
  return predictions
}

/** The action with the largest predicted reward; of equals the first. */
export const bestAction = (model: RewardModel, active: ActiveFeatures): number => {
  let best = 0
  let most = -Infinity
  for (const [action, weights] of model.entries()) {
    const value = predict(weights, active)
    if (value > most) {
      most = value
      best = action
    }
  }
  return best
}

const weightsAt = (models: readonly Float64Array[], action: number): Float64Array => {
  const weights = models[action]
  assert(weights !== undefined, 'each action has a model')
  return weights
}
