// A learnt tone of one language: heads for negative, neutral and positive and for the emotions, over the same features.
// Kept as bytes of a bounded size (one per weight), so that it can stand in an event or a file.

import { Failure } from '../../kernel/failure.ts'
import { createFeatureReader, type FeatureReader, type FeatureRow } from './features.ts'
import { joinLinearTexts, probabilityOf, scoreLinearText, type LinearText } from './linear-text.ts'

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
  const joint = jointOf(model)
  const scores = new Float64Array(joint.heads)
  scoreLinearText(joint, row, scores)
  const toned = model.sentiment?.model.heads ?? 0
  const sentiment =
    model.sentiment === null ? null : probabilities(model.sentiment, scores.subarray(0, toned))
  const sum = sentiment?.reduce((total, value) => total + value, 0) ?? 1
  return {
    sentiment: sentiment?.map((value) => value / sum) ?? null,
    emotions: model.emotions === null ? null : probabilities(model.emotions, scores.subarray(toned)),
  }
}

const joints = new WeakMap<ToneModel, LinearText>()
/** All heads side by side: what a bucket says to each of them lies in one line of the cache. */
const jointOf = (model: ToneModel): LinearText => {
  const known = joints.get(model)
  if (known !== undefined) return known
  const parts = [model.sentiment, model.emotions].flatMap((heads) => heads?.model ?? [])
  const joint = joinLinearTexts(parts)
  joints.set(model, joint)
  return joint
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
