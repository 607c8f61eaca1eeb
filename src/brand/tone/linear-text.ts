// Logistic regression over hashed features of text, one head per class, and the learning of it: convex, so that the same
// examples give the same model. Starts from what is known (a model that was shipped, or nothing) and is held near it.

import { Failure } from '../../kernel/failure.ts'
import { minimise } from '../../model/index.ts'
import { DENSE_MAX, type FeatureRow } from './features.ts'

/** Near enough to the minimum, a gradient of so much per example. */
const GRADIENT_SHARE = 1e-4

export type LinearText = {
  readonly bits: number
  readonly heads: number
  /** By bucket, then head. */
  readonly weights: Float32Array
  readonly biases: Float64Array
}

export type TextExample = {
  readonly row: FeatureRow
  /** By head: 1 yes, 0 no. */
  readonly labels: Uint8Array
  readonly weight?: number
}

export type LinearTextOptions = {
  readonly bits: number
  readonly heads: number
  /** Strength of the pull towards what is known; the examples' weights add up to their number. */
  readonly l2: number
  /**
   * Features are weighed by this much plus the size of the logarithm of how much more often they stand in texts of the
   * class than in others, so that what tells nothing stays near 0 (Wang and Manning 2012); Infinity = all alike.
   */
  readonly evenness: number
  /** How much rarer classes are weighed up: 0 not at all, 1 until both weigh the same. */
  readonly balance: number
  readonly iterationsMax: number
  readonly known?: LinearText
}

/** Throws Failure `tone.not_a_number` when an example holds a value that is none. */
export const fitLinearText = (examples: readonly TextExample[], options: LinearTextOptions): LinearText => {
  const { bits, heads, known } = options
  for (const { row } of examples)
    if (!row.value.every(Number.isFinite))
      throw new Failure({
        code: 'tone.not_a_number',
        message: 'An example to learn tone from holds a feature that is no finite number.',
      })
  const buckets = 2 ** bits
  const table = tableOf(examples, buckets)
  const weights = new Float32Array(buckets * heads)
  const biases = new Float64Array(heads)
  for (let head = 0; head < heads; head++) {
    const start = new Float64Array(buckets + 1)
    if (known !== undefined) {
      for (let b = 0; b < buckets; b++) start[b] = known.weights[b * heads + head] as number
      start[buckets] = known.biases[head] as number
    }
    const scale = contrastOf(examples, buckets, head, options.evenness)
    const found = fitHead(examples, { ...options, head, scale, start, table })
    for (let b = 0; b < buckets; b++) weights[b * heads + head] = found[b] as number
    biases[head] = found[buckets] as number
  }
  return { bits, heads, weights, biases }
}

/** Seen so many times in both classes before anything was. */
const SEEN_BEFORE = 1

const contrastOf = (
  examples: readonly TextExample[],
  buckets: number,
  head: number,
  evenness: number,
): Float64Array => {
  if (evenness === Infinity) return new Float64Array(buckets).fill(1)
  const yes = new Float64Array(buckets).fill(SEEN_BEFORE)
  const no = new Float64Array(buckets).fill(SEEN_BEFORE)
  let count = 0
  for (const { row, labels } of examples) {
    const seen = labels[head] === 1 ? yes : no
    if (labels[head] === 1) count++
    for (const at of row.at) seen[at] = (seen[at] as number) + 1
  }
  const base = Math.log((count + 2 * SEEN_BEFORE) / (examples.length - count + 2 * SEEN_BEFORE))
  // The lexicon's figures are no counts.
  return yes.map((times, b) =>
    b < DENSE_MAX ? 1 : evenness + Math.abs(Math.log(times / (no[b] as number)) - base),
  )
}

type HeadOptions = LinearTextOptions & {
  readonly head: number
  readonly scale: Float64Array
  readonly start: Float64Array
  readonly table: Table
}

