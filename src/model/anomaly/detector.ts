// A streaming detector for one figure: how surprising is this value, given what was usual? It sees each value
// once, keeps a bounded memory and learns after it has judged.

import { Failure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'
import { createBaseline, learnBaseline, usualNow, type Baseline, type ViewName } from './baseline.ts'
import { countTails, normalSize, shareTails, type Tails } from './distributions.ts'
import {
  createPageHinkley,
  learnShift,
  PAGE_HINKLEY_DEFAULTS,
  peekShift,
  type PageHinkley,
  type PageHinkleyOptions,
} from './page-hinkley.ts'
import { createOverall, learnOverall, overallRarity, type Overall } from './overall.ts'
import { createTail, learnTail, tailProbability, type Tail } from './tail.ts'

/** What the figure is: any number, a count of things, or a share of trials. */
export type AnomalyKind = 'value' | 'count' | 'rate'

export type AnomalyOptions = {
  readonly kind: AnomalyKind
  /** Share of the newest residual in the smoothed one. */
  readonly smoothing: number
  readonly shift: PageHinkleyOptions
}

export const ANOMALY_DEFAULTS: AnomalyOptions = {
  kind: 'value',
  smoothing: 0.1,
  shift: PAGE_HINKLEY_DEFAULTS,
}

export type Observation = {
  /** Milliseconds since the epoch, never before the last one learnt. */
  readonly at: number
  /** The value; for a rate the number of successes. */
  readonly value: number
  /** For a rate: of how many. */
  readonly trials?: number
}

export type Anomaly = {
  /** −log10 of the probability of something as rare as this: 3 is one in a thousand. */
  readonly surprise: number
  /** What made it so. */
  readonly cause: 'spike' | 'drift' | 'level_shift' | 'extreme'
  readonly expected: number
  /** Distance from the expected in robust standard deviations. */
  readonly z: number
  readonly view: ViewName | 'none'
}

export type AnomalyDetector = {
  readonly options: AnomalyOptions
  readonly baseline: Baseline
  readonly spikes: Tail
  readonly drifts: Tail
  readonly overall: Overall
  readonly shift: PageHinkley
  /** Smoothed residual, last time, mean excess variance, its weight. */
  readonly now: Float64Array
}

const SMOOTHED = 0
const LAST_AT = 1
const EXCESS = 2
const EXCESS_WEIGHT = 3
const EXCESS_SHARE = 0.02
const Z_MAX = 50
/** Surprise of a level shift: of the order of once in many thousand values at the default limit. */
const SHIFT_SURPRISE = 4
const SURPRISE_MAX = 30

export const createAnomalyDetector = (options: Partial<AnomalyOptions> = {}): AnomalyDetector => {
  const now = new Float64Array(4)
  now[LAST_AT] = Number.NEGATIVE_INFINITY
  return {
    options: { ...ANOMALY_DEFAULTS, ...options },
    baseline: createBaseline(),
    spikes: createTail(),
    drifts: createTail(),
    overall: createOverall(),
    shift: createPageHinkley(),
    now,
  }
}

/**
 * How surprising the observation is; the detector stays as it is. Throws Failures `anomaly.not_finite`,
 * `anomaly.out_of_order`, `anomaly.no_count`, `anomaly.no_share`.
 * @example predictOne(createAnomalyDetector(), { at: 0, value: 1 }).surprise // 0
 */
export const predictOne = (detector: AnomalyDetector, observation: Observation): Anomaly => {
  check(detector, observation)
  const standing = standOf(detector, observation)
  if (standing === undefined)
    return { surprise: 0, cause: 'spike', expected: figureOf(detector, observation), z: 0, view: 'none' }
  const { z, expected, view } = standing
  const { spikes, drifts, shift, now, options } = detector
  const spike = tailProbability(spikes, Math.abs(z))
  const drift = tailProbability(drifts, Math.abs(smoothedAfter(now, z, options)))
  const [up, down] = peekShift(shift, z, options.shift)
  const moved = Math.max(up, down) > options.shift.limit
  // Shares of few and of many trials have no range in common.
  const rare =
    options.kind === 'rate'
      ? null
      : overallRarity(detector.overall, observation.value, options.kind === 'count')
  const extreme = rare?.probability ?? 1
  // Three looks at the same value: each counts three times (Bonferroni).
  const surprise = Math.min(SURPRISE_MAX, -Math.log10(Math.min(1, LOOKS * Math.min(spike, drift, extreme))))
  if (moved && surprise < SHIFT_SURPRISE)
    return { surprise: SHIFT_SURPRISE, cause: 'level_shift', expected, z, view }
  if (rare !== null && extreme < Math.min(spike, drift))
    return { surprise: surprise + 0, cause: 'extreme', expected: rare.mean, z: rare.z, view: 'none' }
  return { surprise: surprise + 0, cause: spike <= drift ? 'spike' : 'drift', expected, z, view }
}

const LOOKS = 3

/** Takes the observation in. Throws as {@link predictOne}. */
export const learnOne = (detector: AnomalyDetector, observation: Observation): void => {
  check(detector, observation)
  const { options, now, spikes, drifts, shift, baseline } = detector
  const standing = standOf(detector, observation)
  if (standing !== undefined) {
    now[SMOOTHED] = smoothedAfter(now, standing.z, options)
    learnTail(spikes, Math.abs(standing.z))
    learnTail(drifts, Math.abs(now[SMOOTHED]))
    learnShift(shift, standing.z, options.shift)
    learnExcess(detector, observation, standing.expected)
  }
  now[LAST_AT] = observation.at
  if (options.kind !== 'rate') learnOverall(detector.overall, observation.value)
  learnBaseline(baseline, observation.at, figureOf(detector, observation))
}

const smoothedAfter = (now: Float64Array, z: number, { smoothing }: AnomalyOptions): number =>
  (now[SMOOTHED] as number) +
  smoothing * (Math.max(-SMOOTH_CLIP, Math.min(SMOOTH_CLIP, z)) - (now[SMOOTHED] as number))
const SMOOTH_CLIP = 8

/** What the baseline follows: the value itself, or the share. */
const figureOf = ({ options }: AnomalyDetector, { value, trials = 1 }: Observation): number =>
  options.kind === 'rate' ? value / trials : value

type Standing = { readonly z: number; readonly expected: number; readonly view: ViewName }

const standOf = (detector: AnomalyDetector, observation: Observation): Standing | undefined => {
  const usual = usualNow(detector.baseline, observation.at)
  if (usual === undefined) return undefined
  const { expected, view, sigma } = usual
  const figure = figureOf(detector, observation)
  const tails = tailsOf(detector, observation, expected)
  const size =
    tails === undefined ? Math.abs(figure - expected) / sigma : normalSize(Math.min(tails.lower, tails.upper))
  return { z: Math.sign(figure - expected) * Math.min(Z_MAX, size), expected, view }
}

const tailsOf = (
  { options, now }: AnomalyDetector,
  { value, trials = 1 }: Observation,
  expected: number,
): Tails | undefined => {
  const excess =
    (now[EXCESS_WEIGHT] as number) > 0 ? (now[EXCESS] as number) / (now[EXCESS_WEIGHT] as number) : 0
  if (options.kind === 'count') return countTails(value, Math.max(expected, MEAN_MIN), Math.max(0, excess))
  if (options.kind === 'rate') {
    const share = Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, expected))
    return shareTails(value, trials, share, 1 / Math.max(excess, PRECISION_MIN))
  }
  return undefined
}

