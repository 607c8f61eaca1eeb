// Intervals: futures are drawn from what is known of each customer, with parameters as they might as well be, so an
// interval holds both how little the data tells and how much chance is left.

import { createRng, type Rng } from '../../kernel/rng.ts'
import type { CustomerSummary } from './rfm.ts'
import { cohortRate } from './cohorts.ts'
import { drawBeta, drawExponential, drawGamma } from './draws.ts'
import { drawParams } from './fit.ts'
import { drawSpend, spendPosterior, type SpendModel } from './spend.ts'
import { aliveOf, type Horizon, type Timing, type ValueModel } from './value-model.ts'

export type FutureOptions = {
  /** Share of futures within the interval. */
  readonly level: number
  readonly seed: string
  /** Futures over all customers together; each has between `drawsMin` and `drawsMax`. */
  readonly drawsTotal: number
  readonly drawsMin: number
  readonly drawsMax: number
  /**
   * Seasons and shocks move all customers together, which no customer's own record tells: a common factor with this
   * standard deviation (of its logarithm), as a backtest found it.
   */
  readonly drift: ValueDrift
}

export type ValueDrift = { readonly orders: number; readonly value: number }

export const FUTURE_DEFAULTS: FutureOptions = {
  level: 0.8,
  seed: '1',
  drawsTotal: 2_000_000,
  drawsMin: 40,
  drawsMax: 400,
  drift: { orders: 0, value: 0 },
}

export type Interval = { readonly low: number; readonly high: number }

export type Futures = {
  readonly level: number
  readonly draws: number
  /** Of each customer, in their order. */
  readonly orders: readonly Interval[]
  readonly values: readonly Interval[] | null
  /** Of all customers together. */
  readonly totalOrders: Interval
  readonly totalValue: Interval | null
}

/** Models that differ by what the data leaves open; each serves several futures. */
const MODELS_DRAWN = 20
const ORDERS_MAX = 10_000

/** Prediction intervals for the customers' orders and discounted value within the horizon. The same seed, the same intervals. */
export const drawFutures = (
  model: ValueModel,
  customers: readonly CustomerSummary[],
  horizon: Horizon,
  options: Partial<FutureOptions> = {},
): Futures => {
  const { level, seed, drawsTotal, drawsMin, drawsMax, drift } = { ...FUTURE_DEFAULTS, ...options }
  const rng = createRng(`futures ${seed}`)
  const draws = Math.max(drawsMin, Math.min(drawsMax, Math.floor(drawsTotal / Math.max(1, customers.length))))
  const models = Array.from({ length: MODELS_DRAWN }, () => drawModel(model, customers.length, rng))
  const commons = Array.from({ length: draws }, (): Common => {
    const shift = rng.normal()
    return {
      rate: Math.exp(drift.orders * shift),
      worth: Math.exp(Math.max(0, drift.value - drift.orders) * shift),
    }
  })
  const totals = { orders: new Float64Array(draws), values: new Float64Array(draws) }
  const own = { orders: new Float64Array(draws), values: new Float64Array(draws) }
  const tail = (1 - level) / 2
  const orders: Interval[] = []
  const values: Interval[] = []
  for (const customer of customers) {
    const alive = models.map(({ timing }) => (timing === null ? 1 : aliveOf(timing, customer)))
    for (let draw = 0; draw < draws; draw++) {
      const index = draw % MODELS_DRAWN
      const common = commons[draw] as Common
      const future = drawFuture(
        models[index] as Drawn,
        alive[index] as number,
        customer,
        horizon,
        common,
        rng,
      )
      own.orders[draw] = future.orders
      own.values[draw] = future.value
      totals.orders[draw] = (totals.orders[draw] as number) + future.orders
      totals.values[draw] = (totals.values[draw] as number) + future.value
    }
    orders.push(intervalOf(own.orders, tail))
    if (model.hasValues) values.push(intervalOf(own.values, tail))
  }
  return {
    level,
    draws,
    orders,
    values: model.hasValues ? values : null,
    totalOrders: intervalOf(totals.orders, tail),
    totalValue: model.hasValues ? intervalOf(totals.values, tail) : null,
  }
}

type Drawn = {
  readonly timing: Timing | null
  readonly spend: SpendModel | null
  readonly model: ValueModel
  readonly factor: number
}

