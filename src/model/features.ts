// Turns named features into sorted 32-bit keys and values, in scratch arrays that live as long as the
// bandit: a decision allocates nothing here. Sorting and merging make the order of features irrelevant.

import { Failure } from '../kernel/failure.ts'
import { hash32 } from '../kernel/hash.ts'
import type { Feature } from './events.ts'

export type EncoderLimits = {
  readonly sharedFeaturesMax: number
  readonly actionsMax: number
  /** Per action. */
  readonly actionFeaturesMax: number
  /** Values beyond ± this are cut to it: one wild trait must not swamp the model. */
  readonly valueAbsMax: number
}

export const ENCODER_LIMITS: EncoderLimits = {
  sharedFeaturesMax: 256,
  actionsMax: 200,
  actionFeaturesMax: 32,
  valueAbsMax: 10,
}

/** A short list of (key, value), sorted by key, without duplicates. */
export type SparseRow = {
  readonly keys: Int32Array
  readonly values: Float64Array
  /** 1 where the feature names an action itself: these never share a bucket. */
  readonly identity: Uint8Array
  length: number
}

/**
 * What one decision encodes to. An action feature that several actions have in common stands once in
 * `distinct`; action `a` owns entries `starts[a]` to `starts[a + 1]`, each pointing into `distinct`.
 */
export type Encoder = {
  readonly limits: EncoderLimits
  readonly shared: SparseRow
  readonly row: SparseRow
  readonly distinct: SparseRow
  /** Mean of each distinct feature over the actions. */
  readonly distinctMean: Float64Array
  readonly starts: Int32Array
  readonly entries: Int32Array
  readonly entryValues: Float64Array
  /** Open-addressing table from key to position in `distinct`, valid where `stamps` equals `stamp`. */
  readonly table: Int32Array
  readonly stamps: Int32Array
  stamp: number
  /** Keys of names met before, plus 2^32 for names of actions: looking up is faster than hashing. */
  readonly known: Map<string, number>
}

const IDENTITY_PREFIX = 'action='
const SHARED_SEED = 0x2545f491
const ACTION_SEED = 0x6c62272e
const TABLE_BITS = 14
const NAMES_ACTION = 2 ** 32
/** Names whose hash is kept at hand; then they are forgotten and met anew. */
const KNOWN_MAX = 16_384

const createRow = (capacity: number): SparseRow => ({
  keys: new Int32Array(capacity),
  values: new Float64Array(capacity),
  identity: new Uint8Array(capacity),
  length: 0,
})

export const createEncoder = (limits: EncoderLimits = ENCODER_LIMITS): Encoder => {
  const entriesMax = limits.actionsMax * limits.actionFeaturesMax
  if (entriesMax > 1 << (TABLE_BITS - 1)) {
    throw new Failure({
      code: 'model.options_invalid',
      message: `actionsMax × actionFeaturesMax is ${entriesMax}, more than ${1 << (TABLE_BITS - 1)}`,
      hint: 'lower one of the two limits',
    })
  }
  return {
    limits,
    shared: createRow(limits.sharedFeaturesMax),
    row: createRow(limits.actionFeaturesMax),
    distinct: createRow(entriesMax),
    distinctMean: new Float64Array(entriesMax),
    starts: new Int32Array(limits.actionsMax + 1),
    entries: new Int32Array(entriesMax),
    entryValues: new Float64Array(entriesMax),
    table: new Int32Array(1 << TABLE_BITS),
    stamps: new Int32Array(1 << TABLE_BITS),
    stamp: 0,
    known: new Map(),
  }
}

/** Fills `encoder.shared`. Throws a Failure `model.*` on too many features or a value that is not finite. */
export const encodeShared = (encoder: Encoder, features: readonly Feature[]): void => {
  encodeRow(encoder, encoder.shared, features, SHARED_SEED)
}

/** Fills `encoder.row` with one action. Throws like {@link encodeShared}. */
export const encodeOne = (encoder: Encoder, features: readonly Feature[]): void => {
  encodeRow(encoder, encoder.row, features, ACTION_SEED)
}

