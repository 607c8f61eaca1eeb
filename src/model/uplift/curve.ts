// How well a ranking finds those whom treatment changes: uplift in the top share, and the area between the
// Qini curve (Radcliffe 2007) and chance, with bootstrap intervals that draw anew within each arm.

import { createRng } from '../../kernel/rng.ts'
import { orderDown } from '../propensity/metrics.ts'

export type Ranked = {
  readonly scores: Float64Array
  readonly treated: Uint8Array
  readonly outcome: Float64Array
}

export type Interval = { readonly value: number; readonly low: number; readonly high: number }

/** The rows from the highest score down; `ends` are where runs of equal scores end. */
type Sorted = {
  readonly treated: Uint8Array
  readonly outcome: Float64Array
  readonly ends: Int32Array
}

const sortDown = ({ scores, treated, outcome }: Ranked): Sorted => {
  const order = orderDown(scores)
  const isEnd = (i: number): boolean =>
    i + 1 === order.length || scores[order[i] as number] !== scores[order[i + 1] as number]
  return {
    treated: Uint8Array.from(order, (row) => treated[row] as number),
    outcome: Float64Array.from(order, (row) => outcome[row] as number),
    ends: Int32Array.from(order.keys())
      .filter(isEnd)
      .map((i) => i + 1),
  }
}

/**
 * Mean outcome of treated minus control among the highest `share` of rows, arms together.
 * @example upliftAt({ scores, treated, outcome }, 0.3)
 */
export const upliftAt = (ranked: Ranked, share: number): number =>
  upliftIn(sortDown(ranked), ones(ranked), share)

/**
 * Area between the Qini curve and the line of chance over the share treated, per row: 0 for a ranking that
 * says nothing, in units of the outcome.
 */
export const qini = (ranked: Ranked): number => areaOf(sortDown(ranked), ones(ranked))

const ones = ({ scores }: Ranked): Uint16Array => new Uint16Array(scores.length).fill(1)

/** `weights` says how often each row counts; they sum to the number of rows. */
const upliftIn = ({ treated, outcome }: Sorted, weights: Uint16Array, share: number): number => {
  let room = Math.floor(weights.length * share + 1e-9)
  let sum0 = 0
  let sum1 = 0
  let count0 = 0
  let count1 = 0
  for (let i = 0; i < weights.length && room > 0; i++) {
    const weight = Math.min(weights[i] as number, room)
    room -= weight
    if (treated[i] === 1) {
      count1 += weight
      sum1 += weight * (outcome[i] as number)
    } else {
      count0 += weight
      sum0 += weight * (outcome[i] as number)
    }
  }
  return (count1 === 0 ? 0 : sum1 / count1) - (count0 === 0 ? 0 : sum0 / count0)
}

const areaOf = ({ treated, outcome, ends }: Sorted, weights: Uint16Array): number => {
  let treatedCount = 0
  let treatedSum = 0
  let controlCount = 0
  let controlSum = 0
  let area = 0
  let before = 0
  let seen = 0
  let from = 0
  for (const end of ends) {
    const start = seen
    for (let i = from; i < end; i++) {
      const weight = weights[i] as number
      seen += weight
      if (treated[i] === 1) {
        treatedCount += weight
        treatedSum += weight * (outcome[i] as number)
      } else {
        controlCount += weight
        controlSum += weight * (outcome[i] as number)
      }
    }
    from = end
    // Gain so far: what the treated brought beyond so many of the controls.
    const gain = controlCount === 0 ? 0 : treatedSum - (controlSum * treatedCount) / controlCount
    area += ((before + gain) / 2) * (seen - start)
    before = gain
  }
  return seen === 0 ? 0 : (area / seen - before / 2) / seen
}

export type CurveSummary = {
  readonly qini: Interval
  readonly upliftAt: readonly (Interval & { readonly share: number })[]
}

export type BootstrapOptions = {
  readonly draws?: number
  readonly seed?: string
  readonly shares?: readonly number[]
  /** Two-sided. */
  readonly confidence?: number
}

/** Both measures with intervals; the ranking stays, the rows are drawn again within each arm. */
export const summariseCurve = (ranked: Ranked, options: BootstrapOptions = {}): CurveSummary => {
  const { draws = 400, seed = '1', shares = [0.1, 0.2, 0.3, 0.5], confidence = 0.95 } = options
  const sorted = sortDown(ranked)
  const rng = createRng(`uplift:${seed}`)
  const arms = [0, 1].map((arm) =>
    Int32Array.from(sorted.treated.keys()).filter((place) => sorted.treated[place] === arm),
  )
  const weights = new Uint16Array(ranked.scores.length)
  const qinis = new Float64Array(draws)
  const uplifts = shares.map(() => new Float64Array(draws))
  for (let draw = 0; draw < draws; draw++) {
    weights.fill(0)
    for (const arm of arms)
      for (let i = 0; i < arm.length; i++) {
        const place = arm[rng.below(arm.length)] as number
        weights[place] = (weights[place] as number) + 1
      }
    qinis[draw] = areaOf(sorted, weights)
    shares.forEach((share, s) => {
      ;(uplifts[s] as Float64Array)[draw] = upliftIn(sorted, weights, share)
    })
  }
  return {
    qini: { value: qini(ranked), ...bounds(qinis, confidence) },
    upliftAt: shares.map((share, s) => ({
      share,
      value: upliftAt(ranked, share),
      ...bounds(uplifts[s] as Float64Array, confidence),
    })),
  }
}

const bounds = (draws: Float64Array, confidence: number): { low: number; high: number } => {
  const sorted = draws.slice().sort()
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.floor(share * sorted.length)))] as number
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) }
}

const Z = 1.959964

/** Mean of treated minus mean of control with its 95 % interval (Welch, normal). */
export const averageEffect = ({ treated, outcome }: Omit<Ranked, 'scores'>): Interval => {
  const arm = (which: number) => {
    const values = outcome.filter((_, row) => treated[row] === which)
    const mean = values.reduce((sum, y) => sum + y, 0) / values.length
    const variance = values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / Math.max(1, values.length - 1)
    return { mean, error: variance / values.length }
  }
  const [control, target] = [arm(0), arm(1)]
  const value = target.mean - control.mean
  const half = Z * Math.sqrt(control.error + target.error)
  return { value, low: value - half, high: value + half }
}
