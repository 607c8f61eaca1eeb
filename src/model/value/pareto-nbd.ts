// Pareto/NBD (Schmittlein, Morrison and Colombo 1987; Fader and Hardie's 2005 form of it): buying at a rate of one's
// own until one goes, at any moment. Rates are Gamma(r, alpha), rates of going Gamma(s, beta) over customers.

import { checkCustomers, groupCustomers, type Customer } from './customers.ts'
import { fitPositive, type Fit } from './fit.ts'
import { logIntegral } from './quadrature.ts'
import { logAdd, logGamma } from './special.ts'

export type ParetoNbd = {
  readonly r: number
  readonly alpha: number
  readonly s: number
  readonly beta: number
}

/** Maximum likelihood; `alpha` and `beta` are in the unit of time of the customers. Throws Failures `value.*`. */
export const fitParetoNbd = (customers: readonly Customer[]): ParetoNbd & { readonly fit: Fit } => {
  checkCustomers(customers)
  const { frequency, recency, age, weight } = groupCustomers(customers)
  const logLikelihood = (params: Float64Array): number => {
    const model = modelOf(params)
    let sum = 0
    for (let i = 0; i < frequency.length; i++)
      sum +=
        (weight[i] as number) *
        logLikelihoodOf(model, {
          frequency: frequency[i] as number,
          recency: recency[i] as number,
          age: age[i] as number,
        })
    return sum
  }
  const total = weight.reduce((left, right) => left + right, 0)
  const scale = age.reduce((sum, value, i) => sum + value * (weight[i] as number), 0) / total || 1
  const fit = fitPositive(logLikelihood, [
    [0.5, scale / 3, 0.5, scale / 3],
    [1, scale, 1, scale],
  ])
  return { ...modelOf(fit.params), fit }
}

const modelOf = ([r = 1, alpha = 1, s = 1, beta = 1]: Float64Array): ParetoNbd => ({ r, alpha, s, beta })

const logLikelihoodOf = (model: ParetoNbd, customer: Customer): number => {
  const { r, alpha, s, beta } = model
  const { frequency: x, age } = customer
  const stayed = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age)
  const gone = logGoneSince(model, customer)
  return logGamma(r + x) - logGamma(r) + r * Math.log(alpha) + s * Math.log(beta) + logAdd(stayed, gone)
}

// ln ∫ s (α+y)^−(r+x) (β+y)^−(s+1) dy from t to T: gone at some moment since the last order. The published form is a
// difference of two hypergeometric functions, whose series hardly end when α and β are far apart; in u = ln(min(α,β)+y)
// the integrand is log-concave and smooth at any parameters.
const logGoneSince = ({ r, alpha, s, beta }: ParetoNbd, { frequency: x, recency, age }: Customer): number => {
  const least = Math.min(alpha, beta)
  const apart = Math.abs(alpha - beta)
  const [near, far] = alpha <= beta ? [r + x, s + 1] : [s + 1, r + x]
  const g = (u: number) => (1 - near) * u - far * Math.log(apart + Math.exp(u))
  const low = Math.log(least + recency)
  const end = Math.log(least + age)
  return Math.log(s) + logIntegral(g, low, endOfMass(g, low, end))
}

/** What lies more than this far down (in logarithms) adds nothing. */
const NEGLIGIBLE = 40

const endOfMass = (g: (u: number) => number, low: number, end: number): number => {
  const floor = g(low) - NEGLIGIBLE
  if (g(end) >= floor) return end
  let [inside, outside] = [low, end]
  for (let i = 0; i < 12; i++) {
    const middle = (inside + outside) / 2
    if (g(middle) >= floor) inside = middle
    else outside = middle
  }
  return outside
}

/** Probability that the customer may still order. */
export const paretoNbdAlive = (model: ParetoNbd, customer: Customer): number => {
  const { r, alpha, s, beta } = model
  const { frequency: x, age } = customer
  const odds = (r + x) * Math.log(alpha + age) + s * Math.log(beta + age) + logGoneSince(model, customer)
  return 1 / (1 + Math.exp(odds))
}

/** Orders expected of the customer within `time` from now. */
export const paretoNbdExpected = (model: ParetoNbd, customer: Customer, time: number): number => {
  const { r, alpha, s, beta } = model
  const { frequency, age } = customer
  return (
    paretoNbdAlive(model, customer) *
    ((r + frequency) / (alpha + age)) *
    (beta + age) *
    livingShare(s, beta + age, time)
  )
}

/** Orders expected of a new customer within `time` of the first order, that one not counted. */
export const paretoNbdExpectedNew = ({ r, alpha, s, beta }: ParetoNbd, time: number): number =>
  (r / alpha) * beta * livingShare(s, beta, time)

// [1 − (β/(β+t))^(s−1)] / (s−1), whose limit at s = 1 is ln((β+t)/β).
const livingShare = (s: number, beta: number, time: number): number => {
  const log = Math.log(beta / (beta + time))
  return Math.abs(s - 1) < 1e-9 ? -log : -Math.expm1((s - 1) * log) / (s - 1)
}

const STEPS = 64

/** Probability that the next order comes within `time`: the density of ordering while alive, by Simpson's rule. */
export const paretoNbdNext = (model: ParetoNbd, customer: Customer, time: number): number => {
  if (time <= 0) return 0
  const { r, alpha, s, beta } = model
  const { frequency, age } = customer
  const [shape, rate, stay] = [r + frequency, alpha + age, beta + age]
  // In w = ln(1 + u/rate) the integrand is smooth over any span: shape · e^(−shape·w) · (stay/(stay+u))^s.
  const width = Math.log1p(time / rate) / STEPS
  let sum = 0
  for (let i = 0; i <= STEPS; i++) {
    const w = i * width
    const u = rate * Math.expm1(w)
    const density = shape * Math.exp(-shape * w + s * Math.log(stay / (stay + u)))
    sum += density * (i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2)
  }
  return Math.min(1, paretoNbdAlive(model, customer) * ((sum * width) / 3))
}
