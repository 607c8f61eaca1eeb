// Bayesian linear regression over hashed weights, each with a mean and a variance of its own (the
// Kalman filter with its covariance cut to the diagonal). Learns and scores in microseconds however
// many features there are. Without correlations, weights that often appear together learn too eagerly;
// predictions therefore use each mean's average over its examples (Polyak and Juditsky 1992).

import { Failure } from '../kernel/failure.ts'
import type { Dump } from '../log/dump.ts'
import type { Encoder, SparseRow } from './features.ts'
import { crossKey } from './features.ts'
import type { Prior } from './prior.ts'
import { fadeMean, fadeVariance } from './prior.ts'

/** Main effects of the constant and of action names: looked up, so that none shares a cell. */
const IDENTITIES_MAX = 1_024
/** Never learnt: stands for an action nobody has learnt about, so that it keeps its prior. */
const UNKNOWN_IDENTITY = 1

// A cell is four numbers side by side, one read from memory: its mean, variance (0 = untouched, so at
// its prior), mean averaged over its examples, and their count (each as the square of its input).
const CELL = 4
const VARIANCE = 1
const AVERAGE = 2
const COUNT = 3
/** 1 averages evenly; more leans towards the later examples (polynomial-decay averaging, Shamir and Zhang 2013). */
const AVERAGING = 1.5

export type HashedModel = {
  readonly kind: 'hashed'
  readonly bits: number
  readonly quadraticShared: boolean
  /**
   * Crosses [0, 2^bits), then shared mains and action mains, 2^(bits − 3) each, then identities.
   * Float32, so that twice as many fit the cache; all arithmetic is in doubles.
   */
  readonly cells: Float32Array
  readonly identities: Map<number, number>
  readonly touched: Int32Array
  readonly inputs: Float64Array
  readonly blockMean: Float64Array
  readonly blockVariance: Float64Array
  /** Of the example learnt last: where the action's own weights begin, and what the averages said in all and of it. */
  ownFrom: number
  expected: number
  effect: number
}

export type HashedOptions = { readonly bits: number; readonly quadraticShared: boolean }

type ScoreRows = { readonly mean: Float64Array; readonly variance: Float64Array }

export const createHashed = ({ bits, quadraticShared }: HashedOptions, encoder: Encoder): HashedModel => {
  const { sharedFeaturesMax: shared, actionFeaturesMax: own } = encoder.limits
  const activeMax = 1 + shared + (quadraticShared ? (shared * (shared - 1)) / 2 : 0) + own * (1 + shared)
  const distinctMax = encoder.distinct.keys.length
  return {
    kind: 'hashed',
    bits,
    quadraticShared,
    cells: new Float32Array(CELL * (2 ** bits + 2 ** (bits - 2) + IDENTITIES_MAX)),
    identities: new Map(),
    touched: new Int32Array(activeMax),
    inputs: new Float64Array(activeMax),
    blockMean: new Float64Array(distinctMax),
    blockVariance: new Float64Array(distinctMax),
    ownFrom: 0,
    expected: 0,
    effect: 0,
  }
}

/** Means in reward units; variances of what sets each action apart, relative to the noise variance. */
export const scoreHashed = (model: HashedModel, encoder: Encoder, prior: Prior, out: ScoreRows): void => {
  const { shared, distinct, distinctMean, starts, entries, entryValues } = encoder
  const { blockMean, blockVariance } = model
  let commonVariance = 0
  for (let f = 0; f < distinct.length; f++) {
    scoreBlock(model, encoder, prior, f)
    const centre = distinctMean[f] as number
    commonVariance += (blockVariance[f] as number) * centre * centre
  }
  const base = scoreShared(model, shared)
  for (let a = 0; a < out.mean.length; a++) {
    let mean = base
    let variance = commonVariance
    const end = starts[a + 1] as number
    for (let e = starts[a] as number; e < end; e++) {
      const f = entries[e] as number
      const x = entryValues[e] as number
      mean += x * (blockMean[f] as number)
      // (x − centre)² instead of centre², which `commonVariance` already holds.
      variance += (blockVariance[f] as number) * x * (x - 2 * (distinctMean[f] as number))
    }
    out.mean[a] = mean
    out.variance[a] = variance > 0 ? variance : 0
  }
}

