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
  /** While it is filled: where each key came from, and value and identity as they came. */
  readonly order: Int32Array
  readonly raw: Float64Array
  readonly rawIdentity: Uint8Array
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
  /** How lists of features met before were sorted: actions come again and again. Names are compared all the same. */
  readonly knownRows: WeakMap<readonly Feature[], KnownRow>
  /** The same for the action that stood at this place last. */
  readonly knownAt: (KnownRow | undefined)[]
  /** The rows of the actions encoded last, whose `starts`, `entries` and `distinct` still stand; none where `laidOut` is 0. */
  readonly layout: KnownRow[]
  laidOut: number
}

/** A row without zeros or duplicates, as it was sorted; it serves only features of exactly these names. */
type KnownRow = {
  readonly names: readonly string[]
  readonly keys: Int32Array
  readonly order: Int32Array
  /** Where each feature stands in that order. */
  readonly places: Int32Array
  readonly identity: Uint8Array
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
  order: new Int32Array(capacity),
  raw: new Float64Array(capacity),
  rawIdentity: new Uint8Array(capacity),
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
    knownRows: new WeakMap(),
    knownAt: Array.from({ length: limits.actionsMax }),
    layout: [],
    laidOut: 0,
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
  if (refill(encoder, actions)) return
  encoder.stamp = (encoder.stamp + 1) | 0
  distinct.length = 0
  encoder.laidOut = 0
  encoder.layout.length = 0
  let end = 0
  for (let a = 0; a < count; a++) {
    starts[a] = end
    const known = encodeAction(encoder, actions[a] as readonly Feature[], a)
    if (known !== undefined) encoder.layout.push(known)
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
  if (encoder.layout.length === count) encoder.laidOut = count
}

/** Actions with the names of those encoded last: only their values are filled in. False where they are others. */
const refill = (encoder: Encoder, actions: readonly (readonly Feature[])[]): boolean => {
  const { layout, starts, entries, entryValues, distinct, distinctMean } = encoder
  const count = actions.length
  if (encoder.laidOut !== count) return false
  for (let a = 0; a < count; a++)
    if (!refillAction(encoder, layout[a] as KnownRow, actions[a] as readonly Feature[], starts[a] as number))
      return false
  distinctMean.fill(0, 0, distinct.length)
  const end = starts[count] as number
  for (let e = 0; e < end; e++) {
    const at = entries[e] as number
    distinctMean[at] = (distinctMean[at] as number) + (entryValues[e] as number)
  }
  for (let i = 0; i < distinct.length; i++) distinctMean[i] = (distinctMean[i] as number) / count
  return true
}

const refillAction = (
  { entryValues, limits }: Encoder,
  { names, places }: KnownRow,
  features: readonly Feature[],
  start: number,
): boolean => {
  const { valueAbsMax } = limits
  if (features.length !== names.length) return false
  for (let i = 0; i < features.length; i++) {
    const feature = features[i] as Feature
    const value = feature[1]
    if (feature[0] !== names[i] || value === 0 || !Number.isFinite(value)) return false
    entryValues[start + (places[i] as number)] =
      value > valueAbsMax ? valueAbsMax : value < -valueAbsMax ? -valueAbsMax : value
  }
  return true
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

const encodeAction = (
  encoder: Encoder,
  features: readonly Feature[],
  place: number,
): KnownRow | undefined => {
  const { row, knownRows, knownAt } = encoder
  const known = knownRows.get(features) ?? knownAt[place]
  if (known !== undefined && fillKnown(encoder, known, features)) return known
  encodeRow(encoder, row, features, ACTION_SEED)
  if (row.length === 0 || row.length !== features.length) return undefined
  const order = row.order.slice(0, row.length)
  const places = new Int32Array(row.length)
  for (let i = 0; i < row.length; i++) places[order[i] as number] = i
  const met: KnownRow = {
    names: features.map(([name]) => name),
    keys: row.keys.slice(0, row.length),
    order,
    places,
    identity: row.identity.slice(0, row.length),
  }
  knownRows.set(features, met)
  knownAt[place] = met
  return met
}

/** Fills `row` as {@link encodeRow} would; false, with `row` in disorder, where these are other features. */
const fillKnown = (encoder: Encoder, known: KnownRow, features: readonly Feature[]): boolean => {
  const { row, limits } = encoder
  const { names, keys, order, identity } = known
  const count = names.length
  if (features.length !== count) return false
  for (let i = 0; i < count; i++) {
    const feature = features[i] as Feature
    const value = feature[1]
    if (feature[0] !== names[i] || value === 0 || !Number.isFinite(value)) return false
    row.raw[i] = value
  }
  const { valueAbsMax } = limits
  for (let i = 0; i < count; i++) {
    const value = row.raw[order[i] as number] as number
    row.keys[i] = keys[i] as number
    row.values[i] = value > valueAbsMax ? valueAbsMax : value < -valueAbsMax ? -valueAbsMax : value
    row.identity[i] = identity[i] as number
  }
  row.length = count
  return true
}

const encodeRow = (encoder: Encoder, row: SparseRow, features: readonly Feature[], seed: number): void => {
  const count = sortRow(encoder, row, features, seed)
  const { keys, values, identity, order, raw, rawIdentity } = row
  const { valueAbsMax } = encoder.limits
  let kept = 0
  for (let i = 0; i < count; i++) {
    const from = order[i] as number
    const key = keys[i] as number
    let value = raw[from] as number
    if (i + 1 < count && keys[i + 1] === key) {
      const end = endOfRun(row, i, count)
      value = sumOfRun(row, i, end)
      i = end - 1
    }
    keys[kept] = key
    values[kept] = value > valueAbsMax ? valueAbsMax : value < -valueAbsMax ? -valueAbsMax : value
    identity[kept] = rawIdentity[from] as number
    kept++
  }
  row.length = kept
}

/** Fills `keys`, sorted, with `order` telling where each came from; returns how many. Zeros are left out. */
const sortRow = (encoder: Encoder, row: SparseRow, features: readonly Feature[], seed: number): number => {
  const { keys, order, raw, rawIdentity } = row
  if (features.length > keys.length) {
    throw new Failure({
      code: 'model.too_many_features',
      message: `${features.length} features; at most ${keys.length} are possible`,
      hint: 'leave out the least telling ones, or raise the limit',
    })
  }
  let count = 0
  for (let i = 0; i < features.length; i++) {
    const feature = features[i] as Feature
    const value = feature[1]
    if (!Number.isFinite(value)) throw notFinite(feature[0], value)
    if (value === 0) continue
    const word = encoder.known.get(feature[0]) ?? remember(encoder, feature[0])
    const key = Math.imul(word ^ seed, 0x85ebca6b)
    raw[i] = value
    rawIdentity[i] = word >= NAMES_ACTION ? 1 : 0
    let at = count++
    for (; at > 0 && (keys[at - 1] as number) > key; at--) {
      keys[at] = keys[at - 1] as number
      order[at] = order[at - 1] as number
    }
    keys[at] = key
    order[at] = i
  }
  return count
}

const endOfRun = ({ keys }: SparseRow, from: number, count: number): number => {
  let end = from + 1
  while (end < count && keys[end] === keys[from]) end++
  return end
}

/** A key that came several times: its values from the smallest up, so that their order does not matter. */
const sumOfRun = ({ order, raw }: SparseRow, from: number, end: number): number =>
  Array.from(order.subarray(from, end), (position) => raw[position] as number)
    .toSorted((left, right) => left - right)
    .reduce((sum, value) => sum + value, 0)

const remember = (encoder: Encoder, name: string): number => {
  const word = hash32(name) + (name.startsWith(IDENTITY_PREFIX) ? NAMES_ACTION : 0)
  if (encoder.known.size >= KNOWN_MAX) encoder.known.clear()
  encoder.known.set(name, word)
  return word
}

const notFinite = (name: string, value: number): Failure =>
  new Failure({
    code: 'model.not_finite',
    message: `the feature ${JSON.stringify(name)} is ${value}`,
    hint: 'features are finite numbers; leave out what is unknown',
  })