/** Fills `encoder.distinct`, `starts` and `entries`. Throws like {@link encodeShared}, and on no or too many actions. */
export const encodeActions = (encoder: Encoder, actions: readonly (readonly Feature[])[]): void => {
  const { row, distinct, starts, entries, entryValues, distinctMean, limits } = encoder
  const count = actions.length
  if (count === 0 || count > limits.actionsMax) {
    throw new Failure({
      code: 'model.action_count',
      message: `${count} actions to score; between 1 and ${limits.actionsMax} are possible`,
      hint: 'split the action bank or raise actionsMax',
    })
  }
  encoder.stamp = (encoder.stamp + 1) | 0
  distinct.length = 0
  let end = 0
  for (let a = 0; a < count; a++) {
    starts[a] = end
    encodeRow(encoder, row, actions[a] as readonly Feature[], ACTION_SEED)
    for (let i = 0; i < row.length; i++) {
      const at = findOrAdd(encoder, row.keys[i] as number, row.identity[i] as number)
      const value = row.values[i] as number
      entries[end] = at
      entryValues[end] = value
      distinctMean[at] = (distinctMean[at] as number) + value
      end++
    }
  }
  starts[count] = end
  for (let i = 0; i < distinct.length; i++) distinctMean[i] = (distinctMean[i] as number) / count
}

/** Key of two features together, signed; mixed once more, since both are already well mixed. */
export const crossKey = (left: number, right: number): number => {
  const h = Math.imul(left ^ right, 0x9e3779b1)
  return h ^ (h >>> 15)
}

const findOrAdd = (encoder: Encoder, key: number, identity: number): number => {
  const { table, stamps, stamp, distinct } = encoder
  const mask = table.length - 1
  let slot = Math.imul(key, 0x9e3779b1) >>> (32 - TABLE_BITS)
  while (stamps[slot] === stamp) {
    const at = table[slot] as number
    if (distinct.keys[at] === key) return at
    slot = (slot + 1) & mask
  }
  const at = distinct.length++
  stamps[slot] = stamp
  table[slot] = at
  distinct.keys[at] = key
  distinct.identity[at] = identity
  encoder.distinctMean[at] = 0
  return at
}

const encodeRow = (encoder: Encoder, row: SparseRow, features: readonly Feature[], seed: number): void => {
  const { keys, values, identity } = row
  const { valueAbsMax } = encoder.limits
  if (features.length > keys.length) {
    throw new Failure({
      code: 'model.too_many_features',
      message: `${features.length} features; at most ${keys.length} are possible`,
      hint: 'leave out the least telling ones, or raise the limit',
    })
  }
  row.length = 0
  for (let i = 0; i < features.length; i++) {
    const feature = features[i] as Feature
    const value = feature[1]
    if (!Number.isFinite(value)) throw notFinite(feature[0], value)
    if (value === 0) continue
    const word = encoder.known.get(feature[0]) ?? remember(encoder, feature[0])
    insert(row, Math.imul(word ^ seed, 0x85ebca6b), value, word >= NAMES_ACTION ? 1 : 0)
  }
  let kept = 0
  for (let i = 0; i < row.length; i++) {
    const value = values[i] as number
    if (kept > 0 && keys[kept - 1] === keys[i]) {
      values[kept - 1] = (values[kept - 1] as number) + value
      continue
    }
    keys[kept] = keys[i] as number
    values[kept] = value
    identity[kept] = identity[i] as number
    kept++
  }
  row.length = kept
  for (let i = 0; i < kept; i++) {
    const value = values[i] as number
    if (value > valueAbsMax) values[i] = valueAbsMax
    else if (value < -valueAbsMax) values[i] = -valueAbsMax
  }
}

const remember = (encoder: Encoder, name: string): number => {
  const word = hash32(name) + (name.startsWith(IDENTITY_PREFIX) ? NAMES_ACTION : 0)
  if (encoder.known.size >= KNOWN_MAX) encoder.known.clear()
  encoder.known.set(name, word)
  return word
}

/** Keeps the row sorted by key, then value: equal sets give equal rows. */
const insert = (row: SparseRow, key: number, value: number, identity: number): void => {
  const { keys, values } = row
  let at = row.length++
  while (at > 0) {
    const left = keys[at - 1] as number
    if (left < key || (left === key && (values[at - 1] as number) <= value)) break
    keys[at] = left
    values[at] = values[at - 1] as number
    row.identity[at] = row.identity[at - 1] as number
    at--
  }
  keys[at] = key
  values[at] = value
  row.identity[at] = identity
}

const notFinite = (name: string, value: number): Failure =>
  new Failure({
    code: 'model.not_finite',
    message: `the feature ${JSON.stringify(name)} is ${value}`,
    hint: 'features are finite numbers; leave out what is unknown',
  })
