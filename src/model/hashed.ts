// Bayesian linear regression over hashed weights, each with a mean and a variance of its own (the
// Kalman filter with its covariance cut to the diagonal). Learns and scores in microseconds however
// many features there are; what it gives up is the correlation between weights.

import type { Dump } from '../log/dump.ts'
import { Failure } from '../kernel/failure.ts'
import type { Encoder, SparseRow } from './features.ts'
import type { Prior } from './prior.ts'
import { fadeMean, fadeVariance } from './prior.ts'

/** Main effects of the constant and of action names: looked up, so that none shares a cell. */
const IDENTITIES_MAX = 1_024
/** Never learnt: stands for an action nobody has learnt about, so that it keeps its prior. */
const UNKNOWN_IDENTITY = 1

/**
 * Cells are numbered: crosses [0, 2^bits), shared mains, action mains (2^(bits−3) each), identities. All
 * arithmetic is in doubles; the cells are Float32 so that twice as many fit the cache.
 */
export type HashedModel = {
  readonly kind: 'hashed'
  readonly bits: number
  readonly prior: Prior
  readonly quadraticShared: boolean
  /** Mean and variance of each cell, side by side; variance 0 = untouched, so at its prior. */
  readonly cells: Float32Array
  readonly identities: Map<number, number>
  readonly touched: Int32Array
  readonly inputs: Float64Array
  readonly blockMean: Float64Array
  readonly blockVariance: Float64Array
}

export type HashedOptions = {
  readonly bits: number
  readonly prior: Prior
  readonly quadraticShared: boolean
}

export const createHashed = (options: HashedOptions, encoder: Encoder): HashedModel => {
  const { bits } = options
  const { sharedFeaturesMax: shared, actionFeaturesMax: own } = encoder.limits
  const activeMax =
    1 + shared + (options.quadraticShared ? (shared * (shared - 1)) / 2 : 0) + own * (1 + shared)
  return {
    kind: 'hashed',
    ...options,
    cells: new Float32Array(2 * (2 ** bits + 2 ** (bits - 2) + IDENTITIES_MAX)),
    identities: new Map(),
    touched: new Int32Array(activeMax),
    inputs: new Float64Array(activeMax),
    blockMean: new Float64Array(encoder.distinct.keys.length),
    blockVariance: new Float64Array(encoder.distinct.keys.length),
  }
}

