// Learning the tone of one language from texts that people have labelled: a fifth is held back to calibrate the
// probabilities, to choose where each class begins, and for the exam against the lists of words. Same examples, same model.

import { present } from '../../kernel/assert.ts'
import { Failure } from '../../kernel/failure.ts'
import { hash32 } from '../../kernel/hash.ts'
import { minimise } from '../../model/index.ts'
import { EMOTIONS, type Emotion } from './emotions.ts'
import { createFeatureReader, featuresOf } from './features.ts'
import { maskText, NO_FOCUS, type Focus } from './mask-text.ts'
import {
  fitLinearText,
  probabilityOf,
  scoreLinearText,
  type LinearText,
  type LinearTextOptions,
  type TextExample,
} from './linear-text.ts'
import { lexicalFeatures, SENTIMENTS, toneOf, type Sentiment } from './tone.ts'
import type { Heads, HeadCut, ToneModel } from './tone-model.ts'

export type ToneExample = {
  /** Normalised. */
  readonly text: string
  readonly focus?: Focus
  /** What it is towards the name; left out where only emotions are known. */
  readonly sentiment?: Sentiment
  /** Those felt, maybe none; left out where they are not known. */
  readonly emotions?: readonly Emotion[]
  /** 1 unless a person's correction is to count more. */
  readonly weight?: number
}

export type TrainToneInput = {
  readonly language: 'ru' | 'en'
  readonly examples: readonly ToneExample[]
  readonly version: string
  /** What is known already: the model is held near it. */
  readonly known?: ToneModel
  readonly options?: Partial<TrainToneOptions>
}

export type ToneWay = Pick<LinearTextOptions, 'l2' | 'evenness'>

export type TrainToneOptions = {
  readonly bits: number
  /** The one that tells best what is held back is taken. */
  readonly ways: readonly ToneWay[]
  readonly balance: number
  readonly iterationsMax: number
}

export const TRAIN_TONE_DEFAULTS: TrainToneOptions = {
  bits: 18,
  ways: [
    { l2: 0.3, evenness: Infinity },
    { l2: 1, evenness: 0.5 },
    { l2: 2, evenness: 0.5 },
    { l2: 4, evenness: 0.5 },
  ],
  balance: 0.5,
  iterationsMax: 40,
}
export const TONE_EXAMPLES_MAX = 100_000
export const TONE_EXAMPLES_MIN = 200

export type ToneExam = {
  readonly examples: number
  readonly heldOut: number
  /** Mean F1 of negative and positive on what was held back; null where nothing was to be learnt. */
  readonly sentimentF1: number | null
  readonly lexiconF1: number | null
  /** F1 of each emotion. */
  readonly emotionF1: Readonly<Record<Emotion, number>> | null
}

export type TrainedTone = {
  readonly model: ToneModel
  readonly exam: ToneExam
  /** Whether it beats the lists of words; a model that does not is not to be used. */
  readonly isBetter: boolean
}

/** Throws Failures `tone.examples_few`, `tone.examples_many`, `tone.one_class`. */
export const trainTone = ({ language, examples, version, known, options }: TrainToneInput): TrainedTone => {
  const all = {
    ...TRAIN_TONE_DEFAULTS,
    ...options,
    ...(known === undefined ? {} : { bits: known.reader.bits }),
  }
  checkSize(examples)
  const reader = createFeatureReader(all.bits)
  const rows = examples.map((example) => {
    const masked = maskText(example.text, example.focus ?? NO_FOCUS)
    const row = featuresOf(reader, masked, lexicalFeatures({ text: example.text, language }))
    return { example, row, isHeld: hash32(masked, 5) % 5 === 0 }
  })
  const pick = (has: (example: ToneExample) => boolean, labels: (example: ToneExample) => Uint8Array) =>
    rows
      .filter(({ example }) => has(example))
      .map(({ example, row, isHeld }) => ({
        example,
        isHeld,
        fit: { row, labels: labels(example), weight: example.weight ?? 1 },
      }))
  const toned = pick(
    ({ sentiment }) => sentiment !== undefined,
    ({ sentiment }) => Uint8Array.from(SENTIMENTS, (one) => (one === sentiment ? 1 : 0)),
  )
  const felt = pick(
    ({ emotions }) => emotions !== undefined,
    ({ emotions }) => Uint8Array.from(EMOTIONS, (one) => (emotions?.includes(one) === true ? 1 : 0)),
  )
  const sentiment =
    toned.length < TONE_EXAMPLES_MIN
      ? null
      : fitHeads(toned, { ...all, isExclusive: true, known: known?.sentiment ?? null })
  const emotions =
    felt.length < TONE_EXAMPLES_MIN
      ? null
      : fitHeads(felt, { ...all, isExclusive: false, known: known?.emotions ?? null })
  if (sentiment === null && emotions === null) throw few(Math.max(toned.length, felt.length))
  const sentimentF1 = sentiment === null ? null : ((sentiment.f1[0] ?? 0) + (sentiment.f1[2] ?? 0)) / 2
  const lexiconF1 =
    sentiment === null
      ? null
      : lexiconOn(
          toned.filter(({ isHeld }) => isHeld).map(({ example }) => example),
          language,
        )
  return {
    model: {
      version,
      language,
      sentiment: sentiment?.heads ?? known?.sentiment ?? null,
      emotions: emotions?.heads ?? known?.emotions ?? null,
      reader,
    },
    exam: {
      examples: examples.length,
      heldOut: rows.filter(({ isHeld }) => isHeld).length,
      sentimentF1,
      lexiconF1,
      emotionF1: emotions === null ? null : emotionRecord(emotions.f1),
    },
    isBetter: sentimentF1 === null || lexiconF1 === null || sentimentF1 > lexiconF1,
  }
}

