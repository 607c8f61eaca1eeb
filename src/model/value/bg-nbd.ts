// BG/NBD (Fader, Hardie and Lee 2005): buying at a rate of one's own while alive, and after each order a chance of
// one's own never to come back. Rates are Gamma(r, alpha), chances Beta(a, b) over customers.

import { checkCustomers, groupCustomers, type Customer } from './customers.ts'
import { fitPositive, type Fit } from './fit.ts'
import { hypergeometric, logGamma } from './special.ts'

export type BgNbd = { readonly r: number; readonly alpha: number; readonly a: number; readonly b: number }

/** Maximum likelihood; `alpha` is in the unit of time of the customers. Throws Failures `value.bad_customer`, `value.no_customers`. */
export const fitBgNbd = (
  customers: readonly Customer[],
  weights?: readonly number[],
): BgNbd & { readonly fit: Fit } => {
  checkCustomers(customers)
  const groups = groupCustomers(customers, weights)
  const { frequency, recency, age, weight, levels, level } = groups
  const constant = new Float64Array(levels.length)
  const logLikelihood = ([r = 1, alpha = 1, a = 1, b = 1]: Float64Array): number => {
    const base = r * Math.log(alpha) - logGamma(r) + logGamma(a + b) - logGamma(b)
    for (let i = 0; i < levels.length; i++) {
      const x = levels[i] as number
      constant[i] = base + logGamma(r + x) + logGamma(b + x) - logGamma(a + b + x)
    }
    let sum = 0
    for (let i = 0; i < frequency.length; i++) {
      const x = frequency[i] as number
      const logAge = Math.log(alpha + (age[i] as number))
      const alive = -(r + x) * logAge
      let both = alive
      if (x > 0) {
        // ln of a/(b+x−1) · ((α+T)/(α+t))^(r+x): odds of having gone, times those of having stayed.
        const odds = Math.log(a / (b + x - 1)) + (r + x) * (logAge - Math.log(alpha + (recency[i] as number)))
        both += odds > 30 ? odds : Math.log1p(Math.exp(odds))
      }
      sum += (weight[i] as number) * ((constant[level[i] as number] as number) + both)
    }
    return sum
  }
  const scale = meanOf(age, weight)
  const fit = fitPositive(logLikelihood, [
    [0.5, scale / 4, 0.5, 2],
    [1, scale, 1, 1],
    [2, scale / 2, 0.2, 5],
  ])
  const [r = 1, alpha = 1, a = 1, b = 1] = fit.params
  return { r, alpha, a, b, fit }
}

const meanOf = (values: Float64Array, weights: Float64Array): number => {
  let sum = 0
  let total = 0
  for (let i = 0; i < values.length; i++) {
    sum += (values[i] as number) * (weights[i] as number)
    total += weights[i] as number
  }
  return total > 0 && sum > 0 ? sum / total : 1
}

/**
 * Probability that the customer may still order. Someone without a repeat order counts as alive: the model lets
 * people go only after one.
 */
export const bgNbdAlive = ({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: Customer): number =>
  x === 0 ? 1 : 1 / (1 + (a / (b + x - 1)) * Math.exp((r + x) * Math.log((alpha + age) / (alpha + recency))))

/** Orders expected of the customer within `time` from now. */
export const bgNbdExpected = (model: BgNbd, customer: Customer, time: number): number => {
  if (time <= 0) return 0
  const { r, alpha, b } = model
  const a = awayFrom(model.a, 1)
  const x = customer.frequency
  return bgNbdAlive(model, customer) * whileAlive({ r, alpha: alpha + customer.age, a, b: b + x }, x, time)
}

/** Orders expected of a new customer within `time` of the first order, that one not counted. */
export const bgNbdExpectedNew = (model: BgNbd, time: number): number =>
  time <= 0 ? 0 : whileAlive({ ...model, a: awayFrom(model.a, 1) }, 0, time)

// (a+b−1)/(a−1) · [1 − (1−z)^(a−1) · ₂F₁(a+b−1−x−r, a−1; a+b−1; z)] with b = b₀+x, z = t/(α+T+t): the published
// formula after Euler's transformation, in which no power can overflow.
const whileAlive = ({ r, alpha, a, b }: BgNbd, x: number, time: number): number => {
  const c = awayFrom(a + b - 1, 0)
  const z = time / (alpha + time)
  const rest = Math.exp((a - 1) * Math.log1p(-z)) * hypergeometric(c - x - r, a - 1, c, z)
  return Math.max(0, (c / (a - 1)) * (1 - rest))
}

/** Formulas with a removable pole at `pole` are read a little beside it. */
const awayFrom = (value: number, pole: number): number =>
  Math.abs(value - pole) < 1e-6 ? pole + 1e-6 : value

/** Probability that the next order comes within `time`. */
export const bgNbdNext = (model: BgNbd, customer: Customer, time: number): number => {
  const { r, alpha } = model
  const { frequency, age } = customer
  return (
    bgNbdAlive(model, customer) *
    -Math.expm1((r + frequency) * Math.log((alpha + age) / (alpha + age + time)))
  )
}
