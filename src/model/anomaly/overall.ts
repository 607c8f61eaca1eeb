// How rare a value is whatever the hour: beside what is usual now, a figure has a range that it hardly ever leaves. Rare
// is what both the law of such figures (normal, or of counts, by the long mean and variance) and the figure's own past
// call rare: the one knows nothing of heavy tails, the other nothing of what has never been.

import { countTails } from './distributions.ts'
import { createTail, learnTail, tailProbability, type Tail } from './tail.ts'

export type Overall = {
  readonly tail: Tail
  /** Weight, mean and sum of squares around it; older values count less. */
  readonly moments: Float64Array
}

const WEIGHT = 0
const MEAN = 1
const SQUARES = 2
/** Values over which the past fades: the window of the benchmark's own windowed Gaussian. */
const VALUES_KEPT = 6_400
/** Before so many values nothing is called rare. */
const VALUES_MIN = 60
const KEEP = 1 - 1 / VALUES_KEPT

export const createOverall = (): Overall => ({ tail: createTail(), moments: new Float64Array(3) })

export type Rarity = { readonly probability: number; readonly mean: number; readonly z: number }

/** The value's two-sided probability, with the long mean and its distance from it; null while too little is known. */
export const overallRarity = ({ tail, moments }: Overall, value: number, isCount: boolean): Rarity | null => {
  const z = distanceOf(moments, value)
  if (z === null) return null
  const law = isCount ? countProbability(moments, value) : normalTails(z)
  const probability = Math.max(law, tailProbability(tail, Math.abs(z)))
  return { probability, mean: moments[MEAN] as number, z }
}

/** Takes the value in. */
export const learnOverall = ({ tail, moments }: Overall, value: number): void => {
  const z = distanceOf(moments, value)
  if (z !== null) learnTail(tail, Math.abs(z))
  const weight = (moments[WEIGHT] as number) * KEEP + 1
  const from = value - (moments[MEAN] as number)
  moments[WEIGHT] = weight
  moments[MEAN] = (moments[MEAN] as number) + from / weight
  moments[SQUARES] = (moments[SQUARES] as number) * KEEP + from * (value - moments[MEAN])
}

const distanceOf = (moments: Float64Array, value: number): number | null => {
  const [weight, squares] = [moments[WEIGHT] as number, moments[SQUARES] as number]
  if (weight < VALUES_MIN || !(squares > 0)) return null
  return (value - (moments[MEAN] as number)) / Math.sqrt(squares / weight)
}

/** The same of a count that scatters as these do; a large one is as good as normal. */
const countProbability = (moments: Float64Array, value: number): number => {
  const mean = moments[MEAN] as number
  const variance = (moments[SQUARES] as number) / (moments[WEIGHT] as number)
  const tails = countTails(value, mean, Math.max(0, variance - mean) / (mean * mean))
  return tails === undefined
    ? normalTails((value - mean) / Math.sqrt(variance))
    : Math.min(1, 2 * Math.min(tails.lower, tails.upper))
}

/** Probability of a standard normal at least |z| from 0 (Abramowitz and Stegun 7.1.26, and its tail from 6 on). */
const normalTails = (z: number): number => {
  const size = Math.abs(z)
  if (size > 6) return (2 * Math.exp((-size * size) / 2)) / (size * Math.sqrt(2 * Math.PI))
  const t = 1 / (1 + (0.3275911 * size) / Math.SQRT2)
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.min(1, series * Math.exp((-size * size) / 2))
}
