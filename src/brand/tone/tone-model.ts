// A learnt tone of one language: heads for negative, neutral and positive and for the emotions, over the same features.
// Kept as bytes of a bounded size (one per weight), so that it can stand in an event or a file.

import { Failure } from '../../kernel/failure.ts'
import { createFeatureReader, type FeatureReader, type FeatureRow } from './features.ts'
import { joinLinearTexts, probabilityOf, type LinearText } from './linear-text.ts'

/**
 * Scores of a head as probabilities: 1 / (1 + exp(−(slope · score + shift))). `cut` is where its class begins: of
 * emotions a probability, of sentiments the weight that the probability is divided by before they are compared.
 */
export type HeadCut = { readonly slope: number; readonly shift: number; readonly cut: number }

export type Heads = { readonly model: LinearText; readonly calibration: readonly HeadCut[] }

export type ToneModel = {
  readonly version: string
  readonly language: 'ru' | 'en'
  readonly sentiment: Heads | null
  readonly emotions: Heads | null
  readonly reader: FeatureReader
}

/** What is kept of heads: each weight a signed byte of its head's step. */
export type PackedHeads = {
  readonly bits: number
  readonly biases: readonly number[]
  readonly steps: readonly number[]
  readonly calibration: readonly HeadCut[]
  /** base64, by bucket, then head. */
  readonly weights: string
}

export type PackedTone = {
  readonly version: string
  readonly language: 'ru' | 'en'
  readonly sentiment: PackedHeads | null
  readonly emotions: PackedHeads | null
}

/** Characters of one kept model. */
export const PACKED_CHARS_MAX = 4_000_000

export type Scored = {
  /** Probabilities of negative, neutral, positive, together 1. */
  readonly sentiment: readonly number[] | null
  /** Of each emotion alone. */
  readonly emotions: readonly number[] | null
}

export const scoreText = (model: ToneModel, row: FeatureRow): Scored => {
  const scores = jointScores(jointOf(model), row)
  const toned = model.sentiment?.model.heads ?? 0
  const sentiment =
    model.sentiment === null ? null : probabilities(model.sentiment, scores.subarray(0, toned))
  const sum = sentiment?.reduce((total, value) => total + value, 0) ?? 1
  return {
    sentiment: sentiment?.map((value) => value / sum) ?? null,
    emotions: model.emotions === null ? null : probabilities(model.emotions, scores.subarray(toned)),
  }
}

/** All heads side by side, filled up to fours: what a bucket says to each of them lies in one line of the cache. */
type Joint = {
  readonly heads: number
  readonly stride: number
  readonly weights: Float32Array
  readonly scores: Float64Array
  readonly biases: Float64Array
}

const joints = new WeakMap<ToneModel, Joint>()
const jointOf = (model: ToneModel): Joint => {
  const known = joints.get(model)
  if (known !== undefined) return known
  const { bits, heads, weights, biases } = joinLinearTexts(
    [model.sentiment, model.emotions].flatMap((one) => one?.model ?? []),
  )
  const stride = Math.ceil(heads / 4) * 4
  const joint = {
    heads,
    stride,
    weights: new Float32Array(2 ** bits * stride),
    scores: new Float64Array(stride),
    biases: new Float64Array(stride),
  }
  joint.biases.set(biases)
  for (let bucket = 0; bucket < 2 ** bits; bucket++)
    joint.weights.set(weights.subarray(bucket * heads, (bucket + 1) * heads), bucket * stride)
  joints.set(model, joint)
  return joint
}