/** Means in reward units; variances of what sets each action apart, relative to the noise variance. */
export const scoreHashed = (
  model: HashedModel,
  encoder: Encoder,
  out: { readonly mean: Float64Array; readonly variance: Float64Array },
): void => {
  const { shared, distinct, distinctMean, starts, entries, entryValues } = encoder
  const { blockMean, blockVariance } = model
  let commonVariance = 0
  for (let f = 0; f < distinct.length; f++) {
    scoreBlock(model, shared, distinct, f)
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
const scoreBlock = (model: HashedModel, shared: SparseRow, distinct: SparseRow, f: number): void => {
  const { cells, prior } = model
  const { keys, values, length } = shared
  const key = distinct.keys[f] as number
  const own = mainCell(model, key, distinct.identity[f] as number)
  let mean = 0
  let variance = 0
  {
    const x = signOf(key)
    const v = cells[2 * own + 1] as number
    mean += x * (cells[2 * own] as number)
    variance += v === 0 ? prior.action : v
  }
  const mask = 2 ** model.bits - 1
  const crossPrior = prior.cross
  for (let s = 0; s < length; s++) {
    const h = crossKey(keys[s] as number, key)
    const at = (h & mask) << 1
    const x = (values[s] as number) * signOf(h)
    const v = cells[at + 1] as number
    mean += x * (cells[at] as number)
    variance += x * x * (v === 0 ? crossPrior : v)
  }
  model.blockMean[f] = mean
  model.blockVariance[f] = variance
}

const scoreShared = (model: HashedModel, shared: SparseRow): number => {
  const { cells } = model
  const { keys, values, length } = shared
  let mean = cells[2 * constantCell(model)] as number
  for (let s = 0; s < length; s++) {
    const key = keys[s] as number
    const x = (values[s] as number) * signOf(key)
    mean += x * (cells[2 * sharedCell(model, key)] as number)
    if (!model.quadraticShared) continue
    for (let t = 0; t < s; t++) {
      const h = crossKey(keys[t] as number, key)
      mean +=
        x * (values[t] as number) * signOf(h) * signOf(key) * (cells[2 * sharedCell(model, h)] as number)
    }
  }
  return mean
}

/**
 * Learns one reward for `encoder.shared` with the one action in `encoder.row`.
 * `weight` (0 to 1] says how much it still counts. Returns the residual before learning, divided by
 * sqrt(1 + relative variance of the prediction).
 */
export const learnHashed = (model: HashedModel, encoder: Encoder, reward: number, weight: number): number => {
  const { cells, touched, inputs } = model
  const count = gather(model, encoder)
  let mean = 0
  let variance = 0
  for (let i = 0; i < count; i++) {
    const at = touched[i] as number
    const x = inputs[i] as number
    mean += x * (cells[at] as number)
    variance += x * x * (cells[at + 1] as number)
  }
  const residual = reward - mean
  const total = 1 / weight + variance
  for (let i = 0; i < count; i++) {
    const at = touched[i] as number
    const x = inputs[i] as number
    const gain = ((cells[at + 1] as number) * x) / total
    cells[at] = (cells[at] as number) + gain * residual
    cells[at + 1] = (cells[at + 1] as number) * (1 - gain * x)
  }
  return residual / Math.sqrt(1 + variance)
}

/** Writes the active cells and their inputs; gives each fresh cell its prior. */
const gather = (model: HashedModel, encoder: Encoder): number => {
  const { prior, identities } = model
  const { shared, row } = encoder
  let count = 0
  const put = (cell: number, x: number, variance: number): void => {
    const at = 2 * cell
    if (model.cells[at + 1] === 0) model.cells[at + 1] = variance
    model.touched[count] = at
    model.inputs[count] = x
    count++
  }
  put(constantCell(model), 1, prior.shared)
  for (let s = 0; s < shared.length; s++) {
    const key = shared.keys[s] as number
    const x = shared.values[s] as number
    put(sharedCell(model, key), x * signOf(key), prior.shared)
    for (let t = 0; model.quadraticShared && t < s; t++) {
      const h = crossKey(shared.keys[t] as number, key)
      put(sharedCell(model, h), x * (shared.values[t] as number) * signOf(h), prior.shared)
    }
  }
  const mask = 2 ** model.bits - 1
  for (let f = 0; f < row.length; f++) {
    const key = row.keys[f] as number
    const x = row.values[f] as number
    const identity = row.identity[f] as number
    if (identity === 1 && !identities.has(key) && identities.size + 2 < IDENTITIES_MAX)
      identities.set(key, identities.size + 2)
    put(mainCell(model, key, identity), x * signOf(key), prior.action)
    for (let s = 0; s < shared.length; s++) {
      const h = crossKey(shared.keys[s] as number, key)
      put(h & mask, x * (shared.values[s] as number) * signOf(h), prior.cross)
    }
  }
  return count
}

/** Lets `1 − keep` of what was learnt fade towards the prior. */
export const discountHashed = (model: HashedModel, keep: number): void => {
  const { cells, bits, prior } = model
  const crosses = 2 * 2 ** bits
  const sharedEnd = crosses + 2 * 2 ** (bits - 3)
  const constant = 2 * constantCell(model)
  for (let at = 0; at < cells.length; at += 2) {
    const v = cells[at + 1] as number
    if (v === 0) continue
    const wide = at < crosses ? prior.cross : at < sharedEnd || at === constant ? prior.shared : prior.action
    cells[at] = (cells[at] as number) * fadeMean(v, wide, keep)
    cells[at + 1] = fadeVariance(v, wide, keep)
  }
}

export const resetHashed = (model: HashedModel): void => {
  model.cells.fill(0)
  model.identities.clear()
}

/** Only touched cells are written, in order of their number. */
export const dumpHashed = (model: HashedModel): Dump => {
  const { cells } = model
  let count = 0
  for (let at = 1; at < cells.length; at += 2) if (cells[at] !== 0) count++
  const cell = new Uint32Array(count)
  const mean = new Float32Array(count)
  const variance = new Float32Array(count)
  let i = 0
  for (let at = 0; at < cells.length; at += 2) {
    if (cells[at + 1] === 0) continue
    cell[i] = at / 2
    mean[i] = cells[at] as number
    variance[i] = cells[at + 1] as number
    i++
  }
  return { cell, mean, variance, identities: Int32Array.from(model.identities.keys()) }
}

export const restoreHashed = (model: HashedModel, dump: Dump): void => {
  const { cell, mean, variance, identities } = dump
  if (
    !(cell instanceof Uint32Array && mean instanceof Float32Array) ||
    !(variance instanceof Float32Array && identities instanceof Int32Array)
  ) {
    throw new Failure({ code: 'model.dump_invalid', message: 'a column of the hashed model is missing' })
  }
  resetHashed(model)
  for (let i = 0; i < cell.length; i++) {
    const at = 2 * (cell[i] as number)
    model.cells[at] = mean[i] as number
    model.cells[at + 1] = variance[i] as number
  }
  for (const key of identities) model.identities.set(key, model.identities.size + 2)
}

const signOf = (hash: number): number => (hash < 0 ? -1 : 1)

/** The hash of two features together, signed, mixed once more since both are already well mixed. */
const crossKey = (left: number, right: number): number => {
  const h = Math.imul(left ^ right, 0x9e3779b1)
  return h ^ (h >>> 15)
}

const constantCell = (model: HashedModel): number => 2 ** model.bits + 2 ** (model.bits - 2)

const sharedCell = (model: HashedModel, key: number): number =>
  2 ** model.bits + (key & (2 ** (model.bits - 3) - 1))

const mainCell = (model: HashedModel, key: number, identity: number): number => {
  if (identity === 1) {
    const known = model.identities.get(key)
    if (known !== undefined) return constantCell(model) + known
    if (model.identities.size + 2 < IDENTITIES_MAX) return constantCell(model) + UNKNOWN_IDENTITY
  }
  return 2 ** model.bits + 2 ** (model.bits - 3) + (key & (2 ** (model.bits - 3) - 1))
}
