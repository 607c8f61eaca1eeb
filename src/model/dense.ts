// Bayesian linear regression with the full covariance of its weights (recursive least squares by
// Sherman-Morrison). For few features: it knows which weights go together, so it learns more from each
// reward than the hashed model, and pays d² for it.

import { Failure } from '../kernel/failure.ts'
import type { Dump } from '../log/dump.ts'
import type { Encoder } from './features.ts'
import type { Prior } from './prior.ts'
import { fadeMean, fadeVariance } from './prior.ts'

/** Rounding can bend a covariance that is only ever subtracted from: after so many updates it is made symmetric again. */
const SYMMETRISE_EVERY = 1_000

export type DenseModel = {
  readonly kind: 'dense'
  readonly dimensionMax: number
  readonly prior: Prior
  /** Position of each weight by its key; a weight takes its place when first learnt. */
  readonly slots: Map<number, number>
  readonly mean: Float64Array
  readonly priorOf: Float64Array
  /** Row-major dimensionMax², relative to the noise variance of one reward. */
  readonly covariance: Float64Array
  /** Weights that found no place, since the first reset. */
  overflow: number
  updates: number
  readonly scratch: Scratch
}

type Scratch = {
  readonly slot: Int32Array
  readonly input: Float64Array
  readonly centre: Float64Array
  readonly pull: Float64Array
  readonly gain: Float64Array
}

export type DenseOptions = { readonly dimensionMax: number; readonly prior: Prior }

const CONSTANT_KEY = 0x5bd1e995

export const createDense = (options: DenseOptions, encoder: Encoder): DenseModel => {
  const d = options.dimensionMax
  const { sharedFeaturesMax: shared, actionFeaturesMax: own } = encoder.limits
  const activeMax = 1 + shared + own * (1 + shared)
  return {
    kind: 'dense',
    ...options,
    slots: new Map(),
    mean: new Float64Array(d),
    priorOf: new Float64Array(d),
    covariance: new Float64Array(d * d),
    overflow: 0,
    updates: 0,
    scratch: {
      slot: new Int32Array(activeMax),
      input: new Float64Array(activeMax),
      centre: new Float64Array(d),
      pull: new Float64Array(d),
      gain: new Float64Array(d),
    },
  }
}

/**
 * Means in reward units; variance of each action's distance from the actions' mean, relative to the
 * noise variance: what all actions share cancels exactly. A weight never learnt counts with its prior.
 */
export const scoreDense = (
  model: DenseModel,
  encoder: Encoder,
  out: { readonly mean: Float64Array; readonly variance: Float64Array },
): void => {
  const { mean: weights, covariance, dimensionMax: d } = model
  const { slot, input, centre, pull } = model.scratch
  const base = scoreShared(model, encoder)
  const size = model.slots.size
  centre.fill(0, 0, size)
  let priorCommon = 0
  for (let f = 0; f < encoder.distinct.length; f++) {
    const c = encoder.distinctMean[f] as number
    const count = gatherBlock(model, encoder, f)
    for (let i = 0; i < count; i++) {
      const at = slot[i] as number
      if (at < 0) continue
      centre[at] = (centre[at] as number) + c * (input[i] as number)
    }
    priorCommon += c * c * priorVariance(model, count)
  }
  multiply(model, centre, pull, size)
  let centreVariance = priorCommon
  for (let j = 0; j < size; j++) centreVariance += (centre[j] as number) * (pull[j] as number)

  for (let a = 0; a < out.mean.length; a++) {
    const count = gatherAction(model, encoder, a)
    let mean = base
    let variance = centreVariance + priorShift(model, encoder, a)
    for (let i = 0; i < count; i++) {
      const at = slot[i] as number
      const x = input[i] as number
      mean += x * (weights[at] as number)
      const row = at * d
      let sum = 0.5 * x * (covariance[row + at] as number) - (pull[at] as number)
      for (let j = 0; j < i; j++)
        sum += (covariance[row + (slot[j] as number)] as number) * (input[j] as number)
      variance += 2 * x * sum
    }
    out.mean[a] = mean
    out.variance[a] = variance > 0 ? variance : 0
  }
}

