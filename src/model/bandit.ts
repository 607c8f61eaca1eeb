// The learner behind every decision: predicts the reward of each possible action with a standard error,
// and learns from one settled reward at a time. The state is changed in place, and only here.

import { Failure } from '../kernel/failure.ts'
import { hash32 } from '../kernel/hash.ts'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { Dump } from '../log/dump.ts'
import type { LogEvent } from '../log/port.ts'
import type { ChangeWatch } from './change.ts'
import { beginAnew, createChangeWatch, dumpChangeWatch, restoreChangeWatch, watchChange } from './change.ts'
import type { DenseModel, Link } from './dense.ts'
import { chancesOf, createDense, discountDense, learnDense, resetDense, scoreDense } from './dense.ts'
import { dumpDense, restoreDense } from './dense-dump.ts'
import type { Example, Feature } from './events.ts'
import { learnPriors } from './evidence.ts'
import { MODEL_RESET } from './events.ts'
import type { Encoder, EncoderLimits } from './features.ts'
import { createEncoder, encodeActions, encodeOne, encodeShared, ENCODER_LIMITS } from './features.ts'
import type { HashedModel } from './hashed.ts'
import {
  createHashed,
  discountHashed,
  dumpHashed,
  learnHashed,
  resetHashed,
  restoreHashed,
  scoreHashed,
} from './hashed.ts'
import type { Lengths, Prior } from './prior.ts'
import { createLengths, discountLengths, observeLengths, priorPerWeight } from './prior.ts'
import type { RewardScale } from './reward.ts'
import { createRewardScale, discountRewards, noiseOf, observeReward, winsorise } from './reward.ts'

export type BanditOptions = {
  /** `hashed`: any number of features, microseconds. `dense`: full covariance, up to `dimensionMax` weights. */
  readonly kind: 'hashed' | 'dense'
  /** Hashed: crosses share 2^bits cells. */
  readonly bits: number
  /** Dense: weights, crosses counted; further ones are left out and counted as overflow. */
  readonly dimensionMax: number
  /** Hashed: also crosses the person's features with each other, in the baseline. */
  readonly quadraticShared: boolean
  /** What was learnt this long ago counts half; days of product time. Infinity: never forgets. */
  readonly halfLifeDays: number
  /**
   * Lets most of what was learnt fade at once when the world is seen to have changed (see change.ts). For rewards that
   * effects stand out of; where they hardly do, it finds changes that are none and costs more than it saves.
   */
  readonly changePoints: boolean
  /** Cuts rewards in the far tail (see reward.ts). */
  readonly winsorise: boolean
  readonly prior: Prior
  /** Dense: how far each kind of weight may spread is learnt from the rewards (see evidence.ts); `prior` is where it begins. */
  readonly learnsPrior: boolean
  /** Dense: `logit` for rewards of 0 and 1 only (see dense.ts); its prior is in squared log-odds. */
  readonly link: Link
  readonly limits: EncoderLimits
}

export const BANDIT_DEFAULTS: BanditOptions = {
  kind: 'hashed',
  bits: 18,
  dimensionMax: 256,
  quadraticShared: false,
  halfLifeDays: 60,
  changePoints: false,
  winsorise: true,
  prior: { shared: 0.01, action: 0.05, cross: 0.2 },
  learnsPrior: false,
  link: 'identity',
  limits: ENCODER_LIMITS,
}

export type Bandit = {
  readonly options: BanditOptions
  /** Examples learnt since the last reset. */
  examples: number
  /** Further slices of examples already counted. */
  slices: number
  resets: number
  /** Product day up to which belief has been faded; −1 before the first example. */
  day: number
  readonly model: HashedModel | DenseModel
  readonly reward: RewardScale
  readonly lengths: Lengths
  readonly change: ChangeWatch
  readonly encoder: Encoder
}

export type Scores = {
  /** Predicted reward of each action, in reward units. */
  readonly mean: Float64Array
  /** Standard error of what sets each action apart from the others, in reward units. */
  readonly stderr: Float64Array
  /** Standard deviation of one reward around its prediction: the yardstick for gaps. 0 before any reward varied. */
  readonly noise: number
}

/** A bandit that has learnt nothing. `options` left out are {@link BANDIT_DEFAULTS}. */
export const createBandit = (options: Partial<BanditOptions> = {}): Bandit => {
  const full: BanditOptions = { ...BANDIT_DEFAULTS, ...options }
  checkOptions(full)
  const encoder = createEncoder(full.limits)
  return {
    options: full,
    examples: 0,
    slices: 0,
    resets: 0,
    day: -1,
    model:
      full.kind === 'hashed'
        ? createHashed(full, encoder)
        : createDense(full.dimensionMax, encoder, full.link),
    reward: createRewardScale(),
    lengths: createLengths(),
    change: createChangeWatch(),
    encoder,
  }
}

/** Where scores and then probabilities are put: as long as there are actions. */
export type ScoreRoom = Pick<Scores, 'mean' | 'stderr'> & { readonly probability: Float64Array }

