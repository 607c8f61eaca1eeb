// What customers will be worth: a timing model with what an order is worth, learnt at once, or the average of their
// cohort where the data is too little; for each customer orders, value, whether still there, and the next order.

import { assert } from '../../kernel/assert.ts'
import { bgBbAlive, bgBbExpected, bgBbNext, fitBgBb, type BgBb } from './bg-bb.ts'
import { bgNbdAlive, bgNbdExpected, bgNbdNext, fitBgNbd, type BgNbd } from './bg-nbd.ts'
import { cohortRate, learnCohorts, type CohortAverage } from './cohorts.ts'
import { checkCustomers, type Customer } from './customers.ts'
import type { Fit } from './fit.ts'
import {
  fitParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdNext,
  type ParetoNbd,
} from './pareto-nbd.ts'
import type { Period } from './periods.ts'
import type { CustomerSummary } from './rfm.ts'
import { learnSpend, spendOf, type SpendModel } from './spend.ts'

export type Timing =
  | ({ readonly kind: 'bg-nbd'; readonly fit: Fit } & BgNbd)
  | ({ readonly kind: 'pareto-nbd'; readonly fit: Fit } & ParetoNbd)
  | ({ readonly kind: 'bg-bb'; readonly fit: Fit } & BgBb)

export type FallbackReason = 'few_repeat_buyers' | 'fit_failed' | 'asked_for' | 'backtest_lost'

export type ValueModel = {
  /** Null: the cohort average holds, for `reason`. */
  readonly timing: Timing | null
  readonly reason: FallbackReason | null
  readonly spend: SpendModel | null
  readonly cohorts: CohortAverage
  readonly unitDays: number
  /** Time is counted in these, each one chance to order (BG/BB); null: in `unitDays`. */
  readonly period: Period | null
  readonly hasValues: boolean
  readonly customers: number
  readonly repeatBuyers: number
  /** The models were fitted on so many of them, evenly taken. */
  readonly fittedOn: number
}

export type LearnValueOptions = {
  /** `auto`: BG/BB where time is counted in periods, else BG/NBD. Both of these fit only their own kind of time. */
  readonly timing: 'auto' | Timing['kind'] | 'cohort-average'
  /** With fewer the cohort average holds. */
  readonly repeatBuyersMin: number
  /** More are sampled for the fit. Pareto/NBD costs more per customer and takes a tenth. */
  readonly fitCustomersMax: number
}

export const VALUE_DEFAULTS: LearnValueOptions = {
  timing: 'auto',
  repeatBuyersMin: 200,
  fitCustomersMax: 100_000,
}

type Learnt = {
  readonly customers: readonly CustomerSummary[]
  readonly unitDays: number
  readonly period?: Period | null
  readonly hasValues: boolean
}

/** Learns from customers (see `summariseOrders`). Throws Failures `value.bad_customer`, `value.no_customers`. */
export const learnValue = (
  { customers, unitDays, period = null, hasValues }: Learnt,
  options: Partial<LearnValueOptions> = {},
  reason: FallbackReason = 'asked_for',
): ValueModel => {
  const { timing: asked, repeatBuyersMin, fitCustomersMax } = { ...VALUE_DEFAULTS, ...options }
  const wanted = asked === 'auto' ? (period === null ? 'bg-nbd' : 'bg-bb') : asked
  assert(
    wanted === 'cohort-average' || (wanted === 'bg-bb') === (period !== null),
    `${wanted} is for another time`,
  )
  checkCustomers(customers)
  const repeatBuyers = customers.filter(({ frequency }) => frequency > 0).length
  const cohorts = learnCohorts(customers, { unitDays, hasValues })
  const sample = evenly(customers, wanted === 'pareto-nbd' ? fitCustomersMax / 10 : fitCustomersMax)
  const base = { cohorts, unitDays, period, hasValues, customers: customers.length, repeatBuyers }
  const fallback = (why: FallbackReason): ValueModel => ({
    ...base,
    timing: null,
    spend: null,
    reason: why,
    fittedOn: customers.length,
  })
  if (wanted === 'cohort-average') return fallback(reason)
  if (repeatBuyers < repeatBuyersMin) return fallback('few_repeat_buyers')
  const timing = fitTiming(wanted, sample)
  if (!timing.fit.converged || timing.fit.params.some((value) => !Number.isFinite(value)))
    return fallback('fit_failed')
  return {
    ...base,
    timing,
    reason: null,
    spend: hasValues ? learnSpend(sample) : null,
    fittedOn: sample.length,
  }
}

const fitTiming = (kind: Timing['kind'], sample: readonly CustomerSummary[]): Timing => {
  switch (kind) {
    case 'bg-nbd':
      return { kind, ...fitBgNbd(sample) }
    case 'pareto-nbd':
      return { kind, ...fitParetoNbd(sample) }
    case 'bg-bb':
      return { kind, ...fitBgBb(sample.map((customer) => ({ ...chancesOf(customer), weight: 1 }))) }
  }
}