/** Log-odds by head, good until the next call; four heads at a time, so that their sums need no memory. */
const jointScores = ({ heads, stride, weights, scores, biases }: Joint, { at, value }: FeatureRow) => {
  for (let head = 0; head < heads; head += 4) {
    let a = biases[head] as number
    let b = biases[head + 1] as number
    let c = biases[head + 2] as number
    let d = biases[head + 3] as number
    for (let i = 0; i < at.length; i++) {
      const place = (at[i] as number) * stride + head
      const v = value[i] as number
      a += v * (weights[place] as number)
      b += v * (weights[place + 1] as number)
      c += v * (weights[place + 2] as number)
      d += v * (weights[place + 3] as number)
    }
    scores[head] = a
    scores[head + 1] = b
    scores[head + 2] = c
    scores[head + 3] = d
  }
  return scores.subarray(0, heads)
}

const probabilities = ({ calibration }: Heads, scores: Float64Array): readonly number[] => {
  const found: number[] = []
  for (let head = 0; head < scores.length; head++) {
    const { slope, shift } = calibration[head] as HeadCut
    found.push(probabilityOf(slope * (scores[head] as number) + shift))
  }
  return found
}

export const packHeads = ({ model, calibration }: Heads): PackedHeads => {
  const { heads, weights, bits } = model
  const steps = Array.from({ length: heads }, (_, head) => {
    let most = 1e-9
    for (let at = head; at < weights.length; at += heads)
      most = Math.max(most, Math.abs(weights[at] as number))
    return most / 127
  })
  const bytes = Int8Array.from(weights, (weight, at) => Math.round(weight / (steps[at % heads] as number)))
  return { bits, biases: [...model.biases], steps, calibration, weights: toBase64(bytes) }
}

/** Throws Failure `tone.model_invalid` on what cannot be a kept model. */
export const unpackHeads = ({ bits, biases, steps, calibration, weights }: PackedHeads): Heads => {
  const heads = biases.length
  const bytes = fromBase64(weights)
  const finite = [...biases, ...steps, ...calibration.flatMap(({ slope, shift, cut }) => [slope, shift, cut])]
  const isWhole =
    bytes.length === 2 ** bits * heads &&
    steps.length === heads &&
    calibration.length === heads &&
    finite.every(Number.isFinite)
  if (!isWhole)
    throw new Failure({
      code: 'tone.model_invalid',
      message: 'The kept tone model is torn or of another form.',
      hint: 'Train it anew with windvane tone train.',
    })
  const values = new Float32Array(bytes.length)
  for (let at = 0; at < bytes.length; at++) values[at] = (bytes[at] as number) * (steps[at % heads] as number)
  return { model: { bits, heads, weights: values, biases: Float64Array.from(biases) }, calibration }
}

export const packTone = ({ version, language, sentiment, emotions }: ToneModel): PackedTone => ({
  version,
  language,
  sentiment: sentiment === null ? null : packHeads(sentiment),
  emotions: emotions === null ? null : packHeads(emotions),
})

/** Throws Failure `tone.model_invalid`. */
export const unpackTone = ({ version, language, sentiment, emotions }: PackedTone): ToneModel => {
  const bits = sentiment?.bits ?? emotions?.bits ?? 1
  if (sentiment !== null && emotions !== null && sentiment.bits !== emotions.bits)
    throw new Failure({
      code: 'tone.model_invalid',
      message: 'The heads of the tone model do not fit together.',
    })
  return {
    version,
    language,
    sentiment: sentiment === null ? null : unpackHeads(sentiment),
    emotions: emotions === null ? null : unpackHeads(emotions),
    reader: createFeatureReader(bits),
  }
}

const toBase64 = (bytes: Int8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 24_576)
    text += btoa(
      String.fromCharCode(
        ...new Uint8Array(bytes.buffer, bytes.byteOffset + at, Math.min(24_576, bytes.length - at)),
      ),
    )
  return text
}

/** Loops, not `from` with a function: each start of the product does this for millions of weights. */
const fromBase64 = (text: string): Int8Array => {
  const units = atob(text)
  const bytes = new Int8Array(units.length)
  for (let at = 0; at < units.length; at++) bytes[at] = units.charCodeAt(at)
  return bytes
}
