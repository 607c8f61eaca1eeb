// Bayesian linear regression with the full covariance of its weights (recursive least squares by
// Sherman-Morrison). For few features: it knows which weights go together, so it learns more from each
// reward than the hashed model, and pays d² for it.

import { Failure } from '../kernel/failure.ts'
import { ACTION_GROUP, firstRelearnAt, SHARED_GROUP } from './evidence.ts'
import type { Encoder } from './features.ts'
import { crossKey } from './features.ts'
import type { Prior } from './prior.ts'
import { fadeMean, fadeVariance } from './prior.ts'

/** Rounding bends a covariance that is only ever subtracted from: after so many updates it is made symmetric again. */
const SYMMETRISE_EVERY = 1_000
const CONSTANT_KEY = 0x5bd1e995
/** Stands for a weight never learnt. */
const NO_SLOT = -1

/**
 * `identity`: what is predicted is the reward itself. `logit`: the chance of a reward of 1, all others being 0; weights
 * are of its log-odds, and each example weighs what it can tell of them.
 */
export type Link = 'identity' | 'logit'

export type DenseModel = {
  readonly kind: 'dense'
  readonly link: Link
  readonly dimensionMax: number
  /** Position of each weight by its key; a weight takes its place when first learnt. */
  readonly slots: Map<number, number>
  readonly mean: Float64Array
  /** Prior variance of each weight as it is now, and as it was given. */
  readonly priorOf: Float64Array
  readonly givenOf: Float64Array
  /** Which weights share a prior variance (see evidence.ts), and what was learnt of it; nothing unless asked for. */
  readonly groupOf: Int32Array
  readonly learntPriors: Map<number, number>
  relearnAt: number
  /** Row-major dimensionMax², relative to the noise variance of one reward. */
  readonly covariance: Float64Array
  /** Times that a weight found no place since the last reset. */
  overflow: number
  updates: number
  /** Of the example learnt last: where the action's own weights begin, and what was said in all and of it. */
  ownFrom: number
  expected: number
  effect: number
  readonly scratch: Scratch
}

type Scratch = {
  /** Active weights: position and input. */
  readonly slot: Int32Array
  readonly input: Float64Array
  /** Positions of each distinct action feature's own weight and its crosses, one row each. */
  readonly blocks: Int32Array
  /** Prior variance of the weights never learnt in each block. */
  readonly unlearnt: Float64Array
  readonly centre: Float64Array
  readonly pull: Float64Array
}

type ScoreRows = { readonly mean: Float64Array; readonly variance: Float64Array }

/** Distinct action features that one decision may have here. */
export const DENSE_DISTINCT_MAX = 1_024

export const createDense = (dimensionMax: number, encoder: Encoder, link: Link = 'identity'): DenseModel => {
  const d = dimensionMax
  const { sharedFeaturesMax: shared, actionFeaturesMax: own } = encoder.limits
  const activeMax = 1 + shared + own * (1 + shared)
  return {
    kind: 'dense',
    link,
    dimensionMax: d,
    slots: new Map(),
    mean: new Float64Array(d),
    priorOf: new Float64Array(d),
    givenOf: new Float64Array(d),
    groupOf: new Int32Array(d),
    learntPriors: new Map(),
    relearnAt: firstRelearnAt,
    covariance: new Float64Array(d * d),
    overflow: 0,
    updates: 0,
    ownFrom: 0,
    expected: 0,
    effect: 0,
    scratch: {
      slot: new Int32Array(activeMax),
      input: new Float64Array(activeMax),
      blocks: new Int32Array(DENSE_DISTINCT_MAX * (1 + shared)),
      unlearnt: new Float64Array(DENSE_DISTINCT_MAX),
      centre: new Float64Array(d),
      pull: new Float64Array(d),
    },
  }
}

/**
 * Means in reward units (of `logit`: log-odds); variance of each action's distance from the actions' mean, relative to
 * the noise variance: what all actions share cancels exactly. A weight never learnt counts with its prior.
 * Throws a Failure `model.too_many_features` beyond {@link DENSE_DISTINCT_MAX}.
 */