const few = (found: number): Failure =>
  new Failure({
    code: 'tone.examples_few',
    message: `There are ${found} labelled texts; a model needs ${TONE_EXAMPLES_MIN}.`,
    hint: 'Label more of them; until then the lists of words speak.',
  })

const checkSize = ({ length }: readonly ToneExample[]): void => {
  if (length < TONE_EXAMPLES_MIN) throw few(length)
  if (length > TONE_EXAMPLES_MAX)
    throw new Failure({
      code: 'tone.examples_many',
      message: `There are ${length} labelled texts, more than ${TONE_EXAMPLES_MAX}.`,
      hint: 'Take a random sample of them.',
    })
}

const emotionRecord = (values: readonly number[]): Readonly<Record<Emotion, number>> => ({
  joy: values[0] ?? 0,
  sadness: values[1] ?? 0,
  anger: values[2] ?? 0,
  fear: values[3] ?? 0,
  surprise: values[4] ?? 0,
})

type Row = { readonly isHeld: boolean; readonly fit: TextExample }

type FitHeadsOptions = TrainToneOptions & { readonly isExclusive: boolean; readonly known: Heads | null }

/** Fits on four fifths, calibrates and cuts on the rest, then fits on all. `f1` is of the rest, by head. */
const fitHeads = (
  rows: readonly Row[],
  { isExclusive, known, ...options }: FitHeadsOptions,
): { readonly heads: Heads; readonly f1: readonly number[] } => {
  const held = rows.filter(({ isHeld }) => isHeld).map(({ fit }) => fit)
  const kept = rows.filter(({ isHeld }) => !isHeld).map(({ fit }) => fit)
  const heads = (rows[0] as Row).fit.labels.length
  const counts = Array.from({ length: heads }, (_, h) => kept.filter(({ labels }) => labels[h] === 1).length)
  if (counts.filter((count) => count > 0).length < (isExclusive ? 2 : 1) || held.length === 0)
    throw new Failure({
      code: 'tone.one_class',
      message: 'All labelled texts have the same label.',
      hint: 'A model learns from the difference: label texts of each kind.',
    })
  const fit = (examples: readonly TextExample[], way: ToneWay): LinearText =>
    fitLinearText(examples, { ...options, ...way, heads, ...(known === null ? {} : { known: known.model }) })
  const [best] = options.ways
    .map((way) => ({ way, ...judged(fit(kept, way), held) }))
    .toSorted((left, right) => left.loss - right.loss)
  const { way, calibration, probabilities } = present(best, 'a way to learn')
  const labels = held.map((one) => one.labels)
  const cuts = isExclusive
    ? exclusiveCuts(probabilities, labels)
    : counts.map((_, h) => bestCut(probabilities, labels, h))
  const f1 = counts.map((_, h) =>
    f1Of(
      probabilities.map((p) =>
        isExclusive ? winner(p, cuts) === h : (p[h] as number) >= (cuts[h] as number),
      ),
      labels.map((label) => label[h] === 1),
    ),
  )
  return {
    heads: {
      model: fit(
        rows.map((row) => row.fit),
        way,
      ),
      calibration: calibration.map((one, h): HeadCut => ({ ...one, cut: cuts[h] as number })),
    },
    f1,
  }
}

