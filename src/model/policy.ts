// From scores to a distribution over the actions. Nothing is drawn here (see choose.ts), so a
// decision's propensities are exact and can be reckoned again.

import type { Static } from 'typebox'
import { Type } from 'typebox'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import { NOTHING } from '../kernel/ids.ts'
import type { Scores } from './bandit.ts'
import { probabilityOfBest } from './best-of.ts'
import type { PolicySpec } from './events.ts'

/** Thompson's standard errors are of weights taken as independent, which overstates them: hence below 1. */
export const POSTERIOR_SCALE = 0.2
/** Optimism adds this many standard errors to each mean (LinUCB's α; Li et al. 2010). */
export const OPTIMISM_SCALE = 0.2
/** VowpalWabbit's defaults for SquareCB (Foster and Rakhlin 2020). */
export const GAMMA_SCALE = 10
export const GAMMA_EXPONENT = 0.5
/** SquareCB wants rewards in [0, 1]: gaps are divided by this many standard deviations of a reward. */
export const RANGE_DEVIATIONS = 2
export const EPSILON = 0.05

const share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }))

/** What a campaign's `policy` section may hold; unknown keys are refused. */
export const policySchema = Type.Object(
  {
    kind: Type.Union(
      [
        Type.Literal('squarecb'),
        Type.Literal('thompson'),
        Type.Literal('optimism'),
        Type.Literal('epsilon_greedy'),
        Type.Literal('uniform'),
        Type.Literal('fixed'),
      ],
      { description: 'How the scores become probabilities.' },
    ),
    explorationFloor: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.05,
      description: 'Least probability, shared out evenly over the eligible actions.',
    }),
    actionId: Type.Optional(
      Type.String({ minLength: 1, description: 'For fixed: the action always taken when eligible.' }),
    ),
    posteriorScale: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10,
        description: `For thompson (${POSTERIOR_SCALE}) and optimism (${OPTIMISM_SCALE}): multiplies the standard errors.`,
      }),
    ),
    gammaScale: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: `For squarecb (${GAMMA_SCALE}).` }),
    ),
    gammaExponent: share(`For squarecb: γ grows with examples to this power (${GAMMA_EXPONENT}).`),
    epsilon: share(`For epsilon_greedy: share drawn evenly (${EPSILON}).`),
  },
  { additionalProperties: false },
)
export type PolicyConfig = Static<typeof policySchema>

export type PolicyInput = {
  /** Examples the model has learnt from; SquareCB's schedule runs on it. */
  readonly examples: number
  /** Ids of the actions, in the order of the scores. */
  readonly actionIds: readonly string[]
  /** As long as there are actions: may be used for the answer, which then stands until it is used again. */
  readonly room?: Float64Array
}

/**
 * Probability of each action, in the order of `scores`: in [0, 1], sums to 1 within 1e-12, none below
 * explorationFloor / K, equal scores get equal shares whatever the order. A `fixed` action that is not
 * eligible gives way to `nothing`, and without that to all evenly.
 * Throws a Failure `model.score_not_finite`, `model.no_actions` or `model.policy_invalid`.
 */
export const distribution = (policy: PolicySpec, scores: Scores, input: PolicyInput): Float64Array => {
  const count = scores.mean.length
  assert(
    scores.stderr.length === count && input.actionIds.length === count,
    'a score and an id for each action',
  )
  checkPolicy(policy, input.examples)
  checkScores(scores)
  const p = raw(policy, scores, input)
  mixFloor(p, policy.explorationFloor)
  return p
}

const raw = (policy: PolicySpec, scores: Scores, input: PolicyInput): Float64Array => {
  const { mean, stderr } = scores
  switch (policy.kind) {
    case 'uniform':
      return new Float64Array(mean.length).fill(1 / mean.length)
    case 'fixed':
      return fixed(policy.actionId ?? '', input.actionIds)
    case 'epsilon_greedy': {
      const p = greedy(mean)
      mixFloor(p, policy.epsilon ?? EPSILON)
      return p
    }
    case 'thompson': {
      const scale = policy.posteriorScale ?? POSTERIOR_SCALE
      return probabilityOfBest(
        mean,
        stderr.map((s) => s * scale),
      )
    }
    case 'optimism': {
      const scale = policy.posteriorScale ?? OPTIMISM_SCALE
      return greedy(mean.map((m, i) => m + scale * (stderr[i] as number)))
    }
    case 'squarecb': {
      const { gammaScale = GAMMA_SCALE, gammaExponent = GAMMA_EXPONENT } = policy
      return squareCb(scores, gammaScale * input.examples ** gammaExponent, input.room)
    }
  }
}