export const scoreDense = (model: DenseModel, encoder: Encoder, prior: Prior, out: ScoreRows): void => {
  const { unlearnt, centre, pull } = model.scratch
  const { distinct, distinctMean, entries, entryValues, starts } = encoder
  const size = model.slots.size
  const base = scoreShared(model, encoder)
  findBlocks(model, encoder, prior)
  multiplyCentre(model, encoder, size)
  let common = 0
  for (let f = 0; f < distinct.length; f++)
    common += (unlearnt[f] as number) * (distinctMean[f] as number) ** 2
  for (let j = 0; j < size; j++) common += (centre[j] as number) * (pull[j] as number)
  for (let a = 0; a < out.mean.length; a++) {
    const count = gatherAction(model, encoder, a)
    let variance = common
    for (let e = starts[a] as number; e < (starts[a + 1] as number); e++) {
      const f = entries[e] as number
      const x = entryValues[e] as number
      variance += (unlearnt[f] as number) * x * (x - 2 * (distinctMean[f] as number))
    }
    scoreAction(model, count, a, base, variance, out)
  }
}

/** xᵀw and xᵀVx − 2 xᵀV·centre for the `count` weights just gathered. */
const scoreAction = (
  model: DenseModel,
  count: number,
  a: number,
  base: number,
  common: number,
  out: ScoreRows,
): void => {
  const { mean: weights, covariance, dimensionMax: d } = model
  const { slot, input, pull } = model.scratch
  let mean = base
  let variance = common
  for (let i = 0; i < count; i++) {
    const at = slot[i] as number
    const x = input[i] as number
    const row = at * d
    mean += x * (weights[at] as number)
    let sum = 0.5 * x * (covariance[row + at] as number) - (pull[at] as number)
    for (let j = 0; j < i; j++)
      sum += (covariance[row + (slot[j] as number)] as number) * (input[j] as number)
    variance += 2 * x * sum
  }
  out.mean[a] = mean
  out.variance[a] = variance > 0 ? variance : 0
}

/** Learns one reward; see {@link learnHashed} for the contract. Never-placed weights are left out. */
export const learnDense = (
  model: DenseModel,
  encoder: Encoder,
  prior: Prior,
  { reward, weight, share }: { readonly reward: number; readonly weight: number; readonly share: number },
): number => {
  const { mean, covariance, dimensionMax: d } = model
  const { slot, input, pull } = model.scratch
  const count = gatherExample(model, encoder, prior)
  const size = model.slots.size
  pull.fill(0, 0, size)
  let predicted = 0
  let base = 0
  for (let i = 0; i < count; i++) {
    const at = slot[i] as number
    const x = input[i] as number
    if (i === model.ownFrom) base = predicted
    predicted += x * (mean[at] as number)
    const row = at * d
    for (let j = 0; j < size; j++) pull[j] = (pull[j] as number) + x * (covariance[row + j] as number)
  }
  let variance = 0
  for (let i = 0; i < count; i++) variance += (input[i] as number) * (pull[slot[i] as number] as number)
  const { expected, telling } =
    model.link === 'logit' ? chanceOf(predicted, variance) : { expected: predicted, telling: 1 }
  model.expected = expected
  model.effect = model.link === 'logit' ? expected - chanceOf(base, 0).expected : predicted - base
  // Of log-odds an example tells p(1 − p), and says by how much more or less than expected came of that.
  const residual = (reward - expected) / telling
  const scale = 1 / (1 / (weight * share * telling) + variance)
  for (let j = 0; j < size; j++) {
    const gain = (pull[j] as number) * scale
    if (gain === 0) continue
    mean[j] = (mean[j] as number) + gain * residual
    const row = j * d
    for (let l = 0; l < size; l++) {
      covariance[row + l] = (covariance[row + l] as number) - gain * (pull[l] as number)
    }
  }
  model.updates++
  if (model.updates % SYMMETRISE_EVERY === 0) symmetrise(model)
  return model.link === 'logit'
    ? (reward - expected) * Math.sqrt(share)
    : residual * Math.sqrt(share / (1 + share * variance))
}