/** Weights of one head, bias last. The step from `start` is what is penalised, in units of `scale`. */
const fitHead = (
  examples: readonly TextExample[],
  { head, scale, start, l2, balance, iterationsMax, table }: HeadOptions,
): Float64Array => {
  const { starts, places, buckets } = table
  const size = buckets.length
  const values = table.values.map(
    (value, i) => value * (scale[buckets[places[i] as number] as number] as number),
  )
  const n = examples.length
  const yes = examples.reduce((sum, { labels }) => sum + (labels[head] as number), 0)
  const up = yes === 0 || yes === n ? 1 : ((n - yes) / yes) ** balance
  const norm = n / (yes * up + (n - yes))
  const offset = Float64Array.from(examples, ({ row }) => scoreOf(row, start))
  const sign = Float64Array.from(examples, ({ labels }) => (labels[head] === 1 ? 1 : -1))
  const weights = Float64Array.from(
    examples,
    ({ labels, weight = 1 }) => weight * norm * (labels[head] === 1 ? up : 1),
  )
  const step = new Float64Array(size + 1)
  const objective = (x: Float64Array, gradient: Float64Array): number => {
    let loss = 0
    let bias = 0
    for (let p = 0; p < size; p++) {
      const v = x[p] as number
      loss += (l2 / 2) * v * v
      gradient[p] = l2 * v
    }
    for (let e = 0; e < n; e++) {
      const end = starts[e + 1] as number
      let score = (offset[e] as number) + (x[size] as number)
      for (let i = starts[e] as number; i < end; i++)
        score += (values[i] as number) * (x[places[i] as number] as number)
      const s = sign[e] as number
      const fit = Math.exp(-s * score)
      const w = weights[e] as number
      loss += w * (fit < 1e8 ? Math.log1p(fit) : -s * score)
      const pull = (-s * w * fit) / (1 + fit)
      const felt = Number.isFinite(pull) ? pull : -s * w
      bias += felt
      for (let i = starts[e] as number; i < end; i++) {
        const p = places[i] as number
        gradient[p] = (gradient[p] as number) + felt * (values[i] as number)
      }
    }
    gradient[size] = bias
    return loss
  }
  minimise(objective, step, { iterationsMax, gradientMax: GRADIENT_SHARE * n })
  const result = start.slice()
  buckets.forEach((bucket, p) => {
    result[bucket] = (result[bucket] as number) + (step[p] as number) * (scale[bucket] as number)
  })
  result[scale.length] = (result[scale.length] as number) + (step[size] as number)
  return result
}

/** All examples one behind the other: places of the buckets that occur, and values. */
type Table = {
  readonly starts: Int32Array
  readonly places: Int32Array
  readonly values: Float32Array
  readonly buckets: Int32Array
}

const tableOf = (examples: readonly TextExample[], size: number): Table => {
  const place = new Int32Array(size).fill(-1)
  const starts = new Int32Array(examples.length + 1)
  examples.forEach(({ row }, e) => {
    starts[e + 1] = (starts[e] as number) + row.at.length
  })
  const places = new Int32Array(starts[examples.length] as number)
  const values = new Float32Array(places.length)
  const buckets: number[] = []
  examples.forEach(({ row }, e) => {
    row.at.forEach((bucket, i) => {
      if (place[bucket] === -1) {
        place[bucket] = buckets.length
        buckets.push(bucket)
      }
      const at = (starts[e] as number) + i
      places[at] = place[bucket] as number
      values[at] = row.value[i] as number
    })
  })
  return { starts, places, values, buckets: Int32Array.from(buckets) }
}

const scoreOf = ({ at, value }: FeatureRow, weights: Float64Array): number => {
  let score = weights[weights.length - 1] as number
  for (let i = 0; i < at.length; i++) score += (value[i] as number) * (weights[at[i] as number] as number)
  return score
}

/** Models of the same buckets as one with the heads of all. */
export const joinLinearTexts = (parts: readonly LinearText[]): LinearText => {
  const bits = parts[0]?.bits ?? 1
  const heads = parts.reduce((sum, part) => sum + part.heads, 0)
  const weights = new Float32Array(2 ** bits * heads)
  let from = 0
  for (const part of parts) {
    for (let bucket = 0; bucket < 2 ** bits; bucket++)
      for (let head = 0; head < part.heads; head++)
        weights[bucket * heads + from + head] = part.weights[bucket * part.heads + head] as number
    from += part.heads
  }
  return { bits, heads, weights, biases: Float64Array.from(parts.flatMap(({ biases }) => [...biases])) }
}

/** Log-odds by head, into `out`. */
export const scoreLinearText = (model: LinearText, { at, value }: FeatureRow, out: Float64Array): void => {
  const { heads, weights, biases } = model
  for (let head = 0; head < heads; head++) out[head] = biases[head] as number
  for (let i = 0; i < at.length; i++) {
    const base = (at[i] as number) * heads
    const v = value[i] as number
    for (let head = 0; head < heads; head++)
      out[head] = (out[head] as number) + v * (weights[base + head] as number)
  }
}

/** The probability of log-odds. */
export const probabilityOf = (score: number): number => 1 / (1 + Math.exp(-score))