/** All on the greatest mean; ties share. */
const greedy = (mean: Float64Array): Float64Array => {
  const p = new Float64Array(mean.length)
  const best = greatest(mean)
  let tied = 0
  for (const m of mean) if (m === best) tied++
  for (let i = 0; i < p.length; i++) if (mean[i] === best) p[i] = 1 / tied
  return p
}

/**
 * Inverse gap weighting: p = 1 / (K + γ · gap / range) for all but the best, which gets the rest; tied
 * best ones share it. Where no reward has varied yet there is no range, and all get 1/K.
 */
const squareCb = (
  { mean, noise }: Scores,
  gamma: number,
  p: Float64Array = new Float64Array(mean.length),
): Float64Array => {
  const count = mean.length
  p.fill(1 / count)
  if (!(noise > 0)) return p
  const best = greatest(mean)
  const perUnit = gamma / (RANGE_DEVIATIONS * noise)
  let rest = 1
  let tied = 0
  for (let i = 0; i < count; i++) {
    const gap = best - (mean[i] as number)
    if (gap === 0) {
      tied++
      continue
    }
    p[i] = 1 / (count + perUnit * gap)
    rest -= p[i] as number
  }
  for (let i = 0; i < count; i++) if (mean[i] === best) p[i] = rest / tied
  return p
}

const fixed = (actionId: string, actionIds: readonly string[]): Float64Array => {
  const p = new Float64Array(actionIds.length)
  const wanted = actionIds.indexOf(actionId)
  const at = wanted >= 0 ? wanted : actionIds.indexOf(NOTHING)
  if (at < 0) return p.fill(1 / p.length)
  p[at] = 1
  return p
}

const greatest = (values: Float64Array): number => {
  let best = -Infinity
  for (const value of values) if (value > best) best = value
  return best
}

/** p = (1 − floor) · p + floor / K, and the rounding taken out of the sum. */
const mixFloor = (p: Float64Array, floor: number): void => {
  const each = floor / p.length
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    p[i] = (1 - floor) * (p[i] as number) + each
    sum += p[i] as number
  }
  for (let i = 0; i < p.length; i++) p[i] = Math.min(1, (p[i] as number) / sum)
}

const checkScores = ({ mean, stderr, noise }: Scores): void => {
  if (mean.length === 0) {
    throw new Failure({
      code: 'model.no_actions',
      message: 'there is no action to choose from',
      hint: 'the action `nothing` is always eligible',
    })
  }
  let sound = Number.isFinite(noise) && noise >= 0
  for (let i = 0; i < mean.length; i++) {
    const s = stderr[i] as number
    if (!Number.isFinite(mean[i]) || !Number.isFinite(s) || s < 0) sound = false
  }
  if (sound) return
  throw new Failure({
    code: 'model.score_not_finite',
    message: `scores are not finite: means [${mean.join(', ')}], errors [${stderr.join(', ')}], noise ${noise}`,
    hint: 'reset the model; it has learnt from a broken example',
  })
}

const checkPolicy = (policy: PolicySpec, examples: number): void => {
  const shares = [policy.explorationFloor, policy.epsilon ?? 0, policy.gammaExponent ?? 0]
  const scales = [policy.posteriorScale ?? 0, policy.gammaScale ?? 0, examples]
  if (shares.every((x) => x >= 0 && x <= 1) && scales.every((x) => x >= 0 && Number.isFinite(x))) return
  throw new Failure({
    code: 'model.policy_invalid',
    message: `the policy ${JSON.stringify(policy)} with ${examples} examples`,
    hint: 'floor, epsilon and gammaExponent lie in 0 to 1; scales are not negative',
  })
}