/** Even a sure thing tells a little. */
const TELLING_MIN = 1e-3

/** The chance of a 1 for log-odds known so well (MacKay 1992), and what an example tells of them. */
const chanceOf = (
  logOdds: number,
  variance: number,
): { readonly expected: number; readonly telling: number } => {
  const expected = 1 / (1 + Math.exp(-logOdds / Math.sqrt(1 + (Math.PI * variance) / 8)))
  return { expected, telling: Math.max(TELLING_MIN, expected * (1 - expected)) }
}

/** Log-odds and their variances become chances, each with the way that one standard error more would go. */
export const chancesOf = ({ mean, variance }: ScoreRows): void => {
  for (let a = 0; a < mean.length; a++) {
    const logOdds = mean[a] as number
    const chance = chanceOf(logOdds, 0).expected
    variance[a] = (chanceOf(logOdds + Math.sqrt(variance[a] as number), 0).expected - chance) ** 2
    mean[a] = chance
  }
}

/** Lets `1 − keep` of what was learnt fade: variances by the prior's rule, correlations as they are. */
export const discountDense = (model: DenseModel, keep: number): void => {
  const { covariance, dimensionMax: d, priorOf, mean } = model
  const { pull: stretch } = model.scratch
  const size = model.slots.size
  for (let j = 0; j < size; j++) {
    const v = covariance[j * d + j] as number
    const prior = priorOf[j] as number
    mean[j] = (mean[j] as number) * fadeMean(v, prior, keep)
    stretch[j] = Math.sqrt(fadeVariance(v, prior, keep) / v)
  }
  for (let j = 0; j < size; j++) {
    for (let l = 0; l < size; l++) {
      const at = j * d + l
      covariance[at] = (covariance[at] as number) * (stretch[j] as number) * (stretch[l] as number)
    }
  }
}

export const resetDense = (model: DenseModel): void => {
  model.slots.clear()
  model.mean.fill(0)
  model.priorOf.fill(0)
  model.givenOf.fill(0)
  model.groupOf.fill(0)
  model.learntPriors.clear()
  model.relearnAt = firstRelearnAt
  model.covariance.fill(0)
  model.overflow = 0
  model.updates = 0
}

const scoreShared = ({ mean, slots }: DenseModel, { shared }: Encoder): number => {
  let base = mean[slots.get(CONSTANT_KEY) ?? NO_SLOT] ?? 0
  for (let s = 0; s < shared.length; s++) {
    base += (shared.values[s] as number) * (mean[slots.get(shared.keys[s] as number) ?? NO_SLOT] ?? 0)
  }
  return base
}

/** Fills `blocks` and `unlearnt` for each distinct action feature. */
const findBlocks = (model: DenseModel, { shared, distinct }: Encoder, prior: Prior): void => {
  const { slots, scratch, learntPriors } = model
  if (distinct.length > DENSE_DISTINCT_MAX) {
    throw new Failure({
      code: 'model.too_many_features',
      message: `the actions have ${distinct.length} distinct features; a dense model takes ${DENSE_DISTINCT_MAX}`,
      hint: 'use the hashed model',
    })
  }
  const width = 1 + shared.length
  for (let f = 0; f < distinct.length; f++) {
    const key = distinct.keys[f] as number
    const own = slots.get(key) ?? NO_SLOT
    let variance = own === NO_SLOT ? (learntPriors.get(ACTION_GROUP) ?? prior.action) : 0
    scratch.blocks[f * width] = own
    for (let s = 0; s < shared.length; s++) {
      const at = slots.get(crossKey(shared.keys[s] as number, key)) ?? NO_SLOT
      scratch.blocks[f * width + 1 + s] = at
      if (at === NO_SLOT)
        variance +=
          (shared.values[s] as number) ** 2 * (learntPriors.get(shared.keys[s] as number) ?? prior.cross)
    }
    scratch.unlearnt[f] = variance
  }
}