export const createScoreRoom = (actions: number): ScoreRoom => ({
  mean: new Float64Array(actions),
  stderr: new Float64Array(actions),
  probability: new Float64Array(actions),
})

/**
 * Scores each action for one person and moment; changes nothing. Throws a Failure `model.*` on features
 * that are not finite or beyond the limits. The scores are in `room` where one is given, until it is used again.
 */
export const scoreActions = (
  bandit: Bandit,
  input: { readonly shared: readonly Feature[]; readonly actions: readonly (readonly Feature[])[] },
  room: Pick<ScoreRoom, 'mean' | 'stderr'> = createScoreRoom(input.actions.length),
): Scores => {
  const { encoder, model } = bandit
  encodeShared(encoder, input.shared)
  encodeActions(encoder, input.actions)
  const { mean, stderr } = room
  const prior = priorPerWeight(bandit.options.prior, bandit.lengths)
  if (model.kind === 'hashed') scoreHashed(model, encoder, prior, { mean, variance: stderr })
  else scoreDense(model, encoder, prior, { mean, variance: stderr })
  const noise = noiseOf(bandit.reward)
  const inRewards = bandit.options.link === 'logit'
  if (inRewards) chancesOf({ mean, variance: stderr })
  for (let a = 0; a < stderr.length; a++) stderr[a] = (inRewards ? 1 : noise) * Math.sqrt(stderr[a] as number)
  return { mean, stderr, noise }
}

/**
 * Learns from one settled reward. Throws a Failure `model.example_invalid` or another `model.*` on a bad
 * example, and then nothing has changed.
 */
export const learn = (bandit: Bandit, example: Example): void => {
  const { encoder, model, reward: scale, options } = bandit
  checkExample(example)
  if (options.link === 'logit') checkYesNo(example)
  encodeShared(encoder, example.shared)
  encodeOne(encoder, example.action)
  const weight = advance(bandit, example.at)
  const { share = 1, further = false } = example
  const cut = (options.winsorise ? winsorise(scale, example.reward) : example.reward) / share
  observeLengths(bandit.lengths, encoder.shared, encoder.row, weight * share)
  const prior = priorPerWeight(options.prior, bandit.lengths)
  const input = { reward: cut, weight, share }
  const residual =
    model.kind === 'hashed'
      ? learnHashed(model, encoder, prior, input)
      : learnDense(model, encoder, prior, input)
  if (options.changePoints) noteChange(bandit, { reward: cut, share, at: example.at })
  observeReward(scale, { reward: example.reward, residual, weight })
  if (options.learnsPrior && model.kind === 'dense')
    learnPriors(model, options.link === 'logit' ? 1 : noiseOf(scale))
  if (further) bandit.slices++
  else bandit.examples++
}

/** What is left of the old evidence after a change: as much as the new weighs since, so that neither drowns the other. */
const noteChange = (
  bandit: Bandit,
  example: { readonly reward: number; readonly share: number; readonly at: number },
): void => {
  const { at } = example
  const { change, model, options, reward, lengths } = bandit
  const noise = noiseOf(reward)
  if (!(noise > 0)) return
  const residual = ((example.reward - model.expected) * Math.sqrt(example.share)) / noise
  const ago = watchChange(change, { effect: model.effect, residual, at })
  if (ago === 0) return
  const keep = Math.min(0.5, ago / Math.max(1, reward.weight))
  if (model.kind === 'hashed') discountHashed(model, priorPerWeight(options.prior, lengths), keep)
  else discountDense(model, keep)
}

/**
 * Names the state by what it has seen: kind, options, resets and count of examples.
 * @example modelVersionOf(createBandit()) // 'hashed-<hash of the options>-r0-n0'
 */
export const modelVersionOf = (bandit: Bandit): string =>
  `${bandit.options.kind}-${fingerprint(bandit.options)}-r${bandit.resets}${bandit.change.found > 0 ? `-c${bandit.change.found}` : ''}-n${bandit.examples}${bandit.slices > 0 ? `+${bandit.slices}` : ''}`

/** Takes in `model.reset.v1`: back to the prior. Other events leave the bandit as it is. */
export const foldModel = (bandit: Bandit, event: LogEvent): void => {
  if (event.type !== MODEL_RESET) return
  const { model } = bandit
  if (model.kind === 'hashed') resetHashed(model)
  else resetDense(model)
  Object.assign(bandit.reward, { weight: 0, residualSum: 0 })
  bandit.reward.magnitudes.fill(0)
  Object.assign(bandit.lengths, createLengths())
  beginAnew(bandit.change)
  bandit.examples = 0
  bandit.slices = 0
  bandit.day = -1
  bandit.resets++
}

export const dumpBandit = (bandit: Bandit): Dump => {
  const { model, reward, lengths, examples, slices, resets, day } = bandit
  return {
    about: { options: fingerprint(bandit.options), examples, slices, resets, day },
    magnitudes: reward.magnitudes.slice(),
    reward: Float64Array.of(reward.weight, reward.residualSum),
    lengths: Float64Array.of(lengths.weight, lengths.shared, lengths.action),
    change: dumpChangeWatch(bandit.change),
    ...(model.kind === 'hashed' ? dumpHashed(model) : dumpDense(model)),
  }
}

