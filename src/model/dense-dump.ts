// A dense model as columns, and back: only the weights that have taken a place.

import { Failure } from '../kernel/failure.ts'
import type { Dump } from '../log/dump.ts'
import { type DenseModel, resetDense } from './dense.ts'

export const dumpDense = (model: DenseModel): Dump => {
  const size = model.slots.size
  const covariance = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    const row = j * model.dimensionMax
    covariance.set(model.covariance.subarray(row, row + size), j * size)
  }
  return {
    keys: Int32Array.from(model.slots.keys()),
    mean: model.mean.slice(0, size),
    prior: model.priorOf.slice(0, size),
    given: model.givenOf.slice(0, size),
    groups: model.groupOf.slice(0, size),
    learntGroups: Int32Array.from(model.learntPriors.keys()),
    learntPriors: Float64Array.from(model.learntPriors.values()),
    covariance,
    counts: Float64Array.of(model.overflow, model.updates, model.relearnAt),
  }
}

/** Throws a Failure `model.dump_invalid` on a column that is missing or of another size. */
export const restoreDense = (model: DenseModel, dump: Dump): void => {
  const { keys, mean, prior, given, groups, learntGroups, learntPriors, covariance, counts } = dump
  const typed = keys instanceof Int32Array && mean instanceof Float64Array && prior instanceof Float64Array
  const grouped = groups instanceof Int32Array && given instanceof Float64Array
  const learnt = learntGroups instanceof Int32Array && learntPriors instanceof Float64Array
  const matrix = covariance instanceof Float64Array && counts instanceof Float64Array
  if (
    !typed ||
    !grouped ||
    !learnt ||
    !matrix ||
    covariance.length !== keys.length ** 2 ||
    keys.length > model.dimensionMax
  ) {
    throw new Failure({
      code: 'model.dump_invalid',
      message: 'a column of the dense model is missing or torn',
      hint: 'delete the snapshot: the model is learnt again from the log',
    })
  }
  resetDense(model)
  const size = keys.length
  for (const [at, key] of keys.entries()) model.slots.set(key, at)
  model.mean.set(mean)
  model.priorOf.set(prior)
  model.givenOf.set(given)
  model.groupOf.set(groups)
  for (const [i, key] of learntGroups.entries()) model.learntPriors.set(key, learntPriors[i] as number)
  for (let j = 0; j < size; j++) {
    model.covariance.set(covariance.subarray(j * size, (j + 1) * size), j * model.dimensionMax)
  }
  model.overflow = counts[0] as number
  model.updates = counts[1] as number
  model.relearnAt = counts[2] as number
}