/** `centre` = mean over the actions of their learnt inputs, `pull` = covariance · centre. */
const multiplyCentre = (
  model: DenseModel,
  { shared, distinct, distinctMean }: Encoder,
  size: number,
): void => {
  const { covariance, dimensionMax: d } = model
  const { blocks, centre, pull } = model.scratch
  const width = 1 + shared.length
  centre.fill(0, 0, size)
  pull.fill(0, 0, size)
  for (let f = 0; f < distinct.length; f++) {
    for (let i = 0; i < width; i++) {
      const at = blocks[f * width + i] as number
      if (at === NO_SLOT) continue
      const x = i === 0 ? 1 : (shared.values[i - 1] as number)
      centre[at] = (centre[at] as number) + x * (distinctMean[f] as number)
    }
  }
  for (let j = 0; j < size; j++) {
    const x = centre[j] as number
    if (x === 0) continue
    const row = j * d
    for (let l = 0; l < size; l++) pull[l] = (pull[l] as number) + x * (covariance[row + l] as number)
  }
}

/** The learnt weights of action `a` alone, without the shared ones. */
const gatherAction = (
  model: DenseModel,
  { shared, starts, entries, entryValues }: Encoder,
  a: number,
): number => {
  const { slot, input, blocks } = model.scratch
  const width = 1 + shared.length
  let count = 0
  for (let e = starts[a] as number; e < (starts[a + 1] as number); e++) {
    const first = (entries[e] as number) * width
    for (let i = 0; i < width; i++) {
      const at = blocks[first + i] as number
      if (at === NO_SLOT) continue
      slot[count] = at
      input[count] = (entryValues[e] as number) * (i === 0 ? 1 : (shared.values[i - 1] as number))
      count++
    }
  }
  return count
}

/** All weights of `encoder.shared` and the one action in `encoder.row`; fresh ones take a place at their prior. */
const gatherExample = (model: DenseModel, { shared, row }: Encoder, prior: Prior): number => {
  const { slot, input } = model.scratch
  let count = 0
  const put = (key: number, x: number, group: number, variance: number): void => {
    const at = model.slots.get(key) ?? place(model, key, group, variance)
    if (at === NO_SLOT) return
    slot[count] = at
    input[count] = x
    count++
  }
  put(CONSTANT_KEY, 1, SHARED_GROUP, prior.shared)
  for (let s = 0; s < shared.length; s++)
    put(shared.keys[s] as number, shared.values[s] as number, SHARED_GROUP, prior.shared)
  model.ownFrom = count
  for (let f = 0; f < row.length; f++) {
    const key = row.keys[f] as number
    const x = row.values[f] as number
    put(key, x, ACTION_GROUP, prior.action)
    for (let s = 0; s < shared.length; s++) {
      const person = shared.keys[s] as number
      put(crossKey(person, key), x * (shared.values[s] as number), person, prior.cross)
    }
  }
  return count
}

const place = (model: DenseModel, key: number, group: number, given: number): number => {
  const at = model.slots.size
  if (at >= model.dimensionMax) {
    model.overflow++
    return NO_SLOT
  }
  const variance = model.learntPriors.get(group) ?? given
  model.slots.set(key, at)
  model.groupOf[at] = group
  model.givenOf[at] = given
  model.priorOf[at] = variance
  model.covariance[at * model.dimensionMax + at] = variance
  return at
}

const symmetrise = ({ covariance, dimensionMax: d, slots }: DenseModel): void => {
  for (let j = 0; j < slots.size; j++) {
    for (let l = 0; l < j; l++) {
      const middle = ((covariance[j * d + l] as number) + (covariance[l * d + j] as number)) / 2
      covariance[j * d + l] = middle
      covariance[l * d + j] = middle
    }
  }
}
