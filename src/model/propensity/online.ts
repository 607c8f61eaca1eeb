// Logistic regression that learns one example at a time (AdaGrad, Duchi et al. 2011), with hashed features:
// for outcomes that trickle in, between the nightly fits. Memory is fixed by the number of buckets.

import { Failure } from '../../kernel/failure.ts'
import { hash32 } from '../../kernel/hash.ts'
import type { Dump } from '../../log/dump.ts'
import type { Feature } from '../events.ts'
import { sigmoid } from './linear.ts'

export type OnlineOptions = {
  /** Buckets are two to this power. */
  readonly bucketBits: number
  readonly rate: number
  /** Pull towards zero per step, on the weights an example touches. */
  readonly l2: number
  readonly featuresMax: number
  readonly valueAbsMax: number
}

export const ONLINE_DEFAULTS: OnlineOptions = {
  bucketBits: 18,
  rate: 0.1,
  l2: 1e-6,
  featuresMax: 512,
  valueAbsMax: 10,
}

/** Owned by the functions here; nobody else may change it. */
export type OnlineModel = {
  readonly options: OnlineOptions
  readonly weights: Float64Array
  /** Sum of squared gradients per bucket. */
  readonly squares: Float64Array
  examples: number
}

const HASH_SEED = 0x51ed270b
/** Keeps the first step of a weight finite. */
const SQUARES_START = 1e-2

export const createOnline = (options: Partial<OnlineOptions> = {}): OnlineModel => {
  const all = { ...ONLINE_DEFAULTS, ...options }
  // One more for the intercept, behind the hashed ones.
  const buckets = 2 ** all.bucketBits + 1
  return { options: all, weights: new Float64Array(buckets), squares: new Float64Array(buckets), examples: 0 }
}

/** Probability of the outcome; .5 before anything is learnt. Throws Failures `propensity.feature`, `propensity.too_many`. */
export const predictOnline = (model: OnlineModel, features: readonly Feature[]): number =>
  sigmoid(scoreOf(model, entriesOf(model, features)))

/** Learns that `features` had the outcome (1) or had not (0). */
export const learnOnline = (model: OnlineModel, features: readonly Feature[], outcome: 0 | 1): void => {
  const entries = entriesOf(model, features)
  const error = sigmoid(scoreOf(model, entries)) - outcome
  const { rate, l2 } = model.options
  for (const [bucket, value] of entries) {
    const weight = model.weights[bucket] as number
    const gradient = error * value + l2 * weight
    const squares = (model.squares[bucket] as number) + gradient * gradient
    model.squares[bucket] = squares
    model.weights[bucket] = weight - (rate * gradient) / Math.sqrt(squares + SQUARES_START)
  }
  model.examples++
}

/** Log-odds that one unit of a feature adds, and what they are without any. Of a model's own names alone. */
export const weightOf = (model: OnlineModel, name: string): number =>
  scoreOf(model, entriesOf(model, [[name, 1]])) - interceptOf(model)

export const interceptOf = ({ weights, options }: OnlineModel): number =>
  weights[2 ** options.bucketBits] as number

type Entry = readonly [bucket: number, value: number]

const scoreOf = (model: OnlineModel, entries: readonly Entry[]): number =>
  entries.reduce((sum, [bucket, value]) => sum + (model.weights[bucket] as number) * value, 0)

/** Sorted by bucket, one entry each: the order of features changes nothing, to the last bit. */
const entriesOf = (model: OnlineModel, features: readonly Feature[]): readonly Entry[] => {
  const { bucketBits, featuresMax, valueAbsMax } = model.options
  if (features.length > featuresMax)
    throw new Failure({
      code: 'propensity.too_many',
      message: `${features.length} features are more than ${featuresMax}.`,
      hint: 'Send fewer, or raise featuresMax.',
    })
  const buckets = 2 ** bucketBits
  const sums = new Map<number, number>([[buckets, 1]])
  const sorted = features.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]))
  for (const [name, value] of sorted) {
    if (!Number.isFinite(value))
      throw new Failure({
        code: 'propensity.feature',
        message: `Feature "${name}" is ${String(value)}.`,
        hint: 'Leave a feature out when it is unknown.',
      })
    const hash = hash32(name, HASH_SEED)
    const bucket = (hash >>> 1) & (buckets - 1)
    const signed = (hash & 1) === 0 ? value : -value
    sums.set(bucket, (sums.get(bucket) ?? 0) + Math.max(-valueAbsMax, Math.min(valueAbsMax, signed)))
  }
  return [...sums].toSorted((a, b) => a[0] - b[0])
}

/** Only the buckets in use are kept. */
export const dumpOnline = (model: OnlineModel): Dump => {
  const used = Int32Array.from(model.squares.keys()).filter((bucket) => model.squares[bucket] !== 0)
  return {
    options: { ...model.options },
    examples: model.examples,
    buckets: used,
    weights: Float64Array.from(used, (bucket) => model.weights[bucket] as number),
    squares: Float64Array.from(used, (bucket) => model.squares[bucket] as number),
  }
}

/** The same model to the last bit. Throws Failure `propensity.dump` when it is not one. */
export const restoreOnline = (dump: Dump): OnlineModel => {
  const { options, examples, buckets, weights, squares } = dump
  if (
    !(buckets instanceof Int32Array && weights instanceof Float64Array && squares instanceof Float64Array) ||
    typeof examples !== 'number'
  )
    throw new Failure({
      code: 'propensity.dump',
      message: 'What was kept is not an online propensity model.',
      hint: 'Learn it anew from the log.',
    })
  const model = createOnline(options as unknown as OnlineOptions)
  model.examples = examples
  buckets.forEach((bucket, i) => {
    model.weights[bucket] = weights[i] as number
    model.squares[bucket] = squares[i] as number
  })
  return model
}
