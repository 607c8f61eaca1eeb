// The gate: from what the evidence says to a verdict with every figure it stands on. Pure.

import type { PolicySpec } from '../model/events.ts'
import { lowerBound, normalInterval, sampleRatioTest, sequenceHalfWidth } from '../feedback/index.ts'
import { differenceOfArms, guardCountsOf, ownClosed, peopleAt } from './arms.ts'
import { DIFFERENCE_MAX, excessOf } from './audit.ts'
import type { GateCheck, GateCheckName, GateCheckState, GateJudged } from './events.ts'
import type { Evidence } from './evidence.ts'
import type { PromotionOptions } from './options.ts'

export type JudgeInput = {
  readonly evidence: Evidence
  readonly challenger: { readonly policy: PolicySpec; readonly safety: boolean; readonly share: number }
  /** p of the split into treated and held out; null where nobody is held out. */
  readonly sampleRatioP: number | null
  readonly options: PromotionOptions
}

export type Judgement = Pick<GateJudged, 'verdict' | 'checks' | 'decisions' | 'own'>

/** All checks in a fixed order. Any that fails makes the verdict `fails`, else any that waits makes it `waits`. */
export const judge = (input: JudgeInput): Judgement => {
  const { evidence, challenger } = input
  const checks = [
    sampleRatio(input),
    propensity(input),
    overlap(input),
    effectiveSample(input),
    weight(input),
    gain(input),
    calibration(input),
    rate(input, 'unsubscribes'),
    rate(input, 'complaints'),
    margin(input),
  ]
  const states = new Set(checks.map(({ state }) => state))
  return {
    verdict: states.has('fails') ? 'fails' : states.has('waits') ? 'waits' : 'passes',
    checks,
    decisions: evidence.rows,
    own: ownClosed(evidence.arms, challenger.share),
  }
}

const check = (
  name: GateCheckName,
  state: GateCheckState,
  figures: Partial<Pick<GateCheck, 'value' | 'limit' | 'low' | 'high'>> = {},
): GateCheck => ({
  name,
  state,
  value: finite(figures.value),
  limit: finite(figures.limit),
  low: finite(figures.low),
  high: finite(figures.high),
})

const finite = (value: number | null | undefined): number | null =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value + 0

const sampleRatio = ({ evidence, challenger, sampleRatioP, options }: JudgeInput): GateCheck => {
  const ps = sampleRatioP === null ? [] : [sampleRatioP]
  const { share } = challenger
  if (share > 0) ps.push(sampleRatioTest(peopleAt(evidence.arms, share), [1 - share, share]))
  if (ps.length === 0) return check('sample_ratio', 'not_applicable')
  const value = Math.min(...ps)
  const limit = options.sampleRatioPMin
  return check('sample_ratio', value >= limit ? 'passes' : 'fails', { value, limit })
}

const AUDIT_MIN = 100
const SUM_ERROR_MAX = 1e-9

const propensity = ({ evidence: { audit }, options }: JudgeInput): GateCheck => {
  const off = Math.abs(excessOf(audit))
  const limit = options.propensityStderrsMax
  const wrong = audit.differenceMax > DIFFERENCE_MAX || audit.sumErrorMax > SUM_ERROR_MAX
  const state = wrong || off > limit ? 'fails' : audit.decisions < AUDIT_MIN ? 'waits' : 'passes'
  // What does not come out again has no size worth telling: it is shown as far beyond any limit.
  return check('propensity', state, { value: wrong ? audit.differenceMax / DIFFERENCE_MAX : off, limit })
}

const overlap = ({ evidence: { seen, unseen } }: JudgeInput): GateCheck => {
  const value = seen === 0 ? 0 : unseen / seen
  return check('overlap', seen === 0 ? 'waits' : unseen > 0 ? 'fails' : 'passes', { value, limit: 0 })
}

const effectiveSample = ({ evidence: { rows, sums }, options }: JudgeInput): GateCheck => {
  const value = sums.weightSquares > 0 ? sums.weight ** 2 / sums.weightSquares : 0
  const limit = Math.max(options.effectiveSampleMin, options.effectiveShareMin * rows)
  return check('effective_sample', value >= limit ? 'passes' : 'waits', { value, limit })
}

const weight = ({ evidence: { sums }, options }: JudgeInput): GateCheck => {
  const value = sums.weight > 0 ? sums.weightMax / sums.weight : 1
  const limit = options.weightShareMax
  return check('weight', value < limit ? 'passes' : 'waits', { value, limit })
}

/** Decisions before an estimate below zero may end a challenger. */
const ENDING_MIN = 500