/** A model's calibrated probabilities of what was held back, and how badly they tell it. */
const judged = (model: LinearText, held: readonly TextExample[]) => {
  const scores = held.map(({ row }) => {
    const out = new Float64Array(model.heads)
    scoreLinearText(model, row, out)
    return out
  })
  const calibration = Array.from({ length: model.heads }, (_, h) =>
    calibrate(
      scores.map((score) => score[h] as number),
      held.map(({ labels }) => labels[h] as number),
    ),
  )
  const probabilities = scores.map((score) =>
    calibration.map(({ slope, shift }, h) => probabilityOf(slope * (score[h] as number) + shift)),
  )
  const loss = probabilities.reduce(
    (sum, row, i) => row.reduce((total, p, h) => total - Math.log(held[i]?.labels[h] === 1 ? p : 1 - p), sum),
    0,
  )
  return { calibration, probabilities, loss }
}

/** Platt's sigmoid on held-out scores, with his smoothed targets (Platt 1999). */
const calibrate = (
  scores: readonly number[],
  labels: readonly number[],
): { slope: number; shift: number } => {
  const yes = labels.reduce((sum, label) => sum + label, 0)
  const high = (yes + 1) / (yes + 2)
  const low = 1 / (labels.length - yes + 2)
  const at = Float64Array.of(1, 0)
  minimise((x, gradient) => {
    gradient.fill(0)
    let loss = 0
    scores.forEach((score, i) => {
      const z = (x[0] as number) * score + (x[1] as number)
      const target = labels[i] === 1 ? high : low
      const p = probabilityOf(z)
      loss -= target * Math.log(Math.max(p, 1e-12)) + (1 - target) * Math.log(Math.max(1 - p, 1e-12))
      gradient[0] = (gradient[0] as number) + (p - target) * score
      gradient[1] = (gradient[1] as number) + (p - target)
    })
    return loss
  }, at)
  // A score that says the opposite on what was held back says nothing.
  return { slope: Math.max(0.01, at[0] as number), shift: at[1] as number }
}

/** The class whose probability is the largest multiple of its cut. */
export const winner = (probabilities: readonly number[], cuts: readonly number[]): number => {
  let best = 0
  for (let h = 1; h < cuts.length; h++)
    if (
      (probabilities[h] as number) * (cuts[best] as number) >
      (probabilities[best] as number) * (cuts[h] as number)
    )
      best = h
  return best
}

const GRID = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.8, 2.2]

/** Cuts of the negative and positive class, of neutral 1, by the mean F1 of all classes; pulled half-way to 1. */
const exclusiveCuts = (
  probabilities: readonly (readonly number[])[],
  labels: readonly Uint8Array[],
): readonly number[] => {
  const cuts = [1, 1, 1]
  const truth = labels.map((label) => label.indexOf(1))
  const quality = (): number => {
    const said = probabilities.map((p) => winner(p, cuts))
    return (
      [0, 1, 2].reduce(
        (sum, h) =>
          sum +
          f1Of(
            said.map((s) => s === h),
            truth.map((t) => t === h),
          ),
        0,
      ) / 3
    )
  }
  for (let round = 0; round < 2; round++)
    for (const h of [0, 2]) {
      let best = { cut: 1, quality: -1 }
      for (const cut of GRID) {
        cuts[h] = cut
        const found = quality()
        if (found > best.quality + 1e-9) best = { cut, quality: found }
      }
      cuts[h] = best.cut
    }
  return cuts.map((cut) => Math.sqrt(cut))
}

const bestCut = (
  probabilities: readonly (readonly number[])[],
  labels: readonly Uint8Array[],
  h: number,
): number => {
  const truth = labels.map((label) => label[h] === 1)
  let best = { cut: 0.5, quality: 0 }
  for (let cut = 0.1; cut < 0.85; cut += 0.05) {
    const said = probabilities.map((p) => (p[h] as number) >= cut)
    const quality = f1Of(said, truth)
    if (quality > best.quality + 1e-9) best = { cut, quality }
  }
  return best.cut
}

/** F1 of one class. */
export const f1Of = (said: readonly boolean[], truth: readonly boolean[]): number => {
  let hit = 0
  let wrong = 0
  said.forEach((one, i) => {
    if (one && truth[i] === true) hit++
    else if (one !== truth[i]) wrong++
  })
  return hit === 0 ? 0 : (2 * hit) / (2 * hit + wrong)
}

const lexiconOn = (held: readonly ToneExample[], language: 'ru' | 'en'): number => {
  const said = held.map(({ text }) => toneOf({ text, language }, {}).sentiment)
  const of = (one: Sentiment) =>
    f1Of(
      said.map((s) => s === one),
      held.map(({ sentiment }) => sentiment === one),
    )
  return (of('negative') + of('positive')) / 2
}