/** One action feature at value 1: its own weight and its crosses with the person's features. */
const scoreBlock = (model: HashedModel, { shared, distinct }: Encoder, prior: Prior, f: number): void => {
  const { cells } = model
  const { keys, values, length } = shared
  const key = distinct.keys[f] as number
  const own = mainCell(model, key, distinct.identity[f] as number)
  const ownVariance = cells[own + VARIANCE] as number
  let mean = signOf(key) * (cells[own + AVERAGE] as number)
  let variance = ownVariance === 0 ? prior.action : ownVariance
  const mask = (1 << model.bits) - 1
  const crossPrior = prior.cross
  for (let s = 0; s < length; s++) {
    const h = crossKey(keys[s] as number, key)
    const at = (h & mask) * CELL
    const x = values[s] as number
    const v = cells[at + VARIANCE] as number
    mean += x * signOf(h) * (cells[at + AVERAGE] as number)
    variance += x * x * (v === 0 ? crossPrior : v)
  }
  model.blockMean[f] = mean
  model.blockVariance[f] = variance
}

const scoreShared = (model: HashedModel, shared: SparseRow): number => {
  const { cells, quadraticShared } = model
  const { keys, values, length } = shared
  let mean = cells[constantCell(model) + AVERAGE] as number
  for (let s = 0; s < length; s++) {
    const key = keys[s] as number
    const x = values[s] as number
    mean += x * signOf(key) * (cells[sharedCell(model, key) + AVERAGE] as number)
    for (let t = 0; quadraticShared && t < s; t++) {
      const h = crossKey(keys[t] as number, key)
      mean += x * (values[t] as number) * signOf(h) * (cells[sharedCell(model, h) + AVERAGE] as number)
    }
  }
  return mean
}

/**
 * Learns one reward for `encoder.shared` with the one action in `encoder.row`; `weight` (0 to 1] says how
 * much it still counts, `share` that the reward has the noise of one in so many. Returns the residual before learning, divided by
 * sqrt(1 / share + the prediction's relative variance).
 */
export const learnHashed = (
  model: HashedModel,
  encoder: Encoder,
  prior: Prior,
  { reward, weight, share }: { readonly reward: number; readonly weight: number; readonly share: number },
): number => {
  const { cells, touched, inputs } = model
  const count = gather(model, encoder, prior)
  let mean = 0
  let variance = 0
  let base = 0
  let expected = 0
  for (let i = 0; i < count; i++) {
    const at = touched[i] as number
    const x = inputs[i] as number
    if (i === model.ownFrom) base = expected
    expected += x * (cells[at + AVERAGE] as number)
    mean += x * (cells[at] as number)
    variance += x * x * (cells[at + VARIANCE] as number)
  }
  model.expected = expected
  model.effect = expected - base
  const residual = reward - mean
  const total = 1 / (weight * share) + variance
  for (let i = 0; i < count; i++) {
    const at = touched[i] as number
    const x = inputs[i] as number
    const gain = ((cells[at + VARIANCE] as number) * x) / total
    const moved = (cells[at] as number) + gain * residual
    const seen = x * x * weight * share
    const examples = (cells[at + COUNT] as number) + seen
    const average = cells[at + AVERAGE] as number
    cells[at] = moved
    cells[at + VARIANCE] = (cells[at + VARIANCE] as number) * (1 - gain * x)
    cells[at + AVERAGE] =
      average + (moved - average) * Math.min(1, (AVERAGING * seen) / (examples + (AVERAGING - 1)))
    cells[at + COUNT] = examples
  }
  return residual * Math.sqrt(share / (1 + share * variance))
}

/** Writes the active cells and their inputs; gives each fresh cell its prior. */
const gather = (model: HashedModel, { shared, row }: Encoder, prior: Prior): number => {
  const { identities, quadraticShared } = model
  let count = put(model, 0, constantCell(model), 1, prior.shared)
  for (let s = 0; s < shared.length; s++) {
    const key = shared.keys[s] as number
    const x = shared.values[s] as number
    count = put(model, count, sharedCell(model, key), x * signOf(key), prior.shared)
    for (let t = 0; quadraticShared && t < s; t++) {
      const h = crossKey(shared.keys[t] as number, key)
      const xx = x * (shared.values[t] as number) * signOf(h)
      count = put(model, count, sharedCell(model, h), xx, prior.shared)
    }
  }
  model.ownFrom = count
  const mask = (1 << model.bits) - 1
  for (let f = 0; f < row.length; f++) {
    const key = row.keys[f] as number
    const x = row.values[f] as number
    const identity = row.identity[f] as number
    if (identity === 1 && !identities.has(key) && identities.size + 2 < IDENTITIES_MAX)
      identities.set(key, identities.size + 2)
    count = put(model, count, mainCell(model, key, identity), x * signOf(key), prior.action)
    for (let s = 0; s < shared.length; s++) {
      const h = crossKey(shared.keys[s] as number, key)
      const xx = x * (shared.values[s] as number) * signOf(h)
      count = put(model, count, (h & mask) * CELL, xx, prior.cross)
    }
  }
  return count
}

