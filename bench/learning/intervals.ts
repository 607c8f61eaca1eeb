// Means of a few seeds with their 95 % interval by Student's t (with ten seeds a normal interval is too narrow), and tables of several ways to
// learn beside one of them, seed by seed.

import { studentQuantile } from '../../src/feedback/geo/student.ts'
import type { Verdict } from './peer.ts'

export type Interval = { readonly mean: number; readonly low: number; readonly high: number }

/** Of fewer than two values nothing is known: the interval is without end. */
export const intervalOf = (values: readonly number[]): Interval => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n < 2) return { mean, low: -Infinity, high: Infinity }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const half = studentQuantile(0.05, n - 1) * Math.sqrt(variance / n)
  return { mean, low: mean - half, high: mean + half }
}

export const intervalText = ({ mean, low, high }: Interval, digits: number): string =>
  `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`

/** Of one seed: what each way earned or lost, by what was played. */
export type Row = Readonly<Record<string, Readonly<Record<string, number>>>>

export type Comparison = {
  /** Words for each way; the first is the one that the others are compared with. */
  readonly ways: Readonly<Record<string, string>>
  /** Losses are better when small. */
  readonly better: 'small' | 'large'
  readonly digits: number
}

/** A line for each way in this place: its mean, and by how much the first way is better, seed by seed. */
export const comparedIn = (
  place: string,
  rows: readonly Row[],
  { ways, better, digits }: Comparison,
): readonly Verdict[] => {
  const ofWay = (way: string) => rows.map((row) => row[place]?.[way] ?? Number.NaN)
  const [first = ''] = Object.keys(ways)
  return Object.entries(ways)
    .filter(([way]) => rows[0]?.[place]?.[way] !== undefined)
    .map(([way, words]) => {
      const mean = intervalText(intervalOf(ofWay(way)), digits)
      const beside =
        way === first ? '' : `; ${ways[first]} ${gainText(ofWay(first), ofWay(way), { better, digits })}`
      return { what: `${place}: ${words}`, ours: `${mean}${beside}`, known: '', peer: '', ok: null }
    })
}

/** `better by 3 [1, 5]`, seed by seed. */
export const gainText = (
  left: readonly number[],
  right: readonly number[],
  { better, digits }: Pick<Comparison, 'better' | 'digits'>,
): string => {
  const sign = better === 'large' ? 1 : -1
  const gained = intervalOf(left.map((one, i) => sign * (one - (right[i] ?? Number.NaN))))
  const told = gained.low > 0 ? 'better' : gained.high < 0 ? 'WORSE' : 'not told apart'
  return `${told} by ${intervalText(gained, digits)}`
}
