// BG/BB (Fader, Hardie and Shang 2010): chances to buy that come one by one, such as yearly drives; a chance of one's
// own to buy at each, Beta(alpha, beta), and a chance of one's own to be gone before the next, Beta(gamma, delta).

import { Failure } from '../../kernel/failure.ts'
import { fitPositive, type Fit } from './fit.ts'
import { logAdd, logBeta } from './special.ts'

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

const CHANCES_MAX = 10_000

/** Maximum likelihood. Throws Failure `value.bad_chances`. */
export const fitBgBb = (rows: readonly Chances[]): BgBb & { readonly fit: Fit } => {
  check(rows)
  const logLikelihood = (params: Float64Array): number => {
    const model = modelOf(params)
    return rows.reduce((sum, row) => sum + row.weight * logLikelihoodOf(model, row), 0)
  }
  const fit = fitPositive(logLikelihood, [
    [1, 1, 1, 1],
    [1, 0.5, 0.5, 3],
  ])
  return { ...modelOf(fit.params), fit }
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

const logStayed = ({ alpha, beta, gamma, delta }: BgBb, x: number, n: number): number =>
  logBeta(alpha + x, beta + n - x) - logBeta(alpha, beta) + logBeta(gamma, delta + n) - logBeta(gamma, delta)

const logLikelihoodOf = (
  model: BgBb,
  { frequency: x, recency: t, chances: n }: Omit<Chances, 'weight'>,
): number => {
  const { alpha, beta, gamma, delta } = model
  let sum = logStayed(model, x, n)
  for (let i = 0; i < n - t; i++)
    sum = logAdd(
      sum,
      logBeta(alpha + x, beta + t - x + i) -
        logBeta(alpha, beta) +
        logBeta(gamma + 1, delta + t + i) -
        logBeta(gamma, delta),
    )
  return sum
}

/** Probability that the customer is there for chance `ahead` from now on (0: was there at the last). */
export const bgBbAlive = (model: BgBb, row: Omit<Chances, 'weight'>, ahead = 0): number => {
  const { gamma, delta } = model
  const { frequency, chances } = row
  return Math.exp(
    logStayed(model, frequency, chances) +
      logBeta(gamma, delta + chances + ahead) -
      logBeta(gamma, delta + chances) -
      logLikelihoodOf(model, row),
  )
}

/** Orders expected of the customer in the next `ahead` chances. */
export const bgBbExpected = (model: BgBb, row: Omit<Chances, 'weight'>, ahead: number): number => {
  const { alpha, beta } = model
  const { frequency: x, chances: n } = row
  let alive = 0
  for (let k = 1; k <= ahead; k++) alive += bgBbAlive(model, row, k)
  return (alive * (alpha + x)) / (alpha + beta + n)
}