const put = (model: HashedModel, count: number, at: number, x: number, variance: number): number => {
  const { cells } = model
  if (cells[at + VARIANCE] === 0) cells[at + VARIANCE] = variance
  model.touched[count] = at
  model.inputs[count] = x
  return count + 1
}

/** Lets `1 − keep` of what was learnt fade towards the prior. */
export const discountHashed = (model: HashedModel, prior: Prior, keep: number): void => {
  const { cells, bits } = model
  const crossesEnd = CELL * 2 ** bits
  const sharedEnd = crossesEnd + CELL * 2 ** (bits - 3)
  const constant = constantCell(model)
  for (let at = 0; at < cells.length; at += CELL) {
    const v = cells[at + VARIANCE] as number
    if (v === 0) continue
    const wide =
      at < crossesEnd ? prior.cross : at < sharedEnd || at === constant ? prior.shared : prior.action
    const share = fadeMean(v, wide, keep)
    cells[at] = (cells[at] as number) * share
    cells[at + VARIANCE] = fadeVariance(v, wide, keep)
    cells[at + AVERAGE] = (cells[at + AVERAGE] as number) * share
    cells[at + COUNT] = (cells[at + COUNT] as number) * keep
  }
}

export const resetHashed = (model: HashedModel): void => {
  model.cells.fill(0)
  model.identities.clear()
}

/** Only touched cells are written, in order of their number: `values` holds four for each. */
export const dumpHashed = ({ cells, identities }: HashedModel): Dump => {
  let count = 0
  for (let at = VARIANCE; at < cells.length; at += CELL) if (cells[at] !== 0) count++
  const cell = new Uint32Array(count)
  const values = new Float32Array(CELL * count)
  let i = 0
  for (let at = 0; at < cells.length; at += CELL) {
    if (cells[at + VARIANCE] === 0) continue
    cell[i] = at / CELL
    for (let part = 0; part < CELL; part++) values[CELL * i + part] = cells[at + part] as number
    i++
  }
  return { cell, values, identities: Int32Array.from(identities.keys()) }
}

/** Throws a Failure `model.dump_invalid` on a column that is missing or of another size. */
export const restoreHashed = (model: HashedModel, dump: Dump): void => {
  const { cell, values, identities } = dump
  const typed = cell instanceof Uint32Array && values instanceof Float32Array
  if (!typed || !(identities instanceof Int32Array) || values.length !== CELL * cell.length) {
    throw new Failure({
      code: 'model.dump_invalid',
      message: 'a column of the hashed model is missing or torn',
      hint: 'delete the snapshot: the model is learnt again from the log',
    })
  }
  resetHashed(model)
  for (let i = 0; i < cell.length; i++) {
    model.cells.set(values.subarray(CELL * i, CELL * (i + 1)), CELL * (cell[i] as number))
  }
  for (const key of identities) model.identities.set(key, model.identities.size + 2)
}

/** −1 or 1 from the top bit, without a branch: half of all guesses would be wrong. */
const signOf = (hash: number): number => 1 | (hash >> 31)

const constantCell = ({ bits }: HashedModel): number => CELL * ((1 << bits) + (1 << (bits - 2)))

const sharedCell = ({ bits }: HashedModel, key: number): number =>
  CELL * ((1 << bits) + (key & ((1 << (bits - 3)) - 1)))

const mainCell = (model: HashedModel, key: number, identity: number): number => {
  if (identity === 1) {
    const known = model.identities.get(key)
    if (known !== undefined) return constantCell(model) + CELL * known
    if (model.identities.size + 2 < IDENTITIES_MAX) return constantCell(model) + CELL * UNKNOWN_IDENTITY
  }
  const eighth = 1 << (model.bits - 3)
  return CELL * ((1 << model.bits) + eighth + (key & (eighth - 1)))
}
