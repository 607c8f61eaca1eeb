// The second reading of a geo experiment: synthetic control with unit effects. The treated regions' mean, less its own
// level before the test, is imitated by a convex mix of the other regions; what it departs by is the effect. Its
// p is that of the departures' cyclic shifts (Chernozhukov, Wüthrich and Zhu, 2021): no normal law is needed.

import { assert } from '../../kernel/assert.ts'

export type SyntheticInput = {
  /** Mean of the treated regions, all days. */
  readonly treated: ArrayLike<number>
  /** Each other region, all days. */
  readonly donors: readonly ArrayLike<number>[]
  /** Days before the test. */
  readonly before: number
}

export type Synthetic = {
  readonly weights: Float64Array
  /** Mean over the days of the test, of one treated region. */
  readonly effect: number
  readonly expected: number
  /** Root mean square of the departures before the test. */
  readonly rmsBefore: number
  readonly p: number
}

const STEPS_MAX = 20_000
const STEP_END = 1e-10

export const syntheticControl = ({ treated, donors, before }: SyntheticInput): Synthetic => {
  const days = treated.length
  assert(before > 1 && before < days && donors.length > 0, 'days before and in the test, and another region')
  const { weights, gaps } = imitate({ treated, donors, level: before, fitted: before })
  let [during, square, observed] = [0, 0, 0]
  for (let day = 0; day < days; day++) {
    if (day < before) square += (gaps[day] as number) ** 2
    else {
      during += gaps[day] as number
      observed += treated[day] as number
    }
  }
  const length = days - before
  // Under no effect the days of the test are days like others: the mix is fitted to all of them.
  const none = imitate({ treated, donors, level: days, fitted: days }).gaps
  return {
    weights,
    effect: during / length,
    expected: (observed - during) / length,
    rmsBefore: Math.sqrt(square / before),
    p: shiftP(none, length),
  }
}

/** Share of cyclic shifts in which the last `length` departures are at least as large as they are. */
const shiftP = (gaps: Float64Array, length: number): number => {
  const size = (shift: number): number => {
    let total = 0
    for (let i = 0; i < length; i++)
      total += Math.abs(gaps[(gaps.length - length + i + shift) % gaps.length] as number)
    return total
  }
  const own = size(0)
  let atLeast = 0
  for (let shift = 0; shift < gaps.length; shift++) if (size(shift) >= own * (1 - 1e-9)) atLeast++
  return atLeast / gaps.length
}

/** Least squares over the simplex, by accelerated projected gradient; `level` days set each region's own level. */
const imitate = ({
  treated,
  donors,
  level,
  fitted,
}: {
  readonly treated: ArrayLike<number>
  readonly donors: readonly ArrayLike<number>[]
  readonly level: number
  readonly fitted: number
}): { readonly weights: Float64Array; readonly gaps: Float64Array } => {
  const target = centred(treated, level)
  const rows = donors.map((donor) => centred(donor, level))
  const k = rows.length
  const gram = rows.map((left) => Float64Array.from(rows, (right) => dot(left, right, fitted)))
  const pull = Float64Array.from(rows, (row) => dot(row, target, fitted))
  const curvature = Math.max(...gram.map((row) => row.reduce((total, value) => total + Math.abs(value), 0)))
  let weights: Float64Array = new Float64Array(k).fill(1 / k)
  let ahead: Float64Array = weights
  let momentum = 1
  for (let step = 0; step < STEPS_MAX && curvature > 0; step++) {
    const next = ontoSimplex(
      ahead.map((w, i) => w - (dot(gram[i] as Float64Array, ahead, k) - (pull[i] as number)) / curvature),
    )
    const moved = Math.max(...next.map((w, i) => Math.abs(w - (weights[i] as number))))
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2
    const from = weights
    ahead = next.map((w, i) => w + ((momentum - 1) / grown) * (w - (from[i] as number)))
    weights = next
    momentum = grown
    if (moved < STEP_END && step > 50) break
  }
  const gaps = target.map(
    (value, day) =>
      value - rows.reduce((total, row, i) => total + (weights[i] as number) * (row[day] as number), 0),
  )
  return { weights, gaps }
}

const centred = (values: ArrayLike<number>, level: number): Float64Array => {
  let total = 0
  for (let day = 0; day < level; day++) total += values[day] as number
  return Float64Array.from(values, (value) => value - total / level)
}

const dot = (left: ArrayLike<number>, right: ArrayLike<number>, length: number): number => {
  let total = 0
  for (let i = 0; i < length; i++) total += (left[i] as number) * (right[i] as number)
  return total
}

/** The nearest point whose entries are at least 0 and add up to 1. */
const ontoSimplex = (point: Float64Array): Float64Array => {
  const sorted = point.toSorted().reverse()
  let [total, level] = [0, 0]
  sorted.forEach((value, i) => {
    total += value
    if (value > (total - 1) / (i + 1)) level = (total - 1) / (i + 1)
  })
  return point.map((value) => Math.max(0, value - level))
}