const MEAN_MIN = 0.05
const SHARE_MIN = 1e-4
const PRECISION_MIN = 1e-5
/** A single outlier must not make everything look normal. */
const EXCESS_CLIP = 9

/** Variance beyond Poisson or binomial, relative to the square of the mean or to its own largest. */
const learnExcess = (
  { options, now }: AnomalyDetector,
  { value, trials = 1 }: Observation,
  expected: number,
): void => {
  if (options.kind === 'value') return
  const isRate = options.kind === 'rate'
  const mean = isRate
    ? Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, expected)) * trials
    : Math.max(expected, MEAN_MIN)
  const own = isRate ? mean * (1 - mean / trials) : mean
  const unit = isRate ? own * Math.max(1, trials - 1) : mean * mean
  const known =
    (now[EXCESS_WEIGHT] as number) > 0
      ? Math.max(0, (now[EXCESS] as number) / (now[EXCESS_WEIGHT] as number))
      : 0
  const square = Math.min((value - mean) ** 2, EXCESS_CLIP * (own + known * unit))
  now[EXCESS] = (now[EXCESS] as number) * (1 - EXCESS_SHARE) + EXCESS_SHARE * ((square - own) / unit)
  now[EXCESS_WEIGHT] = (now[EXCESS_WEIGHT] as number) * (1 - EXCESS_SHARE) + EXCESS_SHARE
}