/** Learns one reward; see {@link learnHashed} for the contract. */
export const learnDense = (model: DenseModel, encoder: Encoder, reward: number, weight: number): number => {
  const { mean, covariance, dimensionMax: d } = model
  const { slot, input, gain } = model.scratch
  const count = gatherExample(model, encoder)
  const size = model.slots.size
  gain.fill(0, 0, size)
  let predicted = 0
  for (let i = 0; i < count; i++) {
    const at = slot[i] as number
    const x = input[i] as number
    predicted += x * (mean[at] as number)
    const row = at * d
    for (let j = 0; j < size; j++) gain[j] = (gain[j] as number) + x * (covariance[row + j] as number)
  }
  let variance = 0
  for (let i = 0; i < count; i++) variance += (input[i] as number) * (gain[slot[i] as number] as number)
  const residual = reward - predicted
  const scale = 1 / (1 / weight + variance)
  for (let j = 0; j < size; j++) {
    const pulled = (gain[j] as number) * scale
    if (pulled === 0) continue
    mean[j] = (mean[j] as number) + pulled * residual
    const row = j * d
    for (let l = 0; l < size; l++) {
      covariance[row + l] = (covariance[row + l] as number) - pulled * (gain[l] as number)
    }
  }
  model.updates++
  if (model.updates % SYMMETRISE_EVERY === 0) symmetrise(model)
  return residual / Math.sqrt(1 + variance)
}

/** Lets `1 − keep` of what was learnt fade: variances by the prior's rule, correlations as they are. */
export const discountDense = (model: DenseModel, keep: number): void => {
  const { covariance, dimensionMax: d, priorOf, mean } = model
  const { gain } = model.scratch
  const size = model.slots.size
  for (let j = 0; j < size; j++) {
    const v = covariance[j * d + j] as number
    const prior = priorOf[j] as number
    mean[j] = (mean[j] as number) * fadeMean(v, prior, keep)
    gain[j] = Math.sqrt(fadeVariance(v, prior, keep) / v)
  }
  for (let j = 0; j < size; j++) {
    for (let l = 0; l < size; l++) {
      const at = j * d + l
      covariance[at] = (covariance[at] as number) * (gain[j] as number) * (gain[l] as number)
    }
  }
}

export const resetDense = (model: DenseModel): void => {
  model.slots.clear()
  model.mean.fill(0)
  model.priorOf.fill(0)
  model.covariance.fill(0)
  model.overflow = 0
  model.updates = 0
}

export const dumpDense = (model: DenseModel): Dump => {
  const size = model.slots.size
  const covariance = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    covariance.set(model.covariance.subarray(j * model.dimensionMax, j * model.dimensionMax + size), j * size)
  }
  return {
    keys: Int32Array.from(model.slots.keys()),
    mean: model.mean.slice(0, size),
    prior: model.priorOf.slice(0, size),
    covariance,
    counts: { overflow: model.overflow, updates: model.updates },
  }
}

export const restoreDense = (model: DenseModel, dump: Dump): void => {
  const { keys, mean, prior, covariance } = dump
  const counts = dump['counts'] as { readonly overflow: number; readonly updates: number } | undefined
  if (
    !(keys instanceof Int32Array && mean instanceof Float64Array && prior instanceof Float64Array) ||
    !(covariance instanceof Float64Array && counts !== undefined)
  ) {
    throw new Failure({ code: 'model.dump_invalid', message: 'a column of the dense model is missing' })
  }
  resetDense(model)
  const size = keys.length
  for (const [at, key] of keys.entries()) model.slots.set(key, at)
  model.mean.set(mean)
  model.priorOf.set(prior)
  for (let j = 0; j < size; j++) {
    model.covariance.set(covariance.subarray(j * size, (j + 1) * size), j * model.dimensionMax)
  }
  model.overflow = counts.overflow
  model.updates = counts.updates
}

const scoreShared = (model: DenseModel, { shared }: Encoder): number => {
  let base = model.mean[model.slots.get(CONSTANT_KEY) ?? -1] ?? 0
  for (let s = 0; s < shared.length; s++) {
    base += (shared.values[s] as number) * (model.mean[model.slots.get(shared.keys[s] as number) ?? -1] ?? 0)
  }
  return base
}

/** The weights of distinct feature `f` at value 1; slot −1 = never learnt. The first is its own, the rest crosses. */
const gatherBlock = (model: DenseModel, { shared, distinct }: Encoder, f: number): number => {
  const { slot, input } = model.scratch
  const key = distinct.keys[f] as number
  slot[0] = model.slots.get(key) ?? -1
  input[0] = 1
  for (let s = 0; s < shared.length; s++) {
    slot[s + 1] = model.slots.get(crossKey(shared.keys[s] as number, key)) ?? -1
    input[s + 1] = shared.values[s] as number
  }
  return shared.length + 1
}

