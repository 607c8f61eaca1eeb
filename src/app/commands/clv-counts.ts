// Chances to order that somebody has counted already: how many were taken after the first order, which was the last one
// taken, and how many there were; a row for a customer, or for all who are alike.

import { numbersOf, pickColumns, readableRows, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import type { CustomerSummary } from '../../model/index.ts'
import { note } from '../output.ts'

export type CountOptions = {
  readonly customer?: string
  readonly date?: string
  readonly frequency?: string
  readonly recency?: string
  readonly periods?: string
  readonly people?: string
}

const NAMES = {
  frequency: ['frequency', 'taken', 'x', 'частота'],
  recency: ['recency', 'lasttaken', 'tx', 'давность'],
  periods: ['periods', 'chances', 'opportunities', 'n', 'периоды'],
  people: ['weights', 'weight', 'people', 'customers', 'count', 'людей'],
} as const

const normal = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

/** Told by the options, or by the names of the columns where none is named for dates. */
export const isCounted = (table: TextTable, options: CountOptions): boolean => {
  if (options.frequency !== undefined || options.recency !== undefined || options.periods !== undefined)
    return true
  if (options.date !== undefined) return false
  const names = table.columns.map(({ name }) => normal(name))
  const known = (['frequency', 'recency', 'periods'] as const).filter((key) =>
    NAMES[key].some((usual) => names.includes(usual)),
  )
  // With one of them called otherwise, it is asked for by its option.
  return known.length >= 2
}

const CUSTOMERS_MAX = 2_000_000

/** A summary for each customer, rows of many written out; and how many each row stands for. */
export const readCounts = (
  file: string,
  read: TextTable,
  options: CountOptions,
): { readonly customers: readonly CustomerSummary[]; readonly people: readonly number[] } => {
  const wish = (key: 'frequency' | 'recency' | 'periods' | 'people') => ({
    named: options[key],
    option: `--${key}`,
    required: key !== 'people',
    names: NAMES[key],
  })
  const { found, texts } = pickColumns(file, read, {
    customer: {
      named: options.customer,
      option: '--customer',
      required: false,
      names: ['customerid', 'userid', 'customer', 'id', 'email', 'клиент'],
    },
    frequency: wish('frequency'),
    recency: wish('recency'),
    periods: wish('periods'),
    people: wish('people'),
  })
  const columns = (['frequency', 'recency', 'periods', 'people'] as const).map((key) => ({
    key,
    values: countsOf(texts[key]),
  }))
  const { rows, remark } = readableRows(
    file,
    read,
    columns.map(({ key, values }) => ({
      column: found[key],
      texts: texts[key],
      values,
      is: 'a count',
      option: `--${key}`,
    })),
  )
  if (remark !== null) note(remark)
  const [frequency, recency, periods, people] = columns.map(({ values }) => values)
  const counts = rows.map((row) => (found.people === null ? 1 : (people?.[row] ?? 0)))
  const sum = counts.reduce((total, count) => total + count, 0)
  if (sum > CUSTOMERS_MAX)
    throw new Failure({
      code: 'value.too_many_customers',
      message: `The rows stand for ${sum} customers, more than ${CUSTOMERS_MAX}.`,
      hint: 'Take a sample: divide the numbers of customers by a common factor.',
    })
  const customers = rows.flatMap((row, i) => {
    const customer: CustomerSummary = {
      id: texts.customer[row] ?? `row ${row + 1}`,
      frequency: frequency?.[row] ?? 0,
      recency: recency?.[row] ?? 0,
      age: periods?.[row] ?? 0,
      value: 0,
      valueOfAll: 0,
    }
    checkCounts(file, customer, row)
    return Array.from({ length: counts[i] ?? 0 }, () => customer)
  })
  return { customers, people: counts }
}

/** Of customers counted together, the first, with how many they are. */
export const onePerRow = <T extends object>(
  customers: readonly T[],
  people: readonly number[] | null,
): readonly (T & { readonly people: number })[] => {
  if (people === null) return customers.map((customer) => ({ ...customer, people: 1 }))
  let next = 0
  return people.flatMap((count) => {
    const first = customers[next]
    next += count
    return first === undefined || count === 0 ? [] : [{ ...first, people: count }]
  })
}

const countsOf = (texts: readonly string[]): Float64Array =>
  Float64Array.from(numbersOf(texts), (count) =>
    Number.isSafeInteger(count) && count >= 0 ? count : Number.NaN,
  )

const checkCounts = (file: string, { frequency, recency, age }: CustomerSummary, row: number): void => {
  if (frequency <= recency && recency <= age && (frequency === 0) === (recency === 0)) return
  throw new Failure({
    code: 'clv.counts',
    message: `Row ${row + 1} of ${file} cannot be: ${frequency} taken, the last of them number ${recency}, of ${age}.`,
    hint: 'Of the chances after the first order: taken <= number of the last taken <= all there were.',
  })
}
