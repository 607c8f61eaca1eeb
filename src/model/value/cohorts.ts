// The fallback where there is too little to tell customers apart: what those who came at about the same time order
// on average, pulled towards the average of all.

import type { CustomerSummary } from './rfm.ts'

export type CohortAverage = {
  /** Width of a cohort in units of time, by age. */
  readonly width: number
  /** Repeat orders per customer and unit of time, by cohort (0: the youngest). */
  readonly rates: readonly number[]
  readonly rate: number
  /** Mean value of an order; null when values are not known. */
  readonly orderValue: number | null
}

/** A cohort's own rate counts as much as the average of all when it has been watched as long as so many customers. */
const PULL_CUSTOMERS = 20
const COHORT_DAYS = 91
const COHORTS_MAX = 100

export const learnCohorts = (
  customers: readonly CustomerSummary[],
  { unitDays, hasValues }: { readonly unitDays: number; readonly hasValues: boolean },
): CohortAverage => {
  const width = COHORT_DAYS / unitDays
  const orders: number[] = []
  const watched: number[] = []
  for (const { frequency, age } of customers) {
    const cohort = cohortOf(width, age)
    orders[cohort] = (orders[cohort] ?? 0) + frequency
    watched[cohort] = (watched[cohort] ?? 0) + age
  }
  const sum = (values: readonly (number | undefined)[]) =>
    Array.from(values).reduce<number>((total, value) => total + (value ?? 0), 0)
  const [allOrders, allWatched] = [sum(orders), sum(watched)]
  const rate = allWatched > 0 ? allOrders / allWatched : 0
  const pull = (PULL_CUSTOMERS * allWatched) / Math.max(1, customers.length)
  const rates = Array.from({ length: Math.max(1, orders.length) }, (_, cohort) => {
    const total = (watched[cohort] ?? 0) + pull
    return total > 0 ? ((orders[cohort] ?? 0) + pull * rate) / total : rate
  })
  const value = sum(customers.map(({ valueOfAll, frequency }) => valueOfAll * (frequency + 1)))
  const orderValue = hasValues
    ? value / Math.max(1, sum(customers.map(({ frequency }) => frequency + 1)))
    : null
  return { width, rates, rate, orderValue }
}

export const cohortRate = ({ width, rates, rate }: CohortAverage, age: number): number =>
  rates[cohortOf(width, age)] ?? rate

const cohortOf = (width: number, age: number): number => Math.min(COHORTS_MAX - 1, Math.floor(age / width))
