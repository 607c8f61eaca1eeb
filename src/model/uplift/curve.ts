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

/** Rows from the highest score down; `ends` are where runs of equal scores end. */
type Ranking = { readonly order: Int32Array; readonly ends: readonly number[] }

const rankingOf = (scores: Float64Array): Ranking => {
  const order = orderDown(scores)
  const ends: number[] = []
  for (let i = 0; i < order.length; i++)
    if (i + 1 === order.length || scores[order[i] as number] !== scores[order[i + 1] as number])
      ends.push(i + 1)
  return { order, ends }
}

/**
 * Mean outcome of treated minus control among the highest `share` of rows, arms together.
 * @example upliftAt({ scores, treated, outcome }, 0.3)
 */
export const upliftAt = (ranked: Ranked, share: number): number =>
  upliftIn(ranked, rankingOf(ranked.scores), ones(ranked), share)

/**
 * Area between the Qini curve and the line of chance over the share treated, per row: 0 for a ranking that
 * says nothing, in units of the outcome.
 */
export const qini = (ranked: Ranked): number => areaOf(ranked, rankingOf(ranked.scores), ones(ranked))

const ones = ({ scores }: Ranked): Uint16Array => new Uint16Array(scores.length).fill(1)

const upliftIn = (
  { treated, outcome }: Ranked,
  { order }: Ranking,
  weights: Uint16Array,
  share: number,
): number => {
  let room = weights.reduce((sum, weight) => sum + weight, 0) * share
  const sums = [0, 0]
  const counts = [0, 0]
  for (let i = 0; i < order.length && room >= 1; i++) {
    const row = order[i] as number
    const weight = Math.min(weights[row] as number, Math.floor(room))
    const arm = treated[row] as 0 | 1
    room -= weight
    counts[arm] = (counts[arm] as number) + weight
    sums[arm] = (sums[arm] as number) + weight * (outcome[row] as number)
  }
  return rate(sums[1] as number, counts[1] as number) - rate(sums[0] as number, counts[0] as number)
}

const rate = (sum: number, count: number): number => (count === 0 ? 0 : sum / count)

const areaOf = ({ treated, outcome }: Ranked, { order, ends }: Ranking, weights: Uint16Array): number => {
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
      const row = order[i] as number
      const weight = weights[row] as number
      if (weight === 0) continue
      if (treated[row] === 1) {
        treatedCount += weight
        treatedSum += weight * (outcome[row] as number)
      } else {
        controlCount += weight
        controlSum += weight * (outcome[row] as number)
      }
      seen += weight
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
  const ranking = rankingOf(ranked.scores)
  const rng = createRng(`uplift:${seed}`)
  const arms = [0, 1].map((arm) =>
    Int32Array.from(ranked.treated.keys()).filter((row) => ranked.treated[row] === arm),
  )
  const weights = new Uint16Array(ranked.scores.length)
  const qinis = new Float64Array(draws)
  const uplifts = shares.map(() => new Float64Array(draws))
  for (let draw = 0; draw < draws; draw++) {
    weights.fill(0)
    for (const arm of arms)
      for (let i = 0; i < arm.length; i++) {
        const row = arm[rng.below(arm.length)] as number
        weights[row] = (weights[row] as number) + 1
      }
    qinis[draw] = areaOf(ranked, ranking, weights)
    shares.forEach((share, s) => {
      ;(uplifts[s] as Float64Array)[draw] = upliftIn(ranked, ranking, weights, share)
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