/** The bandit as dumped. Throws a Failure `model.dump_invalid` if it was dumped under other options. */
export const restoreBandit = (dump: Dump, options: Partial<BanditOptions> = {}): Bandit => {
  const bandit = createBandit(options)
  const about = dump['about'] as Partial<Record<'examples' | 'slices' | 'resets' | 'day', number>> & {
    options?: string
  }
  const { magnitudes, reward, lengths } = dump
  if (about?.options !== fingerprint(bandit.options)) {
    throw new Failure({
      code: 'model.dump_invalid',
      message: 'the model was dumped under other options, or is not a model',
      hint: 'delete the snapshot: the model is learnt again from the log',
    })
  }
  const typed = magnitudes instanceof Float64Array && reward instanceof Float64Array
  if (!typed || !(lengths instanceof Float64Array) || !restoreChangeWatch(bandit.change, dump['change'])) {
    throw new Failure({
      code: 'model.dump_invalid',
      message: 'a column of the reward scale, or the watch of changes, is missing',
    })
  }
  bandit.examples = about.examples ?? 0
  bandit.slices = about.slices ?? 0
  bandit.resets = about.resets ?? 0
  bandit.day = about.day ?? -1
  bandit.reward.magnitudes.set(magnitudes)
  bandit.reward.weight = reward[0] as number
  bandit.reward.residualSum = reward[1] as number
  bandit.lengths.weight = lengths[0] as number
  bandit.lengths.shared = lengths[1] as number
  bandit.lengths.action = lengths[2] as number
  if (bandit.model.kind === 'hashed') restoreHashed(bandit.model, dump)
  else restoreDense(bandit.model, dump)
  return bandit
}

/** Fades belief once per product day; returns what an example from `at` still counts. */
const advance = (bandit: Bandit, at: number): number => {
  const day = Math.floor(at / DAY_MS)
  const { model, options } = bandit
  const keepDay = 2 ** (-1 / options.halfLifeDays)
  if (bandit.day < 0) bandit.day = day
  if (day <= bandit.day) return Math.max(keepDay ** (bandit.day - day), WEIGHT_MIN)
  const keep = Math.max(keepDay ** (day - bandit.day), WEIGHT_MIN)
  bandit.day = day
  if (keep < 1) {
    if (model.kind === 'hashed') discountHashed(model, priorPerWeight(options.prior, bandit.lengths), keep)
    else discountDense(model, keep)
    discountLengths(bandit.lengths, keep)
    discountRewards(bandit.reward, keep)
  }
  return 1
}

/** Even after years of silence a trace remains, so that no division meets a zero. */
const WEIGHT_MIN = 1e-9

const checkExample = (example: Example): void => {
  const { reward, propensity, at, share = 1 } = example
  const within = propensity > 0 && propensity <= 1 && share > 0 && share <= 1
  if (Number.isFinite(reward) && Number.isFinite(at) && at >= 0 && within) return
  throw new Failure({
    code: 'model.example_invalid',
    message: `reward ${reward}, propensity ${propensity}, share ${share}, at ${at}`,
    hint: 'reward and time are finite, propensity and share are above 0 and at most 1',
  })
}

const checkYesNo = ({ reward }: Example): void => {
  if (reward === 0 || reward === 1) return
  throw new Failure({
    code: 'model.example_invalid',
    message: `a reward of ${reward} where only 0 and 1 can be`,
    hint: 'learn amounts with the identity link',
  })
}

const checkOptions = (options: BanditOptions): void => {
  const { kind, bits, dimensionMax, halfLifeDays, prior, link } = options
  const positive = [halfLifeDays, prior.shared, prior.action, prior.cross].every((value) => value > 0)
  if (
    positive &&
    (link === 'identity' || kind === 'dense') &&
    Number.isInteger(bits) &&
    bits >= 8 &&
    bits <= 24 &&
    dimensionMax >= 1 &&
    dimensionMax <= 1_024
  ) {
    return
  }
  throw new Failure({
    code: 'model.options_invalid',
    message: `bits ${bits}, dimensionMax ${dimensionMax}, halfLifeDays ${halfLifeDays}, prior ${canonicalJson(prior)}`,
    hint: 'bits 8 to 24, dimensionMax 1 to 1024, half-life and priors above 0; the logit link is for dense models',
  })
}

/**
 * An infinite half-life would be spelt `null` by JSON, hence the text. The usual link is not named, so that models
 * have the versions they had before there was another.
 */
const fingerprint = ({ link, ...options }: BanditOptions): string =>
  hash32(
    canonicalJson({
      ...options,
      ...(link === 'identity' ? {} : { link }),
      halfLifeDays: String(options.halfLifeDays),
    }),
  )
    .toString(16)
    .padStart(8, '0')
