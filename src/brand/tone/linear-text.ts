// Logistic regression over hashed features of text, one head per class, and the learning of it: convex, so that the same
// examples give the same model. Starts from what is known (a model that was shipped, or nothing) and is held near it.

import { Failure } from '../../kernel/failure.ts'
import { minimise } from '../../model/index.ts'
import type { FeatureRow } from './features.ts'

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
  /** Rarer features say more: weighed by the logarithm of their rarity. */
  readonly idf: boolean
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
  const scale = options.idf ? rarity(examples, buckets) : new Float32Array(buckets).fill(1)
  const weights = new Float32Array(buckets * heads)
  const biases = new Float64Array(heads)
  for (let head = 0; head < heads; head++) {
    const start = new Float64Array(buckets + 1)
    if (known !== undefined) {
      for (let b = 0; b < buckets; b++) start[b] = known.weights[b * heads + head] as number
      start[buckets] = known.biases[head] as number
    }
    const found = fitHead(examples, { ...options, head, scale, start })
    for (let b = 0; b < buckets; b++) weights[b * heads + head] = found[b] as number
    biases[head] = found[buckets] as number
  }
  return { bits, heads, weights, biases }
}

const rarity = (examples: readonly TextExample[], buckets: number): Float32Array => {
  const counts = new Float64Array(buckets)
  for (const { row } of examples) for (const at of row.at) counts[at] = (counts[at] as number) + 1
  return Float32Array.from(counts, (count) => (1 + Math.log((1 + examples.length) / (1 + count))) / 4)
}

type HeadOptions = LinearTextOptions & {
  readonly head: number
  readonly scale: Float32Array
  readonly start: Float64Array
}

/** Weights of one head, bias last. The step from `start` is what is penalised, in units of `scale`. */
const fitHead = (
  examples: readonly TextExample[],
  { head, scale, start, l2, balance, iterationsMax }: HeadOptions,
): Float64Array => {
  const used = usedBuckets(examples, scale.length)
  const size = used.list.length
  const n = examples.length
  const yes = examples.reduce((sum, { labels }) => sum + (labels[head] as number), 0)
  const up = yes === 0 || yes === n ? 1 : ((n - yes) / yes) ** balance
  const norm = n / (yes * up + (n - yes))
  const at = examples.map(({ row }) => Int32Array.from(row.at, (bucket) => used.place[bucket] as number))
  const value = examples.map(({ row }) => row.value.map((v, i) => v * (scale[row.at[i] as number] as number)))
  const offset = Float64Array.from(examples, ({ row }) => scoreOf(row, start))
  const step = new Float64Array(size + 1)
  minimise(
    (x, gradient) => {
      gradient.fill(0)
      let loss = 0
      for (let e = 0; e < n; e++) {
        const { labels, weight = 1 } = examples[e] as TextExample
        const places = at[e] as Int32Array
        const values = value[e] as Float32Array
        let score = (offset[e] as number) + (x[size] as number)
        for (let i = 0; i < places.length; i++)
          score += (values[i] as number) * (x[places[i] as number] as number)
        const label = labels[head] as number
        const w = weight * norm * (label === 1 ? up : 1)
        const signed = label === 1 ? score : -score
        loss += w * (signed > 0 ? Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed)) - signed)
        const pull = w * (1 / (1 + Math.exp(-score)) - label)
        for (let i = 0; i < places.length; i++) {
          const p = places[i] as number
          gradient[p] = (gradient[p] as number) + pull * (values[i] as number)
        }
        gradient[size] = (gradient[size] as number) + pull
      }
      for (let p = 0; p < size; p++) {
        const v = x[p] as number
        loss += (l2 / 2) * v * v
        gradient[p] = (gradient[p] as number) + l2 * v
      }
      return loss
    },
    step,
    { iterationsMax, gradientMax: 1e-3 },
  )
  const result = start.slice()
  used.list.forEach((bucket, p) => {
    result[bucket] = (result[bucket] as number) + (step[p] as number) * (scale[bucket] as number)
  })
  result[scale.length] = (result[scale.length] as number) + (step[size] as number)
  return result
}

const usedBuckets = (
  examples: readonly TextExample[],
  buckets: number,
): { readonly list: readonly number[]; readonly place: Int32Array } => {
  const place = new Int32Array(buckets).fill(-1)
  for (const { row } of examples) for (const bucket of row.at) place[bucket] = 0
  const list: number[] = []
  place.forEach((seen, bucket) => {
    if (seen < 0) return
    place[bucket] = list.length
    list.push(bucket)
  })
  return { list, place }
}

const scoreOf = ({ at, value }: FeatureRow, weights: Float64Array): number => {
  let score = weights[weights.length - 1] as number
  for (let i = 0; i < at.length; i++) score += (value[i] as number) * (weights[at[i] as number] as number)
  return score
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