/** The first order makes a customer; each period after it is a chance. */
const chancesOf = ({ frequency, recency, age }: Customer) => ({ frequency, recency, chances: age })

/** Every k-th, so that the order of the file does not matter much and no chance is needed. */
const evenly = <T>(all: readonly T[], most: number): readonly T[] => {
  if (all.length <= most) return all
  const step = all.length / most
  return Array.from({ length: Math.floor(most) }, (_, index) => all[Math.floor(index * step)] as T)
}

export type Horizon = {
  /** In units of time. */
  readonly time: number
  /** Discount per unit of time, continuous: a value in `t` counts e^(−discount·t). */
  readonly discount: number
  /** Share of an order's value that is earned; 1 for revenue. */
  readonly margin: number
}

export type ValueEstimate = {
  /** Probability that the customer may still order; null in a cohort average. */
  readonly alive: number | null
  /** Orders expected within the horizon. */
  readonly orders: number
  /** Expected value of one order; null when values are not known. */
  readonly orderValue: number | null
  /** Discounted value expected within the horizon. */
  readonly value: number | null
  /** Probability of an order within the horizon. */
  readonly orderProbability: number
  /** Time by which the next order has come with probability one half; null when it may never. */
  readonly nextOrderTime: number | null
}

/** Steps in which orders to come are discounted. */
const DISCOUNT_STEPS = 12

/** What is expected of one customer. Pure: the same model and customer, the same figures. */
export const valueOf = (model: ValueModel, customer: CustomerSummary, horizon: Horizon): ValueEstimate => {
  assert(horizon.time > 0 && Number.isFinite(horizon.time), 'a horizon is positive')
  const { timing, spend } = model
  const alive = timing === null ? null : aliveOf(timing, customer)
  const within = (time: number) => expectedOrders(model, customer, time)
  const orders = within(horizon.time)
  const next = (time: number) => nextOrderProbability(model, customer, time)
  const orderValue = spend === null ? model.cohorts.orderValue : spendOf(spend, customer)
  let discounted = horizon.discount === 0 ? orders : 0
  let before = 0
  for (let step = 1; step <= DISCOUNT_STEPS && horizon.discount !== 0; step++) {
    const until = within((horizon.time * step) / DISCOUNT_STEPS)
    discounted +=
      (until - before) * Math.exp((-horizon.discount * horizon.time * (step - 0.5)) / DISCOUNT_STEPS)
    before = until
  }
  return {
    alive,
    orders,
    orderValue,
    value: orderValue === null ? null : discounted * orderValue * horizon.margin,
    orderProbability: next(horizon.time),
    nextOrderTime: medianTime(next, horizon.time),
  }
}

/** Orders expected within `time`. */
export const expectedOrders = (
  { timing, cohorts }: ValueModel,
  customer: CustomerSummary,
  time: number,
): number => {
  switch (timing?.kind) {
    case undefined:
      return cohortRate(cohorts, customer.age) * time
    case 'bg-nbd':
      return bgNbdExpected(timing, customer, time)
    case 'pareto-nbd':
      return paretoNbdExpected(timing, customer, time)
    case 'bg-bb':
      return bgBbExpected(timing, chancesOf(customer), time)
  }
}

export const aliveOf = (timing: Timing, customer: Customer): number => {
  switch (timing.kind) {
    case 'bg-nbd':
      return bgNbdAlive(timing, customer)
    case 'pareto-nbd':
      return paretoNbdAlive(timing, customer)
    case 'bg-bb':
      return bgBbAlive(timing, chancesOf(customer))
  }
}

const nextOrderProbability = (
  { timing, cohorts }: ValueModel,
  customer: CustomerSummary,
  time: number,
): number => {
  switch (timing?.kind) {
    case undefined:
      return -Math.expm1(-cohortRate(cohorts, customer.age) * time)
    case 'bg-nbd':
      return bgNbdNext(timing, customer, time)
    case 'pareto-nbd':
      return paretoNbdNext(timing, customer, time)
    case 'bg-bb':
      return bgBbNext(timing, chancesOf(customer), time)
  }
}

/** Beyond so many horizons a next order is not told. */
const HORIZONS_MAX = 4
const HALVINGS = 40

const medianTime = (probability: (time: number) => number, horizon: number): number | null => {
  let [low, high] = [0, HORIZONS_MAX * horizon]
  if (probability(high) < 0.5) return null
  for (let i = 0; i < HALVINGS && high - low > 1e-6 * horizon; i++) {
    const middle = (low + high) / 2
    if (probability(middle) < 0.5) low = middle
    else high = middle
  }
  return high
}