/** Prior variance of the weights never learnt in the block just gathered. */
const priorVariance = (model: DenseModel, count: number): number => {
  const { slot, input } = model.scratch
  let variance = 0
  for (let i = 0; i < count; i++) {
    if ((slot[i] as number) >= 0) continue
    const x = input[i] as number
    variance += x * x * (i === 0 ? model.prior.action : model.prior.cross)
  }
  return variance
}

/** What the never-learnt weights add to action `a`'s variance beyond the common part. */
const priorShift = (model: DenseModel, encoder: Encoder, a: number): number => {
  if (model.scratch.slot.length === 0) return 0
  let shift = 0
  for (let e = encoder.starts[a] as number; e < (encoder.starts[a + 1] as number); e++) {
    const f = encoder.entries[e] as number
    const x = encoder.entryValues[e] as number
    shift += unlearnt(model, encoder, f) * x * (x - 2 * (encoder.distinctMean[f] as number))
  }
  return shift
}

const unlearnt = (model: DenseModel, { shared, distinct }: Encoder, f: number): number => {
  const key = distinct.keys[f] as number
  let variance = model.slots.has(key) ? 0 : model.prior.action
  for (let s = 0; s < shared.length; s++) {
    const x = shared.values[s] as number
    if (!model.slots.has(crossKey(shared.keys[s] as number, key))) variance += x * x * model.prior.cross
  }
  return variance
}

/** The learnt weights of action `a` alone, without the shared ones. */
const gatherAction = (model: DenseModel, encoder: Encoder, a: number): number => {
  const { slot, input } = model.scratch
  const { shared, distinct } = encoder
  let count = 0
  const put = (key: number, x: number): void => {
    const at = model.slots.get(key)
    if (at === undefined) return
    slot[count] = at
    input[count] = x
    count++
  }
  for (let e = encoder.starts[a] as number; e < (encoder.starts[a + 1] as number); e++) {
    const key = distinct.keys[encoder.entries[e] as number] as number
    const x = encoder.entryValues[e] as number
    put(key, x)
    for (let s = 0; s < shared.length; s++) {
      put(crossKey(shared.keys[s] as number, key), x * (shared.values[s] as number))
    }
  }
  return count
}

/** All weights of `encoder.shared` and the one action in `encoder.row`; fresh ones take a place at their prior. */
const gatherExample = (model: DenseModel, { shared, row }: Encoder): number => {
  const { slot, input } = model.scratch
  const { prior } = model
  let count = 0
  const put = (key: number, x: number, variance: number): void => {
    const at = model.slots.get(key) ?? place(model, key, variance)
    if (at < 0) return
    slot[count] = at
    input[count] = x
    count++
  }
  put(CONSTANT_KEY, 1, prior.shared)
  for (let s = 0; s < shared.length; s++)
    put(shared.keys[s] as number, shared.values[s] as number, prior.shared)
  for (let f = 0; f < row.length; f++) {
    const key = row.keys[f] as number
    const x = row.values[f] as number
    put(key, x, prior.action)
    for (let s = 0; s < shared.length; s++) {
      put(crossKey(shared.keys[s] as number, key), x * (shared.values[s] as number), prior.cross)
    }
  }
  return count
}

const place = (model: DenseModel, key: number, variance: number): number => {
  const at = model.slots.size
  if (at >= model.dimensionMax) {
    model.overflow++
    return -1
  }
  model.slots.set(key, at)
  model.priorOf[at] = variance
  model.covariance[at * model.dimensionMax + at] = variance
  return at
}

/** `out` = covariance · `vector`, over the first `size` weights; zero entries cost nothing. */
const multiply = (model: DenseModel, vector: Float64Array, out: Float64Array, size: number): void => {
  const { covariance, dimensionMax: d } = model
  out.fill(0, 0, size)
  for (let j = 0; j < size; j++) {
    const x = vector[j] as number
    if (x === 0) continue
    const row = j * d
    for (let l = 0; l < size; l++) out[l] = (out[l] as number) + x * (covariance[row + l] as number)
  }
}

const symmetrise = (model: DenseModel): void => {
  const { covariance, dimensionMax: d } = model
  const size = model.slots.size
  for (let j = 0; j < size; j++) {
    for (let l = 0; l < j; l++) {
      const middle = ((covariance[j * d + l] as number) + (covariance[l * d + j] as number)) / 2
      covariance[j * d + l] = middle
      covariance[l * d + j] = middle
    }
  }
}

const crossKey = (left: number, right: number): number => {
  const h = Math.imul(left ^ right, 0x9e3779b1)
  return h ^ (h >>> 15)
}