const check = ({ options, now }: AnomalyDetector, { at, value, trials }: Observation): void => {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new Failure({ code, message, hint })
  }
  if (!Number.isFinite(at) || !Number.isFinite(value) || (trials !== undefined && !Number.isFinite(trials)))
    refuse(
      'anomaly.not_finite',
      `The value ${value} at ${at} is no number.`,
      'Leave out what was not measured.',
    )
  if (at < (now[LAST_AT] as number))
    refuse('anomaly.out_of_order', `${at} is before ${now[LAST_AT]}, the last one learnt.`, 'Sort by time.')
  if (options.kind === 'count' && value < 0)
    refuse('anomaly.no_count', `${value} is no count.`, 'Counts are 0 or more; use the kind value.')
  if (options.kind === 'rate' && !(trials !== undefined && trials >= 1 && value >= 0 && value <= trials))
    refuse(
      'anomaly.no_share',
      `${value} of ${trials} is no share.`,
      'Give successes and trials, 0 ≤ successes ≤ trials.',
    )
}

/** Everything the detector knows. */
export const dumpDetector = ({
  options,
  baseline,
  spikes,
  drifts,
  overall,
  shift,
  now,
}: AnomalyDetector): Dump => ({
  options: JSON.parse(JSON.stringify(options)),
  weekRings: flat(baseline.weekRings),
  dayRings: flat(baseline.dayRings),
  residuals: flat(baseline.residuals),
  scales: baseline.scales.slice(),
  errors: baseline.errors.slice(),
  seen: baseline.seen.slice(),
  baselineNow: baseline.now.slice(),
  spikes: flat([spikes.ring, spikes.fit]),
  drifts: flat([drifts.ring, drifts.fit]),
  overall: flat([overall.tail.ring, overall.tail.fit, overall.moments]),
  shift: shift.slice(),
  now: now.slice(),
})

/** The detector of a dump, going on as if it had never stopped. */
export const restoreDetector = (dump: Dump): AnomalyDetector => {
  const detector = createAnomalyDetector(dump['options'] as Partial<AnomalyOptions>)
  const { baseline, spikes, drifts, overall, shift, now } = detector
  fill(dump['weekRings'], baseline.weekRings)
  fill(dump['dayRings'], baseline.dayRings)
  fill(dump['residuals'], baseline.residuals)
  fill(dump['scales'], [baseline.scales])
  fill(dump['errors'], [baseline.errors])
  fill(dump['seen'], [baseline.seen])
  fill(dump['baselineNow'], [baseline.now])
  fill(dump['spikes'], [spikes.ring, spikes.fit])
  fill(dump['drifts'], [drifts.ring, drifts.fit])
  fill(dump['overall'], [overall.tail.ring, overall.tail.fit, overall.moments])
  fill(dump['shift'], [shift])
  fill(dump['now'], [now])
  return detector
}

const flat = (arrays: readonly Float64Array[]): Float64Array =>
  Float64Array.from(arrays.flatMap((array) => Array.from(array)))

const fill = (column: Dump[string] | undefined, arrays: readonly Float64Array[]): void => {
  const size = arrays.reduce((sum, array) => sum + array.length, 0)
  if (!(column instanceof Float64Array) || column.length !== size)
    throw new Failure({
      code: 'anomaly.dump_unusable',
      message: 'The detector was written by another version.',
      hint: 'Let it learn anew from the log.',
    })
  let from = 0
  for (const array of arrays) {
    array.set(column.subarray(from, from + array.length))
    from += array.length
  }
}
