// What the value models learn from: per customer how often, how recently and for how long, checked once so that
// the mathematics may trust it.

import { Failure } from '../../kernel/failure.ts'

export type Customer = {
  /** Repeat orders: days with an order, less the first. */
  readonly frequency: number
  /** From the first order to the last, in the unit of time. */
  readonly recency: number
  /** From the first order to the end of observation, in the same unit. */
  readonly age: number
}

export type Spender = {
  /** Repeat orders. */
  readonly frequency: number
  /** Mean value of those. */
  readonly value: number
}

/** Throws Failure `value.bad_customer` for a row that cannot be, with its number. */
export const checkCustomers = (customers: readonly Customer[]): void => {
  for (const [index, { frequency, recency, age }] of customers.entries()) {
    const wrong =
      !Number.isSafeInteger(frequency) || frequency < 0
        ? `a frequency of ${frequency} is no count`
        : !Number.isFinite(recency) || !Number.isFinite(age) || recency < 0 || age < 0
          ? `recency ${recency} and age ${age} must be finite and not negative`
          : recency > age
            ? `the last order (${recency}) lies after the end (${age})`
            : frequency === 0 && recency > 0
              ? `no repeat order, yet a recency of ${recency}`
              : frequency > 0 && recency === 0
                ? `${frequency} repeat orders within no time`
                : null
    if (wrong !== null)
      throw new Failure({
        code: 'value.bad_customer',
        message: `Customer ${index + 1}: ${wrong}.`,
        hint: 'Frequency counts repeat orders; recency and age run from the first order, in one unit of time.',
      })
  }
  if (customers.length === 0)
    throw new Failure({
      code: 'value.no_customers',
      message: 'There are no customers to learn from.',
      hint: 'Check the columns and the period.',
    })
}

/** Customers alike in all three are one row with a weight: real data has many of them. */
export type Grouped = {
  readonly frequency: Float64Array
  readonly recency: Float64Array
  readonly age: Float64Array
  readonly weight: Float64Array
  /** Distinct frequencies, rising, and for each row which it has: what depends on it alone is computed once. */
  readonly levels: Float64Array
  readonly level: Uint32Array
}

export const groupCustomers = (customers: readonly Customer[], weights?: readonly number[]): Grouped => {
  const rows = new Map<string, { customer: Customer; weight: number }>()
  for (const [index, customer] of customers.entries()) {
    const key = `${customer.frequency} ${customer.recency} ${customer.age}`
    const row = rows.get(key)
    const weight = weights?.[index] ?? 1
    if (row === undefined) rows.set(key, { customer, weight })
    else row.weight += weight
  }
  const all = [...rows.values()]
  const levels = Float64Array.from(new Set(all.map(({ customer }) => customer.frequency))).sort()
  const levelOf = new Map(Array.from(levels, (frequency, index) => [frequency, index]))
  return {
    frequency: Float64Array.from(all, ({ customer }) => customer.frequency),
    recency: Float64Array.from(all, ({ customer }) => customer.recency),
    age: Float64Array.from(all, ({ customer }) => customer.age),
    weight: Float64Array.from(all, ({ weight }) => weight),
    levels,
    level: Uint32Array.from(all, ({ customer }) => levelOf.get(customer.frequency) ?? 0),
  }
}