const drawModel = (model: ValueModel, customers: number, rng: Rng): Drawn => {
  const { timing, spend } = model
  if (timing === null) {
    // The rate is known from so many orders: its relative uncertainty is that of their count, doubled for clustering.
    const events = Math.max(1, (model.cohorts.rate > 0 ? model.repeatBuyers : 0) / 2)
    return { timing: null, spend: null, model, factor: customers > 0 ? drawGamma(rng, events) / events : 1 }
  }
  const params = drawParams(timing.fit, rng)
  const [first = 1, second = 1, third = 1, fourth = 1] = params
  const drawn: Timing =
    timing.kind === 'bg-nbd'
      ? { ...timing, r: first, alpha: second, a: third, b: fourth }
      : timing.kind === 'pareto-nbd'
        ? { ...timing, r: first, alpha: second, s: third, beta: fourth }
        : { ...timing, alpha: first, beta: second, gamma: third, delta: fourth }
  return { timing: drawn, spend: spend === null ? null : drawSpend(spend, rng), model, factor: 1 }
}

/** Factors that all customers share in one future. */
type Common = { readonly rate: number; readonly worth: number }

const drawFuture = (
  drawn: Drawn,
  alive: number,
  customer: CustomerSummary,
  horizon: Horizon,
  common: Common,
  rng: Rng,
): { orders: number; value: number } => {
  if (rng.uniform() >= alive) return { orders: 0, value: 0 }
  const { timing } = drawn
  if (timing?.kind === 'bg-bb') return drawChances(drawn, timing, customer, horizon, common, rng)
  const { rate: own, goes, leaving } = drawHabit({ ...drawn, timing }, customer, rng)
  const rate = own * common.rate
  if (!(rate > 0)) return { orders: 0, value: 0 }
  const end = leaving > 0 ? Math.min(horizon.time, drawExponential(rng) / leaving) : horizon.time
  const worthOfOne = drawWorth(drawn, customer, common, rng)
  let [orders, value] = [0, 0]
  for (
    let time = drawExponential(rng) / rate;
    time <= end && orders < ORDERS_MAX;
    time += drawExponential(rng) / rate
  ) {
    orders++
    value += worthOfOne() * Math.exp(-horizon.discount * time) * horizon.margin
    if (goes > 0 && rng.uniform() < goes) break
  }
  return { orders, value }
}

/** The customer's own worth of orders in one future; each call draws one order's. */
const drawWorth = (
  { spend, model }: Drawn,
  customer: CustomerSummary,
  common: Common,
  rng: Rng,
): (() => number) => {
  if (spend === null) return () => (model.cohorts.orderValue ?? 0) * common.worth
  const worth = spendPosterior(spend, customer)
  const scale = (worth.scale / drawGamma(rng, worth.shape)) * common.worth
  return () => drawGamma(rng, worth.p) * scale
}

/** Chances one by one, for a customer who was there at the last. */
const drawChances = (
  drawn: Drawn,
  { alpha, beta, gamma, delta }: Extract<Timing, { kind: 'bg-bb' }>,
  customer: CustomerSummary,
  horizon: Horizon,
  common: Common,
  rng: Rng,
): { orders: number; value: number } => {
  const { frequency: x, age: n } = customer
  const takes = Math.min(1, drawBeta(rng, alpha + x, beta + n - x) * common.rate)
  const goes = drawBeta(rng, gamma, delta + n)
  const worthOfOne = drawWorth(drawn, customer, common, rng)
  let [orders, value] = [0, 0]
  // A horizon that ends within a period has its chance with that probability.
  const chances = Math.floor(horizon.time + rng.uniform())
  for (let time = 1; time <= chances && rng.uniform() >= goes; time++) {
    if (rng.uniform() >= takes) continue
    orders++
    value += worthOfOne() * Math.exp(-horizon.discount * time) * horizon.margin
  }
  return { orders, value }
}

type Steady = Omit<Drawn, 'timing'> & { readonly timing: Exclude<Timing, { kind: 'bg-bb' }> | null }

/** How the customer, alive, goes on: orders per unit of time, the chance to go after each, the rate of going. */
const drawHabit = (
  { timing, model, factor }: Steady,
  { frequency: x, age }: CustomerSummary,
  rng: Rng,
): { rate: number; goes: number; leaving: number } => {
  // Customers of a cohort differ: an exponential spread of rates around the average.
  if (timing === null)
    return { rate: cohortRate(model.cohorts, age) * factor * drawExponential(rng), goes: 0, leaving: 0 }
  const rate = drawGamma(rng, timing.r + x) / (timing.alpha + age)
  return timing.kind === 'bg-nbd'
    ? { rate, goes: drawBeta(rng, timing.a, timing.b + x), leaving: 0 }
    : { rate, goes: 0, leaving: drawGamma(rng, timing.s) / (timing.beta + age) }
}

/** Sorts `values` in place. */
const intervalOf = (values: Float64Array, tail: number): Interval => {
  values.sort()
  const at = (share: number) =>
    values[Math.min(values.length - 1, Math.max(0, Math.round(share * (values.length - 1))))] as number
  return { low: at(tail), high: at(1 - tail) }
}
