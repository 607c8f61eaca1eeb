// How far the weights of a dense model may spread, learnt from the rewards themselves (empirical Bayes): a feature that
// sways nobody is believed to sway nobody, one that does is given its head, and no constant has to be found for either.

import type { DenseModel } from './dense.ts'

/** Kinds of weights that share a variance beside the crosses, which share one for each feature of the person. */
export const SHARED_GROUP = 0x2545f491
export const ACTION_GROUP = 0x1b873593

/** Rewards before anything is concluded, and how much more of them before it is done again: log n times in all. */
const FIRST_AT = 50
const GROWTH = 1.25
/** Steps of expectation-maximisation each time: the next time goes on from there. */
const STEPS = 3
/** The learnt variance stays within this factor of the given one, so that what was ruled out can come back. */
const FACTOR_MAX = 1_000
/** A smaller change is left for later: each one costs d². */
const CHANGE_MIN = 0.02

/** Called after each reward learnt; does something at few of them. `noise` is the deviation of one reward. */
export const learnPriors = (model: DenseModel, noise: number): void => {
  if (model.updates < model.relearnAt || !(noise > 0)) return
  model.relearnAt = Math.ceil(Math.max(FIRST_AT, model.updates * GROWTH))
  for (let step = 0; step < STEPS; step++) relearn(model, noise * noise)
}

export const firstRelearnAt = FIRST_AT

type Group = { weights: number; squares: number; given: number }

/**
 * One step: the variance of a group is the mean over its n weights of the second moment of what is believed of them,
 *   p′ = Σ (w²/noise² + V) / n   (Dempster, Laird and Rubin 1977; as in MacKay 1992).
 */
const relearn = (model: DenseModel, noiseVariance: number): void => {
  const { mean, covariance, dimensionMax: d, slots, groupOf, givenOf, priorOf, learntPriors } = model
  const size = slots.size
  const groups = new Map<number, Group>()
  for (let j = 0; j < size; j++) {
    const key = groupOf[j] as number
    const group = groups.get(key) ?? { weights: 0, squares: 0, given: 0 }
    if (group.weights === 0) groups.set(key, group)
    group.weights++
    group.squares += (mean[j] as number) ** 2 / noiseVariance + (covariance[j * d + j] as number)
    group.given += givenOf[j] as number
  }
  for (const [key, { weights, squares, given }] of groups) {
    const start = given / weights
    const learnt = squares / weights
    learntPriors.set(key, Math.min(start * FACTOR_MAX, Math.max(start / FACTOR_MAX, learnt)))
  }
  for (let j = 0; j < size; j++) {
    const wanted = learntPriors.get(groupOf[j] as number) as number
    if (Math.abs(Math.log(wanted / (priorOf[j] as number))) >= CHANGE_MIN) changePrior(model, j, wanted)
  }
}

/**
 * Another prior variance of weight j, as if it had been so from the start: the prior is a reward of 0 seen for the weight
 * alone, with precision 1/p, so the change is one more such reward of precision 1/p′ − 1/p, less or more than none.
 */
export const changePrior = (model: DenseModel, j: number, wanted: number): void => {
  const { mean, covariance, dimensionMax: d, priorOf, slots, scratch } = model
  const size = slots.size
  const more = 1 / wanted - 1 / (priorOf[j] as number)
  const row = j * d
  const column = scratch.pull
  column.set(covariance.subarray(row, row + size))
  const share = more / (1 + more * (column[j] as number))
  const was = mean[j] as number
  priorOf[j] = wanted
  for (let a = 0; a < size; a++) {
    const gain = share * (column[a] as number)
    if (gain === 0) continue
    mean[a] = (mean[a] as number) - gain * was
    const at = a * d
    for (let l = 0; l < size; l++)
      covariance[at + l] = (covariance[at + l] as number) - gain * (column[l] as number)
  }
}