const gain = (input: JudgeInput): GateCheck => {
  const { evidence, options } = input
  const { rows, sums, low: bets } = evidence
  const limit = limitOf(input)
  if (rows < 2) return check('gain', 'waits', { limit })
  const value = sums.score / rows
  const variance = Math.max(0, sums.scoreSquares / rows - value * value) / (rows - 1)
  const low = lowerBound(bets, options.alpha)
  // To end a challenger an approximate bound will do: nothing is risked by being wrong.
  const high = value + sequenceHalfWidth({ ...options.harm, variance, n: rows })
  const state = low > limit ? 'passes' : rows >= ENDING_MIN && high < limit ? 'fails' : 'waits'
  return check('gain', state, { value, limit, low, high })
}

/** What the challenger must earn more than the champion: something, or, to be safer, at most a little less. */
const limitOf = ({ evidence: { rows, sums }, challenger, options }: JudgeInput): number =>
  challenger.safety && rows > 0 ? 0 - options.nonInferiority * Math.abs(sums.reward / rows) : 0

const CALIBRATION_MIN = 500

/** Slope of rewards on predictions. Outside the limits it fails only when that is not luck. */
const calibration = ({ evidence: { rows, sums }, challenger, options }: JudgeInput): GateCheck => {
  const { kind } = challenger.policy
  if (kind === 'uniform' || kind === 'fixed') return check('calibration', 'not_applicable')
  if (rows < CALIBRATION_MIN) return check('calibration', 'waits')
  const n = sums.count
  const xx = sums.xx - sums.x ** 2 / n
  const xy = sums.xy - (sums.x * sums.y) / n
  const yy = sums.yy - sums.y ** 2 / n
  if (!(xx > 1e-12)) return check('calibration', 'waits')
  const value = xy / xx
  const stderr = Math.sqrt(Math.max(0, yy - value * xy) / (n - 2) / xx)
  const { low, high } = normalInterval(value, stderr, 0.05)
  const { min, max } = options.slope
  const state = high < min || low > max ? 'fails' : 'passes'
  return check('calibration', state, { value, low, high, limit: value < 1 ? min : max })
}

/** People who leave, or complain, per message of the challenger: weighted in the champion's log, counted in its own. */
const rate = ({ evidence, options }: JudgeInput, name: 'unsubscribes' | 'complaints'): GateCheck => {
  const { sums, arms } = evidence
  const limit = name === 'unsubscribes' ? options.unsubscribesMax : options.complaintsMax
  const own = guardCountsOf(arms)
  const ownEvents = name === 'unsubscribes' ? own.unsubscribed : own.complained
  if (own.sent > 0 && breaks(ownEvents, own.sent, limit))
    return check(name, 'fails', { value: ownEvents / own.sent, limit })
  const weighted = name === 'unsubscribes' ? sums.unsubscribed : sums.complained
  const effective = sums.sentSquares > 0 ? sums.sent ** 2 / sums.sentSquares : 0
  const counted = own.sent >= options.messagesMin
  const value = counted ? ownEvents / own.sent : sums.sent > 0 ? weighted / sums.sent : 0
  const n = counted ? own.sent : effective
  const { low, high } = wilson(value, n)
  if (!counted && low > limit) return check(name, 'fails', { value, limit, low, high })
  const enough = n >= options.messagesMin && value <= limit
  return check(name, enough ? 'passes' : 'waits', { value, limit, low, high })
}

const RATE_STAKES = [0.5, 0.2, 0.1, 0.05]

/** Whether a rate above `limit` is proven, with error at most 5 % over all moments: bets of constant stakes. */
const breaks = (events: number, n: number, limit: number): boolean => {
  const most = Math.log(20 * RATE_STAKES.length)
  return RATE_STAKES.some((stake) => {
    const each = stake / limit
    return events * Math.log1p(each * (1 - limit)) + (n - events) * Math.log1p(-stake) >= most
  })
}

const Z95 = 1.959964

/** Wilson's interval for a share of `n`. */
const wilson = (share: number, n: number): { readonly low: number; readonly high: number } => {
  if (n <= 0) return { low: 0, high: 1 }
  const z2 = Z95 ** 2
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** Margin per decision of people with the challenger, against people without: what rolls back. */
const margin = (input: JudgeInput): GateCheck => {
  const { evidence, challenger, options } = input
  if (challenger.share === 0) return check('margin', 'not_applicable')
  const limit = limitOf(input)
  const arms = differenceOfArms(evidence.arms, options.harm)
  if (arms === null) return check('margin', 'waits', { limit })
  const { difference: value, low, high } = arms
  return check('margin', high < limit ? 'fails' : 'passes', { value, limit, low, high })
}
