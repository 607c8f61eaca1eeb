// BG/BB (Fader, Hardie and Shang 2010): chances to buy that come one by one, such as yearly drives; a chance of one's
// own to buy at each, Beta(alpha, beta), and a chance of one's own to be gone before the next, Beta(gamma, delta).

import { Failure } from '../../kernel/failure.ts'
import { fitPositive, type Fit } from './fit.ts'
import { logAdd, logBeta, logGamma } from './special.ts'

export type BgBb = {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly delta: number
}

export type Chances = {
  /** Chances taken. */
  readonly frequency: number
  /** Number of the last chance taken, 0 for none. */
  readonly recency: number
  /** Chances there were. */
  readonly chances: number
  /** How many customers are like this. */
  readonly weight: number
}

type Row = Omit<Chances, 'weight'>

const CHANCES_MAX = 10_000

/** Maximum likelihood. Throws Failure `value.bad_chances`. */
export const fitBgBb = (rows: readonly Chances[]): BgBb & { readonly fit: Fit } => {
  check(rows)
  const groups = grouped(rows)
  const most = groups.reduce((high, { chances }) => Math.max(high, chances), 0)
  const logLikelihood = (params: Float64Array): number => {
    const tables = tablesOf(modelOf(params), most)
    return groups.reduce((sum, row) => sum + row.weight * logLikelihoodOf(tables, row), 0)
  }
  const fit = fitPositive(logLikelihood, [
    [1, 1, 1, 1],
    [1, 0.5, 0.5, 3],
  ])
  return { ...modelOf(fit.params), fit }
}

/** Customers alike are one row. */
const grouped = (rows: readonly Chances[]): readonly Chances[] => {
  const groups = new Map<string, { -readonly [key in keyof Chances]: Chances[key] }>()
  for (const row of rows) {
    const key = `${row.frequency} ${row.recency} ${row.chances}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { ...row })
    else known.weight += row.weight
  }
  return [...groups.values()]
}

const check = (rows: readonly Chances[]): void => {
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0
  const bad = rows.findIndex(
    ({ frequency: x, recency: t, chances: n, weight }) =>
      ![x, t, n].every(isCount) ||
      !(x <= t && t <= n && n <= CHANCES_MAX && (x === 0) === (t === 0)) ||
      !(Number.isFinite(weight) && weight >= 0),
  )
  if (bad === -1 && rows.length > 0) return
  throw new Failure({
    code: 'value.bad_chances',
    message:
      bad === -1
        ? 'There are no customers to learn from.'
        : `Row ${bad + 1} cannot be: ${JSON.stringify(rows[bad])}.`,
    hint: `Counts of chances: frequency <= recency <= periods <= ${CHANCES_MAX}, all whole numbers.`,
  })
}

const modelOf = ([alpha = 1, beta = 1, gamma = 1, delta = 1]: Float64Array): BgBb => ({
  alpha,
  beta,
  gamma,
  delta,
})

/** The log-gammas that all rows of a fit share: of taken, of passed over, of both; and of having stayed and gone. */
type Tables = {
  readonly taken: Float64Array
  readonly passed: Float64Array
  readonly both: Float64Array
  readonly stayed: Float64Array
  readonly gone: Float64Array
}

const tablesOf = ({ alpha, beta, gamma, delta }: BgBb, most: number): Tables => {
  const of = (start: number, base: number) =>
    Float64Array.from({ length: most + 1 }, (_, i) => logGamma(start + i) - base)
  const buys = logBeta(alpha, beta)
  const stays = logBeta(gamma, delta)
  return {
    taken: of(alpha, 0),
    passed: of(beta, 0),
    both: of(alpha + beta, -buys),
    stayed: Float64Array.from({ length: most + 1 }, (_, i) => logBeta(gamma, delta + i) - stays),
    gone: Float64Array.from({ length: most + 1 }, (_, i) => logBeta(gamma + 1, delta + i) - stays),
  }
}

const at = (table: Float64Array, index: number): number => table[index] as number

/** ln of the chance of x taken and m passed over, in an order, while there. */
const logHabit = ({ taken, passed, both }: Tables, x: number, m: number): number =>
  at(taken, x) + at(passed, m) - at(both, x + m)

const logStayed = (tables: Tables, { frequency: x, chances: n }: Row): number =>
  logHabit(tables, x, n - x) + at(tables.stayed, n)

const logLikelihoodOf = (tables: Tables, row: Row): number => {
  const { frequency: x, recency: t, chances: n } = row
  let sum = logStayed(tables, row)
  for (let i = 0; i < n - t; i++) sum = logAdd(sum, logHabit(tables, x, t - x + i) + at(tables.gone, t + i))
  return sum
}

/**
 * Probability that the customer is there for chance `ahead` from now on (0: was there at the last). One over one plus the
 * odds of having gone after chance j, summed over those passed over since the last one taken; each follows from the next
 * by the ratios of the beta functions.
 */
export const bgBbAlive = (model: BgBb, row: Row, ahead = 0): number => {
  const { alpha, beta, gamma, delta } = model
  const { frequency: x, recency: t, chances: n } = row
  let odds = 0
  let product = 1
  for (let j = n - 1; j >= t; j--) {
    product *= (alpha + beta + j) / (beta + j - x)
    odds += (product * gamma) / (delta + j)
    product *= (gamma + delta + j) / (delta + j)
  }
  let there = 1 / (1 + odds)
  for (let k = 0; k < ahead; k++) there *= (delta + n + k) / (gamma + delta + n + k)
  return there
}

/** Orders expected of the customer in the next `ahead` chances; between whole ones, a share of the next. */
export const bgBbExpected = (model: BgBb, row: Row, ahead: number): number => {
  const { alpha, beta, gamma, delta } = model
  const { frequency: x, chances: n } = row
  let stays = 1
  let there = 0
  for (let k = 0; k < ahead; k++) {
    stays *= (delta + n + k) / (gamma + delta + n + k)
    there += stays * Math.min(1, ahead - k)
  }
  return (bgBbAlive(model, row) * there * (alpha + x)) / (alpha + beta + n)
}

/** Probability of an order at one of the next `ahead` chances; between whole ones, a share of what the next adds. */
export const bgBbNext = (model: BgBb, row: Row, ahead: number): number => {
  const { alpha, beta, gamma, delta } = model
  const { frequency: x, chances: n } = row
  let [stays, passes, comes] = [1, 1, 0]
  for (let k = 0; k < ahead; k++) {
    stays *= (delta + n + k) / (gamma + delta + n + k)
    // The first order at this chance: there, nothing taken before, and this one taken.
    comes += (stays * passes * (alpha + x) * Math.min(1, ahead - k)) / (alpha + beta + n + k)
    passes *= (beta + n - x + k) / (alpha + beta + n + k)
  }
  return bgBbAlive(model, row) * comes
}
